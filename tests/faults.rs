//! What happens when the ground gives way: kills, a full disk, a directory that goes away, no memory. Every test does it for real.
//!
//! Each command is killed a hundred times, or as often as `SWARMSIM_KILLS` says. The moments are drawn, each time
//! anew; a test that fails says with which `SWARMSIM_KILL_SEED` it does so again, as far as the machine lets it.

use std::cell::Cell;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

mod support;
use support::faults::{
    Moments, Mounted, SCENARIO, assert_whole_or_absent, clear, copy, ended, hears_hangups, home,
    kill_at_random_moments, kills, quick, wait_for_a_run, wait_for_partial,
};
use support::{Home, signal, text, wait_for_lines, wait_until};

#[test]
fn a_killed_run_leaves_a_whole_result_or_none() {
    let home = quick();
    home.done("run scenario.toml -q --out whole");
    let whole = home.files("whole");
    kill_at_random_moments(
        &home,
        "run scenario.toml -q --out out",
        &|| clear(&home, "out"),
        &|| {
            assert!(!home.path("out").exists() || home.files("out") == whole);
        },
    );
    clear(&home, "out");
    home.done("run scenario.toml -q --out out");
    assert_eq!(home.files("out"), whole);
}

#[test]
fn a_killed_run_that_replaces_a_result_leaves_one_of_the_two() {
    let home = quick();
    home.done("run scenario.toml -q --out one");
    home.done("run scenario.toml -q --out two --seed 2");
    let (one, two) = (home.files("one"), home.files("two"));
    let old = || {
        clear(&home, "out");
        home.done("run scenario.toml -q --out out");
    };
    kill_at_random_moments(&home, "run scenario.toml -q --out out --seed 2 --force", &old, &|| {
        let left = home.files("out");
        assert!(left == one || left == two, "{:?}", left.keys());
    });
}

#[test]
fn a_killed_comparison_or_sweep_goes_on_to_the_same_bytes() {
    let home = quick();
    for command in ["compare", "sweep"] {
        home.done(&format!("{command} scenario.toml -q --out whole"));
        let whole = home.files("whole");
        let begin = format!("{command} scenario.toml -q --out out");
        kill_at_random_moments(&home, &begin, &|| clear(&home, "out"), &|| {
            assert_whole_or_absent(&home, "out", &whole);
            // Before anything is there, there is nothing to go on with, and the command is the first.
            home.done(&format!("{begin} --resume"));
            let left = home.files("out");
            assert!(
                whole.iter().all(|(name, bytes)| left.get(name) == Some(bytes)),
                "{command}"
            );
        });
        clear(&home, "whole");
    }
}

#[test]
fn a_page_that_a_kill_takes_is_made_by_the_next_command() {
    let home = quick();
    home.done("compare scenario.toml -q --out whole --runs 3 --report");
    home.done("compare scenario.toml -q --out small --runs 2 --report");
    let whole = home.files("whole");
    let grow = "compare scenario.toml -q --out out --runs 3 --resume";
    let mends = [grow, "sweep scenario.toml -q --out out --runs 3 --resume"];
    let next = Cell::new(0);
    kill_at_random_moments(&home, grow, &|| copy(&home, "small", "out"), &|| {
        let mend = mends[next.replace(next.get() + 1) % mends.len()];
        home.done(mend);
        assert!(home.files("out") == whole, "{mend}: {:?}", home.files("out").keys());
    });
    let merge = "merge out -q";
    kill_at_random_moments(&home, merge, &|| copy(&home, "whole", "out"), &|| {
        assert_whole_or_absent(&home, "out", &whole);
        home.done(merge);
        assert!(home.files("out") == whole, "{:?}", home.files("out").keys());
    });
}

#[test]
fn a_killed_report_leaves_the_old_page_or_the_new_one() {
    let home = quick();
    home.done("run scenario.toml -q --out out --report");
    let whole = home.files("out");
    let page = home.path("out/report.html");
    let prepare = || fs::write(&page, "an old page").expect("written");
    kill_at_random_moments(&home, "report out", &prepare, &|| {
        let left = fs::read(&page).expect("a page");
        assert!(left == b"an old page" || left == whole["report.html"]);
    });
    // Half pages go with the next one.
    home.done("report out");
    assert!(home.files("out") == whole, "{:?}", home.files("out").keys());
}

