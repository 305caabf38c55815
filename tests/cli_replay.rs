//! `swarmsim run --record-replay` as a whole program: what is recorded, and what the page makes of it.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Value, json};

const SCENARIO: &str = r#"
name = "small"
[file]
size = "1 MiB"
[[group]]
name = "origin"
count = 1
starts_with = "all"
upload = "1 MB/s"
[[group]]
name = "leechers"
count = LEECHERS
upload = "200 kB/s"
"#;

fn run(home: &Path, leechers: u32, out: &str, more: &[&str]) -> Output {
    let scenario = SCENARIO.replace("LEECHERS", &leechers.to_string());
    fs::write(home.join("s.toml"), scenario).expect("written");
    play(home, out, more)
}

/// Runs the scenario that is there.
fn play(home: &Path, out: &str, more: &[&str]) -> Output {
    let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
    command.current_dir(home).env("NO_COLOR", "1");
    command.args(["run", "s.toml", "--quiet", "--out", out]).args(more);
    command.output().expect("the program runs")
}

fn read(home: &Path, file: &str) -> String {
    fs::read_to_string(home.join(file)).expect(file)
}

fn replay(home: &Path, out: &str) -> Value {
    serde_json::from_str(&read(home, &format!("{out}/replay.json"))).expect("JSON")
}

/// When each of `columns` began and ended.
fn spans(columns: &Value) -> Vec<(f64, f64)> {
    let column = |name: &str| -> Vec<f64> {
        let cells = columns[name].as_array().expect("a column");
        cells.iter().map(|cell| cell.as_f64().expect("a time")).collect()
    };
    column("started_s").into_iter().zip(column("ended_s")).collect()
}

/// A time that one peer unchoked another: `(from, to, started, ended, optimistic, bytes)`.
type Slot = (u64, u64, f64, f64, bool, u64);

/// The pieces of slots in `replay`, in the order in which they ended.
fn pieces(replay: &Value) -> Vec<Slot> {
    let of = &replay["unchokes"];
    let number = |name: &str, i: usize| of[name][i].as_u64().expect("a number");
    let time = |name: &str, i: usize| of[name][i].as_f64().expect("a time");
    let piece = |i: usize| {
        (
            number("from_peer", i),
            number("to_peer", i),
            time("started_s", i),
            time("ended_s", i),
            of["optimistic"][i].as_bool().expect("a kind"),
            number("bytes", i),
        )
    };
    (0..of["bytes"].as_array().expect("a column").len())
        .map(piece)
        .collect()
}

/// The rows of `unchokes.csv` that peers of `replay` have given or got.
fn unchokes_of_sample(home: &Path, replay: &Value) -> Vec<Slot> {
    let peers = replay["peers"].as_array().expect("peers").iter();
    let shown: Vec<u64> = peers.map(|p| p["peer"].as_u64().expect("a number")).collect();
    let mut table = csv::Reader::from_path(home.join("r/unchokes.csv")).expect("unchokes.csv");
    let header = table.headers().expect("a header").clone();
    let row = |row: csv::StringRecord| -> Slot {
        let cell = |name: &str| &row[header.iter().position(|h| h == name).expect(name)];
        let number = |name: &str| cell(name).parse().expect("a number");
        let time = |name: &str| cell(name).parse().expect("a time");
        let optimistic = cell("optimistic") == "true";
        let ends = (number("from_peer"), number("to_peer"));
        (
            ends.0,
            ends.1,
            time("started_s"),
            time("ended_s"),
            optimistic,
            number("bytes"),
        )
    };
    let rows = table.records().map(|record| row(record.expect("a row")));
    rows.filter(|slot| shown.contains(&slot.0) || shown.contains(&slot.1))
        .collect()
}

/// The pieces in `replay` make up the slots of `unchokes.csv`: without a gap, each of another kind than the one before. How many are not the first of their slot.
fn assert_pieces_make_up_slots(home: &Path, replay: &Value) -> usize {
    let (mut pieces, slots) = (pieces(replay), unchokes_of_sample(home, replay));
    let all = pieces.len();
    for slot @ &(from, to, started, ended, optimistic, bytes) in &slots {
        let mut is_over = false;
        let (own, others): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|p| {
            let is_its = !is_over && (p.0, p.1) == (from, to);
            is_over |= is_its && p.3 >= ended;
            is_its
        });
        pieces = others;
        assert!(
            own.windows(2)
                .all(|p| p[0].3.total_cmp(&p[1].2).is_eq() && p[0].4 != p[1].4),
            "{own:?}"
        );
        assert_eq!(own.first().map(|p| p.2), Some(started), "{slot:?}");
        assert_eq!(own.last().map(|p| (p.3, p.4)), Some((ended, optimistic)), "{slot:?}");
        assert_eq!(own.iter().map(|p| p.5).sum::<u64>(), bytes, "{slot:?}");
    }
    assert_eq!(pieces, [], "of no slot");
    all - slots.len()
}

