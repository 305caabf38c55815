//! `replay.json`: who unchoked whom when, and how far everybody was, for a sample of peers that is small enough to be watched.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::engine::observer::{PeerRecord, Transfer, TransferEnd, Unchoke};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::names;
use crate::scenario::Scenario;
use crate::units::{SimDuration, SimTime};

/// Name of the file in a result directory.
pub const REPLAY: &str = "replay.json";
/// Steps from no chunk to the whole file.
const STEPS: u32 = 20;
/// What a replay holds at most.
const LIMITS: Limits = Limits {
    peers: 150,
    peers_kept: 30,
    unchokes: 60_000,
};

/// What `replay.json` holds. Times are seconds since the start of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// The end of the run.
    pub ended_s: f64,
    /// Peers that joined in the run.
    pub peers_in_run: u32,
    /// Of each group the first peer is here and every `one_of`-th after it.
    pub one_of: u32,
    /// Unchokes that were shorter are left out.
    pub shortest_s: f64,
    /// Steps from no chunk to the whole file.
    pub steps: u32,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// The peers, in order of arrival.
    pub peers: Vec<ReplayPeer>,
    /// Unchokes among them, in the order in which they ended.
    pub unchokes: ReplayUnchokes,
}

/// A peer of a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplayPeer {
    /// Its number in the run.
    pub peer: u32,
    /// Its group, as place in [`Replay::groups`].
    pub group: usize,
    /// Whether it had every chunk when it joined.
    pub initial_seed: bool,
    /// Upload capacity.
    pub upload_bytes_per_s: f64,
    /// Download capacity; `None`: unlimited.
    pub download_bytes_per_s: Option<f64>,
    /// When it joined.
    pub joined_s: f64,
    /// When it completed the file; `None` for initial seeds and for peers that never did.
    pub completed_s: Option<f64>,
    /// When it left; `None`: still there at the end.
    pub left_s: Option<f64>,
    /// Why it left, as in `peers.csv`.
    pub left_reason: Option<String>,
    /// When it reached which step, the first one as it joined.
    pub progress: Vec<(f64, u32)>,
}

/// Unchokes as columns of equal length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplayUnchokes {
    /// When they began.
    pub started_s: Vec<f64>,
    /// When they ended.
    pub ended_s: Vec<f64>,
    /// Number of the peer that unchoked.
    pub from_peer: Vec<u32>,
    /// Number of the peer that was unchoked.
    pub to_peer: Vec<u32>,
    /// Whether the slot was given at random.
    pub optimistic: Vec<bool>,
    /// Bytes sent meanwhile.
    pub bytes: Vec<u64>,
}

/// What a recording holds at most.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Peers (but one of each group is always there).
    peers: usize,
    /// So many peers are not made fewer for the sake of unchokes.
    peers_kept: usize,
    /// Unchokes.
    unchokes: usize,
}

/// Takes down a replay while the run goes on, in bounded memory.
#[derive(Debug)]
pub(super) struct Recording {
    limits: Limits,
    chunks: u32,
    groups: Vec<String>,
    joined: Vec<u32>,
    one_of: u32,
    shortest: SimDuration,
    peers: BTreeMap<PeerId, Life>,
    unchokes: Vec<Unchoke>,
}

/// What is known of a peer so far.
#[derive(Debug)]
struct Life {
    ordinal: u32,
    chunks: u32,
    progress: Vec<(f64, u32)>,
    record: Option<PeerRecord>,
}

