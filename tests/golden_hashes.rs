//! The same bytes in months from now: checksums of the results of the committed scenarios, in `golden_hashes.csv`; of a page those of its data.
//!
//! A change of results needs an entry in CHANGELOG.md, which names the checksum of that file; `SWARMSIM_BLESS=1 cargo test --test golden_hashes` writes it anew.
//! `SWARMSIM=target/release/swarmsim cargo test --test golden_hashes` holds an optimised build against the same file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What is played small: at their size these take many seconds each, some minutes.
const SMALL: [(&str, &[&str]); 6] = [
    (
        "steady_state",
        &["--set", "group.peers.arrival.poisson.until=\"30 min\""],
    ),
    ("validation/free_rider", &["--set", "file.size=\"100 MiB\""]),
    ("validation/qiu_srikant", &["--set", "run.time_limit=\"3000 s\""]),
    (
        "validation/qiu_srikant_open",
        &["--set", "group.peers.arrival.poisson.until=\"1000 s\""],
    ),
    ("large", &["--set", "group.leechers.count=2000"]),
    (
        "million",
        &[
            "--set",
            "file.size=\"10 MiB\"",
            "--set",
            "group.seeds.count=1",
            "--set",
            "group.slow.count=400",
            "--set",
            "group.medium.count=400",
            "--set",
            "group.fast.count=400",
        ],
    ),
];

/// What is played with options: what it is called here, command, scenario and options. Two studies, of which one is open and cuts its warm-up and the other varies a grid;
/// and runs that write all that a run can: with all tables, a recording and a page, with the page of a large swarm, and in a mode without connections.
const MORE: [(&str, &str, &str, &[&str]); 5] = [
    (
        "compare compare_departure",
        "compare",
        "compare_departure",
        &["--set", "file.size=\"4 MiB\"", "--runs", "2", "--report"],
    ),
    (
        "sweep bandwidth_classes",
        "sweep",
        "bandwidth_classes",
        &[
            "--vary",
            "file.size=2 MiB,4 MiB",
            "--choker",
            "tit-for-tat,random",
            "--runs",
            "5",
        ],
    ),
    (
        "run bandwidth_classes --detail all",
        "run",
        "bandwidth_classes",
        &[
            "--set",
            "file.size=\"4 MiB\"",
            "--detail",
            "all",
            "--record-replay",
            "--report",
        ],
    ),
    (
        "run decaying_flash_crowd --report",
        "run",
        "decaying_flash_crowd",
        &["--set", "file.size=\"8 MiB\"", "--record-replay", "--report"],
    ),
    ("run rounds --detail all", "run", "rounds", &["--detail", "all"]),
];

/// Checksum by scenario and file.
type Hashes = BTreeMap<(String, String), String>;

/// A command that is played.
struct Play {
    called: String,
    command: &'static str,
    scenario: String,
    options: &'static [&'static str],
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn golden() -> PathBuf {
    root().join("tests/golden_hashes.csv")
}

/// The program that is held against the checksums.
fn program() -> PathBuf {
    std::env::var_os("SWARMSIM").map_or_else(|| assert_cmd::cargo::cargo_bin("swarmsim"), PathBuf::from)
}

/// Paths of the scenarios in `folder`, below `scenarios/` and without their end.
fn scenarios(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join("scenarios").join(folder)).expect("scenarios");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let names = names.filter_map(|name| Some(format!("{folder}{}", name.strip_suffix(".toml")?)));
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

fn path(scenario: &str) -> PathBuf {
    root().join("scenarios").join(format!("{scenario}.toml"))
}

/// Everything that is played.
fn plays() -> Vec<Play> {
    let scenarios = ["", "validation/"].into_iter().flat_map(scenarios);
    let runs = scenarios.map(|scenario| {
        let small = SMALL.iter().find(|(name, _)| *name == scenario);
        Play {
            called: scenario.clone(),
            command: "run",
            scenario,
            options: small.map_or(&[], |(_, options)| options),
        }
    });
    let more = MORE.map(|(called, command, scenario, options)| Play {
        called: called.to_owned(),
        command,
        scenario: scenario.to_owned(),
        options,
    });
    more.into_iter().chain(runs).collect()
}

