//! How much memory a scenario will take, told before it runs.

use crate::bandwidth::MaxMin;
use crate::choking::{self, OwnChokers};
use crate::engine::Streams;
use crate::engine::pipelining::Pipeline;
use crate::engine::schedule::TIMERS_BYTES;
use crate::engine::simulation::neighbours_max;
use crate::engine::transfer::Part;
use crate::ids::LinkIx;
use crate::picking::{self, LONG_FILE_CHUNKS};
use crate::scenario::Scenario;
use crate::scenario::estimate::{connection_places, peers_expected, present_at_most};
use crate::scenario::model::{Discovery, Group};
use crate::swarm::bitfield::Line;
use crate::swarm::{Kept, KeptCounts, Links, Peer};

/// Which columns the ledger of connections keeps.
pub(super) fn ledger_columns(scenario: &Scenario, own: &OwnChokers) -> Kept {
    Kept {
        chunk_rates: scenario.network.chunk_rates,
        quota: scenario.groups.iter().any(|group| !group.kept_quota.is_zero()),
        ..choking::needs(scenario, own)
    }
}

/// Places for the peers that are there at once, that of nobody included.
pub(super) fn places_at_most(scenario: &Scenario) -> usize {
    let present = scenario.groups.iter().map(|group| present_at_most(group, scenario));
    present.sum::<f64>().ceil() as usize + 1
}

/// What a choker takes on the heap, with the allocator's share, without what it keeps for each neighbour.
pub(super) const CHOKER_BYTES: usize = 48;

/// Lists of a peer that outgrow their places inside it at some time, as nearly all do: 16 downloads, and as many neighbours that unchoke it, each with what the
/// allocator adds.
const OUTGROWN_BYTES: usize = 16 * (MaxMin::ENTRY_BYTES + size_of::<LinkIx>()) + 2 * 16;

/// What the program itself takes: the resident size of a run with two peers.
const PROGRAM_BYTES: f64 = 7.4 * 1024.0 * 1024.0;

/// Estimated peak memory of a run, in bytes.
#[must_use]
pub fn estimate_memory_bytes(scenario: &Scenario) -> u64 {
    (PROGRAM_BYTES + state_bytes(scenario)) as u64
}

/// The share of it that the state of the swarm takes.
pub(super) fn state_bytes(scenario: &Scenario) -> f64 {
    let bitfield = scenario.file.chunks().div_ceil(8 * size_of::<Line>()) * size_of::<Line>();
    let bitfields = if scenario.network.latency.is_zero() { 2 } else { 4 };
    let per_link = Links::END_BYTES + ledger_columns(scenario, &OwnChokers::new()).end_bytes();
    let limit = scenario.run.time_limit;
    let everyone: f64 = scenario.groups.iter().map(|g| peers_expected(g, limit)).sum();
    let counts = if picking::keeps_counts(scenario, LONG_FILE_CHUNKS) {
        KeptCounts::bytes_per_peer(scenario.file.chunks(), neighbours_max(scenario, everyone as u32))
    } else {
        0
    };
    let group_bytes = |group: &Group| {
        // Places for connections, and how many of them are taken on average.
        let links = connection_places(group, scenario);
        let neighbours = match scenario.discovery {
            Discovery::Tracker(_) => links.min(f64::midpoint(links, f64::from(group.connections.initiate))),
            Discovery::FullMesh => links,
        };
        let flows = links.min(5.0);
        let pipeline = group
            .pipelining
            .map_or(0, |_| size_of::<Pipeline>() + MaxMin::CAP_BYTES);
        let per_peer =
            (size_of::<Peer>() + bitfields * bitfield + counts + size_of::<Streams>() + CHOKER_BYTES + OUTGROWN_BYTES)
                as f64
                + MaxMin::PEER_BYTES as f64
                + TIMERS_BYTES as f64
                + flows * (size_of::<Part>() + MaxMin::FLOW_BYTES + pipeline) as f64
                + links * per_link as f64
                + neighbours * choking::bytes_per_neighbour(group) as f64;
        present_at_most(group, scenario) * per_peer
    };
    scenario.groups.iter().map(group_bytes).sum()
}
