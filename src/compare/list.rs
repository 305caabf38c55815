//! `key=a,b,c` of the command line: a key and the values to try.

use std::ops::Range;

use toml::{Table, Value};

use crate::scenario::study::{Axis, Placed};
use crate::scenario::{Place, ScenarioError, equals_sign};

/// The axis of `text`, which was given with the option `flag`. Values are TOML or bare words.
///
/// # Errors
/// When there is no key or an empty value.
pub fn axis(flag: &str, text: &str) -> Result<Axis, ScenarioError> {
    let place = Place::on_command_line(flag, text);
    let example = "write for example: --vary 'file.chunk_size=64 KiB,256 KiB'";
    let equals = equals_sign(text).filter(|equals| !text[..*equals].trim().is_empty());
    let Some(equals) = equals else {
        return Err(ScenarioError::at(&place, format!("`{text}` varies nothing"), example));
    };
    let written = text[..equals].trim();
    let start = equals - text[..equals].trim_start().len();
    let key = spelled_out(written);
    Ok(Axis {
        keys: vec![key.clone()],
        place: Place::in_command_line(flag, text, start..start + written.len()),
        name: key,
        values: values(flag, text, equals + 1)?,
    })
}

/// The key with `choking` at its end where it says `choker`, as the option `--choker` does. No group or strategy can be meant: these have no value.
fn spelled_out(key: &str) -> String {
    match key.strip_suffix(".choker") {
        Some(group) => format!("{group}.choking"),
        None => key.to_owned(),
    }
}

/// The values of the list that begins at the byte `start` of `text`, which was given with the option `flag`.
pub(super) fn values(flag: &str, text: &str, start: usize) -> Result<Vec<Placed<Value>>, ScenarioError> {
    let value = |Range { start: from, end }: Range<usize>| {
        let item = text[start..][from..end].trim();
        let from = start + end - text[start..][from..end].trim_start().len();
        let place = Place::in_command_line(flag, text, from..from + item.len());
        match item {
            "" => Err(ScenarioError::at(
                &place,
                "a value is missing in the list",
                "remove the comma, or put a text without letters in quotes",
            )),
            item => Ok(Placed {
                value: value(item),
                place,
            }),
        }
    };
    items(&text[start..]).into_iter().map(value).collect()
}

/// `item` as TOML if it is that, else as text.
fn value(item: &str) -> Value {
    let table: Option<Table> = toml::from_str(&format!("value = {item}")).ok();
    let only = table.filter(|table| table.len() == 1);
    only.and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(item.to_owned()))
}

/// Where the parts of `list` are, between commas that stand in no quotes and no brackets.
fn items(list: &str) -> Vec<Range<usize>> {
    let (mut items, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_u32, None);
    for (at, c) in list.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                items.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(start..list.len());
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let axis = axis("--vary", text).unwrap_or_else(|error| panic!("{error}"));
        axis.values.iter().map(|item| item.value.to_string()).collect()
    }

    #[test]
    fn a_choker_is_varied_by_either_name() {
        let key = |text: &str| axis("--vary", text).unwrap_or_else(|error| panic!("{error}")).keys;
        assert_eq!(key("group.choker.choker=a,b"), ["group.choker.choking"]);
        assert_eq!(key("group.choker.choking=a,b"), ["group.choker.choking"]);
        assert_eq!(key("group.choker.count=1,2"), ["group.choker.count"]);
    }

    #[test]
    fn values_are_toml_or_bare_words() {
        assert_eq!(
            shown("key=tit-for-tat, 64 KiB,4,0.5,true,\"a, b\""),
            ["\"tit-for-tat\"", "\"64 KiB\"", "4", "0.5", "true", "\"a, b\""]
        );
        assert_eq!(
            shown("key={ random = { slots = 4 } }, [1, 2]"),
            ["{ random = { slots = 4 } }", "[1, 2]"]
        );
    }

    #[test]
    fn keys_may_hold_an_equals_sign_in_quotes() {
        let axis = axis("--vary", "group.\"a=b\".choking=random").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(axis.keys, ["group.\"a=b\".choking"]);
    }

    #[test]
    fn the_place_of_a_value_is_the_value() {
        let axis = axis("--vary", "key= 5, \"é\" ,6").unwrap_or_else(|error| panic!("{error}"));
        let place = |range| Place::in_command_line("--vary", "key= 5, \"é\" ,6", range);
        let places: Vec<_> = axis.values.into_iter().map(|item| item.place).collect();
        assert_eq!(places, [place(5..6), place(8..12), place(14..15)]);
    }

    #[test]
    fn what_is_missing_is_said() {
        for (text, message) in [
            ("choking", "`choking` varies nothing"),
            ("=a", "`=a` varies nothing"),
            ("key=a,,b", "a value is missing in the list"),
            ("key=", "a value is missing in the list"),
        ] {
            let error = axis("--vary", text).expect_err("a mistake").to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
