//! What `--force` replaces is not lost before there is something in its place. Every test does it for real.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

mod support;
use support::faults::{Mounted, clear, copy, ended, home, kill_at_random_moments, kills, quick, wait_for_partial};
use support::{Home, lines, signal, text};

/// Every file of a study, the store too.
fn all(home: &Home, out: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = home.files(out);
    files.extend(
        home.files(&format!("{out}/runs"))
            .into_iter()
            .map(|(name, bytes)| (format!("runs/{name}"), bytes)),
    );
    files
}

const STUDIES: [&str; 2] = ["compare", "sweep"];

/// Fills what is left of the small file system.
fn fill(home: &Home) {
    let room = Command::new("dd")
        .args(["if=/dev/zero", "bs=1k", "of=fill"])
        .current_dir(home.path("small"))
        .stderr(Stdio::null())
        .status();
    assert!(!room.expect("dd runs").success(), "the disk is not full");
}

#[test]
fn a_full_disk_leaves_the_study_that_would_be_replaced() {
    let home = home();
    let Some(_small) = Mounted::new(&home, "size=2m") else {
        return;
    };
    for command in STUDIES {
        home.done(&format!("{command} scenario.toml -q --out small/{command}"));
    }
    home.done("run scenario.toml -q --out small/run");
    fill(&home);
    for command in ["compare", "sweep", "run"] {
        let out = format!("small/{command}");
        let before = all(&home, &out);
        let said = home.refused(1, &format!("{command} scenario.toml -q --out {out} --force --seed 9"));
        assert!(said.contains("No space left"), "{said}");
        assert_eq!(all(&home, &out), before, "{command}");
    }
    fs::remove_file(home.path("small/fill")).expect("removed");
    assert_eq!(fs::read_dir(home.path("small")).expect("a folder").count(), 3);
    for command in STUDIES {
        home.done(&format!("{command} scenario.toml -q --out whole-{command} --seed 9"));
        home.done(&format!(
            "{command} scenario.toml -q --out small/{command} --force --seed 9"
        ));
        assert_eq!(
            home.files(&format!("small/{command}")),
            home.files(&format!("whole-{command}"))
        );
    }
}

