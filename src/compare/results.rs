//! What the analysis needs of all runs, read from the store in their order.

use std::sync::atomic::AtomicBool;

use super::analysis::{Analysis, Sample, VariantState, analyse};
use super::error::{CompareError, go_on};
use super::plan::Plan;
use super::precision::is_tight;
use crate::metrics::pauses::is_doubtful;
use crate::metrics::stats::mean;
use crate::store::{Records, RunId, RunRecord};

/// A cut of so much of a run is as late as MSER-5 allows, but for a few rows.
const LATE: f64 = 0.45;

/// How the runs of a variant went.
#[derive(Clone, Default)]
struct State {
    not_finished: u32,
    runs_cut: u32,
    runs_emptied: u32,
    runs_cut_late: u32,
    runs_paused: u32,
    cuts_s: Vec<f64>,
}

/// The figures of all runs that were read.
pub(super) struct Results<'p> {
    pub plan: &'p Plan,
    /// Runs of each variant that were read.
    pub runs: u32,
    /// By metric.
    samples: Vec<Vec<Sample>>,
    /// By variant.
    states: Vec<State>,
}

impl<'p> Results<'p> {
    pub fn new(plan: &'p Plan) -> Self {
        let variants = plan.variants.len();
        Self {
            plan,
            runs: 0,
            samples: vec![vec![Sample::default(); variants]; plan.metrics.len()],
            states: vec![State::default(); variants],
        }
    }

    /// Reads the runs up to `runs` of each variant from `records`, in their order, until `stop` is set.
    pub fn read(&mut self, records: &Records, runs: u32, stop: &AtomicBool) -> Result<(), CompareError> {
        for run in self.runs..runs {
            go_on(stop)?;
            for variant in 0..self.plan.variants.len() {
                if let Some(record) = records.get(RunId { variant, run })? {
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
        let figure = |column| record.summary.get(column).and_then(serde_json::Value::as_f64);
        let simulated_s = figure("simulated_s");
        let is_paused = figure("longest_pause_s")
            .zip(simulated_s)
            .is_some_and(|(pause, all)| is_doubtful(pause, all));
        state.runs_paused += u32::from(is_paused && ending != Some("stalled"));
        let is_late = record
            .cut_s
            .zip(simulated_s)
            .is_some_and(|(cut, all)| cut >= LATE * all);
        state.runs_cut_late += u32::from(is_late);
        state.cuts_s.push(record.cut_s.unwrap_or(0.0));
        for (metric, samples) in self.plan.metrics.iter().zip(&mut self.samples) {
            let sample = &mut samples[record.variant];
            sample.values.push(metric.value(record));
            sample.unfinished += usize::from(not_finished && metric.leaves_out_somebody(record));
        }
    }

    pub fn are_tight(&self, share: f64) -> bool {
        let first = self.samples.first().into_iter().flatten();
        first.into_iter().all(|sample| {
            let defined: Vec<f64> = sample.values.iter().copied().flatten().collect();
            is_tight(&defined, share, self.plan.confidence)
        })
    }

    pub fn analysis(&self) -> Analysis {
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
            runs_cut_late: state.runs_cut_late,
            runs_paused: state.runs_paused,
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
