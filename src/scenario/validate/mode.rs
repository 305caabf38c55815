//! How chunks move, and what a scenario must not say because that mode has no use for it.

use super::Check;
use crate::scenario::document::{Path, Step};
use crate::scenario::draw::Shape;
use crate::scenario::file::ScenarioFile;
use crate::scenario::file::choice::{Choice, Or};
use crate::scenario::file::group::GroupFile;
use crate::scenario::file::mode::{ModeFile, RoundsFile};
use crate::scenario::file::strategy::{ChokingFile, PickingFile, PickingRules};
use crate::scenario::limits::SMALL_COUNT_MAX;
use crate::scenario::model::{Arrival, Capacity, Group, Mode, Scenario};

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
pub(super) fn check_uploads(at: &Check<'_>, scenario: &Scenario) {
    if !matches!(scenario.run.mode, Mode::Rounds { .. }) {
        return;
    }
    let mut first = None;
    for (index, cohort) in scenario.cohorts().enumerate() {
        let at = at.index(index);
        // The strategies of a mix share arrivals and uploads.
        if has_traced_uploads(&cohort[0]) {
            at.key("arrival").error(
                "in rounds every peer sends one chunk in the same time, but peers of this trace have an upload of their own",
                "leave `upload` out of the trace",
            );
            continue;
        }
        let upload = same_upload(&cohort[0]);
        if upload.is_none() || upload != *first.get_or_insert(upload) {
            at.key("upload").error(
                "in rounds every peer sends one chunk in the same time",
                "give all groups the same constant `upload`",
            );
        }
    }
}

fn has_traced_uploads(group: &Group) -> bool {
    matches!(&group.arrival, Arrival::Trace { peers, .. } if peers.iter().any(|p| p.upload.is_some()))
}

fn same_upload(group: &Group) -> Option<f64> {
    match &group.capacity {
        Capacity::Separate { upload, .. } => match upload.shape {
            Shape::Constant(_) => Some(upload.mean()),
            _ => None,
        },
        Capacity::Classes(_) => None,
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
        unused.take_from_group(group);
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

    /// Takes from each row of the table `key`, with what `take` is told of it.
    fn take_from_rows<T>(&mut self, key: &str, rows: Option<&mut Vec<T>>, take: fn(&mut Self, &mut T)) {
        let below = self.below.clone();
        for (index, row) in rows.into_iter().flatten().enumerate() {
            self.below.extend([Step::Key(key.to_owned()), Step::Index(index)]);
            take(self, row);
            self.below.clone_from(&below);
        }
    }

    fn take_from_group(&mut self, group: &mut GroupFile) {
        self.take(&["preset"], &mut group.preset);
        self.take(&["download"], &mut group.download);
        self.take(&["crash"], &mut group.crash);
        self.take(&["connections"], &mut group.connections);
        self.take(&["large_view"], &mut group.large_view);
        self.take(&["rechoke"], &mut group.rechoke);
        self.take(&["pipelining"], &mut group.pipelining);
        self.take(&["kept_quota"], &mut group.kept_quota);
        self.take(&["super_seeding"], &mut group.super_seeding);
        self.take(&["smart_seeding"], &mut group.smart_seeding);
        self.take_unless("choking", &mut group.choking, is_free_rider);
        self.take_unless("seeding", &mut group.seeding, is_free_rider);
        self.take_from_picking(&mut group.picking);
        self.take_from_rows("capacity_classes", group.capacity_classes.as_mut(), |unused, class| {
            unused.take(&["download"], &mut class.download);
        });
        self.take_from_rows("mix", group.mix.as_mut(), |unused, entry| {
            unused.take(&["connections"], &mut entry.connections);
            unused.take(&["large_view"], &mut entry.large_view);
            unused.take(&["rechoke"], &mut entry.rechoke);
            unused.take_unless("choking", &mut entry.choking, is_free_rider);
            unused.take_unless("seeding", &mut entry.seeding, is_free_rider);
            unused.take_from_picking(&mut entry.picking);
        });
    }

    fn take_from_picking(&mut self, picking: &mut Option<Choice<PickingFile>>) {
        let Some(Choice(picking)) = picking else { return };
        let (name, rules): (_, &mut PickingRules) = match picking {
            PickingFile::RarestFirst(rules) => ("rarest-first", rules),
            PickingFile::Random(rules) => ("random", rules),
            PickingFile::Sequential(rules) => ("sequential", rules),
            PickingFile::GlobalRarest(rules) => ("global-rarest", rules),
            PickingFile::ModeSuppression(rules) => ("mode-suppression", rules),
        };
        self.take(&["picking", name, "random_first"], &mut rules.random_first);
        self.take(&["picking", name, "strict_priority"], &mut rules.strict_priority);
        self.take(&["picking", name, "endgame"], &mut rules.endgame);
    }
}
