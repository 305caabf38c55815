//! `swarmsim check`: whether a scenario is right, and what it says once every default is spelled out.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;

use crate::choking::OwnChokers;
use crate::cli::{Failure, ScenarioArgs, Style};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
}

pub(super) fn check(args: &CheckArgs, own: &OwnChokers, errors: Style) -> Result<ExitCode, Failure> {
    let scenario = args.scenario.load(own, errors)?;
    io::stdout().write_all(scenario.to_toml().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
