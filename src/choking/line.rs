//! Neighbours in line for the optimistic slots, as in `OctoSim`, the simulator of Bharambe et al. 2006.
//!
//! Who is new enters at a drawn place, at the front as many times as likely as its weight says. A rotation brings the first that is interested and choked to
//! the front, and there it stays: so two neighbours may take turns for long. Or it puts all in order anew, by what they could give now (quick bandwidth
//! matching), as a refill does with those that have no slot. Slots that nobody has earned go to the first in line, interested or not; of equal rates the first in line earns the slot.

use crate::choking::choker::{Decision, Neighbour, RechokeView};
use crate::choking::seats::Places;
use crate::ids::LinkIx;
use crate::rng::{Rng, below};
use crate::units::SimTime;

/// The line of one peer, as of its last decision.
#[derive(Clone, Debug)]
pub struct Line {
    new_weight: usize,
    rotation: Rotation,
    order: Vec<Name>,
}

/// What a rotation does to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rotation {
    /// Brings the first that waits to the front.
    FirstToWait,
    /// Puts those that could give most, or take most from a seed, first.
    ByOffer,
}

/// An end of a connection and when that was opened: later the end may be another connection's.
pub(super) type Name = (LinkIx, SimTime);

pub(super) fn name(n: &Neighbour) -> Name {
    (n.link, n.opened)
}

/// Its place in the view, where neighbours stand by their ends.
pub(super) fn place(view: &RechokeView<'_>, held: &Name) -> Option<usize> {
    let place = view.neighbours.binary_search_by_key(&held.0, |n| n.link).ok()?;
    (view.neighbours[place].opened == held.1).then_some(place)
}

impl Line {
    /// What it keeps for a neighbour, bytes; as much again for room to grow.
    pub const NEIGHBOUR_BYTES: usize = 2 * size_of::<Name>();

    /// Nobody stands in it yet.
    pub(super) fn new(new_weight: usize, rotation: Rotation) -> Self {
        Self {
            new_weight,
            rotation,
            order: Vec::new(),
        }
    }

    /// Whether it looks at what neighbours could give.
    pub(super) fn needs_offers(&self) -> bool {
        self.rotation == Rotation::ByOffer
    }

    /// Who is no longer in the view leaves the line, who is new there enters it, and a rotation takes place if it is due.
    pub(super) fn update(&mut self, view: &RechokeView<'_>, rng: &mut Rng) {
        let mut stands = vec![false; view.neighbours.len()];
        self.order
            .retain(|held| place(view, held).map(|place| stands[place] = true).is_some());
        for (n, stands) in view.neighbours.iter().zip(stands) {
            if !stands {
                let drawn = below(rng, self.order.len() + self.new_weight);
                self.order.insert((drawn + 1).saturating_sub(self.new_weight), name(n));
            }
        }
        match (view.decision, self.rotation) {
            (Decision::Periodic { rotate: true, .. }, Rotation::FirstToWait) => {
                let waits = |&place: &usize| view.neighbours[place].interested && !view.neighbours[place].unchoked;
                if let Some(first) = self.places(view).iter().position(waits) {
                    self.order[..=first].rotate_right(1);
                }
            }
            (Decision::Periodic { rotate: true, .. }, Rotation::ByOffer) => self.sort(view, |_| false),
            // Whoever has a slot keeps it.
            (Decision::Refill | Decision::ChunkSent(_), Rotation::ByOffer) => self.sort(view, |n| n.unchoked),
            _ => {}
        }
    }

    /// Puts who could give most first, after those that come `before` all others.
    fn sort(&mut self, view: &RechokeView<'_>, before: impl Fn(&Neighbour) -> bool) {
        let mut places = self.places(view);
        let key = |place: usize| (before(&view.neighbours[place]), view.neighbours[place].offer_per_sec);
        places.sort_by(|&a, &b| {
            let ((a_before, a), (b_before, b)) = (key(a), key(b));
            b_before.cmp(&a_before).then(b.total_cmp(&a))
        });
        self.order = places.into_iter().map(|place| name(&view.neighbours[place])).collect();
    }

