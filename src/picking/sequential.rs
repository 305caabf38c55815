//! `sequential`: the first chunk in file order, as a player that streams would ask. A control.

use crate::ids::ChunkIx;
use crate::picking::picker::{PickView, Picker};
use crate::rng::Rng;

/// The rule `sequential`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequential;

impl Picker for Sequential {
    fn pick(&mut self, view: &PickView<'_>, _rng: &mut Rng) -> Option<ChunkIx> {
        view.all_candidates().next()
    }
}
