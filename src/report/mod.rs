//! `report.html`: one page that shows a result or a comparison, made from its files alone. It needs no network.
//!
//! | file | idea |
//! | --- | --- |
//! | `table.rs` | a CSV file becomes columns |
//! | `series.rs` | `timeseries.csv` becomes columns that fit a screen |
//! | `chunks.rs` | `chunks.csv` becomes a grid that fits a screen |
//! | `leechers.rs` | `peers.csv` becomes distributions and a sample of dots |
//! | `distribution.rs` | the quantiles of all runs become curves with bands |
//! | `replay.rs` | `replay.json` in few bytes |
//! | `data.rs` | which files and columns the page needs, as one JSON object |
//! | `page.rs` | the page around it, from `web/` |

mod chunks;
mod data;
mod distribution;
mod leechers;
mod page;
mod replay;
mod series;
mod table;

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Nothing to report on.
    #[error(
        "`{0}` is no result of swarmsim: it has neither summary.csv (`swarmsim run`) nor comparison_summary.csv (`swarmsim compare`)"
    )]
    NotAResult(PathBuf),
    /// A comparison that has no tables yet.
    #[error("the comparison in `{0}` is not finished: the same command with `--resume` goes on")]
    NotFinished(PathBuf),
    /// A file can't be read or written.
    #[error("cannot {action} `{path}`")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
    /// A file holds something else than swarmsim writes.
    #[error("`{path}`, line {line}: {what}; run the scenario again to replace it")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
}

/// The report on the result or comparison in `directory`, as HTML.
///
/// # Errors
/// When `directory` is neither, or a file in it can't be read.
pub fn html(directory: &Path) -> Result<String, ReportError> {
    Ok(page::html(&data::data(directory)?))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    move |cause| ReportError::Io {
        action,
        path: path.to_owned(),
        cause,
    }
}
