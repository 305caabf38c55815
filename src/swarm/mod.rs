//! The state of the swarm: who is there, who is connected to whom, who has what.

pub mod bitfield;
mod chunk_rates;
pub mod kept_counts;
pub mod layout;
pub mod ledger;
pub mod link_range;
pub mod links;
mod marks;
pub mod meter;
pub mod peers;

use crate::ids::{ChunkIx, LinkIx, PeerIx};
use crate::swarm::bitfield::{Bitfields, any_beyond};
use crate::units::SimTime;
pub use chunk_rates::ChunkRates;
pub use kept_counts::KeptCounts;
pub use layout::Layout;
pub use ledger::{Kept, Ledger, Received};
pub use link_range::LinkRange;
pub use links::{Link, Links};
pub use peers::{Begun, Leave, Life, Peer, Peers, Role, Slot};
use std::hint::black_box;

/// The swarm at one moment.
///
/// Who has what is kept once, or three times when messages take time: what a peer has, what its neighbours know it
/// has (one latency later), and what it knows its neighbours to have taken note of (two latencies later).
#[derive(Clone, Debug)]
pub struct Swarm {
    /// Chunk and block arithmetic.
    pub layout: Layout,
    /// The peers.
    pub peers: Peers,
    /// Their connections.
    pub links: Links,
    /// Copies of each chunk among the peers that are there.
    pub copies: Vec<u32>,
    /// Chunks that nobody has.
    pub extinct: u32,
    /// What each peer has.
    have: Bitfields,
    /// What each peer lacks and has not begun: the picker's candidates.
    wanted: Bitfields,
    /// What the neighbours of each peer know it has; `None` when messages take no time.
    announced: Option<Bitfields>,
    /// What each peer knows its neighbours know; `None` when messages take no time.
    acknowledged: Option<Bitfields>,
    /// How many neighbours have each chunk, kept for each leecher that asks for it; `None` when copies are counted at every choice.
    kept: Option<KeptCounts>,
    /// Those that show nothing but the offers on their links. There are few, if any.
    super_seeds: Vec<PeerIx>,
}

impl Swarm {
    /// An empty swarm; `delayed` when messages take time.
    #[must_use]
    pub fn new(layout: Layout, delayed: bool) -> Self {
        let bitfields = || {
            let mut b = Bitfields::new(layout.chunks);
            b.grow(1);
            b
        };
        Self {
            layout,
            peers: Peers::default(),
            links: Links::default(),
            copies: vec![0; layout.chunks],
            extinct: layout.chunks as u32,
            have: bitfields(),
            wanted: bitfields(),
            announced: delayed.then(bitfields),
            acknowledged: delayed.then(bitfields),
            kept: None,
            super_seeds: Vec::new(),
        }
    }

    /// What each peer has.
    #[must_use]
    pub fn have(&self) -> &Bitfields {
        &self.have
    }

    /// What each peer lacks and has not begun.
    #[must_use]
    pub fn wanted(&self) -> &Bitfields {
        &self.wanted
    }

    /// What the neighbours of each peer know it has.
    #[inline]
    #[must_use]
    pub fn announced(&self) -> &Bitfields {
        self.announced.as_ref().unwrap_or(&self.have)
    }

    /// What each peer knows its neighbours know it has.
    #[inline]
    #[must_use]
    pub fn acknowledged(&self) -> &Bitfields {
        self.acknowledged.as_ref().unwrap_or(&self.have)
    }

    /// Makes it possible to [keep counts](Self::keep_counts), for peers with at most `neighbours` neighbours. Nobody is there yet.
    pub fn prepare_counts(&mut self, neighbours: usize) {
        self.kept = Some(KeptCounts::new(self.layout.chunks, neighbours));
    }

    /// `peer`, a leecher without neighbours yet, keeps counts of their copies, if any are kept.
    pub fn keep_counts(&mut self, peer: PeerIx) {
        if let Some(kept) = &mut self.kept {
            kept.begin(peer);
        }
    }

    /// `peer` chooses no chunk any more and keeps no counts.
    pub fn drop_counts(&mut self, peer: PeerIx) {
        if let Some(kept) = &mut self.kept {
            kept.end(peer);
        }
    }

    /// Brings the counts of `peer` up to date, for a choice.
    #[inline]
    pub fn settle_counts(&mut self, peer: PeerIx) {
        if let Some(kept) = &mut self.kept {
            kept.settle(peer);
        }
    }

    /// The counts of copies that are kept, if any are.
    #[inline]
    #[must_use]
    pub fn kept(&self) -> Option<&KeptCounts> {
        self.kept.as_ref()
    }

