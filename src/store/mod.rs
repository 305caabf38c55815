//! Finished runs on disk: an append-only file that survives being killed, and goes on where it stopped.
//!
//! A store is a directory of segments, `*.jsonl`, each written by one process. Every line is a JSON object; the first is the
//! header, each other one a finished run. docs/comparing.md describes the format.
//!
//! | file | idea |
//! | --- | --- |
//! | `fingerprint.rs` | what was run; two of them differ in something that has a name |
//! | `record.rs` | a finished run |
//! | `line.rs` | a line with its checksum |
//! | `segment.rs` | one file: read, found damaged, appended to |

mod fingerprint;
mod line;
mod record;
mod segment;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub use fingerprint::{Fingerprint, VariantPrint};
pub use record::{RunId, RunRecord};
use segment::{Line, Segment};

/// The segment that this process writes.
const OWN_SEGMENT: &str = "segment-0.jsonl";
/// How names of segments end.
const EXTENSION: &str = "jsonl";

/// A store that is open for writing.
#[derive(Debug)]
pub struct Store {
    own: Segment,
    index: BTreeMap<RunId, (PathBuf, Line)>,
}

/// A line that can't be read: the run in it must be done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// Number of the line, from 1.
    pub line: usize,
}

/// Why a store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused.
    #[error("cannot {action} `{path}`")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
    /// It holds runs of something else.
    #[error(
        "`{path}` holds runs of something else: {difference}. Start anew with --force, or in another directory with --out"
    )]
    OtherRuns {
        /// The segment.
        path: PathBuf,
        /// The first thing that differs.
        difference: String,
    },
    /// A whole line that should be the header is none.
    #[error(
        "`{0}` does not start with the header of a store of runs: start anew with --force, or in another directory with --out"
    )]
    NoHeader(PathBuf),
    /// Another process writes here.
    #[error("another swarmsim is writing to `{0}`: wait for it to end, or choose another directory with --out")]
    InUse(PathBuf),
}

impl Store {
    /// Opens the store in `directory`, or makes it; what it holds must be runs of `fingerprint`. Lines that can't be
    /// read are told, not used.
    ///
    /// # Errors
    /// When it can't be read or written, is in use, or holds other runs.
    pub fn open(directory: &Path, fingerprint: &Fingerprint) -> Result<(Self, Vec<Damage>), StoreError> {
        fs::create_dir_all(directory).map_err(failed("create", directory))?;
        let own_path = directory.join(OWN_SEGMENT);
        let (own, lines, mut damages) = Segment::open(&own_path, fingerprint)?;
        let mut index = BTreeMap::new();
        for (id, line) in lines {
            index.entry(id).or_insert_with(|| (own_path.clone(), line));
        }
        for path in segments(directory)?.into_iter().filter(|path| *path != own_path) {
            let (lines, damaged) = segment::read(&path, fingerprint)?;
            damages.extend(damaged);
            for (id, line) in lines {
                index.entry(id).or_insert_with(|| (path.clone(), line));
            }
        }
        Ok((Self { own, index }, damages))
    }

    /// Whether `directory` holds a store.
    #[must_use]
    pub fn is_in(directory: &Path) -> bool {
        directory.join(OWN_SEGMENT).is_file()
    }

    /// The lock of the store in `directory`: while it is held, nobody else writes there.
    ///
    /// # Errors
    /// When another process holds it, or it can't be had.
    pub fn lock(directory: &Path) -> Result<File, StoreError> {
        segment::lock(&directory.join(OWN_SEGMENT))
    }

    /// Whether the run is there.
    #[must_use]
    pub fn contains(&self, id: RunId) -> bool {
        self.index.contains_key(&id)
    }

    /// Appends a finished run.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn append(&mut self, record: &RunRecord) -> Result<(), StoreError> {
        let line = self.own.append(record)?;
        self.index.insert(record.id(), (self.own.path().to_owned(), line));
        Ok(())
    }

    /// Reads a run that is there; `None` if it is not.
    ///
    /// # Errors
    /// When it can't be read any more.
    pub fn get(&self, id: RunId) -> Result<Option<RunRecord>, StoreError> {
        let Some((path, line)) = self.index.get(&id) else {
            return Ok(None);
        };
        segment::read_line(path, line).map(Some)
    }
}

/// The segments in `directory`, by name.
fn segments(directory: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed("read", directory))? {
        let path = entry.map_err(failed("read", directory))?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    move |cause| StoreError::Io {
        action,
        path: path.to_owned(),
        cause,
    }
}

#[cfg(test)]
mod tests;
