//! A small swarm for each choker that settles accounts, splits unevenly or holds back.

use super::*;
use crate::choking::{Choker, Decision, Grant, OwnChokers, RechokeView};
use crate::rng::Rng;
use std::sync::{Arc, Mutex};

/// Twelve leechers of three speeds, all with one rule, and a seed.
fn classes(choking: &Choking) -> Scenario {
    let group = |upload| Group {
        choking: choking.clone(),
        ..leechers(4, upload, UNLIMITED)
    };
    mesh(30, vec![seeds(1, 8000.0), group(1000.0), group(3000.0), group(9000.0)])
}

fn prop_share() -> Choking {
    Choking::PropShare(PropShare {
        exploring_share: 0.2,
        optimistic_slots: 1,
    })
}

fn bit_tyrant(selfish_cap: Option<f64>) -> Choking {
    Choking::BitTyrant(BitTyrant {
        initial_upload: BytesPerSec(500.0),
        increase: 0.2,
        decrease: 0.1,
        rounds: 3,
        selfish_cap: selfish_cap.map(BytesPerSec),
    })
}

fn fair_torrent(slots: u32) -> Choking {
    Choking::FairTorrent {
        slots: Slots::Fixed(slots),
    }
}

fn birds() -> Choking {
    Choking::Birds {
        regular_slots: Slots::Fixed(3),
        optimistic_slots: 1,
        new_neighbour_weight: 3,
    }
}

fn block(ahead_chunks: u32) -> Choking {
    Choking::TitForTatBlock {
        slots: Slots::Fixed(4),
        ahead_chunks,
    }
}

/// Largest of |uploaded − downloaded from leechers| over the leechers, in bytes.
fn worst_balance(seen: &Seen) -> u64 {
    let leeches = |id| seen.peers.iter().any(|p| p.id == id && p.chunks_at_start == 0);
    let balance = |id| {
        let among = || seen.transfers.iter().filter(|t| leeches(t.from) && leeches(t.to));
        let sent: u64 = among().filter(|t| t.from == id).map(|t| t.bytes).sum();
        let received: u64 = among().filter(|t| t.to == id).map(|t| t.bytes).sum();
        sent.abs_diff(received)
    };
    let leechers = seen.peers.iter().filter(|p| p.chunks_at_start == 0);
    leechers.map(|p| balance(p.id)).max().unwrap()
}

#[test]
fn every_choker_completes_a_swarm_of_three_classes() {
    let rules = [
        prop_share(),
        bit_tyrant(None),
        bit_tyrant(Some(800.0)),
        fair_torrent(1),
        fair_torrent(4),
        birds(),
        block(2),
        Choking::Libtorrent {
            slots: 4,
            optimistic_slots: 1,
            quota_chunks: 20,
            quota_time: secs(60),
        },
    ];
    for rule in rules {
        for latency in [0, 50_000_000] {
            let mut scenario = classes(&rule);
            scenario.network.latency = SimDuration(latency);
            let seen = play(&scenario);
            assert_eq!(seen.ending(), Ending::AllDone, "{rule:?}");
            let done = (1..4).map(|g| seen.completed(g).len()).sum::<usize>();
            assert_eq!(done, 12, "{rule:?}");
        }
    }
}

#[test]
fn a_neighbour_never_gets_further_ahead_than_agreed() {
    let seen = play(&classes(&block(1)));
    assert_eq!(seen.ending(), Ending::AllDone);
    let leechers = || seen.peers.iter().filter(|p| p.chunks_at_start == 0);
    let completed = |id| leechers().find(|p| p.id == id).unwrap().completed.unwrap();
    for (a, b) in leechers().flat_map(|a| leechers().map(move |b| (a.id, b.id))) {
        // Afterwards it is a seed with another rule.
        let until = completed(a);
        let sent: u64 = seen
            .transfers
            .iter()
            .filter(|t| (t.from, t.to) == (a, b) && t.ended <= until)
            .map(|t| t.bytes)
            .sum();
        let came: u64 = seen
            .transfers
            .iter()
            .filter(|t| (t.from, t.to) == (b, a) && t.started < until)
            .map(|t| t.bytes)
            .sum();
        // At most one chunk ahead it gets another one.
        assert!(sent <= came + 2 * 16_000, "{a:?} sent {b:?} {sent} bytes for {came}");
    }
}

/// Who stays until the end gives back what it got, chunk by chunk.
#[test]
fn deficits_keep_accounts_even() {
    let selfish = |choking: Choking| {
        let mut scenario = classes(&choking);
        scenario.file.size = Bytes(200 * 16_000);
        scenario.groups[0] = seeds(1, 30_000.0);
        for group in &mut scenario.groups[1..] {
            group.seeding = Choking::FreeRider;
        }
        worst_balance(&play(&scenario))
    };
    let (fair, rated) = (selfish(fair_torrent(1)), selfish(tit_for_tat(3, 1)));
    assert!(2 * fair < rated, "{fair} bytes, {rated} with tit-for-tat");
}

