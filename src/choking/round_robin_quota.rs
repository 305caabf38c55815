//! `round-robin-quota`: a seed keeps a neighbour in its slot until it got more than a quota of chunks and has been there for more than a minute;
//! then the one that waits longest comes (libtorrent, `choker.cpp`, `unchoke_compare_rr`). So it is with all slots; the rule `libtorrent` has one in turn.

use crate::choking::choker::{Choker, Grant, Neighbour, RechokeView};
use crate::choking::seats::Seats;
use crate::rng::Rng;
use crate::units::SimDuration;

/// What a neighbour may have of one slot.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// More than this many chunks use it up …
    pub chunks: u32,
    /// … once the slot was held for longer than this.
    pub time: SimDuration,
}

impl Quota {
    /// Whether `n` has a slot and has used up its quota.
    #[must_use]
    pub fn is_used_up(self, n: &Neighbour, view: &RechokeView<'_>) -> bool {
        let held = n.unchoked_at.map_or(SimDuration::ZERO, |since| view.now.since(since));
        n.unchoked && n.slot_bytes > u64::from(self.chunks).saturating_mul(view.chunk_bytes) && held > self.time
    }
}

/// The rule `round-robin-quota`.
#[derive(Clone, Copy, Debug)]
pub struct RoundRobinQuota {
    /// Slots in all.
    pub slots: usize,
    /// What each of them is held for.
    pub quota: Quota,
}

impl Choker for RoundRobinQuota {
    fn slots(&self) -> usize {
        self.slots
    }

    fn needs_waits(&self) -> bool {
        true
    }

    fn needs_slot_bytes(&self) -> bool {
        true
    }

    fn knows_neighbours(&self) -> bool {
        false
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        // Served and within the quota, then waiting, longest first, then those that have had their share.
        let order = |n: &Neighbour| (self.quota.is_used_up(n, view), !n.unchoked, n.unchoked_at);
        let mut seats = Seats::new(view, self.slots, grants);
        for place in seats.ranked(rng, seats.free(), |_| true, |a, b| order(a).cmp(&order(b))) {
            seats.give(place, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::choker::Decision;
    use crate::choking::seats::by_hand::{at, decide, neighbour, unchoked_since};

    #[test]
    fn a_slot_is_kept_until_chunks_and_time_are_both_used_up() {
        let mut choker = RoundRobinQuota {
            slots: 1,
            quota: Quota {
                chunks: 20,
                time: SimDuration::from_secs(60),
            },
        };
        let mut served = unchoked_since(neighbour(0), 100, false);
        let mut chosen = |served: Neighbour, now: u64| {
            let waiting = Neighbour {
                unchoked_at: Some(at(50)),
                ..neighbour(1)
            };
            decide(
                &mut choker,
                &[served, waiting],
                at(now),
                Decision::Periodic {
                    number: 1,
                    rotate: false,
                },
                1,
            )
            .0
        };
        served.slot_bytes = 20 * 262_144;
        assert_eq!(chosen(served, 1000), [0], "20 chunks are not more than 20");
        served.slot_bytes += 1;
        assert_eq!(chosen(served, 160), [0], "60 s are not more than 60 s");
        assert_eq!(chosen(served, 161), [1]);
    }

    #[test]
    fn one_that_used_up_its_quota_stays_when_nobody_waits() {
        let mut choker = RoundRobinQuota {
            slots: 2,
            quota: Quota {
                chunks: 1,
                time: SimDuration::ZERO,
            },
        };
        let served = Neighbour {
            slot_bytes: 1 << 30,
            ..unchoked_since(neighbour(0), 1, false)
        };
        let tick = Decision::Periodic {
            number: 1,
            rotate: false,
        };
        assert_eq!(decide(&mut choker, &[served, neighbour(1)], at(99), tick, 1).0, [0, 1]);
    }
}
