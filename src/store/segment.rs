//! One file of a store. A line is written at once, so that a process that is killed leaves at most one without its end.

use std::borrow::Cow;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::entry::{Entry, Writing};
use super::fingerprint::Fingerprint;
use super::{Damage, Note, RunId, RunRecord, StoreError, failed, line};
use crate::files;
use crate::metrics::{is_at, sync_names};
use crate::scenario::limits::STORE_LINE_BYTES_MAX;

/// Version of the format.
const FORMAT: u32 = 3;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header<'f> {
    /// Version of the format.
    store: u32,
    fingerprint: Cow<'f, Fingerprint>,
}

/// Where a line is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub number: usize,
    offset: u64,
    bytes: usize,
}

/// A file that this process appends to.
#[derive(Debug)]
pub(super) struct Segment {
    path: PathBuf,
    file: File,
    /// Checksum of its header.
    header: String,
    end: u64,
    lines: usize,
    /// What stands first in a file that is begun; `None` once something was written.
    unbegun: Option<String>,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Runs in the order of the file.
    pub runs: Vec<(RunId, Line)>,
    /// Notes, each with the number of runs before it.
    pub notes: Vec<(usize, Note)>,
    pub damage: Option<Damage>,
    /// Checksum of the header that its lines belong to.
    pub header: String,
    /// Whether that header stands in it.
    has_header: bool,
    /// Length up to the end of the last whole line, and how many there are.
    whole: u64,
    lines: usize,
}

/// Opens the file at `path` to write to it, and locks it: no other process writes while this one holds it.
pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    loop {
        let file = files::open_to_write(path).map_err(failed("open", path))?;
        match file.try_lock() {
            // Whoever had nothing to write may have removed it between the two.
            Ok(()) if !is_at(&file, path).is_ok_and(|is_at| is_at) => (),
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(path.to_owned())),
            Err(TryLockError::Error(cause)) => {
                remove_if_empty(&file, path);
                return Err(failed("lock", path)(cause));
            }
        }
    }
}

impl Segment {
    /// Opens the file to append to it. Nothing in it changes before the first line is appended: whoever opens it may find that it must not be used.
    pub fn open(path: &Path, fingerprint: &Fingerprint, stop: &AtomicBool) -> Result<(Self, Content), StoreError> {
        let file = lock(path)?;
        let content = read(path, fingerprint, stop)?;
        let header = line::seal(&Header::of(fingerprint));
        let (header, _) = header.map_err(|cause| failed("write to", path)(cause.into()))?;
        let segment = Self {
            path: path.to_owned(),
            file,
            header: content.header.clone(),
            end: content.whole,
            lines: content.lines,
            unbegun: Some(header),
        };
        Ok((segment, content))
    }

    /// Makes it ready to be appended to: its torn end would run into the next line, and one without a whole line needs its header.
    fn begin(&mut self) -> Result<(), StoreError> {
        if let Some(header) = self.unbegun.take() {
            self.file.set_len(self.end).map_err(failed("write to", &self.path))?;
            if self.end == 0 {
                self.write_line(&header)?;
                self.path.parent().into_iter().for_each(sync_names);
            }
        }
        Ok(())
    }

    /// Appends a finished run, which is on the disk before it counts as finished: a power cut then loses none that was shown as done.
    pub fn append(&mut self, record: &RunRecord) -> Result<Line, StoreError> {
        let line = self.append_unsynced(record)?;
        self.sync()?;
        Ok(line)
    }

    /// Appends a run that may be lost.
    pub fn append_unsynced(&mut self, record: &RunRecord) -> Result<Line, StoreError> {
        self.write(&Writing::Run(record))
    }

    /// Appends a note.
    pub fn note(&mut self, note: &Note) -> Result<(), StoreError> {
        self.write(&Writing::Note(note))?;
        self.sync()
    }

    /// Waits until all of it is on the disk, in the file that has its name: what is written to one that was removed is lost without an error.
    pub fn sync(&self) -> Result<(), StoreError> {
        let synced = self.file.sync_data().and_then(|()| is_at(&self.file, &self.path));
        match synced {
            Ok(true) => Ok(()),
            Ok(false) => Err(failed("write to", &self.path)(std::io::Error::other(
                "another file has taken its place",
            ))),
            Err(cause) => Err(failed("write to", &self.path)(cause)),
        }
    }

    fn write(&mut self, value: &Writing<'_>) -> Result<Line, StoreError> {
        self.begin()?;
        let text = line::encode(&self.header, value).map_err(|cause| failed("write to", &self.path)(cause.into()))?;
        self.write_line(&text)
    }

    /// One line, one write.
    fn write_line(&mut self, text: &str) -> Result<Line, StoreError> {
        if let Err(cause) = self.file.write_all(text.as_bytes()) {
            // Half a line would run into the next one; if it can't be cut off, the next process does.
            let _ = self.file.set_len(self.end);
            return Err(failed("write to", &self.path)(cause));
        }
        self.lines += 1;
        let line = Line {
            number: self.lines,
            offset: self.end,
            bytes: text.len(),
        };
        self.end += text.len() as u64;
        Ok(line)
    }
}

