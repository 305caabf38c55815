//! Quantities with their units in the type: instants, spans, sizes, rates.
//!
//! `parse` reads them from text such as `"10 Mbit/s"`, `print` writes them so that they are read back exactly, and
//! `file` lets serde and the scenario schema see them as such text.

mod file;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub use parse::{DIGITS_MAX, EXPONENT_MAX, QuantityError};

use std::ops::{Add, AddAssign, Sub};

const NANOS_PER_SEC: u64 = 1_000_000_000;

/// An instant on the virtual clock: nanoseconds since the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(pub u64);

/// A span of virtual time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(pub u64);

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub u64);

/// A rate in bytes per second: finite and positive wherever a scenario has passed its checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct BytesPerSec(pub f64);

/// How often something happens, per second: finite and not negative wherever a scenario has passed its checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct PerSec(pub f64);

impl SimTime {
    /// The start of a run.
    pub const ZERO: Self = Self(0);
    /// Later than anything that happens.
    pub const NEVER: Self = Self(u64::MAX);

    /// Seconds since the start of the run.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_PER_SEC as f64
    }

    /// `None` for [`Self::NEVER`]: columns keep an instant that may not have come in eight bytes, an `Option` takes sixteen.
    #[must_use]
    pub fn unless_never(self) -> Option<Self> {
        (self != Self::NEVER).then_some(self)
    }

    /// The instant `secs` seconds after the start, rounded up to a nanosecond; [`Self::NEVER`] if it is out of range.
    #[must_use]
    pub fn from_secs_f64(secs: f64) -> Self {
        Self(SimDuration::from_secs_f64(secs).0)
    }

    /// The span since `earlier`; zero if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

/// `value` rounded up to a whole number, within what the type can hold: 0 for what is negative or not a number. Without the vector instructions of
/// newer processors [`f64::ceil`] is a call into the library, and the simulator rounds up several times for each chunk.
#[inline]
#[must_use]
pub fn ceil_u64(value: f64) -> u64 {
    let whole = value as u64;
    whole.saturating_add(u64::from((whole as f64) < value))
}

impl SimDuration {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// A span of whole milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }

    /// A span of whole seconds.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs * NANOS_PER_SEC)
    }

    /// A span of `secs` seconds, rounded up to a nanosecond. What is too long to hold saturates; negative is zero.
    #[must_use]
    pub fn from_secs_f64(secs: f64) -> Self {
        // `as` saturates on both sides.
        Self(ceil_u64(secs * NANOS_PER_SEC as f64))
    }

    /// The span in seconds.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_PER_SEC as f64
    }

    /// Whether this is no time at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;

    fn add(self, span: SimDuration) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, span: SimDuration) {
        *self = *self + span;
    }
}

impl Sub<SimDuration> for SimTime {
    type Output = Self;

    fn sub(self, span: SimDuration) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}
