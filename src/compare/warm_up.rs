//! Where the warm-up of a run ends: at a given time, or where MSER-5 says.
//!
//! MSER-5 (White 1997; White, Cobb & Spratt 2000) cuts a series where the standard error of the mean of what is left is least: means of
//! five values zⱼ, the cut d that minimises `Σ (zⱼ − z̄)² / (n − d)²` over the rest j > d. Cuts in the second half are not trusted.

use crate::metrics::stats::mean;
use crate::scenario::study::WarmUp;
use crate::units::{SimDuration, SimTime};

/// Values in a batch.
const BATCH: usize = 5;

/// How long the warm-up of a run takes by `rule`; `leechers` is how many there were at each of the `times`.
#[must_use]
pub fn warm_up(rule: WarmUp, times: &[SimTime], leechers: &[f64]) -> SimDuration {
    match rule {
        WarmUp::None => SimDuration::ZERO,
        WarmUp::Until(span) => span,
        WarmUp::Mser5 => times
            .get(mser5(leechers))
            .map_or(SimDuration::ZERO, |time| time.since(SimTime::ZERO)),
    }
}

/// The index of the sample among `times` at which counting begins after a warm-up of `span`: the first that is not before it, or the last where the run is shorter,
/// which leaves nothing. `None`: nothing is cut.
#[must_use]
pub fn cut(span: SimDuration, times: &[SimTime]) -> Option<usize> {
    let last = times.len().checked_sub(1).filter(|_| span > SimDuration::ZERO)?;
    Some(times.partition_point(|time| time.0 < span.0).min(last))
}

/// The number of values that MSER-5 leaves out at the start of `series`: a multiple of 5, at most half.
#[must_use]
pub fn mser5(series: &[f64]) -> usize {
    let batches: Vec<f64> = series.chunks_exact(BATCH).filter_map(mean).collect();
    let error = |cut: usize| {
        let rest = &batches[cut..];
        let centre = mean(rest).unwrap_or(0.0);
        let squares: f64 = rest.iter().map(|value| (value - centre).powi(2)).sum();
        squares / (rest.len() as f64).powi(2)
    };
    let cuts = 0..=batches.len() / 2;
    // The first of equals: no more is thrown away than must be.
    let best = cuts
        .filter(|cut| *cut < batches.len())
        .min_by(|a, b| error(*a).total_cmp(&error(*b)));
    best.unwrap_or(0) * BATCH
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five values around each of `means`.
    fn series(means: &[f64]) -> Vec<f64> {
        means
            .iter()
            .flat_map(|m| [m - 2.0, m - 1.0, *m, m + 1.0, m + 2.0])
            .collect()
    }

    #[test]
    fn a_hand_made_series_is_cut_after_its_ramp() {
        let ramp = [0.0, 4.0, 10.0, 12.0, 10.0, 12.0, 10.0, 12.0];
        // From d = 2 on: values 10, 12, 10, 12, 10, 12, mean 11, Σ = 6, error 6/36; d = 3: Σ = 4.8, 4.8/25; d = 4: 4/16.
        assert_eq!(mser5(&series(&ramp)), 2 * BATCH);
    }

    #[test]
    fn a_steady_series_keeps_all_of_it() {
        assert_eq!(mser5(&series(&[7.0; 12])), 0);
        assert_eq!(mser5(&series(&[5.0, 6.0, 5.0, 6.0, 5.0, 6.0, 5.0, 6.0])), 0);
    }

    #[test]
    fn no_more_than_half_is_cut_and_a_short_series_not_at_all() {
        let ever_growing: Vec<f64> = (0..20).map(f64::from).collect();
        assert_eq!(mser5(&series(&ever_growing)), 10 * BATCH);
        assert_eq!(mser5(&[1.0, 2.0, 3.0]), 0);
        assert_eq!(mser5(&[]), 0);
    }

    #[test]
    fn a_given_time_is_moved_to_the_next_sample() {
        let times: Vec<SimTime> = [0, 10, 20, 25]
            .into_iter()
            .map(|s| SimTime::from_secs_f64(f64::from(s)))
            .collect();
        let cut = |seconds| cut(SimDuration::from_secs(seconds), &times);
        assert_eq!((cut(0), cut(10), cut(11), cut(3600)), (None, Some(1), Some(2), Some(3)));
    }
}
