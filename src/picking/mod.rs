//! Which new chunk a leecher asks a neighbour for.
//!
//! | rule | file | source |
//! | --- | --- | --- |
//! | `rarest-first` | [`rarest_first`] | Cohen 2003; Legout et al. 2006 |
//! | `random` | [`random`] | control |
//! | `sequential` | [`sequential`] | control: streaming order |
//! | `global-rarest` | [`global_rarest`] | oracle, for comparison |
//! | `mode-suppression` | [`mode_suppression`] | Reddyvari et al. 2019 |

pub mod global_rarest;
mod kept_counts;
pub mod mode_suppression;
pub mod picker;
pub mod random;
pub mod rarest_first;
pub mod sequential;

pub use kept_counts::{LONG_FILE_CHUNKS, keeps_counts};
pub use picker::{PickView, Picker, for_rule};