#[test]
fn an_output_that_can_not_be_written_leaves_what_would_be_replaced() {
    let home = home();
    for command in ["compare", "sweep", "run"] {
        home.done(&format!("{command} scenario.toml -q --out out"));
        let before = all(&home, "out");
        let full = fs::File::options().write(true).open("/dev/full").expect("there is one");
        let mut again = home.command(&format!("{command} scenario.toml --out out --force --seed 9"));
        let output = again.stdout(full).output().expect("it runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("standard output"), "{said}");
        assert_eq!(all(&home, "out"), before, "{command}");
        assert_eq!(home.hidden(), [""; 0]);
        clear(&home, "out");
    }
}

#[test]
fn who_stops_before_the_first_run_has_ended_keeps_the_old_study() {
    let home = home();
    for command in STUDIES {
        home.done(&format!("{command} scenario.toml -q --out out"));
        let before = all(&home, "out");
        for signals in [&["INT"][..], &["TERM"], &["INT", "INT"]] {
            let mut long = home.command(&format!(
                "{command} scenario.toml -q --out out --force --set group.leechers.count=3000"
            ));
            let child = long.stderr(Stdio::piped()).spawn().expect("it runs");
            wait_for_partial(&home);
            thread::sleep(Duration::from_millis(100));
            signals.iter().for_each(|name| signal(&child, name));
            let output = child.wait_with_output().expect("ended");
            assert_eq!(output.status.code(), Some(130), "{signals:?}");
            assert!(signals.len() > 1 || text(&output.stderr).contains("`out`, if anything, is as it was"));
            assert_eq!(all(&home, "out"), before, "{signals:?}");
            assert_eq!(home.hidden(), [""; 0]);
        }
        clear(&home, "out");
    }
}

#[test]
fn files_of_the_user_are_neither_written_over_nor_deleted() {
    let home = home();
    let scenario = fs::read(home.path("scenario.toml")).expect("read");
    fs::create_dir_all(home.path("mine/runs/exp1")).expect("made");
    fs::copy(home.path("scenario.toml"), home.path("mine/scenario.toml")).expect("copied");
    fs::create_dir_all(home.path("ml/runs/exp1")).expect("made");
    fs::write(home.path("ml/runs/exp1/model.bin"), "weights").expect("written");
    for command in STUDIES {
        home.done(&format!("{command} scenario.toml -q --out out"));
        for out in ["mine", "ml"] {
            for more in ["", "--resume", "--force"] {
                let said = home.refused(2, &format!("{command} scenario.toml -q --out {out} {more}"));
                assert!(said.contains("is no comparison of swarmsim"), "{said}");
            }
        }
        let said = home.refused(2, "merge out -q --out ml --force");
        assert!(said.contains("is no comparison of swarmsim"), "{said}");
        for file in ["runs/notes.txt", "variants/my.toml"] {
            fs::write(home.path("out").join(file), "mine").expect("written");
            let said = home.refused(2, &format!("{command} scenario.toml -q --out out --force"));
            assert!(
                said.contains(&format!("`{file}`, which swarmsim has not written")),
                "{said}"
            );
            fs::remove_file(home.path("out").join(file)).expect("there");
        }
        fs::copy(home.path("scenario.toml"), home.path("out/scenario.toml")).expect("copied");
        for more in ["", "--resume", "--force"] {
            let said = home.refused(2, &format!("{command} out/scenario.toml -q --out out {more}"));
            assert!(said.contains("would be written over it"), "{said}");
        }
        assert_eq!(fs::read(home.path("out/scenario.toml")).expect("there"), scenario);
        clear(&home, "out");
    }
    let said = home.refused(2, "sweep mine/scenario.toml --shard 1/1 -q --out mine");
    assert!(said.contains("would be written over it"), "{said}");
    assert_eq!(fs::read(home.path("mine/scenario.toml")).expect("there"), scenario);
    assert_eq!(
        fs::read(home.path("ml/runs/exp1/model.bin")).expect("there"),
        b"weights"
    );
}

/// Commands that replace what is at `out`; a merge needs a part.
const REPLACING: [&str; 4] = [
    "run scenario.toml --seed 9 --force --out",
    "compare scenario.toml --seed 9 --force --out",
    "sweep scenario.toml --seed 9 --force --out",
    "merge part --force --out",
];

/// The command that makes what `replacing` replaces.
fn first(replacing: &str) -> String {
    let command = replacing.split(' ').next().expect("a word");
    let made = if command == "merge" { "sweep" } else { command };
    format!("{made} scenario.toml -q --out")
}

/// `command`, as a user who may not do everything; `None` where we can't become one.
fn unprivileged(home: &Home, command: &str) -> Option<std::process::Output> {
    let nobody = 65534;
    let program = home.path("program");
    if !program.exists() {
        fs::copy(assert_cmd::cargo::cargo_bin("swarmsim"), &program).expect("copied");
        fs::set_permissions(home.path(""), Permissions::from_mode(0o777)).expect("set");
    }
    let mut again = Command::new(program);
    again.current_dir(home.path("")).args(command.split_whitespace());
    if rustix::process::geteuid().is_root() {
        again.uid(nobody).gid(nobody);
    }
    let tried = again.output();
    tried.inspect_err(|cause| eprintln!("not tried: {cause}")).ok()
}

#[test]
fn what_may_not_be_emptied_is_said_before_anything_is_played() {
    let home = quick();
    for (replacing, folder) in REPLACING
        .iter()
        .flat_map(|replacing| [(replacing, ""), (replacing, "runs")])
    {
        if folder == "runs" && replacing.starts_with("run ") {
            continue;
        }
        home.done("sweep scenario.toml -q --shard 1/1 --out part");
        let Some(made) = unprivileged(&home, &format!("{} out", first(replacing))) else {
            return;
        };
        assert!(made.status.success(), "{}", text(&made.stderr));
        let before = all(&home, "out");
        let guarded = home.path("out").join(folder);
        fs::set_permissions(&guarded, Permissions::from_mode(0o555)).expect("set");
        let refused = unprivileged(&home, &format!("{replacing} out")).expect("as before");
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(
            said.contains("cannot replace `") && said.contains("Permission denied"),
            "{said}"
        );
        assert_eq!(text(&refused.stdout), "", "{replacing}");
        assert_eq!(all(&home, "out"), before, "{replacing}");
        assert_eq!(home.hidden(), [""; 0]);
        fs::set_permissions(&guarded, Permissions::from_mode(0o755)).expect("set");
        ["out", "part"].iter().for_each(|out| clear(&home, out));
    }
}

#[test]
fn variants_that_can_not_be_written_are_said_before_anything_is_played() {
    let home = quick();
    let sweep = "sweep scenario.toml -q --out out --runs";
    let Some(made) = unprivileged(&home, &format!("{sweep} 2")) else {
        return;
    };
    assert!(made.status.success(), "{}", text(&made.stderr));
    let before = all(&home, "out");
    let guarded = home.path("out/variants");
    fs::set_permissions(&guarded, Permissions::from_mode(0o555)).expect("set");
    let refused = unprivileged(&home, &format!("{sweep} 4 --resume")).expect("as before");
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(
        said.contains("out/variants/") && said.contains("Permission denied"),
        "{said}"
    );
    assert!(all(&home, "out") == before);
    fs::set_permissions(&guarded, Permissions::from_mode(0o755)).expect("set");
}

/// A file that is mounted can be moved with its directory, and not be removed.
#[test]
fn an_old_result_that_can_not_be_removed_does_not_cost_the_new_one() {
    let home = quick();
    fs::write(home.path("other"), "").expect("written");
    home.done("sweep scenario.toml -q --shard 1/1 --out part");
    for replacing in REPLACING {
        home.done(&format!("{} out", first(replacing)));
        home.done(&format!("{replacing} new"));
        let file = if replacing.starts_with("run ") {
            "peers.csv"
        } else {
            "plan.json"
        };
        let mounted = Command::new("mount")
            .arg("--bind")
            .args([home.path("other"), home.path("out").join(file)])
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            eprintln!("not tried: only root may mount a file");
            return;
        }
        let output = home.output(&format!("{replacing} out"));
        let hidden = home.hidden();
        for directory in hidden.iter().map(String::as_str).chain(["out"]) {
            let mounted = home.path(directory).join(file);
            let _ = Command::new("umount")
                .arg("-l")
                .arg(mounted)
                .stderr(Stdio::null())
                .status();
        }
        let said = text(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(said.matches("the old one can't be removed").count(), 1, "{said}");
        assert!(said.contains(&hidden[0]), "{said}");
        assert_eq!(home.files("out"), home.files("new"), "{replacing}");
        // What is left goes with the next one.
        home.done(&format!("{replacing} out"));
        assert_eq!(home.hidden(), [""; 0]);
        ["out", "new"].iter().for_each(|out| clear(&home, out));
    }
}

#[test]
fn a_mount_point_is_refused_before_anything_is_played() {
    let home = quick();
    home.done("sweep scenario.toml -q --shard 1/1 --out part");
    let Some(_small) = Mounted::new(&home, "size=4m") else {
        return;
    };
    let refuse = |command: &str| {
        let output = home.output(command);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command}: {said}");
        assert!(said.contains("small` is a mount point"), "{said}");
        assert_eq!(text(&output.stdout), "", "{command}");
        assert_eq!(home.hidden(), [""; 0]);
    };
    std::os::unix::fs::symlink(home.path("small"), home.path("link-to-small")).expect("linked");
    for more in ["", " --force"] {
        refuse(&format!("run scenario.toml --out small{more}"));
        refuse(&format!("merge part --out small{more}"));
    }
    for command in STUDIES {
        home.done(&format!("{command} scenario.toml -q --out small --force"));
        let before = all(&home, "small");
        refuse(&format!("{command} scenario.toml --out small --force --seed 9"));
        refuse(&format!("{command} scenario.toml --out link-to-small --force --seed 9"));
        assert_eq!(all(&home, "small"), before);
        for entry in fs::read_dir(home.path("small")).expect("there") {
            let path = entry.expect("an entry").path();
            let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
        }
    }
}

