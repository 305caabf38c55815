//! The expectations of one scenario: planned as variants of it, played, judged.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::figure::Figure;
use super::verdict::{Verdict, judge};
use crate::choking::OwnChokers;
use crate::compare::{Plan, play};
use crate::engine::RunFault;
use crate::scenario::expect::Expectation;
use crate::scenario::study::{NamedVariant, Study, Variation};
use crate::scenario::{Loaded, Override, ScenarioError};
use crate::store::{RunId, RunRecord};

/// The expectations of a scenario, all figures found.
pub struct Suite {
    plan: Plan,
    rows: Vec<Row>,
}

struct Row {
    expectation: Expectation,
    variant: usize,
    figures: Vec<Figure>,
}

/// What came of an expectation.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The expectation.
    pub expectation: Expectation,
    /// What was expected, in words.
    pub expected: String,
    /// What was simulated, in words.
    pub simulated: String,
    /// Whether the two agree.
    pub verdict: Verdict,
}

impl Suite {
    /// Those expectations of `loaded` that `wanted` picks; `None` if that is none. `load` gives the scenario with changes.
    ///
    /// # Errors
    /// Whatever is wrong with what an expectation sets or with the name of a figure.
    pub fn new(
        loaded: &Loaded,
        wanted: &dyn Fn(&Expectation) -> bool,
        load: &dyn Fn(&[Override]) -> Result<Loaded, ScenarioError>,
    ) -> Result<Option<Self>, ScenarioError> {
        let mut variants: Vec<NamedVariant> = Vec::new();
        let mut rows = Vec::new();
        for expectation in loaded.expectations.iter().filter(|expectation| wanted(expectation)) {
            let texts = |set: &[Override]| set.iter().map(|change| change.text.clone()).collect::<Vec<_>>();
            let known = variants
                .iter()
                .position(|variant| texts(&variant.set) == texts(&expectation.set));
            let variant = known.unwrap_or(variants.len());
            if known.is_none() {
                variants.push(NamedVariant {
                    name: expectation.id.clone(),
                    set: expectation.set.clone(),
                });
            }
            let figures = expectation.target.figures();
            rows.push(Row {
                variant,
                figures: figures
                    .map(|name| Figure::new(&loaded.scenario, name))
                    .collect::<Result<_, _>>()?,
                expectation: expectation.clone(),
            });
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let study = Study {
            variation: Variation::Named(variants),
            warm_up: loaded.study.warm_up,
            ..Study::default()
        };
        let plan = Plan::new(loaded, &study, &OwnChokers::default(), load)?;
        Ok(Some(Self { plan, rows }))
    }

    /// Plays all runs on `jobs` threads and judges them; `None` if `stop` was set.
    ///
    /// # Errors
    /// When the simulator has a defect.
    pub fn judge(&self, jobs: usize, stop: &AtomicBool) -> Result<Option<Vec<Outcome>>, RunFault> {
        let mut records = BTreeMap::new();
        play(&self.plan, &self.runs(), jobs, stop, &mut |record: RunRecord| {
            records.insert((record.variant, record.run), record);
            Ok::<(), RunFault>(())
        })?;
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        Ok(Some(self.rows.iter().map(|row| row.judge(&records)).collect()))
    }

    /// The runs that are needed.
    #[must_use]
    pub fn runs(&self) -> Vec<RunId> {
        let seeds = |variant: usize| {
            let rows = self.rows.iter().filter(move |row| row.variant == variant);
            rows.map(|row| row.expectation.seeds).max().unwrap_or(0)
        };
        let variants = 0..self.plan.variants.len();
        variants
            .flat_map(|variant| (0..seeds(variant)).map(move |run| RunId { variant, run }))
            .collect()
    }
}

impl Row {
    fn judge(&self, records: &BTreeMap<(usize, u32), RunRecord>) -> Outcome {
        let value = |figure: &Figure, run| {
            records
                .get(&(self.variant, run))
                .and_then(|record| figure.value(record))
        };
        let of_runs = |figure: &Figure| (0..self.expectation.seeds).map(|run| value(figure, run)).collect();
        let values: Vec<Vec<_>> = self.figures.iter().map(of_runs).collect();
        let finding = judge(&self.expectation.target, &values);
        let verdict = match (finding.met, &self.expectation.known) {
            (true, _) => Verdict::Holds,
            (false, Some(_)) => Verdict::FallsShort,
            (false, None) => Verdict::Differs,
        };
        Outcome {
            expectation: self.expectation.clone(),
            expected: finding.expected,
            simulated: finding.simulated,
            verdict,
        }
    }
}
