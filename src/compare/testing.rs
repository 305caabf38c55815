//! A plan to test with.

use super::list::axis;
use super::plan::Plan;
use crate::choking::OwnChokers;
use crate::scenario::study::{Study, Variation};
use crate::scenario::{LoadOptions, Override, parse};
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
    let load = |changes: &[Override]| {
        let options = LoadOptions {
            variant: changes.to_vec(),
            ..LoadOptions::default()
        };
        parse(SCENARIO, "small.toml", Path::new(""), &options)
    };
    let study = Study {
        runs: Some(runs),
        variation: Variation::Grid(vec![axis("--vary", vary).unwrap_or_else(|error| panic!("{error}"))]),
        ..Study::default()
    };
    let base = load(&[]).unwrap_or_else(|error| panic!("{error}"));
    Plan::new(&base, &study, &OwnChokers::default(), &load).unwrap_or_else(|error| panic!("{error}"))
}
