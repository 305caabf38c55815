//! `mode-suppression`: any chunk but the most common ones; all are allowed when all are equally common (Reddyvari, Parag & Shakkottai 2019).
//!
//! A peer that could only get a most common chunk waits. So the rare ones catch up, even where all but a few peers lack the same one, the case in which
//! rarest first is unstable (Hajek & Zhu 2011). As in the paper's first version, the whole swarm is counted, seeds included.

use crate::ids::ChunkIx;
use crate::picking::picker::{PickView, Picker};
use crate::rng::{Rng, below};

/// The rule `mode-suppression`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModeSuppression;

impl Picker for ModeSuppression {
    fn pick(&mut self, view: &PickView<'_>, rng: &mut Rng) -> Option<ChunkIx> {
        let most = view.copies.iter().max()?;
        let equal = view.copies.iter().min() == Some(most);
        let allowed = || view.all_candidates().filter(|c| equal || view.copies[c.ix()] < *most);
        let count = allowed().count();
        // A draw from none is none.
        (count > 0).then(|| below(rng, count)).and_then(|n| allowed().nth(n))
    }

    fn holds_back(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PeerIx;
    use crate::rng::{Purpose, stream};
    use crate::swarm::bitfield::Bitfields;
    use std::collections::BTreeSet;

    /// The chunks that are picked by one who wants all four from one who has all but the last.
    fn picked(copies: &[u32; 4]) -> BTreeSet<u32> {
        let (me, other) = (PeerIx(1), PeerIx(2));
        let mut known = Bitfields::new(4);
        known.grow(3);
        (0..4).for_each(|c| known.set(me, ChunkIx(c)));
        (0..3).for_each(|c| known.set(other, ChunkIx(c)));
        let view = PickView {
            wanted: known.of(me),
            offered: known.of(other),
            neighbours: &[other],
            known: &known,
            kept: None,
            copies,
        };
        let mut rng = stream(1, Purpose::Picking, 0);
        (0..100)
            .filter_map(|_| ModeSuppression.pick(&view, &mut rng))
            .map(|c| c.0)
            .collect()
    }

    #[test]
    fn the_most_common_are_never_picked_unless_all_are_equal() {
        assert_eq!(picked(&[3, 5, 4, 1]), BTreeSet::from([0, 2]));
        assert_eq!(picked(&[5, 5, 4, 5]), BTreeSet::from([2]));
        assert_eq!(
            picked(&[5, 5, 5, 1]),
            BTreeSet::new(),
            "only the last one may be picked, and nobody here has it"
        );
        assert_eq!(picked(&[5, 5, 5, 5]), BTreeSet::from([0, 1, 2]));
    }
}
