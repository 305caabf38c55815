//! How much memory a scenario will take, told before it runs.

use crate::bandwidth::MaxMin;
use crate::engine::Streams;
use crate::engine::schedule::TIMERS_BYTES;
use crate::engine::transfer::Part;
use crate::ids::PeerIx;
use crate::scenario::Scenario;
use crate::scenario::model::{Arrival, Departure, Discovery, Group};
use crate::swarm::bitfield::Line;
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

/// What a choker takes on the heap, with the allocator's share: the built-in ones are that small.
pub(super) const CHOKER_BYTES: usize = 48;

/// What the program itself takes before the first peer has come.
const PROGRAM_BYTES: f64 = 6.0 * 1024.0 * 1024.0;

/// Estimated peak memory of a run, in bytes.
#[must_use]
pub fn estimate_memory_bytes(scenario: &Scenario) -> u64 {
    (PROGRAM_BYTES + state_bytes(scenario)) as u64
}

/// The share of it that the state of the swarm takes.
pub(super) fn state_bytes(scenario: &Scenario) -> f64 {
    let bitfield = scenario.file.chunks().div_ceil(8 * size_of::<Line>()) * size_of::<Line>();
    let bitfields = if scenario.network.latency.is_zero() { 2 } else { 4 };
    let everyone = peers_expected(scenario);
    let group_bytes = |group: &Group| {
        let links = match scenario.discovery {
            Discovery::Tracker(_) => f64::from(group.connections.accept.max(group.connections.initiate)),
            Discovery::FullMesh => everyone,
        };
        let flows = links.min(5.0);
        let per_peer = (size_of::<Peer>() + bitfields * bitfield + size_of::<Streams>() + CHOKER_BYTES) as f64
            + MaxMin::PEER_BYTES as f64
            + TIMERS_BYTES as f64
            + flows * (size_of::<Part>() + MaxMin::FLOW_BYTES) as f64
            + links * (size_of::<Link>() + size_of::<PeerIx>()) as f64;
        present_at_most(group, scenario) * per_peer
    };
    scenario.groups.iter().map(group_bytes).sum()
}
