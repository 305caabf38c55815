//! `bittyrant`: neighbours ranked by what they give for what they ask, unchoked down the ranking until the upload is spent (Piatek et al. 2007).
//!
//! For each neighbour it keeps d, the download that it expects from it, and u, the upload for which it is likely to reciprocate. At each regular decision:
//!
//! - it unchokes us: d becomes the rate that is observed; once it has for `rounds` decisions in a row, u falls by the share `decrease`, if we unchoke it: what it gives
//!   for nothing says nothing of the price (so the client);
//! - it doesn't, though we have unchoked it for the whole round: u rises by the share `increase`.
//!
//! Those with the highest d/u come first, as long as their u fits into what is left of the upload; the split is in proportion to u. Nobody is unchoked at random.
//! One whose u does not fit is passed over and cheaper ones further down are tried, as the client does (`MikesUnchoker`); the paper's figure stops there, which leaves
//! upload unused.
//!
//! Before a neighbour has ever unchoked us, d is what a client can see of it: the rate of its HAVE messages while it has been interested in us, taken
//! for its capacity and divided by the number of neighbours that a client of that capacity serves (the table in the source of the `BitTyrant` client). One that has
//! announced nothing yet has a d of 0 and comes last, in random order.

use crate::choking::choker::{Choker, Decision, Grant, Neighbour, RechokeView};
use crate::choking::seats::Seats;
use crate::ids::{LinkIx, PeerId};
use crate::rng::Rng;
use crate::scenario::model;
use crate::units::SimTime;
use std::collections::BTreeMap;

/// Bytes per second within which u stays, so that no share vanishes or overflows.
const UPLOAD_RANGE: (f64, f64) = (0.125, 1e12);

/// What is expected of one neighbour. Rates in bytes per second.
#[derive(Clone, Copy, Debug)]
struct Expected {
    /// Whose: the place may be another neighbour's by now.
    peer: PeerId,
    /// When it was first seen, and the chunks that it had.
    seen: SimTime,
    chunks_then: u32,
    /// d, and whether it was ever observed.
    download: f64,
    observed: bool,
    /// u.
    upload: f64,
    /// Decisions in a row at which it has unchoked us.
    rounds: u32,
}

impl Expected {
    /// Learns from the round that has just ended.
    fn update(&mut self, rule: &model::BitTyrant, view: &RechokeView<'_>, n: &Neighbour) {
        let served_all_round = n.unchoked && n.unchoked_at.is_some_and(|since| since <= view.decided_at);
        if n.unchokes_us {
            self.rounds += 1;
            self.download = n.received_per_sec;
            self.observed = true;
            if n.unchoked && self.rounds >= rule.rounds {
                self.upload *= 1.0 - rule.decrease;
            }
        } else {
            self.rounds = 0;
            if served_all_round {
                self.upload *= 1.0 + rule.increase;
            }
            if !self.observed {
                self.download = self.announced(view, n);
            }
        }
        self.upload = self.upload.clamp(UPLOAD_RANGE.0, UPLOAD_RANGE.1);
    }

    /// A share of the rate at which the neighbour has announced chunks.
    fn announced(&self, view: &RechokeView<'_>, n: &Neighbour) -> f64 {
        let secs = view.now.since(self.seen).as_secs_f64();
        if secs <= 0.0 {
            return 0.0;
        }
        let bytes = u64::from(n.chunks - self.chunks_then) * view.chunk_bytes;
        let rate = bytes as f64 / secs;
        rate / served_at(rate)
    }
}

/// How many neighbours a client serves that uploads at `rate` bytes per second (`BitTyrant`, table of active set sizes).
fn served_at(rate: f64) -> f64 {
    match rate / 1000.0 {
        r if r < 11.0 => 2.0,
        r if r < 35.0 => 3.0,
        r if r < 80.0 => 4.0,
        r if r < 200.0 => 5.0,
        r if r < 350.0 => 6.0,
        r if r < 600.0 => 7.0,
        r if r < 900.0 => 8.0,
        _ => 9.0,
    }
}

/// The rule `bittyrant`.
#[derive(Clone, Debug)]
pub struct BitTyrant {
    rule: model::BitTyrant,
    slots: usize,
    /// By the deciding peer's end of the connection.
    expected: BTreeMap<LinkIx, Expected>,
}

impl BitTyrant {
    /// What it keeps for a neighbour, bytes; half as much again for the places of the tree that are free.
    pub const NEIGHBOUR_BYTES: usize = (size_of::<LinkIx>() + size_of::<Expected>()) * 3 / 2;

