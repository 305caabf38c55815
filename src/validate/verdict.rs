//! Whether what was simulated is what was expected.

use crate::compare::interval;
use crate::scenario::expect::Target;

/// Level of all intervals.
const CONFIDENCE: f64 = 0.95;
/// A mean may be off by so many of its standard errors.
const STANDARD_ERRORS: f64 = 3.0;

/// What comes of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is met.
    Holds,
    /// It is missed, and the scenario says why.
    FallsShort,
    /// It is missed, and nobody knows why.
    Differs,
}

impl Verdict {
    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::FallsShort => "falls short",
            Self::Differs => "differs",
        }
    }
}

/// What the runs say about a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Whether it is met.
    pub met: bool,
    /// What was expected, in words.
    pub expected: String,
    /// What was simulated, in words.
    pub simulated: String,
}

/// Holds `values`, one row a figure and one column a run, against `target`; for a distribution the one value is its distance. A figure that some run does not define is a miss.
///
/// # Panics
/// When a figure of the target has no row: a defect.
#[must_use]
pub fn judge(target: &Target, values: &[Vec<Option<f64>>]) -> Finding {
    let defined: Option<Vec<Vec<f64>>> = values.iter().map(|row| row.iter().copied().collect()).collect();
    let met = defined.as_ref().is_some_and(|defined| is_met(target, defined));
    let simulated = match &defined {
        Some(defined) => simulated(target, defined),
        None => "not defined in every run".to_owned(),
    };
    Finding {
        met,
        expected: expected(target),
        simulated,
    }
}

fn is_met(target: &Target, values: &[Vec<f64>]) -> bool {
    match target {
        Target::Value { value, tolerance, .. } => {
            let seen = interval(&values[0], CONFIDENCE, 1);
            let error = seen.sd.map_or(0.0, |sd| sd / (seen.n as f64).sqrt());
            let allowed = tolerance.max(STANDARD_ERRORS * error);
            seen.mean.is_some_and(|mean| (mean - value).abs() <= allowed)
        }
        Target::Bounds { above, below, .. } => values[0].iter().all(|value| value >= above && value <= below),
        Target::Order(_) => values.windows(2).all(|pair| is_below(&pair[0], &pair[1])),
        Target::Distribution { distance, .. } => values[0].iter().all(|seen| seen <= distance),
    }
}

/// Whether `lower` is below `upper` in the mean of the paired runs, and the interval of the difference agrees.
fn is_below(lower: &[f64], upper: &[f64]) -> bool {
    let differences: Vec<f64> = upper.iter().zip(lower).map(|(upper, lower)| upper - lower).collect();
    interval(&differences, CONFIDENCE, 1).low().is_some_and(|low| low > 0.0)
}

fn expected(target: &Target) -> String {
    match target {
        Target::Value { value, tolerance, .. } => format!("{} ± {}", number(*value), number(*tolerance)),
        Target::Bounds { above, below, .. } if *below == f64::INFINITY => format!("≥ {}", number(*above)),
        Target::Bounds { above, below, .. } if *above == f64::NEG_INFINITY => format!("≤ {}", number(*below)),
        Target::Bounds { above, below, .. } => format!("{} to {}", number(*above), number(*below)),
        Target::Order(_) => "rising".to_owned(),
        Target::Distribution { distance, .. } => format!("≤ {}", number(*distance)),
    }
}

fn simulated(target: &Target, values: &[Vec<f64>]) -> String {
    if let Target::Bounds { .. } = target {
        let least = values[0].iter().copied().fold(f64::INFINITY, f64::min);
        let most = values[0].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        return format!("{} to {}", number(least), number(most));
    }
    let mean = |row: &Vec<f64>| {
        let seen = interval(row, CONFIDENCE, 1);
        let half = seen
            .half_width
            .map_or(String::new(), |half| format!(" ± {}", number(half)));
        seen.mean.map_or(String::new(), number) + &half
    };
    values.iter().map(mean).collect::<Vec<_>>().join(", ")
}

/// `value` with about four digits.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        large if large >= 1000.0 => return format!("{value:.0}"),
        hundreds if hundreds >= 100.0 => 1,
        tens if tens >= 10.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Place;
    use crate::scenario::study::Placed;

    fn figure() -> Placed<String> {
        Placed {
            value: "makespan_s".to_owned(),
            place: Place::on_command_line("--set", "makespan_s"),
        }
    }

    fn row(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn a_mean_may_be_off_by_the_tolerance_or_three_standard_errors() {
        let target = |tolerance| Target::Value {
            figure: figure(),
            value: 10.0,
            tolerance,
        };
        // Mean 12, standard error 1: off by two.
        let values = [row(&[11.0, 13.0])];
        assert!(judge(&target(0.0), &values).met);
        // No spread: off by two of one allowed.
        let values = [row(&[12.0, 12.0])];
        assert!(!judge(&target(1.0), &values).met);
        assert!(judge(&target(2.0), &values).met);
        assert_eq!(judge(&target(1.0), &values).expected, "10 ± 1");
    }

    #[test]
    fn a_bound_holds_for_every_run() {
        let target = Target::Bounds {
            figure: figure(),
            above: 1.0,
            below: 1.05,
        };
        assert!(judge(&target, &[row(&[1.0, 1.05])]).met);
        let finding = judge(&target, &[row(&[1.0, 1.051])]);
        assert_eq!((finding.met, finding.simulated.as_str()), (false, "1 to 1.051"));
        let undefined = judge(&target, &[vec![Some(1.0), None]]);
        assert_eq!(
            (undefined.met, undefined.simulated.as_str()),
            (false, "not defined in every run")
        );
    }

    #[test]
    fn an_order_is_that_of_paired_runs() {
        let target = Target::Order(vec![figure(), figure()]);
        // Overlapping, but apart by 1 in every run.
        assert!(judge(&target, &[row(&[1.0, 5.0, 9.0]), row(&[2.0, 6.0, 10.1])]).met);
        assert!(!judge(&target, &[row(&[1.0, 5.0, 9.0]), row(&[0.5, 6.0, 9.5])]).met);
        assert!(!judge(&target, &[row(&[1.0, 1.0]), row(&[1.0, 1.0])]).met);
    }

    #[test]
    fn numbers_have_about_four_digits() {
        let shown = [2154.6, 345.25, 45.678, 1.0, 0.05].map(number);
        assert_eq!(shown, ["2155", "345.2", "45.68", "1", "0.05"]);
    }
}
