//! `swarmsim compare`: variants of a scenario, many runs of each, held against each other.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Args;
use serde::Serialize;

use crate::choking::OwnChokers;
use crate::cli::{Failure, RESULTS, ScenarioArgs, Style, bare, comparison, interrupt, jobs, memory, report, say};
use crate::compare::{self, Analysis, Directory, Event, Existing, Outcome, Plan};
use crate::engine;
use crate::progress::RunsMeter;
use crate::scenario::limits::{CONFIDENCE_MAX, CONFIDENCE_MIN, PRECISION_MAX, PRECISION_MIN, RUNS_MAX};
use crate::scenario::study::{Placed, Study, Variation};
use crate::scenario::{Loaded, Place, ScenarioError};

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
pub(super) struct CompareArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Chokers to compare, with commas between; for the leechers of all groups that do not free-ride
    #[arg(long, value_name = "A,B,…")]
    choker: Option<String>,
    #[arg(
        help = "A key and the values to try: --vary 'file.chunk_size=64 KiB,256 KiB'; may be repeated, for every combination",
        long,
        value_name = "KEY=A,B,…"
    )]
    vary: Vec<String>,
    /// Runs of each variant, with the seeds N, N + 1, … [default: 30]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=RUNS_MAX as i64))]
    runs: Option<u32>,
    /// The variant that the others are held against [default: the first]
    #[arg(long, value_name = "VARIANT")]
    baseline: Option<String>,
    /// Level of the confidence intervals [default: 0.95]
    #[arg(long, value_name = "SHARE", value_parser = confidence)]
    confidence: Option<f64>,
    /// Add runs until the interval of the first metric is ± this share of its mean, in every variant: 2% or 0.02
    #[arg(long, value_name = "SHARE", value_parser = precision)]
    precision: Option<f64>,
    /// No more runs of each variant than this, whatever --precision asks for [default: 200]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=RUNS_MAX as i64))]
    max_runs: Option<u32>,
    /// Runs at a time [default: one on each core]; the results do not depend on it
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    #[arg(
        help = "Where the results go [default: results/<scenario name>-compare]",
        long,
        value_name = "DIR"
    )]
    out: Option<PathBuf>,
    /// Go on with the runs that are there
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// Delete the comparison that is there and start anew
    #[arg(long)]
    force: bool,
    /// Also write report.html, one page to look at
    #[arg(long)]
    report: bool,
    /// Print the comparison as JSON on standard output, and nothing else there
    #[arg(long)]
    json: bool,
    /// Show neither plan, progress nor tables
    #[arg(long, short)]
    quiet: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    /// The directory that holds the CSV files.
    results: String,
    scenario: &'a str,
    precision_reached: Option<bool>,
    #[serde(flatten)]
    analysis: &'a Analysis,
}

