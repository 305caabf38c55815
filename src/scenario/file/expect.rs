//! What is expected of a scenario: `[[expect]]`, a table for each result that `swarmsim validate` holds it against.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::Whole;
use super::study::{Item, Keyed};
use crate::scenario::expect::Tier;

/// A result that the scenario must show. A run does not look at it; `swarmsim validate` does. What is expected is one of
/// `value` with a tolerance, a bound (`above`, `below`, or both), `order` and `distribution`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Expect")]
pub struct ExpectFile {
    /// Name of the result.
    #[schemars(extend("needed" = true))]
    pub id: Option<String>,
    /// How much it costs to see: exact (`"a"`), small swarms (`"b"`), hundreds of peers (`"c"`), open swarms (`"d"`), strategies (`"e"`).
    #[schemars(extend("needed" = true))]
    pub tier: Option<Tier>,
    /// The result in words.
    #[schemars(extend("needed" = true))]
    pub says: Option<String>,
    /// Where the result comes from.
    #[schemars(extend("needed" = true))]
    pub source: Option<String>,
    /// What is different from the scenario: keys as for `--set`, in quotes, with their values.
    pub set: Option<Keyed<Item>>,
    /// The figure is divided by what it is in the run of the same seed with these keys set in the place of `set`.
    pub against: Option<Keyed<Item>>,
    /// Runs, with the seeds `seed`, `seed` + 1, …
    #[schemars(extend("default" = 10))]
    pub seeds: Option<Whole>,
    /// What is looked at: a column of `summary.csv`, for one group `group.<name>.<column>`, a figure that is watched in the run, as `"utilisation(30, 60)"` (validation.md
    /// has the list), or a ratio of two, `"a / b"`.
    pub figure: Option<String>,
    /// The mean of the figure must be this, give or take the tolerance or three standard errors, whichever is more.
    pub value: Option<f64>,
    /// The tolerance of `value`, in the unit of the figure.
    pub within: Option<f64>,
    /// In the place of `within`: the tolerance of `value` in per cent of it.
    pub within_percent: Option<f64>,
    /// The figure must be no less than this in every run.
    pub above: Option<f64>,
    /// The figure must be no more than this in every run.
    pub below: Option<f64>,
    /// In the place of `figure`: figures of which each is below the next, in the mean of the paired runs and with its 95 % interval.
    pub order: Option<Vec<String>>,
    /// In the place of `figure`: completion times as they were measured.
    pub distribution: Option<DistributionFile>,
    /// Why the result is known to be missed. `swarmsim validate` then prints it and does not fail.
    pub known: Option<String>,
}

/// The completion times of a group, of all runs together, are distributed as measured ones.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Distribution")]
pub struct DistributionFile {
    /// Name of the group, the same in the scenario and in the file.
    pub group: String,
    /// A CSV file beside the scenario with the columns `group` and `completion_time_s`.
    pub measured: String,
    /// The Kolmogorov–Smirnov distance of the two may be no more than this.
    pub distance: f64,
}
