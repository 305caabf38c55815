//! `fairtorrent`: the next chunk goes to the interested neighbour that is owed most (Sherman, Nieh & Stein 2009, 2012).
//!
//! The deficit of a neighbour is what was sent to it less what has come from it; the least deficit is served first, equal ones at random. It is asked
//! after each chunk. A chunk that has begun is always finished. A deficit begins with the connection and ends with it.
//!
//! With one slot chunks go out strictly one after the other, as in the paper; more slots use the upload that one slow download would leave idle.

use crate::choking::choker::{Choker, Grant, Neighbour, RechokeView};
use crate::choking::seats::Seats;
use crate::rng::Rng;

/// The rule `fairtorrent`.
#[derive(Clone, Copy, Debug)]
pub struct FairTorrent {
    /// Chunks that are sent at the same time.
    pub slots: usize,
}

impl Choker for FairTorrent {
    fn slots(&self) -> usize {
        self.slots
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        let deficit = |n: &Neighbour| i128::from(n.sent_bytes) - i128::from(n.received_bytes);
        let mut seats = Seats::new(view, self.slots, grants);
        seats.keep(|n| n.sending);
        for place in seats.ranked(rng, seats.free(), |_| true, |a, b| deficit(a).cmp(&deficit(b))) {
            seats.give(place, false);
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
    use crate::choking::choker::Decision;
    use crate::choking::seats::by_hand::{TICK, at, grants, neighbour, unchoked_since};

    fn owed(id: u32, sent_bytes: u64, received_bytes: u64) -> Neighbour {
        Neighbour {
            received_bytes,
            sent_bytes,
            ..neighbour(id)
        }
    }

    fn order(slots: usize, all: &[Neighbour], decision: Decision, seed: u64) -> Vec<usize> {
        let granted = grants(&mut FairTorrent { slots }, all, at(10), decision, seed);
        granted.iter().map(|g| g.neighbour).collect()
    }

    #[test]
    fn the_least_deficit_comes_first() {
        // Deficits 200, -50, 0, 100, -400.
        let all = [
            owed(0, 300, 100),
            owed(1, 0, 50),
            owed(2, 70, 70),
            owed(3, 100, 0),
            owed(4, 100, 500),
        ];
        assert_eq!(order(5, &all, TICK, 1), [4, 1, 2, 3, 0]);
        assert_eq!(order(2, &all, TICK, 1), [4, 1]);
    }

    #[test]
    fn who_has_got_a_chunk_queues_again_and_the_others_go_on() {
        let mut all = [owed(0, 100, 0), owed(1, 500, 0), owed(2, 300, 0)];
        all[0] = unchoked_since(all[0], 1, false);
        all[1] = Neighbour {
            sending: true,
            ..unchoked_since(all[1], 1, false)
        };
        // 0 is still owed most: it gets the next one too.
        assert_eq!(order(2, &all, Decision::ChunkSent(all[0].link), 1), [1, 0]);
        all[0].sent_bytes = 301;
        assert_eq!(order(2, &all, Decision::ChunkSent(all[0].link), 1), [1, 2]);
        // A chunk that is on its way is finished, whatever the deficit.
        assert_eq!(order(2, &all, TICK, 1), [1, 2]);
    }

    #[test]
    fn equal_deficits_are_served_at_random() {
        let all: Vec<_> = (0..4).map(neighbour).collect();
        let mut hits = [0; 4];
        (0..400).for_each(|seed| hits[order(1, &all, TICK, seed)[0]] += 1);
        assert!(hits.iter().all(|h| (70..130).contains(h)), "100 each: {hits:?}");
    }
}
