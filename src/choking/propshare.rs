//! `propshare`: the upload is split in proportion to what each neighbour gave in the last round (Levin et al. 2008, `PropShare`).
//!
//! A round is the time between two regular decisions. A fixed share of the upload explores: it is split among neighbours that are drawn as optimistic
//! ones are (BEP 3), and it is all there is while nobody has given anything; then as many are drawn as such shares fit into the upload.
//!
//! What explores is not paid back: neighbours that rank by rate, as tit-for-tat does, are offered that much less than an equal of theirs would offer.

use crate::choking::choker::{Choker, Decision, Grant, Neighbour, RechokeView};
use crate::choking::seats::Seats;
use crate::rng::Rng;
use crate::scenario::model;

/// The rule `propshare`.
#[derive(Clone, Copy, Debug)]
pub struct PropShare {
    rule: model::PropShare,
    slots: usize,
}

impl PropShare {
    /// The choker of a peer to which nobody has given anything yet.
    #[must_use]
    pub fn new(rule: model::PropShare) -> Self {
        let mut choker = Self { rule, slots: 0 };
        choker.slots = choker.exploring(0);
        choker
    }

    /// How many neighbours explore beside `earners` that have given something.
    fn exploring(&self, earners: usize) -> usize {
        let beside = self.rule.optimistic_slots as usize;
        if earners > 0 {
            beside
        } else {
            // 1 / 0.1 is no more than a rounding error below 10.
            (beside as f64 / self.rule.exploring_share + 1e-9) as usize
        }
    }
}

impl Choker for PropShare {
    fn slots(&self) -> usize {
        self.slots
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        // Between two decisions the earners of the last one stay what they are.
        let new_round = matches!(view.decision, Decision::Periodic { .. });
        let earns = |n: &Neighbour| {
            if new_round {
                n.received_in_round > 0
            } else {
                n.unchoked && !n.optimistic
            }
        };
        let earners = view.neighbours.iter().filter(|n| earns(n)).count();
        self.slots = earners + self.exploring(earners);
        let mut seats = Seats::new(view, self.slots, grants);
        for (place, neighbour) in view.neighbours.iter().enumerate() {
            if earns(neighbour) {
                seats.give(place, false);
            }
        }
        seats.by_lot(rng, 1);

        let merit = |grant: &Grant| {
            let neighbour = &view.neighbours[grant.neighbour];
            if new_round {
                neighbour.received_in_round as f64
            } else {
                f64::from(neighbour.weight)
            }
        };
        let (explorers, earners): (Vec<_>, Vec<_>) = grants.iter().partition(|grant| grant.optimistic);
        let all_merit: f64 = earners.into_iter().map(merit).sum();
        let (share, explorers) = (self.rule.exploring_share, explorers.len() as f64);
        for grant in grants {
            let weight = if grant.optimistic {
                share / explorers
            } else {
                (1.0 - share) * merit(grant) / all_merit
            };
            grant.weight = weight as f32;
        }
    }

    fn needs_accounts(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::seats::by_hand::{TICK, at, grants, neighbour, unchoked_since};

    fn choker() -> PropShare {
        PropShare::new(model::PropShare {
            exploring_share: 0.2,
            optimistic_slots: 1,
        })
    }

    fn close(a: f32, b: f32) -> bool {
        (a - b).abs() < 1e-6
    }

    fn gave(id: u32, bytes: u64) -> Neighbour {
        Neighbour {
            received_in_round: bytes,
            ..neighbour(id)
        }
    }

    #[test]
    fn four_fifths_are_split_by_what_was_given_and_one_fifth_explores() {
        let all = [gave(0, 100), gave(1, 0), gave(2, 300), gave(3, 0)];
        let mut choker = choker();
        let granted = grants(&mut choker, &all, at(10), TICK, 1);
        assert_eq!(granted.len(), 3);
        assert!(granted[0].neighbour == 0 && close(granted[0].weight, 0.2) && !granted[0].optimistic);
        assert!(granted[1].neighbour == 2 && close(granted[1].weight, 0.6) && !granted[1].optimistic);
        assert!(close(granted[2].weight, 0.2) && granted[2].optimistic);
        assert!([1, 3].contains(&granted[2].neighbour));
        assert_eq!(choker.slots(), 3);
    }

    #[test]
    fn with_nothing_to_repay_five_explore_equally() {
        let all: Vec<_> = (0..9).map(neighbour).collect();
        let granted = grants(&mut choker(), &all, at(10), TICK, 1);
        assert_eq!(granted.len(), 5);
        assert!(granted.iter().all(|g| g.optimistic && close(g.weight, 0.04)));
    }

    #[test]
    fn one_that_explores_stays_until_the_rotation_and_earns_when_it_gives() {
        let mut all = [
            gave(0, 100),
            unchoked_since(gave(1, 0), 5, true),
            gave(2, 0),
            gave(3, 0),
        ];
        for seed in 0..20 {
            let granted = grants(&mut choker(), &all, at(10), TICK, seed);
            assert_eq!(granted.iter().map(|g| g.neighbour).collect::<Vec<_>>(), [0, 1]);
        }
        all[1].received_in_round = 100;
        let granted = grants(&mut choker(), &all, at(10), TICK, 1);
        assert!(granted[1].neighbour == 1 && close(granted[1].weight, 0.4) && !granted[1].optimistic);
    }

    #[test]
    fn between_two_rounds_no_earned_share_changes() {
        let mut all = [gave(0, 7), gave(1, 0), gave(2, 0)];
        all[0] = unchoked_since(all[0], 5, false);
        all[1] = unchoked_since(all[1], 5, false);
        // 3 : 1, the exploring one has just left.
        (all[0].weight, all[1].weight) = (1.0, 1.0 / 3.0);
        for decision in [Decision::Refill, Decision::NewNeighbour] {
            let mut granted = grants(&mut choker(), &all, at(12), decision, 1);
            granted.sort_by_key(|g| g.neighbour);
            assert_eq!(granted.len(), 3);
            assert!(close(granted[0].weight, 0.6) && close(granted[1].weight, 0.2));
            assert!(granted[2].optimistic && close(granted[2].weight, 0.2));
        }
    }

    #[test]
    fn a_new_neighbour_takes_no_turn_away() {
        let mut all = vec![
            unchoked_since(gave(0, 100), 5, false),
            unchoked_since(gave(1, 0), 5, true),
        ];
        all.extend((2..9).map(neighbour));
        for seed in 0..20 {
            let mut granted = grants(&mut choker(), &all, at(12), Decision::NewNeighbour, seed);
            granted.sort_by_key(|g| g.neighbour);
            let granted: Vec<_> = granted.iter().map(|g| (g.neighbour, g.optimistic)).collect();
            assert_eq!(granted, [(0, false), (1, true)]);
        }
    }

    #[test]
    fn as_many_explore_as_their_shares_fit_into_the_upload() {
        let explorers = |exploring_share, optimistic_slots| {
            let rule = model::PropShare {
                exploring_share,
                optimistic_slots,
            };
            PropShare::new(rule).exploring(0)
        };
        assert_eq!(
            [
                explorers(0.3, 1),
                explorers(0.1, 1),
                explorers(0.3, 3),
                explorers(1.0, 2)
            ],
            [3, 10, 10, 2]
        );
    }
}
