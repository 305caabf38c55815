//! What is varied becomes variants: every combination of the values of all axes, or those with names; each with a label.

use std::collections::BTreeSet;

use toml::Value;

use super::factors::{Factor, text};
use super::list;
use crate::scenario::limits::{AXES_MAX, LABEL_CHARS_MAX, VARIANTS_MAX};
use crate::scenario::model::{Choking, StartsWith};
use crate::scenario::study::{Axis, Placed, Variation};
use crate::scenario::{Override, Place, Scenario, ScenarioError};

/// Between the values of a combination.
const AND: &str = " · ";

/// The axis of `--choker`: the chokers of `list` for the leechers of all groups of `scenario` that do not free-ride.
///
/// # Errors
/// When there are no such groups, when one of them has a mix, or the list has gaps.
pub fn chokers(scenario: &Scenario, list: &str) -> Result<Axis, ScenarioError> {
    let place = Place::on_command_line("--choker", list);
    let plays = |group: &&crate::scenario::model::Group| {
        group.starts_with != StartsWith::All && group.choking != Choking::FreeRider
    };
    let groups = scenario.groups.iter().filter(plays);
    // An entry of a mix is called group/entry; no other name has a slash.
    if let Some((group, entry)) = groups.clone().find_map(|group| group.name.split_once('/')) {
        return Err(ScenarioError::at(
            &place,
            format!("group `{group}` mixes strategies, and `--choker` would replace all of them"),
            format!("--vary 'group.{group}.mix.{entry}.choking=…' varies one of them"),
        ));
    }
    let keys: Vec<_> = groups
        .map(|group| format!("group.\"{}\".choking", group.name))
        .collect();
    if keys.is_empty() {
        return Err(ScenarioError::at(
            &place,
            "no group has leechers that could play another choker",
            "--vary 'group.<name>.choking=…' names a group",
        ));
    }
    Ok(Axis {
        keys,
        place,
        name: String::new(),
        values: list::values("--choker", list, 0)?,
    })
}

/// A variant that is to be made.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name in tables.
    pub label: String,
    /// What it has of each axis of a grid; nothing if the variants have names.
    pub factors: Vec<Factor>,
    /// What is different in it.
    pub changes: Vec<Override>,
}

/// The variants, the first axis changing slowest.
///
/// # Errors
/// When two variants have the same label, two axes the same key, there are too many of either, or a label is too long.
pub fn variants(variation: &Variation) -> Result<Vec<Choice>, ScenarioError> {
    let axes = match variation {
        Variation::Named(named) => {
            let variants = named.iter().map(|variant| Choice {
                label: variant.name.clone(),
                factors: Vec::new(),
                changes: variant.set.clone(),
            });
            return Ok(variants.collect());
        }
        Variation::Grid(axes) => axes,
    };
    check_axes(axes)?;
    let mut combinations: Vec<Vec<(&Axis, &Placed<Value>)>> = vec![Vec::new()];
    for axis in axes {
        let longer = |start: &Vec<_>| {
            let start = start.clone();
            axis.values
                .iter()
                .map(move |value| start.iter().copied().chain([(axis, value)]).collect::<Vec<_>>())
        };
        combinations = combinations.iter().flat_map(longer).collect();
    }
    combinations.retain(|combination| !combination.is_empty());
    let choice = |combination: &Vec<(&Axis, &Placed<Value>)>| Choice {
        label: label(combination),
        factors: combination
            .iter()
            .map(|(axis, item)| Factor::new(axis, &item.value))
            .collect(),
        changes: changes(combination),
    };
    let choices: Vec<Choice> = combinations.iter().map(choice).collect();
    let length = |choice: &Choice| choice.label.chars().count();
    match (
        choices.iter().map(length).max(),
        axes.last().and_then(|axis| axis.values.last()),
    ) {
        (Some(longest), Some(last)) if longest > LABEL_CHARS_MAX => Err(ScenarioError::at(
            &last.place,
            format!("a variant would have a name of {longest} characters"),
            format!("at most {LABEL_CHARS_MAX} are possible: give the variants names, with [[sweep.variant]]"),
        )),
        _ => Ok(choices),
    }
}

