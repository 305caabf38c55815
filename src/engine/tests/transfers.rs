//! What moves: interruption, endgame, latency, super-seeding, slots.

use super::*;
use crate::engine::observer::{Leave, NoObserver, TransferEnd};
use crate::ids::PeerId;

#[test]
fn after_a_crash_nothing_moves_and_neighbours_go_on_after_the_timeout() {
    // One seed of two crashes surely within some seconds; the leecher waits for it until the timeout, then asks the other.
    let doomed = Group {
        crash_per_sec: 1.0,
        crash_timeout: secs(50),
        ..seeds(1, 1000.0)
    };
    let mut leecher = leechers(1, 1000.0, UNLIMITED);
    leecher.picking.endgame = false;
    let seen = play(&mesh(2, vec![doomed, seeds(1, 100.0), leecher]));
    let crashed = seen.by_id()[0];
    let Some((crash, Leave::Crashed)) = crashed.left else {
        panic!("{crashed:?}")
    };
    assert!(crash < at(10), "the file would have come by 16 s");
    let cut = seen
        .transfers
        .iter()
        .find(|t| t.end == TransferEnd::PeerLeft)
        .expect("a transfer was cut off");
    assert_eq!((cut.ended, cut.from), (crash, PeerId(0)));
    let rest = seen
        .transfers
        .iter()
        .find(|t| t.chunk == cut.chunk && t.from == PeerId(1))
        .expect("it goes on");
    assert!(rest.started >= crash + secs(50), "{rest:?}");
    assert_eq!(rest.bytes + cut.kept_bytes, 16_000);
}

#[test]
fn an_interrupted_chunk_keeps_its_whole_blocks_and_goes_on_elsewhere() {
    // The first seed leaves after 25.5 blocks; the second takes over with the rest of the second chunk.
    let leaving = Group {
        departure: Departure::AtTime(SimTime(25_500_000_000)),
        ..seeds(1, 1000.0)
    };
    let late = Group {
        arrival: Arrival::AtOnce {
            count: 1,
            at: at(25),
            jitter: secs(0),
        },
        ..seeds(1, 1000.0)
    };
    let mut leecher = leechers(1, 1000.0, UNLIMITED);
    leecher.picking.endgame = false;
    let seen = play(&mesh(2, vec![leaving, leecher, late]));
    let cut = seen.transfers.iter().find(|t| t.end == TransferEnd::PeerLeft).unwrap();
    assert_eq!((cut.bytes, cut.kept_bytes), (9500, 9000));
    let leecher = seen.by_id()[1];
    assert_eq!((leecher.wasted_bytes, leecher.downloaded_bytes), (500, 32_500));
    assert_eq!(seen.completed(1), [25.5 + 7.0]);
}

#[test]
fn endgame_shares_a_chunk_by_the_rates_of_those_who_bring_it() {
    // Of 16 blocks 2 come at 100 bytes/s and 14 at 700, whoever begins.
    for uploads in [[100.0, 700.0], [700.0, 100.0]] {
        let [first, second] = uploads.map(|upload| seeds(1, upload));
        let seen = play(&mesh(1, vec![first, second, leechers(1, 1000.0, UNLIMITED)]));
        assert_eq!(seen.last_completed(), 20.0);
    }
    // So few may come over one connection: 8 blocks each.
    let mut scenario = mesh(
        1,
        vec![seeds(1, 100.0), seeds(1, 700.0), leechers(1, 1000.0, UNLIMITED)],
    );
    scenario.network.connection_cap = Some(BytesPerSec(100.0));
    assert_eq!(play(&scenario).last_completed(), 80.0);
}

#[test]
fn endgame_does_not_hang_on_one_slow_peer() {
    let swarm = |endgame| {
        let mut leecher = leechers(1, 1.0, UNLIMITED);
        leecher.picking.endgame = endgame;
        play(&mesh(10, vec![seeds(1, 1000.0), seeds(1, 10.0), leecher]))
    };
    let (with, without) = (swarm(true), swarm(false));
    // The slow seed alone needs 1600 s for its chunk; together both could bring the file in 158.4 s.
    assert_eq!(without.last_completed(), 1600.0);
    assert!(
        (158.4..162.0).contains(&with.last_completed()),
        "{}",
        with.last_completed()
    );
    let leecher = with.by_id()[2];
    assert!(
        leecher.wasted_bytes <= 2000 && without.by_id()[2].wasted_bytes == 0,
        "{leecher:?}"
    );
}

