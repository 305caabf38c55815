//! What `compare` and `sweep` share: what is varied, how many runs, the checks before them, and what is said before, on the way and after.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use anyhow::ensure;
use clap::Args;
use serde::Serialize;

use crate::choking::OwnChokers;
use crate::cli::interrupt::Interrupt;
use crate::cli::{Failure, ScenarioArgs, Style, as_it_is, bare, comparison, interrupt, memory, report, say_json};
use crate::compare::{self, Analysis, CompareError, Event, Finished, Outcome, Plan, Standing};
use crate::engine;
use crate::human;
use crate::progress::RunsMeter;
use crate::scenario::limits::{RUNS_MAX, STUDY_RUNS_MAX};
use crate::scenario::model::Arrival;
use crate::scenario::study::{Study, Variation};
use crate::scenario::{Loaded, ScenarioError};
use crate::store::Damage;

/// What is kept in memory of each run of a study: where it stands in the store, and its place in lists.
const RUN_BYTES: u64 = 200;

/// What is varied, and how often it is run.
#[derive(Debug, Args)]
pub(super) struct StudyArgs {
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
}

impl StudyArgs {
    /// The plan of what the scenario says, with what the command line says in its place; `change` has the last word.
    pub fn plan(&self, own: &OwnChokers, errors: Style, change: impl FnOnce(Study) -> Study) -> Result<Plan, Failure> {
        let source = self.scenario.source(own)?;
        let parsed = source.parsed()?;
        let loaded = as_it_is(&parsed, errors)?;
        let of_scenario = loaded.study.clone();
        let study = Study {
            runs: self.runs.or(of_scenario.runs),
            variation: self.variation(&loaded)?.unwrap_or(of_scenario.variation),
            ..of_scenario
        };
        let plan = Plan::new(&loaded, &change(study), own, &|changes| parsed.load(changes))?;
        plan.warnings.iter().for_each(|warning| errors.warn(bare(warning)));
        Ok(plan)
    }

    /// Checks that neither the scenario nor a trace of `plan` lies where its results in `target` are written.
    pub fn check_sources(&self, plan: &Plan, target: &Path) -> Result<(), Failure> {
        let file = &self.scenario.file;
        let variants = plan.variants.iter().map(|variant| &variant.scenario);
        let groups = variants.chain([&plan.base]).flat_map(|scenario| &scenario.groups);
        let traces = groups.filter_map(|group| match &group.arrival {
            Arrival::Trace { path, .. } => Some(file.with_file_name(path)),
            _ => None,
        });
        let sources: BTreeSet<_> = traces.chain([file.clone()]).collect();
        Ok(compare::check_sources(target, &Vec::from_iter(sources))?)
    }

    /// What the command line varies.
    fn variation(&self, loaded: &Loaded) -> Result<Option<Variation>, ScenarioError> {
        let chokers = self.choker.iter().map(|list| compare::chokers(&loaded.scenario, list));
        let others = self.vary.iter().map(|text| compare::axis("--vary", text));
        let axes = chokers.chain(others).collect::<Result<Vec<_>, _>>()?;
        Ok((!axes.is_empty()).then_some(Variation::Grid(axes)))
    }
}

/// What can't be done with any scenario.
pub(super) fn check(plan: &Plan, jobs: usize) -> anyhow::Result<()> {
    ensure!(
        !plan.variants.is_empty(),
        "nothing is varied: --choker tit-for-tat,random compares chokers, --vary 'KEY=A,B' any key, and [sweep] in the scenario too"
    );
    ensure!(
        plan.runs <= plan.max_runs,
        "{} runs are more than the {} that are allowed at most: less of --runs, or more of --max-runs (of `compare`) or `max_runs` in [compare]",
        plan.runs,
        plan.max_runs
    );
    ensure!(
        plan.all_runs() <= STUDY_RUNS_MAX,
        "{} variants of {} runs each are {} runs, and a study has at most {STUDY_RUNS_MAX}: fewer variants, or less of --runs",
        plan.variants.len(),
        plan.most_runs(),
        plan.all_runs()
    );
    ensure!(
        plan.seeds_fit(),
        "the seeds from {} on do not suffice for {} runs: choose a smaller one with --seed",
        plan.base.seed,
        plan.most_runs()
    );
    let estimates = plan
        .variants
        .iter()
        .map(|variant| engine::estimate_memory_bytes(&variant.scenario));
    let lists = plan.all_runs() * RUN_BYTES;
    // Each run has its thread, and one waits for signals.
    let jobs = jobs.min(usize::try_from(plan.all_runs()).unwrap_or(jobs));
    memory::check(estimates.max().unwrap_or(0), jobs, lists, jobs + 1)
}

