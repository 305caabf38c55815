//! Settlement: levels, then bottlenecks, then next finishes.
//!
//! # Why the worklist ends, and where
//!
//! Every link's level follows from those at the other ends of its flows (`level.rs`). The max-min fair
//! rates are `w · min(level up, level down)` at the one point where all levels fit together. The
//! worklist gets there from anywhere: it computes a level, and if that has changed, the other ends that can
//! see it are next.
//!
//! *Proof.* However the others stand, a computed level is never below `C / Σ w`, as no flow can be held
//! above the level. Let `x₁` be the lowest `C / Σ w` of all links. Once every link has been computed, no
//! level is below `x₁`, so nothing holds a flow below it, and a link with `C / Σ w = x₁` computes
//! `x₁` from then on: it is fixed, and so is the rate `w · x₁` of its flows. To the other links these flows
//! are from then on a constant that is taken from the capacity. What remains is the same problem with
//! fewer links, the lowest level of which is fixed next; and so on by induction. These are the steps of progressive filling,
//! which is why the levels end where that does (Bertsekas & Gallager 1992, section 6.5.2). That
//! links may find it one by one, in any order and with old news of each other, is what makes
//! distributed max-min algorithms work (Charny, Clark & Jain, *Congestion control with explicit rate
//! indication*, ICC 1995). ∎
//!
//! Links that no change has reached fit together already, so the work is that of the links the change
//! reaches: `benches/bandwidth.rs` measures it. Rounding is kept from going round in circles by the
//! threshold in `level.rs`.
//!
//! # Who can see a change
//!
//! A link at a finite level `m` counts a flow as `w · min(m, level at the other end)`. A change at the other end
//! between two values that are both at least `m` is out of its sight. So two ends never drive each other
//! in turn: only the higher sees the lower.
//!
//! A link at level infinity sees every change, but it takes no notice as long as it does not get full. How far
//! it is from that is its [`room`](Face::room), kept up to date with one subtraction a change. Most downloads
//! are like this where they are faster than uploads: without `room` more than half of all levels
//! would be computed to find infinity again.

use super::access::{AccessIx, Face};
use super::clock::{Clock, ClockKind, Finish};
use super::level::{self, Share};
use super::max_min::MaxMin;
use crate::ids::FlowIx;
use crate::units::SimTime;

impl MaxMin {
    /// Makes the rates max-min fair again, after all changes of an event at `now`.
    pub fn settle(&mut self, now: SimTime) {
        debug_assert!(now >= self.settled, "time never goes back");
        self.settled = now;
        while let Some(link) = self.worklist.pop_front() {
            self.links[link.ix()].queued = false;
            self.visits += 1;
            let old = self.links[link.ix()].level;
            let new = self.compute(link);
            if !level::same(old, new) {
                self.links[link.ix()].set_level(now, new);
                self.mark_affected(link);
                self.faces[link.ix()].level = new;
                self.tell_others(link, old, new);
            }
        }
        let mut affected = std::mem::take(&mut self.affected);
        for link in affected.drain(..) {
            self.links[link.ix()].affected = false;
            self.mark_stale(link);
            if self.is_mixed(link) {
                self.rebind_all(now, link);
            }
        }
        self.affected = affected;
    }

    /// Hands out every clock whose next finish may be another one since the last time, with that finish; none if no flow finishes on it.
    ///
    /// Instants are rounded up to a nanosecond, and not before the last [`settle`](Self::settle).
    pub fn take_rescheduled(&mut self, mut each: impl FnMut(Clock, Option<Finish>)) {
        let mut stale = std::mem::take(&mut self.stale);
        for ix in stale.drain(..) {
            let link = &mut self.links[ix.ix()];
            link.stale = false;
            let next = link.next_finish(self.settled);
            if std::mem::replace(&mut link.pending, next.is_some()) || next.is_some() {
                each(ix.clock(), next);
            }
            if self.capped && ix.is_upload() {
                let peer = ix.clock().peer;
                let next = self.next_capped(ix);
                if std::mem::replace(&mut self.cap_pending[peer.ix()], next.is_some()) || next.is_some() {
                    each(
                        Clock {
                            peer,
                            kind: ClockKind::Cap,
                        },
                        next,
                    );
                }
            }
        }
        self.stale = stale;
    }

    /// The level of a link, from those of the other ends of its flows.
    fn compute(&mut self, ix: AccessIx) -> f64 {
        let link = &self.links[ix.ix()];
        if link.entries.is_empty() {
            self.faces[ix.ix()] = Face::open(link.capacity, link.capacity);
            return f64::INFINITY;
        }
        if !self.is_mixed(ix) {
            return link.capacity / link.weight();
        }
        let mut shares = std::mem::take(&mut self.shares);
        shares.clear();
        for entry in &link.entries {
            let weight = f64::from(entry.weight);
            let held = self.faces[entry.other.ix()]
                .level
                .min(self.cap_level(entry.flow, weight));
            shares.push(Share { weight, held });
        }
        let (level, left) = level::level(link.capacity, &mut shares);
        if level.is_infinite() {
            self.faces[ix.ix()] = Face::open(link.capacity, left);
        }
        self.shares = shares;
        level
    }

