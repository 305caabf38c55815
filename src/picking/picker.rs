//! What a picker sees, and what it answers.

use crate::ids::{ChunkIx, PeerIx};
use crate::picking::global_rarest::GlobalRarest;
use crate::picking::mode_suppression::ModeSuppression;
use crate::picking::random::RandomChunk;
use crate::picking::rarest_first::RarestFirst;
use crate::picking::sequential::Sequential;
use crate::rng::Rng;
use crate::scenario::model;
use crate::swarm::bitfield::{Bitfields, LINE_WORDS, Line, bits_of};

/// Read-only view of one choice: a leecher has a free request slot towards an unchoking neighbour.
#[derive(Clone, Copy, Debug)]
pub struct PickView<'a> {
    /// Chunks that the leecher lacks and has not begun.
    pub wanted: &'a [Line],
    /// Chunks that the neighbour shows.
    pub offered: &'a [Line],
    /// The leecher's neighbours; [`PeerIx::NOBODY`], who has nothing, may be among them.
    pub neighbours: &'a [PeerIx],
    /// What those neighbours have, as far as the leecher knows.
    pub known: &'a Bitfields,
    /// The numbers of copies among the neighbours in bit planes, the ones first, if they are kept up to date.
    pub kept: Option<&'a [Line]>,
    /// Copies of each chunk in the whole swarm. No real client knows this.
    pub copies: &'a [u32],
}

impl PickView<'_> {
    /// The chunks of line `line` that could be chosen.
    #[inline]
    #[must_use]
    pub fn candidates(&self, line: usize) -> Line {
        let mut both = self.wanted[line];
        for w in 0..LINE_WORDS {
            both.0[w] &= self.offered[line].0[w];
        }
        both
    }

    /// All chunks that could be chosen, in file order.
    pub fn all_candidates(&self) -> impl Iterator<Item = ChunkIx> + '_ {
        (0..self.wanted.len()).flat_map(move |line| {
            self.candidates(line)
                .0
                .into_iter()
                .enumerate()
                .flat_map(move |(w, word)| {
                    bits_of(word).map(move |bit| ChunkIx::from_ix((line * LINE_WORDS + w) * 64 + bit))
                })
        })
    }
}

/// Chooses one of the candidates.
pub trait Picker: Send {
    /// The chunk to ask for; `None` when there is no candidate, or none that the rule allows.
    fn pick(&mut self, view: &PickView<'_>, rng: &mut Rng) -> Option<ChunkIx>;

    /// Whether the rule counts copies among the neighbours, so that it can use what [`PickView::kept`] has counted.
    fn counts_neighbours(&self) -> bool {
        false
    }

    /// Whether the rule can refuse all candidates. A peer that has been refused looks again when something that it sees has changed, and at each of
    /// its unchoke decisions.
    fn holds_back(&self) -> bool {
        false
    }
}

/// The picker for a rule of the scenario.
#[must_use]
pub fn for_rule(rule: model::Picker) -> Box<dyn Picker> {
    match rule {
        model::Picker::RarestFirst => Box::new(RarestFirst::default()),
        model::Picker::Random => Box::new(RandomChunk),
        model::Picker::Sequential => Box::new(Sequential),
        model::Picker::GlobalRarest => Box::new(GlobalRarest),
        model::Picker::ModeSuppression => Box::new(ModeSuppression),
    }
}

/// Bits set in the words of a line.
#[inline(always)]
#[allow(clippy::inline_always)] // It is compiled with its caller for one kind of processor: counting bits is one instruction, or a dozen.
pub(super) fn ones(words: &[u64; LINE_WORDS]) -> usize {
    words.iter().map(|w| w.count_ones() as usize).sum()
}

/// The `n`-th set bit of line `line` of a bitfield, counted from 0.
pub(super) fn nth_of(words: &[u64; LINE_WORDS], line: usize, mut n: usize) -> ChunkIx {
    for (w, &word) in words.iter().enumerate() {
        let here = word.count_ones() as usize;
        if n < here {
            let mut rest = word;
            for _ in 0..n {
                rest &= rest - 1;
            }
            return ChunkIx::from_ix((line * LINE_WORDS + w) * 64 + rest.trailing_zeros() as usize);
        }
        n -= here;
    }
    unreachable!("fewer set bits than counted")
}
