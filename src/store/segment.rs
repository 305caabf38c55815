//! One file of a store. A line is written at once, so that a process that is killed leaves at most one without its end.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::{Damage, RunId, RunRecord, StoreError, failed, line};

/// Version of the format.
const FORMAT: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    /// Version of the format.
    store: u32,
    fingerprint: Fingerprint,
}

/// Where a line is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    offset: u64,
    bytes: usize,
}

/// A file that this process appends to.
#[derive(Debug)]
pub(super) struct Segment {
    path: PathBuf,
    file: File,
    end: u64,
}

/// Runs in the order of the file.
type Lines = Vec<(RunId, Line)>;

/// What a file holds.
struct Content {
    lines: Lines,
    damages: Vec<Damage>,
    /// Length up to the end of the last whole line.
    whole: u64,
}

/// Opens the file at `path` to write to it, and locks it: no other process writes while this one holds it.
pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    let open = OpenOptions::new().read(true).append(true).create(true).open(path);
    let file = open.map_err(failed("open", path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.to_owned())),
        Err(TryLockError::Error(cause)) => Err(failed("lock", path)(cause)),
    }
}

impl Segment {
    /// Opens the file to append to it; one without a whole header is begun anew.
    pub fn open(path: &Path, fingerprint: &Fingerprint) -> Result<(Self, Lines, Vec<Damage>), StoreError> {
        let file = lock(path)?;
        let content = scan(path, fingerprint)?;
        // The torn end of a line would run into the next one.
        file.set_len(content.whole).map_err(failed("write to", path))?;
        let mut segment = Self {
            path: path.to_owned(),
            file,
            end: content.whole,
        };
        if content.whole == 0 {
            let header = Header {
                store: FORMAT,
                fingerprint: fingerprint.clone(),
            };
            segment.write(&header)?;
        }
        Ok((segment, content.lines, content.damages))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a finished run.
    pub fn append(&mut self, record: &RunRecord) -> Result<Line, StoreError> {
        self.write(record)
    }

    /// One line, one write.
    fn write(&mut self, value: &impl Serialize) -> Result<Line, StoreError> {
        let text = line::encode(value).map_err(|cause| failed("write to", &self.path)(cause.into()))?;
        // On the disk before it counts as finished: a power cut then loses no run that was shown as done.
        let written = self
            .file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data());
        written.map_err(failed("write to", &self.path))?;
        let line = Line {
            offset: self.end,
            bytes: text.len(),
        };
        self.end += text.len() as u64;
        Ok(line)
    }
}

/// The runs in a file that others write.
pub(super) fn read(path: &Path, fingerprint: &Fingerprint) -> Result<(Lines, Vec<Damage>), StoreError> {
    scan(path, fingerprint).map(|content| (content.lines, content.damages))
}

/// The run at `line` of the file.
pub(super) fn read_line(path: &Path, line: &Line) -> Result<RunRecord, StoreError> {
    let mut bytes = vec![0; line.bytes];
    File::open(path)
        .and_then(|mut file| {
            file.seek(SeekFrom::Start(line.offset))?;
            file.read_exact(&mut bytes)
        })
        .map_err(failed("read", path))?;
    let changed = || std::io::Error::other("a line has changed since it was written");
    line::decode(bytes.trim_ascii_end()).ok_or_else(|| failed("read", path)(changed()))
}

fn scan(path: &Path, fingerprint: &Fingerprint) -> Result<Content, StoreError> {
    let mut content = Content {
        lines: Vec::new(),
        damages: Vec::new(),
        whole: 0,
    };
    let mut reader = BufReader::new(File::open(path).map_err(failed("read", path))?);
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let length = reader.read_until(b'\n', &mut bytes).map_err(failed("read", path))?;
        if bytes.last() != Some(&b'\n') {
            break;
        }
        let text = bytes.trim_ascii_end();
        if number == 1 {
            check_header(path, line::decode(text), fingerprint)?;
        } else if let Some(record) = line::decode::<RunRecord>(text) {
            let line = Line {
                offset: content.whole,
                bytes: length,
            };
            content.lines.push((record.id(), line));
        } else {
            content.damages.push(Damage {
                path: path.to_owned(),
                line: number,
            });
        }
        content.whole += length as u64;
    }
    Ok(content)
}

fn check_header(path: &Path, header: Option<Header>, now: &Fingerprint) -> Result<(), StoreError> {
    let Some(header) = header else {
        return Err(StoreError::NoHeader(path.to_owned()));
    };
    let other_format = || format!("the format was {} and is {FORMAT}", header.store);
    let difference = if header.store == FORMAT {
        header.fingerprint.first_difference(now)
    } else {
        Some(other_format())
    };
    difference.map_or(Ok(()), |difference| {
        Err(StoreError::OtherRuns {
            path: path.to_owned(),
            difference,
        })
    })
}
