//! What each connection has carried since it opened: the memory of chokers that settle accounts.
//!
//! A column beside the ends of the connections. It is kept only when a choker of the scenario looks at it.

use crate::ids::LinkIx;
use std::ops::Range;

/// What one end has received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Bytes since the connection opened.
    pub total: u64,
    /// How many of them had come when the owner last made a regular decision.
    pub before_round: u64,
}

impl Received {
    /// Bytes since the owner's last regular decision.
    #[must_use]
    pub fn in_round(self) -> u64 {
        self.total - self.before_round
    }
}

/// The accounts of all ends, by place.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    ends: Vec<Received>,
}

impl Ledger {
    /// What the end at `link` has received.
    #[must_use]
    pub fn received(&self, link: LinkIx) -> Received {
        self.ends[link.ix()]
    }

    /// Makes room for `places` ends.
    pub(super) fn grow(&mut self, places: usize) {
        self.ends.resize(places, Received::default());
    }

    /// The account of a connection that opens.
    pub(super) fn open(&mut self, link: LinkIx) {
        self.ends[link.ix()] = Received::default();
    }

    /// `bytes` have come to the end at `link`.
    pub(super) fn credit(&mut self, link: LinkIx, bytes: u64) {
        self.ends[link.ix()].total += bytes;
    }

    /// The owner of these ends begins a new round.
    pub(super) fn begin_round(&mut self, ends: Range<usize>) {
        self.ends[ends].iter_mut().for_each(|end| end.before_round = end.total);
    }

    /// Bytes in use.
    pub(super) fn memory_bytes(&self) -> usize {
        self.ends.len() * size_of::<Received>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_totals_and_rounds_and_forgets_when_a_place_is_used_again() {
        let (mut ledger, link) = (Ledger::default(), LinkIx(1));
        ledger.grow(2);
        ledger.credit(link, 300);
        ledger.begin_round(0..2);
        ledger.credit(link, 50);
        assert_eq!(
            (ledger.received(link).total, ledger.received(link).in_round()),
            (350, 50)
        );
        ledger.open(link);
        assert_eq!(ledger.received(link), Received::default());
    }
}
