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

    /// Whether the interval, made at the level `confidence` as one of `comparisons`, tells the mean from 0: it does not hold it. One of values that are all the same
    /// has no width, which says nothing of chance; then the sign test decides, by which n of n values have one sign with probability 2·0.5ⁿ.
    #[must_use]
    pub fn resolves(&self, confidence: f64, comparisons: usize) -> bool {
        let Some((low, high)) = self.low().zip(self.high()) else {
            return false;
        };
        // Differences of times that are the same differ in their last digits.
        let no_spread = self.mean.zip(self.sd).is_some_and(|(mean, sd)| sd <= 1e-9 * mean.abs());
        let by_sign = 2.0 * 0.5_f64.powi(self.n as i32);
        (low > 0.0 || high < 0.0) && (!no_spread || by_sign <= wrong(confidence, comparisons))
    }
}

/// The interval of the mean of `values` at the level `confidence`, one of `comparisons` that are to hold together at that
/// level: each is wrong with probability (1 − confidence) / comparisons (Bonferroni).
#[must_use]
pub fn interval(values: &[f64], confidence: f64, comparisons: usize) -> Interval {
    let n = values.len();
    let sd = standard_deviation(values);
    let half_width = sd.map(|sd| {
        // All the same: the quantile does not matter.
        if sd == 0.0 {
            0.0
        } else {
            t_quantile(1.0 - wrong(confidence, comparisons) / 2.0, n - 1) * sd / (n as f64).sqrt()
        }
    });
    Interval {
        n,
        mean: mean(values),
        sd,
        half_width,
    }
}

/// How often one of `comparisons` may be wrong, so that all hold together at the level `confidence`.
fn wrong(confidence: f64, comparisons: usize) -> f64 {
    (1.0 - confidence) / comparisons.max(1) as f64
}

/// The quantile of Student's t distribution at `p` (0 to 1, both excluded) with `freedom` ≥ 1 degrees.
///
/// # Panics
/// With 0 degrees of freedom: a defect.
#[must_use]
pub fn t_quantile(p: f64, freedom: usize) -> f64 {
    let t = StudentsT::new(0.0, 1.0, freedom as f64).expect("some degrees of freedom");
    rounded(t.inverse_cdf(p))
}

/// `value` to ten digits. The quantile comes from the `exp` and `log` of the platform, whose last bit hangs on the processor and on how the program was optimised; no table
/// should.
fn rounded(value: f64) -> f64 {
    format!("{value:.9e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::rng::Rng;

    #[test]
    fn the_last_bits_of_a_quantile_do_not_count() {
        let t = t_quantile(0.99375, 1);
        let near = [t, t * (1.0 + 4.0 * f64::EPSILON), t * (1.0 - 4.0 * f64::EPSILON)];
        assert_eq!(near.map(rounded).map(f64::to_bits), [t; 3].map(f64::to_bits));
        assert_eq!(
            [1.0 / 3.0, 1e300 / 7.0].map(rounded).map(f64::to_bits),
            [0.333_333_333_3, 1.428_571_429e299].map(f64::to_bits)
        );
    }

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
        assert!(it.resolves(0.95, 1));
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
        assert!(!interval(&[3.0], 0.95, 1).resolves(0.95, 1));
        let same = interval(&[0.0, 0.0, 0.0], 0.95, 1);
        assert_eq!((same.low(), same.high()), (Some(0.0), Some(0.0)));
        assert!(!same.resolves(0.95, 1));
    }

    #[test]
    fn values_without_spread_resolve_by_their_number() {
        let resolved = |n: usize, comparisons| interval(&vec![2.1; n], 0.95, comparisons).resolves(0.95, comparisons);
        // 2·0.5⁶ is 3.1 %; one of nine may be wrong in 0.56 %, and 2·0.5⁹ is 0.39 %.
        assert_eq!([2, 5, 6, 30].map(|n| resolved(n, 1)), [false, false, true, true]);
        assert_eq!([8, 9].map(|n| resolved(n, 9)), [false, true]);
        // Rounding is no spread.
        let rounded: Vec<f64> = (1..=5).map(|k| f64::from(k) * 0.1 + 0.1 - f64::from(k) * 0.1).collect();
        assert!(!interval(&rounded, 0.95, 1).resolves(0.95, 1), "{rounded:?}");
    }

    /// How often `n` differences that are −1, 0 or 1 with one probability are told from 0, over all 3ⁿ of them.
    fn resolved_by_chance(n: usize) -> f64 {
        let all = 3_usize.pow(n as u32);
        let digit = |of: usize, place: usize| (of / 3_usize.pow(place as u32) % 3) as f64 - 1.0;
        let values = |of: usize| (0..n).map(|place| digit(of, place)).collect::<Vec<_>>();
        let resolved = (0..all).filter(|&of| interval(&values(of), 0.95, 1).resolves(0.95, 1));
        resolved.count() as f64 / all as f64
    }

    #[test]
    fn whole_numbers_are_seldom_resolved_by_chance() {
        // Without the sign test it were 22 % of pairs and 7.4 % of triples.
        for n in [2, 3, 4] {
            assert!(resolved_by_chance(n) < 1e-12, "{n}");
        }
        assert!((resolved_by_chance(5) - 10.0 / 243.0).abs() < 1e-12);
        // Student's t takes steps for a continuous distribution: here it errs in up to 7 %, not 5 %.
        for n in [6, 7, 8] {
            assert!((0.06..0.07).contains(&resolved_by_chance(n)), "{n}");
        }
        assert!(resolved_by_chance(9) < 0.05 && resolved_by_chance(10) < 0.05);
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
