//! Random contact against the theorems of Hajek & Zhu, and by hand.

use super::run;
use crate::crowd::testing::{Seen, assert_keeps_every_invariant, scenario, watch};
use crate::engine::observer::{Ending, Leave};
use crate::scenario::model::Mode;
use crate::scenario::testing::{cases, crowd};
use crate::theory::hajek_zhu::Numbers;
use proptest::prelude::*;

/// Five chunks of one kB, peers and seed that upload `seed` and 1 chunks per second, a one-club of `club`, arrivals at `rate` per second.
fn open_swarm(rate: f64, seed: f64, club: u32, departure: &str, picking: &str, time_s: u32) -> String {
    let club = if club == 0 {
        String::new()
    } else {
        format!(
            "[[group]]\nname = \"club\"\ncount = {club}\nupload = \"1 kB/s\"\nstarts_with = {{ all-but = 1 }}\n\
             departure = {departure}\npicking = \"{picking}\"\n"
        )
    };
    format!(
        "name = \"open\"\n[file]\nsize = \"5 kB\"\nchunk_size = \"1 kB\"\n\
         [run]\nmode = \"random-contact\"\ntime_limit = \"{time_s} s\"\nsample_interval = \"5 s\"\n\
         [[group]]\nname = \"origin\"\ncount = 1\nupload = \"{seed} kB/s\"\nstarts_with = \"all\"\n{club}\
         [[group]]\nname = \"peers\"\nupload = \"1 kB/s\"\narrival.poisson = {{ rate = \"{rate} /s\" }}\n\
         departure = {departure}\npicking = \"{picking}\"\n"
    )
}

const LEAVE: &str = "\"selfish\"";

fn dwell(mean_s: f64) -> String {
    format!("{{ altruistic = {{ linger = {{ exponential = {{ mean = \"{mean_s} s\" }} }} }} }}")
}

/// The growth that theory expects and the growth measured, after the start.
fn growth(text: &str, from_s: f64) -> (f64, f64) {
    let scenario = scenario(text);
    let numbers = Numbers::from_scenario(&scenario).expect("it fits");
    let expected = (numbers.arrivals - numbers.threshold()).max(0.0);
    (expected, watch(run, &scenario, false).slope(from_s))
}

#[test]
fn the_one_club_grows_at_the_rate_that_the_seed_leaves_over() {
    // HZ-1: slope λ − U_s.
    for (rate, picking) in [(1.5, "rarest-first"), (2.0, "rarest-first"), (2.0, "random")] {
        let (expected, measured) = growth(&open_swarm(rate, 1.0, 500, LEAVE, picking, 4000), 100.0);
        assert!((expected - (rate - 1.0)).abs() < 1e-9);
        assert!(
            (measured - expected).abs() <= 0.06,
            "λ = {rate}, {picking}: {measured}, not {expected}"
        );
    }
}

#[test]
fn to_wait_long_for_a_contact_is_no_stall() {
    let ending = |seeding: &str| {
        let text = format!(
            "name = \"slow\"\n[file]\nsize = \"3 kB\"\nchunk_size = \"1 kB\"\n\
             [run]\nmode = \"random-contact\"\nstall_limit = \"1 s\"\nsample_interval = \"1 s\"\n\
             [[group]]\nname = \"origin\"\ncount = 1\nupload = \"100 B/s\"\nstarts_with = \"all\"\n{seeding}\
             [[group]]\nname = \"peers\"\ncount = 2\nupload = \"100 B/s\"\n"
        );
        watch(run, &scenario(&text), true).ended.expect("it ends").1
    };
    assert_eq!(ending(""), Ending::AllDone);
    assert_eq!(ending("seeding = \"free-rider\"\n"), Ending::Stalled);
}

#[test]
fn below_the_threshold_the_swarm_stays_small() {
    let seen = watch(
        run,
        &scenario(&open_swarm(0.8, 1.0, 0, LEAVE, "rarest-first", 4000)),
        false,
    );
    let mean = seen.mean_population(500.0);
    assert!(mean <= 15.0, "{mean}");
}

#[test]
fn dwell_moves_the_threshold() {
    // HZ-2: U_s = 1, γ = 2: λ* = 2; U_s = 0.1, γ = 0.8: stable for all λ.
    let (expected, measured) = growth(&open_swarm(3.0, 1.0, 500, &dwell(0.5), "rarest-first", 4000), 200.0);
    assert!(
        (expected - 1.0).abs() < 1e-9 && (measured - 1.0).abs() < 0.1,
        "{measured}"
    );
    let (expected, measured) = growth(&open_swarm(5.0, 0.1, 500, &dwell(0.8), "rarest-first", 2500), 1000.0);
    assert!(
        (expected - 4.5).abs() < 1e-9 && (measured - 4.5).abs() < 0.15,
        "{measured}"
    );
    let seen = watch(
        run,
        &scenario(&open_swarm(1.8, 1.0, 0, &dwell(0.5), "rarest-first", 8000)),
        false,
    );
    let mean = seen.mean_population(2000.0);
    assert!((5.0..200.0).contains(&mean), "{mean}");
    let seen = watch(
        run,
        &scenario(&open_swarm(5.0, 0.1, 0, &dwell(1.25), "rarest-first", 4000)),
        false,
    );
    let mean = seen.mean_population(1000.0);
    assert!((20.0..300.0).contains(&mean), "{mean}");
}

