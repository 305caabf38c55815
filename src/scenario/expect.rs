//! What is expected of a scenario, checked: the tables `[[expect]]`. No run depends on them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Override;
use super::study::Placed;

/// How much it costs to see a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Tier {
    /// Exact: no time at all.
    A,
    /// Small swarms: seconds.
    B,
    /// Hundreds of peers: a minute.
    C,
    /// Open swarms: a minute.
    D,
    /// Strategies against each other: minutes.
    E,
}

impl Tier {
    /// Its letter.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
            Self::E => "e",
        }
    }
}

/// A result that a scenario must show.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Its name.
    pub id: String,
    /// What it costs.
    pub tier: Tier,
    /// The result in words.
    pub says: String,
    /// Where it comes from.
    pub source: String,
    /// What is different from the scenario.
    pub set: Vec<Override>,
    /// The run of the same seed with this changed is what the figure is divided by; nothing: no such run.
    pub against: Vec<Override>,
    /// Number of runs.
    pub seeds: u32,
    /// What must be seen.
    pub target: Target,
    /// Why it is known to be missed.
    pub known: Option<String>,
}

/// What must be seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The mean of a figure.
    Value {
        /// The figure.
        figure: Placed<String>,
        /// Its value.
        value: f64,
        /// How far off the mean may be, unless three standard errors are more.
        tolerance: f64,
    },
    /// A figure that every run keeps within bounds.
    Bounds {
        /// The figure.
        figure: Placed<String>,
        /// The least that it may be, or −∞.
        above: f64,
        /// The most that it may be, or ∞.
        below: f64,
    },
    /// Figures of which each is below the next.
    Order(Vec<Placed<String>>),
    /// The completion times of a group, of all runs, against measured ones.
    Distribution {
        /// The group.
        group: Placed<String>,
        /// The file with the measured times.
        measured: Placed<String>,
        /// The largest Kolmogorov–Smirnov distance that is allowed.
        distance: f64,
    },
}

impl Target {
    /// The figures that it looks at.
    pub fn figures(&self) -> impl Iterator<Item = &Placed<String>> {
        match self {
            Self::Value { figure, .. } | Self::Bounds { figure, .. } => std::slice::from_ref(figure),
            Self::Order(figures) => figures,
            Self::Distribution { .. } => &[],
        }
        .iter()
    }
}
