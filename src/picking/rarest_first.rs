//! `rarest-first`: the chunk that fewest neighbours have, ties at random (Cohen 2003).
//!
//! No counters are kept. When a chunk is chosen, its copies are counted then, for 512 chunks at once, in *bit planes*:
//! bit c of plane k is bit k of the count of chunk c. Adding a neighbour is a binary addition of its bitfield to
//! the planes. Seven neighbours go through four full adders first, which turns seven bitfields into one
//! three-bit number a chunk; that number is then added to the planes. So a choice costs about six vector operations a neighbour
//! and writes nothing, where counters would cost one random write a neighbour for every chunk that
//! anyone completes.
//!
//! The minimum is found from the top plane down: if some candidate has a 0 there, only those stay; if none
//! has, all have a 1 and all stay. What is left are exactly the candidates with the smallest count.

use crate::ids::{ChunkIx, PeerIx};
use crate::picking::picker::{PickView, Picker, draw_from, ones};
use crate::rng::{Rng, below};
use crate::swarm::bitfield::{LINE_WORDS, Line};

/// Planes that suffice for any count: a peer has fewer than 2^24 neighbours.
const MAX_PLANES: usize = 24;

/// The rule `rarest-first`.
#[derive(Clone, Debug, Default)]
pub struct RarestFirst {
    /// The rarest candidates so far, by line, while a choice spans several lines.
    best: Vec<(usize, Line)>,
}

impl Picker for RarestFirst {
    fn pick(&mut self, view: &PickView<'_>, rng: &mut Rng) -> Option<ChunkIx> {
        self.best.clear();
        let mut fewest = u32::MAX;
        let mut total = 0;
        for line in 0..view.wanted.len() {
            let candidates = view.candidates(line);
            if candidates.is_empty() {
                continue;
            }
            let (copies, rarest) = rarest_in_line(view, line, candidates);
            if copies < fewest {
                fewest = copies;
                total = 0;
                self.best.clear();
            }
            if copies == fewest {
                total += ones(&rarest);
                self.best.push((line, rarest));
            }
        }
        let mut n = match self.best[..] {
            [] => return None,
            [(line, rarest)] => return Some(draw_from(&rarest, line, total, rng)),
            _ => below(rng, total),
        };
        for (line, rarest) in &self.best {
            let here = ones(rarest);
            if n < here {
                return Some(crate::picking::picker::nth_of(rarest, *line, n));
            }
            n -= here;
        }
        unreachable!("fewer candidates than counted")
    }
}

/// The smallest number of copies among `candidates` of one line, and the candidates that have it.
fn rarest_in_line(view: &PickView<'_>, line: usize, candidates: Line) -> (u32, Line) {
    let planes = count_copies(view.neighbours, |peer| *view.known.line(peer, line));
    let mut rarest = candidates;
    let mut copies = 0;
    for (k, plane) in planes.used().iter().enumerate().rev() {
        let zero_here = and_not(&rarest, plane);
        if zero_here.is_empty() {
            copies |= 1 << k;
        } else {
            rarest = zero_here;
        }
    }
    (copies, rarest)
}

/// Bit planes of the counts of one line.
struct Planes {
    planes: [Line; MAX_PLANES],
    used: usize,
}

impl Planes {
    fn used(&self) -> &[Line] {
        &self.planes[..self.used]
    }

    /// Adds the number whose bits are `digits`, lowest first, to every count.
    #[inline]
    fn add(&mut self, digits: [Line; 3]) {
        let mut carry = Line::default();
        for (plane, digit) in self.planes.iter_mut().zip(digits) {
            (*plane, carry) = full_add(plane, &digit, &carry);
        }
        for plane in &mut self.planes[3..self.used] {
            (*plane, carry) = half_add(plane, &carry);
        }
    }
}

