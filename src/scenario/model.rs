//! The checked scenario: what every later layer reads. Nothing here is optional that a run needs, and every
//! quantity is in its base unit. Built by `validate` from the file.

pub use crate::scenario::connections::{Connections, WhenFull};
use crate::scenario::draw::Draw;
use crate::scenario::mix::Part;
pub use crate::scenario::parameters::{BitTyrant, Fastest, OptimisticChoice, PropShare, TitForTat};
pub use crate::scenario::rhythm::{Phase, Pipelining, Rechoke, Refill};
use crate::units::{Bytes, BytesPerSec, SimDuration, SimTime};

/// A scenario that has passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Name of the scenario; also the default result directory below `results/`.
    pub name: String,
    /// Seed of every random stream.
    pub seed: u64,
    /// The file that the swarm distributes.
    pub file: File,
    /// When a run ends and how often it is sampled.
    pub run: Run,
    /// Latency and the cap per connection.
    pub network: Network,
    /// How peers learn of each other.
    pub discovery: Discovery,
    /// The peers, by group, in the order of the file. A mixed group is several: see [`Scenario::cohorts`].
    pub groups: Vec<Group>,
}

/// The file and how it is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Size of the whole file.
    pub size: Bytes,
    /// Size of a chunk; the last one may be shorter.
    pub chunk_size: Bytes,
    /// Size of a block, the grain in which an interrupted chunk is kept.
    pub block_size: Bytes,
}

impl File {
    /// Number of chunks: the size over the chunk size, rounded up.
    #[must_use]
    pub fn chunks(&self) -> usize {
        self.size.0.div_ceil(self.chunk_size.0) as usize
    }
}

/// When a run ends and how often it is sampled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// How chunks move.
    pub mode: Mode,
    /// The run ends here at the latest.
    pub time_limit: SimDuration,
    /// The run ends when no byte has moved for this long while leechers wait and nobody is still to arrive.
    pub stall_limit: SimDuration,
    /// Time between two rows of the time series.
    pub sample_interval: SimDuration,
}

/// How chunks move between peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By the protocol: connections, choking, requests, shared links.
    Bittorrent,
    /// At the ticks of random clocks, to a random peer, at once (Hajek & Zhu 2010).
    RandomContact,
    /// One chunk a peer and round (Mundinger, Weber & Weiss 2008).
    Rounds {
        /// Chunks that a peer can receive in a round; `None`: any number.
        receives: Option<u32>,
    },
}

/// Properties of all connections.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// One-way latency of every message.
    pub latency: SimDuration,
    /// No single connection carries more than this.
    pub connection_cap: Option<BytesPerSec>,
    /// Whether the rates that decisions go by count chunks, one sent when it begins, one received when it is there or cut off (as in `OctoSim`), and not bytes
    /// as they come.
    pub chunk_rates: bool,
}

/// How peers learn of each other.
#[derive(Clone, Debug, PartialEq)]
pub enum Discovery {
    /// A tracker hands out random subsets.
    Tracker(Tracker),
    /// Everyone is connected to everyone, without limits: the textbook's small cases.
    FullMesh,
}

/// The tracker's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracker {
    /// Peers in an answer, at most.
    pub peers_returned: u32,
    /// Whether every other peer in an answer is the one nearest in upload capacity (Bharambe et al. 2006).
    pub matches_capacity: bool,
    /// A peer announces at least this often.
    pub announce_interval: SimDuration,
    /// A peer that has too few neighbours announces again no sooner than this.
    pub min_announce_interval: SimDuration,
    /// Below this many neighbours a peer announces again early.
    pub min_neighbours: u32,
    /// The tracker does not answer from `.0` (inclusive) to `.1` (exclusive). A joiner tries again after `min_announce_interval`.
    pub outages: Vec<(SimTime, SimTime)>,
}

