//! How many neighbours of each leecher have each chunk, kept up to date: for files so long that counting over the neighbours' bitfields at every choice would read
//! far more memory than the changes write.
//!
//! The counts stand in *bit planes*: bit c of plane k is bit k of the count of chunk c. There are as many planes as the number of connections needs. A connection that opens adds
//! a whole bitfield to them, 512 chunks at a time, and one that closes takes it away again.
//!
//! Word of one chunk goes to dozens of neighbours, whose planes are in no cache. So it waits in a short list, which is: two cache lines a peer. The chunks of a list
//! are added together when the peer chooses, and reads its planes anyway, or when the list is full.

use crate::ids::{ChunkIx, PeerIx};
use crate::swarm::bitfield::{LINE_WORDS, Line, place};
use crate::swarm::reserve;

/// Chunks that can wait.
const WAITING_MAX: usize = 31;

/// Stands for the length of the list of a peer that keeps no counts.
const KEEPS_NONE: u32 = u32::MAX;

/// Chunks that neighbours of a peer have got and that are not in its planes yet. Two cache lines.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Waiting {
    len: u32,
    chunks: [ChunkIx; WAITING_MAX],
}

impl Waiting {
    const NONE: Self = Self {
        len: KEEPS_NONE,
        chunks: [ChunkIx(0); WAITING_MAX],
    };
}

/// The counts of all peers that keep some, by place of the peer.
#[derive(Clone, Debug)]
pub struct KeptCounts {
    /// For each peer its planes, the ones first; each plane is a bitfield.
    planes: Vec<Line>,
    waiting: Vec<Waiting>,
    lines_per_plane: usize,
    lines_per_peer: usize,
}

impl KeptCounts {
    /// For a file of `chunks` chunks, and peers with at most `neighbours` neighbours.
    #[must_use]
    pub fn new(chunks: usize, neighbours: usize) -> Self {
        let lines_per_plane = chunks.div_ceil(64 * LINE_WORDS).max(1);
        Self {
            planes: Vec::new(),
            waiting: Vec::new(),
            lines_per_plane,
            lines_per_peer: lines_per_plane * planes_for(neighbours),
        }
    }

    /// What one peer takes.
    #[must_use]
    pub fn bytes_per_peer(chunks: usize, neighbours: usize) -> usize {
        Self::new(chunks, neighbours).lines_per_peer * size_of::<Line>() + size_of::<Waiting>()
    }

    /// Makes room for `peers` peers; new ones keep no counts.
    pub fn grow(&mut self, peers: usize) {
        if peers > self.waiting.len() {
            self.waiting.resize(peers, Waiting::NONE);
            self.planes.resize(peers * self.lines_per_peer, Line::default());
        }
    }

    /// Asks for room for `peers` peers in one go.
    pub fn reserve(&mut self, peers: usize) {
        reserve(&mut self.waiting, peers);
        reserve(&mut self.planes, peers.saturating_mul(self.lines_per_peer));
    }

    /// `peer`, who has no neighbours yet, keeps counts from now on.
    pub fn begin(&mut self, peer: PeerIx) {
        self.planes_mut(peer).fill(Line::default());
        self.waiting[peer.ix()].len = 0;
    }

    /// `peer` needs no counts any more.
    #[inline]
    pub fn end(&mut self, peer: PeerIx) {
        self.waiting[peer.ix()].len = KEEPS_NONE;
    }

    /// Whether `peer` keeps counts.
    #[inline]
    #[must_use]
    pub fn has(&self, peer: PeerIx) -> bool {
        self.waiting[peer.ix()].len != KEEPS_NONE
    }

    /// A neighbour of `peer` has got `chunk`. Without effect when `peer` keeps no counts.
    #[inline]
    pub fn note(&mut self, peer: PeerIx, chunk: ChunkIx) {
        let waiting = &mut self.waiting[peer.ix()];
        if waiting.len == KEEPS_NONE {
            return;
        }
        waiting.chunks[waiting.len as usize] = chunk;
        waiting.len += 1;
        if waiting.len as usize == WAITING_MAX {
            self.settle(peer);
        }
    }

