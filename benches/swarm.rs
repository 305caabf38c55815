//! Whole runs with metrics on: chunk transfers per CPU-second, and memory a peer.
//!
//! `cargo bench --bench swarm` plays 1,000 and 10,000 peers × 400 chunks × 40 neighbours in three bandwidth classes, with unlimited downloads and with
//! downloads that bind; `cargo bench --bench swarm -- 100000` plays that many peers instead. Each row is the median of three runs (one run from 50,000 peers on).
//! `of bound` is the time of a transfer over that of the loop in `support/lower_bound.rs`; the last line is what metrics cost.

#[path = "support/lower_bound.rs"]
mod lower_bound;

use cpu_time::ProcessTime;
use std::io;
use std::path::Path;
use swarmsim::engine::{Control, NoObserver, Observer, Outcome, RunOptions, run};
use swarmsim::metrics::{Detail, Recorder};
use swarmsim::scenario::{LoadOptions, Scenario, parse};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: swarmsim::HugePages = swarmsim::HugePages;

/// Download capacity over upload capacity; `None` for unlimited downloads.
const RATIOS: [Option<f64>; 3] = [None, Some(4.0), Some(1.5)];

fn main() {
    let asked: Vec<u32> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![1_000, 10_000] } else { asked };
    println!("   peers  downloads   transfers    CPU s   transfers/s   bytes/peer   of bound");
    for &peers in &sizes {
        let bound = lower_bound::seconds_a_transfer(peers as usize);
        for ratio in RATIOS {
            report(peers, ratio, bound);
        }
    }
    report_metrics(sizes[0]);
}

fn report(peers: u32, ratio: Option<f64>, bound: f64) {
    let scenario = three_classes(peers, ratio);
    let repeats = if peers < 50_000 { 3 } else { 1 };
    let mut runs: Vec<(f64, u64, Outcome)> = (0..repeats).map(|_| play(&scenario)).collect();
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (seconds, transfers, outcome) = runs[repeats / 2];
    let downloads = ratio.map_or("unlimited".to_owned(), |r| format!("{r}x upload"));
    let rate = transfers as f64 / seconds;
    let bytes = outcome.memory_bytes / peers as usize;
    let of_bound = seconds / transfers as f64 / bound;
    println!("{peers:>8}  {downloads:>10}  {transfers:>9}  {seconds:>7.2}  {rate:>12.0}  {bytes:>11}  {of_bound:>9.1}");
}

/// With and without the recorder, in turn.
fn report_metrics(peers: u32) {
    let scenario = three_classes(peers, None);
    let mut extra: Vec<f64> = (0..7)
        .map(|_| play(&scenario).0 / play_unseen(&scenario) - 1.0)
        .collect();
    extra.sort_by(f64::total_cmp);
    println!(
        "metrics: {:+.1} % of the time without (median of 7 pairs, {peers} peers)",
        100.0 * extra[3]
    );
}

fn play(scenario: &Scenario) -> (f64, u64, Outcome) {
    let nowhere = &mut |_: &_| Ok(Box::new(io::sink()) as Box<dyn io::Write>);
    let mut recorder = Recorder::new(scenario, Detail::default(), nowhere).expect("nowhere is always open");
    let (seconds, outcome) = time(scenario, &mut recorder);
    let summary = recorder.finish().expect("nothing is written");
    (seconds, summary.swarm.chunk_transfers, outcome)
}

fn play_unseen(scenario: &Scenario) -> f64 {
    time(scenario, &mut NoObserver).0
}

fn time(scenario: &Scenario, observer: &mut dyn Observer) -> (f64, Outcome) {
    let start = ProcessTime::now();
    let outcome = run(scenario, RunOptions::default(), observer, &mut |_| Control::Continue);
    let outcome = outcome.expect("no invariant is checked");
    (start.elapsed().as_secs_f64(), outcome)
}

fn three_classes(peers: u32, ratio: Option<f64>) -> Scenario {
    let mut text = format!(
        "name = \"bench\"\n[file]\nsize = \"100 MiB\"\n\
         [[group]]\nname = \"seeds\"\ncount = {}\nupload = \"80 Mbit/s\"\nstarts_with = \"all\"\n\
         connections = {{ initiate = 20, accept = 40 }}\n",
        1 + peers / 1000
    );
    for (name, mbit) in [("slow", 1), ("medium", 4), ("fast", 16)] {
        let download = ratio.map_or("unlimited".to_owned(), |r| format!("{} Mbit/s", r * f64::from(mbit)));
        let group = format!(
            "[[group]]\nname = \"{name}\"\ncount = {}\nupload = \"{mbit} Mbit/s\"\ndownload = \"{download}\"\n\
             arrival.at-once = {{ jitter = \"5 s\" }}\ndeparture = \"altruistic\"\n\
             connections = {{ initiate = 20, accept = 40 }}\n",
            peers.div_ceil(3)
        );
        text += &group;
    }
    let loaded = parse(&text, "bench", Path::new("."), &LoadOptions::default());
    loaded.unwrap_or_else(|e| panic!("{e}")).scenario
}
