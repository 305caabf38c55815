//! The rhythm of unchoke decisions, and of requests.

use crate::units::SimDuration;

/// The rhythm of unchoke decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rechoke {
    /// Time between two decisions of a peer.
    pub interval: SimDuration,
    /// Every this many decisions one is an optimistic rotation.
    pub optimistic_every: u32,
    /// Whether each peer has its own phase or all decide at the same time.
    pub phase: Phase,
    /// What follows when a slot falls free.
    pub refill: Refill,
    /// Length of the window over which rates are measured.
    pub rate_window: SimDuration,
}

impl Rechoke {
    /// Time from one optimistic rotation to the next.
    #[must_use]
    pub fn rotation(&self) -> SimDuration {
        SimDuration(self.interval.0.saturating_mul(u64::from(self.optimistic_every)))
    }
}

/// Phase of the rechoke timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Drawn uniformly for each peer.
    Random,
    /// The same for all: decisions fall on multiples of the interval since time 0.
    Aligned,
}

/// When a free slot is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refill {
    /// At once, as most clients do.
    Immediate,
    /// By a decision on all slots within the second, from which the interval counts anew, as libtorrent does; a neighbour that turns up before that gets it.
    Decision,
    /// At the next decision.
    Periodic,
    /// Never: whoever is no longer interested keeps it until a decision takes it, and a new neighbour brings one, as in `OctoSim`.
    Held,
}

/// How many blocks a leecher asks a neighbour for ahead of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pipelining {
    /// At least so many.
    pub least_blocks: u32,
    /// As many as come in this time.
    pub ahead: SimDuration,
    /// Upload is dealt out to the connections this often, and a block waits for it.
    pub quota_every: SimDuration,
    /// Within this time a connection brings a chunk that whole chunks are asked of, as many as come in it; a slower one is asked for blocks.
    pub whole_chunk_within: SimDuration,
}