impl Recording {
    /// Nothing has happened yet.
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self {
            limits: LIMITS,
            chunks: u32::try_from(scenario.file.chunks()).unwrap_or(u32::MAX),
            groups: scenario.groups.iter().map(|group| group.name.clone()).collect(),
            joined: vec![0; scenario.groups.len()],
            one_of: 1,
            shortest: SimDuration::ZERO,
            peers: BTreeMap::new(),
            unchokes: Vec::new(),
        }
    }

    pub(super) fn joined(&mut self, now: SimTime, peer: PeerId, group: GroupIx, chunks: u32) {
        let ordinal = self.joined[group.ix()];
        self.joined[group.ix()] += 1;
        if !ordinal.is_multiple_of(self.one_of) {
            return;
        }
        let life = Life {
            ordinal,
            chunks,
            progress: vec![(now.as_secs_f64(), step(chunks, self.chunks))],
            record: None,
        };
        self.peers.insert(peer, life);
        if self.peers.len() > self.limits.peers {
            self.halve_sample();
        }
    }

    pub(super) fn transferred(&mut self, transfer: &Transfer) {
        if let (Some(life), TransferEnd::ChunkCompleted) = (self.peers.get_mut(&transfer.to), transfer.end) {
            life.chunks += 1;
            let step = step(life.chunks, self.chunks);
            if life.progress.last().is_none_or(|&(_, before)| before < step) {
                life.progress.push((transfer.ended.as_secs_f64(), step));
            }
        }
    }

    pub(super) fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        if self.holds(unchoke) {
            self.unchokes.push(*unchoke);
        }
        while self.unchokes.len() > self.limits.unchokes {
            self.thin_out();
        }
    }

    pub(super) fn peer_record(&mut self, record: &PeerRecord) {
        if let Some(life) = self.peers.get_mut(&record.id) {
            life.record = Some(*record);
        }
    }

    /// Writes the replay of a run that ended at `end`.
    pub(super) fn finish(self, end: SimTime, mut output: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut output, &self.replay(end))?;
        output.write_all(b"\n")?;
        output.flush()
    }

    fn replay(self, end: SimTime) -> Replay {
        let mut columns = ReplayUnchokes::default();
        for unchoke in &self.unchokes {
            columns.push(unchoke);
        }
        Replay {
            ended_s: end.as_secs_f64(),
            peers_in_run: self.joined.iter().sum(),
            one_of: self.one_of,
            shortest_s: self.shortest.as_secs_f64(),
            steps: STEPS,
            groups: self.groups,
            peers: self.peers.into_values().filter_map(Life::told).collect(),
            unchokes: columns,
        }
    }

    fn holds(&self, unchoke: &Unchoke) -> bool {
        let shown = |peer| self.peers.contains_key(peer);
        unchoke.ended.since(unchoke.started) >= self.shortest && shown(&unchoke.from) && shown(&unchoke.to)
    }

    /// Fewer peers while there are many; else the shorter half of the unchokes goes.
    fn thin_out(&mut self) {
        let before = self.peers.len();
        if before > self.limits.peers_kept {
            self.halve_sample();
        }
        if self.peers.len() == before {
            let mut lengths: Vec<u64> = self.unchokes.iter().map(|u| u.ended.since(u.started).0).collect();
            let middle = lengths.len() / 2;
            self.shortest = SimDuration(*lengths.select_nth_unstable(middle).1 + 1);
            self.drop_unchokes();
        }
    }

    /// Drops every second peer of each group. Those that stay have been there from the start, so nothing of theirs is missing.
    fn halve_sample(&mut self) {
        self.one_of = self.one_of.saturating_mul(2);
        let one_of = self.one_of;
        self.peers.retain(|_, life| life.ordinal.is_multiple_of(one_of));
        self.drop_unchokes();
    }

    fn drop_unchokes(&mut self) {
        let mut unchokes = std::mem::take(&mut self.unchokes);
        unchokes.retain(|unchoke| self.holds(unchoke));
        self.unchokes = unchokes;
    }
}

/// The step that is reached with `chunks` of `all`.
fn step(chunks: u32, all: u32) -> u32 {
    let step = u64::from(chunks) * u64::from(STEPS) / u64::from(all.max(1));
    u32::try_from(step).unwrap_or(STEPS).min(STEPS)
}

impl Life {
    /// The peer as it stands in the file; every peer has a record by the end of the run.
    fn told(self) -> Option<ReplayPeer> {
        let record = self.record?;
        let initial_seed = self.progress.first().is_some_and(|&(_, step)| step == STEPS);
        Some(ReplayPeer {
            peer: record.id.0,
            group: record.group.ix(),
            initial_seed,
            upload_bytes_per_s: record.upload,
            download_bytes_per_s: Some(record.download).filter(|rate| rate.is_finite()),
            joined_s: record.joined.as_secs_f64(),
            completed_s: record.completed.map(SimTime::as_secs_f64),
            left_s: record.left.map(|(at, _)| at.as_secs_f64()),
            left_reason: record.left.map(|(_, reason)| names::leave(reason).to_owned()),
            progress: self.progress,
        })
    }
}

impl ReplayUnchokes {
    fn push(&mut self, unchoke: &Unchoke) {
        self.started_s.push(unchoke.started.as_secs_f64());
        self.ended_s.push(unchoke.ended.as_secs_f64());
        self.from_peer.push(unchoke.from.0);
        self.to_peer.push(unchoke.to.0);
        self.optimistic.push(unchoke.optimistic);
        self.bytes.push(unchoke.bytes);
    }
}

#[cfg(test)]
mod tests;
