//! Unchoke decisions: who is asked when, and what follows from the answer.

use crate::choking::{Decision, Neighbour, RechokeView};
use crate::engine::observer::{Side, TransferEnd, Unchoke};
use crate::engine::schedule::{Delayed, PeerTimer};
use crate::engine::{Job, Simulation};
use crate::ids::{LinkIx, PeerId, PeerIx};
use crate::scenario::model::Refill;
use crate::swarm::{Role, Slot};
use crate::units::SimDuration;

const SECOND: SimDuration = SimDuration::from_secs(1);

/// The lightest weight, where the heaviest is 1. A link counts bytes per unit of weight, and by how much that number exceeds the bytes it has moved is
/// precision lost.
pub(super) const LIGHTEST: f32 = 1.0 / 1024.0;

impl Simulation<'_> {
    /// `peer` makes a decision on all slots; the next one comes after the interval, or once a slot falls free where that brings one.
    pub(super) fn rechoke_in_turn(&mut self, peer: PeerIx) {
        let (rules, now) = (self.group_of(peer).rechoke, self.now());
        let hastens = rules.refill == Refill::Decision;
        if hastens {
            // One countdown, which a slot that falls free cuts short (libtorrent, `session_impl.cpp`, `trigger_unchoke`).
            self.schedule.arm_peer(peer, PeerTimer::Decision, now + rules.interval);
        } else {
            let id = self.id_of(peer);
            self.schedule.after(rules.interval, id, Delayed::Rechoke(peer));
        }
        let state = &mut self.swarm.peers[peer];
        let in_turn = !hastens || state.decisions == 0 || now.since(state.decided_at) >= rules.interval;
        state.decisions += u32::from(in_turn);
        let number = state.decisions;
        if in_turn && self.swarm.is_super_seed(peer) {
            self.renew_offers(peer);
        }
        let rotate = if hastens {
            now.since(self.swarm.peers[peer].rotated_at) >= rules.rotation()
        } else {
            number.is_multiple_of(rules.optimistic_every)
        };
        self.decide_on_all(peer, number, rotate);
        if self.pickers[self.swarm.peers[peer].group.ix()].holds_back() {
            // What it may ask for can have changed with no word to it.
            self.wake_idle_senders(peer);
        }
        if rotate {
            self.swarm.peers[peer].rotated_at = now;
        }
    }

    /// A regular decision on all slots of `peer`, hastened or not: with it a round ends.
    fn decide_on_all(&mut self, peer: PeerIx, number: u32, rotate: bool) {
        self.decide(peer, Decision::Periodic { number, rotate });
        self.swarm.links.begin_round(self.swarm.peers[peer].links);
        self.swarm.peers[peer].decided_at = self.now();
    }

    /// The optimistic turns that `peer` has given are over.
    pub(super) fn turns_are_over(&mut self, peer: PeerIx) {
        let now = Some(self.now());
        // A leecher that has become a seed by another rule has given none yet; and a decision that is due now gives the next ones after all other slots.
        if self.chokers[peer.ix()].turns_end() != now || self.schedule.peer_timer_at(peer, PeerTimer::Decision) == now {
            return;
        }
        let state = &self.swarm.peers[peer];
        let links = &self.swarm.links;
        let others = state.unchoked.iter().filter(|slot| !links.is_optimistic(slot.link));
        if others.count() < state.slots as usize {
            self.decide(peer, Decision::TurnsOver);
        } else if self.group_of(peer).rechoke.refill == Refill::Decision {
            // The client gives the turn at once and has a slot too many until its next decision, which does not come sooner for it.
            self.hasten_decision(peer);
        }
    }

    /// A slot of `peer` has fallen free.
    pub(super) fn slot_fell_free(&mut self, peer: PeerIx) {
        let state = &self.swarm.peers[peer];
        if self.group_of(peer).rechoke.refill != Refill::Decision || state.decisions == 0 {
            self.jobs.push_back(Job::Refill(peer));
            return;
        }
        self.hasten_decision(peer);
    }

    /// Brings the next decision of `peer` forward to the next second: the client looks every second.
    fn hasten_decision(&mut self, peer: PeerIx) {
        let state = &self.swarm.peers[peer];
        let seconds = self.now().since(state.life.joined).0 / SECOND.0 + 1;
        let at = state.life.joined + SimDuration(seconds * SECOND.0);
        if self
            .schedule
            .peer_timer_at(peer, PeerTimer::Decision)
            .is_none_or(|due| due > at)
        {
            self.schedule.arm_peer(peer, PeerTimer::Decision, at);
        }
    }

    /// Fills the free slots of `peer`, if it has some and does not wait for its next decision.
    pub(super) fn refill(&mut self, peer: PeerIx) {
        let state = &self.swarm.peers[peer];
        if state.is_alive()
            && state.chunks > 0
            && state.unchoked.len() < state.slots as usize
            && matches!(self.group_of(peer).rechoke.refill, Refill::Immediate | Refill::Decision)
            && self.somebody_waits(peer)
        {
            self.decide(peer, Decision::Refill);
        }
    }

    /// Whether the slots of `peer` stay with those that are no longer interested.
    pub(super) fn holds_slots(&self, peer: PeerIx) -> bool {
        self.group_of(peer).rechoke.refill == Refill::Held
    }

    /// `peer` has a new neighbour.
    pub(super) fn has_new_neighbour(&mut self, peer: PeerIx) {
        if self.holds_slots(peer) {
            self.jobs.push_back(Job::Decide(peer));
        } else if self.swarm.peers[peer].chunks > 0 {
            self.jobs.push_back(Job::Refill(peer));
        }
    }

    /// `peer` gives all slots anew, out of turn, unless it is gone.
    pub(super) fn decide_now(&mut self, peer: PeerIx) {
        if self.swarm.peers[peer].is_alive() {
            self.decide(peer, Decision::NewNeighbour);
        }
    }

    /// What follows when the neighbour at `link` has got a chunk, or lost the race for one.
    pub(super) fn after_chunk(&self, link: LinkIx) -> Job {
        if self.chunkwise && self.swarm.peers[self.swarm.links.owner(link)].asked_each_chunk {
            Job::ChunkSent(link)
        } else {
            Job::Start(link)
        }
    }

    /// Asks the owner of `link`, who has sent a chunk there, who gets the next one.
    pub(super) fn chunk_sent(&mut self, link: LinkIx) {
        let links = &self.swarm.links;
        // The slot, or the neighbour, may be gone since.
        if links.to(link) == PeerIx::NOBODY || links.get(link).flow.is_some() {
            return;
        }
        if links.is_unchoking(link) {
            self.decide(links.owner(link), Decision::ChunkSent(link));
        }
        if self.swarm.links.is_unchoking(link) {
            self.jobs.push_back(Job::Start(link));
        } else {
            self.keep_quota(self.route(link));
        }
    }

    /// Whether a neighbour that is choked is interested in `peer`.
    fn somebody_waits(&mut self, peer: PeerIx) -> bool {
        let swarm = &mut self.swarm;
        let mut places = swarm.peers[peer].links.places();
        places.any(|link| {
            swarm.links.may_want(link) && !swarm.links.is_unchoking(link) && swarm.is_served_or_waits(link, peer)
        })
    }

    /// Asks the choker of `peer` and does as it says.
    fn decide(&mut self, peer: PeerIx, decision: Decision) {
        if self.swarm.peers[peer].finishes_uploads {
            return;
        }
        let serves_all = self.holds_slots(peer) && self.chokers[peer.ix()].serves_the_uninterested();
        self.choke_who_is_out(peer, serves_all);
        let mut neighbours = std::mem::take(&mut self.scratch.neighbours);
        let mut grants = std::mem::take(&mut self.scratch.grants);
        self.view_neighbours(peer, serves_all, &mut neighbours);
        grants.clear();
        let state = &self.swarm.peers[peer];
        let view = RechokeView {
            now: self.schedule.now(),
            decision,
            neighbours: &neighbours,
            decided_at: state.decided_at,
            rotated_at: state.rotated_at,
            rotation: self.group_of(peer).rechoke.rotation(),
            first_request: self.latency(2),
            upload: state.life.upload,
            chunk_bytes: self.swarm.layout.chunk_bytes,
        };
        self.chokers[peer.ix()].rechoke(&view, &mut self.streams[peer.ix()].choking, &mut grants);

        let mut granted = std::mem::take(&mut self.scratch.granted);
        granted.clear();
        granted.resize(neighbours.len(), false);
        grants.iter().for_each(|g| granted[g.neighbour] = true);
        for (neighbour, granted) in neighbours.iter().zip(&granted) {
            if neighbour.unchoked && !granted {
                self.choke(neighbour.link);
            }
        }
        let heaviest = grants.iter().map(|g| g.weight).fold(0.0, f32::max);
        for grant in &grants {
            let weight = (grant.weight / heaviest).max(LIGHTEST);
            self.grant(neighbours[grant.neighbour].link, grant.optimistic, weight);
        }
        let choker = &self.chokers[peer.ix()];
        self.swarm.peers[peer].set_slots(choker.slots());
        if let Some(end) = choker.turns_end().filter(|&end| end > self.schedule.now()) {
            self.schedule.arm_peer(peer, PeerTimer::TurnsOver, end);
        }
        self.scratch.neighbours = neighbours;
        self.scratch.grants = grants;
        self.scratch.granted = granted;
    }

    /// The interested neighbours of `peer`, or `all` that stay connected, with rates as of now.
    fn view_neighbours(&mut self, peer: PeerIx, all: bool, neighbours: &mut Vec<Neighbour>) {
        neighbours.clear();
        if self.swarm.peers[peer].chunks == 0 && !all {
            return;
        }
        self.bring_up_to_date(peer);
        let window = self.window_of(peer);
        let choker = &self.chokers[peer.ix()];
        let (sent_rates, known) = (choker.needs_sent_rates(), choker.knows_neighbours());
        let (offers, slots) = (choker.needs_offers(), choker.needs_slot_bytes());
        for link in self.swarm.peers[peer].links.places() {
            let interested = self.swarm.is_served_or_waits(link, peer);
            if !(interested || all && self.stays(self.swarm.links.to(link))) {
                continue;
            }
            let received_per_sec = self.received_rate(link, window);
            let sent_per_sec = if sent_rates { self.sent_rate(link, window) } else { 0.0 };
            let (links, state) = (&self.swarm.links, &self.swarm.peers[peer]);
            let (to, end, ledger) = (links.to(link), links.get(link), links.ledger());
            let slot = links.is_unchoking(link).then(|| state.slot(link)).flatten();
            let received = ledger.received(link);
            neighbours.push(Neighbour {
                link,
                peer: if known { self.swarm.peers[to].id } else { PeerId::NONE },
                interested,
                received_per_sec,
                sent_per_sec,
                offer_per_sec: if offers { self.offer(link, to) } else { 0.0 },
                received_bytes: received.total,
                sent_bytes: ledger.received(end.back).total,
                received_in_round: received.in_round(),
                chunks: if known { self.swarm.peers[to].chunks } else { 0 },
                unchokes_us: known && state.unchoked_by.contains(&link),
                last_received: end.received.last(),
                opened: end.received.began(),
                unchoked_at: slot.map_or_else(|| ledger.unchoked_at(link), |slot| Some(slot.unchoked_at)),
                slot_bytes: slot.filter(|_| slots).map_or(0, |slot| slot.sent_bytes),
                unchoked: slot.is_some(),
                optimistic: links.is_optimistic(link),
                weight: slot.map_or(1.0, |slot| slot.weight),
                sending: end.flow.is_some(),
            });
        }
    }

    /// Whether `neighbour` is there and not about to leave.
    pub(super) fn stays(&self, neighbour: PeerIx) -> bool {
        neighbour != PeerIx::NOBODY && !self.swarm.peers[neighbour].finishes_uploads
    }

    /// What `neighbour` could send to the owner of `link`: its upload, shared out among all that it sends to. If that is a seed, what it could take.
    fn offer(&self, link: LinkIx, neighbour: PeerIx) -> f64 {
        let links = &self.swarm.links;
        let life = &self.swarm.peers[neighbour].life;
        let (capacity, all, ours) = if self.swarm.peers[links.owner(link)].role == Role::Seed {
            (life.download, self.bandwidth.count_downloads(neighbour), link)
        } else {
            (
                life.upload,
                self.bandwidth.count_uploads(neighbour),
                links.get(link).back,
            )
        };
        let others = all - usize::from(links.get(ours).flow.is_some());
        capacity / (others + 1) as f64
    }

    /// Takes the slots of neighbours that a decision does not see: they are no longer interested, or, if it sees `all`, about to leave.
    fn choke_who_is_out(&mut self, peer: PeerIx, all: bool) {
        for link in self.swarm.peers[peer].unchoked_links() {
            let seen = all && self.stays(self.swarm.links.to(link));
            if !seen && !self.swarm.is_served_or_waits(link, peer) {
                self.choke(link);
            }
        }
    }

    /// Gives or confirms the slot of the neighbour at `link`.
    fn grant(&mut self, link: LinkIx, optimistic: bool, weight: f32) {
        let now = self.now();
        let owner = self.swarm.links.owner(link);
        if self.swarm.links.is_optimistic(link) != optimistic {
            // What it was sent until now belongs to the turn that ends.
            let flow = self.swarm.links.get(link).flow;
            if flow.is_some() {
                self.book(flow);
            }
            if let Some(until_now) = self.unchoke_until_now(link) {
                self.observer.unchoke_turned(&until_now);
            }
            self.swarm.links.set_optimistic(link, optimistic);
        }
        if let Some(slot) = self.swarm.peers[owner].slot_mut(link) {
            let is_new = slot.weight.to_bits() != weight.to_bits();
            slot.weight = weight;
            let flow = self.swarm.links.get(link).flow;
            if is_new && flow.is_some() {
                self.bandwidth.set_weight(now, flow, weight);
            }
            return;
        }
        self.swarm.links.unchoke(link, now);
        let (back, flow) = (self.swarm.links.get(link).back, self.swarm.links.get(link).flow);
        // A smart seed may still be sending there what it began before it choked.
        if flow.is_some() {
            self.bandwidth.set_weight(now, flow, weight);
        }
        let neighbour = self.swarm.links.to(link);
        self.swarm.peers[owner].unchoked.push(Slot {
            link,
            weight,
            unchoked_at: now,
            sent_bytes: 0,
        });
        self.swarm.peers[neighbour].unchoked_by.push(back);
        let from = &self.swarm.peers[owner];
        self.observer
            .unchoke_began(now, &Side::of(from), from.role == Role::Leecher);
        if self.scenario.network.latency.is_zero() {
            self.jobs.push_back(Job::Start(link));
        } else {
            let id = self.id_of(owner);
            self.swarm.links.set_awaits_request(link, true);
            self.schedule.after(self.latency(2), id, Delayed::FirstRequest(link));
        }
    }

    /// Takes the slot of the neighbour at `link`; what it was being sent is cut off.
    pub(super) fn choke(&mut self, link: LinkIx) {
        let end = *self.swarm.links.get(link);
        debug_assert!(self.swarm.links.is_unchoking(link));
        if end.flow.is_some() {
            if self.is_smart_seed(self.swarm.links.owner(link)) {
                self.book(end.flow);
            } else {
                self.interrupt(end.flow, TransferEnd::Choked, false);
            }
        }
        self.end_unchoke(link);
        self.swarm.links.choke(link);
        let (owner, neighbour) = (self.swarm.links.owner(link), self.swarm.links.to(link));
        let slots = &mut self.swarm.peers[owner].unchoked;
        slots.retain(|slot| slot.link != link);
        let givers = &mut self.swarm.peers[neighbour].unchoked_by;
        givers.retain(|l| *l != end.back);
    }

    /// Records the unchoke on `link` as ending now.
    pub(super) fn end_unchoke(&mut self, link: LinkIx) {
        let unchoke = self.unchoke_until_now(link);
        debug_assert!(unchoke.is_some(), "whoever is unchoked has a slot");
        if let Some(unchoke) = unchoke {
            self.observer.unchoke_ended(&unchoke);
        }
    }

    /// The unchoke on `link` up to now; `None` without a slot.
    fn unchoke_until_now(&self, link: LinkIx) -> Option<Unchoke> {
        let from = &self.swarm.peers[self.swarm.links.owner(link)];
        let to = &self.swarm.peers[self.swarm.links.to(link)];
        let slot = from.slot(link)?;
        Some(Unchoke {
            started: slot.unchoked_at,
            ended: self.schedule.now(),
            from: Side::of(from),
            to: Side::of(to),
            optimistic: self.swarm.links.is_optimistic(link),
            sender_leeches: from.role == Role::Leecher,
            bytes: slot.sent_bytes,
        })
    }
}
