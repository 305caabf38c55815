//! The `swarmsim` command.

use std::process::ExitCode;

use clap::Parser;
use swarmsim::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let errors = cli.error_style();
    cli.run().unwrap_or_else(|failure| failure.report(errors))
}
