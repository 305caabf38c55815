//! Peers come, complete, and go: the same rules as with connections.

use super::Crowd;
use crate::churn::{Arriving, next_at_rate};
use crate::engine::observer::{Leave, Side};
use crate::engine::{PeerTimer, Stay, draw_capacity, draw_chunks, ending, record_of, stay};
use crate::ids::{GroupIx, PeerId, PeerIx};
use crate::rng::{Purpose, stream};
use crate::swarm::{Peer, Role};
use crate::units::SimTime;

impl Crowd<'_> {
    /// Looks up when the next peer of `cohort` arrives.
    pub(super) fn schedule_arrival(&mut self, cohort: usize) {
        let (arrivals, next) = &mut self.cohorts[cohort];
        *next = arrivals.next();
        if let Some((_, next)) = next {
            self.schedule.arm_arrival(cohort, next.at);
        }
    }

    /// The next peer of `cohort` is there.
    pub(super) fn arrive(&mut self, cohort: usize) {
        let Some((group, arriving)) = self.cohorts[cohort].1 else {
            return;
        };
        self.schedule_arrival(cohort);
        self.join(group, arriving);
        self.dismiss();
    }

    fn join(&mut self, group_ix: GroupIx, arriving: Arriving) {
        let (scenario, now) = (self.scenario, self.now);
        let group = &scenario.groups[group_ix.ix()];
        let id = PeerId(self.next_id);
        self.next_id += 1;
        let mut peer = Peer::new(id, group_ix, now);
        let (upload, _) = draw_capacity(scenario.seed, id, group, &arriving);
        (peer.life.upload, peer.life.download) = (upload, f64::INFINITY);
        let chunks = draw_chunks(scenario.seed, id, &group.starts_with, self.swarm.layout.chunks);
        peer.links = self.swarm.links.allocate(0);
        let ix = self.swarm.join(peer, &chunks, false);
        self.observer
            .joined(now, id, group_ix, upload, f64::INFINITY, chunks.len() as u32);
        self.totals.joined += 1;
        self.fastest_upload = self.fastest_upload.max(upload);
        self.present.add(ix);
        if self.swarm.peers[ix].role == Role::Seed {
            self.totals.seeds.add(now, upload);
            self.plan_departure(ix);
            return;
        }
        self.members.add(ix);
        self.totals.leechers.add(now, upload);
        let abort_at = next_at_rate(
            now,
            group.abort_per_sec,
            &mut stream(scenario.seed, Purpose::Abort, id.0),
        );
        self.plan_leave(ix, abort_at, Leave::Aborted);
    }

    /// `peer` has got its last chunk.
    pub(super) fn complete(&mut self, peer: PeerIx) {
        let now = self.now;
        let state = &mut self.swarm.peers[peer];
        state.role = Role::Seed;
        state.life.completed = now;
        let (side, joined) = (Side::of(state), state.life.joined);
        self.totals.leechers.remove(now, side.upload);
        self.totals.seeds.add(now, side.upload);
        self.totals.completed += 1;
        self.observer.completed(now, &side, joined);
        self.schedule.cancel_peer(peer, PeerTimer::Leave);
        self.plan_departure(peer);
    }

    fn plan_departure(&mut self, peer: PeerIx) {
        let (seed, now, file_bytes) = (self.scenario.seed, self.now, self.swarm.layout.file_bytes);
        let rule = &self.group_of(peer).departure;
        let state = &mut self.swarm.peers[peer];
        match stay(
            rule,
            state,
            file_bytes,
            now,
            &mut stream(seed, Purpose::Churn, state.id.0),
        ) {
            // A transfer takes no time here, so none is cut off.
            Stay::No | Stay::FinishesUploads => self.leaving.push(peer),
            Stay::ForEver => {}
            Stay::Lingers(until) => {
                state.life.lingering = true;
                self.totals.lingering += 1;
                self.plan_leave(peer, until, Leave::Done);
            }
            Stay::Until(time) => self.plan_leave(peer, time, Leave::Done),
            Stay::Sends(bytes) => {
                state.life.leave_after_bytes = bytes;
                state.leaves_by_bytes = true;
                self.depart_if_given_enough(peer);
            }
        }
    }

    fn plan_leave(&mut self, peer: PeerIx, at: SimTime, reason: Leave) {
        self.swarm.peers[peer].life.leave_reason = reason;
        if at < SimTime::NEVER {
            self.schedule.arm_peer(peer, PeerTimer::Leave, at);
        }
    }

    /// A seed that leaves after so many bytes goes when it has sent them.
    pub(super) fn depart_if_given_enough(&mut self, peer: PeerIx) {
        let state = &self.swarm.peers[peer];
        let given_enough = state.life.uploaded_bytes >= state.life.leave_after_bytes;
        if state.role == Role::Seed && state.leaves_by_bytes && given_enough {
            self.leaving.push(peer);
        }
    }

    /// Those that have nothing more to do go.
    pub(super) fn dismiss(&mut self) {
        let mut leaving = std::mem::take(&mut self.leaving);
        // Who gave several chunks at this instant is named several times.
        leaving.sort_unstable();
        leaving.dedup();
        for &peer in &leaving {
            self.swarm.peers[peer].life.leave_reason = Leave::Done;
            self.leave(peer);
        }
        leaving.clear();
        self.leaving = leaving;
        self.end_if_over();
    }

    /// The time of `peer` is up.
    pub(super) fn leave_timer(&mut self, peer: PeerIx) {
        self.leave(peer);
        self.end_if_over();
    }

    fn leave(&mut self, peer: PeerIx) {
        let now = self.now;
        self.swarm.withdraw_copies(peer);
        let state = &self.swarm.peers[peer];
        let kind = if state.role == Role::Seed {
            &mut self.totals.seeds
        } else {
            &mut self.totals.leechers
        };
        kind.remove(now, state.life.upload);
        self.totals.lingering -= u32::from(state.life.lingering);
        let record = record_of(state, Some((now, state.life.leave_reason)));
        self.observer.peer_record(&record);
        self.present.remove(peer);
        if !state.life.initial_seed {
            self.members.remove(peer);
        }
        self.swarm.remove(peer);
        self.schedule.cancel_peer(peer, PeerTimer::Leave);
    }

    /// Ends the run when everybody is done, or when nobody can ever be.
    fn end_if_over(&mut self) {
        let over = ending(self.scenario, &self.cohorts, &self.totals, self.swarm.extinct);
        self.ending = over.or(self.ending);
    }
}