    /// Queues the other ends that can see the level of a link go from `old` to `new`.
    fn tell_others(&mut self, ix: AccessIx, old: f64, new: f64) {
        if !self.is_mixed(ix) {
            return;
        }
        for place in 0..self.links[ix.ix()].entries.len() {
            let entry = self.links[ix.ix()].entries[place];
            let weight = f64::from(entry.weight);
            let cap = self.cap_level(entry.flow, weight);
            let more = weight * (new.min(cap) - old.min(cap));
            let face = &mut self.faces[entry.other.ix()];
            let sees = if face.level.is_finite() {
                old.min(new) < face.level
            } else if more.is_finite() {
                face.room -= more;
                face.room < 0.0
            } else {
                // Both ends at infinity: nothing limits the other one, or it waits on the worklist.
                debug_assert!(face.room.is_infinite() || self.links[entry.other.ix()].queued);
                false
            };
            if sees {
                self.enqueue(entry.other);
            }
        }
    }

    /// Binds those flows of a link to another clock that have got another bottleneck.
    fn rebind_all(&mut self, now: SimTime, ix: AccessIx) {
        for place in 0..self.links[ix.ix()].entries.len() {
            let link = &self.links[ix.ix()];
            let entry = &link.entries[place];
            let other = self.faces[entry.other.ix()].level;
            let is_bottleneck = if ix.is_upload() {
                link.level <= other
            } else {
                link.level < other
            };
            let is_bound = entry.finish.is_finite();
            // Without a cap there are two clocks to choose from: most flows are where they should be.
            if self.capped || is_bound != is_bottleneck {
                let flow = entry.flow;
                self.rebind(now, flow);
            }
        }
    }

    /// Binds a flow to the clock of its bottleneck: the lowest of upload, download and cap, the first of equals.
    fn rebind(&mut self, now: SimTime, flow: FlowIx) {
        let (up, down) = self.ends(flow);
        let state = &self.flows[flow.ix()];
        let (up, down) = (self.faces[up.ix()].level, self.faces[down.ix()].level);
        let cap = self.cap_level(flow, f64::from(state.weight));
        let bound = if up <= down.min(cap) {
            ClockKind::Upload
        } else if down <= cap {
            ClockKind::Download
        } else {
            ClockKind::Cap
        };
        if bound != state.bound {
            self.bind(now, flow, bound, self.left(now, flow));
        }
    }

    /// Binds a flow to a clock, with `left` bytes to go.
    pub(super) fn bind(&mut self, now: SimTime, flow: FlowIx, bound: ClockKind, left: f64) {
        if bound != self.flows[flow.ix()].bound {
            self.set_finish(flow, f64::INFINITY);
            self.flows[flow.ix()].bound = bound;
        }
        let state = &self.flows[flow.ix()];
        let finish = match bound {
            ClockKind::Cap => now.as_secs_f64() + left / self.caps[flow.ix()],
            _ => self.links[state.access().ix()].clock(now) + left / f64::from(state.weight),
        };
        self.set_finish(flow, finish);
    }

    /// Whether anything but the link itself can hold its flows. If not, all its flows are bound to it for ever.
    fn is_mixed(&self, ix: AccessIx) -> bool {
        !ix.is_upload() || self.links[ix.ix()].limited > 0 || self.capped
    }

    /// Level at which its cap holds a flow of a weight.
    fn cap_level(&self, flow: FlowIx, weight: f64) -> f64 {
        self.cap_of(flow) / weight
    }

    /// The most that a flow may have, in bytes/s.
    pub(super) fn cap_of(&self, flow: FlowIx) -> f64 {
        if self.capped {
            self.caps[flow.ix()]
        } else {
            f64::INFINITY
        }
    }

    /// The flow of an upload that finishes first of those that the cap holds.
    pub(super) fn first_capped(&self, ix: AccessIx) -> Option<FlowIx> {
        let mut first: Option<FlowIx> = None;
        for entry in &self.links[ix.ix()].entries {
            let flow = &self.flows[entry.flow.ix()];
            let earliest = first.map_or(f64::INFINITY, |first| self.flows[first.ix()].finish);
            if flow.bound == ClockKind::Cap && flow.finish < earliest {
                first = Some(entry.flow);
            }
        }
        first
    }

    /// The next finish of an upload that the cap holds.
    fn next_capped(&self, ix: AccessIx) -> Option<Finish> {
        let flow = &self.flows[self.first_capped(ix)?.ix()];
        Some(Finish {
            at: SimTime::from_secs_f64(flow.finish).max(self.settled),
            other: flow.to,
        })
    }

    pub(super) fn enqueue(&mut self, ix: AccessIx) {
        if !std::mem::replace(&mut self.links[ix.ix()].queued, true) {
            self.worklist.push_back(ix);
        }
    }

    pub(super) fn mark_affected(&mut self, ix: AccessIx) {
        if !std::mem::replace(&mut self.links[ix.ix()].affected, true) {
            self.affected.push(ix);
        }
    }

    pub(super) fn mark_stale(&mut self, ix: AccessIx) {
        if !std::mem::replace(&mut self.links[ix.ix()].stale, true) {
            self.stale.push(ix);
        }
    }
}
