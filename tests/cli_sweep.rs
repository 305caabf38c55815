//! Sweeps in parts, by the program: shards, merge, status.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

mod support;
use support::{Home, lines, signal, text, wait_for_lines};

/// 1 seed and a few leechers that share 2 MiB: 4 variants of 5 runs.
const SMALL: &str = r#"
name = "small"

[file]
size = "2 MiB"

[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 12
upload.uniform = { min = "1 Mbit/s", max = "3 Mbit/s" }
arrival.at-once = { jitter = "5 s" }

[sweep]
runs = 5

[sweep.vary]
"file.chunk_size" = ["64 KiB", "256 KiB"]
"group.leechers.count" = [8, 16]
"#;

fn home() -> Home {
    Home::new(SMALL)
}

impl Home {
    /// The sweep `args`, which must go well.
    fn sweep(&self, out: &str, args: &[&str]) -> (String, String) {
        self.done(&[&["sweep", "scenario.toml", "--out", out], args].concat())
    }

    fn shard(&self, out: &str, shard: &str) -> (String, String) {
        self.sweep(out, &["--shard", shard, "-q"])
    }

    fn status(&self, directories: &[&str]) -> serde_json::Value {
        let (json, _) = self.done(&[&["status", "--json"], directories].concat());
        serde_json::from_str(&json).expect("JSON")
    }
}

#[test]
fn any_number_of_shards_gives_the_bytes_of_one() {
    let home = home();
    let (said, _) = home.sweep("whole", &[]);
    assert!(
        said.contains("5 of each") && said.contains("comparison_summary.csv"),
        "{said}"
    );
    let whole = home.files("whole");
    assert!(whole.contains_key("comparison.csv") && whole.contains_key("variants/3-256_KiB___leechers.count=16.toml"));
    for of in [1, 3, 7] {
        let out = format!("in-{of}");
        for number in (1..=of).rev() {
            let (said, _) = home.sweep(&out, &["--shard", &format!("{number}/{of}"), "--jobs", "2"]);
            assert!(said.contains(&format!("swarmsim merge {out}")), "{said}");
        }
        assert!(!home.path(&out).join("comparison.csv").exists());
        home.done(&["merge", &out]);
        assert_eq!(home.files(&out), whole, "{of} shards");
    }
}

#[test]
fn shards_from_several_machines_are_joined_in_another_directory() {
    let home = home();
    home.sweep("whole", &["-q"]);
    for part in ["1/3", "2/3", "3/3"] {
        home.shard(&part[..1], part);
    }
    let error = home.refused(2, &["merge", "1", "2", "3"]);
    assert!(error.contains("--out"), "{error}");
    let (said, beside) = home.done(&["merge", "3", "1", "2", "--out", "joined"]);
    assert!(said.contains("results   joined") && beside.is_empty(), "{said}{beside}");
    assert_eq!(home.files("joined"), home.files("whole"));
    // What was joined is a sweep like any other.
    let status = home.status(&["joined"]);
    assert_eq!(status["parts"][0]["state"], "ended");
    home.sweep("joined", &["--resume", "-q"]);
    assert_eq!(home.files("joined"), home.files("whole"));
    let again = home.refused(2, &["merge", "1", "2", "3", "--out", "joined"]);
    assert!(again.contains("exists already"), "{again}");
    home.done(&["merge", "1", "2", "3", "--out", "joined", "--force", "-q"]);
    assert_eq!(home.files("joined"), home.files("whole"));
    let part = home.refused(2, &["merge", "1", "2", "3", "--out", "2", "--force"]);
    assert!(part.contains("`2` is one of the parts"), "{part}");
}

#[test]
fn missing_runs_are_named_and_nothing_is_written() {
    let home = home();
    home.shard("out", "2/2");
    home.shard("other", "2/2");
    let before = home.files("out");
    let error = home.refused(1, &["merge", "out"]);
    assert!(
        error.contains("10 of 20 runs are missing: runs 1, 3 of `64 KiB · leechers.count=8`, runs 0, 2, 4 of")
            && error.contains("swarmsim status"),
        "{error}"
    );
    assert_eq!(home.files("out"), before);
    let error = home.refused(1, &["merge", "out", "other", "--out", "joined"]);
    assert!(
        error.contains("10 of 20 runs are missing") && !home.path("joined").exists(),
        "{error}"
    );
}

#[test]
fn double_runs_are_used_once_if_they_are_the_same() {
    let home = home();
    home.sweep("whole", &["-q"]);
    home.shard("one", "1/2");
    home.shard("two", "2/2");
    home.shard("three", "1/3");
    let (_, beside) = home.done(&["merge", "one", "two", "three", "--out", "joined", "-q"]);
    assert!(
        beside.contains("more than once, with the same figures")
            && beside.contains("\n  in `one/runs/shard-1-of-2.jsonl` and `three/runs/shard-1-of-3.jsonl`: run"),
        "{beside}"
    );
    assert_eq!(home.files("joined"), home.files("whole"));
    let status = home.status(&["one", "two", "three"]);
    assert_eq!(
        (&status["doubles"], &status["missing"]),
        (&7.into(), &serde_json::json!([]))
    );
    let of_files = |double: &serde_json::Value| double["files"][1] == "three/runs/shard-1-of-3.jsonl";
    assert!(
        status["double"].as_array().expect("a list").iter().all(of_files),
        "{status}"
    );
    // One directory is one part, however it is written.
    let (_, beside) = home.done(&["merge", "one", "./one", "two", "one/", "--out", "again", "-q"]);
    assert_eq!(
        beside,
        "warning: `./one` is named more than once: read once\nwarning: `one/` is named more than once: read once\n"
    );
    assert_eq!(home.files("again"), home.files("whole"));
}

#[test]
fn double_runs_that_differ_are_an_error_that_names_both() {
    let home = home();
    home.shard("one", "1/1");
    home.shard("two", "1/1");
    let segment = home.path("two/runs/shard-1-of-1.jsonl");
    let text = fs::read_to_string(&segment).expect("read");
    // Another figure in the third line, with the checksum that belongs to it.
    let forge = |line: &str| {
        let of = line.find(",\"of\":").expect("its header");
        let start = line.find("\"value\":").expect("a value") + 8;
        let value = line[start..line.len() - 1].replacen("\"makespan_s\":", "\"makespan_s\":1", 1);
        let crc32 = crc32fast::hash(value.as_bytes());
        format!("{{\"crc32\":\"{crc32:08x}\"{}{value}}}", &line[of..start])
    };
    let forged: Vec<_> = text
        .lines()
        .enumerate()
        .map(|(at, line)| if at == 2 { forge(line) } else { line.to_owned() })
        .collect();
    fs::write(&segment, forged.join("\n") + "\n").expect("written");
    let error = home.refused(1, &["merge", "one", "two", "--out", "joined"]);
    assert!(
        error.contains("came out differently") && error.contains("`two/runs/shard-1-of-1.jsonl`, line 3"),
        "{error}"
    );
    assert!(!home.path("joined").exists());
    // In one file they are no better, and whoever would go on sees it too.
    let honest = text.lines().nth(2).expect("a run");
    fs::write(&segment, format!("{}\n{honest}\n", forged.join("\n"))).expect("written");
    let shard = ["sweep", "scenario.toml", "--out", "two", "-q"];
    for how in [&["--resume"][..], &["--shard", "1/1"]] {
        let error = home.refused(1, &[&shard[..], how].concat());
        assert!(
            error.contains("came out differently") && error.contains("line 3"),
            "{error}"
        );
    }
    assert!(!home.path("two/comparison.csv").exists());
    let status = home.status(&["two"]);
    let parts = status["parts"].as_array().expect("parts");
    let shard = parts.iter().find(|part| part["shard"] == "1/1").expect("the shard");
    assert_eq!((&status["doubles"], &shard["done"]), (&1.into(), &20.into()));
    let (said, _) = home.done(&["status", "two"]);
    assert!(
        said.contains("1 differ") && said.contains("`: two/runs/shard-1-of-1.jsonl, line 3 and"),
        "{said}"
    );
}

#[test]
fn parts_of_something_else_are_refused_with_the_first_difference() {
    let home = home();
    home.shard("one", "1/2");
    home.sweep("seed", &["--shard", "2/2", "--seed", "9", "-q"]);
    home.sweep("runs", &["--shard", "2/2", "--runs", "6", "-q"]);
    for (other, difference) in [
        ("seed", "the seed was `1` and is `9`"),
        ("runs", "the number of runs was 5 and is 6"),
    ] {
        let error = home.refused(2, &["merge", "one", other, "--out", "joined"]);
        assert!(error.contains(difference), "{error}");
        assert!(
            error.contains(&format!("`one` of one, `{other}` of another")),
            "{error}"
        );
    }
    let here = [
        "sweep",
        "scenario.toml",
        "--shard",
        "2/2",
        "--out",
        "one",
        "--runs",
        "6",
    ];
    let error = home.refused(2, &here);
    assert!(error.contains("the number of runs was 5 and is 6"), "{error}");
    let error = home.refused(2, &["merge", "nowhere"]);
    assert!(error.contains("cannot read `nowhere/plan.json`"), "{error}");
}

#[test]
fn shards_work_in_one_directory_at_the_same_time() {
    let home = home();
    home.sweep("whole", &["-q"]);
    let begin = |number: u32| {
        let shard = format!("{number}/4");
        let mut command = home.command(&[
            "sweep",
            "scenario.toml",
            "--out",
            "out",
            "--jobs",
            "1",
            "-q",
            "--shard",
            &shard,
        ]);
        command.stderr(Stdio::null()).spawn().expect("the program runs")
    };
    let children: Vec<_> = (1..=4).map(begin).collect();
    for mut child in children {
        assert!(child.wait().expect("ended").success());
    }
    home.done(&["merge", "out", "-q"]);
    assert_eq!(home.files("out"), home.files("whole"));
}

#[test]
fn a_damaged_header_is_named_and_the_runs_below_it_are_used() {
    let home = home();
    home.sweep("whole", &["-q"]);
    home.shard("out", "1/1");
    let segment = home.path("out/runs/shard-1-of-1.jsonl");
    let text = fs::read_to_string(&segment).expect("read");
    fs::write(&segment, text.replacen("\"seed\":", "\"seed\":9", 1)).expect("written");
    let status = home.status(&["out"]);
    assert_eq!(status["damages"][0], "out/runs/shard-1-of-1.jsonl:1");
    assert_eq!((&status["done"], &status["wanted"]), (&20.into(), &20.into()));
    let (_, beside) = home.shard("out", "1/1");
    assert!(beside.contains("line 1; no run is missing for it"), "{beside}");
    home.done(&["merge", "out", "-q"]);
    assert_eq!(home.files("out"), home.files("whole"));
}

#[test]
fn a_shard_that_is_stopped_goes_on_with_the_same_command() {
    let home = home();
    let slow = [
        "--set",
        "group.leechers.count=300",
        "--vary",
        "file.chunk_size=16 KiB,32 KiB",
        "--runs",
        "8",
    ];
    home.sweep("whole", &[&slow, &["-q"][..]].concat());
    let shard = [
        &[
            "sweep",
            "scenario.toml",
            "--out",
            "out",
            "--jobs",
            "1",
            "-q",
            "--shard",
            "1/1",
        ],
        &slow[..],
    ]
    .concat();
    for (name, code) in [("TERM", Some(130)), ("INT", Some(130)), ("KILL", None)] {
        let segment = home.path("out/runs/shard-1-of-1.jsonl");
        let before = lines(&segment);
        let mut child = home
            .command(&shard)
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        // The header, a note, and a run.
        wait_for_lines(&segment, before + 2);
        signal(&child, name);
        assert_eq!(child.wait().expect("ended").code(), code, "{name}");
        let state = &home.status(&["out"])["parts"][0]["state"];
        let expected = if name == "KILL" { "gone" } else { "interrupted" };
        assert_eq!(state, expected, "{name}");
    }
    home.done(&shard);
    assert_eq!(home.status(&["out"])["parts"][0]["state"], "ended");
    home.done(&["merge", "out", "-q"]);
    assert_eq!(home.files("out"), home.files("whole"));
}

#[test]
fn status_says_how_far_each_part_is() {
    let home = home();
    home.shard("out", "2/3");
    home.shard("elsewhere", "3/3");
    let status = home.status(&["out", "elsewhere"]);
    assert_eq!(
        (&status["wanted"], &status["not_begun"][0]),
        (&20.into(), &"1/3".into())
    );
    let done: u64 = status["parts"]
        .as_array()
        .expect("parts")
        .iter()
        .map(|part| part["done"].as_u64().expect("a count"))
        .sum();
    assert_eq!(status["done"].as_u64(), Some(done));
    assert_eq!(
        status["variants"][0],
        serde_json::json!({ "variant": "64 KiB · leechers.count=8", "done": status["variants"][0]["done"] })
    );
    let (said, _) = home.done(&["status", "out", "elsewhere"]);
    for part in [
        "of 20",
        "0 of 4 complete",
        "not begun shard 1/3",
        "shard 2/3",
        "ended",
        "64 KiB · leechers.count=16",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_shard_writes_a_damaged_plan_anew() {
    let home = home();
    home.shard("out", "1/1");
    let plan = home.path("out/plan.json");
    let whole = fs::read_to_string(&plan).expect("read");
    fs::write(&plan, whole.replace("0.95", "0.59")).expect("written");
    let error = home.refused(2, &["status", "out"]);
    assert!(
        error.contains("damaged") && error.contains("`sweep --shard` as it was"),
        "{error}"
    );
    let (_, said) = home.shard("out", "1/1");
    assert!(said.contains("damaged: `out/plan.json` was not as it was"), "{said}");
    assert_eq!(fs::read_to_string(&plan).expect("read"), whole);
    let (_, said) = home.shard("out", "1/1");
    assert!(!said.contains("plan.json"), "{said}");
}

#[test]
fn a_refused_merge_leaves_no_directories() {
    let home = home();
    home.shard("part", "1/2");
    home.refused(1, &["merge", "part", "--out", "a/b/joined", "-q"]);
    assert!(!home.path("a").exists());
}

#[test]
fn a_merge_offers_only_what_it_can_do() {
    let home = home();
    home.shard("part", "1/1");
    home.done(&["merge", "part", "--out", "joined", "-q"]);
    let error = home.refused(2, &["merge", "part", "--out", "joined"]);
    assert!(error.contains("--force") && !error.contains("--resume"), "{error}");
}

/// A pipe can be read once, and there are several variants.
#[cfg(target_os = "linux")]
#[test]
fn a_scenario_may_come_through_a_pipe() {
    let home = home();
    let mut command = home.command(&[
        "sweep",
        "/dev/stdin",
        "--vary",
        "file.size=1 MiB,2 MiB",
        "--runs",
        "1",
        "--out",
        "out",
        "-q",
    ]);
    let mut child = command
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), SMALL.as_bytes()).expect("written");
    assert!(child.wait().expect("ended").success());
    assert!(home.path("out/comparison.csv").exists());
}

#[test]
fn a_damaged_line_is_named_and_its_run_played_again() {
    let home = home();
    home.sweep("whole", &["-q"]);
    home.shard("out", "1/1");
    let segment = home.path("out/runs/shard-1-of-1.jsonl");
    let text = fs::read_to_string(&segment).expect("read");
    fs::write(&segment, text.replacen("\"makespan_s\":", "\"makespan_s\":1", 1)).expect("written");
    assert_eq!(home.status(&["out"])["damages"][0], "out/runs/shard-1-of-1.jsonl:3");
    let error = home.refused(1, &["merge", "out"]);
    assert!(
        // Which run ended first hangs on the threads.
        error.contains("1 of 20 runs are missing: run 0 of `64 KiB · leechers.count="),
        "{error}"
    );
    let (_, beside) = home.shard("out", "1/1");
    assert!(
        beside.contains("line 3; a run that only stood there is done again"),
        "{beside}"
    );
    home.done(&["merge", "out", "-q"]);
    assert_eq!(home.files("out"), home.files("whole"));
}

#[test]
fn what_can_not_be_done_in_parts_is_refused() {
    let home = home();
    let shard = ["sweep", "scenario.toml", "--out", "out", "--shard", "1/2"];
    let error = home.refused(2, &[&shard[..], &["--set", "compare.precision=0.02"]].concat());
    assert!(error.contains("they can't be played in parts"), "{error}");
    let error = home.refused(2, &[&shard[..], &["--force"]].concat());
    assert!(error.contains("--force"), "{error}");
    let error = home.refused(2, &["sweep", "scenario.toml", "--shard", "1/99999999999"]);
    assert!(error.contains("at most 100000"), "{error}");
    let error = home.refused(2, &["sweep", "scenario.toml", "--shard", "3/2"]);
    assert!(error.contains("the shards are 1/2 to 2/2"), "{error}");
    assert!(!home.path("out").exists() && !home.path("results").exists());
}

#[test]
fn a_dry_run_checks_everything_and_makes_nothing() {
    let home = home();
    let (said, _) = home.sweep("out", &["--dry-run"]);
    assert!(said.contains("5 of each") && !home.path("out").exists(), "{said}");
    home.shard("out", "1/2");
    let before = home.files("out");
    home.sweep("out", &["--dry-run", "--shard", "2/2"]);
    let shard = ["sweep", "scenario.toml", "--out", "out", "--dry-run", "--shard", "2/2"];
    let error = home.refused(2, &[&shard[..], &["--runs", "6"]].concat());
    assert!(error.contains("the number of runs was 5 and is 6"), "{error}");
    let error = home.refused(2, &["sweep", "scenario.toml", "--out", "out", "--dry-run"]);
    assert!(error.contains("exists already"), "{error}");
    assert_eq!(home.files("out"), before);
    assert_eq!(
        fs::read_dir(home.path("out/runs")).expect("a folder").count(),
        2,
        "a segment and the lock of the plan"
    );
}

#[test]
fn a_dry_run_says_what_is_there_and_what_remains() {
    let home = home();
    home.sweep("out", &["--runs", "2", "-q"]);
    let (files, segment) = (home.files("out"), home.path("out/runs/segment-0.jsonl"));
    let store = fs::read_to_string(&segment).expect("read");
    let (said, _) = home.sweep("out", &["--dry-run", "--resume"]);
    assert!(said.contains("there     8 of 20 runs, 12 to play"), "{said}");
    let (plan, said) = home.sweep("out", &["--dry-run", "--resume", "--json"]);
    assert!(said.contains("8 of 20 runs"), "{said}");
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("one document");
    assert_eq!(
        (&plan["done"], &plan["wanted"], &plan["runs"]),
        (&8.into(), &20.into(), &5.into())
    );
    assert_eq!(
        (&plan["results"], &plan["scenario"], &plan["seed"]),
        (&"out".into(), &"small".into(), &1.into())
    );
    let variants = plan["variants"].as_array().expect("a list");
    let factors = serde_json::json!({ "file.chunk_size": "64 KiB", "group.leechers.count": "16" });
    assert_eq!((variants.len(), &variants[1]["factors"]), (4, &factors));
    let (plan, said) = home.sweep("new", &["--dry-run", "--json", "-q", "--shard", "1/2"]);
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("one document");
    assert_eq!((&plan["shard"], &plan["wanted"]), (&"1/2".into(), &10.into()));
    let share = plan["share_of_work"].as_f64().expect("a share");
    assert!((share - 0.5).abs() < 0.01, "{share}");
    assert_eq!(plan["done"], 0);
    assert!(!said.contains("to play"), "{said}");
    let (said, _) = home.sweep("new", &["--dry-run", "--shard", "1/2"]);
    assert!(said.contains("there     0 of 10 runs, 10 to play"), "{said}");
    // What a resume would refuse or warn of, it does too.
    let resume = ["sweep", "scenario.toml", "--out", "out", "--dry-run", "--resume"];
    let error = home.refused(2, &[&resume[..], &["--runs", "1"]].concat());
    assert!(error.contains("2 runs of each variant are there already"), "{error}");
    let error = home.refused(2, &[&resume[..], &["--seed", "9"]].concat());
    assert!(error.contains("the seed was `1` and is `9`"), "{error}");
    fs::write(&segment, store.replacen("\"makespan_s\":", "\"makespan_s\":1", 1)).expect("written");
    let (said, beside) = home.sweep("out", &["--dry-run", "--resume"]);
    assert!(
        said.contains("7 of 20 runs, 13 to play") && beside.contains("line 3; a run"),
        "{said}{beside}"
    );
    fs::write(&segment, &store).expect("written");
    let lock = fs::File::open(&segment).expect("opened");
    lock.lock().expect("locked");
    assert!(home.refused(2, &resume).contains("another swarmsim is writing"));
    assert_eq!(home.files("out"), files);
    assert_eq!(fs::read_to_string(&segment).expect("read"), store);
    assert!(!home.path("new").exists());
}

#[test]
fn a_refused_resume_leaves_nothing_in_the_store() {
    let home = home();
    home.shard("out", "1/2");
    home.shard("out", "2/2");
    let store = || -> Vec<_> {
        let entries = fs::read_dir(home.path("out/runs")).expect("a folder").flatten();
        let mut files: Vec<_> = entries
            .map(|entry| (entry.file_name(), fs::read(entry.path()).expect("read")))
            .collect();
        files.sort();
        files
    };
    let (before, files) = (store(), home.files("out"));
    let resume = ["sweep", "scenario.toml", "--out", "out", "--resume"];
    for (how, why) in [
        (&["--runs", "4"][..], "5 runs of each variant are there"),
        (&["--seed", "2"], "the seed was"),
    ] {
        let error = home.refused(2, &[&resume[..], how].concat());
        assert!(error.contains(why), "{error}");
        assert!(store() == before && home.files("out") == files, "{how:?}");
    }
    home.sweep("out", &["--resume", "-q"]);
    assert_eq!(store().len(), 4, "with the lock of the plan");
}

#[test]
fn a_warning_is_told_once_with_the_variants_that_it_is_about() {
    let home = home();
    let axes = [
        "run.time_limit=1 s,10 min",
        "group.leechers.count=8,9,10,11,12",
        "file.chunk_size=64 KiB,256 KiB",
    ];
    let vary: Vec<_> = axes.iter().flat_map(|axis| ["--vary", axis]).collect();
    let (_, beside) = home.sweep("out", &[&vary[..], &["--dry-run"]].concat());
    assert_eq!(beside.matches("the run ends after 1 s").count(), 1, "{beside}");
    assert!(
        beside.contains("in `1 s · leechers.count=8 · 64 KiB`, `1 s · leechers.count=8 · 256 KiB`,")
            && beside.contains("leechers.count=10 · 64 KiB`, 5 more\n"),
        "{beside}"
    );
}

#[test]
fn seeds_need_only_suffice_for_the_runs_that_are_played() {
    let home = home();
    let last = ["--seed", "9223372036854775806", "--runs"];
    home.sweep("out", &[&last[..], &["2", "-q"]].concat());
    let args = [
        "sweep",
        "scenario.toml",
        "--out",
        "more",
        "--seed",
        last[1],
        "--runs",
        "3",
    ];
    let error = home.refused(2, &args);
    assert!(error.contains("do not suffice for 3 runs"), "{error}");
}

#[test]
fn a_plan_that_was_removed_meanwhile_is_there_at_the_end() {
    let home = home();
    for (how, segment) in [
        (&["--runs", "60"][..], "segment-0"),
        (&["--runs", "60", "--shard", "1/1"], "shard-1-of-1"),
    ] {
        let out = segment;
        let args = [&["sweep", "scenario.toml", "-q", "--jobs", "1", "--out", out], how].concat();
        let mut child = home
            .command(&args)
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        wait_for_lines(&home.path(&format!("{out}/runs/{segment}.jsonl")), 3);
        fs::remove_file(home.path(&format!("{out}/plan.json"))).expect("removed");
        assert!(child.wait().expect("ended").success());
        assert_eq!(home.status(&[out])["done"], 240);
    }
}

#[test]
fn a_merge_of_a_sweep_that_was_stopped_names_the_way_on() {
    let home = home();
    home.sweep("out", &["-q"]);
    let segment = home.path("out/runs/segment-0.jsonl");
    let text = fs::read_to_string(&segment).expect("read");
    let begun: Vec<_> = text.lines().take(4).collect();
    fs::write(&segment, begun.join("\n") + "\n").expect("written");
    let error = home.refused(1, &["merge", "out"]);
    assert!(
        error.contains("18 of 20 runs are missing") && error.contains("--resume"),
        "{error}"
    );
}

/// With an sbatch that does at once, one after the other, what a cluster would do later.
#[cfg(unix)]
#[test]
fn the_slurm_script_checks_before_it_submits() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    home.sweep("whole", &["-q"]);
    let sbatch = home.path("bin/sbatch");
    fs::create_dir(home.path("bin")).expect("made");
    fs::write(
        &sbatch,
        r#"#!/bin/sh
tasks=
for word; do
    case $word in
    --array=1-*) tasks=${word#--array=1-} ;;
    --*) ;;
    *) break ;;
    esac
    shift
