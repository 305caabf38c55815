//! `global-rarest`: the chunk with fewest copies in the whole swarm, ties at random. An oracle to compare rarest first with:
//! no client can see the whole swarm.

use crate::ids::ChunkIx;
use crate::picking::picker::{PickView, Picker};
use crate::rng::{Rng, below};

/// The rule `global-rarest`.
#[derive(Clone, Copy, Debug, Default)]
pub struct GlobalRarest;

impl Picker for GlobalRarest {
    fn pick(&mut self, view: &PickView<'_>, rng: &mut Rng) -> Option<ChunkIx> {
        let copies = |c: ChunkIx| view.copies[c.ix()];
        let fewest = view.all_candidates().map(copies).min()?;
        let rarest = || view.all_candidates().filter(|&c| copies(c) == fewest);
        let n = below(rng, rarest().count());
        rarest().nth(n)
    }
}