#[test]
fn a_killed_merge_can_be_done_again() {
    let home = quick();
    home.done("sweep scenario.toml -q --out whole");
    home.done("sweep scenario.toml -q --out one --shard 1/2");
    home.done("sweep scenario.toml -q --out two --shard 2/2");
    let whole = home.files("whole");
    kill_at_random_moments(&home, "merge one two --out out -q", &|| clear(&home, "out"), &|| {
        assert_whole_or_absent(&home, "out", &whole);
        home.done("merge one two --out out --force -q");
        assert_eq!(home.files("out"), whole);
    });
}

#[test]
fn a_killed_merge_in_place_can_be_done_again() {
    let home = quick();
    home.done("sweep scenario.toml -q --out whole");
    home.done("sweep scenario.toml -q --out parts --shard 1/2");
    home.done("sweep scenario.toml -q --out parts --shard 2/2");
    let whole = home.files("whole");
    kill_at_random_moments(&home, "merge out -q", &|| copy(&home, "parts", "out"), &|| {
        assert_whole_or_absent(&home, "out", &whole);
        home.done("merge out -q");
        // What the killed one has left is gone too.
        assert_eq!(home.files("out"), whole);
    });
}

#[test]
fn a_signal_ends_a_merge_with_nothing_written() {
    let home = home();
    home.done("sweep scenario.toml -q --out whole --runs 40 --set group.leechers.count=5");
    copy(&home, "whole", "parts");
    for name in home.files("whole").keys().filter(|name| *name != "plan.json") {
        fs::remove_file(home.path("parts").join(name)).expect("removed");
    }
    let whole = home.files("whole");
    for (args, out) in [("merge out -q", "out"), ("merge parts --out joined -q", "joined")] {
        let prepare = || {
            clear(&home, "joined");
            copy(&home, "parts", "out");
        };
        let mut moments = Moments::of(&home, args, &prepare);
        let mut stopped = 0;
        let times = kills() as usize / 3;
        let names = ["INT", "TERM", "HUP"];
        let names = if hears_hangups() { &names[..] } else { &names[..2] };
        for name in names.iter().cycle().take(times) {
            prepare();
            let before = home.files(out);
            let child = home.begin(args);
            moments.wait();
            signal(&child, name);
            let status = ended(child);
            moments.learn(status.code() == Some(0));
            match status.code() {
                Some(0) => assert_eq!(home.files(out), whole, "{name}"),
                // Before it listens, the system ends it.
                code => {
                    stopped += 1;
                    assert!(matches!(code, Some(130) | None), "{name}: {status}");
                    assert_eq!(home.files(out), before, "{name}");
                }
            }
            assert!(
                status.code().is_none() || home.hidden().is_empty(),
                "{:?}",
                home.hidden()
            );
        }
        assert!(4 * stopped >= times, "only {stopped} of {times} were stopped");
    }
}

#[test]
fn a_merge_that_waits_for_another_one_can_be_stopped() {
    let home = home();
    home.done("sweep scenario.toml -q --out out --shard 1/1");
    let before = home.files("out");
    let lock = fs::File::create(home.path("out/runs/merge.lock")).expect("made");
    lock.lock().expect("locked");
    let mut child = home.begin("merge out -q");
    wait_until(|| home.path("out/variants").is_dir(), "no merge begins");
    thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().expect("a child").is_none(), "it does not wait");
    signal(&child, "INT");
    assert_eq!(ended(child).code(), Some(130));
    assert_eq!(home.files("out"), before);
}

#[test]
fn a_run_that_waits_for_a_page_of_what_it_replaces_says_so_and_can_be_stopped() {
    let home = quick();
    home.done("run scenario.toml -q --out out");
    let before = home.files("out");
    let begin = || {
        let mut command = home.command("run scenario.toml -q --out out --force --seed 2");
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut messages = BufReader::new(child.stderr.take().expect("piped"));
        let mut said = String::new();
        while !said.contains("makes a page of `out`") {
            assert_ne!(messages.read_line(&mut said).expect("text"), 0, "{said}");
        }
        (child, messages)
    };
    let page = fs::File::open(home.path("out/summary.csv")).expect("opened");
    page.lock_shared().expect("locked");
    for goes_on in [false, true] {
        let (mut child, mut messages) = begin();
        thread::sleep(Duration::from_millis(200));
        assert!(child.try_wait().expect("a child").is_none(), "it does not wait");
        if goes_on {
            page.unlock().expect("locked");
        } else {
            signal(&child, "INT");
        }
        let mut said = String::new();
        messages.read_to_string(&mut said).expect("text");
        let code = ended(child).code();
        assert_eq!(code, Some(if goes_on { 0 } else { 130 }), "{said}");
        assert_eq!(said.contains("stays as it is"), !goes_on, "{said}");
        assert!(!said.contains("makes a page of `out`"), "said twice: {said}");
        assert_eq!(home.files("out") == before, !goes_on);
        assert_eq!(home.hidden(), [""; 0]);
    }
}

