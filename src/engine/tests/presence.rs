//! Who is there: arrival, connections, departure, and how a run ends.

use super::*;
use crate::choking::OwnChokers;
use crate::engine::Simulation;
use crate::engine::observer::{Leave, NoObserver, TransferEnd};
use crate::ids::PeerId;

#[test]
fn a_full_mesh_of_n_peers_has_n_times_n_minus_1_half_connections() {
    let scenario = mesh(4, vec![seeds(2, 1000.0), leechers(23, 1000.0, UNLIMITED)]);
    let mut observer = NoObserver;
    let mut simulation = Simulation::new(&scenario, OwnChokers::new(), &mut observer);
    simulation.open();
    // The mesh is knit when all who come at this instant are there.
    while simulation.totals.joined < 25 || !simulation.newcomers.is_empty() {
        let event = simulation.schedule.next().expect("peers are still to come");
        simulation.handle(event);
    }
    let ends: u32 = simulation.swarm.peers.present().map(|(_, p)| p.links.open).sum();
    assert_eq!(ends, 25 * 24);
}

/// Everybody wants the origin's few slots at time 0: who gets them is drawn, not the first group in the file.
#[test]
fn a_mesh_favours_no_group_for_its_place_in_the_scenario() {
    let first_served = |seed| {
        let named = |name: &str| Group {
            name: name.into(),
            ..leechers(15, 1000.0, UNLIMITED)
        };
        let groups = vec![seeds(1, 4000.0), named("first"), named("second")];
        let seen = play(&Scenario {
            seed,
            ..mesh(40, groups)
        });
        let served = seen.transfers.iter().filter(|t| t.from == PeerId(0)).take(5);
        served.filter(|t| t.to.0 <= 15).count()
    };
    let of_first_group: usize = (1..=20).map(first_served).sum();
    assert!(
        (30..=70).contains(&of_first_group),
        "about 50 of 100, not {of_first_group}"
    );
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() {
    let scenario = |seed| {
        let groups = vec![seeds(1, 4000.0), leechers(30, 1000.0, 3000.0)];
        tracked(
            Scenario {
                seed,
                ..mesh(30, groups)
            },
            |t| t.peers_returned = 8,
        )
    };
    assert_eq!(play(&scenario(1)), play(&scenario(1)));
    assert_ne!(play(&scenario(1)), play(&scenario(2)));
}

#[test]
fn how_often_one_looks_changes_nothing() {
    let run_with = |sample_interval| {
        let mut scenario = mesh(30, vec![seeds(1, 4000.0), leechers(20, 1000.0, 3000.0)]);
        scenario.run.sample_interval = sample_interval;
        let Seen {
            peers,
            transfers,
            unchokes,
            ..
        } = play(&scenario);
        (peers, transfers, unchokes)
    };
    assert_eq!(run_with(secs(1)), run_with(secs(1000)));
}

#[test]
fn selfish_peers_leave_when_they_complete_and_others_as_their_rule_says() {
    let run_with = |departure: Departure| {
        let group = Group {
            departure,
            ..leechers(12, 1000.0, UNLIMITED)
        };
        let seen = play(&mesh(20, vec![seeds(1, 4000.0), group]));
        assert_eq!(seen.ending(), Ending::AllDone);
        seen.by_id().split_off(1)
    };
    for p in run_with(Departure::Selfish) {
        assert_eq!(p.left, Some((p.completed.unwrap(), Leave::Done)));
    }
    for p in run_with(Departure::Stays) {
        assert_eq!(p.left, None);
    }
    for p in run_with(Departure::Lingers(constant(77.0))) {
        assert_eq!(p.left, Some((p.completed.unwrap() + secs(77), Leave::Done)));
    }
    // At 1000 bytes/s nobody overshoots by more than a tenth of a second.
    let by_ratio = run_with(Departure::ShareRatio(0.5));
    assert!(by_ratio.iter().filter(|p| p.left.is_some()).count() > 6);
    for p in by_ratio.iter().filter(|p| p.left.is_some()) {
        assert!(2 * p.uploaded_bytes >= p.downloaded_bytes);
        let late = p.left.unwrap().0 > p.completed.unwrap();
        assert!(!late || 2 * p.uploaded_bytes < p.downloaded_bytes + 2 * 200, "{p:?}");
    }
}

#[test]
fn who_finishes_its_uploads_begins_no_chunk_and_leaves_with_the_last() {
    for latency in [SimDuration::ZERO, SimDuration::from_millis(100)] {
        let group = Group {
            departure: Departure::FinishesUploads,
            ..leechers(12, 1000.0, UNLIMITED)
        };
        let mut scenario = mesh(20, vec![seeds(1, 4000.0), group]);
        scenario.network.latency = latency;
        let seen = play(&scenario);
        assert_eq!(seen.ending(), Ending::AllDone);
        let ended = seen.ended.unwrap().0;
        let mut finished_later = 0;
        for p in seen.by_id().split_off(1) {
            let completed = p.completed.unwrap();
            let sent = seen.transfers.iter().filter(|t| t.from == p.id);
            let last = sent.clone().map(|t| t.ended).max().unwrap();
            // The last chunk is announced, and requests come back after an unchoke.
            let last_call = completed + SimDuration(4 * latency.0);
            assert!(sent.clone().all(|t| t.started <= last_call));
            // The run ends when nobody lacks a chunk.
            let leaves = last_call.max(last);
            assert!(
                p.left == Some((leaves, Leave::Done)) || p.left.is_none() && leaves >= ended,
                "{p:?}"
            );
            let whole = sent.filter(|t| t.ended > completed && t.end == TransferEnd::ChunkCompleted);
            finished_later += whole.count();
        }
        assert!(finished_later > 0, "some chunk must have been under way");
    }
}

#[test]
fn a_seed_leaves_at_its_time_or_after_its_copies() {
    let run_with = |departure| {
        let origin = Group {
            departure,
            ..seeds(1, 2000.0)
        };
        play(&mesh(20, vec![origin, leechers(10, 1000.0, UNLIMITED)]))
    };
    let file = 320_000;
    let seen = run_with(Departure::AtTime(at(250)));
    assert_eq!(seen.by_id()[0].left, Some((at(250), Leave::Done)));
    let origin = run_with(Departure::AfterCopies(1.5)).by_id()[0];
    assert!(
        (file * 3 / 2..=file * 3 / 2 + 200).contains(&origin.uploaded_bytes),
        "{origin:?}"
    );
    assert!(origin.left.is_some());
}

#[test]
fn a_swarm_without_the_last_copy_of_a_chunk_is_dead_and_said_so() {
    let origin = Group {
        departure: Departure::AtTime(at(20)),
        ..seeds(1, 2000.0)
    };
    let seen = play(&mesh(20, vec![origin, leechers(1, 1000.0, UNLIMITED)]));
    let (time, Ending::Dead { extinct_chunks }) = seen.ended.unwrap() else {
        panic!("{:?}", seen.ended)
    };
    // 20 s at 2000 bytes/s are two and a half chunks.
    assert_eq!((time, extinct_chunks), (at(20), 18));
    assert!(seen.by_id()[1..].iter().all(|p| p.completed.is_none()));
}

#[test]
fn a_dead_swarm_is_not_given_up_while_a_seed_is_to_come() {
    let late = Group {
        arrival: Arrival::AtOnce {
            count: 1,
            at: at(100),
            jitter: secs(0),
        },
        ..seeds(1, 2000.0)
    };
    let seen = play(&mesh(4, vec![leechers(3, 1000.0, UNLIMITED), late]));
    assert_eq!(seen.ending(), Ending::AllDone);
    assert!(seen.completed(0).iter().all(|&t| t > 100.0));
}

#[test]
fn a_swarm_in_which_nobody_sends_is_stalled() {
    let origin = Group {
        seeding: Choking::FreeRider,
        ..seeds(1, 2000.0)
    };
    let seen = play(&mesh(4, vec![origin, leechers(3, 1000.0, UNLIMITED)]));
    assert_eq!(seen.ended, Some((at(3600), Ending::Stalled)));
}

#[test]
fn the_time_limit_ends_a_run_with_everyone_on_record() {
    let mut scenario = mesh(100, vec![seeds(1, 1000.0), leechers(5, 1000.0, UNLIMITED)]);
    scenario.run.time_limit = secs(100);
    let seen = play(&scenario);
    assert_eq!(seen.ended, Some((at(100), Ending::TimeLimit)));
    assert_eq!(seen.peers.len(), 6);
    assert_eq!(seen.by_id()[0].uploaded_bytes, 100_000);
    assert!(seen.transfers.iter().any(|t| t.end == TransferEnd::RunEnded));
}

#[test]
fn free_riders_send_nothing_and_complete_all_the_same() {
    let riders = Group {
        choking: Choking::FreeRider,
        seeding: Choking::FreeRider,
        ..leechers(3, 1000.0, UNLIMITED)
    };
    let seen = play(&mesh(
        20,
        vec![seeds(1, 2000.0), leechers(12, 1000.0, UNLIMITED), riders],
    ));
    let riders = &seen.by_id()[13..];
    assert!(riders.iter().all(|p| p.uploaded_bytes == 0 && p.completed.is_some()));
    let mean = |times: Vec<f64>| times.iter().sum::<f64>() / times.len() as f64;
    assert!(
        mean(seen.completed(2)) > mean(seen.completed(1)),
        "who gives nothing waits longer"
    );
}

#[test]
fn aborts_come_at_their_rate_and_are_recorded() {
    let group = Group {
        abort_per_sec: 0.01,
        ..leechers(400, 100.0, UNLIMITED)
    };
    let mut scenario = mesh(50, vec![seeds(1, 1.0), group]);
    scenario.run.time_limit = secs(100);
    let seen = play(&scenario);
    let aborted = seen
        .peers
        .iter()
        .filter(|p| matches!(p.left, Some((_, Leave::Aborted))))
        .count();
    // 1 − 1/e of 400 is 253; its standard deviation is 10.
    assert!((223..283).contains(&aborted), "{aborted}");
}

#[test]
fn connections_keep_to_both_limits() {
    let mut group = leechers(40, 1000.0, UNLIMITED);
    group.connections = Connections {
        initiate: 3,
        accept: 5,
        when_full: WhenFull::Refuse,
    };
    let mut origin = seeds(1, 5000.0);
    origin.connections = group.connections;
    let scenario = tracked(mesh(10, vec![origin, group]), |_| ());
    let mut observer = NoObserver;
    let mut simulation = Simulation::new(&scenario, OwnChokers::new(), &mut observer);
    simulation.open();
    while simulation.now() == SimTime::ZERO {
        let event = simulation.schedule.next().expect("a run goes on");
        simulation.handle(event);
        assert!(simulation.swarm.peers.present().all(|(_, p)| p.links.open <= 5));
    }
    let open: u32 = simulation.swarm.peers.present().map(|(_, p)| p.links.open).sum();
    assert!(open >= 41 * 3, "everyone found some: {open}");
}

#[test]
fn who_completes_a_trace_came_when_the_trace_says() {
    let rows = [(3, Some(500.0)), (10, None)].map(|(s, upload)| TracedPeer {
        at: at(s),
        upload: upload.map(BytesPerSec),
        download: None,
    });
    let traced = Group {
        arrival: Arrival::Trace {
            path: "t.csv".into(),
            peers: rows.into(),
        },
        ..leechers(1, 1000.0, UNLIMITED)
    };
    let peers = play(&mesh(2, vec![seeds(1, 1000.0), traced])).by_id();
    assert_eq!(
        [peers[1], peers[2]].map(|p| (p.joined, p.upload)),
        [(at(3), 500.0), (at(10), 1000.0)]
    );
}

#[test]
fn a_steady_swarm_uses_places_again() {
    let group = Group {
        arrival: Arrival::Poisson {
            per_sec: 0.05,
            from: at(0),
            until: Some(at(20_000)),
            count: None,
        },
        departure: Departure::Selfish,
        ..leechers(0, 2000.0, UNLIMITED)
    };
    let scenario = tracked(mesh(10, vec![seeds(1, 2000.0), group]), |_| ());
    let mut observer = NoObserver;
    let mut simulation = Simulation::new(&scenario, OwnChokers::new(), &mut observer);
    simulation.open();
    while simulation.ending.is_none() {
        let event = simulation.schedule.next().expect("the run ends by itself");
        simulation.handle(event);
    }
    assert_eq!(simulation.ending, Some(Ending::AllDone));
    assert!(simulation.totals.joined > 900, "{}", simulation.totals.joined);
    assert!(
        simulation.swarm.peers.places() < 100,
        "{} places",
        simulation.swarm.peers.places()
    );
    simulation.check().unwrap();
}

#[test]
fn the_tracker_is_asked_again_after_an_outage() {
    let groups = vec![seeds(1, 1000.0), leechers(1, 1000.0, UNLIMITED)];
    let scenario = tracked(mesh(1, groups), |t| t.outages = vec![(at(0), at(400))]);
    // Asked at 0 s, 300 s and 600 s; then 16 s for the only chunk.
    assert_eq!(play(&scenario).completed(1), [616.0]);
}

#[test]
fn a_large_view_knows_far_more_peers_than_the_others() {
    let all = leechers(200, 100.0, UNLIMITED);
    let wide = Group {
        name: "wide".into(),
        choking: Choking::FreeRider,
        connections: Connections {
            initiate: 500,
            accept: 500,
            when_full: WhenFull::Refuse,
        },
        large_view: true,
        ..all.clone()
    };
    let mut groups = vec![seeds(1, 500.0)];
    groups.extend(mixed(&all, vec![(0.95, all.clone()), (0.05, wide)]));
    let scenario = tracked(mesh(50, groups), |t| t.peers_returned = 50);
    let mut observer = NoObserver;
    let mut simulation = Simulation::new(&scenario, OwnChokers::new(), &mut observer);
    simulation.open();
    // Neighbours of a peer with a large view and of another one, in the mean.
    let mut neighbours_at = |secs: u64| {
        while simulation.now() < at(secs) {
            let event = simulation.schedule.next().expect("a run goes on");
            simulation.handle(event);
        }
        [2, 1].map(|group| {
            let of_group = simulation.swarm.peers.present().filter(|(_, p)| p.group.0 == group);
            let open: Vec<u32> = of_group.map(|(_, p)| p.links.open).collect();
            f64::from(open.iter().sum::<u32>()) / open.len() as f64
        })
    };
    let (early, late) = (neighbours_at(1), neighbours_at(1501));
    assert!(early[0] < 90.0 && early[1] < 80.0, "{early:?}");
    assert!(late[0] > 150.0 && late[1] < 80.0, "{late:?}");
}

/// The place of a seed that goes at the instant at which it comes falls to whoever comes next at that instant: it must not be introduced twice.
#[test]
fn who_comes_into_a_place_that_fell_free_at_this_instant_meets_everybody_once() {
    let come = |group: Group| Group {
        arrival: Arrival::Trace {
            path: "trace.csv".to_owned(),
            peers: vec![TracedPeer {
                at: at(41),
                upload: None,
                download: None,
            }]
            .into(),
        },
        departure: Departure::Selfish,
        ..group
    };
    let seen = play(&mesh(
        2,
        vec![
            come(seeds(1, 1000.0)),
            seeds(2, 1000.0),
            come(leechers(1, 1000.0, UNLIMITED)),
        ],
    ));
    assert_eq!(seen.peers.len(), 4);
    assert_eq!(seen.completed(2).len(), 1);
}
