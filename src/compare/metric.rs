//! What is compared: a column of `summary.csv`, or of `group_summary.csv` for one group.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::metrics::columns::{GROUP_SUMMARY, SUMMARY, Table};
use crate::scenario::study::Placed;
use crate::scenario::{ScenarioError, nearest_or_all};
use crate::store::RunRecord;

/// Compared unless others are named: of the swarm …
const SWARM: [&str; 9] = [
    "completion_mean_s",
    "completion_median_s",
    "completion_p95_s",
    "completion_last_s",
    "utilisation",
    "leecher_utilisation",
    "share_ratio_jain",
    "seed_load",
    "not_completed",
];
/// … and of each group.
const GROUP: [&str; 4] = [
    "completion_mean_s",
    "uploaded_bytes",
    "downloaded_bytes",
    "share_ratio_mean",
];
/// Columns that are no figures.
const WORDS: [&str; 8] = [
    "scenario", "version", "seed", "ending", "group", "choking", "seeding", "picking",
];
/// How the name of a metric of a group begins.
const OF_GROUP: &str = "group.";

/// Which of two values is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// The lower one.
    Lower,
    /// The higher one.
    Higher,
    /// That depends on whom you ask.
    Neither,
}

impl Better {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Neither => "neither",
        }
    }

    fn of(column: &str) -> Self {
        match column {
            "completion_sd_s" => Self::Neither,
            "not_completed"
            | "aborted"
            | "extinct_chunks"
            | "seed_load"
            | "seed_sent_bytes"
            | "wasted_bytes"
            | "first_chunk_mean_s"
            | "makespan_s"
            | "makespan_over_bound" => Self::Lower,
            "completed" | "utilisation" | "leecher_utilisation" | "share_ratio_jain" => Self::Higher,
            times if times.starts_with("completion_") => Self::Lower,
            _ => Self::Neither,
        }
    }
}

/// A figure of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Metric {
    /// Its name: the column, for a group `group.<name>.<column>`.
    #[serde(rename = "metric")]
    pub name: String,
    /// Its unit: `s`, `bytes`, or `1` for counts and ratios.
    pub unit: &'static str,
    /// Which of two values is better.
    pub better: Better,
    #[serde(skip)]
    column: &'static str,
    /// Name of the group; `None`: the whole swarm.
    #[serde(skip)]
    group: Option<String>,
}

impl Metric {
    fn new(column: &'static str, group: Option<&str>) -> Self {
        let unit = if column.ends_with("_bytes") {
            "bytes"
        } else if column.ends_with("_s") {
            "s"
        } else {
            "1"
        };
        Self {
            name: group.map_or_else(|| column.to_owned(), |name| format!("{OF_GROUP}{name}.{column}")),
            unit,
            better: Better::of(column),
            column,
            group: group.map(str::to_owned),
        }
    }

    /// Whether it is that of one group.
    #[must_use]
    pub fn is_of_group(&self) -> bool {
        self.group.is_some()
    }

    /// Its value in a run; `None` where it is not defined, as the time of a download that nobody completed.
    #[must_use]
    pub fn value(&self, run: &RunRecord) -> Option<f64> {
        let figures = self.figures(run)?;
        // All were left out as warm-up: nothing was counted, which is not the same as zero.
        figures
            .get("peers")
            .and_then(Value::as_u64)
            .filter(|peers| *peers > 0)?;
        number(figures, self.column)
    }

    /// Whether its value in a run is that of survivors: a figure of those that completed or got a first chunk, or of what was sent or given up, though leechers who did not give up by
    /// themselves never got the file: what a dead swarm did not send is no merit. Only a run that ended before all was done leaves such leechers; of one that did, those without the file aborted, crashed or left.
    #[must_use]
    pub fn leaves_out_somebody(&self, run: &RunRecord) -> bool {
        let count = |figures: &Map<String, Value>, column| figures.get(column).and_then(Value::as_u64).unwrap_or(0);
        let of_survivors = [
            "completion_",
            "share_ratio_",
            "first_chunk_",
            "seed_load",
            "seed_sent_bytes",
            "wasted_bytes",
            "aborted",
        ]
        .iter()
        .any(|start| self.column.starts_with(start));
        of_survivors
            && self
                .figures(run)
                .is_some_and(|figures| count(figures, "not_completed") > count(figures, "aborted"))
    }

    /// The figures of the swarm or of its group.
    fn figures<'r>(&self, run: &'r RunRecord) -> Option<&'r Map<String, Value>> {
        let Some(name) = &self.group else {
            return Some(&run.summary);
        };
        // A variant with another mix has other groups.
        let is_it = |group: &&Map<String, Value>| group.get("group").and_then(Value::as_str) == Some(name);
        run.groups.iter().find(is_it)
    }
}

fn number(figures: &Map<String, Value>, column: &str) -> Option<f64> {
    figures.get(column)?.as_f64()
}

/// The metrics `named`, or the usual ones, of runs of scenarios with these `groups`.
///
/// # Errors
/// When there is none of that name.
pub fn metrics(groups: &[&str], named: &[Placed<String>]) -> Result<Vec<Metric>, ScenarioError> {
    if named.is_empty() {
        return Ok(usual(groups));
    }
    let mut metrics: Vec<Metric> = Vec::new();
    for name in named {
        let metric = find(groups, name)?;
        if metrics.contains(&metric) {
            return Err(ScenarioError::at(
                &name.place,
                format!("the metric `{}` is there twice", name.value),
                "remove one of the two",
            ));
        }
        metrics.push(metric);
    }
    Ok(metrics)
}

