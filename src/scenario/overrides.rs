//! `--set key.path=value`: one key of a scenario replaced from the command line.
//!
//! Groups, and the strategies of a mix, are addressed by name or by index. A value takes the place of what stood there, all of it; only the name of a
//! group, or of a strategy, stays. To set one alternative of a choice (`choking`, `arrival`, a distribution …) removes the one that stood there.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::Document;
use super::problem::Problem;

/// Keys whose table holds one alternative.
const CHOICES: [&str; 9] = [
    "arrival",
    "departure",
    "starts_with",
    "choking",
    "seeding",
    "picking",
    "upload",
    "download",
    "linger",
];

/// The same below `starts_with`.
const NESTED_CHOICE: &str = "fraction";

/// Keys that stand beside the alternatives of a distribution.
const BOUNDS: [&str; 2] = ["at_least", "at_most"];

/// What an entry of a mix is called that names neither itself nor a choking rule; as is its group.
const DEFAULT_CHOKING: &str = "tit-for-tat";

type Problems = Vec<(Range<usize>, Problem)>;

/// Puts the override `text`, which starts at place `start`, into `document`.
pub(super) fn apply<'i>(document: &mut Document<'i>, text: &'i str, start: usize) -> Result<(), Problems> {
    let whole = start..start + text.len();
    let Some(equals) = equals_sign(text) else {
        let problem = Problem::error(format!("`{text}` sets nothing")).help("write --set key.path=value");
        return Err(vec![(whole, problem)]);
    };
    let set = Document::parse(text, start).map_err(|problems| not_toml(text, equals, start, problems))?;
    let (DeValue::Table(target), DeValue::Table(table)) = (document.root.get_mut(), set.root.into_inner()) else {
        return Ok(());
    };
    merge(target, table, start + equals)
}

/// Offset of the `=` after the key; quoted parts of the key may hold one.
pub(crate) fn equals_sign(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (None, '=') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        None
    })
}

/// The problem of an override that does not parse; mostly a pair of quotes is missing.
fn not_toml(text: &str, equals: usize, start: usize, problems: Problems) -> Problems {
    let (key, value) = (text[..equals].trim(), text[equals + 1..].trim());
    let quoted = format!("{key}=\"{value}\"");
    if value.is_empty() || DeTable::parse(&quoted).is_err() {
        return problems;
    }
    let lead = text[equals + 1..].len() - text[equals + 1..].trim_start().len();
    let place = start + equals + 1 + lead;
    let problem = Problem::error(format!("`{value}` is text and needs quotes")).help(format!(
        "write it as TOML, and quote that for the shell: --set '{quoted}'"
    ));
    vec![(place..place + value.len(), problem)]
}

/// Puts `set` into `target`. What starts after the place `equals` is a value, what starts before is part of the key.
fn merge<'i>(target: &mut DeTable<'i>, set: DeTable<'i>, equals: usize) -> Result<(), Problems> {
    let choking = choking_word(target).unwrap_or(DEFAULT_CHOKING).to_string();
    for (key, value) in set {
        let name = key.get_ref().to_string();
        let (place, span) = (key.span(), value.span());
        match value.into_inner() {
            // Not a value yet, but the rest of a dotted key.
            DeValue::Table(table) if span.start < equals => {
                if !target.contains_key(name.as_str()) {
                    target.insert(key, Spanned::new(span, DeValue::Table(DeTable::new())));
                }
                if let Some(item) = target.get_mut(name.as_str()) {
                    make_room(&name, item, &table);
                    descend(&name, place, item, table, &choking, equals)?;
                }
            }
            value => {
                // The old key goes too: its place is not that of the new one.
                target.remove(name.as_str());
                target.insert(key, Spanned::new(span, value));
            }
        }
    }
    Ok(())
}

