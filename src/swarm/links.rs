//! Connections. Each has two ends; an end is a [`Link`] in its owner's range of one flat array and never moves while it is open.

use crate::ids::{ChunkIx, FlowIx, LinkIx, PeerIx};
use crate::swarm::ledger::{Kept, Ledger};
use crate::swarm::link_range::LinkRange;
use crate::swarm::marks::Marks;
use crate::swarm::meter::RateMeter;
use crate::units::SimTime;
use std::collections::BTreeMap;
use std::hint::black_box;

/// Bytes that memory gives at once, on most processors.
const CACHE_LINE: usize = 64;

/// One end of a connection: what its owner knows of one neighbour. Most of a swarm's memory, so what only few ends need is kept elsewhere:
/// the time, the bytes and the weight of a slot with the [slot](crate::swarm::Slot), offers in a map. Half a cache line.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The neighbour's end.
    pub back: LinkIx,
    /// The transfer from the owner to the neighbour that runs on this end, or `NONE`.
    pub flow: FlowIx,
    /// Rate at which the neighbour sends to the owner. It began when the connection opened.
    pub received: RateMeter,
}

/// All ends of all connections.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// The neighbour at each place; [`PeerIx::NOBODY`] where none is. Apart from the rest, so that counting copies over the
    /// neighbours reads four bytes a neighbour.
    to: Vec<PeerIx>,
    ends: Vec<Link>,
    /// None of them where no neighbour is. Apart from the rest, so that looking for those who wait reads one byte a neighbour.
    marks: Vec<Marks>,
    /// Ranges of peers that have left, by size: `(limit, first)`.
    free: Vec<(u32, Vec<u32>)>,
    /// What only some scenarios ask for.
    ledger: Ledger,
    /// The one chunk that a super-seed shows to the neighbour at an end of its own. There are few, if any.
    offers: BTreeMap<LinkIx, ChunkIx>,
}

impl PeerIx {
    /// The place that is never given to a peer: no chunks, no connections.
    pub const NOBODY: Self = Self(0);
}

impl Links {
    /// What an end takes, but for the ledger.
    pub const END_BYTES: usize = size_of::<PeerIx>() + size_of::<Link>() + size_of::<Marks>();

    /// No connections, with a ledger that keeps these columns.
    #[must_use]
    pub fn with_ledger(kept: Kept) -> Self {
        Self {
            ledger: Ledger::new(kept),
            ..Self::default()
        }
    }

    /// What only some scenarios ask for.
    #[inline]
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The same, to be written to.
    #[inline]
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// The owner of `range` has made a regular decision.
    pub fn begin_round(&mut self, range: LinkRange) {
        self.ledger.begin_round(range.indices());
    }

    /// A range for a new peer with at most `limit` connections.
    ///
    /// # Panics
    /// When there are more places than [`LinkIx`] can tell apart. Scenario limits keep the number below, by an estimate of how many peers are there at once.
    pub fn allocate(&mut self, limit: u32) -> LinkRange {
        let reused = self
            .free
            .iter_mut()
            .find(|(l, _)| *l == limit)
            .and_then(|(_, firsts)| firsts.pop());
        let first = reused.unwrap_or_else(|| {
            let first = self.to.len();
            let places = first + limit as usize;
            assert!(
                places <= LinkIx::NONE.ix(),
                "more connections at once than were estimated and can be numbered: lower `connections`"
            );
            self.to.resize(places, PeerIx::NOBODY);
            self.ends.resize(places, Link::closed());
            self.marks.resize(places, Marks::default());
            self.ledger.grow(self.ends.len());
            first as u32
        });
        LinkRange {
            first,
            used: 0,
            limit,
            open: 0,
        }
    }

    /// Takes back the range of a peer whose connections are all closed.
    pub fn release(&mut self, range: LinkRange) {
        debug_assert_eq!(range.open, 0);
        match self.free.iter_mut().find(|(l, _)| *l == range.limit) {
            Some((_, firsts)) => firsts.push(range.first),
            None => self.free.push((range.limit, vec![range.first])),
        }
    }

    /// Opens a connection between `a` and `b` now and returns its two ends.
    ///
    /// # Panics
    /// When one side has no place left; callers check the limits.
    pub fn open(
        &mut self,
        now: SimTime,
        (a, a_range): (PeerIx, &mut LinkRange),
        (b, b_range): (PeerIx, &mut LinkRange),
    ) -> (LinkIx, LinkIx) {
        let a_end = self.take_place(a_range);
        let b_end = self.take_place(b_range);
        self.to[a_end.ix()] = b;
        self.to[b_end.ix()] = a;
        self.ends[a_end.ix()] = Link::opened(now, b_end);
        self.ends[b_end.ix()] = Link::opened(now, a_end);
        self.set_may_want(a_end, true);
        self.set_may_want(b_end, true);
        self.ledger.open(a_end, now);
        self.ledger.open(b_end, now);
        (a_end, b_end)
    }

