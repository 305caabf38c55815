//! Arrival traces: one peer a row, from a CSV file or from the scenario itself.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use super::file::group::{TraceFile, TracedPeerFile};
use super::limits::{
    PEERS_MAX, RATE_MAX, RATE_MIN, TEXT_CHARS_MAX, TIME_MAX, TRACE_BYTES_MAX, TRACE_COLUMNS_MAX, TRACE_LINE_BYTES_MAX,
};
use super::model::TracedPeer;
use super::problem::Excerpt;
use super::read::nearest_or_all;
use super::validate::Check;
use crate::files;
use crate::units::{BytesPerSec, SimTime};

/// More bad rows than this are not shown.
const BAD_ROWS_MAX: usize = 20;

/// Endings of capacity columns and what one of them is in bytes per second.
const RATE_UNITS: [(&str, f64); 5] = [
    ("bit_per_s", 0.125),
    ("kbit_per_s", 125.0),
    ("Mbit_per_s", 125_000.0),
    ("bytes_per_s", 1.0),
    ("kB_per_s", 1_000.0),
];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Column {
    Arrival,
    Upload(f64),
    Download(f64),
}

/// The traces that a scenario names. Each is read once, and all variants share its peers.
pub(super) struct Traces<'d> {
    /// Folder that their paths start from.
    base_dir: &'d Path,
    /// Those in which nothing is wrong, by their names.
    read: RefCell<BTreeMap<String, Arc<[TracedPeer]>>>,
}

impl<'d> Traces<'d> {
    /// None is read yet.
    pub fn below(base_dir: &'d Path) -> Self {
        Self {
            base_dir,
            read: RefCell::default(),
        }
    }

    /// The peers of `file` sorted by time, those of the same time in their order; what is wrong goes to `at`.
    pub fn peers(&self, at: &Check<'_>, file: &TraceFile) -> Arc<[TracedPeer]> {
        match (&file.peers, &file.file) {
            (Some(peers), _) => sorted(at, inline_peers(&at.key("peers"), peers)),
            (None, Some(name)) => self.of_file(at, name),
            (None, None) => {
                at.error("the trace is missing", "write for example: file = \"trace.csv\"");
                Arc::default()
            }
        }
    }

    fn of_file(&self, at: &Check<'_>, name: &str) -> Arc<[TracedPeer]> {
        if let Some(peers) = self.read.borrow().get(name) {
            return peers.clone();
        }
        let found_before = at.found();
        let file_at = at.key("file");
        file_at.text(name, TEXT_CHARS_MAX);
        let text = read_text(&file_at, &self.base_dir.join(name));
        let peers = sorted(at, text.map_or_else(Vec::new, |text| csv_peers(&file_at, name, &text)));
        // What is wrong is told again to each that names it.
        if at.found() == found_before {
            self.read.borrow_mut().insert(name.to_owned(), peers.clone());
        }
        peers
    }
}

/// The `peers` of a trace in the order in which they come.
fn sorted(at: &Check<'_>, mut peers: Vec<TracedPeer>) -> Arc<[TracedPeer]> {
    if peers.len() as u64 > PEERS_MAX {
        at.error(
            format!("a trace of {} peers", peers.len()),
            format!("at most {PEERS_MAX} are possible"),
        );
    }
    peers.sort_by_key(|peer| peer.at);
    peers.into()
}

fn inline_peers(at: &Check<'_>, files: &[TracedPeerFile]) -> Vec<TracedPeer> {
    if files.is_empty() {
        at.error("nobody comes", "write for example: peers = [{ at = \"1.5 s\" }]");
    }
    let peer = |(index, file): (usize, &TracedPeerFile)| {
        let at = at.index(index);
        let rate = |key, rate: Option<_>| rate.map(|rate| at.key(key).within(rate, RATE_MIN, RATE_MAX));
        let time = at.key("at").required(file.at, "\"1.5 s\"")?;
        Some(TracedPeer {
            at: at.key("at").within(time, SimTime::ZERO, SimTime(TIME_MAX.0)),
            upload: rate("upload", file.upload),
            download: rate("download", file.download),
        })
    };
    files.iter().enumerate().filter_map(peer).collect()
}

