//! Presets: the constants of real clients, as defaults of the keys that a scenario leaves out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model::{Connections, Phase, Pipelining, Rechoke, Refill, Slots, StrictPriority, WhenFull};
use crate::units::{Bytes, SimDuration};

/// The client whose constants are the defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Preset", inline)]
pub enum PresetName {
    /// Cohen 2003, BEP 3, and Kurose & Ross.
    #[default]
    Textbook,
    /// Mainline 3.4.2.
    #[serde(rename = "mainline-3.4")]
    Mainline3,
    /// Mainline 4.0.0, March 2005: the client of Legout et al. 2006.
    #[serde(rename = "mainline-4.0")]
    Mainline4,
    /// libtorrent 2.
    Libtorrent,
}

/// The rule by which leechers unchoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeecherRule {
    /// Tit-for-tat.
    TitForTat,
    /// That of libtorrent.
    Libtorrent,
}

/// The rule by which seeds unchoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedRule {
    /// Those that take fastest.
    Fastest,
    /// Those that wait longest.
    RoundRobin,
    /// That of libtorrent: as its leechers, to whom nobody sends.
    Libtorrent,
}

/// The constants of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Size of a block.
    pub block_size: Bytes,
    /// Time between two unchoke decisions.
    pub interval: SimDuration,
    /// Every this many decisions one is an optimistic rotation.
    pub optimistic_every: u32,
    /// What follows when a slot falls free.
    pub refill: Refill,
    /// Window over which rates are measured.
    pub rate_window: SimDuration,
    /// Slots given by rate.
    pub regular_slots: Slots,
    /// Slots given at random.
    pub optimistic_slots: u32,
    /// When a neighbour that sends nothing counts as snubbing.
    pub snub_after: SimDuration,
    /// How many times as likely a new neighbour is to be drawn.
    pub new_neighbour_weight: u32,
    /// Chunks picked at random before the picker's rule holds.
    pub random_first: u32,
    /// Whether begun chunks come before new ones.
    pub strict_priority: StrictPriority,
    /// How many blocks a leecher asks for ahead of time.
    pub pipelining: Option<Pipelining>,
    /// Upload quota that a connection keeps.
    pub kept_quota: SimDuration,
    /// Connections up to which a peer opens more.
    pub initiate: u32,
    /// Connections up to which a peer accepts more.
    pub accept: u32,
    /// Whom leechers unchoke.
    pub leecher_rule: LeecherRule,
    /// Whom seeds unchoke.
    pub seed_rule: SeedRule,
    /// Chunks of a slot of `round-robin-quota` and `libtorrent`.
    pub quota_chunks: u32,
    /// Time of a slot of `round-robin-quota` and `libtorrent`.
    pub quota_time: SimDuration,
    /// Peers in a tracker's answer.
    pub peers_returned: u32,
    /// Time between two announces.
    pub announce_interval: SimDuration,
    /// Shortest time between two announces.
    pub min_announce_interval: SimDuration,
    /// Neighbours below which a leecher announces early.
    pub min_neighbours: u32,
}

/// Connections of a peer with a large view, at least: several times what any client opens.
const LARGE_VIEW: u32 = 500;

const TEXTBOOK: Preset = Preset {
    block_size: Bytes(16 << 10),                        // BEP 3
    interval: SimDuration::from_secs(10),               // BEP 3
    optimistic_every: 3,                                // BEP 3: every 30 s
    refill: Refill::Immediate,                          // mainline 3.4.2 and 4.0.0, Choker.py
    rate_window: SimDuration::from_secs(20),            // Cohen 2003
    regular_slots: Slots::Fixed(4),                     // Kurose & Ross 2.5: 4 by rate …
    optimistic_slots: 1,                                // … and 1 at random
    snub_after: SimDuration::from_secs(60),             // Cohen 2003: "over a minute"
    new_neighbour_weight: 3,                            // BEP 3
    random_first: 4,                                    // mainline 3.4.2 and 4.0.0
    strict_priority: StrictPriority::On,                // Cohen 2003
    pipelining: None,                                   // Cohen 2003: enough to keep the connection busy
    kept_quota: SimDuration::ZERO,                      // Cohen 2003: what is there is sent
    initiate: 40,                                       // mainline 4.0.0, --max_initiate
    accept: 80,                                         // mainline 4.0.0, --max_allow_in
    leecher_rule: LeecherRule::TitForTat,               // BEP 3
    seed_rule: SeedRule::Fastest,                       // BEP 3
    quota_chunks: 20,                                   // libtorrent, seeding_piece_quota
    quota_time: SimDuration::from_secs(60),             // libtorrent, choker.cpp
    peers_returned: 50,                                 // mainline 4.0.0 tracker, response_size
    announce_interval: SimDuration::from_secs(1800),    // mainline 4.0.0 tracker, reannounce_interval
    min_announce_interval: SimDuration::from_secs(300), // mainline 4.0.0, --rerequest_interval
    min_neighbours: 20,                                 // mainline 4.0.0, --min_peers
};

