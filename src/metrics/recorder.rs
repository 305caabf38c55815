//! The observer that fills the tables: streams what is done with, sums up the rest.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use crate::engine::Ending;
use crate::engine::observer::{Observer, PeerRecord, Sample, Side, Transfer, Unchoke};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::accounts::Accounts;
use crate::metrics::bands::Bands;
use crate::metrics::capacities::{Capacities, Members};
use crate::metrics::columns::{self, Table};
use crate::metrics::detail::Detail;
use crate::metrics::exchanges::{ByGroup, Classes, Exchanges};
use crate::metrics::names;
use crate::metrics::replay::{REPLAY, Recording};
use crate::metrics::rows::{self, Sent};
use crate::metrics::summary::{self, Summary};
use crate::metrics::table::TableWriter;
use crate::scenario::Scenario;
use crate::units::SimTime;

/// Records one run into tables and, at its end, into a [`Summary`].
pub struct Recorder<'a> {
    scenario: &'a Scenario,
    accounts: Accounts<'a>,
    names: Vec<String>,
    tables: Tables,
    groups: Exchanges<ByGroup>,
    capacities: Exchanges<Capacities>,
    /// The leechers of each class of capacity.
    members: Vec<Members>,
    bands: Option<Bands>,
    before: Sent,
    replay: Option<(Recording<'a>, Box<dyn Write>)>,
    end: SimTime,
    failed: Rc<Cell<bool>>,
}

/// A writer for every table of the run.
struct Tables {
    summary: TableWriter,
    group_summary: TableWriter,
    peers: TableWriter,
    timeseries: TableWriter,
    groups: TableWriter,
    capacities: TableWriter,
    transfers: Option<TableWriter>,
    unchokes: Option<TableWriter>,
    chunks: Option<TableWriter>,
    chunk_bands: Option<TableWriter>,
}

/// A table that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{file}`")]
pub struct WriteError {
    /// Name of the file.
    pub file: &'static str,
    /// What went wrong.
    #[source]
    pub cause: io::Error,
}

/// Opens the file of a table.
pub type Open<'o> = &'o mut dyn FnMut(&'static Table) -> io::Result<Box<dyn Write>>;

impl<'a> Recorder<'a> {
    /// A recorder of a run of `scenario`; `open` gives it the files of its tables.
    ///
    /// # Errors
    /// When a file can't be opened.
    pub fn new(scenario: &'a Scenario, detail: Detail, open: Open<'_>) -> Result<Self, WriteError> {
        let all_chunks = scenario.file.chunks() as u32;
        let capacities = Capacities::of(scenario);
        Ok(Self {
            accounts: Accounts::new(scenario),
            scenario,
            names: scenario.groups.iter().map(|group| group.name.clone()).collect(),
            tables: Tables::open(detail, open)?,
            groups: Exchanges::new(ByGroup::of(scenario), all_chunks),
            members: vec![Members::default(); capacities.count()],
            capacities: Exchanges::new(capacities, all_chunks),
            bands: detail.chunk_bands.then(|| Bands::new(scenario.file.chunks())),
            before: Sent::default(),
            replay: None,
            end: SimTime::ZERO,
            failed: Rc::default(),
        })
    }

    /// Records a replay too, into `output` at the end.
    pub fn record_replay(&mut self, output: Box<dyn Write>) {
        self.replay = Some((Recording::new(self.scenario), output));
    }

    /// A flag that turns true when a table can't be written: the run may as well stop, [`Self::finish`] says why.
    #[must_use]
    pub fn failed(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.failed)
    }

    /// Completes all tables and sums up the run.
    ///
    /// # Errors
    /// The first table that could not be written.
    ///
    /// # Panics
    /// When the run has not ended.
    pub fn finish(mut self) -> Result<Summary, WriteError> {
        let summary = self.accounts.summary();
        summary::write_row(&mut self.tables.summary, &summary);
        for group in &summary.groups {
            summary::write_row(&mut self.tables.group_summary, group);
        }
        self.write_exchanges();
        if let (Some(bands), Some(row)) = (&self.bands, &mut self.tables.chunk_bands) {
            bands.write(row);
        }
        self.tables.finish()?;
        if let Some((recording, output)) = self.replay {
            let written = recording.finish(self.end, output);
            written.map_err(|cause| WriteError { file: REPLAY, cause })?;
        }
        Ok(summary)
    }

    fn write_exchanges(&mut self) {
        for (from, to) in self.groups.pairs() {
            let (names, by_chance_s) = (&self.names, self.groups.unchoked_s_by_chance(from, to));
            let pair = self.groups.pair(from, to);
            rows::groups(&mut self.tables.groups, [&names[from], &names[to]], pair, by_chance_s);
        }
        for (from, to) in self.capacities.pairs() {
            let by_chance_s = self.capacities.unchoked_s_by_chance(from, to);
            let (senders, pair) = (&self.members[from], self.capacities.pair(from, to));
            rows::capacities(&mut self.tables.capacities, (from, to), senders, pair, by_chance_s);
        }
    }
}

