//! The slots of one decision while they are being given out. Every choker is a few calls on this, those of other programs too.

use crate::choking::choker::{Decision, Grant, Neighbour, RechokeView};
use crate::choking::line::Line;
use crate::rng::{Rng, below};
use rand::RngExt;
use smallvec::SmallVec;
use std::cmp::Ordering;

/// Neighbours in some order, by their place in the view.
pub type Places = SmallVec<[usize; 64]>;

/// Slots given so far, and who has none.
pub struct Seats<'a> {
    view: &'a RechokeView<'a>,
    grants: &'a mut Vec<Grant>,
    /// How many slots there are in all.
    slots: usize,
    /// By place: whether the neighbour has got a slot.
    taken: SmallVec<[bool; 64]>,
}

impl<'a> Seats<'a> {
    /// `slots` slots to give out. Where a decision leaves theirs to those that are unchoked, they have them already.
    pub fn new(view: &'a RechokeView<'a>, slots: usize, grants: &'a mut Vec<Grant>) -> Self {
        grants.clear();
        let taken = SmallVec::from_elem(false, view.neighbours.len());
        let mut seats = Self {
            view,
            grants,
            slots,
            taken,
        };
        match view.decision {
            Decision::Periodic { .. } | Decision::NewNeighbour => {}
            Decision::Refill => seats.keep(|_| true),
            Decision::TurnsOver => seats.keep(|n| !n.optimistic),
            Decision::ChunkSent(link) => seats.keep(|n| n.link != link),
        }
        seats
    }

    /// Leaves their slots to those that are unchoked and `stay`.
    pub(super) fn keep(&mut self, stay: impl Fn(&Neighbour) -> bool) {
        for place in self.unchoked_newest_first() {
            let neighbour = &self.view.neighbours[place];
            if stay(neighbour) {
                self.give(place, neighbour.optimistic);
            }
        }
    }

    /// Slots that are left.
    #[must_use]
    pub fn free(&self) -> usize {
        self.slots.saturating_sub(self.grants.len())
    }

    /// Those that have got a slot so far.
    pub(super) fn given(&self) -> impl Iterator<Item = &Neighbour> {
        self.grants.iter().map(|grant| &self.view.neighbours[grant.neighbour])
    }

    /// Slots given so far that were not given at random.
    pub(super) fn regular(&self) -> usize {
        self.grants.iter().filter(|g| !g.optimistic).count()
    }

    /// Those that have no slot yet.
    pub(super) fn left(&self) -> impl Iterator<Item = &Neighbour> {
        let all = self.view.neighbours.iter().zip(&self.taken);
        all.filter(|(_, taken)| !**taken).map(|(n, _)| n)
    }

    /// Slots given so far at random, or in turn.
    pub(super) fn in_turn(&self) -> usize {
        self.grants.len() - self.regular()
    }

    /// Gives a slot to the neighbour at `place`, if one is left and it has none.
    pub fn give(&mut self, place: usize, optimistic: bool) {
        if self.free() > 0 && !self.taken[place] {
            self.taken[place] = true;
            self.grants.push(Grant {
                neighbour: place,
                optimistic,
                weight: 1.0,
            });
        }
    }

    /// The first `most` of those without a slot that `fit`, ordered by `order`, ties at random.
    pub fn ranked(
        &self,
        rng: &mut Rng,
        most: usize,
        fit: impl Fn(&Neighbour) -> bool,
        order: impl Fn(&Neighbour, &Neighbour) -> Ordering,
    ) -> Places {
        let neighbours = self.view.neighbours;
        let without = (0..neighbours.len()).filter(|&p| !self.taken[p] && fit(&neighbours[p]));
        let mut keyed: SmallVec<[(u32, usize); 64]> = without.map(|p| (rng.random(), p)).collect();
        let order = |a: &(u32, usize), b: &(u32, usize)| order(&neighbours[a.1], &neighbours[b.1]).then(a.cmp(b));
        if most == 0 {
            return Places::new();
        }
        if most < keyed.len() {
            // Mostly one slot is free and dozens want it: no need to put the others in order.
            keyed.select_nth_unstable_by(most - 1, order);
            keyed.truncate(most);
        }
        keyed.sort_unstable_by(order);
        keyed.into_iter().map(|(_, p)| p).collect()
    }