fn remove_if_empty(file: &File, path: &Path) {
    if file.metadata().is_ok_and(|meta| meta.len() == 0) {
        // Where it can't be removed, it says nothing all the same.
        let _ = fs::remove_file(path);
    }
}

impl Drop for Segment {
    /// A file that is empty is not left there; its lock is still held.
    fn drop(&mut self) {
        remove_if_empty(&self.file, &self.path);
    }
}

/// Reads a line, of which `line` gets at most `most` bytes: how many there are, and whether it has an end.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>, most: usize) -> io::Result<(usize, bool)> {
    line.clear();
    let mut length = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok((length, false));
        }
        let end = buffer.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(buffer.len());
        line.extend_from_slice(&buffer[..taken.min(most - line.len())]);
        reader.consume(taken);
        length += taken;
        if end.is_some() {
            return Ok((length, true));
        }
    }
}

/// The run at `line` of `file`, which is at `path` and belongs to the `header` with this checksum.
pub(super) fn read_line(path: &Path, mut file: &File, header: &str, line: &Line) -> Result<RunRecord, StoreError> {
    let mut bytes = vec![0; line.bytes];
    file.seek(SeekFrom::Start(line.offset))
        .and_then(|_| file.read_exact(&mut bytes))
        .map_err(failed("read", path))?;
    match line::decode(header, bytes.trim_ascii_end()) {
        Some(Entry::Run(record)) => Ok(record),
        _ => Err(failed("read", path)(std::io::Error::other(
            "a line has changed since it was written",
        ))),
    }
}

/// Reads a file, which others may be writing, until `stop` is set; only what `fingerprint` describes is accepted.
pub(super) fn read(path: &Path, fingerprint: &Fingerprint, stop: &AtomicBool) -> Result<Content, StoreError> {
    let (expected, of) = line::seal(&Header::of(fingerprint)).map_err(|cause| failed("read", path)(cause.into()))?;
    let mut content = Content {
        header: of,
        ..Content::default()
    };
    let most = STORE_LINE_BYTES_MAX.max(expected.len());
    let mut reader = BufReader::new(files::open(path, u64::MAX).map_err(failed("read", path))?);
    let mut bytes = Vec::new();
    for number in 1.. {
        if stop.load(Ordering::Relaxed) {
            return Err(StoreError::Stopped);
        }
        let (length, has_end) = next_line(&mut reader, &mut bytes, most).map_err(failed("read", path))?;
        if !has_end {
            // A file system that fell over may leave zeros; a process that was killed leaves the begin of a line.
            let is_torn = !bytes.contains(&0) && (number > 1 || expected.as_bytes().starts_with(&bytes));
            if !is_torn {
                content.damaged(path, number);
            }
            break;
        }
        let text = bytes.trim_ascii_end();
        let line = Line {
            number,
            offset: content.whole,
            bytes: length,
        };
        // Scenarios of hundreds of variants take long to be understood, a thousand times over: mostly they are the very bytes.
        if number > 1 {
            content.add(path, line, line::decode(&content.header, text));
        } else if text == expected.trim_ascii_end().as_bytes() {
            content.has_header = true;
        } else {
            match line::unseal::<Header<'_>>(text) {
                Some((header, of)) => {
                    header.check(path, fingerprint)?;
                    content.header = of;
                    content.has_header = true;
                }
                None => content.add(path, line, None),
            }
        }
        content.whole += length as u64;
        content.lines = number;
    }
    Ok(content)
}

impl Content {
    /// Whether something in it is known to be of these runs.
    pub fn is_ours(&self) -> bool {
        self.has_header || !self.runs.is_empty() || !self.notes.is_empty()
    }

    fn add(&mut self, path: &Path, line: Line, entry: Option<Entry>) {
        match entry {
            Some(Entry::Run(record)) => self.runs.push((record.id(), line)),
            Some(Entry::Note(note)) => self.notes.push((self.runs.len(), note)),
            None => self.damaged(path, line.number),
        }
    }

    fn damaged(&mut self, path: &Path, line: usize) {
        match &mut self.damage {
            Some(damage) => damage.add(line),
            None => self.damage = Some(Damage::of_line(path, Some(line))),
        }
    }
}

impl<'f> Header<'f> {
    fn of(fingerprint: &'f Fingerprint) -> Self {
        Self {
            store: FORMAT,
            fingerprint: Cow::Borrowed(fingerprint),
        }
    }

    /// Checks that runs of `now` may stand under it.
    fn check(&self, path: &Path, now: &Fingerprint) -> Result<(), StoreError> {
        let difference = if self.store == FORMAT {
            self.fingerprint.first_difference(now)
        } else {
            Some(format!("the format was {} and is {FORMAT}", self.store))
        };
        difference.map_or(Ok(()), |difference| {
            Err(StoreError::OtherRuns {
                path: path.to_owned(),
                difference,
            })
        })
    }
}