#[test]
fn a_signal_ends_a_run_cleanly_and_a_second_one_at_once() {
    let home = home();
    let long = "run scenario.toml -q --out out --set group.leechers.count=3000";
    for signals in [
        &["INT"][..],
        &["TERM"],
        &["HUP"],
        &["INT", "INT"],
        &["TERM", "TERM"],
        &["HUP", "HUP"],
    ] {
        if signals.contains(&"HUP") && !hears_hangups() {
            continue;
        }
        let child = home.begin(long);
        wait_for_partial(&home);
        thread::sleep(Duration::from_millis(50));
        signals.iter().for_each(|name| signal(&child, name));
        assert_eq!(ended(child).code(), Some(130), "{signals:?}");
        // What was done by then is a result of its own only where the first signal had the time to make it one.
        let left: Vec<_> = fs::read_dir(home.path("."))
            .expect("a folder")
            .flatten()
            .map(|e| e.file_name())
            .collect();
        assert!(
            left.iter().all(|name| name == "scenario.toml" || name == "out"),
            "{left:?}"
        );
        // Of a terminal that is closed a process may be told twice: nobody is impatient.
        assert!(
            signals == ["INT"; 2] || signals == ["TERM"; 2] || home.path("out").exists(),
            "{signals:?}"
        );
        clear(&home, "out");
    }
}

/// As `nohup` does: what goes on when the terminal is closed is told to ignore that.
#[test]
fn who_is_begun_to_outlive_its_terminal_does() {
    let home = home();
    home.done("compare scenario.toml -q --out whole");
    let mut command = home.limited("trap '' HUP", "compare scenario.toml -q --out out --jobs 1");
    let mut child = command.stderr(Stdio::piped()).spawn().expect("sh runs");
    wait_for_a_run(&home, "out");
    signal(&child, "HUP");
    signal(&child, "HUP");
    let mut said = String::new();
    let mut errors = child.stderr.take().expect("piped");
    errors.read_to_string(&mut said).expect("read");
    assert!(ended(child).success(), "{said}");
    assert!(!said.contains("nterrupted"), "{said}");
    assert_eq!(
        home.files("out").keys().collect::<Vec<_>>(),
        home.files("whole").keys().collect::<Vec<_>>()
    );
    assert!(home.files("out") == home.files("whole"), "other bytes");
}

/// Keeps a program from going on by a standard output, or a standard error, that takes nothing: what ends it then is the second signal.
#[test]
fn a_second_signal_ends_what_the_first_can_not() {
    let home = home();
    for name in ["INT", "TERM"] {
        let (_reader, full) = full_pipe();
        let mut stuck = home.command("run scenario.toml --out out");
        let mut child = stuck.stdout(full).stderr(Stdio::null()).spawn().expect("it runs");
        wait_for_partial(&home);
        thread::sleep(Duration::from_millis(400));
        assert_ends_with_the_second(&mut child, name);
        assert!(!home.path("out").exists());
    }
    for (command, name) in [("sweep", "INT"), ("compare", "TERM")] {
        let (_reader, full) = full_pipe();
        let mut stuck = home.command(&format!("{command} scenario.toml --runs 40 --jobs 1 --out {command}"));
        let mut child = stuck.stdout(Stdio::null()).stderr(full).spawn().expect("it runs");
        wait_for_a_run(&home, command);
        assert_ends_with_the_second(&mut child, name);
    }
}

/// The ends of a pipe that takes nothing more.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut full) = std::io::pipe().expect("a pipe");
    full.write_all(&vec![b'x'; 1 << 16]).expect("as much as a pipe holds");
    (reader, full)
}

fn assert_ends_with_the_second(child: &mut Child, name: &str) {
    signal(child, name);
    thread::sleep(Duration::from_millis(1500));
    assert!(child.try_wait().expect("a child").is_none(), "the first {name} ends it");
    signal(child, name);
    wait_until(
        || child.try_wait().expect("a child").is_some(),
        "the second does not end it",
    );
    assert_eq!(child.wait().expect("a child").code(), Some(130), "{name}");
}

