//! Quantities in files: text with a unit for serde, and the schema of that text.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::parse::Quantity;
use super::{Bytes, BytesPerSec, PerSec, SimDuration, SimTime};

/// Reads a quantity from text; numbers get a message of their own.
struct TextVisitor<Q>(PhantomData<Q>);

impl<Q: Quantity> Visitor<'_> for TextVisitor<Q> {
    type Value = Q;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} in quotes, with a unit", Q::SCHEMA_NAME.to_lowercase())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Q, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Q, E> {
        Err(E::custom(Q::no_unit(&number.to_string())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Q, E> {
        Err(E::custom(Q::no_unit(&number.to_string())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Q, E> {
        if number.is_finite() {
            return Err(E::custom(Q::no_unit(&number.to_string())));
        }
        // Its own message says that it must be finite.
        number.to_string().parse().map_err(E::custom)
    }
}

macro_rules! text_in_files {
    ($($type:ty),*) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(TextVisitor(PhantomData))
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                <$type as Quantity>::SCHEMA_NAME.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "description": <$type as Quantity>::DESCRIPTION,
                    "pattern": <$type as Quantity>::PATTERN,
                })
            }
        }
    )*};
}

text_in_files!(Bytes, BytesPerSec, PerSec, SimDuration, SimTime);
