//! Every limit of docs/scenario.md from both sides: what is just possible is accepted, the next value is an error with its place.

use std::fs;
use std::path::Path;

use clap::Parser;
use swarmsim::cli::Cli;
use swarmsim::compare::{Shard, variants};
use swarmsim::scenario::limits::{JOBS_MAX, NESTING_MAX, SHARDS_MAX, TRACE_BYTES_MAX, TRACE_LINE_BYTES_MAX};
use swarmsim::scenario::{LoadOptions, load, parse};

mod support;
use support::limits::{SCENARIO, check, faults};

#[test]
fn counts() {
    check(
        "group.leechers.count",
        &["1", "15999999"],
        &["0", "16000000", "-1", "1e99", "99999999999999999999"],
    );
    check("seed", &["0", "9223372036854775807"], &["-1", "9223372036854775808"]);
    check(
        "group.leechers.connections.initiate",
        &["0", "1000000"],
        &["1000001", "-1"],
    );
    check("group.leechers.connections.accept", &["0", "1000000"], &["1000001"]);
    check("tracker.peers_returned", &["1", "1000000"], &["0", "1000001"]);
    check("tracker.min_neighbours", &["0", "1000000"], &["1000001"]);
    check(
        "group.leechers.rechoke.optimistic_every",
        &["1", "1000000"],
        &["0", "1000001"],
    );
    check(
        "group.leechers.choking.tit-for-tat.regular_slots",
        &["0", "10000"],
        &["10001", "-1"],
    );
    check(
        "group.leechers.choking.tit-for-tat.optimistic_slots",
        &["0", "10000"],
        &["10001"],
    );
    check(
        "group.leechers.choking.tit-for-tat.new_neighbour_weight",
        &["1", "1000"],
        &["0", "1001"],
    );
    for rule in ["round-robin-quota", "libtorrent"] {
        check(
            &format!("group.leechers.choking.{rule}.quota_chunks"),
            &["0", "1000000"],
            &["1000001"],
        );
    }
    check(
        "group.leechers.choking.tit-for-tat-block.ahead_chunks",
        &["1", "1000000"],
        &["0", "1000001"],
    );
    check(
        "group.leechers.choking.bittyrant.rounds",
        &["1", "1000000"],
        &["0", "1000001"],
    );
    check("sweep.runs", &["1", "100000"], &["0", "100001"]);
    check("compare.max_runs", &["2", "100000"], &["0", "100001"]);
}

#[test]
fn sizes() {
    check(
        "file.size",
        &["\"64 KiB\"", "\"244 GiB\""],
        &["\"0 B\"", "\"1e400 MiB\"", "\"-1 B\""],
    );
    // 4 million chunks; 1024 TiB.
    check("file.size", &["\"250000 MiB\""], &["\"250001 MiB\""]);
    let petabyte = [
        "file.chunk_size=\"1 GiB\"".to_owned(),
        "file.size=\"1024 TiB\"".to_owned(),
    ];
    assert_eq!(faults(&petabyte), None);
    let more = [
        "file.chunk_size=\"1 GiB\"".to_owned(),
        "file.size=\"1125899906842625 B\"".to_owned(),
    ];
    assert!(faults(&more).is_some_and(|fault| fault.contains("1024 TiB")));
    check(
        "file.chunk_size",
        &["\"64 MiB\"", "\"16 KiB\""],
        &["\"65 MiB\"", "\"0 B\""],
    );
    check(
        "file.block_size",
        &["\"64 KiB\"", "\"1 KiB\""],
        &["\"65 KiB\"", "\"0 B\""],
    );
}

#[test]
fn times() {
    check(
        "run.time_limit",
        &["\"1 ms\"", "\"3650 d\""],
        &["\"999 us\"", "\"0 s\"", "\"3651 d\"", "\"1e300 s\"", "\"-1 s\""],
    );
    check(
        "run.stall_limit",
        &["\"1 ms\"", "\"3650 d\""],
        &["\"0 s\"", "\"3651 d\""],
    );
    check(
        "run.sample_interval",
        &["\"30 s\"", "\"3650 d\""],
        &["\"0 s\"", "\"999 us\"", "\"3651 d\""],
    );
    check("network.latency", &["\"0 s\"", "\"1 h\""], &["\"3601 s\"", "\"-1 s\""]);
    check(
        "group.leechers.rechoke.interval",
        &["\"1 ms\"", "\"3650 d\""],
        &["\"0 s\"", "\"3651 d\""],
    );
    check(
        "group.leechers.arrival.at-once.jitter",
        &["\"0 s\"", "\"3650 d\""],
        &["\"3651 d\""],
    );
    check(
        "tracker.announce_interval",
        &["\"5 min\"", "\"3650 d\""],
        &["\"0 s\"", "\"3651 d\""],
    );
    // No longer than the usual one.
    check(
        "tracker.min_announce_interval",
        &["\"1 ms\"", "\"30 min\""],
        &["\"0 s\"", "\"999 us\"", "\"31 min\""],
    );
}

