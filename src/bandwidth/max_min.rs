//! The allocator: flows come, go and change between two settlements.

use std::collections::VecDeque;

use super::access::{Access, AccessIx, Entry, Face};
use super::clock::{Clock, ClockKind};
use super::level::Share;
use super::view::link_of;
use crate::ids::{FlowIx, PeerIx};
use crate::units::SimTime;

/// Weighted max-min fair rates of all flows, with the instants at which they finish.
///
/// Changes ([`start`], [`stop`], [`set_weight`] …) only take note; [`settle`] then makes the rates fair
/// again, once for all changes of an event, and [`take_rescheduled`] says which clocks have another next
/// finish. The caller keeps these instants in its queue and calls [`finish`] when one has come.
///
/// Time must not go back from one call to the next, and every change needs a [`settle`] at its instant.
///
/// ```
/// use swarmsim::bandwidth::MaxMin;
/// use swarmsim::ids::PeerIx;
/// use swarmsim::units::SimTime;
///
/// let (seed, leecher, now) = (PeerIx(0), PeerIx(1), SimTime::ZERO);
/// let mut bandwidth = MaxMin::new(None);
/// bandwidth.set_peer(seed, 1000.0, f64::INFINITY);
/// bandwidth.set_peer(leecher, 1000.0, f64::INFINITY);
/// let flow = bandwidth.start(now, seed, leecher, 1.0, 3000);
/// bandwidth.settle(now);
///
/// let mut next = Vec::new();
/// bandwidth.take_rescheduled(|clock, finish| next.push((clock, finish.map(|finish| finish.at))));
/// let (clock, instant) = next[0];
/// assert_eq!(instant, Some(SimTime(3_000_000_000)));
/// assert_eq!(bandwidth.finish(instant.unwrap(), clock), flow);
/// assert_eq!(bandwidth.moved(instant.unwrap(), flow), 3000);
/// bandwidth.stop(flow);
/// ```
///
/// [`start`]: Self::start
/// [`stop`]: Self::stop
/// [`set_weight`]: Self::set_weight
/// [`settle`]: Self::settle
/// [`take_rescheduled`]: Self::take_rescheduled
/// [`finish`]: Self::finish
#[derive(Clone, Debug)]
pub struct MaxMin {
    /// The most that one flow may have, in bytes/s; infinite for no limit.
    cap: f64,
    /// Whether anything but the links can hold a flow.
    pub(super) capped: bool,
    /// The most that each flow may have, in bytes/s; empty unless `capped`.
    pub(super) caps: Vec<f64>,
    /// Two a peer.
    pub(super) links: Vec<Access>,
    /// As many.
    pub(super) faces: Vec<Face>,
    /// Flows of each link, apart from the links: it is asked for at every chunk.
    pub(super) counts: Vec<u32>,
    pub(super) flows: Vec<Flow>,
    pub(super) free: Vec<FlowIx>,
    /// Whether a finish is pending on the cap clock of a peer; empty unless `capped`.
    pub(super) cap_pending: Vec<bool>,
    /// Links whose level is to be computed.
    pub(super) worklist: VecDeque<AccessIx>,
    /// Links whose flows may have got another bottleneck.
    pub(super) affected: Vec<AccessIx>,
    /// Links whose next finish may be another one.
    pub(super) stale: Vec<AccessIx>,
    /// Memory of the level computation.
    pub(super) shares: Vec<Share>,
    /// Levels computed since the start.
    pub(super) visits: u64,
    pub(super) settled: SimTime,
}

/// A transfer from one peer to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    pub from: PeerIx,
    pub to: PeerIx,
    pub weight: f32,
    /// What holds it back.
    pub bound: ClockKind,
    /// Its finish has been delivered: to be stopped or continued.
    pub done: bool,
    /// Its work in bytes.
    pub bytes: u64,
    /// What the clock that it is bound to shows when it finishes.
    pub finish: f64,
}

impl Flow {
    /// The link whose clock it is bound to; that of its sender when the cap holds it.
    pub(super) const fn access(&self) -> AccessIx {
        match self.bound {
            ClockKind::Upload | ClockKind::Cap => AccessIx::upload(self.from),
            ClockKind::Download => AccessIx::download(self.to),
        }
    }
}

