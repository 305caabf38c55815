//! What tests of limits share: a scenario in which one key after the other is set.

use std::path::Path;

use swarmsim::scenario::{LoadOptions, parse};

pub const SCENARIO: &str = r#"
name = "swarm"

[file]
size = "64 MiB"
chunk_size = "64 KiB"

[tracker]
outages = []

[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 10
upload = "1 Mbit/s"

[sweep]
runs = 2

[compare]
confidence = 0.95
"#;

/// What is wrong with the scenario after `sets`.
pub fn faults(sets: &[String]) -> Option<String> {
    let options = LoadOptions {
        sets: sets.to_vec(),
        ..LoadOptions::default()
    };
    let loaded = parse(SCENARIO, "scenario.toml", Path::new(""), &options);
    loaded.err().map(|error| error.render(false))
}

/// `key` can be `inside`, and can't be `outside`.
pub fn check(key: &str, inside: &[&str], outside: &[&str]) {
    for value in inside {
        let fault = faults(&[format!("{key}={value}")]);
        assert!(
            fault.is_none(),
            "{key} = {value} is possible, but: {}",
            fault.unwrap_or_default()
        );
    }
    for value in outside {
        let fault = faults(&[format!("{key}={value}")]).unwrap_or_else(|| panic!("{key} = {value} was accepted"));
        // Where it stands is shown: in the file, or in the option.
        assert!(
            fault.contains("error: ") && fault.contains(" --> "),
            "{key} = {value}: {fault}"
        );
    }
}
