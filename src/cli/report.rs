//! `swarmsim report`: a result or a comparison as one HTML file to look at.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use clap::Args;

use crate::cli::{Failure, Style};
use crate::compare;
use crate::files;
use crate::metrics::directory::{OUTDATED_REPORT, REPORT};
use crate::metrics::is_at;
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
        write_to(&place, &page)
    } else {
        files::check_writable(&place).and_then(|()| replace(&place, &page))
    };
    let written = written.with_context(|| format!("cannot write `{}`", place.display()));
    written.map_err(Failure::Run)?;
    if place.ends_with(REPORT) {
        // What can't be removed has the page made once more.
        let _ = fs::remove_file(place.with_file_name(OUTDATED_REPORT));
    }
    Ok(place)
}

/// Writes `page` to `out`: a link stays one, and a device or a pipe is written to.
fn write_to(out: &Path, page: &str) -> io::Result<()> {
    let out = fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
    if fs::metadata(&out).is_ok_and(|there| !there.is_file()) {
        return fs::write(out, page);
    }
    replace(&out, page)
}

/// Puts `page` in the place of the file `out`: whole, or not at all.
fn replace(out: &Path, page: &str) -> io::Result<()> {
    let name = out.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
    sweep_away(out, &name);
    let beside = out.with_file_name(half_page(&name, std::process::id()));
    let written = begin(&beside).and_then(|mut file| {
        file.write_all(page.as_bytes())?;
        fs::rename(&beside, out)
    });
    if written.is_err() {
        // It may not even have been made; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The name of the page called `name` while `process` writes it.
fn half_page(name: &str, process: u32) -> String {
    format!(".{name}.{process}.tmp")
}

/// Makes the file at `path`. Its lock is held while it is open, where the file system has locks: who finds it without is no longer writing it.
fn begin(path: &Path) -> io::Result<File> {
    loop {
        let file = files::open_to_write(path)?;
        let _ = file.try_lock();
        file.set_len(0)?;
        // Somebody may have swept it away between the two.
        if is_at(&file, path).unwrap_or(false) {
            return Ok(file);
        }
    }
}

/// Removes what killed processes have left beside the page `out`, which is called `name`: half pages of which nobody holds the lock.
fn sweep_away(out: &Path, name: &str) {
    let is_half = |found: &str| {
        let process = found
            .strip_prefix(&format!(".{name}."))
            .and_then(|rest| rest.strip_suffix(".tmp"));
        process.is_some_and(|process| process.parse::<u32>().is_ok())
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new(".")));
    for entry in entries.into_iter().flatten().flatten() {
        if is_half(&entry.file_name().to_string_lossy())
            && files::open(&entry.path(), u64::MAX).is_ok_and(|file| file.try_lock().is_ok())
        {
            // What can't be removed is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::NotAResult(_) | ReportError::NotFinished(_) => Self::Usage(error.into()),
            ReportError::Io { .. } | ReportError::Damaged { .. } => Self::Run(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_pages_of_killed_processes_go_and_nothing_else() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| home.path().join(name);
        let left = [
            ".page.html.7.tmp",
            ".page.html.x.tmp",
            ".other.html.7.tmp",
            "page.html.7.tmp",
        ];
        for name in left {
            fs::write(at(name), "half").expect("written");
        }
        let living = begin(&at(".page.html.8.tmp")).expect("made");
        replace(&at("page.html"), "whole").expect("written");
        assert_eq!(fs::read_to_string(at("page.html")).expect("read"), "whole");
        assert!(!at(left[0]).exists() && at(".page.html.8.tmp").exists());
        assert!(left[1..].iter().all(|name| at(name).exists()));
        drop(living);
        replace(&at("page.html"), "new").expect("written");
        assert!(!at(".page.html.8.tmp").exists());
        assert_eq!(fs::read_to_string(at("page.html")).expect("read"), "new");
    }

    #[test]
    #[cfg(unix)]
    fn a_page_is_not_begun_where_a_link_leads() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| home.path().join(name);
        fs::write(at("mine"), "mine").expect("written");
        std::os::unix::fs::symlink(at("mine"), at(".page.html.8.tmp")).expect("made");
        assert!(begin(&at(".page.html.8.tmp")).is_err());
        assert_eq!(fs::read_to_string(at("mine")).expect("read"), "mine");
        // What was there of a page that was not whole is none of the new one.
        fs::write(at(".page.html.9.tmp"), "half").expect("written");
        begin(&at(".page.html.9.tmp")).expect("begun");
        assert_eq!(fs::read_to_string(at(".page.html.9.tmp")).expect("read"), "");
    }
}