    /// The choker of a peer that has seen nobody yet.
    #[must_use]
    pub fn new(rule: model::BitTyrant) -> Self {
        Self {
            rule,
            slots: usize::MAX,
            expected: BTreeMap::new(),
        }
    }

    /// What is expected of `n`, who may be new.
    fn expect(&mut self, view: &RechokeView<'_>, n: &Neighbour) -> &mut Expected {
        let fresh = Expected {
            peer: n.peer,
            seen: view.now,
            chunks_then: n.chunks,
            download: 0.0,
            observed: false,
            upload: self.rule.initial_upload.0,
            rounds: 0,
        };
        let known = self.expected.entry(n.link).or_insert(fresh);
        if known.peer != n.peer {
            *known = fresh;
        }
        known
    }
}

impl Choker for BitTyrant {
    fn slots(&self) -> usize {
        self.slots
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        let rule = self.rule;
        for n in view.neighbours {
            let expected = self.expect(view, n);
            if let Decision::Periodic { .. } = view.decision {
                expected.update(&rule, view, n);
            }
        }
        let of = |n: &Neighbour| self.expected[&n.link];
        let worth = |n: &Neighbour| of(n).download / of(n).upload;

        let mut seats = Seats::new(view, usize::MAX, grants);
        let kept: f64 = seats.given().map(|n| of(n).upload).sum();
        let mut left = self.upload_cap().map_or(view.upload, |cap| cap.min(view.upload)) - kept;
        let mut nobody = seats.given().next().is_none();
        let mut spent = false;
        for place in seats.ranked(rng, usize::MAX, |_| true, |a, b| worth(b).total_cmp(&worth(a))) {
            let upload = of(&view.neighbours[place]).upload;
            // The first gets a slot in any case: an upload that is small must go to somebody.
            if upload <= left || nobody {
                seats.give(place, false);
                left -= upload;
                nobody = false;
            } else {
                spent = true;
            }
        }
        // As long as nobody has been left out, another one may come.
        self.slots = if spent { grants.len() } else { usize::MAX };
        for grant in grants {
            grant.weight = of(&view.neighbours[grant.neighbour]).upload as f32;
        }
    }

