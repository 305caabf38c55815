//! Finished runs on disk: append-only files that survive being killed, and go on where they stopped.
//!
//! A store is a directory of segments, `*.jsonl`, each written by one process at a time. Every line is a JSON object; the first is the
//! header, each other one a finished run or a note. docs/sweeps.md describes the format.
//!
//! | file | idea |
//! | --- | --- |
//! | `fingerprint.rs` | what was run; two of them differ in something that has a name |
//! | `record.rs` | a finished run |
//! | `note.rs` | what a process says of itself |
//! | `entry.rs` | what a line can hold |
//! | `line.rs` | a line with its checksum |
//! | `damage.rs` | what can't be read |
//! | `segment.rs` | one file: read, found damaged, appended to |
//! | `records.rs` | what many files hold together |

mod damage;
mod entry;
mod fingerprint;
mod line;
mod note;
mod record;
mod records;
mod segment;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

pub use damage::Damage;
pub use fingerprint::{Fingerprint, VariantPrint};
pub use line::{is_sealed, seal, unseal};
pub use note::{Note, Stage};
pub use record::{RunId, RunRecord};
pub use records::{Double, Records, SegmentFile};
use segment::Segment;

use crate::files;

/// The segment of a process that plays all runs.
pub const WHOLE: &str = "segment-0";
/// How names of segments end.
const EXTENSION: &str = "jsonl";

/// A store that is open for writing.
#[derive(Debug)]
pub struct Store {
    own: Segment,
    /// Of all segments, the own one first.
    records: Records,
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
    /// No line of it is of these runs, nor of any file beside it.
    #[error(
        "`{0}` holds no runs: no line of it can be read, nor is there another file that holds any. Move it away, or name another directory"
    )]
    NoRuns(PathBuf),
    /// Another process writes here.
    #[error("another swarmsim is writing to `{0}`: wait for it to end, or choose another directory with --out")]
    InUse(PathBuf),
    /// Whoever reads it was told to stop.
    #[error("stopped before all of the store was read")]
    Stopped,
}

impl Store {
    /// Opens the store in `directory`, or makes it, to write to the segment called `own`; what it holds must be runs of `fingerprint`.
    /// Processes that write to other segments may be at work. Lines that can't be read are told, not used. Nothing there changes before something is appended.
    ///
    /// # Errors
    /// When it can't be read or written, the segment is in use, it holds other runs, or `stop` is set before all of it is read.
    pub fn open(directory: &Path, own: &str, fingerprint: &Fingerprint, stop: &AtomicBool) -> Result<Self, StoreError> {
        fs::create_dir_all(directory).map_err(failed("create", directory))?;
        let own_path = Self::segment_in(directory, own);
        let (own, content) = Segment::open(&own_path, fingerprint, stop)?;
        let mut records = Records::default();
        records.add(&own_path, content)?;
        for path in records::segments(directory)?
            .into_iter()
            .filter(|path| *path != own_path)
        {
            records.add_file(&path, fingerprint, stop)?;
        }
        records.check_ours()?;
        Ok(Self { own, records })
    }

    /// Where the segment called `name` of the store in `directory` is.
    #[must_use]
    pub fn segment_in(directory: &Path, name: &str) -> PathBuf {
        directory.join(format!("{name}.{EXTENSION}"))
    }

    /// The name of the segment that is in a file called `file`, if one is.
    #[must_use]
    pub fn segment_of(file: &str) -> Option<&str> {
        file.strip_suffix(EXTENSION)?.strip_suffix('.')
    }

    /// The locks of all segments in `directory`: while they are held, nobody else writes to these.
    ///
    /// # Errors
    /// When another process holds one, or it can't be had.
    pub fn lock(directory: &Path) -> Result<Vec<File>, StoreError> {
        let segments = records::segments(directory)?;
        let files = segments.iter().filter(|path| path.is_file());
        files.map(|path| segment::lock(path)).collect()
    }

    /// Whether a process writes to the segment at `path` just now.
    #[must_use]
    pub fn is_in_use(path: &Path) -> bool {
        files::open(path, u64::MAX).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// What is there.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// Appends a finished run.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn append(&mut self, record: &RunRecord) -> Result<(), StoreError> {
        let line = self.own.append(record)?;
        self.records.put(record.id(), 0, line);
        Ok(())
    }

    /// Appends many runs that are stored elsewhere already; they are on the disk when it returns.
    ///
    /// # Errors
    /// When one can't be had or written.
    pub fn append_all(
        &mut self,
        records: impl Iterator<Item = Result<RunRecord, StoreError>>,
    ) -> Result<(), StoreError> {
        for record in records {
            let record = record?;
            let line = self.own.append_unsynced(&record)?;
            self.records.put(record.id(), 0, line);
        }
        self.own.sync()
    }

    /// Appends what this process says of itself.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn note(&mut self, note: &Note) -> Result<(), StoreError> {
        self.own.note(note)
    }
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
