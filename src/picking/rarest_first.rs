//! `rarest-first`: the chunk that fewest neighbours have, ties at random (Cohen 2003).
//!
//! No counters are kept, but for long files (`kept_counts.rs`). When a chunk is chosen, its copies are counted then, for 512 chunks at once, in *bit planes*:
//! bit c of plane k is bit k of the count of chunk c. Adding a neighbour is a binary addition of its bitfield to
//! the planes. Seven neighbours go through four full adders first, which turns seven bitfields into one
//! three-bit number a chunk; that number is then added to the planes. So a choice costs about six vector operations a neighbour
//! and writes nothing, where counters would cost one random write a neighbour for every chunk that
//! anyone completes.
//!
//! The minimum is found from the top plane down: if some candidate has a 0 there, only those stay; if none
//! has, all have a 1 and all stay. What is left are exactly the candidates with the smallest count.

//!
//! The choice is compiled for several kinds of processor, and the widest vectors that this one has are used. The answer is the same.
#![allow(clippy::inline_always)] // What is compiled for one kind of processor must be in one piece.

use crate::ids::{ChunkIx, PeerIx};
use crate::picking::kept_counts::find_rarest_kept;
use crate::picking::picker::{PickView, Picker, nth_of, ones};
use crate::rng::{Rng, below};
use crate::swarm::bitfield::LINE_WORDS;

/// Planes that suffice for any count: a peer has fewer than 2^24 neighbours.
const MAX_PLANES: usize = 24;

/// Neighbours that are added up before they go to the planes.
const GROUP: usize = 7;

/// A line of a bitfield, word by word.
pub(super) type Words = [u64; LINE_WORDS];

/// The rule `rarest-first`.
#[derive(Clone, Debug, Default)]
pub struct RarestFirst {
    /// The rarest candidates so far, by line.
    best: Vec<(usize, Words)>,
    /// The widest vectors that this processor has.
    arch: pulp::Arch,
}

impl Picker for RarestFirst {
    fn pick(&mut self, view: &PickView<'_>, rng: &mut Rng) -> Option<ChunkIx> {
        let arch = self.arch;
        arch.dispatch(Pick {
            picker: self,
            view,
            rng,
        })
    }

    fn counts_neighbours(&self) -> bool {
        true
    }
}

/// A choice, compiled for several kinds of processor.
struct Pick<'a, 'v> {
    picker: &'a mut RarestFirst,
    view: &'a PickView<'v>,
    rng: &'a mut Rng,
}

impl pulp::WithSimd for Pick<'_, '_> {
    type Output = Option<ChunkIx>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Option<ChunkIx> {
        let Self { picker, view, rng } = self;
        match view.kept {
            Some(planes) => find_rarest_kept(view, planes, &mut picker.best),
            None => picker.find_rarest(view),
        }
        picker.draw(rng)
    }
}

impl RarestFirst {
    /// Leaves the rarest candidates in `best`.
    #[inline(always)]
    fn find_rarest(&mut self, view: &PickView<'_>) {
        self.best.clear();
        let mut fewest = u32::MAX;
        for line in 0..view.wanted.len() {
            let candidates = view.candidates(line).0;
            if is_empty(&candidates) {
                continue;
            }
            let (copies, rarest) = rarest_in(view, line, candidates);
            if copies < fewest {
                fewest = copies;
                self.best.clear();
            }
            if copies == fewest {
                self.best.push((line, rarest));
            }
        }
    }

    /// One of the rarest candidates, all with the same chance; none if there are none.
    #[inline(always)]
    fn draw(&self, rng: &mut Rng) -> Option<ChunkIx> {
        let total: usize = self.best.iter().map(|(_, words)| ones(words)).sum();
        let mut n = (total > 0).then(|| below(rng, total))?;
        for (line, words) in &self.best {
            let here = ones(words);
            if n < here {
                return Some(nth_of(words, *line, n));
            }
            n -= here;
        }
        unreachable!("fewer candidates than counted")
    }
}

/// The smallest number of copies among `candidates`, and the candidates that have it.
#[inline(always)]
fn rarest_in(view: &PickView<'_>, line: usize, candidates: Words) -> (u32, Words) {
    // The count is at most the number of neighbours, which fixes the number of planes: no carry leaves the last one.
    let used = (usize::BITS - view.neighbours.len().leading_zeros()).clamp(3, MAX_PLANES as u32) as usize;
    let mut planes = [[0; LINE_WORDS]; MAX_PLANES];
    let planes = &mut planes[..used];
    let known = |peer: PeerIx| view.known.line(peer, line).0;
    let groups = view.neighbours.chunks_exact(GROUP);
    let rest = groups.remainder();
    for group in groups {
        add_seven(planes, std::array::from_fn(|i| known(group[i])));
    }
    if !rest.is_empty() {
        add_seven(
            planes,
            std::array::from_fn(|i| rest.get(i).map_or([0; LINE_WORDS], |&peer| known(peer))),
        );
    }
    let mut rarest = candidates;
    let mut copies = 0;
    for (k, plane) in planes.iter().enumerate().rev() {
        let zero_here: Words = std::array::from_fn(|w| rarest[w] & !plane[w]);
        if is_empty(&zero_here) {
            copies |= 1 << k;
        } else {
            rarest = zero_here;
        }
    }
    (copies, rarest)
}

/// Adds seven bitfields to the counts in `planes`.
#[inline(always)]
fn add_seven(planes: &mut [Words], [n0, n1, n2, n3, n4, n5, n6]: [Words; GROUP]) {
    let (s0, c0) = full_add(n0, n1, n2);
    let (s1, c1) = full_add(n3, n4, n5);
    let (ones, c2) = full_add(s0, s1, n6);
    let (twos, fours) = full_add(c0, c1, c2);
    let mut carry = [0; LINE_WORDS];
    for (plane, digit) in planes.iter_mut().zip([ones, twos, fours]) {
        (*plane, carry) = full_add(*plane, digit, carry);
    }
    for plane in planes.iter_mut().skip(3) {
        let sum = std::array::from_fn(|w| plane[w] ^ carry[w]);
        carry = std::array::from_fn(|w| plane[w] & carry[w]);
        *plane = sum;
    }
}

/// Sum and carry of three bits, for each chunk of the line.
#[inline(always)]
fn full_add(a: Words, b: Words, c: Words) -> (Words, Words) {
    let half: Words = std::array::from_fn(|w| a[w] ^ b[w]);
    let sum = std::array::from_fn(|w| half[w] ^ c[w]);
    let carry = std::array::from_fn(|w| (a[w] & b[w]) | (half[w] & c[w]));
    (sum, carry)
}

#[inline(always)]
pub(super) fn is_empty(line: &Words) -> bool {
    line.iter().fold(0, |any, w| any | w) == 0
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
            let view = PickView { wanted: known.of(me), offered: known.of(other), neighbours: &neighbours, known: &known, kept: None, copies: &copies };
            let expected = plain_rarest(&view);
            let mut picker = RarestFirst::default();
            let mut seen = BTreeSet::new();
            for _ in 0..=40 * expected.len().min(4) {
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
