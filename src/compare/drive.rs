//! From start to end: what is not in the store is run, and what is there is analysed.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::analysis::Analysis;
use super::directory::Directory;
use super::error::CompareError;
use super::merge::check_conflicts;
use super::plan::Plan;
use super::plan_file::{PlanFile, PlanFileError};
use super::replacement;
use super::results::Results;
use super::shard::Shard;
use super::{tables, workers};
use crate::engine::observer::NoObserver;
use crate::metrics::Left;
use crate::progress::unix_seconds;
use crate::scenario::study::WarmUp;
use crate::store::{Damage, Note, Records, RunId, RunRecord, Stage, Store, StoreError};

/// What happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'e> {
    /// Something of the store can't be read …
    Damaged {
        /// … this …
        damage: &'e Damage,
        /// … and some of the runs to play are missing.
        is_missing: bool,
    },
    /// The plan that is here is not as it was written; it is written anew.
    PlanChanged(&'e Path),
    /// This is left of the study that was replaced.
    Left(&'e Left),
    /// There are these runs to do now …
    Planned(&'e [RunId]),
    /// … of which one more is there; `new` if it was played just now.
    Finished {
        /// Number of the variant.
        variant: usize,
        /// Whether it was played just now.
        new: bool,
    },
}

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<T> {
    /// All runs are there.
    Finished(T),
    /// The user stopped it.
    Interrupted {
        /// Runs that are there.
        done: u64,
        /// Runs that were wanted.
        of: u64,
    },
    /// The user stopped it before it had read what is there, or had something to put in its place: all of that is as it was.
    Unchanged,
}

/// A comparison of which all runs are there.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// What came out.
    pub analysis: Analysis,
    /// Whether the precision asked for was reached; `None` if none was.
    pub precise: Option<bool>,
    /// Whether a page is to be made: there was one of the old tables.
    pub page_is_due: bool,
}

/// What the processes that play runs share.
pub(super) struct Session<'s> {
    plan: &'s Plan,
    store: Store,
    jobs: usize,
    stop: &'s AtomicBool,
}

