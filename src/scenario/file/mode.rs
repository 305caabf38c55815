//! How chunks move, as a scenario writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::{Alternatives, Or, Unlimited, Whole};
use super::strategy::Nothing;

/// How chunks move between peers.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Mode")]
pub enum ModeFile {
    /// By the protocol: connections, choking, requests, shared links.
    Bittorrent(Nothing),
    /// Hajek & Zhu 2010: each peer, at the ticks of a clock of its own (Poisson, at its upload rate), meets another one drawn from the
    /// whole swarm and gives it a useful chunk at once, if it has one: by the picker of the taker. Initial seeds give but are not met.
    RandomContact(Nothing),
    /// Mundinger, Weber & Weiss 2008: in each round every peer sends at most one chunk, by its own picker. All uploads must be
    /// the same.
    Rounds(RoundsFile),
}

impl Alternatives for ModeFile {
    const WORDS: &'static [&'static str] = &["bittorrent", "random-contact", "rounds"];

    fn word(&self) -> Option<&'static str> {
        match self {
            Self::Bittorrent(_) => Some("bittorrent"),
            Self::RandomContact(_) => Some("random-contact"),
            Self::Rounds(_) => None,
        }
    }
}

/// Parameters of `rounds`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Rounds")]
pub struct RoundsFile {
    /// Chunks that a peer can receive in a round, or `"unlimited"`.
    #[schemars(extend("default" = 1))]
    pub receives: Option<Or<Unlimited, Whole>>,
}
