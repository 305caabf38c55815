//! Which peers are shown, and what is kept of them, in bounded memory.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::engine::draw_chunks;
use crate::engine::observer::{PeerRecord, Transfer, TransferEnd, Unchoke};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::replay::life::{Life, Scale};
use crate::metrics::replay::spans::{Connections, Span, Transfers};
use crate::metrics::replay::{Replay, ReplayPartners, ReplayUnchokes};
use crate::scenario::Scenario;
use crate::scenario::model::Discovery;
use crate::units::{SimDuration, SimTime};

/// What a replay holds at most.
pub(super) const LIMITS: Limits = Limits {
    peers: 150,
    sample: 60,
    peers_kept: 30,
    rows: 80_000,
};

/// What a recording holds at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Peers, if all are shown (but one of each group is always there).
    pub peers: usize,
    /// Peers of a sample: the lines to those that are not shown need room too.
    pub sample: usize,
    /// So many peers are not made fewer for the sake of rows.
    pub peers_kept: usize,
    /// Unchokes, rows of transfers and connections together.
    pub rows: usize,
}

/// Takes down a replay while the run goes on, in bounded memory.
#[derive(Debug)]
pub(in crate::metrics) struct Recording<'a> {
    limits: Limits,
    scenario: &'a Scenario,
    scale: Scale,
    /// How many of each group have joined.
    joined: Vec<u32>,
    /// Group and upload capacity of everybody who has joined.
    known: Vec<(GroupIx, f64)>,
    /// When it had as many as it holds, and most of them had left: those that join later are not in it.
    pub(super) closed: Option<SimTime>,
    pub(super) one_of: u32,
    pub(super) shortest: SimDuration,
    pub(super) peers: BTreeMap<PeerId, Life>,
    pub(super) unchokes: Vec<Unchoke>,
    /// Of unchokes that have turned and go on: when they last did, and the bytes sent before.
    turned: BTreeMap<(PeerId, PeerId), (SimTime, u64)>,
    transfers: Transfers,
    connections: Option<Connections>,
}