impl MaxMin {
    /// No peers yet. `connection_cap` is the most that one flow may have in bytes/s, whatever its weight.
    #[must_use]
    pub fn new(connection_cap: Option<f64>) -> Self {
        Self {
            cap: connection_cap.unwrap_or(f64::INFINITY),
            capped: connection_cap.is_some(),
            caps: Vec::new(),
            links: Vec::new(),
            faces: Vec::new(),
            counts: Vec::new(),
            flows: Vec::new(),
            free: Vec::new(),
            cap_pending: Vec::new(),
            worklist: VecDeque::new(),
            affected: Vec::new(),
            stale: Vec::new(),
            shares: Vec::new(),
            visits: 0,
            settled: SimTime::ZERO,
        }
    }

    /// Lets each flow have a cap of its own ([`set_cap`](Self::set_cap)). To be said before there are peers.
    #[must_use]
    pub fn with_own_caps(mut self) -> Self {
        self.capped = true;
        self
    }

    /// Gives a peer without flows its capacities in bytes/s. A download may be infinite.
    pub fn set_peer(&mut self, peer: PeerIx, upload: f64, download: f64) {
        debug_assert!(upload.is_finite() && upload >= 0.0 && download >= 0.0);
        let (up, down) = (AccessIx::upload(peer), AccessIx::download(peer));
        if self.links.len() <= down.ix() {
            self.links.resize_with(down.ix() + 1, || Access::new(0.0));
            self.faces.resize(down.ix() + 1, Face::open(0.0, 0.0));
            self.counts.resize(down.ix() + 1, 0);
            if self.capped {
                self.cap_pending.resize(peer.ix() + 1, false);
            }
        }
        for (link, capacity) in [(up, upload), (down, download)] {
            self.links[link.ix()].reset(capacity);
            self.faces[link.ix()] = Face::open(capacity, capacity);
        }
    }

    /// Changes the upload of a peer, whose flows may run, to `upload` bytes/s from now on.
    pub fn set_upload(&mut self, peer: PeerIx, upload: f64) {
        debug_assert!(upload.is_finite() && upload >= 0.0);
        let up = AccessIx::upload(peer);
        if self.links[up.ix()].capacity.to_bits() != upload.to_bits() {
            self.links[up.ix()].capacity = upload;
            self.mark_affected(up);
            self.enqueue(up);
        }
    }

    /// Starts a flow of `bytes` and returns its index, the one freed last if there is one.
    ///
    /// Weights are single precision: their sums are then exact in double precision.
    pub fn start(&mut self, now: SimTime, from: PeerIx, to: PeerIx, weight: f32, bytes: u64) -> FlowIx {
        debug_assert!(weight.is_finite() && weight > 0.0);
        let (up, down) = (AccessIx::upload(from), AccessIx::download(to));
        // Held by its upload until it is settled: the clock shows the same `now` whatever the new level.
        let finish = self.links[up.ix()].clock(now) + bytes as f64 / f64::from(weight);
        let flow = Flow {
            from,
            to,
            weight,
            bound: ClockKind::Upload,
            done: false,
            bytes,
            finish,
        };
        let ix = self.free.pop().unwrap_or_else(|| FlowIx::from_ix(self.flows.len()));
        if ix.ix() == self.flows.len() {
            self.flows.push(flow);
        } else {
            self.flows[ix.ix()] = flow;
        }
        if self.capped {
            self.caps.resize(self.flows.len(), self.cap);
            self.caps[ix.ix()] = self.cap;
        }
        self.links[up.ix()].entries.push(Entry {
            finish,
            weight,
            flow: ix,
            other: down,
        });
        self.links[down.ix()].entries.push(Entry {
            finish: f64::INFINITY,
            weight,
            flow: ix,
            other: up,
        });
        self.links[up.ix()].limited += self.is_limited(down);
        self.counts[up.ix()] += 1;
        self.counts[down.ix()] += 1;
        self.touch(up, down);
        ix
    }

    /// Ends a flow.
    pub fn stop(&mut self, flow: FlowIx) {
        let (up, down) = self.ends(flow);
        self.links[up.ix()].remove(flow);
        self.links[down.ix()].remove(flow);
        self.links[up.ix()].limited -= self.is_limited(down);
        self.counts[up.ix()] -= 1;
        self.counts[down.ix()] -= 1;
        self.free.push(flow);
        self.touch(up, down);
    }

    /// Gives a flow that has just finished `bytes` more to move.
    ///
    /// The new work follows the old one without a gap: what the flow has moved since its exact finish,
    /// in the rest of the nanosecond, belongs to the new work.
    pub fn continue_with(&mut self, now: SimTime, flow: FlowIx, bytes: u64) {
        let state = &mut self.flows[flow.ix()];
        debug_assert!(state.done, "only a flow that has finished continues");
        debug_assert!(now >= self.settled);
        state.done = false;
        state.bytes = bytes;
        self.put_off(flow, bytes as f64);
    }

