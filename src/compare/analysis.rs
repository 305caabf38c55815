//! From the values of all runs to means, paired differences and winners.

use serde::Serialize;

use super::metric::{Better, Metric};
use super::statistics::{Interval, interval};

/// A metric in the runs of a variant.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sample {
    /// Its values; a run in which it is not defined has none.
    pub values: Vec<Option<f64>>,
    /// Runs in which it leaves out leechers that never got the file.
    pub unfinished: usize,
}

/// What came out of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// Label of the variant that the others are held against.
    pub baseline: String,
    /// Level of all intervals.
    pub confidence: f64,
    /// Runs of each variant.
    pub runs: u32,
    /// The variants in order.
    pub variants: Vec<VariantState>,
    /// The metrics in order.
    pub metrics: Vec<MetricResult>,
}

/// How the runs of a variant went.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct VariantState {
    /// Its label.
    pub variant: String,
    /// Runs that ended before all was done: stalled, dead, or by the time limit in a closed swarm.
    pub not_finished: u32,
    /// Runs of which something was cut off at the start.
    pub runs_cut: u32,
    /// Runs of which the warm-up left nobody.
    pub runs_emptied: u32,
    /// Runs of which half was cut off or nearly: MSER-5 trusts no later cut, and may have wanted one.
    pub runs_cut_late: u32,
    /// Runs in which nothing moved for long though leechers waited.
    pub runs_paused: u32,
    /// What was cut off on average over all runs, in seconds; `None`: nothing of any.
    pub cut_mean_s: Option<f64>,
}

/// A metric in all variants.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricResult {
    /// The metric.
    #[serde(flatten)]
    pub metric: Metric,
    /// Differences to the baseline that hold together at the level of confidence.
    pub comparisons: usize,
    /// The variant that is better than every other one, each of all pairs resolved.
    pub winner: Option<String>,
    /// In the place of a winner: the one with the best mean, and those that it is not resolved against.
    pub ahead: Option<Ahead>,
    /// The variants in order.
    pub variants: Vec<Estimate>,
}

/// A variant whose mean is best, but not for sure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ahead {
    /// Its label.
    pub variant: String,
    /// Those that may be as good.
    pub not_resolved_against: Vec<String>,
}

/// A metric in one variant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Label of the variant.
    pub variant: String,
    /// Runs in which the metric is not defined.
    pub undefined: usize,
    /// Runs in which leechers never got the file, where the metric is a completion time: it is that of the others.
    pub unfinished: usize,
    /// Over the runs in which it is.
    #[serde(flatten)]
    pub value: Interval,
    /// What it is against the baseline; `None` for that itself.
    pub difference: Option<Difference>,
}

/// The same runs of two variants, one less the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Pairs of which one side or both have no value.
    pub pairs_undefined: usize,
    /// Over the other pairs.
    #[serde(flatten)]
    pub value: Interval,
    /// The difference as a share of the baseline's mean over the same runs; `None` where that is 0.
    pub relative: Option<f64>,
    /// Whether the interval excludes 0, all pairs are defined, and it can be believed.
    pub resolved: bool,
}

/// The `samples` of `metric` in the variants `labels` against each other.
pub(super) fn analyse(
    metric: &Metric,
    labels: &[&str],
    samples: &[Sample],
    baseline: usize,
    confidence: f64,
) -> MetricResult {
    let comparisons = labels.len().saturating_sub(1);
    let estimate = |(variant, own): (usize, &Sample)| {
        let defined: Vec<f64> = own.values.iter().copied().flatten().collect();
        Estimate {
            variant: labels[variant].to_owned(),
            undefined: own.values.len() - defined.len(),
            unfinished: own.unfinished,
            value: interval(&defined, confidence, 1),
            difference: (variant != baseline).then(|| difference(own, &samples[baseline], confidence, comparisons)),
        }
    };
    let variants: Vec<Estimate> = samples.iter().enumerate().map(estimate).collect();
    let ranking = rank(metric.better, labels, samples, &variants, confidence);
    let (winner, ahead) = match ranking {
        Some(ahead) if ahead.not_resolved_against.is_empty() => (Some(ahead.variant), None),
        ahead => (None, ahead),
    };
    MetricResult {
        metric: metric.clone(),
        comparisons,
        winner,
        ahead,
        variants,
    }
}

/// `own` less `other`, run by run, as one of `comparisons`.
fn difference(own: &Sample, other: &Sample, confidence: f64, comparisons: usize) -> Difference {
    let both = own.values.iter().zip(&other.values);
    let pairs: Vec<(f64, f64)> = both.filter_map(|(a, b)| a.zip(*b)).collect();
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).collect();
    let value = interval(&differences, confidence, comparisons);
    let base = pairs.iter().map(|(_, b)| b).sum::<f64>() / pairs.len().max(1) as f64;
    Difference {
        pairs_undefined: own.values.len() - pairs.len(),
        value,
        relative: value.mean.filter(|_| base != 0.0).map(|mean| mean / base.abs()),
        // Of survivors nothing is known but that they survived, and a side without a value may be the reason why the rest looks good.
        resolved: own.unfinished + other.unfinished == 0
            && pairs.len() == own.values.len()
            && value.resolves(confidence, comparisons),
    }
}

