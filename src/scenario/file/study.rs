//! What a scenario is compared with: `[sweep]` says what is varied, `[compare]` how the variants are compared.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::choice::{Mser5, NoWarmUp, Or, Whole};
use crate::units::SimDuration;

/// What is varied. A run of the scenario does not look at it; `swarmsim compare` does.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize, JsonSchema)]
#[schemars(rename = "Sweep")]
pub struct SweepSection {
    /// Runs of each variant, with the seeds `seed`, `seed` + 1, …
    #[schemars(extend("default" = 30))]
    pub runs: Option<Whole>,
    /// Keys of the scenario, each with the values to try; with several keys every combination is a variant. Keys are written as for `--set`, in quotes: `vary = { "file.chunk_size" = ["64 KiB", "256 KiB"] }`.
    pub vary: Option<Keyed<Vec<Item>>>,
    /// In the place of `vary`: variants with names.
    pub variant: Option<Vec<VariantFile>>,
}

/// A variant with a name of its own.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize, JsonSchema)]
#[schemars(rename = "Variant")]
pub struct VariantFile {
    /// Name of the variant in tables; any text of up to 200 characters.
    #[schemars(extend("needed" = true))]
    pub name: Option<String>,
    /// What is different in it: keys of the scenario as for `--set`, in quotes, with their values. Nothing for the scenario as it is.
    pub set: Option<Keyed<Item>>,
}

/// How variants are compared by `swarmsim compare`.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize, JsonSchema)]
#[schemars(rename = "Compare")]
pub struct CompareSection {
    /// The variant that the others are held against. By default the first.
    pub baseline: Option<String>,
    /// Level of the confidence intervals.
    #[schemars(extend("default" = 0.95))]
    pub confidence: Option<f64>,
    /// Runs are added until the half-width of the interval of the first metric is no more than this share of its mean, for every variant: 0.02 for 2 %. By default none are added.
    pub precision: Option<f64>,
    /// No variant gets more runs than this, whatever `precision` asks for.
    #[schemars(extend("default" = 200))]
    pub max_runs: Option<Whole>,
    /// Columns of `summary.csv` to compare; for one group `group.<name>.<column>`. By default the usual ones, of the swarm and of each group.
    pub metrics: Option<Vec<String>>,
    /// What is left out at the start of each run: nothing, the peers that join before a time, or those before the time that MSER-5 (White 1997) finds in the number of leechers, the longest of all variants of a run.
    #[schemars(extend("default" = "none"))]
    pub warm_up: Option<Or<NoWarmUp, Or<Mser5, SimDuration>>>,
}

/// A table with keys of the user's choice, in the order in which they are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyed<T>(pub Vec<(String, T)>);

struct KeyedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for KeyedVisitor<T> {
    type Value = Keyed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of keys of the scenario in quotes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Keyed(entries))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Keyed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeyedVisitor(PhantomData))
    }
}

impl<T: Serialize> Serialize for Keyed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<T: JsonSchema> JsonSchema for Keyed<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("KeyedBy{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}

/// Any value of a scenario; what it must be depends on the key that it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Item(pub toml::Value);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        toml::Value::deserialize(deserializer).map(Self)
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for Item {
    fn schema_name() -> Cow<'static, str> {
        "Any".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A value of the key that it is for." })
    }
}
