//! Parts that several processes have played become one: the tables are those that one process would have written.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::directory::{Directory, Existing};
use super::drive::{Finished, conclude, of_run, runs_so_far};
use super::error::{CompareError, go_on};
use super::place::{MERGE, check_place, store_in};
use super::plan::Plan;
use super::plan_file::PlanFile;
use super::replacement::real;
use super::which_runs::{DoubleRuns, by_files, by_variant, few, in_words};
use crate::choking::OwnChokers;
use crate::metrics::{DirectoryError, Left, Staging, check_replaceable, sweep_away};
use crate::progress::unix_seconds;
use crate::store::{Damage, Double, Note, Records, RunId, SegmentFile, Stage, Store, WHOLE};

/// Why parts can't be joined.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Some runs are in none of them.
    #[error("{missing} of {wanted} runs are missing: {which}. {how}; nothing was written")]
    Missing {
        /// How many.
        missing: usize,
        /// Runs of the plan.
        wanted: usize,
        /// Which ones, in words.
        which: String,
        /// How to go on.
        how: &'static str,
    },
    /// Two lines say that they are the same run, and differ.
    #[error(
        "run {run} of `{variant}` came out differently in `{}`, line {}, and in `{}`, line {}: were both played by the same program? No tables were made",
        .lines[0].0.display(), .lines[0].1, .lines[1].0.display(), .lines[1].1
    )]
    Conflict {
        /// Label of the variant.
        variant: String,
        /// Number of the run.
        run: u32,
        /// Where it stands.
        lines: [(PathBuf, usize); 2],
    },
    /// They do not belong together.
    #[error(
        "these are parts of different studies: {one} of one, {another} of another ({difference}). Name only those that belong together"
    )]
    Mixed {
        /// The first one, and those that have its plan.
        one: String,
        /// The others.
        another: String,
        /// The first thing that differs, from the one plan to the other.
        difference: String,
    },
    /// More than one directory needs another one to go to.
    #[error("several directories are joined into another one: say which with --out")]
    NoTarget,
    /// Parts would be deleted.
    #[error("`{0}` is one of the parts, in one, or holds one: choose another directory with --out")]
    TargetIsPart(PathBuf),
}

/// Parts of a sweep or a comparison that belong together.
#[derive(Debug)]
pub struct Parts {
    /// What was planned.
    pub plan: Plan,
    /// The finished runs.
    pub records: Records,
}

impl Parts {
    /// Reads the `directories`, of which scenarios may name chokers of `own`, until `stop` is set.
    ///
    /// # Errors
    /// When one can't be read, they are not parts of the same, or it was stopped.
    pub fn read(directories: &[PathBuf], own: &OwnChokers, stop: &AtomicBool) -> Result<Self, CompareError> {
        let Some(first) = directories.first() else {
            return Err(MergeError::NoTarget.into());
        };
        let file = common_plan(first, &directories[1..])?;
        let plan = file.plan(first, own)?;
        let stores: Vec<_> = directories.iter().map(|directory| store_in(directory)).collect();
        let begun: Vec<_> = stores.into_iter().filter(|store| store.exists()).collect();
        let records = Records::read(&begun, &file.fingerprint, stop)?;
        Ok(Self { plan, records })
    }

    /// Runs of each variant that are wanted: where precision decides, as far as it has come.
    #[must_use]
    pub fn runs(&self) -> u32 {
        runs_so_far(&self.plan, &self.records)
    }

    /// All runs that are wanted, in order.
    pub fn wanted(&self) -> impl Iterator<Item = RunId> {
        (0..self.runs()).flat_map(|run| of_run(&self.plan, run))
    }

    /// Those that are not there.
    pub fn missing(&self) -> impl Iterator<Item = RunId> {
        self.wanted().filter(|id| !self.records.contains(*id))
    }

