//! Random swarms over all features: no panic, every invariant holds, everyone is accounted for.

use super::*;
use proptest::prelude::*;
use proptest::sample::select;

fn arrival() -> impl Strategy<Value = Arrival> {
    let secs = SimDuration::from_secs;
    prop_oneof![
        (1_u32..25, 0_u64..50, 0_u64..100).prop_map(move |(count, at, jitter)| Arrival::AtOnce {
            count,
            at: SimTime::ZERO + secs(at),
            jitter: secs(jitter),
        }),
        (0.01_f64..0.5, 1_u32..30).prop_map(|(per_sec, count)| Arrival::Poisson {
            per_sec,
            from: SimTime::ZERO,
            until: None,
            count: Some(count),
        }),
        (0.01_f64..0.5, 10_u64..100).prop_map(move |(initial_per_sec, decay)| Arrival::Decaying {
            initial_per_sec,
            decay: secs(decay),
            from: SimTime::ZERO,
            count: Some(25),
        }),
        (0.01_f64..0.5, 0_u64..100).prop_map(move |(per_sec, end)| Arrival::Poisson {
            per_sec,
            from: SimTime::ZERO,
            until: Some(SimTime::ZERO + secs(end)),
            count: None,
        }),
        prop::collection::vec(traced(), 1..20).prop_map(|mut peers| {
            peers.sort_by_key(|peer| peer.at);
            Arrival::Trace {
                path: "trace.csv".to_owned(),
                peers: peers.into(),
            }
        }),
    ]
}

/// A row of a trace, with capacities of its own or those of its group.
fn traced() -> impl Strategy<Value = TracedPeer> {
    let capacity = || prop::option::of((100.0_f64..5000.0).prop_map(BytesPerSec));
    (0_u64..200, capacity(), capacity()).prop_map(|(at, upload, download)| TracedPeer {
        at: SimTime::ZERO + SimDuration::from_secs(at),
        upload,
        download,
    })
}

/// How many slots: a choker without any, optimistic ones included, is a free rider.
fn slots() -> impl Strategy<Value = Slots> {
    prop_oneof![4 => (0_u32..5).prop_map(Slots::Fixed), 1 => Just(Slots::Auto)]
}

/// Rates of access lines: constant, drawn, or of classes; a download is some times the upload, or unlimited.
fn capacity() -> impl Strategy<Value = Capacity> {
    let ratio = || select(vec![0.5, 1.0, 4.0, f64::INFINITY]);
    let rate = || 100.0_f64..5000.0;
    let times = |rate: f64, ratio: f64| ratio.is_finite().then_some(rate * ratio);
    prop_oneof![
        2 => (rate(), ratio()).prop_map(move |(upload, ratio)| Capacity::Separate {
            upload: constant(upload),
            download: times(upload, ratio).map(constant),
        }),
        1 => (shape(), prop::option::of(shape())).prop_map(|(upload, download)| Capacity::Separate {
            upload: rates(upload),
            download: download.map(rates),
        }),
        1 => prop::collection::vec((0.1_f64..3.0, rate(), ratio()), 1..4).prop_map(move |classes| {
            let class = |(share, upload, ratio)| CapacityClass {
                share,
                upload: BytesPerSec(upload),
                download: times(upload, ratio).map(BytesPerSec),
            };
            Capacity::Classes(classes.into_iter().map(class).collect())
        }),
    ]
}

/// A family of distributions with values about 1000.
fn shape() -> impl Strategy<Value = Shape> {
    select(vec![
        Shape::Uniform {
            min: 200.0,
            max: 4000.0,
        },
        Shape::Normal {
            mean: 1000.0,
            std_dev: 800.0,
        },
        Shape::LogNormal {
            median: 1000.0,
            sigma: 1.0,
        },
        Shape::Exponential { mean: 1000.0 },
        Shape::Pareto { min: 300.0, shape: 1.1 },
        Shape::Weibull {
            scale: 1000.0,
            shape: 0.5,
        },
        Shape::Gamma {
            shape: 0.5,
            scale: 1000.0,
        },
        Shape::Triangular {
            min: 100.0,
            mode: 1000.0,
            max: 4000.0,
        },
    ])
}

