//! Quantities from text: a number, perhaps a space, a unit. Nothing is guessed: a bare number is an error.

mod refusal;

use std::str::FromStr;

use super::{Bytes, BytesPerSec, PerSec, SimDuration, SimTime};

/// Why a text is not the quantity that was wanted, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct QuantityError(String);

/// One kind of quantity: its name, its units, and examples for messages.
struct Dimension {
    name: &'static str,
    /// Spelling and factor to the base unit. The base unit of rates is the bit per second.
    units: &'static [(&'static str, u64)],
    /// Spellings that are understood too.
    aliases: &'static [(&'static str, u64)],
    /// Two units that a bare number could have been meant in.
    bare: [&'static str; 2],
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;
const KILO: u64 = 1_000;
const MEGA: u64 = 1_000_000;
const GIGA: u64 = 1_000_000_000;
const TERA: u64 = 1_000_000_000_000;

const SIZE: Dimension = Dimension {
    name: "size",
    units: &[
        ("B", 1),
        ("kB", KILO),
        ("MB", MEGA),
        ("GB", GIGA),
        ("TB", TERA),
        ("KiB", KIB),
        ("MiB", MIB),
        ("GiB", GIB),
        ("TiB", TIB),
    ],
    aliases: &[("KB", KILO)],
    bare: ["KiB", "MB"],
};

const RATE: Dimension = Dimension {
    name: "rate",
    units: &[
        ("bit/s", 1),
        ("kbit/s", KILO),
        ("Mbit/s", MEGA),
        ("Gbit/s", GIGA),
        ("B/s", 8),
        ("kB/s", 8 * KILO),
        ("MB/s", 8 * MEGA),
        ("GB/s", 8 * GIGA),
        ("KiB/s", 8 * KIB),
        ("MiB/s", 8 * MIB),
        ("GiB/s", 8 * GIB),
    ],
    aliases: &[
        ("bps", 1),
        ("kbps", KILO),
        ("Mbps", MEGA),
        ("Gbps", GIGA),
        ("KB/s", 8 * KILO),
    ],
    bare: ["kbit/s", "kB/s"],
};

const TIME: Dimension = Dimension {
    name: "time",
    units: &[
        ("ns", 1),
        ("us", KILO),
        ("ms", MEGA),
        ("s", GIGA),
        ("min", 60 * GIGA),
        ("h", 3_600 * GIGA),
        ("d", 86_400 * GIGA),
    ],
    aliases: &[("µs", KILO)],
    bare: ["s", "min"],
};

const FREQUENCY: Dimension = Dimension {
    name: "frequency",
    units: &[("/s", 1), ("/min", 60), ("/h", 3_600), ("/d", 86_400)],
    aliases: &[],
    bare: ["/s", "/min"],
};

const DIMENSIONS: [&Dimension; 4] = [&SIZE, &RATE, &TIME, &FREQUENCY];

/// A decimal number as written, `digits · 10^exponent`, so that `"1.1 Mbit/s"` is not `1.1` rounded, times a million.
struct Decimal<'a> {
    text: &'a str,
    digits: u128,
    exponent: i32,
}

/// Digits of a quantity: more than any within the limits has.
pub const DIGITS_MAX: usize = 30;
/// Its power of ten, without the sign.
pub const EXPONENT_MAX: i32 = 30;

impl Dimension {
    fn factor(&self, unit: &str) -> Option<u64> {
        let all = self.units.iter().chain(self.aliases);
        all.clone().find(|(name, _)| *name == unit).map(|(_, factor)| *factor)
    }

    fn unit_list(&self) -> String {
        let names: Vec<_> = self.units.iter().map(|(name, _)| format!("`{name}`")).collect();
        names.join(", ")
    }

    /// Splits `text` into its number and the factor of its unit.
    fn split<'a>(&self, text: &'a str) -> Result<(Decimal<'a>, u64), QuantityError> {
        let text = text.trim();
        let (number, unit) = text.split_at(number_end(text));
        let unit = unit.trim_start();
        if number.is_empty() {
            return Err(self.no_number(text));
        }
        if number.starts_with('-') {
            return Err(QuantityError(format!("`{text}` is negative: a {} is not", self.name)));
        }
        // What is said of the unit has the number in it.
        let decimal = Decimal::parse(number)
            .ok_or_else(|| QuantityError(format!("`{number}` is not a number of at most {DIGITS_MAX} digits")))?;
        if unit.is_empty() {
            return Err(self.no_unit(number));
        }
        let factor = self.factor(unit).ok_or_else(|| self.wrong_unit(number, unit))?;
        Ok((decimal, factor))
    }
}

