//! Neighbours that have all chunks: they want nothing, and make no chunk rarer than another, so nobody reads their bitfields any more.

use super::{LinkRange, Links};
use crate::ids::{LinkIx, PeerIx};
use crate::swarm::marks::Marks;

/// So many complete neighbours take longer to read than to leave out.
const WORTH_LEAVING_OUT: usize = 7;

impl Links {
    /// Notes of all neighbours in `range` for which `lacks` holds that they may want something; of those that have all chunks it is not asked.
    #[inline]
    pub fn note_interest(&mut self, range: LinkRange, lacks: impl Fn(PeerIx) -> bool) {
        let places = self.marks[range.indices()].iter_mut().zip(&self.to[range.indices()]);
        for (marks, &to) in places {
            let may_lack = to != PeerIx::NOBODY && !marks.has(Marks::COMPLETE);
            let may_want = marks.has(Marks::MAY_WANT) || (may_lack && lacks(to));
            marks.set(Marks::MAY_WANT, may_want);
        }
    }

    /// Notes that the neighbour at `link` is known to have all chunks.
    pub fn note_complete(&mut self, link: LinkIx) {
        self.marks[link.ix()].set(Marks::COMPLETE, true);
    }

    /// All neighbours in `range` learn that its owner has all chunks.
    pub fn show_complete(&mut self, range: LinkRange) {
        for link in range.places() {
            if self.to(link) != PeerIx::NOBODY {
                self.note_complete(self.get(link).back);
            }
        }
    }

    /// Whether the neighbour at `link` is known to have all chunks.
    #[must_use]
    pub fn is_complete(&self, link: LinkIx) -> bool {
        self.marks[link.ix()].has(Marks::COMPLETE)
    }

    /// The neighbours in `range` without those that are known to have all chunks, in `buffer`, or simply all where that saves next to nothing;
    /// [`PeerIx::NOBODY`] where a place is free.
    #[inline]
    #[must_use]
    pub fn incomplete<'a>(&'a self, range: LinkRange, buffer: &'a mut Vec<PeerIx>) -> &'a [PeerIx] {
        let (marks, neighbours) = (&self.marks[range.indices()], self.neighbours(range));
        if marks.iter().filter(|marks| marks.has(Marks::COMPLETE)).count() < WORTH_LEAVING_OUT {
            return neighbours;
        }
        // Each is written, and stays only if the place after it comes next: no branch that is hard to foresee.
        buffer.resize(neighbours.len(), PeerIx::NOBODY);
        let mut found = 0;
        for (marks, &to) in marks.iter().zip(neighbours) {
            buffer[found] = to;
            found += usize::from(!marks.has(Marks::COMPLETE));
        }
        &buffer[..found]
    }
}
