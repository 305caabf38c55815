//! The `swarmsim` command.

use std::process::ExitCode;

use swarmsim::choking::OwnChokers;

fn main() -> ExitCode {
    swarmsim::cli::main_with(&OwnChokers::new())
}
