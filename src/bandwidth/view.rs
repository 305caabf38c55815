//! What can be read off the allocator: rates, bytes moved, who sends to whom.

use super::access::{Access, AccessIx, Entry, Face, ROUNDING};
use super::clock::{Clock, ClockKind};
use super::level::Share;
use super::max_min::{Flow, MaxMin};
use crate::ids::{FlowIx, PeerIx};
use crate::units::{SimTime, ceil_u64};
use std::hint::black_box;

impl MaxMin {
    /// Whole bytes that a flow has moved of its current work. Where another clock takes over what is left is rounded: it can be a byte less than before then, more
    /// after years at the fastest rates.
    #[inline]
    #[must_use]
    pub fn moved(&self, now: SimTime, flow: FlowIx) -> u64 {
        let Flow { done, bytes, .. } = self.flows[flow.ix()];
        if done {
            return bytes;
        }
        // `as` saturates: what is left below zero is none.
        bytes.saturating_sub(ceil_u64(self.left(now, flow) - ROUNDING))
    }

    /// Rate of a flow in bytes/s, as settled last.
    #[inline]
    #[must_use]
    pub fn rate(&self, flow: FlowIx) -> f64 {
        let (up, down) = self.ends(flow);
        let level = self.faces[up.ix()].level.min(self.faces[down.ix()].level);
        let rate = f64::from(self.flows[flow.ix()].weight) * level;
        rate.min(self.cap_of(flow))
    }

    /// What a peer could upload at most, in bytes/s.
    #[must_use]
    pub fn upload_capacity(&self, peer: PeerIx) -> f64 {
        self.links[AccessIx::upload(peer).ix()].capacity
    }

    /// What the sender of a flow would give it if nothing else held it, in bytes/s, as settled last.
    #[must_use]
    pub fn upload_share(&self, flow: FlowIx) -> f64 {
        let up = self.ends(flow).0.ix();
        let share = f64::from(self.flows[flow.ix()].weight) * self.faces[up].level;
        share.min(self.links[up].capacity)
    }

    /// The sender of a flow.
    #[must_use]
    pub fn from(&self, flow: FlowIx) -> PeerIx {
        self.flows[flow.ix()].from
    }

    /// The receiver of a flow.
    #[must_use]
    pub fn to(&self, flow: FlowIx) -> PeerIx {
        self.flows[flow.ix()].to
    }

    /// The flows that a peer sends, in an order that depends on nothing but the calls made.
    #[must_use]
    pub fn uploads(&self, peer: PeerIx) -> impl ExactSizeIterator<Item = FlowIx> {
        self.links[AccessIx::upload(peer).ix()]
            .entries
            .iter()
            .map(|entry| entry.flow)
    }

    /// How many flows a peer sends.
    #[inline]
    #[must_use]
    pub fn count_uploads(&self, peer: PeerIx) -> usize {
        self.counts[AccessIx::upload(peer).ix()] as usize
    }

    /// How many flows a peer receives.
    #[inline]
    #[must_use]
    pub fn count_downloads(&self, peer: PeerIx) -> usize {
        self.counts[AccessIx::download(peer).ix()] as usize
    }

    /// The flows that a peer receives, in an order that depends on nothing but the calls made.
    #[must_use]
    pub fn downloads(&self, peer: PeerIx) -> impl ExactSizeIterator<Item = FlowIx> {
        self.links[AccessIx::download(peer).ix()]
            .entries
            .iter()
            .map(|entry| entry.flow)
    }

    /// Who sends to a peer, in the order of [`downloads`](Self::downloads).
    #[must_use]
    pub fn senders(&self, peer: PeerIx) -> impl ExactSizeIterator<Item = PeerIx> {
        self.links[AccessIx::download(peer).ix()]
            .entries
            .iter()
            .map(|entry| entry.other.clock().peer)
    }

