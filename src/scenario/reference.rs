//! The reference page of scenario files, written from their schema.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};

use serde_json::Value;

use super::limits::{
    AXES_MAX, CHUNKS_MAX, CONFIDENCE_MAX, CONFIDENCE_MIN, CONNECTION_PLACES_MAX, EXPECTATIONS_MAX, FILE_BYTES_MAX,
    FILE_SIZE_MAX, FREQUENCY_MAX, GROUPS_MAX, INTERVAL_MIN, JOBS_MAX, KEYS_MAX, LABEL_CHARS_MAX, LATENCY_MAX,
    NAME_CHARS_MAX, NESTING_MAX, NEW_NEIGHBOUR_WEIGHT_MAX, PEERS_MAX, PLAN_BYTES_MAX, PRECISION_MAX, PRECISION_MIN,
    RATE_MAX, RATE_MIN, RATIO_MAX, RATIO_MIN, REPORT_TEXT_BYTES_MAX, ROWS_MAX, RUNS_MAX, SAMPLES_MAX, SEED_MAX,
    SHARDS_MAX, SHARE_MAX, SHARE_MIN, SLOTS_MAX, SMALL_COUNT_MAX, STORE_LINE_BYTES_MAX, STUDY_RUNS_MAX,
    TABLE_BYTES_MAX, TEXT_CHARS_MAX, TIME_MAX, TRACE_BYTES_MAX, TRACE_COLUMNS_MAX, TRACE_LINE_BYTES_MAX, VARIANTS_MAX,
};
use super::schema::{forms, root};
use crate::units::{DIGITS_MAX, EXPONENT_MAX};

const INTRODUCTION: &str = "\
# Scenario files

<!-- Written from the doc comments in src/scenario/file/. To renew it: SWARMSIM_BLESS=1 cargo test --test scenario_docs -->

