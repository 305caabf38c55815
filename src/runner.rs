//! One run: a scenario goes in, a result directory and a [`Summary`] come out.

use std::io;
use std::path::PathBuf;

use crate::choking::OwnChokers;
use crate::contact;
use crate::engine::{self, Control, InvariantViolation, Observer, Progress, RunFault, RunOptions};
use crate::metrics::replay::REPLAY;
use crate::metrics::{Detail, DirectoryError, Left, Recorder, ResultDirectory, Summary, WriteError};
use crate::rounds;
use crate::scenario::Scenario;
use crate::scenario::model::Mode;

/// Name of the file that holds the scenario with every default written out.
pub const SCENARIO_FILE: &str = "scenario.toml";

/// What a run records, checks, and needs besides its scenario.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which of the heavy tables to write.
    pub detail: Detail,
    /// Also write `replay.json`, for the animation in the report.
    pub replay: bool,
    /// Check every invariant every few events.
    pub check_invariants: bool,
    /// Makes the chokers that the scenario names and swarmsim does not have.
    pub own_chokers: OwnChokers,
}

/// What a run has given.
#[derive(Debug)]
pub struct Ran {
    /// What came out.
    pub summary: Summary,
    /// What is left of the result that it replaced.
    pub left: Option<Left>,
}

/// What a run is at when it asks whether to go on.
#[derive(Clone, Copy, Debug)]
pub enum Stage<'p> {
    /// It is played; who stops it has what is recorded so far.
    Played(&'p Progress),
    /// It is recorded, and waits for whoever makes a page of the result that it replaces; who stops it has the old one.
    Waiting,
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
    /// The scenario names a choker that nobody has registered.
    #[error(transparent)]
    UnknownChoker(RunFault),
    /// The simulator has a defect.
    #[error("this is a defect in swarmsim, please report it with the scenario")]
    Defect(#[source] InvariantViolation),
}

impl From<RunFault> for RunError {
    fn from(fault: RunFault) -> Self {
        match fault {
            RunFault::Defect(violation) => Self::Defect(violation),
            RunFault::UnknownChoker(_) => Self::UnknownChoker(fault),
        }
    }
}

/// Runs `scenario`, records it into `directory` and puts that in its place; asks `watch` now and then whether to go on.
///
/// # Errors
/// When a file can't be written, a choker is unknown, an invariant does not hold, or it is stopped while it waits; then there is no result directory.
pub fn run(
    scenario: &Scenario,
    directory: ResultDirectory,
    options: Options,
    watch: &mut dyn FnMut(Stage<'_>) -> Control,
) -> Result<Ran, RunError> {
    let unwritten = |file: &str, cause| RunError::Write {
        path: directory.target().join(file),
        cause,
    };
    let from_table = |error: WriteError| unwritten(error.file, error.cause);

    write_scenario(scenario, &directory).map_err(|cause| unwritten(SCENARIO_FILE, cause))?;
    let mut recorder =
        Recorder::new(scenario, options.detail, &mut |table| directory.open(table.file)).map_err(from_table)?;
    if options.replay {
        let output = directory.open(REPLAY).map_err(|cause| unwritten(REPLAY, cause))?;
        recorder.record_replay(output);
    }
    let failed = recorder.failed();
    let mut watch_writing = |progress: &Progress| {
        if failed.get() {
            Control::Stop
        } else {
            watch(Stage::Played(progress))
        }
    };
    let run_options = RunOptions {
        check_invariants: options.check_invariants,
        own_chokers: options.own_chokers,
        ..RunOptions::default()
    };
    observe(scenario, run_options, &mut recorder, &mut watch_writing)?;
    let summary = recorder.finish().map_err(from_table)?;
    let left = directory.commit(&mut || watch(Stage::Waiting) == Control::Stop)?;
    Ok(Ran { summary, left })
}

/// Runs `scenario` in its mode for `observer` alone, without a directory; asks `watch` now and then whether to go on.
///
/// # Errors
/// When a choker is unknown, or, if they are checked, an invariant does not hold.
pub fn observe(
    scenario: &Scenario,
    options: RunOptions,
    observer: &mut dyn Observer,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<(), RunFault> {
    match scenario.run.mode {
        Mode::Bittorrent => engine::run(scenario, options, observer, watch).map(drop)?,
        Mode::RandomContact => contact::run(scenario, &options, observer, watch).map(drop)?,
        Mode::Rounds { .. } => rounds::run(scenario, &options, observer, watch).map(drop)?,
    }
    Ok(())
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
