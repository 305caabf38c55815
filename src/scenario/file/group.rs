//! A group of peers as a scenario writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::{Alternatives, Choice, Or, Unlimited, Whole};
use super::draw::DrawFile;
use super::mix::MixFile;
use super::strategy::{ChokingFile, Nothing, PickingFile, PipeliningFile, RechokeFile};
use crate::scenario::preset::PresetName;
use crate::units::{BytesPerSec, PerSec, SimDuration, SimTime};

/// Peers that share their rules.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Group")]
pub struct GroupFile {
    /// Name, unique in the scenario: letters, digits, `-`, `_` and `.`.
    #[schemars(extend("needed" = true))]
    pub name: Option<String>,
    /// Defaults of this group, in the place of the scenario's preset.
    pub preset: Option<PresetName>,
    /// Number of peers; must be given with `at-once`. With `poisson` and `decaying` arrivals the most that come (no limit if it is left out); a trace has its own.
    pub count: Option<Whole>,
    /// When the peers come.
    #[schemars(extend("default" = "at-once"))]
    pub arrival: Option<Choice<ArrivalFile>>,
    /// Upload capacity of a peer, or a distribution. Must be given, unless `capacity_classes` or a trace says it.
    pub upload: Option<DrawFile<BytesPerSec>>,
    /// Download capacity of a peer, a distribution, or `"unlimited"`.
    #[schemars(extend("default" = "unlimited"))]
    pub download: Option<Or<Unlimited, DrawFile<BytesPerSec>>>,
    /// In the place of `upload` and `download`: access lines, of which each peer draws one.
    pub capacity_classes: Option<Vec<CapacityClassFile>>,
    /// Chunks that a peer has when it joins: `"nothing"`, `"all"` (an initial seed), a fraction of them, drawn at random, or all but some.
    #[schemars(extend("default" = "nothing"))]
    pub starts_with: Option<Choice<StartsWithFile>>,
    /// What a peer does once it has the whole file. By default leechers are `"selfish"`, initial seeds `"altruistic"`.
    pub departure: Option<Choice<DepartureFile>>,
    /// Rate at which a leecher gives up (θ of Qiu & Srikant 2004).
    #[schemars(extend("default" = "0 /s"))]
    pub abort_rate: Option<PerSec>,
    /// Peers that vanish without notice.
    pub crash: Option<CrashFile>,
    /// Limits on the connections of a peer.
    pub connections: Option<ConnectionsFile>,
    /// Whether a peer looks for as many neighbours as it can get, as `BitThief` does (Locher et al. 2006; Sirivianos et al. 2007): it asks the
    /// tracker every `min_announce_interval`, and opens up to 500 connections and accepts as many unless `connections` says otherwise. In a
    /// full mesh everybody does.
    #[schemars(extend("default" = false))]
    pub large_view: Option<bool>,
    /// The rhythm of unchoke decisions.
    pub rechoke: Option<RechokeFile>,
    /// Whom a leecher unchokes.
    #[schemars(extend("default" = "tit-for-tat"))]
    pub choking: Option<Choice<ChokingFile>>,
    /// Whom a seed unchokes, from the start or after completion; in a group of free riders nobody.
    #[schemars(extend("default" = "fastest", "preset" = true))]
    pub seeding: Option<Choice<ChokingFile>>,
    /// Which chunk a leecher asks for.
    #[schemars(extend("default" = "rarest-first"))]
    pub picking: Option<Choice<PickingFile>>,
    /// How many blocks a leecher asks a neighbour for ahead of time, which limits what a connection carries while it starts; `"unlimited"`: as
    /// many as keep it busy.
    #[schemars(extend("default" = "unlimited", "preset" = true))]
    pub pipelining: Option<Or<Unlimited, PipeliningFile>>,
    /// Upload that a connection has been dealt and keeps without sending it, as the time in which it would. It costs each connection that much of
    /// its rate once, and more where it was faster the next time.
    #[schemars(extend("default" = "0 s", "preset" = true))]
    pub kept_quota: Option<SimDuration>,
    /// Whether the initial seeds of this group reveal their chunks one by one (BEP 16).
    #[schemars(extend("default" = false))]
    pub super_seeding: Option<bool>,
    /// Whether the initial seeds of this group are smart ones (Bharambe et al. 2006): who picks rarest first gets the chunk that such a seed has
    /// sent least often, and a neighbour that it chokes still gets the chunk on its way.
    #[schemars(extend("default" = false))]
    pub smart_seeding: Option<bool>,
    /// Strategies that the peers of this group play, each by its share of them. Who plays what is drawn; when and with which capacity a peer
    /// comes does not depend on it.
    pub mix: Option<Vec<MixFile>>,
}

