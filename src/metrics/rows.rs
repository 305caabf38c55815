//! One function for each table of events: a record goes in, a row comes out, its cells in the order of the schema.

use crate::engine::observer::{PeerRecord, Sample, Transfer, Unchoke};
use crate::metrics::capacities::Members;
use crate::metrics::exchanges::Given;
use crate::metrics::names;
use crate::metrics::stats;
use crate::metrics::table::TableWriter;
use crate::metrics::tally;

/// Quantiles of the chunks of leechers in `timeseries.csv`.
const LEECHER_CHUNKS: [f64; 3] = [0.1, 0.5, 0.9];

/// Bytes up to a sample, or between two: those that could have been sent, and those that were.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sent {
    leechers_could: f64,
    seeds_could: f64,
    leechers_did: u64,
    seeds_did: u64,
}

impl Sent {
    /// Up to `sample`.
    pub(super) fn until(sample: &Sample<'_>) -> Self {
        Self {
            leechers_could: sample.leecher_capacity_bytes,
            seeds_could: sample.seed_capacity_bytes,
            leechers_did: sample.leecher_sent_bytes,
            seeds_did: sample.seed_sent_bytes,
        }
    }

    /// Between the sample `before` and this one.
    pub(super) fn since(&self, before: &Self) -> Self {
        Self {
            leechers_could: self.leechers_could - before.leechers_could,
            seeds_could: self.seeds_could - before.seeds_could,
            leechers_did: self.leechers_did - before.leechers_did,
            seeds_did: self.seeds_did - before.seeds_did,
        }
    }
}

/// Writes a row of `peers.csv`.
pub(super) fn peer(row: &mut TableWriter, group: &str, strategy: &str, peer: &PeerRecord) {
    row.plain(peer.id.0);
    row.text(group);
    row.text(strategy);
    row.number(peer.upload);
    row.number(peer.download);
    row.plain(peer.chunks_at_start);
    row.time(peer.joined);
    row.time_if(peer.first_chunk);
    row.time_if(peer.completed);
    row.span_if(peer.completed.map(|completed| completed.since(peer.joined)));
    row.time_if(peer.left.map(|(at, _)| at));
    row.text(peer.left.map_or("", |(_, reason)| names::leave(reason)));
    row.plain(peer.chunks_at_end);
    row.plain(peer.uploaded_bytes);
    row.plain(peer.uploaded_leeching_bytes);
    row.plain(peer.downloaded_bytes);
    row.plain(peer.wasted_bytes);
    row.number_if(tally::share(peer.uploaded_bytes, peer.downloaded_bytes as f64));
    row.end_row();
}

/// Writes a row of `timeseries.csv`; `sent` since the row before.
pub(super) fn sample(row: &mut TableWriter, sample: &Sample<'_>, sent: &Sent) {
    row.time(sample.now);
    row.plain(sample.leechers);
    row.plain(sample.seeds);
    row.plain(sample.joined);
    row.plain(sample.completed);
    row.number(sample.leecher_rate);
    row.number(sample.seed_rate);
    row.number(sample.leecher_capacity);
    row.number(sample.seed_capacity);
    row.number_if(tally::share(sent.leechers_did, sent.leechers_could));
    row.number_if(tally::share(sent.seeds_did, sent.seeds_could));
    row.number_if(tally::share(
        sent.leechers_did + sent.seeds_did,
        sent.leechers_could + sent.seeds_could,
    ));
    row.plain(sample.leecher_sent_bytes);
    row.plain(sample.seed_sent_bytes);
    let copies: u64 = sample.copies.iter().map(|copies| u64::from(*copies)).sum();
    row.plain(sample.copies.iter().min().copied().unwrap_or(0));
    row.number(copies as f64 / sample.copies.len() as f64);
    row.plain(sample.copies.iter().max().copied().unwrap_or(0));
    row.plain(sample.transfers);
    if sample.leecher_rate.is_nan() {
        row.empty();
    } else {
        row.plain(sample.flows);
    }
    let held: Vec<f64> = sample.leecher_chunks.iter().map(|chunks| f64::from(*chunks)).collect();
    for p in LEECHER_CHUNKS {
        row.number_if(stats::quantile(&held, p));
    }
    row.end_row();
}

/// Writes a row of `groups.csv`: what the first of `names` gave the second.
pub(super) fn groups(row: &mut TableWriter, names: [&str; 2], given: &Given, by_chance_s: f64) {
    names.into_iter().for_each(|name| row.text(name));
    row.plain(given.bytes);
    row.plain(given.bytes_leeching);
    row.total(given.unchoked_ns);
    row.total(given.unchoked_leeching_ns);
    row.number(by_chance_s);
    row.end_row();
}

/// Writes a row of `capacities.csv`: what the `senders` of one class gave another.
pub(super) fn capacities(
    row: &mut TableWriter,
    (from, to): (usize, usize),
    senders: &Members,
    given: &Given,
    by_chance_s: f64,
) {
    row.plain(from + 1);
    row.plain(senders.count);
    row.number_if(senders.span.map(|(least, _)| least));
    row.number_if(senders.span.map(|(_, most)| most));
    row.plain(to + 1);
    row.plain(given.bytes_leeching);
    row.total(given.unchoked_leeching_ns);
    row.number(by_chance_s);
    row.end_row();
}

/// Writes a row of `transfers.csv`.
pub(super) fn transfer(row: &mut TableWriter, transfer: &Transfer) {
    row.time(transfer.started);
    row.time(transfer.ended);
    row.plain(transfer.from.0);
    row.plain(transfer.to.0);
    row.plain(transfer.chunk.0);
    row.plain(transfer.bytes);
    row.plain(transfer.kept_bytes);
    row.text(names::transfer_end(transfer.end));
    row.end_row();
}

/// Writes a row of `unchokes.csv`.
pub(super) fn unchoke(row: &mut TableWriter, groups: &[String], unchoke: &Unchoke) {
    row.time(unchoke.started);
    row.time(unchoke.ended);
    for side in [unchoke.from, unchoke.to] {
        row.plain(side.id.0);
        row.text(&groups[side.group.ix()]);
    }
    row.plain(unchoke.optimistic);
    row.plain(unchoke.sender_leeches);
    row.plain(unchoke.bytes);
    row.end_row();
}

/// Writes the rows of `chunks.csv` for one moment.
pub(super) fn chunks(row: &mut TableWriter, sample: &Sample<'_>) {
    for (chunk, copies) in sample.copies.iter().enumerate() {
        row.time(sample.now);
        row.plain(chunk);
        row.plain(copies);
        row.end_row();
    }
}
