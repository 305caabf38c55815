//! What a scenario is compared with, checked: the tables `[sweep]` and `[compare]`. No run depends on them.

use super::{Override, Place};
use crate::units::SimDuration;

/// The tables `[sweep]` and `[compare]`. What is not given is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Study {
    /// Runs of each variant.
    pub runs: Option<u32>,
    /// What is varied.
    pub variation: Variation,
    /// Name of the variant that the others are held against.
    pub baseline: Option<Placed<String>>,
    /// Level of the confidence intervals.
    pub confidence: Option<f64>,
    /// Largest half-width of the interval of the first metric, as a share of its mean.
    pub precision: Option<f64>,
    /// No variant gets more runs than this.
    pub max_runs: Option<u32>,
    /// Columns to compare.
    pub metrics: Vec<Placed<String>>,
    /// What is left out at the start of a run.
    pub warm_up: Option<WarmUp>,
}

/// What is varied.
#[derive(Clone, Debug, PartialEq)]
pub enum Variation {
    /// Every combination of the values of some axes.
    Grid(Vec<Axis>),
    /// Variants with names.
    Named(Vec<NamedVariant>),
}

impl Variation {
    /// Whether it is none: the scenario alone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Grid(axes) => axes.is_empty(),
            Self::Named(variants) => variants.is_empty(),
        }
    }
}

impl Default for Variation {
    fn default() -> Self {
        Self::Grid(Vec::new())
    }
}

/// Something of which several values are tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The keys that get the value, written as for `--set`.
    pub keys: Vec<String>,
    /// Where they stand.
    pub place: Place,
    /// What is varied, in labels.
    pub name: String,
    /// The values.
    pub values: Vec<Placed<toml::Value>>,
}

/// A variant with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedVariant {
    /// Its name.
    pub name: String,
    /// What is different in it.
    pub set: Vec<Override>,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// What is left out at the start of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarmUp {
    /// Nothing.
    None,
    /// Peers that join before this.
    Until(SimDuration),
    /// Peers that join before the cut that MSER-5 finds.
    Mser5,
}
