//! Hand-made swarms: each rule of the engine where one can follow it by hand, with all invariants checked.

// What is computed by hand must come out to the last bit.
#![allow(clippy::float_cmp)]
#![allow(clippy::wildcard_imports)]

mod asking;
mod bharambe;
mod booking;
mod bounds;
mod chokers;
mod mix;
mod picking;
mod presence;
mod random;
mod requests;
mod transfers;
mod turns;

use crate::engine::observer::{Ending, Observer, PeerRecord, Sample, Side, Transfer, Unchoke};
use crate::engine::testing::unless_it_hangs;
use crate::engine::{Control, RunOptions, run};
use crate::picking::LONG_FILE_CHUNKS;
use crate::scenario::Scenario;
use crate::scenario::draw::{Draw, Shape};
use crate::scenario::mix::Part;
use crate::scenario::model::*;
use crate::units::{Bytes, BytesPerSec, SimDuration, SimTime};

/// Everything that a run tells.
#[derive(Default, Debug, PartialEq)]
pub(super) struct Seen {
    pub peers: Vec<PeerRecord>,
    pub transfers: Vec<Transfer>,
    pub unchokes: Vec<Unchoke>,
    pub samples: Vec<(f64, u32, u32, u64)>,
    /// What all peers send, in bytes/s, at each sample.
    pub rates: Vec<f64>,
    pub moved: u64,
    pub ended: Option<(SimTime, Ending)>,
}

impl Observer for Seen {
    fn moved(&mut self, _: &Side, _: &Side, _: bool, bytes: u64) {
        self.moved += bytes;
    }
    fn wants_transfers(&self) -> bool {
        true
    }
    fn transferred(&mut self, transfer: &Transfer) {
        self.transfers.push(*transfer);
    }
    fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        self.unchokes.push(*unchoke);
    }
    fn peer_record(&mut self, record: &PeerRecord) {
        self.peers.push(*record);
    }
    fn sample(&mut self, s: &Sample<'_>) {
        self.rates.push(s.leecher_rate + s.seed_rate);
        self.samples.push((
            s.now.as_secs_f64(),
            s.leechers,
            s.seeds,
            s.leecher_sent_bytes + s.seed_sent_bytes,
        ));
    }
    fn ended(&mut self, now: SimTime, ending: Ending) {
        self.ended = Some((now, ending));
    }
}

impl Seen {
    pub fn ending(&self) -> Ending {
        self.ended.expect("a run ends").1
    }
    /// Seconds from the start at which each peer of `group` completed, in the order of arrival.
    pub fn completed(&self, group: u32) -> Vec<f64> {
        let mut peers: Vec<_> = self.peers.iter().filter(|p| p.group.0 == group).collect();
        peers.sort_by_key(|p| p.id);
        peers
            .iter()
            .filter_map(|p| p.completed)
            .map(SimTime::as_secs_f64)
            .collect()
    }
    pub fn last_completed(&self) -> f64 {
        self.peers
            .iter()
            .filter_map(|p| p.completed)
            .map(SimTime::as_secs_f64)
            .fold(0.0, f64::max)
    }
    /// The peers, in the order of arrival.
    pub fn by_id(&self) -> Vec<PeerRecord> {
        let mut peers = self.peers.clone();
        peers.sort_by_key(|p| p.id);
        peers
    }
}

/// Questions whether to go on, one each 4096 events: no swarm in these tests has so many.
const QUESTIONS_MAX: u32 = 1000;

pub(super) fn play(scenario: &Scenario) -> Seen {
    play_with(scenario, LONG_FILE_CHUNKS)
}

/// Plays `scenario`, in which a file of `long_file_chunks` chunks is long.
pub(super) fn play_with(scenario: &Scenario, long_file_chunks: usize) -> Seen {
    let mut seen = Seen::default();
    let options = RunOptions {
        check_invariants: true,
        long_file_chunks,
        ..RunOptions::default()
    };
    run(
        scenario,
        options,
        &mut seen,
        &mut unless_it_hangs(scenario, QUESTIONS_MAX),
    )
    .unwrap_or_else(|e| panic!("{e}"));
    let (up, down) = seen
        .peers
        .iter()
        .fold((0, 0), |(u, d), p| (u + p.uploaded_bytes, d + p.downloaded_bytes));
    assert_eq!(
        (up, down),
        (seen.moved, seen.moved),
        "what one side counts as sent, the other counts as received"
    );
    seen
}

pub(super) fn constant(value: f64) -> Draw {
    Draw {
        shape: Shape::Constant(value),
        at_least: 0.0,
        at_most: f64::INFINITY,
    }
}

pub(super) fn at_once(count: u32) -> Arrival {
    Arrival::AtOnce {
        count,
        at: SimTime::ZERO,
        jitter: SimDuration::ZERO,
    }
}

