//! Groups whose peers play different strategies. Each strategy is a group of the model, and those of one mix come as one: the peers are dealt
//! out to them from a shuffled deck of cards.

use std::ops::Range;

use super::model::{Arrival, Group, Scenario};

/// What part of a mixed group a group of the model is.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Name of the mixed group in the scenario.
    pub group: String,
    /// Name of the entry in its mix.
    pub entry: String,
    /// Share of the peers that play it, 0 to 1.
    pub share: f64,
    /// The same as a stretch from 0 to 1, beside those of the other entries: cards that fall into it are this part's.
    pub stretch: Range<f64>,
}

impl Part {
    /// The ranks that are this part's in a deck of `cards`: those r where (r + 0.5) / cards falls into the stretch. So a share is exact up to
    /// rounding, and a stretch that grows keeps the cards that it had.
    #[must_use]
    pub fn ranks(&self, cards: u32) -> Range<u32> {
        let before = |end: f64| ((end * f64::from(cards) - 0.5).ceil().max(0.0) as u32).min(cards);
        before(self.stretch.start)..before(self.stretch.end)
    }
}

/// Name of entry `entry` of the mixed group `group`, in results and messages.
#[must_use]
pub fn part_name(group: &str, entry: &str) -> String {
    format!("{group}/{entry}")
}

impl Scenario {
    /// The groups by who comes as one: each group alone, but those of a mix together. In the order of the file.
    pub fn cohorts(&self) -> impl Iterator<Item = &[Group]> {
        cohorts(&self.groups)
    }
}

/// See [`Scenario::cohorts`].
pub(super) fn cohorts(groups: &[Group]) -> impl Iterator<Item = &[Group]> {
    groups.chunk_by(|a, b| matches!((&a.part, &b.part), (Some(a), Some(b)) if a.group == b.group))
}

impl Group {
    /// Share of the peers that come by [`Group::arrival`] who are of this group: 1 unless it is part of a mix.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.part.as_ref().map_or(1.0, |part| part.share)
    }

    /// How many peers of this group come, where that is known beforehand.
    #[must_use]
    pub fn count_known(&self) -> Option<u32> {
        let all = self.arrival.count_known()?;
        Some(self.part.as_ref().map_or(all, |part| part.ranks(all).len() as u32))
    }
}

impl Arrival {
    /// How many peers come, where that is known beforehand.
    #[must_use]
    pub fn count_known(&self) -> Option<u32> {
        match self {
            Self::AtOnce { count, .. } => Some(*count),
            Self::Trace { peers, .. } => Some(peers.len() as u32),
            Self::Poisson { .. } | Self::Decaying { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(stretch: Range<f64>) -> Part {
        Part {
            group: "leechers".into(),
            entry: "riders".into(),
            share: stretch.end - stretch.start,
            stretch,
        }
    }

    #[test]
    fn a_share_of_the_cards_is_rounded() {
        assert_eq!(part(0.8..1.0).ranks(100), 80..100);
        assert_eq!(part(0.0..0.25).ranks(10), 0..2);
        assert_eq!(part(0.0..0.26).ranks(10), 0..3);
        assert_eq!(part(0.0..0.0).ranks(10), 0..0);
        assert_eq!(part(0.0..1.0).ranks(1), 0..1);
        assert_eq!(part(0.3..0.6).ranks(0), 0..0);
    }

    proptest! {
        #[test]
        fn neighbours_share_out_every_card_and_growth_takes_none_away(
            a in 0.0_f64..1.0, b in 0.0_f64..1.0, cards in 0_u32..500, more in 0.0_f64..1.0,
        ) {
            let (low, high) = (a.min(b), a.max(b));
            let parts = [part(0.0..low), part(low..high), part(high..1.0)].map(|p| p.ranks(cards));
            prop_assert_eq!((parts[0].start, parts[2].end), (0, cards));
            prop_assert_eq!((parts[0].end, parts[1].end), (parts[1].start, parts[2].start));
            let exact = (high - low) * f64::from(cards);
            prop_assert!((parts[1].len() as f64 - exact).abs() <= 1.0 + 1e-9);
            let grown = part(low * (1.0 - more)..high + (1.0 - high) * more).ranks(cards);
            prop_assert!(grown.start <= parts[1].start && grown.end >= parts[1].end);
        }
    }
}