done
echo "$tasks" >>submitted
if [ -n "$tasks" ]; then
    for task in $(seq "$tasks"); do SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$task "$@" >>said 2>&1; done
else
    "$@" >>said 2>&1
fi
echo 7
"#,
    )
    .expect("written");
    fs::set_permissions(&sbatch, fs::Permissions::from_mode(0o755)).expect("may be run");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/slurm/sweep.sh");
    let path = format!(
        "{}:{}",
        home.path("bin").display(),
        std::env::var("PATH").expect("a path")
    );
    let submit = |options: &[&str]| {
        let mut command = Command::new("bash");
        command
            .arg(&script)
            .args(["2", "scenario.toml", "out///"])
            .args(options);
        command.env("PATH", &path).current_dir(home.path("."));
        command.env("SWARMSIM", assert_cmd::cargo::cargo_bin("swarmsim"));
        command.output().expect("bash runs")
    };
    for (options, why) in [
        (&["--vary", "file.nonsense=1"][..], "nonsense"),
        (&["--resume"], "--resume"),
        (&["--shard", "1/2"], "--shard"),
        (&["--jobs", "3"], "--jobs"),
        (&["--set", "sweep.vary={}"], "vari"),
    ] {
        let output = submit(options);
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(why), "{options:?}: {said}");
        assert!(
            !home.path("submitted").exists() && !home.path("out").exists(),
            "{options:?}"
        );
    }
    let output = submit(&["-q"]);
    let said = fs::read_to_string(home.path("said")).unwrap_or_default();
    assert!(output.status.success(), "{}{said}", text(&output.stderr));
    assert!(home.path("out.log").is_dir());
    assert_eq!(home.files("out"), home.files("whole"), "{said}");
    let output = submit(&["--runs", "6"]);
    let said = text(&output.stderr);
    assert!(
        !output.status.success() && said.contains("the number of runs was 5 and is 6"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(home.path("submitted")).expect("read"), "2\n\n");
}

