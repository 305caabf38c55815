//! `free-rider`: nobody is ever unchoked (Locher et al. 2006; Sirivianos et al. 2007).

use crate::choking::choker::{Choker, Grant, RechokeView};
use crate::rng::Rng;

/// The rule `free-rider`.
#[derive(Clone, Copy, Debug)]
pub struct FreeRider;

impl Choker for FreeRider {
    fn slots(&self) -> usize {
        0
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn rechoke(&mut self, _view: &RechokeView<'_>, _rng: &mut Rng, _grants: &mut Vec<Grant>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::Decision;
    use crate::choking::seats::by_hand::{at, decide, neighbour};

    #[test]
    fn nobody_gets_a_slot() {
        let all: Vec<_> = (0..5).map(neighbour).collect();
        assert_eq!(
            decide(
                &mut FreeRider,
                &all,
                at(1),
                Decision::Periodic {
                    number: 3,
                    rotate: true
                },
                1
            )
            .0,
            [0; 0]
        );
    }
}
