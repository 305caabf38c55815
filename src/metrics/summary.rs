//! The figures of a run: one struct for the table on the screen, `--json`, `summary.csv` and `group_summary.csv`.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::engine::Ending;
use crate::metrics::pauses::Pause;
use crate::metrics::table::TableWriter;

/// A run in figures. `summary.csv` has these names as columns (without `groups`); [`super::columns`] says what they mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)] // the meaning of each field stands once, in the schema
pub struct Summary {
    pub scenario: String,
    pub version: &'static str,
    pub seed: u64,
    pub ending: &'static str,
    pub extinct_chunks: Option<u32>,
    pub simulated_s: f64,
    #[serde(flatten)]
    pub swarm: Figures,
    pub makespan_s: Option<f64>,
    pub lower_bound_s: Option<f64>,
    pub makespan_over_bound: Option<f64>,
    pub longest_pause_s: Option<f64>,
    /// The same figures by group.
    pub groups: Vec<GroupSummary>,
    /// How the run ended, for those who match on it.
    #[serde(skip)]
    pub outcome: Ending,
    /// The longest pause itself.
    #[serde(skip)]
    pub longest_pause: Option<Pause>,
    /// Leechers that were there at the end.
    #[serde(skip)]
    pub waiting: u32,
}

/// The figures of one group: a row of `group_summary.csv`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)] // the meaning of each field stands once, in the schema
pub struct GroupSummary {
    pub group: String,
    pub choking: String,
    pub seeding: String,
    pub picking: &'static str,
    #[serde(flatten)]
    pub figures: Figures,
}

/// Figures over some peers. What is not defined is `None`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)] // the meaning of each field stands once, in the schema
pub struct Figures {
    pub peers: u64,
    pub initial_seeds: u64,
    pub leechers: u64,
    pub completed: u64,
    pub not_completed: u64,
    pub aborted: u64,
    pub crashed: u64,
    pub completion_mean_s: Option<f64>,
    pub completion_sd_s: Option<f64>,
    pub completion_median_s: Option<f64>,
    pub completion_p05_s: Option<f64>,
    pub completion_p95_s: Option<f64>,
    pub completion_p99_s: Option<f64>,
    pub completion_first_s: Option<f64>,
    pub completion_last_s: Option<f64>,
    pub leecher_utilisation: Option<f64>,
    pub utilisation: Option<f64>,
    pub share_ratio_mean: Option<f64>,
    pub share_ratio_jain: Option<f64>,
    pub seed_load: Option<f64>,
    pub seed_sent_bytes: u64,
    pub uploaded_bytes: u64,
    pub uploaded_leeching_bytes: u64,
    pub downloaded_bytes: u64,
    pub wasted_bytes: u64,
    pub chunk_transfers: u64,
    pub first_chunk_mean_s: Option<f64>,
}

/// Writes `record` as one row of the table, each cell found by the name of its column.
///
/// # Panics
/// When the schema has a column that the record lacks: a defect that any test of a row finds.
pub fn write_row(row: &mut TableWriter, record: &impl Serialize) {
    let fields = to_fields(record);
    for column in row.table().columns {
        match &fields[column.name] {
            Value::Null => row.empty(),
            Value::String(text) => row.text(text),
            Value::Number(number) => match number.as_u64() {
                Some(count) => row.plain(count),
                None => row.number_if(number.as_f64()),
            },
            Value::Bool(truth) => row.plain(truth),
            Value::Array(_) | Value::Object(_) => unreachable!("`{}` is not a cell", column.name),
        }
    }
    row.end_row();
}

fn to_fields(record: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        other => unreachable!("a summary is an object, not {other:?}"),
    }
}
