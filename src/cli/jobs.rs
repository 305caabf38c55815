//! `--jobs`: how many runs at a time.

use std::thread;

use anyhow::anyhow;

use crate::cli::Failure;

/// The number of threads that was `asked` for, or one a core.
pub(super) fn jobs(asked: Option<u16>) -> Result<usize, Failure> {
    match asked {
        Some(jobs) => Ok(usize::from(jobs)),
        None => thread::available_parallelism().map(usize::from).map_err(|error| {
            Failure::Usage(anyhow!(error).context("cannot tell how many cores there are: say it with --jobs"))
        }),
    }
}