pub(super) fn compare(args: &CompareArgs, own: &OwnChokers, style: Style, errors: Style) -> Result<ExitCode, Failure> {
    let loaded = args.scenario.load(own, errors)?;
    let plan = Plan::new(&loaded, &args.study(&loaded)?, own, &|changes| {
        args.scenario.variant(own, changes)
    })?;
    plan.warnings.iter().for_each(|warning| errors.warn(bare(warning)));
    let jobs = jobs(args.jobs)?;
    check(&plan, jobs).map_err(Failure::Usage)?;
    let default = || Path::new(RESULTS).join(format!("{}-compare", plan.name));
    let target = args.out.clone().unwrap_or_else(default);
    let directory = Directory::prepare(&target, args.existing())?;
    let plan_text = comparison::plan(&plan, jobs, &target, if args.json { errors } else { style });
    match (args.quiet, args.json) {
        (true, _) => (),
        (false, true) => say(io::stderr(), &plan_text)?,
        (false, false) => say(io::stdout(), &plan_text)?,
    }
    comparison::warnings(&plan)
        .iter()
        .for_each(|warning| errors.warn(warning));

    match drive(args, &plan, &directory, jobs, errors)? {
        Outcome::Interrupted { done, of } => {
            errors.warn(&format!(
                "interrupted: {done} of {of} runs are kept in `{}`; the same command with --resume goes on",
                target.display()
            ));
            Ok(interrupt::EXIT_CODE.into())
        }
        Outcome::Finished(finished) => {
            let analysis = &finished.analysis;
            if args.json {
                let report = Report {
                    results: target.display().to_string(),
                    scenario: &plan.name,
                    precision_reached: finished.precise,
                    analysis,
                };
                let json = serde_json::to_string_pretty(&report).context("cannot write the comparison as JSON");
                say(io::stdout(), &(json.map_err(Failure::Run)? + "\n"))?;
            } else if !args.quiet {
                say(io::stdout(), &comparison::outcome(&plan, &finished, &target, style))?;
            }
            comparison::caveats(&plan, &finished)
                .iter()
                .for_each(|caveat| errors.warn(caveat));
            // What came out is said even if there is no page of it.
            if args.report {
                report::write_into(&target)?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn drive(
    args: &CompareArgs,
    plan: &Plan,
    directory: &Directory,
    jobs: usize,
    errors: Style,
) -> Result<Outcome, Failure> {
    let stop = interrupt::watch("finished runs are kept", None)
        .context("cannot watch for Ctrl-C")
        .map_err(Failure::Run)?;
    let labels: Vec<_> = plan.variants.iter().map(|variant| variant.label.as_str()).collect();
    let mut meter = RunsMeter::new(&labels, args.quiet, errors.color());
    let outcome = compare::drive(plan, directory, jobs, &stop, &mut |event| match event {
        Event::Damaged(damage) => errors.warn(&format!(
            "`{}`, line {}, is damaged: the run in it is done again",
            damage.path.display(),
            damage.line
        )),
        Event::Planned { runs } => meter.plan(u64::from(runs)),
        Event::Finished { variant, new } => meter.finished(variant, new),
    });
    meter.finish();
    Ok(outcome?)
}

/// What can't be done with any scenario.
fn check(plan: &Plan, jobs: usize) -> anyhow::Result<()> {
    ensure!(
        !plan.variants.is_empty(),
        "nothing is varied: --choker tit-for-tat,random compares chokers, --vary 'KEY=A,B' any key, and [sweep] in the scenario too"
    );
    ensure!(
        plan.runs <= plan.max_runs,
        "{} runs are more than the {} that are allowed at most: less of --runs, or more of --max-runs",
        plan.runs,
        plan.max_runs
    );
    ensure!(
        plan.seeds_fit(),
        "the seeds from {} on do not suffice for {} runs: choose a smaller one with --seed",
        plan.base.seed,
        plan.max_runs
    );
    let estimates = plan
        .variants
        .iter()
        .map(|variant| engine::estimate_memory_bytes(&variant.scenario));
    memory::check(estimates.max().unwrap_or(0), jobs)
}

impl CompareArgs {
    /// What the scenario says, with what the command line says in its place.
    fn study(&self, loaded: &Loaded) -> Result<Study, ScenarioError> {
        let from_scenario = loaded.study.clone();
        let baseline = self.baseline.as_ref().map(|label| Placed {
            value: label.clone(),
            place: Place::on_command_line("--baseline", label),
        });
        Ok(Study {
            runs: self.runs.or(from_scenario.runs),
            variation: self.variation(loaded)?.unwrap_or(from_scenario.variation),
            baseline: baseline.or(from_scenario.baseline),
            confidence: self.confidence.or(from_scenario.confidence),
            precision: self.precision.or(from_scenario.precision),
            max_runs: self.max_runs.or(from_scenario.max_runs),
            ..from_scenario
        })
    }

    /// What the command line varies.
    fn variation(&self, loaded: &Loaded) -> Result<Option<Variation>, ScenarioError> {
        let chokers = self.choker.iter().map(|list| compare::chokers(&loaded.scenario, list));
        let others = self.vary.iter().map(|text| compare::axis("--vary", text));
        let axes = chokers.chain(others).collect::<Result<Vec<_>, _>>()?;
        Ok((!axes.is_empty()).then_some(Variation::Grid(axes)))
    }

    fn existing(&self) -> Existing {
        match (self.resume, self.force) {
            (true, _) => Existing::Resume,
            (_, true) => Existing::Replace,
            _ => Existing::Refuse,
        }
    }
}

/// A share, `2%` or `0.02`, from `min` to `max`.
fn share(text: &str, min: f64, max: f64) -> Result<f64, String> {
    let (number, of) = match text.trim().strip_suffix('%') {
        Some(percent) => (percent.trim_end(), 100.0),
        None => (text.trim(), 1.0),
    };
    let share = number
        .parse::<f64>()
        .map_err(|_| "a share is a number such as 0.02 or 2%".to_owned())?
        / of;
    if share >= min && share <= max {
        Ok(share)
    } else {
        Err(format!("from {min} to {max} is possible"))
    }
}

fn confidence(text: &str) -> Result<f64, String> {
    share(text, CONFIDENCE_MIN, CONFIDENCE_MAX)
}

fn precision(text: &str) -> Result<f64, String> {
    share(text, PRECISION_MIN, PRECISION_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_numbers_or_percent() {
        assert_eq!(
            (precision("2%"), precision("0.02"), confidence("99 %")),
            (Ok(0.02), Ok(0.02), Ok(0.99))
        );
        assert!(precision("two").is_err() && precision("0").is_err() && precision("nan").is_err());
        assert!(confidence("1").is_err());
    }
}
