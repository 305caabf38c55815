//! Bitfields of all peers in one column: one cache line (512 chunks) or more a peer.

use crate::ids::{ChunkIx, PeerIx};
use crate::swarm::reserve;

/// Words in a line.
pub const LINE_WORDS: usize = 8;

/// 512 chunks: one cache line, so that reading a peer's bitfield never touches two where one would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(64))]
pub struct Line(pub [u64; LINE_WORDS]);

impl Line {
    /// Whether no bit is set.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().fold(0, |any, w| any | w) == 0
    }
}

/// One bitfield a peer, all of the same length. Bits beyond the last chunk are always 0.
#[derive(Clone, Debug)]
pub struct Bitfields {
    lines: Vec<Line>,
    lines_per_peer: usize,
    chunks: usize,
}

impl Bitfields {
    /// No peers yet; `chunks` bits each.
    #[must_use]
    pub fn new(chunks: usize) -> Self {
        Self {
            lines: Vec::new(),
            lines_per_peer: chunks.div_ceil(64 * LINE_WORDS).max(1),
            chunks,
        }
    }

    /// Makes room for `peers` peers; new ones are empty.
    pub fn grow(&mut self, peers: usize) {
        let lines = peers * self.lines_per_peer;
        if lines > self.lines.len() {
            self.lines.resize(lines, Line::default());
        }
    }

    /// Asks for room for `peers` peers in one go.
    pub fn reserve(&mut self, peers: usize) {
        reserve(&mut self.lines, peers.saturating_mul(self.lines_per_peer));
    }

    /// Lines of one bitfield.
    #[must_use]
    pub fn lines_per_peer(&self) -> usize {
        self.lines_per_peer
    }

    /// The bitfield of `peer`.
    #[inline]
    #[must_use]
    pub fn of(&self, peer: PeerIx) -> &[Line] {
        let first = peer.ix() * self.lines_per_peer;
        &self.lines[first..first + self.lines_per_peer]
    }

    /// The bitfield of `peer`, to change.
    #[inline]
    fn of_mut(&mut self, peer: PeerIx) -> &mut [Line] {
        let first = peer.ix() * self.lines_per_peer;
        &mut self.lines[first..first + self.lines_per_peer]
    }

    /// Line `line` of `peer`.
    #[inline]
    #[must_use]
    pub fn line(&self, peer: PeerIx, line: usize) -> &Line {
        &self.lines[peer.ix() * self.lines_per_peer + line]
    }

    /// Whether `peer` has `chunk`.
    #[inline]
    #[must_use]
    pub fn has(&self, peer: PeerIx, chunk: ChunkIx) -> bool {
        let (line, word, bit) = place(chunk);
        self.line(peer, line).0[word] & bit != 0
    }

    /// Gives `chunk` to `peer`.
    #[inline]
    pub fn set(&mut self, peer: PeerIx, chunk: ChunkIx) {
        let (line, word, bit) = place(chunk);
        self.of_mut(peer)[line].0[word] |= bit;
    }

    /// Takes `chunk` from `peer`.
    #[inline]
    pub fn clear(&mut self, peer: PeerIx, chunk: ChunkIx) {
        let (line, word, bit) = place(chunk);
        self.of_mut(peer)[line].0[word] &= !bit;
    }

    /// Takes all chunks from `peer`.
    pub fn clear_all(&mut self, peer: PeerIx) {
        self.of_mut(peer).fill(Line::default());
    }

    /// Gives all chunks to `peer`.
    pub fn set_all(&mut self, peer: PeerIx) {
        let chunks = self.chunks;
        for (i, word) in self.of_mut(peer).iter_mut().flat_map(|l| l.0.iter_mut()).enumerate() {
            let bits = chunks.saturating_sub(i * 64).min(64);
            *word = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
        }
    }

    /// How many chunks `peer` has.
    #[must_use]
    pub fn count(&self, peer: PeerIx) -> u32 {
        self.of(peer).iter().flat_map(|l| l.0).map(u64::count_ones).sum()
    }

    /// The chunks of `peer`, in file order.
    pub fn chunks_of(&self, peer: PeerIx) -> impl Iterator<Item = ChunkIx> + '_ {
        self.of(peer)
            .iter()
            .flat_map(|l| l.0)
            .enumerate()
            .flat_map(|(i, word)| bits_of(word).map(move |bit| ChunkIx::from_ix(i * 64 + bit)))
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.lines.len() * size_of::<Line>()
    }
}

/// The set bits of `word`, lowest first.
pub fn bits_of(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let bit = word.trailing_zeros() as usize;
            word &= word - 1;
            bit
        })
    })
}

/// Whether some bit is set in `a` and not in `b`: with `a` what a neighbour has and `b` what I have, "I am interested".
#[inline]
#[must_use]
pub fn any_beyond(a: &[Line], b: &[Line]) -> bool {
    a.iter().zip(b).any(|(a, b)| {
        let mut beyond = 0;
        for w in 0..LINE_WORDS {
            beyond |= a.0[w] & !b.0[w];
        }
        beyond != 0
    })
}

/// Whether some bit is set in both.
#[inline]
#[must_use]
pub fn any_common(a: &[Line], b: &[Line]) -> bool {
    a.iter().zip(b).any(|(a, b)| {
        let mut common = 0;
        for w in 0..LINE_WORDS {
            common |= a.0[w] & b.0[w];
        }
        common != 0
    })
}

/// Line, word in the line, and mask of a chunk's bit.
#[inline]
pub(super) fn place(chunk: ChunkIx) -> (usize, usize, u64) {
    let ix = chunk.ix();
    (ix / (64 * LINE_WORDS), ix / 64 % LINE_WORDS, 1 << (ix % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: PeerIx = PeerIx(1);
    const B: PeerIx = PeerIx(2);

    #[test]
    fn common_and_beyond_are_told_apart() {
        let mut fields = Bitfields::new(1000);
        fields.grow(3);
        fields.set(A, ChunkIx(700));
        let look = |f: &Bitfields| (any_common(f.of(A), f.of(B)), any_beyond(f.of(A), f.of(B)));
        assert_eq!(look(&fields), (false, true));
        fields.set(B, ChunkIx(699));
        assert_eq!(look(&fields), (false, true));
        fields.set(B, ChunkIx(700));
        assert_eq!(look(&fields), (true, false));
    }

    #[test]
    fn a_full_bitfield_has_just_the_chunks_of_the_file() {
        for chunks in [1, 63, 64, 65, 512, 513, 700] {
            let mut b = Bitfields::new(chunks);
            b.grow(3);
            b.set_all(A);
            assert_eq!(b.count(A) as usize, chunks);
            assert_eq!(b.chunks_of(A).last(), Some(ChunkIx::from_ix(chunks - 1)));
            assert_eq!((b.count(PeerIx(0)), b.count(B)), (0, 0));
        }
    }

    #[test]
    fn interest_is_in_what_the_other_has_beyond_mine() {
        let mut b = Bitfields::new(1000);
        b.grow(3);
        b.set(A, ChunkIx(999));
        assert!(any_beyond(b.of(A), b.of(B)));
        assert!(!any_beyond(b.of(B), b.of(A)));
        b.set(B, ChunkIx(999));
        assert!(!any_beyond(b.of(A), b.of(B)));
        b.clear(B, ChunkIx(999));
        assert!(b.has(A, ChunkIx(999)) && !b.has(B, ChunkIx(999)));
    }
}
