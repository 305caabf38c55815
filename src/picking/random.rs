//! `random`: any chunk that the neighbour has and the peer wants, uniformly. A control for rarest first, and the rule for the first chunks.

use crate::ids::ChunkIx;
use crate::picking::picker::{PickView, Picker, nth_of, ones};
use crate::rng::{Rng, below};

/// The rule `random`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomChunk;

impl Picker for RandomChunk {
    fn pick(&mut self, view: &PickView<'_>, rng: &mut Rng) -> Option<ChunkIx> {
        let lines = 0..view.wanted.len();
        let total: usize = lines.clone().map(|l| ones(&view.candidates(l).0)).sum();
        if total == 0 {
            return None;
        }
        let mut n = below(rng, total);
        for line in lines {
            let candidates = view.candidates(line).0;
            let here = ones(&candidates);
            if n < here {
                return Some(nth_of(&candidates, line, n));
            }
            n -= here;
        }
        unreachable!("fewer candidates than counted")
    }
}