/// When the peers of a group come.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Arrival")]
pub enum ArrivalFile {
    /// All at once.
    AtOnce(AtOnceFile),
    /// Independent arrivals at a constant rate.
    Poisson(PoissonFile),
    /// A flash crowd that decays: rate λ₀·exp(−t/τ) (Guo et al. 2005), about λ₀·τ peers in all.
    Decaying(DecayingFile),
    /// One peer for each row of a trace.
    Trace(TraceFile),
}

impl Alternatives for ArrivalFile {
    const WORDS: &'static [&'static str] = &["at-once"];

    fn word(&self) -> Option<&str> {
        None
    }
}

/// Parameters of `at-once`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "AtOnce")]
pub struct AtOnceFile {
    /// Time of the first possible arrival.
    #[schemars(extend("default" = "0 s"))]
    pub at: Option<SimTime>,
    /// Each peer comes later by a uniform draw up to this.
    #[schemars(extend("default" = "0 s"))]
    pub jitter: Option<SimDuration>,
}

/// Parameters of `poisson`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Poisson")]
pub struct PoissonFile {
    /// Mean arrivals.
    #[schemars(extend("needed" = true))]
    pub rate: Option<PerSec>,
    /// Start of the process.
    #[schemars(extend("default" = "0 s"))]
    pub from: Option<SimTime>,
    /// End of the process; without it, it ends with `count` or with the run.
    pub until: Option<SimTime>,
}

/// Parameters of `decaying`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Decaying")]
pub struct DecayingFile {
    /// λ₀, mean arrivals at the start.
    #[schemars(extend("needed" = true))]
    pub initial_rate: Option<PerSec>,
    /// τ, the time in which the rate falls to 1/e.
    #[schemars(extend("needed" = true))]
    pub decay: Option<SimDuration>,
    /// Start of the process.
    #[schemars(extend("default" = "0 s"))]
    pub from: Option<SimTime>,
}

/// Parameters of `trace`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Trace")]
pub struct TraceFile {
    /// A CSV file, seen from the folder of the scenario, with a column `arrival_s` and, if you like, `upload_…` and
    /// `download_…` columns that end in `_bit_per_s`, `_kbit_per_s`, `_Mbit_per_s`, `_bytes_per_s` or `_kB_per_s`. An
    /// empty capacity stands for the group's.
    pub file: Option<String>,
    /// The peers themselves. Where this is given `file` is only a note of where they came from, and is not read.
    pub peers: Option<Vec<TracedPeerFile>>,
}

/// One peer of a trace.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "TracedPeer")]
pub struct TracedPeerFile {
    /// When it joins.
    #[schemars(extend("needed" = true))]
    pub at: Option<SimTime>,
    /// Its upload capacity, in the place of the group's.
    pub upload: Option<BytesPerSec>,
    /// Its download capacity, in the place of the group's.
    pub download: Option<BytesPerSec>,
}

/// One access line.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "CapacityClass")]
pub struct CapacityClassFile {
    /// Weight of this line; the weights need not add up to 1.
    #[schemars(extend("needed" = true))]
    pub share: Option<f64>,
    /// Upload capacity.
    #[schemars(extend("needed" = true))]
    pub upload: Option<BytesPerSec>,
    /// Download capacity, or `"unlimited"`.
    #[schemars(extend("default" = "unlimited"))]
    pub download: Option<Or<Unlimited, BytesPerSec>>,
}