    fn take_place(&self, range: &mut LinkRange) -> LinkIx {
        range.open += 1;
        if range.open <= range.used {
            // Some place below the mark is free again.
            let hole = range.places().find(|&l| self.to[l.ix()] == PeerIx::NOBODY);
            return hole.expect("fewer open connections than places in use");
        }
        assert!(range.used < range.limit, "connection limit");
        range.used += 1;
        LinkIx(range.first + range.used - 1)
    }

    /// Closes the end at `link`. The other end is closed apart.
    pub fn close(&mut self, link: LinkIx, range: &mut LinkRange) {
        debug_assert_ne!(self.to[link.ix()], PeerIx::NOBODY);
        self.to[link.ix()] = PeerIx::NOBODY;
        self.ends[link.ix()] = Link::closed();
        self.marks[link.ix()] = Marks::default();
        self.offers.remove(&link);
        range.open -= 1;
        if range.open == 0 {
            range.used = 0;
        }
    }

    /// The neighbour at `link`, or [`PeerIx::NOBODY`].
    #[inline]
    #[must_use]
    pub fn to(&self, link: LinkIx) -> PeerIx {
        self.to[link.ix()]
    }

    /// The owner of the open end `link`.
    #[inline]
    #[must_use]
    pub fn owner(&self, link: LinkIx) -> PeerIx {
        self.to[self.ends[link.ix()].back.ix()]
    }

    /// The neighbours in `range`, [`PeerIx::NOBODY`] where a place is free.
    #[inline]
    #[must_use]
    pub fn neighbours(&self, range: LinkRange) -> &[PeerIx] {
        &self.to[range.indices()]
    }

    /// Reads a word of each cache line of what is kept in columns of the ends in `range`.
    #[inline]
    pub fn read_ahead(&self, range: LinkRange) {
        let in_a_line = CACHE_LINE / size_of::<PeerIx>();
        self.to[range.indices()].iter().step_by(in_a_line).for_each(|to| {
            black_box(*to);
        });
        self.marks[range.indices()]
            .iter()
            .step_by(CACHE_LINE)
            .for_each(|marks| {
                black_box(*marks);
            });
    }

    /// The end at `link`.
    #[inline]
    #[must_use]
    pub fn get(&self, link: LinkIx) -> &Link {
        &self.ends[link.ix()]
    }

    /// The end at `link`, to change.
    #[inline]
    pub fn get_mut(&mut self, link: LinkIx) -> &mut Link {
        &mut self.ends[link.ix()]
    }

    /// The one chunk that the owner of `link`, a super-seed, shows to its neighbour, if any.
    #[must_use]
    pub fn offer(&self, link: LinkIx) -> Option<ChunkIx> {
        self.offers.get(&link).copied()
    }

    /// The owner of `link`, a super-seed, shows `chunk` to its neighbour from now on.
    pub fn set_offer(&mut self, link: LinkIx, chunk: ChunkIx) {
        self.offers.insert(link, chunk);
        self.set_may_want(link, true);
    }

    /// Whether the neighbour at `link` may want something that the owner has, or is being sent it. `false` is certain, and holds of free places.
    #[inline]
    #[must_use]
    pub fn may_want(&self, link: LinkIx) -> bool {
        self.marks[link.ix()].has(Marks::MAY_WANT)
    }

    /// Notes of all neighbours in `range` for which `lacks` holds that they may want something.
    #[inline]
    pub fn note_interest(&mut self, range: LinkRange, lacks: impl Fn(PeerIx) -> bool) {
        let places = self.marks[range.indices()].iter_mut().zip(&self.to[range.indices()]);
        for (marks, &to) in places {
            let may_want = marks.has(Marks::MAY_WANT) || (to != PeerIx::NOBODY && lacks(to));
            marks.set(Marks::MAY_WANT, may_want);
        }
    }

    /// Notes whether the neighbour at `link` may want something.
    #[inline]
    pub fn set_may_want(&mut self, link: LinkIx, may: bool) {
        self.marks[link.ix()].set(Marks::MAY_WANT, may);
    }

    /// Whether the owner of `link` unchokes the neighbour there.
    #[inline]
    #[must_use]
    pub fn is_unchoking(&self, link: LinkIx) -> bool {
        self.marks[link.ix()].has(Marks::UNCHOKING)
    }

