//! The simulator held against theory, papers and measured swarms: scenarios that say themselves what is expected of them.
//!
//! | file | idea |
//! | --- | --- |
//! | `library.rs` | the scenarios that come with swarmsim |
//! | `figure.rs` | a figure of a run, or a ratio of two |
//! | `watch.rs` | what happens in a run |
//! | `watched.rs`, `pieces.rs` | figures of it that `summary.csv` does not have |
//! | `measured.rs`, `distribution.rs` | completion times that were measured, and how far off others are |
//! | `suite.rs` | the expectations of one scenario, played |
//! | `verdict.rs` | whether what was simulated is what was expected |

mod distribution;
mod figure;
mod library;
mod measured;
mod pieces;
mod suite;
mod verdict;
mod watch;
mod watched;

pub use distribution::distance;
pub use figure::Figure;
pub use library::{LIBRARY, MEASURED};
pub use suite::{Files, Outcome, Suite};
pub use verdict::{Finding, Verdict, judge};
pub use watch::Watch;
