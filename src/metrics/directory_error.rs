//! Why there is no directory of a result or a study: what is in the way, and how to mend it.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no result directory.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// There is a result already.
    #[error("`{0}` exists already: choose another directory with --out, or replace it with --force")]
    Exists(PathBuf),
    /// There is something that is not a result.
    #[error(
        "`{0}` exists and is no result of swarmsim (it lacks scenario.toml or summary.csv): choose another directory \
         with --out"
    )]
    NotAResult(PathBuf),
    /// A link, which would lead a result elsewhere.
    #[error("`{0}` is a link, and results do not follow it: give --out the directory that it leads to, or another one")]
    Link(PathBuf),
    /// There is a study where the result of one run would go.
    #[error(
        "`{0}` holds a comparison or a sweep of swarmsim, which a run does not replace: choose another directory with --out"
    )]
    Study(PathBuf),
    /// Another process is about to put something there.
    #[error("another swarmsim is at work on `{0}`: wait for it, or choose another directory with --out")]
    BeingFilled(PathBuf),
    /// Somebody makes a page of the result that would be replaced, and was not waited for.
    #[error("another swarmsim makes a page of `{0}`, and was not waited for: the result that is there stays")]
    GivenUp(PathBuf),
    /// There is a comparison already.
    #[error(
        "`{0}` exists already: go on with it with --resume, choose another directory with --out, or replace it with --force"
    )]
    Unfinished(PathBuf),
    /// There is something that is not a comparison.
    #[error(
        "`{0}` exists and is no comparison of swarmsim (it has neither a plan.json nor a store of runs that swarmsim has written): choose another directory with --out"
    )]
    NotAComparison(PathBuf),
    /// A result that holds something else too, which would be lost.
    #[error(
        "`{directory}` holds `{file}`, which swarmsim has not written and --force would delete: move it, or choose another directory with --out"
    )]
    Foreign {
        /// The result.
        directory: PathBuf,
        /// What is in it.
        file: String,
    },
    /// A file that a study is made from, where one that it writes would go.
    #[error(
        "`{0}` is what this study is made from, and files of its results would be written over it: move it, or choose another directory with --out"
    )]
    Source(PathBuf),
    /// Where a file system is mounted nothing can be put in the place of the directory.
    #[error(
        "`{0}` is a mount point, which nothing can take the place of: choose another directory with --out, such as one in it"
    )]
    MountPoint(PathBuf),
    /// The path names no directory that could be made.
    #[error("`{0}` can't be the name of a result directory")]
    NoName(PathBuf),
    /// The system refused.
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
}

/// Says that `action` at `path` failed.
pub(crate) fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DirectoryError {
    move |cause| DirectoryError::Io {
        action,
        path: path.to_owned(),
        cause,
    }
}
