//! Connections open and close.

use crate::engine::Simulation;
use crate::engine::observer::TransferEnd;
use crate::engine::schedule::{Delayed, PeerTimer};
use crate::ids::{LinkIx, PeerId, PeerIx};
use crate::rng::below;
use crate::scenario::model::{Discovery, Refill, WhenFull};
use crate::swarm::{Begun, Role};
use crate::tracker::{every_other_nearest, outage_until};
use crate::units::SimDuration;

impl Simulation<'_> {
    /// Makes `peer`, who has just joined, known to the others and the others to it, once all that come at this instant are there; see
    /// [`introduce_newcomers`](Self::introduce_newcomers).
    pub(super) fn introduce(&mut self, peer: PeerIx) {
        if self.newcomers.is_empty() {
            self.schedule.after(SimDuration::ZERO, PeerId::NONE, Delayed::Introduce);
        }
        self.newcomers.push(peer);
    }

    /// Those that have joined at this instant ask the tracker or enter the mesh, in an order drawn over all groups. Otherwise the first in the
    /// scenario would fill the places and the slots of the seeds and of each other, and the last would have half as many neighbours.
    pub(super) fn introduce_newcomers(&mut self) {
        let mut newcomers = std::mem::take(&mut self.newcomers);
        newcomers.retain(|&peer| self.swarm.peers[peer].is_alive());
        for i in (1..newcomers.len()).rev() {
            newcomers.swap(i, below(&mut self.order_rng, i + 1));
        }
        if self.scenario.discovery == Discovery::FullMesh {
            newcomers.iter().for_each(|&peer| self.enter_mesh(peer));
        } else if !self.tracker_is_down() {
            newcomers.iter().for_each(|&peer| self.list(peer));
        }
        newcomers.iter().for_each(|&peer| self.announce(peer));
        newcomers.clear();
        self.newcomers = newcomers;
    }

    /// Connects `peer` with everybody who is in the mesh.
    fn enter_mesh(&mut self, peer: PeerIx) {
        for other in self.tracker.members().to_vec() {
            if self.swarm.peers[other].is_alive() {
                self.connect_pair(peer, other);
            }
        }
        self.tracker.add(peer, false);
    }

    fn list(&mut self, peer: PeerIx) {
        let is_seed = self.swarm.peers[peer].role == Role::Seed;
        self.tracker.add(peer, is_seed);
    }

    /// Whether the tracker does not answer now.
    pub(super) fn tracker_is_down(&self) -> bool {
        match &self.scenario.discovery {
            Discovery::Tracker(rules) => outage_until(rules, self.now()).is_some(),
            Discovery::FullMesh => false,
        }
    }

    /// `peer` asks the tracker; the answer, and the connections that follow from it, take four messages.
    pub(super) fn announce(&mut self, peer: PeerIx) {
        let Discovery::Tracker(rules) = &self.scenario.discovery else {
            return;
        };
        let now = self.now();
        self.swarm.peers[peer].life.announced_at = now;
        if self.tracker_is_down() {
            let again = now + rules.min_announce_interval;
            self.schedule.arm_peer(peer, PeerTimer::Announce, again);
            return;
        }
        self.list(peer);
        let interval = if self.group_of(peer).large_view {
            rules.min_announce_interval
        } else {
            rules.announce_interval
        };
        let again = now + interval;
        self.schedule.arm_peer(peer, PeerTimer::Announce, again);
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
        let is_seed = self.swarm.peers[peer].role == Role::Seed;
        let rng = &mut self.streams[peer.ix()].tracker;
        let count = rules.peers_returned as usize;
        self.tracker.answer(peer, is_seed, count, rng, &mut answer);
        if rules.matches_capacity {
            let own = self.swarm.peers[peer].life.upload;
            every_other_nearest(&mut answer, |other| {
                (self.swarm.peers[other].life.upload / own).ln().abs()
            });
        }
        let limit = self.group_of(peer).connections.initiate;
        for &other in &answer {
            if self.swarm.peers[peer].links.open >= limit {
                break;
            }
            if self.can_connect(peer, other) {
                self.connect_pair(peer, other);
                self.drop_one_above_limit(other);
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
            && self.accepts_another(other)
            && !self.swarm.links.neighbours(from.links).contains(&other)
    }

    fn accepts_another(&self, peer: PeerIx) -> bool {
        let limits = self.group_of(peer).connections;
        limits.when_full == WhenFull::DropRandom || self.swarm.peers[peer].links.open < limits.accept
    }

    /// Closes one of the connections of `peer`, if a new one was more than it keeps.
    fn drop_one_above_limit(&mut self, peer: PeerIx) {
        let limits = self.group_of(peer).connections;
        let range = self.swarm.peers[peer].links;
        if limits.when_full == WhenFull::Refuse || range.open <= limits.accept {
            return;
        }
        let drawn = below(&mut self.streams[peer.ix()].tracker, range.open as usize);
        let link = self.swarm.links.open_in(range).nth(drawn).map(|(link, _)| link);
        link.into_iter().for_each(|link| self.disconnect(link));
    }

    pub(super) fn connect_pair(&mut self, a: PeerIx, b: PeerIx) {
        let now = self.now();
        let (a_end, b_end) = self.swarm.connect(now, a, b);
        self.observer
            .connected(now, self.swarm.peers[a].id, self.swarm.peers[b].id);
        for (peer, end) in [(a, a_end), (b, b_end)] {
            if self.swarm.is_super_seed(peer) {
                self.offer_next(end);
            }
            self.has_new_neighbour(peer);
        }
    }

    /// A peer with too few neighbours asks the tracker again, as soon as it may.
    pub(super) fn announce_early_if_lonely(&mut self, peer: PeerIx) {
        let Discovery::Tracker(rules) = &self.scenario.discovery else {
            return;
        };
        let state = &self.swarm.peers[peer];
        let enough = rules.min_neighbours.min(self.group_of(peer).connections.initiate);
        if !state.is_alive() || state.links.open >= enough {
            return;
        }
        let earliest = (state.life.announced_at + rules.min_announce_interval).max(self.now());
        let armed = self.schedule.peer_timer_at(peer, PeerTimer::Announce);
        if armed.is_none_or(|at| at > earliest) {
            self.schedule.arm_peer(peer, PeerTimer::Announce, earliest);
        }
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

    pub(super) fn disconnect_all(&mut self, peer: PeerIx) {
        for link in self.swarm.peers[peer].links.places() {
            if self.swarm.links.to(link) != PeerIx::NOBODY {
                self.disconnect(link);
            }
        }
    }

    /// Closes a connection at both ends.
    pub(super) fn disconnect(&mut self, link: LinkIx) {
        let back = self.swarm.links.get(link).back;
        let held_slot = [link, back].map(|end| self.swarm.links.is_unchoking(end));
        for end in [link, back] {
            let flow = self.swarm.links.get(end).flow;
            if flow.is_some() {
                self.interrupt(flow, TransferEnd::PeerLeft, false);
            }
            if self.swarm.links.is_unchoking(end) {
                self.choke(end);
            }
        }
        let owners = [self.swarm.links.owner(link), self.swarm.links.owner(back)];
        let [one, other] = owners.map(|owner| self.swarm.peers[owner].id);
        self.observer.disconnected(self.schedule.now(), one, other);
        for ((end, owner), held_slot) in [link, back].into_iter().zip(owners).zip(held_slot) {
            self.stop_awaiting(owner, end);
            self.swarm.disconnect(end, owner);
            // Where a slot that falls free waits for a decision, one that was free before does so too.
            if held_slot || self.group_of(owner).rechoke.refill != Refill::Decision {
                self.slot_fell_free(owner);
            }
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
                freed.push(Begun {
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
