//! Rows of the time series, and the end of a run. Looking changes nothing: what is counted here is not booked.

use crate::engine::Simulation;
use crate::engine::departure::record_of;
use crate::engine::observer::{Ending, Sample, TransferEnd};
use crate::ids::PeerIx;
use crate::swarm::Role;
use crate::units::SimTime;

/// What one kind of peer sends now and has sent that is not booked yet.
#[derive(Clone, Copy, Default)]
struct Sending {
    rate: f64,
    unbooked_bytes: u64,
}

impl Simulation<'_> {
    /// Takes a row and schedules the next; ends a run in which nothing moves any more.
    pub(super) fn sample(&mut self) {
        let now = self.now();
        if self.schedule.has_more_now() {
            // A row shows the end of its instant: what else happens now comes first.
            self.schedule.arm_sample(now);
            return;
        }
        self.take_sample();
        if self.bandwidth.flows() > 0
            || self.tracker_is_down()
            || self.arrivals_pending()
            || self.totals.leechers.count == 0
        {
            self.totals.last_moving = now;
        } else if now.since(self.totals.last_moving) >= self.scenario.run.stall_limit {
            self.ending = Some(Ending::Stalled);
        }
        self.schedule.arm_sample(now + self.scenario.run.sample_interval);
    }

    fn take_sample(&mut self) {
        let now = self.now();
        self.totals.sampled_at = Some(now);
        let (leechers, seeds) = self.sending();
        let leecher_chunks = self.swarm.peers.leecher_chunks();
        let totals = &self.totals;
        self.observer.sample(&Sample {
            now,
            leechers: totals.leechers.count,
            seeds: totals.seeds.count,
            leecher_capacity: totals.leechers.capacity,
            seed_capacity: totals.seeds.capacity,
            leecher_rate: leechers.rate,
            seed_rate: seeds.rate,
            copies: &self.swarm.copies,
            leecher_chunks: &leecher_chunks,
            completed: totals.completed,
            joined: totals.joined,
            transfers: totals.transfers,
            flows: self.bandwidth.flows() as u32,
            leecher_capacity_bytes: totals.leechers.offered_bytes(now),
            seed_capacity_bytes: totals.seeds.offered_bytes(now),
            leecher_sent_bytes: totals.leechers.sent_bytes + leechers.unbooked_bytes,
            seed_sent_bytes: totals.seeds.sent_bytes + seeds.unbooked_bytes,
        });
    }

    fn sending(&self) -> (Sending, Sending) {
        let (mut leechers, mut seeds) = (Sending::default(), Sending::default());
        for (ix, peer) in self.swarm.peers.present() {
            let sending = if peer.role == Role::Leecher {
                &mut leechers
            } else {
                &mut seeds
            };
            for flow in self.bandwidth.uploads(ix) {
                sending.rate += self.bandwidth.rate(flow);
                let part = &self.parts[flow.ix()];
                sending.unbooked_bytes += (self.moved(flow) as i64 - part.booked) as u64;
            }
        }
        (leechers, seeds)
    }

    /// Ends the run: transfers and unchokes that still last end now, and those that are still there are recorded.
    pub(super) fn close(&mut self, ending: Ending) {
        // The last row shows what still runs.
        if self.totals.sampled_at != Some(self.now()) {
            self.take_sample();
        }
        let present: Vec<PeerIx> = self
            .swarm
            .peers
            .present()
            .filter(|(_, p)| p.is_alive())
            .map(|(ix, _)| ix)
            .collect();
        for &peer in &present {
            let flows: Vec<_> = self.bandwidth.uploads(peer).collect();
            flows
                .into_iter()
                .for_each(|flow| self.interrupt(flow, TransferEnd::RunEnded, false));
        }
        for &peer in &present {
            let unchoked = self.swarm.peers[peer].unchoked_links();
            unchoked.into_iter().for_each(|link| self.end_unchoke(link));
        }
        let mut present: Vec<_> = self.swarm.peers.present().filter(|(_, p)| p.is_alive()).collect();
        present.sort_by_key(|(_, p)| p.id);
        for (_, peer) in present {
            let record = record_of(peer, None);
            self.observer.peer_record(&record);
        }
        let now: SimTime = self.schedule.now();
        self.observer.ended(now, ending);
    }
}
