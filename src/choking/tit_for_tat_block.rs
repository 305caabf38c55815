//! `tit-for-tat-block`: a neighbour gets a chunk while it is at most Δ chunks ahead of what has come back from it (Bharambe, Herley & Padmanabhan 2006,
//! "pairwise block-level tit-for-tat"; their blocks are our chunks).
//!
//! Slots are offered in turn, as in `OctoSim`, the simulator of the paper (`Node.cs`): after each chunk that has gone out, free slots are offered to the
//! first interested neighbours of a line, who go to its end; so they are while nothing goes out, when a transfer is cut off, and when somebody new connects.
//! One that is too far ahead gets nothing, and its slot stays empty, but the offer stands: it begins at the first decision at which something has come back
//! from it and a slot is free. A chunk that has begun is finished. Where slots are not held (`refill`) who is not interested for a while leaves the line,
//! and its offer ends.

use crate::choking::choker::{Choker, Decision, Grant, Neighbour, RechokeView};
use crate::choking::line::{Name, name, place};
use crate::choking::seats::Places;
use crate::rng::Rng;

/// The rule `tit-for-tat-block`.
#[derive(Clone, Debug)]
pub struct TitForTatBlock {
    /// Chunks that are sent at the same time.
    slots: usize,
    /// Δ.
    ahead_chunks: u32,
    line: Vec<Waiting>,
}

/// A neighbour in line.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    name: Name,
    /// Whether it may begin.
    is_offered: bool,
    /// Whether it had a slot after the last decision.
    was_busy: bool,
}

impl TitForTatBlock {
    /// What it keeps for a neighbour, bytes; as much again for room to grow.
    pub const NEIGHBOUR_BYTES: usize = 2 * size_of::<Waiting>();

    /// Nobody stands in line yet.
    pub(super) const fn new(slots: usize, ahead_chunks: u32) -> Self {
        Self {
            slots,
            ahead_chunks,
            line: Vec::new(),
        }
    }

    /// Who is no longer in the view leaves the line; who is new, and who has got a chunk, stands at its end. Whether one of them has left a slot.
    fn update(&mut self, view: &RechokeView<'_>) -> bool {
        let mut is_left = false;
        let served = |name: &Name| view.decision == Decision::ChunkSent(name.0);
        let mut stands = vec![false; view.neighbours.len()];
        self.line.retain(|waiting| {
            let place = place(view, &waiting.name).filter(|_| !served(&waiting.name));
            is_left |= waiting.was_busy && place.is_none();
            place.map(|place| stands[place] = true).is_some()
        });
        let new = view.neighbours.iter().zip(stands).filter(|(_, stands)| !stands);
        self.line.extend(new.map(|(n, _)| Waiting {
            name: name(n),
            is_offered: false,
            was_busy: false,
        }));
        is_left
    }

    /// Offers the slots that are not `busy` to the first that are interested and get nothing yet. They go to the end, behind those that were passed over.
    fn offer(&mut self, view: &RechokeView<'_>, busy: &[usize]) {
        let free = self.slots.saturating_sub(busy.len());
        let (mut passed, mut offered) = (Vec::new(), Vec::new());
        while offered.len() < free && passed.len() + offered.len() < self.line.len() {
            let mut waiting = self.line[passed.len() + offered.len()];
            let waits = |place: usize| view.neighbours[place].interested && !busy.contains(&place);
            if place(view, &waiting.name).is_some_and(waits) {
                waiting.is_offered = true;
                offered.push(waiting);
            } else {
                passed.push(waiting);
            }
        }
        self.line.drain(..passed.len() + offered.len());
        self.line.extend(passed.into_iter().chain(offered));
    }
}

