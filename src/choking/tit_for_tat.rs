//! `tit-for-tat`: unchoke the interested neighbours that sent most in the window, and one more at random (Cohen 2003; BEP 3).
//!
//! A neighbour that has sent nothing for a minute is snubbing: it can't earn a slot. Slots that nobody has earned are given at random too
//! (Cohen 2003, anti-snubbing). A neighbour that connected after the last rotation is three times as likely to be drawn (BEP 3).

use crate::choking::choker::{Choker, Grant, Neighbour, RechokeView, regular_slots};
use crate::choking::optimistic::Optimistic;
use crate::choking::seats::Seats;
use crate::rng::Rng;
use crate::scenario::model;
use crate::units::SimDuration;

/// The rule `tit-for-tat`.
#[derive(Clone, Debug)]
pub struct TitForTat {
    regular: usize,
    optimistic: usize,
    snub_after: Option<SimDuration>,
    choice: Optimistic,
}

impl TitForTat {
    /// The choker of a peer with `upload` bytes per second.
    #[must_use]
    pub fn new(rule: &model::TitForTat, upload: f64) -> Self {
        let optimistic = rule.optimistic_slots as usize;
        Self {
            regular: regular_slots(rule.regular_slots, optimistic, upload),
            optimistic,
            snub_after: rule.snub_after,
            choice: Optimistic::new(rule.optimistic_choice, rule.new_neighbour_weight),
        }
    }
}

