//! `round-robin`: a seed serves every neighbour in turn (mainline 4.0; Legout et al. 2006).
//!
//! Those unchoked most recently keep their slots. So many of those that have held theirs longest make room for others, drawn at random, that about
//! two slots in nine change hands at each decision: with 4 slots one in two decisions of three, none in the third. A slot that fell free since the last
//! decision counts as one of them; it goes to the neighbour that waits longest.

use crate::choking::choker::{Choker, Decision, Grant, Neighbour, RechokeView};
use crate::choking::seats::Seats;
use crate::rng::Rng;

/// The rule `round-robin`.
#[derive(Clone, Copy, Debug)]
pub struct RoundRobin {
    /// Slots in all.
    pub slots: usize,
}

impl RoundRobin {
    /// How many slots are drawn anew in this decision (mainline 4.0.0, `Choker.py`: `(i + count % 3) // 3` with `i = (slots + 2) // 3`, less those
    /// that were filled since the last decision).
    fn draws(self, view: &RechokeView<'_>) -> usize {
        let Decision::Periodic { number, .. } = view.decision else {
            return 0;
        };
        let due = (self.slots.div_ceil(3) + number as usize % 3) / 3;
        let refilled = view
            .neighbours
            .iter()
            .filter(|n| n.unchoked && n.unchoked_at > Some(view.decided_at))
            .count();
        due.saturating_sub(refilled)
    }
}

impl Choker for RoundRobin {
    fn slots(&self) -> usize {
        self.slots
    }

    fn needs_waits(&self) -> bool {
        true
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        let by_lot = self.draws(view);
        let mut seats = Seats::new(view, self.slots, grants);
        let kept = seats.free().saturating_sub(by_lot);
        for place in seats.unchoked_newest_first().into_iter().take(kept) {
            seats.give(place, false);
        }
        let by_waiting = seats.free().saturating_sub(by_lot);
        let longest_first = |a: &Neighbour, b: &Neighbour| a.unchoked_at.cmp(&b.unchoked_at);
        for place in seats.ranked(rng, by_waiting, |n| !n.unchoked, longest_first) {
            seats.give(place, false);
        }
        // Those that wait come before the one that has just made room.
        seats.draw(rng, |n| usize::from(!n.unchoked));
        seats.draw(rng, |_| 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::Neighbour;
    use crate::choking::seats::by_hand::{at, decide, neighbour, unchoked_since};

    /// Ten neighbours; 0 to 3 are unchoked, 0 the longest.
    fn neighbours() -> Vec<Neighbour> {
        (0..10)
            .map(|i| {
                if i < 4 {
                    unchoked_since(neighbour(i), u64::from(i), false)
                } else {
                    neighbour(i)
                }
            })
            .collect()
    }

    #[test]
    fn the_longest_served_makes_room_in_two_decisions_of_three() {
        let mut choker = RoundRobin { slots: 4 };
        for seed in 0..20 {
            let (all, lot) = decide(
                &mut choker,
                &neighbours(),
                at(40),
                Decision::Periodic {
                    number: 1,
                    rotate: false,
                },
                seed,
            );
            assert_eq!(all[..3], [1, 2, 3]);
            assert!(lot.len() == 1 && lot[0] >= 4);
            let (all, lot) = decide(
                &mut choker,
                &neighbours(),
                at(40),
                Decision::Periodic {
                    number: 3,
                    rotate: true,
                },
                seed,
            );
            assert_eq!((all, lot), (vec![0, 1, 2, 3], vec![]));
        }
    }

    #[test]
    fn a_free_slot_goes_to_who_waits_longest() {
        let mut all = neighbours();
        all[1].unchoked = false; // was served at 1 s
        for n in &mut all[4..] {
            n.unchoked_at = Some(at(20 + u64::from(n.peer.0)));
        }
        let mut choker = RoundRobin { slots: 4 };
        assert_eq!(decide(&mut choker, &all, at(40), Decision::Refill, 1).0, [0, 1, 2, 3]);
        all[6].unchoked_at = None; // never served
        assert_eq!(decide(&mut choker, &all, at(40), Decision::Refill, 1).0, [0, 2, 3, 6]);
    }

    #[test]
    fn many_slots_rotate_in_proportion_and_refills_count() {
        let all: Vec<Neighbour> = (0..80)
            .map(|i| {
                if i < 27 {
                    unchoked_since(neighbour(i), 1 + u64::from(i), false)
                } else {
                    neighbour(i)
                }
            })
            .collect();
        let mut choker = RoundRobin { slots: 27 };
        let mut drawn = |all: &[Neighbour]| -> usize {
            let decision = |number| Decision::Periodic { number, rotate: false };
            (1..=3)
                .map(|number| decide(&mut choker, all, at(40), decision(number), 1).1.len())
                .sum()
        };
        // (9 + 1)/3 + (9 + 2)/3 + 9/3
        assert_eq!(drawn(&all), 9);
        // Two that were filled since the last decision, at 30 s, come off each of them.
        let refilled: Vec<Neighbour> = all
            .iter()
            .map(|n| {
                if n.peer.0 < 2 {
                    unchoked_since(*n, 35, false)
                } else {
                    *n
                }
            })
            .collect();
        assert_eq!(drawn(&refilled), 3);
    }

    #[test]
    fn with_few_neighbours_all_are_served() {
        let mut choker = RoundRobin { slots: 4 };
        let two: Vec<Neighbour> = neighbours().into_iter().take(2).collect();
        for number in 1..=3 {
            assert_eq!(
                decide(
                    &mut choker,
                    &two,
                    at(40),
                    Decision::Periodic { number, rotate: false },
                    1
                )
                .0,
                [0, 1]
            );
        }
    }
}