fn check_axes(axes: &[Axis]) -> Result<(), ScenarioError> {
    if let Some(one_too_many) = axes.get(AXES_MAX) {
        return Err(ScenarioError::at(
            &one_too_many.place,
            format!("{} keys are varied", axes.len()),
            format!("at most {AXES_MAX} are possible: name the variants, with [[sweep.variant]]"),
        ));
    }
    let mut keys = BTreeSet::new();
    for axis in axes {
        if let Some(twice) = axis.keys.iter().find(|key| !keys.insert(key.replace('"', ""))) {
            return Err(ScenarioError::at(
                &axis.place,
                format!("`{twice}` is varied twice"),
                "put all its values into one list",
            ));
        }
        let mut values = BTreeSet::new();
        if let Some(again) = axis.values.iter().find(|item| !values.insert(text(&item.value))) {
            return Err(ScenarioError::at(
                &again.place,
                format!("`{}` is in the list twice", text(&again.value)),
                "remove one of the two",
            ));
        }
    }
    let count = axes
        .iter()
        .fold(1, |count: usize, axis| count.saturating_mul(axis.values.len()));
    match axes.last().and_then(|axis| axis.values.last()) {
        Some(last) if count > VARIANTS_MAX => Err(ScenarioError::at(
            &last.place,
            format!("{count} variants"),
            format!("at most {VARIANTS_MAX} are possible: vary less"),
        )),
        _ => Ok(()),
    }
}

fn changes(combination: &[(&Axis, &Placed<Value>)]) -> Vec<Override> {
    let of_axis = |(axis, item): &(&Axis, &Placed<Value>)| -> Vec<Override> {
        let one = |key: &String| Override {
            text: format!("{key}={}", item.value),
            key: axis.place.clone(),
            value: item.place.clone(),
        };
        axis.keys.iter().map(one).collect()
    };
    combination.iter().flat_map(of_axis).collect()
}

/// The last part of a key, with the name of its group in front if it is of one; an entry of a mix is a group of its own.
fn end_of_key(key: &str) -> String {
    let last = key.rsplit('.').next().unwrap_or_default();
    let Some((group, rest)) = key.strip_prefix("group.").and_then(|rest| rest.split_once('.')) else {
        return last.to_owned();
    };
    match rest.strip_prefix("mix.").and_then(|rest| rest.split_once('.')) {
        Some((entry, _)) => format!("{group}/{entry}.{last}"),
        None => format!("{group}.{last}"),
    }
}

/// Words stand for themselves; alone, other values have their key in front, in a combination only those without a unit.
fn label(combination: &[(&Axis, &Placed<Value>)]) -> String {
    let alone = combination.len() == 1;
    let part = |(axis, item): &(&Axis, &Placed<Value>)| {
        let text = text(&item.value);
        let word = item.value.is_str() && text.starts_with(char::is_alphabetic);
        if axis.name.is_empty() || word || (item.value.is_str() && !alone) {
            return text;
        }
        let key = if alone { &axis.name } else { &end_of_key(&axis.name) };
        format!("{key}={text}")
    };
    combination.iter().map(part).collect::<Vec<_>>().join(AND)
}

#[cfg(test)]
mod tests {
    use super::super::list::axis;
    use super::*;
    use crate::metrics::testing::{leechers, scenario, seeds};
    use crate::scenario::model::Group;

    fn grid(lists: &[&str]) -> Result<Vec<(String, Vec<String>)>, String> {
        let axes = lists.iter().map(|list| axis("--vary", list).expect("a list")).collect();
        let variants = variants(&Variation::Grid(axes)).map_err(|error| error.to_string())?;
        let texts = |changes: Vec<Override>| changes.into_iter().map(|change| change.text).collect();
        Ok(variants
            .into_iter()
            .map(|choice| (choice.label, texts(choice.changes)))
            .collect())
    }

