//! Who gets the slots that nobody has earned.

use crate::choking::choker::Neighbour;
use crate::choking::line::{Line, Rotation};
use crate::choking::seats::Seats;
use crate::rng::Rng;
use crate::scenario::model::OptimisticChoice;

/// The choice of a choker, with what it needs for it.
#[derive(Clone, Debug)]
pub(super) enum Optimistic {
    /// Drawn; how many times as likely a new neighbour is.
    Drawn(usize),
    /// The first in line.
    InLine(Box<Line>),
}

impl Optimistic {
    pub(super) fn new(choice: OptimisticChoice, new_neighbour_weight: u32) -> Self {
        let weight = new_neighbour_weight as usize;
        let in_line = |rotation| Self::InLine(Box::new(Line::new(weight, rotation)));
        match choice {
            OptimisticChoice::Drawn => Self::Drawn(weight),
            OptimisticChoice::InLine => in_line(Rotation::FirstToWait),
            OptimisticChoice::Quickest => in_line(Rotation::ByOffer),
        }
    }

    /// Whether it looks at what neighbours could give.
    pub(super) fn needs_offers(&self) -> bool {
        matches!(self, Self::InLine(line) if line.needs_offers())
    }

    /// Gives `regular` slots by `rate` to those that `fit`, and the others by this choice.
    pub(super) fn give(
        &mut self,
        seats: Seats<'_>,
        rng: &mut Rng,
        regular: usize,
        fit: impl Fn(&Neighbour) -> bool,
        rate: impl Fn(&Neighbour) -> f64,
    ) {
        match self {
            Self::Drawn(new_weight) => seats.by_rate(rng, regular, *new_weight, fit, rate),
            Self::InLine(line) => seats.by_rate_and_line(rng, regular, line, fit, rate),
        }
    }
}
