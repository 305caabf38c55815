//! What of a store can't be read.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};

/// So many lines of a file are named; a spoilt file may have millions.
const NAMED_MAX: usize = 5;

/// A file of which something can't be read: a run that only stood there must be done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// The first of its lines that can't be read, from 1.
    pub lines: Vec<usize>,
    /// So many more can't.
    pub more: usize,
    /// Why nothing of it can be read, if that is so.
    pub why: Option<String>,
}

impl Damage {
    /// A file of which nothing can be read.
    pub(super) fn of_file(path: &Path, why: String) -> Self {
        Self {
            why: Some(why),
            ..Self::of_line(path, None)
        }
    }

    /// A file of which this line can't be read.
    pub(super) fn of_line(path: &Path, line: Option<usize>) -> Self {
        Self {
            path: path.to_owned(),
            lines: line.into_iter().collect(),
            more: 0,
            why: None,
        }
    }

    /// This line can't be read either.
    pub(super) fn add(&mut self, line: usize) {
        if self.lines.len() < NAMED_MAX {
            self.lines.push(line);
        } else {
            self.more += 1;
        }
    }
}

impl Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.path.display())?;
        let lines: Vec<_> = self.lines.iter().map(ToString::to_string).collect();
        match lines.as_slice() {
            [] => (),
            [line] => write!(f, ", line {line}")?,
            lines => write!(f, ", lines {}", lines.join(", "))?,
        }
        if self.more > 0 {
            write!(f, " and {} more", self.more)?;
        }
        match &self.why {
            Some(why) => write!(f, " ({why})"),
            None => Ok(()),
        }
    }
}
