//! All that is decided before the first run, and checked: which variants, how many runs, what is compared.

use std::collections::BTreeMap;

use super::factors::Factor;
use super::metric::{Metric, metrics};
use super::precision::BATCH;
use super::variants::{Choice, variants};
use crate::choking::OwnChokers;
use crate::scenario::estimate::is_open;
use crate::scenario::limits::SEED_MAX;
use crate::scenario::model::{Group, StartsWith};
use crate::scenario::study::{Study, Variation, WarmUp};
use crate::scenario::{Loaded, Override, Scenario, ScenarioError};
use crate::store::{Fingerprint, VariantPrint};

/// Runs of a variant unless told otherwise.
const RUNS: u32 = 30;
/// Most runs of a variant where precision decides, unless told otherwise.
const MAX_RUNS: u32 = 200;
/// So many variants are named that a warning is about.
const NAMED_MAX: usize = 5;
/// Level of the intervals unless told otherwise.
const CONFIDENCE: f64 = 0.95;

/// A comparison that is right in every point.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name of the scenario.
    pub name: String,
    /// The scenario that is varied.
    pub base: Scenario,
    /// The variants in order.
    pub variants: Vec<Variant>,
    /// Index of the variant that the others are held against.
    pub baseline: usize,
    /// Runs of each variant; more where precision asks for it.
    pub runs: u32,
    /// No more than this.
    pub max_runs: u32,
    /// Largest half-width of the first metric, as a share of its mean.
    pub precision: Option<f64>,
    /// Level of the intervals.
    pub confidence: f64,
    /// What is compared.
    pub metrics: Vec<Metric>,
    /// Whether the metrics were asked for by name.
    pub metrics_named: bool,
    /// What is left out at the start; `None`: nothing, and nobody has said so.
    pub warm_up: Option<WarmUp>,
    /// What is probably not meant.
    pub warnings: Vec<String>,
    /// Makes the chokers that variants name and swarmsim does not have.
    pub own_chokers: OwnChokers,
}

/// A variant of the scenario.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name in tables.
    pub label: String,
    /// What it has of each axis of a grid; nothing if the variants have names.
    pub factors: Vec<Factor>,
    /// The scenario with its changes; the seed is that of run 0.
    pub scenario: Scenario,
}

/// What variants are warned of, each once, with those that it is about.
#[derive(Default)]
struct Warnings(Vec<(String, Vec<String>)>);

impl Warnings {
    fn add(&mut self, warning: String, label: &str) {
        match self.0.iter_mut().find(|(there, _)| *there == warning) {
            Some((_, labels)) => labels.push(label.to_owned()),
            None => self.0.push((warning, vec![label.to_owned()])),
        }
    }

    fn told(self) -> Vec<String> {
        let tell = |(warning, labels): (String, Vec<String>)| {
            let mut named: Vec<_> = labels
                .iter()
                .take(NAMED_MAX)
                .map(|label| format!("`{label}`"))
                .collect();
            if labels.len() > NAMED_MAX {
                named.push(format!("{} more", labels.len() - NAMED_MAX));
            }
            format!("{warning}\n  in {}", named.join(", "))
        };
        self.0.into_iter().map(tell).collect()
    }
}

impl Plan {
    /// The plan for `study` of the scenario in `base`; `load` gives the scenario with changes, which may name `own_chokers`.
    ///
    /// # Errors
    /// Whatever is wrong with a variant, the baseline or a metric.
    pub fn new(
        base: &Loaded,
        study: &Study,
        own_chokers: &OwnChokers,
        load: &dyn Fn(&[Override]) -> Result<Loaded, ScenarioError>,
    ) -> Result<Self, ScenarioError> {
        let mut warnings = Warnings::default();
        let mut loaded: Vec<Variant> = Vec::new();
        // Each is written once: with a trace the texts are long.
        let mut swarms: BTreeMap<String, usize> = BTreeMap::new();
        for Choice {
            label,
            factors,
            changes,
        } in variants(&study.variation)?
        {
            let of_variant = load(&changes).map_err(|error| error.in_the(&format!("variant `{label}`")))?;
            check_seed(&base.scenario, &of_variant.scenario, &changes)?;
            // What it is called is no difference.
            let unnamed = Scenario {
                name: base.scenario.name.clone(),
                ..of_variant.scenario.clone()
            };
            let same = swarms.insert(unnamed.to_toml(), loaded.len());
            if let (Variation::Grid(_), Some(change), Some(same)) = (&study.variation, changes.last(), same) {
                let same = &loaded[same].label;
                return Err(ScenarioError::at(
                    &change.value,
                    format!("the variants `{same}` and `{label}` are one and the same swarm"),
                    "vary something that a run depends on, each value once",
                ));
            }
            let new = of_variant
                .warnings
                .into_iter()
                .filter(|warning| !base.warnings.contains(warning));
            new.for_each(|warning| warnings.add(warning, &label));
            loaded.push(Variant {
                label,
                factors,
                scenario: of_variant.scenario,
            });
        }
        let runs = study.runs.unwrap_or(study.max_runs.map_or(RUNS, |max| max.min(RUNS)));
        let metrics = metrics(&group_names(&base.scenario, &loaded), &study.metrics)?;
        Ok(Self {
            name: base.scenario.name.clone(),
            base: base.scenario.clone(),
            baseline: baseline(study, &loaded)?,
            variants: loaded,
            runs,
            max_runs: study.max_runs.unwrap_or(MAX_RUNS.max(runs)),
            precision: study.precision,
            confidence: study.confidence.unwrap_or(CONFIDENCE),
            metrics,
            metrics_named: !study.metrics.is_empty(),
            warm_up: study.warm_up,
            warnings: warnings.told(),
            own_chokers: own_chokers.clone(),
        })
    }

