//! A CSV file becomes columns: numbers as numbers, names as text, an empty cell as nothing.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use serde_json::{Map, Value};

use super::{ReportError, failed};
use crate::files;
use crate::scenario::limits::TABLE_BYTES_MAX;

/// Columns that hold text, whatever it looks like. A seed may be too large for a number of JavaScript.
const TEXT: [&str; 22] = [
    "scenario",
    "version",
    "seed",
    "ending",
    "group",
    "strategy",
    "choking",
    "seeding",
    "picking",
    "left_reason",
    "from_group",
    "to_group",
    "metric",
    "unit",
    "better",
    "variant",
    "baseline",
    "resolved",
    "winner",
    "correction",
    "factor",
    "setting",
];

/// A CSV file that is read row by row.
pub(super) struct Rows<'p> {
    path: &'p Path,
    columns: Vec<String>,
    reader: csv::Reader<File>,
}

impl<'p> Rows<'p> {
    /// Opens `path` and reads its header.
    pub fn open(path: &'p Path) -> Result<Self, ReportError> {
        let mut file = files::open(path, TABLE_BYTES_MAX).map_err(failed("read", path))?;
        if !ends_with_a_line(&mut file).map_err(failed("read", path))? {
            return Err(ReportError::Damaged {
                path: path.to_owned(),
                line: files::count_lines(file).map_err(failed("read", path))?,
                what: "the file ends here, and not with a whole line".to_owned(),
            });
        }
        let mut reader = csv::Reader::from_reader(file);
        let header = reader.headers().map_err(|error| damaged(path, &error))?;
        let columns = header.iter().map(str::to_owned).collect();
        Ok(Self { path, columns, reader })
    }

    /// Hands each row with all its cells to `take`.
    pub fn each(mut self, mut take: impl FnMut(&Self, Row<'_>) -> Result<(), ReportError>) -> Result<(), ReportError> {
        let mut record = csv::StringRecord::new();
        loop {
            let more = self.reader.read_record(&mut record);
            if !more.map_err(|error| damaged(self.path, &error))? {
                return Ok(());
            }
            let line = record.position().map_or(0, csv::Position::line);
            take(&self, Row { record: &record, line })?;
        }
    }

    /// The names in the header.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Where the column is.
    pub fn place(&self, column: &str) -> Result<usize, ReportError> {
        let place = self.columns.iter().position(|name| name == column);
        place.ok_or_else(|| ReportError::Damaged {
            path: self.path.to_owned(),
            line: 1,
            what: format!("the column `{column}` is missing"),
        })
    }

    /// A number in a cell; `None` where the cell is empty.
    pub fn number(&self, row: &Row<'_>, place: usize) -> Result<Option<f64>, ReportError> {
        let cell = row.text(place);
        if cell.is_empty() {
            return Ok(None);
        }
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(self.damaged(
                row,
                format!("`{cell}` in the column `{}` is no number", self.columns[place]),
            )),
        }
    }

    /// A complaint about `row`.
    pub fn damaged(&self, row: &Row<'_>, what: String) -> ReportError {
        ReportError::Damaged {
            path: self.path.to_owned(),
            line: row.line,
            what,
        }
    }

    fn value(&self, row: &Row<'_>, place: usize) -> Result<Value, ReportError> {
        if TEXT.contains(&self.columns[place].as_str()) {
            let cell = row.text(place);
            return Ok(if cell.is_empty() { Value::Null } else { cell.into() });
        }
        Ok(self.number(row, place)?.into())
    }
}

/// A row and its line in the file.
pub(super) struct Row<'r> {
    record: &'r csv::StringRecord,
    line: u64,
}

impl Row<'_> {
    /// What stands in a cell.
    pub fn text(&self, place: usize) -> &str {
        self.record.get(place).unwrap_or_default()
    }
}

/// The columns `wanted` of the file at `path`, all of them if `wanted` is empty.
pub(super) fn columns(path: &Path, wanted: &[&str]) -> Result<Value, ReportError> {
    let rows = Rows::open(path)?;
    let names: Vec<String> = match wanted {
        [] => rows.columns.clone(),
        some => some.iter().map(|name| (*name).to_owned()).collect(),
    };
    let places = names
        .iter()
        .map(|name| rows.place(name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut values = vec![Vec::new(); names.len()];
    rows.each(|rows, row| {
        for (values, place) in values.iter_mut().zip(&places) {
            values.push(rows.value(&row, *place)?);
        }
        Ok(())
    })?;
    let columns: Map<_, _> = names.into_iter().zip(values.into_iter().map(Value::from)).collect();
    Ok(columns.into())
}

/// How many rows the file at `path` has.
pub(super) fn count(path: &Path) -> Result<usize, ReportError> {
    let mut rows = 0;
    Rows::open(path)?.each(|_, _| {
        rows += 1;
        Ok(())
    })?;
    Ok(rows)
}

/// Whether the last line of `file` is whole; an empty file has none.
fn ends_with_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    file.rewind()?;
    Ok(last == *b"\n")
}

fn damaged(path: &Path, error: &csv::Error) -> ReportError {
    ReportError::Damaged {
        path: path.to_owned(),
        line: error.position().map_or(1, csv::Position::line),
        what: error.to_string(),
    }
}