/// Chunks that a peer has when it joins.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "StartsWith")]
pub enum StartsWithFile {
    /// None: a plain leecher.
    Nothing(Nothing),
    /// All: an initial seed.
    All(Nothing),
    /// A fraction of the chunks, from 0 to 1, or a distribution.
    Fraction(DrawFile<f64>),
    /// All but so many chunks, for each peer the first ones: with 1 the one-club of Hajek & Zhu 2010.
    AllBut(Whole),
}

impl Alternatives for StartsWithFile {
    const WORDS: &'static [&'static str] = &["nothing", "all"];

    fn word(&self) -> Option<&str> {
        match self {
            Self::Nothing(_) => Some("nothing"),
            Self::All(_) => Some("all"),
            Self::Fraction(_) | Self::AllBut(_) => None,
        }
    }
}

/// What a peer does once it has the whole file. For an initial seed clock and counters start when it joins.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Departure")]
pub enum DepartureFile {
    /// Leaves at once.
    Selfish(Nothing),
    /// Lets its neighbours ask for its last chunk, finishes the chunks that it is sending, begins no other, and leaves.
    FinishesUploads(Nothing),
    /// Stays, for ever or for some time.
    Altruistic(AltruisticFile),
    /// Stays until it has uploaded a multiple of what it downloaded (an initial seed: of the file).
    ShareRatio(ShareRatioFile),
    /// An initial seed that leaves at a set time.
    At(AtFile),
    /// Leaves as soon as it has uploaded so many copies of the file.
    AfterCopies(AfterCopiesFile),
}

impl Alternatives for DepartureFile {
    const WORDS: &'static [&'static str] = &["selfish", "finishes-uploads", "altruistic"];

    fn word(&self) -> Option<&str> {
        match self {
            Self::Selfish(_) => Some("selfish"),
            Self::FinishesUploads(_) => Some("finishes-uploads"),
            Self::Altruistic(AltruisticFile { linger: None }) => Some("altruistic"),
            _ => None,
        }
    }
}

/// Parameters of `altruistic`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Altruistic")]
pub struct AltruisticFile {
    /// How long it stays, or a distribution; for ever if it is left out.
    pub linger: Option<DrawFile<SimDuration>>,
}

/// Parameters of `share-ratio`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "ShareRatio")]
pub struct ShareRatioFile {
    /// Bytes uploaded over bytes downloaded.
    #[schemars(extend("needed" = true))]
    pub ratio: Option<f64>,
}

/// Parameters of `at`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "At")]
pub struct AtFile {
    /// When it leaves.
    #[schemars(extend("needed" = true))]
    pub time: Option<SimTime>,
}

/// Parameters of `after-copies`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "AfterCopies")]
pub struct AfterCopiesFile {
    /// Copies of the file.
    #[schemars(extend("needed" = true))]
    pub copies: Option<f64>,
}

/// Peers that vanish without notice.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Crash")]
pub struct CrashFile {
    /// Rate at which a peer crashes.
    #[schemars(extend("default" = "0 /s"))]
    pub rate: Option<PerSec>,
    /// Its neighbours find out after this.
    #[schemars(extend("default" = "2 min"))]
    pub timeout: Option<SimDuration>,
}

/// Limits on the connections of a peer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Connections")]
pub struct ConnectionsFile {
    /// A peer opens connections only while it has fewer than this.
    #[schemars(extend("default" = 40, "preset" = true))]
    pub initiate: Option<Whole>,
    /// A peer accepts connections while it has fewer than this.
    #[schemars(extend("default" = 80, "preset" = true))]
    pub accept: Option<Whole>,
    /// What a peer with `accept` connections does when another one comes: it refuses (`"refuse"`), or accepts and closes one of all that it has
    /// then, drawn at random (`"drop-random"`: the simulator of Bharambe et al. 2006).
    #[schemars(extend("default" = "refuse"))]
    pub when_full: Option<WhenFullFile>,
}

/// What a peer does that has as many connections as it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "WhenFull", inline)]
pub enum WhenFullFile {
    /// It refuses more.
    Refuse,
    /// It accepts, and closes one at random.
    DropRandom,
}
