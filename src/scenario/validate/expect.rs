//! The tables `[[expect]]`: checked, but for the names of figures, which only those who know the results can check.

use std::cell::RefCell;

use super::check::{Check, Finding};
use super::study::{Places, figures, overrides, placed};
use crate::scenario::expect::{Expectation, Target, Tier};
use crate::scenario::file::ScenarioFile;
use crate::scenario::file::expect::{DistributionFile, ExpectFile};
use crate::scenario::limits::{EXPECTATIONS_MAX, NAME_CHARS_MAX, RUNS_MAX, TEXT_CHARS_MAX};
use crate::scenario::study::Placed;

const SEEDS: u32 = 10;

/// What `file` expects, and what is wrong with that; `places` finds where its items stand.
pub(in crate::scenario) fn expectations(file: &ScenarioFile, places: Places<'_>) -> (Vec<Expectation>, Vec<Finding>) {
    let findings = RefCell::new(Vec::new());
    let at = Check::root(&findings).key("expect");
    let tables = file.expect.as_deref().unwrap_or_default();
    at.at_most(tables.len(), EXPECTATIONS_MAX, "expectations");
    let tables = tables.iter().enumerate();
    let expected = tables.filter_map(|(index, table)| expectation(&at.index(index), table, places));
    let expected = expected.collect();
    (expected, findings.into_inner())
}

fn expectation(at: &Check<'_>, file: &ExpectFile, places: Places<'_>) -> Option<Expectation> {
    let id = at.key("id").required(file.id.clone(), "\"KR-3\"");
    let tier = at.key("tier").required(file.tier, "\"b\"");
    let says = at
        .key("says")
        .required(file.says.clone(), "\"30 peers finish near the bound\"");
    let source = at.key("source").required(file.source.clone(), "\"Kumar & Ross 2006\"");
    let text = |key: &str, text: &Option<String>, most: usize| Some(at.key(key).text(text.as_deref()?, most));
    text("id", &file.id, NAME_CHARS_MAX);
    text("says", &file.says, TEXT_CHARS_MAX);
    text("source", &file.source, TEXT_CHARS_MAX);
    let seeds = file
        .seeds
        .map_or(SEEDS, |seeds| at.key("seeds").count(seeds, 1, RUNS_MAX));
    let target = target(at, file, places);
    Some(Expectation {
        id: id?,
        tier: tier.unwrap_or(Tier::A),
        says: says?,
        source: source?,
        set: overrides(&at.key("set"), file.set.as_ref(), places),
        against: overrides(&at.key("against"), file.against.as_ref(), places),
        seeds,
        target: target?,
        known: text("known", &file.known, TEXT_CHARS_MAX),
    })
}

fn target(at: &Check<'_>, file: &ExpectFile, places: Places<'_>) -> Option<Target> {
    let bounded = file.above.is_some() || file.below.is_some();
    let given = [
        file.value.is_some(),
        bounded,
        file.order.is_some(),
        file.distribution.is_some(),
    ];
    if given.into_iter().filter(|given| *given).count() != 1 {
        at.error(
            "an expectation is one of `value`, a bound, `order` and `distribution`",
            "write for example: value = 2111.0 and within_percent = 6.0, or: below = 1.05, or: order = [\"…\", \"…\"]",
        );
        return None;
    }
    let tolerances = [("within", file.within), ("within_percent", file.within_percent)];
    for (key, _) in tolerances
        .iter()
        .filter(|(_, given)| given.is_some() && file.value.is_none())
    {
        at.key(key).error(
            format!("`{key}` is the tolerance of a `value`"),
            "remove it, or give a `value`",
        );
    }
    if let Some(names) = &file.order {
        return order(at, file, names, places);
    }
    if let Some(wanted) = &file.distribution {
        return Some(distribution(at, file, wanted, places));
    }
    let figure_at = at.key("figure");
    let name = figure_at.required(file.figure.as_deref(), "\"completion_mean_s\"")?;
    let figure = placed(&figure_at, name, TEXT_CHARS_MAX, places);
    match file.value {
        Some(value) => Some(Target::Value {
            figure,
            value: at.key("value").within(value, f64::MIN, f64::MAX),
            tolerance: tolerance(at, file, value)?,
        }),
        None => bounds(at, file, figure),
    }
}

fn tolerance(at: &Check<'_>, file: &ExpectFile, value: f64) -> Option<f64> {
    match (file.within, file.within_percent) {
        (Some(within), None) => Some(at.key("within").within(within, 0.0, f64::MAX)),
        (None, Some(percent)) => Some(at.key("within_percent").within(percent, 0.0, 100.0) / 100.0 * value.abs()),
        _ => {
            at.key("value").error(
                "a `value` has one tolerance",
                "give either `within`, in its unit, or `within_percent`",
            );
            None
        }
    }
}

fn bounds(at: &Check<'_>, file: &ExpectFile, figure: Placed<String>) -> Option<Target> {
    let bound = |key: &str, bound: Option<f64>| Some(at.key(key).within(bound?, f64::MIN, f64::MAX));
    let above = bound("above", file.above).unwrap_or(f64::NEG_INFINITY);
    let below = bound("below", file.below).unwrap_or(f64::INFINITY);
    if above > below {
        at.key("above")
            .error(format!("nothing is above {above} and below {below}"), "swap the two");
        return None;
    }
    Some(Target::Bounds { figure, above, below })
}

fn order(at: &Check<'_>, file: &ExpectFile, names: &[String], places: Places<'_>) -> Option<Target> {
    has_no_figure(at, file, "`order` names its figures itself");
    let at = at.key("order");
    if names.len() < 2 {
        at.error("an order needs two figures", "name the lowest first");
        return None;
    }
    Some(Target::Order(figures(&at, names, places)))
}

fn distribution(at: &Check<'_>, file: &ExpectFile, wanted: &DistributionFile, places: Places<'_>) -> Target {
    has_no_figure(at, file, "`distribution` looks at completion times");
    if file.against.is_some() {
        at.key("against")
            .error("`distribution` is no figure to divide", "remove `against`");
    }
    let at = at.key("distribution");
    Target::Distribution {
        group: placed(&at.key("group"), &wanted.group, TEXT_CHARS_MAX, places),
        measured: placed(&at.key("measured"), &wanted.measured, TEXT_CHARS_MAX, places),
        distance: at.key("distance").within(wanted.distance, 0.0, 1.0),
    }
}

fn has_no_figure(at: &Check<'_>, file: &ExpectFile, why: &str) {
    if file.figure.is_some() {
        at.key("figure").error(why, "remove `figure`");
    }
}
