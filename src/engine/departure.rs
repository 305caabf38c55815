//! Peers complete and go: selfishly, after a while, for good, or without a word.

use crate::churn::next_at_rate;
use crate::engine::observer::{Leave, PeerRecord, Side, TransferEnd};
use crate::engine::schedule::{Delayed, PeerTimer};
use crate::engine::{Job, Simulation};
use crate::ids::PeerIx;
use crate::rng::{Purpose, Rng, stream};
use crate::scenario::model::Departure;
use crate::swarm::{Peer, Role};
use crate::units::{SimDuration, SimTime};

/// A seed that waits for its last bytes to be taken is not asked more often than this.
const ASK_AGAIN_MIN: SimDuration = SimDuration::from_millis(100);

impl Simulation<'_> {
    /// Draws how long `peer` stays.
    pub(super) fn plan_life(&mut self, peer: PeerIx) {
        let now = self.now();
        let group = self.group_of(peer);
        // Each from a stream of its own: a rate that is changed shifts nothing else.
        let (seed, id) = (self.scenario.seed, self.id_of(peer).0);
        let abort_at = next_at_rate(now, group.abort_per_sec, &mut stream(seed, Purpose::Abort, id));
        let crash_at = next_at_rate(now, group.crash_per_sec, &mut stream(seed, Purpose::Crash, id));
        let state = &mut self.swarm.peers[peer];
        state.life.crash_at = crash_at;
        if state.role == Role::Seed {
            self.plan_departure(peer);
        } else {
            let leaves = (abort_at, Leave::Aborted).min_by_time((state.life.crash_at, Leave::Crashed));
            self.plan_leave(peer, leaves);
        }
    }

    /// Sets when a peer that has just become a seed leaves.
    pub(super) fn plan_departure(&mut self, peer: PeerIx) {
        let now = self.now();
        let file_bytes = self.swarm.layout.file_bytes;
        let acknowledged = self.latency(2);
        let departure = &self.group_of(peer).departure;
        let state = &mut self.swarm.peers[peer];
        let mut done_at = SimTime::NEVER;
        match stay(departure, state, file_bytes, now, &mut self.streams[peer.ix()].churn) {
            Stay::No => self.jobs.push_back(Job::Depart(peer)),
            Stay::FinishesUploads => {
                // Once the last chunk is acknowledged, slots that are free go to whoever lacks it.
                let id = state.id;
                self.schedule.after(acknowledged, id, Delayed::LastSlotsGiven(peer));
            }
            Stay::ForEver => {}
            Stay::Lingers(until) => {
                done_at = until;
                state.life.lingering = true;
                self.totals.lingering += 1;
            }
            Stay::Until(time) => done_at = time,
            Stay::Sends(bytes) => state.life.leave_after_bytes = bytes,
        }
        state.leaves_by_bytes = state.life.leave_after_bytes != u64::MAX;
        let leaves = (done_at, Leave::Done).min_by_time((state.life.crash_at, Leave::Crashed));
        self.plan_leave(peer, leaves);
        self.depart_if_given_enough(peer);
    }

    /// `peer` has given its last slots: once the first requests for them have come, it begins nothing new.
    pub(super) fn last_slots_given(&mut self, peer: PeerIx) {
        // After those requests, which are on their way already.
        self.schedule
            .after(self.latency(2), self.id_of(peer), Delayed::LastCall(peer));
    }

    /// From now on `peer` only finishes the chunks that it is sending.
    pub(super) fn finish_uploads(&mut self, peer: PeerIx) {
        let state = &mut self.swarm.peers[peer];
        state.finishes_uploads = true;
        // No chunk follows by itself on the one before.
        state.asked_each_chunk = true;
        self.chunkwise = true;
        // An idle slot is taken as soon as it is asked to start.
        let idle = state.unchoked.iter().map(|slot| Job::Start(slot.link));
        self.jobs.extend(idle);
        self.jobs.push_back(Job::Depart(peer));
    }

    fn plan_leave(&mut self, peer: PeerIx, (time, reason): (SimTime, Leave)) {
        self.swarm.peers[peer].life.leave_reason = reason;
        if time == SimTime::NEVER {
            self.schedule.cancel_peer(peer, PeerTimer::Leave);
        } else {
            self.schedule.arm_peer(peer, PeerTimer::Leave, time);
        }
    }

    /// `peer` has got its last chunk.
    pub(super) fn complete_file(&mut self, peer: PeerIx) {
        let now = self.now();
        // What it sent so far, and the slots it held, were those of a leecher.
        let sending: Vec<_> = self.bandwidth.uploads(peer).collect();
        let receiving: Vec<_> = self.bandwidth.downloads(peer).collect();
        sending.into_iter().chain(receiving).for_each(|flow| self.book(flow));
        for link in self.swarm.peers[peer].unchoked_links() {
            self.end_unchoke(link);
            self.swarm.links.unchoke(link, now);
        }
        for slot in &mut self.swarm.peers[peer].unchoked {
            (slot.unchoked_at, slot.sent_bytes) = (now, 0);
        }
        let state = &mut self.swarm.peers[peer];
        state.role = Role::Seed;
        state.life.completed = now;
        let (side, joined) = (Side::of(state), state.life.joined);
        self.totals.leechers.remove(now, side.upload);
        self.totals.completed += 1;
        self.observer.completed(now, &side, joined);
        let group = self.group_of(peer);
        // A rule that goes on as before keeps what it knows of turns; quotas begin anew with the slots above.
        if group.choking != group.seeding {
            self.install_choker(peer);
        }
        self.count_capacity(peer);
        self.swarm.drop_counts(peer);
        self.tracker.complete(peer);
        self.jobs.push_back(Job::LeaveSeeds(peer));
        self.plan_departure(peer);
    }

    /// A seed that leaves after so many bytes goes when it has sent them; if it hasn't, this is asked again when it can have at the earliest.
    pub(super) fn depart_if_given_enough(&mut self, peer: PeerIx) {
        if self.swarm.peers[peer].role != Role::Seed || !self.swarm.peers[peer].leaves_by_bytes {
            return;
        }
        let sending: Vec<_> = self.bandwidth.uploads(peer).collect();
        sending.into_iter().for_each(|flow| self.book(flow));
        let life = &self.swarm.peers[peer].life;
        let left_bytes = life.leave_after_bytes.saturating_sub(life.uploaded_bytes);
        if left_bytes == 0 && self.is_smart_seed(peer) {
            self.finish_uploads(peer);
            return;
        }
        if left_bytes == 0 {
            self.jobs.push_back(Job::Depart(peer));
            return;
        }
        let earliest = SimDuration::from_secs_f64(left_bytes as f64 / life.upload).max(ASK_AGAIN_MIN);
        self.schedule
            .arm_peer(peer, PeerTimer::GivenEnough, self.now() + earliest);
    }

    /// The leave timer of `peer` has fired.
    pub(super) fn leave_timer(&mut self, peer: PeerIx) {
        let state = &self.swarm.peers[peer];
        match (state.role, state.life.leave_reason) {
            (Role::Crashed, _) => self.vanish(peer),
            (_, Leave::Crashed) => self.crash(peer),
            (_, reason) => self.leave(peer, reason),
        }
        self.end_if_over();
    }

    /// A seed goes, its work done; one that finishes its uploads, once none runs.
    pub(super) fn depart(&mut self, peer: PeerIx) {
        let state = &self.swarm.peers[peer];
        let sends = state.finishes_uploads && self.bandwidth.count_uploads(peer) > 0;
        if state.role == Role::Seed && !sends {
            self.leave(peer, Leave::Done);
            self.end_if_over();
        }
    }

    /// `peer` says good-bye to all and is gone.
    fn leave(&mut self, peer: PeerIx, reason: Leave) {
        self.disconnect_all(peer);
        self.withdraw(peer, reason);
        self.vanish(peer);
    }

    /// `peer` is gone without a word: its transfers stop, its connections stay until the neighbours notice.
    fn crash(&mut self, peer: PeerIx) {
        let uploads: Vec<_> = self.bandwidth.uploads(peer).collect();
        uploads
            .into_iter()
            .for_each(|flow| self.interrupt(flow, TransferEnd::PeerLeft, true));
        let downloads: Vec<_> = self.bandwidth.downloads(peer).collect();
        downloads
            .into_iter()
            .for_each(|flow| self.interrupt(flow, TransferEnd::PeerLeft, false));
        let unchoked = self.swarm.peers[peer].unchoked_links();
        unchoked.into_iter().for_each(|link| self.choke(link));
        let timeout = self.group_of(peer).crash_timeout;
        self.withdraw(peer, Leave::Crashed);
        self.swarm.peers[peer].role = Role::Crashed;
        self.swarm.drop_counts(peer);
        self.schedule.cancel_all(peer);
        self.schedule.arm_peer(peer, PeerTimer::Leave, self.now() + timeout);
    }

    /// Takes `peer` out of all counts and records it.
    fn withdraw(&mut self, peer: PeerIx, reason: Leave) {
        let now = self.now();
        self.swarm.withdraw_copies(peer);
        let state = &self.swarm.peers[peer];
        let kind = if state.role == Role::Seed {
            &mut self.totals.seeds
        } else {
            &mut self.totals.leechers
        };
        kind.remove(now, state.life.upload);
        self.totals.lingering -= u32::from(state.life.lingering);
        let record = record_of(state, Some((now, reason)));
        self.observer.peer_record(&record);
    }

    /// Frees the place of a peer that is out of all counts.
    fn vanish(&mut self, peer: PeerIx) {
        self.disconnect_all(peer);
        self.tracker.remove(peer);
        self.schedule.cancel_all(peer);
        self.super_seeds.retain(|s| s.peer != peer);
        self.smart_seeds.retain(|s| s.peer != peer);
        // Whoever gets its place at the same instant is introduced once.
        self.newcomers.retain(|&newcomer| newcomer != peer);
        self.swarm.remove(peer);
    }
}

