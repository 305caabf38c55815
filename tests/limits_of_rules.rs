//! Limits of what rules and distributions take, from both sides: who comes, who leaves, who unchokes whom.

use std::path::Path;

use swarmsim::scenario::{LoadOptions, parse};

mod support;
use support::limits::{SCENARIO, check};

const TIMES: (&[&str], &[&str]) = (&["\"0 s\"", "\"3650 d\""], &["\"3651 d\"", "\"-1 s\""]);
const INTERVALS: (&[&str], &[&str]) = (&["\"1 ms\"", "\"3650 d\""], &["\"0 s\"", "\"999 us\"", "\"3651 d\""]);
const RATES: (&[&str], &[&str]) = (
    &["\"1 bit/s\"", "\"1000 Gbit/s\""],
    &["\"0.9 bit/s\"", "\"1001 Gbit/s\""],
);
const RATIOS: (&[&str], &[&str]) = (
    &["0.000001", "1000000"],
    &["0", "0.0000009", "1000001", "-1", "nan", "inf"],
);
const ARRIVAL_RATES: (&[&str], &[&str]) = (
    &["\"0.000001 /s\"", "\"1000000 /s\""],
    &["\"0 /s\"", "\"1000001 /s\"", "\"-1 /s\""],
);
const SLOTS: (&[&str], &[&str]) = (&["0", "10000"], &["10001", "-1"]);
const SLOTS_ALONE: (&[&str], &[&str]) = (&["1", "10000", "\"auto\""], &["0", "10001", "-1"]);

/// `value`, in which `…` is one of `range`, is possible for the group `leechers` or not.
fn within(key: &str, value: &str, (inside, outside): (&[&str], &[&str])) {
    let written = |one: &&str| value.replace('…', one);
    let inside: Vec<_> = inside.iter().map(written).collect();
    let outside: Vec<_> = outside.iter().map(written).collect();
    check(
        &format!("group.leechers.{key}"),
        &inside.iter().map(String::as_str).collect::<Vec<_>>(),
        &outside.iter().map(String::as_str).collect::<Vec<_>>(),
    );
}

/// What is wrong with the scenario that has `new` in the place of the line `old`.
fn fault(old: &str, new: &str) -> Option<String> {
    assert!(SCENARIO.contains(old));
    let text = SCENARIO.replace(old, new);
    let loaded = parse(&text, "scenario.toml", Path::new(""), &LoadOptions::default());
    loaded.err().map(|error| error.render(false))
}

#[test]
fn slots() {
    for choker in [
        "round-robin",
        "round-robin-quota",
        "random",
        "fairtorrent",
        "tit-for-tat-block",
    ] {
        within(&format!("choking.{choker}.slots"), "…", SLOTS_ALONE);
    }
    for choker in ["tit-for-tat", "fastest", "birds"] {
        for key in ["regular_slots", "optimistic_slots"] {
            within(&format!("choking.{choker}.{key}"), "…", SLOTS);
        }
        let weights: (&[&str], &[&str]) = (&["1", "1000"], &["0", "1001"]);
        within(&format!("choking.{choker}.new_neighbour_weight"), "…", weights);
        // At least one slot in all.
        let both: (&[&str], &[&str]) = (
            &[
                "regular_slots = 0, optimistic_slots = 1",
                "regular_slots = 1, optimistic_slots = 0",
            ],
            &["regular_slots = 0, optimistic_slots = 0"],
        );
        within(&format!("choking.{choker}"), "{ … }", both);
    }
    within("choking.libtorrent.slots", "…", (&["1", "10000"], &["0", "10001"]));
    let in_turn: (&[&str], &[&str]) = (&["0", "5"], &["6", "-1"]);
    within("choking.libtorrent", "{ slots = 5, optimistic_slots = … }", in_turn);
    let explorers: (&[&str], &[&str]) = (&["1", "10000"], &["0", "10001"]);
    within("choking.propshare.optimistic_slots", "…", explorers);
}

#[test]
fn rhythms_of_chokers() {
    within("choking.tit-for-tat.anti_snubbing", "…", INTERVALS);
    within("choking.tit-for-tat.anti_snubbing", "…", (&["\"off\""], &["\"on\""]));
    within("choking.round-robin-quota.quota_time", "…", TIMES);
    within("choking.libtorrent.quota_time", "…", TIMES);
    let priorities: (&[&str], &[&str]) = (&["true", "false", "\"unless-rarer\""], &["\"rarer\"", "1"]);
    within("picking.rarest-first.strict_priority", "…", priorities);
    within("rechoke.rate_window", "…", INTERVALS);
}

#[test]
fn requests_under_way() {
    within(
        "pipelining.least_blocks",
        "…",
        (&["1", "1000000"], &["0", "1000001", "-1"]),
    );
    within("pipelining.ahead", "…", INTERVALS);
    within("pipelining.quota_every", "…", INTERVALS);
    within("pipelining.whole_chunk_within", "…", INTERVALS);
    within("kept_quota", "…", TIMES);
    within("pipelining", "…", (&["\"unlimited\""], &["\"none\""]));
}

