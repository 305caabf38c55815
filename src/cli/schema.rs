//! `swarmsim schema`: the JSON Schema of scenario files.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::cli::Failure;
use crate::scenario;

pub(super) fn schema() -> Result<ExitCode, Failure> {
    io::stdout().write_all(scenario::json_schema().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