/// Of the time series, which has a row every `sample_interval` up to `time_limit`.
#[test]
fn rows_of_the_time_series() {
    let said = |interval: &str, limit: &str| {
        let sets = [("sample_interval", interval), ("time_limit", limit)];
        faults(&sets.map(|(key, value)| format!("run.{key}=\"{value}\"")))
    };
    for (interval, limit) in [("1 ms", "100000 s"), ("1 s", "100000000 s")] {
        assert_eq!(said(interval, limit), None);
    }
    for (interval, limit) in [("1 ms", "100000001 ms"), ("1 s", "100000001 s"), ("1 ms", "3650 d")] {
        let fault = said(interval, limit).expect("too many");
        assert!(
            fault.contains("rows of the time series") && fault.contains("at most 100000000 are possible"),
            "{fault}"
        );
    }
    // Of what is out of range nothing more is said.
    for (interval, limit) in [("1 us", "30 d"), ("1 ms", "3651 d")] {
        let fault = said(interval, limit).expect("out of range");
        assert!(!fault.contains("rows"), "{fault}");
    }
}

#[test]
fn rates_and_shares() {
    check(
        "group.leechers.upload",
        &["\"1 bit/s\"", "\"1000 Gbit/s\""],
        &["\"0.9 bit/s\"", "\"1001 Gbit/s\"", "\"0 bit/s\""],
    );
    check(
        "group.leechers.download",
        &["\"1 bit/s\"", "\"1000 Gbit/s\""],
        &["\"0.9 bit/s\"", "\"1001 Gbit/s\""],
    );
    check(
        "network.connection_cap",
        &["\"1 bit/s\"", "\"1000 Gbit/s\""],
        &["\"0.9 bit/s\"", "\"1001 Gbit/s\""],
    );
    check(
        "group.leechers.abort_rate",
        &["\"0 /s\"", "\"1000000 /s\""],
        &["\"1000001 /s\"", "\"-1 /s\""],
    );
    check(
        "group.leechers.choking.propshare.exploring_share",
        &["0.01", "0.99"],
        &["0.009", "0.991", "nan"],
    );
    check(
        "group.leechers.choking.bittyrant.decrease",
        &["0.01", "0.99"],
        &["0", "1"],
    );
    check(
        "group.leechers.choking.bittyrant.increase",
        &["0.000001", "1000000"],
        &["0", "1000001", "inf"],
    );
    check("compare.confidence", &["0.5", "0.9999"], &["0.49", "0.99999", "nan"]);
    check("compare.precision", &["0.0001", "1"], &["0.00009", "1.1"]);
}

#[test]
fn names_and_tables() {
    let name = |chars: usize| format!("\"{}\"", "x".repeat(chars));
    check(
        "name",
        &[&name(1), &name(100)],
        &[
            &name(0),
            &name(101),
            "\"a/b\"",
            "\"../a\"",
            "\"a b\"",
            "\"a\\u001b[31m\"",
        ],
    );
    let outage = |n: usize| format!("{{ from = \"{} s\", until = \"{} s\" }}", 2 * n, 2 * n + 1);
    let outages = |count: usize| format!("[{}]", (0..count).map(outage).collect::<Vec<_>>().join(","));
    check("tracker.outages", &[&outages(0), &outages(10_000)], &[&outages(10_001)]);
    let variant = |chars: usize| format!("[{{ name = \"{}\", set = {{}} }}]", "ü".repeat(chars));
    check(
        "sweep.variant",
        &[&variant(1), &variant(200)],
        &[&variant(0), &variant(201)],
    );
}

#[test]
fn groups() {
    let group = |n: usize| format!("[[group]]\nname = \"g{n}\"\ncount = 1\nupload = \"1 Mbit/s\"\n");
    let with = |count: usize| SCENARIO.to_owned() + &(2..count).map(group).collect::<String>();
    let read = |text: &str| parse(text, "scenario.toml", Path::new(""), &LoadOptions::default());
    assert!(read(&with(1000)).is_ok());
    let error = read(&with(1001)).expect_err("one too many").render(false);
    assert!(
        error.contains("1001 groups") && error.contains("at most 1000"),
        "{error}"
    );
}

