//! A group with a mix becomes several groups: one for each entry, with what the entry changes.

use std::collections::BTreeMap;

use super::check::Check;
use super::group::{connections, departure, name};
use super::strategy::{self, Known};
use crate::scenario::file::group::GroupFile;
use crate::scenario::file::mix::MixFile;
use crate::scenario::mix::{Part, part_name};
use crate::scenario::model::Group;

/// Shares add up to 1 but for so much: they are written in decimals.
const SHARES_OFF_MAX: f64 = 1e-9;

/// The groups of `entries`, the mix of the group `file`, which is `base` without it.
pub(super) fn mix(
    at: &Check<'_>,
    entries: &[MixFile],
    file: &GroupFile,
    base: &Group,
    known: &Known<'_>,
) -> Vec<Group> {
    if entries.is_empty() {
        at.error(
            "a mix without strategies",
            "write for example: mix = [{ choking = \"tit-for-tat\" }, { share = 0.2, choking = \"free-rider\" }]",
        );
    }
    let shares = shares(at, entries);
    let mut start = 0.0;
    let mut groups = Vec::with_capacity(entries.len());
    for (index, (entry, share)) in entries.iter().zip(shares).enumerate() {
        // The last one ends at 1, whatever sums of decimals come to.
        let last = index + 1 == entries.len();
        let end = if last { 1.0 } else { (start + share).min(1.0) };
        let mut group = entry_group(&at.index(index), entry, file, base, known);
        let entry = entry.name.clone().unwrap_or_else(|| group.choking.word().to_string());
        group.name = part_name(&base.name, &entry);
        group.part = Some(Part {
            group: base.name.clone(),
            entry,
            share,
            stretch: start..end,
        });
        start = end;
        groups.push(group);
    }
    check_names(at, entries, &groups);
    warn_of_unused(at, entries, file);
    groups
}

/// Warns of what `file` says for the entries that leave it open, if none does.
fn warn_of_unused(at: &Check<'_>, entries: &[MixFile], file: &GroupFile) {
    let plays = |entry: &&MixFile| entry.share != Some(0.0);
    let all = |says: fn(&MixFile) -> bool| entries.iter().filter(plays).all(says);
    for (key, is_unused) in [
        (
            "choking",
            file.choking.is_some() && all(|entry| entry.choking.is_some()),
        ),
        (
            "seeding",
            file.seeding.is_some() && all(|entry| entry.seeding.is_some()),
        ),
        (
            "picking",
            file.picking.is_some() && all(|entry| entry.picking.is_some()),
        ),
        (
            "departure",
            file.departure.is_some() && all(|entry| entry.departure.is_some()),
        ),
    ] {
        if is_unused {
            at.warn(
                format!("each entry of this mix has a `{key}` of its own: that of the group does nothing"),
                format!(
                    "take it out, or set that of an entry, as in `group.{}.mix.0.{key}`",
                    file.name.as_deref().unwrap_or("NAME")
                ),
            );
        }
    }
}

/// `base` with what `entry` changes.
fn entry_group(at: &Check<'_>, entry: &MixFile, file: &GroupFile, base: &Group, known: &Known<'_>) -> Group {
    let choking = match &entry.choking {
        None => base.choking.clone(),
        given => strategy::choking(&at.key("choking"), given.as_ref(), known),
    };
    let seeding = match (&entry.seeding, &file.seeding) {
        (None, Some(_)) => base.seeding.clone(),
        (given, _) => strategy::seeding(&at.key("seeding"), given.as_ref(), &choking, known),
    };
    let limits = match entry.large_view {
        None => base.connections,
        Some(large) => known.preset.connections(large),
    };
    Group {
        choking,
        seeding,
        picking: match &entry.picking {
            None => base.picking,
            given => strategy::picking(&at.key("picking"), given.as_ref(), &known.preset),
        },
        departure: match &entry.departure {
            None => base.departure.clone(),
            given => departure(&at.key("departure"), given.as_ref(), &base.starts_with),
        },
        connections: connections(&at.key("connections"), entry.connections.as_ref(), limits),
        large_view: entry.large_view.unwrap_or(base.large_view),
        rechoke: strategy::rechoke(&at.key("rechoke"), entry.rechoke.as_ref(), base.rechoke),
        ..base.clone()
    }
}

/// The share of each entry; the one that leaves it out gets the rest.
fn shares(at: &Check<'_>, entries: &[MixFile]) -> Vec<f64> {
    let share_at = |index: usize| at.index(index).key("share");
    let given: Vec<Option<f64>> = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| Some(share_at(index).within(entry.share?, 0.0, 1.0)))
        .collect();
    let sum: f64 = given.iter().flatten().sum();
    // As one would add them by hand.
    let said = (sum * 1e9).round() / 1e9;
    let open: Vec<usize> = (0..given.len()).filter(|&index| given[index].is_none()).collect();
    if let [_, second, ..] = open[..] {
        at.index(second).error(
            "only one entry of a mix can leave out its share",
            "that one gets the rest; write for example: share = 0.2",
        );
    } else if sum > 1.0 + SHARES_OFF_MAX {
        at.error(
            format!("the shares add up to {said}, which is more than 1"),
            "they are shares of all peers of the group: lower one",
        );
    } else if open.is_empty() && !entries.is_empty() && sum < 1.0 - SHARES_OFF_MAX {
        at.error(
            format!("the shares add up to {said}, not to 1"),
            "raise one, or leave one out: it gets the rest",
        );
    }
    let rest = (1.0 - sum).clamp(0.0, 1.0);
    given.into_iter().map(|share| share.unwrap_or(rest)).collect()
}

fn check_names(at: &Check<'_>, entries: &[MixFile], groups: &[Group]) {
    let mut first_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        let at = at.index(index);
        if let Some(given) = &entries[index].name {
            name(&at.key("name"), Some(given), "\"riders\"");
        }
        if *first_of.entry(&group.name).or_insert(index) == index {
            continue;
        }
        let entry = group.part.as_ref().map_or("", |part| &part.entry);
        if entries[index].name.is_some() {
            at.key("name").error(
                format!("`{entry}` is the name of another entry of this mix too"),
                "each entry needs a name of its own",
            );
        } else {
            at.error(
                format!("another entry of this mix is called `{entry}` too"),
                "an entry without a name is called after its choking rule: give it a name",
            );
        }
    }
}
