//! `swarmsim merge`: the parts of a sweep become one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::choking::OwnChokers;
use crate::cli::status::first;
use crate::cli::study::Voice;
use crate::cli::{Failure, Style, comparison, interrupt, parts};
use crate::compare::{CompareError, Merge};

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// Directories that `swarmsim sweep --shard` has filled
    #[arg(value_name = "DIR", required = true)]
    directories: Vec<PathBuf>,
    #[arg(
        help = "Where the results go [default: the directory, if there is only one]",
        long,
        value_name = "DIR"
    )]
    out: Option<PathBuf>,
    /// Delete the sweep that is there
    #[arg(long, requires = "out")]
    force: bool,
    /// Print the outcome as JSON on standard output
    #[arg(long)]
    json: bool,
    /// Show no outcome
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn merge(args: &MergeArgs, own: &OwnChokers, style: Style, errors: Style) -> Result<ExitCode, Failure> {
    let stop = interrupt::watch("no tables are made")?;
    let directories = parts::each_once(&args.directories, errors);
    let merge = stop.guard(
        || Merge::prepare(&directories, args.out.as_deref(), args.force),
        Merge::unfinished,
    )?;
    let merged = match merge.finish(own, &stop) {
        Err(CompareError::Stopped) => {
            errors.warn(
                "interrupted: no tables were made, and the parts are as they were; the same command begins again",
            );
            return Ok(interrupt::EXIT_CODE.into());
        }
        merged => merged?,
    };
    for damage in &merged.damages {
        errors.warn(&format!("damaged: {damage}; no run is missing for it"));
    }
    if !merged.doubles.is_empty() {
        let which = first(&merged.doubles).join("\n  ");
        errors.warn(&format!(
            "runs are there more than once, with the same figures: used once\n  {which}"
        ));
    }
    let (plan, target) = (&merged.plan, &merged.target);
    let voice = Voice {
        json: args.json,
        quiet: args.quiet,
        style,
        errors,
    };
    voice.tell(plan, &merged.finished, target, |style| {
        comparison::overview(&merged.finished, target, style)
    })?;
    if let Some(left) = &merged.left {
        errors.warn(&left.to_string());
    }
    if merged.finished.page_is_due {
        voice.write_page(target, &stop)?;
    }
    Ok(ExitCode::SUCCESS)
}