#[test]
fn an_empty_directory_is_as_good_as_none() {
    let home = quick();
    home.done("sweep scenario.toml -q --shard 1/1 --out part");
    for (number, replacing) in REPLACING.iter().enumerate() {
        let out = format!("empty-{number}");
        fs::create_dir(home.path(&out)).expect("made");
        home.done(&format!("{} {out} -q", replacing.replace("--force ", "")));
        home.done(&format!("{replacing} whole-{number} -q"));
        assert_eq!(home.files(&out), home.files(&format!("whole-{number}")), "{replacing}");
        assert_eq!(home.hidden(), [""; 0]);
    }
}

#[test]
fn what_a_killed_study_has_left_beside_goes_with_whoever_goes_on() {
    let home = quick();
    home.done("sweep scenario.toml -q --out out");
    for next in ["sweep scenario.toml -q --out out --resume", "merge out -q"] {
        fs::create_dir(home.path(".out.partial-7-0")).expect("made");
        fs::write(home.path(".out.partial-7-0/plan.json"), "").expect("written");
        fs::write(home.path(".out.partial-7-0.lock"), "").expect("written");
        home.done(next);
        assert_eq!(home.hidden(), [""; 0], "{next}");
    }
    // Killed between the two steps that some file systems need, with nothing in place.
    let whole = home.files("out");
    for next in ["sweep scenario.toml -q --out out --resume", "merge out -q"] {
        fs::rename(home.path("out"), home.path(".out.replaced-7-0")).expect("moved");
        home.done(next);
        assert_eq!(home.files("out"), whole, "{next}");
        assert_eq!(home.hidden(), [""; 0], "{next}");
    }
}

