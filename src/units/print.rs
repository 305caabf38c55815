//! Quantities to text, in the largest unit that leaves a whole number, so that every text is read back exactly.

use std::fmt;

use super::{Bytes, BytesPerSec, NANOS_PER_SEC, PerSec, SimDuration, SimTime};

const SIZES: [(u64, &str); 9] = [
    (1 << 40, "TiB"),
    (1_000_000_000_000, "TB"),
    (1 << 30, "GiB"),
    (1_000_000_000, "GB"),
    (1 << 20, "MiB"),
    (1_000_000, "MB"),
    (1 << 10, "KiB"),
    (1_000, "kB"),
    (1, "B"),
];

const BIT_RATES: [(u64, &str); 4] = [
    (1_000_000_000, "Gbit/s"),
    (1_000_000, "Mbit/s"),
    (1_000, "kbit/s"),
    (1, "bit/s"),
];

const LONG_TIMES: [(u64, &str); 4] = [
    (86_400 * NANOS_PER_SEC, "d"),
    (3_600 * NANOS_PER_SEC, "h"),
    (60 * NANOS_PER_SEC, "min"),
    (NANOS_PER_SEC, "s"),
];

const SHORT_TIMES: [(u64, &str); 3] = [(1_000_000, "ms"), (1_000, "us"), (1, "ns")];

/// The first unit of `units` that divides `value`, with the quotient.
fn whole(value: u64, units: &[(u64, &'static str)]) -> Option<(u64, &'static str)> {
    let (factor, unit) = units.iter().find(|(factor, _)| value.is_multiple_of(*factor))?;
    Some((value / factor, unit))
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match whole(self.0, &SIZES) {
            Some((number, unit)) if self.0 > 0 => write!(f, "{number} {unit}"),
            _ => write!(f, "{} B", self.0),
        }
    }
}

impl fmt::Display for BytesPerSec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Whole numbers up to here are exact.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let bits = self.0 * 8.0;
        let whole_bits = bits.fract() == 0.0 && (1.0..=EXACT).contains(&bits);
        match whole(bits as u64, &BIT_RATES) {
            Some((number, unit)) if whole_bits => write!(f, "{number} {unit}"),
            _ => write!(f, "{} B/s", self.0),
        }
    }
}

impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0;
        if nanos == 0 {
            return write!(f, "0 s");
        }
        if let Some((number, unit)) = whole(nanos, &LONG_TIMES) {
            return write!(f, "{number} {unit}");
        }
        if nanos > NANOS_PER_SEC {
            let fraction = format!("{:09}", nanos % NANOS_PER_SEC);
            return write!(f, "{}.{} s", nanos / NANOS_PER_SEC, fraction.trim_end_matches('0'));
        }
        whole(nanos, &SHORT_TIMES).map_or(Ok(()), |(number, unit)| write!(f, "{number} {unit}"))
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SimDuration(self.0).fmt(f)
    }
}

impl fmt::Display for PerSec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} /s", self.0)
    }
}
