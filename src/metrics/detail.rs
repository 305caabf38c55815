//! The heavy tables, each written only when asked for: transfers, unchokes, copies per chunk.

use std::fmt;
use std::str::FromStr;

use crate::engine::observer::{Sample, Transfer, Unchoke};
use crate::metrics::names;
use crate::metrics::table::TableWriter;

/// Which of the heavy tables to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// `transfers.csv`
    pub transfers: bool,
    /// `unchokes.csv`
    pub unchokes: bool,
    /// `chunks.csv`
    pub chunks: bool,
}

impl Detail {
    /// All of them.
    pub const ALL: Self = Self {
        transfers: true,
        unchokes: true,
        chunks: true,
    };
}

/// A level of detail that there is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDetail(String);

impl fmt::Display for UnknownDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "there is no detail `{}`: name any of `transfers`, `unchokes`, `chunks`, or `all`",
            self.0
        )
    }
}

impl std::error::Error for UnknownDetail {}

impl FromStr for Detail {
    type Err = UnknownDetail;

    fn from_str(text: &str) -> Result<Self, UnknownDetail> {
        let mut detail = Self::default();
        for level in text.split(',') {
            match level.trim() {
                "transfers" => detail.transfers = true,
                "unchokes" => detail.unchokes = true,
                "chunks" => detail.chunks = true,
                "all" => detail = Self::ALL,
                other => return Err(UnknownDetail(other.to_owned())),
            }
        }
        Ok(detail)
    }
}

/// Writes a row of `transfers.csv`.
pub(super) fn transfer_row(row: &mut TableWriter, transfer: &Transfer) {
    row.time(transfer.started);
    row.time(transfer.ended);
    row.plain(transfer.from.0);
    row.plain(transfer.to.0);
    row.plain(transfer.chunk.0);
    row.plain(transfer.bytes);
    row.plain(transfer.kept_bytes);
    row.text(names::transfer_end(transfer.end));
    row.end_row();
}

/// Writes a row of `unchokes.csv`.
pub(super) fn unchoke_row(row: &mut TableWriter, groups: &[String], unchoke: &Unchoke) {
    row.time(unchoke.started);
    row.time(unchoke.ended);
    row.plain(unchoke.from.0);
    row.text(&groups[unchoke.from_group.ix()]);
    row.plain(unchoke.to.0);
    row.text(&groups[unchoke.to_group.ix()]);
    row.plain(unchoke.optimistic);
    row.plain(unchoke.sender_leeches);
    row.plain(unchoke.bytes);
    row.end_row();
}

/// Writes the rows of `chunks.csv` for one moment.
pub(super) fn chunk_rows(row: &mut TableWriter, sample: &Sample<'_>) {
    for (chunk, copies) in sample.copies.iter().enumerate() {
        row.time(sample.now);
        row.plain(chunk);
        row.plain(copies);
        row.end_row();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_add_up() {
        assert_eq!("all".parse(), Ok(Detail::ALL));
        assert_eq!(
            "chunks, unchokes".parse(),
            Ok(Detail {
                transfers: false,
                ..Detail::ALL
            })
        );
    }

    #[test]
    fn a_wrong_level_says_what_would_be_right() {
        let error = "chunks,peers".parse::<Detail>().expect_err("no such level");
        assert_eq!(
            error.to_string(),
            "there is no detail `peers`: name any of `transfers`, `unchokes`, `chunks`, or `all`"
        );
    }
}