#[test]
fn a_link_to_a_study_leads_to_the_one_that_replaces_it() {
    let home = home();
    home.done("sweep scenario.toml -q --out real");
    home.done("sweep scenario.toml -q --out whole --seed 9");
    std::os::unix::fs::symlink(home.path("real"), home.path("out")).expect("linked");
    home.done("sweep scenario.toml -q --out out --force --seed 9");
    assert!(fs::symlink_metadata(home.path("out")).expect("there").is_symlink());
    assert_eq!(home.files("real"), home.files("whole"));
}

#[test]
fn a_killed_study_that_replaces_another_leaves_one_of_the_two() {
    let home = quick();
    for command in STUDIES {
        home.done(&format!("{command} scenario.toml -q --out old"));
        home.done(&format!("{command} scenario.toml -q --out new --seed 2"));
        let (old, new) = (all(&home, "old"), home.files("new"));
        let again = format!("{command} scenario.toml -q --out out --seed 2 --jobs 1");
        let prepare = || copy(&home, "old", "out");
        kill_at_random_moments(&home, &format!("{again} --force"), &prepare, &|| {
            if all(&home, "out") != old {
                // The new one has runs already, and goes on.
                assert!(lines(&home.path("out/runs/segment-0.jsonl")) >= 2);
                home.done(&format!("{again} --resume"));
                let left = home.files("out");
                assert!(
                    new.iter().all(|(name, bytes)| left.get(name) == Some(bytes)),
                    "{command}"
                );
            }
            // What the killed one has left goes with the next.
            home.done(&format!("{again} --force"));
            assert_eq!(home.hidden(), [""; 0]);
        });
        ["old", "new"].iter().for_each(|out| clear(&home, out));
    }
}

#[test]
fn what_a_killed_merge_or_run_has_left_goes_with_the_next() {
    let home = quick();
    home.done("sweep scenario.toml -q --out part --shard 1/1");
    home.done("merge part --out merged -q");
    home.done("run scenario.toml -q --out run");
    for (args, whole) in [
        ("merge part --out out -q --force", "merged"),
        ("run scenario.toml -q --out out --force", "run"),
    ] {
        let expected = home.files(whole);
        kill_at_random_moments(&home, args, &|| copy(&home, whole, "out"), &|| {
            assert_eq!(home.files("out"), expected);
            home.done(args);
            assert_eq!(home.hidden(), [""; 0]);
            assert_eq!(home.files("out"), expected);
        });
    }
}

/// Where the second signal falls while the result is put in its place, or while what is unfinished goes.
#[test]
fn a_second_signal_at_any_moment_leaves_nothing_and_its_exit_code() {
    let home = home();
    home.done("run scenario.toml -q --out old");
    home.done("run scenario.toml -q --out new --seed 2");
    let (old, new) = (home.files("old"), home.files("new"));
    for moment in 0..kills() * 2 {
        copy(&home, "old", "out");
        let child = home.begin("run scenario.toml -q --out out --seed 2 --force");
        wait_for_partial(&home);
        let pause = Duration::from_micros(u64::from(moment * 397 % 4000));
        signal(&child, "INT");
        thread::sleep(pause);
        signal(&child, "INT");
        let code = ended(child).code();
        let left = home.files("out");
        // One that has ended before the first signal came is whole; one that the first signal ended has a part of the run.
        assert!(code == Some(130) || (code == Some(0) && left == new), "{code:?}");
        assert!(left == old || left.contains_key("summary.csv"));
        assert_eq!(home.hidden(), [""; 0], "{code:?}");
    }
}
