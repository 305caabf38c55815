//! What may hold any bytes and must never make swarmsim panic. The fuzz targets call these functions, and `tests/fuzz_corpus.rs` does with the
//! corpus, in every `cargo test`.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::Value;
use swarmsim::choking::OwnChokers;
use swarmsim::cli::{Style, status_text};
use swarmsim::compare::{Directory, Existing, Merge, Parts, Plan, Status};
use swarmsim::engine::{Control, NoObserver, RunOptions, estimate_memory_bytes};
use swarmsim::metrics::columns::Column;
use swarmsim::metrics::comparisons::RUNS;
use swarmsim::report;
use swarmsim::runner;
use swarmsim::scenario::model::Scenario;
use swarmsim::scenario::{LoadOptions, Override, Parsed, parse};
use swarmsim::store::{Fingerprint, Note, Records, RunId, RunRecord, Stage, Store, VariantPrint, WHOLE};
use swarmsim::terminal::is_obeyed;
use swarmsim::version::VERSION;
use tempfile::TempDir;

/// Swarms that need more are not played; the program itself is estimated at 6 MiB.
const MEMORY_MAX_BYTES: u64 = (6 << 20) + (256 << 10);
/// Files of more chunks are not played: every check of all invariants looks at all chunks of all peers.
const CHUNKS_MAX: usize = 500;
/// Plans of more runs are not merged.
const RUNS_MERGED_MAX: usize = 20;
/// Questions whether to go on, one each 4096 events, until a run is stopped.
const QUESTIONS_MAX: u32 = 2;

/// A scenario file: refused with a message, or what it is read as stays the same when it is written and read again, and plays with all invariants.
pub fn scenario(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let nowhere = Path::new("/nonexistent");
    let loaded = match parse(text, "scenario.toml", nowhere, &LoadOptions::default()) {
        Ok(loaded) => loaded,
        Err(error) => return assert_printable(&error.render(false)),
    };
    loaded.warnings.iter().for_each(|warning| assert_printable(warning));
    let resolved = loaded.scenario.to_toml();
    let again = parse(&resolved, "resolved.toml", nowhere, &LoadOptions::default())
        .unwrap_or_else(|error| panic!("the resolved scenario is refused:\n{error}\n{resolved}"));
    assert_eq!(again.scenario.to_toml(), resolved, "written, read and written again");
    play(&loaded.scenario);
}

/// Plays the start of `scenario` with all invariants, if that is a small one.
fn play(scenario: &Scenario) {
    if estimate_memory_bytes(scenario) > MEMORY_MAX_BYTES || scenario.file.chunks() > CHUNKS_MAX {
        return;
    }
    let options = RunOptions {
        check_invariants: true,
        ..RunOptions::default()
    };
    let mut questions = 0;
    let played = runner::observe(scenario, options, &mut NoObserver, &mut |_| {
        questions += 1;
        if questions < QUESTIONS_MAX {
            Control::Continue
        } else {
            Control::Stop
        }
    });
    played.unwrap_or_else(|fault| panic!("{fault:?}\n{}", scenario.to_toml()));
}

/// A file of arrivals: refused with a message, or who comes by it plays with all invariants.
pub fn trace(input: &[u8]) {
    const SCENARIO: &str = r#"
        name = "traced"
        file = { size = "1 MiB" }
        [[group]]
        name = "origin"
        count = 1
        upload = "10 Mbit/s"
        starts_with = "all"
        [[group]]
        name = "peers"
        upload = "1 Mbit/s"
        arrival.trace = { file = "trace.csv" }
    "#;
    let home = tempfile::tempdir().expect("a temporary directory");
    fs::write(home.path().join("trace.csv"), input).expect("written");
    match parse(SCENARIO, "scenario.toml", home.path(), &LoadOptions::default()) {
        Ok(loaded) => {
            loaded.warnings.iter().for_each(|warning| assert_printable(warning));
            play(&loaded.scenario);
        }
        Err(error) => assert_printable(&error.render(false)),
    }
}

/// What a terminal is shown must not steer it.
fn assert_printable(message: &str) {
    assert_eq!(message.chars().find(|c| is_obeyed(*c)), None, "in {message:?}");
}

/// What `status` says of `parts`.
fn assert_status_printable(parts: &Parts) {
    assert_printable(&status_text(&Status::of(parts), 0, Style::plain()));
}

/// Nobody stops it.
fn going() -> AtomicBool {
    AtomicBool::new(false)
}

