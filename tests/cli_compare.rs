//! Whole comparisons by the program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::thread;
use std::time::Duration;

mod support;
use support::{Home, lines, text};

/// 1 seed and 20 leechers that share 4 MiB.
const SMALL: &str = r#"
name = "small"

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
upload.uniform = { min = "1 Mbit/s", max = "3 Mbit/s" }
arrival.at-once = { jitter = "5 s" }
departure = "altruistic"
"#;

/// What is compared in most tests.
const CHOKERS: [&str; 4] = ["--choker", "tit-for-tat,altruist", "--runs", "12"];

impl Home {
    fn compare(&self, args: &[&str]) -> Output {
        self.output(&[&["compare", "scenario.toml"], args].concat())
    }

    /// A comparison that must go well.
    fn compared(&self, args: &[&[&str]]) -> Output {
        let output = self.compare(&args.concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        output
    }

    /// What a comparison that must not go well says.
    fn compare_refused(&self, args: &[&[&str]]) -> String {
        self.refused(2, &[&["compare", "scenario.toml"], &args.concat()[..]].concat())
    }

    fn rows(&self, file: &str) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.path(file)).expect("the file is there");
        reader.deserialize().map(|row| row.expect("a row")).collect()
    }
}

fn segment(out: &Path) -> PathBuf {
    out.join("runs/segment-0.jsonl")
}

/// A variant that mixes strategies has groups that the scenario has not: each value is that of the group it names.
#[test]
fn groups_are_known_by_name_in_every_variant() {
    let home = Home::new(SMALL);
    let mixed = r#"group.leechers.mix=[{ choking = "tit-for-tat" }],[{ choking = "tit-for-tat" }, { choking = "random", share = 0.5 }]"#;
    home.compared(&[&["--vary", mixed, "--runs", "2", "--out", "out"]]);
    let uploaded = |variant: &str, group: &str| -> Vec<String> {
        let metric = format!("group.{group}.uploaded_bytes");
        let rows = home.rows("out/comparison.csv");
        let is_it = |row: &&BTreeMap<String, String>| row["metric"] == metric && row["variant"].contains(variant);
        rows.iter().filter(is_it).map(|row| row["value"].clone()).collect()
    };
    assert!(
        uploaded("random", "leechers/random")
            .iter()
            .all(|value| !value.is_empty())
    );
    assert_eq!(uploaded("tit-for-tat\" }]", "leechers/random"), ["", ""]);
}

