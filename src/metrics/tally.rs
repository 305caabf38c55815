//! Running sums over the peers of a group, or of a whole swarm. Memory does not grow with peers, but for 8 bytes per
//! completion: quantiles need them all.

use crate::engine::observer::{Leave, PeerRecord};
use crate::metrics::stats::{self, Jain};
use crate::metrics::summary::Figures;
use crate::units::SimTime;

const NANOS_PER_SEC: f64 = 1e9;

/// What has been counted of some peers.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    peers: u64,
    initial_seeds: u64,
    aborted: u64,
    crashed: u64,
    /// Completion times in nanoseconds.
    completion_ns: Vec<u64>,
    /// Share ratios of those that completed.
    ratios: Jain,
    /// Time to the first chunk: how many, and the sum in nanoseconds.
    first_chunks: (u64, u128),
    leeching: Presence,
    seeding: Presence,
    seed_sent_bytes: u64,
    uploaded_bytes: u64,
    uploaded_leeching_bytes: u64,
    downloaded_bytes: u64,
    wasted_bytes: u64,
    chunk_transfers: u64,
}

/// Upload capacity integrated over time present: ∫ capacity dt. Peers that are still there when the run ends are kept as
/// sums that the end of the run completes: Σ c·(end − t) = end·Σ c − Σ c·t.
#[derive(Clone, Copy, Debug, Default)]
struct Presence {
    closed: f64,
    open: f64,
    open_since: f64,
}

impl Presence {
    fn add(&mut self, capacity: f64, from: SimTime, until: Option<SimTime>) {
        if let Some(until) = until {
            self.closed += capacity * until.since(from).as_secs_f64();
        } else {
            self.open += capacity;
            self.open_since += capacity * from.as_secs_f64();
        }
    }

    fn merge(&mut self, other: &Self) {
        self.closed += other.closed;
        self.open += other.open;
        self.open_since += other.open_since;
    }

    /// Bytes that could have been sent until the run ended.
    fn bytes(&self, end: SimTime) -> f64 {
        self.closed + self.open * end.as_secs_f64() - self.open_since
    }
}

impl Tally {
    /// Counts a peer that has left or is there at the end; `chunks` is the number of chunks of the file.
    pub fn add(&mut self, peer: &PeerRecord, chunks: u32) {
        let initial_seed = peer.chunks_at_start == chunks;
        let left = peer.left.map(|(at, _)| at);
        self.peers += 1;
        if initial_seed {
            self.initial_seeds += 1;
            self.seed_sent_bytes += peer.uploaded_bytes;
            self.seeding.add(peer.upload, peer.joined, left);
        } else {
            self.leeching.add(peer.upload, peer.joined, peer.completed.or(left));
        }
        if let Some(completed) = peer.completed {
            self.completion_ns.push(completed.since(peer.joined).0);
            self.seeding.add(peer.upload, completed, left);
            if let Some(ratio) = share(peer.uploaded_bytes, peer.downloaded_bytes as f64) {
                self.ratios.add(ratio);
            }
        }
        match peer.left {
            Some((_, Leave::Aborted)) => self.aborted += 1,
            Some((_, Leave::Crashed)) => self.crashed += 1,
            Some((_, Leave::Done)) | None => (),
        }
        if let Some(first) = peer.first_chunk {
            self.first_chunks.0 += 1;
            self.first_chunks.1 += u128::from(first.since(peer.joined).0);
        }
        self.uploaded_bytes += peer.uploaded_bytes;
        self.uploaded_leeching_bytes += peer.uploaded_leeching_bytes;
        self.downloaded_bytes += peer.downloaded_bytes;
        self.wasted_bytes += peer.wasted_bytes;
        self.chunk_transfers += u64::from(peer.chunks_at_end.saturating_sub(peer.chunks_at_start));
    }