#[test]
fn bytes_of_a_scenario() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let path = home.path().join("scenario.toml");
    let most = 16 << 20;
    for (bytes, is_read) in [(most, true), (most + 1, false)] {
        let padding = "#".repeat(bytes - SCENARIO.len());
        fs::write(&path, SCENARIO.to_owned() + &padding).expect("written");
        let loaded = load(&path, &LoadOptions::default());
        assert_eq!(loaded.is_ok(), is_read, "{bytes}");
        if let Err(error) = loaded {
            assert!(error.render(false).contains("16"), "{error}");
        }
    }
}

#[test]
fn digits() {
    let number = |digits: usize| format!("\"1.{}1 Mbit/s\"", "0".repeat(digits - 2));
    check("group.leechers.upload", &[&number(30)], &[&number(31)]);
    // 1 Mbit/s.
    let small = |power: usize| format!("\"0.{}1e{power} Mbit/s\"", "0".repeat(power - 1));
    check("group.leechers.upload", &[&small(30)], &[&small(31)]);
    // 100 and 10 kbit/s.
    let large = |power: usize| format!("\"1{}e-{power} Mbit/s\"", "0".repeat(29));
    check("group.leechers.upload", &[&large(30)], &[&large(31)]);
}

/// What is too deep is refused; what is just not, is only unknown.
#[test]
fn nesting() {
    let is_too_deep = |text: &str| {
        let options = LoadOptions::default();
        let error = parse(&format!("{text}\n{SCENARIO}"), "scenario.toml", Path::new(""), &options);
        let said = error.expect_err("unknown keys").render(false);
        assert!(said.contains("unknown key") || said.contains("more than 80"), "{said}");
        said.contains("more than 80")
    };
    let dots = |keys: usize| format!("{}=1", vec!["a"; keys].join("."));
    let lists = |lists: usize| format!("a={}{}", "[".repeat(lists), "]".repeat(lists));
    let tables = |tables: usize| format!("a={}1{}", "{a=".repeat(tables), "}".repeat(tables));
    for deep in [dots, lists, tables] {
        assert!(!is_too_deep(&deep(NESTING_MAX)));
        assert!(is_too_deep(&deep(NESTING_MAX + 1)));
    }
}

#[test]
fn variants_of_a_study() {
    let grid = |more: &str| {
        let values = (1..=500).map(|count| count.to_string()).collect::<Vec<_>>().join(",");
        let options = LoadOptions {
            sets: vec![format!(
                "sweep.vary={{ \"group.leechers.count\" = [{values}{more}], \"seed\" = [1, 2] }}"
            )],
            ..LoadOptions::default()
        };
        let loaded = parse(SCENARIO, "scenario.toml", Path::new(""), &options).expect("a scenario");
        variants(&loaded.study.variation).map(|variants| variants.len())
    };
    assert_eq!(grid("").expect("just possible"), 1000);
    let error = grid(", 501").expect_err("too many").render(false);
    assert!(error.contains("1002") && error.contains("1000"), "{error}");
    let named = |count: usize| {
        let one = |n| format!("{{ name = \"v{n}\", set = {{}} }}");
        format!("[{}]", (0..count).map(one).collect::<Vec<_>>().join(","))
    };
    check("sweep.variant", &[&named(1000)], &[&named(1001)]);
}

/// What only the command line can say.
#[test]
fn options() {
    let parts: [(u32, bool); 3] = [(1, true), (SHARDS_MAX, true), (SHARDS_MAX + 1, false)];
    for (of, is_possible) in parts {
        assert_eq!(format!("1/{of}").parse::<Shard>().is_ok(), is_possible, "{of}");
    }
    let jobs = [(0, false), (1, true), (JOBS_MAX, true), (JOBS_MAX + 1, false)];
    for (jobs, is_possible) in jobs {
        for command in [&["compare", "x.toml"][..], &["sweep", "x.toml"], &["validate"]] {
            let jobs = jobs.to_string();
            let words = [&["swarmsim"], command, &["--jobs", &jobs]].concat();
            assert_eq!(Cli::try_parse_from(&words).is_ok(), is_possible, "{words:?}");
        }
    }
    for (runs, is_possible) in [("0", false), ("1", true), ("100000", true), ("100001", false)] {
        for option in ["--runs", "--max-runs"] {
            let words = ["swarmsim", "compare", "x.toml", option, runs];
            assert_eq!(Cli::try_parse_from(words).is_ok(), is_possible, "{words:?}");
        }
    }
}