    fn labels(lists: &[&str]) -> Vec<String> {
        let variants = grid(lists).unwrap_or_else(|error| panic!("{error}"));
        variants.into_iter().map(|(label, _)| label).collect()
    }

    #[test]
    fn the_last_axis_changes_fastest() {
        let variants = grid(&["group.leechers.choking=random,altruist", "file.chunk_size=64 KiB,1 MiB"]);
        let (labels, changes): (Vec<_>, Vec<_>) =
            variants.unwrap_or_else(|error| panic!("{error}")).into_iter().unzip();
        assert_eq!(
            labels,
            [
                "random · 64 KiB",
                "random · 1 MiB",
                "altruist · 64 KiB",
                "altruist · 1 MiB"
            ]
        );
        assert_eq!(
            changes[2],
            ["group.leechers.choking=\"altruist\"", "file.chunk_size=\"64 KiB\""]
        );
    }

    #[test]
    fn labels_are_short_and_say_what_a_number_means() {
        assert_eq!(labels(&["group.a.choking=random,altruist"]), ["random", "altruist"]);
        assert_eq!(
            labels(&["file.chunk_size=64 KiB,1 MiB"]),
            ["file.chunk_size=64 KiB", "file.chunk_size=1 MiB"]
        );
        assert_eq!(
            labels(&["group.a.count=50,100", "b=true"]),
            ["a.count=50 · b=true", "a.count=100 · b=true"]
        );
        assert_eq!(
            labels(&["group.a.mix.riders.share=0.1", "group.b.count=5"]),
            ["a/riders.share=0.1 · b.count=5"]
        );
    }

    #[test]
    fn what_would_be_the_same_twice_is_refused() {
        let refused = |lists: &[&str]| grid(lists).expect_err("the same twice");
        assert!(refused(&["a=x,y,x"]).contains("`x` is in the list twice"));
        assert!(refused(&["a=x", "a=y"]).contains("`a` is varied twice"));
        let many = format!("a={}", (0..40).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
        let too_many = refused(&[&many, &many.replace("a=", "b=")]);
        assert!(too_many.contains("1600 variants"), "{too_many}");
        let words: Vec<_> = (0..=AXES_MAX).map(|n| format!("k{n}=\"a\"")).collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        assert!(grid(&words[1..]).is_ok(), "the shortest names are just short enough");
        assert!(refused(&words).contains("51 keys are varied"));
        // A label is the key, `=`, and the value.
        let long = |chars: usize| grid(&[&format!("a={},1", "9".repeat(chars - 2))]);
        assert!(long(200).is_ok());
        let too_long = long(201).expect_err("too long");
        assert!(
            too_long.contains("201 characters") && too_long.contains("[[sweep.variant]]"),
            "{too_long}"
        );
    }

    #[test]
    fn a_choker_is_for_leechers_that_do_not_free_ride() {
        let free_riders = Group {
            name: "lazy".to_owned(),
            choking: Choking::FreeRider,
            ..leechers()
        };
        let swarm = scenario(vec![seeds(), leechers(), free_riders]);
        let axis = chokers(&swarm, "random,altruist").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(axis.keys, ["group.\"leechers\".choking"]);
        let variants = variants(&Variation::Grid(vec![axis])).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(variants[0].label, "random");
        assert_eq!(
            (&*variants[0].factors[0].name, &*variants[0].factors[0].setting),
            ("choking", "random")
        );
        assert!(chokers(&scenario(vec![seeds()]), "random").is_err());
        let mut mixed = swarm.clone();
        mixed.groups[1].name = "fast/tit-for-tat".into();
        let error = chokers(&mixed, "random").map(|axis| axis.keys).expect_err("a mix");
        assert!(error.to_string().contains("group `fast` mixes strategies"), "{error}");
    }
}
