//! `fastest`: a seed unchokes the interested neighbours that take fastest, and one more at random (BEP 3; mainline before 4.0).

use crate::choking::choker::{Choker, Grant, Neighbour, RechokeView, regular_slots};
use crate::choking::optimistic::Optimistic;
use crate::choking::seats::Seats;
use crate::rng::Rng;
use crate::scenario::model;

/// The rule `fastest`.
#[derive(Clone, Debug)]
pub struct Fastest {
    regular: usize,
    optimistic: usize,
    choice: Optimistic,
}

impl Fastest {
    /// The choker of a peer with `upload` bytes per second.
    #[must_use]
    pub fn new(rule: &model::Fastest, upload: f64) -> Self {
        let optimistic = rule.optimistic_slots as usize;
        Self {
            regular: regular_slots(rule.regular_slots, optimistic, upload),
            optimistic,
            choice: Optimistic::new(rule.optimistic_choice, rule.new_neighbour_weight),
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

    fn needs_offers(&self) -> bool {
        self.choice.needs_offers()
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn serves_the_uninterested(&self) -> bool {
        true
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        let rate = |n: &Neighbour| n.sent_per_sec;
        let seats = Seats::new(view, self.slots(), grants);
        self.choice.give(seats, rng, self.regular, |_| true, rate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::Decision;
    use crate::choking::seats::by_hand::{TICK, at, decide, neighbour};
    use crate::scenario::model::{OptimisticChoice, Slots};

    fn choker(regular: u32, optimistic: u32, quickest: bool) -> Fastest {
        let optimistic_choice = if quickest {
            OptimisticChoice::Quickest
        } else {
            OptimisticChoice::Drawn
        };
        let rule = model::Fastest {
            regular_slots: Slots::Fixed(regular),
            optimistic_slots: optimistic,
            new_neighbour_weight: 1,
            optimistic_choice,
        };
        Fastest::new(&rule, 0.0)
    }

    /// Six neighbours that take 6, 5, … 1 and send 0, 1, … 5 bytes per second.
    fn takers() -> Vec<Neighbour> {
        let taker = |i: u32| Neighbour {
            sent_per_sec: f64::from(6 - i),
            received_per_sec: f64::from(i),
            ..neighbour(i)
        };
        (0..6).map(taker).collect()
    }

    #[test]
    fn ranks_by_what_a_neighbour_takes_not_by_what_it_sends() {
        assert_eq!(decide(&mut choker(2, 0, false), &takers(), at(100), TICK, 1).0, [0, 1]);
    }

    #[test]
    fn who_could_take_most_gets_the_optimistic_slot_until_the_next_rotation() {
        let mut all = takers();
        for (place, offer) in [(0, 9.0), (3, 8.0), (5, 7.0)] {
            all[place].offer_per_sec = offer;
        }
        let rotation = Decision::Periodic {
            number: 3,
            rotate: true,
        };
        for seed in 0..20 {
            // The one that takes fastest has its slot already.
            let mut choker = choker(2, 1, true);
            assert_eq!(
                decide(&mut choker, &all, at(100), rotation, seed),
                (vec![0, 1, 3], vec![3])
            );
            let mut later = all.clone();
            later[5].offer_per_sec = 10.0;
            assert_eq!(decide(&mut choker, &later, at(110), TICK, seed).1, [3]);
            assert_eq!(decide(&mut choker, &later, at(120), rotation, seed).1, [5]);
        }
    }
}
