//! Plan and tables of a directory are of one study, whoever is at work there; and what stands there and is none of our files is named, neither waited for nor
//! followed.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

mod support;
use support::Home;
use support::faults::{SCENARIO, clear, quick};

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
        let mut merge = home.command("merge out -q");
        let merge = merge.stderr(Stdio::piped()).spawn().expect("the program runs");
        thread::sleep(Duration::from_millis(200));
        let mut sweep = home.begin("sweep scenario.toml -q --out out --runs 4 --resume");
        thread::sleep(Duration::from_millis(500));
        assert!(
            sweep.try_wait().expect("a child").is_none(),
            "it publishes beside a merge"
        );
        drop(lock);
        // The merge finds the old study, or the new one, with all its runs or without.
        let merged = merge.wait_with_output().expect("ended");
        let said = String::from_utf8(merged.stderr).expect("text");
        assert!(
            merged.status.success() || said.contains("runs are missing"),
            "{turn}: {said}"
        );
        assert_eq!(code(sweep), Some(0), "{turn}");
        assert!(
            home.files("out") == home.files("four"),
            "{turn}: what the sweep has made is not there"
        );
        assert!(home.files("out") != home.files("three"));
    }
}

#[test]
fn a_page_is_made_of_tables_that_nobody_publishes_meanwhile() {
    let home = quick();
    home.done("sweep scenario.toml -q --out out");
    for args in ["report out", "report out --out page.html"] {
        let lock = held(&home, "out");
        let mut report = home.begin(args);
        thread::sleep(Duration::from_millis(500));
        assert!(
            report.try_wait().expect("a child").is_none(),
            "{args}: it reads what is being published"
        );
        drop(lock);
        assert_eq!(code(report), Some(0), "{args}");
    }
}

#[test]
fn pages_of_merges_beside_each_other_are_all_made() {
    let home = quick();
    home.done("sweep scenario.toml -q --out out");
    home.done("report out");
    let page = fs::read(home.path("out/report.html")).expect("a page");
    for turn in 0..10 {
        let merges = [(); 3].map(|()| home.begin("merge out -q"));
        assert_eq!(merges.map(code), [Some(0); 3], "{turn}");
        assert!(
            fs::read(home.path("out/report.html")).is_ok_and(|now| now == page),
            "{turn}"
        );
        assert!(!home.path("out/.report.html.outdated").exists(), "{turn}");
    }
}

