//! What came out of a comparison: a table for each metric, the winner, and what to be careful about.

use std::fmt::Write;
use std::path::Path;

use crate::cli::{Style, table};
use crate::compare::{Analysis, Better, Difference, Estimate, Finished, Interval, MetricResult, Plan};
use crate::human;

const NONE: &str = "–";

/// In the place of the confidence of intervals that one run can't have.
const NO_INTERVALS: &str = "none, of one run each: --runs 2 gives the first, --runs 10 good ones";

/// Of more variants than this only the first are listed.
const VARIANTS_SHOWN: usize = 20;

/// What is about to be run, some lines of text.
pub(super) fn plan(plan: &Plan, jobs: usize, target: &Path, style: Style) -> String {
    let mut text = format!("{}\n", style.bold(&plan.name));
    let mut line = |name: &str, value: &str| {
        writeln!(text, "  {} {value}", style.dim(format!("{name:<9}"))).expect("a String takes all");
    };
    for (index, variant) in plan.variants.iter().enumerate().take(VARIANTS_SHOWN) {
        let mark = if index == plan.baseline { "  (baseline)" } else { "" };
        line(
            if index == 0 { "variants" } else { "" },
            &format!("{}{mark}", variant.label),
        );
    }
    if plan.variants.len() > VARIANTS_SHOWN {
        line("", &format!("… and {} more", plan.variants.len() - VARIANTS_SHOWN));
    }
    let more = plan.precision.map_or(String::new(), |share| {
        format!(", up to {} for ± {}", plan.max_runs, human::percent(share))
    });
    line(
        "runs",
        &format!(
            "{} of each{more}, seeds from {}, {jobs} at a time",
            plan.runs, plan.base.seed
        ),
    );
    line("warm-up", &plan.warm_up_word());
    line("results", &target.display().to_string());
    text.push('\n');
    text
}

/// The tables and the lines below them.
pub(super) fn outcome(plan: &Plan, finished: &Finished, target: &Path, style: Style) -> String {
    let analysis = &finished.analysis;
    let mut text = String::new();
    let (shown, hidden): (Vec<_>, Vec<_>) = analysis.metrics.iter().partition(|result| is_shown(plan, result));
    for result in shown {
        text.push_str(&metric(result, style));
        text.push('\n');
    }
    let mut line = |name: &str, value: &str| {
        writeln!(text, "  {} {value}", style.dim(format!("{name:<9}"))).expect("a String takes all");
    };
    let difference = format!("a difference is to `{}`, run by run", analysis.baseline);
    if analysis.runs == 1 {
        line("intervals", &format!("{NO_INTERVALS}; {difference}"));
    } else {
        line("± and [ ]", &format!("{}; {difference}", confidence(analysis)));
        line("resolved", &correction(plan.variants.len().saturating_sub(1)));
    }
    for state in &analysis.variants {
        if state.not_finished > 0 {
            let how_many = format!(
                "{} of {} runs of `{}`",
                state.not_finished, analysis.runs, state.variant
            );
            line("unfinished", &format!("{how_many} ended before all was done"));
        }
        if let Some(cut) = state.cut_mean_s {
            line(
                "cut",
                &format!(
                    "{} on average in `{}`, {} of {} runs",
                    human::duration(cut),
                    state.variant,
                    state.runs_cut,
                    analysis.runs
                ),
            );
        }
    }
    if !hidden.is_empty() {
        line(
            "not shown",
            &format!("{} metrics, in comparison_summary.csv", hidden.len()),
        );
    }
    line("results", &style.bold(target.display()));
    text
}

/// The first metric of the variants, without a verdict, and where the rest is.
pub(super) fn overview(finished: &Finished, target: &Path, style: Style) -> String {
    let analysis = &finished.analysis;
    let mut text = String::new();
    if let Some(result) = analysis.metrics.first() {
        text = heading(result, style);
        let shown = result.variants.iter().take(VARIANTS_SHOWN);
        let rows: Vec<_> = shown.map(|estimate| row(estimate)[..3].to_vec()).collect();
        text.push_str(&table::aligned(&["variant", "n", "mean"], &rows, style));
        if result.variants.len() > VARIANTS_SHOWN {
            let more = result.variants.len() - VARIANTS_SHOWN;
            writeln!(text, "  … and {more} more in comparison_summary.csv").expect("a String takes all");
        }
        text.push('\n');
    }
    let mut line = |name: &str, value: &str| {
        writeln!(text, "  {} {value}", style.dim(format!("{name:<9}"))).expect("a String takes all");
    };
    if analysis.runs == 1 {
        line("intervals", NO_INTERVALS);
    } else {
        line("±", &confidence(analysis));
    }
    line(
        "metrics",
        &format!(
            "{}, in comparison.csv and comparison_summary.csv",
            analysis.metrics.len()
        ),
    );
    line("results", &style.bold(target.display()));
    text
}

/// What intervals are made of.
fn confidence(analysis: &Analysis) -> String {
    let runs = human::counted(analysis.runs.into(), "run");
    format!("{} confidence, Student's t over {runs}", percent(analysis.confidence))
}

/// What is resolved, of so many `comparisons`.
fn correction(comparisons: usize) -> String {
    let corrected = match comparisons {
        0 | 1 => "one difference: no correction".to_owned(),
        many => format!("corrected for {many} at once: Bonferroni"),
    };
    format!("the interval of the difference excludes 0 ({corrected})")
}

/// Whether a metric is on the screen: those asked for by name, else those of the swarm and the times of groups that
/// compete, as far as they are defined.
fn is_shown(plan: &Plan, result: &MetricResult) -> bool {
    let is_defined = result.variants.iter().any(|estimate| estimate.value.n > 0);
    let of_competitors = plan.groups_compete() && result.metric.name.ends_with(".completion_mean_s");
    plan.metrics_named || (is_defined && (!result.metric.is_of_group() || of_competitors))
}