    /// The rule for the start of a run.
    #[must_use]
    pub fn cut(&self) -> WarmUp {
        self.warm_up.unwrap_or(WarmUp::None)
    }

    /// Whether peers come until the run ends, in some variant.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.variants.iter().any(Variant::is_open)
    }

    /// Whether variants differ in who comes when, so that peers of other groups have other numbers.
    #[must_use]
    pub fn arrivals_differ(&self) -> bool {
        let arrivals = |variant: &Variant| -> Vec<_> {
            let groups = variant.scenario.groups.iter();
            groups.map(|group| group.arrival.clone()).collect()
        };
        let first = self.variants.first().map(arrivals);
        let differs = |variant: &Variant| Some(arrivals(variant)) != first;
        self.base.groups.len() > 1 && self.variants.iter().any(differs)
    }

    /// Whether several groups have leechers.
    #[must_use]
    pub fn groups_compete(&self) -> bool {
        let leech = |group: &&Group| group.starts_with != StartsWith::All;
        self.base.groups.iter().filter(leech).count() > 1
    }

    /// The seed of a run; the same for all variants.
    #[must_use]
    pub fn seed(&self, run: u32) -> u64 {
        self.base.seed + u64::from(run)
    }

    /// Runs of each variant, or what precision may make of them.
    #[must_use]
    pub fn most_runs(&self) -> u32 {
        self.precision.map_or(self.runs, |_| self.max_runs)
    }

    /// What `runs` of each variant become where they do not suffice.
    #[must_use]
    pub fn one_batch_more(&self, runs: u32) -> u32 {
        runs.saturating_add(BATCH).min(self.max_runs)
    }

    /// Runs of all variants together, or what precision may make of them.
    #[must_use]
    pub fn all_runs(&self) -> u64 {
        self.variants.len() as u64 * u64::from(self.most_runs())
    }

    /// Whether the seeds of all runs are possible.
    #[must_use]
    pub fn seeds_fit(&self) -> bool {
        SEED_MAX - self.base.seed >= u64::from(self.most_runs()) - 1
    }

    /// Everything that the figures of a run depend on.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let print = |variant: &Variant| VariantPrint {
            label: variant.label.clone(),
            scenario: variant.scenario.to_toml(),
        };
        Fingerprint {
            version: crate::version::VERSION.to_owned(),
            seed: self.base.seed,
            warm_up: self.warm_up_word(),
            variants: self.variants.iter().map(print).collect(),
        }
    }

    /// The warm-up as a scenario says it.
    #[must_use]
    pub fn warm_up_word(&self) -> String {
        match self.cut() {
            WarmUp::None => "none".to_owned(),
            WarmUp::Until(span) => span.to_string(),
            WarmUp::Mser5 => "mser-5".to_owned(),
        }
    }
}

impl Variant {
    /// Whether peers come until the run ends: then the time limit is the end that is meant.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.scenario.groups.iter().any(|group| is_open(&group.arrival))
    }
}

/// All variants have the seed of the scenario, or their runs would not be pairs.
fn check_seed(base: &Scenario, variant: &Scenario, changes: &[Override]) -> Result<(), ScenarioError> {
    let is_seed = |change: &&Override| change.text.trim_start_matches(['"', '\'', ' ']).starts_with("seed");
    match changes.iter().find(is_seed).or(changes.first()) {
        Some(change) if variant.seed != base.seed => Err(ScenarioError::at(
            &change.value,
            "the seed can't be varied: run k of every variant has the seed of the scenario + k",
            "more runs show more chance; --seed sets the first seed",
        )),
        _ => Ok(()),
    }
}

fn baseline(study: &Study, variants: &[Variant]) -> Result<usize, ScenarioError> {
    // Nothing is varied yet: the command line may do so.
    let Some(name) = study.baseline.as_ref().filter(|_| !variants.is_empty()) else {
        return Ok(0);
    };
    let labels: Vec<_> = variants.iter().map(|variant| format!("`{}`", variant.label)).collect();
    variants
        .iter()
        .position(|variant| variant.label == name.value)
        .ok_or_else(|| {
            ScenarioError::at(
                &name.place,
                format!("there is no variant `{}`", name.value),
                format!("the variants are {}", labels.join(", ")),
            )
        })
}

/// The groups of all variants, or of the scenario itself if there are none, in the order in which they come up.
pub(super) fn group_names<'a>(base: &'a Scenario, variants: &'a [Variant]) -> Vec<&'a str> {
    let scenarios = variants.iter().map(|variant| &variant.scenario);
    let of_base = variants.is_empty().then_some(base);
    let mut names = Vec::new();
    for group in scenarios.chain(of_base).flat_map(|scenario| &scenario.groups) {
        if !names.contains(&group.name.as_str()) {
            names.push(group.name.as_str());
        }
    }
    names
}
