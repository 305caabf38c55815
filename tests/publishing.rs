//! Plan and tables of a directory are of one study, whoever is at work there; and what stands there and is none of our files is named, neither waited for nor
//! followed.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::Duration;

mod support;
use support::Home;
use support::faults::{clear, quick};

fn code(mut child: Child) -> Option<i32> {
    child.wait().expect("ended").code()
}

/// The lock that whoever publishes takes.
fn held(home: &Home, out: &str) -> File {
    fs::create_dir_all(home.path(out).join("runs")).expect("made");
    let lock = File::create(home.path(out).join("runs/merge.lock")).expect("made");
    lock.lock().expect("locked");
    lock
}

#[test]
fn a_merge_beside_a_study_that_grows_leaves_tables_and_plan_of_one() {
    let home = quick();
    home.done("sweep scenario.toml -q --out three --runs 3");
    home.done("sweep scenario.toml -q --out four --runs 4");
    for turn in 0..6 {
        clear(&home, "out");
        home.done("sweep scenario.toml -q --out out --runs 3");
        let lock = held(&home, "out");
        let merge = home.begin("merge out -q");
        thread::sleep(Duration::from_millis(200));
        let mut sweep = home.begin("sweep scenario.toml -q --out out --runs 4 --resume");
        thread::sleep(Duration::from_millis(500));
        assert!(
            sweep.try_wait().expect("a child").is_none(),
            "it publishes beside a merge"
        );
        drop(lock);
        // The merge finds the old study, or the new one, with all its runs or without.
        let merged = code(merge);
        assert!([Some(0), Some(2)].contains(&merged), "{turn}: {merged:?}");
        assert_eq!(code(sweep), Some(0), "{turn}");
        assert!(
            home.files("out") == home.files("four"),
            "{turn}: what the sweep has made is not there"
        );
        assert!(home.files("out") != home.files("three"));
    }
}

#[test]
fn shards_of_other_plans_that_begin_together_do_not_both_go_on() {
    let home = quick();
    for other in ["--runs 6", "--seed 7"] {
        let lock = held(&home, "out");
        let shards = [
            home.begin("sweep scenario.toml -q --out out --shard 1/2"),
            home.begin(&format!("sweep scenario.toml -q --out out --shard 2/2 {other}")),
        ];
        thread::sleep(Duration::from_millis(500));
        drop(lock);
        let mut codes = shards.map(code);
        codes.sort_unstable();
        assert_eq!(codes, [Some(0), Some(2)], "{other}");
        clear(&home, "out");
    }
}

/// What `args` says, which must fail, and soon: who waits for a pipe waits for ever.
fn refused_soon(home: &Home, args: &str) -> String {
    let mut command = Command::new("timeout");
    command.current_dir(home.path("")).args(["-s", "KILL", "30"]);
    let program = assert_cmd::cargo::cargo_bin("swarmsim");
    let output = command.arg(program).args(args.split(' ')).output().expect("it runs");
    let failed = |status: ExitStatus| [Some(1), Some(2)].contains(&status.code());
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(failed(output.status), "{args}: {:?}, {said}", output.status);
    said
}

fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().expect("there is one");
    assert!(made.success());
}

#[test]
fn a_pipe_in_a_study_is_named_and_not_waited_for() {
    let home = quick();
    home.done("sweep scenario.toml -q --out out");
    for (file, commands) in [
        (
            "plan.json",
            &[
                "status out",
                "merge out -q",
                "sweep scenario.toml -q --out out --resume",
            ][..],
        ),
        (
            "runs/merge.lock",
            &["merge out -q", "sweep scenario.toml -q --out out --resume"],
        ),
        (
            "runs/segment-0.jsonl",
            &["merge out -q", "sweep scenario.toml -q --out out --resume"],
        ),
    ] {
        let path = home.path("out").join(file);
        fs::rename(&path, home.path("kept")).expect("moved");
        make_pipe(&path);
        for command in commands {
            let said = refused_soon(&home, command);
            let named = said.contains(file) && said.contains("a pipe is there, and a regular file was expected");
            assert!(named, "{file}, {command}: {said}");
        }
        fs::rename(home.path("kept"), &path).expect("moved back");
    }
}

