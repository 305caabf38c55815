//! The comparison from start to end: what is not in the store is run, and what is there is analysed.

use std::sync::atomic::{AtomicBool, Ordering};

use super::analysis::{Analysis, Sample, VariantState, analyse};
use super::directory::Directory;
use super::plan::Plan;
use super::precision::{BATCH, is_tight};
use super::{tables, workers};
use crate::engine::RunFault;
use crate::engine::observer::NoObserver;
use crate::metrics::stats::mean;
use crate::metrics::{DirectoryError, WriteError};
use crate::scenario::study::WarmUp;
use crate::store::{Damage, RunId, RunRecord, Store, StoreError};

/// What happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'e> {
    /// A line of the store can't be read: its run is done again.
    Damaged(&'e Damage),
    /// Each variant has this many runs now …
    Planned {
        /// Runs of each variant.
        runs: u32,
    },
    /// … of which one more is there; `new` if it was played just now.
    Finished {
        /// Number of the variant.
        variant: usize,
        /// Whether it was played just now.
        new: bool,
    },
}

/// How a comparison ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// All runs are there.
    Finished(Finished),
    /// The user stopped it.
    Interrupted {
        /// Runs that are there.
        done: u64,
        /// Runs that were wanted.
        of: u64,
    },
}

/// A comparison of which all runs are there.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// What came out.
    pub analysis: Analysis,
    /// Whether the precision asked for was reached; `None` if none was.
    pub precise: Option<bool>,
}

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Something about its directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Something about the finished runs.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A table could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// More runs are there than are wanted: tables of some of them would pass for the whole.
    #[error(
        "{there} runs of each variant are there already, more than the {wanted} that are wanted: say --runs {there}, or choose another directory with --out"
    )]
    FewerRuns {
        /// Runs of each variant that are there.
        there: u32,
        /// Runs that the tables would have.
        wanted: u32,
    },
    /// A run could not be played.
    #[error(transparent)]
    Run(#[from] RunFault),
}

