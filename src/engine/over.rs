//! Whether a run is over: everybody is done, or nobody can ever be.

use crate::churn::{Arriving, Cohort};
use crate::engine::Simulation;
use crate::engine::observer::Ending;
use crate::engine::totals::Totals;
use crate::ids::GroupIx;
use crate::scenario::Scenario;
use crate::scenario::model::StartsWith;

/// The cohorts, each with the next arrival if there is one.
pub(crate) type Coming = [(Cohort, Option<(GroupIx, Arriving)>)];

/// The ending, if nothing can change any more: nobody lacks a chunk and nobody is to come or to go, or chunks are extinct.
pub(crate) fn ending(scenario: &Scenario, coming: &Coming, totals: &Totals, extinct_chunks: u32) -> Option<Ending> {
    let leechers = totals.leechers.count;
    if leechers > 0 && extinct_chunks > 0 && !more_chunks_to_come(scenario, coming) {
        return Some(Ending::Dead { extinct_chunks });
    }
    (leechers == 0 && totals.lingering == 0 && !pending(coming)).then_some(Ending::AllDone)
}

/// Whether somebody is still to arrive.
pub(crate) fn pending(coming: &Coming) -> bool {
    coming.iter().any(|(_, next)| next.is_some())
}

/// Whether somebody is still to arrive who may bring chunks.
fn more_chunks_to_come(scenario: &Scenario, coming: &Coming) -> bool {
    let mut next = coming.iter().filter_map(|(_, next)| *next);
    next.any(|(group, _)| scenario.groups[group.ix()].starts_with != StartsWith::Nothing)
}

impl Simulation<'_> {
    /// Whether somebody is still to arrive.
    pub(super) fn arrivals_pending(&self) -> bool {
        pending(&self.cohorts)
    }

    /// Ends the run when everybody is done, or when nobody can ever be.
    pub(super) fn end_if_over(&mut self) {
        let over = ending(self.scenario, &self.cohorts, &self.totals, self.swarm.extinct);
        self.ending = over.or(self.ending);
    }
}
