//! Comparing variants of a scenario: the same chance for each, paired intervals, and a store that outlives the process. A sweep is a comparison
//! that may be played in parts, by several machines.
//!
//! | file | idea |
//! | --- | --- |
//! | `list.rs` | `key=a,b,c` of the command line |
//! | `variants.rs` | what is varied becomes variants with labels |
//! | `factors.rs` | what a variant of a grid has of each thing that is varied |
//! | `plan.rs` | all that is decided before the first run, and checked |
//! | `metric.rs` | what is compared, and whether less or more of it is better |
//! | `warm_up.rs` | where the warm-up ends: MSER-5 |
//! | `replicate.rs` | a run becomes a record |
//! | `workers.rs` | runs on several threads |
//! | `precision.rs` | whether more runs are needed |
//! | `statistics.rs` | Student's intervals |
//! | `analysis.rs` | from the values of all runs to differences and winners |
//! | `caveats.rs` | what to be careful about |
//! | `directory.rs` | where it all goes |
//! | `place.rs` | what stands there already, and what of it may be touched |
//! | `unpublished.rs` | a file appears whole or not at all |
//! | `replacement.rs` | a study takes the place of another one |
//! | `tables.rs` | the CSV files |
//! | `tables_lock.rs` | plan, tables and page are of one study |
//! | `results.rs` | what the analysis needs of all runs |
//! | `drive.rs` | from start to end, all runs or one part of them |
//! | `error.rs` | why there is no comparison |
//! | `shard.rs` | which runs are a part |
//! | `plan_file.rs` | the plan as a file, so that parts can be joined without the scenario |
//! | `plan_limits.rs` | what no plan can be |
//! | `merge.rs` | parts become one |
//! | `status.rs` | how far parts are |
//! | `eta.rs` | how long what is missing still takes |
//! | `which_runs.rs` | which runs, in words |
//! | `standing.rs` | what a process would find, looked at beforehand |

mod analysis;
mod caveats;
mod directory;
mod drive;
mod error;
mod eta;
mod factors;
mod list;
mod merge;
mod metric;
mod place;
mod plan;
mod plan_file;
mod plan_limits;
mod precision;
mod replacement;
mod replicate;
mod results;
mod shard;
mod standing;
mod statistics;
mod status;
mod tables;
mod tables_lock;
#[cfg(test)]
mod testing;
mod unpublished;
mod variants;
mod warm_up;
mod which_runs;
mod workers;

pub use analysis::{Ahead, Analysis, Difference, Estimate, MetricResult, VariantState};
pub use caveats::{caveats, warnings};
pub use directory::{Directory, Existing};
pub use drive::{Event, Finished, Outcome, drive, drive_shard};
pub use error::CompareError;
pub use factors::Factor;
pub use list::axis;
pub use merge::{Merge, MergeError, Merged, Parts};
pub use metric::{Better, Metric, metrics};
pub use place::{check_sources, is_study};
pub use plan::{Plan, Variant};
pub use plan_file::{PlanFile, PlanFileError};
pub use shard::Shard;
pub use standing::{Standing, check};
pub use statistics::{Interval, interval, t_quantile};
pub use status::{OfVariant, Part, State, Status};
pub use tables_lock::hold_tables;
pub use variants::{Choice, chokers, variants};
pub use warm_up::{cut, mser5, warm_up};
pub use which_runs::{DoubleRuns, RunsOf};
pub use workers::play;