#[test]
fn rates_and_chunks_of_rules() {
    within("choking.bittyrant.initial_upload", "…", RATES);
    within("choking.bittyrant.selfish_cap", "…", RATES);
    within(
        "picking.rarest-first.random_first",
        "…",
        (&["0", "4000000"], &["4000001", "-1"]),
    );
}

#[test]
fn arrivals() {
    within("arrival.at-once.at", "…", TIMES);
    within("arrival.poisson.rate", "…", ARRIVAL_RATES);
    within("arrival.poisson", "{ rate = \"1 /s\", from = … }", TIMES);
    within(
        "arrival.poisson",
        "{ rate = \"1 /s\", until = … }",
        (&["\"1 ns\"", "\"3650 d\""], &["\"0 s\"", "\"3651 d\""]),
    );
    within(
        "arrival.decaying",
        "{ initial_rate = …, decay = \"1 h\" }",
        ARRIVAL_RATES,
    );
    within("arrival.decaying", "{ initial_rate = \"1 /s\", decay = … }", INTERVALS);
    within(
        "arrival.decaying",
        "{ initial_rate = \"1 /s\", decay = \"1 h\", from = … }",
        TIMES,
    );
}

/// Of processes without a `count`, the mean counts.
#[test]
fn means_of_arrivals() {
    let with = |arrival: &str| {
        let text = SCENARIO.replace("name = \"swarm\"\n", "name = \"swarm\"\nrun.time_limit = \"3650 d\"\n");
        let text = text.replace("count = 10\n", &format!("arrival.{arrival}\n"));
        let loaded = parse(&text, "scenario.toml", Path::new(""), &LoadOptions::default());
        loaded.err().map(|error| error.render(false))
    };
    for (seconds, is_possible) in [(15_999_998, true), (16_000_001, false)] {
        let poisson = with(&format!("poisson = {{ rate = \"1 /s\", until = \"{seconds} s\" }}"));
        let decaying = with(&format!(
            "decaying = {{ initial_rate = \"1 /s\", decay = \"{seconds} s\" }}"
        ));
        for said in [poisson, decaying] {
            assert_eq!(said.is_none(), is_possible, "{seconds}: {said:?}");
            assert!(said.is_none_or(|said| said.contains("16000000")));
        }
    }
}

#[test]
fn departures_and_crashes() {
    within("departure.altruistic.linger", "…", TIMES);
    within("departure.share-ratio.ratio", "…", RATIOS);
    within(
        "crash.rate",
        "…",
        (&["\"0 /s\"", "\"1000000 /s\""], &["\"1000001 /s\"", "\"-1 /s\""]),
    );
    within("crash.timeout", "…", TIMES);
    let of_seed = |key: &str, (inside, outside): (&[&str], &[&str])| {
        check(&format!("group.origin.departure.{key}"), inside, outside);
    };
    of_seed("after-copies.copies", RATIOS);
    of_seed("at.time", TIMES);
}

#[test]
fn distributions() {
    for (shape, range) in [
        ("constant = …", RATES),
        ("uniform = { min = …, max = \"1000 Gbit/s\" }", RATES),
        ("uniform = { min = \"1 bit/s\", max = … }", RATES),
        (
            "triangular = { min = \"1 bit/s\", mode = …, max = \"1000 Gbit/s\" }",
            RATES,
        ),
        ("normal = { mean = …, std_dev = \"1 Mbit/s\" }", RATES),
        ("normal = { mean = \"1 Mbit/s\", std_dev = … }", RATES),
        ("log-normal = { median = …, sigma = 1 }", RATES),
        ("log-normal = { median = \"1 Mbit/s\", sigma = … }", RATIOS),
        ("exponential = { mean = … }", RATES),
        ("pareto = { min = …, shape = 1 }", RATES),
        ("pareto = { min = \"1 Mbit/s\", shape = … }", RATIOS),
        ("weibull = { scale = …, shape = 1 }", RATES),
        ("weibull = { scale = \"1 Mbit/s\", shape = … }", RATIOS),
        ("gamma = { scale = …, shape = 1 }", RATES),
        ("gamma = { scale = \"1 Mbit/s\", shape = … }", RATIOS),
        ("table = [{ share = …, value = \"1 Mbit/s\" }]", RATIOS),
        ("table = [{ share = 1, value = … }]", RATES),
        ("exponential = { mean = \"1 Mbit/s\" }, at_least = …", RATES),
        ("exponential = { mean = \"1 Mbit/s\" }, at_most = …", RATES),
    ] {
        within("upload", &format!("{{ {shape} }}"), range);
    }
    let fractions: (&[&str], &[&str]) = (&["0", "1"], &["-0.1", "1.1", "nan"]);
    within("starts_with.fraction", "…", fractions);
}

