//! Limits of what a scenario says of its variants and of what is expected of it, from both sides; and of texts that are no names.

use std::path::Path;

use swarmsim::scenario::limits::{EXPECTATIONS_MAX, KEYS_MAX, ROWS_MAX, TEXT_CHARS_MAX};
use swarmsim::scenario::{LoadOptions, parse};

mod support;
use support::limits::{SCENARIO, check};

/// What is wrong with the scenario with `more` at its end.
fn fault(more: &str) -> Option<String> {
    let text = format!("{SCENARIO}{more}");
    let loaded = parse(&text, "scenario.toml", Path::new(""), &LoadOptions::default());
    loaded.err().map(|error| error.render(false))
}

/// An expectation that has `other` in the place of one of its keys, or beside them.
fn expectation(other: &str) -> String {
    let key = |line: &str| line.split(" = ").next().map(str::to_owned);
    let usual = ["id = \"X-1\"", "tier = \"b\"", "says = \"so\"", "source = \"a paper\""];
    let judged = ["figure = \"makespan_s\"", "below = 1.0"];
    let given: Vec<_> = other.lines().map(key).collect();
    // `order` and `distribution` name their figures themselves.
    let has = |name: &str| given.contains(&Some(name.to_owned()));
    let judged = judged.iter().filter(|_| !has("order") && !has("distribution"));
    let judged = judged.filter(|line| !(has("value") && line.starts_with("below")));
    let lines = usual.iter().chain(judged).filter(|line| !given.contains(&key(line)));
    let lines: Vec<_> = lines.copied().collect();
    format!("\n[[expect]]\n{}\n{other}\n", lines.join("\n"))
}

/// The `key` of an expectation can be `inside`, and can't be `outside`; `…` in `line` is the value.
fn within(line: &str, inside: &[&str], outside: &[&str]) {
    for (values, is_possible) in [(inside, true), (outside, false)] {
        for value in values {
            let said = fault(&expectation(&line.replace('…', value)));
            let value: String = value.chars().take(40).collect();
            assert_eq!(said.is_none(), is_possible, "{line}, {value}: {said:?}");
            assert!(said.is_none_or(|said| said.contains(" --> ")), "{line}, {value}");
        }
    }
}

fn text(chars: usize) -> String {
    format!("\"{}\"", "ü".repeat(chars))
}

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(", ")
}

#[test]
fn expectations() {
    let expected = |count: usize| fault(&expectation("").repeat(count));
    assert_eq!(expected(0), None);
    assert_eq!(expected(EXPECTATIONS_MAX), None);
    let error = expected(EXPECTATIONS_MAX + 1).expect_err_in("expectations");
    assert!(
        error.contains("1001 expectations") && error.contains("at most 1000"),
        "{error}"
    );
}

/// A fault that must be there.
trait Expected {
    fn expect_err_in(self, what: &str) -> String;
}

impl Expected for Option<String> {
    fn expect_err_in(self, what: &str) -> String {
        self.unwrap_or_else(|| panic!("too many {what} are accepted"))
    }
}

#[test]
fn numbers_of_an_expectation() {
    within("seeds = …", &["1", "100000"], &["0", "100001", "-1"]);
    within(
        "within = 1.0\nvalue = …",
        &["0.0", "-1.0", "1.7e308"],
        &["nan", "inf", "-inf"],
    );
    within("within = …\nvalue = 1.0", &["0.0", "1.7e308"], &["-0.1", "nan", "inf"]);
    within(
        "within_percent = …\nvalue = 1.0",
        &["0.0", "100.0"],
        &["-0.1", "100.1", "nan"],
    );
    for bound in ["above", "below"] {
        within(
            &format!("{bound} = …"),
            &["-1e308", "0.0", "1.0"],
            &["nan", "inf", "-inf"],
        );
    }
    let distribution = "distribution = { group = \"leechers\", measured = \"times.csv\", distance = … }";
    within(distribution, &["0.0", "1.0"], &["-0.1", "1.1", "nan"]);
}

#[test]
fn texts_of_an_expectation() {
    within("id = …", &[&text(1), &text(100)], &[&text(101)]);
    let (most, too_many) = (text(TEXT_CHARS_MAX), text(TEXT_CHARS_MAX + 1));
    for key in ["says", "source", "known", "figure"] {
        within(&format!("{key} = …"), &["\"a\"", &most], &[&too_many]);
    }
    within("order = [\"a\", …]", &["\"b\"", &most], &[&too_many]);
    let group = "distribution = { group = …, measured = \"times.csv\", distance = 0.1 }";
    within(group, &["\"a\"", &most], &[&too_many]);
    let measured = "distribution = { group = \"leechers\", measured = …, distance = 0.1 }";
    within(measured, &["\"a\"", &most], &[&too_many]);
}

#[test]
fn lists_of_an_expectation() {
    let names = |count: usize| list(count, |n| format!("\"f{n}\""));
    let (least, most) = (names(2), names(ROWS_MAX));
    within("order = […]", &[&least, &most], &["", &names(1), &names(ROWS_MAX + 1)]);
    let keys = |count: usize| list(count, |n| format!("\"group.leechers.k{n}\" = 1"));
    for key in ["set", "against"] {
        let line = format!("{key} = {{ … }}");
        within(&line, &["", &keys(KEYS_MAX)], &[&keys(KEYS_MAX + 1)]);
    }
}

