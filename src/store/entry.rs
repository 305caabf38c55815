//! What a line after the header holds.

use serde::{Deserialize, Serialize};

use super::{Note, RunRecord};

/// A line to be written.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Writing<'e> {
    Run(&'e RunRecord),
    Note(&'e Note),
}

/// A line that was read.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant)] // there is one at a time
pub(super) enum Entry {
    Run(RunRecord),
    Note(Note),
}
