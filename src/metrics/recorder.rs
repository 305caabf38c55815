//! The observer that fills the tables: streams what is done with, sums up the rest.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use crate::engine::Ending;
use crate::engine::observer::{Observer, PeerRecord, Sample, Transfer, Unchoke};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::accounts::Accounts;
use crate::metrics::bands::Bands;
use crate::metrics::chance::Chance;
use crate::metrics::columns::{self, Table};
use crate::metrics::detail::Detail;
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
    traffic: Vec<Traffic>,
    chance: Chance,
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
    transfers: Option<TableWriter>,
    unchokes: Option<TableWriter>,
    chunks: Option<TableWriter>,
    chunk_bands: Option<TableWriter>,
}

/// A cell of the matrix between groups.
#[derive(Clone, Copy, Debug, Default)]
struct Traffic {
    bytes: u64,
    bytes_leeching: u64,
    unchoked_ns: u128,
    unchoked_leeching_ns: u128,
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
        let groups = scenario.groups.len();
        Ok(Self {
            accounts: Accounts::new(scenario),
            scenario,
            names: scenario.groups.iter().map(|group| group.name.clone()).collect(),
            tables: Tables::open(detail, open)?,
            traffic: vec![Traffic::default(); groups * groups],
            chance: Chance::new(groups),
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
        self.write_traffic();
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

    fn write_traffic(&mut self) {
        let row = &mut self.tables.groups;
        for (from, to_groups) in self.traffic.chunks(self.names.len().max(1)).enumerate() {
            for (to, cell) in to_groups.iter().enumerate() {
                row.text(&self.names[from]);
                row.text(&self.names[to]);
                row.plain(cell.bytes);
                row.plain(cell.bytes_leeching);
                row.total(cell.unchoked_ns);
                row.total(cell.unchoked_leeching_ns);
                row.number(self.chance.unchoked_s(from, to));
                row.end_row();
            }
        }
    }

    fn traffic(&mut self, from: GroupIx, to: GroupIx) -> &mut Traffic {
        let groups = self.names.len();
        &mut self.traffic[from.ix() * groups + to.ix()]
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
        if (chunks as usize) < self.scenario.file.chunks() {
            self.chance.comes(now, group);
        }
        if let Some((replay, _)) = &mut self.replay {
            replay.joined(now, peer, group, upload);
        }
    }

    fn moved(&mut self, from: GroupIx, to: GroupIx, sender_leeches: bool, bytes: u64) {
        let cell = self.traffic(from, to);
        cell.bytes += bytes;
        if sender_leeches {
            cell.bytes_leeching += bytes;
        }
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

    fn unchoke_began(&mut self, now: SimTime, from: GroupIx, sender_leeches: bool) {
        if sender_leeches {
            self.chance.begins(now, from);
        }
    }

    fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        let span = u128::from(unchoke.ended.since(unchoke.started).0);
        let cell = self.traffic(unchoke.from_group, unchoke.to_group);
        cell.unchoked_ns += span;
        if unchoke.sender_leeches {
            cell.unchoked_leeching_ns += span;
            self.chance.ends(unchoke.ended, unchoke.from_group);
        }
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

    fn completed(&mut self, now: SimTime, _peer: PeerId, group: GroupIx, _joined: SimTime) {
        self.chance.goes(now, group);
    }

    fn peer_record(&mut self, record: &PeerRecord) {
        self.accounts.peer_record(record);
        let group = &self.scenario.groups[record.group.ix()];
        let initial_seed = record.chunks_at_start as usize == self.scenario.file.chunks();
        if let (Some((left, _)), None, false) = (record.left, record.completed, initial_seed) {
            self.chance.goes(left, record.group);
        }
        let strategy = if initial_seed { &group.seeding } else { &group.choking };
        let strategy = names::choking_in(self.scenario.run.mode, strategy).unwrap_or_default();
        rows::peer(&mut self.tables.peers, &group.name, strategy, record);
        note(&self.tables.peers, &self.failed);
        if let Some((replay, _)) = &mut self.replay {
            replay.peer_record(record);
        }
    }

    fn sample(&mut self, sample: &Sample<'_>) {
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
