//! docs/reliability.md promises what tests show: each test that it names exists, and each promise names one.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What stands in backticks.
fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The file that a name in the page means: below `tests/` unless it has a path of its own.
fn file(name: &str) -> PathBuf {
    let root = root();
    let path = if name.starts_with("src/") {
        root.to_owned()
    } else {
        root.join("tests")
    };
    path.join(name)
}

fn is_file(name: &str) -> bool {
    [".rs", ".sh"].iter().any(|end| name.ends_with(end))
}

/// The names of all tests in `folder` and below.
fn tests(folder: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("read");
            let after = text.split("#[test]\n").skip(1);
            let name = |after: &str| Some(after.split_once("fn ")?.1.split_once('(')?.0.to_owned());
            names.extend(after.filter_map(name));
        }
    }
}

/// Whether a name, or the beginning of one and `…`, is that of a test.
fn is_test(name: &str, tests: &[String]) -> bool {
    match name.strip_suffix('…') {
        Some(begin) => tests.iter().any(|test| test.starts_with(begin)),
        None => tests.iter().any(|test| test == name),
    }
}

/// Whether tests stand in a file, or what they draw; scripts are tests.
fn has_tests(path: &Path) -> bool {
    let text = fs::read_to_string(path).expect("read");
    text.contains("#[test]") || text.contains("proptest::") || path.extension().is_some_and(|end| end == "sh")
}

#[test]
fn every_promise_names_a_test_that_exists() {
    let page = fs::read_to_string(root().join("docs/reliability.md")).expect("read");
    let mut names = Vec::new();
    for folder in ["src", "tests"] {
        tests(&root().join(folder), &mut names);
    }
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let promises = rows.filter(|row| {
        !["| promise ", "| what happens ", "| --- "]
            .iter()
            .any(|head| row.starts_with(head))
    });
    let mut checked = 0;
    for row in promises {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        let shown_by = cells.last().expect("a cell");
        let (files, others): (Vec<_>, Vec<_>) = code(shown_by).into_iter().partition(|name| is_file(name));
        let (tests, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|name| is_test(name, &names));
        let others: Vec<_> = others
            .into_iter()
            .filter(|name| name.len() > 1 && name.contains('_') && !name.contains(' '))
            .collect();
        assert_eq!(others, [""; 0], "no such test: {row}");
        let missing: Vec<_> = files.iter().filter(|name| !file(name).is_file()).collect();
        assert!(missing.is_empty(), "no such file: {missing:?} in {row}");
        let untested: Vec<_> = files.iter().filter(|name| !has_tests(&file(name))).collect();
        assert!(untested.is_empty(), "no test is in {untested:?} of {row}");
        let by_hand = shown_by.contains("by hand");
        assert!(
            by_hand || !files.is_empty() || !tests.is_empty(),
            "shown by nothing: {row}"
        );
        checked += 1;
    }
    assert!(checked > 30, "{checked}");
}

#[test]
fn what_random_tests_find_is_not_ignored() {
    let ignored = fs::read_to_string(root().join(".gitignore")).expect("read");
    assert!(
        !ignored.contains("proptest-regressions"),
        "findings are to be committed"
    );
}