#[test]
fn a_small_swarm_is_recorded_whole_and_changes_no_other_file() {
    let home = tempfile::tempdir().expect("a temporary directory");
    assert!(
        run(home.path(), 12, "r", &["--record-replay", "--detail", "unchokes"])
            .status
            .success()
    );
    let all = replay(home.path(), "r");
    assert_eq!(
        (&all["peers_in_run"], &all["one_of"], &all["shortest_s"]),
        (&json!(13), &json!(1), &json!(0.0))
    );
    assert!(all["unchokes"]["bytes"].as_array().is_some_and(|rows| rows.len() > 20));
    assert_pieces_make_up_slots(home.path(), &all);
    assert_eq!(all["partners"]["peer"], json!([]), "nobody is left out");
    let sent: f64 = spans(&all["transfers"]).iter().map(|(from, to)| to - from).sum();
    let unchoked: f64 = spans(&all["unchokes"]).iter().map(|(from, to)| to - from).sum();
    assert!(
        sent > 0.5 * unchoked && sent < 1.01 * unchoked,
        "{sent} s sent in {unchoked} s of slots"
    );
    assert_eq!(
        spans(&all["connections"]).len(),
        13 * 12 / 2,
        "13 peers know each other"
    );
    for peer in &all["peers"].as_array().expect("peers")[1..] {
        let last = peer["progress"]
            .as_array()
            .and_then(|steps| steps.last())
            .expect("steps");
        assert_eq!(last, &json!([peer["completed_s"], 4]), "all four chunks");
        let whole = peer["part_whole_s"].as_array().expect("parts");
        assert!(whole.contains(&peer["completed_s"]) && !whole.contains(&Value::Null));
    }
    assert!(run(home.path(), 12, "again", &["--record-replay"]).status.success());
    assert!(run(home.path(), 12, "plain", &[]).status.success());
    assert_eq!(
        read(home.path(), "r/replay.json"),
        read(home.path(), "again/replay.json")
    );
    for file in [
        "scenario.toml",
        "summary.csv",
        "peers.csv",
        "timeseries.csv",
        "groups.csv",
        "capacities.csv",
    ] {
        assert_eq!(
            read(home.path(), &format!("r/{file}")),
            read(home.path(), &format!("plain/{file}")),
            "{file}"
        );
    }
    assert!(!home.path().join("plain/replay.json").exists());
    assert!(
        run(home.path(), 12, "r", &["--force"]).status.success(),
        "the replay is a file of ours"
    );
}

#[test]
fn a_large_swarm_is_recorded_as_a_sample() {
    let home = tempfile::tempdir().expect("a temporary directory");
    assert!(
        run(home.path(), 160, "r", &["--record-replay", "--detail", "unchokes"])
            .status
            .success()
    );
    let some = replay(home.path(), "r");
    // More than 150 is a sample, and more than 60 are too many for one.
    assert_eq!((&some["peers_in_run"], &some["one_of"]), (&json!(161), &json!(4)));
    assert_eq!(
        some["peers"].as_array().map(Vec::len),
        Some(41),
        "40 leechers and the seed"
    );
    assert!(
        some["partners"]["peer"]
            .as_array()
            .is_some_and(|peers| peers.len() > 100)
    );
    let turns = assert_pieces_make_up_slots(home.path(), &some);
    assert!(turns > 20, "{turns} slots turn from one kind into the other");
}

#[test]
fn a_leecher_has_one_optimistic_slot_at_every_moment() {
    let home = tempfile::tempdir().expect("a temporary directory");
    // Else slots that nobody has earned are optimistic too.
    let choking = "choking.tit-for-tat = { regular_slots = 3, optimistic_slots = 1, anti_snubbing = \"off\" }";
    let scenario =
        format!("{SCENARIO}\n{choking}\n[[group]]\nname = \"slow\"\ncount = 12\nupload = \"50 kB/s\"\n{choking}\n");
    fs::write(
        home.path().join("s.toml"),
        scenario.replace("LEECHERS", "12").replace("1 MiB", "30 MiB"),
    )
    .expect("written");
    play(home.path(), "r", &["--record-replay"]);
    let all = replay(home.path(), "r");
    let mut dashed: Vec<Slot> = pieces(&all).into_iter().filter(|slot| slot.4 && slot.0 > 0).collect();
    assert!(dashed.len() > 100);
    dashed.sort_by(|a, b| (a.0, a.2).partial_cmp(&(b.0, b.2)).expect("times"));
    for two in dashed.windows(2) {
        assert!(two[0].0 != two[1].0 || two[0].3 <= two[1].2, "both at once: {two:?}");
    }
}

#[test]
fn the_page_carries_it_and_no_name_gets_out() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let page_data = |out: &str| -> Value {
        let page = read(home.path(), &format!("{out}/report.html"));
        assert!(!page.contains("<img"));
        let (_, rest) = page.split_once("id=\"data\">").expect("the data");
        let (data, _) = rest.split_once("</script>").expect("their end");
        serde_json::from_str(data).expect("JSON")
    };
    assert!(run(home.path(), 4, "r", &["--record-replay"]).status.success());
    let evil = "</script><img onerror=x>";
    let text = read(home.path(), "r/replay.json").replace("leechers", evil);
    fs::write(home.path().join("r/replay.json"), text).expect("written");
    let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
    command
        .current_dir(home.path())
        .args(["report", "r"])
        .assert()
        .success();
    let shown = &page_data("r")["replay"];
    assert_eq!(shown["groups"][1], evil);
    assert_eq!(shown["peers"].as_array().map(Vec::len), Some(5));
    assert!(run(home.path(), 4, "plain", &["--report"]).status.success());
    assert_eq!(page_data("plain")["replay"], Value::Null, "nothing to show");
}

#[test]
fn modes_without_unchokes_have_no_replay() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let output = run(
        home.path(),
        4,
        "r",
        &["--record-replay", "--set", "run.mode=\"random-contact\""],
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--record-replay shows who unchokes whom"), "{said}");
    assert!(!home.path().join("r").exists());
}
