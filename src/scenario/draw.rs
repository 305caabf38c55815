//! Distributions that a scenario can name: a constant, a family, or a weighted table.
//!
//! Every transcendental function comes from the `libm` crate, and no sampler of `rand_distr` that calls one is used:
//! those take the platform's functions or libm's as the features of unrelated crates decide, and a draw must be the
//! same number in every build.

mod limited;

use rand::RngExt;
use rand_distr::{Distribution, OpenClosed01};

use crate::rng::Rng;

/// A distribution over positive numbers in a base unit (bytes per second, seconds, or a fraction).
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// The shape.
    pub shape: Shape,
    /// What is drawn lower is lifted to this. Never negative.
    pub at_least: f64,
    /// What is drawn higher is cut to this; infinity for no bound.
    pub at_most: f64,
}

/// The shape of a [`Draw`].
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Always the same value.
    Constant(f64),
    /// Every value between two bounds is as likely.
    Uniform {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// The bell curve.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        std_dev: f64,
    },
    /// The logarithm is normal.
    LogNormal {
        /// Half of the values are below this.
        median: f64,
        /// Standard deviation of the natural logarithm.
        sigma: f64,
    },
    /// Without memory.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// A power-law tail: `P(X > x) = (min / x)^shape`.
    Pareto {
        /// Smallest value.
        min: f64,
        /// Tail index: the mean is infinite up to 1, the variance up to 2.
        shape: f64,
    },
    /// `P(X > x) = exp(-(x / scale)^shape)`: session times are often fitted by it.
    Weibull {
        /// 63 % of the values are below this.
        scale: f64,
        /// Below 1 the tail is heavier than exponential.
        shape: f64,
    },
    /// A sum of `shape` exponentials of mean `scale`, for any positive `shape`.
    Gamma {
        /// Shape, k.
        shape: f64,
        /// Scale, θ.
        scale: f64,
    },
    /// Straight up from `min` to `mode`, straight down to `max`.
    Triangular {
        /// Smallest value.
        min: f64,
        /// Most likely value.
        mode: f64,
        /// Largest value.
        max: f64,
    },
    /// Weighted values `(weight, value)`. The weights are positive and need not add up to 1.
    Table(Vec<(f64, f64)>),
}

impl Draw {
    /// Always `value`.
    #[must_use]
    pub const fn constant(value: f64) -> Self {
        Self {
            shape: Shape::Constant(value),
            at_least: 0.0,
            at_most: f64::INFINITY,
        }
    }

    /// One value, within the bounds and never negative.
    pub fn sample(&self, rng: &mut Rng) -> f64 {
        self.within(self.shape.sample(rng))
    }

    /// `value` as the bounds leave it.
    #[must_use]
    pub fn within(&self, value: f64) -> f64 {
        value.max(self.at_least).min(self.at_most).max(0.0)
    }

    /// Mean of what is drawn, within the bounds; infinity where it has none. For estimates.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let (low, high) = (self.at_least, self.at_most);
        match &self.shape {
            Shape::Constant(value) => self.within(*value),
            shape => {
                let limited = |limit: f64| shape.limited_mean(limit).min(limit);
                (low + limited(high) - limited(low)).max(low).min(high)
            }
        }
    }
}

impl Shape {
    fn sample(&self, rng: &mut Rng) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { min, max } => min + (max - min) * rng.random::<f64>(),
            Self::Normal { mean, std_dev } => mean + std_dev * normal(rng),
            Self::LogNormal { median, sigma } => median * libm::exp(sigma * normal(rng)),
            Self::Exponential { mean } => -mean * libm::log(positive_unit(rng)),
            Self::Pareto { min, shape } => min * libm::pow(positive_unit(rng), -1.0 / shape),
            Self::Weibull { scale, shape } => scale * libm::pow(-libm::log(positive_unit(rng)), 1.0 / shape),
            Self::Gamma { shape, scale } => scale * gamma(*shape, rng),
            Self::Triangular { min, mode, max } => triangular(*min, *mode, *max, rng),
            Self::Table(rows) => rows[weighted_index(rows.iter().map(|row| row.0), rng)].1,
        }
    }

    fn mean(&self) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { min, max } => f64::midpoint(*min, *max),
            Self::Normal { mean, .. } | Self::Exponential { mean } => *mean,
            Self::LogNormal { median, sigma } => median * libm::exp(sigma * sigma / 2.0),
            Self::Pareto { shape, .. } if *shape <= 1.0 => f64::INFINITY,
            Self::Pareto { min, shape } => min * shape / (shape - 1.0),
            Self::Weibull { scale, shape } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Self::Gamma { shape, scale } => shape * scale,
            Self::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Self::Table(rows) => {
                let weights: f64 = rows.iter().map(|row| row.0).sum();
                rows.iter().map(|row| row.0 / weights * row.1).sum()
            }
        }
    }
}

