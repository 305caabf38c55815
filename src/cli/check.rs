//! `swarmsim check`: whether a scenario is right, and what it says once every default is spelled out.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;

use crate::choking::OwnChokers;
use crate::cli::validate::measured;
use crate::cli::{Failure, ScenarioArgs, Style, as_it_is, bare};
use crate::compare::Plan;
use crate::validate::{Files, Suite};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
}

pub(super) fn check(args: &CheckArgs, own: &OwnChokers, errors: Style) -> Result<ExitCode, Failure> {
    let source = args.scenario.source(own)?;
    let parsed = source.parsed()?;
    let loaded = as_it_is(&parsed, errors)?;
    let plan = Plan::new(&loaded, &loaded.study, own, &|changes| parsed.load(changes))?;
    let files = Files {
        load: &|changes| parsed.load(changes),
        measured: &|name| measured(&source.base_dir, name),
    };
    Suite::new(&loaded, &|_| true, &files)?;
    plan.warnings.iter().for_each(|warning| errors.warn(bare(warning)));
    let scenario = loaded.scenario;
    io::stdout().write_all(scenario.to_toml().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
