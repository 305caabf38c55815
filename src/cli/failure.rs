//! Why a command failed, and with which exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::cli::{Style, interrupt};
use crate::compare::{CompareError, MergeError};
use crate::metrics::DirectoryError;
use crate::runner::RunError;
use crate::scenario::ScenarioError;
use crate::store::StoreError;

const RUN_ERROR: u8 = 1;
const USAGE_ERROR: u8 = 2;

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// The scenario has faults.
    Scenario(ScenarioError),
    /// What was asked for can't be done like that.
    Usage(anyhow::Error),
    /// It was tried and failed.
    Run(anyhow::Error),
    /// The user has stopped it; this is what is there.
    Interrupted(&'static str),
    /// Nobody reads standard output any more, as in `swarmsim list | head -1`.
    OutputClosed,
}

impl Failure {
    /// Says on standard error what went wrong; the exit code.
    #[must_use]
    pub fn report(&self, style: Style) -> ExitCode {
        match self {
            Self::Scenario(error) => {
                let _ = writeln!(io::stderr(), "{}", error.render(style.color()));
                USAGE_ERROR.into()
            }
            Self::Usage(error) => {
                style.error(&format!("{error:#}"));
                USAGE_ERROR.into()
            }
            Self::Run(error) => {
                style.error(&format!("{error:#}"));
                RUN_ERROR.into()
            }
            Self::Interrupted(what) => {
                style.warn(&format!("interrupted: {what}"));
                interrupt::EXIT_CODE.into()
            }
            Self::OutputClosed => ExitCode::SUCCESS,
        }
    }
}

impl From<ScenarioError> for Failure {
    fn from(error: ScenarioError) -> Self {
        Self::Scenario(error)
    }
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Io { .. } => Self::Run(error.into()),
            DirectoryError::GivenUp(_) => {
                Self::Interrupted("another swarmsim makes a page of the result that is there, which stays as it is")
            }
            DirectoryError::Exists(_)
            | DirectoryError::NotAResult(_)
            | DirectoryError::Link(_)
            | DirectoryError::Study(_)
            | DirectoryError::BeingFilled(_)
            | DirectoryError::Unfinished(_)
            | DirectoryError::NotAComparison(_)
            | DirectoryError::Foreign { .. }
            | DirectoryError::Source(_)
            | DirectoryError::MountPoint(_)
            | DirectoryError::NoName(_) => Self::Usage(error.into()),
        }
    }
}

impl From<CompareError> for Failure {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::Directory(error) => error.into(),
            CompareError::Store(
                error @ (StoreError::OtherRuns { .. } | StoreError::NoRuns(_) | StoreError::InUse(_)),
            ) => Self::Usage(error.into()),
            error @ (CompareError::FewerRuns { .. }
            | CompareError::Plan(_)
            | CompareError::Merge(
                MergeError::NoTarget | MergeError::TargetIsPart(_) | MergeError::Mixed { .. },
            )) => Self::Usage(error.into()),
            error => Self::Run(error.into()),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Directory(error @ DirectoryError::GivenUp(_)) => error.into(),
            error => Self::Run(error.into()),
        }
    }
}

/// Commands write to nothing but standard output themselves.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Self::Run(anyhow::Error::new(error).context("cannot write to standard output"))
    }
}