fn read_text(at: &Check<'_>, path: &Path) -> Option<String> {
    let show = path.display();
    match files::open(path, TRACE_BYTES_MAX).and_then(read_lines) {
        Ok(Lines::Good(bytes)) => {
            let text = String::from_utf8(bytes).ok();
            if text.is_none() {
                at.error(format!("`{show}` is not text (UTF-8)"), "save it as UTF-8");
            }
            return text;
        }
        Ok(Lines::Long(number)) => at.error(
            format!("line {number} of `{show}` has more than {TRACE_LINE_BYTES_MAX} bytes"),
            "each line is one peer, and a time and two rates are all that it can say",
        ),
        Err(error) => at.error(
            format!("cannot read `{show}`: {error}"),
            "the path starts from the folder of the scenario",
        ),
    }
    None
}

/// What a file has in its lines.
enum Lines {
    Good(Vec<u8>),
    /// The line of this number is too long; what follows is not read.
    Long(usize),
}

fn read_lines(file: File) -> io::Result<Lines> {
    // One byte more than is allowed, and the end of the line for it.
    const STEP: u64 = TRACE_LINE_BYTES_MAX as u64 + 1;
    // It may grow meanwhile.
    let mut reader = BufReader::new(file.take(TRACE_BYTES_MAX));
    let mut bytes = Vec::new();
    let mut number = 1;
    loop {
        match reader.by_ref().take(STEP).read_until(b'\n', &mut bytes)? as u64 {
            0 => return Ok(Lines::Good(bytes)),
            STEP if !bytes.ends_with(b"\n") => return Ok(Lines::Long(number)),
            _ => number += 1,
        }
    }
}

/// A CSV file being read: its name and text, for excerpts.
struct Table<'a> {
    name: &'a str,
    text: &'a str,
}

impl Table<'_> {
    /// The line at byte `start`, with the field `column` underlined.
    fn excerpt(&self, start: usize, column: usize) -> Excerpt {
        let start = start + self.text[start..].len() - self.text[start..].trim_start_matches(['\r', '\n']).len();
        let line = self.text[start..].lines().next().unwrap_or_default();
        let before: usize = line.split(',').take(column).map(|field| field.len() + 1).sum();
        let field = line.split(',').nth(column).unwrap_or_default();
        let range = if field.is_empty() {
            start..start + line.len()
        } else {
            start + before..start + before + field.len()
        };
        Excerpt::new(self.name, self.text, range)
    }
}

fn csv_peers(at: &Check<'_>, name: &str, text: &str) -> Vec<TracedPeer> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let table = Table { name, text };
    if let Some(last) = text.rfind('"').filter(|_| text.matches('"').count() % 2 == 1) {
        at.error_in(
            Excerpt::new(name, text, last..last + 1),
            "a quotation mark is never closed",
            "remove it: times and rates need none",
        );
        return Vec::new();
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            at.error(
                format!("`{name}` is not CSV: {error}"),
                "the first line names the columns",
            );
            return Vec::new();
        }
    };
    let Some(columns) = columns(at, &table, &header) else {
        return Vec::new();
    };
    let (mut peers, mut bad) = (Vec::new(), 0);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                at.error(format!("`{name}` is not CSV: {error}"), "each row is one peer");
                return Vec::new();
            }
        };
        match peer(&columns, &record) {
            Ok(peer) => peers.push(peer),
            Err((column, message, help)) => {
                let start = record.position().map_or(0, |position| position.byte() as usize);
                at.error_in(table.excerpt(start, column), message, help);
                bad += 1;
                if bad == BAD_ROWS_MAX {
                    at.error(
                        format!("more rows of `{name}` may be wrong"),
                        "the first of them are shown",
                    );
                    return Vec::new();
                }
            }
        }
    }
    if peers.is_empty() && bad == 0 {
        at.error(format!("`{name}` has no rows"), "each row is one peer");
    }
    peers
}