impl Choker for TitForTatBlock {
    fn slots(&self) -> usize {
        self.slots
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn serves_the_uninterested(&self) -> bool {
        true
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, _rng: &mut Rng, grants: &mut Vec<Grant>) {
        let is_left = self.update(view);
        let begins_soon = |at| view.now.since(at) <= view.first_request;
        let is_busy = |n: &Neighbour| n.sending || n.unchoked && n.unchoked_at.is_some_and(begins_soon);
        let busy: Places = (0..view.neighbours.len())
            .filter(|&place| is_busy(&view.neighbours[place]))
            .collect();
        let somebody_is_new = view.neighbours.iter().any(|n| n.opened == view.now);
        if is_left || busy.is_empty() || somebody_is_new {
            self.offer(view, &busy);
        }
        let ahead_bytes = u64::from(self.ahead_chunks).saturating_mul(view.chunk_bytes);
        let may_begin = |n: &Neighbour| n.interested && n.sent_bytes <= n.received_bytes.saturating_add(ahead_bytes);
        // The latest offers stand at the end.
        let offered = self.line.iter().rev().filter(|waiting| waiting.is_offered);
        let offered = offered.filter_map(|waiting| place(view, &waiting.name));
        let begins = offered.filter(|&place| !busy.contains(&place) && may_begin(&view.neighbours[place]));
        let free = self.slots.saturating_sub(busy.len());
        grants.extend(busy.iter().copied().chain(begins.take(free)).map(|neighbour| Grant {
            neighbour,
            optimistic: false,
            weight: 1.0,
        }));
        for waiting in &mut self.line {
            waiting.was_busy =
                place(view, &waiting.name).is_some_and(|place| grants.iter().any(|grant| grant.neighbour == place));
        }
    }

    fn needs_accounts(&self) -> bool {
        true
    }

    fn is_asked_after_each_chunk(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::seats::by_hand::{TICK, at, grants, neighbour};

    const CHUNK: u64 = 262_144;

    fn after(sent_chunks: u64, received_chunks: u64) -> Neighbour {
        Neighbour {
            sent_bytes: sent_chunks * CHUNK,
            received_bytes: received_chunks * CHUNK,
            ..neighbour(0)
        }
    }

    fn gets_one(n: Neighbour, decision: Decision) -> bool {
        !grants(&mut TitForTatBlock::new(4, 2), &[n], at(10), decision, 1).is_empty()
    }

    #[test]
    fn a_chunk_goes_to_who_is_at_most_two_ahead() {
        let sent = Decision::ChunkSent(neighbour(0).link);
        assert!(gets_one(after(0, 0), sent) && gets_one(after(2, 0), sent));
        assert!(!gets_one(after(3, 0), sent), "Δ is 2");
        assert!(gets_one(after(3, 1), sent) && !gets_one(after(4, 1), sent));
        assert!(!gets_one(after(10, 7), TICK) && gets_one(after(10, 8), TICK));
    }

    #[test]
    fn a_chunk_that_has_begun_is_finished() {
        let begun = Neighbour {
            sent_bytes: 3 * CHUNK + 1,
            sending: true,
            ..after(0, 0)
        };
        assert!(gets_one(begun, TICK));
    }

    /// Who gets slots, as the neighbours then know.
    fn play(choker: &mut TitForTatBlock, all: &mut [Neighbour], now: u64, decision: Decision) -> Vec<usize> {
        let mut granted: Vec<_> = grants(choker, all, at(now), decision, 1)
            .iter()
            .map(|g| g.neighbour)
            .collect();
        granted.sort_unstable();
        for (place, n) in all.iter_mut().enumerate() {
            (n.unchoked, n.sending) = (granted.contains(&place), granted.contains(&place));
        }
        granted
    }

    /// `place` has got its chunk.
    fn sent(all: &mut [Neighbour], place: usize) -> Decision {
        all[place].sending = false;
        all[place].sent_bytes += CHUNK;
        Decision::ChunkSent(all[place].link)
    }

    #[test]
    fn slots_are_offered_in_turn() {
        let mut choker = TitForTatBlock::new(2, 2);
        let mut all: Vec<_> = (0..4).map(neighbour).collect();
        assert_eq!(play(&mut choker, &mut all, 10, TICK), [0, 1]);
        let first = sent(&mut all, 1);
        assert_eq!(play(&mut choker, &mut all, 20, first), [0, 2]);
        let second = sent(&mut all, 0);
        assert_eq!(play(&mut choker, &mut all, 30, second), [2, 3]);
        all[1].interested = false;
        let third = sent(&mut all, 3);
        assert_eq!(play(&mut choker, &mut all, 40, third), [0, 2], "1 is passed over");
    }

    #[test]
    fn a_slot_whose_holder_is_gone_is_offered() {
        let mut choker = TitForTatBlock::new(2, 2);
        let mut all: Vec<_> = (0..4).map(neighbour).collect();
        assert_eq!(play(&mut choker, &mut all, 10, TICK), [0, 1]);
        all.remove(1);
        assert_eq!(play(&mut choker, &mut all, 20, TICK), [0, 1], "2 is the second now");
    }

    #[test]
    fn who_waits_for_the_first_request_keeps_its_slot() {
        let mut choker = TitForTatBlock::new(1, 2);
        let mut all: Vec<_> = (0..3).map(neighbour).collect();
        assert_eq!(play(&mut choker, &mut all, 10, TICK), [0]);
        (all[0].sending, all[0].unchoked_at) = (false, Some(at(10)));
        assert_eq!(play(&mut choker, &mut all, 10, TICK), [0]);
    }

    #[test]
    fn an_offer_to_who_is_too_far_ahead_leaves_the_slot_empty_until_something_has_come_back() {
        let mut choker = TitForTatBlock::new(2, 2);
        let mut all: Vec<_> = (0..4).map(neighbour).collect();
        all[1].sent_bytes = 3 * CHUNK;
        assert_eq!(play(&mut choker, &mut all, 10, TICK), [0]);
        assert_eq!(play(&mut choker, &mut all, 20, TICK), [0], "2 and 3 have no offer");
        all[1].received_bytes = CHUNK;
        assert_eq!(play(&mut choker, &mut all, 30, TICK), [0, 1]);
    }
}
