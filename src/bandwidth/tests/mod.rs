//! Tests of the allocator: known numbers, lockstep with the oracle, whole runs.

mod driver;
mod known;
mod lockstep;

use super::{Clock, MaxMin};
use crate::ids::PeerIx;
use crate::units::SimTime;
use std::collections::BTreeMap;

/// An allocator with peers of the given upload and download capacities in bytes/s.
fn peers(cap: Option<f64>, capacities: &[(f64, f64)]) -> MaxMin {
    with_peers(MaxMin::new(cap), capacities)
}

/// The same, where flows have caps of their own too.
fn peers_with_own_caps(cap: Option<f64>, capacities: &[(f64, f64)]) -> MaxMin {
    with_peers(MaxMin::new(cap).with_own_caps(), capacities)
}

fn with_peers(mut bandwidth: MaxMin, capacities: &[(f64, f64)]) -> MaxMin {
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
                Some(finish) => self.0.insert(clock, finish.at),
                None => self.0.remove(&clock),
            };
        });
    }

    /// The earliest finish.
    fn peek(&self) -> Option<(SimTime, Clock)> {
        self.0.iter().map(|(&clock, &instant)| (instant, clock)).min()
    }

    /// Takes the earliest finish out.
    fn pop(&mut self) -> Option<(SimTime, Clock)> {
        let (instant, clock) = self.peek()?;
        self.0.remove(&clock);
        Some((instant, clock))
    }
}
