//! Why there is no comparison.

use std::sync::atomic::{AtomicBool, Ordering};

use super::merge::MergeError;
use super::plan_file::PlanFileError;
use crate::engine::RunFault;
use crate::metrics::DirectoryError;
use crate::scenario::limits::PLAN_BYTES_MAX;
use crate::store::StoreError;

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Something about its directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Something about the finished runs.
    #[error(transparent)]
    Store(StoreError),
    /// More runs are there than are wanted: tables of some of them would pass for the whole.
    #[error(
        "{there} runs of each variant are there already, more than the {wanted} that are wanted: {how}, or choose another directory with --out"
    )]
    FewerRuns {
        /// Runs of each variant that are there.
        there: u32,
        /// Runs that the tables would have.
        wanted: u32,
        /// How to want as many.
        how: String,
    },
    /// A run could not be played.
    #[error(transparent)]
    Run(#[from] RunFault),
    /// The plan can't be used.
    #[error(transparent)]
    Plan(#[from] PlanFileError),
    /// Parts can't be joined.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// A stored run is not what swarmsim stores, though its checksum fits.
    #[error(
        "run {run} of `{variant}` is stored without a figure `{column}`: swarmsim has not written it. No tables were made"
    )]
    NoFigure {
        /// Label of the variant.
        variant: String,
        /// Number of the run.
        run: u32,
        /// What it lacks.
        column: &'static str,
    },
    /// The plan would be too long to be read again.
    #[error(
        "the plan of this study has {0} bytes, and plan.json at most {PLAN_BYTES_MAX}: fewer variants, or a shorter trace"
    )]
    LongPlan(u64),
    /// Something could not be made into text.
    #[error("cannot write the plan")]
    Text(#[from] std::io::Error),
    /// The user has stopped it while the store was read or tables were made.
    #[error("stopped before the tables were made")]
    Stopped,
}

impl From<StoreError> for CompareError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stopped => Self::Stopped,
            other => Self::Store(other),
        }
    }
}

/// Says whether to go on: not once `stop` is set.
pub(super) fn go_on(stop: &AtomicBool) -> Result<(), CompareError> {
    if stop.load(Ordering::Relaxed) {
        return Err(CompareError::Stopped);
    }
    Ok(())
}
