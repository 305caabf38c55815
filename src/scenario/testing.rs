//! Random valid scenarios over all features, for tests of what plays them; and the way of any scenario through TOML.

mod group;
mod strategy;

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;

use self::group::cohort;
use super::draw::{Draw, Shape};
use super::limits::SEED_MAX;
use super::model::{
    Arrival, Capacity, Discovery, File, Group, Mode, Network, Run, Scenario, StartsWith, TracedPeer, Tracker,
};
use super::validate::Drawable;
use super::{LoadOptions, parse};
use crate::units::{Bytes, BytesPerSec, SimDuration, SimTime};

/// How many random scenarios a test plays, `SWARMSIM_RANDOM_SCENARIOS` or so many.
pub(crate) fn cases(default: u32) -> ProptestConfig {
    let wanted = std::env::var("SWARMSIM_RANDOM_SCENARIOS").ok();
    ProptestConfig::with_cases(wanted.and_then(|n| n.parse().ok()).unwrap_or(default))
}

/// What comes back when `scenario` is written as TOML and read.
pub(crate) fn read_back(scenario: &Scenario) -> Scenario {
    let text = scenario.to_toml();
    let loaded = parse(&text, "random.toml", Path::new(""), &LoadOptions::default());
    loaded
        .unwrap_or_else(|error| panic!("{}\n{text}", error.render(false)))
        .scenario
}

/// A scenario in mode `bittorrent`, every value of it drawn.
pub(crate) fn swarm() -> impl Strategy<Value = Scenario> {
    let parts = (file(), run(4000), network(), discovery(), 0..=SEED_MAX);
    (parts, prop::collection::vec(cohort(), 1..4)).prop_map(|((file, run, network, discovery, seed), cohorts)| {
        let chunks = file.chunks() as u32;
        let cohorts = cohorts.into_iter().enumerate();
        Scenario {
            name: "random".to_owned(),
            seed,
            groups: cohorts
                .flat_map(|(index, groups)| fitted(index, groups, chunks))
                .collect(),
            file,
            run,
            network,
            discovery,
        }
    })
}

/// A scenario in one of the modes without connections; what has no meaning there has its default.
pub(crate) fn crowd(mode: impl Strategy<Value = Mode>) -> impl Strategy<Value = Scenario> {
    (mode, swarm(), run(500)).prop_map(|(mode, mut scenario, run)| {
        scenario.run = Run { mode, ..run };
        // At least a chunk of some size: each is an event of its own.
        scenario.file.size = scenario.file.size.max(Bytes(1000));
        scenario.file.chunk_size = scenario.file.chunk_size.max(Bytes(1000));
        if matches!(mode, Mode::Rounds { .. }) {
            scenario.groups.iter_mut().for_each(send_alike);
        }
        read_back(&scenario)
    })
}

/// In rounds all have the same upload.
fn send_alike(group: &mut Group) {
    group.capacity = Capacity::Separate {
        upload: drawn::<BytesPerSec>(Shape::Constant(1000.0)),
        download: None,
    };
    if let Arrival::Trace { peers, .. } = &mut group.arrival {
        *peers = peers.iter().map(|peer| TracedPeer { upload: None, ..*peer }).collect();
    }
}

/// The groups of a cohort under names of their own, and with no more chunks left out than there are.
fn fitted(index: usize, groups: Vec<Group>, chunks: u32) -> impl Iterator<Item = Group> {
    groups.into_iter().map(move |mut group| {
        group.name = format!("cohort-{index}{}", group.name);
        if let Some(part) = &mut group.part {
            part.group = format!("cohort-{index}");
        }
        if let StartsWith::AllBut(missing) = &mut group.starts_with {
            *missing = (*missing).min(chunks);
        }
        group
    })
}

fn file() -> impl Strategy<Value = File> {
    let chunk = select(vec![16_000_u64, 16_384, 5000]);
    let block = select(vec![1000_u64, 1024, 4096]);
    (1_u64..400_000, chunk, block).prop_map(|(size, chunk, block)| {
        let chunk = chunk.min(size);
        File {
            size: Bytes(size),
            chunk_size: Bytes(chunk),
            block_size: Bytes(block.min(chunk)),
        }
    })
}

fn run(time_limit_s: u64) -> impl Strategy<Value = Run> {
    let stall = select(vec![secs(3600), secs(100), secs(1)]);
    let sample = select(vec![secs(10), secs(1000), SimDuration(30_000_000)]);
    (stall, sample, 1..=time_limit_s, any::<bool>()).prop_map(move |(stall_limit, sample_interval, limit, is_cut)| {
        Run {
            mode: Mode::Bittorrent,
            time_limit: secs(if is_cut { limit } else { time_limit_s }),
            stall_limit,
            sample_interval,
        }
    })
}

fn network() -> impl Strategy<Value = Network> {
    let latency_ms = select(vec![0_u64, 0, 1, 50, 2000]);
    let cap = select(vec![None, None, Some(300.0)]);
    (latency_ms, cap, any::<bool>()).prop_map(|(latency_ms, cap, chunk_rates)| Network {
        latency: SimDuration::from_millis(latency_ms),
        connection_cap: cap.map(BytesPerSec),
        chunk_rates,
    })
}

fn discovery() -> impl Strategy<Value = Discovery> {
    let tracker = (1_u32..20, any::<bool>(), 1_u64..2000, 1_u64..300, 0_u32..10, outages()).prop_map(
        |(peers_returned, matches_capacity, interval, min_interval, min_neighbours, outages)| {
            Discovery::Tracker(Tracker {
                peers_returned,
                matches_capacity,
                announce_interval: secs(interval.max(min_interval)),
                min_announce_interval: secs(min_interval),
                min_neighbours,
                outages,
            })
        },
    );
    prop_oneof![1 => Just(Discovery::FullMesh), 2 => tracker]
}

/// Some times at which the tracker does not answer, the first of them perhaps from the start, one after the other.
fn outages() -> impl Strategy<Value = Vec<(SimTime, SimTime)>> {
    let outage = (0_u64..500, 1_u64..300);
    prop::collection::vec(outage, 0..3).prop_map(|outages| {
        let mut last = SimTime::ZERO;
        let place = |(after, long): (u64, u64)| {
            let from = last + secs(after);
            last = from + secs(long);
            (from, last)
        };
        outages.into_iter().map(place).collect()
    })
}

const fn secs(secs: u64) -> SimDuration {
    SimDuration::from_secs(secs)
}

/// A distribution with the bounds of its kind, as it is read where a scenario gives none.
fn drawn<Q: Drawable>(shape: Shape) -> Draw {
    Draw {
        shape,
        at_least: Q::MIN.base(),
        at_most: Q::MAX.base(),
    }
}