/// Two that both have something to give share the upload of a third by what they gave it.
#[test]
fn shares_are_what_was_given() {
    let part = |upload| Group {
        starts_with: StartsWith::Fraction(constant(0.5)),
        choking: Choking::Altruist,
        ..leechers(1, upload, UNLIMITED)
    };
    let mut proportional = part(4000.0);
    proportional.choking = Choking::PropShare(PropShare {
        exploring_share: 0.01,
        optimistic_slots: 1,
    });
    // No chunk is extinct, but nobody gets it from the seed.
    let mut silent = seeds(1, 1.0);
    silent.seeding = Choking::FreeRider;
    let mut scenario = mesh(400, vec![part(1000.0), part(3000.0), proportional, silent]);
    scenario.run.time_limit = secs(300);
    let seen = play(&scenario);
    let ids: Vec<_> = seen.by_id().iter().map(|p| p.id).collect();
    let sent = |to: usize| -> u64 {
        let given = seen.transfers.iter().filter(|t| (t.from, t.to) == (ids[2], ids[to]));
        given.map(|t| t.bytes).sum()
    };
    let ratio = sent(1) as f64 / sent(0) as f64;
    assert!((2.4..3.2).contains(&ratio), "{ratio}, where 3 times as much came");
}

#[test]
fn a_selfish_cap_binds_while_leeching_and_is_lifted_for_the_seed() {
    let capped = Group {
        choking: bit_tyrant(Some(400.0)),
        starts_with: StartsWith::Fraction(constant(0.5)),
        ..leechers(1, 4000.0, 4000.0)
    };
    let scenario = mesh(100, vec![seeds(1, 4000.0), capped, leechers(1, 100.0, UNLIMITED)]);
    let seen = play(&scenario);
    let tyrant = &seen.by_id()[1];
    let until = tyrant.completed.unwrap();
    let leeching = until.since(tyrant.joined).as_secs_f64();
    assert!(tyrant.uploaded_leeching_bytes > 0);
    assert!(tyrant.uploaded_leeching_bytes as f64 <= 400.0 * leeching + 1.0);
    let after = seen.transfers.iter().filter(|t| {
        t.from == tyrant.id && t.started > until && t.end == crate::engine::observer::TransferEnd::ChunkCompleted
    });
    let fastest = after
        .map(|t| t.bytes as f64 / t.ended.since(t.started).as_secs_f64())
        .fold(0.0, f64::max);
    assert!(fastest > 1000.0, "{fastest} bytes per second, not the 4000 of its line");
}

/// Writes down when it decides what, and when it last decided in turn.
struct Diary(Arc<Mutex<Vec<(SimTime, Decision, SimTime)>>>);

impl Choker for Diary {
    fn slots(&self) -> usize {
        4
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, _: &mut Rng, _: &mut Vec<Grant>) {
        let entry = (view.now, view.decision, view.decided_at);
        self.0.lock().expect("one thread").push(entry);
    }
}

#[test]
fn where_slots_are_held_new_neighbours_end_no_round() {
    let arrive = |count, at| Arrival::AtOnce {
        count,
        at: SimTime::ZERO + secs(at),
        jitter: SimDuration::ZERO,
    };
    let mut watched = seeds(1, 1000.0);
    watched.seeding = Choking::Own("diary".into());
    watched.rechoke.refill = Refill::Held;
    watched.rechoke.phase = Phase::Aligned;
    let pair = Group {
        arrival: arrive(2, 35),
        ..leechers(2, 1000.0, UNLIMITED)
    };
    let mut scenario = mesh(1, vec![watched, leechers(2, 1000.0, UNLIMITED), pair]);
    scenario.run.time_limit = secs(60);
    let diary = Arc::default();
    let writes = Arc::clone(&diary);
    let options = RunOptions {
        own_chokers: OwnChokers::new().with("diary", move |_| Box::new(Diary(Arc::clone(&writes)))),
        ..RunOptions::default()
    };
    run(&scenario, options, &mut Seen::default(), &mut |_| Control::Continue).expect("it runs");
    let seconds = |at: SimTime| at.as_secs_f64();
    let entries = diary.lock().expect("one thread");
    let new = entries
        .iter()
        .filter(|(_, decision, _)| *decision == Decision::NewNeighbour);
    let new: Vec<_> = new.map(|&(now, _, decided)| (seconds(now), seconds(decided))).collect();
    assert_eq!(new[new.len() - 2..], [(35.0, 30.0), (35.0, 30.0)]);
    let in_turn = entries
        .iter()
        .filter(|e| matches!(e.1, Decision::Periodic { .. }) && seconds(e.0) > 35.0);
    let in_turn: Vec<_> = in_turn
        .map(|&(now, _, decided)| (seconds(now), seconds(decided)))
        .collect();
    assert_eq!(in_turn, [(40.0, 30.0), (50.0, 40.0)]);
}
