//! Chunks on their way: a part of a chunk begins, ends, is cut off.
//!
//! A chunk travels in one part over one connection, usually. It is in several parts when it was interrupted and goes on with another
//! neighbour, or when endgame shares it out. A chunk is complete when no part of it runs, waits for
//! another, or is left to be fetched.

use crate::bandwidth::Clock;
use crate::engine::observer::{Side, Transfer, TransferEnd};
use crate::engine::schedule::Delayed;
use crate::engine::work::Work;
use crate::engine::{Job, Simulation};
use crate::ids::{ChunkIx, FlowIx, LinkIx, PeerIx};
use crate::swarm::{Begun, Role};
use crate::units::SimTime;

/// One direction of a connection with both peers at hand: finding them through the ends of the link costs two cache misses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// The sender's end.
    pub link: LinkIx,
    /// The receiver's end.
    pub back: LinkIx,
    /// Its owner.
    pub sender: PeerIx,
    /// Its neighbour.
    pub receiver: PeerIx,
}

/// What one running transfer carries. One cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Part {
    /// From whom to whom.
    pub route: Route,
    /// The chunk.
    pub chunk: ChunkIx,
    /// Bytes of the chunk that this part is to bring.
    pub bytes: u64,
    /// How many of them count in the receiver's rate. Below zero, so many of earlier parts, which came without a break before this one, do not yet.
    pub measured: i64,
    /// How many of them are booked for both sides; below zero as above.
    pub booked: i64,
    /// When the part began.
    pub started: SimTime,
    /// The next in the ring of transfers that fetch the same last block, in endgame, or `NONE`.
    pub rival: FlowIx,
    /// Whether this part is the whole chunk, and always was.
    pub whole: bool,
}

impl Part {
    /// How many of its bytes had come when it was last measured.
    pub(super) fn brought(&self) -> u64 {
        self.measured.max(0) as u64
    }
}