/// The name of a metric, its unit, and which values of it are better.
fn heading(result: &MetricResult, style: Style) -> String {
    let unit = match result.metric.unit {
        "1" => String::new(),
        unit => format!(" in {unit}"),
    };
    let better = match result.metric.better {
        Better::Neither => String::new(),
        better => format!(", {} is better", better.word()),
    };
    format!(
        "{}{}\n",
        style.bold(&result.metric.name),
        style.dim(format!("{unit}{better}"))
    )
}

fn metric(result: &MetricResult, style: Style) -> String {
    let mut text = heading(result, style);
    let header = ["variant", "n", "mean", "difference", "relative", "resolved"];
    let rows: Vec<_> = result.variants.iter().map(row).collect();
    text.push_str(&table::aligned(&header, &rows, style));
    if let Some(winner) = &result.winner {
        writeln!(text, "  winner: {}", style.bold(winner)).expect("a String takes all");
    } else if let Some(ahead) = result.ahead.as_ref().filter(|_| has_intervals(result)) {
        let others = ahead.not_resolved_against.join(", ");
        let pairs = result.variants.len() * (result.variants.len() - 1) / 2;
        // The column above has the differences to the baseline only: fewer at once, so some of them are resolved where this is not.
        let at_once = if pairs > 1 {
            format!(", all {pairs} pairs taken together")
        } else {
            String::new()
        };
        writeln!(
            text,
            "  no winner: {} is ahead, but not resolved against {others}{at_once}",
            ahead.variant
        )
        .expect("a String takes all");
    }
    for doubtful in result.variants.iter().filter(|estimate| estimate.unfinished > 0) {
        let runs = doubtful.value.n + doubtful.undefined;
        writeln!(
            text,
            "  no verdict on {}: {} of {runs} runs did not finish, and its figures are those of the peers that made it",
            doubtful.variant, doubtful.unfinished
        )
        .expect("a String takes all");
    }
    text
}

/// Whether any variant has runs enough for an interval: without, there is nothing to win by.
fn has_intervals(result: &MetricResult) -> bool {
    result
        .variants
        .iter()
        .any(|estimate| estimate.value.half_width.is_some())
}

fn row(estimate: &Estimate) -> Vec<String> {
    let notes = [(estimate.undefined, "undefined"), (estimate.unfinished, "unfinished")];
    let notes: Vec<_> = notes.iter().filter(|(runs, _)| *runs > 0).collect();
    let notes: Vec<_> = notes.iter().map(|(runs, what)| format!("{runs} {what}")).collect();
    let n = match notes.as_slice() {
        [] => estimate.value.n.to_string(),
        notes => format!("{} ({})", estimate.value.n, notes.join(", ")),
    };
    let mut cells = vec![estimate.variant.clone(), n, mean(&estimate.value)];
    match &estimate.difference {
        None => cells.extend(["baseline", "", ""].map(str::to_owned)),
        Some(difference) => cells.extend([
            ends(difference),
            difference
                .relative
                .map_or(NONE.to_owned(), |share| signed(100.0 * share, 1) + " %"),
            resolved(difference).to_owned(),
        ]),
    }
    cells
}

fn resolved(difference: &Difference) -> &'static str {
    match (difference.resolved, difference.value.half_width) {
        (true, _) => "yes",
        (false, Some(_)) => "no",
        (false, None) => "no interval",
    }
}

fn mean(value: &Interval) -> String {
    let Some(mean) = value.mean else { return NONE.to_owned() };
    match value.half_width {
        None => plain(mean, decimals(mean)),
        Some(0.0) => format!("{} ± 0", plain(mean, decimals(mean))),
        Some(half_width) => {
            let decimals = decimals(half_width);
            format!("{} ± {}", plain(mean, decimals), plain(half_width, decimals))
        }
    }
}

/// A difference with the ends of its interval.
fn ends(difference: &Difference) -> String {
    let value = &difference.value;
    let Some(mean) = value.mean else { return NONE.to_owned() };
    let gaps = match difference.pairs_undefined {
        0 => String::new(),
        gaps => format!(" ({gaps} pairs undefined)"),
    };
    match value.low().zip(value.high()).zip(value.half_width) {
        None => format!("{}{gaps}", signed(mean, decimals(mean))),
        Some(((low, high), half_width)) => {
            let decimals = if half_width > 0.0 {
                decimals(half_width)
            } else {
                decimals(mean)
            };
            // An end next to 0 is not to look like it.
            let decimals = if difference.resolved {
                decimals.max(first_decimal(low.abs().min(high.abs())))
            } else {
                decimals
            };
            let [mean, low, high] = [mean, low, high].map(|value| signed(value, decimals));
            format!("{mean} [{low}, {high}]{gaps}")
        }
    }
}

/// Decimals that show two digits of `size`.
fn decimals(size: f64) -> usize {
    if size == 0.0 {
        return 0;
    }
    (1 - size.abs().log10().floor() as i32).clamp(0, 9) as usize
}

/// Decimals that show one digit of `size`.
fn first_decimal(size: f64) -> usize {
    decimals(size).saturating_sub(1)
}

fn plain(value: f64, decimals: usize) -> String {
    // Rounded to zero there is no sign.
    let text = format!("{value:.decimals$}");
    if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
        return text.trim_start_matches('-').to_owned();
    }
    text.replace('-', "−")
}

fn signed(value: f64, decimals: usize) -> String {
    let text = plain(value, decimals);
    let is_zero = text.chars().all(|c| c == '0' || c == '.');
    if value > 0.0 && !is_zero {
        format!("+{text}")
    } else {
        text
    }
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1e6).round() / 1e4)
}