A scenario is a TOML file. Every key is listed here with its default; a key marked *preset* takes it from the preset, and
the default given is the one of `textbook`. [Presets](#presets) has the others side by side. Where there is no default the
key may be left out, unless it says otherwise.

- **Quantities** are text with a unit: `\"10 Mbit/s\"`, `\"256 KiB\"`, `\"30 s\"`, `\"0.4 /s\"`. `kB`, `MB`, `GB` and `TB` are
  powers of 1000, `KiB`, `MiB`, `GiB` and `TiB` powers of 1024. A bare number is an error, not a guess.
- **Distributions** stand wherever a *draw* is named: a plain value, or a table with one shape and, if you like, the bounds
  `at_least` and `at_most`: `upload = { uniform = { min = \"1 Mbit/s\", max = \"5 Mbit/s\" } }`, or for short
  `upload.uniform = { … }`.
- **Choices** are a table with one alternative, `choking.random = { slots = 4 }`, or its name alone for all defaults:
  `choking = \"random\"`. `choking` and `seeding` also take the name of a [rule of your own](own-strategy.md).
- **Overrides** on the command line, `--set 'key.path=value'`, take a TOML value. Groups are addressed by name or by index
  from 0: `--set group.leechers.count=50`, `--set 'file.size=\"10 MiB\"'`, `--set group.leechers.choking.random={}`. A
  value takes the place of what stood there: `--set 'file={size=\"10 MiB\"}'` leaves no `chunk_size`, and of a group that is set as a whole only
  the name stays. To set one alternative of a choice replaces the one that stood there.
- **Mixes** let the peers of a group play different strategies: `mix = [{ choking = \"tit-for-tat\" }, { name = \"riders\", share = 0.2, choking =
  \"free-rider\" }]`. Each entry is a group of its own in results, here `leechers/tit-for-tat` and `leechers/riders`. Which peers play what is drawn,
  exactly by share up to rounding; who comes when and with which capacity does not depend on it, and who plays a strategy stays with it when its share
  grows. Entries are addressed by name or by index: `--set group.leechers.mix.riders.share=0.4`. For a single peer among others write a second group
  with `count = 1`.
- **[Limits](#limits)** keep numbers within what can be simulated.

Line 1 of a scenario can be `#:schema ./scenario.schema.json`: editors then complete keys and show this text.
";

/// The reference of scenario files in Markdown: every key with type, default and meaning, table by table.
#[must_use]
pub fn reference_markdown() -> String {
    let mut page = INTRODUCTION.to_string();
    let mut seen = BTreeSet::new();
    let mut queue = vec![("Top level".to_string(), root())];
    while !queue.is_empty() {
        let (title, schema) = queue.remove(0);
        let children = section(&mut page, &title, schema);
        let new = children.into_iter().filter(|(title, _)| seen.insert(title.clone()));
        // Depth first: what a table refers to follows it.
        queue.splice(0..0, new);
    }
    limits(&mut page);
    page
}

/// Writes the limits, from the constants that the checks use.
fn limits(page: &mut String) {
    page.push_str(
        "\n## Limits\n\nWhat is beyond is an error. A drawn value outside of what is possible is moved to the nearest \
         possible value.\n\n| what | from | to |\n| --- | --- | --- |\n",
    );
    let mut row = |what: &str, from: &dyn Display, to: &dyn Display| {
        let _ = writeln!(page, "| {what} | {from} | {to} |");
    };
    row(
        "peers in all groups together; a Poisson or decaying group without `count` by its mean",
        &1,
        &PEERS_MAX,
    );
    row("groups, each entry of a mix counted", &1, &GROUPS_MAX);
    row("size of the file", &"1 B", &FILE_SIZE_MAX);
    row(
        "chunks of the file; a chunk is no larger than the file, a block no larger than a chunk",
        &1,
        &CHUNKS_MAX,
    );
    row(
        "characters of a name: letters, digits, `-`, `_` and `.`, which is not the first",
        &1,
        &NAME_CHARS_MAX,
    );
    row("characters of the `id` of an expectation", &0, &NAME_CHARS_MAX);
    row(
        "characters of any other text: `file` of a trace, `says`, `source`, `known`, `measured`, `group`, names of figures",
        &0,
        &TEXT_CHARS_MAX,
    );
    row("seed", &0, &SEED_MAX);
    row("times", &"0 s", &TIME_MAX);
    row(
        "intervals of what repeats, `time_limit`, `stall_limit`, `decay`, `rate_window`, `anti_snubbing`, `ahead`",
        &INTERVAL_MIN,
        &TIME_MAX,
    );
    row(
        "rows of the time series: `time_limit` by `sample_interval`",
        &0,
        &SAMPLES_MAX,
    );
    row("latency", &"0 s", &LATENCY_MAX);
    row("capacities and `connection_cap`", &RATE_MIN, &RATE_MAX);
    row("frequencies (arrivals above 0)", &"0 /s", &FREQUENCY_MAX);
    row("slots of a kind; a choker has at least one in all", &0, &SLOTS_MAX);
    row("`new_neighbour_weight`", &1, &NEW_NEIGHBOUR_WEIGHT_MAX);
    row(
        "connections, `peers_returned` (from 1), `min_neighbours`, `optimistic_every` (from 1), `quota_chunks`, `rounds` (from 1), `ahead_chunks` (from 1), `least_blocks` (from 1), `receives` (from 1)",
        &0,
        &SMALL_COUNT_MAX,
    );
    row(
        "`fraction`, shares of a mix, `distance` (`within_percent`: to 100)",
        &0,
        &1,
    );
    row(
        "places for connections of all peers that are there at once, estimated: each has as many as it opens or accepts, in a full mesh as many as peers come (peers of Poisson arrivals that leave at once or after a time are taken as gone, others as there)",
        &0,
        &CONNECTION_PLACES_MAX,
    );
    row("chunks of `all-but`", &1, &"those of the file");
    row("`random_first`", &0, &CHUNKS_MAX);
    row("`exploring_share`, `decrease`", &SHARE_MIN, &SHARE_MAX);
    row("weights, ratios, shapes and `increase`", &RATIO_MIN, &RATIO_MAX);
    row("runs of a variant, and `seeds`", &1, &RUNS_MAX);
    row("runs of all variants of a study together", &1, &STUDY_RUNS_MAX);
    row("variants, and values of a key of `vary`", &1, &VARIANTS_MAX);
    row("keys of `vary`", &0, &AXES_MAX);
    row("keys of `set` and of `against`", &0, &KEYS_MAX);
    row("expectations", &0, &EXPECTATIONS_MAX);
    row("characters of the name of a variant", &1, &LABEL_CHARS_MAX);
    row("`confidence`", &CONFIDENCE_MIN, &CONFIDENCE_MAX);
    row("`precision`", &PRECISION_MIN, &PRECISION_MAX);
    row("rows of a table and of `capacity_classes`", &1, &ROWS_MAX);
    row(
        "`outages`, `metrics` (from 1), figures of an `order` (from 2)",
        &0,
        &ROWS_MAX,
    );
    row("shards of a sweep (`--shard I/N`)", &1, &SHARDS_MAX);
    row("runs at a time (`--jobs`)", &1, &JOBS_MAX);
    row("digits of a quantity", &1, &DIGITS_MAX);
    row("its power of ten, as in `1e6 B`", &-EXPONENT_MAX, &EXPONENT_MAX);
    row(
        "lists and tables one inside the other, and keys with dots between",
        &0,
        &NESTING_MAX,
    );
    limits_of_files(&mut row);
}

/// Writes those of files, each with `row`.
fn limits_of_files(row: &mut dyn FnMut(&str, &dyn Display, &dyn Display)) {
    row(
        "bytes of a scenario, and of a file with measured times",
        &0,
        &FILE_BYTES_MAX,
    );
    row("bytes of a trace", &0, &TRACE_BYTES_MAX);
    row("bytes of a line of a trace", &0, &TRACE_LINE_BYTES_MAX);
    row("bytes of `plan.json`", &0, &PLAN_BYTES_MAX);
    row(
        "bytes of a line of the store of a study, or of its header, if that is longer: beyond, it is damaged",
        &0,
        &STORE_LINE_BYTES_MAX,
    );
    row("bytes of a table that `report` reads", &0, &TABLE_BYTES_MAX);
    row(
        "bytes of any other file that `report` reads",
        &0,
        &REPORT_TEXT_BYTES_MAX,
    );
    row(
        "columns of a trace, of which three can say something",
        &1,
        &TRACE_COLUMNS_MAX,
    );
}

/// Writes the table of one schema and returns those that it refers to.
fn section(page: &mut String, title: &str, schema: &'static Value) -> Vec<(String, &'static Value)> {
    let heading = if title == "Top level" {
        "## Top level".to_string()
    } else {
        format!("## {title}")
    };
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let _ = write!(page, "\n{heading}\n\n{}\n\n", one_line(description));
    let mut children = Vec::new();
    if let Some(alternatives) = schema.get("oneOf").and_then(Value::as_array) {
        page.push_str("| alternative | meaning | keys |\n| --- | --- | --- |\n");
        for alternative in alternatives {
            let Some((name, inner)) = alternative
                .get("properties")
                .and_then(Value::as_object)
                .and_then(|p| p.iter().next())
            else {
                continue;
            };
            let meaning = alternative
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let _ = writeln!(page, "| `{name}` | {} | {} |", one_line(meaning), type_of(inner));
            children.extend(tables_of(inner));
        }
        return children;
    }
    page.push_str("| key | type | default | meaning |\n| --- | --- | --- | --- |\n");
    for (key, value) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let meaning = value.get("description").and_then(Value::as_str).unwrap_or_default();
        let needed = schema
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|keys| keys.iter().any(|name| name == key));
        let default = if needed {
            "**must be given**".to_string()
        } else {
            default_of(value)
        };
        let _ = writeln!(
            page,
            "| `{key}` | {} | {default} | {} |",
            type_of(value),
            one_line(meaning)
        );
        children.extend(tables_of(value));
    }
    children
}

