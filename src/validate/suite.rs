//! The expectations of one scenario: planned as variants of it, played, judged.

use std::sync::atomic::{AtomicBool, Ordering};

use super::distribution::distance;
use super::figure::Figure;
use super::measured::Measured;
use super::verdict::{Verdict, judge};
use super::watch::Watch;
use crate::choking::OwnChokers;
use crate::compare::{Plan, play};
use crate::engine::RunFault;
use crate::scenario::expect::{Expectation, Target};
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
    played: Played,
    /// What figures are divided by.
    against: Option<Played>,
    measured: Option<Measured>,
}

/// A variant, and the figures of its runs: which group a name stands for is a matter of the variant.
struct Played {
    variant: usize,
    figures: Vec<Figure>,
}

/// What a row saw in a run.
struct Seen {
    row: usize,
    id: RunId,
    figures: Vec<Option<f64>>,
    times_s: Vec<f64>,
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

/// Where the files of a suite come from.
pub struct Files<'f> {
    /// Gives the scenario with changes.
    pub load: &'f dyn Fn(&[Override]) -> Result<Loaded, ScenarioError>,
    /// Gives the text of a file with measurements.
    pub measured: &'f dyn Fn(&str) -> std::io::Result<String>,
}

impl Suite {
    /// Those expectations of `loaded` that `wanted` picks; `None` if that is none.
    ///
    /// # Errors
    /// Whatever is wrong with what an expectation sets, with the name of a figure, or with a file of measurements.
    pub fn new(
        loaded: &Loaded,
        wanted: &dyn Fn(&Expectation) -> bool,
        files: &Files<'_>,
    ) -> Result<Option<Self>, ScenarioError> {
        let mut variants: Vec<NamedVariant> = Vec::new();
        let mut chosen = Vec::new();
        for expectation in loaded.expectations.iter().filter(|expectation| wanted(expectation)) {
            let against = (!expectation.against.is_empty()).then(|| format!("{} against", expectation.id));
            let played = variant(&mut variants, &expectation.id, &expectation.set);
            let against = against.map(|name| variant(&mut variants, &name, &expectation.against));
            chosen.push((expectation, played, against));
        }
        if chosen.is_empty() {
            return Ok(None);
        }
        let study = Study {
            variation: Variation::Named(variants),
            warm_up: loaded.study.warm_up,
            ..Study::default()
        };
        let plan = Plan::new(loaded, &study, &OwnChokers::default(), files.load)?;
        let row = |(expectation, played, against)| Row::new(&plan, expectation, played, against, files);
        let rows = chosen.into_iter().map(row).collect::<Result<_, _>>()?;
        Ok(Some(Self { plan, rows }))
    }

    /// Plays all runs on `jobs` threads and judges them; `None` if `stop` was set.
    ///
    /// # Errors
    /// When the simulator has a defect.
    pub fn judge(&self, jobs: usize, stop: &AtomicBool) -> Result<Option<Vec<Outcome>>, RunFault> {
        let mut seen = Vec::new();
        let watch = |id: RunId, scenario: &_| {
            let mut rows = self.rows.iter().filter(|row| row.looks_at(id));
            Watch::new(
                scenario,
                rows.any(|row| row.played.figures.iter().any(Figure::needs_transfers)),
            )
        };
        play(
            &self.plan,
            &self.runs(),
            jobs,
            stop,
            &watch,
            &mut |record: RunRecord, watch| {
                let rows = self
                    .rows
                    .iter()
                    .enumerate()
                    .filter(|(_, row)| row.looks_at(record.id()));
                seen.extend(rows.map(|(index, row)| row.see(index, &record, &watch)));
                Ok::<(), RunFault>(())
            },
        )?;
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        seen.sort_by_key(|seen| (seen.row, seen.id));
        let of_row = |row: usize| seen.iter().filter(|seen| seen.row == row).collect::<Vec<_>>();
        let rows = self.rows.iter().enumerate();
        Ok(Some(rows.map(|(index, row)| row.judge(&of_row(index))).collect()))
    }