/// Watches for the user who wants a study to stop.
pub(super) fn watch() -> Result<Interrupt, Failure> {
    interrupt::watch("finished runs are kept")
}

/// Plays runs of `plan` as `play` does, and shows how far they are.
pub(super) fn watched<T>(
    plan: &Plan,
    quiet: bool,
    errors: Style,
    play: impl FnOnce(&mut dyn FnMut(Event<'_>)) -> Result<Outcome<T>, CompareError>,
) -> Result<Outcome<T>, Failure> {
    let labels: Vec<_> = plan.variants.iter().map(|variant| variant.label.as_str()).collect();
    let mut meter = RunsMeter::new(&labels, quiet, errors.color());
    let outcome = play(&mut |event| match event {
        Event::Damaged { damage, is_missing } => warn_of(damage, is_missing, errors),
        Event::PlanChanged(path) => errors.warn(&format!(
            "damaged: `{}` was not as it was written; this command knows the plan, and has written it anew",
            path.display()
        )),
        Event::Left(left) => errors.warn(&left.to_string()),
        Event::Planned(ids) => meter.plan(ids.iter().map(|id| id.variant)),
        Event::Finished { variant, new } => meter.finished(variant, new),
    });
    meter.finish();
    Ok(outcome?)
}

/// Says what of a store can't be read, where some of the runs to play are missing or not.
fn warn_of(damage: &Damage, is_missing: bool, errors: Style) {
    let then = if is_missing {
        "a run that only stood there is done again"
    } else {
        "no run is missing for it"
    };
    errors.warn(&format!("damaged: {damage}; {then}"));
}

/// Says that the user has stopped it.
pub(super) fn interrupted(done: u64, of: u64, target: &Path, again: &str, errors: Style) -> ExitCode {
    errors.warn(&format!(
        "interrupted: {done} of {of} runs are kept in `{}`; {again} goes on",
        target.display()
    ));
    interrupt::EXIT_CODE.into()
}

/// Says that the user has stopped it before it changed anything.
pub(super) fn unchanged(target: &Path, errors: Style) -> ExitCode {
    errors.warn(&format!(
        "interrupted before the first runs had ended: no new one is kept, and what was in `{}`, if anything, is as it was",
        target.display()
    ));
    interrupt::EXIT_CODE.into()
}

/// How a command speaks: what it was asked for, and in which style on standard output and on standard error.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice {
    pub json: bool,
    pub quiet: bool,
    pub style: Style,
    pub errors: Style,
}

impl Voice {
    /// Says what is about to be run, on standard error where standard output is for JSON, and what to be careful about.
    pub fn announce(self, plan: &Plan, jobs: usize, target: &Path) -> Result<(), Failure> {
        self.say_beside(|style| comparison::plan(plan, jobs, target, style))?;
        compare::warnings(plan)
            .iter()
            .for_each(|warning| self.errors.warn(warning));
        Ok(())
    }

    /// Says how much of it is there already.
    pub fn stand(self, standing: &Standing) -> Result<(), Failure> {
        let Standing { done, of, damages } = standing;
        for damage in damages {
            warn_of(damage, done < of, self.errors);
        }
        self.say_beside(|style| {
            let (done, left) = (human::count(*done), human::count(of - done));
            let name = style.dim(format!("{:<9}", "there"));
            format!("  {name} {done} of {}, {left} to play\n", human::counted(*of, "run"))
        })
    }

    /// Prints `text` on standard output, or on standard error where that is for JSON.
    fn say_beside(self, text: impl FnOnce(Style) -> String) -> Result<(), Failure> {
        match (self.quiet, self.json) {
            (true, _) => Ok(()),
            (false, true) => Ok(self.errors.say(io::stderr(), &text(self.errors))?),
            (false, false) => Ok(self.style.say(io::stdout(), &text(self.style))?),
        }
    }

    /// Says what came out, as JSON or as `text` makes it, and what to be careful about with it.
    pub fn tell(
        self,
        plan: &Plan,
        finished: &Finished,
        target: &Path,
        text: impl FnOnce(Style) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            let report = Report {
                results: target.display().to_string(),
                scenario: &plan.name,
                precision_reached: finished.precise,
                analysis: &finished.analysis,
            };
            say_json(&report)?;
        } else if !self.quiet {
            self.style.say(io::stdout(), &text(self.style))?;
        }
        compare::caveats(plan, &finished.analysis, finished.precise)
            .iter()
            .for_each(|caveat| self.errors.warn(caveat));
        Ok(())
    }

    /// Writes the page of the study in `target`, unless `stop` is set while it waits for others, and says so where results are said.
    pub fn write_page(self, target: &Path, stop: &AtomicBool) -> Result<(), Failure> {
        report::write_into(target, stop, (!self.json && !self.quiet).then_some(self.style))
    }
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
