//! The strategies of a peer as a scenario writes them: whom to unchoke, which chunk to pick, in which rhythm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::{Alternatives, Auto, Off, Or, UnlessRarer, Whole};
use crate::units::{BytesPerSec, SimDuration};

/// A number of slots, or `"auto"`.
pub type SlotsFile = Or<Auto, Whole>;

/// Whom a peer unchokes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Choking")]
pub enum ChokingFile {
    /// The interested neighbours that sent most (leechers only).
    TitForTat(TitForTatFile),
    /// The interested neighbours that take fastest: seeds of mainline before 4.0.
    Fastest(FastestFile),
    /// Those that wait longest: seeds of mainline 4.0.
    RoundRobin(SlotsOnly),
    /// As round-robin, but a slot is kept until a quota is used up: seeds of libtorrent, without their optimistic slot.
    RoundRobinQuota(RoundRobinQuotaFile),
    /// Slots drawn at random at each decision.
    Random(SlotsOnly),
    /// The upload split in proportion to what each neighbour gave since the last decision, and a share for exploring: Levin et al. 2008 (leechers only).
    Propshare(PropShareFile),
    /// The neighbours that give most for the upload they ask for, until the upload is spent: Piatek et al. 2007 (leechers only).
    Bittyrant(BitTyrantFile),
    /// The next chunk to the neighbour that is owed most: Sherman et al. 2009.
    Fairtorrent(SlotsOnly),
    /// Those that sent most since the last decision, a seed those within a quota, and one in turn: libtorrent.
    Libtorrent(LibtorrentFile),
    /// Slots in turn, to neighbours that are at most a few chunks ahead of what came back from them: Bharambe et al. 2006 (leechers only).
    TitForTatBlock(TitForTatBlockFile),
    /// The interested neighbours whose speed is closest to one's own: Rahman et al. 2011 (leechers only).
    Birds(RankedSlots),
    /// Every interested neighbour, equally.
    Altruist(Nothing),
    /// Nobody.
    FreeRider(Nothing),
    /// A rule that the program has registered by this name.
    #[serde(skip)]
    Own(String),
}

impl Alternatives for ChokingFile {
    const WORDS: &'static [&'static str] = &[
        "tit-for-tat",
        "fastest",
        "round-robin",
        "round-robin-quota",
        "random",
        "propshare",
        "bittyrant",
        "fairtorrent",
        "libtorrent",
        "tit-for-tat-block",
        "birds",
        "altruist",
        "free-rider",
    ];

    fn word(&self) -> Option<&str> {
        match self {
            Self::Altruist(_) => Some("altruist"),
            Self::FreeRider(_) => Some("free-rider"),
            Self::Own(name) => Some(name),
            _ => None,
        }
    }

    /// Whether the program knows a rule of this name is for the checks to say.
    fn other(word: &str) -> Option<Self> {
        Some(Self::Own(word.to_string()))
    }
}

/// An alternative without parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct Nothing {}

/// Parameters of tit-for-tat.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "TitForTat")]
pub struct TitForTatFile {
    /// Slots earned by reciprocation, or `"auto"`: from the upload capacity, as mainline 4.0 does.
    #[schemars(extend("default" = 4, "preset" = true))]
    pub regular_slots: Option<SlotsFile>,
    /// Slots given at random.
    #[schemars(extend("default" = 1, "preset" = true))]
    pub optimistic_slots: Option<Whole>,
    /// A neighbour that has not sent for this long is snubbing; `"off"` turns anti-snubbing off.
    #[schemars(extend("default" = "1 min", "preset" = true))]
    pub anti_snubbing: Option<Or<Off, SimDuration>>,
    /// A new neighbour is this many times as likely to be drawn for an optimistic slot.
    #[schemars(extend("default" = 3, "preset" = true))]
    pub new_neighbour_weight: Option<Whole>,
    /// Who gets an optimistic slot: a neighbour drawn at random (`"drawn"`), or the first in line. New neighbours enter the line at a drawn place, and of equal rates the first there earns the
    /// slot. A rotation brings the first that is interested and choked to the front, where it stays (`"in-line"`), or puts all in order by what they could give now, their upload shared out
    /// among those they send to and the peer (`"quickest"`: quick bandwidth matching, Bharambe et al. 2006; an oracle, for comparison). Both are as in the simulator `OctoSim`.
    #[schemars(extend("default" = "drawn"))]
    pub optimistic_choice: Option<OptimisticChoiceFile>,
}

/// Who gets an optimistic slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "OptimisticChoice", inline)]
pub enum OptimisticChoiceFile {
    /// One drawn at random.
    Drawn,
    /// The first in a line by what they could give.
    Quickest,
    /// The first in line.
    InLine,
}