/// A distribution of rates, within the limits of a scenario.
fn rates(shape: Shape) -> Draw {
    Draw {
        shape,
        at_least: 100.0,
        at_most: 20_000.0,
    }
}

fn choking() -> impl Strategy<Value = Choking> {
    prop_oneof![
        (slots(), 0_u32..3, prop::option::of(1_u64..100), 1_u32..4).prop_map(
            |(regular_slots, optimistic_slots, snub_after, new_neighbour_weight)| Choking::TitForTat(TitForTat {
                regular_slots,
                optimistic_slots,
                snub_after: snub_after.map(SimDuration::from_secs),
                new_neighbour_weight,
                quickest: new_neighbour_weight.is_multiple_of(2),
            })
        ),
        (slots(), 0_u32..3).prop_map(|(regular_slots, optimistic_slots)| Choking::Fastest {
            regular_slots,
            optimistic_slots,
            new_neighbour_weight: 3,
        }),
        (1_u32..5).prop_map(|n| Choking::RoundRobin { slots: Slots::Fixed(n) }),
        (1_u32..5, 0_u32..5, 0_u64..60).prop_map(|(n, quota_chunks, quota)| Choking::RoundRobinQuota {
            slots: Slots::Fixed(n),
            quota_chunks,
            quota_time: SimDuration::from_secs(quota),
        }),
        Just(Choking::Random { slots: Slots::Auto }),
        (0.01_f64..0.99, 1_u32..4).prop_map(|(exploring_share, optimistic_slots)| Choking::PropShare(PropShare {
            exploring_share,
            optimistic_slots,
        })),
        (1.0_f64..5000.0, 1_u32..4, select(vec![None, Some(50.0), Some(1e4)])).prop_map(|(initial, rounds, cap)| {
            Choking::BitTyrant(BitTyrant {
                initial_upload: BytesPerSec(initial),
                increase: 0.2,
                decrease: 0.1,
                rounds,
                selfish_cap: cap.map(BytesPerSec),
            })
        }),
        (1_u32..5).prop_map(|n| Choking::FairTorrent { slots: Slots::Fixed(n) }),
        (1_u32..6, 0_u32..3).prop_map(|(slots, optimistic_slots)| Choking::Libtorrent {
            slots,
            optimistic_slots: optimistic_slots.min(slots),
        }),
        (1_u32..5, 1_u32..4).prop_map(|(n, ahead_chunks)| Choking::TitForTatBlock {
            slots: Slots::Fixed(n),
            ahead_chunks,
        }),
        (slots(), 0_u32..3).prop_map(|(regular_slots, optimistic_slots)| Choking::Birds {
            regular_slots,
            optimistic_slots,
            new_neighbour_weight: 3,
        }),
        Just(Choking::Altruist),
        Just(Choking::FreeRider),
    ]
}

fn departure() -> impl Strategy<Value = Departure> {
    prop_oneof![
        Just(Departure::Selfish),
        Just(Departure::FinishesUploads),
        Just(Departure::Stays),
        (0.0_f64..200.0).prop_map(|s| Departure::Lingers(constant(s))),
        shape().prop_map(|shape| Departure::Lingers(Draw { shape, ..constant(0.0) })),
        (0.0_f64..2.0).prop_map(Departure::ShareRatio),
        (0_u64..2000).prop_map(|s| Departure::AtTime(SimTime::ZERO + SimDuration::from_secs(s))),
        (0.0_f64..2.0).prop_map(Departure::AfterCopies),
    ]
}