/// A group of `count` leechers with tit-for-tat that come at time 0 and stay, rates in bytes per second.
pub(super) fn leechers(count: u32, upload: f64, download: f64) -> Group {
    let download = download.is_finite().then(|| constant(download));
    Group {
        name: format!("group-{upload}"),
        part: None,
        arrival: at_once(count),
        capacity: Capacity::Separate {
            upload: constant(upload),
            download,
        },
        starts_with: StartsWith::Nothing,
        departure: Departure::Stays,
        abort_per_sec: 0.0,
        crash_per_sec: 0.0,
        crash_timeout: SimDuration::from_secs(120),
        connections: Connections {
            initiate: 40,
            accept: 80,
            when_full: WhenFull::Refuse,
        },
        large_view: false,
        rechoke: Rechoke {
            interval: SimDuration::from_secs(10),
            optimistic_every: 3,
            phase: Phase::Random,
            refill: Refill::Immediate,
            rate_window: SimDuration::from_secs(20),
        },
        choking: tit_for_tat(4, 1),
        seeding: Choking::Fastest(Fastest {
            regular_slots: Slots::Fixed(4),
            optimistic_slots: 1,
            new_neighbour_weight: 1,
            optimistic_choice: OptimisticChoice::Drawn,
        }),
        pipelining: None,
        kept_quota: SimDuration::ZERO,
        picking: Picking {
            picker: Picker::RarestFirst,
            random_first: 4,
            strict_priority: StrictPriority::On,
            endgame: true,
        },
        super_seeding: false,
        smart_seeding: false,
    }
}

pub(super) fn tit_for_tat(regular: u32, optimistic: u32) -> Choking {
    Choking::TitForTat(TitForTat {
        regular_slots: Slots::Fixed(regular),
        optimistic_slots: optimistic,
        snub_after: Some(SimDuration::from_secs(60)),
        new_neighbour_weight: 3,
        optimistic_choice: OptimisticChoice::Drawn,
    })
}

/// A group of `count` seeds that are there from time 0 and stay.
pub(super) fn seeds(count: u32, upload: f64) -> Group {
    Group {
        name: "seeds".into(),
        starts_with: StartsWith::All,
        ..leechers(count, upload, f64::INFINITY)
    }
}

/// The groups of a mix: those of `entries`, with a share each, who come as `all` says.
pub(super) fn mixed(all: &Group, entries: Vec<(f64, Group)>) -> Vec<Group> {
    let mut start = 0.0;
    let part = |(share, entry): (f64, Group)| {
        let stretch = start..start + share;
        start = stretch.end;
        Group {
            arrival: all.arrival.clone(),
            part: Some(Part {
                group: all.name.clone(),
                entry: entry.name.clone(),
                share,
                stretch,
            }),
            ..entry
        }
    };
    entries.into_iter().map(part).collect()
}

/// A full mesh in which messages take no time; `chunks` chunks of 16 blocks of 1000 bytes.
pub(super) fn mesh(chunks: u64, groups: Vec<Group>) -> Scenario {
    Scenario {
        name: "hand-made".into(),
        seed: 1,
        file: File {
            size: Bytes(16_000 * chunks),
            chunk_size: Bytes(16_000),
            block_size: Bytes(1000),
        },
        run: Run {
            time_limit: SimDuration::from_secs(10_000_000),
            stall_limit: SimDuration::from_secs(3600),
            mode: Mode::Bittorrent,
            sample_interval: SimDuration::from_secs(10),
        },
        network: Network {
            latency: SimDuration::ZERO,
            connection_cap: None,
            chunk_rates: false,
        },
        discovery: Discovery::FullMesh,
        groups,
    }
}

/// The rules of a tracker as in BEP 3's time.
pub(super) fn tracker() -> Tracker {
    Tracker {
        peers_returned: 50,
        matches_capacity: false,
        announce_interval: SimDuration::from_secs(1800),
        min_announce_interval: SimDuration::from_secs(300),
        min_neighbours: 20,
        outages: Vec::new(),
    }
}

pub(super) fn capped(scenario: Scenario, cap: f64) -> Scenario {
    Scenario {
        network: Network {
            connection_cap: Some(BytesPerSec(cap)),
            ..scenario.network
        },
        ..scenario
    }
}

pub(super) const UNLIMITED: f64 = f64::INFINITY;

pub(super) fn secs(s: u64) -> SimDuration {
    SimDuration::from_secs(s)
}

pub(super) fn at(s: u64) -> SimTime {
    SimTime::ZERO + secs(s)
}

/// Everything a run tells, with the tracker instead of a full mesh.
pub(super) fn tracked(mut scenario: Scenario, change: impl FnOnce(&mut Tracker)) -> Scenario {
    let mut rules = tracker();
    change(&mut rules);
    scenario.discovery = Discovery::Tracker(rules);
    scenario
}
