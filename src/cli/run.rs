//! `swarmsim run`: simulate a scenario, show how far it is, then what came out.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::anyhow;
use clap::Args;
use serde::Serialize;

use crate::choking::OwnChokers;
use crate::cli::{Failure, RESULTS, ScenarioArgs, Style, interrupt, memory, outcome, plan, report, say_json};
use crate::compare::is_study;
use crate::engine::{self, Control, Ending};
use crate::metrics::{Detail, DirectoryError, ResultDirectory, Summary, lacks_page};
use crate::progress::Meter;
use crate::runner::{self, Ran, RunError, Stage};
use crate::scenario::Scenario;
use crate::scenario::model::Mode;

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
pub(super) struct RunArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    #[arg(
        help = "Where the results go [default: results/<scenario name>]",
        long,
        value_name = "DIR"
    )]
    out: Option<PathBuf>,
    /// Replace the results that are there, once the run has ended
    #[arg(long)]
    force: bool,
    /// Also write heavy tables: transfers, unchokes, chunks (with commas between), or all
    #[arg(long, value_name = "LEVELS")]
    detail: Option<Detail>,
    /// Also write replay.json: who unchokes whom when, animated in the report
    #[arg(long)]
    record_replay: bool,
    /// Also write report.html, one page to look at
    #[arg(long)]
    report: bool,
    /// Check all invariants of the model every few events (slow)
    #[arg(long)]
    check_invariants: bool,
    /// Print the summary as JSON on standard output, and nothing else there
    #[arg(long)]
    json: bool,
    /// Show neither plan, progress nor table
    #[arg(long, short)]
    quiet: bool,
}

/// Why the modes of theory have no replay.
const NO_REPLAY: &str = "--record-replay shows who unchokes whom, and only `run.mode = \"bittorrent\"` has unchokes: \
     leave it out, or change the mode";

/// The tables that are asked for; a report shows the copies of chunks in any case.
fn detail(args: &RunArgs) -> Detail {
    let asked = args.detail.unwrap_or_default();
    Detail {
        chunk_bands: args.report && !asked.chunks,
        ..asked
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    /// The directory that holds the CSV files.
    results: String,
    #[serde(flatten)]
    summary: &'a Summary,
}

pub(super) fn run(args: &RunArgs, own: &OwnChokers, style: Style, errors: Style) -> Result<ExitCode, Failure> {
    let loaded = args.scenario.load(own, errors)?;
    if !loaded.study.variation.is_empty() {
        errors.warn("this scenario varies something in [sweep], and `run` plays it without: `swarmsim compare` plays every variant");
    }
    let scenario = loaded.scenario;
    if args.record_replay && scenario.run.mode != Mode::Bittorrent {
        return Err(Failure::Usage(anyhow!(NO_REPLAY)));
    }
    let target = args
        .out
        .clone()
        .unwrap_or_else(|| Path::new(RESULTS).join(&scenario.name));
    let estimate = engine::estimate_memory_bytes(&scenario);
    // One thread waits for signals.
    let refused = |why: Failure| or_page(why, args.report, &target);
    memory::check(estimate, 1, 0, 1).map_err(|why| refused(Failure::Usage(why)))?;
    let asked_to_stop = interrupt::watch("writing what is recorded so far")?;
    let made = asked_to_stop.guard(
        || ResultDirectory::create(&target, args.force).map_err(named),
        |made| Some(made.staging()),
    );
    let directory = made.map_err(|why| refused(why.into()))?;
    if !args.quiet {
        let plan = plan::plan(&scenario, estimate, &target, if args.json { errors } else { style });
        if args.json {
            errors.say(io::stderr(), &plan)?;
        } else {
            style.say(io::stdout(), &plan)?;
        }
    }
    let options = runner::Options {
        detail: detail(args),
        replay: args.record_replay,
        check_invariants: args.check_invariants,
        own_chokers: own.clone(),
    };
    let mut meter = Meter::new(&scenario, args.quiet, errors.color());
    let Ran { summary, left } = simulate(&scenario, directory, options, &asked_to_stop, &mut meter, errors)?;
    if args.json {
        let report = Report {
            results: target.display().to_string(),
            summary: &summary,
        };
        say_json(&report)?;
    } else if !args.quiet {
        style.say(io::stdout(), &outcome::outcome(&summary, &target, style))?;
    }
    for warning in outcome::warnings(&summary) {
        errors.warn(&warning);
    }
    if let Some(left) = left {
        errors.warn(&left.to_string());
    }
    // What came out is said even if there is no page of it.
    if args.report {
        report::write_into(&target, &asked_to_stop, (!args.json && !args.quiet).then_some(style))?;
    }
    let interrupted = summary.outcome == Ending::Interrupted;
    Ok(if interrupted {
        interrupt::EXIT_CODE.into()
    } else {
        ExitCode::SUCCESS
    })
}

/// Why a run is refused. Where a page `is_asked_for`, and the result at `target` lacks nothing else, that takes no run.
fn or_page(refused: Failure, is_asked_for: bool, target: &Path) -> Failure {
    match refused {
        Failure::Usage(why) if is_asked_for && lacks_page(target) => {
            let target = target.display();
            Failure::Usage(anyhow!(
                "{why:#}. Of the result that is there `swarmsim report {target}` makes the page"
            ))
        }
        other => other,
    }
}

fn simulate(
    scenario: &Scenario,
    directory: ResultDirectory,
    options: runner::Options,
    asked_to_stop: &AtomicBool,
    meter: &mut Meter,
    errors: Style,
) -> Result<Ran, Failure> {
    let target = directory.target().to_owned();
    let mut stopped_before = None;
    let result = runner::run(scenario, directory, options, &mut |stage| {
        let asked = asked_to_stop.load(Ordering::Relaxed);
        let stops = match stage {
            Stage::Played(progress) => {
                meter.update(progress);
                asked
            }
            // Who stopped the run wants what is recorded of it.
            Stage::Waiting => {
                let before = *stopped_before.get_or_insert_with(|| {
                    meter.finish();
                    errors.warn(&waits(&target));
                    asked
                });
                asked && !before
            }
        };
        if stops { Control::Stop } else { Control::Continue }
    });
    meter.finish();
    Ok(result.map_err(|error| match error {
        RunError::Directory(error) => RunError::Directory(named(error)),
        other => other,
    })?)
}

fn waits(target: &Path) -> String {
    let target = target.display();
    format!(
        "another swarmsim makes a page of `{target}`: the new result takes its place once that is done (Ctrl-C leaves the old one)"
    )
}

/// Says that a study is in the way where one is.
fn named(error: DirectoryError) -> DirectoryError {
    match error {
        DirectoryError::NotAResult(path) if is_study(&path) => DirectoryError::Study(path),
        other => other,
    }
}