#[test]
fn a_signal_ends_a_comparison_with_its_runs_kept() {
    let home = home();
    home.done("compare scenario.toml -q --out whole --runs 12");
    for signals in [&["INT"][..], &["TERM"], &["HUP"], &["TERM", "TERM"]] {
        if signals == ["HUP"] && !hears_hangups() {
            continue;
        }
        let child = home.begin("compare scenario.toml -q --out out --runs 12 --jobs 1");
        wait_for_a_run(&home, "out");
        signals.iter().for_each(|name| signal(&child, name));
        assert_eq!(ended(child).code(), Some(130), "{signals:?}");
        assert!(!home.path("out/comparison.csv").exists());
        home.done("compare scenario.toml -q --out out --runs 12 --resume");
        assert_eq!(home.files("out"), home.files("whole"));
        clear(&home, "out");
    }
}

#[test]
fn a_directory_that_is_removed_meanwhile_is_an_error_that_names_it() {
    let home = home();
    let mut command = home.command("compare scenario.toml -q --out out --runs 40 --jobs 1");
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the program runs");
    wait_for_a_run(&home, "out");
    fs::remove_dir_all(home.path("out")).expect("removed");
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut said)
        .expect("read");
    assert_eq!(ended(child).code(), Some(1), "{said}");
    assert!(said.contains("out/") && said.contains("No such file"), "{said}");

    let mut command = home.command("run scenario.toml -q --out out --set group.leechers.count=1000");
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the program runs");
    wait_for_partial(&home);
    for entry in fs::read_dir(home.path(".")).expect("a folder").flatten() {
        if entry.path().is_dir() {
            remove_from_under(&entry.path());
        }
    }
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut said)
        .expect("read");
    assert_eq!(ended(child).code(), Some(1), "{said}");
    assert!(said.contains("out") && !home.path("out").exists(), "{said}");
}

/// Removes a directory in which a program makes files at the same time.
fn remove_from_under(directory: &Path) {
    while let Err(error) = fs::remove_dir_all(directory) {
        assert_eq!(error.kind(), ErrorKind::DirectoryNotEmpty, "{error}");
    }
}

/// What is written to a file without a name is lost, and nothing but the name shows it: a shard makes no tables that could fail.
#[test]
fn a_shard_whose_directory_is_removed_does_not_pass_for_done() {
    let home = home();
    let mut command = home.command("sweep scenario.toml -q --out out --runs 40 --jobs 1 --shard 1/1");
    let child = command.stderr(Stdio::piped()).spawn().expect("the program runs");
    let segment = home.path("out/runs/shard-1-of-1.jsonl");
    wait_for_lines(&segment, 3);
    fs::remove_dir_all(home.path("out")).expect("removed");
    let output = child.wait_with_output().expect("ended");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("out/runs/shard-1-of-1.jsonl") && said.contains("No such file"),
        "{said}"
    );
}

#[test]
fn what_a_killed_run_has_left_goes_with_the_next() {
    let home = home();
    let mut child = home.begin("run scenario.toml -q --out out --set group.leechers.count=3000");
    wait_for_partial(&home);
    thread::sleep(Duration::from_millis(100));
    // One that lives is left alone.
    home.done("run scenario.toml -q --out out");
    // Its directory, and the lock of it.
    assert_eq!(home.hidden().len(), 2, "{:?}", home.hidden());
    child.kill().expect("killed");
    child.wait().expect("gone");
    home.done("run scenario.toml -q --out out --force");
    assert_eq!(home.hidden(), [""; 0]);
}

