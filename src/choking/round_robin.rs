//! `round-robin`: a seed serves every neighbour in turn (mainline 4.0; Legout et al. 2006).
//!
//! Those unchoked most recently keep their slots. In two decisions of three the one that has held its slot longest makes room for one drawn at random;
//! in the third all stay. So with 4 slots and a decision every 10 s two new neighbours are served in 30 s. A slot that falls free otherwise goes
//! to the neighbour that waits longest.

use crate::choking::choker::{Choker, Decision, Grant, RechokeView};
use crate::choking::seats::Seats;
use crate::rng::Rng;

/// The rule `round-robin`.
#[derive(Clone, Copy, Debug)]
pub struct RoundRobin {
    /// Slots in all.
    pub slots: usize,
}

impl Choker for RoundRobin {
    fn slots(&self) -> usize {
        self.slots
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        let by_lot = usize::from(view.decision == Decision::Periodic { rotate: false });
        let mut seats = Seats::new(view, self.slots, grants);
        let kept = seats.free().saturating_sub(by_lot);
        for place in seats.unchoked_newest_first().into_iter().take(kept) {
            seats.give(place, false);
        }
        let by_waiting = seats.free().saturating_sub(by_lot);
        let waiting = seats.ranked(rng, |n| !n.unchoked, |a, b| a.unchoked_at.cmp(&b.unchoked_at));
        for place in waiting.into_iter().take(by_waiting) {
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
                Decision::Periodic { rotate: false },
                seed,
            );
            assert_eq!(all[..3], [1, 2, 3]);
            assert!(lot.len() == 1 && lot[0] >= 4);
            let (all, lot) = decide(
                &mut choker,
                &neighbours(),
                at(40),
                Decision::Periodic { rotate: true },
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
    fn with_few_neighbours_all_are_served() {
        let mut choker = RoundRobin { slots: 4 };
        let two: Vec<Neighbour> = neighbours().into_iter().take(2).collect();
        for rotate in [false, true] {
            assert_eq!(
                decide(&mut choker, &two, at(40), Decision::Periodic { rotate }, 1).0,
                [0, 1]
            );
        }
    }
}
