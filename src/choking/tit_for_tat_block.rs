//! `tit-for-tat-block`: a neighbour is never more than Δ chunks ahead of what has come back from it (Bharambe, Herley & Padmanabhan 2006,
//! "pairwise block-level tit-for-tat"; their blocks are our chunks).
//!
//! A chunk is sent only if, with it, what was sent on the connection is at most what has come on it and Δ chunks more. It is asked after each chunk; one that
//! has begun is finished. Among those that may get one, those that send fastest come first, equal ones at random.

use crate::choking::choker::{Choker, Grant, RechokeView};
use crate::choking::seats::Seats;
use crate::rng::Rng;

/// The rule `tit-for-tat-block`.
#[derive(Clone, Copy, Debug)]
pub struct TitForTatBlock {
    /// Chunks that are sent at the same time.
    pub slots: usize,
    /// Δ.
    pub ahead_chunks: u32,
}

impl Choker for TitForTatBlock {
    fn slots(&self) -> usize {
        self.slots
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        let ahead_bytes = u64::from(self.ahead_chunks) * view.chunk_bytes;
        let mut seats = Seats::new(view, self.slots, grants);
        seats.keep(|n| n.sending);
        let next = seats.ranked(
            rng,
            seats.free(),
            |n| n.sent_bytes + view.chunk_bytes <= n.received_bytes + ahead_bytes,
            |a, b| b.received_per_sec.total_cmp(&a.received_per_sec),
        );
        for place in next {
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
    use crate::choking::choker::{Decision, Neighbour};
    use crate::choking::seats::by_hand::{TICK, at, grants, neighbour, unchoked_since};

    const CHUNK: u64 = 262_144;

    fn after(sent_chunks: u64, received_chunks: u64) -> Neighbour {
        Neighbour {
            sent_bytes: sent_chunks * CHUNK,
            received_bytes: received_chunks * CHUNK,
            ..unchoked_since(neighbour(0), 1, false)
        }
    }

    fn gets_one(n: Neighbour, decision: Decision) -> bool {
        let mut choker = TitForTatBlock {
            slots: 4,
            ahead_chunks: 2,
        };
        !grants(&mut choker, &[n], at(10), decision, 1).is_empty()
    }

    #[test]
    fn two_chunks_are_given_in_advance_and_then_one_for_one() {
        let sent = Decision::ChunkSent(neighbour(0).link);
        assert!(gets_one(after(0, 0), sent) && gets_one(after(1, 0), sent));
        assert!(!gets_one(after(2, 0), sent), "Δ is 2");
        assert!(gets_one(after(2, 1), sent) && !gets_one(after(3, 1), sent));
        assert!(!gets_one(after(9, 7), TICK) && gets_one(after(9, 8), TICK));
    }

    #[test]
    fn a_chunk_that_has_begun_is_finished() {
        let begun = Neighbour {
            sent_bytes: 2 * CHUNK - 1,
            sending: true,
            ..after(0, 0)
        };
        assert!(gets_one(begun, TICK));
    }

    #[test]
    fn the_fastest_of_those_that_may_come_first() {
        let all: Vec<_> = (0..4)
            .map(|i| Neighbour {
                received_per_sec: f64::from(i),
                sent_bytes: if i == 3 { 2 * CHUNK } else { 0 },
                ..neighbour(i)
            })
            .collect();
        let mut choker = TitForTatBlock {
            slots: 2,
            ahead_chunks: 2,
        };
        let granted = grants(&mut choker, &all, at(10), TICK, 1);
        assert_eq!(granted.iter().map(|g| g.neighbour).collect::<Vec<_>>(), [2, 1]);
    }
}
