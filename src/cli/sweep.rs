//! `swarmsim sweep`: every combination of a grid, many runs of each, on this machine or a part of it on each of several.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args;
use serde::Serialize;

use crate::choking::OwnChokers;
use crate::cli::interrupt::Interrupt;
use crate::cli::study::{self, StudyArgs, Voice};
use crate::cli::{Failure, RESULTS, Style, comparison, jobs, say_json};
use crate::compare::{self, Directory, Existing, Outcome, Plan, Shard, Standing, Variant};
use crate::human;
use crate::scenario::limits::JOBS_MAX;
use crate::store::WHOLE;

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
pub(super) struct SweepArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// Play one of N parts of about equal work, such as 2/8; `swarmsim merge` joins them
    #[arg(long, value_name = "I/N", conflicts_with_all = ["force", "resume"])]
    shard: Option<Shard>,
    /// Runs at a time [default: one on each core]; the results do not depend on it
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=i64::from(JOBS_MAX)))]
    jobs: Option<u16>,
    #[arg(
        help = "Where the results go [default: results/<scenario name>-sweep]",
        long,
        value_name = "DIR"
    )]
    out: Option<PathBuf>,
    /// Go on with the runs that are there; a shard always does
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// Start anew; the sweep that is there goes once the first runs have ended
    #[arg(long)]
    force: bool,
    /// Check everything and show the plan, but play nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the outcome, or the plan of --dry-run, as JSON on standard output, and nothing else there
    #[arg(long)]
    json: bool,
    /// Show neither plan, progress nor outcome
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn sweep(args: &SweepArgs, own: &OwnChokers, style: Style, errors: Style) -> Result<ExitCode, Failure> {
    let plan = args.study.plan(own, errors, |study| study)?;
    let jobs = jobs(args.jobs)?;
    study::check(&plan, jobs).map_err(Failure::Usage)?;
    if args.shard.is_some() && plan.precision.is_some() {
        return Err(Failure::Usage(anyhow!(
            "`precision` in [compare] looks at all runs together, so they can't be played in parts: leave it out, or --shard"
        )));
    }
    let default = || Path::new(RESULTS).join(format!("{}-sweep", plan.name));
    let target = args.out.clone().unwrap_or_else(default);
    args.study.check_sources(&plan, &target)?;
    let segment = args.shard.map_or(WHOLE.to_owned(), |shard| shard.segment());
    let voice = Voice {
        json: args.json,
        quiet: args.quiet,
        style,
        errors,
    };
    if args.dry_run {
        if let Some(shard) = args.shard {
            warn_of_more_shards_than_runs(&plan, shard, errors);
        }
        let standing = compare::check(&plan, args.shard, &target, args.existing())?;
        voice.announce(&plan, jobs, &target)?;
        if args.existing().goes_on() {
            voice.stand(&standing)?;
        }
        if args.json {
            say_json(&Planned::new(&plan, args.shard, jobs, &target, &standing))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let stop = study::watch()?;
    let directory = stop.guard(
        || Directory::prepare(&target, &segment, args.existing()),
        Directory::unfinished,
    )?;
    voice.announce(&plan, jobs, &target)?;
    match args.shard {
        None => whole(&plan, directory, &target, jobs, &stop, voice),
        Some(shard) => part(&plan, shard, &directory, jobs, &stop, voice),
    }
}

/// What `--dry-run --json` prints.
#[derive(Serialize)]
struct Planned<'p> {
    /// The directory that would hold the results.
    results: String,
    scenario: &'p str,
    shard: Option<String>,
    /// Runs of each variant.
    runs: u32,
    /// The seed of the first of them.
    seed: u64,
    /// Runs at a time.
    jobs: usize,
    warm_up: String,
    baseline: &'p str,
    variants: Vec<PlannedVariant<'p>>,
    /// Runs that this process would see to.
    wanted: u64,
    /// Those of them that are there.
    done: u64,
    share_of_work: f64,
}

/// A variant, and its value of each key that is varied.
#[derive(Serialize)]
struct PlannedVariant<'p> {
    variant: &'p str,
    factors: BTreeMap<&'p str, &'p str>,
}