/// A store of finished runs. A line of the input that starts with `+` is given its checksum.
pub fn store(input: &[u8]) {
    let fingerprint = Fingerprint {
        version: "1.0.0".to_owned(),
        seed: 7,
        warm_up: "none".to_owned(),
        variants: vec![VariantPrint {
            label: "a".to_owned(),
            scenario: "name = \"swarm\"\n".to_owned(),
        }],
    };
    let home = tempfile::tempdir().expect("a temporary directory");
    // The first line is the header, the others are under it.
    let mut lines = input.split(|byte| *byte == b'\n');
    let header = lines.next().unwrap_or_default();
    let of = crc32fast::hash(header.strip_prefix(b"+").unwrap_or(header));
    let below = lines.map(|line| checked(line, Some(of)));
    let lines: Vec<_> = std::iter::once(checked(header, None)).chain(below).collect();
    fs::write(home.path().join(format!("{WHOLE}.jsonl")), lines.join(&b'\n')).expect("written");
    // Twice: what the first mends is whole for the second.
    let Ok(mut store) = Store::open(home.path(), WHOLE, &fingerprint, &AtomicBool::new(false)) else {
        return;
    };
    let runs: Vec<_> = store.records().ids().collect();
    let note = Note {
        at_unix_s: 0,
        what: Stage::Ended,
    };
    store.note(&note).expect("mended, and written to");
    drop(store);
    let store = Store::open(home.path(), WHOLE, &fingerprint, &AtomicBool::new(false)).expect("opened again");
    assert_eq!(store.records().ids().collect::<Vec<_>>(), runs);
    for run in runs {
        assert!(store.records().get(run).expect("read").is_some(), "{run:?}");
    }
    let records = Records::read(&[home.path().to_owned()], &fingerprint, &going()).expect("read once more");
    conclude(&Parts {
        plan: two_runs(),
        records,
    });
}

/// The plan of two runs of one variant.
fn two_runs() -> Plan {
    const SCENARIO: &str = r#"
        name = "swarm"
        file = { size = "1 MiB" }
        [[group]]
        name = "origin"
        count = 1
        upload = "1 Mbit/s"
        starts_with = "all"
        [sweep]
        runs = 2
        vary = { "file.size" = ["1 MiB"] }
    "#;
    let options = LoadOptions::default();
    let parsed =
        Parsed::new(SCENARIO, "scenario.toml", Path::new(""), &options).unwrap_or_else(|error| panic!("{error}"));
    let load = |changes: &[Override]| parsed.load(changes);
    let base = load(&[]).unwrap_or_else(|error| panic!("{error}"));
    Plan::new(&base, &base.study, &OwnChokers::default(), &load).unwrap_or_else(|error| panic!("{error}"))
}

/// The status of `parts`, and their tables if they have all runs.
fn conclude(parts: &Parts) {
    assert_status_printable(parts);
    let home = tempfile::tempdir().expect("a temporary directory");
    if parts.missing().next().is_none() {
        let directory = Directory::prepare(home.path(), WHOLE, Existing::Join).expect("made");
        // More runs than the plan has are an error, and so are runs without a figure.
        if let Err(error) = parts.conclude_in(&directory, &going()) {
            assert_printable(&error.to_string());
        }
    }
}

/// A line as it stands, or, if it starts with `+`, with its checksum and that of the header it is under.
fn checked(line: &[u8], of: Option<u32>) -> Vec<u8> {
    let Some(value) = line.strip_prefix(b"+") else {
        return line.to_vec();
    };
    let of = of.map_or(String::new(), |of| format!("\"of\":\"{of:08x}\","));
    let start = format!("{{\"crc32\":\"{:08x}\",{of}\"value\":", crc32fast::hash(value));
    [start.as_bytes(), value, b"}"].concat()
}

