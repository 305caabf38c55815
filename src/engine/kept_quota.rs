//! Upload quota that a connection keeps and does not send.
//!
//! Where a client deals its upload out to connections, each asks for what it would send in some time, so that it never waits for the next deal
//! (libtorrent 2, `peer_connection::wanted_transfer`: a second's worth). What is left when it falls idle stays with it, and nobody else sends it: each
//! connection costs a second of its rate once, and more when it is faster the next time.
//!
//! Here a transfer takes that much more than its chunk. The rate that quota goes by is an average, so what is kept follows the real rate slowly.

use crate::engine::Simulation;
use crate::engine::pipelining::{LOOK, LOOK_WEIGHT};
use crate::ids::FlowIx;

/// How many bytes a transfer takes for each byte of its chunk: one, and what its connection keeps, or less than one where it sends what it has kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cost(f32);

impl Cost {
    /// Nothing is kept.
    pub const ONE: Self = Self(1.0);

    /// Takes what a connection that has kept `kept` bytes keeps more, or less, by the end of a transfer of `bytes` at `rate` bytes/s. It `wants` so many.
    fn new(bytes: u64, rate: f64, kept: f64, wants: f64) -> Self {
        let bytes = bytes as f64;
        let looks = bytes / rate / LOOK.as_secs_f64();
        let more = (wants - kept) * (1.0 - libm::pow(1.0 - LOOK_WEIGHT, looks));
        Self((1.0 + more / bytes).max(0.0) as f32)
    }

    /// What `bytes` of a chunk take.
    pub fn of(self, bytes: u64) -> u64 {
        if self == Self::ONE {
            return bytes;
        }
        ((bytes as f64 * f64::from(self.0)).round() as u64).max(1)
    }

    /// How many of the `bytes` of a chunk have come when `moved` have been taken.
    pub fn came(self, moved: u64, bytes: u64) -> u64 {
        if self == Self::ONE {
            return moved;
        }
        if moved >= self.of(bytes) {
            return bytes;
        }
        ((moved as f64 / f64::from(self.0)) as u64).min(bytes)
    }

    /// What has been kept beside `bytes` of a chunk.
    fn kept(self, bytes: u64) -> f64 {
        (f64::from(self.0) - 1.0) * bytes as f64
    }
}

impl Simulation<'_> {
    /// How many bytes of its chunk `flow` has moved.
    #[inline]
    pub(super) fn moved(&self, flow: FlowIx) -> u64 {
        let part = &self.parts[flow.ix()];
        part.cost.came(self.bandwidth.moved(self.now(), flow), part.bytes)
    }

    /// `flow`, which has just begun its work and is expected to run at `rate` bytes/s, takes what its sender keeps meanwhile too.
    pub(super) fn ask_for_quota(&mut self, flow: FlowIx, rate: f64) {
        let part = &self.parts[flow.ix()];
        let keeps = self.group_of(part.route.sender).kept_quota;
        if keeps.is_zero() || rate <= 0.0 {
            return;
        }
        let kept = self.swarm.links.ledger().kept_quota(part.route.link);
        let cost = Cost::new(part.bytes, rate, kept, keeps.as_secs_f64() * rate);
        let bytes = cost.of(part.bytes);
        self.parts[flow.ix()].cost = cost;
        self.bandwidth.resize(self.now(), flow, bytes);
    }

    /// What `flow` has been given beyond its chunk stays with its connection. Its work is done, or cut off.
    pub(super) fn keep_quota(&mut self, flow: FlowIx) {
        let part = &self.parts[flow.ix()];
        if part.cost != Cost::ONE {
            let kept = part.cost.kept(self.moved(flow));
            self.swarm.links.ledger_mut().keep_quota(part.route.link, kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_longer_a_transfer_the_nearer_its_connection_comes_to_what_it_wants() {
        let kept = |bytes, had| had + Cost::new(bytes, 1000.0, had, 1000.0).kept(bytes);
        // A look each second counts a fifth.
        let near = |a: f64, b: f64| assert!((a - b).abs() < 0.01, "{a} {b}");
        near(kept(1000, 0.0), 200.0);
        near(kept(2000, 0.0), 360.0);
        near(kept(1000, 200.0), 360.0);
        near(kept(100_000, 0.0), 1000.0);
        near(kept(1000, 1000.0), 1000.0);
        // What is too much is sent.
        near(kept(1000, 2000.0), 1800.0);
    }

    #[test]
    fn a_connection_that_has_kept_more_than_its_chunk_sends_it_at_once() {
        let cost = Cost::new(1000, 10.0, 5000.0, 10.0);
        assert_eq!((cost.of(1000), cost.came(1, 1000)), (1, 1000));
    }

    proptest! {
        #[test]
        fn all_has_come_when_all_is_taken_and_never_less_later(
            bytes in 1_u64..5_000_000,
            rate in 1.0..1e7_f64,
            kept in 0.0..1e6_f64,
            keeps in 0.1..10.0_f64,
            share in 0.0..1.0_f64,
        ) {
            let cost = Cost::new(bytes, rate, kept, keeps * rate);
            let all = cost.of(bytes);
            prop_assert_eq!(cost.came(all, bytes), bytes);
            let moved = (all as f64 * share) as u64;
            let came = cost.came(moved, bytes);
            prop_assert!(came <= cost.came((moved + 1).min(all), bytes));
            // The work may be cut short to any size that has not been moved yet.
            prop_assert!(moved <= cost.of(came + 1));
        }
    }
}
