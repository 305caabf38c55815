//! `swarmsim compare`: variants of a scenario, many runs of each, held against each other.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::choking::OwnChokers;
use crate::cli::study::{self, StudyArgs, Voice};
use crate::cli::{Failure, RESULTS, Style, comparison, jobs};
use crate::compare::{self, Directory, Existing, Outcome};
use crate::scenario::Place;
use crate::scenario::limits::{CONFIDENCE_MAX, CONFIDENCE_MIN, JOBS_MAX, PRECISION_MAX, PRECISION_MIN, RUNS_MAX};
use crate::scenario::study::{Placed, Study};
use crate::store::WHOLE;

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
pub(super) struct CompareArgs {
    #[command(flatten)]
    study: StudyArgs,
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
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=i64::from(JOBS_MAX)))]
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
    /// Start anew; the comparison that is there goes once the first runs have ended
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

pub(super) fn compare(args: &CompareArgs, own: &OwnChokers, style: Style, errors: Style) -> Result<ExitCode, Failure> {
    let plan = args.study.plan(own, errors, |study| args.judged(study))?;
    let jobs = jobs(args.jobs)?;
    study::check(&plan, jobs).map_err(Failure::Usage)?;
    let default = || Path::new(RESULTS).join(format!("{}-compare", plan.name));
    let target = args.out.clone().unwrap_or_else(default);
    args.study.check_sources(&plan, &target)?;
    let stop = study::watch()?;
    let directory = stop.guard(
        || Directory::prepare(&target, WHOLE, args.existing()),
        Directory::unfinished,
    )?;
    let voice = Voice {
        json: args.json,
        quiet: args.quiet,
        style,
        errors,
    };
    voice.announce(&plan, jobs, &target)?;

    let outcome = study::watched(&plan, args.quiet, errors, |watch| {
        compare::drive(&plan, directory, jobs, &stop, watch)
    })?;
    match outcome {
        Outcome::Unchanged => Ok(study::unchanged(&target, errors)),
        Outcome::Interrupted { done, of } => {
            let again = "the same command with --resume";
            Ok(study::interrupted(done, of, &target, again, errors))
        }
        Outcome::Finished(finished) => {
            voice.tell(&plan, &finished, &target, |style| {
                comparison::outcome(&plan, &finished, &target, style)
            })?;
            // What came out is said even if there is no page of it.
            if args.report || finished.page_is_due {
                voice.write_page(&target, &stop)?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl CompareArgs {
    /// What the command line says of the judgement in place of the scenario.
    fn judged(&self, study: Study) -> Study {
        let baseline = self.baseline.as_ref().map(|label| Placed {
            value: label.clone(),
            place: Place::on_command_line("--baseline", label),
        });
        Study {
            baseline: baseline.or(study.baseline),
            confidence: self.confidence.or(study.confidence),
            precision: self.precision.or(study.precision),
            max_runs: self.max_runs.or(study.max_runs),
            ..study
        }
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
