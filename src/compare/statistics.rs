//! Student's confidence intervals.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::metrics::stats::{mean, standard_deviation};

/// The mean of some values, and how sure it is. What is not defined is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Number of values.
    pub n: usize,
    /// Their mean.
    pub mean: Option<f64>,
    /// Their sample standard deviation; needs two values.
    pub sd: Option<f64>,
    /// The interval is mean ± this; needs two values.
    pub half_width: Option<f64>,
}

impl Interval {
    /// Lower end.
    #[must_use]
    pub fn low(&self) -> Option<f64> {
        Some(self.mean? - self.half_width?)
    }

    /// Upper end.
    #[must_use]
    pub fn high(&self) -> Option<f64> {
        Some(self.mean? + self.half_width?)
    }

    /// Whether the interval is there and does not hold 0.
    #[must_use]
    pub fn excludes_zero(&self) -> bool {
        let ends = self.low().zip(self.high());
        ends.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }
}

/// The interval of the mean of `values` at the level `confidence`, one of `comparisons` that are to hold together at that
/// level: each is wrong with probability (1 − confidence) / comparisons (Bonferroni).
#[must_use]
pub fn interval(values: &[f64], confidence: f64, comparisons: usize) -> Interval {
    let n = values.len();
    let sd = standard_deviation(values);
    let half_width = sd.map(|sd| {
        let wrong = (1.0 - confidence) / comparisons.max(1) as f64;
        // All the same: the quantile does not matter.
        if sd == 0.0 {
            0.0
        } else {
            t_quantile(1.0 - wrong / 2.0, n - 1) * sd / (n as f64).sqrt()
        }
    });
    Interval {
        n,
        mean: mean(values),
        sd,
        half_width,
    }
}

/// The quantile of Student's t distribution at `p` (0 to 1, both excluded) with `freedom` ≥ 1 degrees.
///
/// # Panics
/// With 0 degrees of freedom: a defect.
#[must_use]
pub fn t_quantile(p: f64, freedom: usize) -> f64 {
    let t = StudentsT::new(0.0, 1.0, freedom as f64).expect("some degrees of freedom");
    t.inverse_cdf(p)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::rng::Rng;

    #[test]
    fn quantiles_are_those_of_the_published_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
        for (p, freedom, published) in [
            (0.95, 1, 6.314),
            (0.975, 1, 12.706),
            (0.975, 2, 4.303),
            (0.975, 9, 2.262),
            (0.975, 29, 2.045),
            (0.995, 9, 3.250),
            (0.999, 29, 3.396),
            (0.975, 100, 1.984),
        ] {
            let t = t_quantile(p, freedom);
            assert!((t - published).abs() < 6e-4, "{t} is not {published}");
        }
    }

    #[test]
    fn hand_values() {
        // Mean 5, sd √(32/7), n = 8, t(0.975, 7) = 2.3646.
        let it = interval(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0], 0.95, 1);
        assert_eq!((it.n, it.mean), (8, Some(5.0)));
        let expected = 2.364_624 * (32.0_f64 / 7.0).sqrt() / 8.0_f64.sqrt();
        assert!((it.half_width.expect("two values") - expected).abs() < 1e-5);
        assert!(it.excludes_zero());
        // Two intervals at once: the quantile at 1 − 0.05/4.
        let wider = interval(&[1.0, 2.0, 3.0], 0.95, 2).half_width.expect("two values");
        let expected = 6.205_347 / 3.0_f64.sqrt();
        assert!((wider - expected).abs() < 1e-4, "{wider} is not {expected}");
    }

    #[test]
    fn few_or_equal_values_give_no_nonsense() {
        let none = interval(&[], 0.95, 1);
        assert_eq!((none.mean, none.sd, none.half_width), (None, None, None));
        assert_eq!(interval(&[3.0], 0.95, 1).half_width, None);
        assert!(!interval(&[3.0], 0.95, 1).excludes_zero());
        let same = interval(&[0.0, 0.0, 0.0], 0.95, 1);
        assert_eq!((same.low(), same.high()), (Some(0.0), Some(0.0)));
        assert!(!same.excludes_zero());
        assert!(interval(&[2.0, 2.0], 0.95, 1).excludes_zero());
    }

    #[test]
    fn paired_intervals_cover_the_true_difference_as_often_as_they_say() {
        const REPETITIONS: u32 = 2000;
        const TRUE_DIFFERENCE: f64 = 0.3;
        let mut rng = Rng::seed_from_u64(42);
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let mut covered = 0;
        for _ in 0..REPETITIONS {
            // What two variants share, with three times the spread of what they don't.
            let difference = |_| {
                let common = 3.0 * normal();
                let (a, b) = (common + normal(), common + normal() + TRUE_DIFFERENCE);
                b - a
            };
            let differences: Vec<f64> = (0..10).map(difference).collect();
            let it = interval(&differences, 0.95, 1);
            let (low, high) = it.low().zip(it.high()).expect("ten values");
            covered += u32::from(low <= TRUE_DIFFERENCE && TRUE_DIFFERENCE <= high);
        }
        // 1900 expected; the binomial standard error is 9.7, three of them are allowed.
        assert!((1871..=1929).contains(&covered), "{covered} of {REPETITIONS}");
    }
}