/// Where the number at the front of `text` ends: sign, digits, point, exponent. An `e` counts only before a digit or sign.
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit_at = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut end = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let start = end;
    while digit_at(end) || bytes.get(end) == Some(&b'.') {
        end += 1;
    }
    if end == start {
        return 0;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if digit_at(end + 1 + sign) {
            end += 1 + sign;
            while digit_at(end) {
                end += 1;
            }
        }
    }
    end
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix('+').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        if fraction.contains('.') || digits.len() > DIGITS_MAX || exponent.abs() > EXPONENT_MAX {
            return None;
        }
        if whole.is_empty() && fraction.is_empty() && !mantissa.contains('0') {
            return None;
        }
        let digits = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let exponent = exponent - i32::try_from(fraction.len()).ok()?;
        Some(Self {
            text: unsigned,
            digits,
            exponent,
        })
    }

    /// The number times `factor` as an integer, and whether anything was cut off; `None` if it is out of range.
    fn times(&self, factor: u64) -> Option<(u64, bool)> {
        let product = self.digits.checked_mul(u128::from(factor))?;
        let power = 10_u128.checked_pow(self.exponent.unsigned_abs());
        let (value, exact) = match (self.exponent >= 0, power) {
            (true, power) => (product.checked_mul(power?)?, true),
            (false, Some(power)) => (product / power, product % power == 0),
            (false, None) => (0, product == 0),
        };
        Some((u64::try_from(value).ok()?, exact))
    }

    /// The number times `factor`, over `divisor`, rounded once wherever the digits allow it.
    fn times_f64(&self, factor: u64, divisor: u64) -> f64 {
        const EXACT: u128 = 1 << 53;
        match self.digits.checked_mul(u128::from(factor)) {
            Some(product) if product <= EXACT && (-22..=0).contains(&self.exponent) => {
                let power = 10_u64.pow(self.exponent.unsigned_abs().min(19)) as f64;
                let rest = 10_u64.pow(self.exponent.unsigned_abs().saturating_sub(19)) as f64;
                product as f64 / (power * rest) / divisor as f64
            }
            // Scaling down by a power of two is exact, so that "B/s" keeps every bit of what `f64` prints.
            _ => self.text.parse::<f64>().unwrap_or(f64::NAN) * (factor as f64 / divisor as f64),
        }
    }
}

impl FromStr for Bytes {
    type Err = QuantityError;

    /// Reads `"256 KiB"`. The size must come out as a whole number of bytes.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, factor) = SIZE.split(text)?;
        match number.times(factor) {
            Some((bytes, true)) => Ok(Self(bytes)),
            Some((_, false)) => Err(QuantityError(format!("`{text}` is not a whole number of bytes"))),
            None => Err(QuantityError(format!("`{text}` is too large a size"))),
        }
    }
}

impl FromStr for BytesPerSec {
    type Err = QuantityError;

    /// Reads `"10 Mbit/s"` or `"1.25 MB/s"`.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, factor) = RATE.split(text)?;
        Ok(Self(number.times_f64(factor, 8)))
    }
}

impl FromStr for SimDuration {
    type Err = QuantityError;

    /// Reads `"30 s"`. What is finer than a nanosecond is cut off, unless nothing would be left.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, factor) = TIME.split(text)?;
        match number.times(factor) {
            Some((0, false)) => Err(QuantityError(format!("`{text}` is less than a nanosecond"))),
            Some((nanos, _)) => Ok(Self(nanos)),
            None => Err(QuantityError(format!(
                "`{text}` is too long: the clock ends after 584 years"
            ))),
        }
    }
}

impl FromStr for SimTime {
    type Err = QuantityError;

    /// Reads the span since the start of the run.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        text.parse().map(|SimDuration(nanos)| Self(nanos))
    }
}

impl FromStr for PerSec {
    type Err = QuantityError;

    /// Reads `"0.4 /s"` or `"24 /min"`.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, per) = FREQUENCY.split(text)?;
        Ok(Self(number.times_f64(1, per)))
    }
}

/// A quantity that is written as text with a unit.
pub(super) trait Quantity: FromStr<Err = QuantityError> + std::fmt::Display + Sized {
    /// What the schema calls it.
    const SCHEMA_NAME: &'static str;
    /// A sentence for the schema.
    const DESCRIPTION: &'static str;
    /// A pattern that every text of this kind matches.
    const PATTERN: &'static str;

    /// The message for a bare number.
    fn no_unit(number: &str) -> QuantityError;
}

macro_rules! quantity {
    ($type:ty, $dimension:ident, $name:literal, $description:literal, $pattern:literal) => {
        impl Quantity for $type {
            const SCHEMA_NAME: &'static str = $name;
            const DESCRIPTION: &'static str = $description;
            const PATTERN: &'static str = $pattern;

            fn no_unit(number: &str) -> QuantityError {
                $dimension.no_unit(number)
            }
        }
    };
}

quantity!(
    Bytes,
    SIZE,
    "Size",
    "A size: `B`, `kB`, `MB`, `GB`, `TB` (powers of 1000) or `KiB`, `MiB`, `GiB`, `TiB` (powers of 1024).",
    r"^\s*\+?[0-9.]+([eE][+-]?[0-9]+)?\s*([kKMGT]?B|[KMGT]iB)\s*$"
);
quantity!(
    BytesPerSec,
    RATE,
    "Rate",
    "A rate: `bit/s`, `kbit/s`, `Mbit/s`, `Gbit/s`, `B/s`, `kB/s`, `MB/s`, `GB/s`, `KiB/s`, `MiB/s`, `GiB/s`.",
    r"^\s*\+?[0-9.]+([eE][+-]?[0-9]+)?\s*([kMG]?(bit/s|bps)|[kKMG]?B/s|[KMG]iB/s)\s*$"
);
quantity!(
    SimDuration,
    TIME,
    "Time",
    "A time: `ns`, `us`, `ms`, `s`, `min`, `h`, `d`.",
    r"^\s*\+?[0-9.]+([eE][+-]?[0-9]+)?\s*(ns|us|µs|ms|s|min|h|d)\s*$"
);
quantity!(
    SimTime,
    TIME,
    "Time",
    "A time: `ns`, `us`, `ms`, `s`, `min`, `h`, `d`.",
    r"^\s*\+?[0-9.]+([eE][+-]?[0-9]+)?\s*(ns|us|µs|ms|s|min|h|d)\s*$"
);
quantity!(
    PerSec,
    FREQUENCY,
    "Frequency",
    "How often: `/s`, `/min`, `/h`, `/d`.",
    r"^\s*\+?[0-9.]+([eE][+-]?[0-9]+)?\s*/(s|min|h|d)\s*$"
);
