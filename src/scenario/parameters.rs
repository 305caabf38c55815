//! Parameters of chokers whose rule has several of its own.

use crate::scenario::model::Slots;
use crate::units::{BytesPerSec, SimDuration};

/// Parameters of tit-for-tat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TitForTat {
    /// Slots earned by reciprocation.
    pub regular_slots: Slots,
    /// Slots given at random.
    pub optimistic_slots: u32,
    /// A neighbour that has not sent for this long is snubbing; `None` turns anti-snubbing off.
    pub snub_after: Option<SimDuration>,
    /// A new neighbour is this many times as likely to be drawn.
    pub new_neighbour_weight: u32,
    /// Who gets them.
    pub optimistic_choice: OptimisticChoice,
}

/// Parameters of `fastest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fastest {
    /// Slots given by rate.
    pub regular_slots: Slots,
    /// Slots given at random.
    pub optimistic_slots: u32,
    /// A new neighbour is this many times as likely to be drawn.
    pub new_neighbour_weight: u32,
    /// Who gets them.
    pub optimistic_choice: OptimisticChoice,
}

/// Who gets an optimistic slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptimisticChoice {
    /// One drawn at random.
    Drawn,
    /// The first of a line that rotations put in order by what neighbours could give now, or take from a seed (Bharambe et al. 2006).
    Quickest,
    /// The first of a line to which rotations bring those that wait, as in `OctoSim`.
    InLine,
}

/// Parameters of `propshare`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PropShare {
    /// Share of the upload that explores, above 0 and below 1.
    pub exploring_share: f64,
    /// Neighbours that explore at a time.
    pub optimistic_slots: u32,
}

/// Parameters of `bittyrant`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BitTyrant {
    /// Upload that a new neighbour is taken to ask for.
    pub initial_upload: BytesPerSec,
    /// δ: share by which it rises when the neighbour does not reciprocate.
    pub increase: f64,
    /// γ: share by which it falls when the neighbour does.
    pub decrease: f64,
    /// r: it falls once the neighbour has unchoked the peer at this many decisions in a row.
    pub rounds: u32,
    /// The most that the peer uploads while it leeches; `None` for its capacity.
    pub selfish_cap: Option<BytesPerSec>,
}
