//! `libtorrent`: the neighbours that sent most since the last decision, and the one whose last optimistic turn is longest ago (libtorrent 2,
//! `choker.cpp` and `session_impl.cpp`, fixed slots, round robin of seeds).
//!
//! Leechers and seeds decide alike; to a seed all neighbours are equal. Three things tell it from tit-for-tat. What counts is bytes since the last decision, not a rate;
//! of equals those go last that have used up the quota of their slot, then they are ranked by what they were sent meanwhile, then by who has waited longest. Of as many best as there are slots, in all, some are taken in no strict order (see [`nth_element`]). And an optimistic turn is not drawn by lot.
//! It lasts for a rotation from when it was given, unless its holder earns a slot: then the same decision gives the next one. Where the holder is no longer interested or leaves, the decision does that this brings (`refill = "decision"`; otherwise the next regular one). Where nobody could
//! be given a turn the slot is left empty for as long, but a neighbour that turns up while a slot is free gets it until the next decision.

use crate::choking::choker::{Choker, Decision, Grant, Neighbour, RechokeView};
use crate::choking::nth_element::nth_element;
use crate::choking::round_robin_quota::Quota;
use crate::choking::seats::Seats;
use crate::ids::{LinkIx, PeerId};
use crate::rng::Rng;
use crate::units::SimTime;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The last optimistic turn of a neighbour.
#[derive(Clone, Copy, Debug)]
struct Turn {
    /// Whose: the place may be another neighbour's by now.
    peer: PeerId,
    at: SimTime,
}

/// The rule `libtorrent`.
#[derive(Clone, Debug)]
pub struct Libtorrent {
    slots: usize,
    optimistic: usize,
    /// What a slot is held for among equals.
    quota: Quota,
    /// By the deciding peer's end of the connection.
    turns: BTreeMap<LinkIx, Turn>,
    /// When those that were given last are over; `None` before the first decision, and without slots in turn.
    turns_end: Option<SimTime>,
    /// How many were given.
    holders: usize,
}

impl Libtorrent {
    /// What it keeps for a neighbour, bytes; half as much again for the places of the tree that are free.
    pub const NEIGHBOUR_BYTES: usize = (size_of::<LinkIx>() + size_of::<Turn>()) * 3 / 2;

    /// With `slots` slots in all, `optimistic` of them given in turn, the others kept for a `quota` where nobody sends more than another.
    #[must_use]
    pub fn new(slots: u32, optimistic: u32, quota: Quota) -> Self {
        Self {
            slots: slots as usize,
            optimistic: optimistic.min(slots) as usize,
            quota,
            turns: BTreeMap::new(),
            turns_end: None,
            holders: 0,
        }
    }

    /// When the last optimistic turn of `n` began; `None` if it never had one.
    fn last_turn(&self, n: &Neighbour) -> Option<SimTime> {
        let turn = self.turns.get(&n.link).filter(|turn| turn.peer == n.peer)?;
        Some(turn.at)
    }

    /// The better one first (`choker.cpp`, `unchoke_compare_rr` and what all comparisons share).
    fn best_first(&self, view: &RechokeView<'_>, a: &Neighbour, b: &Neighbour) -> Ordering {
        let has_had_its_share = |n| self.quota.is_used_up(n, view);
        let sent = |n: &Neighbour| if n.unchoked { n.sent_per_sec } else { 0.0 };
        b.received_in_round
            .cmp(&a.received_in_round)
            .then_with(|| has_had_its_share(a).cmp(&has_had_its_share(b)))
            .then(sent(b).total_cmp(&sent(a)))
            .then(a.unchoked_at.cmp(&b.unchoked_at))
    }

    /// Gives all slots but those in turn to some of the best.
    fn give_earned(&self, seats: &mut Seats<'_>, view: &RechokeView<'_>) {
        let mut places: Vec<usize> = (0..view.neighbours.len()).collect();
        nth_element(&mut places, self.slots, |a, b| {
            self.best_first(view, &view.neighbours[a], &view.neighbours[b]).is_lt()
        });
        for place in places.into_iter().take(self.slots - self.optimistic) {
            seats.give(place, false);
        }
    }

