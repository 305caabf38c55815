//! What follows when it becomes known who has a chunk, and who wants one: requests on idle connections, slots given and taken.

use crate::engine::schedule::Delayed;
use crate::engine::{Job, Simulation};
use crate::ids::{ChunkIx, LinkIx, PeerIx};
use crate::swarm::Swarm;
use smallvec::SmallVec;

impl Simulation<'_> {
    /// The neighbours of `peer` learn that it has `chunk`.
    pub(super) fn chunk_announced(&mut self, peer: PeerIx, chunk: ChunkIx) {
        self.swarm.announce_chunk(peer, chunk);
        if !self.super_seeds.is_empty() {
            self.chunk_seen_by_super_seeds(peer, chunk);
        }
    }

    /// What `chunk` means to the neighbours of `peer` has come back to it: requests on idle connections, and interest.
    pub(super) fn chunk_acknowledged(&mut self, peer: PeerIx, chunk: ChunkIx) {
        self.swarm.acknowledge_chunk(peer, chunk);
        let unchoked = &self.swarm.peers[peer].unchoked;
        if unchoked.len() > self.bandwidth.count_uploads(peer) {
            let receivers: SmallVec<[PeerIx; 16]> = self.bandwidth.receivers(peer).collect();
            // Who has got it meanwhile, and has not said so yet, may have lost its interest before it heard of this.
            let may_ask = |link| {
                let to = self.swarm.links.to(link);
                !receivers.contains(&to) && (self.silent_changes || !self.swarm.announced().has(to, chunk))
            };
            let links = unchoked.iter().map(|slot| slot.link).filter(|&link| may_ask(link));
            self.jobs.extend(links.map(Job::Start));
        }
        self.jobs.push_back(Job::Refill(peer));
    }

    /// `peer` has got `chunk`: of those that unchoke it and send nothing, the ones that have it too may have nothing left that it wants.
    pub(super) fn lose_interest_in_idle_senders(&mut self, peer: PeerIx, chunk: ChunkIx) {
        let silent_changes = self.silent_changes;
        self.wake_idle_senders_if(peer, |swarm, sender| {
            silent_changes || swarm.announced().has(sender, chunk)
        });
    }

    /// What `peer` could ask for has changed: those that unchoke it and send nothing are tried again.
    pub(super) fn wake_idle_senders(&mut self, peer: PeerIx) {
        self.wake_idle_senders_if(peer, |_, _| true);
    }

    fn wake_idle_senders_if(&mut self, peer: PeerIx, concerns: impl Fn(&Swarm, PeerIx) -> bool) {
        let unchoked_by = &self.swarm.peers[peer].unchoked_by;
        // A smart seed may send to those that it chokes.
        if unchoked_by.len() > self.bandwidth.count_downloads(peer) || !self.smart_seeds.is_empty() {
            let senders: SmallVec<[PeerIx; 16]> = self.bandwidth.senders(peer).collect();
            let links = &self.swarm.links;
            let idle = unchoked_by.iter().filter(|&&end| {
                let sender = links.to(end);
                !senders.contains(&sender) && concerns(&self.swarm, sender)
            });
            self.jobs.extend(idle.map(|&end| Job::Start(links.get(end).back)));
        }
    }

    /// The neighbour of `link` has nothing left to ask for and tells the owner, to whom it matters unless it holds slots.
    pub(super) fn say_not_interested(&mut self, link: LinkIx) {
        if self.holds_slots(self.swarm.links.owner(link)) {
            return;
        }
        if self.scenario.network.latency.is_zero() {
            self.no_longer_interested(link);
        } else {
            let id = self.id_of(self.swarm.links.owner(link));
            self.schedule.after(self.latency(1), id, Delayed::NotInterested(link));
        }
    }

    /// The owner of `link` hears that its neighbour is no longer interested: the slot falls free.
    pub(super) fn no_longer_interested(&mut self, link: LinkIx) {
        let sender = self.swarm.links.owner(link);
        // Meanwhile it may have asked for something new.
        if self.swarm.links.is_unchoking(link) && !self.swarm.is_served_or_waits(link, sender) {
            self.choke(link);
            self.slot_fell_free(sender);
        }
    }
}
