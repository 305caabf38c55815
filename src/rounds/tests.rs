//! Rounds against the optimum of Mundinger, Weber & Weiss, and by hand.

use super::run;
use crate::crowd::testing::{Seen, assert_keeps_every_invariant, scenario, watch};
use crate::engine::observer::{Ending, Leave};
use crate::scenario::model::Mode;
use crate::scenario::testing::{cases, crowd};
use crate::theory::mundinger;
use crate::units::{SimDuration, SimTime};
use proptest::prelude::*;

fn text(chunks: u32, peers: u32, picking: &str, rest: &str) -> String {
    format!(
        "name = \"rounds\"\n[file]\nsize = \"{chunks} kB\"\nchunk_size = \"1 kB\"\n[run]\nmode = \"rounds\"\n\
         [[group]]\nname = \"server\"\ncount = 1\nupload = \"1 kB/s\"\nstarts_with = \"all\"\n\
         [[group]]\nname = \"peers\"\ncount = {peers}\nupload = \"1 kB/s\"\npicking = \"{picking}\"\ndeparture = \"altruistic\"\n{rest}"
    )
}

fn play(text: &str, check: bool) -> Seen {
    watch(run, &scenario(text), check)
}

/// Rounds until all have all, over the fewest possible.
fn over_optimum(chunks: u32, peers: u32, picking: &str, seed: u32) -> f64 {
    let text = format!("seed = {seed}\n{}", text(chunks, peers, picking, ""));
    let seen = play(&text, false);
    let (end, ending) = seen.ended.expect("it ends");
    assert_eq!(ending, Ending::AllDone);
    let fewest = mundinger::rounds(u64::from(chunks), u64::from(peers)) as f64;
    let rounds = end.as_secs_f64().round();
    assert!(
        rounds >= fewest,
        "{rounds} rounds: nobody can do it in fewer than {fewest}"
    );
    rounds / fewest
}

#[test]
fn nobody_beats_the_optimum() {
    for (chunks, peers) in [
        (1, 1),
        (1, 2),
        (1, 7),
        (1, 8),
        (2, 2),
        (2, 5),
        (3, 4),
        (5, 16),
        (10, 33),
        (20, 3),
    ] {
        for picking in ["rarest-first", "random", "sequential"] {
            for seed in 1..=5 {
                assert!(over_optimum(chunks, peers, picking, seed) >= 1.0);
            }
        }
    }
}

#[test]
fn a_round_may_be_longer_than_the_stall_limit() {
    let hasty = "mode = \"rounds\"\nstall_limit = \"100 ms\"\nsample_interval = \"50 ms\"";
    let text = text(2, 3, "random", "").replace("mode = \"rounds\"", hasty);
    assert_eq!(play(&text, true).ended.expect("it ends").1, Ending::AllDone);
    let nobody_gives = text.replace(
        "starts_with = \"all\"",
        "starts_with = \"all\"\nseeding = \"free-rider\"",
    );
    let ended = play(&nobody_gives, true).ended;
    assert_eq!(
        ended,
        Some((SimTime::ZERO + SimDuration::from_millis(100), Ending::Stalled))
    );
}

#[test]
fn one_chunk_doubles_each_round() {
    for peers in [1, 2, 3, 4, 7, 8, 100, 127, 128] {
        assert!(
            (over_optimum(1, peers, "rarest-first", 1) - 1.0).abs() < 1e-9,
            "{peers}"
        );
    }
}

#[test]
fn rarest_first_is_near_the_optimum() {
    for peers in [64, 100, 200, 1000] {
        let ratio = over_optimum(100, peers, "rarest-first", 1);
        assert!(ratio <= 1.03, "N = {peers}: {ratio}");
    }
    let few_chunks = over_optimum(10, 64, "rarest-first", 1);
    assert!(few_chunks <= 1.10, "{few_chunks}");
}

#[test]
fn random_chunks_take_longer_and_most_so_from_the_server() {
    for peers in [64, 200, 1000] {
        let random_peers = over_optimum(100, peers, "random", 1);
        assert!((1.05..1.15).contains(&random_peers), "N = {peers}: {random_peers}");
    }
    let server = "starts_with = \"all\"";
    let text = text(100, 200, "random", "").replace(server, &format!("{server}\npicking = \"random\""));
    let rounds = play(&text, false).ended.expect("it ends").0.as_secs_f64();
    let all_random = rounds / mundinger::rounds(100, 200) as f64;
    assert!((1.2..1.45).contains(&all_random), "{all_random}");
}

#[test]
fn each_sends_and_receives_one_chunk_a_round() {
    let seen = play(&text(10, 20, "rarest-first", ""), true);
    let mut sent: Vec<_> = seen.transfers.iter().map(|t| (t.ended, t.from)).collect();
    let mut received: Vec<_> = seen.transfers.iter().map(|t| (t.ended, t.to)).collect();
    for list in [&mut sent, &mut received] {
        list.sort_unstable();
        let all = list.len();
        list.dedup();
        assert_eq!((all, list.len()), (200, 200));
    }
    assert!(
        seen.transfers
            .iter()
            .all(|t| t.ended.since(t.started).as_secs_f64().to_bits() == 1.0_f64.to_bits())
    );
}

#[test]
fn unlimited_receivers_take_from_several() {
    let text = text(10, 20, "rarest-first", "").replace("mode = \"rounds\"", "mode.rounds.receives = \"unlimited\"");
    let seen = play(&text, true);
    let mut received: Vec<_> = seen.transfers.iter().map(|t| (t.ended, t.to)).collect();
    received.sort_unstable();
    received.dedup();
    assert!(received.len() < 200);
}

#[test]
fn who_leaves_takes_nothing_with_it_that_was_on_its_way() {
    let rest = "abort_rate = \"0.02 /s\"\n[[group]]\nname = \"late\"\nupload = \"1 kB/s\"\narrival.poisson = { rate = \"0.5 /s\", until = \"40 s\" }\n";
    let seen = play(&text(20, 20, "random", rest), true);
    assert!(seen.peers.iter().any(|p| matches!(p.left, Some((_, Leave::Aborted)))));
    let (up, down): (u64, u64) = seen
        .peers
        .iter()
        .fold((0, 0), |sum, p| (sum.0 + p.uploaded_bytes, sum.1 + p.downloaded_bytes));
    assert_eq!(up, down);
    assert_eq!(up, 1000 * seen.transfers.len() as u64);
    let completed = seen.peers.iter().filter(|p| p.completed.is_some()).count();
    assert!(completed > 10, "{completed}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let text = text(20, 30, "random", "");
    assert_eq!(play(&text, true), play(&text, true));
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn every_random_crowd_keeps_every_invariant(scenario in crowd(prop::option::of(1_u32..4).prop_map(|receives| Mode::Rounds { receives }))) {
        assert_keeps_every_invariant(run, &scenario);
    }
}
