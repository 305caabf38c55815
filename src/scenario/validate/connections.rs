//! Whether the connections of all peers that are there at once can be numbered, and limits on them that do not hold.

use super::check::Check;
use crate::scenario::estimate::{connection_places, peers_expected, present_at_most};
use crate::scenario::file::ScenarioFile;
use crate::scenario::file::choice::Whole;
use crate::scenario::file::group::{ConnectionsFile, WhenFullFile};
use crate::scenario::limits::{CONNECTION_PLACES_MAX, PEERS_MAX, SMALL_COUNT_MAX};
use crate::scenario::model::{Discovery, Group, Mode, Scenario};
use crate::scenario::preset::PresetName;

/// Refuses more places than their numbers can tell apart.
pub(super) fn check(root: &Check<'_>, scenario: &Scenario) {
    let groups = || scenario.groups.iter();
    let come: f64 = groups()
        .map(|group| peers_expected(group, scenario.run.time_limit))
        .sum();
    // Counts that are out of range have been told so.
    let limits = |group: &Group| group.connections.initiate.max(group.connections.accept);
    let told = come > PEERS_MAX as f64 || groups().any(|group| u64::from(limits(group)) > SMALL_COUNT_MAX);
    let present = |group: &Group| present_at_most(group, scenario);
    let places: f64 = groups()
        .map(|group| present(group) * connection_places(group, scenario))
        .sum();
    let most = CONNECTION_PLACES_MAX as f64;
    if told || places <= most {
        return;
    }
    let at_once: f64 = groups().map(present).sum();
    match scenario.discovery {
        Discovery::FullMesh => root.key("network").key("full_mesh").error(
            format!(
                "a full mesh takes up to {places:.0} places for connections: an estimated {at_once:.0} peers at once, with one for each of {come:.0} that come"
            ),
            format!(
                "at most {CONNECTION_PLACES_MAX} are possible, as for {:.0} peers that all stay: simulate fewer, or leave `full_mesh` out for a tracker",
                most.sqrt().floor()
            ),
        ),
        Discovery::Tracker(_) => root.key("group").error(
            format!("an estimated {at_once:.0} peers at once have {places:.0} places for connections"),
            format!(
                "at most {CONNECTION_PLACES_MAX} are possible, {:.0} a peer: lower `connections.initiate` and `connections.accept`, or simulate fewer peers",
                (most / at_once).floor()
            ),
        ),
    }
}

/// Warns of limits on connections that a full mesh has no use for. Those of a client, as a result's `scenario.toml` has them, are no limits
/// that somebody wanted.
pub(super) fn warn_in_a_full_mesh(root: &Check<'_>, file: &ScenarioFile, scenario: &Scenario) {
    if scenario.run.mode != Mode::Bittorrent || scenario.discovery != Discovery::FullMesh {
        return;
    }
    let warn = |at: &Check<'_>, limits: Option<&ConnectionsFile>| {
        if limits.is_some_and(|limits| !is_a_client_s(limits)) {
            at.key("connections").warn(
                "a full mesh has no limits on connections: these have no meaning",
                "remove them, or full_mesh = true in [network]",
            );
        }
    };
    for (index, group) in file.group.iter().flatten().enumerate() {
        let at = root.key("group").index(index);
        warn(&at, group.connections.as_ref());
        for (index, entry) in group.mix.iter().flatten().enumerate() {
            warn(&at.key("mix").index(index), entry.connections.as_ref());
        }
    }
}

fn is_a_client_s(limits: &ConnectionsFile) -> bool {
    let is = |given: Option<Whole>, usual: u32| given.is_none_or(|Whole(given)| given == u64::from(usual));
    let clients = PresetName::ALL.map(PresetName::constants);
    let mut usual = clients
        .iter()
        .flat_map(|client| [false, true].map(|view| client.connections(view)));
    limits.when_full != Some(WhenFullFile::DropRandom)
        && usual.any(|usual| is(limits.initiate, usual.initiate) && is(limits.accept, usual.accept))
}
