//! How much memory a scenario will take, told before it runs.

use crate::scenario::Scenario;
use crate::scenario::model::{Arrival, Departure, Discovery, Group};
use crate::swarm::{Link, Peer};

/// How many peers will come in all; for open arrivals, the expected number.
#[must_use]
pub fn peers_expected(scenario: &Scenario) -> f64 {
    let limit = scenario.run.time_limit.as_secs_f64();
    scenario
        .groups
        .iter()
        .map(|g| arrivals_expected(&g.arrival, limit))
        .sum()
}

fn arrivals_expected(arrival: &Arrival, limit_secs: f64) -> f64 {
    let at_most = |count: &Option<u32>| count.map_or(f64::INFINITY, f64::from);
    match arrival {
        Arrival::AtOnce { count, .. } => f64::from(*count),
        Arrival::Poisson {
            per_sec,
            from,
            until,
            count,
        } => {
            let end = until.map_or(limit_secs, |u| u.as_secs_f64().min(limit_secs));
            (per_sec * (end - from.as_secs_f64()).max(0.0)).min(at_most(count))
        }
        Arrival::Decaying {
            initial_per_sec,
            decay,
            count,
            ..
        } => (initial_per_sec * decay.as_secs_f64()).min(at_most(count)),
        Arrival::Trace { peers, .. } => peers.len() as f64,
    }
}

/// How many peers of `group` are there at once, at most: all that come, but for open arrivals whose peers leave again.
fn present_at_most(group: &Group, scenario: &Scenario) -> f64 {
    let all = arrivals_expected(&group.arrival, scenario.run.time_limit.as_secs_f64());
    let per_sec = match group.arrival {
        Arrival::Poisson { per_sec, .. } => per_sec,
        _ => return all,
    };
    let stay_secs = match &group.departure {
        Departure::Selfish => 0.0,
        Departure::Lingers(span) => span.mean(),
        _ => return all,
    };
    // A download at its own upload rate, twice over to be on the safe side (Little's law).
    let upload = group.capacity.mean_upload();
    all.min(per_sec * (2.0 * scenario.file.size.0 as f64 / upload + stay_secs))
}

/// Estimated peak memory of a run, in bytes.
#[must_use]
pub fn estimate_memory_bytes(scenario: &Scenario) -> u64 {
    let chunks = scenario.file.chunks() as f64;
    let bitfield = (chunks / 512.0).ceil() * 64.0;
    let bitfields = if scenario.network.latency.is_zero() { 2.0 } else { 4.0 };
    let mesh = peers_expected(scenario);
    let mut bytes = 8.0 * 1024.0 * 1024.0;
    for group in &scenario.groups {
        let links = match scenario.discovery {
            Discovery::Tracker(_) => f64::from(group.connections.accept.max(group.connections.initiate)),
            Discovery::FullMesh => mesh,
        };
        let per_link = (size_of::<Link>() + 4) as f64;
        // Access links, flows, parts, timers, choker, tracker.
        let per_peer = size_of::<Peer>() as f64 + 256.0 + 5.0 * 120.0 + 6.0 * 4.0 + 4.0 * 24.0 + 64.0 + 8.0;
        bytes += present_at_most(group, scenario) * (per_peer + bitfields * bitfield + links * per_link);
    }
    bytes as u64
}
