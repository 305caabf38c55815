//! A resolved scenario is read back as the same scenario.

use std::path::Path;

use rand::RngExt;
use swarmsim::rng::{Purpose, Rng, below, stream};
use swarmsim::scenario::draw::{Draw, Shape};
use swarmsim::scenario::limits::{RATE_MAX, RATE_MIN, TIME_MAX};
use swarmsim::scenario::mix::Part;
use swarmsim::scenario::model::{
    Arrival, BitTyrant, Capacity, CapacityClass, Choking, Connections, Departure, Discovery, Fastest, File, Group,
    Mode, Network, OptimisticChoice, Phase, Picker, Picking, Pipelining, PropShare, Rechoke, Refill, Run, Slots,
    StartsWith, StrictPriority, TitForTat, TracedPeer, Tracker, WhenFull,
};
use swarmsim::scenario::{LoadOptions, Loaded, Scenario, load, parse};
use swarmsim::units::{Bytes, BytesPerSec, SimDuration, SimTime};

/// A random scenario, any value that can be had.
struct Dice(Rng);

impl Dice {
    fn whole(&mut self, min: u64, max: u64) -> u64 {
        min + below(&mut self.0, (max - min + 1) as usize) as u64
    }

    fn small(&mut self, min: u32) -> u32 {
        self.whole(u64::from(min), 9_999) as u32
    }

    fn coin(&mut self) -> bool {
        self.0.random()
    }

    fn ratio(&mut self) -> f64 {
        (self.0.random::<f64>() * 20.0 - 10.0).exp()
    }

    fn span(&mut self) -> SimDuration {
        SimDuration(self.whole(1_000_000, 1_000_000 + TIME_MAX.0 / 2))
    }

    fn instant(&mut self) -> SimTime {
        SimTime(self.span().0)
    }

    fn rate(&mut self) -> f64 {
        let nice = self.whole(1, 1_000_000) as f64 * 125.0;
        if self.coin() {
            nice
        } else {
            (self.0.random::<f64>() * 1e9).max(RATE_MIN.0)
        }
    }

