//! What is written from the code is what the code writes. `SWARMSIM_BLESS=1` renews the files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use swarmsim::compare::variants;
use swarmsim::scenario::{LoadOptions, json_schema, parse, reference_markdown, starter};

fn assert_committed(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("SWARMSIM_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is out of date: run with SWARMSIM_BLESS=1",
        path.display()
    );
}

#[test]
fn the_schema_is_up_to_date() {
    assert_committed("scenarios/scenario.schema.json", &json_schema());
}

#[test]
fn the_reference_is_up_to_date() {
    assert_committed("docs/scenario.md", &(reference_markdown() + &presets()));
}

/// The section on presets: the keys that not all of them set alike.
fn presets() -> String {
    let names = ["textbook", "mainline-3.4", "mainline-4.0", "libtorrent"];
    let settings = names.map(settings);
    let keys: BTreeSet<&String> = settings.iter().flat_map(BTreeMap::keys).collect();
    let mut page = format!(
        "\n## Presets\n\nWhat a preset sets, where not all set the same: of tracker and group, as `swarmsim check` spells it out. Without a value a \
         preset has another rule, or none. Where each constant comes from stands in `src/scenario/preset.rs`.\n\n\
         | key | `{}` |\n| --- | --- | --- | --- | --- |\n",
        names.join("` | `")
    );
    for key in keys {
        let values = settings.each_ref().map(|of| of.get(key).map_or("", String::as_str));
        if values.iter().any(|value| *value != values[0]) {
            let _ = writeln!(page, "| `{key}` | {} |", values.join(" | "));
        }
    }
    page
}

/// What a scenario with this preset has for leechers and tracker, with every default spelled out.
fn settings(preset: &str) -> BTreeMap<String, String> {
    let text = format!(
        "name = \"p\"\npreset = \"{preset}\"\nfile.size = \"1 MiB\"\n\
         group = [{{ name = \"origin\", count = 1, upload = \"1 MB/s\", starts_with = \"all\" }}, \
         {{ name = \"leechers\", count = 1, upload = \"1 MB/s\" }}]"
    );
    let loaded = parse(&text, "p.toml", Path::new(""), &LoadOptions::default());
    let resolved = loaded.unwrap_or_else(|error| panic!("{error}")).scenario.to_toml();
    let table: toml::Table = resolved.parse().expect("TOML");
    let leechers = table["group"]
        .as_array()
        .and_then(|groups| groups.last())
        .expect("a group");
    let mut keys = BTreeMap::new();
    flatten("tracker", &table["tracker"], &mut keys);
    flatten("group", leechers, &mut keys);
    keys
}

/// Puts `value`, and what is in it if it is a table, under `key`.
fn flatten(key: &str, value: &toml::Value, keys: &mut BTreeMap<String, String>) {
    if let Some(table) = value.as_table() {
        for (inner, value) in table {
            flatten(&format!("{key}.{inner}"), value, keys);
        }
    } else {
        keys.insert(key.to_string(), format!("`{value}`"));
    }
}

#[test]
fn the_starter_is_a_scenario_without_warnings() {
    let loaded =
        parse(starter(), "starter", Path::new(""), &LoadOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.warnings, [""; 0]);
}

#[test]
fn the_study_of_the_page_on_sweeps_can_be_pasted_and_played() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sweeps.md")).expect("read");
    let begin = page.find("    name = \"study\"").expect("the study");
    let block = page[begin..]
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with("    "));
    let text = block.map(str::trim_start).collect::<Vec<_>>().join("\n");
    let loaded = parse(&text, "study.toml", Path::new(""), &LoadOptions::default());
    let loaded = loaded.unwrap_or_else(|error| panic!("{}", error.render(false)));
    assert_eq!(loaded.warnings, [""; 0]);
    let variants = variants(&loaded.study.variation).expect("a grid");
    assert_eq!((variants.len(), loaded.study.runs), (6, Some(10)));
}
