//! Peers come: what each one brings, and what it begins with.

use crate::choking;
use crate::churn::Arriving;
use crate::engine::schedule::PeerTimer;
use crate::engine::{Simulation, Streams};
use crate::ids::{ChunkIx, GroupIx, PeerId, PeerIx};
use crate::rng::{Purpose, below, stream};
use crate::scenario::model::{Capacity, Discovery, Group, Phase, StartsWith};
use crate::swarm::{Peer, Role};
use crate::units::{SimDuration, SimTime};
use rand::RngExt;

impl Simulation<'_> {
    /// Looks up when the next peer of `cohort` arrives.
    pub(super) fn schedule_arrival(&mut self, cohort: usize) {
        let (arrivals, next) = &mut self.cohorts[cohort];
        *next = arrivals.next();
        if let Some((_, next)) = next {
            self.schedule.arm_arrival(cohort, next.at);
        }
    }

    /// The next peers of `cohort` are there: all that come at this instant, so that cohorts keep their order.
    pub(super) fn arrive(&mut self, cohort: usize) {
        let now = self.now();
        let (arrivals, next) = &mut self.cohorts[cohort];
        let mut come = Vec::new();
        while let Some(arriving) = next.filter(|(_, next)| next.at == now) {
            come.push(arriving);
            *next = arrivals.next();
        }
        if let Some((_, next)) = next {
            self.schedule.arm_arrival(cohort, next.at);
        }
        for (group, arriving) in come {
            self.join(group, arriving);
        }
        self.end_if_over();
    }

    fn join(&mut self, group_ix: GroupIx, arriving: Arriving) {
        let now = self.now();
        let group = &self.scenario.groups[group_ix.ix()];
        let id = PeerId(self.next_id);
        self.next_id += 1;
        let mut peer = Peer::new(id, group_ix, now);
        (peer.life.upload, peer.life.download) = draw_capacity(self.scenario.seed, id, group, &arriving);
        let chunks = draw_chunks(self.scenario.seed, id, &group.starts_with, self.swarm.layout.chunks);
        let limit = match &self.scenario.discovery {
            Discovery::Tracker(_) => group.connections.most(),
            Discovery::FullMesh => self.mesh_limit.saturating_sub(1),
        };
        peer.links = self.swarm.links.allocate(limit);
        let (upload, download) = (peer.life.upload, peer.life.download);
        let ix = self.swarm.join(peer, &chunks, group.super_seeding);
        if self.swarm.peers[ix].role == Role::Leecher && self.pickers[group_ix.ix()].counts_neighbours() {
            self.swarm.keep_counts(ix);
        }
        self.observer
            .joined(now, id, group_ix, upload, download, chunks.len() as u32);
        self.bandwidth.set_peer(ix, upload, download);
        if let Some(held) = self.held_upload.get_mut(ix.ix()) {
            *held = 0.0;
        }
        self.totals.joined += 1;
        self.open_streams(ix);
        self.install_choker(ix);
        self.count_capacity(ix);
        self.plan_life(ix);
        if self.swarm.is_super_seed(ix) {
            self.add_super_seed(ix);
        }
        if group.smart_seeding && self.swarm.peers[ix].role == Role::Seed {
            self.add_smart_seed(ix);
        }
        self.introduce(ix);
        self.schedule_first_rechoke(ix);
    }

    /// Opens the random streams of `peer`.
    pub(super) fn open_streams(&mut self, peer: PeerIx) {
        let streams = Streams::new(self.scenario.seed, self.id_of(peer));
        if peer.ix() < self.streams.len() {
            self.streams[peer.ix()] = streams;
        } else {
            self.streams.resize(peer.ix() + 1, streams);
        }
    }

    /// Gives `peer` the choker of its role.
    pub(super) fn install_choker(&mut self, peer: PeerIx) {
        let group = self.group_of(peer);
        let state = &self.swarm.peers[peer];
        let upload = state.life.upload;
        let rule = if state.role == Role::Seed {
            &group.seeding
        } else {
            &group.choking
        };
        let choker = choking::for_rule(rule, upload, &self.own_chokers);
        let asked_each_chunk = choker.is_asked_after_each_chunk();
        self.chunkwise |= asked_each_chunk;
        let state = &mut self.swarm.peers[peer];
        state.set_slots(choker.slots());
        state.asked_each_chunk = asked_each_chunk;
        if peer.ix() < self.chokers.len() {
            self.chokers[peer.ix()] = choker;
        } else {
            // The place of nobody is filled too.
            self.chokers
                .resize_with(peer.ix(), || Box::new(choking::free_rider::FreeRider));
            self.chokers.push(choker);
        }
        self.set_upload(peer);
    }

    /// Counts the upload capacity of `peer` as that of its role.
    pub(super) fn count_capacity(&mut self, peer: PeerIx) {
        let now = self.now();
        let state = &self.swarm.peers[peer];
        let kind = if state.role == Role::Seed {
            &mut self.totals.seeds
        } else {
            &mut self.totals.leechers
        };
        kind.add(now, state.life.upload);
    }

    pub(super) fn schedule_first_rechoke(&mut self, peer: PeerIx) {
        let now = self.now();
        let rules = self.group_of(peer).rechoke;
        let first = match rules.phase {
            Phase::Random => {
                let phase = below(&mut self.streams[peer.ix()].choking, rules.interval.0 as usize);
                now + SimDuration(phase as u64)
            }
            Phase::Aligned => SimTime((now.0 / rules.interval.0 + 1) * rules.interval.0),
        };
        self.schedule.arm_peer(peer, PeerTimer::Decision, first);
    }
}

/// Upload and download capacity in bytes per second: from the trace where it has them, else drawn from the peer's own stream.
pub(crate) fn draw_capacity(seed: u64, id: PeerId, group: &Group, arriving: &Arriving) -> (f64, f64) {
    let mut rng = stream(seed, Purpose::Capacity, id.0);
    let (upload, download) = match &group.capacity {
        Capacity::Separate { upload, download } => {
            let upload = upload.sample(&mut rng);
            (upload, download.as_ref().map(|d| d.sample(&mut rng)))
        }
        Capacity::Classes(classes) => {
            let total: f64 = classes.iter().map(|c| c.share).sum();
            let mut ticket = rng.random::<f64>() * total;
            let class = classes.iter().find(|c| {
                ticket -= c.share;
                ticket < 0.0
            });
            let class = class.unwrap_or(&classes[classes.len() - 1]);
            (class.upload.0, class.download.map(|d| d.0))
        }
    };
    let traced = arriving.traced;
    let upload = traced.and_then(|t| t.upload).map_or(upload, |u| u.0);
    let download = traced.and_then(|t| t.download).map(|d| d.0).or(download);
    (upload, download.unwrap_or(f64::INFINITY))
}

/// The chunks that a peer brings.
pub(crate) fn draw_chunks(seed: u64, id: PeerId, rule: &StartsWith, all: usize) -> Vec<ChunkIx> {
    let mut rng = stream(seed, Purpose::InitialChunks, id.0);
    let count = match rule {
        StartsWith::Nothing => 0,
        StartsWith::All => all,
        StartsWith::AllBut(missing) => return (*missing as usize..all).map(ChunkIx::from_ix).collect(),
        StartsWith::Fraction(share) => (share.sample(&mut rng).clamp(0.0, 1.0) * all as f64).round() as usize,
    };
    let mut chunks: Vec<ChunkIx> = (0..all).map(ChunkIx::from_ix).collect();
    if count < all {
        for i in 0..count {
            chunks.swap(i, i + below(&mut rng, all - i));
        }
        chunks.truncate(count);
    }
    chunks
}
