//! Running totals over the whole swarm.

use crate::units::SimTime;

/// What is there of one kind of peer, and what it could have sent so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kind {
    /// Peers of this kind now.
    pub count: u32,
    /// Sum of their upload capacities, bytes per second.
    pub capacity: f64,
    /// Bytes that peers of this kind have sent so far, as far as counted.
    pub sent_bytes: u64,
    /// Integral of `capacity` up to `since`.
    offered_bytes: f64,
    since: SimTime,
}

impl Kind {
    /// A peer with `upload` bytes per second becomes one of this kind.
    pub fn add(&mut self, now: SimTime, upload: f64) {
        self.advance(now);
        self.count += 1;
        self.capacity += upload;
    }

    /// A peer with `upload` bytes per second is no longer one of this kind.
    pub fn remove(&mut self, now: SimTime, upload: f64) {
        self.advance(now);
        self.count -= 1;
        // What rounding leaves over ends with the last peer.
        self.capacity = if self.count == 0 { 0.0 } else { self.capacity - upload };
    }

    /// Bytes that peers of this kind could have sent so far.
    pub fn offered_bytes(&self, now: SimTime) -> f64 {
        self.offered_bytes + self.capacity * now.since(self.since).as_secs_f64()
    }

    fn advance(&mut self, now: SimTime) {
        self.offered_bytes = self.offered_bytes(now);
        self.since = now;
    }
}

/// Running totals.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    /// Peers that lack some chunk.
    pub leechers: Kind,
    /// Peers that have them all.
    pub seeds: Kind,
    /// Peers that stay on for a drawn time after completing.
    pub lingering: u32,
    /// Peers that joined so far.
    pub joined: u64,
    /// Leechers that completed so far.
    pub completed: u64,
    /// Chunks completed so far.
    pub transfers: u64,
    /// The last row of the time series.
    pub sampled_at: Option<SimTime>,
    /// The last sample at which something was moving.
    pub last_moving: SimTime,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    #[test]
    fn capacity_is_integrated_over_presence() {
        let at = |s| SimTime::ZERO + SimDuration::from_secs(s);
        let mut kind = Kind::default();
        kind.add(at(10), 100.0);
        kind.add(at(20), 50.0);
        kind.remove(at(30), 100.0);
        assert!((kind.offered_bytes(at(40)) - (1000.0 + 1500.0 + 500.0)).abs() < 1e-9);
        kind.remove(at(40), 50.0);
        assert_eq!((kind.count, kind.capacity), (0, 0.0));
    }
}