/// Of a file without content, which takes no room: one that is too long is refused unread, and one that is just not up to the limit of a line.
#[test]
fn bytes_of_a_trace() {
    let said = trace_of(TRACE_BYTES_MAX + 1);
    assert!(said.contains(&format!("at most {TRACE_BYTES_MAX} are read")), "{said}");
    let said = trace_of(TRACE_BYTES_MAX);
    assert!(!said.contains("are read"), "{said}");
    let too_long = format!("trace.csv` has more than {TRACE_LINE_BYTES_MAX} bytes");
    assert!(said.contains("line 1 of `") && said.contains(&too_long), "{said}");
    assert!(said.len() < 1000, "{said}");
}

/// With each of the ends that a line can have, and without one.
#[test]
fn bytes_of_a_line_of_a_trace() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let scenario = SCENARIO.replace("count = 10\n", "arrival.trace.file = \"trace.csv\"\n");
    let read = |trace: &str| {
        fs::write(home.path().join("trace.csv"), trace).expect("written");
        let loaded = parse(&scenario, "scenario.toml", home.path(), &LoadOptions::default());
        loaded.map(|_| ()).map_err(|error| error.render(false))
    };
    let number = |bytes: usize| "0".repeat(bytes);
    for end in ["", "\n", "\n2\n"] {
        let longest = number(TRACE_LINE_BYTES_MAX) + end;
        assert_eq!(read(&format!("arrival_s\n{longest}")), Ok(()));
        let error = read(&format!("arrival_s\n0{longest}")).expect_err("a line that is too long");
        assert!(error.contains("line 2 of `") && error.contains("4096 bytes"), "{error}");
    }
    // What is no number, or no column, is not shown whole, and is compared with nothing.
    let nonsense = "x".repeat(TRACE_LINE_BYTES_MAX);
    for (trace, said) in [
        (format!("arrival_s\n{nonsense}"), "` is not possible here"),
        (nonsense.clone(), "the columns can be"),
    ] {
        let error = read(&trace).expect_err("no trace");
        assert!(
            error.contains("`xxx") && error.contains(said) && error.len() < 2000,
            "{error}"
        );
    }
}

/// What is wrong with a trace of so many zeros.
fn trace_of(bytes: u64) -> String {
    let home = tempfile::tempdir().expect("a temporary directory");
    let scenario = SCENARIO.replace("count = 10\n", "arrival.trace.file = \"trace.csv\"\n");
    let trace = fs::File::create(home.path().join("trace.csv")).expect("made");
    trace.set_len(bytes).expect("as long");
    let error = parse(&scenario, "scenario.toml", home.path(), &LoadOptions::default());
    error.expect_err("no trace").render(false)
}

#[test]
fn columns_of_a_trace() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let scenario = SCENARIO.replace("count = 10\n", "arrival.trace.file = \"trace.csv\"\n");
    let read = |columns: &str| {
        fs::write(home.path().join("trace.csv"), format!("{columns}\n1\n")).expect("written");
        let loaded = parse(&scenario, "scenario.toml", home.path(), &LoadOptions::default());
        loaded.map(|_| ()).map_err(|error| error.render(false))
    };
    let with_unknown = |unknown: usize| format!("arrival_s{}", ",a".repeat(unknown));
    assert_eq!(read("arrival_s"), Ok(()));
    let error = read(&"a".repeat(4_000)).expect_err("a name that fills screens");
    assert!(error.contains("unknown column `aaaa") && error.len() < 2000, "{error}");
    let error = read("arrival_s\n\"1").expect_err("half a field");
    assert!(
        error.contains("never closed") && error.contains("trace.csv:2:1"),
        "{error}"
    );
    assert_eq!(read("\"arrival_s\""), Ok(()));
    // Few enough to be looked at one by one.
    let error = read(&with_unknown(19)).expect_err("unknown columns");
    assert!(
        error.contains("unknown column `a`") && !error.contains("at most"),
        "{error}"
    );
    for unknown in [20, 2_000] {
        let error = read(&with_unknown(unknown)).expect_err("too many columns");
        let said = format!("`trace.csv` has {} columns", unknown + 1);
        assert!(error.contains(&said) && error.contains("at most 20"), "{error}");
        assert!(error.len() < 1000, "{error}");
    }
}
