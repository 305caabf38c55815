//! What the tests of both modes share: an observer that keeps what they look at, and a run with all invariants checked.

use std::path::Path;

use crate::engine::observer::{Ending, Observer, PeerRecord, Sample, Transfer};
use crate::engine::testing::{assert_all_accounted_for, unless_it_hangs};
use crate::engine::{Control, InvariantViolation, Progress, RunOptions};
use crate::scenario::model::Choking;
use crate::scenario::testing::read_back;
use crate::scenario::{LoadOptions, Scenario, parse};
use crate::units::SimTime;

/// What a run tells.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub peers: Vec<PeerRecord>,
    pub transfers: Vec<Transfer>,
    /// Seconds and peers that are there, seeds included.
    pub population: Vec<(f64, f64)>,
    pub ended: Option<(SimTime, Ending)>,
}

impl Observer for Seen {
    fn wants_transfers(&self) -> bool {
        true
    }
    fn transferred(&mut self, transfer: &Transfer) {
        self.transfers.push(*transfer);
    }
    fn peer_record(&mut self, record: &PeerRecord) {
        self.peers.push(*record);
    }
    fn sample(&mut self, s: &Sample<'_>) {
        self.population
            .push((s.now.as_secs_f64(), f64::from(s.leechers + s.seeds)));
    }
    fn ended(&mut self, now: SimTime, ending: Ending) {
        self.ended = Some((now, ending));
    }
}

impl Seen {
    /// Mean number of peers from `from_s` on.
    pub fn mean_population(&self, from_s: f64) -> f64 {
        let late: Vec<f64> = self.population.iter().filter(|p| p.0 >= from_s).map(|p| p.1).collect();
        late.iter().sum::<f64>() / late.len() as f64
    }

    /// Peers that a swarm gains in a second, from `from_s` on, by least squares.
    pub fn slope(&self, from_s: f64) -> f64 {
        let late: Vec<_> = self.population.iter().filter(|p| p.0 >= from_s).collect();
        let n = late.len() as f64;
        let (time, peers) = (
            late.iter().map(|p| p.0).sum::<f64>() / n,
            late.iter().map(|p| p.1).sum::<f64>() / n,
        );
        let both: f64 = late.iter().map(|p| (p.0 - time) * (p.1 - peers)).sum();
        both / late.iter().map(|p| (p.0 - time).powi(2)).sum::<f64>()
    }
}

/// The scenario in `text`.
pub(crate) fn scenario(text: &str) -> Scenario {
    let loaded = parse(text, "test.toml", Path::new(""), &LoadOptions::default());
    loaded
        .unwrap_or_else(|error| panic!("{}", error.render(false)))
        .scenario
}

/// Either mode's way to run.
type Run = fn(
    &Scenario,
    &RunOptions,
    &mut dyn Observer,
    &mut dyn FnMut(&Progress) -> Control,
) -> Result<Ending, InvariantViolation>;

/// Questions whether to go on, one each 16 events or more: no swarm in these tests has so many.
const QUESTIONS_MAX: u32 = 10_000;

/// Plays `scenario`; with `check`, checks every invariant.
pub(crate) fn watch(run: Run, scenario: &Scenario, check: bool) -> Seen {
    let mut seen = Seen::default();
    let options = RunOptions {
        check_invariants: check,
        ..RunOptions::default()
    };
    let ending = run(
        scenario,
        &options,
        &mut seen,
        &mut unless_it_hangs(scenario, QUESTIONS_MAX),
    );
    let ending = ending.expect("all invariants hold");
    assert_eq!(seen.ended.map(|(_, ending)| ending), Some(ending));
    seen
}

/// Plays a random `scenario`: every invariant holds, all are accounted for, what is sent is received, and who gives nothing has given nothing.
pub(crate) fn assert_keeps_every_invariant(run: Run, scenario: &Scenario) {
    assert_eq!(&read_back(scenario), scenario);
    let seen = watch(run, scenario, true);
    assert_all_accounted_for(scenario, &seen.peers, seen.ended);
    let moved: u64 = seen.transfers.iter().map(|transfer| transfer.bytes).sum();
    let sum = |bytes: fn(&PeerRecord) -> u64| seen.peers.iter().map(bytes).sum::<u64>();
    assert_eq!(sum(|peer| peer.uploaded_bytes), moved);
    assert_eq!(sum(|peer| peer.downloaded_bytes), moved);
    for peer in &seen.peers {
        let group = &scenario.groups[peer.group.ix()];
        let gives = [&group.choking, &group.seeding]
            .into_iter()
            .any(|rule| *rule != Choking::FreeRider);
        assert!(gives || peer.uploaded_bytes == 0, "{peer:?}");
    }
}