/// Whoever came first would find its place taken, at the end of a long run.
#[test]
fn a_study_does_not_begin_where_a_run_is_at_work() {
    let home = home();
    let mut child = home.begin("run scenario.toml -q --out out --set group.leechers.count=3000");
    wait_for_partial(&home);
    for study in [
        "sweep",
        "sweep --dry-run",
        "sweep --shard 1/2",
        "compare --force",
        "compare --resume",
    ] {
        let said = home.refused(2, &format!("{study} scenario.toml -q --out out"));
        assert!(said.contains("another swarmsim is at work on `out`"), "{study}: {said}");
        assert!(!home.path("out").exists(), "{study}");
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    home.done("sweep scenario.toml -q --out out");
    assert_eq!(home.hidden(), [""; 0]);
}

#[test]
fn a_limit_on_the_size_of_files_is_told_like_a_full_disk() {
    let home = home();
    for (command, named) in [("run", "out/"), ("sweep --runs 20", "out/")] {
        let args = format!("{command} scenario.toml -q --out out");
        let output = home.limited("ulimit -f 10", &args).output().expect("sh runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(named) && said.contains("File too large"), "{said}");
    }
}

#[test]
fn merges_in_one_directory_wait_for_each_other() {
    let home = home();
    home.done("sweep scenario.toml -q --out whole");
    home.done("sweep scenario.toml -q --out out --shard 1/2");
    home.done("sweep scenario.toml -q --out out --shard 2/2");
    for _ in 0..5 {
        let children = [1, 2, 3, 4].map(|_| home.begin("merge out -q"));
        let codes = children.map(|child| ended(child).code());
        assert_eq!(codes, [Some(0); 4]);
        assert_eq!(home.files("out"), home.files("whole"));
    }
}

#[test]
fn nobody_who_reads_is_no_reason_to_lose_results() {
    let home = home();
    home.done("run scenario.toml -q --out whole");
    for args in [
        "run scenario.toml --out out",
        "compare scenario.toml --out out",
        "sweep scenario.toml --out out --force",
    ] {
        let mut command = home.command(args);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        drop(child.stdout.take());
        assert!(ended(child).success(), "{args}");
        assert!(!home.files("out").is_empty(), "{args}");
        if args.starts_with("run") {
            assert_eq!(home.files("out"), home.files("whole"));
            clear(&home, "out");
        }
    }
}

#[test]
fn a_merge_and_a_status_that_nobody_reads_are_done_all_the_same() {
    let home = quick();
    home.done("sweep scenario.toml -q --out part --shard 1/1");
    for args in [
        "merge part --out out",
        "merge part",
        "status part",
        "status part --json",
        "--help",
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = home.command(args);
        let output = command.stdout(writer).output().expect("the program runs");
        assert!(output.status.success(), "{args}: {}", text(&output.stderr));
    }
    home.done("sweep scenario.toml -q --out whole");
    assert_eq!(home.files("out"), home.files("whole"));
    assert_eq!(home.files("part"), home.files("whole"));
    for args in ["status part", "--help", "run --help", "--version"] {
        let full = fs::File::options().write(true).open("/dev/full").expect("there is one");
        let mut command = home.command(args);
        let output = command.stdout(full).output().expect("the program runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args}: {said}");
        assert!(said.contains("cannot write to standard output"), "{args}: {said}");
    }
}

#[test]
fn a_merge_where_nothing_can_be_written_leaves_the_parts() {
    let home = quick();
    home.done("sweep scenario.toml -q --out part --shard 1/1");
    let Some(_small) = Mounted::new(&home, "size=2m") else {
        return;
    };
    copy(&home, "part", "small/part");
    let read_only = ["-o", "remount,ro"];
    let done = Command::new("mount").args(read_only).arg(home.path("small")).status();
    assert!(done.expect("mount runs").success());
    for args in ["merge part --out small/out -q", "merge small/part -q"] {
        let said = home.refused(1, args);
        assert!(said.contains("small") && said.contains("Read-only"), "{said}");
    }
    assert_eq!(home.files("small/part"), home.files("part"));
    assert_eq!(fs::read_dir(home.path("small")).expect("a folder").count(), 1);
}

#[test]
fn a_directory_that_is_removed_while_it_is_merged_is_an_error_that_names_it() {
    let home = quick();
    home.done("sweep scenario.toml -q --out out --shard 1/1");
    let lock = fs::File::create(home.path("out/runs/merge.lock")).expect("made");
    lock.lock().expect("locked");
    let mut command = home.command("merge out -q");
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the program runs");
    wait_until(|| home.path("out/variants").is_dir(), "no merge begins");
    thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().expect("a child").is_none(), "it does not wait");
    fs::remove_dir_all(home.path("out")).expect("removed");
    drop(lock);
    let output = child.wait_with_output().expect("ended");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("out/") && said.contains("No such file"), "{said}");
    assert!(!home.path("out").exists());
}

#[test]
fn two_processes_do_not_write_one_comparison() {
    let home = home();
    let child = home.begin("compare scenario.toml -q --out out --runs 20 --jobs 1");
    wait_for_a_run(&home, "out");
    for how in ["--resume", "--force"] {
        let second = home.output(&format!("compare scenario.toml -q --out out --runs 20 {how}"));
        assert_eq!(second.status.code(), Some(2), "{}", text(&second.stderr));
        assert!(
            text(&second.stderr).contains("another swarmsim is writing"),
            "{}",
            text(&second.stderr)
        );
    }
    assert!(ended(child).success());
    home.done("compare scenario.toml -q --out alone --runs 20");
    assert_eq!(home.files("out"), home.files("alone"));
}

