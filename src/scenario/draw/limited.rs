//! What a distribution gives on average when it is cut from above: E[min(X, x)], in closed form. Means within bounds follow from it.

use std::f64::consts::{PI, SQRT_2};

use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur};

use super::Shape;

impl Shape {
    /// The mean of what is drawn when all above `limit` is cut to it. `limit` is not negative; infinity is none.
    pub(super) fn limited_mean(&self, limit: f64) -> f64 {
        if limit == f64::INFINITY {
            return self.mean();
        }
        match self {
            Self::Constant(value) => value.min(limit),
            Self::Uniform { min, max } if limit > *min && limit < *max => {
                limit - (limit - min).powi(2) / (2.0 * (max - min))
            }
            Self::Normal { mean, std_dev } if *std_dev > 0.0 => {
                let z = (limit - mean) / std_dev;
                let density = libm::exp(-z * z / 2.0) / (2.0 * PI).sqrt();
                mean * below(z) - std_dev * density + limit * below(-z)
            }
            Self::LogNormal { median, sigma } if *sigma > 0.0 => {
                let z = libm::log(limit / median) / sigma;
                product(self.mean(), below(z - sigma)) + limit * below(-z)
            }
            Self::Exponential { mean } => -mean * libm::expm1(-limit / mean),
            Self::Pareto { min, shape } if limit > *min => pareto(*min, *shape, limit),
            Self::Weibull { scale, shape } => {
                let power = libm::pow(limit / scale, *shape);
                product(self.mean(), gamma_below(1.0 + 1.0 / shape, power)) + limit * libm::exp(-power)
            }
            Self::Gamma { shape, scale } => {
                let limit_scaled = limit / scale;
                product(self.mean(), gamma_below(shape + 1.0, limit_scaled)) + limit * gamma_above(*shape, limit_scaled)
            }
            Self::Triangular { min, mode, max } if limit > *min && limit < *max => triangular(*min, *mode, *max, limit),
            Self::Table(rows) => {
                let weights: f64 = rows.iter().map(|row| row.0).sum();
                rows.iter().map(|row| row.0 / weights * row.1.min(limit)).sum()
            }
            // All is below the limit, or all above.
            _ => self.mean().min(limit),
        }
    }
}

/// The chance that a standard normal is below `z`.
fn below(z: f64) -> f64 {
    libm::erfc(-z / SQRT_2) / 2.0
}

/// The chance that a gamma of scale 1 is below `x`.
fn gamma_below(shape: f64, x: f64) -> f64 {
    match x {
        _ if x <= 0.0 => 0.0,
        _ if x == f64::INFINITY => 1.0,
        _ => checked_gamma_lr(shape, x).unwrap_or(0.0),
    }
}

/// The chance that a gamma of scale 1 is above `x`.
fn gamma_above(shape: f64, x: f64) -> f64 {
    match x {
        _ if x <= 0.0 => 1.0,
        _ if x == f64::INFINITY => 0.0,
        _ => checked_gamma_ur(shape, x).unwrap_or(0.0),
    }
}

/// The part of a mean that comes about with so much chance; none, however large the mean is.
fn product(mean: f64, chance: f64) -> f64 {
    if chance > 0.0 { mean * chance } else { 0.0 }
}

fn pareto(min: f64, shape: f64, limit: f64) -> f64 {
    let ratio = libm::log(limit / min);
    let exponent = 1.0 - shape;
    // The integral of (min/x)^shape from min on; its limit at shape 1 is the logarithm.
    let tail = if exponent == 0.0 {
        ratio
    } else {
        libm::expm1(exponent * ratio) / exponent
    };
    min * (1.0 + tail)
}

/// The limit less the integral of the distribution function up to it.
fn triangular(min: f64, mode: f64, max: f64, limit: f64) -> f64 {
    if limit <= mode {
        limit - (limit - min).powi(3) / (3.0 * (max - min) * (mode - min))
    } else {
        (min + mode + max) / 3.0 - (max - limit).powi(3) / (3.0 * (max - min) * (max - mode))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shapes;
    use super::super::*;
    use crate::rng::{Purpose, stream};

    #[test]
    fn the_mean_of_draws_within_bounds_is_the_mean_within_bounds() {
        const DRAWS: u32 = 60_000;
        let mut shapes = shapes();
        shapes.extend([0.7, 1.0].map(|shape| Shape::Pareto { min: 1.0, shape }));
        for (entity, shape) in (0..).zip(shapes) {
            for (at_least, at_most) in [(0.0, 2.5), (1.5, 4.0), (1.7, 30.0), (3.0, 1e6)] {
                let draw = Draw {
                    shape: shape.clone(),
                    at_least,
                    at_most,
                };
                let mut rng = stream(2, Purpose::Capacity, entity);
                let heavy = matches!(shape, Shape::Pareto { shape, .. } if shape <= 1.0) && at_most > 100.0;
                if heavy {
                    continue;
                }
                let mean = (0..DRAWS).map(|_| draw.sample(&mut rng)).sum::<f64>() / f64::from(DRAWS);
                assert!(
                    (mean / draw.mean() - 1.0).abs() < 0.02,
                    "{draw:?}: {mean} for {}",
                    draw.mean()
                );
            }
        }
    }

    #[test]
    fn bounds_that_cut_nothing_change_no_mean() {
        for shape in shapes() {
            let draw = |at_most| Draw {
                shape: shape.clone(),
                at_least: 0.0,
                at_most,
            };
            let (free, bounded) = (draw(f64::INFINITY).mean(), draw(1e9).mean());
            assert!((bounded / free - 1.0).abs() < 1e-9, "{shape:?}: {bounded} for {free}");
        }
    }

    #[test]
    fn extreme_shapes_have_a_mean_within_the_bounds() {
        let shapes = [
            Shape::Weibull {
                scale: 1.0,
                shape: 1e-3,
            },
            Shape::LogNormal {
                median: 1.0,
                sigma: 1e3,
            },
            Shape::Gamma { shape: 1e6, scale: 1e6 },
            Shape::Normal {
                mean: 1e9,
                std_dev: 0.0,
            },
            Shape::Triangular {
                min: 1.0,
                mode: 1.0,
                max: 1.0,
            },
        ];
        for shape in shapes {
            let draw = Draw {
                shape,
                at_least: 0.5,
                at_most: 1000.0,
            };
            assert!((0.5..=1000.0).contains(&draw.mean()), "{draw:?}: {}", draw.mean());
        }
    }
}