    /// Counts all that `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        self.peers += other.peers;
        self.initial_seeds += other.initial_seeds;
        self.aborted += other.aborted;
        self.crashed += other.crashed;
        self.completion_ns.extend_from_slice(&other.completion_ns);
        self.ratios.merge(&other.ratios);
        self.first_chunks.0 += other.first_chunks.0;
        self.first_chunks.1 += other.first_chunks.1;
        self.leeching.merge(&other.leeching);
        self.seeding.merge(&other.seeding);
        self.seed_sent_bytes += other.seed_sent_bytes;
        self.uploaded_bytes += other.uploaded_bytes;
        self.uploaded_leeching_bytes += other.uploaded_leeching_bytes;
        self.downloaded_bytes += other.downloaded_bytes;
        self.wasted_bytes += other.wasted_bytes;
        self.chunk_transfers += other.chunk_transfers;
    }

    /// Completion times in nanoseconds, ascending.
    fn completion_times(&self) -> Vec<f64> {
        let mut times: Vec<f64> = self.completion_ns.iter().map(|ns| *ns as f64).collect();
        times.sort_unstable_by(f64::total_cmp);
        times
    }

    /// The quantiles of the completion times at 0, 1/`steps`, … 1, in seconds; nothing if nobody completed.
    #[must_use]
    pub fn completion_quantiles_s(&self, steps: u32) -> Vec<f64> {
        let times = self.completion_times();
        let quantile = |step| stats::quantile(&times, f64::from(step) / f64::from(steps)).map(seconds);
        (0..=steps).filter_map(quantile).collect()
    }

    /// The figures of a run that ended at `end`, for a file of `file_bytes`.
    #[must_use]
    pub fn figures(&self, end: SimTime, file_bytes: u64) -> Figures {
        let times = self.completion_times();
        let quantile = |p| stats::quantile(&times, p).map(seconds);
        let could_leeching = self.leeching.bytes(end);
        let could = could_leeching + self.seeding.bytes(end);
        let leechers = self.peers - self.initial_seeds;
        let completed = self.completion_ns.len() as u64;
        Figures {
            peers: self.peers,
            initial_seeds: self.initial_seeds,
            leechers,
            completed,
            not_completed: leechers - completed,
            aborted: self.aborted,
            crashed: self.crashed,
            completion_mean_s: stats::mean(&times).map(seconds),
            completion_sd_s: stats::standard_deviation(&times).map(seconds),
            completion_median_s: quantile(0.5),
            completion_p05_s: quantile(0.05),
            completion_p95_s: quantile(0.95),
            completion_p99_s: quantile(0.99),
            completion_first_s: quantile(0.0),
            completion_last_s: quantile(1.0),
            leecher_utilisation: share(self.uploaded_leeching_bytes, could_leeching),
            utilisation: share(self.uploaded_bytes, could),
            share_ratio_mean: self.ratios.mean(),
            share_ratio_jain: self.ratios.index(),
            seed_load: (self.initial_seeds > 0).then(|| self.seed_sent_bytes as f64 / file_bytes as f64),
            seed_sent_bytes: self.seed_sent_bytes,
            uploaded_bytes: self.uploaded_bytes,
            uploaded_leeching_bytes: self.uploaded_leeching_bytes,
            downloaded_bytes: self.downloaded_bytes,
            wasted_bytes: self.wasted_bytes,
            chunk_transfers: self.chunk_transfers,
            first_chunk_mean_s: (self.first_chunks.0 > 0)
                .then(|| seconds(self.first_chunks.1 as f64 / self.first_chunks.0 as f64)),
        }
    }
}

/// Nanoseconds as seconds, rounded to the clock's nanosecond: no digits that mean nothing.
#[must_use]
pub fn seconds(nanoseconds: f64) -> f64 {
    nanoseconds.round() / NANOS_PER_SEC
}

/// Bytes sent, as a multiple of other bytes: those that could have been sent, or those received. Not defined for none.
#[must_use]
pub fn share(sent_bytes: u64, of_bytes: f64) -> Option<f64> {
    (of_bytes > 0.0).then(|| sent_bytes as f64 / of_bytes)
}
