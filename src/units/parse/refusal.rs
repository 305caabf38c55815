//! What is said of a text that is no quantity: what would be right.

use super::{DIMENSIONS, Dimension, QuantityError, SIZE};

impl Dimension {
    pub(super) fn no_number(&self, text: &str) -> QuantityError {
        let (name, [first, second]) = (self.name, self.bare);
        let infinite = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
        if infinite.starts_with("inf") || infinite.starts_with("nan") {
            return QuantityError(format!(
                "`{text}` is not a finite {name}: write for example \"5 {first}\""
            ));
        }
        QuantityError(format!(
            "`{text}` is not a {name}: write a number and a unit, \"5 {first}\" or \"5 {second}\""
        ))
    }

    /// The message for a number without a unit. It offers two readings of the number.
    pub(in crate::units) fn no_unit(&self, number: &str) -> QuantityError {
        let [first, second] = self.bare;
        if number.starts_with('-') {
            return QuantityError(format!("`{number}` is negative: a {} is not", self.name));
        }
        let other = match (self.name, number.parse::<f64>()) {
            // The same rate in bytes: whoever forgot the unit may have thought of either.
            ("rate", Ok(bits)) => (bits / 8.0).to_string(),
            _ => number.to_string(),
        };
        QuantityError(format!(
            "`{number}` has no unit: write \"{number} {first}\" or \"{other} {second}\""
        ))
    }

    /// What `unit` may stand for if it is bits or bytes with a prefix: people write Mb for either.
    fn bits_or_bytes(&self, number: &str, unit: &str) -> Option<String> {
        let stem = unit
            .strip_suffix("/s")
            .or_else(|| unit.strip_suffix("ps"))
            .unwrap_or(unit);
        let rest = ["bits", "bit", "b", "B"]
            .into_iter()
            .find_map(|word| stem.strip_suffix(word))?;
        let prefix = ["k", "M", "G"]
            .into_iter()
            .find(|prefix| prefix.eq_ignore_ascii_case(rest))?;
        let is_bits = stem.contains("bit");
        match self.name {
            "rate" if is_bits => Some(format!("\"{number} {prefix}bit/s\"")),
            "rate" => Some(format!(
                "\"{number} {prefix}bit/s\" for bits or \"{number} {prefix}B/s\" for bytes"
            )),
            "size" if is_bits || stem.ends_with('b') => {
                let bytes = number.parse::<f64>().ok()? / 8.0;
                let of_bits = format!("\"{bytes} {prefix}B\"");
                Some(if is_bits {
                    of_bits
                } else {
                    format!("\"{number} {prefix}B\" for bytes, or if it is bits {of_bits}")
                })
            }
            _ => None,
        }
    }

    pub(super) fn wrong_unit(&self, number: &str, unit: &str) -> QuantityError {
        let name = self.name;
        let either = self.bits_or_bytes(number, unit);
        let near = self.units.iter().find(|(known, _)| known.eq_ignore_ascii_case(unit));
        // A b of its own may be a bit or a byte.
        if let Some((near, _)) = near.filter(|_| either.is_none() || unit.contains("bit")) {
            return QuantityError(format!(
                "`{unit}` is not a unit of {name}: did you mean \"{number} {near}\"?"
            ));
        }
        if let Some(meant) = either {
            return QuantityError(format!("`{unit}` is not a unit of {name}: write {meant}"));
        }
        if name == "rate" && SIZE.factor(unit).is_some() {
            return QuantityError(format!(
                "`{unit}` is a unit of size: did you mean \"{number} {unit}/s\"?"
            ));
        }
        if let Some(other) = DIMENSIONS.iter().find(|other| other.factor(unit).is_some()) {
            let list = self.unit_list();
            return QuantityError(format!(
                "`{unit}` is a unit of {}, a {name} is wanted: use one of {list}",
                other.name
            ));
        }
        QuantityError(format!(
            "`{unit}` is not a unit of {name}: use one of {}",
            self.unit_list()
        ))
    }
}