#[test]
fn who_has_the_choice_joins_the_race_that_will_end_last() {
    // Two chunks of one block. The first seed would bring its own in 200 s, but the third, which joins it, in 20; the other two race for 125 s.
    let uploads = [5.0, 8.0, 50.0, 7.0, 6.0];
    let coming = (0..).zip(uploads).map(|(second, upload)| Group {
        arrival: Arrival::AtOnce {
            count: 1,
            at: at(second),
            jitter: secs(0),
        },
        ..seeds(1, upload)
    });
    let mut scenario = mesh(2, coming.chain([leechers(1, 1.0, UNLIMITED)]).collect());
    scenario.file = File {
        size: Bytes(2000),
        chunk_size: Bytes(1000),
        block_size: Bytes(1000),
    };
    let mut transfers = play(&scenario).transfers;
    transfers.sort_by_key(|t| t.started);
    let chunks: Vec<_> = transfers.iter().take(5).map(|t| t.chunk).collect();
    let [a, b] = [chunks[0], chunks[1]];
    assert_ne!(a, b);
    assert_eq!(chunks, [a, b, a, b, b]);
}

#[test]
fn latency_delays_each_step() {
    let mut scenario = mesh(1, vec![seeds(1, 1000.0), leechers(1, 1000.0, UNLIMITED)]);
    scenario.network.latency = SimDuration(50_000_000);
    // In the mesh both are connected at once; unchoke and request take one latency each.
    assert_eq!(play(&scenario).completed(1), [16.1]);
    // With a tracker it takes four more to ask, be answered, connect, and exchange bitfields.
    assert_eq!(play(&tracked(scenario, |_| ())).completed(1), [16.3]);
}

#[test]
fn latency_changes_when_things_happen_not_whether() {
    for latency_ms in [1, 100, 3000] {
        let groups = vec![seeds(1, 4000.0), leechers(15, 1000.0, UNLIMITED)];
        let mut scenario = tracked(mesh(30, groups), |t| t.peers_returned = 6);
        scenario.network.latency = SimDuration(latency_ms * 1_000_000);
        let seen = play(&scenario);
        assert_eq!((seen.ending(), seen.completed(1).len()), (Ending::AllDone, 15));
    }
}

#[test]
fn a_super_seed_sends_little_more_than_one_copy() {
    let copies = |super_seeding| {
        let origin = Group {
            super_seeding,
            ..seeds(1, 1000.0)
        };
        let seen = play(&mesh(200, vec![origin, leechers(20, 2000.0, UNLIMITED)]));
        assert_eq!(seen.completed(1).len(), 20);
        seen.by_id()[0].uploaded_bytes as f64 / (200.0 * 16_000.0)
    };
    let (plain, super_seeding) = (copies(false), copies(true));
    assert!(
        super_seeding < plain && super_seeding < 1.1,
        "{super_seeding} copies, plain {plain}"
    );
}

#[test]
fn a_super_seed_serves_a_single_leecher_to_the_end() {
    let origin = Group {
        super_seeding: true,
        ..seeds(1, 1000.0)
    };
    assert_eq!(
        play(&mesh(10, vec![origin, leechers(1, 1.0, UNLIMITED)])).completed(1),
        [160.0]
    );
}

#[test]
fn a_super_seed_serves_those_that_pass_nothing_on() {
    // Each of the riders waits for the others to get what it was shown, which none of them gives.
    let origin = Group {
        super_seeding: true,
        ..seeds(1, 1000.0)
    };
    let riders = Group {
        choking: Choking::FreeRider,
        ..leechers(3, 1000.0, UNLIMITED)
    };
    let seen = play(&mesh(10, vec![origin, riders]));
    assert_eq!((seen.ending(), seen.completed(1).len()), (Ending::AllDone, 3));
    assert_eq!(seen.by_id()[0].uploaded_bytes, 3 * 160_000);
}

#[test]
fn a_leecher_may_start_with_part_of_the_file() {
    let half = Group {
        starts_with: StartsWith::Fraction(constant(0.5)),
        ..leechers(1, 1.0, UNLIMITED)
    };
    let seen = play(&mesh(10, vec![seeds(1, 1000.0), half]));
    assert_eq!(seen.by_id()[1].chunks_at_start, 5);
    assert_eq!(seen.completed(1), [80.0]);
}

#[test]
fn two_halves_make_a_whole_without_any_seed() {
    // With 200 leechers that hold half of the file each, some copy of each chunk is there.
    let half = Group {
        starts_with: StartsWith::Fraction(constant(0.5)),
        ..leechers(60, 1000.0, UNLIMITED)
    };
    let seen = play(&tracked(mesh(40, vec![half]), |_| ()));
    assert_eq!((seen.ending(), seen.completed(0).len()), (Ending::AllDone, 60));
}

