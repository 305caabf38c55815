//! The layers of docs/architecture.md, held against the code: modules use only what stands to their left.

use std::fs;
use std::path::{Path, PathBuf};

/// From left to right; those of one layer never use each other.
const LAYERS: &[&[&str]] = &[
    &[
        "units",
        "ids",
        "rng",
        "human",
        "version",
        "terminal",
        "huge_pages",
        "files",
    ],
    &["scenario"],
    &["swarm"],
    &["bandwidth", "choking", "picking", "tracker", "churn"],
    &["engine"],
    &["crowd"],
    &["contact", "rounds", "metrics"],
    &["runner", "progress", "store", "theory", "report"],
    &["compare"],
    &["validate"],
    &["cli"],
];

const LINES_MAX: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file below src/, as its path below src/ and its text.
fn sources() -> Vec<(PathBuf, String)> {
    let src = root().join("src");
    let (mut files, mut folders) = (Vec::new(), vec![src.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("text");
                files.push((path.strip_prefix(&src).expect("below src").to_owned(), text));
            }
        }
    }
    files.sort();
    files
}

/// The name of the top module that `path` belongs to.
fn module(path: &Path) -> String {
    let first = path.components().next().expect("not empty");
    let name = Path::new(first.as_os_str()).file_stem().expect("a name");
    name.to_string_lossy().into_owned()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

/// Whether the whole file is compiled for tests alone.
fn is_for_tests(path: &Path) -> bool {
    path.components().any(|part| {
        ["tests", "tests.rs", "testing.rs"]
            .iter()
            .any(|name| part.as_os_str() == *name)
    })
}

/// The lines of `text` without comments and without what stands under `#[cfg(test)]`.
fn code(text: &str) -> Vec<&str> {
    let mut lines = text.lines();
    let mut kept = Vec::new();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let item = lines.next().unwrap_or_default();
            if item.ends_with('{') {
                // rustfmt puts the end of an item below its start.
                let indent = item.len() - item.trim_start().len();
                let end = format!("{}}}", " ".repeat(indent));
                lines.find(|line| *line == end);
            }
        } else if !line.trim_start().starts_with("//") {
            kept.push(line);
        }
    }
    kept
}

/// The top modules that `line` names.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.split("crate::")
        .skip(1)
        .map(move |rest| rest.split(|c| !is_word(c)).next().unwrap_or_default())
}

#[test]
fn every_module_has_its_layer() {
    let outside = ["lib", "main"];
    for (path, _) in sources() {
        let module = module(&path);
        assert!(
            layer(&module).is_some() || outside.contains(&module.as_str()),
            "`{module}` stands in no layer"
        );
    }
}

#[test]
fn no_arrow_runs_back() {
    let mut wrong = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| !is_for_tests(path)) {
        let from = module(&path);
        let Some(here) = layer(&from) else { continue };
        for line in code(&text) {
            for to in named(line).filter(|to| *to != from) {
                if layer(to).is_none_or(|there| there >= here) {
                    wrong.push(format!("{}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "against the order of the layers:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_documented_order_is_this_one() {
    let text = fs::read_to_string(root().join("docs/architecture.md")).expect("docs/architecture.md");
    let names = |layer: &[&str]| match layer {
        [one] => (*one).to_owned(),
        many => format!("{{{}}}", many.join(", ")),
    };
    let order: Vec<_> = LAYERS.iter().map(|layer| names(layer)).collect();
    let order = order.join(" ← ");
    assert!(text.contains(&order), "docs/architecture.md should say:\n{order}");
}

#[test]
fn every_file_is_one_idea() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines: split it", path.display());
    }
}
