//! Tests of the allocator: known numbers, lockstep with the oracle, whole runs.

mod known;

use super::{Clock, MaxMin};
use crate::ids::PeerIx;
use crate::units::SimTime;
use std::collections::BTreeMap;

/// An allocator with peers of the given upload and download capacities in bytes/s.
fn peers(cap: Option<f64>, capacities: &[(f64, f64)]) -> MaxMin {
    let mut bandwidth = MaxMin::new(cap);
    for (peer, &(upload, download)) in capacities.iter().enumerate() {
        bandwidth.set_peer(PeerIx::from_ix(peer), upload, download);
    }
    bandwidth
}

/// The plainest event queue: the pending finish of each clock.
#[derive(Default)]
struct Pending(BTreeMap<Clock, SimTime>);

impl Pending {
    /// Settles and takes over what has been rescheduled.
    fn settle(&mut self, bandwidth: &mut MaxMin, now: SimTime) {
        bandwidth.settle(now);
        bandwidth.take_rescheduled(|clock, next| {
            match next {
                Some(instant) => self.0.insert(clock, instant),
                None => self.0.remove(&clock),
            };
        });
    }

    /// Takes the earliest finish out.
    fn pop(&mut self) -> Option<(SimTime, Clock)> {
        let (&clock, &instant) = self.0.iter().min_by_key(|&(&clock, &instant)| (instant, clock))?;
        self.0.remove(&clock);
        Some((instant, clock))
    }
}