/// The variant with the best mean and those that it is not resolved against; nothing where no value is better than another,
/// or nothing differs.
fn rank(better: Better, labels: &[&str], samples: &[Sample], estimates: &[Estimate], confidence: f64) -> Option<Ahead> {
    let sign = match better {
        Better::Lower => 1.0,
        Better::Higher => -1.0,
        Better::Neither => return None,
    };
    if labels.len() < 2 || samples.iter().all(|own| own == &samples[0]) {
        return None;
    }
    let mean = |variant: usize| estimates[variant].value.mean.map(|mean| sign * mean);
    let with_mean = (0..labels.len()).filter_map(|variant| Some((variant, mean(variant)?)));
    let (best, _) = with_mean.min_by(|a, b| a.1.total_cmp(&b.1))?;
    let pairs = labels.len() * (labels.len() - 1) / 2;
    let is_resolved = |other: &usize| {
        let lead = difference(&samples[best], &samples[*other], confidence, pairs);
        lead.resolved && lead.value.mean.is_some_and(|mean| sign * mean < 0.0)
    };
    let others = (0..labels.len()).filter(|other| *other != best);
    Some(Ahead {
        variant: labels[best].to_owned(),
        not_resolved_against: others
            .filter(|other| !is_resolved(other))
            .map(|other| labels[other].to_owned())
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::metric::metrics;
    use super::*;
    use crate::rng::Rng;
    use crate::scenario::Place;
    use crate::scenario::study::Placed;
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    fn analysed(name: &str, values: &[Vec<Option<f64>>]) -> MetricResult {
        let finished = |values: &Vec<_>| Sample {
            values: values.clone(),
            unfinished: 0,
        };
        analysed_samples(name, &values.iter().map(finished).collect::<Vec<_>>())
    }

    fn analysed_samples(name: &str, samples: &[Sample]) -> MetricResult {
        let placed = Placed {
            value: name.to_owned(),
            place: Place::on_command_line("--metrics", name),
        };
        let metric = metrics(&["origin", "leechers"], &[placed]).expect("a metric").remove(0);
        analyse(&metric, &["a", "b", "c"][..samples.len()], samples, 0, 0.95)
    }

    fn runs(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    const BASE: [f64; 4] = [100.0, 110.0, 90.0, 104.0];

    fn less(by: [f64; 4]) -> Vec<Option<f64>> {
        runs(&[BASE[0] - by[0], BASE[1] - by[1], BASE[2] - by[2], BASE[3] - by[3]])
    }

    #[test]
    fn intervals_of_several_differences_all_cover_as_often_as_they_say() {
        const REPETITIONS: u32 = 2000;
        const TRUE: [f64; 3] = [0.0, 0.3, -0.5];
        let mut rng = Rng::seed_from_u64(7);
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let mut all_covered = 0;
        for _ in 0..REPETITIONS {
            let mut values = vec![Vec::new(); 3];
            for _ in 0..10 {
                // What the variants of a run share has three times the spread of what they don't.
                let common = 3.0 * normal();
                for (variant, values) in values.iter_mut().enumerate() {
                    values.push(Some(common + normal() + TRUE[variant]));
                }
            }
            let result = analysed("completion_mean_s", &values);
            assert_eq!(result.comparisons, 2);
            let covers = |variant: usize| {
                let difference = &result.variants[variant]
                    .difference
                    .as_ref()
                    .expect("not the baseline")
                    .value;
                let (low, high) = difference.low().zip(difference.high()).expect("ten pairs");
                low <= TRUE[variant] && TRUE[variant] <= high
            };
            all_covered += u32::from(covers(1) && covers(2));
        }
        // At least 1900 by Bonferroni; a few more, for the two share their baseline. The binomial standard error is 9.7, three are allowed.
        assert!((1871..=1960).contains(&all_covered), "{all_covered} of {REPETITIONS}");
    }

    #[test]
    fn pairs_resolve_what_the_spread_of_runs_would_hide() {
        let result = analysed("completion_mean_s", &[runs(&BASE), less([5.0, 6.0, 4.0, 5.0])]);
        let b = &result.variants[1];
        let difference = b.difference.as_ref().expect("not the baseline");
        // Mean −5, sd √(2/3), t(0.975, 3) = 3.182446: half-width 1.29923.
        assert_eq!(difference.value.mean, Some(-5.0));
        assert!((difference.value.half_width.expect("pairs") - 1.299_23).abs() < 1e-4);
        assert!(difference.resolved && result.comparisons == 1);
        assert!((difference.relative.expect("base") + 5.0 / 101.0).abs() < 1e-12);
        assert!(
            b.value.low().expect("ends") < 101.0,
            "the intervals of the means overlap"
        );
        assert_eq!(result.winner.as_deref(), Some("b"));
    }

    #[test]
    fn higher_can_be_better_or_neither() {
        let values = vec![runs(&BASE), less([5.0, 6.0, 4.0, 5.0])];
        assert_eq!(analysed("utilisation", &values).winner.as_deref(), Some("a"));
        let neither = analysed("uploaded_bytes", &values);
        assert!(neither.winner.is_none() && neither.ahead.is_none());
        assert!(neither.variants[1].difference.as_ref().is_some_and(|d| d.resolved));
    }

    #[test]
    fn a_winner_is_resolved_against_every_other_one() {
        let close = vec![runs(&BASE), less([5.0, 6.0, 4.0, 5.0]), less([5.1, 5.8, 4.4, 5.1])];
        let result = analysed("completion_mean_s", &close);
        assert_eq!(result.comparisons, 2);
        assert_eq!(result.winner, None);
        let ahead = result.ahead.expect("one has the best mean");
        assert_eq!(
            (&*ahead.variant, ahead.not_resolved_against),
            ("c", vec!["b".to_owned()])
        );
    }

    #[test]
    fn more_comparisons_make_wider_intervals() {
        let noisy = less([1.0, 3.0, 2.0, 0.6]);
        let two = analysed("completion_mean_s", &[runs(&BASE), noisy.clone()]);
        let three = analysed("completion_mean_s", &[runs(&BASE), noisy, less([9.0; 4])]);
        let half_width = |result: &MetricResult| {
            let difference = result.variants[1].difference.as_ref();
            difference
                .and_then(|difference| difference.value.half_width)
                .expect("pairs")
        };
        assert!(half_width(&three) > half_width(&two));
    }

    #[test]
    fn missing_values_are_counted_and_leave_no_winner() {
        let mut gaps = less([5.0, 6.0, 4.0, 5.0]);
        gaps[1] = None;
        let result = analysed("completion_mean_s", &[runs(&BASE), gaps]);
        let b = &result.variants[1];
        assert_eq!((b.undefined, b.value.n), (1, 3));
        assert_eq!(
            b.difference.as_ref().map(|d| (d.pairs_undefined, d.value.n)),
            Some((1, 3))
        );
        assert_eq!(result.winner, None);
        assert!(
            b.difference.as_ref().is_some_and(|d| !d.resolved),
            "of three pairs, but not of all"
        );
        let nothing = analysed("completion_mean_s", &[vec![None; 4], vec![None; 4]]);
        assert!(nothing.winner.is_none() && nothing.ahead.is_none());
        assert_eq!(nothing.variants[1].value.mean, None);
    }

    #[test]
    fn the_same_everywhere_is_no_difference_and_no_nonsense() {
        let same = analysed("not_completed", &[runs(&[0.0; 4]), runs(&[0.0; 4])]);
        let difference = same.variants[1].difference.clone().expect("not the baseline");
        assert_eq!((difference.value.half_width, difference.relative), (Some(0.0), None));
        assert!(!difference.resolved && same.winner.is_none() && same.ahead.is_none());
        // Equal differences: five are too few, six are not.
        let constant = |n| analysed("completion_mean_s", &[runs(&vec![9.0; n]), runs(&vec![8.0; n])]).winner;
        assert_eq!((constant(5), constant(6).as_deref()), (None, Some("b")));
    }

    #[test]
    fn survivors_are_no_winners() {
        let sample = |values, unfinished| Sample { values, unfinished };
        let faster = less([5.0, 6.0, 4.0, 5.0]);
        let result = |a, b| {
            let samples = [sample(runs(&BASE), a), sample(faster.clone(), b)];
            analysed_samples("completion_mean_s", &samples)
        };
        assert_eq!(result(0, 0).winner.as_deref(), Some("b"));
        for (a, b) in [(0, 1), (1, 0)] {
            let doubtful = result(a, b);
            assert!(doubtful.winner.is_none() && doubtful.variants[1].unfinished == b);
            let difference = doubtful.variants[1].difference.clone().expect("not the baseline");
            assert!(!difference.resolved && difference.value.mean == Some(-5.0));
        }
    }

    #[test]
    fn one_run_resolves_nothing() {
        let single = analysed("completion_mean_s", &[runs(&[9.0]), runs(&[8.0])]);
        assert_eq!(single.winner, None);
        assert_eq!(single.ahead.expect("a better mean").not_resolved_against, ["a"]);
    }
}