impl Choker for TitForTat {
    fn slots(&self) -> usize {
        self.regular + self.optimistic
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
        let snub_after = self.snub_after;
        let gives = |n: &Neighbour| snub_after.is_none_or(|limit| view.now.since(n.last_received) <= limit);
        let rate = |n: &Neighbour| n.received_per_sec;
        let seats = Seats::new(view, self.slots(), grants);
        self.choice.give(seats, rng, self.regular, gives, rate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::Decision;
    use crate::choking::seats::by_hand::{at, decide, neighbour, unchoked_since};
    use crate::scenario::model::{OptimisticChoice, Slots};

    fn choker(regular: u32, optimistic: u32) -> TitForTat {
        let snub_after = Some(SimDuration::from_secs(60));
        let regular_slots = Slots::Fixed(regular);
        let rule = model::TitForTat {
            regular_slots,
            optimistic_slots: optimistic,
            snub_after,
            new_neighbour_weight: 3,
            optimistic_choice: OptimisticChoice::Drawn,
        };
        TitForTat::new(&rule, 0.0)
    }

    /// Six neighbours that send 0, 10, … 50 bytes per second.
    fn senders() -> Vec<Neighbour> {
        (0..6)
            .map(|i| Neighbour {
                received_per_sec: f64::from(i) * 10.0,
                ..neighbour(i)
            })
            .collect()
    }

    const TICK: Decision = Decision::Periodic {
        number: 1,
        rotate: false,
    };
    const ROTATION: Decision = Decision::Periodic {
        number: 3,
        rotate: true,
    };

    #[test]
    fn the_best_senders_earn_the_regular_slots() {
        let (all, lot) = decide(&mut choker(4, 0), &senders(), at(10), TICK, 1);
        assert_eq!((all, lot), (vec![2, 3, 4, 5], vec![]));
        let (all, lot) = decide(&mut choker(4, 1), &senders(), at(10), TICK, 1);
        assert_eq!(all.len(), 5);
        assert!(lot == [0] || lot == [1], "the fifth is drawn from the rest: {lot:?}");
    }

    #[test]
    fn an_optimistic_slot_is_held_until_the_rotation_and_then_drawn_anew() {
        let mut all = senders();
        all[0] = unchoked_since(all[0], 5, true);
        for seed in 0..20 {
            assert_eq!(decide(&mut choker(4, 1), &all, at(10), TICK, seed).1, [0]);
        }
        let drawn: Vec<_> = (0..20)
            .map(|s| decide(&mut choker(4, 1), &all, at(30), ROTATION, s).1)
            .collect();
        assert!(drawn.contains(&vec![0]) && drawn.contains(&vec![1]));
    }

    #[test]
    fn one_that_is_overtaken_has_no_claim_on_the_optimistic_slot() {
        let mut all = senders();
        all[0] = unchoked_since(all[0], 20, true);
        all[1] = unchoked_since(all[1], 30, false);
        for seed in 0..20 {
            let (slots, lot) = decide(&mut choker(4, 1), &all, at(40), TICK, seed);
            assert_eq!((slots, lot), (vec![0, 2, 3, 4, 5], vec![0]));
        }
    }

    #[test]
    fn one_that_snubs_earns_nothing_and_its_slot_becomes_optimistic() {
        let all: Vec<Neighbour> = senders()
            .into_iter()
            .map(|n| Neighbour {
                last_received: at(100),
                ..n
            })
            .collect();
        let mut with_snub = all.clone();
        with_snub[5].last_received = at(0);
        // Nobody else snubs, so the regular slots go to the next best ones.
        assert_eq!(decide(&mut choker(4, 0), &with_snub, at(101), TICK, 1).0, [1, 2, 3, 4]);
        // All snub: nothing is earned, and all five slots are drawn.
        let (slots, lot) = decide(&mut choker(4, 1), &all, at(161), TICK, 1);
        assert_eq!((slots.len(), lot.len()), (5, 5));
        assert_eq!(decide(&mut choker(4, 0), &all, at(161), TICK, 1).0.len(), 0);
    }

    #[test]
    fn equal_rates_leave_the_slots_where_they_are() {
        let mut all: Vec<Neighbour> = (0..10).map(neighbour).collect();
        for i in [1, 4, 7, 8] {
            all[i] = unchoked_since(all[i], 1, false);
        }
        for seed in 0..10 {
            assert_eq!(decide(&mut choker(4, 0), &all, at(10), TICK, seed).0, [1, 4, 7, 8]);
        }
    }

    #[test]
    fn a_refill_keeps_all_that_are_unchoked_and_fills_the_regular_slot_by_rate() {
        let mut all = senders();
        for i in [0, 1] {
            all[i] = unchoked_since(all[i], 1, false);
        }
        all[2] = unchoked_since(all[2], 1, true);
        let (slots, lot) = decide(&mut choker(3, 1), &all, at(12), Decision::Refill, 1);
        assert_eq!((slots, lot), (vec![0, 1, 2, 5], vec![2]));
    }

    #[test]
    fn where_slots_are_held_those_that_nobody_earned_go_to_the_uninterested_too() {
        let mut all = senders();
        all[..4].iter_mut().for_each(|n| n.interested = false);
        let (slots, lot) = decide(&mut choker(4, 1), &all, at(10), TICK, 1);
        assert_eq!((slots.len(), lot.len()), (5, 3), "two have earned theirs");
        assert!(lot.iter().all(|&place| place < 4), "{lot:?}");
        // The one that holds the slot keeps it until a rotation finds somebody who waits.
        all[3] = unchoked_since(all[3], 5, true);
        for seed in 0..10 {
            assert_eq!(decide(&mut choker(2, 1), &all, at(10), TICK, seed).1, [3]);
            all[0].interested = true;
            assert_eq!(decide(&mut choker(2, 1), &all, at(30), ROTATION, seed).1, [0]);
            all[0].interested = false;
        }
    }

    #[test]
    fn a_new_neighbour_is_three_times_as_likely() {
        let mut all: Vec<Neighbour> = (0..5).map(neighbour).collect();
        all[3].opened = at(1);
        let hits = (0..4000)
            .filter(|&s| decide(&mut choker(0, 1), &all, at(30), ROTATION, s).1 == [3])
            .count();
        assert!((1600..1830).contains(&hits), "3 in 7 of 4000 is 1714, not {hits}");
    }
}
