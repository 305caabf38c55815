//! The heavy tables, each written only when asked for: transfers, unchokes, copies per chunk.

use std::fmt;
use std::str::FromStr;

/// Which of the heavy tables to write.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each table is there or not, whatever the others are"
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// `transfers.csv`
    pub transfers: bool,
    /// `unchokes.csv`
    pub unchokes: bool,
    /// `chunks.csv`
    pub chunks: bool,
    /// `chunk_bands.csv`, which the report asks for: it is small.
    pub chunk_bands: bool,
}

impl Detail {
    /// All that are heavy.
    pub const ALL: Self = Self {
        transfers: true,
        unchokes: true,
        chunks: true,
        chunk_bands: false,
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
