//! One strategy of a mixed group as a scenario writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::Choice;
use super::group::{ConnectionsFile, DepartureFile};
use super::strategy::{ChokingFile, PickingFile, RechokeFile};

/// One strategy of a mix. What it leaves out is as the group says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Mix")]
pub struct MixFile {
    /// Name, unique in the mix; results call these peers `group/name`. By default the name of the choking rule.
    pub name: Option<String>,
    /// Share of the group's peers that play this, from 0 to 1. One entry may leave it out: it gets the rest.
    pub share: Option<f64>,
    /// Whom a leecher unchokes.
    pub choking: Option<Choice<ChokingFile>>,
    /// Whom a seed unchokes; where neither this entry nor the group says so, and it rides free as a leecher, nobody.
    pub seeding: Option<Choice<ChokingFile>>,
    /// Which chunk a leecher asks for.
    pub picking: Option<Choice<PickingFile>>,
    /// What a peer does once it has the whole file.
    pub departure: Option<Choice<DepartureFile>>,
    /// Limits on the connections of a peer.
    pub connections: Option<ConnectionsFile>,
    /// Whether a peer looks for as many neighbours as it can get. An entry that says so, or not, does not inherit the group's `connections`.
    pub large_view: Option<bool>,
    /// The rhythm of unchoke decisions.
    pub rechoke: Option<RechokeFile>,
}
