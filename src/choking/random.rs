//! `random`: all slots are drawn anew at each decision. A control: what would be without any rule.

use crate::choking::choker::{Choker, Grant, RechokeView};
use crate::choking::seats::Seats;
use crate::rng::Rng;

/// The rule `random`.
#[derive(Clone, Copy, Debug)]
pub struct RandomSlots {
    /// Slots in all.
    pub slots: usize,
}

impl Choker for RandomSlots {
    fn slots(&self) -> usize {
        self.slots
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        Seats::new(view, self.slots, grants).draw(rng, |_| 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::{Decision, Neighbour};
    use crate::choking::seats::by_hand::{at, decide, neighbour, unchoked_since};

    #[test]
    fn everyone_is_as_likely_whether_unchoked_or_not() {
        let mut all: Vec<Neighbour> = (0..5).map(neighbour).collect();
        all[0] = unchoked_since(all[0], 1, true);
        let mut hits = [0; 5];
        for seed in 0..5000 {
            let (slots, _) = decide(
                &mut RandomSlots { slots: 2 },
                &all,
                at(9),
                Decision::Periodic {
                    number: 1,
                    rotate: false,
                },
                seed,
            );
            for &p in &slots {
                hits[p] += 1;
            }
        }
        assert!(hits.iter().all(|h| (1850..2150).contains(h)), "2000 each: {hits:?}");
    }
}
