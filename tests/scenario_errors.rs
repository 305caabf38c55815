//! How errors in a scenario read, as snapshots.
use std::path::Path;
use swarmsim::scenario::{LoadOptions, parse};

const EXAMPLE: &str = r#"
#:schema ./scenario.schema.json
name = "flash-crowd"
seed = 1
preset = "textbook"

[file]
size = "100 MiB"

[tracker]
outages = [{ from = "10 min", until = "20 min" }]

[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 1000
upload.log-normal = { median = "1 Mbit/s", sigma = 0.4 }
download = "8 Mbit/s"
arrival.at-once = { at = "0 s", jitter = "5 s" }
departure.altruistic = { linger.exponential.mean = "5 min" }
abort_rate = "0.001 /s"
crash = { rate = "0.0001 /s", timeout = "2 min" }
connections = { initiate = 40, accept = 80 }
rechoke = { interval = "10 s", optimistic_every = 3, phase = "aligned", refill = "periodic", rate_window = "20 s" }
choking.tit-for-tat = { regular_slots = "auto", optimistic_slots = 1, anti_snubbing = "off", new_neighbour_weight = 3 }
seeding = "round-robin"
picking.rarest-first = { random_first = 4, strict_priority = true, endgame = true }
"#;

#[test]
fn example() {
    let loaded = parse(EXAMPLE, "e.toml", Path::new(""), &LoadOptions::default());
    match loaded {
        Ok(l) => {
            println!("{:#?}\n{}", l, l.scenario.to_toml());
            let again = parse(&l.scenario.to_toml(), "r.toml", Path::new(""), &LoadOptions::default()).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(again.scenario, l.scenario);
        }
        Err(e) => panic!("{e}"),
    }
}
