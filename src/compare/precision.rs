//! Whether more runs are needed: they are added in batches until the interval of a metric is tight.

use super::statistics::interval;

/// Runs that are added at a time. Fixed, so that the number of runs depends on nothing but their results, and on those that were there before.
pub(super) const BATCH: u32 = 10;

/// Whether the interval of `values` is no wider than ± `share` of their mean; never with fewer than two.
pub(super) fn is_tight(values: &[f64], share: f64, confidence: f64) -> bool {
    let it = interval(values, confidence, 1);
    it.mean
        .zip(it.half_width)
        .is_some_and(|(mean, half_width)| half_width <= share * mean.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tight_is_relative_to_the_mean() {
        // Half-width 2.776 · √2.5 / √5 = 1.963.
        let values = [98.0, 99.0, 100.0, 101.0, 102.0];
        assert!(is_tight(&values, 0.02, 0.95) && !is_tight(&values, 0.019, 0.95));
        let negative: Vec<f64> = values.iter().map(|value| -value).collect();
        assert!(is_tight(&negative, 0.02, 0.95));
    }

    #[test]
    fn what_can_not_be_said_is_not_tight() {
        assert!(!is_tight(&[], 0.5, 0.95) && !is_tight(&[1.0], 0.5, 0.95));
        assert!(!is_tight(&[-1.0, 1.0], 0.5, 0.95));
        assert!(is_tight(&[0.0, 0.0], 0.5, 0.95));
    }
}
