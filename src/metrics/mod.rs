//! What is recorded of a run: the schema, the recorder that fills it, and the directory it ends up in.
//!
//! | file | idea |
//! | --- | --- |
//! | `accounts.rs` | sums up a run in memory, with or without tables |
//! | `bands.rs` | copies of chunks over time in little room |
//! | `capacities.rs` | classes of upload capacity |
//! | `chance.rs` | whom leechers would unchoke by chance |
//! | `columns.rs` | the schema: every CSV, every column with unit and meaning |
//! | `comparisons.rs` | the same for what a comparison writes |
//! | `page.rs` | docs/output.md, from the schema |
//! | `table.rs` | one CSV on its way to disk |
//! | `recorder.rs` | the observer that fills the tables |
//! | `rows.rs` | from a record to a row |
//! | `detail.rs` | which of the heavy tables are asked for |
//! | `exchanges.rs` | who serves whom, between groups or between classes of capacity |
//! | `names.rs` | rules and outcomes as they stand in scenarios and files |
//! | `replay.rs` | a sample of the run to be watched, as JSON |
//! | `tally.rs` | running sums of one group of peers |
//! | `summary.rs` | the figures of a run: one struct for table, JSON and CSV |
//! | `bound.rs` | the lower bound of Kumar & Ross |
//! | `stats.rs` | mean, standard deviation, quantiles, Jain's index |
//! | `directory.rs` | a result directory: what may stand there, what may be replaced |
//! | `directory_error.rs` | why there is none |
//! | `awaited_lock.rs` | who waits for a lock hears that it is to give up |
//! | `result_lock.rs` | a page stands in the result that it shows |
//! | `staging.rs` | a directory appears whole or not at all |
//! | `replaceable.rs` | whether what is to be replaced can go |
//! | `same_file.rs` | whether an open file still has its name |
//! | `sync.rs` | the names in a directory are on the disk |

pub mod accounts;
mod awaited_lock;
mod bands;
pub mod bound;
mod capacities;
mod chance;
pub mod columns;
pub mod comparisons;
pub mod detail;
pub mod directory;
mod directory_error;
pub mod exchanges;
pub mod names;
mod page;
pub mod pauses;
pub mod recorder;
mod replaceable;
pub mod replay;
mod result_lock;
mod rows;
mod same_file;
mod staging;
pub mod stats;
pub mod summary;
mod sync;
pub mod table;
pub mod tally;
#[cfg(test)]
pub(crate) mod testing;

pub use accounts::Accounts;
pub use awaited_lock::is_had;
pub use detail::Detail;
pub use directory::{ResultDirectory, lacks_page};
pub use directory_error::DirectoryError;
pub(crate) use directory_error::io_error;
pub use page::output_markdown;
pub use recorder::{Recorder, WriteError};
pub use replaceable::{Left, check_replaceable};
pub use result_lock::LOCKED;
pub use same_file::is_at;
pub use staging::{Staging, abandon, is_being_filled, sweep_away};
pub use summary::{Figures, GroupSummary, Summary};
pub use sync::sync_names;