impl Tables {
    fn open(detail: Detail, open: Open<'_>) -> Result<Self, WriteError> {
        let mut writer = |table: &'static Table| match open(table) {
            Ok(output) => Ok(TableWriter::new(table, output)),
            Err(cause) => Err(WriteError {
                file: table.file,
                cause,
            }),
        };
        Ok(Self {
            summary: writer(&columns::SUMMARY)?,
            group_summary: writer(&columns::GROUP_SUMMARY)?,
            peers: writer(&columns::PEERS)?,
            timeseries: writer(&columns::TIMESERIES)?,
            groups: writer(&columns::GROUPS)?,
            capacities: writer(&columns::CAPACITIES)?,
            transfers: detail.transfers.then(|| writer(&columns::TRANSFERS)).transpose()?,
            unchokes: detail.unchokes.then(|| writer(&columns::UNCHOKES)).transpose()?,
            chunks: detail.chunks.then(|| writer(&columns::CHUNKS)).transpose()?,
            chunk_bands: detail.chunk_bands.then(|| writer(&columns::CHUNK_BANDS)).transpose()?,
        })
    }

    fn finish(self) -> Result<(), WriteError> {
        let always = [
            self.peers,
            self.timeseries,
            self.groups,
            self.capacities,
            self.group_summary,
            self.summary,
        ];
        let asked_for = [self.transfers, self.unchokes, self.chunks, self.chunk_bands];
        for writer in asked_for.into_iter().flatten().chain(always) {
            let file = writer.table().file;
            writer.finish().map_err(|cause| WriteError { file, cause })?;
        }
        Ok(())
    }
}

impl Observer for Recorder<'_> {
    fn joined(&mut self, now: SimTime, peer: PeerId, group: GroupIx, upload: f64, download: f64, chunks: u32) {
        self.accounts.joined(now, peer, group, upload, download, chunks);
        self.groups.joined(now, peer, group, upload, download, chunks);
        self.capacities.joined(now, peer, group, upload, download, chunks);
        if (chunks as usize) < self.scenario.file.chunks() {
            self.members[self.capacities.classes().class(group, upload)].add(upload);
        }
        if let Some((replay, _)) = &mut self.replay {
            replay.joined(now, peer, group, upload);
        }
    }

    fn moved(&mut self, from: &Side, to: &Side, sender_leeches: bool, bytes: u64) {
        self.groups.moved(from, to, sender_leeches, bytes);
        self.capacities.moved(from, to, sender_leeches, bytes);
    }

    fn wants_transfers(&self) -> bool {
        self.tables.transfers.is_some() || self.replay.is_some()
    }

    fn transferred(&mut self, transfer: &Transfer) {
        if let Some(row) = &mut self.tables.transfers {
            rows::transfer(row, transfer);
            note(row, &self.failed);
        }
        if let Some((replay, _)) = &mut self.replay {
            replay.transferred(transfer);
        }
    }

    fn unchoke_began(&mut self, now: SimTime, from: &Side, sender_leeches: bool) {
        self.groups.unchoke_began(now, from, sender_leeches);
        self.capacities.unchoke_began(now, from, sender_leeches);
    }

    fn unchoke_turned(&mut self, until_now: &Unchoke) {
        if let Some((replay, _)) = &mut self.replay {
            replay.unchoke_turned(until_now);
        }
    }

    fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        self.groups.unchoke_ended(unchoke);
        self.capacities.unchoke_ended(unchoke);
        if let Some(row) = &mut self.tables.unchokes {
            rows::unchoke(row, &self.names, unchoke);
            note(row, &self.failed);
        }
        if let Some((replay, _)) = &mut self.replay {
            replay.unchoke_ended(unchoke);
        }
    }

    fn connected(&mut self, now: SimTime, one: PeerId, other: PeerId) {
        if let Some((replay, _)) = &mut self.replay {
            replay.connected(now, one, other);
        }
    }

    fn disconnected(&mut self, now: SimTime, one: PeerId, other: PeerId) {
        if let Some((replay, _)) = &mut self.replay {
            replay.disconnected(now, one, other);
        }
    }

    fn completed(&mut self, now: SimTime, peer: &Side, joined: SimTime) {
        self.groups.completed(now, peer, joined);
        self.capacities.completed(now, peer, joined);
    }

    fn peer_record(&mut self, record: &PeerRecord) {
        self.accounts.peer_record(record);
        self.groups.peer_record(record);
        self.capacities.peer_record(record);
        let group = &self.scenario.groups[record.group.ix()];
        let initial_seed = record.chunks_at_start as usize == self.scenario.file.chunks();
        let strategy = if initial_seed { &group.seeding } else { &group.choking };
        let strategy = names::choking_in(self.scenario.run.mode, strategy).unwrap_or_default();
        rows::peer(&mut self.tables.peers, &group.name, strategy, record);
        note(&self.tables.peers, &self.failed);
        if let Some((replay, _)) = &mut self.replay {
            replay.peer_record(record);
        }
    }

    fn sample(&mut self, sample: &Sample<'_>) {
        self.accounts.sample(sample);
        let sent = Sent::until(sample);
        rows::sample(&mut self.tables.timeseries, sample, &sent.since(&self.before));
        self.before = sent;
        note(&self.tables.timeseries, &self.failed);
        if let Some(row) = &mut self.tables.chunks {
            rows::chunks(row, sample);
            note(row, &self.failed);
        }
        if let Some(bands) = &mut self.bands {
            bands.sample(sample.now, sample.copies);
        }
    }

    fn ended(&mut self, now: SimTime, ending: Ending) {
        self.end = now;
        self.accounts.ended(now, ending);
    }
}

/// Remembers that a table can't be written.
fn note(writer: &TableWriter, failed: &Cell<bool>) {
    if writer.failed() {
        failed.set(true);
    }
}

#[cfg(test)]
mod tests;
