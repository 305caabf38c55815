//! The observer that fills the tables: streams what is done with, sums up the rest.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use crate::engine::Ending;
use crate::engine::observer::{Observer, PeerRecord, Sample, Transfer, Unchoke};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::bound::LowerBound;
use crate::metrics::columns::{self, Table};
use crate::metrics::detail::Detail;
use crate::metrics::names;
use crate::metrics::rows::{self, Sent};
use crate::metrics::summary::{self, GroupSummary, Summary};
use crate::metrics::table::TableWriter;
use crate::metrics::tally::Tally;
use crate::scenario::Scenario;
use crate::scenario::model::Group;
use crate::units::SimTime;

/// Records one run into tables and, at its end, into a [`Summary`].
pub struct Recorder<'a> {
    scenario: &'a Scenario,
    names: Vec<String>,
    tables: Tables,
    tallies: Vec<Tally>,
    traffic: Vec<Traffic>,
    bound: LowerBound,
    before: Sent,
    last_completion: Option<SimTime>,
    outcome: Option<(SimTime, Ending)>,
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
            scenario,
            names: scenario.groups.iter().map(|group| group.name.clone()).collect(),
            tables: Tables::open(detail, open)?,
            tallies: vec![Tally::default(); groups],
            traffic: vec![Traffic::default(); groups * groups],
            bound: LowerBound::new(scenario),
            before: Sent::default(),
            last_completion: None,
            outcome: None,
            failed: Rc::default(),
        })
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
        let summary = self.summary();
        summary::write_row(&mut self.tables.summary, &summary);
        for group in &summary.groups {
            summary::write_row(&mut self.tables.group_summary, group);
        }
        self.write_traffic();
        self.tables.finish()?;
        Ok(summary)
    }

    fn summary(&self) -> Summary {
        let (end, ending) = self.outcome.expect("a run is summed up after its end");
        let file_bytes = self.scenario.file.size.0;
        let mut all = Tally::default();
        self.tallies.iter().for_each(|tally| all.merge(tally));
        let swarm = all.figures(end, file_bytes);
        let makespan_s = match (self.bound.first_arrival(), self.last_completion) {
            (Some(first), Some(last)) if swarm.not_completed == 0 => Some(last.since(first).as_secs_f64()),
            _ => None,
        };
        let lower_bound_s = self.bound.seconds();
        Summary {
            scenario: self.scenario.name.clone(),
            version: env!("CARGO_PKG_VERSION"),
            seed: self.scenario.seed,
            ending: names::ending(ending),
            extinct_chunks: if let Ending::Dead { extinct_chunks } = ending {
                Some(extinct_chunks)
            } else {
                None
            },
            simulated_s: end.as_secs_f64(),
            swarm,
            makespan_s,
            lower_bound_s,
            makespan_over_bound: makespan_s.zip(lower_bound_s).map(|(makespan, bound)| makespan / bound),
            groups: self
                .scenario
                .groups
                .iter()
                .zip(&self.tallies)
                .map(|(g, t)| group_summary(g, t, end, file_bytes))
                .collect(),
            outcome: ending,
        }
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
                row.end_row();
            }
        }
    }

    fn traffic(&mut self, from: GroupIx, to: GroupIx) -> &mut Traffic {
        let groups = self.names.len();
        &mut self.traffic[from.ix() * groups + to.ix()]
    }
}

fn group_summary(group: &Group, tally: &Tally, end: SimTime, file_bytes: u64) -> GroupSummary {
    GroupSummary {
        group: group.name.clone(),
        choking: group.choking.word().to_owned(),
        seeding: group.seeding.word().to_owned(),
        picking: names::picker(group.picking.picker),
        figures: tally.figures(end, file_bytes),
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
        let heavy = [self.transfers, self.unchokes, self.chunks];
        for writer in heavy.into_iter().flatten().chain(always) {
            let file = writer.table().file;
            writer.finish().map_err(|cause| WriteError { file, cause })?;
        }
        Ok(())
    }
}

impl Observer for Recorder<'_> {
    fn joined(&mut self, now: SimTime, _peer: PeerId, group: GroupIx, upload: f64, download: f64, chunks: u32) {
        self.bound.joined(now, group, upload, download, chunks);
    }

    fn moved(&mut self, from: GroupIx, to: GroupIx, sender_leeches: bool, bytes: u64) {
        let cell = self.traffic(from, to);
        cell.bytes += bytes;
        if sender_leeches {
            cell.bytes_leeching += bytes;
        }
    }

    fn wants_transfers(&self) -> bool {
        self.tables.transfers.is_some()
    }

    fn transferred(&mut self, transfer: &Transfer) {
        if let Some(row) = &mut self.tables.transfers {
            rows::transfer(row, transfer);
            note(row, &self.failed);
        }
    }

    fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        let span = u128::from(unchoke.ended.since(unchoke.started).0);
        let cell = self.traffic(unchoke.from_group, unchoke.to_group);
        cell.unchoked_ns += span;
        if unchoke.sender_leeches {
            cell.unchoked_leeching_ns += span;
        }
        if let Some(row) = &mut self.tables.unchokes {
            rows::unchoke(row, &self.names, unchoke);
            note(row, &self.failed);
        }
    }

    fn peer_record(&mut self, record: &PeerRecord) {
        self.tallies[record.group.ix()].add(record, self.scenario.file.chunks() as u32);
        self.last_completion = self.last_completion.max(record.completed);
        let group = &self.scenario.groups[record.group.ix()];
        let initial_seed = record.chunks_at_start as usize == self.scenario.file.chunks();
        let strategy = if initial_seed { &group.seeding } else { &group.choking };
        rows::peer(&mut self.tables.peers, &group.name, strategy.word(), record);
        note(&self.tables.peers, &self.failed);
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
    }

    fn ended(&mut self, now: SimTime, ending: Ending) {
        self.outcome = Some((now, ending));
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