#[test]
fn a_page_that_is_put_into_another_study_leaves_its_own_page_due() {
    let home = quick();
    home.done("sweep scenario.toml -q --out out");
    home.done("sweep scenario.toml -q --out other");
    let due = home.path("other/.report.html.outdated");
    fs::write(&due, "").expect("written");
    home.done("report out --out other/report.html");
    assert!(due.exists());
    home.done("report other");
    assert!(!due.exists());
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

#[test]
fn a_pipe_or_a_link_in_the_place_of_the_page_is_named_and_not_written_to() {
    let home = quick();
    home.done("run scenario.toml -q --out run");
    home.done("compare scenario.toml -q --out study");
    let page = home.path("elsewhere.html");
    fs::write(&page, "mine").expect("written");
    for (out, again) in [
        ("run", "report run"),
        ("study", "report study"),
        ("study", "compare scenario.toml -q --out study --resume --report"),
    ] {
        let place = home.path(out).join("report.html");
        make_pipe(&place);
        let said = refused_soon(&home, again);
        let named = format!("cannot write `{out}/report.html`: a pipe is there, and a regular file was expected");
        assert!(said.contains(&named), "{again}: {said}");
        fs::remove_file(&place).expect("removed");
    }
    symlink(&page, home.path("run/report.html")).expect("made");
    let said = refused_soon(&home, "report run");
    assert!(said.contains("`run/report.html`: a link is there"), "{said}");
    assert_eq!(fs::read(&page).expect("read"), b"mine");
}

#[test]
fn a_pipe_in_the_place_of_a_trace_or_of_measured_times_is_not_waited_for() {
    let traced = SCENARIO.replace(
        "arrival.at-once = { jitter = \"5 s\" }",
        "arrival.trace.file = \"trace.csv\"",
    );
    let measured = "[[expect]]\nid = \"A\"\nsource = \"x\"\nsays = \"x\"\ntier = \"a\"\n\
         distribution = { group = \"leechers\", measured = \"times.csv\", distance = 0.1 }\n";
    let home = Home::new(&traced.replace("count = 100\n", ""));
    make_pipe(&home.path("trace.csv"));
    let said = refused_soon(&home, "run scenario.toml -q --out out");
    assert!(said.contains("cannot read `trace.csv`: a pipe is there"), "{said}");
    let home = Home::new(&(SCENARIO.to_owned() + measured));
    make_pipe(&home.path("times.csv"));
    let said = refused_soon(&home, "check scenario.toml");
    assert!(said.contains("cannot read `times.csv`: a pipe is there"), "{said}");
}

#[test]
fn a_page_stands_in_the_result_that_it_shows() {
    let home = quick();
    home.done("run scenario.toml -q --out out");
    // Who makes a page is waited for …
    let lock = File::open(home.path("out/summary.csv")).expect("opened");
    lock.lock_shared().expect("locked");
    let mut run = home.begin("run scenario.toml -q --out out --force --seed 2");
    thread::sleep(Duration::from_secs(1));
    assert!(run.try_wait().expect("a child").is_none(), "it replaces what is read");
    home.done("report out");
    lock.unlock().expect("unlocked");
    assert_eq!(code(run), Some(0));
    assert!(!home.path("out/report.html").exists());
    // … and who puts a result in its place too.
    let lock = File::open(home.path("out/summary.csv")).expect("opened");
    lock.lock().expect("locked");
    let mut report = home.begin("report out");
    thread::sleep(Duration::from_millis(500));
    assert!(
        report.try_wait().expect("a child").is_none(),
        "it reads what is replaced"
    );
    lock.unlock().expect("unlocked");
    assert_eq!(code(report), Some(0));
}

#[test]
fn a_page_beside_runs_that_replace_each_other_is_of_the_one_that_is_there() {
    let home = quick();
    home.done("run scenario.toml -q --out out");
    for turn in 2..20 {
        let reports = [(); 2].map(|()| home.begin("report out"));
        let run = home.begin(&format!("run scenario.toml -q --out out --force --seed {turn}"));
        let codes = reports.map(code);
        assert_eq!((code(run), codes), (Some(0), [Some(0); 2]), "{turn}");
        if let Ok(page) = fs::read(home.path("out/report.html")) {
            home.done("report out --out now.html");
            assert!(fs::read(home.path("now.html")).is_ok_and(|now| now == page), "{turn}");
        }
    }
    assert_eq!(home.hidden(), [""; 0]);
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
    for link in [
        "runs",
        "variants",
        "plan.json",
        "runs/segment-0.jsonl",
        "runs/merge.lock",
    ] {
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
    // What is made anew takes the place of a link.
    fs::write(home.path("elsewhere/table"), "mine").expect("written");
    fs::remove_file(home.path("out/comparison.csv")).expect("removed");
    symlink(home.path("elsewhere/table"), home.path("out/comparison.csv")).expect("made");
    home.done("sweep scenario.toml -q --out out --runs 3 --resume");
    home.done("sweep scenario.toml -q --out whole --runs 3");
    assert!(home.files("out") == home.files("whole"));
    assert_eq!(fs::read(home.path("elsewhere/table")).expect("read"), b"mine");
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

#[test]
fn a_study_with_too_many_runs_for_the_memory_is_told_to_have_fewer() {
    let home = quick();
    let counts: Vec<_> = (1..=100).map(|count| count.to_string()).collect();
    let vary = format!("group.leechers.count={}", counts.join(","));
    // Ten million runs of all variants, and a million.
    for (runs, limit, is_enough) in [
        ("100000", "-v 3000000", false),
        ("10000", "-v 500000", false),
        ("10000", "-v 900000", true),
        ("10000", "-d 300000", false),
        ("10000", "-d 600000", true),
    ] {
        let plan = [
            "sweep",
            "scenario.toml",
            "--dry-run",
            "-q",
            "--jobs",
            "2",
            "--vary",
            &vary,
            "--runs",
            runs,
        ];
        let output = home
            .limited(&format!("ulimit {limit}"), &plan)
            .output()
            .expect("it runs");
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!(
            output.status.code(),
            Some(if is_enough { 0 } else { 2 }),
            "{limit}: {said}"
        );
        let is_told = said.contains("so many runs of all variants need about ")
            && said.contains("choose fewer of each variant (--runs), or fewer variants");
        assert!(is_told != is_enough, "{limit}: {said}");
    }
}