/// Goes on with `set` inside `item`, the value of `name`. Beside it stands the rule `choking`.
fn descend<'i>(
    name: &str,
    place: Range<usize>,
    item: &mut Spanned<DeValue<'i>>,
    set: DeTable<'i>,
    choking: &str,
    equals: usize,
) -> Result<(), Problems> {
    match item.get_mut() {
        DeValue::Table(table) => merge(table, set, equals),
        DeValue::Array(array) => {
            let element_name = |element: &Spanned<DeValue<'_>>| match name {
                "mix" => entry_name(element, choking),
                _ => own_name(element),
            };
            for (key, value) in set {
                let names: Vec<String> = array.iter().filter_map(element_name).collect();
                let index = array
                    .iter()
                    .position(|element| element_name(element).as_deref() == Some(key.get_ref()))
                    .or_else(|| key.get_ref().parse().ok().filter(|index| *index < array.len()));
                let len = array.len();
                let element = index.and_then(|index| array.get_mut(index));
                let Some(element) = element else {
                    return Err(vec![(key.span(), no_element(name, key.get_ref(), &names, len))]);
                };
                let span = value.span();
                match value.into_inner() {
                    DeValue::Table(inner) if span.start < equals => {
                        descend(key.get_ref(), key.span(), element, inner, choking, equals)?;
                    }
                    value => replace(element, Spanned::new(span, value)),
                }
            }
            Ok(())
        }
        other => {
            let kind = other.type_str();
            let problem = Problem::error(format!("`{name}` is a {kind} in this scenario and has no keys inside"))
                .help(format!("set it as a whole: --set {name}=…"));
            Err(vec![(place, problem)])
        }
    }
}

/// Puts `value` in the place of `element` of a list, whose name stays unless the value has one.
fn replace<'i>(element: &mut Spanned<DeValue<'i>>, value: Spanned<DeValue<'i>>) {
    let DeValue::Table(old) = std::mem::replace(element, value).into_inner() else {
        return;
    };
    if let DeValue::Table(table) = element.get_mut()
        && !table.contains_key("name")
        && let Some((key, name)) = old.into_iter().find(|(key, _)| key.get_ref() == "name")
    {
        table.insert(key, name);
    }
}

fn own_name(element: &Spanned<DeValue<'_>>) -> Option<String> {
    let name = element.get_ref().as_table()?.get("name")?;
    name.get_ref().as_str().map(str::to_string)
}

/// The name of an entry of a mix: its own, or its choking rule, or its group's, which is `choking`.
fn entry_name(entry: &Spanned<DeValue<'_>>, choking: &str) -> Option<String> {
    let table = entry.get_ref().as_table()?;
    let default = || choking_word(table).unwrap_or(choking).to_string();
    Some(own_name(entry).unwrap_or_else(default))
}

/// The choking rule that `table` names.
fn choking_word<'t>(table: &'t DeTable<'_>) -> Option<&'t str> {
    match table.get("choking")?.get_ref() {
        DeValue::String(word) => Some(word),
        DeValue::Table(alternative) => alternative.keys().next().map(|word| word.get_ref().as_ref()),
        _ => None,
    }
}

fn no_element(array: &str, wanted: &str, names: &[String], len: usize) -> Problem {
    let kind = if array == "mix" { "strategy" } else { array };
    let problem = Problem::error(format!("there is no {kind} `{wanted}` to set a key of"));
    if names.is_empty() {
        return problem.help(format!("`{array}` has {len} entries, counted from 0: {array}.0.…"));
    }
    let kinds = if array == "mix" { "strategies" } else { "groups" };
    problem.help(format!("the {kinds} are `{}`", names.join("`, `")))
}

/// Removes from the choice `item` what the override replaces.
fn make_room<'i>(name: &str, item: &mut Spanned<DeValue<'i>>, set: &DeTable<'i>) {
    if !CHOICES.contains(&name) && name != NESTED_CHOICE {
        return;
    }
    let only_bounds = set.keys().all(|key| BOUNDS.contains(&key.get_ref().as_ref()));
    let span = item.span();
    match item.get_mut() {
        DeValue::Table(table) if !only_bounds => {
            let goes = |key: &str| !set.contains_key(key) && !BOUNDS.contains(&key);
            let gone: Vec<_> = table
                .keys()
                .map(|key| key.get_ref().to_string())
                .filter(|key| goes(key))
                .collect();
            for key in gone {
                table.remove(key.as_str());
            }
        }
        DeValue::Table(_) | DeValue::Array(_) => {}
        value => {
            // A plain value: bounds go beside it, an alternative takes its place.
            let mut table = DeTable::new();
            if only_bounds {
                let value = std::mem::replace(value, DeValue::Boolean(false));
                table.insert(Spanned::new(span.clone(), "constant".into()), Spanned::new(span, value));
            }
            *item.get_mut() = DeValue::Table(table);
        }
    }
}