    /// Those that are unchoked and have no slot in this decision yet, the most recently unchoked first.
    pub(super) fn unchoked_newest_first(&self) -> Places {
        let neighbours = self.view.neighbours;
        let mut held: Places = (0..neighbours.len())
            .filter(|&p| !self.taken[p] && neighbours[p].unchoked)
            .collect();
        held.sort_by_key(|&p| std::cmp::Reverse(neighbours[p].unchoked_at));
        held
    }

    /// Fills what is left by lot; `weight` says how many tickets a neighbour has.
    pub fn draw(&mut self, rng: &mut Rng, weight: impl Fn(&Neighbour) -> usize) {
        let neighbours = self.view.neighbours;
        while self.free() > 0 {
            let tickets = |p: usize| if self.taken[p] { 0 } else { weight(&neighbours[p]) };
            let total: usize = (0..neighbours.len()).map(tickets).sum();
            if total == 0 {
                return;
            }
            let mut n = below(rng, total);
            let drawn = (0..neighbours.len()).find(|&p| {
                let here = tickets(p);
                let hit = n < here;
                n = n.saturating_sub(here);
                hit
            });
            // A ticket below the total is somebody's.
            drawn.into_iter().for_each(|place| self.give(place, true));
        }
    }

    /// The rule that tit-for-tat and `fastest` share: `regular` slots by rank, the others by lot and held until a rotation (BEP 3).
    ///
    /// Regular slots go to those that `fit`, highest `rate` first; equal rates leave a slot where it is. Slots that nobody has earned become
    /// optimistic ones, if there are any at all. A rotation takes one optimistic slot, the one held longest. Who is not interested earns nothing.
    pub fn by_rate(
        mut self,
        rng: &mut Rng,
        regular: usize,
        new_weight: usize,
        fit: impl Fn(&Neighbour) -> bool,
        rate: impl Fn(&Neighbour) -> f64,
    ) {
        self.give_earned(rng, regular, fit, rate);
        if self.slots > regular {
            self.by_lot(rng, new_weight);
        }
    }

    /// As [`by_rate`](Self::by_rate), but of equal rates the first in `line` earns the slot, and optimistic slots go to the first there.
    pub(super) fn by_rate_and_line(
        mut self,
        rng: &mut Rng,
        regular: usize,
        line: &mut Line,
        fit: impl Fn(&Neighbour) -> bool,
        rate: impl Fn(&Neighbour) -> f64,
    ) {
        line.update(self.view, rng);
        let (neighbours, in_line) = (self.view.neighbours, line.places(self.view));
        let fits = |&p: &usize| !self.taken[p] && neighbours[p].interested && fit(&neighbours[p]);
        let mut ranked: Places = in_line.iter().copied().filter(fits).collect();
        ranked.sort_by(|&a, &b| rate(&neighbours[b]).total_cmp(&rate(&neighbours[a])));
        ranked.truncate(regular.saturating_sub(self.regular()));
        ranked.into_iter().for_each(|place| self.give(place, false));
        if self.slots > regular {
            in_line.into_iter().for_each(|place| self.give(place, true));
        }
    }

    /// Gives the regular slots that are left to those that `fit`, highest `rate` first; equal rates leave a slot where it is.
    fn give_earned(
        &mut self,
        rng: &mut Rng,
        regular: usize,
        fit: impl Fn(&Neighbour) -> bool,
        rate: impl Fn(&Neighbour) -> f64,
    ) {
        let best_first = |a: &Neighbour, b: &Neighbour| rate(b).total_cmp(&rate(a)).then(b.unchoked.cmp(&a.unchoked));
        let earned = regular.saturating_sub(self.regular()).min(self.free());
        for place in self.ranked(rng, earned, |n| n.interested && fit(n), best_first) {
            self.give(place, false);
        }
    }