/// Parameters of fastest.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Fastest")]
pub struct FastestFile {
    /// Slots given by rank, or `"auto"`: from the upload capacity, as mainline 4.0 does.
    #[schemars(extend("default" = 4, "preset" = true))]
    pub regular_slots: Option<SlotsFile>,
    /// Slots given at random.
    #[schemars(extend("default" = 1, "preset" = true))]
    pub optimistic_slots: Option<Whole>,
    /// A new neighbour is this many times as likely to be drawn for an optimistic slot.
    #[schemars(extend("default" = 3, "preset" = true))]
    pub new_neighbour_weight: Option<Whole>,
    /// Who gets an optimistic slot: a neighbour drawn at random (`"drawn"`), or the first in line, which a rotation changes as for tit-for-tat (`"in-line"`), or puts in order by what
    /// neighbours could take now, their download shared out among those that send to them and the seed (`"quickest"`).
    #[schemars(extend("default" = "drawn"))]
    pub optimistic_choice: Option<OptimisticChoiceFile>,
}

/// Slots given by rank, and slots given at random.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct RankedSlots {
    /// Slots given by rank, or `"auto"`: from the upload capacity, as mainline 4.0 does.
    #[schemars(extend("default" = 4, "preset" = true))]
    pub regular_slots: Option<SlotsFile>,
    /// Slots given at random.
    #[schemars(extend("default" = 1, "preset" = true))]
    pub optimistic_slots: Option<Whole>,
    /// A new neighbour is this many times as likely to be drawn for an optimistic slot.
    #[schemars(extend("default" = 3, "preset" = true))]
    pub new_neighbour_weight: Option<Whole>,
}

/// A number of slots.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Slots")]
pub struct SlotsOnly {
    /// Slots in all, or `"auto"`: from the upload capacity, as mainline 4.0 does.
    #[schemars(extend("default" = 5, "preset" = true))]
    pub slots: Option<SlotsFile>,
}

/// Parameters of `round-robin-quota`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "RoundRobinQuota")]
pub struct RoundRobinQuotaFile {
    /// Slots in all, or `"auto"`: from the upload capacity, as mainline 4.0 does.
    #[schemars(extend("default" = 5, "preset" = true))]
    pub slots: Option<SlotsFile>,
    /// A slot is kept until more than this many chunks were sent in it …
    #[schemars(extend("default" = 20, "preset" = true))]
    pub quota_chunks: Option<Whole>,
    /// … and it was held for longer than this.
    #[schemars(extend("default" = "1 min", "preset" = true))]
    pub quota_time: Option<SimDuration>,
}

/// Parameters of `propshare`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "PropShare")]
pub struct PropShareFile {
    /// Share of the upload that goes to neighbours drawn at random.
    #[schemars(extend("default" = 0.2))]
    pub exploring_share: Option<f64>,
    /// Neighbours among which it is split; while nobody has given anything, as many as such shares fit into the upload.
    #[schemars(extend("default" = 1, "preset" = true))]
    pub optimistic_slots: Option<Whole>,
}

/// Parameters of `bittyrant`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "BitTyrant")]
pub struct BitTyrantFile {
    /// Upload that a new neighbour is taken to ask for.
    #[schemars(extend("default" = "7 kB/s"))]
    pub initial_upload: Option<BytesPerSec>,
    /// δ: share by which the upload that a neighbour is taken to ask for rises when it is unchoked and does not reciprocate.
    #[schemars(extend("default" = 0.2))]
    pub increase: Option<f64>,
    /// γ: share by which it falls for a neighbour that is unchoked and has reciprocated for `rounds`.
    #[schemars(extend("default" = 0.1))]
    pub decrease: Option<f64>,
    /// Decisions in a row at which a neighbour must have unchoked the peer before it is taken to ask for less.
    #[schemars(extend("default" = 3))]
    pub rounds: Option<Whole>,
    /// The most that the peer uploads while it leeches; `"off"`: its capacity.
    #[schemars(extend("default" = "off"))]
    pub selfish_cap: Option<Or<Off, BytesPerSec>>,
}

/// Parameters of `libtorrent`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Libtorrent")]
pub struct LibtorrentFile {
    /// Slots in all.
    #[schemars(extend("default" = 8))]
    pub slots: Option<Whole>,
    /// How many of them go in turn to whoever has waited longest; a fifth of them, at least one, if it is left out.
    pub optimistic_slots: Option<Whole>,
    /// Among neighbours that sent the same, as all do to a seed, a slot is kept until more than this many chunks were sent in it …
    #[schemars(extend("default" = 20, "preset" = true))]
    pub quota_chunks: Option<Whole>,
    /// … and it was held for longer than this.
    #[schemars(extend("default" = "1 min", "preset" = true))]
    pub quota_time: Option<SimDuration>,
}

/// Parameters of `tit-for-tat-block`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "TitForTatBlock")]
pub struct TitForTatBlockFile {
    /// Chunks that are sent at the same time, or `"auto"`: from the upload capacity, as mainline 4.0 does.
    #[schemars(extend("default" = 5, "preset" = true))]
    pub slots: Option<SlotsFile>,
    /// Δ: a neighbour gets a chunk while it is at most this many chunks ahead of what came back from it.
    #[schemars(extend("default" = 2))]
    pub ahead_chunks: Option<Whole>,
}

