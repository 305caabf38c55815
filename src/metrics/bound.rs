//! The lower bound on the time in which a whole swarm can have the file (Kumar & Ross 2006), whatever the protocol:
//!
//! ```text
//! T ≥ max( F / u_seeds,  max_i F / d_i,  N·F / (u_seeds + Σ u_i) )
//! ```
//!
//! Generalised to leechers that start with part of the file, of which leecher i misses mᵢ bytes:
//!
//! ```text
//! T ≥ max( (F − Σ held by leechers) / u_seeds,  max_i mᵢ / d_i,  Σ mᵢ / Σ u )
//! ```
//!
//! The first term counts as if no two leechers started with the same chunk, the sums leave out peers that never
//! upload: each makes the bound lower, never wrong. Time counts from the first arrival of a leecher: before, nobody can send.

use crate::ids::GroupIx;
use crate::scenario::Scenario;
use crate::scenario::model::{Arrival, Choking, Departure, Group, Mode};
use crate::units::SimTime;

/// Collects what the bound needs from the peers that join.
#[derive(Clone, Debug)]
pub struct LowerBound {
    file_bytes: u64,
    chunk_bytes: u64,
    /// All come at once, and nobody sends faster than its capacity, as clocks of chance do.
    speaks: bool,
    groups: Vec<Uploads>,
    first_arrival: Option<SimTime>,
    missing_bytes: f64,
    held_bytes: f64,
    slowest_download_s: f64,
    seed_upload: f64,
    upload: f64,
}

/// What has to be sent, and what it can be sent with.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// Bytes that seeds alone have.
    pub from_seeds_bytes: f64,
    /// Bytes that leechers lack, all together.
    pub missing_bytes: f64,
    /// The longest time that a leecher needs by its own download, seconds.
    pub slowest_download_s: f64,
    /// Upload of the seeds, bytes per second.
    pub seed_upload: f64,
    /// Upload of all, bytes per second.
    pub upload: f64,
}

impl Needs {
    /// The bound in seconds; infinite or not a number when nobody can send.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let from_seeds_s = if self.from_seeds_bytes == 0.0 {
            0.0
        } else {
            self.from_seeds_bytes / self.seed_upload
        };
        self.slowest_download_s
            .max(self.missing_bytes / self.upload)
            .max(from_seeds_s)
    }
}

/// Who of a group ever uploads.
#[derive(Clone, Copy, Debug)]
pub struct Uploads {
    /// Its initial seeds.
    pub initial_seeds: bool,
    /// Its leechers, if only once they are seeds.
    pub leechers: bool,
}

impl Uploads {
    /// By the rules of `group`.
    #[must_use]
    pub fn of(group: &Group) -> Self {
        let seeds = group.seeding != Choking::FreeRider;
        let stays = !matches!(group.departure, Departure::Selfish | Departure::FinishesUploads);
        let leechers = group.choking != Choking::FreeRider || (seeds && stays);
        Self {
            initial_seeds: seeds,
            leechers,
        }
    }
}