impl Play {
    /// The checksums of all files, but for the store and the plan, which name the program.
    fn play(&self, program: &Path) -> Hashes {
        let home = tempfile::tempdir().expect("a temporary directory");
        let out = home.path().join("out");
        let mut command = Command::new(program);
        command.arg(self.command).arg(path(&self.scenario)).args(self.options);
        let output = command
            .args(["-q", "--out"])
            .arg(&out)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", self.called);
        let entries = ["", "variants"]
            .into_iter()
            .flat_map(|folder| fs::read_dir(out.join(folder)));
        let files = entries.flatten().map(|entry| entry.expect("an entry").path());
        let files = files.filter(|path| path.is_file() && !path.ends_with("plan.json"));
        let hash = |path: PathBuf| {
            let below = path.strip_prefix(&out).expect("below").to_string_lossy().into_owned();
            let mut bytes = fs::read(&path).expect("read");
            if below == "report.html" {
                bytes = shown(&bytes);
            }
            let crc32 = crc32fast::hash(&bytes);
            ((self.called.clone(), below), format!("{crc32:08x}"))
        };
        files.map(hash).collect()
    }
}

/// The data of a page, but for the commit that made it: what they are drawn with, `web/`, has tests of its own.
fn shown(page: &[u8]) -> Vec<u8> {
    let page = str::from_utf8(page).expect("text");
    let data = page
        .split_once("id=\"data\">")
        .and_then(|(_, rest)| rest.split_once("</script>"));
    let mut data: serde_json::Value = serde_json::from_str(data.expect("a page has data").0).expect("JSON");
    let made_by = data.as_object_mut().and_then(|data| data.remove("made_by"));
    assert!(made_by.is_some(), "a page says who made it");
    data.to_string().into_bytes()
}

/// The checksums of all `plays`, two at a time.
fn play_all(plays: &[Play]) -> Hashes {
    let (program, next) = (program(), AtomicUsize::new(0));
    let work = || -> Vec<Hashes> {
        let taken = std::iter::from_fn(|| plays.get(next.fetch_add(1, Ordering::Relaxed)));
        taken.map(|play| play.play(&program)).collect()
    };
    thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        let done = workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("all is played"));
        done.flatten().collect()
    })
}

fn read() -> Hashes {
    let text = fs::read_to_string(golden()).unwrap_or_default();
    let row = |line: &str| {
        let mut cells = line.split(',').map(str::to_owned);
        let mut cell = || cells.next().expect("three columns");
        ((cell(), cell()), cell())
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn results_are_what_they_were() {
    let now = play_all(&plays());
    if std::env::var_os("SWARMSIM_BLESS").is_some() {
        let rows = now
            .iter()
            .map(|((scenario, file), crc32)| format!("{scenario},{file},{crc32}\n"));
        fs::write(golden(), "scenario,file,crc32\n".to_owned() + &rows.collect::<String>()).expect("written");
        return;
    }
    let golden = read();
    let differ: Vec<_> = now
        .iter()
        .filter(|(key, crc32)| golden.get(key) != Some(crc32))
        .collect();
    assert!(
        differ.is_empty(),
        "results differ from tests/golden_hashes.csv: {differ:?}"
    );
    assert_eq!(
        now.len(),
        golden.len(),
        "tests/golden_hashes.csv has files or scenarios that are gone"
    );
}

#[test]
fn the_changelog_names_these_figures() {
    let crc32 = format!("{:08x}", crc32fast::hash(&fs::read(golden()).expect("read")));
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).expect("read");
    assert!(
        changelog.contains(&crc32),
        "results have changed: CHANGELOG.md must say so, with the new checksum of tests/golden_hashes.csv, {crc32}"
    );
}