#[test]
fn a_pipe_or_an_endless_file_in_a_result_is_named_and_not_read() {
    let home = quick();
    home.done("run scenario.toml -q --out run --detail all --record-replay");
    home.done("compare scenario.toml -q --out study");
    for out in ["run", "study"] {
        for file in home
            .files(out)
            .keys()
            .filter(|file| !file.contains('/') && *file != "plan.json")
        {
            let path = home.path(out).join(file);
            fs::rename(&path, home.path("kept")).expect("moved");
            make_pipe(&path);
            let shown = shows(file);
            if shown {
                let said = refused_soon(&home, &format!("report {out} --out page.html"));
                assert!(
                    said.contains(file.as_str()) && said.contains("a pipe is there, and a regular file"),
                    "{said}"
                );
            }
            fs::remove_file(&path).expect("removed");
            if shown {
                File::create(&path).expect("made").set_len(30 << 30).expect("sparse");
                let said = refused_soon(&home, &format!("report {out} --out page.html"));
                assert!(said.contains("it has 32212254720 bytes, and at most"), "{file}: {said}");
                fs::remove_file(&path).expect("removed");
            }
            fs::rename(home.path("kept"), &path).expect("moved back");
        }
        home.done(&format!("report {out} --out page.html"));
    }
    File::options()
        .write(true)
        .open(home.path("study/plan.json"))
        .expect("there")
        .set_len(30 << 30)
        .expect("sparse");
    for command in ["status study", "merge study -q"] {
        let said = refused_soon(&home, command);
        assert!(
            said.contains("it has 32212254720 bytes, and at most 4294967296"),
            "{said}"
        );
    }
}

/// Whether a page is made of this file.
fn shows(file: &str) -> bool {
    [
        "summary.csv",
        "group_summary.csv",
        "groups.csv",
        "capacities.csv",
        "peers.csv",
        "timeseries.csv",
        "chunks.csv",
        "replay.json",
        "scenario.toml",
        "runs.csv",
        "comparison.csv",
        "comparison_summary.csv",
        "comparison_factors.csv",
        "comparison_quantiles.csv",
        "warnings.json",
    ]
    .contains(&file)
}

#[test]
fn links_in_a_study_are_not_written_through() {
    let home = quick();
    home.done("sweep scenario.toml -q --out out --runs 2");
    fs::create_dir(home.path("elsewhere")).expect("made");
    for link in ["variants", "runs/segment-0.jsonl", "runs/merge.lock"] {
        let (path, target) = (home.path("out").join(link), home.path("elsewhere/there"));
        fs::rename(&path, &target).expect("moved");
        symlink(&target, &path).expect("made");
        let said = refused_soon(&home, "sweep scenario.toml -q --out out --runs 3 --resume");
        assert!(
            said.contains(link) && said.contains("a link is there, and a "),
            "{link}: {said}"
        );
        fs::remove_file(&path).expect("removed");
        fs::rename(&target, &path).expect("moved back");
    }
    assert!(home.files("out").contains_key("plan.json"));
}

#[test]
fn a_study_beyond_the_greatest_is_refused_at_once() {
    let home = quick();
    let counts: Vec<_> = (1..=51).map(|count| count.to_string()).collect();
    let vary = format!("group.leechers.count={}", counts.join(","));
    let plan = |runs: &str| {
        let mut command = home.command(&["sweep", "scenario.toml", "--dry-run", "-q", "--vary", &vary, "--vary"]);
        command.args(["file.chunk_size=64 KiB,128 KiB", "--runs", runs, "--out", "out"]);
        command.output().expect("the program runs")
    };
    let refused = plan("98040");
    let said = String::from_utf8(refused.stderr).expect("text");
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(
        said.contains("102 variants of 98040 runs each are 10000080 runs, and a study has at most 10000000"),
        "{said}"
    );
    assert!(!home.path("out").exists());
}
