//! Where a peer keeps the ends of its connections.

use crate::ids::LinkIx;

/// The range of the flat array in which a peer keeps its ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkRange {
    /// First place.
    pub first: u32,
    /// Places up to the last one ever used.
    pub used: u32,
    /// Places in all.
    pub limit: u32,
    /// Open connections.
    pub open: u32,
}

impl LinkRange {
    /// The places that may hold open ends.
    #[inline]
    pub fn places(self) -> impl Iterator<Item = LinkIx> {
        (self.first..self.first + self.used).map(LinkIx)
    }

    /// The same places as indices into columns.
    #[inline]
    #[must_use]
    pub fn indices(self) -> std::ops::Range<usize> {
        self.first as usize..(self.first + self.used) as usize
    }
}
