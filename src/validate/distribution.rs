//! Two distributions held against each other.

/// Kolmogorov–Smirnov: the largest distance between the distributions of `a` and `b`; `None` if one of them has no value.
#[must_use]
pub fn distance(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let share =
        |values: &[f64], at: f64| values.iter().filter(|value| **value <= at).count() as f64 / values.len() as f64;
    let gaps = a.iter().chain(b).map(|at| (share(a, *at) - share(b, *at)).abs());
    Some(gaps.fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn the_distance_is_the_largest_gap() {
        assert_eq!(distance(&[1.0, 2.0, 3.0, 4.0], &[3.5, 4.0]), Some(0.75));
        assert_eq!(distance(&[1.0, 2.0], &[1.0, 2.0]), Some(0.0));
        assert_eq!(distance(&[1.0], &[2.0, 3.0]), Some(1.0));
        assert_eq!(distance(&[], &[2.0]), None);
    }
}