/// Peers that share their rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name, unique in the scenario; `group/entry` in a mix.
    pub name: String,
    /// Which part of a mixed group this is, if it is.
    pub part: Option<Part>,
    /// How many peers, when. Groups of one mix have the same: it brings the peers of all of them.
    pub arrival: Arrival,
    /// Capacities of the access links.
    pub capacity: Capacity,
    /// Chunks that a peer has when it joins.
    pub starts_with: StartsWith,
    /// What a peer does once it has the whole file.
    pub departure: Departure,
    /// Rate per second at which a leecher gives up (Qiu & Srikant's θ); 0 for never.
    pub abort_per_sec: f64,
    /// Rate per second at which a peer crashes without notice; 0 for never.
    pub crash_per_sec: f64,
    /// Neighbours find out after this that a peer has crashed.
    pub crash_timeout: SimDuration,
    /// How many connections a peer opens and accepts.
    pub connections: Connections,
    /// Whether it asks the tracker as often as it may, to know as many peers as it can get (Locher et al. 2006).
    pub large_view: bool,
    /// The rhythm of unchoke decisions.
    pub rechoke: Rechoke,
    /// Whom a leecher unchokes.
    pub choking: Choking,
    /// Whom a seed unchokes, from the start or after completion.
    pub seeding: Choking,
    /// Which chunk a leecher asks for.
    pub picking: Picking,
    /// How many blocks a leecher asks a neighbour for ahead of time; `None`: as many as keep the connection busy.
    pub pipelining: Option<Pipelining>,
    /// How much upload quota a connection of these peers keeps, as the time in which it would send it. Zero: none.
    pub kept_quota: SimDuration,
    /// Initial seeds of this group reveal their chunks one by one (BEP 16).
    pub super_seeding: bool,
    /// Whether its initial seeds send what they have sent least, and whole chunks only (Bharambe et al. 2006).
    pub smart_seeding: bool,
}

/// How many peers of a group arrive, and when.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrival {
    /// `count` peers at `at`, each delayed by a uniform draw from `0..=jitter`.
    AtOnce {
        /// Number of peers.
        count: u32,
        /// Time of the first possible arrival.
        at: SimTime,
        /// Largest delay.
        jitter: SimDuration,
    },
    /// Independent arrivals at a constant rate, from `from`, until `count` peers have come or `until` is reached.
    Poisson {
        /// Mean arrivals per second.
        per_sec: f64,
        /// Start of the process.
        from: SimTime,
        /// End of the process, if it has one.
        until: Option<SimTime>,
        /// Peers at most, if limited.
        count: Option<u32>,
    },
    /// A flash crowd that decays: rate λ₀·exp(−t/τ) (Guo et al. 2005). About λ₀·τ peers in all.
    Decaying {
        /// λ₀, mean arrivals per second at `from`.
        initial_per_sec: f64,
        /// τ, the time in which the rate falls to 1/e.
        decay: SimDuration,
        /// Start of the process.
        from: SimTime,
        /// Peers at most, if limited.
        count: Option<u32>,
    },
    /// One peer a row of a CSV file, sorted by time.
    Trace {
        /// Path of the file as written in the scenario.
        path: String,
        /// The rows.
        peers: std::sync::Arc<[TracedPeer]>,
    },
}

/// One row of a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TracedPeer {
    /// When the peer joins.
    pub at: SimTime,
    /// Its upload capacity, where the trace has one.
    pub upload: Option<BytesPerSec>,
    /// Its download capacity, where the trace has one.
    pub download: Option<BytesPerSec>,
}

/// Capacities of the access links, in bytes per second.
#[derive(Clone, Debug, PartialEq)]
pub enum Capacity {
    /// Upload and download drawn apart; `None`: downloads are unlimited.
    Separate {
        /// Upload capacity.
        upload: Draw,
        /// Download capacity.
        download: Option<Draw>,
    },
    /// Upload and download drawn together from a weighted table of access lines.
    Classes(Vec<CapacityClass>),
}

impl Capacity {
    /// Mean upload capacity, bytes per second.
    #[must_use]
    pub fn mean_upload(&self) -> f64 {
        match self {
            Self::Separate { upload, .. } => upload.mean(),
            Self::Classes(classes) => {
                let total: f64 = classes.iter().map(|c| c.share).sum();
                classes.iter().map(|c| c.share * c.upload.0).sum::<f64>() / total
            }
        }
    }
}

/// One line of a table of access lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapacityClass {
    /// Weight of this line; the weights need not add up to 1.
    pub share: f64,
    /// Upload capacity.
    pub upload: BytesPerSec,
    /// Download capacity; `None`: unlimited.
    pub download: Option<BytesPerSec>,
}

/// Chunks that a peer has when it joins.
#[derive(Clone, Debug, PartialEq)]
pub enum StartsWith {
    /// None: a plain leecher.
    Nothing,
    /// All: an initial seed.
    All,
    /// A drawn fraction (0 to 1) of the chunks, chosen at random.
    Fraction(Draw),
    /// All but the first so many, at least one.
    AllBut(u32),
}