#[test]
fn a_study() {
    check(
        "compare.warm_up",
        &["\"0 s\"", "\"3650 d\"", "\"none\""],
        &["\"3651 d\"", "\"-1 s\""],
    );
    check("compare.baseline", &[&text(1), &text(200)], &[&text(201)]);
    let metrics = |count: usize| format!("[{}]", list(count, |n| format!("\"m{n}\"")));
    check(
        "compare.metrics",
        &[&metrics(1), &metrics(ROWS_MAX)],
        &[&metrics(0), &metrics(ROWS_MAX + 1)],
    );
    let named = |chars: usize| format!("[{}]", text(chars));
    check(
        "compare.metrics",
        &[&named(TEXT_CHARS_MAX)],
        &[&named(TEXT_CHARS_MAX + 1)],
    );
    let values = |count: usize| format!("{{ \"group.leechers.count\" = [{}] }}", list(count, |n| n.to_string()));
    check("sweep.vary", &[&values(1), &values(1000)], &[&values(0), &values(1001)]);
    let keys = |count: usize| list(count, |n| format!("\"group.leechers.k{n}\" = 1"));
    let variant = |count: usize| format!("[{{ name = \"a\", set = {{ {} }} }}]", keys(count));
    check(
        "sweep.variant",
        &[&variant(0), &variant(KEYS_MAX)],
        &[&variant(KEYS_MAX + 1), "[]"],
    );
}

/// The path of a trace that is not there: too long, or only not there.
#[test]
fn the_path_of_a_trace() {
    let said = |chars: usize| {
        let scenario = SCENARIO.replace("count = 10\n", &format!("arrival.trace.file = {}\n", text(chars)));
        let loaded = parse(&scenario, "scenario.toml", Path::new(""), &LoadOptions::default());
        loaded.expect_err("no trace").render(false)
    };
    assert!(!said(TEXT_CHARS_MAX).contains("at most 4096"));
    assert!(said(TEXT_CHARS_MAX + 1).contains("at most 4096"));
}

#[test]
fn peers_of_a_trace_in_the_scenario() {
    let said = |peers: &str| {
        let scenario = SCENARIO.replace("count = 10\n", &format!("arrival.trace.peers = [{peers}]\n"));
        let loaded = parse(&scenario, "scenario.toml", Path::new(""), &LoadOptions::default());
        loaded.err().map(|error| error.render(false))
    };
    let peer = |at: &str, rate: &str| {
        said(&format!(
            "{{ at = \"{at}\", upload = \"{rate}\", download = \"{rate}\" }}"
        ))
    };
    assert_eq!(peer("0 s", "1 bit/s"), None);
    assert_eq!(peer("3650 d", "1000 Gbit/s"), None);
    assert!(said("").expect_err_in("peers").contains("nobody comes"));
    assert!(peer("3651 d", "1 bit/s").is_some() && peer("-1 s", "1 bit/s").is_some());
    for rate in ["0.9 bit/s", "1001 Gbit/s"] {
        let said = peer("0 s", rate).expect_err_in("bytes");
        assert!(
            said.contains("upload") && said.matches("out of range").count() == 2,
            "{said}"
        );
    }
}

/// An entry of a mix is a group.
#[test]
fn entries_of_a_mix() {
    let said = |count: usize| {
        let mix = list(count, |n| {
            format!("{{ name = \"m{n}\", share = {} }}", 1.0 / count as f64)
        });
        fault(&format!(
            "\n[[group]]\nname = \"mixed\"\ncount = 1\nupload = \"1 Mbit/s\"\nmix = [{mix}]\n"
        ))
    };
    assert_eq!(said(1), None);
    // With the two groups that are there.
    assert_eq!(said(998), None);
    assert!(said(999).expect_err_in("entries").contains("1001 groups"));
}

#[test]
fn modes_and_outages_and_chunks_that_are_lacking() {
    let rounds = |receives: &str| {
        let text = format!(
            "name = \"a\"\nfile.size = \"1 MiB\"\nrun.mode.rounds.receives = {receives}\n[[group]]\nname = \"a\"\ncount = 1\nupload = \"1 Mbit/s\"\nstarts_with = \"all\"\n"
        );
        parse(&text, "scenario.toml", Path::new(""), &LoadOptions::default()).is_ok()
    };
    assert!(rounds("1") && rounds("1000000") && rounds("\"unlimited\""));
    assert!(!rounds("0") && !rounds("1000001") && !rounds("-1"));
    let outage = |from: &str, until: &str| format!("[{{ from = \"{from}\", until = \"{until}\" }}]");
    check(
        "tracker.outages",
        &[&outage("0 s", "1 ns"), &outage("1 s", "3650 d")],
        &[&outage("0 s", "0 s"), &outage("-1 s", "1 s"), &outage("1 s", "3651 d")],
    );
    // 64 MiB in chunks of 64 KiB.
    check(
        "group.leechers.starts_with.all-but",
        &["1", "1024"],
        &["0", "1025", "-1"],
    );
}
