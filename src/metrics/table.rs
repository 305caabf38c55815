//! One CSV on its way to disk: a header from the schema, then rows, cell by cell. The only place that formats numbers.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};

use crate::metrics::columns::Table;
use crate::units::{SimDuration, SimTime};

/// Bytes that are collected before they go to the file.
const BUFFER: usize = 64 << 10;

/// Writes the rows of one table. After the first error it writes nothing more and keeps the error.
pub struct TableWriter {
    table: &'static Table,
    csv: csv::Writer<Box<dyn Write>>,
    cell: String,
    error: Option<io::Error>,
}

impl TableWriter {
    /// A writer that has written the header.
    #[must_use]
    pub fn new(table: &'static Table, output: Box<dyn Write>) -> Self {
        let csv = csv::WriterBuilder::new().buffer_capacity(BUFFER).from_writer(output);
        let mut writer = Self {
            table,
            csv,
            cell: String::new(),
            error: None,
        };
        for column in table.columns {
            writer.text(column.name);
        }
        writer.end_row();
        writer
    }

    /// The table that is written.
    #[must_use]
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// A cell of text.
    pub fn text(&mut self, text: &str) {
        self.keep_error(|csv, _| csv.write_field(text));
    }

    /// A cell for what did not happen.
    pub fn empty(&mut self) {
        self.text("");
    }

    /// A cell for a count or a truth value.
    pub fn plain(&mut self, value: impl Display) {
        self.keep_error(|csv, cell| {
            cell.clear();
            let _ = write!(cell, "{value}");
            csv.write_field(cell.as_bytes())
        });
    }

    /// A cell for a number: the shortest text that reads back the same; empty unless it is finite.
    pub fn number(&mut self, value: f64) {
        if value.is_finite() {
            self.plain(value);
        } else {
            self.empty();
        }
    }

    /// A cell for a number that may not be defined.
    pub fn number_if(&mut self, value: Option<f64>) {
        self.number(value.unwrap_or(f64::NAN));
    }

    /// A cell for an instant, in seconds.
    pub fn time(&mut self, time: SimTime) {
        self.plain(Seconds(u128::from(time.0)));
    }

    /// A cell for an instant that may never have come.
    pub fn time_if(&mut self, time: Option<SimTime>) {
        self.span_if(time.map(|time| SimDuration(time.0)));
    }

    /// A cell for a span that may not be defined, in seconds.
    pub fn span_if(&mut self, span: Option<SimDuration>) {
        match span {
            Some(span) => self.plain(Seconds(u128::from(span.0))),
            None => self.empty(),
        }
    }

    /// A cell for a sum of spans, in seconds.
    pub fn total(&mut self, nanoseconds: u128) {
        self.plain(Seconds(nanoseconds));
    }

    /// Ends a row. A row with more or fewer cells than the header is an error.
    pub fn end_row(&mut self) {
        self.keep_error(|csv, _| csv.write_record(None::<&[u8]>));
    }

    /// Whether writing has failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.error.is_some()
    }

    /// Writes what is still buffered.
    ///
    /// # Errors
    /// The first error since the writer was made.
    pub fn finish(mut self) -> io::Result<()> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.csv.flush(),
        }
    }

    fn keep_error(&mut self, write: impl FnOnce(&mut csv::Writer<Box<dyn Write>>, &mut String) -> csv::Result<()>) {
        if self.error.is_none() {
            self.error = write(&mut self.csv, &mut self.cell).err().map(io::Error::from);
        }
    }
}

/// Nanoseconds as decimal seconds, exact, without trailing zeros.
#[derive(Clone, Copy, Debug)]
pub struct Seconds(pub u128);

impl Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const NANOS: u128 = 1_000_000_000;
        let (whole, fraction) = (self.0 / NANOS, self.0 % NANOS);
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        let mut digits = fraction;
        let mut width = 9;
        while digits.is_multiple_of(10) {
            digits /= 10;
            width -= 1;
        }
        write!(f, "{whole}.{digits:0width$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::columns::CHUNKS;
    use crate::metrics::testing::Memory;

    #[test]
    fn seconds_are_exact_and_short() {
        for (nanoseconds, text) in [
            (0, "0"),
            (1, "0.000000001"),
            (100_000_000, "0.1"),
            (12_000_000_000, "12"),
            (12_050_000_000, "12.05"),
            (u128::from(u64::MAX), "18446744073.709551615"),
        ] {
            assert_eq!(Seconds(nanoseconds).to_string(), text);
        }
    }

    #[test]
    fn cells_are_quoted_where_rfc_4180_asks_for_it_and_undefined_ones_are_empty() {
        let memory = Memory::default();
        let mut writer = TableWriter::new(&CHUNKS, memory.open(&CHUNKS));
        writer.text("a \"b\", c");
        writer.number(f64::INFINITY);
        writer.number(0.1 + 0.2);
        writer.end_row();
        writer.finish().expect("memory takes all");
        assert_eq!(
            memory.read(&CHUNKS),
            "time_s,chunk,copies\n\"a \"\"b\"\", c\",,0.30000000000000004\n"
        );
    }

    #[test]
    fn a_row_of_the_wrong_length_is_an_error() {
        let mut writer = TableWriter::new(&CHUNKS, Box::new(io::sink()));
        writer.plain(1);
        writer.end_row();
        assert!(writer.failed());
        assert!(writer.finish().is_err());
    }
}