/// Which chunk a leecher asks for.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Picking")]
pub enum PickingFile {
    /// The chunk that fewest neighbours have, ties at random.
    RarestFirst(PickingRules),
    /// Any chunk, uniformly.
    Random(PickingRules),
    /// The first in file order.
    Sequential(PickingRules),
    /// The chunk with fewest copies in the whole swarm: an oracle, for comparison.
    GlobalRarest(PickingRules),
    /// Any chunk but the most common ones of the whole swarm: Reddyvari et al. 2019.
    ModeSuppression(PickingRules),
}

impl Alternatives for PickingFile {
    const WORDS: &'static [&'static str] = &[
        "rarest-first",
        "random",
        "sequential",
        "global-rarest",
        "mode-suppression",
    ];

    fn word(&self) -> Option<&str> {
        None
    }
}

/// What all pickers share.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct PickingRules {
    /// Until it has this many chunks a peer picks at random; 0 turns it off.
    #[schemars(extend("default" = 4, "preset" = true))]
    pub random_first: Option<Whole>,
    /// Whether begun chunks come before new ones; `"unless-rarer"`: where the new one is not rarer among the neighbours, and before any while chunks are picked at random.
    #[schemars(extend("default" = true, "preset" = true))]
    pub strict_priority: Option<Or<UnlessRarer, bool>>,
    /// Whether the last chunks are shared out among free connections.
    #[schemars(extend("default" = true))]
    pub endgame: Option<bool>,
}

/// How many blocks a leecher asks a neighbour for ahead of time.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Pipelining")]
pub struct PipeliningFile {
    /// At least so many.
    #[schemars(extend("default" = 2))]
    pub least_blocks: Option<Whole>,
    /// As many as come in this time at the present rate.
    #[schemars(extend("default" = "3 s"))]
    pub ahead: Option<SimDuration>,
    /// How often upload is dealt out to the connections: a block that was asked for waits for it.
    #[schemars(extend("default" = "500 ms"))]
    pub quota_every: Option<SimDuration>,
    /// A connection that at its present rate would take longer for a chunk asks for no more of it than the blocks under way; other neighbours may bring the rest
    /// meanwhile. Where `strict_priority` is off, that comes when nothing new is left. A faster one begins chunks that no other neighbour brings, and asks for as many side by
    /// side in the file as come in this time.
    #[schemars(extend("default" = "20 s"))]
    pub whole_chunk_within: Option<SimDuration>,
}

/// The rhythm of unchoke decisions.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Rechoke")]
pub struct RechokeFile {
    /// Time between two decisions of a peer.
    #[schemars(extend("default" = "10 s", "preset" = true))]
    pub interval: Option<SimDuration>,
    /// Every this many decisions one draws new optimistic neighbours; with `refill = "decision"`, the first after as many intervals.
    #[schemars(extend("default" = 3, "preset" = true))]
    pub optimistic_every: Option<Whole>,
    /// Whether each peer decides in its own phase (`"random"`) or all at the same time (`"aligned"`).
    #[schemars(extend("default" = "random"))]
    pub phase: Option<PhaseFile>,
    /// Whether a slot that falls free is filled at once (`"immediate"`), by a decision within the second, from which the interval counts anew (`"decision"`; for `bittyrant` and `propshare` it ends a round as any other does) or at the next regular one (`"periodic"`). With `"held"` none falls free: who is no longer interested keeps its slot until a decision takes it, and begins at once when it is interested again; slots that nobody has earned may go to neighbours that are not interested (`tit-for-tat`, `fastest`, `birds`), and a new neighbour brings a decision on all slots, with which no round ends.
    #[schemars(extend("default" = "immediate", "preset" = true))]
    pub refill: Option<RefillFile>,
    /// Length of the window over which rates are measured, of what comes in. What a peer sends is measured where it arrives, so for peers that look at that, as seeds do, it is the window of those that they send to that counts.
    #[schemars(extend("default" = "20 s", "preset" = true))]
    pub rate_window: Option<SimDuration>,
}

/// Phase of the rechoke timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Phase", inline)]
pub enum PhaseFile {
    /// Each peer has its own.
    Random,
    /// All decide at the same time.
    Aligned,
}

/// When a free slot is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Refill", inline)]
pub enum RefillFile {
    /// At once.
    Immediate,
    /// By a decision on all slots within the second.
    Decision,
    /// At the next decision.
    Periodic,
    /// Who has it keeps it, interested or not.
    Held,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a table of `T` can name, in order.
    fn alternatives<T: JsonSchema>() -> Vec<String> {
        let schema = schemars::schema_for!(T).to_value();
        let forms = schema["oneOf"].as_array().expect("alternatives").iter();
        let names = forms.flat_map(|form| form["properties"].as_object().expect("a table").keys());
        names.cloned().collect()
    }

    #[test]
    fn every_rule_is_a_word() {
        assert_eq!(alternatives::<ChokingFile>(), ChokingFile::WORDS);
        assert_eq!(alternatives::<PickingFile>(), PickingFile::WORDS);
    }
}
