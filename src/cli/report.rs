//! `swarmsim report`: a result or a comparison as one HTML file to look at.

use std::ffi::OsString;
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
    let written = replace(out, &page).with_context(|| format!("cannot write `{}`", out.display()));
    written.map_err(Failure::Run)
}

/// Puts `page` in the place of the file `out`: whole, or not at all.
fn replace(out: &Path, page: &str) -> io::Result<()> {
    // A link stays one, and a device or a pipe is written to.
    let out = fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
    if fs::metadata(&out).is_ok_and(|there| !there.is_file()) {
        return fs::write(out, page);
    }
    let mut name = OsString::from(".");
    name.push(out.file_name().ok_or(io::ErrorKind::IsADirectory)?);
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = out.with_file_name(name);
    let written = fs::write(&beside, page).and_then(|()| fs::rename(&beside, &out));
    if written.is_err() {
        // It may not even have been made; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::NotAResult(_) => Self::Usage(error.into()),
            ReportError::Io { .. } | ReportError::Damaged { .. } => Self::Run(error.into()),
        }
    }
}
