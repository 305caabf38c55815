//! The JSON schema of scenario files, and what follows from it: the keys of each table, and the reference page.

use std::sync::LazyLock;

use serde_json::Value;

use super::document::Step;
use super::file::ScenarioFile;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let mut schema = schemars::schema_for!(ScenarioFile).to_value();
    tidy(&mut schema);
    schema
});

/// Makes the schema say what TOML can: there is no null, and no table takes other keys than its own.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.remove("format");
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = &types[..] {
                    let only = only.clone();
                    object.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(forms)) = object.get_mut("anyOf") {
                forms.retain(|form| form.get("type").is_none_or(|name| name != "null"));
            }
            if let Some(Value::Array(values)) = object.get_mut("enum") {
                values.retain(|value| !value.is_null());
            }
            if let Some(Value::Object(properties)) = object.get_mut("properties") {
                let needed = properties.iter_mut().filter_map(|(key, value)| {
                    value.as_object_mut()?.remove("needed")?;
                    Some(Value::from(key.as_str()))
                });
                let needed: Vec<_> = needed.collect();
                if !needed.is_empty() {
                    object.insert("required".into(), needed.into());
                }
                object.insert("additionalProperties".into(), Value::Bool(false));
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// The JSON schema of scenario files, as text that ends in a newline. Editors use it to complete and to check.
///
/// # Panics
/// Never: the schema is plain data.
#[must_use]
pub fn json_schema() -> String {
    format!("{:#}\n", &*SCHEMA)
}

/// The keys that the table at `path` can have; none if no table can stand there.
pub(super) fn keys_below(path: &[Step]) -> Vec<String> {
    let mut here = forms(&SCHEMA);
    for step in path {
        here = here
            .iter()
            .filter_map(|form| match step {
                Step::Key(key) => form.get("properties")?.get(key),
                Step::Index(_) => form.get("items"),
            })
            .flat_map(forms)
            .collect();
    }
    let mut keys: Vec<String> = here
        .iter()
        .filter_map(|form| form.get("properties")?.as_object())
        .flat_map(|properties| properties.keys().cloned())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// `schema` with references followed, as the list of the forms that it allows.
pub(super) fn forms(schema: &'static Value) -> Vec<&'static Value> {
    let alternatives = ["anyOf", "oneOf"].iter().filter_map(|key| schema.get(key)?.as_array());
    let referred = schema.get("$ref").and_then(Value::as_str).and_then(definition);
    let inner = alternatives.flatten().chain(referred).flat_map(forms);
    std::iter::once(schema).chain(inner).collect()
}

fn definition(reference: &str) -> Option<&'static Value> {
    SCHEMA.pointer(reference.strip_prefix('#')?)
}

/// The whole schema.
pub(super) fn root() -> &'static Value {
    &SCHEMA
}
