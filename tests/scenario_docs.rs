//! What is written from the code is what the code writes. `SWARMSIM_BLESS=1` renews the files.

use std::path::Path;
use std::{env, fs};

use swarmsim::compare::variants;
use swarmsim::scenario::{LoadOptions, json_schema, parse, reference_markdown, starter};

fn assert_committed(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("SWARMSIM_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is out of date: run with SWARMSIM_BLESS=1",
        path.display()
    );
}

#[test]
fn the_schema_is_up_to_date() {
    assert_committed("scenarios/scenario.schema.json", &json_schema());
}

#[test]
fn the_reference_is_up_to_date() {
    assert_committed("docs/scenario.md", &reference_markdown());
}

#[test]
fn the_starter_is_a_scenario_without_warnings() {
    let loaded =
        parse(starter(), "starter", Path::new(""), &LoadOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.warnings, [""; 0]);
}

#[test]
fn the_study_of_the_page_on_sweeps_can_be_pasted_and_played() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sweeps.md")).expect("read");
    let begin = page.find("    name = \"study\"").expect("the study");
    let block = page[begin..]
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with("    "));
    let text = block.map(str::trim_start).collect::<Vec<_>>().join("\n");
    let loaded = parse(&text, "study.toml", Path::new(""), &LoadOptions::default());
    let loaded = loaded.unwrap_or_else(|error| panic!("{}", error.render(false)));
    assert_eq!(loaded.warnings, [""; 0]);
    let variants = variants(&loaded.study.variation).expect("a grid");
    assert_eq!((variants.len(), loaded.study.runs), (6, Some(10)));
}
