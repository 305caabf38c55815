//! The peers that are in the swarm now. A place is used again when its peer has left, so memory follows the living.

use crate::ids::{ChunkIx, GroupIx, LinkIx, PeerId, PeerIx};
use crate::swarm::link_range::LinkRange;
use crate::swarm::reserve;
use crate::units::SimTime;
use smallvec::SmallVec;
use std::hint::black_box;

/// Why a peer left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// It had the file and its departure rule said so.
    Done,
    /// It gave up before it had the file.
    Aborted,
    /// It crashed, as a leecher or as a seed.
    Crashed,
}

/// What a peer is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The place is free.
    Absent,
    /// Lacks some chunk.
    Leecher,
    /// Has them all.
    Seed,
    /// Has crashed; its neighbours do not know yet.
    Crashed,
}

/// A chunk of which some blocks are there and which no connection is fetching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The chunk.
    pub chunk: ChunkIx,
    /// Bytes that are missing and not being fetched.
    pub missing_bytes: u64,
    /// The end towards a crashed neighbour from which the peer still waits for these bytes, or `NONE`.
    pub awaited_from: LinkIx,
}

/// A short list of ends, inline up to the usual number of slots.
pub type LinkList = SmallVec<[LinkIx; 6]>;

/// An upload slot: a neighbour that a peer unchokes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// The end towards it.
    pub link: LinkIx,
    /// Share of the owner's upload relative to the heaviest slot.
    pub weight: f32,
    /// Since when.
    pub unchoked_at: SimTime,
    /// Bytes sent to it since then.
    pub sent_bytes: u64,
}

/// One peer. What an event looks at most stands first: the order of the fields is that of the cache lines.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Peer {
    /// Ordinal in order of arrival.
    pub id: PeerId,
    /// How many chunks it has.
    pub chunks: u32,
    /// Its ends.
    pub links: LinkRange,
    /// Its group.
    pub group: GroupIx,
    /// What it is at the moment.
    pub role: Role,
    /// Whether it only finishes the chunks that it is sending, and then leaves.
    pub finishes_uploads: bool,
    /// Whether its choker is asked after each chunk that it has sent.
    pub asked_each_chunk: bool,
    /// Whether the bytes it has sent decide when it leaves.
    pub leaves_by_bytes: bool,
    /// Its life, for the record. The bytes it has moved come first, and so stand in the first line too.
    pub life: Life,
    /// Its ends towards the neighbours that unchoke it.
    pub unchoked_by: LinkList,
    /// Chunks begun and interrupted.
    pub begun: SmallVec<[Begun; 2]>,
    /// Unchoke decisions in turn so far.
    pub decisions: u32,
    /// How many neighbours it unchokes at most.
    pub slots: u32,
    /// The neighbours that it unchokes.
    pub unchoked: SmallVec<[Slot; 5]>,
    /// When it last decided on all its slots.
    pub decided_at: SimTime,
    /// When an optimistic slot was last drawn.
    pub rotated_at: SimTime,
}

/// What is recorded of a peer, and what decides when it leaves.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Life {
    /// When the first downloaded chunk was complete; [`SimTime::NEVER`] before.
    pub first_chunk: SimTime,
    /// Bytes received.
    pub downloaded_bytes: u64,
    /// Bytes sent.
    pub uploaded_bytes: u64,
    /// Bytes sent while it was a leecher.
    pub uploaded_leeching_bytes: u64,
    /// Upload capacity, bytes per second.
    pub upload: f64,
    /// Bytes received in vain.
    pub wasted_bytes: u64,
    /// Download capacity, bytes per second; infinite when unlimited.
    pub download: f64,
    /// Chunks it had when it joined.
    pub chunks_at_start: u32,
    /// Whether these were all.
    pub initial_seed: bool,
    /// Why it goes when its leave timer fires.
    pub leave_reason: Leave,
    /// Whether a linger timer is running.
    pub lingering: bool,
    /// When it joined.
    pub joined: SimTime,
    /// When it completed the file by downloading; [`SimTime::NEVER`] before.
    pub completed: SimTime,
    /// When it will crash; [`SimTime::NEVER`] if it won't.
    pub crash_at: SimTime,
    /// It leaves, once a seed, when it has sent this many bytes; `u64::MAX` for no such rule.
    pub leave_after_bytes: u64,
    /// When it last asked the tracker.
    pub announced_at: SimTime,
}

/// The places.
#[derive(Clone, Debug)]
pub struct Peers {
    column: Vec<Peer>,
    free: Vec<PeerIx>,
}

impl Default for Peers {
    /// Only the place of [`PeerIx::NOBODY`].
    fn default() -> Self {
        Self {
            column: vec![Peer::absent()],
            free: Vec::new(),
        }
    }
}

impl Peers {
    /// Asks for `places` places in one go.
    pub fn reserve(&mut self, places: usize) {
        reserve(&mut self.column, places);
    }

    /// Puts `peer` in the place that fell free last, or in a new one.
    pub fn insert(&mut self, peer: Peer) -> PeerIx {
        if let Some(place) = self.free.pop() {
            self.column[place.ix()] = peer;
            place
        } else {
            self.column.push(peer);
            PeerIx::from_ix(self.column.len() - 1)
        }
    }

    /// Frees the place of `peer`.
    pub fn remove(&mut self, peer: PeerIx) {
        self.column[peer.ix()] = Peer::absent();
        self.free.push(peer);
    }

