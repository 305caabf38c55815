//! The same bytes in months from now: checksums of the results of the committed scenarios, in `golden_hashes.csv`.
//!
//! A change of results needs an entry in CHANGELOG.md, which names the checksum of that file; `SWARMSIM_BLESS=1 cargo test --test golden_hashes` writes it anew.
//! `cargo test --release --test golden_hashes` holds an optimised build against the same file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Minutes each: `large` at its size and a million peers are played by hand.
const LEFT_OUT: [&str; 2] = ["large", "million"];

/// What is played many times: what it is called here, command, scenario and options. One is open and cuts its warm-up, the other varies a grid.
const STUDIES: [(&str, &str, &str, &[&str]); 2] = [
    (
        "compare compare_departure",
        "compare",
        "compare_departure",
        &["--set", "file.size=\"4 MiB\"", "--runs", "2"],
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
];

/// Checksum by scenario and file.
type Hashes = BTreeMap<(String, String), String>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn golden() -> PathBuf {
    root().join("tests/golden_hashes.csv")
}

fn scenarios() -> Vec<String> {
    let entries = fs::read_dir(root().join("scenarios")).expect("scenarios");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let scenarios = paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let names = scenarios.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned());
    names.filter(|name| !LEFT_OUT.contains(&name.as_str())).collect()
}

/// Gives the scenario to `command` and adds the checksums of all tables, as those of `called`.
fn play(called: &str, command: &str, name: &str, options: &[&str], hashes: &mut Hashes) {
    let home = tempfile::tempdir().expect("a temporary directory");
    let out = home.path().join("out");
    let scenario = root().join("scenarios").join(format!("{name}.toml"));
    let mut program = Command::new(assert_cmd::cargo::cargo_bin("swarmsim"));
    program.arg(command).arg(scenario).args(options).arg("-q");
    let output = program.arg("--out").arg(&out).output().expect("the program runs");
    assert!(
        output.status.success(),
        "{called}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let paths = fs::read_dir(out)
        .expect("results")
        .map(|entry| entry.expect("an entry").path());
    // The plan names the commit of the program.
    let is_table =
        |path: &PathBuf| path.is_file() && !["plan.json", "warnings.json"].iter().any(|name| path.ends_with(name));
    for path in paths.filter(is_table) {
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        let crc32 = crc32fast::hash(&fs::read(&path).expect("read"));
        hashes.insert((called.to_owned(), file), format!("{crc32:08x}"));
    }
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
    let mut now = Hashes::new();
    scenarios()
        .iter()
        .for_each(|name| play(name, "run", name, &[], &mut now));
    for (called, command, name, options) in STUDIES {
        play(called, command, name, options, &mut now);
    }
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
