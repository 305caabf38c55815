//! The simulator held against theory, papers and measured swarms: scenarios that say themselves what is expected of them.
//!
//! | file | idea |
//! | --- | --- |
//! | `library.rs` | the scenarios that come with swarmsim |
//! | `figure.rs` | a figure of a run, or a ratio of two |
//! | `suite.rs` | the expectations of one scenario, played |
//! | `verdict.rs` | whether what was simulated is what was expected |

mod figure;
mod library;
mod suite;
mod verdict;

pub use figure::Figure;
pub use library::LIBRARY;
pub use suite::{Outcome, Suite};
pub use verdict::{Finding, Verdict, judge};
