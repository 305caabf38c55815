//! Who gets the slots that nobody has earned.

use crate::choking::choker::Neighbour;
use crate::choking::line::Line;
use crate::choking::seats::Seats;
use crate::rng::Rng;
use crate::scenario::model::OptimisticChoice;

/// The choice of a choker, with what it needs for it.
#[derive(Clone, Debug)]
pub(super) enum Optimistic {
    /// Drawn; how many times as likely a new neighbour is.
    Drawn(usize),
    /// Who could give, or take, most now.
    Quickest,
    /// The first in line.
    InLine(Box<Line>),
}

impl Optimistic {
    pub(super) fn new(choice: OptimisticChoice, new_neighbour_weight: u32) -> Self {
        let weight = new_neighbour_weight as usize;
        match choice {
            OptimisticChoice::Drawn => Self::Drawn(weight),
            OptimisticChoice::Quickest => Self::Quickest,
            OptimisticChoice::InLine => Self::InLine(Box::new(Line::new(weight))),
        }
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
            Self::Quickest => seats.by_rate_and_offer(rng, regular, fit, rate),
            Self::InLine(line) => seats.by_rate_and_line(rng, regular, line, fit, rate),
        }
    }
}