/// The plan of a sweep, as `status` and `merge` read it: first nothing is done, then, if that is not too much, all. If it starts with `+` it is given its checksum; `@VERSION@` is the
/// version of the program, for a plan of another one is refused early.
pub fn plan(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let text = text.trim_end().replace("@VERSION@", VERSION);
    let home = tempfile::tempdir().expect("a temporary directory");
    fs::write(home.path().join("plan.json"), checked(text.as_bytes(), None)).expect("written");
    let (directories, own) = ([home.path().to_owned()], OwnChokers::default());
    let parts = match Parts::read(&directories, &own, &going()) {
        Ok(parts) => parts,
        Err(error) => return assert_printable(&error.to_string()),
    };
    assert!(parts.records.ids().next().is_none() && !parts.plan.variants.is_empty());
    assert_status_printable(&parts);
    if parts.wanted().count() <= RUNS_MERGED_MAX {
        let fingerprint = parts.plan.fingerprint();
        let mut store =
            Store::open(&home.path().join("runs"), WHOLE, &fingerprint, &AtomicBool::new(false)).expect("a new store");
        let runs = parts.wanted().map(|id| Ok(finished(id)));
        store.append_all(runs).expect("written");
        drop(store);
        let merge = Merge::prepare(&directories, None, false).expect("in place");
        merge.finish(&own, &going()).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// A finished run, of which all figures are the same.
fn finished(id: RunId) -> RunRecord {
    let figure = |column: &Column| (column.name.to_owned(), f64::from(id.run).into());
    RunRecord {
        variant: id.variant,
        run: id.run,
        cut_s: None,
        summary: RUNS.columns.iter().map(figure).collect(),
        groups: Vec::new(),
        completion_quantiles_s: Vec::new(),
    }
}

/// A directory of results; each file of it follows a line `== name`.
pub fn report(input: &[u8]) {
    const FILES: [&str; 11] = [
        "chunks.csv",
        "comparison.csv",
        "comparison_factors.csv",
        "comparison_quantiles.csv",
        "comparison_summary.csv",
        "group_summary.csv",
        "groups.csv",
        "peers.csv",
        "runs.csv",
        "summary.csv",
        "timeseries.csv",
    ];
    let Ok(text) = std::str::from_utf8(input) else { return };
    let home = without_results();
    for part in text.split("== ") {
        let (name, content) = part.split_once('\n').unwrap_or((part, ""));
        if FILES.contains(&name) {
            fs::write(home.path().join(name), content).expect("written");
        }
    }
    if let Ok(html) = report::html(home.path()) {
        assert!(html.ends_with("</html>\n"), "a whole page");
    }
}

/// A directory with a scenario and no results yet.
fn without_results() -> TempDir {
    let home = tempfile::tempdir().expect("a temporary directory");
    let scenario = "name = \"fuzz\"\nfile = { size = \"1 MiB\", chunk_size = \"256 KiB\" }\n";
    fs::write(home.path().join("scenario.toml"), scenario).expect("written");
    home
}

/// The recording of a run, `replay.json`, beside a result that is as short as one can be: refused by its name, or a whole page in which everything that
/// names a peer or a group finds it.
pub fn replay(input: &[u8]) {
    const RESULT: [(&str, &str); 5] = [
        ("summary.csv", "scenario\nfuzz\n"),
        ("group_summary.csv", "group\n"),
        ("groups.csv", "time_s,group\n"),
        (
            "peers.csv",
            "peer,group,joined_s,left_s,upload_bytes_per_s,chunks_at_start,completion_time_s,share_ratio\n",
        ),
        ("timeseries.csv", "time_s\n0\n"),
    ];
    let home = without_results();
    for (name, content) in RESULT {
        fs::write(home.path().join(name), content).expect("written");
    }
    fs::write(home.path().join("replay.json"), input).expect("written");
    let html = match report::html(home.path()) {
        Ok(html) => html,
        Err(error) => return assert!(error.to_string().contains("replay.json"), "{error}"),
    };
    assert!(html.ends_with("</html>\n"), "a whole page");
    let data = html
        .split_once("id=\"data\">")
        .and_then(|(_, rest)| rest.split_once("</script>"));
    let data: Value = serde_json::from_str(data.expect("data").0).expect("JSON");
    assert_refers_to_what_is_there(&data["replay"]);
}

/// What a page animates has the peers and the groups that it names.
fn assert_refers_to_what_is_there(replay: &Value) {
    let rows = |key: &str| replay[key].as_array().into_iter().flatten();
    let place = |value: &Value| usize::try_from(value.as_u64().expect("a place")).expect("a place");
    let (peers, groups) = (rows("peers").count() + rows("partners").count(), rows("groups").count());
    for key in ["unchokes", "transfers", "connections"] {
        assert!(
            rows(key).all(|row| place(&row[0]) < peers && place(&row[1]) < peers),
            "{key}"
        );
    }
    assert!(rows("peers").all(|peer| place(&peer["group"]) < groups));
    assert!(rows("partners").all(|partner| place(&partner[1]) < groups));
}