#[test]
fn two_merges_to_one_place_leave_one_whole_result() {
    let home = home();
    home.done("sweep scenario.toml -q --out whole");
    home.done("sweep scenario.toml -q --out one --shard 1/2");
    home.done("sweep scenario.toml -q --out two --shard 2/2");
    for how in ["", " --force"] {
        for _ in 0..10 {
            let children = [1, 2].map(|_| home.begin(&format!("merge one two --out out -q{how}")));
            let codes = children.map(|child| ended(child).code());
            assert!(codes.contains(&Some(0)), "{codes:?}");
            // Both, if one may replace the other.
            assert!(
                codes.iter().any(|code| *code != Some(0)) || !how.is_empty(),
                "{codes:?}"
            );
            assert_eq!(home.files("out"), home.files("whole"), "{codes:?}");
            if how.is_empty() {
                clear(&home, "out");
            }
        }
    }
}

#[test]
fn two_runs_to_one_place_leave_the_result_of_one() {
    let home = home();
    home.done("run scenario.toml -q --out whole");
    // Both end at about the same moment.
    for _ in 0..40 {
        let children = [1, 2].map(|_| home.begin("run scenario.toml -q --out out"));
        let mut codes = children.map(|child| ended(child).code());
        codes.sort_unstable();
        // The second one is refused, before it begins (2) or when it would put its result there (1).
        assert!(matches!(codes, [Some(0), Some(1 | 2)]), "{codes:?}");
        assert_eq!(home.files("out"), home.files("whole"));
        clear(&home, "out");
    }
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing_half() {
    let home = home();
    let Some(_small) = Mounted::new(&home, "size=64k") else {
        return;
    };
    let output = home.output("run scenario.toml -q --out small/out --set group.leechers.count=2000");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("No space left"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(fs::read_dir(home.path("small")).expect("a folder").count(), 0);

    home.done("compare scenario.toml -q --out whole --runs 12");
    let output = home.output("compare scenario.toml -q --out small/out --runs 12");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("No space left"),
        "{}",
        text(&output.stderr)
    );
    assert_whole_or_absent(&home, "small/out", &home.files("whole"));
    // With room it goes on.
    let more = ["-o", "remount,size=8m"];
    let grown = Command::new("mount").args(more).arg(home.path("small")).status();
    assert!(grown.expect("mount runs").success());
    home.done("compare scenario.toml -q --out small/out --runs 12 --resume");
    let (left, whole) = (home.files("small/out"), home.files("whole"));
    assert!(whole.iter().all(|(name, bytes)| left.get(name) == Some(bytes)));
}

#[test]
fn tables_of_a_grown_comparison_come_together_or_not_at_all() {
    let home = home();
    home.done("sweep scenario.toml -q --out whole --runs 3");
    home.done("sweep scenario.toml -q --out out --runs 2");
    let old = home.files("out");
    // The last table can't be written.
    let obstacle = home.path("out/comparison_summary.csv.segment-0.partial");
    fs::create_dir(&obstacle).expect("made");
    let output = home.output("sweep scenario.toml -q --out out --runs 3 --resume");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("`out/comparison_summary.csv`"), "{said}");
    let mut left = home.files("out");
    let plan = "plan.json".to_owned();
    assert_ne!(left.insert(plan.clone(), old[&plan].clone()), Some(old[&plan].clone()));
    assert_eq!(left, old);
    fs::remove_dir(obstacle).expect("removed");
    home.done("sweep scenario.toml -q --out out --runs 3 --resume");
    assert_eq!(home.files("out"), home.files("whole"));
}

#[test]
fn a_page_of_old_tables_goes_with_them_and_is_made_anew() {
    let home = home();
    home.done("compare scenario.toml -q --out whole --runs 3 --report");
    home.done("compare scenario.toml -q --out out --runs 2 --report");
    // In the place of its last table nothing can be put: that is when one that is killed would end, between old and new.
    let obstacle = home.path("out/comparison_summary.csv");
    fs::remove_file(&obstacle).expect("removed");
    fs::create_dir(&obstacle).expect("made");
    let said = home.refused(1, "compare scenario.toml -q --out out --runs 3 --resume");
    assert!(said.contains("comparison_summary.csv"), "{said}");
    assert!(!home.path("out/report.html").exists());
    fs::remove_dir(obstacle).expect("removed");
    home.done("compare scenario.toml -q --out out --runs 3 --resume");
    assert_eq!(home.files("out"), home.files("whole"));
    // Other commands make it anew too.
    for args in ["sweep scenario.toml -q --out out --runs 3 --resume", "merge out -q"] {
        fs::write(home.path("out/report.html"), "an old page").expect("written");
        home.done(args);
        assert_eq!(home.files("out"), home.files("whole"), "{args}");
    }
}