fn one_line(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

fn default_of(value: &Value) -> String {
    let preset = if value.get("preset").is_some() { " *preset*" } else { "" };
    value
        .get("default")
        .map_or_else(String::new, |default| format!("`{default}`{preset}"))
}

/// The name of the definition that `schema` refers to.
fn name_of(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// Whether `schema` has a section of its own.
fn has_section(schema: &Value) -> bool {
    let keys = schema.get("properties").and_then(Value::as_object);
    keys.is_some_and(|keys| !keys.is_empty()) || schema.get("oneOf").is_some()
}

/// The tables that `schema` names, with the titles of their sections.
fn tables_of(schema: &'static Value) -> Vec<(String, &'static Value)> {
    let array = schema.get("items").into_iter();
    let parts = schema
        .get("anyOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .chain(array);
    let mut tables: Vec<_> = parts.flat_map(tables_of).collect();
    if let Some(name) = name_of(schema) {
        let target = forms(schema)
            .into_iter()
            .find(|form| name_of(form).is_none() && has_section(form));
        tables.extend(target.map(|target| (name.to_string(), target)));
    }
    tables
}

/// The type of a key in words, with links to the tables that it can be.
fn type_of(schema: &Value) -> String {
    if let Some(name) = name_of(schema) {
        let plain = ["Size", "Rate", "Time", "Frequency", "Whole", "Nothing"];
        return match name {
            "Nothing" => "—".to_string(),
            "Any" => "any value".to_string(),
            "Whole" => "whole number".to_string(),
            name if plain.contains(&name) => name.to_lowercase(),
            name => format!("[{name}](#{})", name.to_lowercase()),
        };
    }
    if let Some(forms) = schema.get("anyOf").and_then(Value::as_array) {
        let mut names: Vec<_> = forms.iter().map(type_of).collect();
        names.dedup();
        return names.join(" or ");
    }
    if let Some(word) = schema.get("const") {
        return format!("`{word}`");
    }
    let words = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let described = schema
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|form| form.get("const"));
    let words: Vec<_> = words.chain(described).map(|word| format!("`{word}`")).collect();
    if !words.is_empty() {
        return words.join(", ");
    }
    if let Some(items) = schema.get("items") {
        return format!("list of {}", type_of(items));
    }
    if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
        return format!("table of {}", type_of(values));
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => "text".to_string(),
        Some("boolean") => "`true` or `false`".to_string(),
        Some(other) => other.to_string(),
        None => "table".to_string(),
    }
}
