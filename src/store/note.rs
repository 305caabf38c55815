//! What a process says of itself beside its runs: when it began, when and how it ended.

use serde::{Deserialize, Serialize};

/// One process at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Seconds since 1970.
    pub at_unix_s: u64,
    /// What happened.
    pub what: Stage,
}

/// What a process does with a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It begins to play runs.
    Started,
    /// All of its runs are there.
    Ended,
    /// The user stopped it.
    Interrupted,
    /// It could not go on, for this reason.
    Failed(String),
}