impl Simulation<'_> {
    /// The direction that begins at `link`.
    pub(super) fn route(&self, link: LinkIx) -> Route {
        let links = &self.swarm.links;
        let back = links.get(link).back;
        Route {
            link,
            back,
            sender: links.to(back),
            receiver: links.to(link),
        }
    }

    /// The owner of `link` unchokes its neighbour and sends it nothing: starts a transfer if the neighbour has something to ask for.
    pub(super) fn start(&mut self, link: LinkIx) {
        if !self.swarm.links.is_unchoking(link) || self.swarm.links.get(link).flow.is_some() {
            return;
        }
        let route = self.route(link);
        if self.swarm.peers[route.sender].finishes_uploads {
            self.choke(link);
            return;
        }
        if self.swarm.links.awaits_request(link) {
            return;
        }
        let (sender, receiver) = (route.sender, route.receiver);
        if !self.swarm.peers[sender].is_alive() || self.swarm.peers[receiver].role == Role::Crashed {
            return;
        }
        if let Some(work) = self.choose_work(route) {
            // Whoever is unchoked has a slot.
            let weight = self.swarm.peers[sender].slot(link).map_or(1.0, |slot| slot.weight);
            let flow = self.bandwidth.start(self.now(), sender, receiver, weight, work.bytes);
            self.swarm.links.get_mut(link).flow = flow;
            self.swarm.links.set_may_want(link, true);
            self.begin(flow, route, work, [0; 2]);
            self.open_pipeline(flow, route);
            self.plan_request(flow, route);
        } else {
            self.keep_quota(route);
            if !self.swarm.is_interesting(route.link, sender, receiver) {
                self.say_not_interested(link);
            }
        }
    }

    /// The first request after an unchoke has come.
    pub(super) fn first_request(&mut self, link: LinkIx) {
        let owner = &self.swarm.peers[self.swarm.links.owner(link)];
        let Some(slot) = owner.slot(link) else {
            return;
        };
        // That of an earlier unchoke, perhaps. What a peer unchokes when it completes it has unchoked before.
        if self.now().since(slot.unchoked_at) < self.latency(2) && slot.unchoked_at != owner.life.completed {
            return;
        }
        self.swarm.links.set_awaits_request(link, false);
        self.jobs.push_back(Job::Start(link));
    }

    /// Notes what `flow` carries from now on.
    fn begin(&mut self, flow: FlowIx, route: Route, work: Work, [measured, booked]: [i64; 2]) {
        let part = Part {
            route,
            chunk: work.chunk,
            bytes: work.bytes,
            measured,
            booked,
            started: self.now(),
            rival: FlowIx::NONE,
            whole: work.whole,
        };
        if flow.ix() >= self.parts.len() {
            self.parts.resize(flow.ix() + 1, part);
        }
        self.parts[flow.ix()] = part;
        self.count_sent(route.sender, work.chunk);
        self.rate_beginning(&route, work.bytes);
        if work.rival.is_some() {
            self.join_race(flow, work.rival);
        }
    }

    /// A clock has reached the finish of its earliest transfer.
    pub(super) fn clock_struck(&mut self, clock: Clock) {
        let flow = self.bandwidth.finish(self.now(), clock);
        let part = self.parts[flow.ix()];
        let receiver = part.route.receiver;
        if part.rival.is_some() {
            self.win_race(flow);
        }
        let complete = part.whole || self.is_last_part(flow, receiver, part.chunk);
        let end = if complete {
            TransferEnd::ChunkCompleted
        } else {
            TransferEnd::PartCompleted
        };
        self.record_transfer(&part, part.bytes, part.bytes, end);
        self.rate_ended(flow);
        if complete {
            self.complete_chunk(receiver, part.chunk);
        }
        self.go_on(flow, part.route, part.chunk);
        if complete {
            self.lose_interest_in_idle_senders(receiver, part.chunk);
        }
    }

    /// Gives `flow`, which has brought what it was to bring of `chunk`, the next thing to carry, or ends it.
    fn go_on(&mut self, flow: FlowIx, route: Route, chunk: ChunkIx) {
        let next = self.after_chunk(route.link);
        let is_asked = matches!(next, Job::ChunkSent(_));
        let links = &self.swarm.links;
        let work = if is_asked || !links.is_unchoking(route.link) || links.awaits_request(route.link) {
            self.rest_of(route, chunk)
        } else {
            self.choose_work(route)
        };
        if let Some(work) = work {
            self.bandwidth.continue_with(self.now(), flow, work.bytes);
            let Part {
                bytes,
                measured,
                booked,
                ..
            } = self.parts[flow.ix()];
            self.begin(
                flow,
                route,
                work,
                [measured, booked].map(|so_far| so_far - bytes as i64),
            );
            self.plan_request(flow, route);
            return;
        }
        self.book(flow);
        self.stop(flow, route);
        if is_asked {
            self.jobs.push_back(next);
            return;
        }
        self.keep_quota(route);
        if !self.swarm.is_interesting(route.link, route.sender, route.receiver) {
            self.say_not_interested(route.link);
        }
    }

    /// Whether `flow`, which has ended, was the last that `receiver` needed for `chunk`.
    fn is_last_part(&self, flow: FlowIx, receiver: PeerIx, chunk: ChunkIx) -> bool {
        let mut others = self.bandwidth.downloads(receiver).filter(|&f| f != flow);
        !others.any(|f| self.parts[f.ix()].chunk == chunk)
            && !self.has_asked_for(receiver, chunk)
            && !self.swarm.peers[receiver].begun.iter().any(|b| b.chunk == chunk)
    }

    /// Cuts `flow` off. Its whole blocks are kept; the rest goes back to be fetched, at once, or, when the sender has `crashed`, once its receiver has noticed.
    pub(super) fn interrupt(&mut self, flow: FlowIx, end: TransferEnd, crashed: bool) {
        self.book(flow);
        let part = self.parts[flow.ix()];
        let brought = part.brought();
        let receiver = part.route.receiver;
        // A rival fetches the last block too, so only the blocks before are this part's to keep or to give back.
        let own = if part.rival.is_some() {
            self.swarm.layout.before_last_block(part.bytes)
        } else {
            part.bytes
        };
        // The last block counts when its event has come, not before. At the end of the run nothing is lost.
        let kept = match end {
            TransferEnd::RunEnded => brought.min(own),
            _ => self.swarm.layout.whole_blocks(brought.min(part.bytes - 1)).min(own),
        };
        let awaited_from = if crashed { part.route.back } else { LinkIx::NONE };
        self.give_back_asked(flow, receiver, awaited_from);
        self.rate_ended(flow);
        self.quit_race(flow);
        self.take_back_sent(part.route.sender, part.chunk);
        self.stop(flow, part.route);
        if end == TransferEnd::Choked {
            self.keep_quota(part.route);
        }
        if own > kept {
            self.give_back(
                receiver,
                Begun {
                    chunk: part.chunk,
                    missing_bytes: own - kept,
                    awaited_from,
                },
            );
        }
        self.record_transfer(&part, brought, kept, end);
        if !crashed {
            self.wake_idle_senders(receiver);
        }
    }

    /// A rival of `flow` was faster: the last block of `flow` is of no use any more.
    pub(super) fn lose_race(&mut self, flow: FlowIx) {
        self.book(flow);
        self.rate_ended(flow);
        let part = self.parts[flow.ix()];
        let kept = self.swarm.layout.before_last_block(part.bytes);
        if kept == 0 {
            self.take_back_sent(part.route.sender, part.chunk);
        }
        self.record_transfer(&part, part.brought(), kept, TransferEnd::RaceLost);
        let next = self.after_chunk(part.route.link);
        self.jobs.push_back(next);
        self.stop(flow, part.route);
    }

    fn stop(&mut self, flow: FlowIx, route: Route) {
        self.bandwidth.stop(flow);
        self.give_back_asked(flow, route.receiver, LinkIx::NONE);
        self.swarm.links.get_mut(route.link).flow = FlowIx::NONE;
        if self.swarm.peers[route.sender].finishes_uploads {
            self.jobs.push_back(Job::Depart(route.sender));
        }
    }

    /// `receiver` still lacks these bytes and nobody brings them.
    pub(super) fn give_back(&mut self, receiver: PeerIx, rest: Begun) {
        let whole = self.swarm.layout.bytes_of(rest.chunk);
        let begun = &mut self.swarm.peers[receiver].begun;
        let same = |b: &Begun| b.chunk == rest.chunk && b.awaited_from == rest.awaited_from;
        let place = begun.iter().position(same).unwrap_or_else(|| {
            let missing_bytes = 0;
            begun.push(Begun { missing_bytes, ..rest });
            begun.len() - 1
        });
        begun[place].missing_bytes += rest.missing_bytes;
        // Of what nobody has begun to bring nothing is kept.
        if begun[place].missing_bytes == whole && rest.awaited_from.is_none() {
            begun.remove(place);
            self.swarm.unclaim(receiver, rest.chunk);
        }
    }

    fn record_transfer(&mut self, part: &Part, bytes: u64, kept: u64, end: TransferEnd) {
        let Route { sender, receiver, .. } = part.route;
        if bytes > kept {
            self.swarm.peers[receiver].life.wasted_bytes += bytes - kept;
        }
        if self.observer.wants_transfers() {
            self.observer.transferred(&Transfer {
                started: part.started,
                ended: self.schedule.now(),
                from: self.swarm.peers[sender].id,
                to: self.swarm.peers[receiver].id,
                chunk: part.chunk,
                bytes,
                kept_bytes: kept,
                end,
            });
        }
    }

    /// What `flow` has moved of its part. What has been measured is not taken back, however the rest is rounded.
    pub(super) fn moved(&self, flow: FlowIx) -> u64 {
        self.bandwidth
            .moved(self.now(), flow)
            .max(self.parts[flow.ix()].brought())
    }

    /// Counts in the receiver's rate what `flow` has moved since it was last measured.
    ///
    /// This happens when a rate is needed and when the connection falls idle, not for every chunk: that would cost cache misses.
    pub(super) fn measure(&mut self, flow: FlowIx) {
        let now = self.now();
        let moved = self.moved(flow);
        let part = &mut self.parts[flow.ix()];
        let bytes = (moved as i64 - part.measured) as u64;
        part.measured = moved as i64;
        if bytes == 0 {
            return;
        }
        let Route { back, receiver, .. } = part.route;
        if let Some(pipeline) = self.pipelines.get_mut(flow.ix()) {
            pipeline.came_bytes += bytes;
        }
        let window = self.window_of(receiver);
        self.swarm.links.get_mut(back).received.add(now, bytes, window);
    }

    /// Measures `flow`, and books for both sides what it has moved since it was last booked: when an account is needed, and when the connection falls idle.
    pub(super) fn book(&mut self, flow: FlowIx) {
        self.measure(flow);
        let part = &mut self.parts[flow.ix()];
        let bytes = (part.measured - part.booked) as u64;
        part.booked = part.measured;
        if bytes == 0 {
            return;
        }
        let Route {
            link,
            back,
            sender,
            receiver,
        } = part.route;
        self.swarm.links.ledger_mut().credit(back, bytes);

        let peer = &mut self.swarm.peers[receiver];
        peer.life.downloaded_bytes += bytes;
        let to = Side::of(peer);
        let peer = &mut self.swarm.peers[sender];
        if let Some(slot) = peer.slot_mut(link) {
            slot.sent_bytes += bytes;
        }
        let leeches = peer.role == Role::Leecher;
        peer.life.uploaded_bytes += bytes;
        if leeches {
            peer.life.uploaded_leeching_bytes += bytes;
            self.totals.leechers.sent_bytes += bytes;
        } else {
            self.totals.seeds.sent_bytes += bytes;
        }
        self.observer.moved(&Side::of(peer), &to, leeches, bytes);
    }

    /// `peer` has all bytes of `chunk`.
    fn complete_chunk(&mut self, peer: PeerIx, chunk: ChunkIx) {
        let now = self.now();
        self.swarm.complete_chunk(peer, chunk);
        self.totals.transfers += 1;
        let life = &mut self.swarm.peers[peer].life;
        life.first_chunk = life.first_chunk.min(now);
        if self.scenario.network.latency.is_zero() {
            self.chunk_announced(peer, chunk);
            self.chunk_acknowledged(peer, chunk);
        } else {
            let id = self.id_of(peer);
            self.schedule
                .after(self.latency(1), id, Delayed::ChunkAnnounced(peer, chunk));
            self.schedule
                .after(self.latency(2), id, Delayed::ChunkAcknowledged(peer, chunk));
        }
        if self.swarm.peers[peer].chunks as usize == self.swarm.layout.chunks {
            self.complete_file(peer);
        }
    }
}