fn closed(rest: &str) -> String {
    format!(
        "name = \"closed\"\n[file]\nsize = \"20500 B\"\nchunk_size = \"1 kB\"\n[run]\nmode = \"random-contact\"\n\
         [[group]]\nname = \"origin\"\ncount = 1\nupload = \"1 kB/s\"\nstarts_with = \"all\"\n{rest}"
    )
}

fn checked(rest: &str) -> Seen {
    watch(run, &scenario(&closed(rest)), true)
}

#[test]
fn everybody_completes_and_every_byte_is_accounted_for() {
    let seen = checked(
        "[[group]]\nname = \"peers\"\ncount = 30\nupload = { uniform = { min = \"200 B/s\", max = \"2 kB/s\" } }\n",
    );
    assert_eq!(seen.ended.expect("it ends").1, Ending::AllDone);
    let (up, down): (u64, u64) = seen
        .peers
        .iter()
        .fold((0, 0), |sum, p| (sum.0 + p.uploaded_bytes, sum.1 + p.downloaded_bytes));
    assert_eq!((up, down), (30 * 20_500, 30 * 20_500));
    assert_eq!(seen.transfers.len(), 30 * 21);
    let leechers: Vec<_> = seen.peers.iter().filter(|p| p.group.0 == 1).collect();
    assert!(
        leechers
            .iter()
            .all(|p| p.left.map(|(at, why)| (Some(at), why)) == Some((p.completed, Leave::Done)))
    );
}

#[test]
fn faster_peers_give_more_and_free_riders_nothing() {
    let group = |name: &str, rest: &str| {
        format!("[[group]]\nname = \"{name}\"\ncount = 20\ndeparture = \"altruistic\"\n{rest}\n")
    };
    let seen = checked(
        &[
            group("slow", "upload = \"1 kB/s\""),
            group("fast", "upload = \"3 kB/s\""),
            group("riders", "upload = \"3 kB/s\"\nchoking = \"free-rider\""),
        ]
        .concat(),
    );
    let sent = |group: u32| -> u64 {
        seen.peers
            .iter()
            .filter(|p| p.group.0 == group)
            .map(|p| p.uploaded_bytes)
            .sum()
    };
    assert_eq!(sent(3), 0);
    let ratio = sent(2) as f64 / sent(1) as f64;
    assert!((2.3..3.9).contains(&ratio), "{ratio}");
}

#[test]
fn departure_rules_hold() {
    let leecher = |rest: &str| format!("[[group]]\nname = \"peers\"\ncount = 10\nupload = \"1 kB/s\"\n{rest}\n");
    let seen = checked(&leecher("abort_rate = \"1 /s\""));
    assert!(
        seen.peers
            .iter()
            .filter(|p| matches!(p.left, Some((_, Leave::Aborted))))
            .count()
            >= 5
    );
    let seen = checked(&leecher("departure.altruistic.linger = \"5 s\""));
    for peer in seen.peers.iter().filter(|p| p.completed.is_some()) {
        let stayed = peer.left.expect("it left").0.since(peer.completed.expect("it has"));
        assert!((stayed.as_secs_f64() - 5.0).abs() < 1e-6, "{stayed}");
    }
    let copies = closed(&leecher("")).replace(
        "starts_with = \"all\"",
        "starts_with = \"all\"\ndeparture.after-copies.copies = 1",
    );
    let seen = watch(run, &scenario(&copies), true);
    let origin = seen.peers.iter().find(|p| p.group.0 == 0).expect("there");
    assert!(matches!(origin.left, Some((_, Leave::Done))), "{:?}", origin.left);
    assert!(
        (20_500..21_500).contains(&origin.uploaded_bytes),
        "{}",
        origin.uploaded_bytes
    );
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let text = open_swarm(1.5, 1.0, 20, LEAVE, "random", 200);
    let play = || watch(run, &scenario(&text), true);
    assert_eq!(play(), play());
}

#[test]
fn extinct_chunks_end_the_run() {
    let text = closed("[[group]]\nname = \"club\"\ncount = 5\nupload = \"1 kB/s\"\nstarts_with = { all-but = 2 }\n");
    let text = text.replace(
        "starts_with = \"all\"",
        "starts_with = \"all\"\ndeparture.at.time = \"1 ms\"",
    );
    let seen = watch(run, &scenario(&text), true);
    assert_eq!(seen.ended.expect("it ends").1, Ending::Dead { extinct_chunks: 2 });
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn every_random_crowd_keeps_every_invariant(scenario in crowd(Just(Mode::RandomContact))) {
        assert_keeps_every_invariant(run, &scenario);
    }
}