#[test]
fn names_of_files_and_directories_do_not_steer_the_terminal() {
    let home = home();
    let out = "z\u{1b}[31m\u{7}\u{202e}";
    let is_obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    let shown = |args: &[&str]| {
        let output = home.output(args);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!said.contains(is_obeyed), "{args:?}: {said:?}");
        assert!(
            said.contains("z\\u{1b}[31m\\u{7}") || said.contains("z\\u001b[31m\\u0007"),
            "{args:?}: {said}"
        );
    };
    shown(&["sweep", "scenario.toml", "--runs", "1", "--shard", "1/1", "--out", out]);
    let runs = home.path(out).join("runs");
    fs::copy(runs.join("shard-1-of-1.jsonl"), runs.join("x\u{1b}[2J.jsonl")).expect("copied");
    fs::create_dir(runs.join("y\u{1b}[2J.jsonl")).expect("made");
    for args in [["status", out], ["merge", out], ["report", out]] {
        shown(&args);
        if args[0] != "report" {
            shown(&[&args[..], &["--json"]].concat());
        }
    }
    let run = ["run", "scenario.toml", "--out", "z\u{1b}[31m\u{7}"];
    shown(&run);
    shown(&run);
    shown(&["new", "z\u{1b}[31m\u{7}/x.toml"]);
}

