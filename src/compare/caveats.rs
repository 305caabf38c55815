//! What to be careful about with a comparison: said on the command line, and kept beside its tables for the page.

use super::analysis::Analysis;
use super::plan::Plan;
use crate::human;
use crate::scenario::study::WarmUp;

/// Fewer runs than this say little about how much runs differ.
const RUNS_FEW: u32 = 10;
/// What allows more runs where precision decides.
const MAX_RUNS: &str = "--max-runs of `compare`, or `max_runs` in [compare]";
/// So many variants are named that a caveat is about.
const NAMED_MAX: usize = 10;

/// All of it, in the order in which it is said: of the scenarios of variants, before anything is run, and of what came out.
pub(super) fn all(plan: &Plan, analysis: &Analysis, precise: Option<bool>) -> Vec<String> {
    let mut all = plan.warnings.clone();
    all.extend(warnings(plan));
    all.extend(caveats(plan, analysis, precise));
    all
}

/// What to be careful about before anything is run.
#[must_use]
pub fn warnings(plan: &Plan) -> Vec<String> {
    let mut warnings = Vec::new();
    // Where precision decides, that is not known yet.
    if plan.precision.is_none() {
        warnings.extend(too_few(plan.runs, "--runs"));
    }
    if plan.arrivals_differ() {
        warnings.push(
            "variants differ in how many peers come or when, and the chance of a peer hangs on its number in the order of arrival: \
             peers of other groups are then not the same ones in all variants, and differences are wider."
                .to_owned(),
        );
    }
    if plan.is_open() && plan.warm_up.is_none() {
        warnings.push(
            "peers keep coming, and nothing is cut off at the start: those that found an empty swarm count too. \
             `warm_up = \"mser-5\"` in [compare], or a time, leaves them out."
                .to_owned(),
        );
    }
    warnings
}

/// What so many runs of a variant leave open.
fn too_few(runs: u32, option: &str) -> Option<String> {
    let why = match runs {
        1 => "without more there are no intervals, and any difference may be chance.".to_owned(),
        2..RUNS_FEW => format!(
            "intervals from fewer than {RUNS_FEW} lean on the values being normally distributed, and those of counts are then often too narrow."
        ),
        _ => return None,
    };
    let few = human::counted(runs.into(), "run");
    Some(format!("each variant has only {few}: {why} More with {option}."))
}

/// What to be careful about with what came out.
#[must_use]
pub fn caveats(plan: &Plan, analysis: &Analysis, precise: Option<bool>) -> Vec<String> {
    let mut caveats = Vec::new();
    if plan.precision.is_some() {
        let option = if precise == Some(false) { MAX_RUNS } else { "--runs" };
        caveats.extend(too_few(analysis.runs, option));
    }
    let unfinished: u32 = analysis.variants.iter().map(|state| state.not_finished).sum();
    if unfinished > 0 {
        caveats.push(format!(
            "{} ended before all was done (see `ending` in runs.csv): completion times are those of the peers that made it. By variant: {}.",
            human::counted(unfinished.into(), "run"),
            unfinished_by_variant(analysis)
        ));
    }
    let emptied: u32 = analysis.variants.iter().map(|state| state.runs_emptied).sum();
    if emptied > 0 {
        caveats.push(format!(
            "of {} the warm-up left nobody: no peer joined after it. Choose a shorter `warm_up` in [compare].",
            human::counted(emptied.into(), "run")
        ));
    }
    let paused = analysis.variants.iter().filter(|state| state.runs_paused > 0);
    let paused: Vec<_> = paused
        .map(|state| format!("`{}` {}", state.variant, state.runs_paused))
        .collect();
    if !paused.is_empty() {
        caveats.push(format!(
            "in some runs nothing moved for long though leechers waited (`longest_pause_s` in runs.csv), mostly for the tracker: completion times show its \
             `min_announce_interval`. By variant: {}.",
            first_of(paused)
        ));
    }
    let late: u32 = analysis.variants.iter().map(|state| state.runs_cut_late).sum();
    if late > 0 && plan.warm_up == Some(WarmUp::Mser5) {
        caveats.push(format!(
            "of {} MSER-5 cut off half or nearly, the most it may: they were perhaps never steady. Longer runs (`run.time_limit`) show it, or a `warm_up` that you choose in [compare].",
            human::counted(late.into(), "run")
        ));
    }
    if let (Some(true), Some(share), Some(result)) = (precise, plan.precision, analysis.metrics.first()) {
        let gaps = result.variants.iter().filter(|estimate| estimate.undefined > 0);
        let parts: Vec<_> = gaps
            .map(|estimate| format!("`{}` {} of {}", estimate.variant, estimate.value.n, analysis.runs))
            .collect();
        if !parts.is_empty() {
            caveats.push(format!(
                "± {} of {} is reached with the runs in which it is defined: {}.",
                human::percent(share),
                result.metric.name,
                first_of(parts)
            ));
        }
    }
    if let (Some(false), Some(share), Some(metric)) = (precise, plan.precision, plan.metrics.first()) {
        let how = if analysis.runs < plan.max_runs {
            ": the command that began it goes on with --resume.".to_owned()
        } else {
            format!(", the most that are allowed: {MAX_RUNS} allows more.")
        };
        caveats.push(format!(
            "± {} of {} was not reached with {} runs{how}",
            human::percent(share),
            metric.name,
            analysis.runs
        ));
    }
    caveats
}

/// How many runs of which variants ended early.
fn unfinished_by_variant(analysis: &Analysis) -> String {
    let cut = analysis.variants.iter().filter(|state| state.not_finished > 0);
    first_of(
        cut.map(|state| format!("`{}` {}", state.variant, state.not_finished))
            .collect(),
    )
}

/// The first of `parts`, and how many more there are.
fn first_of(mut parts: Vec<String>) -> String {
    let more = parts.len().saturating_sub(NAMED_MAX);
    parts.truncate(NAMED_MAX);
    if more > 0 {
        parts.push(format!("and {more} more"));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_is_said_to_have_no_interval_and_few_to_have_a_doubtful_one() {
        let one = too_few(1, "--runs").expect("a caveat");
        assert!(one.contains("only 1 run:") && one.contains("no intervals"), "{one}");
        assert!(too_few(9, "--runs").is_some_and(|few| few.contains("only 9 runs: intervals from fewer than 10")));
        assert_eq!(too_few(RUNS_FEW, "--runs"), None);
    }
}
