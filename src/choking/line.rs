//! Neighbours in line for the optimistic slots, as in `OctoSim`, the simulator of Bharambe et al. 2006.
//!
//! Who is new enters at a drawn place, at the front as many times as likely as its weight says. A rotation brings the first that is interested and choked to
//! the front, and there it stays: so two neighbours may take turns for long. Slots that nobody has earned go to the first in line, interested or not.

use crate::choking::choker::{Decision, Neighbour, RechokeView};
use crate::choking::seats::Places;
use crate::ids::LinkIx;
use crate::rng::{Rng, below};
use crate::units::SimTime;

/// The line of one peer, as of its last decision.
#[derive(Clone, Debug)]
pub struct Line {
    new_weight: usize,
    order: Vec<Name>,
}

/// An end of a connection and when that was opened: later the end may be another connection's.
type Name = (LinkIx, SimTime);

fn name(n: &Neighbour) -> Name {
    (n.link, n.opened)
}

impl Line {
    /// What it keeps for a neighbour, bytes; as much again for room to grow.
    pub const NEIGHBOUR_BYTES: usize = 2 * size_of::<Name>();

    /// Nobody stands in it yet.
    #[must_use]
    pub fn new(new_weight: usize) -> Self {
        Self {
            new_weight,
            order: Vec::new(),
        }
    }

    /// Who is no longer in the view leaves the line, who is new there enters it, and a rotation takes place if it is due.
    pub(super) fn update(&mut self, view: &RechokeView<'_>, rng: &mut Rng) {
        self.order
            .retain(|held| view.neighbours.iter().any(|n| name(n) == *held));
        for n in view.neighbours {
            if !self.order.contains(&name(n)) {
                let drawn = below(rng, self.order.len() + self.new_weight);
                self.order.insert((drawn + 1).saturating_sub(self.new_weight), name(n));
            }
        }
        if let Decision::Periodic { rotate: true, .. } = view.decision {
            let waits = |&place: &usize| view.neighbours[place].interested && !view.neighbours[place].unchoked;
            if let Some(first) = self.places(view).iter().position(waits) {
                self.order[..=first].rotate_right(1);
            }
        }
    }

    /// Places in the view, in the order of the line.
    pub(super) fn places(&self, view: &RechokeView<'_>) -> Places {
        let place = |held: &Name| view.neighbours.iter().position(|n| name(n) == *held);
        self.order.iter().filter_map(place).collect()
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
        let rule = model::TitForTat {
            regular_slots: Slots::Fixed(0),
            optimistic_slots,
            snub_after: None,
            new_neighbour_weight: 3,
            optimistic_choice: OptimisticChoice::InLine,
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
