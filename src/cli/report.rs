//! `swarmsim report`: a result or a comparison as one HTML file to look at.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use clap::Args;

use crate::cli::{Failure, Style, whole_file};
use crate::compare;
use crate::files;
use crate::metrics::directory::{OUTDATED_REPORT, REPORT};
use crate::report::{self, ReportError};

/// What is there when the user has stopped the making of a page.
const NO_PAGE: &str = "the tables are whole, and there is no page of them yet: `swarmsim report` makes it";

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The directory that `swarmsim run` or `swarmsim compare` wrote
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    #[arg(help = "Where the page goes [default: DIR/report.html]", long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn report(args: &ReportArgs, style: Style) -> Result<ExitCode, Failure> {
    let page = write(&args.directory, args.out.as_deref(), &AtomicBool::new(false))?;
    say_where(&page, style)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the report on `directory` into it, unless `stop` is set while it waits for others, and says so in `style`, if there is one.
pub(super) fn write_into(directory: &Path, stop: &AtomicBool, style: Option<Style>) -> Result<(), Failure> {
    let page = write(directory, None, stop)?;
    style.map_or(Ok(()), |style| say_where(&page, style))
}

fn say_where(page: &Path, style: Style) -> Result<(), Failure> {
    let text = format!("Wrote {}: open it in a browser.\n", page.display());
    style.say(io::stdout(), &text)?;
    Ok(())
}

/// Writes the report on `directory` to the place `out` that somebody has named, or else into it; where it is.
fn write(directory: &Path, out: Option<&Path>, stop: &AtomicBool) -> Result<PathBuf, Failure> {
    // Tables and the page beside them are of one study.
    let tables = compare::hold_tables(directory, stop).map_err(|_| Failure::Interrupted(NO_PAGE))?;
    let page = report::html(directory)?;
    let place = out.map_or_else(|| directory.join(REPORT), Path::to_owned);
    let written = if out.is_some() {
        // What is written to may keep us waiting.
        drop(tables);
        whole_file::write(&place, &page)
    } else {
        files::check_writable(&place).and_then(|()| whole_file::replace(&place, &page))
    };
    let written = written.with_context(|| format!("cannot write `{}`", place.display()));
    written.map_err(Failure::Run)?;
    if place.ends_with(REPORT) && is_in(directory, &place) {
        // What can't be removed has the page made once more.
        let _ = fs::remove_file(place.with_file_name(OUTDATED_REPORT));
    }
    Ok(place)
}

/// Whether the file at `place` lies in `directory`, however both are written.
fn is_in(directory: &Path, place: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = real(folder.unwrap_or(Path::new(".")));
    folder.is_some() && folder == real(directory)
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::NotAResult(_) | ReportError::NotFinished(_) => Self::Usage(error.into()),
            ReportError::Io { .. } | ReportError::Damaged { .. } => Self::Run(error.into()),
        }
    }
}