impl LowerBound {
    /// Nobody has joined yet.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            file_bytes: scenario.file.size.0,
            chunk_bytes: scenario.file.chunk_size.0,
            speaks: scenario.run.mode != Mode::RandomContact
                && scenario
                    .groups
                    .iter()
                    .all(|group| matches!(group.arrival, Arrival::AtOnce { .. })),
            groups: scenario.groups.iter().map(Uploads::of).collect(),
            first_arrival: None,
            missing_bytes: 0.0,
            held_bytes: 0.0,
            slowest_download_s: 0.0,
            seed_upload: 0.0,
            upload: 0.0,
        }
    }

    /// A peer has joined with `chunks` chunks.
    pub fn joined(&mut self, now: SimTime, group: GroupIx, upload: f64, download: f64, chunks: u32) {
        let uploads = self.groups[group.ix()];
        let held = (u64::from(chunks) * self.chunk_bytes).min(self.file_bytes);
        let missing = self.file_bytes - held;
        if missing == 0 {
            if uploads.initial_seeds {
                self.seed_upload += upload;
                self.upload += upload;
            }
            return;
        }
        self.first_arrival = Some(self.first_arrival.map_or(now, |first| first.min(now)));
        self.missing_bytes += missing as f64;
        self.held_bytes += held as f64;
        self.slowest_download_s = self.slowest_download_s.max(missing as f64 / download);
        if uploads.leechers {
            self.upload += upload;
        }
    }

    /// When the first leecher arrived.
    #[must_use]
    pub fn first_arrival(&self) -> Option<SimTime> {
        self.first_arrival
    }

    /// The bound in seconds; `None` when groups do not all arrive at once or meet at random, without leechers, or when nobody could
    /// ever send what is missing.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        if !self.speaks || self.first_arrival.is_none() || self.upload == 0.0 {
            return None;
        }
        let bound = Needs {
            from_seeds_bytes: (self.file_bytes as f64 - self.held_bytes).max(0.0),
            missing_bytes: self.missing_bytes,
            slowest_download_s: self.slowest_download_s,
            seed_upload: self.seed_upload,
            upload: self.upload,
        }
        .seconds();
        bound.is_finite().then_some(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{leechers, scenario, seeds};
    use crate::units::Bytes;

    const KBIT: f64 = 125.0;

    /// The swarm of Kumar & Ross 2006: u = 400 kbit/s, seed and downloads 4 Mbit/s, F = 1.44 Gbit.
    fn kumar_ross(leechers_joining: u32, change: impl FnOnce(&mut Scenario)) -> LowerBound {
        let mut swarm = scenario(vec![seeds(), leechers()]);
        swarm.file.size = Bytes(180_000_000);
        swarm.file.chunk_size = Bytes(1_000_000);
        change(&mut swarm);
        let mut bound = LowerBound::new(&swarm);
        bound.joined(SimTime::ZERO, GroupIx(0), 4_000.0 * KBIT, f64::INFINITY, 180);
        for _ in 0..leechers_joining {
            bound.joined(SimTime::ZERO, GroupIx(1), 400.0 * KBIT, 4_000.0 * KBIT, 0);
        }
        bound
    }

    #[test]
    fn published_values() {
        for (leechers, expected) in [(5, 1200.0), (10, 1800.0), (30, 2700.0)] {
            assert_eq!(kumar_ross(leechers, |_| ()).seconds(), Some(expected));
        }
    }

    #[test]
    fn a_single_leecher_is_bound_by_its_download_and_the_seed() {
        assert_eq!(kumar_ross(1, |_| ()).seconds(), Some(360.0));
    }

    #[test]
    fn free_riders_do_not_add_capacity() {
        let rides = |swarm: &mut Scenario| {
            swarm.groups[1].choking = Choking::FreeRider;
            swarm.groups[1].departure = Departure::Selfish;
        };
        assert_eq!(kumar_ross(10, rides).seconds(), Some(3600.0));
    }

    #[test]
    fn what_leechers_start_with_need_not_be_sent() {
        let mut bound = kumar_ross(0, |_| ());
        for _ in 0..10 {
            bound.joined(SimTime::ZERO, GroupIx(1), 400.0 * KBIT, 4_000.0 * KBIT, 90);
        }
        assert_eq!(bound.seconds(), Some(900.0));
    }

    #[test]
    fn undefined_when_peers_trickle_in_or_nobody_is_there() {
        let trickle = |swarm: &mut Scenario| {
            swarm.groups[1].arrival = Arrival::Poisson {
                per_sec: 1.0,
                from: SimTime::ZERO,
                until: None,
                count: Some(10),
            };
        };
        assert_eq!(kumar_ross(10, trickle).seconds(), None);
        assert_eq!(kumar_ross(0, |_| ()).seconds(), None);
    }
}