    fn maybe<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.coin() { Some(value(self)) } else { None }
    }

    fn draw(&mut self, range: (f64, f64), value: fn(&mut Self) -> f64) -> Draw {
        let (low, high) = {
            let (a, b) = (value(self), value(self));
            (a.min(b), a.max(b))
        };
        let shape = match self.whole(0, 9) {
            0 => Shape::Constant(value(self)),
            1 => Shape::Uniform { min: low, max: high },
            2 => Shape::Normal {
                mean: value(self),
                std_dev: value(self),
            },
            3 => Shape::LogNormal {
                median: value(self),
                sigma: self.ratio(),
            },
            4 => Shape::Exponential { mean: value(self) },
            5 => Shape::Pareto {
                min: value(self),
                shape: self.ratio(),
            },
            6 => Shape::Weibull {
                scale: value(self),
                shape: self.ratio(),
            },
            7 => Shape::Gamma {
                shape: self.ratio(),
                scale: value(self),
            },
            8 => Shape::Triangular {
                min: low,
                mode: low,
                max: high,
            },
            _ => Shape::Table((0..3).map(|_| (self.ratio(), value(self))).collect()),
        };
        let bounds = if self.coin() { (low, high) } else { range };
        Draw {
            shape,
            at_least: bounds.0,
            at_most: bounds.1,
        }
    }

    fn rate_draw(&mut self) -> Draw {
        self.draw((RATE_MIN.0, RATE_MAX.0), Self::rate)
    }

    fn slots(&mut self) -> Slots {
        if self.coin() {
            Slots::Auto
        } else {
            Slots::Fixed(self.small(1))
        }
    }

    fn choking(&mut self, leecher: bool) -> Choking {
        match self.whole(if leecher { 0 } else { 6 }, 12) {
            0 => Choking::TitForTat(TitForTat {
                regular_slots: self.slots(),
                optimistic_slots: self.small(0),
                snub_after: self.maybe(Self::span),
                new_neighbour_weight: self.whole(1, 1000) as u32,
                optimistic_choice: [
                    OptimisticChoice::Drawn,
                    OptimisticChoice::Quickest,
                    OptimisticChoice::InLine,
                ][self.whole(0, 2) as usize],
            }),
            1 => Choking::PropShare(PropShare {
                exploring_share: self.whole(1, 99) as f64 / 100.0,
                optimistic_slots: self.small(1),
            }),
            2 => Choking::BitTyrant(BitTyrant {
                initial_upload: BytesPerSec(self.rate()),
                increase: self.ratio(),
                decrease: self.whole(1, 99) as f64 / 100.0,
                rounds: self.small(1),
                selfish_cap: self.maybe(Self::rate).map(BytesPerSec),
            }),
            3 => Choking::TitForTatBlock {
                slots: self.slots(),
                ahead_chunks: self.small(1),
            },
            4 => Choking::Birds {
                regular_slots: self.slots(),
                optimistic_slots: self.small(0),
                new_neighbour_weight: self.whole(1, 1000) as u32,
            },
            5 => Choking::Libtorrent {
                slots: 10_000,
                optimistic_slots: self.small(0),
                quota_chunks: self.small(0),
                quota_time: self.span(),
            },
            6 => Choking::Fastest(Fastest {
                regular_slots: self.slots(),
                optimistic_slots: self.small(0),
                new_neighbour_weight: self.whole(1, 1000) as u32,
                optimistic_choice: [
                    OptimisticChoice::Drawn,
                    OptimisticChoice::Quickest,
                    OptimisticChoice::InLine,
                ][self.whole(0, 2) as usize],
            }),
            7 => Choking::RoundRobin { slots: self.slots() },
            8 => Choking::RoundRobinQuota {
                slots: self.slots(),
                quota_chunks: self.small(0),
                quota_time: self.span(),
            },
            9 => Choking::Random { slots: self.slots() },
            10 => Choking::FairTorrent { slots: self.slots() },
            11 => Choking::Altruist,
            _ => Choking::FreeRider,
        }
    }

    fn arrival(&mut self) -> Arrival {
        let from = self.instant();
        match self.whole(0, 3) {
            0 => Arrival::AtOnce {
                count: self.small(1),
                at: from,
                jitter: self.span(),
            },
            1 => Arrival::Poisson {
                // Few enough in ten years.
                per_sec: self.ratio() / 1e6,
                from,
                until: self.maybe(|dice| from + dice.span()),
                count: self.maybe(|dice| dice.small(1)),
            },
            2 => {
                let (initial_per_sec, decay) = (self.ratio(), self.span());
                Arrival::Decaying {
                    initial_per_sec,
                    decay,
                    from,
                    count: Some(self.small(1)),
                }
            }
            _ => {
                let mut peers: Vec<_> = (0..3)
                    .map(|_| TracedPeer {
                        at: self.instant(),
                        upload: self.maybe(Self::rate).map(BytesPerSec),
                        download: self.maybe(Self::rate).map(BytesPerSec),
                    })
                    .collect();
                peers.sort_by_key(|peer| peer.at);
                Arrival::Trace {
                    path: "some \"trace\".csv".into(),
                    peers: peers.into(),
                }
            }
        }
    }

    fn capacity(&mut self) -> Capacity {
        if self.coin() {
            return Capacity::Separate {
                upload: self.rate_draw(),
                download: self.maybe(Self::rate_draw),
            };
        }
        let class = |dice: &mut Self| CapacityClass {
            share: dice.ratio(),
            upload: BytesPerSec(dice.rate()),
            download: dice.maybe(Self::rate).map(BytesPerSec),
        };
        Capacity::Classes((0..4).map(|_| class(self)).collect())
    }

    fn departure(&mut self, starts_with: &StartsWith) -> Departure {
        match self.whole(0, 5) {
            0 => Departure::Stays,
            1 => Departure::Lingers(self.draw((0.0, TIME_MAX.as_secs_f64()), |dice| dice.span().as_secs_f64())),
            2 => Departure::ShareRatio(self.ratio()),
            3 => Departure::AfterCopies(self.ratio()),
            4 if *starts_with == StartsWith::All => Departure::AtTime(self.instant()),
            _ => Departure::Selfish,
        }
    }

    fn group(&mut self, name: String) -> Group {
        let starts_with = match self.whole(0, 3) {
            0 => StartsWith::Nothing,
            1 => StartsWith::All,
            2 => StartsWith::AllBut(1),
            _ => StartsWith::Fraction(self.draw((0.0, 1.0), |dice| dice.0.random())),
        };
        let super_seeding = self.coin();
        Group {
            name,
            part: None,
            arrival: self.arrival(),
            capacity: self.capacity(),
            departure: self.departure(&starts_with),
            starts_with,
            abort_per_sec: self.ratio(),
            crash_per_sec: if self.coin() { 0.0 } else { self.ratio() },
            crash_timeout: self.span(),
            connections: Connections {
                initiate: self.small(1),
                accept: self.small(0),
                when_full: if self.coin() {
                    WhenFull::Refuse
                } else {
                    WhenFull::DropRandom
                },
            },
            large_view: self.coin(),
            rechoke: Rechoke {
                interval: self.span(),
                optimistic_every: self.small(1),
                phase: if self.coin() { Phase::Random } else { Phase::Aligned },
                refill: match self.whole(0, 3) {
                    0 => Refill::Immediate,
                    1 => Refill::Decision,
                    2 => Refill::Periodic,
                    _ => Refill::Held,
                },
                rate_window: self.span(),
            },
            choking: self.choking(true),
            seeding: self.choking(false),
            pipelining: self.maybe(|dice| Pipelining {
                least_blocks: dice.small(1),
                ahead: dice.span(),
                quota_every: dice.span(),
                whole_chunk_within: dice.span(),
            }),
            kept_quota: self.maybe(Self::span).unwrap_or_default(),
            picking: Picking {
                picker: [
                    Picker::RarestFirst,
                    Picker::Random,
                    Picker::Sequential,
                    Picker::GlobalRarest,
                    Picker::ModeSuppression,
                ][self.whole(0, 4) as usize],
                random_first: self.small(0),
                strict_priority: [StrictPriority::On, StrictPriority::Off, StrictPriority::UnlessRarer]
                    [self.whole(0, 2) as usize],
                endgame: self.coin(),
            },
            super_seeding,
            smart_seeding: !super_seeding && self.coin(),
        }
    }

    /// The groups of a mix of three.
    fn mix(&mut self, all: &Group) -> Vec<Group> {
        let (first, second) = (self.0.random::<f64>() / 2.0, self.0.random::<f64>() / 2.0);
        let both = first + second;
        [(first, 0.0..first), (second, first..both), (1.0 - both, both..1.0)]
            .into_iter()
            .map(|(share, stretch)| {
                let entry = format!("entry-{}", stretch.start);
                Group {
                    name: format!("{}/{entry}", all.name),
                    part: Some(Part {
                        group: all.name.clone(),
                        entry,
                        share,
                        stretch,
                    }),
                    choking: self.choking(true),
                    seeding: self.choking(false),
                    departure: self.departure(&all.starts_with),
                    ..all.clone()
                }
            })
            .collect()
    }

    fn scenario(&mut self) -> Scenario {
        let size = self.whole(1 << 30, 1 << 40);
        let chunk_size = self.whole(1 << 20, 1 << 30);
        let tracker = Tracker {
            peers_returned: self.small(1),
            matches_capacity: self.coin(),
            announce_interval: SimDuration(TIME_MAX.0),
            min_announce_interval: self.span(),
            min_neighbours: self.small(0),
            outages: (0..self.whole(0, 2))
                .map(|_| {
                    let from = self.instant();
                    (from, from + self.span())
                })
                .collect(),
        };
        let mut scenario = Scenario {
            name: "random".into(),
            seed: self.whole(0, i64::MAX as u64 - 1),
            file: File {
                size: Bytes(size),
                chunk_size: Bytes(chunk_size),
                block_size: Bytes(self.whole(1, chunk_size)),
            },
            run: Run {
                time_limit: self.span(),
                stall_limit: self.span(),
                mode: Mode::Bittorrent,
                sample_interval: self.span(),
            },
            network: Network {
                latency: SimDuration(self.whole(0, 1 << 40)),
                connection_cap: self.maybe(Self::rate).map(BytesPerSec),
                chunk_rates: self.coin(),
            },
            discovery: if self.coin() {
                Discovery::FullMesh
            } else {
                Discovery::Tracker(tracker)
            },
            groups: (0..self.whole(1, 4))
                .flat_map(|index| {
                    let group = self.group(format!("group-{index}"));
                    if self.coin() { self.mix(&group) } else { vec![group] }
                })
                .collect(),
        };
        if scenario.discovery == Discovery::FullMesh {
            // In a mesh of all that come fewer can be connected.
            for group in &mut scenario.groups {
                if let Arrival::Poisson { per_sec, .. } = &mut group.arrival {
                    *per_sec /= 1e3;
                }
            }
        }
        scenario
    }
}