/// Counts over `neighbours` in how many of their lines each bit is set.
#[inline]
fn count_copies(neighbours: &[PeerIx], line_of: impl Fn(PeerIx) -> Line) -> Planes {
    // The count is at most the number of neighbours, which fixes the number of planes: no carry leaves the last one.
    let bits = usize::BITS - neighbours.len().leading_zeros();
    let mut sum = Planes {
        planes: [Line::default(); MAX_PLANES],
        used: (bits as usize).clamp(3, MAX_PLANES),
    };
    let sevens = neighbours.chunks_exact(7);
    let rest = sevens.remainder();
    for group in sevens {
        let l: [Line; 7] = std::array::from_fn(|i| line_of(group[i]));
        let (s0, c0) = full_add(&l[0], &l[1], &l[2]);
        let (s1, c1) = full_add(&l[3], &l[4], &l[5]);
        let (ones, c2) = full_add(&s0, &s1, &l[6]);
        let (twos, fours) = full_add(&c0, &c1, &c2);
        sum.add([ones, twos, fours]);
    }
    for &peer in rest {
        sum.add([line_of(peer), Line::default(), Line::default()]);
    }
    sum
}

/// Sum and carry of three bits, for each of the 512 chunks.
#[inline]
fn full_add(a: &Line, b: &Line, c: &Line) -> (Line, Line) {
    let (mut sum, mut carry) = (Line::default(), Line::default());
    for w in 0..LINE_WORDS {
        let half = a.0[w] ^ b.0[w];
        sum.0[w] = half ^ c.0[w];
        carry.0[w] = (a.0[w] & b.0[w]) | (half & c.0[w]);
    }
    (sum, carry)
}

/// Sum and carry of two bits, for each of the 512 chunks.
#[inline]
fn half_add(a: &Line, b: &Line) -> (Line, Line) {
    let (mut sum, mut carry) = (Line::default(), Line::default());
    for w in 0..LINE_WORDS {
        sum.0[w] = a.0[w] ^ b.0[w];
        carry.0[w] = a.0[w] & b.0[w];
    }
    (sum, carry)
}

#[inline]
fn and_not(a: &Line, b: &Line) -> Line {
    let mut out = Line::default();
    for w in 0..LINE_WORDS {
        out.0[w] = a.0[w] & !b.0[w];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, stream};
    use crate::swarm::bitfield::Bitfields;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The obvious rule: count with a loop, keep all with the smallest count.
    fn plain_rarest(view: &PickView<'_>) -> BTreeSet<u32> {
        let count = |c: ChunkIx| view.neighbours.iter().filter(|&&p| view.known.has(p, c)).count();
        let fewest = view.all_candidates().map(count).min();
        view.all_candidates()
            .filter(|&c| Some(count(c)) == fewest)
            .map(|c| c.0)
            .collect()
    }

    proptest! {
        #[test]
        fn chooses_what_a_plain_count_would_and_every_tie_is_reached(
            chunks in 1_usize..1200,
            degree in 0_usize..90,
            density in 0.0_f64..1.0,
            seed: u64,
        ) {
            use rand::RngExt;
            let mut rng = stream(seed, Purpose::Picking, 0);
            let mut known = Bitfields::new(chunks);
            known.grow(degree + 3);
            let (me, other) = (PeerIx::from_ix(degree + 1), PeerIx::from_ix(degree + 2));
            for peer in 1..degree + 3 {
                for c in 0..chunks {
                    if rng.random_bool(density) {
                        known.set(PeerIx::from_ix(peer), ChunkIx::from_ix(c));
                    }
                }
            }
            // Nobody, at place 0, is among the neighbours and must not count.
            let neighbours: Vec<PeerIx> = (0..=degree).map(PeerIx::from_ix).collect();
            let copies = vec![0; chunks];
            let view = PickView { wanted: known.of(me), offered: known.of(other), neighbours: &neighbours, known: &known, copies: &copies };
            let expected = plain_rarest(&view);
            let mut picker = RarestFirst::default();
            let mut seen = BTreeSet::new();
            for _ in 0..40 * expected.len().min(4) + 1 {
                match picker.pick(&view, &mut rng) {
                    None => prop_assert!(expected.is_empty()),
                    Some(c) => { prop_assert!(expected.contains(&c.0)); seen.insert(c.0); }
                }
            }
            if expected.len() <= 3 {
                prop_assert_eq!(seen, expected);
            }
        }
    }
}