    /// Fills what is left with optimistic slots: those that hold one keep it until a rotation takes the one held longest (BEP 3), the rest is drawn; on a
    /// rotation from those that are interested, as long as there are any.
    pub(super) fn by_lot(mut self, rng: &mut Rng, new_weight: usize) {
        let on_all = match self.view.decision {
            Decision::Periodic { rotate, .. } => Some(rotate),
            Decision::NewNeighbour => Some(false),
            Decision::Refill | Decision::TurnsOver | Decision::ChunkSent(_) => None,
        };
        if let Some(rotate) = on_all {
            // One that has been overtaken has no claim on a slot that is given by lot.
            let mut held = self.unchoked_newest_first();
            held.retain(|&mut place| self.view.neighbours[place].optimistic);
            let keep = self.free().saturating_sub(usize::from(rotate));
            for place in held.into_iter().take(keep) {
                self.give(place, true);
            }
        }
        let rotated_at = self.view.rotated_at;
        let tickets = |n: &Neighbour| if n.opened > rotated_at { new_weight } else { 1 };
        if let Decision::Periodic { rotate: true, .. } = self.view.decision {
            self.draw(rng, |n| if n.interested { tickets(n) } else { 0 });
        }
        self.draw(rng, tickets);
    }
}

/// Hand-made decisions for the tests of the chokers.
#[cfg(test)]
pub(super) mod by_hand {
    use super::*;
    use crate::choking::choker::Choker;
    use crate::ids::{LinkIx, PeerId};
    use crate::rng::{Purpose, stream};
    use crate::units::{SimDuration, SimTime};

    pub(crate) fn at(secs: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(secs)
    }

    /// A neighbour that connected at 0 s, is choked and has sent nothing.
    pub(crate) fn neighbour(id: u32) -> Neighbour {
        Neighbour::new(LinkIx(id), PeerId(id))
    }

    /// The same neighbour, unchoked since `secs`.
    pub(crate) fn unchoked_since(mut n: Neighbour, secs: u64, optimistic: bool) -> Neighbour {
        n.unchoked = true;
        n.optimistic = optimistic;
        n.unchoked_at = Some(at(secs));
        n
    }

    /// A regular decision that is no rotation.
    pub(crate) const TICK: Decision = Decision::Periodic {
        number: 1,
        rotate: false,
    };

    /// What `choker` grants, in its order: of 100 kB/s upload, in chunks of 256 KiB, 10 s after the last decision.
    pub(crate) fn grants(
        choker: &mut dyn Choker,
        neighbours: &[Neighbour],
        now: SimTime,
        decision: Decision,
        seed: u64,
    ) -> Vec<Grant> {
        let view = RechokeView {
            now,
            decision,
            neighbours,
            decided_at: now - SimDuration::from_secs(10),
            rotated_at: at(0),
            rotation: SimDuration::from_secs(30),
            first_request: SimDuration::ZERO,
            upload: 100_000.0,
            chunk_bytes: 262_144,
        };
        let mut grants = Vec::new();
        choker.rechoke(&view, &mut stream(seed, Purpose::Choking, 0), &mut grants);
        grants
    }

    /// Places that got a slot, sorted, and those of them that got it by lot.
    pub(crate) fn decide(
        choker: &mut dyn Choker,
        neighbours: &[Neighbour],
        now: SimTime,
        decision: Decision,
        seed: u64,
    ) -> (Vec<usize>, Vec<usize>) {
        let grants = grants(choker, neighbours, now, decision, seed);
        let mut all: Vec<usize> = grants.iter().map(|g| g.neighbour).collect();
        all.sort_unstable();
        let mut lot: Vec<usize> = grants.iter().filter(|g| g.optimistic).map(|g| g.neighbour).collect();
        lot.sort_unstable();
        assert!(all.windows(2).all(|w| w[0] != w[1]), "nobody gets two slots");
        assert!(all.len() <= choker.slots());
        (all, lot)
    }
}
