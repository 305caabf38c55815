//! Values of a scenario that have more than one form: a choice among named alternatives, a word or a value, a whole number.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, MapDeserializer, StrDeserializer, U64Deserializer};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// An enum whose alternatives a scenario names, as `{ name = { … } }` or, to take all defaults, as `"name"`.
pub trait Alternatives: Sized {
    /// The alternatives that make sense as a bare word.
    const WORDS: &'static [&'static str];

    /// The word, if this alternative has nothing but its name.
    fn word(&self) -> Option<&str>;

    /// What a bare word stands for that is no alternative; by default nothing.
    #[must_use]
    fn other(_word: &str) -> Option<Self> {
        None
    }
}

/// One of the alternatives of `T`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice<T>(pub T);

struct ChoiceVisitor<T>(PhantomData<T>);

/// An empty table, whatever the format.
struct NoKeys;

impl<'de, E: Error> IntoDeserializer<'de, E> for NoKeys {
    type Deserializer = MapDeserializer<'de, std::iter::Empty<((), ())>, E>;

    fn into_deserializer(self) -> Self::Deserializer {
        MapDeserializer::new(std::iter::empty())
    }
}

impl<'de, T: Deserialize<'de> + Alternatives> Visitor<'de> for ChoiceVisitor<T> {
    type Value = Choice<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "one of \"{}\", or a table of one alternative",
            T::WORDS.join("\", \"")
        )
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        let table = MapDeserializer::new(std::iter::once((word, NoKeys)));
        let known = T::deserialize(MapAccessDeserializer::new(table));
        known.or_else(|error: E| T::other(word).ok_or(error)).map(Choice)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let chosen = T::deserialize(MapAccessDeserializer::new(&mut map))?;
        match map.next_entry::<String, IgnoredAny>()? {
            None => Ok(Choice(chosen)),
            Some((other, _)) => Err(A::Error::custom(format!(
                "only one alternative can hold: remove `{other}` or the other"
            ))),
        }
    }
}

impl<'de, T: Deserialize<'de> + Alternatives> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ChoiceVisitor(PhantomData))
    }
}

impl<T: Serialize + Alternatives> Serialize for Choice<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.word() {
            Some(word) => serializer.serialize_str(word),
            None => self.0.serialize(serializer),
        }
    }
}

impl<T: JsonSchema + Alternatives> JsonSchema for Choice<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}Choice", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let words = T::WORDS;
        let tables = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "type": "string", "enum": words }, tables] })
    }
}

/// A word that can stand in the place of a value.
pub trait Word: Default {
    /// The word.
    const WORD: &'static str;
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name;

        impl Word for $name {
            const WORD: &'static str = $word;
        }
    )*};
}

words! {
    /// The number follows from something else.
    Auto = "auto";
    /// The rule does not apply.
    Off = "off";
    /// There is no limit.
    Unlimited = "unlimited";
    /// Nothing is left out at the start.
    NoWarmUp = "none";
    /// MSER-5 decides.
    Mser5 = "mser-5";
    /// The rule applies unless something else is rarer.
    UnlessRarer = "unless-rarer";
}

/// The word of `W` or a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Or<W, T> {
    /// The word.
    Word(W),
    /// The value.
    Value(T),
}

impl<W, T> Or<W, T> {
    /// The value as an option: the word is none.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Word(_) => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<W: Word, T> From<Option<T>> for Or<W, T> {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(|| Self::Word(W::default()), Self::Value)
    }
}

/// What was read as a value. If a value has another form, the word is as good as that.
fn value<W: Word, T, E: Error>(read: Result<T, E>) -> Result<Or<W, T>, E> {
    read.map(Or::Value).map_err(|error| {
        let message = error.to_string();
        if message.starts_with("invalid type: ") {
            E::custom(format!("{} or \"{}\"", message.trim_end(), W::WORD))
        } else {
            error
        }
    })
}

/// What was read as a value from `text`. If that does not begin with a number, a word may have been meant.
fn value_or_word<W: Word, T, E: Error>(text: &str, read: Result<T, E>) -> Result<Or<W, T>, E> {
    value(read).map_err(|error| {
        let message = error.to_string();
        let is_number = |c: char| c.is_ascii_digit() || "+-.".contains(c);
        if text.trim_start().starts_with(is_number) || message.starts_with("invalid type: ") {
            error
        } else {
            E::custom(format!("{}, or \"{}\"", message.trim_end(), W::WORD))
        }
    })
}

struct OrVisitor<W, T>(PhantomData<(W, T)>);

impl<'de, W: Word, T: Deserialize<'de>> Visitor<'de> for OrVisitor<W, T> {
    type Value = Or<W, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" or a value", W::WORD)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text == W::WORD {
            return Ok(Or::Word(W::default()));
        }
        value_or_word(text, T::deserialize(StrDeserializer::new(text)))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        value(T::deserialize(truth.into_deserializer()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        value(T::deserialize(number.into_deserializer()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        value(T::deserialize(U64Deserializer::new(number)))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        value(T::deserialize(number.into_deserializer()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Or::Value)
    }
}

impl<'de, W: Word, T: Deserialize<'de>> Deserialize<'de> for Or<W, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrVisitor(PhantomData))
    }
}

impl<W: Word, T: Serialize> Serialize for Or<W, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Word(_) => serializer.serialize_str(W::WORD),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<W: Word, T: JsonSchema> JsonSchema for Or<W, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}Or{}", W::WORD, T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "type": "string", "const": W::WORD }, value] })
    }
}

/// A whole number from 0: what a scenario counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole(pub u64);

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number without quotes")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Whole, E> {
        let negative = || E::custom(format!("`{number}` is negative: a whole number from 0 up is wanted"));
        u64::try_from(number).map(Whole).map_err(|_| negative())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
        Ok(Whole(number))
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Whole, E> {
        Err(E::custom(format!("`{number}` is far out of range")))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Whole, E> {
        Err(E::custom(format!("`{number}` is far too large")))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Whole, E> {
        Err(E::custom(format!(
            "`{number}` is not a whole number: write it without a point or an exponent"
        )))
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor)
    }
}

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl JsonSchema for Whole {
    fn schema_name() -> Cow<'static, str> {
        "Whole".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "description": "A whole number from 0." })
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
