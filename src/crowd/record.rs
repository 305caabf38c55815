//! Rows of the time series, and the end of a run.

use super::{Crowd, view_of};
use crate::engine::observer::{Ending, Sample};
use crate::engine::{arrivals_pending, record_of};
use crate::ids::PeerIx;
use crate::swarm::Role;
use crate::swarm::bitfield::Line;

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
            // Rounds may be long, and two that could trade may take long to meet.
            if self.something_can_move() {
                self.totals.last_moving = now;
            } else {
                self.ending = Some(Ending::Stalled);
            }
        }
        self.schedule.arm_sample(now + self.scenario.run.sample_interval);
    }

    /// Whether some leecher waits for a chunk that is on its way, or would take one from somebody who gives.
    fn something_can_move(&mut self) -> bool {
        let mut offered = vec![Line::default(); self.swarm.have().lines_per_peer()];
        for &peer in self.present().iter().filter(|&&peer| self.gives(peer)) {
            for (offered, line) in offered.iter_mut().zip(self.swarm.have().of(peer)) {
                offered.0.iter_mut().zip(line.0).for_each(|(all, word)| *all |= word);
            }
        }
        let leeches = |peer: &PeerIx| self.swarm.peers[*peer].role == Role::Leecher;
        let leechers: Vec<PeerIx> = self.members().iter().copied().filter(leeches).collect();
        let all = self.swarm.layout.chunks as u32;
        leechers.into_iter().any(|peer| {
            let known = self.swarm.peers[peer].chunks + self.swarm.wanted().count(peer);
            let picker = &mut self.pickers[self.swarm.peers[peer].group.ix()];
            let view = view_of(&self.swarm, &offered, peer);
            known < all || picker.pick(&view, &mut self.picking_rng).is_some()
        })
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
