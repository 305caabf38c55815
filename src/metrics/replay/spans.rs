//! What lasts between two peers: a row of transfers, a connection.

use std::collections::BTreeMap;

use crate::ids::PeerId;
use crate::metrics::replay::ReplaySpans;
use crate::units::{SimDuration, SimTime};

/// A shorter break between two transfers is none: with latency there is one after every chunk.
const BREAK: SimDuration = SimDuration::from_secs(1);

/// What lasted between two peers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub from: PeerId,
    pub to: PeerId,
    pub started: SimTime,
    pub ended: SimTime,
}

impl Span {
    pub fn length(&self) -> SimDuration {
        self.ended.since(self.started)
    }
}

/// When a peer was sending to another.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    /// Those that the next transfer of the same two peers may go on.
    last: BTreeMap<(PeerId, PeerId), Span>,
    over: Vec<Span>,
}

impl Transfers {
    pub fn len(&self) -> usize {
        self.last.len() + self.over.len()
    }

    /// A transfer has ended.
    pub fn add(&mut self, new: Span) {
        let key = (new.from, new.to);
        match self.last.get_mut(&key) {
            Some(last) if new.started <= last.ended + BREAK => last.ended = new.ended,
            Some(last) => self.over.push(std::mem::replace(last, new)),
            None => {
                self.last.insert(key, new);
            }
        }
    }

    /// Lengths of those that can't grow any more.
    pub fn lengths(&self) -> impl Iterator<Item = SimDuration> + '_ {
        self.over.iter().map(Span::length)
    }

    /// Puts aside what can't grow any more, and keeps what `holds`, and of that what is not shorter than `shortest`.
    pub fn retain(&mut self, now: SimTime, shortest: SimDuration, holds: impl Fn(&Span) -> bool) {
        let over = &mut self.over;
        self.last.retain(|_, span| {
            let lasts = span.ended + BREAK >= now;
            if !lasts {
                over.push(*span);
            }
            lasts && holds(span)
        });
        self.over.retain(|span| span.length() >= shortest && holds(span));
    }

    /// Those that are not shorter than `shortest`, in the order in which they ended.
    pub fn into_spans(self, shortest: SimDuration) -> Vec<Span> {
        let mut all = self.over;
        all.extend(self.last.into_values());
        // Some have come to their end since the others were sifted.
        all.retain(|span| span.length() >= shortest);
        sort(&mut all);
        all
    }
}

/// Who was whose neighbour.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: BTreeMap<(PeerId, PeerId), SimTime>,
    closed: Vec<Span>,
}

impl Connections {
    pub fn len(&self) -> usize {
        self.open.len() + self.closed.len()
    }

    pub fn open(&mut self, now: SimTime, one: PeerId, other: PeerId) {
        self.open.insert((one.min(other), one.max(other)), now);
    }

    pub fn close(&mut self, now: SimTime, one: PeerId, other: PeerId) {
        let (from, to) = (one.min(other), one.max(other));
        if let Some(started) = self.open.remove(&(from, to)) {
            self.closed.push(Span {
                from,
                to,
                started,
                ended: now,
            });
        }
    }

    /// Keeps those whose ends `hold`.
    pub fn retain(&mut self, holds: impl Fn(PeerId, PeerId) -> bool) {
        self.open.retain(|&(one, other), _| holds(one, other));
        self.closed.retain(|span| holds(span.from, span.to));
    }

    /// All of them; those that are open end with the run.
    pub fn into_spans(mut self, end: SimTime) -> Vec<Span> {
        let open: Vec<_> = self.open.keys().copied().collect();
        open.into_iter().for_each(|(one, other)| self.close(end, one, other));
        sort(&mut self.closed);
        self.closed
    }
}

fn sort(spans: &mut [Span]) {
    spans.sort_by_key(|span| (span.ended, span.started, span.from, span.to));
}

impl FromIterator<Span> for ReplaySpans {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut columns = Self::default();
        for span in spans {
            columns.started_s.push(span.started.as_secs_f64());
            columns.ended_s.push(span.ended.as_secs_f64());
            columns.from_peer.push(span.from.0);
            columns.to_peer.push(span.to.0);
        }
        columns
    }
}
