//! `birds`: the interested neighbours whose speed is closest to one's own, and one more at random (Rahman et al. 2011, "birds of a feather").
//!
//! One's own speed is what a neighbour gets of it: the upload capacity over the slots. The speed of a neighbour is the rate at which it sends. One that
//! has sent nothing in the window shows none and can't earn a slot; slots that nobody has earned are given at random, as in tit-for-tat.

use crate::choking::choker::{Choker, Grant, RechokeView, regular_slots};
use crate::choking::seats::Seats;
use crate::rng::Rng;
use crate::scenario::model::Slots;

/// The rule `birds`.
#[derive(Clone, Copy, Debug)]
pub struct Birds {
    regular: usize,
    optimistic: usize,
    new_weight: usize,
}

impl Birds {
    /// The choker of a peer with `upload` bytes per second.
    #[must_use]
    pub fn new(regular: Slots, optimistic: u32, new_neighbour_weight: u32, upload: f64) -> Self {
        let optimistic = optimistic as usize;
        Self {
            regular: regular_slots(regular, optimistic, upload),
            optimistic,
            new_weight: new_neighbour_weight as usize,
        }
    }
}

impl Choker for Birds {
    fn slots(&self) -> usize {
        self.regular + self.optimistic
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn serves_the_uninterested(&self) -> bool {
        true
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        let own = view.upload / self.slots() as f64;
        Seats::new(view, self.slots(), grants).by_rate(
            rng,
            self.regular,
            self.new_weight,
            |n| n.received_per_sec > 0.0,
            |n| -(n.received_per_sec - own).abs(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::Neighbour;
    use crate::choking::seats::by_hand::{TICK, at, decide, neighbour};

    #[test]
    fn the_nearest_to_the_own_speed_earn_the_slots() {
        // 100 kB/s over 4 + 1 slots are 20 kB/s each.
        let speeds = [0.0, 1e3, 12e3, 21e3, 26e3, 80e3];
        let all: Vec<_> = (0..)
            .zip(speeds)
            .map(|(i, received_per_sec)| Neighbour {
                received_per_sec,
                ..neighbour(i)
            })
            .collect();
        let regular = |n| {
            let (slots, lot) = decide(&mut Birds::new(Slots::Fixed(n), 5 - n, 1, 0.0), &all, at(10), TICK, 1);
            slots.into_iter().filter(|p| !lot.contains(p)).collect::<Vec<_>>()
        };
        assert_eq!(regular(1), [3]);
        assert_eq!(regular(3), [2, 3, 4]);
        assert_eq!(regular(4), [1, 2, 3, 4]);
    }

    #[test]
    fn who_sends_nothing_earns_nothing() {
        let all: Vec<_> = (0..3).map(neighbour).collect();
        let (slots, lot) = decide(&mut Birds::new(Slots::Fixed(4), 1, 1, 0.0), &all, at(10), TICK, 1);
        assert_eq!((slots.len(), lot.len()), (3, 3));
    }
}
