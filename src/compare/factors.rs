//! What a variant of a grid has of each thing that is varied, as charts need it: a name, the value, and the number it is.

use serde::{Deserialize, Serialize};
use toml::Value;

use crate::scenario::study::Axis;
use crate::terminal::escaped;
use crate::units::{Bytes, BytesPerSec, PerSec, SimDuration};

/// The name of an axis that varies the choker of many groups at once.
const CHOKING: &str = "choking";

/// The value that a variant has on one axis of the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// What is varied.
    pub name: String,
    /// The value, as labels show it.
    pub setting: String,
    /// It as a number, in bytes, bytes per second, seconds or per second if it has a unit; `None` for what is no number.
    pub number: Option<f64>,
}

impl Factor {
    /// The `value` of `axis`.
    #[must_use]
    pub(super) fn new(axis: &Axis, value: &Value) -> Self {
        let name = if axis.name.is_empty() { CHOKING } else { &axis.name };
        Self {
            name: name.to_owned(),
            setting: text(value),
            number: number(value),
        }
    }
}

/// The value as a label shows it: on one line, with nothing that a terminal obeys.
pub(super) fn text(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    escaped(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number).filter(|number| number.is_finite()),
        Value::String(text) => quantity(text),
        _ => None,
    }
}

/// A quantity by its unit: no unit belongs to two kinds.
fn quantity(text: &str) -> Option<f64> {
    let bytes = || text.parse().ok().map(|Bytes(bytes)| bytes as f64);
    let rate = || text.parse().ok().map(|BytesPerSec(rate)| rate);
    let span = || text.parse().ok().map(SimDuration::as_secs_f64);
    let often = || text.parse().ok().map(|PerSec(often)| often);
    bytes().or_else(rate).or_else(span).or_else(often)
}

#[cfg(test)]
mod tests {
    use super::super::list::axis;
    use super::*;

    fn numbers(list: &str) -> Vec<Option<f64>> {
        let axis = axis("--vary", list).unwrap_or_else(|error| panic!("{error}"));
        let number = |item: &crate::scenario::study::Placed<Value>| Factor::new(&axis, &item.value).number;
        axis.values.iter().map(number).collect()
    }

    #[test]
    fn a_number_is_in_the_base_unit_of_its_kind() {
        assert_eq!(numbers("k=64 KiB, 1 MiB"), [Some(65_536.0), Some(1_048_576.0)]);
        assert_eq!(
            numbers("k=8 Mbit/s,30 s,2 min,24 /min"),
            [Some(1e6), Some(30.0), Some(120.0), Some(0.4)]
        );
        assert_eq!(numbers("k=4,0.5,-1"), [Some(4.0), Some(0.5), Some(-1.0)]);
        assert_eq!(numbers("k=random,true,{ a = 1 },4 cows"), [None; 4]);
    }
}
