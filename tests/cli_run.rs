//! Whole runs of the program: these tests need the real engine and the real scenario files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use swarmsim::metrics::columns::{self, Table};
use tempfile::TempDir;

/// 1 seed and 20 leechers that share 4 MiB, all over within seconds of a test.
const SMALL: &str = r#"
name = "small"
seed = 1

[file]
size = "4 MiB"
chunk_size = "256 KiB"

[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 20
upload = "1 Mbit/s"
download = "8 Mbit/s"
arrival.at-once = { jitter = "5 s" }
departure = "altruistic"
"#;

/// A place to run the program in.
struct Home(TempDir);

impl Home {
    fn with(scenario: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::write(home.path().join("scenario.toml"), scenario).expect("written");
        Self(home)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("swarmsim"));
        command
            .current_dir(self.0.path())
            .args(["run", "scenario.toml"])
            .args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program runs")
    }

    /// Runs into `out`, which must go well.
    fn run_into(&self, out: &str, args: &[&str]) -> Output {
        let output = self.run(&[&["--out", out], args].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        output
    }

    fn table(&self, out: &str, table: &Table) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.path(out).join(table.file)).expect("the file is there");
        let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(reader.headers().expect("a header"), names, "{}", table.file);
        reader
            .deserialize()
            .map(|row| row.expect("a row as long as the header"))
            .collect()
    }

    fn bytes(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.path(out)).expect("a directory");
        let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
        entries
            .map(|entry| entry.expect("an entry").path())
            .map(|path| (name(&path), fs::read(&path).expect("read")))
            .collect()
    }

    /// What is in the place, but for the scenario.
    fn left_behind(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("a directory");
        let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        names.filter(|name| name != "scenario.toml").collect()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn sum(rows: &[BTreeMap<String, String>], column: &str) -> u64 {
    rows.iter()
        .map(|row| row[column].parse::<u64>().expect("a whole number"))
        .sum()
}

#[test]
fn every_file_is_there_with_its_header_and_says_the_same_as_the_others() {
    let home = Home::with(SMALL);
    home.run_into("out", &["--detail", "all"]);
    let peers = home.table("out", &columns::PEERS);
    let summary = home.table("out", &columns::SUMMARY);
    let transfers = home.table("out", &columns::TRANSFERS);
    let unchokes = home.table("out", &columns::UNCHOKES);
    let series = home.table("out", &columns::TIMESERIES);
    let groups = home.table("out", &columns::GROUPS);

    assert_eq!(peers.len(), 21);
    assert_eq!((summary.len(), groups.len()), (1, 4));
    assert_eq!(home.table("out", &columns::GROUP_SUMMARY).len(), 2);
    assert_eq!(home.table("out", &columns::CHUNKS).len(), 16 * series.len());
    assert_eq!(summary[0]["ending"], "all-done");
    assert_eq!(summary[0]["completed"], "20");
    assert_eq!(summary[0]["chunk_transfers"], "320");

    let sent = sum(&peers, "uploaded_bytes");
    assert_eq!(sent, sum(&peers, "downloaded_bytes"));
    assert_eq!(sent, sum(&groups, "bytes"));
    assert_eq!(sent, sum(&transfers, "bytes"));
    assert_eq!(sent, sum(&unchokes, "bytes"));
    assert_eq!(sent - sum(&peers, "wasted_bytes"), 20 * (4 << 20));
    assert_eq!(
        sum(&groups, "bytes_while_sender_leeches"),
        sum(&peers, "uploaded_leeching_bytes")
    );
    assert_eq!(
        transfers.iter().filter(|row| row["end"] == "chunk-completed").count(),
        320
    );
}

#[test]
fn same_seed_same_bytes_with_any_detail_and_another_seed_other_bytes() {
    let home = Home::with(SMALL);
    home.run_into("first", &[]);
    home.run_into("again", &[]);
    home.run_into("detail", &["--detail", "all"]);
    home.run_into("checked", &["--check-invariants"]);
    home.run_into("other", &["--seed", "2"]);
    let first = home.bytes("first");
    assert!(first == home.bytes("again"));
    assert!(first == home.bytes("checked"));
    let detail = home.bytes("detail");
    assert!(first.iter().all(|(name, bytes)| detail[name] == *bytes));
    assert!(first["peers.csv"] != home.bytes("other")["peers.csv"]);
}

#[test]
fn the_resolved_scenario_gives_the_same_bytes_again() {
    let home = Home::with(SMALL);
    home.run_into("first", &["--seed", "5", "--set", "file.size=\"2 MiB\""]);
    fs::copy(home.path("first/scenario.toml"), home.path("scenario.toml")).expect("copied");
    home.run_into("again", &[]);
    assert!(home.bytes("first") == home.bytes("again"));
}

#[test]
fn results_go_below_results_and_are_replaced_only_by_force() {
    let home = Home::with(SMALL);
    let first = home.run(&[]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    let before = home.bytes("results/small");
    let refused = home.run(&["--seed", "2"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--force"));
    assert!(home.bytes("results/small") == before);
    assert!(home.run(&["--seed", "2", "--force"]).status.success());
    assert!(home.bytes("results/small") != before);
}

#[test]
fn the_table_shows_what_matters() {
    let shown = text(&Home::with(SMALL).run_into("out", &[]).stdout);
    for word in [
        "small",
        "seed 1",
        "4 MiB in 16 chunks",
        "memory",
        "median",
        "p95",
        "upload used",
        "lower bound",
        "seed load",
    ] {
        assert!(shown.contains(word), "`{word}` in\n{shown}");
    }
}

#[test]
fn json_is_all_there_is_on_standard_output() {
    let output = Home::with(SMALL).run_into("out", &["--json"]);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    assert_eq!(summary["completed"], 20);
    assert_eq!(summary["groups"][1]["group"], "leechers");
    assert_eq!(summary["results"], "out");
}

#[test]
fn quiet_is_silent() {
    let output = Home::with(SMALL).run_into("out", &["--quiet"]);
    assert_eq!(
        (text(&output.stdout), text(&output.stderr)),
        (String::new(), String::new())
    );
}

#[test]
fn the_lower_bound_is_that_of_the_textbook_and_is_not_beaten() {
    let home = Home::with(
        r#"
name = "kumar-ross"
[file]
size = "180 MB"
chunk_size = "1 MB"
[network]
full_mesh = true
[[group]]
name = "seed"
count = 1
upload = "4 Mbit/s"
starts_with = "all"
[[group]]
name = "peers"
count = 10
upload = "400 kbit/s"
download = "4 Mbit/s"
departure = "altruistic"
"#,
    );
    let output = home.run_into("out", &["--json", "--quiet"]);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(summary["lower_bound_s"], 1800.0);
    assert!(summary["makespan_over_bound"].as_f64().expect("all completed") >= 1.0);
}

#[test]
fn a_run_cut_by_its_time_limit_says_what_that_means() {
    let output = Home::with(SMALL).run_into("out", &["--set", "run.time_limit=\"10 s\""]);
    assert!(
        text(&output.stderr).contains("the time limit came first"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn more_peers_than_fit_into_memory_are_refused() {
    let many = SMALL.replace("count = 20", "count = 15000000");
    let home = Home::with(&many.replace("256 KiB", "2 B"));
    let output = home.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("of memory"), "{output:?}");
    assert_eq!(home.left_behind(), [""; 0]);
}

/// A limit on the size of files stands for a full disk: both are an error of a write in the middle of a run.
#[test]
#[cfg(unix)]
fn a_disk_that_is_full_leaves_nothing_behind() {
    let home = Home::with(SMALL);
    let program = home.command(&["--detail", "all", "--out", "out"]);
    let mut limited = Command::new("sh");
    limited
        .current_dir(home.0.path())
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""]);
    let output = limited
        .arg(program.get_program())
        .args(program.get_args())
        .output()
        .expect("sh runs");
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(
        message.contains("cannot write `out/") && message.contains("File too large"),
        "{message}"
    );
    assert_eq!(home.left_behind(), [""; 0]);
}

/// Starts a run that takes long, waits until it is under way, and sends it `signals`.
#[cfg(unix)]
#[allow(clippy::disallowed_methods)] // a test's patience is real time
fn interrupted(home: &Home, signals: &[&str]) -> Output {
    let mut long = home.command(&[
        "--out",
        "out",
        "--set",
        "file.size=\"4 GiB\"",
        "--set",
        "group.1.count=2000",
    ]);
    let run = long
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let patience = Instant::now() + Duration::from_secs(60);
    while home.left_behind().is_empty() {
        assert!(Instant::now() < patience, "the run never began");
        thread::sleep(Duration::from_millis(20));
    }
    thread::sleep(Duration::from_millis(500));
    for signal in signals {
        Command::new("kill")
            .args([*signal, &run.id().to_string()])
            .status()
            .expect("kill runs");
        thread::sleep(Duration::from_millis(5));
    }
    run.wait_with_output().expect("it ends")
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_a_run_cleanly_with_what_was_recorded() {
    for signal in ["-INT", "-TERM"] {
        let home = Home::with(SMALL);
        let output = interrupted(&home, &[signal]);
        assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
        assert_eq!(home.left_behind(), ["out"]);
        let summary = &home.table("out", &columns::SUMMARY)[0];
        assert_eq!(summary["ending"], "interrupted");
        // On a busy machine not all have come yet.
        let came = home.table("out", &columns::PEERS).len();
        assert_eq!(summary["peers"], came.to_string());
        assert!(came > 1, "{came}");
    }
}

#[test]
#[cfg(unix)]
fn an_impatient_user_gets_a_whole_result_or_none() {
    let home = Home::with(SMALL);
    let output = interrupted(&home, &["-INT", "-INT"]);
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    // It depends on who is quicker.
    if home.left_behind() != [""; 0] {
        assert_eq!(home.left_behind(), ["out"]);
        assert_eq!(home.table("out", &columns::SUMMARY)[0]["ending"], "interrupted");
    }
}

#[test]
fn a_long_time_in_which_nothing_moves_is_warned_of() {
    let late = SMALL.replace("count = 20", "count = 2").replace(
        "arrival.at-once = { jitter = \"5 s\" }",
        "arrival.at-once = { at = \"20 s\" }",
    );
    let home = Home::with(&format!(
        "{late}\n[tracker]\noutages = [{{ from = \"10 s\", until = \"400 s\" }}]\n"
    ));
    let output = home.run_into("out", &[]);
    let warning = "warning: nothing moved for 9 min 50 s from 20 s on, with 2 leechers waiting";
    assert!(text(&output.stderr).contains(warning), "{}", text(&output.stderr));
    let rows = home.table("out", &columns::SUMMARY);
    assert_eq!(rows[0]["longest_pause_s"], "590");
}