    /// Gives the slots that are left to those whose last turn is longest ago, where turns are over or a holder has lost its own.
    fn give_turns(&mut self, seats: &mut Seats<'_>, view: &RechokeView<'_>, rng: &mut Rng) {
        if self.optimistic == 0 {
            return;
        }
        let are_over = view.now >= *self.turns_end.get_or_insert(view.decided_at + view.rotation);
        let kept = seats.left().filter(|n| n.unchoked && n.optimistic).count();
        if !are_over && kept >= self.holders {
            return seats.keep(|n| n.optimistic);
        }
        let longest_ago = |a: &Neighbour, b: &Neighbour| self.last_turn(a).cmp(&self.last_turn(b));
        for place in seats.ranked(rng, seats.free().min(self.optimistic), |_| true, longest_ago) {
            seats.give(place, true);
            let n = &view.neighbours[place];
            let turn = Turn {
                peer: n.peer,
                at: view.now,
            };
            self.turns.insert(n.link, turn);
        }
        self.turns_end = Some(view.now + view.rotation);
        self.holders = seats.in_turn();
    }
}

impl Choker for Libtorrent {
    fn slots(&self) -> usize {
        self.slots
    }

    fn needs_accounts(&self) -> bool {
        true
    }

    fn needs_waits(&self) -> bool {
        true
    }

    fn needs_sent_rates(&self) -> bool {
        true
    }

    fn needs_slot_bytes(&self) -> bool {
        true
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        let mut seats = Seats::new(view, self.slots, grants);
        match view.decision {
            Decision::Periodic { .. } => self.give_earned(&mut seats, view),
            Decision::TurnsOver => {}
            Decision::Refill | Decision::ChunkSent(_) | Decision::NewNeighbour => {
                if view.decision == Decision::NewNeighbour {
                    // What has come since the last decision is no measure before the next one.
                    seats.keep(|_| true);
                }
                for place in seats.ranked(rng, seats.free(), |_| true, |a, b| self.best_first(view, a, b)) {
                    seats.give(place, false);
                }
                return;
            }
        }
        self.give_turns(&mut seats, view, rng);
    }