    /// Adds what waits to the planes of `peer`.
    pub fn settle(&mut self, peer: PeerIx) {
        let (lines, first) = (self.lines_per_plane, peer.ix() * self.lines_per_peer);
        let waiting = &mut self.waiting[peer.ix()];
        if waiting.len == KEEPS_NONE {
            return;
        }
        let planes = &mut self.planes[first..first + self.lines_per_peer];
        for &chunk in &waiting.chunks[..waiting.len as usize] {
            let (line, word, mut carry) = place(chunk);
            let mut at = line;
            while carry != 0 {
                let digits = &mut planes[at].0[word];
                *digits ^= carry;
                carry &= !*digits;
                at += lines;
            }
        }
        waiting.len = 0;
    }

    /// `peer` has a new neighbour with these chunks.
    pub fn add(&mut self, peer: PeerIx, bitfield: &[Line]) {
        self.change(peer, bitfield, |digits, carry| (digits ^ carry, digits & carry));
    }

    /// `peer` has lost a neighbour with these chunks.
    pub fn subtract(&mut self, peer: PeerIx, bitfield: &[Line]) {
        self.settle(peer);
        self.change(peer, bitfield, |digits, borrow| (digits ^ borrow, !digits & borrow));
    }

    /// Adds or subtracts `bitfield`, by a rule that gives the new digits and what goes on to the next plane.
    #[inline]
    fn change(&mut self, peer: PeerIx, bitfield: &[Line], rule: impl Fn(u64, u64) -> (u64, u64)) {
        if !self.has(peer) {
            return;
        }
        let lines = self.lines_per_plane;
        let planes = self.planes_mut(peer);
        for (line, &(mut carry)) in bitfield.iter().enumerate() {
            for plane in planes.iter_mut().skip(line).step_by(lines) {
                if carry.is_empty() {
                    break;
                }
                for (digits, carry) in plane.0.iter_mut().zip(&mut carry.0) {
                    (*digits, *carry) = rule(*digits, *carry);
                }
            }
            debug_assert!(carry.is_empty(), "counts are from 0 to the number of neighbours");
        }
    }

    /// The planes of `peer`, the ones first, if it keeps counts. Nothing waits.
    #[inline]
    #[must_use]
    pub fn planes(&self, peer: PeerIx) -> Option<&[Line]> {
        debug_assert!(
            !self.has(peer) || self.waiting[peer.ix()].len == 0,
            "settled before it is read"
        );
        let first = peer.ix() * self.lines_per_peer;
        self.has(peer).then(|| &self.planes[first..first + self.lines_per_peer])
    }

    fn planes_mut(&mut self, peer: PeerIx) -> &mut [Line] {
        let first = peer.ix() * self.lines_per_peer;
        &mut self.planes[first..first + self.lines_per_peer]
    }

    /// How many neighbours of `peer`, which keeps counts, have `chunk`.
    #[must_use]
    pub fn count(&self, peer: PeerIx, chunk: ChunkIx) -> usize {
        let (line, word, bit) = place(chunk);
        let first = peer.ix() * self.lines_per_peer;
        let planes = self.planes[first..first + self.lines_per_peer].iter();
        let digits = planes.skip(line).step_by(self.lines_per_plane);
        let settled: usize = digits
            .enumerate()
            .map(|(k, plane)| usize::from(plane.0[word] & bit != 0) << k)
            .sum();
        let waiting = &self.waiting[peer.ix()];
        let waiting = &waiting.chunks[..waiting.len as usize];
        settled + waiting.iter().filter(|&&c| c == chunk).count()
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.planes.len() * size_of::<Line>() + self.waiting.len() * size_of::<Waiting>()
    }
}

