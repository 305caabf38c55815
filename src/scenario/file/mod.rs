//! The scenario file, one to one: every key as an optional field. Defaults and checks are those of `validate`.
//!
//! The doc comments here are what users read in `docs/scenario.md` and in their editor.

pub mod choice;
pub mod draw;
pub mod expect;
pub mod group;
pub mod mix;
pub mod mode;
pub mod strategy;
pub mod study;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::choice::{Choice, Or, Unlimited, Whole};
use self::expect::ExpectFile;
use self::group::GroupFile;
use self::mode::ModeFile;
use self::study::{CompareSection, SweepSection};
use super::preset::PresetName;
use crate::units::{Bytes, BytesPerSec, SimDuration, SimTime};

/// A swarmsim scenario.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Scenario")]
pub struct ScenarioFile {
    /// Name of the scenario: letters, digits, `-`, `_` and `.`. Results go to a folder of this name unless you say otherwise.
    #[schemars(extend("needed" = true))]
    pub name: Option<String>,
    /// Seed of all randomness: the same scenario and seed give the same results, byte for byte.
    #[schemars(extend("default" = 1))]
    pub seed: Option<Whole>,
    /// The client whose constants are the defaults.
    #[schemars(extend("default" = "textbook"))]
    pub preset: Option<PresetName>,
    /// The file that the swarm distributes.
    #[schemars(extend("needed" = true))]
    pub file: Option<FileSection>,
    /// When a run ends and how often it is sampled.
    pub run: Option<RunSection>,
    /// Properties of all connections.
    pub network: Option<NetworkSection>,
    /// The tracker's rules.
    pub tracker: Option<TrackerSection>,
    /// The peers, in groups that share their rules.
    #[schemars(extend("needed" = true))]
    pub group: Option<Vec<GroupFile>>,
    /// What is varied by `swarmsim compare`.
    pub sweep: Option<SweepSection>,
    /// How `swarmsim compare` holds the variants against each other.
    pub compare: Option<CompareSection>,
    /// What `swarmsim validate` holds the scenario against.
    pub expect: Option<Vec<ExpectFile>>,
}

/// The file that the swarm distributes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "File")]
pub struct FileSection {
    /// Size of the whole file.
    #[schemars(extend("needed" = true))]
    pub size: Option<Bytes>,
    /// Size of a chunk; the last one may be shorter.
    #[schemars(extend("default" = "256 KiB"))]
    pub chunk_size: Option<Bytes>,
    /// Size of a block, the grain in which an interrupted chunk is kept.
    #[schemars(extend("default" = "16 KiB", "preset" = true))]
    pub block_size: Option<Bytes>,
}

/// When a run ends and how often it is sampled.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Run")]
pub struct RunSection {
    /// How chunks move: by the protocol, or in one of two idealised ways that theory knows. Those have no connections: `network`,
    /// `tracker`, choking other than `"free-rider"` and other keys of the protocol are refused there, and downloads have no limit.
    #[schemars(extend("default" = "bittorrent"))]
    pub mode: Option<Choice<ModeFile>>,
    /// The run ends here at the latest.
    #[schemars(extend("default" = "30 d"))]
    pub time_limit: Option<SimDuration>,
    /// The run ends when no byte has moved for this long while leechers wait and nobody is still to come; in random contact and rounds only if none can.
    #[schemars(extend("default" = "1 h"))]
    pub stall_limit: Option<SimDuration>,
    /// Time between two rows of the time series.
    #[schemars(extend("default" = "10 s"))]
    pub sample_interval: Option<SimDuration>,
}

/// Properties of all connections.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Network")]
pub struct NetworkSection {
    /// One-way latency of every message.
    #[schemars(extend("default" = "0 s"))]
    pub latency: Option<SimDuration>,
    /// No single connection carries more than this; `"unlimited"` for no cap.
    #[schemars(extend("default" = "unlimited"))]
    pub connection_cap: Option<Or<Unlimited, BytesPerSec>>,
    /// Whether the rates that unchoke decisions go by count chunks in the place of bytes, as the simulator `OctoSim` of Bharambe et al. 2006 does: one that is sent when it begins, unless it begins
    /// at a decision; one that is received when it is there or cut off.
    #[schemars(extend("default" = false))]
    pub chunk_rates: Option<bool>,
    /// Whether everyone is connected to everyone, without a tracker and without limits: the textbook's small cases. Limits that a scenario gives
    /// as `connections` have no meaning then, and are warned of.
    #[schemars(extend("default" = false))]
    pub full_mesh: Option<bool>,
}

/// The tracker's rules.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Tracker")]
pub struct TrackerSection {
    /// Peers in an answer, at most.
    #[schemars(extend("default" = 50, "preset" = true))]
    pub peers_returned: Option<Whole>,
    /// The order of an answer, of whose peers the first are asked first: any order (`"none"`), or in turn anybody and the one whose upload capacity is
    /// nearest to that of the peer that asks (`"capacity"`: the bandwidth-matching tracker of Bharambe et al. 2006).
    #[schemars(extend("default" = "none"))]
    pub matching: Option<MatchingFile>,
    /// A peer announces at least this often.
    #[schemars(extend("default" = "30 min", "preset" = true))]
    pub announce_interval: Option<SimDuration>,
    /// A peer that has too few neighbours announces again no sooner than this.
    #[schemars(extend("default" = "5 min", "preset" = true))]
    pub min_announce_interval: Option<SimDuration>,
    /// Below this many neighbours a peer announces again early.
    #[schemars(extend("default" = 20, "preset" = true))]
    pub min_neighbours: Option<Whole>,
    /// When the tracker does not answer.
    #[schemars(extend("default" = []))]
    pub outages: Option<Vec<OutageFile>>,
}

/// Whom the tracker names first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Matching", inline)]
pub enum MatchingFile {
    /// Anybody.
    None,
    /// In turn anybody and the nearest in upload capacity.
    Capacity,
}

/// A time in which the tracker does not answer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Outage")]
pub struct OutageFile {
    /// First instant without an answer.
    #[schemars(extend("needed" = true))]
    pub from: Option<SimTime>,
    /// First instant with an answer again.
    #[schemars(extend("needed" = true))]
    pub until: Option<SimTime>,
}