fn read(text: &str) -> Loaded {
    parse(text, "resolved.toml", Path::new(""), &LoadOptions::default())
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn a_random_scenario_comes_back() {
    for seed in 0..400 {
        let scenario = Dice(stream(seed, Purpose::Arrival, 0)).scenario();
        assert_eq!(read(&scenario.to_toml()).scenario, scenario, "seed {seed}");
    }
}

#[test]
fn every_committed_scenario_comes_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let paths = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        let loaded = load(&path, &LoadOptions::default()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            read(&loaded.scenario.to_toml()).scenario,
            loaded.scenario,
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_starter_comes_back() {
    let loaded = read(swarmsim::scenario::starter());
    assert_eq!(read(&loaded.scenario.to_toml()), loaded);
}

#[test]
fn a_trace_is_sorted_and_stands_in_the_resolved_scenario() {
    let text = "name = \"x\"\nfile.size = \"1 MiB\"\n[[group]]\nname = \"g\"\nupload = \"1 Mbit/s\"\nstarts_with = \"all\"\n\
                arrival.trace.file = \"good.csv\"\n";
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let scenario = parse(text, "x.toml", &base, &LoadOptions::default()).unwrap().scenario;
    let Arrival::Trace { peers, .. } = &scenario.groups[0].arrival else {
        panic!("no trace")
    };
    let rows: Vec<_> = peers
        .iter()
        .map(|peer| (peer.at.0, peer.upload, peer.download))
        .collect();
    let kbit = |n: f64| Some(BytesPerSec(n * 125.0));
    assert_eq!(
        rows,
        [
            (300_000_000, kbit(200.0), Some(BytesPerSec(5000.0))),
            (5_000_000_000, kbit(100.0), None),
            (5_000_000_000, kbit(300.0), Some(BytesPerSec(1.0))),
        ]
    );
    assert_eq!(read(&scenario.to_toml()).scenario, scenario);
}