    /// The runs that are needed.
    #[must_use]
    pub fn runs(&self) -> Vec<RunId> {
        let seeds = |variant: usize| {
            let rows = self.rows.iter();
            let rows = rows.filter(|row| row.of(variant).is_some());
            rows.map(|row| row.expectation.seeds).max().unwrap_or(0)
        };
        let seeds: Vec<u32> = (0..self.plan.variants.len()).map(seeds).collect();
        // Variants of a run follow each other, as pairs do that share a warm-up.
        let of_run = |run| {
            let played = seeds.iter().enumerate().filter(move |&(_, &seeds)| run < seeds);
            played.map(move |(variant, _)| RunId { variant, run })
        };
        (0..seeds.iter().copied().max().unwrap_or(0)).flat_map(of_run).collect()
    }
}

/// The number of the variant with the changes `set`, which is added as `name` if it is not there.
fn variant(variants: &mut Vec<NamedVariant>, name: &str, set: &[Override]) -> usize {
    let texts = |set: &[Override]| set.iter().map(|change| change.text.clone()).collect::<Vec<_>>();
    let known = variants.iter().position(|known| texts(&known.set) == texts(set));
    known.unwrap_or_else(|| {
        variants.push(NamedVariant {
            name: name.to_owned(),
            set: set.to_vec(),
        });
        variants.len() - 1
    })
}

impl Played {
    fn new(plan: &Plan, variant: usize, target: &Target) -> Result<Self, ScenarioError> {
        let scenario = &plan.variants[variant].scenario;
        let figures = target.figures().map(|name| Figure::new(scenario, name));
        Ok(Self {
            variant,
            figures: figures.collect::<Result<_, _>>()?,
        })
    }
}

impl Row {
    fn new(
        plan: &Plan,
        expectation: &Expectation,
        played: usize,
        against: Option<usize>,
        files: &Files<'_>,
    ) -> Result<Self, ScenarioError> {
        let target = &expectation.target;
        let measured = match target {
            Target::Distribution { group, measured, .. } => {
                let scenario = &plan.variants[played].scenario;
                Some(Measured::new(scenario, group, measured, files.measured)?)
            }
            _ => None,
        };
        let against = against.map(|variant| Played::new(plan, variant, target));
        Ok(Self {
            expectation: expectation.clone(),
            played: Played::new(plan, played, target)?,
            against: against.transpose()?,
            measured,
        })
    }

    /// What it plays of `variant`.
    fn of(&self, variant: usize) -> Option<&Played> {
        let both = [Some(&self.played), self.against.as_ref()];
        both.into_iter().flatten().find(|played| played.variant == variant)
    }

    fn looks_at(&self, id: RunId) -> bool {
        self.of(id.variant).is_some() && id.run < self.expectation.seeds
    }

    fn see(&self, row: usize, record: &RunRecord, watch: &Watch) -> Seen {
        let measured = self.measured.as_ref();
        let figures = self.of(record.id().variant).map_or(&[][..], |played| &played.figures);
        Seen {
            row,
            id: record.id(),
            figures: figures.iter().map(|figure| figure.value(record, watch)).collect(),
            times_s: measured.map_or_else(Vec::new, |measured| watch.completion_times_s(measured.group)),
        }
    }

    fn judge(&self, seen: &[&Seen]) -> Outcome {
        let finding = judge(&self.expectation.target, &self.values(seen));
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

    /// One row a figure, one column a run; of a distribution the distance, for all runs together.
    fn values(&self, seen: &[&Seen]) -> Vec<Vec<Option<f64>>> {
        if let Some(measured) = &self.measured {
            let times: Vec<f64> = seen.iter().flat_map(|seen| seen.times_s.iter().copied()).collect();
            return vec![vec![distance(&measured.times_s, &times)]];
        }
        let value = |variant: usize, figure: usize| {
            let runs = seen.iter().filter(move |seen| seen.id.variant == variant);
            runs.map(move |seen| seen.figures[figure])
        };
        (0..self.played.figures.len())
            .map(|figure| match &self.against {
                None => value(self.played.variant, figure).collect(),
                Some(against) => value(self.played.variant, figure)
                    .zip(value(against.variant, figure))
                    .map(|(value, against)| Some(value? / against?).filter(|ratio| ratio.is_finite()))
                    .collect(),
            })
            .collect()
    }
}
