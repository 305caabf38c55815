//! Lists that stand in the place of tables. The reader would take their elements for the values of the keys, in the order in which the
//! program happens to have these.

use std::ops::Range;

use serde_json::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::document::Document;
use super::problem::Problem;
use super::schema::{forms, root};

/// The first list in `document` that stands where only a table can.
pub(super) fn misplaced(document: &Document<'_>) -> Option<(Range<usize>, Problem)> {
    below(&document.root, &forms(root()))
}

/// The first one in `item`, which has one of the forms `here`.
fn below(item: &Spanned<DeValue<'_>>, here: &[&'static Value]) -> Option<(Range<usize>, Problem)> {
    match item.get_ref() {
        DeValue::Array(array) => {
            if let Some(keys) = keys_of_a_table(here) {
                let all_tables = !array.is_empty() && array.iter().all(|element| element.get_ref().is_table());
                return Some((item.span(), problem(all_tables, &keys)));
            }
            let elements = inside(here, |form| form.get("items"));
            array.iter().find_map(|element| below(element, &elements))
        }
        DeValue::Table(table) => table
            .iter()
            .filter(|(_, value)| value.get_ref().is_table() || value.get_ref().is_array())
            .find_map(|(key, value)| {
                let inner = inside(here, |form| form.get("properties")?.get(key.get_ref().as_ref()));
                below(value, &inner)
            }),
        _ => None,
    }
}

fn inside(here: &[&'static Value], step: impl Fn(&'static Value) -> Option<&'static Value>) -> Vec<&'static Value> {
    here.iter().copied().filter_map(step).flat_map(forms).collect()
}

/// The keys of the table that must stand where the forms `here` are possible; `None` where something else can.
fn keys_of_a_table(here: &[&'static Value]) -> Option<Vec<&'static str>> {
    let types = || here.iter().filter_map(|form| form.get("type"));
    // Keys of the user's choice are read as a table in any case.
    let own_keys = |form: &&Value| form.get("additionalProperties").is_some_and(Value::is_object);
    if types().next().is_none() || types().any(|name| name != "object") || here.iter().any(own_keys) {
        return None;
    }
    let properties = here.iter().filter_map(|form| form.get("properties")?.as_object());
    Some(properties.flat_map(|keys| keys.keys().map(String::as_str)).collect())
}

fn problem(all_tables: bool, keys: &[&str]) -> Problem {
    let problem = Problem::error("a table is wanted here, not a list");
    if all_tables {
        return problem.help("there is only one: write `[…]`, in single brackets, or `{ … }`");
    }
    match keys {
        [] => problem.help("nothing can be set here: write `{}`"),
        keys => problem.help(format!(
            "write `{{ key = value }}`, each value with its key: the keys here are `{}`",
            keys.join("`, `")
        )),
    }
}
