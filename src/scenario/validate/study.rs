//! The tables `[sweep]` and `[compare]`: checked, with the place of what later steps may have to complain about.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::check::{Check, Finding};
use crate::scenario::document::Path;
use crate::scenario::file::ScenarioFile;
use crate::scenario::file::choice::Or;
use crate::scenario::file::study::{CompareSection, Item, Keyed, SweepSection};
use crate::scenario::limits::{
    CONFIDENCE_MAX, CONFIDENCE_MIN, KEYS_MAX, LABEL_CHARS_MAX, PRECISION_MAX, PRECISION_MIN, ROWS_MAX, RUNS_MAX,
    TEXT_CHARS_MAX, TIME_MAX, VARIANTS_MAX,
};
use crate::scenario::study::{Axis, NamedVariant, Placed, Study, Variation, WarmUp};
use crate::scenario::{Override, Place};
use crate::terminal::is_obeyed;
use crate::units::SimDuration;

/// Finds the place of an item.
pub(super) type Places<'p> = &'p dyn Fn(&Path) -> Place;

/// The study of `file`, and what is wrong with it; `places` finds where its items stand.
pub(in crate::scenario) fn study(file: &ScenarioFile, places: Places<'_>) -> (Study, Vec<Finding>) {
    let findings = RefCell::new(Vec::new());
    let root = Check::root(&findings);
    let sweep = file.sweep.clone().unwrap_or_default();
    let compare = file.compare.clone().unwrap_or_default();
    let (sweep_at, at) = (root.key("sweep"), root.key("compare"));
    let study = Study {
        runs: sweep.runs.map(|runs| sweep_at.key("runs").count(runs, 1, RUNS_MAX)),
        variation: variation(&sweep_at, &sweep, places),
        baseline: compare
            .baseline
            .as_deref()
            .map(|name| placed(&at.key("baseline"), name, LABEL_CHARS_MAX, places)),
        confidence: compare
            .confidence
            .map(|level| at.key("confidence").within(level, CONFIDENCE_MIN, CONFIDENCE_MAX)),
        precision: compare
            .precision
            .map(|share| at.key("precision").within(share, PRECISION_MIN, PRECISION_MAX)),
        max_runs: compare.max_runs.map(|runs| at.key("max_runs").count(runs, 1, RUNS_MAX)),
        metrics: metrics(&at.key("metrics"), &compare, places),
        warm_up: warm_up(&at.key("warm_up"), &compare),
    };
    (study, findings.into_inner())
}

fn metrics(at: &Check<'_>, file: &CompareSection, places: Places<'_>) -> Vec<Placed<String>> {
    let names = file.metrics.as_deref();
    if names.is_some_and(<[String]>::is_empty) {
        at.error("no metric to compare", "name some, or leave `metrics` out");
    }
    figures(at, names.unwrap_or_default(), places)
}

/// Names of figures, which those who know the results look up.
pub(super) fn figures(at: &Check<'_>, names: &[String], places: Places<'_>) -> Vec<Placed<String>> {
    at.at_most(names.len(), ROWS_MAX, "figures");
    let name = |(index, name): (usize, &String)| placed(&at.index(index), name, TEXT_CHARS_MAX, places);
    names.iter().enumerate().map(name).collect()
}

/// The text at `at`, which may have `most` characters, with its place.
pub(super) fn placed(at: &Check<'_>, text: &str, most: usize, places: Places<'_>) -> Placed<String> {
    Placed {
        value: at.text(text, most),
        place: places(at.path()),
    }
}

fn warm_up(at: &Check<'_>, file: &CompareSection) -> Option<WarmUp> {
    Some(match file.warm_up.as_ref()? {
        Or::Word(_) => WarmUp::None,
        Or::Value(Or::Word(_)) => WarmUp::Mser5,
        Or::Value(Or::Value(time)) => WarmUp::Until(at.within(*time, SimDuration::ZERO, TIME_MAX)),
    })
}

fn variation(at: &Check<'_>, file: &SweepSection, places: Places<'_>) -> Variation {
    let Some(variants) = &file.variant else {
        return Variation::Grid(axes(&at.key("vary"), file, places));
    };
    if file.vary.is_some() {
        at.key("vary").error(
            "either `vary` or `[[sweep.variant]]` says what is varied",
            "remove one of the two",
        );
    }
    if variants.is_empty() || variants.len() > VARIANTS_MAX {
        at.key("variant").error(
            format!("{} variants", variants.len()),
            format!("from 1 to {VARIANTS_MAX} are possible"),
        );
    }
    let mut names = BTreeSet::new();
    let mut named = Vec::new();
    for (index, variant) in variants.iter().enumerate() {
        let at = at.key("variant").index(index);
        let name = at.key("name").required(variant.name.clone(), "\"baseline\"");
        let name = name.unwrap_or_default();
        let example = "write for example: name = \"baseline\"";
        if variant.name.is_some() && name.trim().is_empty() {
            at.key("name").error("a name without letters", example);
        } else if name.contains(|c| c == '\n' || is_obeyed(c)) {
            let fault = "a name with a line break, a tab or another control character";
            at.key("name").error(fault, example);
        } else if name.chars().count() > LABEL_CHARS_MAX {
            at.key("name").error(
                format!("a name of {} characters", name.chars().count()),
                format!("at most {LABEL_CHARS_MAX} are possible: it stands in every row of the tables"),
            );
        }
        if variant.name.is_some() && !names.insert(name.clone()) {
            at.key("name").error(
                format!("`{name}` is the name of another variant too"),
                "each variant needs a name of its own",
            );
        }
        named.push(NamedVariant {
            name,
            set: overrides(&at.key("set"), variant.set.as_ref(), places),
        });
    }
    Variation::Named(named)
}

/// The changes that the table `at` names.
pub(super) fn overrides(at: &Check<'_>, set: Option<&Keyed<Item>>, places: Places<'_>) -> Vec<Override> {
    let set = set.map_or(&[][..], |set| &set.0);
    at.at_most(set.len(), KEYS_MAX, "keys");
    set.iter()
        .map(|(key, item)| Override {
            text: format!("{key}={}", item.0),
            key: places(at.key(key).path()),
            value: places(at.key(key).path()),
        })
        .collect()
}

fn axes(at: &Check<'_>, file: &SweepSection, places: Places<'_>) -> Vec<Axis> {
    let mut axes = Vec::new();
    for (key, items) in file.vary.iter().flat_map(|vary| &vary.0) {
        let at = at.key(key);
        if items.is_empty() || items.len() > VARIANTS_MAX {
            at.error(
                format!("{} values to try", items.len()),
                format!("from 1 to {VARIANTS_MAX} are possible"),
            );
        }
        let placed = |(index, item): (usize, &Item)| Placed {
            value: item.0.clone(),
            place: places(at.index(index).path()),
        };
        axes.push(Axis {
            place: places(at.path()),
            keys: vec![key.clone()],
            name: key.clone(),
            values: items.iter().enumerate().map(placed).collect(),
        });
    }
    axes
}