    /// What plays the missing runs.
    fn how_to_go_on(&self) -> &'static str {
        let is_part = |segment: &SegmentFile| segment.path.file_stem().is_none_or(|name| name != WHOLE);
        if self.records.segments().iter().any(is_part) {
            "`swarmsim status` shows which part lacks them, and with --json names all"
        } else {
            "The command that began it plays them with --resume, and makes the tables"
        }
    }

    fn check(&self) -> Result<(), MergeError> {
        check_conflicts(&self.plan, &self.records)?;
        let missing = self.missing().count();
        if missing == 0 {
            return Ok(());
        }
        Err(MergeError::Missing {
            missing,
            wanted: self.wanted().count(),
            which: in_words(&by_variant(&self.plan, self.missing())),
            how: self.how_to_go_on(),
        })
    }
}

/// The plan in `first`, which must be that of all `others` too.
fn common_plan(first: &PathBuf, others: &[PathBuf]) -> Result<PlanFile, CompareError> {
    let plan = PlanFile::read(first)?;
    let (mut alike, mut different, mut difference) = (vec![first], Vec::new(), None);
    for other in others {
        match plan.first_difference(&PlanFile::read(other)?) {
            None => alike.push(other),
            Some(found) => {
                different.push(other);
                difference.get_or_insert(found);
            }
        }
    }
    let named = |parts: &[&PathBuf]| few(parts.iter().map(|part| format!("`{}`", part.display())), "more");
    match difference {
        None => Ok(plan),
        Some(difference) => Err(MergeError::Mixed {
            one: named(&alike),
            another: named(&different),
            difference,
        }
        .into()),
    }
}

/// Checks that no two lines say different things of the same run.
pub(super) fn check_conflicts(plan: &Plan, records: &Records) -> Result<(), MergeError> {
    match records.conflicts().next() {
        None => Ok(()),
        Some(Double { id, lines, .. }) => Err(MergeError::Conflict {
            variant: label(plan, *id),
            run: id.run,
            lines: lines.clone(),
        }),
    }
}

/// The label of the variant of a run; what is stored may be of none.
pub(super) fn label(plan: &Plan, id: RunId) -> String {
    let variant = plan.variants.get(id.variant);
    variant.map_or_else(|| id.variant.to_string(), |variant| variant.label.clone())
}

/// What a merge has found and made.
#[derive(Debug)]
pub struct Merged {
    /// What was planned.
    pub plan: Plan,
    /// What came out.
    pub finished: Finished,
    /// Where the tables are.
    pub target: PathBuf,
    /// Runs that were there more than once, and the same.
    pub doubles: Vec<DoubleRuns>,
    /// What could not be read; the runs in it are there all the same.
    pub damages: Vec<Damage>,
    /// What is left of the study that was replaced.
    pub left: Option<Left>,
}

/// Parts that are to be joined, and where.
#[derive(Debug)]
pub struct Merge<'m> {
    directories: &'m [PathBuf],
    target: &'m Path,
    /// Where another directory is filled; `None` if the tables go into the only part.
    staging: Option<Staging>,
    replace: bool,
}

impl<'m> Merge<'m> {
    /// Of the parts in `directories`, into `target`; without one into the only directory.
    ///
    /// # Errors
    /// When it can't be put there.
    pub fn prepare(directories: &'m [PathBuf], target: Option<&'m Path>, replace: bool) -> Result<Self, CompareError> {
        let (target, staging) = match (target, directories) {
            (Some(target), _) => {
                let place = real(target);
                check_apart(directories, target, &place)?;
                sweep_away(&place);
                drop(check_target(&place, replace)?);
                (target, Some(Staging::beside(&place)?))
            }
            (None, [only]) => {
                sweep_away(&real(only));
                (only.as_path(), None)
            }
            (None, _) => return Err(MergeError::NoTarget.into()),
        };
        Ok(Self {
            directories,
            target,
            staging,
            replace,
        })
    }

    /// The directory that is filled, to be removed if the process must end at once.
    #[must_use]
    pub fn unfinished(&self) -> Option<&Path> {
        self.staging.as_ref().map(Staging::path)
    }

