//! `swarmsim report`: a result or a comparison as one HTML file to look at.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::cli::{Failure, say};
use crate::metrics::directory::REPORT;
use crate::report::{self, ReportError};

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The directory that `swarmsim run` or `swarmsim compare` wrote
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    #[arg(help = "Where the page goes [default: DIR/report.html]", long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn report(args: &ReportArgs) -> Result<ExitCode, Failure> {
    let out = args.out.clone().unwrap_or_else(|| args.directory.join(REPORT));
    write(&args.directory, &out)?;
    say(
        io::stdout(),
        &format!("Wrote {}: open it in a browser.\n", out.display()),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the report on `directory` into it.
pub(super) fn write_into(directory: &Path) -> Result<(), Failure> {
    write(directory, &directory.join(REPORT))
}

fn write(directory: &Path, out: &Path) -> Result<(), Failure> {
    let page = report::html(directory)?;
    let written = fs::write(out, page).with_context(|| format!("cannot write `{}`", out.display()));
    written.map_err(Failure::Run)
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::NotAResult(_) => Self::Usage(error.into()),
            ReportError::Io { .. } | ReportError::Damaged { .. } => Self::Run(error.into()),
        }
    }
}
