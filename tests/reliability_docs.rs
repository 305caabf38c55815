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

/// The names of all tests in `folder` and below, each with its text.
fn tests(folder: &Path, names: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("read");
            let after = text.split("#[test]\n").skip(1);
            let test = |after: &str| {
                let name = after.split_once("fn ")?.1.split_once('(')?.0;
                let body = after.split("\n}\n").next()?;
                Some((name.to_owned(), body.to_owned()))
            };
            names.extend(after.filter_map(test));
        }
    }
}

/// Whether `named`, a name or the beginning of one and `…`, is that of the `test`.
fn is_called(test: &str, named: &str) -> bool {
    match named.strip_suffix('…') {
        Some(begin) => test.starts_with(begin),
        None => test == named,
    }
}

/// Whether a test with this `text` can do nothing without root.
fn needs_root(text: &str) -> bool {
    text.contains("Mounted::new") || text.contains("only root may")
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
        let (tests, others): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|name| names.iter().any(|(test, _)| is_called(test, name)));
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
fn tests_that_need_root_are_said_to() {
    let page = fs::read_to_string(root().join("docs/reliability.md")).expect("read");
    let mut all = Vec::new();
    tests(&root().join("tests"), &mut all);
    // Each name with what stands after it.
    let named: Vec<_> = page.split('`').skip(1).collect();
    let named = named
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1].starts_with(" (root)")));
    let named: Vec<_> = named.filter(|(name, _)| name.contains('_')).collect();
    for (test, text) in all {
        let mut marks = named.iter().filter(|(name, _)| is_called(&test, name)).peekable();
        assert!(marks.peek().is_some() || !needs_root(&text), "{test} is not named");
        assert!(marks.all(|(_, is_marked)| *is_marked == needs_root(&text)), "{test}");
    }
}

#[test]
fn what_random_tests_find_is_not_ignored() {
    let ignored = fs::read_to_string(root().join(".gitignore")).expect("read");
    assert!(
        !ignored.contains("proptest-regressions"),
        "findings are to be committed"
    );
}