#[test]
fn a_full_disk_leaves_the_tables_of_one_study() {
    let home = home();
    let Some(_small) = Mounted::new(&home, "size=8m") else {
        return;
    };
    home.done("sweep scenario.toml -q --out whole --runs 12");
    home.done("sweep scenario.toml -q --out small/out --runs 4");
    let old = home.files("small/out");
    let used_kib = |out: &str| {
        let size = |path: PathBuf| fs::metadata(path).expect("a file").len().div_ceil(4096) * 4;
        let store = size(home.path(&format!("{out}/runs/segment-0.jsonl")));
        home.files(out)
            .keys()
            .map(|name| size(home.path(&format!("{out}/{name}"))))
            .sum::<u64>()
            + store
    };
    // Enough for the runs, and for some of the new tables.
    let of_store = used_kib("whole")
        - home
            .files("whole")
            .values()
            .map(|b| (b.len() as u64).div_ceil(4096) * 4)
            .sum::<u64>();
    let size = format!("remount,size={}k", used_kib("small/out") + of_store + 60);
    let shrunk = Command::new("mount")
        .args(["-o", &size])
        .arg(home.path("small"))
        .status();
    assert!(shrunk.expect("mount runs").success());
    let output = home.output("sweep scenario.toml -q --out small/out --runs 12 --resume");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("small/out/") && said.contains("No space left"), "{said}");
    let mut left = home.files("small/out");
    left.insert("plan.json".to_owned(), old["plan.json"].clone());
    assert_eq!(left, old);
}

#[test]
fn a_report_without_room_is_an_error_and_leaves_the_results() {
    let home = home();
    let Some(_small) = Mounted::new(&home, "size=120k") else {
        return;
    };
    home.done("run scenario.toml -q --out whole --report");
    fs::remove_file(home.path("whole/report.html")).expect("removed");
    let output = home.output("run scenario.toml --out small/out --report");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("report.html") && said.contains("No space left"), "{said}");
    // What came out is said and kept, and there is no half page.
    assert!(text(&output.stdout).contains("completion time"));
    assert!(
        home.files("small/out") == home.files("whole"),
        "what is there is not what a run writes"
    );
}

#[test]
fn a_merge_without_room_leaves_what_it_would_replace() {
    let home = home();
    let Some(_small) = Mounted::new(&home, "size=1m") else {
        return;
    };
    home.done("sweep scenario.toml -q --out part");
    home.done("merge part --out small/out -q");
    let before = home.files("small/out");
    let room = Command::new("dd")
        .args(["if=/dev/zero", "bs=1k", "of=fill"])
        .current_dir(home.path("small"))
        .stderr(Stdio::null())
        .status();
    assert!(!room.expect("dd runs").success(), "the disk is not full");
    let output = home.output("merge part --out small/out -q --force");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("No space left"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(home.files("small/out"), before);
}

#[test]
fn a_place_that_can_not_be_written_is_said_before_anything_is_run() {
    let home = home();
    let Some(_small) = Mounted::new(&home, "ro") else {
        return;
    };
    for command in ["run", "compare", "sweep"] {
        let output = home.output(&format!("{command} scenario.toml -q --out small/out"));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("small") && said.contains("Read-only"), "{said}");
    }
}

#[test]
fn no_memory_leaves_no_half_result() {
    let home = home();
    for command in ["run", "compare", "sweep"] {
        let args = format!("{command} scenario.toml -q --out out --set group.leechers.count=60000");
        for (limit, of_what) in [("ulimit -v", "of address space"), ("ulimit -d", "at most")] {
            let output = home
                .limited(&format!("{limit} 120000"), &args)
                .output()
                .expect("sh runs");
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{said}");
            let refusal = format!("{of_what}, but a limit ({limit}) leaves this process 117 MiB");
            assert!(said.contains(&refusal), "{said}");
            assert!(!home.path("out").exists());
        }
    }
}