/// How long a peer that has the whole file stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stay {
    /// Not at all.
    No,
    /// Until the transfers that run have ended.
    FinishesUploads,
    /// For good: it never leaves by itself.
    ForEver,
    /// A drawn time. The run waits for it.
    Lingers(SimTime),
    /// Until a set time.
    Until(SimTime),
    /// Until it has sent this many bytes in all.
    Sends(u64),
}

/// How long `peer` stays by its rule, now that it has the whole file.
pub(crate) fn stay(rule: &Departure, peer: &Peer, file_bytes: u64, now: SimTime, churn: &mut Rng) -> Stay {
    let bytes = |times: f64, of: u64| Stay::Sends((times * of as f64).ceil() as u64);
    match rule {
        Departure::Selfish => Stay::No,
        Departure::FinishesUploads => Stay::FinishesUploads,
        Departure::Stays => Stay::ForEver,
        Departure::Lingers(span) => Stay::Lingers(now + SimDuration::from_secs_f64(span.sample(churn))),
        Departure::ShareRatio(ratio) if peer.life.initial_seed => bytes(*ratio, file_bytes),
        Departure::ShareRatio(ratio) => bytes(*ratio, peer.life.downloaded_bytes),
        Departure::AtTime(time) => Stay::Until((*time).max(now)),
        Departure::AfterCopies(copies) => bytes(*copies, file_bytes),
    }
}

/// The earlier of two instants with what belongs to it, the first of equals.
trait MinByTime: Sized {
    fn min_by_time(self, other: Self) -> Self;
}

impl MinByTime for (SimTime, Leave) {
    fn min_by_time(self, other: Self) -> Self {
        if other.0 < self.0 { other } else { self }
    }
}

/// What is recorded of `peer`.
pub(crate) fn record_of(peer: &Peer, left: Option<(SimTime, Leave)>) -> PeerRecord {
    let life = &peer.life;
    PeerRecord {
        id: peer.id,
        group: peer.group,
        upload: life.upload,
        download: life.download,
        chunks_at_start: life.chunks_at_start,
        chunks_at_end: peer.chunks,
        joined: life.joined,
        first_chunk: life.first_chunk.unless_never(),
        completed: life.completed.unless_never(),
        left,
        uploaded_bytes: life.uploaded_bytes,
        uploaded_leeching_bytes: life.uploaded_leeching_bytes,
        downloaded_bytes: life.downloaded_bytes,
        wasted_bytes: life.wasted_bytes,
    }
}
