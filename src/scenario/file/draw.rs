//! Distributions as a scenario writes them: a value, or a table that names a shape.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};

/// A value of kind `Q`, or a distribution over such values.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum DrawFile<Q> {
    /// Always this value.
    Value(Q),
    /// A distribution.
    Table(Box<DrawTable<Q>>),
}

/// A distribution: exactly one shape, perhaps with bounds.
#[derive(Clone, Debug, PartialEq, DeriveDeserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", bound(deserialize = "Q: Deserialize<'de>"))]
#[schemars(rename = "{Q}Distribution")]
pub struct DrawTable<Q> {
    /// Always this value.
    pub constant: Option<Q>,
    /// Every value between `min` and `max` is as likely.
    pub uniform: Option<Uniform<Q>>,
    /// The bell curve. What falls below zero is lifted to `at_least`.
    pub normal: Option<Normal<Q>>,
    /// The logarithm is normal.
    pub log_normal: Option<LogNormal<Q>>,
    /// Exponential: without memory.
    pub exponential: Option<Exponential<Q>>,
    /// A power-law tail.
    pub pareto: Option<Pareto<Q>>,
    /// Weibull: session times are often fitted by it.
    pub weibull: Option<Scaled<Q>>,
    /// Gamma.
    pub gamma: Option<Scaled<Q>>,
    /// Straight up from `min` to `mode`, straight down to `max`.
    pub triangular: Option<Triangular<Q>>,
    /// Weighted values.
    pub table: Option<Vec<TableRow<Q>>>,
    /// What is drawn lower is lifted to this.
    #[serde(rename = "at_least")]
    pub at_least: Option<Q>,
    /// What is drawn higher is cut to this.
    #[serde(rename = "at_most")]
    pub at_most: Option<Q>,
}

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident, $schema:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, DeriveDeserialize, Serialize, JsonSchema)]
        #[serde(bound(deserialize = "Q: Deserialize<'de>"))]
        #[schemars(rename = $schema)]
        pub struct $name<Q> {
            $($(#[$field_doc])* #[schemars(extend("needed" = true))] pub $field: Option<$type>,)*
        }
    };
}

shape! {
    /// Bounds of a uniform distribution.
    Uniform, "{Q}Uniform" {
        /// Smallest value.
        min: Q,
        /// Largest value.
        max: Q,
    }
}
shape! {
    /// A normal distribution.
    Normal, "{Q}Normal" {
        /// Mean.
        mean: Q,
        /// Standard deviation.
        std_dev: Q,
    }
}
shape! {
    /// A log-normal distribution.
    LogNormal, "{Q}LogNormal" {
        /// Half of the values are below this.
        median: Q,
        /// Standard deviation of the natural logarithm, a number without unit.
        sigma: f64,
    }
}
shape! {
    /// An exponential distribution.
    Exponential, "{Q}Exponential" {
        /// Mean.
        mean: Q,
    }
}
shape! {
    /// A Pareto distribution: P(X > x) = (min / x)^shape.
    Pareto, "{Q}Pareto" {
        /// Smallest value.
        min: Q,
        /// Tail index, a number without unit: the mean is infinite up to 1.
        shape: f64,
    }
}
shape! {
    /// A distribution with a scale and a shape.
    Scaled, "{Q}Scaled" {
        /// Scale.
        scale: Q,
        /// Shape, a number without unit.
        shape: f64,
    }
}
shape! {
    /// A triangular distribution.
    Triangular, "{Q}Triangular" {
        /// Smallest value.
        min: Q,
        /// Most likely value.
        mode: Q,
        /// Largest value.
        max: Q,
    }
}
shape! {
    /// One row of a weighted table.
    TableRow, "{Q}TableRow" {
        /// Weight; the weights need not add up to 1.
        share: f64,
        /// The value.
        value: Q,
    }
}

impl<Q> Default for DrawTable<Q> {
    fn default() -> Self {
        Self {
            constant: None,
            uniform: None,
            normal: None,
            log_normal: None,
            exponential: None,
            pareto: None,
            weibull: None,
            gamma: None,
            triangular: None,
            table: None,
            at_least: None,
            at_most: None,
        }
    }
}

struct DrawVisitor<Q>(PhantomData<Q>);

impl<'de, Q: Deserialize<'de>> Visitor<'de> for DrawVisitor<Q> {
    type Value = DrawFile<Q>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a value or a table with a distribution, such as {{ uniform = {{ min = …, max = … }} }}"
        )
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Q::deserialize(StrDeserializer::new(text)).map(DrawFile::Value)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Q::deserialize(number.into_deserializer()).map(DrawFile::Value)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Q::deserialize(number.into_deserializer()).map(DrawFile::Value)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        DrawTable::deserialize(MapAccessDeserializer::new(map)).map(|table| DrawFile::Table(Box::new(table)))
    }
}

impl<'de, Q: Deserialize<'de>> Deserialize<'de> for DrawFile<Q> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DrawVisitor(PhantomData))
    }
}

impl<Q: JsonSchema> JsonSchema for DrawFile<Q> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}Draw", Q::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<Q>();
        let table = generator.subschema_for::<DrawTable<Q>>();
        json_schema!({ "anyOf": [value, table] })
    }
}
