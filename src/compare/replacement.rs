//! A study that replaces another one begins beside it, and takes its place once its first runs are stored: until then nothing of the old one is lost,
//! whatever goes wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::directory::Directory;
use super::drive::{Event, Session, of_run};
use super::error::CompareError;
use super::place::check_place;
use super::plan::Plan;
use super::plan_file::PlanFile;
use crate::metrics::{DirectoryError, Left, Staging};
use crate::scenario::study::WarmUp;
use crate::store::RunId;

/// A place beside that of a study.
#[derive(Debug)]
pub(super) struct Replacement(Staging);

impl Replacement {
    /// Makes one for what replaces the study at `place`.
    pub fn of(place: &Path) -> Result<Self, DirectoryError> {
        Staging::beside(&real(place)).map(Self)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts it in the place of the study, which goes; what is left of that.
    pub fn take_place(self) -> Result<Option<Left>, CompareError> {
        // Somebody else may have been here meanwhile.
        let locks = check_place(self.0.target(), true)?;
        Ok(self.0.publish(true, locks)?)
    }
}

/// Where `plan` goes on: in `directory`, or, if that replaces another study, in the place of that one, after the first runs. `None` if `stop` was set
/// before they were there; the old study is then as it was.
pub(super) fn in_place(
    plan: &Plan,
    directory: Directory,
    jobs: usize,
    stop: &AtomicBool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Option<Directory>, CompareError> {
    if directory.unfinished().is_none() {
        return Ok(Some(directory));
    }
    let first = first_runs(plan, jobs);
    let quiet = &mut |_: Event<'_>| ();
    let Some(mut session) = Session::open(plan, &|_| first.clone(), &directory, jobs, stop, quiet)? else {
        return Ok(None);
    };
    PlanFile::of(plan).write(&directory)?;
    session.complete(&first, quiet)?;
    let is_begun = session.has(&first);
    // Its files are closed: not every system moves what is open.
    drop(session);
    if !is_begun {
        return Ok(None);
    }
    let (directory, left) = directory.take_place()?;
    left.iter().for_each(|left| watch(Event::Left(left)));
    Ok(Some(directory))
}

/// The first runs: as many as are played at a time, or all variants of the first run where they share a warm-up.
fn first_runs(plan: &Plan, jobs: usize) -> Vec<RunId> {
    let together = if plan.cut() == WarmUp::Mser5 { usize::MAX } else { jobs };
    of_run(plan, 0).take(together).collect()
}

/// Where `path` leads to, links followed; the path itself where nothing is.
pub(super) fn real(path: &Path) -> PathBuf {
    let resolved = fs::canonicalize(path).ok().or_else(|| {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        Some(
            fs::canonicalize(parent.unwrap_or(Path::new(".")))
                .ok()?
                .join(path.file_name()?),
        )
    });
    resolved.unwrap_or_else(|| path.to_owned())
}