fn columns(at: &Check<'_>, table: &Table<'_>, header: &csv::StringRecord) -> Option<Vec<Column>> {
    if header.len() > TRACE_COLUMNS_MAX {
        at.error(
            format!("`{}` has {} columns", table.name, header.len()),
            format!("at most {TRACE_COLUMNS_MAX} are possible; `arrival_s`, an upload and a download are known"),
        );
        return None;
    }
    let known = known_columns();
    let mut columns: Vec<Option<Column>> = Vec::new();
    for (index, name) in header.iter().enumerate() {
        let column = known.iter().find(|(known, _)| known == name).map(|(_, column)| *column);
        let names = known.iter().map(|(name, _)| name.as_str());
        let kind = |column: &Option<Column>| column.as_ref().map(std::mem::discriminant);
        if column.is_none() {
            let help = nearest_or_all(name, names, "the columns can be");
            at.error_in(table.excerpt(0, index), format!("unknown column `{name}`"), help);
        } else if columns.iter().any(|other| kind(other) == kind(&column)) {
            at.error_in(
                table.excerpt(0, index),
                format!("`{name}` says again what an earlier column says"),
                "remove one",
            );
        }
        columns.push(column);
    }
    if !columns.contains(&Some(Column::Arrival)) {
        at.error_in(
            table.excerpt(0, usize::MAX),
            "the column `arrival_s` is missing",
            "the first line names the columns; `arrival_s` is the arrival time in seconds",
        );
        return None;
    }
    columns.into_iter().collect()
}

fn known_columns() -> Vec<(String, Column)> {
    let mut known = vec![("arrival_s".to_string(), Column::Arrival)];
    for (unit, factor) in RATE_UNITS {
        known.push((format!("upload_{unit}"), Column::Upload(factor)));
        known.push((format!("download_{unit}"), Column::Download(factor)));
    }
    known
}

/// The peer of a row, or the column that is wrong, why, and what would be right.
fn peer(columns: &[Column], record: &csv::StringRecord) -> Result<TracedPeer, (usize, String, String)> {
    if record.len() != columns.len() {
        let message = format!("this row has {} of {} columns", record.len(), columns.len());
        return Err((
            usize::MAX,
            message,
            "leave a field empty between commas if there is no value".to_string(),
        ));
    }
    let mut peer = TracedPeer {
        at: SimTime::ZERO,
        upload: None,
        download: None,
    };
    for (index, (column, field)) in columns.iter().zip(record).enumerate() {
        match column {
            Column::Arrival => {
                let latest = TIME_MAX.as_secs_f64();
                let help = || format!("an arrival time in seconds is wanted, from 0 to {latest}");
                let seconds = number(field, 0.0, latest).ok_or_else(|| not_that(index, field, help()))?;
                // To the nearest nanosecond: 0.3 is 0.3.
                peer.at = SimTime((seconds * 1e9).round() as u64);
            }
            Column::Upload(_) | Column::Download(_) if field.is_empty() => {}
            Column::Upload(factor) => peer.upload = Some(capacity(index, field, *factor)?),
            Column::Download(factor) => peer.download = Some(capacity(index, field, *factor)?),
        }
    }
    Ok(peer)
}

fn capacity(index: usize, field: &str, factor: f64) -> Result<BytesPerSec, (usize, String, String)> {
    let (min, max) = (RATE_MIN.0 / factor, RATE_MAX.0 / factor);
    let help = || format!("a capacity is wanted, from {min} to {max}; leave it empty for the group's");
    number(field, min, max)
        .map(|rate| BytesPerSec(rate * factor))
        .ok_or_else(|| not_that(index, field, help()))
}

fn number(field: &str, min: f64, max: f64) -> Option<f64> {
    field.parse().ok().filter(|number| (min..=max).contains(number))
}

fn not_that(index: usize, field: &str, help: String) -> (usize, String, String) {
    (index, format!("`{field}` is not possible here"), help)
}