/// From limits under which it does not even begin to one that is enough.
#[test]
fn a_limit_on_memory_ends_it_before_or_with_nothing_half() {
    const ENOUGH: &str = "-v 4000000";
    let home = home();
    home.done("sweep scenario.toml -q --out whole");
    home.done("sweep scenario.toml -q --out part --shard 1/1");
    home.done("run scenario.toml -q --out old");
    home.done("run scenario.toml -q --out new --seed 2");
    let (whole, old, new) = (home.files("whole"), home.files("old"), home.files("new"));
    let limits = [
        "-v 10000", "-v 20000", "-v 30000", "-v 50000", "-v 80000", ENOUGH, "-d 100", "-d 500", "-d 2000", "-d 8000",
    ];
    for limit in limits {
        let limit = format!("ulimit {limit}");
        let tried = |args: &str| home.limited(&limit, args).output().expect("sh runs").status.success();

        let is_done = tried("sweep scenario.toml -q --out out --jobs 2");
        assert_whole_or_absent(&home, "out", &whole);
        assert!(!is_done || home.files("out") == whole, "{limit}");
        home.done("sweep scenario.toml -q --out out --resume");
        assert_eq!(home.files("out"), whole, "{limit}");
        clear(&home, "out");

        let is_done = tried("merge part --out out -q");
        assert_eq!(home.path("out").exists(), is_done, "{limit}");
        home.done("merge part --out out -q --force");
        assert_eq!(home.files("out"), whole, "{limit}");

        copy(&home, "old", "out");
        let is_done = tried("run scenario.toml -q --out out --force --seed 2");
        assert_eq!(
            home.files("out"),
            if is_done { new.clone() } else { old.clone() },
            "{limit}"
        );
        assert!(is_done || !limit.ends_with(ENOUGH));
        clear(&home, "out");
    }
}

/// Between the memory that the run takes and the address space that it takes for it: a file of many chunks, whose peers take much.
#[test]
fn a_limit_between_the_estimate_and_what_is_mapped_refuses_or_suffices() {
    let many = SCENARIO
        .replace("8 MiB", "256 MiB")
        .replace("64 KiB", "16 KiB")
        .replace("count = 100", "count = 400");
    let home = Home::new(&(many + "\n[run]\ntime_limit = \"6 s\"\n"));
    let (mut refused, mut finished) = (0, 0);
    // The run is estimated at 16 MiB, two of them at a time at 32.
    for mib in (16..=48).step_by(8).chain((64..=320).step_by(32)) {
        for command in ["run", "sweep --jobs 2 --runs 1"] {
            let args = format!("{command} scenario.toml -q --out out");
            let output = home
                .limited(&format!("ulimit -v {}", mib * 1024), &args)
                .output()
                .expect("sh runs");
            let said = text(&output.stderr);
            match output.status.code() {
                Some(0) => finished += 1,
                Some(2) => {
                    refused += 1;
                    assert!(said.contains("but a limit (ulimit -v) leaves"), "{mib} MiB: {said}");
                    assert!(!home.path("out").exists());
                }
                other => panic!("{mib} MiB, {command}: {other:?}: {said}"),
            }
            assert_eq!(home.hidden(), [""; 0], "{mib} MiB");
            clear(&home, "out");
        }
    }
    assert!(refused > 0 && finished > 0, "{refused} refused, {finished} finished");
}

/// As a user of its own, who may have three threads: the one that the program begins with, one that waits for signals, and one that plays.
#[test]
fn where_few_threads_can_be_started_fewer_play() {
    let home = quick();
    home.done("sweep scenario.toml -q --out whole");
    if !rustix::process::geteuid().is_root() {
        eprintln!("not tried: only root may become another user");
        return;
    }
    fs::copy(assert_cmd::cargo::cargo_bin("swarmsim"), home.path("program")).expect("copied");
    fs::set_permissions(home.path(""), fs::Permissions::from_mode(0o777)).expect("set");
    for threads in [2, 3] {
        let out = format!("out-{threads}");
        let mut limited = Command::new("prlimit");
        limited.arg(format!("--nproc={threads}")).arg("./program");
        limited.args(["sweep", "scenario.toml", "-q", "--jobs", "8", "--out", &out]);
        let output = limited.current_dir(home.path("")).uid(64_123).gid(64_123).output();
        let output = match output {
            Err(cause) => return eprintln!("not tried: {cause}"),
            Ok(output) => output,
        };
        assert!(output.status.success(), "{threads}: {}", text(&output.stderr));
        assert_eq!(home.files(&out), home.files("whole"), "{threads}");
    }
}
