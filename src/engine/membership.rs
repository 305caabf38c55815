//! Peers come, connect, complete, and go.

use crate::choking;
use crate::churn::{Arriving, next_at_rate};
use crate::engine::observer::{Leave, Observer, PeerRecord, TransferEnd};
use crate::engine::schedule::{Delayed, PeerTimer};
use crate::engine::{Job, Simulation, Streams};
use crate::ids::{ChunkIx, GroupIx, LinkIx, PeerId, PeerIx};
use crate::rng::{Purpose, below, stream};
use crate::scenario::model::{Capacity, Departure, Discovery, Group, Phase, StartsWith};
use crate::swarm::{Peer, Role};
use crate::tracker::outage_until;
use crate::units::{SimDuration, SimTime};
use rand::RngExt;

impl<O: Observer> Simulation<'_, O> {
    /// Looks up when the next peer of `group` arrives.
    pub(super) fn schedule_arrival(&mut self, group: usize) {
        let (arrivals, next) = &mut self.arrivals[group];
        *next = arrivals.next();
        if let Some(next) = next {
            self.schedule.arm_arrival(group, next.at);
        }
    }

    /// The next peers of `group` are there: all that come at this instant, so that groups keep their order.
    pub(super) fn arrive(&mut self, group: usize) {
        let now = self.now();
        let (arrivals, next) = &mut self.arrivals[group];
        let mut come = Vec::new();
        while let Some(arriving) = next.filter(|next| next.at == now) {
            come.push(arriving);
            *next = arrivals.next();
        }
        if let Some(next) = next {
            self.schedule.arm_arrival(group, next.at);
        }
        for arriving in come {
            self.join(GroupIx::from_ix(group), arriving);
        }
        self.end_if_over();
    }

    fn join(&mut self, group_ix: GroupIx, arriving: Arriving) {
        let now = self.now();
        let group = &self.scenario.groups[group_ix.ix()];
        let id = PeerId(self.next_id);
        self.next_id += 1;
        let mut peer = Peer::new(id, group_ix, now);
        (peer.life.upload, peer.life.download) = self.draw_capacity(id, group, &arriving);
        let chunks = self.draw_chunks(id, &group.starts_with);
        let limit = match &self.scenario.discovery {
            Discovery::Tracker(_) => group.connections.accept.max(group.connections.initiate),
            Discovery::FullMesh => self.mesh_limit.saturating_sub(1),
        };
        peer.links = self.swarm.links.allocate(limit);
        let (upload, download) = (peer.life.upload, peer.life.download);
        let ix = self.swarm.join(peer, &chunks, group.super_seeding);
        self.observer
            .joined(now, id, group_ix, upload, download, chunks.len() as u32);
        self.bandwidth.set_peer(ix, upload, download);
        self.totals.joined += 1;
        self.open_streams(ix);
        self.install_choker(ix);
        self.plan_life(ix);
        if self.swarm.is_super_seed(ix) {
            self.add_super_seed(ix);
        }
        self.introduce(ix);
        self.schedule_first_rechoke(ix);
    }

    /// Upload and download capacity in bytes per second: from the trace where it has them, else drawn from the peer's own stream.
    fn draw_capacity(&self, id: PeerId, group: &Group, arriving: &Arriving) -> (f64, f64) {
        let mut rng = stream(self.scenario.seed, Purpose::Capacity, id.0);
        let (upload, download) = match &group.capacity {
            Capacity::Separate { upload, download } => {
                let upload = upload.sample(&mut rng);
                (upload, download.as_ref().map(|d| d.sample(&mut rng)))
            }
            Capacity::Classes(classes) => {
                let total: f64 = classes.iter().map(|c| c.share).sum();
                let mut ticket = rng.random::<f64>() * total;
                let class = classes.iter().find(|c| {
                    ticket -= c.share;
                    ticket < 0.0
                });
                let class = class.unwrap_or(&classes[classes.len() - 1]);
                (class.upload.0, class.download.map(|d| d.0))
            }
        };
        let traced = arriving.traced;
        let upload = traced.and_then(|t| t.upload).map_or(upload, |u| u.0);
        let download = traced.and_then(|t| t.download).map(|d| d.0).or(download);
        (upload, download.unwrap_or(f64::INFINITY))
    }

    /// The chunks that a peer brings.
    fn draw_chunks(&self, id: PeerId, rule: &StartsWith) -> Vec<ChunkIx> {
        let all = self.swarm.layout.chunks;
        let mut rng = stream(self.scenario.seed, Purpose::InitialChunks, id.0);
        let count = match rule {
            StartsWith::Nothing => 0,
            StartsWith::All => all,
            StartsWith::Fraction(share) => (share.sample(&mut rng).clamp(0.0, 1.0) * all as f64).round() as usize,
        };
        let mut chunks: Vec<ChunkIx> = (0..all).map(ChunkIx::from_ix).collect();
        if count < all {
            for i in 0..count {
                chunks.swap(i, i + below(&mut rng, all - i));
            }
            chunks.truncate(count);
        }
        chunks
    }

    /// Opens the random streams of `peer`.
    fn open_streams(&mut self, peer: PeerIx) {
        let streams = Streams::new(self.scenario.seed, self.id_of(peer));
        if peer.ix() < self.streams.len() {
            self.streams[peer.ix()] = streams;
        } else {
            self.streams.resize(peer.ix() + 1, streams);
        }
    }

    /// Gives `peer` the choker of its role and counts it as what it is.
    fn install_choker(&mut self, peer: PeerIx) {
        let group = self.group_of(peer);
        let now = self.now();
        let state = &self.swarm.peers[peer];
        let upload = state.life.upload;
        let rule = if state.role == Role::Seed {
            &group.seeding
        } else {
            &group.choking
        };
        let choker = choking::for_rule(rule, upload);
        let is_seed = state.role == Role::Seed;
        self.swarm.peers[peer].slots = choker.slots();
        if peer.ix() < self.chokers.len() {
            self.chokers[peer.ix()] = choker;
        } else {
            // The place of nobody is filled too.
            self.chokers
                .resize_with(peer.ix(), || Box::new(choking::free_rider::FreeRider));
            self.chokers.push(choker);
        }
        let kind = if is_seed {
            &mut self.totals.seeds
        } else {
            &mut self.totals.leechers
        };
        kind.add(now, upload);
    }

    /// Draws how long `peer` stays.
    fn plan_life(&mut self, peer: PeerIx) {
        let now = self.now();
        let group = self.group_of(peer);
        let state = &mut self.swarm.peers[peer];
        let abort_at = next_at_rate(now, group.abort_per_sec, &mut self.streams[peer.ix()].churn);
        state.life.crash_at = next_at_rate(now, group.crash_per_sec, &mut self.streams[peer.ix()].churn);
        if state.role == Role::Seed {
            self.plan_departure(peer);
        } else {
            let leaves = (abort_at, Leave::Aborted).min_by_time((state.life.crash_at, Leave::Crashed));
            self.plan_leave(peer, leaves);
        }
    }

    /// Sets when a peer that has just become a seed leaves.
    fn plan_departure(&mut self, peer: PeerIx) {
        let now = self.now();
        let file_bytes = self.swarm.layout.file_bytes as f64;
        let departure = &self.group_of(peer).departure;
        let state = &mut self.swarm.peers[peer];
        let mut done_at = SimTime::NEVER;
        match departure {
            Departure::Selfish => self.jobs.push_back(Job::Depart(peer)),
            Departure::Stays => {}
            Departure::Lingers(span) => {
                done_at = now + SimDuration::from_secs_f64(span.sample(&mut self.streams[peer.ix()].churn));
                state.life.lingering = true;
                self.totals.lingering += 1;
            }
            Departure::ShareRatio(ratio) => {
                let downloaded = if state.initial_seed {
                    file_bytes
                } else {
                    state.life.downloaded_bytes as f64
                };
                state.life.leave_after_bytes = (ratio * downloaded).ceil() as u64;
            }
            Departure::AtTime(time) => done_at = (*time).max(now),
            Departure::AfterCopies(copies) => state.life.leave_after_bytes = (copies * file_bytes).ceil() as u64,
        }
        state.leaves_by_bytes = state.life.leave_after_bytes != u64::MAX;
        let leaves = (done_at, Leave::Done).min_by_time((state.life.crash_at, Leave::Crashed));
        self.plan_leave(peer, leaves);
        self.depart_if_given_enough(peer);
    }

    fn plan_leave(&mut self, peer: PeerIx, (time, reason): (SimTime, Leave)) {
        self.swarm.peers[peer].life.leave_reason = reason;
        if time == SimTime::NEVER {
            self.schedule.cancel_peer(peer, PeerTimer::Leave);
        } else {
            self.schedule.arm_peer(peer, PeerTimer::Leave, time);
        }
    }

    /// Makes `peer` known to the others and the others to it.
    fn introduce(&mut self, peer: PeerIx) {
        match &self.scenario.discovery {
            Discovery::Tracker(_) => {
                self.tracker.add(peer);
                self.announce(peer);
            }
            Discovery::FullMesh => {
                for other in self.tracker.members().to_vec() {
                    if self.swarm.peers[other].is_alive() {
                        self.connect_pair(peer, other);
                    }
                }
                self.tracker.add(peer);
            }
        }
    }

    fn schedule_first_rechoke(&mut self, peer: PeerIx) {
        let now = self.now();
        let rules = self.group_of(peer).rechoke;
        let first = match rules.phase {
            Phase::Random => {
                let phase = below(&mut self.streams[peer.ix()].choking, rules.interval.0 as usize);
                now + SimDuration(phase as u64)
            }
            Phase::Aligned => SimTime((now.0 / rules.interval.0 + 1) * rules.interval.0),
        };
        self.schedule.arm_peer(peer, PeerTimer::FirstRechoke, first);
    }

    /// `peer` asks the tracker; the answer, and the connections that follow from it, take four messages.
    pub(super) fn announce(&mut self, peer: PeerIx) {
        let Discovery::Tracker(rules) = &self.scenario.discovery else {
            return;
        };
        let now = self.now();
        self.swarm.peers[peer].life.announced_at = now;
        if outage_until(rules, now).is_some() {
            self.schedule
                .arm_peer(peer, PeerTimer::Announce, now + rules.min_announce_interval);
            return;
        }
        self.schedule
            .arm_peer(peer, PeerTimer::Announce, now + rules.announce_interval);
        if self.scenario.network.latency.is_zero() {
            self.connect(peer);
        } else {
            let id = self.id_of(peer);
            self.schedule.after(self.latency(4), id, Delayed::Connect(peer));
        }
    }

    /// `peer` opens connections to those that the tracker names.
    pub(super) fn connect(&mut self, peer: PeerIx) {
        let Discovery::Tracker(rules) = &self.scenario.discovery else {
            return;
        };
        let mut answer = std::mem::take(&mut self.scratch.answer);
        let rng = &mut self.streams[peer.ix()].tracker;
        self.tracker
            .answer(peer, rules.peers_returned as usize, rng, &mut answer);
        let limit = self.group_of(peer).connections.initiate;
        for &other in &answer {
            if self.swarm.peers[peer].links.open >= limit {
                break;
            }
            if self.can_connect(peer, other) {
                self.connect_pair(peer, other);
            }
        }
        self.scratch.answer = answer;
        self.announce_early_if_lonely(peer);
    }

    /// Whether `other` accepts a connection from `peer`. Two seeds have nothing to say to each other.
    fn can_connect(&self, peer: PeerIx, other: PeerIx) -> bool {
        let (from, to) = (&self.swarm.peers[peer], &self.swarm.peers[other]);
        to.is_alive()
            && !(from.role == Role::Seed && to.role == Role::Seed)
            && to.links.open < self.group_of(other).connections.accept
            && !self.swarm.links.neighbours(from.links).contains(&other)
    }

    fn connect_pair(&mut self, a: PeerIx, b: PeerIx) {
        let now = self.now();
        let (mut a_range, mut b_range) = (self.swarm.peers[a].links, self.swarm.peers[b].links);
        let (a_end, b_end) = self.swarm.links.open(now, (a, &mut a_range), (b, &mut b_range));
        self.swarm.peers[a].links = a_range;
        self.swarm.peers[b].links = b_range;
        for (peer, end) in [(a, a_end), (b, b_end)] {
            if self.swarm.is_super_seed(peer) {
                self.offer_next(end);
            }
            if self.swarm.peers[peer].chunks > 0 {
                self.jobs.push_back(Job::Refill(peer));
            }
        }
    }

    /// A leecher with too few neighbours asks the tracker again, as soon as it may.
    fn announce_early_if_lonely(&mut self, peer: PeerIx) {
        let Discovery::Tracker(rules) = &self.scenario.discovery else {
            return;
        };
        let state = &self.swarm.peers[peer];
        let enough = rules.min_neighbours.min(self.group_of(peer).connections.initiate);
        if state.role != Role::Leecher || state.links.open >= enough {
            return;
        }
        let earliest = (state.life.announced_at + rules.min_announce_interval).max(self.now());
        let armed = self.schedule.peer_timer_at(peer, PeerTimer::Announce);
        if armed.is_none_or(|at| at > earliest) {
            self.schedule.arm_peer(peer, PeerTimer::Announce, earliest);
        }
    }

    /// `peer` has got its last chunk.
    pub(super) fn complete_file(&mut self, peer: PeerIx) {
        let now = self.now();
        // What it sent so far, and the slots it held, were those of a leecher.
        let sending: Vec<_> = self.bandwidth.uploads(peer).collect();
        let receiving: Vec<_> = self.bandwidth.downloads(peer).collect();
        sending.into_iter().chain(receiving).for_each(|flow| self.book(flow));
        for link in self.swarm.peers[peer].unchoked.clone() {
            self.end_unchoke(link);
            let end = self.swarm.links.get_mut(link);
            end.unchoked_at = now;
            end.slot_bytes = 0;
        }
        let state = &mut self.swarm.peers[peer];
        state.role = Role::Seed;
        state.life.completed = Some(now);
        let (id, group, joined, upload) = (state.id, state.group, state.life.joined, state.life.upload);
        self.totals.leechers.remove(now, upload);
        self.totals.completed += 1;
        self.observer.completed(now, id, group, joined);
        self.install_choker(peer);
        self.jobs.push_back(Job::LeaveSeeds(peer));
        self.plan_departure(peer);
    }

    /// A new seed closes its connections to other seeds, as mainline does: they carry nothing any more. In a full mesh all stay connected.
    pub(super) fn leave_seeds(&mut self, peer: PeerIx) {
        if self.swarm.peers[peer].role == Role::Seed && self.scenario.discovery != Discovery::FullMesh {
            let links = &self.swarm.links;
            let open = links.open_in(self.swarm.peers[peer].links);
            let to_seeds: Vec<LinkIx> = open
                .filter(|&(_, to)| self.swarm.peers[to].role == Role::Seed)
                .map(|(link, _)| link)
                .collect();
            to_seeds.into_iter().for_each(|link| self.disconnect(link));
        }
        self.end_if_over();
    }

    /// A seed that leaves after so many bytes goes when it has sent them.
    pub(super) fn depart_if_given_enough(&mut self, peer: PeerIx) {
        let state = &self.swarm.peers[peer];
        if state.role == Role::Seed && state.life.uploaded_bytes >= state.life.leave_after_bytes {
            self.jobs.push_back(Job::Depart(peer));
        }
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

    /// A seed goes, its work done.
    pub(super) fn depart(&mut self, peer: PeerIx) {
        if self.swarm.peers[peer].role == Role::Seed {
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
        let timeout = self.group_of(peer).crash_timeout;
        self.withdraw(peer, Leave::Crashed);
        self.swarm.peers[peer].role = Role::Crashed;
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
        self.swarm.remove(peer);
    }

    fn disconnect_all(&mut self, peer: PeerIx) {
        for link in self.swarm.peers[peer].links.places() {
            if self.swarm.links.to(link) != PeerIx::NOBODY {
                self.disconnect(link);
            }
        }
    }

    /// Closes a connection at both ends.
    pub(super) fn disconnect(&mut self, link: LinkIx) {
        let back = self.swarm.links.get(link).back;
        for end in [link, back] {
            let flow = self.swarm.links.get(end).flow;
            if flow.is_some() {
                self.interrupt(flow, TransferEnd::PeerLeft, false);
            }
            if self.swarm.links.get(end).unchoking {
                self.choke(end);
            }
        }
        let owners = [self.swarm.links.owner(link), self.swarm.links.owner(back)];
        for (end, owner) in [link, back].into_iter().zip(owners) {
            self.stop_awaiting(owner, end);
            self.swarm.links.close(end, &mut self.swarm.peers[owner].links);
            self.jobs.push_back(Job::Refill(owner));
        }
        owners
            .into_iter()
            .for_each(|owner| self.announce_early_if_lonely(owner));
    }

    /// What `peer` still awaited on `link` can be fetched from others now.
    fn stop_awaiting(&mut self, peer: PeerIx, link: LinkIx) {
        let begun = &mut self.swarm.peers[peer].begun;
        let mut freed = Vec::new();
        begun.retain(|b| {
            let here = b.awaited_from == link;
            if here {
                freed.push(crate::swarm::Begun {
                    awaited_from: LinkIx::NONE,
                    ..*b
                });
            }
            !here
        });
        if !freed.is_empty() {
            freed.into_iter().for_each(|rest| self.give_back(peer, rest));
            self.wake_idle_senders(peer);
        }
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
pub(super) fn record_of(peer: &Peer, left: Option<(SimTime, Leave)>) -> PeerRecord {
    let life = &peer.life;
    PeerRecord {
        id: peer.id,
        group: peer.group,
        upload: life.upload,
        download: life.download,
        chunks_at_start: life.chunks_at_start,
        chunks_at_end: peer.chunks,
        joined: life.joined,
        first_chunk: life.first_chunk,
        completed: life.completed,
        left,
        uploaded_bytes: life.uploaded_bytes,
        uploaded_leeching_bytes: life.uploaded_leeching_bytes,
        downloaded_bytes: life.downloaded_bytes,
        wasted_bytes: life.wasted_bytes,
    }
}