/// A shard that is at work, as its file and the lock of it say, and two that have not begun.
#[test]
fn status_tells_when_all_is_done_while_shards_still_wait() {
    let home = home();
    home.shard("out", "1/3");
    let segment = home.path("out/runs/shard-1-of-3.jsonl");
    let store = fs::read_to_string(&segment).expect("read");
    // The header, the note of its begin, and three runs.
    let begun: String = store.split_inclusive('\n').take(5).collect();
    fs::write(&segment, begun).expect("written");
    let lock = fs::File::open(&segment).expect("opened");
    lock.lock().expect("locked");
    // A second is the least that it can have taken.
    let status = home.status(&["out"]);
    let count = |key: &str| status[key].as_u64().expect(key);
    assert_eq!((count("done"), count("playing")), (3, 1), "{status}");
    let own = status["parts"][0]["left"].as_u64().expect("a count");
    assert_eq!(count("waiting"), 17 - own, "{status}");
    let eta = |value: &serde_json::Value| value["eta_s"].as_f64().expect("seconds");
    let (all, shard) = (eta(&status), eta(&status["parts"][0]));
    assert!(shard > 0.0 && all > 2.0 * shard, "{status}");
    assert_eq!(status["not_begun"], serde_json::json!(["2/3", "3/3"]));
    let (said, _) = home.done(&["status", "out"]);
    assert!(said.contains(" with 1 at a time\n"), "{said}");
    drop(lock);
    let (said, _) = home.done(&["status", "out"]);
    assert!(
        !said.contains("at a time") && said.contains("ended without saying why"),
        "{said}"
    );
}

