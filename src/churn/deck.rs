//! Which strategy of a mix a peer plays: cards from a shuffled deck, one a peer in the order of arrival.
//!
//! Where it is known how many peers come there is one deck with a card for each, else one deck of [`OPEN_DECK`] after the other, of which each card is
//! a hundredth of the mix and a point drawn in it decides: shares are exact in the long run, and whole hundredths in every deck. Neither cards nor points
//! depend on the shares, so a peer keeps its strategy while that one's share grows.

use crate::ids::GroupIx;
use crate::rng::{Purpose, Rng, below, stream};
use crate::scenario::model::Group;
use rand::RngExt;

/// Cards of a deck where nobody knows how many peers will come.
pub const OPEN_DECK: u32 = 100;

/// The deck of one mixed group.
#[derive(Clone, Debug)]
pub struct Deck {
    /// Who plays a card whose point is below this, in rising order.
    hands: Vec<(GroupIx, f64)>,
    /// Shuffled ranks; the next one last.
    cards: Vec<u32>,
    size: u32,
    rng: Rng,
    /// Where in its card a point is; `None` where cards are whole peers.
    points: Option<Rng>,
}

impl Deck {
    /// The deck for `groups`, those of mix number `cohort`, of which the first is number `first`. None if they are no mix.
    #[must_use]
    pub fn new(seed: u64, cohort: u32, first: GroupIx, groups: &[Group]) -> Option<Self> {
        let known = groups.first()?.arrival.count_known();
        let size = known.unwrap_or(OPEN_DECK);
        let hand = |(group, number): (&Group, u32)| {
            let end = group.part.as_ref()?.stretch.end;
            // Shares add up to 1 but for rounding.
            let end = if end > 1.0 - 1e-9 { f64::INFINITY } else { end };
            Some((GroupIx(number), end * f64::from(size)))
        };
        let hands = groups.iter().zip(first.0..).map(hand).collect::<Option<_>>()?;
        Some(Self {
            hands,
            cards: Vec::new(),
            size,
            rng: stream(seed, Purpose::Strategy, cohort),
            points: known.is_none().then(|| stream(seed, Purpose::StrategyPoint, cohort)),
        })
    }

    /// The group of the next peer.
    pub fn deal(&mut self) -> GroupIx {
        if self.cards.is_empty() {
            self.shuffle();
        }
        let rank = self.cards.pop().unwrap_or_default();
        // Where each card is a peer its middle decides, as `Part::ranks` says.
        let within = self.points.as_mut().map_or(0.5, RngExt::random);
        let point = f64::from(rank) + within;
        let hand = self.hands.iter().find(|&&(_, end)| point < end);
        hand.map_or(self.hands[0].0, |&(group, _)| group)
    }

    fn shuffle(&mut self) {
        self.cards = (0..self.size).collect();
        for i in (1..self.cards.len()).rev() {
            self.cards.swap(i, below(&mut self.rng, i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::leechers;
    use crate::scenario::mix::Part;
    use crate::scenario::model::Arrival;
    use crate::units::{SimDuration, SimTime};

    /// Who plays what, of `peers` in a mix of these shares; it is known that they come, or not.
    fn dealt(seed: u64, shares: &[f64], peers: u32, known: bool) -> Vec<u32> {
        let arrival = if known {
            Arrival::AtOnce {
                count: peers,
                at: SimTime::ZERO,
                jitter: SimDuration::ZERO,
            }
        } else {
            Arrival::Poisson {
                per_sec: 1.0,
                from: SimTime::ZERO,
                until: None,
                count: Some(peers),
            }
        };
        let mut start = 0.0;
        let group = |&share: &f64| {
            let stretch = start..start + share;
            start = stretch.end;
            Group {
                arrival: arrival.clone(),
                part: Some(Part {
                    group: "mixed".into(),
                    entry: share.to_string(),
                    share,
                    stretch,
                }),
                ..leechers()
            }
        };
        let groups: Vec<_> = shares.iter().map(group).collect();
        let mut deck = Deck::new(seed, 1, GroupIx(5), &groups).expect("a mix");
        (0..peers).map(|_| deck.deal().0 - 5).collect()
    }

    fn count(dealt: &[u32], entry: u32) -> usize {
        dealt.iter().filter(|&&group| group == entry).count()
    }

    #[test]
    fn shares_are_exact_up_to_rounding() {
        let known = dealt(1, &[0.5, 0.3, 0.2], 37, true);
        assert_eq!([0, 1, 2].map(|entry| count(&known, entry)), [18, 12, 7]);
        let open = dealt(1, &[0.5, 0.3, 0.2], 1000, false);
        for hundred in open.chunks(100) {
            assert_eq!([0, 1, 2].map(|entry| count(hundred, entry)), [50, 30, 20]);
        }
        assert_ne!(open[..100], open[100..200], "each deck is shuffled anew");
        assert_eq!(count(&dealt(1, &[1.0, 0.0], 37, true), 1), 0);
    }

    #[test]
    fn shares_below_a_hundredth_are_exact_in_the_long_run() {
        for share in [0.004, 0.015] {
            let open = dealt(1, &[1.0 - share, share], 100_000, false);
            let dealt = count(&open, 1) as f64 / 1e5;
            // Nothing is left to chance but where in one card in a hundred a point lies: at most 0.5 in 100 cards.
            let standard_error = 0.5 / 1e5 * 1000_f64.sqrt();
            assert!((dealt - share).abs() < 4.0 * standard_error, "{share}: {dealt}");
        }
    }

    #[test]
    fn who_plays_a_strategy_stays_with_it_when_its_share_grows() {
        for known in [true, false] {
            let mut before = dealt(3, &[1.0, 0.0], 300, known);
            for tenth in 1..=10 {
                let share = f64::from(tenth) / 10.0;
                let now = dealt(3, &[1.0 - share, share], 300, known);
                assert!(before.iter().zip(&now).all(|(before, now)| now >= before), "{share}");
                assert_eq!(count(&now, 1), 30 * tenth as usize);
                before = now;
            }
        }
    }

    #[test]
    fn a_group_without_a_mix_has_no_deck() {
        assert!(Deck::new(1, 0, GroupIx(0), &[leechers()]).is_none());
    }
}
