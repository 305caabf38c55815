//! scripts/slurm/task.sh without Slurm: signals at bad moments, and a queue that does not take the task back. `tests/slurm/run.sh` tries the rest with a real one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

mod support;
use support::{Home, signal, text, wait_for_lines, wait_until};

/// A seed and a few leechers: 40 runs, each of which takes a moment.
const SCENARIO: &str = r#"
name = "swarm"
file = { size = "8 MiB", chunk_size = "64 KiB" }

[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 100
upload = "2 Mbit/s"

[sweep]
runs = 20
vary = { "file.chunk_size" = ["64 KiB", "256 KiB"] }
"#;

/// A program called `name` that comes before that of the system.
fn fake(home: &Home, name: &str, script: &str) {
    fs::create_dir_all(home.path("bin")).expect("made");
    let path = home.path("bin").join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("made a program");
}

/// The only task of a sweep, with `scontrol` as it is wanted.
fn task(home: &Home, scontrol: &str) -> Child {
    fake(home, "scontrol", scontrol);
    let path = std::env::var("PATH").expect("a path");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/slurm/task.sh");
    let mut command = Command::new("bash");
    command.arg(script).args(["1", "scenario.toml", "out", "-q"]);
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

fn segment(home: &Home) -> std::path::PathBuf {
    home.path("out/runs/shard-1-of-1.jsonl")
}

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn a_task_that_is_not_queued_again_says_so_and_fails() {
    let home = Home::new(SCENARIO);
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
    let home = Home::new(SCENARIO);
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
        let home = Home::new(SCENARIO);
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
