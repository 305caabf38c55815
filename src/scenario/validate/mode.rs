//! How chunks move, and what a scenario must not say because that mode has no use for it.

use super::Check;
use crate::scenario::document::{Path, Step};
use crate::scenario::draw::Shape;
use crate::scenario::file::ScenarioFile;
use crate::scenario::file::choice::{Choice, Or};
use crate::scenario::file::mode::{ModeFile, RoundsFile};
use crate::scenario::file::strategy::{ChokingFile, PickingFile};
use crate::scenario::limits::SMALL_COUNT_MAX;
use crate::scenario::model::{Arrival, Capacity, Group, Mode};

/// The mode of `file`; complains of what the mode does not know.
pub(super) fn mode(at: &Check<'_>, file: Option<&Choice<ModeFile>>) -> Mode {
    match file.map(|choice| &choice.0) {
        None | Some(ModeFile::Bittorrent(_)) => Mode::Bittorrent,
        Some(ModeFile::RandomContact(_)) => Mode::RandomContact,
        Some(ModeFile::Rounds(RoundsFile { receives })) => {
            let at = at.key("rounds").key("receives");
            Mode::Rounds {
                receives: match receives {
                    None => Some(1),
                    Some(Or::Word(_)) => None,
                    Some(Or::Value(count)) => Some(at.count(*count, 1, SMALL_COUNT_MAX)),
                },
            }
        }
    }
}

/// Complains of the keys of `file` that `mode` has no use for.
pub(super) fn check_keys(root: &Check<'_>, file: &ScenarioFile, mode: Mode) {
    let Some(name) = name(mode) else { return };
    for path in take_unused(&mut file.clone()) {
        root.at(&path).error(
            format!("this has no meaning in mode `{name}`: there are no connections and no choking"),
            "remove it, or run.mode",
        );
    }
}

/// Complains of uploads that are not the same for all, which rounds need.
pub(super) fn check_uploads(at: &Check<'_>, groups: &[Group], mode: Mode) {
    if !matches!(mode, Mode::Rounds { .. }) {
        return;
    }
    let mut first = None;
    for (index, group) in groups.iter().enumerate() {
        let upload = same_upload(group);
        if upload.is_none() || upload != *first.get_or_insert(upload) {
            at.index(index).key("upload").error(
                "in rounds every peer sends one chunk in the same time",
                "give all groups the same constant `upload`",
            );
        }
    }
}

fn same_upload(group: &Group) -> Option<f64> {
    let traced = matches!(&group.arrival, Arrival::Trace { peers, .. } if peers.iter().any(|p| p.upload.is_some()));
    match &group.capacity {
        Capacity::Separate { upload, .. } if !traced => match upload.shape {
            Shape::Constant(value) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// What messages call a mode that leaves keys unused.
fn name(mode: Mode) -> Option<&'static str> {
    match mode {
        Mode::Bittorrent => None,
        Mode::RandomContact => Some("random-contact"),
        Mode::Rounds { .. } => Some("rounds"),
    }
}

/// Takes out of `file` all that only the protocol knows; the paths of what was there.
pub(in crate::scenario) fn take_unused(file: &mut ScenarioFile) -> Vec<Path> {
    let mut unused = Unused::default();
    unused.take(&["preset"], &mut file.preset);
    unused.take(&["network"], &mut file.network);
    unused.take(&["tracker"], &mut file.tracker);
    if let Some(shared) = &mut file.file {
        unused.take(&["file", "block_size"], &mut shared.block_size);
    }
    for (index, group) in file.group.iter_mut().flatten().enumerate() {
        unused.below = vec![Step::Key("group".to_owned()), Step::Index(index)];
        unused.take(&["preset"], &mut group.preset);
        unused.take(&["download"], &mut group.download);
        unused.take(&["crash"], &mut group.crash);
        unused.take(&["connections"], &mut group.connections);
        unused.take(&["rechoke"], &mut group.rechoke);
        unused.take(&["super_seeding"], &mut group.super_seeding);
        unused.take_unless("choking", &mut group.choking, is_free_rider);
        unused.take_unless("seeding", &mut group.seeding, is_free_rider);
        for (row, class) in group.capacity_classes.iter_mut().flatten().enumerate() {
            let below = unused.below.clone();
            unused
                .below
                .extend([Step::Key("capacity_classes".to_owned()), Step::Index(row)]);
            unused.take(&["download"], &mut class.download);
            unused.below = below;
        }
        if let Some(Choice(picking)) = &mut group.picking {
            let (name, rules) = match picking {
                PickingFile::RarestFirst(rules) => ("rarest-first", rules),
                PickingFile::Random(rules) => ("random", rules),
                PickingFile::Sequential(rules) => ("sequential", rules),
                PickingFile::GlobalRarest(rules) => ("global-rarest", rules),
            };
            unused.take(&["picking", name, "random_first"], &mut rules.random_first);
            unused.take(&["picking", name, "strict_priority"], &mut rules.strict_priority);
            unused.take(&["picking", name, "endgame"], &mut rules.endgame);
        }
    }
    unused.paths
}

fn is_free_rider(choking: &Choice<ChokingFile>) -> bool {
    matches!(choking.0, ChokingFile::FreeRider(_))
}

/// Paths of what has been taken.
#[derive(Default)]
struct Unused {
    below: Path,
    paths: Vec<Path>,
}

impl Unused {
    fn take<T>(&mut self, keys: &[&str], item: &mut Option<T>) {
        if item.take().is_some() {
            let steps = keys.iter().map(|key| Step::Key((*key).to_owned()));
            self.paths.push(self.below.iter().cloned().chain(steps).collect());
        }
    }

    fn take_unless<T>(&mut self, key: &str, item: &mut Option<T>, stays: fn(&T) -> bool) {
        if !item.as_ref().is_some_and(stays) {
            self.take(&[key], item);
        }
    }
}