    /// Asks for room for `places` peers, that of nobody included, in one go. If more come it grows.
    pub fn reserve(&mut self, places: usize) {
        self.peers.reserve(places);
        self.have.reserve(places);
        self.wanted.reserve(places);
        for known in [&mut self.announced, &mut self.acknowledged].into_iter().flatten() {
            known.reserve(places);
        }
        if let Some(kept) = &mut self.kept {
            kept.reserve(places);
        }
    }

    /// Adds `peer`, which has `chunks` when it joins; all of them are known to its neighbours as soon as it has any.
    pub fn join(&mut self, mut peer: Peer, chunks: &[ChunkIx], super_seeding: bool) -> PeerIx {
        peer.chunks = chunks.len() as u32;
        peer.life.chunks_at_start = peer.chunks;
        peer.life.initial_seed = chunks.len() == self.layout.chunks;
        peer.role = if peer.life.initial_seed {
            Role::Seed
        } else {
            Role::Leecher
        };
        let ix = self.peers.insert(peer);
        let places = self.peers.places();
        self.have.grow(places);
        self.wanted.grow(places);
        if let Some(kept) = &mut self.kept {
            kept.grow(places);
        }
        if super_seeding && chunks.len() == self.layout.chunks {
            self.super_seeds.push(ix);
        }
        self.wanted.set_all(ix);
        for &chunk in chunks {
            self.have.set(ix, chunk);
            self.wanted.clear(ix, chunk);
            self.add_copy(chunk);
        }
        for known in [&mut self.announced, &mut self.acknowledged].into_iter().flatten() {
            known.grow(places);
            for &chunk in chunks {
                known.set(ix, chunk);
            }
        }
        ix
    }

    /// Opens a connection between `a` and `b` and returns its two ends.
    pub fn connect(&mut self, now: SimTime, a: PeerIx, b: PeerIx) -> (LinkIx, LinkIx) {
        let (mut a_range, mut b_range) = (self.peers[a].links, self.peers[b].links);
        let ends = self.links.open(now, (a, &mut a_range), (b, &mut b_range));
        self.peers[a].links = a_range;
        self.peers[b].links = b_range;
        if let Some(kept) = &mut self.kept {
            let known = self.announced.as_ref().unwrap_or(&self.have);
            kept.add(a, known.of(b));
            kept.add(b, known.of(a));
        }
        ends
    }

    /// Closes the end at `link`, which is `owner`'s. The other end is closed apart.
    pub fn disconnect(&mut self, link: LinkIx, owner: PeerIx) {
        if let Some(kept) = &mut self.kept {
            let known = self.announced.as_ref().unwrap_or(&self.have);
            kept.subtract(owner, known.of(self.links.to(link)));
        }
        self.links.close(link, &mut self.peers[owner].links);
    }

    /// Takes `peer`'s chunks out of the count of copies: it has left or crashed.
    pub fn withdraw_copies(&mut self, peer: PeerIx) {
        for chunk in self.have.chunks_of(peer) {
            self.copies[chunk.ix()] -= 1;
            self.extinct += u32::from(self.copies[chunk.ix()] == 0);
        }
    }

    /// Frees `peer`'s place. Its connections are closed and its copies withdrawn.
    pub fn remove(&mut self, peer: PeerIx) {
        let range = self.peers[peer].links;
        self.links.release(range);
        self.have.clear_all(peer);
        self.wanted.clear_all(peer);
        for known in [&mut self.announced, &mut self.acknowledged].into_iter().flatten() {
            known.clear_all(peer);
        }
        self.drop_counts(peer);
        self.super_seeds.retain(|&s| s != peer);
        self.peers.remove(peer);
    }

    /// `peer` has completed `chunk`.
    pub fn complete_chunk(&mut self, peer: PeerIx, chunk: ChunkIx) {
        debug_assert!(!self.have.has(peer, chunk));
        self.have.set(peer, chunk);
        self.peers[peer].chunks += 1;
        self.add_copy(chunk);
    }

    fn add_copy(&mut self, chunk: ChunkIx) {
        self.extinct -= u32::from(self.copies[chunk.ix()] == 0);
        self.copies[chunk.ix()] += 1;
    }

    /// The neighbours of `peer` learn that it has `chunk`.
    pub fn announce_chunk(&mut self, peer: PeerIx, chunk: ChunkIx) {
        if let Some(announced) = &mut self.announced {
            announced.set(peer, chunk);
        }
        if let Some(kept) = &mut self.kept {
            let neighbours = self.links.neighbours(self.peers[peer].links);
            neighbours.iter().for_each(|&to| kept.note(to, chunk));
        }
    }

