//! How errors in a scenario read, as snapshots.

use std::fs;
use std::path::Path;

use swarmsim::scenario::{LoadOptions, load, parse};

const GOOD: &str = r#"name = "swarm"

[file]
size = "100 MiB"

[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 100
upload = "1 Mbit/s"
download = "8 Mbit/s"
"#;

/// The good scenario with each `(from, to)` replaced.
fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(GOOD.to_string(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

/// Errors, or warnings, of `text` with `sets`.
fn said(text: &str, sets: &[&str]) -> String {
    let options = LoadOptions {
        sets: sets.iter().map(ToString::to_string).collect(),
        seed: None,
        ..LoadOptions::default()
    };
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    match parse(text, "swarm.toml", &base, &options) {
        Ok(loaded) => loaded.warnings.join("\n\n"),
        Err(error) => error.render(false),
    }
}

/// A snapshot of what is said about the good scenario with changes, or with overrides.
macro_rules! snapshots {
    ($($name:ident: [$($from:literal => $to:expr),*] $(set [$($set:expr),*])?;)*) => {$(
        #[test]
        fn $name() {
            let sets: &[&str] = &[$($($set),*)?];
            insta::with_settings!({omit_expression => true}, {
                insta::assert_snapshot!(said(&with(&[$(($from, $to)),*]), sets));
            });
        }
    )*};
}

snapshots! {
    nothing_is_wrong: [];
    not_toml: ["[file]" => "[file", "count = 100" => "count = = 100"];
    unknown_key: ["count = 100" => "count = 100\nuplaod = \"1 Mbit/s\"\nzzz = 1"];
    unknown_key_deep: ["count = 100" => "count = 100\nchoking.tit-for-tat = { regular_slot = 4 }\narrival.at-once.jiter = \"1 s\""];
    unknown_alternative: ["count = 100" => "count = 100\nchoking = \"tit-for-tta\"\npicking.rarest = {}"];
    unknown_preset: ["[file]" => "preset = \"mainline\"\n[file]"];
    several_at_once: [
        "name = \"swarm\"" => "name = 5",
        "\"100 MiB\"" => "\"100 Mib\"",
        "\"10 Mbit/s\"" => "\"10 Mb\"",
        "count = 100" => "cuont = 100",
        "\"8 Mbit/s\"" => "8"
    ];
    bare_numbers: ["\"100 MiB\"" => "1000", "\"1 Mbit/s\"" => "1000", "count = 100" => "count = 100\nabort_rate = 3\nrechoke.interval = 5"];
    wrong_units: ["\"1 Mbit/s\"" => "\"10 Mb\"", "\"8 Mbit/s\"" => "\"10 MB\"", "count = 100" => "count = 100\nabort_rate = \"3 s\""];
    not_finite: [
        "\"1 Mbit/s\"" => "\"-1 Mbit/s\"",
        "\"8 Mbit/s\"" => "\"inf Mbit/s\"",
        "count = 100" => "count = -1\nstarts_with.fraction = nan\ndeparture.share-ratio.ratio = inf"
    ];
    no_peers: ["count = 100" => "count = 0"];
    no_group: [
        "\n[[group]]\nname = \"origin\"\ncount = 1\nupload = \"10 Mbit/s\"\nstarts_with = \"all\"\n" => "",
        "\n[[group]]\nname = \"leechers\"\ncount = 100\nupload = \"1 Mbit/s\"\ndownload = \"8 Mbit/s\"\n" => ""
    ];
    empty_file: ["100 MiB" => "0 B"];
    chunk_larger_than_file: ["\"100 MiB\"" => "\"100 kB\"\nchunk_size = \"1 MiB\""];
    block_larger_than_chunk: ["\"100 MiB\"" => "\"100 MB\"\nchunk_size = \"8 KiB\"\nblock_size = \"16 KiB\""];
    too_many_peers: ["count = 100" => "count = 1000000000000000000"];
    too_many_peers_for_toml: ["count = 100" => "count = 1000000000000000000000000000000000000000"];
    too_many_peers_by_rate: ["count = 100" => "arrival.poisson.rate = \"10 /s\""];
    too_many_peers_together: ["count = 100" => "count = 16000000"];
    too_large_a_mesh: ["[file]" => "network.full_mesh = true\n[file]", "count = 100" => "count = 65999"];
    too_many_connections: ["count = 100" => "count = 100000\nconnections.accept = 50000"];
    too_many_chunks: ["100 MiB" => "1024 TiB"];
    missing_names: ["name = \"swarm\"" => "", "name = \"leechers\"" => "", "upload = \"1 Mbit/s\"" => ""];
    bad_names: ["name = \"swarm\"" => "name = \"a/b\"", "name = \"leechers\"" => "name = \"origin\"", "name = \"origin\"" => "name = \".s.partial-1-2\""];
    twice_the_same_name: ["name = \"leechers\"" => "name = \"origin\""];
    two_alternatives: ["count = 100" => "count = 100\nchoking = { random = {}, altruist = {} }"];
    two_shapes: ["\"1 Mbit/s\"" => "{ constant = \"1 Mbit/s\", exponential = { mean = \"1 Mbit/s\" } }"];
    shape_in_the_wrong_order: ["\"1 Mbit/s\"" => "{ uniform = { min = \"2 Mbit/s\", max = \"1 Mbit/s\" } }"];
    seeds_have_no_own_speed: ["count = 100" => "count = 100\nseeding = \"birds\""];
    choker_parameters_out_of_range: [
        "count = 100" => "count = 100\nchoking.propshare = { exploring_share = 1.0, optimistic_slots = 0 }",
        "name = \"origin\"" => "name = \"origin\"\nchoking.bittyrant = { decrease = 1.0, increase = -0.1, rounds = 0, selfish_cap = \"0 bit/s\" }\nseeding.fairtorrent.slots = 0"
    ];
    seeds_cannot_reciprocate: ["count = 100" => "count = 100\nseeding = \"tit-for-tat\""];
    mesh_with_tracker: ["[file]" => "network.full_mesh = true\ntracker.min_neighbours = 3\n[file]"];
    mesh_with_connections: [
        "[file]" => "network.full_mesh = true\n[file]",
        "starts_with = \"all\"" => "starts_with = \"all\"\nconnections = { initiate = 40, accept = 80 }",
        "count = 100" => "count = 100\nconnections.accept = 7\nmix = [{}, { choking = \"free-rider\", share = 0.1, connections.when_full = \"drop-random\" }]"
    ];
    warnings: [
        "starts_with = \"all\"" => "super_seeding = true",
        "\"100 MiB\"" => "\"100 MiB\"\nblock_size = \"15 KiB\""
    ];
    lists_in_the_place_of_tables: [
        "[file]\nsize = \"100 MiB\"" => "file = [\"100 MiB\", \"256 KiB\", \"16 KiB\"]\ntracker.outages = [[\"1 min\", \"2 min\"]]\n[[run]]",
        "starts_with = \"all\"" => "starts_with.all = []",
        "count = 100" => "count = 100\nchoking.tit-for-tat = [2, 1, \"1 min\", 3, \"drawn\"]"
    ];
    words_in_the_place_of_values: [
        "[file]" => "compare.warm_up = \"mser5\"\nnetwork.connection_cap = \"none\"\n[file]",
        "starts_with = \"all\"" => "starts_with = \"all\"\nchoking = {}\npipelining = \"unlimted\"",
        "\"8 Mbit/s\"" => "\"unlimted\"\nchoking.tit-for-tat.anti_snubbing = \"of\"\nseeding.fastest.regular_slots = \"aut\""
    ];
    smart_and_super: ["starts_with = \"all\"" => "starts_with = \"all\"\nsuper_seeding = true\nsmart_seeding = true"];
    smart_without_seeds: ["starts_with = \"all\"" => "smart_seeding = true"];
    bad_words_of_small_swarms: [
        "count = 100" => "count = 100\nconnections.when_full = \"drop\"\nchoking.tit-for-tat.optimistic_choice = \"best\"",
        "[file]" => "tracker.matching = \"upload\"\n[file]"
    ];
    warning_of_time: ["[file]" => "run.time_limit = \"1 s\"\n[file]"];
    bad_trace: ["count = 100" => "arrival.trace.file = \"bad.csv\""];
    bad_trace_header: ["count = 100" => "arrival.trace.file = \"bad_header.csv\""];
    set_without_value: [] set ["file.size"];
    set_without_quotes: [] set ["file.size=10 MiB"];
    set_wrong_unit: [] set ["file.size=\"10 Mbit\"", "group.leechers.count=0"];
    set_unknown_group: [] set ["group.leecher.count=50"];
    set_neither_value_nor_word: [] set ["group.leechers.picking={rarest-first={strict_priority=\"maybe\"}}"];
    set_unknown_key: [] set ["group.leechers.cuont=50", "file.sise=\"1 B\""];
    mix_shares_too_large: ["count = 100" => "count = 100\nmix = [{ share = 0.7 }, { share = 0.6, choking = \"free-rider\" }]"];
    mix_shares_too_small: ["count = 100" => "count = 100\nmix = [{ share = 0.7 }, { share = 0.2, choking = \"free-rider\" }]"];
    mix_share_out_of_range: ["count = 100" => "count = 100\nmix = [{}, { share = -0.1, choking = \"random\" }, { share = \"20 %\" }]"];
    mix_two_open_shares: ["count = 100" => "count = 100\nmix = [{}, { choking = \"random\" }]"];
    mix_without_strategies: ["count = 100" => "count = 100\nmix = []"];
    mix_names: ["count = 100" => "count = 100\nmix = [{ name = \"a/b\" }, { share = 0.1, choking = \"random\" }, { share = 0.1, choking.random = { slots = 2 } }, { name = \"a/b\", share = 0.1 }]"];
    mix_unknown_keys: ["count = 100" => "count = 100\nmix = [{ shares = 0.1, upload = \"1 Mbit/s\" }]"];
    mix_says_wrong_values_once: ["count = 100" => "count = 100\nchoking.random.slots = 0\nmix = [{ name = \"a\" }, { name = \"b\", share = 0.1 }]"];
    mix_wrong_rules: ["count = 100" => "count = 100\nmix = [{ seeding = \"tit-for-tat\", departure.at.time = \"1 h\", connections = { initiate = 0, accept = 0 }, rechoke.interval = \"0 s\" }]"];
    set_unknown_entry: ["count = 100" => "count = 100\nmix = [{}, { name = \"riders\", share = 0.1 }]"] set ["group.leechers.mix.rider.share=0.4"];
    set_below_a_value: [] set ["name.first=50"];
}

#[test]
fn no_such_file() {
    insta::assert_snapshot!(load(Path::new("no/such.toml"), &LoadOptions::default()).unwrap_err());
}

#[test]
fn a_folder_and_other_bytes_are_clear_errors() {
    let folder = load(Path::new("src"), &LoadOptions::default()).unwrap_err().to_string();
    assert!(folder.contains("`src` is a folder"), "{folder}");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("latin1.toml");
    fs::write(&path, b"name = \"swarm\"\n# caf\xe9\n").unwrap();
    let bytes = load(&path, &LoadOptions::default()).unwrap_err().to_string();
    assert!(bytes.contains("is not UTF-8 text: line 2"), "{bytes}");
}

/// `[sweep]` and `[compare]` below the good scenario: each fault with the line that it is in.
#[test]
fn what_is_compared_is_checked_with_the_scenario() {
    let said_of = |tables: &str| said(&format!("{GOOD}\n{tables}\n"), &[]);
    for (tables, message, line) in [
        ("[sweep]\nruns = 0", "`0` is out of range", "runs = 0"),
        ("[sweep]\nrun = 3", "unknown key `run`", "run = 3"),
        ("[sweep]\nvary = { \"file.size\" = [] }", "0 values to try", "vary ="),
        (
            "[sweep]\nvary = { \"file.size\" = \"1 MiB\" }",
            "a list is wanted here",
            "vary =",
        ),
        (
            "[sweep]\nvary = { seed = [1] }\nvariant = [{ name = \"a\" }]",
            "either `vary` or `[[sweep.variant]]`",
            "vary =",
        ),
        ("[[sweep.variant]]\nset = {}", "`name` is missing", "[[sweep.variant]]"),
        (
            "[[sweep.variant]]\nname = \"a\"\n[[sweep.variant]]\nname = \"a\"",
            "`a` is the name of another variant too",
            "name = \"a\"",
        ),
        ("[compare]\nconfidence = 1.0", "`1` is out of range", "confidence = 1.0"),
        ("[compare]\nprecision = 2", "`2` is out of range", "precision = 2"),
        ("[compare]\nwarm_up = \"mser\"", "warm_up = \"mser\"", "warm_up"),
        ("[compare]\nmetrics = []", "no metric to compare", "metrics = []"),
    ] {
        let said = said_of(tables);
        assert!(said.contains(message) && said.contains(line), "{tables}\n{said}");
        assert!(said.contains("swarm.toml:"), "{said}");
    }
    assert_eq!(
        said_of("[sweep]\nruns = 5\n[compare]\nwarm_up = \"20 min\"\nconfidence = 0.9"),
        ""
    );
}

/// What is said about the good scenario with one more table `[[expect]]`.
fn said_of_expect(table: &str) -> String {
    let needed = "id = \"X-1\"\ntier = \"b\"\nsays = \"it is so\"\nsource = \"a paper\"\n";
    said(&format!("{GOOD}\n[[expect]]\n{needed}{table}"), &[])
}

/// Each fault of an expectation has its place, what is wrong, and how to mend it.
#[test]
fn a_faulty_expectation_is_shown_where_it_stands_and_how_to_mend_it() {
    let cases = [
        (
            "figure = \"makespan_s\"",
            18,
            "an expectation is one of `value`, a bound, `order` and `distribution`",
            "within_percent = 6.0",
        ),
        (
            "figure = \"makespan_s\"\nvalue = 1.0\nabove = 2.0",
            18,
            "an expectation is one of",
            "below = 1.05",
        ),
        ("value = 1.0\nwithin = 0.1", 18, "`figure`", "\"completion_mean_s\""),
        (
            "figure = \"makespan_s\"\nvalue = 1.0",
            24,
            "a `value` has one tolerance",
            "either `within`",
        ),
        (
            "figure = \"makespan_s\"\nvalue = 1.0\nwithin = 0.1\nwithin_percent = 1.0",
            24,
            "has one tolerance",
            "`within_percent`",
        ),
        (
            "figure = \"makespan_s\"\nbelow = 1.0\nwithin = 0.1",
            25,
            "`within` is the tolerance of a `value`",
            "remove it",
        ),
        (
            "figure = \"makespan_s\"\nabove = 2.0\nbelow = 1.0",
            24,
            "nothing is above 2 and below 1",
            "swap the two",
        ),
        (
            "order = [\"makespan_s\"]",
            23,
            "an order needs two figures",
            "name the lowest first",
        ),
        (
            "figure = \"makespan_s\"\norder = [\"a\", \"b\"]",
            23,
            "`order` names its figures itself",
            "remove `figure`",
        ),
        ("figure = \"makespan_s\"\nbelow = 1.0\nseeds = 0", 25, "seeds", "1"),
        (
            "figure = \"makespan_s\"\ndistribution = { group = \"a\", measured = \"b\", distance = 0.2 }",
            23,
            "`distribution` looks at completion times",
            "remove `figure`",
        ),
        (
            "against = { seed = 2 }\ndistribution = { group = \"a\", measured = \"b\", distance = 0.2 }",
            23,
            "`distribution` is no figure to divide",
            "remove `against`",
        ),
        (
            "distribution = { group = \"a\", measured = \"b\", distance = 2.0 }",
            23,
            "`2` is out of range",
            "from 0 to 1",
        ),
        (
            "figure = \"makespan_s\"\nbelow = 1.0\ntolerance = 1",
            25,
            "tolerance",
            "within",
        ),
    ];
    for (table, line, what, mend) in cases {
        let text = said_of_expect(table);
        assert!(
            text.contains(&format!("swarm.toml:{line}")),
            "not on line {line}: {text}"
        );
        assert!(text.contains(what) && text.contains(mend), "{text}");
    }
}

#[test]
fn an_expectation_without_its_name_says_that_it_needs_one() {
    let text = said(
        &format!("{GOOD}\n[[expect]]\nfigure = \"makespan_s\"\nbelow = 1.0\n"),
        &[],
    );
    for key in ["`id`", "`tier`", "`says`", "`source`"] {
        assert!(text.contains(key), "{key} in {text}");
    }
    assert!(text.contains("swarm.toml:18"), "{text}");
}

#[test]
fn a_terminal_is_not_steered_by_a_scenario() {
    // `\u{9b}` begins an escape sequence as `\u{1b}[` does; `\u{202e}` turns the direction of writing.
    for bad in ["\\u001b[31mred", "\u{9b}31mred", "\\u202ered", "\\u0000", "\\u0007"] {
        let said = said(&format!("\"{bad}\" = 1\n{GOOD}"), &[]);
        let steers = |c: char| c != '\n' && c.is_control() || c == '\u{202e}';
        assert!(!said.contains(steers), "{said:?}");
        assert!(said.starts_with("error: unknown key `"), "{said:?}");
    }
}

#[test]
fn a_million_faults_are_counted_and_the_first_of_them_shown() {
    let said = said(&"]\n".repeat(1_000_000), &[]);
    assert_eq!(said.matches("error: not TOML").count(), 50);
    assert!(said.ends_with("more"), "{said}");
}

#[test]
fn depth_is_limited_and_no_stack_runs_over() {
    for text in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{a=".repeat(100_000)),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[{}]", vec!["a"; 100_000].join(".")),
        format!("[[{}]]", vec!["a"; 100_000].join(".")),
    ] {
        let from_file = said(&text, &[]);
        assert!(
            from_file.contains("more than 80") && from_file.contains("help: at most 80"),
            "{}",
            &from_file[..200]
        );
    }
    let deep = format!("{}=1", vec!["a"; 100_000].join("."));
    let from_option = said(GOOD, &[&deep]);
    assert!(from_option.contains("more than 80"), "{}", &from_option[..200]);
}

/// The TOML reader does not say where it is.
#[test]
fn a_key_that_is_too_deep_is_shown_in_its_line() {
    let deep = vec!["a"; 81].join(".");
    let dots = ".".repeat(100);
    for (column, lines) in [
        (1, format!("{deep} = 1")),
        (3, format!("  \"a\".{deep} = 1")),
        (1, format!("b = {{ {deep} = 1 }}")),
        (3, format!("b = [\n  {{ {deep} = 1 }},\n  3 ]")),
        (1, format!("[{deep}]")),
        (1, format!("[[{deep}]]\n{deep} = 1")),
    ] {
        // Of lines with as many dots that are none nothing is said.
        let text = format!("# {dots}\n{GOOD}description = \"{dots}\"\n{lines}\n# {dots}\n");
        let line = text.lines().position(|line| line.contains(&deep)).expect("there") + 1;
        let said = said(&text, &[]);
        assert!(
            said.starts_with("error: a key of more than 80 parts"),
            "{lines}\n{said}"
        );
        assert!(
            said.contains(&format!("swarm.toml:{line}:{column}\n")),
            "{lines}\n{said}"
        );
        assert_eq!(said.matches("error: ").count(), 1, "{lines}\n{said}");
    }
}

#[test]
fn an_endless_key_is_cut_short() {
    let error = said(&format!("{GOOD}\"{}\" = 1", "ä".repeat(10_000)), &[]);
    assert!(
        error.starts_with("error: unknown key `äää") && error.contains("ää…ää") && error.len() < 2000,
        "{error}"
    );
}

#[test]
fn an_endless_value_is_cut_short() {
    let endless = "9".repeat(100_000);
    for key in [
        "name",
        "preset",
        "file.size",
        "network.latency",
        "network.connection_cap",
        "group.leechers.name",
        "group.leechers.upload",
        "group.leechers.picking",
        "group.leechers.choking",
        "group.leechers.arrival",
        "group.leechers.arrival.trace.file",
        "run.mode",
        "compare.metrics",
        "sweep.variant",
    ] {
        for text in [endless.clone(), "`\\n".repeat(30_000)] {
            let error = said(GOOD, &[&format!("{key}=\"{text}\"")]);
            assert!(
                error.starts_with("error: ") && error.len() < 4000,
                "{key}: {}",
                error.len()
            );
        }
    }
}

#[test]
fn who_names_the_rule_is_told_its_key() {
    let error = said(GOOD, &["group.origin.choker=\"random\""]);
    assert!(error.contains("did you mean `choking`?"), "{error}");
    let error = said(GOOD, &["group.origin.picker=\"random\""]);
    assert!(error.contains("did you mean `picking`?"), "{error}");
}