    /// Notes that the owner of `link` unchokes the neighbour there from now on.
    pub fn unchoke(&mut self, link: LinkIx, now: SimTime) {
        self.marks[link.ix()].set(Marks::UNCHOKING | Marks::SERVED, true);
        self.ledger.unchoke(link, now);
    }

    /// Notes that the owner of `link` chokes the neighbour there.
    pub fn choke(&mut self, link: LinkIx) {
        self.marks[link.ix()].set(Marks::UNCHOKING | Marks::AWAITING, false);
    }

    /// Whether the first request after the unchoke on `link` is still on its way.
    #[inline]
    #[must_use]
    pub fn awaits_request(&self, link: LinkIx) -> bool {
        self.marks[link.ix()].has(Marks::AWAITING)
    }

    /// Notes whether the first request after the unchoke on `link` is still on its way.
    pub fn set_awaits_request(&mut self, link: LinkIx, awaits: bool) {
        self.marks[link.ix()].set(Marks::AWAITING, awaits);
    }

    /// Whether the owner of `link` has ever unchoked the neighbour there.
    #[inline]
    #[must_use]
    pub fn was_unchoked(&self, link: LinkIx) -> bool {
        self.marks[link.ix()].has(Marks::SERVED)
    }

    /// Whether the slot that the neighbour at `link` has, or had last, was given at random.
    #[inline]
    #[must_use]
    pub fn is_optimistic(&self, link: LinkIx) -> bool {
        self.marks[link.ix()].has(Marks::OPTIMISTIC)
    }

    /// Notes whether the slot of the neighbour at `link` was given at random.
    pub fn set_optimistic(&mut self, link: LinkIx, optimistic: bool) {
        self.marks[link.ix()].set(Marks::OPTIMISTIC, optimistic);
    }

    /// The open ends in `range` with their neighbours.
    pub fn open_in(&self, range: LinkRange) -> impl Iterator<Item = (LinkIx, PeerIx)> + '_ {
        range
            .places()
            .map(|l| (l, self.to(l)))
            .filter(|&(_, p)| p != PeerIx::NOBODY)
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.to.len() * Self::END_BYTES + self.ledger.memory_bytes()
    }
}

impl Link {
    fn opened(now: SimTime, back: LinkIx) -> Self {
        Self {
            back,
            received: RateMeter::new(now),
            ..Self::closed()
        }
    }

    fn closed() -> Self {
        Self {
            back: LinkIx::NONE,
            flow: FlowIx::NONE,
            received: RateMeter::new(SimTime::ZERO),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_small() {
        assert_eq!((size_of::<Link>(), Links::END_BYTES), (32, 37));
    }

    #[test]
    fn ends_point_at_each_other_and_places_are_used_again() {
        let mut links = Links::default();
        let mut ranges: Vec<LinkRange> = (0..4).map(|_| links.allocate(2)).collect();
        let peer = |i: usize| PeerIx::from_ix(i + 1);
        let mut connect = |links: &mut Links, i: usize, j: usize| {
            let (mut a, mut b) = (ranges[i], ranges[j]);
            let ends = links.open(SimTime::ZERO, (peer(i), &mut a), (peer(j), &mut b));
            (ranges[i], ranges[j]) = (a, b);
            ends
        };
        let (ab, ba) = connect(&mut links, 0, 1);
        let (ac, _) = connect(&mut links, 0, 2);
        assert_eq!(
            (links.to(ab), links.to(ba), links.owner(ab), links.owner(ba)),
            (peer(1), peer(0), peer(0), peer(1))
        );
        assert_eq!((links.get(ab).back, links.get(ba).back), (ba, ab));

        links.close(ab, &mut ranges[0]);
        links.close(ba, &mut ranges[1]);
        assert_eq!(links.neighbours(ranges[0]), [PeerIx::NOBODY, peer(2)]);
        assert_eq!(links.open_in(ranges[0]).collect::<Vec<_>>(), [(ac, peer(2))]);

        let (mut a, mut d) = (ranges[0], ranges[3]);
        let (ad, _) = links.open(SimTime::ZERO, (peer(0), &mut a), (peer(3), &mut d));
        assert_eq!(ad, ab, "the hole is filled first");
        assert_eq!((a.open, a.used), (2, 2));
    }

    #[test]
    fn a_released_range_serves_the_next_peer_of_its_size() {
        let mut links = Links::default();
        let first = links.allocate(3);
        let other = links.allocate(5);
        links.release(first);
        assert_eq!(links.allocate(5).first, 8);
        assert_eq!(links.allocate(3).first, first.first);
        assert_eq!(other.first, 3);
    }
}
