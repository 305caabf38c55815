//! `replay.json`: who unchoked whom when, who was sending, and which chunks everybody had, for peers that are few enough to be watched.
//!
//! | file | idea |
//! | --- | --- |
//! | `recording.rs` | which peers are shown, and what is kept of them, in bounded memory |
//! | `life.rs` | one of them: how far it is, and which parts of the file it has |
//! | `spans.rs` | what lasts: running transfers, connections |

mod life;
mod recording;
mod spans;

use serde::{Deserialize, Serialize};

pub(super) use recording::Recording;

/// Name of the file in a result directory.
pub const REPLAY: &str = "replay.json";

/// What `replay.json` holds. Times are seconds since the start of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// The end of the recording: that of the run, or earlier if most of the peers that it can hold had left.
    pub ended_s: f64,
    /// Peers that joined in the run.
    pub peers_in_run: u32,
    /// Of each group the first peer is here and every `one_of`-th after it.
    pub one_of: u32,
    /// Unchokes and transfers that were shorter are left out.
    pub shortest_s: f64,
    /// Chunks of the file.
    pub chunks: u32,
    /// Steps of `progress` from no chunk to the whole file.
    pub steps: u32,
    /// Whether everybody is the neighbour of everybody: `connections` is left out then.
    pub full_mesh: bool,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// The peers that are shown, in order of arrival.
    pub peers: Vec<ReplayPeer>,
    /// The peers that are not shown themselves, but have dealt with one that is.
    pub partners: ReplayPartners,
    /// All unchokes that a peer shown gave or got, in the order in which they ended. One that turned from optimistic to regular, or back, is a row of each kind.
    pub unchokes: ReplayUnchokes,
    /// When a peer shown was sent something or was sending, without a break of a second.
    pub transfers: ReplaySpans,
    /// When a peer shown was whose neighbour; `None` in a full mesh, and when there were too many.
    pub connections: Option<ReplaySpans>,
}

/// A peer of a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplayPeer {
    /// Its number in the run.
    pub peer: u32,
    /// Its group, as place in [`Replay::groups`].
    pub group: usize,
    /// Whether it had every chunk when it joined.
    pub initial_seed: bool,
    /// Upload capacity.
    pub upload_bytes_per_s: f64,
    /// Download capacity; `None`: unlimited.
    pub download_bytes_per_s: Option<f64>,
    /// When it joined.
    pub joined_s: f64,
    /// When it completed the file; `None` for initial seeds and for peers that never did.
    pub completed_s: Option<f64>,
    /// When it left; `None`: still there at the end.
    pub left_s: Option<f64>,
    /// Why it left, as in `peers.csv`.
    pub left_reason: Option<String>,
    /// When it reached which step, the first one as it joined.
    pub progress: Vec<(f64, u32)>,
    /// When it had the first chunk of each part of the file; `None`: never.
    pub part_begun_s: Vec<Option<f64>>,
    /// When it had all chunks of each part of the file; `None`: never.
    pub part_whole_s: Vec<Option<f64>>,
}

/// Peers that are not shown, as columns of equal length, in order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplayPartners {
    /// Number in the run.
    pub peer: Vec<u32>,
    /// Group, as place in [`Replay::groups`].
    pub group: Vec<usize>,
    /// Upload capacity.
    pub upload_bytes_per_s: Vec<f64>,
}

/// Unchokes as columns of equal length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplayUnchokes {
    /// When they began.
    pub started_s: Vec<f64>,
    /// When they ended.
    pub ended_s: Vec<f64>,
    /// Number of the peer that unchoked.
    pub from_peer: Vec<u32>,
    /// Number of the peer that was unchoked.
    pub to_peer: Vec<u32>,
    /// Whether the slot was given at random.
    pub optimistic: Vec<bool>,
    /// Bytes sent meanwhile.
    pub bytes: Vec<u64>,
}

/// What lasted between two peers, as columns of equal length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplaySpans {
    /// When it began.
    pub started_s: Vec<f64>,
    /// When it ended.
    pub ended_s: Vec<f64>,
    /// Number of the sender; of connections, of one end.
    pub from_peer: Vec<u32>,
    /// Number of the receiver; of connections, of the other end.
    pub to_peer: Vec<u32>,
}

#[cfg(test)]
mod tests;
