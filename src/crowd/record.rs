//! Rows of the time series, and the end of a run.

use super::Crowd;
use crate::engine::observer::{Ending, Sample};
use crate::engine::{arrivals_pending, record_of};

impl Crowd<'_> {
    /// Takes a row and schedules the next; ends a run in which nothing moves any more.
    pub(super) fn sample(&mut self) {
        let now = self.now;
        if self.schedule.has_more_now() {
            // A row shows the end of its instant: what else happens now comes first.
            self.schedule.arm_sample(now);
            return;
        }
        self.take_sample();
        if arrivals_pending(&self.cohorts) || self.totals.leechers.count == 0 {
            self.totals.last_moving = now;
        } else if now.since(self.totals.last_moving) >= self.scenario.run.stall_limit {
            self.ending = Some(Ending::Stalled);
        }
        self.schedule.arm_sample(now + self.scenario.run.sample_interval);
    }

    fn take_sample(&mut self) {
        let now = self.now;
        self.totals.sampled_at = Some(now);
        let totals = &self.totals;
        let leecher_chunks = self.swarm.peers.leecher_chunks();
        self.observer.sample(&Sample {
            now,
            leechers: totals.leechers.count,
            seeds: totals.seeds.count,
            leecher_capacity: totals.leechers.capacity,
            seed_capacity: totals.seeds.capacity,
            // Chunks change hands whole: at no moment is there a rate.
            leecher_rate: f64::NAN,
            seed_rate: f64::NAN,
            copies: &self.swarm.copies,
            leecher_chunks: &leecher_chunks,
            completed: totals.completed,
            joined: totals.joined,
            transfers: totals.transfers,
            flows: 0,
            leecher_capacity_bytes: totals.leechers.offered_bytes(now),
            seed_capacity_bytes: totals.seeds.offered_bytes(now),
            leecher_sent_bytes: totals.leechers.sent_bytes,
            seed_sent_bytes: totals.seeds.sent_bytes,
        });
    }

    /// Ends the run: those that are still there are recorded.
    pub(super) fn close(&mut self, ending: Ending) {
        if self.totals.sampled_at != Some(self.now) {
            self.take_sample();
        }
        let mut present: Vec<_> = self.swarm.peers.present().map(|(_, peer)| peer).collect();
        present.sort_by_key(|peer| peer.id);
        for peer in present {
            self.observer.peer_record(&record_of(peer, None));
        }
        self.observer.ended(self.now, ending);
    }
}