/// Does what `plan` says on `jobs` threads, into `directory`, until `stop` is set; tells `watch` how it goes. A study that is replaced stays until the
/// first runs are stored.
///
/// # Errors
/// When something can't be read or written. What is in the store by then stays there.
pub fn drive(
    plan: &Plan,
    directory: Directory,
    jobs: usize,
    stop: &AtomicBool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome<Finished>, CompareError> {
    let Some(directory) = replacement::in_place(plan, directory, jobs, stop, watch)? else {
        return Ok(Outcome::Unchanged);
    };
    let directory = &directory;
    let ids = |records: &Records| {
        let runs = 0..runs_so_far(plan, records);
        runs.flat_map(|run| of_run(plan, run)).collect()
    };
    let Some(session) = Session::open(plan, &ids, directory, jobs, stop, watch)? else {
        return Ok(Outcome::Unchanged);
    };
    check_runs(plan, session.store.records(), plan.most_runs())?;
    directory.check_variants()?;
    let file = PlanFile::of(plan);
    match publish_plan(&file, directory, stop, watch) {
        Err(CompareError::Stopped) => return Ok(Outcome::Unchanged),
        published => published?,
    }
    let outcome = session.noted(|session| match session.play_all(directory, watch) {
        Err(CompareError::Stopped) => Ok(session.all_there()),
        outcome => outcome,
    })?;
    file.restore(directory)?;
    Ok(outcome)
}

/// Plays the runs of one `shard` of `plan`; others may be at work in the same `directory`. It makes no tables.
///
/// # Errors
/// As [`drive`], and when the directory has another plan.
pub fn drive_shard(
    plan: &Plan,
    shard: Shard,
    directory: &Directory,
    jobs: usize,
    stop: &AtomicBool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome<u64>, CompareError> {
    let file = PlanFile::of(plan);
    let is_there = is_there(&file, directory.path())?;
    let ids = shard.runs(plan);
    // What the runs there belong to is known from the store, too.
    let Some(session) = Session::open(plan, &|_| ids.clone(), directory, jobs, stop, watch)? else {
        return Ok(Outcome::Unchanged);
    };
    if !is_there {
        match join_plan(&file, directory, stop, watch) {
            Err(CompareError::Stopped) => return Ok(Outcome::Unchanged),
            joined => joined?,
        }
    }
    let outcome = session.noted(|session| {
        session.complete(&ids, watch)?;
        Ok(session.interrupted(&ids).unwrap_or(Outcome::Finished(ids.len() as u64)))
    })?;
    file.restore(directory)?;
    Ok(outcome)
}

/// Whether `directory` has the plan `file`; one that can't be read is none, and another one is an error.
pub(super) fn is_there(file: &PlanFile, directory: &Path) -> Result<bool, PlanFileError> {
    match file.check_same(directory) {
        Err(PlanFileError::Unread { .. } | PlanFileError::Damaged { .. }) => Ok(false),
        same => same.map(|()| true),
    }
}

/// Writes the plan `file` into `directory`, whatever plan is there; says so if that is not as it was written.
fn publish_plan(
    file: &PlanFile,
    directory: &Directory,
    stop: &AtomicBool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<(), CompareError> {
    let _lock = directory.lock_tables(stop)?;
    replace_plan(file, directory, watch)
}

/// The same where others may have written a plan since it was looked for: another one is an error.
fn join_plan(
    file: &PlanFile,
    directory: &Directory,
    stop: &AtomicBool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<(), CompareError> {
    let _lock = directory.lock_tables(stop)?;
    if is_there(file, directory.path())? {
        return Ok(());
    }
    replace_plan(file, directory, watch)
}

fn replace_plan(file: &PlanFile, directory: &Directory, watch: &mut dyn FnMut(Event<'_>)) -> Result<(), CompareError> {
    if let Err(PlanFileError::Damaged { path, .. }) = file.check_same(directory.path()) {
        watch(Event::PlanChanged(&path));
    }
    file.write(directory)
}

impl<'s> Session<'s> {
    /// Opens the store of `directory`; tells `watch` what of it can't be read, with regard to the runs `ids` that are wanted where these are there. `None` if `stop` is set before all of it is read.
    pub fn open(
        plan: &'s Plan,
        ids: &dyn Fn(&Records) -> Vec<RunId>,
        directory: &Directory,
        jobs: usize,
        stop: &'s AtomicBool,
        watch: &mut dyn FnMut(Event<'_>),
    ) -> Result<Option<Self>, CompareError> {
        let store = match Store::open(&directory.store(), directory.segment(), &plan.fingerprint(), stop) {
            Err(StoreError::Stopped) => return Ok(None),
            opened => opened?,
        };
        let records = store.records();
        let is_missing = ids(records).iter().any(|id| !records.contains(*id));
        for damage in records.damages() {
            watch(Event::Damaged { damage, is_missing });
        }
        check_conflicts(plan, records)?;
        directory.sweep_away();
        Ok(Some(Self {
            plan,
            store,
            jobs,
            stop,
        }))
    }

    /// Does `work`, with a note of its begin and of how it ended.
    fn noted<T>(
        mut self,
        work: impl FnOnce(&mut Self) -> Result<Outcome<T>, CompareError>,
    ) -> Result<Outcome<T>, CompareError> {
        self.note(Stage::Started)?;
        let outcome = work(&mut self);
        let stage = match &outcome {
            Ok(Outcome::Finished(_)) => Stage::Ended,
            Ok(Outcome::Interrupted { .. } | Outcome::Unchanged) => Stage::Interrupted,
            Err(error) => Stage::Failed(with_causes(error)),
        };
        let noted = self.note(stage);
        outcome.and_then(|outcome| noted.map(|()| outcome))
    }

    fn note(&mut self, what: Stage) -> Result<(), CompareError> {
        let at_unix_s = unix_seconds();
        Ok(self.store.note(&Note { at_unix_s, what })?)
    }

    /// Plays all runs, and more where precision asks for them, and makes the tables.
    fn play_all(
        &mut self,
        directory: &Directory,
        watch: &mut dyn FnMut(Event<'_>),
    ) -> Result<Outcome<Finished>, CompareError> {
        let plan = self.plan;
        let mut results = Results::new(plan);
        let mut runs = runs_so_far(plan, self.store.records());
        let precise = loop {
            let ids: Vec<_> = (results.runs..runs).flat_map(|run| of_run(plan, run)).collect();
            self.complete(&ids, watch)?;
            let all: Vec<_> = (0..runs).flat_map(|run| of_run(plan, run)).collect();
            if let Some(interrupted) = self.interrupted(&all) {
                return Ok(interrupted);
            }
            results.read(self.store.records(), runs, self.stop)?;
            let precise = plan.precision.map(|share| results.are_tight(share));
            if precise != Some(false) || runs >= plan.max_runs {
                break precise;
            }
            runs = plan.one_batch_more(runs);
        };
        let _lock = directory.lock_tables(self.stop)?;
        let finished = tabulate(&results, self.store.records(), directory, precise, self.stop)?;
        Ok(Outcome::Finished(finished))
    }

    /// How far a comparison is that was stopped while its tables were made.
    fn all_there<T>(&self) -> Outcome<T> {
        let there = self.store.records().ids().count() as u64;
        Outcome::Interrupted { done: there, of: there }
    }

    /// Plays those of the runs `ids` that are not there: all variants of a run before the next one, so that pairs become complete.
    pub fn complete(&mut self, ids: &[RunId], watch: &mut dyn FnMut(Event<'_>)) -> Result<(), CompareError> {
        watch(Event::Planned(ids));
        let (plan, store) = (self.plan, &mut self.store);
        // A warm-up that all variants of a run share is known when all are played.
        let share_warm_up = plan.cut() == WarmUp::Mser5;
        let records = store.records();
        let is_there = |id: &RunId| {
            let mut others = of_run(plan, id.run);
            records.contains(*id) && (!share_warm_up || others.all(|other| records.contains(other)))
        };
        let (there, todo): (Vec<_>, Vec<_>) = ids.iter().copied().partition(is_there);
        for RunId { variant, .. } in there {
            watch(Event::Finished { variant, new: false });
        }
        let mut keep = |record: RunRecord, _: NoObserver| -> Result<(), CompareError> {
            if !store.records().contains(record.id()) {
                store.append(&record)?;
            }
            watch(Event::Finished {
                variant: record.variant,
                new: true,
            });
            Ok(())
        };
        workers::play(plan, &todo, self.jobs, self.stop, &|_, _| NoObserver, &mut keep)
    }

    /// Whether all of the runs `ids` are there.
    pub fn has(&self, ids: &[RunId]) -> bool {
        ids.iter().all(|id| self.store.records().contains(*id))
    }

    /// How far the runs `ids` are, if the user has stopped before all of them were there.
    fn interrupted<T>(&self, ids: &[RunId]) -> Option<Outcome<T>> {
        let there = |id: &&RunId| self.store.records().contains(**id);
        self.stop.load(Ordering::Relaxed).then(|| Outcome::Interrupted {
            done: ids.iter().filter(there).count() as u64,
            of: ids.len() as u64,
        })
    }
}

/// The error and what it comes from, `cannot write to x: no space left`.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Makes the tables of so many `runs` of each variant of `plan`, all of which are in `records`, until `stop` is set.
pub(super) fn conclude(
    plan: &Plan,
    runs: u32,
    records: &Records,
    directory: &Directory,
    stop: &AtomicBool,
) -> Result<Finished, CompareError> {
    let mut results = Results::new(plan);
    results.read(records, runs, stop)?;
    let precise = plan.precision.map(|share| results.are_tight(share));
    tabulate(&results, records, directory, precise, stop)
}

fn tabulate(
    results: &Results<'_>,
    records: &Records,
    directory: &Directory,
    precise: Option<bool>,
    stop: &AtomicBool,
) -> Result<Finished, CompareError> {
    check_runs(results.plan, records, results.runs)?;
    let analysis = results.analysis();
    let page_is_due = tables::write(directory, results.plan, records, &analysis, precise, stop)?;
    Ok(Finished {
        analysis,
        precise,
        page_is_due,
    })
}

/// Tables of `wanted` runs of each variant must not leave out others that are there.
pub(super) fn check_runs(plan: &Plan, records: &Records, wanted: u32) -> Result<(), CompareError> {
    let there = complete_runs(plan, records);
    if there > wanted {
        let how = plan.precision.map_or_else(
            || format!("say --runs {there}"),
            |_| format!("say --max-runs {there} (`compare`) or `max_runs = {there}` in [compare]"),
        );
        return Err(CompareError::FewerRuns { there, wanted, how });
    }
    Ok(())
}

/// How many runs, from the first on, are there of every variant.
fn complete_runs(plan: &Plan, records: &Records) -> u32 {
    let complete = (0..).take_while(|&run| of_run(plan, run).all(|id| records.contains(id)));
    complete.count() as u32
}

/// Runs of each variant that are wanted, where precision decides as far as it has come: a batch that has been begun is one that was needed.
pub(super) fn runs_so_far(plan: &Plan, records: &Records) -> u32 {
    let complete = complete_runs(plan, records);
    let is_begun = |run| of_run(plan, run).any(|id| records.contains(id));
    let mut runs = plan.runs;
    while plan.precision.is_some() && complete >= runs && (runs..plan.one_batch_more(runs)).any(is_begun) {
        runs = plan.one_batch_more(runs);
    }
    runs
}

/// The variants of a run.
pub(super) fn of_run(plan: &Plan, run: u32) -> impl Iterator<Item = RunId> + use<> {
    (0..plan.variants.len()).map(move |variant| RunId { variant, run })
}