    fn upload_cap(&self) -> Option<f64> {
        self.rule.selfish_cap.map(|cap| cap.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choking::seats::by_hand::{TICK, at, grants, neighbour, unchoked_since};
    use crate::units::BytesPerSec;

    /// Whether two rates are the same but for rounding.
    fn same(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    const RULE: model::BitTyrant = model::BitTyrant {
        initial_upload: BytesPerSec(7000.0),
        increase: 0.2,
        decrease: 0.1,
        rounds: 3,
        selfish_cap: None,
    };

    /// u after each of the decisions at which the only neighbour, unchoked all the time, unchokes us or not.
    fn uploads(unchokes_us: &[bool]) -> Vec<f32> {
        let mut choker = BitTyrant::new(RULE);
        let mut n = unchoked_since(neighbour(0), 0, false);
        let mut each = Vec::new();
        for (round, &unchokes_us) in (1..).zip(unchokes_us) {
            n.unchokes_us = unchokes_us;
            each.push(grants(&mut choker, &[n], at(10 * round), TICK, 1)[0].weight);
        }
        each
    }

    #[test]
    fn the_price_rises_by_a_fifth_and_falls_by_a_tenth_from_the_third_round() {
        let close = |a: Vec<f32>, b: &[f32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.01);
        assert!(close(uploads(&[false; 4]), &[8400.0, 10080.0, 12096.0, 14515.2]));
        assert!(close(uploads(&[true; 5]), &[7000.0, 7000.0, 6300.0, 5670.0, 5103.0]));
        // A break begins the count anew.
        let broken = uploads(&[true, true, false, true, true, true]);
        assert!(close(broken, &[7000.0, 7000.0, 8400.0, 8400.0, 8400.0, 7560.0]));
    }

    #[test]
    fn the_price_of_one_that_we_have_not_unchoked_for_the_whole_round_stays() {
        let mut choker = BitTyrant::new(RULE);
        let fresh = unchoked_since(neighbour(0), 5, false);
        for n in [neighbour(0), fresh] {
            let granted = grants(&mut choker, &[n], at(10), TICK, 1);
            assert!(same(f64::from(granted[0].weight), 7000.0));
        }
    }

    #[test]
    fn the_best_are_unchoked_until_the_upload_is_spent() {
        // 100 kB/s at 7 kB/s each is 14 of 20.
        let all: Vec<_> = (0..20)
            .map(|i| Neighbour {
                unchokes_us: true,
                received_per_sec: f64::from(i) * 100.0,
                ..neighbour(i)
            })
            .collect();
        let mut choker = BitTyrant::new(RULE);
        let granted = grants(&mut choker, &all, at(10), TICK, 1);
        let places: Vec<_> = granted.iter().map(|g| g.neighbour).collect();
        assert_eq!(places, (6..20).rev().collect::<Vec<_>>());
        assert_eq!(choker.slots(), 14);
        assert!(
            granted
                .iter()
                .all(|g| !g.optimistic && same(f64::from(g.weight), 7000.0))
        );

        let cap = Some(BytesPerSec(20_000.0));
        let mut selfish = BitTyrant::new(model::BitTyrant {
            selfish_cap: cap,
            ..RULE
        });
        assert_eq!(grants(&mut selfish, &all, at(10), TICK, 1).len(), 2);
        assert_eq!(selfish.upload_cap(), Some(20_000.0));
        // Even a cap below every price leaves a slot.
        let cap = Some(BytesPerSec(1000.0));
        let mut poor = BitTyrant::new(model::BitTyrant {
            selfish_cap: cap,
            ..RULE
        });
        assert_eq!(grants(&mut poor, &all, at(10), TICK, 1).len(), 1);
    }

    #[test]
    fn the_price_of_one_that_gives_for_nothing_stays() {
        let mut choker = BitTyrant::new(RULE);
        let n = Neighbour {
            unchokes_us: true,
            ..neighbour(0)
        };
        for round in 1..6 {
            grants(&mut choker, &[n], at(10 * round), TICK, 1);
        }
        let expected = choker.expected[&n.link];
        assert!(expected.rounds == 5 && same(expected.upload, 7000.0));
        // Once we serve it, its long record counts.
        grants(&mut choker, &[unchoked_since(n, 50, false)], at(60), TICK, 1);
        assert!(same(choker.expected[&n.link].upload, 6300.0));
    }

    #[test]
    fn one_that_does_not_fit_is_passed_over() {
        let mut choker = BitTyrant::new(model::BitTyrant {
            selfish_cap: Some(BytesPerSec(18_000.0)),
            ..RULE
        });
        let rated = |i: u32, received_per_sec: f64| Neighbour {
            unchokes_us: true,
            received_per_sec,
            ..neighbour(i)
        };
        let all = [rated(0, 900.0), rated(1, 800.0), rated(2, 100.0)];
        grants(&mut choker, &all, at(10), TICK, 1);
        // The second asks for 12 kB/s, of which 11 are left; the third still fits.
        choker.expected.get_mut(&all[1].link).expect("seen").upload = 12_000.0;
        let granted = grants(&mut choker, &all, at(20), TICK, 1);
        assert_eq!(granted.iter().map(|g| g.neighbour).collect::<Vec<_>>(), [0, 2]);
    }

    #[test]
    fn while_there_is_upload_left_a_newcomer_gets_a_slot_between_decisions() {
        let mut choker = BitTyrant::new(RULE);
        let first = unchoked_since(neighbour(0), 5, false);
        assert_eq!(choker.slots(), usize::MAX);
        assert_eq!(
            grants(&mut choker, &[first, neighbour(1)], at(12), Decision::Refill, 1).len(),
            2
        );
    }

    #[test]
    fn what_a_stranger_may_give_is_told_by_its_announcements() {
        // 20 chunks of 262 144 bytes in 100 s are 52 428.8 B/s, of a client that serves 4.
        let mut choker = BitTyrant::new(RULE);
        let mut n = Neighbour {
            chunks: 5,
            ..neighbour(0)
        };
        grants(&mut choker, &[n], at(10), TICK, 1);
        assert!(same(choker.expected[&n.link].download, 0.0));
        n.chunks = 25;
        grants(&mut choker, &[n], at(110), TICK, 1);
        assert!(same(choker.expected[&n.link].download, 13_107.2));
        // Once it has unchoked us, what was seen then counts.
        (n.unchokes_us, n.received_per_sec) = (true, 900.0);
        grants(&mut choker, &[n], at(120), TICK, 1);
        n.unchokes_us = false;
        grants(&mut choker, &[n], at(130), TICK, 1);
        assert!(same(choker.expected[&n.link].download, 900.0));
        // Somebody else at the same place is a stranger again.
        n.peer = PeerId(77);
        grants(&mut choker, &[n], at(140), TICK, 1);
        let stranger = choker.expected[&n.link];
        assert!(same(stranger.download, 0.0) && same(stranger.upload, 7000.0));
    }
}
