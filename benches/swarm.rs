//! Whole runs: chunk transfers per CPU-second and bytes per peer, metrics on.
fn main() {
    use swarmsim::engine::*;
    use swarmsim::scenario::draw::{Draw, Shape};
    use swarmsim::scenario::model::*;
    use swarmsim::units::*;
    let n: u32 = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(1000);
    let ratio: f64 = std::env::args().filter_map(|a| a.parse().ok()).nth(1).unwrap_or(0.0);
    let group = |name: &str, count: u32, up: f64, all: bool| Group {
        name: name.into(),
        arrival: Arrival::AtOnce {
            count,
            at: SimTime::ZERO,
            jitter: SimDuration::from_secs(5),
        },
        capacity: Capacity::Separate {
            upload: Draw {
                shape: Shape::Constant(up),
                at_least: 0.0,
                at_most: f64::INFINITY,
            },
            download: (ratio > 0.0).then(|| Draw {
                shape: Shape::Constant(up * ratio),
                at_least: 0.0,
                at_most: f64::INFINITY,
            }),
        },
        starts_with: if all { StartsWith::All } else { StartsWith::Nothing },
        departure: Departure::Stays,
        abort_per_sec: 0.0,
        crash_per_sec: 0.0,
        crash_timeout: SimDuration::from_secs(120),
        connections: Connections {
            initiate: 20,
            accept: 40,
        },
        rechoke: Rechoke {
            interval: SimDuration::from_secs(10),
            optimistic_every: 3,
            phase: Phase::Random,
            refill: Refill::Immediate,
            rate_window: SimDuration::from_secs(20),
        },
        choking: Choking::TitForTat(TitForTat {
            regular_slots: Slots::Fixed(4),
            optimistic_slots: 1,
            snub_after: Some(SimDuration::from_secs(60)),
            new_neighbour_weight: 3,
        }),
        seeding: Choking::Fastest {
            regular_slots: Slots::Fixed(4),
            optimistic_slots: 1,
            new_neighbour_weight: 1,
        },
        picking: Picking {
            picker: Picker::RarestFirst,
            random_first: 4,
            strict_priority: true,
            endgame: true,
        },
        super_seeding: false,
    };
    let scenario = Scenario {
        name: "bench".into(),
        seed: 1,
        file: File {
            size: Bytes(400 << 18),
            chunk_size: Bytes(1 << 18),
            block_size: Bytes(1 << 14),
        },
        run: Run {
            time_limit: SimDuration::from_secs(10_000_000),
            stall_limit: SimDuration::from_secs(3600),
            sample_interval: SimDuration::from_secs(10),
        },
        network: Network {
            latency: SimDuration::ZERO,
            connection_cap: None,
        },
        discovery: Discovery::Tracker(Tracker {
            peers_returned: 50,
            announce_interval: SimDuration::from_secs(1800),
            min_announce_interval: SimDuration::from_secs(300),
            min_neighbours: 20,
            outages: vec![],
        }),
        groups: vec![
            group("seed", 1 + n / 1000, 10e6, true),
            group("slow", n / 3, 128_000.0, false),
            group("mid", n / 3, 512_000.0, false),
            group("fast", n - 2 * (n / 3), 2_000_000.0, false),
        ],
    };
    #[allow(clippy::disallowed_methods)] // what a bench is for
    let t = std::time::Instant::now();
    let mut last = None;
    let e = run(&scenario, RunOptions::default(), &mut NoObserver, &mut |p| {
        last = Some(*p);
        Control::Continue
    })
    .unwrap();
    let s = t.elapsed().as_secs_f64();
    let p = last.unwrap();
    println!(
        "{:?} {} MB {p:?} {s:.2} s {:.0} transfers/s estimate {} MB",
        e.ending,
        e.memory_bytes >> 20,
        p.transfers as f64 / s,
        estimate_memory_bytes(&scenario) >> 20
    );
    println!(
        "{}",
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .filter(|l| l.starts_with("VmHWM"))
            .collect::<String>()
    );
}
