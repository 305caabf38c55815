//! Names of rules and outcomes as they stand in scenarios and in result files.

use crate::engine::observer::{Ending, Leave, TransferEnd};
use crate::scenario::model::{Choking, Mode, Picker};

/// The scenario's word for a choker where peers have slots: without connections only free riders choke.
#[must_use]
pub fn choking_in(mode: Mode, rule: &Choking) -> Option<&str> {
    (mode == Mode::Bittorrent || *rule == Choking::FreeRider).then(|| rule.word())
}

/// The scenario's word for a picker.
#[must_use]
pub fn picker(rule: Picker) -> &'static str {
    match rule {
        Picker::RarestFirst => "rarest-first",
        Picker::Random => "random",
        Picker::Sequential => "sequential",
        Picker::GlobalRarest => "global-rarest",
        Picker::ModeSuppression => "mode-suppression",
    }
}

/// Why a peer left.
#[must_use]
pub fn leave(reason: Leave) -> &'static str {
    match reason {
        Leave::Done => "done",
        Leave::Aborted => "aborted",
        Leave::Crashed => "crashed",
    }
}

/// How a transfer ended.
#[must_use]
pub fn transfer_end(end: TransferEnd) -> &'static str {
    match end {
        TransferEnd::ChunkCompleted => "chunk-completed",
        TransferEnd::PartCompleted => "part-completed",
        TransferEnd::Choked => "choked",
        TransferEnd::PeerLeft => "peer-left",
        TransferEnd::RaceLost => "race-lost",
        TransferEnd::RunEnded => "run-ended",
    }
}

/// How a run ended.
#[must_use]
pub fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::AllDone => "all-done",
        Ending::TimeLimit => "time-limit",
        Ending::Dead { .. } => "dead",
        Ending::Stalled => "stalled",
        Ending::Interrupted => "interrupted",
    }
}