const MAINLINE_3: Preset = Preset {
    regular_slots: Slots::Fixed(6),         // 3.4.2, --max_uploads 7: 6 by rate …
    optimistic_slots: 1,                    // … and 1 from the front of the list
    snub_after: SimDuration::from_secs(30), // 3.4.2, --snub_time
    new_neighbour_weight: 3,                // 3.4.2, Choker.py: inserted at randrange(-2, n + 1)
    initiate: 35,                           // 3.4.2, --max_initiate
    accept: 55,                             // 3.4.2, --max_allow_in
    seed_rule: SeedRule::Fastest,           // 3.4.2, Choker.py: by upload rate
    ..TEXTBOOK
};

const MAINLINE_4: Preset = Preset {
    regular_slots: Slots::Auto,             // 4.0.0, --max_uploads -1: from the upload rate …
    optimistic_slots: 1,                    // … with 1 of them from the front of the list
    snub_after: SimDuration::from_secs(30), // 4.0.0, --snub_time
    new_neighbour_weight: 1,                // 4.0.0, Choker.py: inserted anywhere
    initiate: 40,                           // 4.0.0, --max_initiate
    accept: 80,                             // 4.0.0, --max_allow_in
    seed_rule: SeedRule::RoundRobin,        // 4.0.0, Choker.py: by time of last unchoke (Legout et al. 2006)
    ..TEXTBOOK
};

/// The requests of libtorrent 2.
pub const REQUEST_QUEUE: Pipelining = Pipelining {
    least_blocks: 2,                                // peer_connection.cpp, update_desired_queue_size
    ahead: SimDuration::from_secs(3),               // request_queue_time
    quota_every: SimDuration::from_millis(500),     // tick_interval
    whole_chunk_within: SimDuration::from_secs(20), // whole_pieces_threshold
};

const LIBTORRENT: Preset = Preset {
    interval: SimDuration::from_secs(15),         // unchoke_interval
    optimistic_every: 2,                          // optimistic_unchoke_interval 30 s
    refill: Refill::Decision,                     // peer_connection.cpp, incoming_not_interested
    rate_window: SimDuration::from_secs(15),      // payload since the last unchoke interval
    regular_slots: Slots::Fixed(7),               // unchoke_slots_limit 8 …
    optimistic_slots: 1,                          // … num_optimistic_unchoke_slots 0: a fifth of them, in whole numbers
    snub_after: SimDuration::from_secs(60),       // request_timeout
    new_neighbour_weight: 1,                      // torrent.cpp: by time of last optimistic unchoke
    random_first: 4,                              // initial_picker_threshold
    strict_priority: StrictPriority::UnlessRarer, // piece_picker.hpp, piece_pos::priority
    pipelining: Some(REQUEST_QUEUE),
    kept_quota: SimDuration::from_secs(1), // peer_connection.cpp, wanted_transfer: 2 · tick_interval
    initiate: 200,                         // connections_limit
    accept: 200,                           // connections_limit
    leecher_rule: LeecherRule::Libtorrent, // choking_algorithm fixed_slots_choker
    seed_rule: SeedRule::Libtorrent,       // seed_choking_algorithm round_robin
    quota_chunks: 20,                      // seeding_piece_quota
    quota_time: SimDuration::from_secs(60), // choker.cpp: and held for more than a minute
    peers_returned: 200,                   // num_want
    min_announce_interval: SimDuration::from_secs(300), // min_announce_interval
    ..TEXTBOOK
};

impl PresetName {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Textbook, Self::Mainline3, Self::Mainline4, Self::Libtorrent];

    /// The constants.
    #[must_use]
    pub const fn constants(self) -> Preset {
        match self {
            Self::Textbook => TEXTBOOK,
            Self::Mainline3 => MAINLINE_3,
            Self::Mainline4 => MAINLINE_4,
            Self::Libtorrent => LIBTORRENT,
        }
    }
}

impl Preset {
    /// Limits on connections, of a peer with a large view or without.
    #[must_use]
    pub fn connections(&self, large_view: bool) -> Connections {
        let at_least = if large_view { LARGE_VIEW } else { 0 };
        Connections {
            initiate: self.initiate.max(at_least),
            accept: self.accept.max(at_least),
            when_full: WhenFull::Refuse,
        }
    }

    /// The rhythm of unchoke decisions.
    #[must_use]
    pub const fn rechoke(&self) -> Rechoke {
        Rechoke {
            interval: self.interval,
            optimistic_every: self.optimistic_every,
            phase: Phase::Random,
            refill: self.refill,
            rate_window: self.rate_window,
        }
    }

    /// Slots of a rule that does not tell regular from optimistic ones.
    #[must_use]
    pub const fn all_slots(&self) -> Slots {
        match self.regular_slots {
            Slots::Fixed(regular) => Slots::Fixed(regular + self.optimistic_slots),
            Slots::Auto => Slots::Auto,
        }
    }
}
