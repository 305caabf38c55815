//! `swarmsim man`: manual pages.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, CommandFactory};

use crate::cli::{Cli, Failure};

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Where they go: swarmsim.1, swarmsim-run.1, …; `man -l DIR/swarmsim.1` shows one
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

pub(super) fn man(args: &ManArgs) -> Result<ExitCode, Failure> {
    let written =
        fs::create_dir_all(&args.directory).and_then(|()| clap_mangen::generate_to(Cli::command(), &args.directory));
    written
        .with_context(|| format!("cannot write manual pages to `{}`", args.directory.display()))
        .map_err(Failure::Run)?;
    Ok(ExitCode::SUCCESS)
}
