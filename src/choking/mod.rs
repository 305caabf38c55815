//! Whom a peer unchokes.
//!
//! | rule | file | source |
//! | --- | --- | --- |
//! | `tit-for-tat` | [`tit_for_tat`] | Cohen 2003; BEP 3 |
//! | `fastest` | [`fastest`] | BEP 3; mainline before 4.0 |
//! | `round-robin` | [`round_robin`] | mainline 4.0; Legout et al. 2006 |
//! | `round-robin-quota` | [`round_robin_quota`] | libtorrent, without its turns |
//! | `random` | [`random`] | control |
//! | `propshare` | [`propshare`] | Levin et al. 2008 |
//! | `bittyrant` | [`bittyrant`] | Piatek et al. 2007 |
//! | `fairtorrent` | [`fairtorrent`] | Sherman et al. 2009 |
//! | `libtorrent` | [`libtorrent`] | libtorrent 2 |
//! | `tit-for-tat-block` | [`tit_for_tat_block`] | Bharambe et al. 2006 |
//! | `birds` | [`birds`] | Rahman et al. 2011 |
//! | `altruist` | [`altruist`] | control |
//! | `free-rider` | [`free_rider`] | Locher et al. 2006 |
//! | any other | [`own`] | the program that registers it |

pub mod altruist;
pub mod birds;
pub mod bittyrant;
pub mod choker;
pub mod fairtorrent;
pub mod fastest;
pub mod free_rider;
pub mod libtorrent;
pub mod line;
pub mod nth_element;
mod optimistic;
pub mod own;
pub mod propshare;
pub mod random;
pub mod round_robin;
pub mod round_robin_quota;
pub mod seats;
#[cfg(test)]
mod tests;
pub mod tit_for_tat;
pub mod tit_for_tat_block;

pub use choker::{Choker, Decision, Grant, Neighbour, RechokeView, bytes_per_neighbour, for_rule, needs};
pub use own::OwnChokers;
pub use seats::Seats;
