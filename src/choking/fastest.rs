//! `fastest`: a seed unchokes the interested neighbours that take fastest, and one more at random (BEP 3; mainline before 4.0).

use crate::choking::choker::{Choker, Grant, RechokeView, regular_slots};
use crate::choking::seats::Seats;
use crate::rng::Rng;
use crate::scenario::model::Slots;

/// The rule `fastest`.
#[derive(Clone, Copy, Debug)]
pub struct Fastest {
    regular: usize,
    optimistic: usize,
    new_weight: usize,
}

impl Fastest {
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

impl Choker for Fastest {
    fn slots(&self) -> usize {
        self.regular + self.optimistic
    }

    fn needs_sent_rates(&self) -> bool {
        true
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        Seats::new(view, self.slots(), grants).by_rate(
            rng,
            self.regular,
            self.new_weight,
            |_| true,
            |n| n.sent_per_sec,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::{Decision, Neighbour};
    use crate::choking::seats::by_hand::{at, decide, neighbour};

    #[test]
    fn ranks_by_what_a_neighbour_takes_not_by_what_it_sends() {
        let all: Vec<Neighbour> = (0..6_u32)
            .map(|i| Neighbour {
                sent_per_sec: f64::from(6 - i),
                received_per_sec: f64::from(i),
                ..neighbour(i)
            })
            .collect();
        let mut choker = Fastest::new(Slots::Fixed(2), 0, 1, 0.0);
        assert_eq!(
            decide(
                &mut choker,
                &all,
                at(100),
                Decision::Periodic {
                    number: 1,
                    rotate: false
                },
                1
            )
            .0,
            [0, 1]
        );
    }
}