/// The index of one of `weights`, each as likely as its weight is large. There is at least one.
pub fn weighted_index(weights: impl Iterator<Item = f64> + Clone, rng: &mut Rng) -> usize {
    let mut rest = rng.random::<f64>() * weights.clone().sum::<f64>();
    let mut last = 0;
    for (index, weight) in weights.enumerate() {
        if rest < weight {
            return index;
        }
        rest -= weight;
        last = index;
    }
    // Rounding may leave a last crumb above the sum.
    last
}

/// Uniform in (0, 1]: its logarithm is finite.
fn positive_unit(rng: &mut Rng) -> f64 {
    OpenClosed01.sample(rng)
}

/// Standard normal by Box and Muller 1958; the second value of the pair is not kept, so that a draw has no memory.
fn normal(rng: &mut Rng) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(positive_unit(rng)));
    radius * libm::cos(std::f64::consts::TAU * rng.random::<f64>())
}

/// Gamma of scale 1 by Marsaglia and Tsang 2000; below shape 1 by their boost.
fn gamma(shape: f64, rng: &mut Rng) -> f64 {
    if shape < 1.0 {
        return gamma(shape + 1.0, rng) * libm::pow(positive_unit(rng), 1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let x = normal(rng);
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let v = v * v * v;
        if libm::log(positive_unit(rng)) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v;
        }
    }
}

/// By inversion of the two halves.
fn triangular(min: f64, mode: f64, max: f64, rng: &mut Rng) -> f64 {
    let u = rng.random::<f64>();
    let width = max - min;
    if u * width < mode - min {
        min + libm::sqrt(u * width * (mode - min))
    } else {
        max - libm::sqrt((1.0 - u) * width * (max - mode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, stream};

    pub(super) fn shapes() -> Vec<Shape> {
        vec![
            Shape::Constant(3.0),
            Shape::Uniform { min: 1.0, max: 3.0 },
            Shape::Normal {
                mean: 10.0,
                std_dev: 2.0,
            },
            Shape::LogNormal {
                median: 5.0,
                sigma: 0.5,
            },
            Shape::Exponential { mean: 4.0 },
            Shape::Pareto { min: 1.0, shape: 3.5 },
            Shape::Weibull { scale: 2.0, shape: 0.8 },
            Shape::Gamma { shape: 2.5, scale: 3.0 },
            Shape::Gamma { shape: 0.5, scale: 3.0 },
            Shape::Triangular {
                min: 1.0,
                mode: 2.0,
                max: 6.0,
            },
            Shape::Table(vec![(1.0, 10.0), (3.0, 20.0)]),
        ]
    }

    #[test]
    fn a_constant_has_its_bounds_in_the_mean_too() {
        let bounded = |value| Draw {
            at_least: 2.0,
            at_most: 5.0,
            ..Draw::constant(value)
        };
        let means = [1.0, 3.0, 9.0].map(|value| bounded(value).mean());
        assert!(means.iter().eq(&[2.0, 3.0, 5.0]), "{means:?}");
    }

    #[test]
    fn the_mean_of_many_draws_is_the_mean() {
        const DRAWS: u32 = 40_000;
        for (entity, shape) in (0..).zip(shapes()) {
            let draw = Draw {
                shape,
                at_least: 0.0,
                at_most: f64::INFINITY,
            };
            let mut rng = stream(1, Purpose::Capacity, entity);
            let mean = (0..DRAWS).map(|_| draw.sample(&mut rng)).sum::<f64>() / f64::from(DRAWS);
            assert!(
                (mean / draw.mean() - 1.0).abs() < 0.03,
                "{draw:?}: {mean} for {}",
                draw.mean()
            );
        }
    }

    #[test]
    fn bounds_hold() {
        let shape = Shape::Normal {
            mean: 0.0,
            std_dev: 100.0,
        };
        let draw = Draw {
            shape,
            at_least: 1.0,
            at_most: 2.0,
        };
        let mut rng = stream(1, Purpose::Capacity, 0);
        assert!((0..1000).all(|_| (1.0..=2.0).contains(&draw.sample(&mut rng))));
    }

    #[test]
    fn draws_are_the_same_on_every_platform_and_in_every_build() {
        let got: Vec<u64> = (0..)
            .zip(shapes())
            .map(|(entity, shape)| {
                let mut rng = stream(42, Purpose::Capacity, entity);
                let draw = Draw {
                    shape,
                    at_least: 0.0,
                    at_most: f64::INFINITY,
                };
                (0..100)
                    .map(|_| draw.sample(&mut rng))
                    .last()
                    .unwrap_or_default()
                    .to_bits()
            })
            .collect();
        assert_eq!(got, GOLDEN);
    }

    /// The hundredth draw of each shape, written down once; a change here is a change of every result.
    const GOLDEN: [u64; 11] = [
        4_613_937_818_241_073_152,
        4_607_633_256_319_457_794,
        4_621_438_367_263_259_554,
        4_616_149_563_626_325_348,
        4_607_927_381_087_911_316,
        4_607_264_492_865_044_657,
        4_617_816_344_795_904_044,
        4_615_085_111_323_643_556,
        4_618_271_085_794_394_280,
        4_614_217_180_947_446_082,
        4_626_322_717_216_342_016,
    ];
}
