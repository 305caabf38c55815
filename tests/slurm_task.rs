//! scripts/slurm/ without Slurm: signals at bad moments, a queue that does not take the task back, and how many tasks there are. `tests/slurm/run.sh` tries the rest with a real one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

mod support;
use support::faults::{home, quick};
use support::{Home, signal, text, wait_for_lines, wait_until};

/// A program called `name` that comes before that of the system.
fn fake(home: &Home, name: &str, script: &str) {
    fs::create_dir_all(home.path("bin")).expect("made");
    let path = home.path("bin").join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("made a program");
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/slurm").join(name)
}

/// The only task of a sweep of 40 runs, each of which takes a moment, with `scontrol` as it is wanted.
fn task(home: &Home, scontrol: &str) -> Child {
    fake(home, "scontrol", scontrol);
    let path = std::env::var("PATH").expect("a path");
    let mut command = Command::new("bash");
    let options = ["-q", "--runs", "20"];
    command
        .arg(script("task.sh"))
        .args(["1", "scenario.toml", "out"])
        .args(options);
    command.current_dir(home.path("."));
    command.env("PATH", format!("{}:{path}", home.path("bin").display()));
    command.env("SWARMSIM", assert_cmd::cargo::cargo_bin("swarmsim"));
    command.envs([
        ("SLURM_ARRAY_TASK_ID", "1"),
        ("SLURM_ARRAY_JOB_ID", "7"),
        ("SLURM_CPUS_PER_TASK", "1"),
    ]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("bash runs")
}

fn segment(home: &Home) -> PathBuf {
    home.path("out/runs/shard-1-of-1.jsonl")
}

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn a_task_that_is_not_queued_again_says_so_and_fails() {
    let home = home();
    let child = task(&home, "echo 'Requested operation not permitted' >&2; exit 1");
    wait_for_lines(&segment(&home), 4);
    signal(&child, "USR1");
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    let said = said(&output);
    assert!(
        said.contains("not permitted") && said.contains("error: Slurm did not put the task back"),
        "{said}"
    );
    let stored = fs::read_to_string(segment(&home)).expect("read");
    assert!(stored.contains("\"interrupted\""), "the program has ended cleanly");
}

#[test]
fn a_task_out_of_time_is_queued_again_by_its_number() {
    let home = home();
    // Slurm ends the task when it is put back.
    let child = task(&home, "echo \"$@\" >queued; kill -TERM $PPID; kill -KILL $PPID");
    wait_for_lines(&segment(&home), 4);
    signal(&child, "USR1");
    child.wait_with_output().expect("ended");
    assert_eq!(
        fs::read_to_string(home.path("queued")).expect("queued"),
        "requeue 7_1\n"
    );
}

/// `grep`, which counts the runs that are there before the program is begun, waits for the signal.
#[test]
fn a_signal_before_the_program_is_begun_is_heard() {
    for (name, words) in [("USR1", "raise TASK_TIME"), ("TERM", "")] {
        let home = home();
        fake(
            &home,
            "grep",
            "touch counting; while [ ! -e counted ]; do sleep 0.01; done; echo 0",
        );
        let child = task(&home, "exit 1");
        wait_until(|| home.path("counting").exists(), "nothing is counted");
        signal(&child, name);
        fs::write(home.path("counted"), "").expect("written");
        let output = child.wait_with_output().expect("ended");
        let said = said(&output);
        assert_eq!(output.status.code(), Some(143), "{name}: {said}");
        assert!(said.contains(words) && !home.path("out").exists(), "{name}: {said}");
    }
}

#[test]
fn a_program_that_is_refused_at_once_is_no_success() {
    let home = Home::new("name = \"swarm\"\n");
    let output = task(&home, "exit 1").wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(!said(&output).contains("short:"));
}

#[test]
fn the_merge_counts_short_tasks_of_its_own_array() {
    let home = quick();
    let output = task(&home, "exit 1").wait_with_output().expect("ended");
    let short = text(&output.stdout);
    assert!(
        short.starts_with("short: all of this task of job 7 took "),
        "{}",
        said(&output)
    );
    fs::create_dir(home.path("out.log")).expect("made");
    for task in [1, 2, 3] {
        fs::write(home.path(&format!("out.log/{task}.txt")), &short).expect("written");
    }
    // Job 8 has played what was missing of two of the three.
    let later = short.replace("job 7", "job 8");
    fs::write(home.path("out.log/1.txt"), short + &later).expect("written");
    for (job, is_told) in [("7", true), ("8", false)] {
        let mut merge = Command::new("bash");
        merge.arg(script("merge.sh")).args(["out", job, "3", "sweep.sh"]);
        merge.env("SWARMSIM", assert_cmd::cargo::cargo_bin("swarmsim"));
        let output = merge.current_dir(home.path(".")).output().expect("bash runs");
        let said = said(&output);
        assert!(output.status.success(), "{said}");
        assert_eq!(
            said.contains("3 of 3 tasks took less than a minute"),
            is_told,
            "job {job}: {said}"
        );
    }
}

/// A program that takes a fifth of a second to start, and 2 ms for each of 100,000 runs, of which a task of a minute has 30,000.
#[test]
fn starting_up_makes_no_more_tasks() {
    let home = quick();
    fake(
        &home,
        "swarmsim",
        r#"
        if [ "$1" = status ]; then echo '"wanted": 100000'; exit; fi
        of=${*#*--shard 1/} && of=${of%% *} && runs=$((100000 / of))
        sleep "$(awk "BEGIN { print 0.2 + 0.002 * $runs }")"
        echo "\"share_of_work\": $(awk "BEGIN { print $runs / 100000 }"),""#,
    );
    fake(&home, "scontrol", "echo 'MaxArraySize = 1001'");
    let path = std::env::var("PATH").expect("a path");
    let mut shards = Command::new("bash");
    shards.arg(script("shards.sh")).args(["scenario.toml", "out"]);
    shards.env("PATH", format!("{}:{path}", home.path("bin").display()));
    shards.envs([("SWARMSIM", "swarmsim"), ("TASK_MINUTES", "1"), ("TASK_CPUS", "1")]);
    let output = shards.current_dir(home.path(".")).output().expect("bash runs");
    let tasks: u32 = text(&output.stdout)
        .trim()
        .parse()
        .unwrap_or_else(|_| panic!("{}", said(&output)));
    // 200 s are 3 tasks; with the start of each run they would be 336.
    assert!((3..=5).contains(&tasks), "{}", said(&output));
}