/// A seed with one slot serves one for 16 s, with decisions at 10 and 20 s.
#[test]
fn a_slot_that_falls_free_goes_on_at_once_within_the_second_or_at_the_next_decision() {
    let cases = [
        (Refill::Immediate, Departure::Stays, [16.0, 32.0]),
        (Refill::Decision, Departure::Stays, [16.0, 33.0]),
        (Refill::Decision, Departure::Selfish, [16.0, 33.0]),
        // The first waits for the decision at 10 s, the second for that at 30 s.
        (Refill::Periodic, Departure::Stays, [26.0, 46.0]),
        // A new neighbour brings a decision, and whoever is done holds its slot until that at 20 s.
        (Refill::Held, Departure::Stays, [16.0, 36.0]),
    ];
    for (refill, departure, completed) in cases {
        let mut origin = seeds(1, 1000.0);
        origin.rechoke.refill = refill;
        origin.rechoke.phase = Phase::Aligned;
        origin.seeding = Choking::Fastest(Fastest {
            regular_slots: Slots::Fixed(1),
            optimistic_slots: 0,
            new_neighbour_weight: 1,
            optimistic_choice: OptimisticChoice::Drawn,
        });
        let takers = Group {
            choking: Choking::FreeRider,
            seeding: Choking::FreeRider,
            departure,
            ..leechers(2, 1000.0, UNLIMITED)
        };
        let seen = play(&mesh(1, vec![origin, takers]));
        let mut times = seen.completed(1);
        times.sort_by(f64::total_cmp);
        assert_eq!(times, completed, "{refill:?}");
    }
}

#[test]
fn who_holds_a_slot_begins_as_soon_as_it_is_interested() {
    let first_passed_on = |refill| {
        let mut groups = vec![seeds(1, 1000.0), leechers(3, 1000.0, UNLIMITED)];
        for group in &mut groups {
            group.rechoke.refill = refill;
            group.rechoke.phase = Phase::Aligned;
        }
        groups[0].seeding = Choking::Fastest(Fastest {
            regular_slots: Slots::Fixed(1),
            optimistic_slots: 0,
            new_neighbour_weight: 1,
            optimistic_choice: OptimisticChoice::Drawn,
        });
        let seen = play(&mesh(10, groups));
        assert_eq!(seen.completed(1).len(), 3);
        let passed_on = seen.transfers.iter().filter(|t| t.from != PeerId(0));
        passed_on.map(|t| t.started).min().map(SimTime::as_secs_f64)
    };
    // The origin decides at 10 s and sends its first chunk in 16 s.
    assert_eq!(first_passed_on(Refill::Periodic), Some(30.0));
    // It decides when the first connects, and the others hold slots of whoever gets the chunk.
    assert_eq!(first_passed_on(Refill::Held), Some(16.0));
}

#[test]
fn unchokes_cover_all_transfers_and_rotate() {
    let seen = play(&mesh(60, vec![seeds(1, 2000.0), leechers(20, 1000.0, UNLIMITED)]));
    let sent: u64 = seen.unchokes.iter().map(|u| u.bytes).sum();
    assert_eq!(sent, seen.moved);
    assert!(seen.unchokes.iter().any(|u| u.optimistic) && seen.unchokes.iter().any(|u| !u.optimistic));
    assert!(seen.unchokes.iter().all(|u| u.started <= u.ended));
    for t in &seen.transfers {
        assert!(t.kept_bytes <= t.bytes);
        assert!(t.end != TransferEnd::ChunkCompleted || t.kept_bytes == t.bytes);
    }
}

/// `group` with up to 40 neighbours.
fn with_forty(group: Group) -> Group {
    let connections = Connections {
        initiate: 20,
        accept: 40,
        when_full: WhenFull::Refuse,
    };
    Group { connections, ..group }
}

/// The estimated memory of the swarm over that which it takes when it ends, as `watch` says.
fn estimated_over_taken(scenario: &Scenario, watch: Control) -> f64 {
    let outcome = run(scenario, RunOptions::default(), &mut NoObserver, &mut |_| watch).unwrap();
    crate::engine::memory::state_bytes(scenario) / outcome.memory_bytes as f64
}

#[test]
fn the_estimate_of_memory_is_within_a_fifth_of_what_a_run_takes() {
    let tyrants = Choking::BitTyrant(BitTyrant {
        initial_upload: BytesPerSec(700.0),
        increase: 0.2,
        decrease: 0.1,
        rounds: 3,
        selfish_cap: None,
    });
    let accountants = Choking::FairTorrent { slots: Slots::Fixed(4) };
    for choking in [tit_for_tat(4, 1), tyrants, accountants] {
        let rule = choking.clone();
        let peers = Group {
            choking,
            ..leechers(2500, 10_000.0, UNLIMITED)
        };
        let groups = vec![with_forty(seeds(2, 50_000.0)), with_forty(peers)];
        let share = estimated_over_taken(&tracked(mesh(40, groups), |_| ()), Control::Continue);
        assert!((0.8..=1.2).contains(&share), "{rule:?}: {share} of what it takes");
    }
}

#[test]
fn the_estimate_of_memory_holds_for_a_long_file_too() {
    let groups = vec![
        with_forty(seeds(2, 50_000.0)),
        with_forty(leechers(500, 10_000.0, UNLIMITED)),
    ];
    // All have come, and nothing more is taken later but for transfers.
    let share = estimated_over_taken(&tracked(mesh(5000, groups), |_| ()), Control::Stop);
    assert!((0.8..=1.2).contains(&share), "{share} of what it takes");
}
