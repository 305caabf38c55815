//! Sums up a run in memory: the observer behind `summary.csv`, with or without tables.

use crate::engine::Ending;
use crate::engine::observer::{Observer, PeerRecord, Sample};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::bound::LowerBound;
use crate::metrics::names;
use crate::metrics::pauses::Pauses;
use crate::metrics::summary::{GroupSummary, Summary};
use crate::metrics::tally::Tally;
use crate::scenario::Scenario;
use crate::scenario::model::{Group, Mode};
use crate::units::SimTime;

/// What is counted of one run.
pub struct Accounts<'a> {
    scenario: &'a Scenario,
    tallies: Vec<Tally>,
    bound: LowerBound,
    pauses: Pauses,
    /// Leechers that were there at the last sample.
    waiting: u32,
    last_completion: Option<SimTime>,
    outcome: Option<(SimTime, Ending)>,
}

impl<'a> Accounts<'a> {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            tallies: vec![Tally::default(); scenario.groups.len()],
            bound: LowerBound::new(scenario),
            pauses: Pauses::default(),
            waiting: 0,
            last_completion: None,
            outcome: None,
        }
    }

    /// The run in figures.
    ///
    /// # Panics
    /// When the run has not ended.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let (end, ending) = self.outcome.expect("a run is summed up after its end");
        let file_bytes = self.scenario.file.size.0;
        let swarm = self.everyone().figures(end, file_bytes);
        let makespan_s = match (self.bound.first_arrival(), self.last_completion) {
            (Some(first), Some(last)) if swarm.not_completed == 0 => Some(last.since(first).as_secs_f64()),
            _ => None,
        };
        let lower_bound_s = self.bound.seconds();
        let longest_pause = self.pauses.longest();
        Summary {
            scenario: self.scenario.name.clone(),
            version: env!("CARGO_PKG_VERSION"),
            seed: self.scenario.seed,
            ending: names::ending(ending),
            extinct_chunks: if let Ending::Dead { extinct_chunks } = ending {
                Some(extinct_chunks)
            } else {
                None
            },
            simulated_s: end.as_secs_f64(),
            swarm,
            makespan_s,
            lower_bound_s,
            makespan_over_bound: makespan_s.zip(lower_bound_s).map(|(makespan, bound)| makespan / bound),
            longest_pause_s: longest_pause.map(|pause| pause.length.as_secs_f64()),
            groups: self
                .scenario
                .groups
                .iter()
                .zip(&self.tallies)
                .map(|(g, t)| group_summary(self.scenario.run.mode, g, t, (end, file_bytes)))
                .collect(),
            outcome: ending,
            longest_pause,
            waiting: self.waiting,
        }
    }

    /// The quantiles of all completion times at 0, 1/`steps`, … 1, in seconds; nothing if nobody completed.
    #[must_use]
    pub fn completion_quantiles_s(&self, steps: u32) -> Vec<f64> {
        self.everyone().completion_quantiles_s(steps)
    }

    fn everyone(&self) -> Tally {
        let mut all = Tally::default();
        self.tallies.iter().for_each(|tally| all.merge(tally));
        all
    }
}

impl Observer for Accounts<'_> {
    fn joined(&mut self, now: SimTime, _peer: PeerId, group: GroupIx, upload: f64, download: f64, chunks: u32) {
        self.bound.joined(now, group, upload, download, chunks);
    }

    fn peer_record(&mut self, record: &PeerRecord) {
        self.tallies[record.group.ix()].add(record, self.scenario.file.chunks() as u32);
        self.last_completion = self.last_completion.max(record.completed);
    }

    fn sample(&mut self, sample: &Sample<'_>) {
        self.pauses.sample(sample);
        self.waiting = sample.leechers;
    }

    fn ended(&mut self, now: SimTime, ending: Ending) {
        self.outcome = Some((now, ending));
    }
}

fn group_summary(mode: Mode, group: &Group, tally: &Tally, (end, file_bytes): (SimTime, u64)) -> GroupSummary {
    let word = |rule| names::choking_in(mode, rule).unwrap_or_default().to_owned();
    GroupSummary {
        group: group.name.clone(),
        choking: word(&group.choking),
        seeding: word(&group.seeding),
        picking: names::picker(group.picking.picker),
        figures: tally.figures(end, file_bytes),
    }
}
