//! One run: a scenario goes in, a result directory and a [`Summary`] come out.

use std::io;
use std::path::PathBuf;

use crate::engine::{self, Control, InvariantViolation, Observer, Progress, RunOptions};
use crate::metrics::{Detail, DirectoryError, Recorder, ResultDirectory, Summary, WriteError};
use crate::scenario::Scenario;

/// Name of the file that holds the scenario with every default written out.
pub const SCENARIO_FILE: &str = "scenario.toml";

/// What a run records and checks. None of it changes the figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Which of the heavy tables to write.
    pub detail: Detail,
    /// Check every invariant every few events.
    pub check_invariants: bool,
}

/// Why a run gave no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file could not be written.
    #[error("cannot write `{path}`")]
    Write {
        /// The file, below the directory where the result would have been.
        path: PathBuf,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
    /// The directory could not be put in place.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The simulator has a defect.
    #[error("this is a defect in swarmsim, please report it with the scenario")]
    Defect(#[from] InvariantViolation),
}

/// Runs `scenario`, records it into `directory` and puts that in its place; asks `watch` now and then whether to go on.
///
/// # Errors
/// When a file can't be written or an invariant does not hold; then there is no result directory.
pub fn run(
    scenario: &Scenario,
    directory: ResultDirectory,
    options: Options,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Summary, RunError> {
    let unwritten = |file: &str, cause| RunError::Write {
        path: directory.target().join(file),
        cause,
    };
    let from_table = |error: WriteError| unwritten(error.file, error.cause);

    write_scenario(scenario, &directory).map_err(|cause| unwritten(SCENARIO_FILE, cause))?;
    let mut recorder =
        Recorder::new(scenario, options.detail, &mut |table| directory.open(table.file)).map_err(from_table)?;
    let failed = recorder.failed();
    let mut watch_writing = |progress: &Progress| if failed.get() { Control::Stop } else { watch(progress) };
    observe(scenario, options.check_invariants, &mut recorder, &mut watch_writing)?;
    let summary = recorder.finish().map_err(from_table)?;
    directory.commit()?;
    Ok(summary)
}

/// Runs `scenario` for `observer` alone, without a directory; asks `watch` now and then whether to go on.
///
/// # Errors
/// With `check_invariants`, when an invariant does not hold.
pub fn observe(
    scenario: &Scenario,
    check_invariants: bool,
    observer: &mut impl Observer,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<(), InvariantViolation> {
    engine::run(scenario, RunOptions { check_invariants }, observer, watch).map(|_| ())
}

fn write_scenario(scenario: &Scenario, directory: &ResultDirectory) -> io::Result<()> {
    let mut file = directory.open(SCENARIO_FILE)?;
    writeln!(
        file,
        "# Written by swarmsim {}: the scenario of this result, every default spelled out.",
        env!("CARGO_PKG_VERSION")
    )?;
    writeln!(
        file,
        "# `swarmsim run` on this file gives the same result again, unless the run was interrupted (see summary.csv).\n"
    )?;
    file.write_all(scenario.to_toml().as_bytes())
}