#[test]
fn shards_of_two_splits_are_told_apart() {
    let home = home();
    home.shard("out", "1/2");
    assert_eq!(home.status(&["out"])["splits"], serde_json::json!([2]));
    let (said, _) = home.done(&["status", "out"]);
    assert!(!said.contains("splits"), "{said}");
    home.shard("out", "1/3");
    assert_eq!(home.status(&["out"])["splits"], serde_json::json!([2, 3]));
    let (said, _) = home.done(&["status", "out"]);
    assert!(said.contains("splits    into 2 and into 3 shards: "), "{said}");
    // As it says, those of one are all runs.
    home.shard("out", "2/2");
    home.done(&["merge", "out", "-q"]);
    home.sweep("whole", &["-q"]);
    assert_eq!(home.files("out"), home.files("whole"));
}

#[test]
fn a_run_to_the_place_of_a_study_says_what_is_there() {
    let home = home();
    // Begun, as a process leaves it that is at work, and done.
    fs::create_dir_all(home.path("begun/variants")).expect("made");
    home.sweep("done", &["-q", "--runs", "1"]);
    for out in ["begun", "done"] {
        for force in [&[][..], &["--force"]] {
            let said = home.refused(2, &[&["run", "scenario.toml", "-q", "--out", out], force].concat());
            assert!(
                said.contains(&format!("`{out}` holds a comparison or a sweep of swarmsim")),
                "{said}"
            );
        }
    }
}

#[test]
fn a_shard_with_nothing_to_do_is_not_waited_for() {
    let home = home();
    let few = ["--runs", "1", "-q"];
    for shard in ["1/6", "2/6", "3/6"] {
        home.sweep("out", &[&few[..], &["--shard", shard]].concat());
    }
    // Of four runs: the other two have none.
    assert_eq!(home.status(&["out"])["not_begun"], serde_json::json!(["4/6"]));
    home.sweep("out", &[&few[..], &["--shard", "4/6"]].concat());
    let status = home.status(&["out"]);
    assert_eq!(status["not_begun"], serde_json::json!([]));
    assert_eq!((&status["done"], &status["waiting"]), (&4.into(), &0.into()));
    home.done(&["merge", "out", "-q"]);
}