    /// Places, taken or not, that of nobody included.
    #[must_use]
    pub fn places(&self) -> usize {
        self.column.len()
    }

    /// The peers that are there, crashed ones included, in the order of their places.
    pub fn present(&self) -> impl Iterator<Item = (PeerIx, &Peer)> + '_ {
        let all = self.column.iter().enumerate().map(|(i, p)| (PeerIx::from_ix(i), p));
        all.filter(|(_, p)| p.role != Role::Absent)
    }

    /// How many chunks each leecher has that is there, in ascending order.
    #[must_use]
    pub fn leecher_chunks(&self) -> Vec<u32> {
        let leechers = self.column.iter().filter(|peer| peer.role == Role::Leecher);
        let mut chunks: Vec<u32> = leechers.map(|peer| peer.chunks).collect();
        chunks.sort_unstable();
        chunks
    }

    /// Bytes in use, lists that have outgrown their places inside a peer included.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let outgrown = |peer: &Peer| outgrown_bytes(&peer.unchoked_by) + outgrown_bytes(&peer.unchoked);
        self.column.len() * size_of::<Peer>() + self.column.iter().map(outgrown).sum::<usize>()
    }
}

/// What `list` takes outside its owner.
fn outgrown_bytes<A: smallvec::Array>(list: &SmallVec<A>) -> usize {
    if list.spilled() {
        list.capacity() * size_of::<A::Item>()
    } else {
        0
    }
}

impl std::ops::Index<PeerIx> for Peers {
    type Output = Peer;

    #[inline]
    fn index(&self, peer: PeerIx) -> &Peer {
        &self.column[peer.ix()]
    }
}

impl std::ops::IndexMut<PeerIx> for Peers {
    #[inline]
    fn index_mut(&mut self, peer: PeerIx) -> &mut Peer {
        &mut self.column[peer.ix()]
    }
}

impl Peer {
    /// A peer of `group` that joins now with nothing.
    #[must_use]
    pub fn new(id: PeerId, group: GroupIx, now: SimTime) -> Self {
        Self {
            id,
            group,
            role: Role::Leecher,
            links: LinkRange::default(),
            chunks: 0,
            unchoked: SmallVec::new(),
            unchoked_by: LinkList::new(),
            begun: SmallVec::new(),
            decisions: 0,
            decided_at: now,
            rotated_at: now,
            slots: 0,
            asked_each_chunk: false,
            leaves_by_bytes: false,
            finishes_uploads: false,
            life: Life {
                upload: 0.0,
                download: f64::INFINITY,
                chunks_at_start: 0,
                initial_seed: false,
                joined: now,
                first_chunk: SimTime::NEVER,
                completed: SimTime::NEVER,
                uploaded_bytes: 0,
                uploaded_leeching_bytes: 0,
                downloaded_bytes: 0,
                wasted_bytes: 0,
                crash_at: SimTime::NEVER,
                leave_reason: Leave::Done,
                lingering: false,
                leave_after_bytes: u64::MAX,
                announced_at: now,
            },
        }
    }

    fn absent() -> Self {
        Self {
            role: Role::Absent,
            ..Self::new(PeerId::NONE, GroupIx(0), SimTime::ZERO)
        }
    }

    /// Sets how many neighbours it unchokes at most. Nobody has more of them than fit.
    pub fn set_slots(&mut self, slots: usize) {
        self.slots = u32::try_from(slots).unwrap_or(u32::MAX);
    }

    /// The ends towards the neighbours that it unchokes, in the order in which they got their slots.
    #[must_use]
    pub fn unchoked_links(&self) -> LinkList {
        self.unchoked.iter().map(|slot| slot.link).collect()
    }

    /// The slot of the neighbour at `link`, if it has one.
    #[inline]
    #[must_use]
    pub fn slot(&self, link: LinkIx) -> Option<&Slot> {
        self.unchoked.iter().find(|slot| slot.link == link)
    }

    /// The slot of the neighbour at `link`, if it has one, to change.
    #[inline]
    pub fn slot_mut(&mut self, link: LinkIx) -> Option<&mut Slot> {
        self.unchoked.iter_mut().find(|slot| slot.link == link)
    }

    /// Reads a word of each of its cache lines that getting a chunk looks at.
    #[inline]
    pub fn read_ahead(&self) {
        black_box((self.chunks, self.unchoked_by.len(), self.begun.len()));
        black_box((self.unchoked.len(), self.slots, self.decided_at));
    }

    /// Whether it is there and can act.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        matches!(self.role, Role::Leecher | Role::Seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_six_cache_lines_with_the_bytes_moved_in_the_first() {
        assert_eq!(size_of::<Peer>(), 384);
        // What booking bytes looks at.
        let moved = std::mem::offset_of!(Peer, life) + std::mem::offset_of!(Life, uploaded_leeching_bytes);
        assert!(moved + size_of::<u64>() <= 64);
    }

    #[test]
    fn chunks_of_leechers_are_in_order_and_of_nobody_else() {
        let mut peers = Peers::default();
        for (role, chunks) in [
            (Role::Leecher, 7),
            (Role::Seed, 9),
            (Role::Leecher, 2),
            (Role::Crashed, 4),
        ] {
            peers.insert(Peer {
                chunks,
                role,
                ..Peer::absent()
            });
        }
        assert_eq!(peers.leecher_chunks(), [2, 7]);
    }
}
