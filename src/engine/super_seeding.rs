//! Super-seeding (BEP 16): an initial seed shows each neighbour one chunk at a time, and the next one only when it has seen that chunk at somebody else.
//!
//! So the seed sends little more than one copy of the file before the swarm can do without it. The chunk shown is one that the seed has shown least often. When no
//! other neighbour lacks the chunk, there is nobody to pass it on to, and the next one is shown at once.
//!
//! Neighbours that pass nothing on, free riders say, would keep a seed waiting for good: each has what it was shown, and nobody else gets it. So a seed that finds at its
//! regular decision that nobody lacks what it shows does not wait. Clients do so too: `BitTornado` while fewer neighbours than its `min_uploads` want something (`next_have`
//! with `looser_upload`), libtorrent always.
//!
//! What is shown is seen at once, latency or not: one message among the many that a neighbour needs for the chunk.

use crate::engine::{Job, Simulation};
use crate::ids::{ChunkIx, LinkIx, PeerIx};
use crate::rng::below;

/// A super-seed and how often it has shown each chunk.
#[derive(Clone, Debug)]
pub(super) struct SuperSeed {
    pub peer: PeerIx,
    shown: Vec<u32>,
}

impl Simulation<'_> {
    /// `peer` begins to reveal its chunks one by one.
    pub(super) fn add_super_seed(&mut self, peer: PeerIx) {
        self.super_seeds.push(SuperSeed {
            peer,
            shown: vec![0; self.swarm.layout.chunks],
        });
    }

    /// Shows the neighbour at `link` another chunk, if it lacks any.
    pub(super) fn offer_next(&mut self, link: LinkIx) {
        let (seed, neighbour) = (self.swarm.links.owner(link), self.swarm.links.to(link));
        let Some(state) = self.super_seeds.iter_mut().find(|s| s.peer == seed) else {
            return;
        };
        let known = self.swarm.announced();
        let lacking = || (0..state.shown.len()).filter(|&c| !known.has(neighbour, ChunkIx::from_ix(c)));
        let Some(least) = lacking().map(|c| state.shown[c]).min() else {
            return;
        };
        let ties = || lacking().filter(|&c| state.shown[c] == least);
        let rng = &mut self.streams[seed.ix()].choking;
        let Some(chunk) = ties().nth(below(rng, ties().count())) else {
            return;
        };
        state.shown[chunk] += 1;
        self.swarm.links.set_offer(link, ChunkIx::from_ix(chunk));
        self.jobs.push_back(Job::Start(link));
        self.jobs.push_back(Job::Refill(seed));
    }

    /// `peer` has announced `chunk`: super-seeds among its neighbours take note.
    pub(super) fn chunk_seen_by_super_seeds(&mut self, peer: PeerIx, chunk: ChunkIx) {
        for i in 0..self.super_seeds.len() {
            let seed = self.super_seeds[i].peer;
            if self
                .swarm
                .links
                .neighbours(self.swarm.peers[seed].links)
                .contains(&peer)
            {
                self.offer_where_passed_on(seed, Some(chunk));
            }
        }
    }

    /// Looks over all offers of `seed`: who has left may have been the last that lacked a chunk, and without anybody to serve it is of no use to wait.
    pub(super) fn renew_offers(&mut self, seed: PeerIx) {
        self.offer_where_passed_on(seed, None);
        let open: Vec<_> = self.swarm.links.open_in(self.swarm.peers[seed].links).collect();
        let known = self.swarm.announced();
        let lacks_its_offer = |&(link, to): &(LinkIx, PeerIx)| {
            let offer = self.swarm.links.offer(link);
            offer.is_some_and(|chunk| !known.has(to, chunk))
        };
        if !open.iter().any(lacks_its_offer) {
            open.into_iter().for_each(|(link, _)| self.offer_next(link));
        }
    }

    /// Shows the next chunk to every neighbour that has got its offer (of `chunk`, if given) and passed it on.
    fn offer_where_passed_on(&mut self, seed: PeerIx, chunk: Option<ChunkIx>) {
        let links = &self.swarm.links;
        let known = self.swarm.announced();
        let range = self.swarm.peers[seed].links;
        let passed_on = |link: LinkIx, to: PeerIx| {
            let Some(offer) = links.offer(link) else {
                return false;
            };
            if chunk.is_some_and(|c| c != offer) || !known.has(to, offer) {
                return false;
            }
            let mut others = links
                .neighbours(range)
                .iter()
                .filter(|&&p| p != to && p != PeerIx::NOBODY)
                .peekable();
            others.peek().is_none() || others.any(|&p| known.has(p, offer))
        };
        let ready: Vec<LinkIx> = links
            .open_in(range)
            .filter(|&(link, to)| passed_on(link, to))
            .map(|(link, _)| link)
            .collect();
        ready.into_iter().for_each(|link| self.offer_next(link));
    }
}