/// Does what `plan` says on `jobs` threads, into `directory`, until `stop` is set; tells `watch` how it goes.
///
/// # Errors
/// When something can't be read or written. What is in the store by then stays there.
pub fn drive(
    plan: &Plan,
    directory: &Directory,
    jobs: usize,
    stop: &AtomicBool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome, CompareError> {
    let (mut store, damages) = Store::open(&directory.store(), &plan.fingerprint())?;
    damages.iter().for_each(|damage| watch(Event::Damaged(damage)));
    let mut results = Results::new(plan);
    let mut runs = plan.runs;
    let precise = loop {
        watch(Event::Planned { runs });
        complete(plan, &mut store, results.runs..runs, jobs, stop, watch)?;
        if stop.load(Ordering::Relaxed) {
            return Ok(interrupted(plan, &store, runs));
        }
        results.read(&store, runs)?;
        let precise = plan.precision.map(|share| results.are_tight(share));
        if precise != Some(false) || runs >= plan.max_runs {
            break precise;
        }
        runs = (runs + BATCH).min(plan.max_runs);
    };
    let complete = (0..).take_while(|&run| of_run(plan, run).all(|id| store.contains(id)));
    let there = complete.count() as u32;
    if there > runs {
        return Err(CompareError::FewerRuns { there, wanted: runs });
    }
    let analysis = results.analysis();
    tables::write(directory, plan, &store, &analysis)?;
    Ok(Outcome::Finished(Finished { analysis, precise }))
}

/// Plays those of the `runs` of each variant that are not there: all variants of a run before the next one, so that
/// pairs become complete.
fn complete(
    plan: &Plan,
    store: &mut Store,
    runs: std::ops::Range<u32>,
    jobs: usize,
    stop: &AtomicBool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<(), CompareError> {
    // A warm-up that all variants of a run share is known when all are played.
    let share_warm_up = plan.cut() == WarmUp::Mser5;
    let is_there =
        |id: &RunId| store.contains(*id) && (!share_warm_up || of_run(plan, id.run).all(|other| store.contains(other)));
    let (there, todo): (Vec<_>, Vec<_>) = runs.flat_map(|run| of_run(plan, run)).partition(is_there);
    for RunId { variant, .. } in there {
        watch(Event::Finished { variant, new: false });
    }
    let mut keep = |record: RunRecord, _: NoObserver| -> Result<(), CompareError> {
        if !store.contains(record.id()) {
            store.append(&record)?;
        }
        watch(Event::Finished {
            variant: record.variant,
            new: true,
        });
        Ok(())
    };
    workers::play(plan, &todo, jobs, stop, &|_, _| NoObserver, &mut keep)
}

/// The variants of a run.
fn of_run(plan: &Plan, run: u32) -> impl Iterator<Item = RunId> + use<> {
    (0..plan.variants.len()).map(move |variant| RunId { variant, run })
}

fn interrupted(plan: &Plan, store: &Store, runs: u32) -> Outcome {
    let ids = (0..runs).flat_map(|run| of_run(plan, run));
    Outcome::Interrupted {
        done: ids.filter(|id| store.contains(*id)).count() as u64,
        of: u64::from(runs) * plan.variants.len() as u64,
    }
}

/// How the runs of a variant went.
#[derive(Clone, Default)]
struct State {
    not_finished: u32,
    runs_cut: u32,
    runs_emptied: u32,
    cuts_s: Vec<f64>,
}

/// What the analysis needs of all runs.
struct Results<'p> {
    plan: &'p Plan,
    /// Runs of each variant that were read.
    runs: u32,
    /// By metric.
    samples: Vec<Vec<Sample>>,
    /// By variant.
    states: Vec<State>,
}

impl<'p> Results<'p> {
    fn new(plan: &'p Plan) -> Self {
        let variants = plan.variants.len();
        Self {
            plan,
            runs: 0,
            samples: vec![vec![Sample::default(); variants]; plan.metrics.len()],
            states: vec![State::default(); variants],
        }
    }

    /// Reads the runs up to `runs` of each variant from `store`, in their order.
    fn read(&mut self, store: &Store, runs: u32) -> Result<(), StoreError> {
        for run in self.runs..runs {
            for variant in 0..self.plan.variants.len() {
                if let Some(record) = store.get(RunId { variant, run })? {
                    self.add(&record);
                }
            }
        }
        self.runs = runs;
        Ok(())
    }

    fn add(&mut self, record: &RunRecord) {
        let ending = record.summary.get("ending").and_then(|ending| ending.as_str());
        let is_open = self.plan.variants[record.variant].is_open();
        let not_finished = ending != Some("all-done") && !(is_open && ending == Some("time-limit"));
        let state = &mut self.states[record.variant];
        state.not_finished += u32::from(not_finished);
        state.runs_cut += u32::from(record.cut_s.is_some());
        let is_empty = record.summary.get("peers").and_then(serde_json::Value::as_u64) == Some(0);
        state.runs_emptied += u32::from(is_empty);
        state.cuts_s.push(record.cut_s.unwrap_or(0.0));
        for (metric, samples) in self.plan.metrics.iter().zip(&mut self.samples) {
            let sample = &mut samples[record.variant];
            sample.values.push(metric.value(record));
            sample.unfinished += usize::from(not_finished && metric.leaves_out_somebody(record));
        }
    }

    fn are_tight(&self, share: f64) -> bool {
        let first = self.samples.first().into_iter().flatten();
        first.into_iter().all(|sample| {
            let defined: Vec<f64> = sample.values.iter().copied().flatten().collect();
            is_tight(&defined, share, self.plan.confidence)
        })
    }

    fn analysis(&self) -> Analysis {
        let labels: Vec<&str> = self
            .plan
            .variants
            .iter()
            .map(|variant| variant.label.as_str())
            .collect();
        let state = |(label, state): (&&str, &State)| VariantState {
            variant: (*label).to_owned(),
            not_finished: state.not_finished,
            runs_cut: state.runs_cut,
            runs_emptied: state.runs_emptied,
            cut_mean_s: mean(&state.cuts_s).filter(|_| state.runs_cut > 0),
        };
        let metrics = self.plan.metrics.iter().zip(&self.samples);
        Analysis {
            baseline: labels[self.plan.baseline].to_owned(),
            confidence: self.plan.confidence,
            runs: self.runs,
            variants: labels.iter().zip(&self.states).map(state).collect(),
            metrics: metrics
                .map(|(metric, samples)| analyse(metric, &labels, samples, self.plan.baseline, self.plan.confidence))
                .collect(),
        }
    }
}