    /// To whom a peer sends, in the order of [`uploads`](Self::uploads).
    #[must_use]
    pub fn receivers(&self, peer: PeerIx) -> impl ExactSizeIterator<Item = PeerIx> {
        self.links[AccessIx::upload(peer).ix()]
            .entries
            .iter()
            .map(|entry| entry.other.clock().peer)
    }

    /// Reads what will be needed of the link of `clock` when it strikes.
    #[inline]
    pub fn read_ahead(&self, clock: Clock) {
        self.links[link_of(clock).ix()].read_ahead();
    }

    /// The flow that finishes next on `clock`, read ahead.
    #[inline]
    #[must_use]
    pub fn read_flow_ahead(&self, clock: Clock) -> Option<FlowIx> {
        let flow = self.links[link_of(clock).ix()].first()?.flow;
        black_box(self.flows[flow.ix()].bytes);
        Some(flow)
    }

    /// Reads ahead what it takes to tell what the flows to a peer have moved.
    #[inline]
    pub fn read_downloads_ahead(&self, peer: PeerIx) {
        for entry in &self.links[AccessIx::download(peer).ix()].entries {
            black_box(self.flows[entry.flow.ix()].finish);
            black_box(self.links[entry.other.ix()].level);
        }
    }

    /// Number of flows that run.
    #[must_use]
    pub fn flows(&self) -> usize {
        self.flows.len() - self.free.len()
    }

    /// Levels of links computed since the start: the work that fairness took.
    #[must_use]
    pub fn visits(&self) -> u64 {
        self.visits
    }

    /// What a peer takes: its two links, and its place on the lists of what has changed.
    pub const PEER_BYTES: usize = 2 * (size_of::<Access>() + size_of::<Face>() + size_of::<u32>());

    /// What a place takes in a list of flows that has outgrown its link.
    pub const ENTRY_BYTES: usize = size_of::<Entry>();

    /// What a flow takes.
    pub const FLOW_BYTES: usize = size_of::<Flow>() + size_of::<FlowIx>();

    /// What the cap of a flow takes, where flows have caps.
    pub const CAP_BYTES: usize = size_of::<f64>();

    /// Memory held, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let spilled = |link: &Access| {
            if link.entries.spilled() {
                link.entries.capacity()
            } else {
                0
            }
        };
        self.links.len() * size_of::<Access>()
            + self.faces.len() * size_of::<Face>()
            + self.counts.len() * size_of::<u32>()
            + self.links.iter().map(spilled).sum::<usize>() * size_of::<Entry>()
            + self.flows.len() * size_of::<Flow>()
            + self.free.len() * size_of::<FlowIx>()
            + self.caps.len() * Self::CAP_BYTES
            + self.cap_pending.len()
            + (self.worklist.len() + self.affected.len() + self.stale.len()) * size_of::<AccessIx>()
            + self.shares.len() * size_of::<Share>()
    }

    /// The two links of a flow, upload and download.
    #[inline]
    pub(super) fn ends(&self, flow: FlowIx) -> (AccessIx, AccessIx) {
        let flow = &self.flows[flow.ix()];
        (AccessIx::upload(flow.from), AccessIx::download(flow.to))
    }

    /// Bytes that a flow has still to move; a fraction below zero when its finish was within the last nanosecond.
    #[inline]
    pub(super) fn left(&self, now: SimTime, flow: FlowIx) -> f64 {
        let state = &self.flows[flow.ix()];
        match state.bound {
            ClockKind::Cap => (state.finish - now.as_secs_f64()) * self.caps[flow.ix()],
            _ => (state.finish - self.links[state.access().ix()].clock(now)) * f64::from(state.weight),
        }
    }
}

/// The link that a clock belongs to.
pub(super) const fn link_of(clock: Clock) -> AccessIx {
    match clock.kind {
        ClockKind::Upload | ClockKind::Cap => AccessIx::upload(clock.peer),
        ClockKind::Download => AccessIx::download(clock.peer),
    }
}
