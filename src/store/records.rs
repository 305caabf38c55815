//! What the segments of one or more directories hold together, for reading.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::fingerprint::Fingerprint;
use super::segment::{self, Content, Line};
use super::{Damage, EXTENSION, Note, RunId, RunRecord, StoreError, failed};
use crate::files;

/// So many files are kept open for reading, well below what systems allow a process; any others are opened for each run that is read.
const FILES_OPEN_MAX: usize = 256;

/// The finished runs of some segments.
#[derive(Debug, Default)]
pub struct Records {
    segments: Vec<SegmentFile>,
    index: BTreeMap<RunId, Place>,
    damages: Vec<Damage>,
    doubles: Vec<Double>,
}

/// A segment that was read.
#[derive(Debug)]
pub struct SegmentFile {
    /// The file.
    pub path: PathBuf,
    /// Runs that it holds, each counted once.
    pub runs: usize,
    /// What the processes that wrote it say of themselves, each with the number of runs before it.
    pub notes: Vec<(usize, Note)>,
    file: Option<File>,
    /// Checksum of its header.
    header: String,
    /// Whether its header or a line of it is known.
    is_ours: bool,
}

/// A run that two lines hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Double {
    /// Which one.
    pub id: RunId,
    /// The lines that hold it.
    pub lines: [(PathBuf, usize); 2],
    /// Whether both say the same.
    pub same: bool,
}

/// Where a run is.
#[derive(Clone, Copy, Debug)]
struct Place {
    segment: usize,
    line: Line,
}

impl Records {
    /// Reads all segments in `directories`, which must hold runs of `fingerprint`, until `stop` is set.
    ///
    /// # Errors
    /// When one can't be read or holds other runs, or it was stopped.
    pub fn read(directories: &[PathBuf], fingerprint: &Fingerprint, stop: &AtomicBool) -> Result<Self, StoreError> {
        let mut records = Self::default();
        for directory in directories {
            for path in segments(directory)? {
                records.add_file(&path, fingerprint, stop)?;
            }
        }
        records.check_ours()?;
        Ok(records)
    }

    /// Checks that not all that is there is something else: a file that was spoilt from end to end has others beside it that were not.
    pub(super) fn check_ours(&self) -> Result<(), StoreError> {
        let is_used = |segment: &SegmentFile| segment.is_ours;
        match self.damages.first() {
            Some(damage) if !self.segments.iter().any(is_used) => Err(match &damage.why {
                // The runs may be in it.
                Some(why) => failed("read", &damage.path)(io::Error::other(why.clone())),
                None => StoreError::NoRuns(damage.path.clone()),
            }),
            _ => Ok(()),
        }
    }

    /// Adds what the file at `path` holds; one that can't be read is damaged.
    pub(super) fn add_file(
        &mut self,
        path: &Path,
        fingerprint: &Fingerprint,
        stop: &AtomicBool,
    ) -> Result<(), StoreError> {
        match segment::read(path, fingerprint, stop) {
            Ok(content) => self.add(path, content),
            Err(StoreError::Io { cause, .. }) => {
                self.damages.push(Damage::of_file(path, cause.to_string()));
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    /// Adds what a segment holds; of a run that is there already the first line stays.
    pub(super) fn add(&mut self, path: &Path, content: Content) -> Result<(), StoreError> {
        let segment = self.segments.len();
        let is_ours = content.is_ours();
        let is_kept_open = segment < FILES_OPEN_MAX;
        let file = is_kept_open.then(|| files::open(path, u64::MAX).map_err(failed("read", path)));
        self.segments.push(SegmentFile {
            path: path.to_owned(),
            runs: content.runs.iter().map(|(id, _)| id).collect::<BTreeSet<_>>().len(),
            notes: content.notes,
            file: file.transpose()?,
            header: content.header,
            is_ours,
        });
        self.damages.extend(content.damage);
        for (id, line) in content.runs {
            let place = Place { segment, line };
            match self.index.get(&id) {
                Some(first) => self.doubles.push(self.double(id, *first, place)?),
                None => self.put(id, segment, line),
            }
        }
        Ok(())
    }

    /// A run stands in `line` of the segment with this number.
    pub(super) fn put(&mut self, id: RunId, segment: usize, line: Line) {
        self.index.insert(id, Place { segment, line });
    }

    fn double(&self, id: RunId, first: Place, second: Place) -> Result<Double, StoreError> {
        let line = |place: Place| (self.segments[place.segment].path.clone(), place.line.number);
        Ok(Double {
            id,
            lines: [line(first), line(second)],
            same: self.read_at(first)? == self.read_at(second)?,
        })
    }

    fn read_at(&self, place: Place) -> Result<RunRecord, StoreError> {
        let segment = &self.segments[place.segment];
        let path = &segment.path;
        let read = |file: &File| segment::read_line(path, file, &segment.header, &place.line);
        match &segment.file {
            Some(file) => read(file),
            None => read(&files::open(path, u64::MAX).map_err(failed("read", path))?),
        }
    }

    /// The segments, by directory and name.
    #[must_use]
    pub fn segments(&self) -> &[SegmentFile] {
        &self.segments
    }

    /// Files of which something can't be read.
    #[must_use]
    pub fn damages(&self) -> &[Damage] {
        &self.damages
    }

    /// Runs that are there more than once.
    #[must_use]
    pub fn doubles(&self) -> &[Double] {
        &self.doubles
    }

    /// Runs of which two lines say different things.
    pub fn conflicts(&self) -> impl Iterator<Item = &Double> {
        self.doubles.iter().filter(|double| !double.same)
    }

    /// Whether the run is there.
    #[must_use]
    pub fn contains(&self, id: RunId) -> bool {
        self.index.contains_key(&id)
    }

    /// The runs that are there, in order.
    pub fn ids(&self) -> impl Iterator<Item = RunId> {
        self.index.keys().copied()
    }

    /// Reads a run that is there; `None` if it is not.
    ///
    /// # Errors
    /// When it can't be read any more.
    pub fn get(&self, id: RunId) -> Result<Option<RunRecord>, StoreError> {
        self.index.get(&id).map(|place| self.read_at(*place)).transpose()
    }
}

/// The segments in `directory`, by name.
pub(super) fn segments(directory: &Path) -> Result<Vec<PathBuf>, StoreError> {
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
