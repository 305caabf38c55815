//! What a scenario has and a theory leaves out, as notes for its report.

use super::fit;
use crate::scenario::Scenario;
use crate::scenario::model::{Arrival, Group};

/// Arrivals that end, where the theory's go on for ever.
pub(super) fn end_of_arrivals(group: &Group) -> Option<String> {
    let (until, count) = match &group.arrival {
        Arrival::Poisson { until, count, .. } => (*until, *count),
        Arrival::Decaying { count, .. } => (None, *count),
        Arrival::AtOnce { .. } | Arrival::Trace { .. } => (None, None),
    };
    let ends = match (until, count) {
        (None, None) => return None,
        (Some(until), None) => format!("after {} s", until.as_secs_f64()),
        (None, Some(count)) => format!("with {count} peers"),
        (Some(until), Some(count)) => format!("after {} s or with {count} peers", until.as_secs_f64()),
    };
    let name = &group.name;
    Some(format!(
        "left out: the arrivals of `{name}` end {ends}; the theory's go on for ever"
    ))
}

/// Peers that give up or crash.
pub(super) fn aborts(group: &Group) -> Option<String> {
    let what = match (group.abort_per_sec > 0.0, group.crash_per_sec > 0.0) {
        (false, false) => return None,
        (true, false) => "abort",
        (false, true) => "crash",
        (true, true) => "abort and crash",
    };
    Some(format!("left out: peers of `{}` {what}", group.name))
}

/// Initial seeds.
pub(super) fn seeds(scenario: &Scenario) -> impl Iterator<Item = String> {
    fit::seeds(scenario).map(|group| format!("left out: the seeds of `{}`", group.name))
}
