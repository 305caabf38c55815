//! Whom a peer unchokes.
//!
//! | rule | file | source |
//! | --- | --- | --- |
//! | `tit-for-tat` | [`tit_for_tat`] | Cohen 2003; BEP 3 |
//! | `fastest` | [`fastest`] | BEP 3; mainline before 4.0 |
//! | `round-robin` | [`round_robin`] | mainline 4.0; Legout et al. 2006 |
//! | `round-robin-quota` | [`round_robin_quota`] | libtorrent |
//! | `random` | [`random`] | control |
//! | `altruist` | [`altruist`] | control |
//! | `free-rider` | [`free_rider`] | Locher et al. 2006 |

pub mod altruist;
pub mod choker;
pub mod fastest;
pub mod free_rider;
pub mod random;
pub mod round_robin;
pub mod round_robin_quota;
mod seats;
pub mod tit_for_tat;

pub use choker::{Choker, Decision, Grant, Neighbour, RechokeView, for_rule, need_accounts};
