//! What happens in a run, as far as watched figures need it and `summary.csv` does not say it.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::observer::{Observer, PeerRecord, Sample, Side, Transfer, Unchoke};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::exchanges::{ByGroup, Exchanges};
use crate::scenario::Scenario;
use crate::units::SimTime;

/// The observer behind the figures of `watched.rs`.
pub struct Watch {
    /// Bytes of the file.
    pub(super) file_bytes: u64,
    /// Bytes of a block.
    pub(super) block_bytes: u64,
    /// Chunks of the file.
    pub(super) chunks: u32,
    /// The swarm at each sample.
    pub(super) moments: Vec<Moment>,
    /// All peers, those that left first.
    pub(super) peers: Vec<PeerRecord>,
    /// Bytes that initial seeds sent to each peer.
    pub(super) from_seeds: BTreeMap<PeerId, u64>,
    /// Parts of chunks, in the order in which they ended; kept only where a figure needs them.
    pub(super) transfers: Vec<Transfer>,
    seeds: BTreeSet<PeerId>,
    exchanges: Exchanges<ByGroup>,
    keeps_transfers: bool,
}

/// The swarm at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moment {
    pub(super) at_s: f64,
    pub(super) leechers: f64,
    pub(super) seeds: f64,
    /// Bytes sent so far by all.
    pub(super) sent_bytes: f64,
    /// Bytes that all could have sent so far.
    pub(super) capacity_bytes: f64,
    /// Copies of the chunk that has most.
    pub(super) most_copies: f64,
    /// Chunks of which there is one copy.
    pub(super) single: f64,
}

impl Watch {
    /// Watches a run of `scenario`, and keeps all transfers if `keeps_transfers`.
    #[must_use]
    pub fn new(scenario: &Scenario, keeps_transfers: bool) -> Self {
        Self {
            file_bytes: scenario.file.size.0,
            block_bytes: scenario.file.block_size.0,
            chunks: scenario.file.chunks() as u32,
            moments: Vec::new(),
            peers: Vec::new(),
            from_seeds: BTreeMap::new(),
            transfers: Vec::new(),
            seeds: BTreeSet::new(),
            exchanges: Exchanges::new(ByGroup::of(scenario), scenario.file.chunks() as u32),
            keeps_transfers,
        }
    }

    /// Share of what group `from` sent while it leeched that went to group `to`.
    pub(super) fn sent_share(&self, from: usize, to: usize) -> Option<f64> {
        let sent = |to| self.exchanges.pair(from, to).bytes_leeching;
        let all: u64 = self.exchanges.all().map(sent).sum();
        (all > 0).then(|| sent(to) as f64 / all as f64)
    }

    /// Share of the time of unchokes by leechers of group `from` that was given to group `to`.
    pub(super) fn unchoke_share(&self, from: usize, to: usize) -> Option<f64> {
        let unchoked = |to| self.exchanges.pair(from, to).unchoked_leeching_ns;
        let all: u128 = self.exchanges.all().map(unchoked).sum();
        (all > 0).then(|| unchoked(to) as f64 / all as f64)
    }

    /// The same share if leechers chose among those that are there by chance.
    pub(super) fn unchoke_chance(&self, from: usize, to: usize) -> Option<f64> {
        let chance = |to| self.exchanges.unchoked_s_by_chance(from, to);
        let all: f64 = self.exchanges.all().map(chance).sum();
        (all > 0.0).then(|| chance(to) / all)
    }

    /// How long the downloads of `group` took.
    pub(super) fn completion_times_s(&self, group: usize) -> Vec<f64> {
        let peers = self.downloaders().filter(|peer| peer.group.ix() == group);
        peers
            .filter_map(|peer| Some(peer.completed?.since(peer.joined).as_secs_f64()))
            .collect()
    }

    /// Those that did not have the whole file when they came.
    pub(super) fn downloaders(&self) -> impl Iterator<Item = &PeerRecord> {
        self.peers.iter().filter(|peer| peer.chunks_at_start < self.chunks)
    }
}

impl Observer for Watch {
    fn joined(&mut self, now: SimTime, peer: PeerId, group: GroupIx, upload: f64, download: f64, chunks: u32) {
        if chunks == self.chunks {
            self.seeds.insert(peer);
        }
        self.exchanges.joined(now, peer, group, upload, download, chunks);
    }

    fn moved(&mut self, from: &Side, to: &Side, sender_leeches: bool, bytes: u64) {
        self.exchanges.moved(from, to, sender_leeches, bytes);
    }

    fn wants_transfers(&self) -> bool {
        self.keeps_transfers
    }

    fn transferred(&mut self, transfer: &Transfer) {
        if self.keeps_transfers {
            self.transfers.push(*transfer);
        }
    }

    fn unchoke_began(&mut self, now: SimTime, from: &Side, sender_leeches: bool) {
        self.exchanges.unchoke_began(now, from, sender_leeches);
    }

    fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        self.exchanges.unchoke_ended(unchoke);
        if self.seeds.contains(&unchoke.from.id) {
            *self.from_seeds.entry(unchoke.to.id).or_default() += unchoke.bytes;
        }
    }

    fn completed(&mut self, now: SimTime, peer: &Side, joined: SimTime) {
        self.exchanges.completed(now, peer, joined);
    }

    fn peer_record(&mut self, record: &PeerRecord) {
        self.exchanges.peer_record(record);
        self.peers.push(*record);
    }

    fn sample(&mut self, sample: &Sample<'_>) {
        self.moments.push(Moment {
            at_s: sample.now.as_secs_f64(),
            leechers: f64::from(sample.leechers),
            seeds: f64::from(sample.seeds),
            sent_bytes: (sample.leecher_sent_bytes + sample.seed_sent_bytes) as f64,
            capacity_bytes: sample.leecher_capacity_bytes + sample.seed_capacity_bytes,
            most_copies: f64::from(sample.copies.iter().copied().max().unwrap_or(0)),
            single: sample.copies.iter().filter(|copies| **copies == 1).count() as f64,
        });
    }
}