impl<'p> Planned<'p> {
    fn new(plan: &'p Plan, shard: Option<Shard>, jobs: usize, target: &Path, standing: &Standing) -> Self {
        let variant = |variant: &'p Variant| PlannedVariant {
            variant: &variant.label,
            factors: variant
                .factors
                .iter()
                .map(|factor| (&*factor.name, &*factor.setting))
                .collect(),
        };
        Self {
            results: target.display().to_string(),
            scenario: &plan.name,
            shard: shard.map(|shard| shard.to_string()),
            runs: plan.runs,
            seed: plan.base.seed,
            jobs,
            warm_up: plan.warm_up_word(),
            baseline: &plan.variants[plan.baseline].label,
            variants: plan.variants.iter().map(variant).collect(),
            wanted: standing.of,
            done: standing.done,
            share_of_work: shard.map_or(1.0, |shard| shard.share(plan)),
        }
    }
}

impl SweepArgs {
    fn existing(&self) -> Existing {
        match (self.shard, self.resume, self.force) {
            (Some(_), _, _) => Existing::Join,
            (None, true, _) => Existing::Resume,
            (None, false, true) => Existing::Replace,
            (None, false, false) => Existing::Refuse,
        }
    }
}

fn whole(
    plan: &Plan,
    directory: Directory,
    target: &Path,
    jobs: usize,
    stop: &Interrupt,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let outcome = study::watched(plan, voice.quiet, voice.errors, |watch| {
        compare::drive(plan, directory, jobs, stop, watch)
    })?;
    match outcome {
        Outcome::Unchanged => Ok(study::unchanged(target, voice.errors)),
        Outcome::Interrupted { done, of } => {
            let again = "the same command with --resume";
            Ok(study::interrupted(done, of, target, again, voice.errors))
        }
        Outcome::Finished(finished) => {
            voice.tell(plan, &finished, target, |style| {
                comparison::overview(&finished, target, style)
            })?;
            if finished.page_is_due {
                voice.write_page(target, stop)?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn part(
    plan: &Plan,
    shard: Shard,
    directory: &Directory,
    jobs: usize,
    stop: &Interrupt,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    warn_of_more_shards_than_runs(plan, shard, voice.errors);
    let outcome = study::watched(plan, voice.quiet, voice.errors, |watch| {
        compare::drive_shard(plan, shard, directory, jobs, stop, watch)
    })?;
    let target = directory.path();
    match outcome {
        Outcome::Unchanged => return Ok(study::unchanged(target, voice.errors)),
        Outcome::Interrupted { done, of } => {
            return Ok(study::interrupted(done, of, target, "the same command", voice.errors));
        }
        Outcome::Finished(runs) if voice.json => {
            let json = serde_json::json!({
                "results": target.display().to_string(),
                "scenario": plan.name,
                "shard": shard.to_string(),
                "runs": runs,
                "share_of_work": shard.share(plan),
            });
            say_json(&json)?;
        }
        Outcome::Finished(_) if voice.quiet => (),
        Outcome::Finished(runs) => {
            let text = format!(
                "  {} {shard}: its {} are in {}\n  {} swarmsim merge {}, once all shards are there;\n  {} where each has a directory of its own, \
                 swarmsim merge DIR DIR … --out ALL\n",
                voice.style.dim("shard    "),
                human::counted(runs, "run"),
                voice.style.bold(target.display()),
                voice.style.dim("then     "),
                target.display(),
                voice.style.dim("         "),
            );
            voice.style.say(io::stdout(), &text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Says so if some of the shards have nothing to do.
fn warn_of_more_shards_than_runs(plan: &Plan, shard: Shard, errors: Style) {
    let runs = plan.variants.len() as u64 * u64::from(plan.runs);
    if u64::from(shard.of) > runs {
        errors.warn(&format!(
            "there are only {} to deal out to {} shards, so some have none of them{}",
            human::counted(runs, "run"),
            human::count(shard.of.into()),
            if shard.runs(plan).is_empty() {
                format!(", {shard} among them")
            } else {
                String::new()
            },
        ));
    }
}
