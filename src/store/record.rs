//! A finished run: all that the tables of a comparison are made of.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which run of which variant, both counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId {
    /// The variant.
    pub variant: usize,
    /// The run.
    pub run: u32,
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Number of the variant.
    pub variant: usize,
    /// Number of the run.
    pub run: u32,
    /// What was left out at the start, in seconds; `None`: nothing.
    pub cut_s: Option<f64>,
    /// The columns of `summary.csv`.
    pub summary: Map<String, Value>,
    /// For each group the columns of `group_summary.csv`.
    pub groups: Vec<Map<String, Value>>,
    /// Quantiles of the completion times at 0, 1, … 100 %; empty if nobody completed.
    pub completion_quantiles_s: Vec<f64>,
}

impl RunRecord {
    /// Which run it is.
    #[must_use]
    pub fn id(&self) -> RunId {
        RunId {
            variant: self.variant,
            run: self.run,
        }
    }
}
