//! `altruist`: every interested neighbour is unchoked, and all get the same. A control.

use crate::choking::choker::{Choker, Grant, RechokeView};
use crate::rng::Rng;

/// The rule `altruist`.
#[derive(Clone, Copy, Debug)]
pub struct Altruist;

impl Choker for Altruist {
    fn slots(&self) -> usize {
        usize::MAX
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, _rng: &mut Rng, grants: &mut Vec<Grant>) {
        let all = 0..view.neighbours.len();
        grants.extend(all.map(|neighbour| Grant {
            neighbour,
            optimistic: false,
            weight: 1.0,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::Decision;
    use crate::choking::seats::by_hand::{at, decide, neighbour};

    #[test]
    fn nobody_is_left_out() {
        let all: Vec<_> = (0..70).map(neighbour).collect();
        assert_eq!(decide(&mut Altruist, &all, at(1), Decision::Refill, 1).0.len(), 70);
    }
}