    /// Joins the parts, of which scenarios may name chokers of `own`, and makes the tables, until `stop` is set.
    ///
    /// # Errors
    /// When parts do not belong together, runs are missing or differ, something can't be read or written, or it was stopped. Nothing is written then.
    pub fn finish(self, own: &OwnChokers, stop: &AtomicBool) -> Result<Merged, CompareError> {
        let read = || {
            let parts = Parts::read(self.directories, own, stop)?;
            parts.check()?;
            Ok::<_, CompareError>(parts)
        };
        let (parts, finished, left) = if let Some(staging) = self.staging {
            let parts = read()?;
            let (finished, left) = parts.join(staging, self.replace, stop)?;
            (parts, finished, left)
        } else {
            // Where there is no plan, nothing is made.
            PlanFile::read(self.target)?;
            let directory = Directory::prepare(self.target, MERGE, Existing::Join)?;
            // Whoever held the lock may have published another plan: it is read now.
            let _lock = directory.lock_tables(stop)?;
            let parts = read()?;
            let finished = parts.conclude_in(&directory, stop)?;
            (parts, finished, None)
        };
        Ok(Merged {
            finished,
            left,
            target: self.target.to_owned(),
            doubles: by_files(&parts.plan, parts.records.doubles()),
            damages: parts.records.damages().to_vec(),
            plan: parts.plan,
        })
    }
}

impl Parts {
    /// Makes the tables in `directory`, of which nobody else publishes any meanwhile, until `stop` is set.
    ///
    /// # Errors
    /// When it can't be written, or it was stopped.
    pub fn conclude_in(&self, directory: &Directory, stop: &AtomicBool) -> Result<Finished, CompareError> {
        directory.sweep_away();
        conclude(&self.plan, self.runs(), &self.records, directory, stop)
    }

    /// A directory of its own with all runs and the tables. It appears whole; one that it replaces stays until then.
    fn join(
        &self,
        staging: Staging,
        replace: bool,
        stop: &AtomicBool,
    ) -> Result<(Finished, Option<Left>), CompareError> {
        let directory = Directory::prepare(staging.path(), WHOLE, Existing::Join)?;
        let finished = self.fill(&directory, stop)?;
        // Somebody else may have been here meanwhile.
        let locks = check_target(staging.target(), replace)?;
        let left = staging.publish(replace, locks)?;
        Ok((finished, left))
    }

    fn fill(&self, directory: &Directory, stop: &AtomicBool) -> Result<Finished, CompareError> {
        PlanFile::of(&self.plan).write(directory)?;
        let mut store = Store::open(&directory.store(), directory.segment(), &self.plan.fingerprint(), stop)?;
        let ids = self.wanted().take_while(|_| !stop.load(Ordering::Relaxed));
        store.append_all(ids.filter_map(|id| self.records.get(id).transpose()))?;
        go_on(stop)?;
        store.note(&Note {
            at_unix_s: unix_seconds(),
            what: Stage::Ended,
        })?;
        conclude(&self.plan, self.runs(), store.records(), directory, stop)
    }
}

/// Checks that none of `directories` would go with what is at `place`, which the user calls `target`.
fn check_apart(directories: &[PathBuf], target: &Path, place: &Path) -> Result<(), MergeError> {
    let mut parts = directories.iter().filter_map(|part| fs::canonicalize(part).ok());
    if parts.any(|part| place.starts_with(&part) || part.starts_with(place)) {
        return Err(MergeError::TargetIsPart(target.to_owned()));
    }
    Ok(())
}

/// The locks of what a merge may replace at `place`: that something empty stands there matters too, for it has to go.
fn check_target(place: &Path, replace: bool) -> Result<Vec<File>, CompareError> {
    let locks = check_place(place, replace).map_err(no_resume)?;
    if place.exists() {
        check_replaceable(place)?;
    }
    Ok(locks)
}

/// A merge has no --resume to offer.
fn no_resume(error: CompareError) -> CompareError {
    match error {
        CompareError::Directory(DirectoryError::Unfinished(path)) => DirectoryError::Exists(path).into(),
        other => other,
    }
}
