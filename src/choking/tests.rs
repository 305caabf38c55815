//! What a choker does not ask for it does not look at: in a swarm it might not be there.

use super::choker::{Choker, Decision, Neighbour, for_rule};
use super::own::OwnChokers;
use super::seats::by_hand::{TICK, at, grants, neighbour, unchoked_since};
use crate::ids::PeerId;
use crate::rng::{Purpose, Rng, stream};
use crate::scenario::file::choice::Alternatives as _;
use crate::scenario::file::strategy::ChokingFile;
use crate::scenario::model::Choking;
use crate::scenario::{LoadOptions, parse};
use crate::units::SimTime;
use rand::RngExt;
use std::path::Path;

/// All that swarmsim has itself.
const RULES: &[&str] = ChokingFile::WORDS;

/// The rule as a scenario has it that says no more than its name.
fn rule(name: &str) -> Choking {
    let text = format!(
        "name = \"a\"\n[file]\nsize = \"1 MiB\"\n[[group]]\nname = \"a\"\ncount = 1\nupload = \"1 Mbit/s\"\nchoking = \"{name}\"\n"
    );
    let loaded = parse(&text, "a", Path::new("."), &LoadOptions::default());
    loaded.unwrap_or_else(|error| panic!("{error}")).scenario.groups[0]
        .choking
        .clone()
}

/// Twenty neighbours, some of them unchoked, that differ in everything, and of which some are level in each.
fn neighbours(rng: &mut Rng) -> Vec<Neighbour> {
    let any = |id: u32, rng: &mut Rng| Neighbour {
        received_per_sec: f64::from(rng.random_range(0..3) * 20_000),
        sent_per_sec: f64::from(rng.random_range(0..3) * 20_000),
        offer_per_sec: f64::from(rng.random_range(0..3) * 20_000),
        received_bytes: rng.random_range(0..3) * 3_000_000,
        sent_bytes: rng.random_range(0..3) * 3_000_000,
        received_in_round: rng.random_range(0..3) * 500_000,
        chunks: rng.random_range(0..400),
        unchokes_us: rng.random(),
        last_received: at(rng.random_range(0..190)),
        unchoked_at: Some(at(rng.random_range(0..190))),
        ..neighbour(id)
    };
    let mut all: Vec<_> = (0..20).map(|id| any(id, rng)).collect();
    for place in [3, 8, 11] {
        all[place] = unchoked_since(all[place], rng.random_range(0..190), false);
    }
    all
}

/// As a swarm shows `seen` to `choker`: without what it does not ask for.
fn without(seen: &Neighbour, choker: &dyn Choker) -> Neighbour {
    let mut n = *seen;
    if !choker.needs_accounts() {
        (n.received_bytes, n.sent_bytes, n.received_in_round) = (0, 0, 0);
    }
    if !choker.needs_waits() && !n.unchoked {
        n.unchoked_at = None;
    }
    if !choker.needs_sent_rates() {
        n.sent_per_sec = 0.0;
    }
    if !choker.needs_slot_bytes() {
        n.slot_bytes = 0;
    }
    if !choker.needs_offers() {
        n.offer_per_sec = 0.0;
    }
    if !choker.knows_neighbours() {
        (n.peer, n.chunks, n.unchokes_us) = (PeerId::NONE, 0, false);
    }
    n
}

/// The grants of a new choker for `name` in three decisions at 200 s, of neighbours as `shown`.
fn decisions(name: &str, seed: u64, shown: impl Fn(&Neighbour, &dyn Choker) -> Neighbour) -> Vec<(usize, bool, u32)> {
    let mut choker = for_rule(&rule(name), 100_000.0, &OwnChokers::new());
    let all = neighbours(&mut stream(seed, Purpose::Strategy, 0));
    let seen: Vec<_> = all.iter().map(|n| shown(n, choker.as_ref())).collect();
    let now: SimTime = at(200);
    let rotation = Decision::Periodic {
        number: 3,
        rotate: true,
    };
    let asked = [TICK, rotation, Decision::Refill];
    let given = asked.map(|decision| grants(choker.as_mut(), &seen, now, decision, seed));
    let plain = |grant: &super::Grant| (grant.neighbour, grant.optimistic, grant.weight.to_bits());
    given.iter().flatten().map(plain).collect()
}

#[test]
fn nobody_looks_at_what_it_does_not_ask_for() {
    for name in RULES {
        for seed in 0..20 {
            let all = decisions(name, seed, |n, _| *n);
            assert_eq!(decisions(name, seed, without), all, "{name}, {seed}");
        }
    }
}

#[test]
fn who_asks_who_waits_longest_looks_at_it() {
    let blind = |n: &Neighbour, _: &dyn Choker| Neighbour {
        unchoked_at: n.unchoked_at.filter(|_| n.unchoked),
        ..*n
    };
    for name in RULES {
        let asks = for_rule(&rule(name), 100_000.0, &OwnChokers::new()).needs_waits();
        let looks = (0..20).any(|seed| decisions(name, seed, blind) != decisions(name, seed, |n, _| *n));
        assert_eq!(looks, asks, "{name}");
    }
}
