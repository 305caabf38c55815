//! What only some ask of a connection: what it has carried since it opened, since when its neighbour waits for a slot, rates
//! that count chunks, and quota that it keeps.
//!
//! Columns beside the ends of the connections. Each is kept only when somebody in the scenario looks at it.

use crate::ids::LinkIx;
use crate::swarm::chunk_rates::ChunkRates;
use crate::units::SimTime;
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

/// Which of the columns are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four columns, each on its own")]
pub struct Kept {
    /// What each end has received.
    pub accounts: bool,
    /// When each neighbour was last unchoked.
    pub waits: bool,
    /// Rates that count chunks.
    pub chunk_rates: bool,
    /// Upload quota that connections keep.
    pub quota: bool,
}

impl Kept {
    /// What they take for each end.
    #[must_use]
    pub fn end_bytes(self) -> usize {
        let bytes_if = |kept: bool, bytes: usize| if kept { bytes } else { 0 };
        bytes_if(self.accounts, size_of::<Received>())
            + bytes_if(self.waits, size_of::<SimTime>())
            + bytes_if(self.chunk_rates, size_of::<ChunkRates>())
            + bytes_if(self.quota, size_of::<f32>())
    }
}

/// The columns, by place. One that is not kept is empty.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    kept: Kept,
    received: Vec<Received>,
    unchoked_at: Vec<SimTime>,
    chunk_rates: Vec<ChunkRates>,
    quota: Vec<f32>,
}

impl Ledger {
    /// One that keeps these columns, of no ends yet.
    pub(super) fn new(kept: Kept) -> Self {
        Self {
            kept,
            ..Self::default()
        }
    }

    /// Which columns it keeps.
    #[must_use]
    pub fn kept(&self) -> Kept {
        self.kept
    }

    /// What the end at `link` has received; nothing where that is not kept.
    #[must_use]
    pub fn received(&self, link: LinkIx) -> Received {
        self.received.get(link.ix()).copied().unwrap_or_default()
    }

    /// When the owner of `link` last unchoked its neighbour, if it ever did and that is kept.
    #[must_use]
    pub fn unchoked_at(&self, link: LinkIx) -> Option<SimTime> {
        let last = self.unchoked_at.get(link.ix()).copied();
        last.filter(|&at| at != SimTime::NEVER)
    }

    /// The rate in bytes/s by which the owner of `link` keeps quota for its neighbour, if it does.
    pub fn quota_rate(&mut self, link: LinkIx) -> Option<&mut f32> {
        self.quota.get_mut(link.ix())
    }

    /// Makes room for `places` ends.
    pub(super) fn grow(&mut self, places: usize) {
        if self.kept.accounts {
            self.received.resize(places, Received::default());
        }
        if self.kept.waits {
            self.unchoked_at.resize(places, SimTime::NEVER);
        }
        if self.kept.chunk_rates {
            self.chunk_rates.resize(places, ChunkRates::opened(SimTime::ZERO));
        }
        if self.kept.quota {
            self.quota.resize(places, 0.0);
        }
    }

    /// Forgets what the place at `link` knows of an earlier connection; one opens now.
    pub(super) fn open(&mut self, link: LinkIx, now: SimTime) {
        if let Some(received) = self.received.get_mut(link.ix()) {
            *received = Received::default();
        }
        if let Some(unchoked_at) = self.unchoked_at.get_mut(link.ix()) {
            *unchoked_at = SimTime::NEVER;
        }
        if let Some(rates) = self.chunk_rates(link) {
            *rates = ChunkRates::opened(now);
        }
        if let Some(quota) = self.quota.get_mut(link.ix()) {
            *quota = 0.0;
        }
    }

    /// The rates of the end at `link` that count chunks, if they are kept.
    pub fn chunk_rates(&mut self, link: LinkIx) -> Option<&mut ChunkRates> {
        self.chunk_rates.get_mut(link.ix())
    }

    /// Whether it wants to know of all bytes that come.
    #[must_use]
    pub fn counts_bytes(&self) -> bool {
        self.kept.accounts || self.kept.chunk_rates
    }

    /// `bytes` have come to the end at `link`.
    pub fn credit(&mut self, link: LinkIx, bytes: u64) {
        if let Some(received) = self.received.get_mut(link.ix()) {
            received.total += bytes;
        }
        if let Some(rates) = self.chunk_rates(link) {
            rates.credit(bytes);
        }
    }

    /// The neighbour at `link` is unchoked now.
    pub(super) fn unchoke(&mut self, link: LinkIx, now: SimTime) {
        if let Some(unchoked_at) = self.unchoked_at.get_mut(link.ix()) {
            *unchoked_at = now;
        }
    }

    /// The owner of these ends begins a new round.
    pub(super) fn begin_round(&mut self, ends: Range<usize>) {
        let received = self.received.get_mut(ends).into_iter().flatten();
        received.for_each(|end| end.before_round = end.total);
    }

    /// Bytes in use.
    pub(super) fn memory_bytes(&self) -> usize {
        size_of_val(&self.received[..])
            + size_of_val(&self.unchoked_at[..])
            + size_of_val(&self.chunk_rates[..])
            + size_of_val(&self.quota[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_totals_and_rounds_and_forgets_when_a_place_is_used_again() {
        let link = LinkIx(1);
        let mut ledger = Ledger::new(Kept {
            accounts: true,
            waits: true,
            chunk_rates: true,
            quota: true,
        });
        ledger.grow(2);
        ledger.unchoke(link, SimTime(7));
        assert_eq!(ledger.unchoked_at(link), Some(SimTime(7)));
        ledger.credit(link, 300);
        ledger.begin_round(0..2);
        ledger.credit(link, 50);
        assert_eq!(
            (ledger.received(link).total, ledger.received(link).in_round()),
            (350, 50)
        );
        *ledger.quota_rate(link).expect("it is kept") = 25.0;
        assert_eq!(ledger.memory_bytes(), 2 * ledger.kept().end_bytes());
        ledger.open(link, SimTime(9));
        assert_eq!(
            (ledger.received(link), ledger.unchoked_at(link), ledger.quota_rate(link)),
            (Received::default(), None, Some(&mut 0.0))
        );
    }

    #[test]
    fn what_is_not_kept_takes_nothing_and_is_nothing() {
        let (mut ledger, link) = (Ledger::default(), LinkIx(0));
        ledger.grow(1);
        ledger.open(link, SimTime(9));
        ledger.credit(link, 300);
        ledger.unchoke(link, SimTime(7));
        ledger.begin_round(0..1);
        assert_eq!(
            (ledger.received(link), ledger.unchoked_at(link)),
            (Received::default(), None)
        );
        assert_eq!((ledger.memory_bytes(), ledger.kept().end_bytes()), (0, 0));
    }
}
