//! What is written from the code is what the code writes. `SWARMSIM_BLESS=1` renews the files.

use std::path::Path;
use std::{env, fs};

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