    fn turns_end(&self) -> Option<SimTime> {
        self.turns_end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::seats::by_hand::{TICK, at, decide, neighbour, unchoked_since};
    use crate::units::SimDuration;

    fn choker(slots: u32, optimistic: u32) -> Libtorrent {
        let quota = Quota {
            chunks: 20,
            time: SimDuration::from_secs(60),
        };
        Libtorrent::new(slots, optimistic, quota)
    }

    /// Twelve neighbours that have sent 0, 10, … 110 bytes since the last decision.
    fn senders() -> Vec<Neighbour> {
        (0..12)
            .map(|i| Neighbour {
                received_in_round: u64::from(i) * 10,
                ..neighbour(i)
            })
            .collect()
    }

    #[test]
    fn four_of_the_five_that_sent_most_since_the_last_decision_earn_a_slot() {
        for seed in 0..10 {
            let mut choker = choker(5, 1);
            let (all, in_turn) = decide(&mut choker, &senders(), at(10), TICK, seed);
            assert_eq!((all.len(), in_turn.len()), (4, 0), "no turn before the first rotation");
            let (all, in_turn) = decide(&mut choker, &senders(), at(30), TICK, seed);
            let earned: Vec<_> = all.iter().filter(|p| !in_turn.contains(p)).collect();
            assert_eq!((earned.len(), in_turn.len()), (4, 1));
            assert!(earned.iter().all(|&&place| place >= 7), "{earned:?}");
        }
    }

    #[test]
    fn equals_are_ranked_by_their_quota_then_by_what_they_were_sent_then_by_who_has_waited_longest() {
        let mut all: Vec<_> = (0..3).map(|i| unchoked_since(neighbour(i), 50, false)).collect();
        for (n, since) in all.iter_mut().zip([50, 40, 60]) {
            n.unchoked_at = Some(at(since));
        }
        // With one slot whoever comes first gets it.
        let first = |all: &[Neighbour], now| decide(&mut choker(1, 0), all, at(now), TICK, 1).0;
        assert_eq!(first(&all, 70), [1]);
        all[2].sent_per_sec = 1.0;
        assert_eq!(first(&all, 70), [2]);
        all[2].slot_bytes = 20 * 262_144 + 1;
        assert_eq!(first(&all, 120), [2], "60 s are not more than 60 s");
        assert_eq!(first(&all, 121), [1], "it has had its share");
        all[2].received_in_round = 1;
        assert_eq!(first(&all, 121), [2], "but it sends");
        (all[2].received_in_round, all[2].unchoked) = (0, false);
        assert_eq!(first(&all, 70), [1], "who is choked was sent nothing");
    }

    /// Who holds the turn after a decision, as the neighbours then know.
    fn holder(choker: &mut Libtorrent, all: &mut [Neighbour], now: u64) -> Option<usize> {
        let (granted, in_turn) = decide(choker, all, at(now), TICK, now);
        for (place, n) in all.iter_mut().enumerate() {
            (n.unchoked, n.optimistic) = (granted.contains(&place), in_turn.contains(&place));
        }
        in_turn.first().copied()
    }

    #[test]
    fn optimistic_turns_go_round() {
        let mut choker = choker(1, 1);
        let mut all: Vec<_> = (0..4).map(neighbour).collect();
        let mut seen = Vec::new();
        assert_eq!(holder(&mut choker, &mut all, 10), None);
        for turn in 1..=8 {
            seen.push(holder(&mut choker, &mut all, 30 * turn));
            assert_eq!(
                holder(&mut choker, &mut all, 30 * turn + 20),
                seen[turn as usize - 1],
                "kept"
            );
        }
        let mut first = seen[..4].to_vec();
        first.sort_unstable();
        assert_eq!(
            first,
            [0, 1, 2, 3].map(Some),
            "everybody has one before anybody has a second"
        );
        assert_eq!(seen[..4], seen[4..]);
        // Another neighbour at the same place has not had a turn.
        all[2].peer = PeerId(9);
        assert_eq!(holder(&mut choker, &mut all, 300), Some(2));
    }

    #[test]
    fn without_slots_in_turn_there_is_no_turn_to_end() {
        let mut choker = choker(3, 0);
        for now in [10, 20, 30, 40] {
            let (all, in_turn) = decide(&mut choker, &senders(), at(now), TICK, now);
            assert_eq!((all.len(), in_turn.len()), (3, 0));
        }
        assert_eq!(choker.turns_end(), None);
    }

    #[test]
    fn turns_that_are_over_between_two_decisions_go_on_and_other_slots_stay() {
        let mut choker = choker(3, 1);
        let mut all: Vec<_> = (0..5).map(neighbour).collect();
        assert_eq!(choker.turns_end(), None);
        assert_eq!(holder(&mut choker, &mut all, 10), None);
        let first = holder(&mut choker, &mut all, 30);
        assert_eq!(choker.turns_end(), Some(at(60)));
        let earned = |all: &[Neighbour]| -> Vec<usize> {
            (0..5)
                .filter(|&place| all[place].unchoked && !all[place].optimistic)
                .collect()
        };
        let others = earned(&all);
        let (slots, in_turn) = decide(&mut choker, &all, at(60), Decision::TurnsOver, 1);
        assert_eq!((slots.len(), in_turn.len(), others.len()), (3, 1, 2));
        assert_ne!(in_turn.first().copied(), first);
        assert!(others.iter().all(|place| slots.contains(place)));
        assert_eq!(choker.turns_end(), Some(at(90)));
        // One of the two is no longer interested: its slot waits for a decision.
        all.remove(others[0]);
        let (slots, in_turn) = decide(&mut choker, &all, at(90), Decision::TurnsOver, 1);
        assert_eq!((slots.len(), in_turn.len()), (2, 1));
    }

    #[test]
    fn a_turn_that_is_lost_goes_to_the_next_at_once_and_lasts_as_long() {
        let mut choker = choker(1, 1);
        let mut all: Vec<_> = (0..4).map(neighbour).collect();
        holder(&mut choker, &mut all, 10);
        let first = holder(&mut choker, &mut all, 30).expect("turns are due");
        all.remove(first);
        let second = holder(&mut choker, &mut all, 40);
        assert!(second.is_some(), "the holder is gone");
        assert_eq!(holder(&mut choker, &mut all, 60), second);
        assert_ne!(holder(&mut choker, &mut all, 70), second);
    }

    #[test]
    fn all_turns_are_given_anew_where_one_is_lost() {
        let mut choker = choker(2, 2);
        let mut all: Vec<_> = (0..5).map(neighbour).collect();
        holder(&mut choker, &mut all, 10);
        holder(&mut choker, &mut all, 30);
        let had: Vec<_> = (0..5).filter(|&place| all[place].optimistic).collect();
        all[had[0]].optimistic = false;
        let (_, in_turn) = decide(&mut choker, &all, at(40), TICK, 1);
        assert_eq!(in_turn.len(), 2);
        assert!(
            in_turn.iter().all(|place| !had.contains(place)),
            "others have waited longer"
        );
    }

    #[test]
    fn one_that_turns_up_while_a_slot_is_free_gets_it() {
        let mut all: Vec<_> = (0..3).map(neighbour).collect();
        all[0] = unchoked_since(all[0], 5, true);
        let (slots, in_turn) = decide(&mut choker(3, 1), &all, at(12), Decision::Refill, 1);
        assert_eq!((slots, in_turn), (vec![0, 1, 2], vec![0]));
    }
}
