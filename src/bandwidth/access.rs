//! One access link: its flows and its virtual clock.
//!
//! The clock `V` counts the bytes that the link has served per unit of weight: `dV/dt = level`. A flow of
//! weight `w` that is held by this link has moved `w · ΔV` bytes, whatever the level did meanwhile. So a
//! flow that has `r` bytes to go finishes when the clock shows `V + r / w`, a number that need not be
//! touched when the level changes; only the instant at which the clock gets there moves, and only the
//! earliest of them matters. It is the virtual time of fair queueing (Demers, Keshav & Shenker 1989).

use smallvec::SmallVec;
use std::hint::black_box;

use super::clock::{Clock, ClockKind, Finish};
use crate::ids::{FlowIx, PeerIx};
use crate::units::{SimDuration, SimTime, ceil_u64};

const NANOS_PER_SEC: f64 = 1e9;

/// Rounding in sums of nanoseconds or of bytes, far below one of them: not to be taken for a whole one.
pub(super) const ROUNDING: f64 = 1.0 / 1024.0;

/// Place of a link in the column: uploads even, downloads odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AccessIx(u32);

impl AccessIx {
    pub(super) const fn upload(peer: PeerIx) -> Self {
        Self(peer.0 * 2)
    }

    pub(super) const fn download(peer: PeerIx) -> Self {
        Self(peer.0 * 2 + 1)
    }

    pub(super) const fn ix(self) -> usize {
        self.0 as usize
    }

    pub(super) const fn is_upload(self) -> bool {
        self.0 & 1 == 0
    }

    pub(super) const fn clock(self) -> Clock {
        let kind = if self.is_upload() {
            ClockKind::Upload
        } else {
            ClockKind::Download
        };
        Clock {
            peer: PeerIx(self.0 / 2),
            kind,
        }
    }
}

/// A flow in the list of one of its links. What finding the next finish needs stands here, in the cache line of the link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// What the clock of this link shows when the flow finishes; infinite when something else holds the flow.
    pub finish: f64,
    pub weight: f32,
    pub flow: FlowIx,
    /// The link at its other end.
    pub other: AccessIx,
}

/// What the links at the other ends look at, in a dense column of its own: they look far more often than it changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Face {
    /// Bytes/s per unit of weight that a flow gets here; infinite when the link is not full.
    pub level: f64,
    /// While the level is infinite: bytes/s by which its flows may grow before it must be computed again.
    pub room: f64,
}

/// Part of a capacity that is taken for full: rounding in `room` must not hide a bottleneck.
const MARGIN: f64 = 1e-9;

impl Face {
    /// A link that is not full, with `left` bytes/s of its capacity unused.
    pub(super) fn open(capacity: f64, left: f64) -> Self {
        // An unlimited download has unlimited room for ever.
        let room = if capacity.is_finite() {
            left - MARGIN * capacity
        } else {
            f64::INFINITY
        };
        Self {
            level: f64::INFINITY,
            room,
        }
    }
}

/// An access link: one direction of one peer. Less than three cache lines with its flows.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four marks, each set and cleared on its own"
)]
pub(super) struct Access {
    /// Bytes/s; may be infinite for a download.
    pub capacity: f64,
    /// As in its [`Face`].
    pub level: f64,
    /// The virtual clock in bytes per unit of weight, as it was at `since`.
    served: f64,
    since: SimTime,
    /// Of an upload, its flows whose other end has a finite capacity.
    pub limited: u32,
    /// Waits on the worklist.
    pub queued: bool,
    /// Its flows may have got another bottleneck in this event.
    pub affected: bool,
    /// Its next finish may be another one.
    pub stale: bool,
    /// A finish was reported and is still to come.
    pub pending: bool,
    /// Five places: the unchoke slots of BEP 3. More spill over to the heap.
    pub entries: SmallVec<[Entry; 5]>,
}

impl Access {
    /// A link without flows.
    pub(super) fn new(capacity: f64) -> Self {
        Self {
            capacity,
            level: f64::INFINITY,
            served: 0.0,
            since: SimTime::ZERO,
            limited: 0,
            queued: false,
            affected: false,
            stale: false,
            pending: false,
            entries: SmallVec::new(),
        }
    }

    /// Makes it the link of another peer. What is still to be reported stays so.
    pub(super) fn reset(&mut self, capacity: f64) {
        debug_assert!(self.entries.is_empty(), "a peer with flows can't change its capacity");
        self.capacity = capacity;
        self.level = f64::INFINITY;
        self.served = 0.0;
        self.since = SimTime::ZERO;
    }

    /// What the virtual clock shows `now`. It stands still while the link is no bottleneck: nobody looks at it.
    pub(super) fn clock(&self, now: SimTime) -> f64 {
        if self.level.is_finite() {
            self.served + self.level * now.since(self.since).as_secs_f64()
        } else {
            self.served
        }
    }

    /// Reads a word of each of its cache lines.
    #[inline]
    pub(super) fn read_ahead(&self) {
        black_box((self.level, self.since));
        if let [first, .., last] = &self.entries[..] {
            black_box((first.finish, last.finish));
        }
    }

    /// Gives the link a new level from `now` on.
    pub(super) fn set_level(&mut self, now: SimTime, level: f64) {
        // An empty link starts its clock afresh: small numbers are exact ones.
        self.served = if self.entries.is_empty() { 0.0 } else { self.clock(now) };
        self.since = now;
        self.level = level;
    }

    /// Sum of the weights of its flows.
    pub(super) fn weight(&self) -> f64 {
        self.entries.iter().map(|entry| f64::from(entry.weight)).sum()
    }

    /// The entry of a flow that runs here.
    pub(super) fn entry(&mut self, flow: FlowIx) -> &mut Entry {
        let place = self.place(flow);
        &mut self.entries[place]
    }

    /// Takes a flow off the list.
    pub(super) fn remove(&mut self, flow: FlowIx) {
        let place = self.place(flow);
        self.entries.swap_remove(place);
    }

    fn place(&self, flow: FlowIx) -> usize {
        let place = self.entries.iter().position(|entry| entry.flow == flow);
        place.expect("a flow is on the lists of both its links")
    }

    /// The flow that finishes first, the first on the list of those that finish together. None if all are held elsewhere.
    pub(super) fn first(&self) -> Option<Entry> {
        let mut first: Option<Entry> = None;
        for entry in &self.entries {
            if entry.finish < first.map_or(f64::INFINITY, |first| first.finish) {
                first = Some(*entry);
            }
        }
        first
    }

    /// The next finish, its instant rounded up to a nanosecond and not before `now`.
    pub(super) fn next_finish(&self, now: SimTime) -> Option<Finish> {
        let first = self.first()?;
        let other = first.other.clock().peer;
        let ahead = first.finish - self.served;
        if ahead <= 0.0 {
            return Some(Finish { at: now, other });
        }
        // A level of zero gives an infinite number of nanoseconds, which saturates to NEVER.
        let nanos = ceil_u64(ahead / self.level * NANOS_PER_SEC - ROUNDING);
        let instant = self.since + SimDuration(nanos);
        let at = instant.max(now);
        (instant < SimTime::NEVER).then_some(Finish { at, other })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_three_cache_lines() {
        assert_eq!(size_of::<Entry>(), 24);
        assert_eq!(size_of::<Access>(), 168);
    }
}
