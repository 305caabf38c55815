//! The clocks in whose time flows finish: three a peer.

use crate::ids::PeerIx;
use crate::units::SimTime;

/// One of the clocks of a peer. At most one finish is pending on each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock {
    /// Whose clock it is.
    pub peer: PeerIx,
    /// Which one of them.
    pub kind: ClockKind,
}

/// What holds a flow back, and so the clock that its finish is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockKind {
    /// The upload link of the sender.
    Upload,
    /// The download link of the receiver.
    Download,
    /// The cap per connection. The clock is plain time, and belongs to the sender.
    Cap,
}

/// The next finish on a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finish {
    /// When.
    pub at: SimTime,
    /// The peer at the other end of the flow that finishes.
    pub other: PeerIx,
}

impl Clock {
    /// Clocks that each peer has.
    pub const PER_PEER: usize = 3;

    /// Place of the clock in a column of all clocks.
    #[must_use]
    pub const fn index(self) -> usize {
        self.peer.ix() * Self::PER_PEER + self.kind as usize
    }

    /// The clock at a place of a column of all clocks.
    #[must_use]
    pub const fn from_index(index: usize) -> Self {
        let kind = match index % Self::PER_PEER {
            0 => ClockKind::Upload,
            1 => ClockKind::Download,
            _ => ClockKind::Cap,
        };
        Self {
            peer: PeerIx::from_ix(index / Self::PER_PEER),
            kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_goes_both_ways() {
        for index in 0..12 {
            assert_eq!(Clock::from_index(index).index(), index);
        }
    }
}