impl<'a> Recording<'a> {
    /// Nothing has happened yet.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self::within(scenario, LIMITS)
    }

    /// Nothing has happened yet, and `limits` are kept.
    pub(super) fn within(scenario: &'a Scenario, limits: Limits) -> Self {
        let mesh = scenario.discovery == Discovery::FullMesh;
        Self {
            limits,
            scenario,
            scale: Scale {
                chunks: u32::try_from(scenario.file.chunks()).unwrap_or(u32::MAX),
            },
            joined: vec![0; scenario.groups.len()],
            known: Vec::new(),
            closed: None,
            one_of: 1,
            shortest: SimDuration::ZERO,
            peers: BTreeMap::new(),
            unchokes: Vec::new(),
            turned: BTreeMap::new(),
            transfers: Transfers::default(),
            connections: (!mesh).then(Connections::default),
        }
    }

    pub fn joined(&mut self, now: SimTime, peer: PeerId, group: GroupIx, upload: f64) {
        debug_assert_eq!(peer.ix(), self.known.len(), "peers are numbered as they arrive");
        self.known.push((group, upload));
        let ordinal = self.joined[group.ix()];
        self.joined[group.ix()] += 1;
        if self.closed.is_none() && self.is_full() && self.most_have_left() {
            self.closed = Some(now);
        }
        if self.closed.is_some() || !ordinal.is_multiple_of(self.one_of) {
            return;
        }
        let brought = &self.scenario.groups[group.ix()].starts_with;
        let chunks = draw_chunks(self.scenario.seed, peer, brought, self.scale.chunks as usize);
        self.peers.insert(peer, Life::new(ordinal, self.scale, now, &chunks));
        while self.peers.len() > self.peers_max() && self.halve_sample(now) {}
    }

    pub fn transferred(&mut self, transfer: &Transfer) {
        let now = transfer.ended;
        if let (Some(life), TransferEnd::ChunkCompleted) = (self.peers.get_mut(&transfer.to), transfer.end) {
            life.has(now, transfer.chunk);
        }
        if transfer.started < now && self.is_open(transfer.started) && self.shows(transfer.from, transfer.to) {
            self.transfers.add(Span {
                from: transfer.from,
                to: transfer.to,
                started: transfer.started,
                ended: now,
            });
            self.keep_bounds(now);
        }
    }

    /// Until now the slot was of one kind, from now on it is of the other.
    pub fn unchoke_turned(&mut self, until_now: &Unchoke) {
        self.unchoke_ended(until_now);
        if self.shows(until_now.from.id, until_now.to.id) {
            let ends = (until_now.from.id, until_now.to.id);
            self.turned.insert(ends, (until_now.ended, until_now.bytes));
        }
    }

    pub fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        let turned = self.turned.remove(&(unchoke.from.id, unchoke.to.id));
        let (started, sent_before) = turned.unwrap_or((unchoke.started, 0));
        let since_turned = Unchoke {
            started,
            bytes: unchoke.bytes - sent_before,
            ..*unchoke
        };
        if self.is_open(started) && self.holds(&since_turned) {
            self.unchokes.push(since_turned);
            self.keep_bounds(unchoke.ended);
        }
    }

    pub fn connected(&mut self, now: SimTime, one: PeerId, other: PeerId) {
        if self.is_open(now)
            && self.shows(one, other)
            && let Some(connections) = &mut self.connections
        {
            connections.open(now, one, other);
            self.keep_bounds(now);
        }
    }

    pub fn disconnected(&mut self, now: SimTime, one: PeerId, other: PeerId) {
        if let Some(connections) = &mut self.connections {
            connections.close(now, one, other);
        }
    }

    pub fn peer_record(&mut self, record: &PeerRecord) {
        if let Some(life) = self.peers.get_mut(&record.id) {
            life.record = Some(*record);
        }
    }

    /// Writes the replay of a run that ended at `end`.
    pub fn finish(self, end: SimTime, mut output: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut output, &self.replay(end))?;
        output.write_all(b"\n")?;
        output.flush()
    }

    pub(super) fn replay(self, end: SimTime) -> Replay {
        let transfers = self.transfers.into_spans(self.shortest);
        let connections = self.connections.map(|connections| connections.into_spans(end));
        let unchokes = self.unchokes.iter().map(|unchoke| (unchoke.from.id, unchoke.to.id));
        let spans = transfers.iter().chain(connections.iter().flatten());
        let ends = unchokes.chain(spans.map(|span| (span.from, span.to)));
        let others: BTreeSet<_> = ends
            .flat_map(|(one, other)| [one, other])
            .filter(|peer| !self.peers.contains_key(peer))
            .collect();
        let mut partners = ReplayPartners::default();
        for peer in others {
            let (group, upload) = self.known[peer.ix()];
            partners.peer.push(peer.0);
            partners.group.push(group.ix());
            partners.upload_bytes_per_s.push(upload);
        }
        Replay {
            ended_s: self.closed.unwrap_or(end).as_secs_f64(),
            peers_in_run: self.joined.iter().sum(),
            one_of: self.one_of,
            shortest_s: self.shortest.as_secs_f64(),
            chunks: self.scale.chunks,
            steps: self.scale.steps(),
            full_mesh: self.scenario.discovery == Discovery::FullMesh,
            groups: self.scenario.groups.iter().map(|group| group.name.clone()).collect(),
            peers: self.peers.into_values().filter_map(Life::told).collect(),
            partners,
            unchokes: self.unchokes.iter().collect(),
            transfers: transfers.into_iter().collect(),
            connections: connections.map(|spans| spans.into_iter().collect()),
        }
    }

    /// Whether one of the two is shown.
    fn shows(&self, one: PeerId, other: PeerId) -> bool {
        self.peers.contains_key(&one) || self.peers.contains_key(&other)
    }

    fn holds(&self, unchoke: &Unchoke) -> bool {
        unchoke.ended.since(unchoke.started) >= self.shortest && self.shows(unchoke.from.id, unchoke.to.id)
    }

    /// Whether what begins at `now` is in the recording.
    fn is_open(&self, now: SimTime) -> bool {
        self.closed.is_none_or(|closed| now < closed)
    }

    /// Whether the sample would soon have to become thinner.
    fn is_full(&self) -> bool {
        self.peers.len() >= self.peers_max() || 4 * self.rows() >= 3 * self.limits.rows
    }

    /// Thinned out further, hardly anybody would be there at any moment.
    fn most_have_left(&self) -> bool {
        let left = self.peers.values().filter(|life| life.record.is_some()).count();
        2 * left > self.peers.len()
    }

    fn peers_max(&self) -> usize {
        if self.one_of == 1 {
            self.limits.peers
        } else {
            self.limits.sample
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.unchokes.len() + self.transfers.len() + self.connections.as_ref().map_or(0, Connections::len)
    }

    /// When there are too many rows, fewer peers are shown while there are many; else the connections go if they are most of it; else the
    /// shorter half of what lasted.
    fn keep_bounds(&mut self, now: SimTime) {
        while self.rows() > self.limits.rows {
            let many = self.peers.len() > self.limits.peers_kept;
            if many && self.halve_sample(now) {
                continue;
            }
            let connections = self.connections.as_ref().map_or(0, Connections::len);
            if connections > self.limits.rows / 4 {
                self.connections = None;
                continue;
            }
            let before = self.rows();
            self.raise_shortest(now);
            if self.rows() == before && !self.halve_sample(now) {
                return; // no more than what lasts right now, of one peer a group
            }
        }
    }

    /// Drops the shorter half of the unchokes and transfers.
    fn raise_shortest(&mut self, now: SimTime) {
        let unchokes = self.unchokes.iter().map(|u| u.ended.since(u.started));
        let mut lengths: Vec<u64> = unchokes
            .chain(self.transfers.lengths())
            .map(|length| length.0)
            .collect();
        let middle = lengths.len() / 2;
        if !lengths.is_empty() {
            self.shortest = SimDuration(*lengths.select_nth_unstable(middle).1 + 1);
        }
        self.drop_what_is_not_shown(now);
    }

    /// Drops every second peer of each group; whether there was any. Those that stay have been there from the start, so nothing of theirs is
    /// missing.
    fn halve_sample(&mut self, now: SimTime) -> bool {
        let before = self.peers.len();
        self.one_of = self.one_of.saturating_mul(2);
        let one_of = self.one_of;
        self.peers.retain(|_, life| life.ordinal.is_multiple_of(one_of));
        self.drop_what_is_not_shown(now);
        self.peers.len() < before
    }

    fn drop_what_is_not_shown(&mut self, now: SimTime) {
        let mut unchokes = std::mem::take(&mut self.unchokes);
        unchokes.retain(|unchoke| self.holds(unchoke));
        self.unchokes = unchokes;
        let shown = &self.peers;
        let shows = |one: &PeerId, other: &PeerId| shown.contains_key(one) || shown.contains_key(other);
        self.turned.retain(|(from, to), _| shows(from, to));
        self.transfers
            .retain(now, self.shortest, |span| shows(&span.from, &span.to));
        if let Some(connections) = &mut self.connections {
            connections.retain(|one, other| shows(&one, &other));
        }
    }
}

impl<'u> FromIterator<&'u Unchoke> for ReplayUnchokes {
    fn from_iter<I: IntoIterator<Item = &'u Unchoke>>(unchokes: I) -> Self {
        let mut columns = Self::default();
        for unchoke in unchokes {
            columns.started_s.push(unchoke.started.as_secs_f64());
            columns.ended_s.push(unchoke.ended.as_secs_f64());
            columns.from_peer.push(unchoke.from.id.0);
            columns.to_peer.push(unchoke.to.id.0);
            columns.optimistic.push(unchoke.optimistic);
            columns.bytes.push(unchoke.bytes);
        }
        columns
    }
}