    /// `peer` learns that its neighbours have taken note of `chunk`: those that lack it are interested.
    pub fn acknowledge_chunk(&mut self, peer: PeerIx, chunk: ChunkIx) {
        if let Some(acknowledged) = &mut self.acknowledged {
            acknowledged.set(peer, chunk);
        }
        let Self { links, peers, .. } = self;
        let state = &peers[peer];
        if state.unchoked.len() < state.slots as usize {
            let announced = self.announced.as_ref().unwrap_or(&self.have);
            links.note_interest(state.links, |to| !announced.has(to, chunk));
        } else {
            // Nobody looks before there is a free slot, or the next decision: no need to know now who of them lacks it.
            links.note_interest(state.links, |_| true);
        }
    }

    /// `peer` begins to fetch `chunk`: the picker must not choose it again.
    pub fn claim(&mut self, peer: PeerIx, chunk: ChunkIx) {
        debug_assert!(self.wanted.has(peer, chunk));
        self.wanted.clear(peer, chunk);
    }

    /// Nothing is there of `chunk` after all: the picker may choose it again.
    pub fn unclaim(&mut self, peer: PeerIx, chunk: ChunkIx) {
        debug_assert!(!self.have.has(peer, chunk));
        self.wanted.set(peer, chunk);
    }

    /// Whether `peer` reveals its chunks one by one.
    #[inline]
    #[must_use]
    pub fn is_super_seed(&self, peer: PeerIx) -> bool {
        self.super_seeds.contains(&peer)
    }

    /// Whether `owner`, whose end is `link`, knows that `neighbour` lacks a chunk which it has.
    #[inline]
    #[must_use]
    pub fn knows_interest(&self, link: LinkIx, owner: PeerIx, neighbour: PeerIx) -> bool {
        if self.is_super_seed(owner) {
            let offer = self.links.offer(link);
            return offer.is_some_and(|chunk| !self.announced().has(neighbour, chunk));
        }
        any_beyond(self.acknowledged().of(owner), self.announced().of(neighbour))
    }

    /// Whether the neighbour at `link`, an end of `owner`, is being sent something or is known to be interested. With latency a neighbour may have asked for a
    /// chunk before word of its interest could be here.
    ///
    /// Interest that is gone comes back only with a chunk that the owner gets or shows, so a no is kept, and is all there is to read the next time.
    #[inline]
    pub fn is_served_or_waits(&mut self, link: LinkIx, owner: PeerIx) -> bool {
        if !self.links.may_want(link) {
            return false;
        }
        let yes = self.links.get(link).flow.is_some() || self.knows_interest(link, owner, self.links.to(link));
        if !yes {
            self.links.set_may_want(link, false);
        }
        yes
    }

    /// Whether `neighbour` is interested in `owner`, whose end is `link`, as the neighbour sees it.
    #[inline]
    #[must_use]
    pub fn is_interesting(&self, link: LinkIx, owner: PeerIx, neighbour: PeerIx) -> bool {
        if self.is_super_seed(owner) {
            let offer = self.links.offer(link);
            return offer.is_some_and(|chunk| !self.have.has(neighbour, chunk));
        }
        any_beyond(self.announced().of(owner), self.have.of(neighbour))
    }

    /// Whether the neighbour of `owner`, whose end is `link`, can ask for `chunk`.
    #[inline]
    #[must_use]
    pub fn shows(&self, link: LinkIx, owner: PeerIx, chunk: ChunkIx) -> bool {
        if self.is_super_seed(owner) {
            return self.links.offer(link) == Some(chunk);
        }
        self.announced().has(owner, chunk)
    }

    /// Reads what will be needed of `peer` when it gets a chunk.
    #[inline]
    pub fn read_ahead(&self, peer: PeerIx) {
        self.peers[peer].read_ahead();
        black_box((self.have.line(peer, 0).0[0], self.wanted.line(peer, 0).0[0]));
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let known = [&self.announced, &self.acknowledged].into_iter().flatten();
        self.peers.memory_bytes()
            + self.links.memory_bytes()
            + self.have.memory_bytes()
            + self.wanted.memory_bytes()
            + known.map(Bitfields::memory_bytes).sum::<usize>()
            + self.kept.as_ref().map_or(0, KeptCounts::memory_bytes)
    }
}

/// Asks for room for `len` entries of `column` in one go: a column that grows is copied, and the place that it leaves is hardly used again. What is never filled is
/// never touched, and where the system refuses, the column grows.
fn reserve<T>(column: &mut Vec<T>, len: usize) {
    let _ = column.try_reserve_exact(len.saturating_sub(column.len()));
}