#[test]
fn the_table_on_the_screen() {
    let home = Home::new(SMALL);
    let metrics = "compare.metrics=[\"completion_mean_s\", \"not_completed\"]";
    let output = home.compared(&[&CHOKERS, &["--set", metrics, "--jobs", "1", "--out", "out"]]);
    assert_eq!(text(&output.stderr), "");
    insta::assert_snapshot!(text(&output.stdout), @r##"
small
  variants  tit-for-tat  (baseline)
            altruist
  runs      12 of each, seeds from 1, 1 at a time
  warm-up   none
  results   out

completion_mean_s in s, lower is better
  variant        n           mean             difference   relative   resolved
  tit-for-tat   12   14.48 ± 0.43               baseline
  altruist      12   18.26 ± 0.55   +3.78 [+3.43, +4.14]    +26.1 %        yes
  winner: tit-for-tat

not_completed, lower is better
  variant        n    mean   difference   relative   resolved
  tit-for-tat   12   0 ± 0     baseline
  altruist      12   0 ± 0     0 [0, 0]          –         no

  ± and [ ] 95 % confidence, Student's t over 12 runs; a difference is to `tit-for-tat`, run by run
  resolved  the interval of the difference excludes 0 (one difference: no correction)
  results   out
"##);
}

#[test]
fn the_number_of_threads_decides_nothing() {
    let home = Home::new(SMALL);
    home.compared(&[&CHOKERS, &["-q", "--jobs", "1", "--out", "one"]]);
    home.compared(&[&CHOKERS, &["-q", "--jobs", "2", "--out", "two"]]);
    assert!(home.files("one") == home.files("two"));
}

#[test]
fn one_run_of_each_variant_has_neither_interval_nor_verdict() {
    let home = Home::new(SMALL);
    let chokers = ["--choker", "tit-for-tat,altruist", "--runs", "1", "--out", "one"];
    let shown = text(&home.compared(&[&chokers]).stdout);
    assert!(
        shown.contains("  intervals none, of one run each: --runs 2 gives the first"),
        "{shown}"
    );
    assert!(shown.contains("no interval\n"), "{shown}");
    for verdict in ["winner", "±", "  no\n", "  resolved "] {
        assert!(
            !shown.replace("   resolved\n", "\n").contains(verdict),
            "{verdict}: {shown}"
        );
    }
}

#[test]
fn a_killed_comparison_goes_on_to_the_same_bytes() {
    // Large enough to be killed in the middle.
    let many = SMALL.replace("count = 20", "count = 60").replace("4 MiB", "16 MiB");
    let home = Home::new(&many);
    home.compared(&[&CHOKERS, &["-q", "--out", "whole"]]);

    let mut command = home.command("compare scenario.toml -q --jobs 1 --out killed");
    let mut running = command.args(CHOKERS).stderr(Stdio::null()).spawn().expect("started");
    let killed = segment(&home.path("killed"));
    let some_are_there = || {
        thread::sleep(Duration::from_millis(2));
        lines(&killed) >= 4
    };
    assert!((0..30_000).any(|_| some_are_there()), "no run ends");
    running.kill().expect("killed");
    running.wait().expect("gone");
    let there = lines(&killed);
    assert!(there < 25 && !home.path("killed/runs.csv").exists(), "{there} lines");

    // Besides, a torn last line, and one that the disk has damaged.
    let stored = fs::read_to_string(&killed).expect("text");
    let damaged = stored.replacen("\"variant\":1", "\"variant\":0", 1);
    fs::write(&killed, damaged + "{\"crc32\":\"0123").expect("written");

    let refused = home.compare_refused(&[&CHOKERS, &["--out", "killed"]]);
    assert!(refused.contains("go on with it with --resume"), "{refused}");
    let resumed = home.compared(&[&CHOKERS, &["-q", "--out", "killed", "--resume"]]);
    let said = text(&resumed.stderr);
    assert!(
        said.contains("segment-0.jsonl`, line ") && said.contains("done again"),
        "{said}"
    );
    assert!(home.files("killed") == home.files("whole"));
}

#[test]
fn more_runs_are_added_to_those_that_are_there() {
    let home = Home::new(SMALL);
    home.compared(&[&CHOKERS[..2], &["-q", "--out", "out", "--runs", "10"]]);
    let ten = lines(&segment(&home.path("out")));
    home.compared(&[&CHOKERS, &["-q", "--out", "out", "--resume"]]);
    // A header, and of each process when it began and ended.
    assert_eq!((ten, lines(&segment(&home.path("out")))), (23, 29));
    home.compared(&[&CHOKERS, &["-q", "--out", "twelve"]]);
    assert!(home.files("out") == home.files("twelve"));
}

#[test]
fn fewer_runs_than_are_there_are_refused() {
    let home = Home::new(SMALL);
    home.compared(&[&CHOKERS, &["-q", "--out", "out"]]);
    let before = home.files("out");
    let said = home.compare_refused(&[&CHOKERS[..2], &["--runs", "5", "--resume", "-q", "--out", "out"]]);
    assert!(said.contains("12 runs of each variant are there already"), "{said}");
    assert_eq!(home.files("out"), before);
}

#[test]
fn a_varied_count_is_warned_of() {
    let home = Home::new(SMALL);
    let varied = home.compared(&[&["--vary", "group.leechers.count=5,6", "--runs", "10", "--out", "out"]]);
    let said = text(&varied.stderr);
    assert!(said.contains("differ in how many peers come or when"), "{said}");
}

#[test]
fn runs_of_something_else_are_not_added_to() {
    let home = Home::new(SMALL);
    home.compared(&[&["--choker", "random,altruist", "--runs", "2", "-q", "--out", "out"]]);
    let resume =
        |chokers, more: &[&str]| home.compare_refused(&[&["--choker", chokers, "--out", "out", "--resume"], more]);
    let said = resume("random,altruist", &["--set", "file.size=\"5 MiB\""]);
    assert!(
        said.contains("was `size = \"4 MiB\"` and is `size = \"5 MiB\"`"),
        "{said}"
    );
    let said = resume("random", &[]);
    assert!(
        said.contains("the list of variants was `random`, `altruist` and is `random`"),
        "{said}"
    );
    assert!(resume("random,altruist", &["--seed", "9"]).contains("the seed was `1` and is `9`"));
    home.compared(&[&["--choker", "random", "--runs", "2", "-q", "--out", "out", "--force"]]);
    assert_eq!(home.rows("out/runs.csv").len(), 2);
    assert!(!home.path("out/variants/1-altruist.toml").exists());
}

/// Everything that is drawn: arrivals, both capacities, how long a peer stays, which strategy of a mix it plays.
const DRAWN: &str = r#"
name = "drawn"

[file]
size = "2 MiB"

[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 40
arrival.poisson = { rate = "1 /s" }
upload = { log-normal = { median = "2 Mbit/s", sigma = 0.8 }, at_least = "100 kbit/s" }
download.uniform = { min = "4 Mbit/s", max = "9 Mbit/s" }
starts_with = { fraction = { uniform = { min = 0.0, max = 0.5 } } }
mix = [{ name = "ones", share = 0.5 }, { name = "others", share = 0.5, choking = "round-robin" }]
"#;

#[test]
fn variants_that_draw_much_and_little_have_the_same_peers() {
    let home = Home::new(DRAWN);
    let chokers = "group.leechers.mix.ones.choking=tit-for-tat,random,bittyrant";
    home.compared(&[&["--vary", chokers, "--runs", "2", "-q", "--out", "out"]]);
    let mut peers = Vec::new();
    for entry in fs::read_dir(home.path("out/variants")).expect("variants") {
        let file = entry.expect("an entry").path();
        let played = home
            .command(&["run", file.to_str().expect("UTF-8"), "-q", "--out", "run", "--force"])
            .status();
        assert!(played.expect("the program runs").success());
        let mut rows = home.rows("run/peers.csv");
        rows.sort_by_key(|peer| peer["peer"].parse::<u32>().expect("a number"));
        let columns = ["group", "joined_s", "upload_bytes_per_s", "download_bytes_per_s"];
        let of_peer = |peer: &BTreeMap<String, String>| columns.map(|column| peer[column].clone());
        peers.push(rows.iter().map(of_peer).collect::<Vec<_>>());
    }
    assert_eq!((peers.len(), peers[0].len()), (3, 41));
    assert!(
        peers[0] == peers[1] && peers[0] == peers[2],
        "the same peers in all variants"
    );
}

#[test]
fn variants_share_their_chance_and_every_run_can_be_played_again() {
    let home = Home::new(SMALL);
    home.compared(&[&CHOKERS, &["-q", "--out", "out", "--seed", "5"]]);
    let mut peers = Vec::new();
    for (index, variant) in ["0-tit-for-tat", "1-altruist"].into_iter().enumerate() {
        let file = format!("out/variants/{variant}.toml");
        let played = home
            .command(&["run", &file, "--seed", "8", "-q", "--out", variant])
            .status();
        assert!(played.expect("the program runs").success());
        let row = &home.rows("out/runs.csv")[index * 12 + 3];
        assert_eq!((&*row["run"], &*row["seed"], &*row["cut_s"]), ("3", "8", ""));
        let again = &home.rows(&format!("{variant}/summary.csv"))[0];
        for (column, value) in again {
            assert_eq!(value, &row[column], "{column} of {variant}");
        }
        let mut common: Vec<_> = home.rows(&format!("{variant}/peers.csv"));
        common.sort_by_key(|peer| peer["peer"].parse::<u32>().expect("a number"));
        let of_peer =
            |peer: &BTreeMap<String, String>| ["joined_s", "upload_bytes_per_s"].map(|column| peer[column].clone());
        peers.push(common.iter().map(of_peer).collect::<Vec<_>>());
    }
    assert_eq!(peers[0].len(), 21);
    assert_eq!(peers[0], peers[1], "the same peers in both variants");
}

#[test]
fn tables_of_the_scenario_are_obeyed_and_the_command_line_comes_first() {
    let tables = r#"
[sweep]
runs = 3
variant = [
    { name = "as it is" },
    { name = "selfish", set = { "group.leechers.departure" = "selfish", "file.chunk_size" = "64 KiB" } },
]

[compare]
baseline = "selfish"
confidence = 0.9
metrics = ["group.leechers.completion_mean_s", "utilisation"]
"#;
    let home = Home::new(&(SMALL.to_owned() + tables));
    let output = home.compared(&[&["-q", "--out", "out"]]);
    assert_eq!(text(&output.stderr).matches("each variant has only 3 runs").count(), 1);
    let rows = home.rows("out/comparison_summary.csv");
    let cell = |row: usize, column: &str| rows[row][column].clone();
    assert_eq!(rows.len(), 4);
    assert_eq!(
        (cell(0, "variant"), cell(1, "variant")),
        ("as it is".into(), "selfish".into())
    );
    assert_eq!(
        (cell(0, "baseline"), cell(0, "confidence")),
        ("selfish".into(), "0.9".into())
    );
    assert_eq!((cell(0, "pairs"), cell(1, "pairs")), ("3".into(), String::new()));
    let variant = fs::read_to_string(home.path("out/variants/1-selfish.toml")).expect("there");
    assert!(variant.contains("departure = \"selfish\"") && variant.contains("chunk_size = \"64 KiB\""));
    home.compared(&[
        &[
            "-q",
            "--out",
            "other",
            "--vary",
            "file.chunk_size=64 KiB,1 MiB",
            "--runs",
            "2",
        ],
        &["--baseline", "file.chunk_size=1 MiB"],
    ]);
    assert_eq!(home.rows("other/runs.csv").len(), 4);
}

#[test]
fn precision_adds_runs_until_it_is_reached_or_no_more_are_allowed() {
    let home = Home::new(SMALL);
    let few = ["--choker", "tit-for-tat,altruist", "--runs", "2", "-q"];
    let reached = home.compared(&[&few, &["--precision", "50%", "--out", "easy", "--json"]]);
    let report: serde_json::Value = serde_json::from_slice(&reached.stdout).expect("JSON");
    let said = (report["precision_reached"].as_bool(), report["runs"].as_u64());
    assert!(
        said == (Some(true), Some(2)) || said == (Some(true), Some(12)),
        "{said:?}"
    );
    let is_warned = text(&reached.stderr).contains("each variant has only 2 runs");
    assert_eq!(is_warned, said.1 == Some(2));
    let missed = home.compared(&[&few, &["--precision", "0.0001", "--max-runs", "15", "--out", "hard"]]);
    assert!(
        text(&missed.stderr).contains("was not reached with 15 runs"),
        "{}",
        text(&missed.stderr)
    );
    assert_eq!(home.rows("hard/runs.csv").len(), 30);
}

#[test]
fn runs_that_precision_has_added_stay_with_the_study() {
    let home = Home::new(SMALL);
    let study = [
        "--choker",
        "tit-for-tat,altruist",
        "--runs",
        "2",
        "-q",
        "--out",
        "grown",
    ];
    let table = || fs::read(home.path("grown/runs.csv")).expect("there");
    home.compared(&[&study, &["--precision", "0.0001", "--max-runs", "12"]]);
    let runs = table();
    let (status, _) = home.done(&["status", "grown"]);
    assert!(status.contains("24 of 24"), "{status}");
    // Joined, elsewhere or in place, it has all of them.
    home.done(&["merge", "grown", "--out", "joined"]);
    assert_eq!(fs::read(home.path("joined/runs.csv")).expect("there"), runs);
    home.done(&["merge", "grown"]);
    assert_eq!(table(), runs);
    // Who would now be content with fewer has them too, and who allows fewer is told before anything is touched.
    home.compared(&[&study, &["--precision", "50%", "--max-runs", "12", "--resume"]]);
    assert_eq!(table(), runs);
    let plan = fs::read(home.path("grown/plan.json")).expect("there");
    let refused = home.compare_refused(&[&study, &["--precision", "50%", "--max-runs", "5", "--resume"]]);
    assert!(refused.contains("say --max-runs 12"), "{refused}");
    assert_eq!(fs::read(home.path("grown/plan.json")).expect("there"), plan);
}

#[test]
fn runs_that_do_not_finish_are_counted() {
    let home = Home::new(SMALL);
    let dying = "group.origin.departure.after-copies={ copies = 0.9 }";
    let output = home.compared(&[&CHOKERS, &["--out", "out", "--set", dying]]);
    assert!(
        text(&output.stderr).contains("24 runs ended before all was done"),
        "{}",
        text(&output.stderr)
    );
    assert!(text(&output.stdout).contains("12 of 12 runs of `altruist` ended before all was done"));
    let rows = home.rows("out/comparison_summary.csv");
    assert!(rows.iter().all(|row| row["not_finished"] == "12"));
    for row in &rows {
        let of_survivors = ["completion_", "share_ratio_", "seed_load", "first_chunk_"]
            .iter()
            .any(|part| row["metric"].contains(part));
        let counts = of_survivors && !row["metric"].starts_with("group.origin");
        assert_eq!(row["unfinished"] == "12", counts, "{}", row["metric"]);
        assert!(!counts || (row["winner"] == "false" && row["resolved"] != "true"));
    }
    let times = "compare.metrics=[\"completion_mean_s\"]";
    let named = home.compared(&[&CHOKERS, &["--out", "named", "--set", dying, "--set", times]]);
    let shown = text(&named.stdout);
    assert!(
        shown.contains("no verdict on altruist: 12 of 12 runs did not finish"),
        "{shown}"
    );
    let mean = &rows[0];
    assert_eq!(
        (&*mean["metric"], &*mean["n"], &*mean["undefined"]),
        ("completion_mean_s", "0", "12")
    );
    assert_eq!(
        (&*mean["mean"], &*rows[1]["difference"], &*rows[1]["pairs_undefined"]),
        ("", "", "12")
    );
    assert!(rows.iter().all(|row| row.values().all(|cell| !cell.contains("NaN"))));
}

#[test]
fn a_steady_swarm_is_cut_where_it_is_asked_to() {
    let steady = SMALL
        .replace("count = 20\n", "")
        .replace("at-once = { jitter = \"5 s\" }", "poisson = { rate = \"0.2 /s\" }");
    let steady = steady.replace("\"altruistic\"", "\"selfish\"") + "\n[run]\ntime_limit = \"15 min\"\n";
    let home = Home::new(&steady);
    let plain = home.compared(&[&CHOKERS, &["-q", "--out", "plain"]]);
    assert!(
        text(&plain.stderr).contains("nothing is cut off at the start"),
        "{}",
        text(&plain.stderr)
    );
    assert!(home.rows("plain/runs.csv").iter().all(|row| row["cut_s"].is_empty()));
    let cut = home.compared(&[&CHOKERS, &["--out", "cut", "--set", "compare.warm_up=\"5 min\""]]);
    // A slow machine may say how far it is.
    assert!(!text(&cut.stderr).contains("warning"), "{}", text(&cut.stderr));
    assert!(text(&cut.stdout).contains("5 min on average in `altruist`, 12 of 12 runs"));
    let long = home.compared(&[&CHOKERS, &["-q", "--out", "long", "--set", "compare.warm_up=\"1 h\""]]);
    let said = text(&long.stderr);
    assert!(said.contains("of 24 runs the warm-up left nobody"), "{said}");
    assert!(home.rows("cut/runs.csv").iter().all(|row| row["cut_s"] == "300"));
    let summary = home.rows("cut/comparison_summary.csv");
    assert!(
        summary
            .iter()
            .all(|row| row["cut_mean_s"] == "300" && row["not_finished"] == "0")
    );
    home.compared(&[
        &CHOKERS,
        &["-q", "--out", "mser", "--set", "compare.warm_up=\"mser-5\""],
    ]);
    let cuts: Vec<f64> = home
        .rows("mser/runs.csv")
        .iter()
        .filter_map(|row| row["cut_s"].parse().ok())
        .collect();
    // All of the first variant, then all of the second: run by run they are cut alike.
    assert_eq!(cuts[..cuts.len() / 2], cuts[cuts.len() / 2..]);
    assert!(
        !cuts.is_empty() && cuts.iter().all(|cut| *cut > 0.0 && *cut <= 450.0 && cut % 50.0 == 0.0),
        "{cuts:?}"
    );
}

#[test]
fn faults_are_said_with_their_place_before_anything_is_run() {
    let tables = "\n[sweep]\nvary = { \"group.leechers.choking\" = [\"random\", \"altrusit\"] }\n";
    let home = Home::new(&(SMALL.to_owned() + tables));
    let checked = home.command("check scenario.toml").output().expect("the program runs");
    let said = text(&checked.stderr);
    assert!(
        said.contains("variant `altrusit`: `altrusit` is not one of the alternatives here"),
        "{said}"
    );
    assert!(
        said.contains("scenario.toml:22:") && said.contains("did you mean `altruist`?"),
        "{said}"
    );
    assert!(
        home.compare_refused(&[&["--out", "out"]])
            .contains("variant `altrusit`")
    );
    assert!(!home.path("out").exists());
    let played = home.command("run scenario.toml -q").status().expect("the program runs");
    assert!(played.success(), "a run does not look at it");

    let home = Home::new(&format!("{SMALL}\n[compare]\nbaseline = \"altruist\"\n"));
    let checked = home.command("check scenario.toml").status();
    assert!(
        checked.expect("the program runs").success(),
        "--choker may bring the baseline"
    );

    let home = Home::new(SMALL);
    for (args, message) in [
        (&[][..], "nothing is varied"),
        (&["--choker", "random,randm"], "did you mean `random`?"),
        (
            &["--choker", "random", "--baseline", "rando"],
            "there is no variant `rando`",
        ),
        (&["--vary", "seed=1,2"], "the seed can't be varied"),
        (
            &["--choker", "random", "--vary", "group.leechers.choking=altruist"],
            "is varied twice",
        ),
        (
            &["--choker", "random", "--set", "compare.metrics=[\"speed\"]"],
            "there is no metric `speed`",
        ),
        (
            &["--choker", "random", "--seed", "9223372036854775807"],
            "do not suffice",
        ),
        (
            &["--vary", "name=a,b"],
            "the variants `a` and `b` are one and the same swarm",
        ),
        (
            &["--vary", "sweep.runs=1,2"],
            "the variants `sweep.runs=1` and `sweep.runs=2` are one and the same swarm",
        ),
        (
            &["--vary", "file.chunk_size=64 KiB,65536 B"],
            "are one and the same swarm",
        ),
        (
            &[
                "--choker",
                "random",
                "--runs",
                "50",
                "--precision",
                "2%",
                "--max-runs",
                "40",
            ],
            "50 runs are more than the 40 that are allowed at most",
        ),
        (
            &["--choker", "random", "--set", "sweep.variant=[{name=\"a\\nb\",set={}}]"],
            "a name with a line break",
        ),
    ] {
        let said = home.compare_refused(&[args]);
        assert!(said.contains(message), "{args:?}: {said}");
    }
    assert!(!home.path("results").exists());
}

#[test]
fn a_scenario_in_rounds_is_compared_in_rounds() {
    let rounds = "name = \"rounds\"\n[file]\nsize = \"10 kB\"\nchunk_size = \"1 kB\"\n[run]\nmode = \"rounds\"\n\
                  [[group]]\nname = \"seed\"\ncount = 1\nupload = \"1 kB/s\"\nstarts_with = \"all\"\n\
                  [[group]]\nname = \"peers\"\ncount = 7\nupload = \"1 kB/s\"\ndeparture = \"altruistic\"\n";
    let home = Home::new(rounds);
    home.compared(&[&[
        "--vary",
        "group.peers.picking=rarest-first,sequential",
        "--runs",
        "3",
        "--out",
        "out",
    ]]);
    let runs = home.rows("out/runs.csv");
    assert_eq!(runs.len(), 6);
    for run in runs {
        let last: f64 = run["completion_last_s"].parse().expect("all completed");
        assert!(last >= 12.0 && last.fract() == 0.0, "{last}: whole rounds, 12 at least");
    }
}

#[test]
fn quantiles_are_those_of_the_leechers_that_completed() {
    let home = Home::new(SMALL);
    let limits = "run.time_limit=60 s,1 s";
    home.compared(&[&["--vary", limits, "--runs", "2", "-q", "--out", "out"]]);
    let (runs, rows) = (home.rows("out/runs.csv"), home.rows("out/comparison_quantiles.csv"));
    assert_eq!((runs.len(), rows.len()), (4, 4 * 101));
    for (run, quantiles) in runs.iter().zip(rows.chunks(101)) {
        assert!(
            quantiles
                .iter()
                .all(|row| (&row["variant"], &row["run"]) == (&run["variant"], &run["run"]))
        );
        for (step, name) in [(0, "first"), (5, "p05"), (50, "median"), (95, "p95"), (100, "last")] {
            let share: f64 = quantiles[step]
                .get("quantile")
                .expect("a column")
                .parse()
                .expect("a number");
            assert!((share - step as f64 / 100.0).abs() < 1e-12, "{share}");
            assert_eq!(
                quantiles[step]["completion_time_s"],
                run[&format!("completion_{name}_s")]
            );
        }
    }
    assert_eq!((&*runs[0]["completed"], &*runs[2]["completed"]), ("20", "0"));
    assert_ne!(rows[0]["completion_time_s"], "");
    assert!(rows[202..].iter().all(|row| row["completion_time_s"].is_empty()));
}