/// Planes for counts up to `most`.
fn planes_for(most: usize) -> usize {
    (usize::BITS - most.leading_zeros()).max(1) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::bitfield::Bitfields;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Places in the tests; that of nobody is one of them.
    const PLACES: u32 = 7;

    /// Something that happens to a place and another one, and a chunk of the file.
    type Event = (u8, u32, u32, u32);

    /// A swarm that counts the obvious way.
    struct Plain {
        have: Bitfields,
        keeping: BTreeSet<u32>,
        connected: BTreeSet<(u32, u32)>,
    }

    impl Plain {
        fn neighbours(&self, peer: u32) -> Vec<u32> {
            let of_peer = self.connected.iter().filter(|pair| pair.0 == peer);
            of_peer.map(|pair| pair.1).collect()
        }

        fn count(&self, peer: u32, chunk: ChunkIx) -> usize {
            let has = |&&(a, b): &&(u32, u32)| a == peer && self.have.has(PeerIx(b), chunk);
            self.connected.iter().filter(has).count()
        }

        fn happen(&mut self, kept: &mut KeptCounts, (what, a, b, chunk): Event) {
            let (peer, other) = (PeerIx(a), PeerIx(b));
            match what {
                0 if a != b && !self.connected.contains(&(a, b)) => {
                    self.connected.extend([(a, b), (b, a)]);
                    kept.add(peer, self.have.of(other));
                    kept.add(other, self.have.of(peer));
                }
                1 if self.connected.remove(&(a, b)) => {
                    self.connected.remove(&(b, a));
                    kept.subtract(peer, self.have.of(other));
                    kept.subtract(other, self.have.of(peer));
                }
                2 => {
                    self.keeping.remove(&a);
                    kept.end(peer);
                }
                3 if self.neighbours(a).is_empty() => {
                    self.keeping.insert(a);
                    kept.begin(peer);
                    self.have.clear_all(peer);
                }
                4 => kept.settle(peer),
                _ => {
                    let chunk = ChunkIx(chunk);
                    if !self.have.has(peer, chunk) {
                        self.have.set(peer, chunk);
                        self.neighbours(a).iter().for_each(|&n| kept.note(PeerIx(n), chunk));
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn kept_counts_are_what_a_loop_over_the_neighbours_counts(
            chunks in 1_u32..1200,
            events in prop::collection::vec((0_u8..40, 1..PLACES, 1..PLACES, 0_u32..1200), 0..600),
        ) {
            let mut kept = KeptCounts::new(chunks as usize, PLACES as usize - 2);
            let mut plain = Plain { have: Bitfields::new(chunks as usize), keeping: BTreeSet::new(), connected: BTreeSet::new() };
            kept.grow(PLACES as usize);
            plain.have.grow(PLACES as usize);
            // Most begin at once, and some are left for later.
            (1..PLACES - 2).for_each(|a| plain.happen(&mut kept, (3, a, a, 0)));
            for (what, a, b, chunk) in events {
                plain.happen(&mut kept, (what, a, b, chunk % chunks));
            }
            for peer in 1..PLACES {
                prop_assert_eq!(kept.has(PeerIx(peer)), plain.keeping.contains(&peer));
                kept.settle(PeerIx(peer));
                prop_assert_eq!(kept.planes(PeerIx(peer)).is_some(), kept.has(PeerIx(peer)));
                for chunk in (0..chunks).map(ChunkIx).filter(|_| plain.keeping.contains(&peer)) {
                    prop_assert_eq!(kept.count(PeerIx(peer), chunk), plain.count(peer, chunk));
                }
            }
        }
    }

    #[test]
    fn a_list_that_is_full_goes_to_the_planes_and_nothing_is_lost() {
        let mut kept = KeptCounts::new(2, 100);
        kept.grow(2);
        let peer = PeerIx(1);
        kept.begin(peer);
        for copies in 1..=100 {
            kept.note(peer, ChunkIx(1));
            assert_eq!(
                (kept.count(peer, ChunkIx(0)), kept.count(peer, ChunkIx(1))),
                (0, copies)
            );
        }
    }

    #[test]
    fn there_are_as_many_planes_as_the_most_neighbours_need() {
        assert_eq!([0, 1, 2, 3, 4, 40, 63, 64].map(planes_for), [1, 1, 2, 2, 3, 6, 6, 7]);
        assert_eq!(size_of::<Waiting>(), 128);
        assert_eq!(KeptCounts::bytes_per_peer(16_000, 40), 32 * 6 * 64 + 128);
    }
}
