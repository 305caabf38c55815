//! Distributions: every parameter within its limits, in base units.

use super::check::Check;
use crate::scenario::draw::{Draw, Shape};
use crate::scenario::file::draw::{DrawFile, DrawTable};
use crate::scenario::limits::{RATE_MAX, RATE_MIN, RATIO_MAX, RATIO_MIN, ROWS_MAX, TIME_MAX};
use crate::units::{BytesPerSec, SimDuration};

/// A kind of value that can be drawn.
pub(in crate::scenario) trait Drawable: Copy + PartialOrd + std::fmt::Display {
    /// Smallest value.
    const MIN: Self;
    /// Largest value.
    const MAX: Self;
    /// Examples of two values for messages.
    const EXAMPLES: [&'static str; 2];

    /// In base units.
    fn base(self) -> f64;
    /// From base units.
    fn from_base(base: f64) -> Self;
}

impl Drawable for BytesPerSec {
    const MIN: Self = RATE_MIN;
    const MAX: Self = RATE_MAX;
    const EXAMPLES: [&'static str; 2] = ["\"1 Mbit/s\"", "\"5 Mbit/s\""];

    fn base(self) -> f64 {
        self.0
    }

    fn from_base(base: f64) -> Self {
        Self(base)
    }
}

impl Drawable for SimDuration {
    const MIN: Self = Self::ZERO;
    const MAX: Self = TIME_MAX;
    const EXAMPLES: [&'static str; 2] = ["\"5 min\"", "\"1 h\""];

    fn base(self) -> f64 {
        self.as_secs_f64()
    }

    fn from_base(base: f64) -> Self {
        // Some weeks in seconds are no exact number of nanoseconds: of those around, the one that `base` turns into these seconds.
        let near = (base * 1e9).round();
        let step = (near.next_up() - near).max(1.0);
        let around = [near, near - step, near + step].map(|nanos| Self(nanos as u64));
        let exact = around.into_iter().find(|span| span.base().to_bits() == base.to_bits());
        exact.unwrap_or(around[0])
    }
}

impl Drawable for f64 {
    const MIN: Self = 0.0;
    const MAX: Self = 1.0;
    const EXAMPLES: [&'static str; 2] = ["0.2", "0.8"];

    fn base(self) -> f64 {
        self
    }

    fn from_base(base: f64) -> Self {
        base
    }
}

/// The distribution of `file`, clamped to the range of its kind.
pub(super) fn draw<Q: Drawable>(at: &Check<'_>, file: &DrawFile<Q>) -> Draw {
    let (shape, at_least, at_most) = match file {
        DrawFile::Value(value) => (
            Some(Shape::Constant(at.within(*value, Q::MIN, Q::MAX).base())),
            None,
            None,
        ),
        DrawFile::Table(table) => (shape(at, table), table.at_least, table.at_most),
    };
    let at_least = bound(&at.key("at_least"), at_least, Q::MIN);
    let at_most = bound(&at.key("at_most"), at_most, Q::MAX);
    in_order(&at.key("at_least"), at_least, at_most, "at_most");
    Draw {
        shape: shape.unwrap_or(Shape::Constant(1.0)),
        at_least: at_least.base(),
        at_most: at_most.base(),
    }
}

fn bound<Q: Drawable>(at: &Check<'_>, value: Option<Q>, default: Q) -> Q {
    value.map_or(default, |value| at.within(value, Q::MIN, Q::MAX))
}

/// A shape that a table names; none if a parameter is missing.
type Named = (&'static str, Option<Shape>);

/// The one shape that `table` names.
fn shape<Q: Drawable>(at: &Check<'_>, table: &DrawTable<Q>) -> Option<Shape> {
    let mut found = shapes_of_values(at, table);
    found.extend(shapes_with_tails(at, table));
    only_one(at, found)
}

fn shapes_of_values<Q: Drawable>(at: &Check<'_>, table: &DrawTable<Q>) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    if let Some(value) = table.constant {
        found.push((
            "constant",
            Some(Shape::Constant(at.key("constant").within(value, Q::MIN, Q::MAX).base())),
        ));
    }
    if let Some(p) = &table.uniform {
        let at = at.key("uniform");
        let bounds = (value(&at, "min", p.min, 0), value(&at, "max", p.max, 1));
        found.push((
            "uniform",
            both(bounds).map(|(min, max)| {
                in_order(&at.key("min"), min, max, "max");
                Shape::Uniform {
                    min: min.base(),
                    max: max.base(),
                }
            }),
        ));
    }
    if let Some(p) = &table.triangular {
        let at = at.key("triangular");
        let ends = (value(&at, "min", p.min, 0), value(&at, "max", p.max, 1));
        let all = both((both(ends), value(&at, "mode", p.mode, 0)));
        found.push((
            "triangular",
            all.map(|((min, max), mode)| {
                in_order(&at.key("min"), min, mode, "mode");
                in_order(&at.key("mode"), mode, max, "max");
                Shape::Triangular {
                    min: min.base(),
                    mode: mode.base(),
                    max: max.base(),
                }
            }),
        ));
    }
    if let Some(rows) = &table.table {
        let at = at.key("table");
        check_rows(&at, rows.len());
        let rows = (0..).zip(rows).map(|(index, row)| {
            let at = at.index(index);
            both((ratio(&at, "share", row.share), value(&at, "value", row.value, 0)))
                .map(|(share, value)| (share, value.base()))
        });
        found.push(("table", rows.collect::<Option<Vec<_>>>().map(Shape::Table)));
    }
    found
}

fn shapes_with_tails<Q: Drawable>(at: &Check<'_>, table: &DrawTable<Q>) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    if let Some(p) = &table.normal {
        let at = at.key("normal");
        let both = both((value(&at, "mean", p.mean, 1), value(&at, "std_dev", p.std_dev, 0)));
        found.push((
            "normal",
            both.map(|(mean, dev)| Shape::Normal {
                mean: mean.base(),
                std_dev: dev.base(),
            }),
        ));
    }
    if let Some(p) = &table.log_normal {
        let at = at.key("log-normal");
        let both = both((value(&at, "median", p.median, 0), ratio(&at, "sigma", p.sigma)));
        found.push((
            "log-normal",
            both.map(|(median, sigma)| Shape::LogNormal {
                median: median.base(),
                sigma,
            }),
        ));
    }
    if let Some(p) = &table.exponential {
        let mean = value(&at.key("exponential"), "mean", p.mean, 0);
        found.push(("exponential", mean.map(|mean| Shape::Exponential { mean: mean.base() })));
    }
    if let Some(p) = &table.pareto {
        let at = at.key("pareto");
        let both = both((value(&at, "min", p.min, 0), ratio(&at, "shape", p.shape)));
        found.push((
            "pareto",
            both.map(|(min, shape)| Shape::Pareto { min: min.base(), shape }),
        ));
    }
    if let Some(p) = &table.weibull {
        let at = at.key("weibull");
        let both = both((value(&at, "scale", p.scale, 0), ratio(&at, "shape", p.shape)));
        found.push((
            "weibull",
            both.map(|(scale, shape)| Shape::Weibull {
                scale: scale.base(),
                shape,
            }),
        ));
    }
    if let Some(p) = &table.gamma {
        let at = at.key("gamma");
        let both = both((value(&at, "scale", p.scale, 0), ratio(&at, "shape", p.shape)));
        found.push((
            "gamma",
            both.map(|(scale, shape)| Shape::Gamma {
                shape,
                scale: scale.base(),
            }),
        ));
    }
    found
}

fn only_one(at: &Check<'_>, mut found: Vec<Named>) -> Option<Shape> {
    if found.len() > 1 {
        let names: Vec<_> = found.iter().map(|(name, _)| format!("`{name}`")).collect();
        at.error(
            format!("{} cannot hold at the same time", names.join(" and ")),
            "keep one of them",
        );
    }
    if found.is_empty() {
        at.error(
            "no distribution is named here",
            "write for example: uniform = { min = …, max = … }",
        );
    }
    found.pop()?.1
}

/// A table must have rows, and not too many.
pub(super) fn check_rows(at: &Check<'_>, rows: usize) {
    if rows == 0 || rows > ROWS_MAX {
        at.error(
            format!("a table of {rows} rows"),
            format!("from 1 to {ROWS_MAX} rows are possible"),
        );
    }
}

/// The parameter `key`, a value of the distribution's kind.
fn value<Q: Drawable>(at: &Check<'_>, key: &str, value: Option<Q>, example: usize) -> Option<Q> {
    let at = at.key(key);
    Some(at.within(at.required(value, Q::EXAMPLES[example])?, Q::MIN, Q::MAX))
}

/// The parameter `key`, a positive number without unit.
pub(super) fn ratio(at: &Check<'_>, key: &str, value: Option<f64>) -> Option<f64> {
    let at = at.key(key);
    Some(at.within(at.required(value, "1.5")?, RATIO_MIN, RATIO_MAX))
}

fn both<A, B>((a, b): (Option<A>, Option<B>)) -> Option<(A, B)> {
    a.zip(b)
}

fn in_order<Q: Drawable>(at: &Check<'_>, low: Q, high: Q, high_name: &str) {
    if low > high {
        at.error(
            format!("`{low}` is more than `{high_name}`, which is `{high}`"),
            "swap the two",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn seconds_come_back_from_the_time_that_they_are_written_as(nanos in 0..=TIME_MAX.0, fewer in 0_u32..40) {
            let secs = SimDuration(nanos >> fewer).base();
            prop_assert_eq!(SimDuration::from_base(secs).base().to_bits(), secs.to_bits());
        }
    }
}
