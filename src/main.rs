//! The `swarmsim` command.

use std::process::ExitCode;

use swarmsim::HugePages;
use swarmsim::choking::OwnChokers;

#[global_allocator]
static ALLOCATOR: HugePages = HugePages;

fn main() -> ExitCode {
    swarmsim::cli::main_with(&OwnChokers::new())
}
