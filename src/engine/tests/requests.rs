//! Requests under way, and the upload that idle connections hold.

use super::*;
use crate::engine::observer::TransferEnd;
use crate::ids::PeerId;

const RULE: Pipelining = Pipelining {
    least_blocks: 2,
    ahead: SimDuration::from_secs(3),
    quota_every: SimDuration::from_millis(500),
    whole_chunk_within: SimDuration::from_secs(20),
};

/// `count` leechers that give nothing, with capacity for all that comes.
fn takers(count: u32) -> Group {
    Group {
        choking: Choking::FreeRider,
        seeding: Choking::FreeRider,
        ..leechers(count, 1000.0, UNLIMITED)
    }
}

/// `group`, one peer that comes after `millis`.
fn late(millis: u64, group: Group) -> Group {
    let arrival = Arrival::AtOnce {
        count: 1,
        at: SimTime::ZERO + SimDuration::from_millis(millis),
        jitter: SimDuration::ZERO,
    };
    Group { arrival, ..group }
}

/// A seed, each of whose connections keeps `kept` of its rate. It decides, and counts what was sent, at 10, 20, 30 s.
fn keeping(kept: SimDuration, upload: f64) -> Group {
    let mut origin = seeds(1, upload);
    (origin.kept_quota, origin.rechoke.phase) = (kept, Phase::Aligned);
    origin
}

#[test]
fn a_connection_starts_with_few_requests_under_way() {
    // A request takes 0.5 s for quota and 0.125 s for its block of 1000 bytes. Two under way bring 3200 bytes/s; the known rate is 640, 1152 and 1881
    // bytes/s after each of the first three seconds, which asks for two blocks, three and five: 3200, 4800 and then all of the 8000 bytes/s.
    let completed = |pipelining| {
        let leecher = Group {
            pipelining,
            ..leechers(1, 1000.0, UNLIMITED)
        };
        play(&mesh(1, vec![seeds(1, 8000.0), leecher])).last_completed()
    };
    assert_eq!(completed(None), 2.0);
    assert!((completed(Some(RULE)) - 3.6).abs() < 1e-6, "{}", completed(Some(RULE)));
}

#[test]
fn slow_connections_bring_a_chunk_together_a_fast_one_brings_it_alone() {
    let completed = |within| {
        let leecher = Group {
            pipelining: Some(Pipelining {
                whole_chunk_within: secs(within),
                ..RULE
            }),
            ..leechers(1, 1000.0, UNLIMITED)
        };
        let mut scenario = mesh(1, vec![seeds(2, 100.0), leecher]);
        scenario.groups[1].picking.endgame = false;
        play(&scenario).last_completed()
    };
    // Two blocks at a time, 2000 of the 16,000 bytes, at 100 bytes/s from each of two seeds.
    assert_eq!(completed(20), 80.0);
    // The first two blocks tell that it would take 160 s: then one of them brings the rest.
    assert_eq!(completed(160), 140.0);
}

#[test]
fn an_idle_connection_keeps_a_second_of_its_rate_once() {
    // The first leecher is done after 16 s, at 16,000 bytes in 21 s as a new meter has it. The second comes half a second later, while its connection holds
    // that much of the upload.
    let last = |kept| {
        let groups = vec![keeping(secs(kept), 1000.0), takers(1), late(16_500, takers(1))];
        play(&mesh(1, groups)).completed(2)[0]
    };
    assert_eq!(last(0), 32.5);
    assert!((last(1) - (32.5 + 0.5 * 0.762)).abs() < 1e-6, "{}", last(1));
    assert!((last(3) - (32.5 + 2.5 * 0.762)).abs() < 1e-6, "{}", last(3));
}

#[test]
fn what_idle_connections_of_a_sender_hold_adds_up() {
    // Of 2000 bytes/s the first leecher has all for 4 s, then half: it is done at 12 s, at 16,000 bytes in 17 s, and its connection holds 942 for 8 s.
    // With what is left the second, who came at 4 s and has 8000 bytes by then, is done after 8000 / 1058 s more, and its connection holds as long.
    let second_done = 12.0 + 8000.0 / 1058.0;
    let held = (16_000.0_f64 / (second_done + 1.0)).ceil();
    // The third, who comes at 19.75 s, has what both leave until 20 s, what the second leaves for as long as that holds, and then all.
    let both = 0.25 * (2000.0 - 942.0 - held);
    let one = (second_done + 8.0 - 20.0) * (2000.0 - held);
    let third_done = second_done + 8.0 + (16_000.0 - both - one) / 2000.0;

    let groups = vec![
        keeping(secs(8), 2000.0),
        takers(1),
        late(4000, takers(1)),
        late(19_750, takers(1)),
    ];
    let seen = play(&mesh(1, groups));
    let done = [1, 2, 3].map(|group| seen.completed(group)[0]);
    for (done, expected) in done.into_iter().zip([12.0, second_done, third_done]) {
        assert!((done - expected).abs() < 1e-6, "{done} s, by hand {expected} s");
    }
}

#[test]
fn a_slow_start_goes_on_over_a_hold_of_all_of_the_upload() {
    // The first leecher measures what came since 10 s, when its sender counted: all of the 8000 bytes/s. So from 16 s, when it is done, to 19 s its connection
    // holds all. The other, who comes at 17 s, gets nothing, and then as much as at any start: the chunk takes 3.6 s from there, not 2 s.
    let first = Group {
        rechoke: Rechoke {
            rate_window: SimDuration::from_millis(1),
            ..takers(1).rechoke
        },
        ..takers(1)
    };
    let second = Group {
        pipelining: Some(RULE),
        starts_with: StartsWith::AllBut(1),
        ..takers(1)
    };
    let groups = vec![keeping(secs(3), 8000.0), first, late(17_000, second)];
    let seen = play(&mesh(8, groups));
    assert_eq!(seen.completed(1), [16.0]);
    let done = seen.completed(2)[0];
    assert!((done - 22.6).abs() < 1e-6, "{done}");
}

#[test]
fn who_decides_after_each_chunk_finishes_it_however_few_blocks_are_asked_for_at_once() {
    let origin = Group {
        seeding: Choking::FairTorrent { slots: Slots::Fixed(1) },
        ..seeds(1, 1000.0)
    };
    let takers = Group {
        pipelining: Some(RULE),
        ..takers(2)
    };
    let mut scenario = mesh(6, vec![origin, takers]);
    scenario.groups[1].picking.endgame = false;
    let seen = play(&scenario);
    assert_eq!(seen.completed(1).len(), 2);
    let sent: Vec<_> = seen.transfers.iter().filter(|t| t.from == PeerId(0)).collect();
    assert!(sent.len() > 12, "chunks come in parts");
    let early = sent
        .windows(2)
        .find(|t| t[0].to != t[1].to && t[0].end != TransferEnd::ChunkCompleted);
    assert_eq!(early, None);
}

#[test]
fn who_decides_after_each_chunk_keeps_the_invariants_in_endgame() {
    // Rests of chunks that they have begun, and what is taken over from a slow seed, end and begin in any order.
    for pipelining in [None, Some(RULE)] {
        for seed in 0..20 {
            let fair = Group {
                seeding: Choking::FairTorrent { slots: Slots::Fixed(1) },
                ..seeds(2, 1000.0)
            };
            let group = Group {
                pipelining,
                ..leechers(4, 500.0, UNLIMITED)
            };
            let mut scenario = mesh(6, vec![fair, seeds(1, 50.0), group]);
            scenario.seed = seed;
            assert_eq!(play(&scenario).completed(2).len(), 4);
        }
    }
}