fn usual(groups: &[&str]) -> Vec<Metric> {
    let of_swarm = SWARM.into_iter().map(|column| Metric::new(column, None));
    let of_groups = groups
        .iter()
        .flat_map(|group| GROUP.map(|column| Metric::new(column, Some(group))));
    of_swarm.chain(of_groups).collect()
}

fn find(groups: &[&str], name: &Placed<String>) -> Result<Metric, ScenarioError> {
    let text = name.value.as_str();
    let wrong = |word: &str, known: &[&str]| {
        let help = nearest_or_all(word, known.iter().copied(), "the metrics are");
        ScenarioError::at(&name.place, format!("there is no metric `{text}`"), help)
    };
    let Some(rest) = text.strip_prefix(OF_GROUP) else {
        let known = figures(&SUMMARY);
        let column = known.iter().find(|column| **column == text);
        return column.map_or_else(|| Err(wrong(text, &known)), |column| Ok(Metric::new(column, None)));
    };
    let known = figures(&GROUP_SUMMARY);
    // Names of groups may hold points, columns don't.
    let (group, column) = rest.rsplit_once('.').unwrap_or((rest, ""));
    if !groups.contains(&group) {
        return Err(ScenarioError::at(
            &name.place,
            format!("there is no group `{group}`"),
            nearest_or_all(group, groups.iter().copied(), "the groups are"),
        ));
    }
    let found = known.iter().find(|known| **known == column);
    found.map_or_else(
        || Err(wrong(column, &known)),
        |column| Ok(Metric::new(column, Some(group))),
    )
}

/// The columns of `table` that hold figures.
fn figures(table: &Table) -> Vec<&'static str> {
    let names = table.columns.iter().map(|column| column.name);
    names.filter(|name| !WORDS.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Place;

    fn named(name: &str) -> Result<Metric, String> {
        let placed = Placed {
            value: name.to_owned(),
            place: Place::on_command_line("--metrics", name),
        };
        let found = metrics(&["origin", "leechers"], &[placed]);
        found
            .map(|mut metrics| metrics.remove(0))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn names_say_unit_and_direction() {
        let known = |name: &str| named(name).map(|metric| (metric.unit, metric.better));
        assert_eq!(known("completion_p99_s"), Ok(("s", Better::Lower)));
        assert_eq!(known("utilisation"), Ok(("1", Better::Higher)));
        assert_eq!(known("group.leechers.uploaded_bytes"), Ok(("bytes", Better::Neither)));
    }

    #[test]
    fn a_wrong_name_is_told_the_right_one() {
        for (name, help) in [
            ("completion_men_s", "did you mean `completion_mean_s`?"),
            ("group.leechers.utilization", "did you mean `utilisation`?"),
            ("group.leecher.utilisation", "did you mean `leechers`?"),
            ("seed", "did you mean `seed_load`?"),
        ] {
            let error = named(name).expect_err("no metric");
            assert!(error.contains(help), "{error}");
        }
    }

    #[test]
    fn the_usual_ones_are_all_there() {
        let usual = metrics(&["origin", "leechers"], &[]).unwrap_or_default();
        assert_eq!(usual.len(), SWARM.len() + 2 * GROUP.len());
        for metric in usual {
            assert_eq!(named(&metric.name), Ok(metric));
        }
    }

    #[test]
    fn times_of_those_that_made_it_leave_out_the_others() {
        let leaves_out = |name: &str, not_completed: u64, aborted: u64| {
            let figures: Map<String, Value> = [
                ("group".to_owned(), "leechers".into()),
                ("not_completed".to_owned(), not_completed.into()),
                ("aborted".to_owned(), aborted.into()),
            ]
            .into_iter()
            .collect();
            let run = RunRecord {
                variant: 0,
                run: 0,
                cut_s: None,
                summary: figures.clone(),
                groups: vec![figures],
                completion_quantiles_s: Vec::new(),
            };
            named(name).expect("a metric").leaves_out_somebody(&run)
        };
        for of_completed in [
            "completion_mean_s",
            "group.leechers.completion_p95_s",
            "share_ratio_jain",
            "seed_load",
            "first_chunk_mean_s",
            "seed_sent_bytes",
            "wasted_bytes",
            "aborted",
        ] {
            assert!(
                leaves_out(of_completed, 3, 2) && !leaves_out(of_completed, 2, 2) && !leaves_out(of_completed, 0, 0)
            );
        }
        assert!(!leaves_out("utilisation", 3, 0));
        // A group that is not there leaves out nobody.
        assert!(!leaves_out("group.origin.completion_mean_s", 3, 0));
    }

    #[test]
    fn where_nobody_counts_there_is_no_value() {
        let value = |name: &str, peers: u64| {
            let metric = named(name).expect("a metric");
            let group = |name: &str, peers: u64| -> Map<String, Value> {
                [
                    ("group".to_owned(), name.into()),
                    ("peers".to_owned(), peers.into()),
                    ("uploaded_bytes".to_owned(), 5.into()),
                ]
                .into_iter()
                .collect()
            };
            metric.value(&RunRecord {
                variant: 0,
                run: 0,
                cut_s: None,
                summary: group("", peers),
                groups: vec![group("origin", 1), group("leechers", peers)],
                completion_quantiles_s: Vec::new(),
            })
        };
        for name in ["group.leechers.uploaded_bytes", "uploaded_bytes"] {
            assert_eq!((value(name, 2), value(name, 0)), (Some(5.0), None), "{name}");
        }
    }
}
