//! Mean, standard deviation, quantiles and Jain's fairness index. What is not defined is `None`.

/// The arithmetic mean.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample standard deviation (divisor n − 1); needs two values.
#[must_use]
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// The quantile at `p` (0 to 1) of values in ascending order, by linear interpolation between the two order
/// statistics around `p·(n − 1)`: type 7 of Hyndman & Fan 1996, the default of R and `NumPy`.
#[must_use]
pub fn quantile(ascending: &[f64], p: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let place = p * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    let low = ascending[below];
    Some(low + (ascending[above] - low) * (place - below as f64))
}

/// Jain's fairness index (Σx)² / (n·Σx²) of values that come one by one: 1 when all are equal, 1/n when one has all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Jain {
    count: u64,
    sum: f64,
    squares: f64,
}

impl Jain {
    /// Takes one more value into account.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
    }

    /// Takes all values of `other` into account.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The index; `None` without values or when all of them are zero.
    #[must_use]
    pub fn index(&self) -> Option<f64> {
        (self.squares > 0.0).then(|| self.sum * self.sum / (self.count as f64 * self.squares))
    }

    /// The mean of the values.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares as text of 12 digits: exact enough to see a wrong formula, blind to the last bit.
    fn assert_close(actual: Option<f64>, expected: f64) {
        let actual = actual.expect("defined");
        assert!(
            (actual - expected).abs() <= 1e-12 * expected.abs(),
            "{actual} is not {expected}"
        );
    }

    #[test]
    fn nothing_has_no_statistics() {
        assert_eq!(mean(&[]), None);
        assert_eq!(standard_deviation(&[1.0]), None);
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(Jain::default().index(), None);
    }

    #[test]
    fn hand_values() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_close(mean(&values), 5.0);
        assert_close(standard_deviation(&values), (32.0_f64 / 7.0).sqrt());
    }

    #[test]
    fn quantiles_are_those_of_r_and_numpy() {
        // R: quantile(c(1, 2, 3, 4), c(0, .05, .25, .5, .95, 1))
        let values = [1.0, 2.0, 3.0, 4.0];
        for (p, expected) in [
            (0.0, 1.0),
            (0.05, 1.15),
            (0.25, 1.75),
            (0.5, 2.5),
            (0.95, 3.85),
            (1.0, 4.0),
        ] {
            assert_close(quantile(&values, p), expected);
        }
        assert_close(quantile(&[7.0], 0.95), 7.0);
    }

    #[test]
    fn jain_is_one_when_equal_and_one_nth_when_one_has_all() {
        let index = |values: &[f64]| {
            let mut jain = Jain::default();
            for value in values {
                jain.add(*value);
            }
            jain.index()
        };
        assert_close(index(&[3.0, 3.0, 3.0]), 1.0);
        assert_close(index(&[0.0, 0.0, 5.0, 0.0]), 0.25);
        assert_close(index(&[1.0, 2.0, 3.0]), 36.0 / 42.0);
        assert_eq!(index(&[0.0, 0.0]), None);
    }
}