    /// Changes the current work of a flow to `bytes` in all, of which it must not have moved more.
    pub fn resize(&mut self, now: SimTime, flow: FlowIx, bytes: u64) {
        debug_assert!(self.moved(now, flow) <= bytes);
        let state = &mut self.flows[flow.ix()];
        debug_assert!(!state.done, "work that is done can't change");
        let more = bytes as f64 - state.bytes as f64;
        state.bytes = bytes;
        self.put_off(flow, more);
    }

    /// Changes the weight of a flow from `now` on. Single precision, see [`start`](Self::start).
    pub fn set_weight(&mut self, now: SimTime, flow: FlowIx, weight: f32) {
        debug_assert!(weight.is_finite() && weight > 0.0);
        let left = self.left(now, flow);
        let (up, down) = self.ends(flow);
        self.flows[flow.ix()].weight = weight;
        self.links[up.ix()].entry(flow).weight = weight;
        self.links[down.ix()].entry(flow).weight = weight;
        let bound = self.flows[flow.ix()].bound;
        self.bind(now, flow, bound, left);
        self.touch(up, down);
    }

    /// Lets a flow have no more than `cap` bytes/s from now on, nor more than any connection may have.
    ///
    /// # Panics
    /// If flows have no caps of their own ([`with_own_caps`](Self::with_own_caps)).
    pub fn set_cap(&mut self, now: SimTime, flow: FlowIx, cap: f64) {
        debug_assert!(cap > 0.0);
        let cap = cap.min(self.cap);
        if self.caps[flow.ix()].to_bits() == cap.to_bits() {
            return;
        }
        let left = self.left(now, flow);
        self.caps[flow.ix()] = cap;
        let (up, down) = self.ends(flow);
        if self.flows[flow.ix()].bound == ClockKind::Cap {
            // Held by its upload until it is settled, as when it starts: the new cap may be none.
            self.bind(now, flow, ClockKind::Upload, left);
        }
        self.touch(up, down);
    }

    /// The flow that finishes on `clock`, whose instant has come: the earliest, of equals the first in the list of the link.
    ///
    /// [`continue_with`](Self::continue_with) or [`stop`](Self::stop) must follow before the next [`settle`](Self::settle).
    /// The clock is then always handed out again, with its next instant or none: whoever keeps the instants need not strike this one out.
    ///
    /// # Panics
    /// If no finish is pending on the clock.
    pub fn finish(&mut self, now: SimTime, clock: Clock) -> FlowIx {
        let link = link_of(clock);
        let flow = if clock.kind == ClockKind::Cap {
            self.first_capped(link)
        } else {
            let link = &self.links[link.ix()];
            debug_assert!(
                link.next_finish(now).is_some_and(|finish| finish.at == now),
                "a finish at its instant {:?} {:?} {link:?}",
                link.next_finish(now),
                now
            );
            link.first().map(|entry| entry.flow)
        };
        let flow = flow.expect("a finish is pending on the clock");
        self.flows[flow.ix()].done = true;
        self.mark_stale(link);
        flow
    }

    /// 1 if the link has a finite capacity, else 0.
    fn is_limited(&self, link: AccessIx) -> u32 {
        u32::from(self.links[link.ix()].capacity.is_finite())
    }

    /// Puts the finish of a flow off by what `bytes` more take; fewer when negative.
    fn put_off(&mut self, flow: FlowIx, bytes: f64) {
        let state = &self.flows[flow.ix()];
        let speed = match state.bound {
            ClockKind::Cap => self.caps[flow.ix()],
            _ => f64::from(state.weight),
        };
        self.set_finish(flow, state.finish + bytes / speed);
    }

    /// Writes the finish of a flow in the time of the clock that it is bound to.
    pub(super) fn set_finish(&mut self, flow: FlowIx, finish: f64) {
        let state = &mut self.flows[flow.ix()];
        state.finish = finish;
        let (link, bound) = (state.access(), state.bound);
        if bound != ClockKind::Cap {
            self.links[link.ix()].entry(flow).finish = finish;
        }
        self.mark_stale(link);
    }

    /// Takes note that the flows of two links have changed.
    fn touch(&mut self, up: AccessIx, down: AccessIx) {
        self.mark_affected(up);
        self.enqueue(up);
        if self.links[down.ix()].capacity.is_finite() {
            self.mark_affected(down);
            self.enqueue(down);
        }
    }
}