fn group() -> impl Strategy<Value = Group> {
    let people = (arrival(), departure(), capacity());
    let churn = (
        select(vec![0.0, 0.0, 0.002]),
        select(vec![0.0, 0.0, 0.002]),
        0_u64..100,
        0.0_f64..1.3,
    );
    let rules = (
        choking(),
        choking(),
        1_u32..8,
        0_u32..8,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    let picker = select(vec![
        Picker::RarestFirst,
        Picker::Random,
        Picker::Sequential,
        Picker::GlobalRarest,
        Picker::ModeSuppression,
    ]);
    let refill = select(vec![Refill::Immediate, Refill::Decision, Refill::Periodic]);
    let rhythm = (1_u64..30, 1_u32..4, any::<bool>(), refill);
    let view = prop::bool::weighted(0.2);
    (people, churn, rules, picker, rhythm, any::<bool>(), view).prop_map(
        |(people, churn, rules, picker, rhythm, super_seeding, large_view)| {
            let (arrival, departure, capacity) = people;
            let (abort_per_sec, crash_per_sec, timeout, start) = churn;
            let (choking, seeding, initiate, accept, strict_priority, endgame, bounded_start) = rules;
            let (interval, optimistic_every, aligned, refill) = rhythm;
            Group {
                arrival,
                departure,
                abort_per_sec,
                crash_per_sec,
                crash_timeout: SimDuration::from_secs(timeout),
                starts_with: match start {
                    s if s > 1.0 => StartsWith::All,
                    s if s > 0.9 => StartsWith::AllBut(initiate),
                    s if s < 0.3 && bounded_start => StartsWith::Fraction(constant(s)),
                    _ => StartsWith::Nothing,
                },
                connections: Connections {
                    initiate: if large_view { 500 } else { initiate },
                    accept: if large_view { 500 } else { initiate + accept },
                    when_full: if initiate.is_multiple_of(2) {
                        WhenFull::DropRandom
                    } else {
                        WhenFull::Refuse
                    },
                },
                large_view,
                rechoke: Rechoke {
                    interval: SimDuration::from_secs(interval),
                    optimistic_every,
                    phase: if aligned { Phase::Aligned } else { Phase::Random },
                    refill,
                    rate_window: SimDuration::from_secs(2 * interval),
                },
                choking,
                seeding,
                pipelining: accept.is_multiple_of(2).then(|| Pipelining {
                    least_blocks: initiate.max(1),
                    ahead: SimDuration::from_secs(u64::from(accept)),
                    quota_every: SimDuration::from_millis(500),
                }),
                picking: Picking {
                    picker,
                    random_first: accept,
                    strict_priority,
                    endgame,
                },
                super_seeding,
                smart_seeding: !super_seeding && initiate.is_multiple_of(3),
                capacity,
                ..leechers(0, 0.0, UNLIMITED)
            }
        },
    )
}

/// A group, or the groups of a mix.
fn cohort() -> impl Strategy<Value = Vec<Group>> {
    let second = (group(), 0.0_f64..1.0, 0_u32..u32::MAX);
    (group(), prop::option::of(second)).prop_map(|(first, second)| {
        let Some((second, share, number)) = second else {
            return vec![first];
        };
        let all = Group {
            name: format!("mix-{number}"),
            ..first.clone()
        };
        mixed(&all, vec![(1.0 - share, first), (share, second)])
    })
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let groups = prop::collection::vec(cohort(), 1..4).prop_map(|cohorts| cohorts.concat());
    let size = (
        1_u64..400_000,
        select(vec![16_000_u64, 16_384, 5000]),
        select(vec![1000_u64, 1024, 4096]),
    );
    let network = (
        select(vec![0_u64, 0, 1, 50, 2000]),
        select(vec![None, None, Some(300.0)]),
        any::<bool>(),
        any::<u64>(),
    );
    let announces = (
        1_u32..20,
        1_u64..2000,
        1_u64..300,
        0_u32..10,
        prop::option::of((0_u64..500, 1_u64..300)),
    );
    (groups, size, network, announces).prop_map(
        |(groups, (size, chunk, block), (latency, cap, full_mesh, seed), announces)| {
            let (peers_returned, interval, min_interval, min_neighbours, later) = announces;

            let mut scenario = mesh(1, groups);
            scenario.seed = seed;
            let chunk = chunk.min(size);
            scenario.file = File {
                size: Bytes(size),
                chunk_size: Bytes(chunk),
                block_size: Bytes(block.min(chunk)),
            };
            scenario.network.latency = SimDuration(latency * 1_000_000);
            scenario.network.connection_cap = cap.map(BytesPerSec);
            scenario.run.time_limit = SimDuration::from_secs(4000);
            if !full_mesh {
                let first = SimTime::ZERO + SimDuration::from_secs(u64::from(peers_returned));
                let mut outages = vec![(SimTime::ZERO, first)];
                outages.extend(later.map(|(after, long)| {
                    let from = first + SimDuration::from_secs(after + 1);
                    (from, from + SimDuration::from_secs(long))
                }));
                scenario.discovery = Discovery::Tracker(Tracker {
                    peers_returned,
                    matches_capacity: peers_returned.is_multiple_of(2),
                    announce_interval: SimDuration::from_secs(interval.max(min_interval)),
                    min_announce_interval: SimDuration::from_secs(min_interval),
                    min_neighbours,
                    outages,
                });
            }
            scenario
        },
    )
}

/// How many peers come to each group, where that is known beforehand.
fn expected_peers(scenario: &Scenario) -> impl Iterator<Item = Option<usize>> {
    let counts = scenario.groups.iter().map(Group::count_known);
    counts.map(|count| count.map(|count| count as usize))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("SWARMSIM_RANDOM_SCENARIOS").ok().and_then(|n| n.parse().ok()).unwrap_or(150)
    ))]

    #[test]
    fn every_random_swarm_keeps_every_invariant(scenario in scenario()) {
        let seen = play(&scenario);
        let (end, ending) = seen.ended.unwrap();
        prop_assert!(end <= SimTime(4000 * 1_000_000_000));
        let cut_short = matches!(ending, Ending::Dead { .. } | Ending::TimeLimit);
        for (group, expected) in expected_peers(&scenario).enumerate() {
            let came = seen.peers.iter().filter(|p| p.group.ix() == group).count();
            let fits = expected.is_none_or(|expected| came == expected || (cut_short && came < expected));
            prop_assert!(fits, "{came} peers of group {group} came, not {expected:?}");
        }
        let mut ids: Vec<_> = seen.peers.iter().map(|p| p.id.0 as usize).collect();
        ids.sort_unstable();
        prop_assert!(ids.into_iter().eq(0..seen.peers.len()), "everyone who came is accounted for once");
        for p in &seen.peers {
            prop_assert!(p.completed.is_none() || p.chunks_at_end as usize == scenario.file.chunks());
            prop_assert!(p.wasted_bytes <= p.downloaded_bytes);
            if let (Some(done), 0, true) = (p.completed, p.chunks_at_start, p.download.is_finite()) {
                let secs = done.since(p.joined).as_secs_f64();
                // A millionth of a byte is rounding.
                prop_assert!(secs * p.download + 1e-6 >= scenario.file.size.0 as f64, "nobody beats size over rate");
            }
            let (left, _) = p.left.unwrap_or((end, crate::engine::observer::Leave::Done));
            let present = left.since(p.joined).as_secs_f64();
            prop_assert!(p.uploaded_bytes as f64 <= p.upload * present * (1.0 + 1e-9) + 1.0, "nobody sends more than its capacity");
        }
    }
    #[test]
    fn kept_counts_give_every_random_swarm_the_results_of_counting_at_each_choice(scenario in scenario()) {
        prop_assert_eq!(play_with(&scenario, 1), play_with(&scenario, usize::MAX));
    }
}