#[test]
fn rows() {
    let row = |row: &str, count: usize| vec![row; count].join(", ");
    for (count, is_possible) in [(0, false), (1, true), (10_000, true), (10_001, false)] {
        let table = row("{ share = 1, value = \"1 Mbit/s\" }", count);
        let said = fault(
            "upload = \"1 Mbit/s\"\n",
            &format!("upload = {{ table = [{table}] }}\n"),
        );
        assert_eq!(said.is_none(), is_possible, "{count} rows: {said:?}");
        let classes = row("{ share = 1, upload = \"1 Mbit/s\" }", count);
        let said = fault("upload = \"1 Mbit/s\"\n", &format!("capacity_classes = [{classes}]\n"));
        assert_eq!(said.is_none(), is_possible, "{count} classes: {said:?}");
    }
    for (key, (inside, outside)) in [("share", RATIOS), ("upload", RATES), ("download", RATES)] {
        for (values, is_possible) in [(inside, true), (outside, false)] {
            for value in values {
                let others = [
                    ("share", "1"),
                    ("upload", "\"1 Mbit/s\""),
                    ("download", "\"unlimited\""),
                ];
                let cells =
                    others.map(|(other, usual)| format!("{other} = {}", if other == key { value } else { &usual }));
                let said = fault(
                    "upload = \"1 Mbit/s\"\n",
                    &format!("capacity_classes = [{{ {} }}]\n", cells.join(", ")),
                );
                assert_eq!(said.is_none(), is_possible, "{key} = {value}: {said:?}");
            }
        }
    }
    within(
        "mix",
        "[{ choking = \"tit-for-tat\", share = … }, { name = \"riders\", choking = \"free-rider\" }]",
        (&["0", "1"], &["-0.1", "1.1", "nan"]),
    );
}

/// Every number, text, list and table of keys that a scenario can hold is tried here or in its neighbours, by the name of its key.
#[test]
fn nothing_with_a_limit_is_left_out() {
    let page = include_str!("../docs/scenario.md");
    let tried = [
        include_str!("limits.rs"),
        include_str!("limits_of_rules.rs"),
        include_str!("limits_of_studies.rs"),
    ]
    .concat();
    let has_a_limit = |kind: &str| {
        ["whole number", "number", "time", "rate", "frequency", "size", "text"]
            .iter()
            .any(|number| kind == *number || kind.ends_with(&format!("or {number}")))
            || kind.contains("list of")
            || kind.contains("table of")
    };
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let keys = rows
        .filter(|(_, rest)| rest.split(" | ").next().is_some_and(has_a_limit))
        .map(|(key, _)| key);
    let words: std::collections::BTreeSet<_> = tried.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let keys: std::collections::BTreeSet<_> = keys.collect();
    assert!(keys.len() > 60, "{keys:?}");
    let left_out: Vec<_> = keys.into_iter().filter(|key| !words.contains(key)).collect();
    assert!(left_out.is_empty(), "{left_out:?}");
}

/// Of all peers that are there at once; an origin is among them.
#[test]
fn places_for_connections() {
    let leechers = |keys: &str| fault("count = 10\n", &format!("{keys}\n"));
    // The origin has 80 places. 16 million peers have no more than 250 each.
    assert_eq!(leechers("count = 15999999\nconnections.accept = 250"), None);
    let said = leechers("count = 15999999\nconnections.accept = 251").expect("too many");
    assert!(said.contains("at most 4000000000 are possible, 250 a peer"), "{said}");
    // In a full mesh each has as many as peers come: 63,245 squared, and 63,246 squared.
    let mesh = |count: u32| {
        let (tracker, group) = ("[tracker]\noutages = []", "name = \"more\"\nupload = \"1 Mbit/s\"");
        fault(
            tracker,
            &format!("[network]\nfull_mesh = true\n[[group]]\n{group}\ncount = {count}"),
        )
    };
    assert_eq!(mesh(63_245 - 11), None);
    let said = mesh(63_246 - 11).expect("too many");
    assert!(
        said.contains("4000056516") && said.contains("full_mesh = true"),
        "{said}"
    );
    // Who has left again does not count.
    let stream = "arrival.poisson.rate = \"1 /s\"\nconnections.accept = 5000";
    assert_eq!(leechers(&format!("{stream}\ndeparture = \"selfish\"")), None);
    assert!(leechers(&format!("{stream}\ndeparture = \"altruistic\"")).is_some());
    // Of what is out of range nothing more is said.
    for out_of_range in [
        "count = 16000000\nconnections.accept = 251",
        "count = 15999999\nconnections.accept = 1000001",
    ] {
        let said = leechers(out_of_range).expect("out of range");
        assert!(!said.contains("places"), "{said}");
    }
}