/// What a peer does once it has the whole file. For an initial seed the clock and the counters start when it joins.
#[derive(Clone, Debug, PartialEq)]
pub enum Departure {
    /// Leaves at once.
    Selfish,
    /// Finishes the chunks that it is sending, begins no other, and leaves.
    FinishesUploads,
    /// Stays for ever.
    Stays,
    /// Stays for a drawn time, in seconds.
    Lingers(Draw),
    /// Stays until it has uploaded this many times what it downloaded (an initial seed: the file size).
    ShareRatio(f64),
    /// An initial seed that leaves at this time.
    AtTime(SimTime),
    /// Leaves as soon as it has uploaded this many copies of the file.
    AfterCopies(f64),
}

/// How many slots a peer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slots {
    /// This many.
    Fixed(u32),
    /// From the upload capacity, as mainline 4.0 does (its kB/s table: below 9: 2, below 15: 3, below 42: 4, else ⌊√(0.6·rate)⌋). One of them is
    /// optimistic: a choker that has a separate number of optimistic slots subtracts it.
    Auto,
}

/// Whom a peer unchokes.
#[derive(Clone, Debug, PartialEq)]
pub enum Choking {
    /// The interested neighbours that sent most (leecher).
    TitForTat(TitForTat),
    /// The interested neighbours that take fastest (seed; mainline before 4.0).
    Fastest(Fastest),
    /// Those that wait longest (seed; mainline 4.0, Legout et al. 2006).
    RoundRobin {
        /// Slots in all, one of them random in two decisions of three.
        slots: Slots,
    },
    /// As round-robin, but a slot is kept until the quota is used up (libtorrent, without its turns).
    RoundRobinQuota {
        /// Slots in all.
        slots: Slots,
        /// A slot is kept until more than this many chunks were sent in it …
        quota_chunks: u32,
        /// … and it was held for longer than this.
        quota_time: SimDuration,
    },
    /// Slots drawn at random at each decision.
    Random {
        /// Slots in all.
        slots: Slots,
    },
    /// In proportion to what each neighbour gave in the last round (Levin et al. 2008).
    PropShare(PropShare),
    /// Those that give most for the upload they ask for (Piatek et al. 2007).
    BitTyrant(BitTyrant),
    /// Chunk by chunk, the one that is owed most (Sherman et al. 2009).
    FairTorrent {
        /// Chunks that are sent at the same time.
        slots: Slots,
    },
    /// Chunk by chunk, never far ahead of what has come back (Bharambe et al. 2006).
    TitForTatBlock {
        /// Chunks that are sent at the same time.
        slots: Slots,
        /// Δ: a neighbour gets a chunk while it is at most this many chunks ahead.
        ahead_chunks: u32,
    },
    /// Those that sent most since the last decision, and one in turn (libtorrent).
    Libtorrent {
        /// Slots in all.
        slots: u32,
        /// How many of them are given in turn.
        optimistic_slots: u32,
        /// Among equals, as all are to a seed, a slot is kept until more than this many chunks were sent in it …
        quota_chunks: u32,
        /// … and it was held for longer than this.
        quota_time: SimDuration,
    },
    /// Those whose speed is closest to one's own (Rahman et al. 2011).
    Birds {
        /// Slots given by speed.
        regular_slots: Slots,
        /// Slots given at random.
        optimistic_slots: u32,
        /// A new neighbour is this many times as likely to be drawn.
        new_neighbour_weight: u32,
    },
    /// Every interested neighbour, equally.
    Altruist,
    /// Nobody.
    FreeRider,
    /// A rule that the program has registered by this name.
    Own(String),
}

/// Which chunk a leecher asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picking {
    /// The rule for the common case.
    pub picker: Picker,
    /// Until it has this many chunks a peer picks at random.
    pub random_first: u32,
    /// Whether begun chunks come before new ones.
    pub strict_priority: StrictPriority,
    /// Whether the last chunks are shared out among free connections.
    pub endgame: bool,
}

/// Whether begun chunks come before new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrictPriority {
    /// They do (Cohen 2003).
    On,
    /// Whole chunks come first.
    Off,
    /// They do where the new one is not rarer among the neighbours (libtorrent).
    UnlessRarer,
}

/// The rule by which a new chunk is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picker {
    /// The one that fewest neighbours have, ties at random.
    RarestFirst,
    /// Any, uniformly.
    Random,
    /// The first in file order.
    Sequential,
    /// The one with fewest copies in the whole swarm, ties at random: an oracle for comparison.
    GlobalRarest,
    /// Any but the most common ones of the whole swarm (Reddyvari et al. 2019).
    ModeSuppression,
}
