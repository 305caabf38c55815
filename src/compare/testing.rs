//! A plan to test with.

use super::list::axis;
use super::plan::Plan;
use crate::choking::OwnChokers;
use crate::scenario::study::{Study, Variation};
use crate::scenario::{LoadOptions, Override, Parsed};
use std::path::Path;

/// A seed and leechers that share 1 MiB.
const SCENARIO: &str = r#"
name = "small"
[file]
size = "1 MiB"
[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"
[[group]]
name = "leechers"
count = 5
upload = "1 Mbit/s"
"#;

/// `runs` runs of each value of the list `vary`, `key=a,b`.
pub(super) fn plan(vary: &str, runs: u32) -> Plan {
    let options = LoadOptions::default();
    let parsed = Parsed::new(SCENARIO, "small.toml", Path::new(""), &options).unwrap_or_else(|error| panic!("{error}"));
    let load = |changes: &[Override]| parsed.load(changes);
    let study = Study {
        runs: Some(runs),
        variation: Variation::Grid(vec![axis("--vary", vary).unwrap_or_else(|error| panic!("{error}"))]),
        ..Study::default()
    };
    let base = load(&[]).unwrap_or_else(|error| panic!("{error}"));
    Plan::new(&base, &study, &OwnChokers::default(), &load).unwrap_or_else(|error| panic!("{error}"))
}