    /// Places in the view, in the order of the line.
    pub(super) fn places(&self, view: &RechokeView<'_>) -> Places {
        self.order.iter().filter_map(|held| place(view, held)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::Choker;
    use crate::choking::seats::by_hand::{TICK, at, decide, neighbour};
    use crate::choking::tit_for_tat::TitForTat;
    use crate::scenario::model::{self, OptimisticChoice, Slots};

    const ROTATION: Decision = Decision::Periodic {
        number: 3,
        rotate: true,
    };

    fn choker(optimistic_slots: u32) -> TitForTat {
        choosing(0, optimistic_slots, OptimisticChoice::InLine)
    }

    fn choosing(regular_slots: u32, optimistic_slots: u32, optimistic_choice: OptimisticChoice) -> TitForTat {
        let rule = model::TitForTat {
            regular_slots: Slots::Fixed(regular_slots),
            optimistic_slots,
            snub_after: None,
            new_neighbour_weight: 3,
            optimistic_choice,
        };
        TitForTat::new(&rule, 0.0)
    }

    /// Who gets the slots; the neighbours know of it.
    fn play(choker: &mut dyn Choker, all: &mut [Neighbour], decision: Decision, seed: u64) -> Vec<usize> {
        let (slots, _) = decide(choker, all, at(30), decision, seed);
        for (place, n) in all.iter_mut().enumerate() {
            n.unchoked = slots.contains(&place);
        }
        slots
    }

    #[test]
    fn the_first_keeps_its_slot_until_a_rotation_and_two_take_turns() {
        for seed in 0..10 {
            let mut choker = choker(1);
            let mut all: Vec<_> = (0..6).map(neighbour).collect();
            let first = play(&mut choker, &mut all, TICK, seed);
            assert_eq!(play(&mut choker, &mut all, TICK, seed), first);
            let second = play(&mut choker, &mut all, ROTATION, seed);
            assert_ne!(first, second);
            assert_eq!(play(&mut choker, &mut all, TICK, seed), second);
            assert_eq!(play(&mut choker, &mut all, ROTATION, seed), first);
            assert_eq!(play(&mut choker, &mut all, ROTATION, seed), second);
        }
    }

    #[test]
    fn a_rotation_passes_over_who_is_not_interested_but_the_first_holds_its_slot_all_the_same() {
        for seed in 0..10 {
            let mut choker = choker(1);
            let mut all: Vec<_> = (0..6).map(neighbour).collect();
            all.iter_mut().for_each(|n| n.interested = n.link == LinkIx(4));
            play(&mut choker, &mut all, TICK, seed);
            all[4].unchoked = false;
            assert_eq!(play(&mut choker, &mut all, ROTATION, seed), [4]);
            all[4].interested = false;
            assert_eq!(play(&mut choker, &mut all, ROTATION, seed), [4], "nobody else waits");
        }
    }

    #[test]
    fn of_equal_rates_the_first_in_line_earns_the_slot() {
        for seed in 0..10 {
            let mut choker = choosing(1, 1, OptimisticChoice::InLine);
            let mut all: Vec<_> = (0..6).map(neighbour).collect();
            let (slots, lot) = decide(&mut choker, &all, at(30), TICK, seed);
            let first = *slots
                .iter()
                .find(|&place| !lot.contains(place))
                .expect("a slot is earned");
            all[lot[0]].unchoked = true;
            let (slots, lot) = decide(&mut choker, &all, at(40), TICK, seed);
            assert!(
                slots.contains(&first) && !lot.contains(&first),
                "whoever else has a slot"
            );
            all[lot[0]].received_per_sec = 1.0;
            let (_, lot_now) = decide(&mut choker, &all, at(50), TICK, seed);
            assert_eq!(lot_now, [first], "the first of the others");
        }
    }

    #[test]
    fn the_quickest_gets_the_optimistic_slot_until_the_next_rotation() {
        for seed in 0..10 {
            let mut choker = choosing(2, 1, OptimisticChoice::Quickest);
            let mut all: Vec<_> = (0..6).map(neighbour).collect();
            for (place, rate, offer) in [(0, 0.0, 7.0), (1, 0.0, 9.0), (2, 1.0, 8.0), (5, 2.0, 20.0)] {
                (all[place].received_per_sec, all[place].offer_per_sec) = (rate, offer);
            }
            // The best senders have their slots already, whatever they offer.
            assert_eq!(play(&mut choker, &mut all, ROTATION, seed), [1, 2, 5]);
            all[0].offer_per_sec = 10.0;
            assert_eq!(play(&mut choker, &mut all, TICK, seed), [1, 2, 5]);
            assert_eq!(play(&mut choker, &mut all, ROTATION, seed), [0, 2, 5]);
        }
    }

    #[test]
    fn who_is_new_is_three_times_as_likely_to_be_first() {
        let hits = (0..4000).filter(|&seed| {
            let mut choker = choker(1);
            let mut all: Vec<_> = (0..4).map(neighbour).collect();
            play(&mut choker, &mut all, TICK, seed);
            all.push(neighbour(4));
            play(&mut choker, &mut all, TICK, seed + 4000) == [4]
        });
        let hits = hits.count();
        assert!((1600..1830).contains(&hits), "3 in 7 of 4000 is 1714, not {hits}");
    }
}
