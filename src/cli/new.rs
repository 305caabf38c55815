//! `swarmsim new`: a commented scenario to start from.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args;

use crate::cli::{Failure, Style};
use crate::scenario;

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// Where to write it; a file that exists is never overwritten
    #[arg(value_name = "FILE", default_value = "scenario.toml")]
    file: PathBuf,
}

pub(super) fn new(args: &NewArgs, style: Style) -> Result<ExitCode, Failure> {
    let file = args.file.display();
    write_new(&args.file, &starter_for(&args.file)).map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => Failure::Usage(anyhow!(
            "`{file}` exists already: go on with it, or choose another name"
        )),
        _ => Failure::Run(anyhow::Error::new(cause).context(format!("cannot write `{file}`"))),
    })?;
    let next = format!(
        "Wrote {}. Read it, change it, then:\n  swarmsim run {file}\n",
        style.bold(&file)
    );
    style.say(io::stdout(), &next)?;
    Ok(ExitCode::SUCCESS)
}

/// The starter, speaking of the file at `path` and named after it, as far as that can be the name of a scenario.
fn starter_for(path: &Path) -> String {
    let mut text = scenario::starter().to_owned();
    let shown = path.display().to_string();
    // Its place stands in comments, which end with the line.
    if !shown.contains(char::is_control) {
        text = text.replace("my-swarm.toml", &shown);
    }
    match path.file_stem().and_then(OsStr::to_str) {
        Some(name) if scenario::is_name(name) => text.replace("\"my-swarm\"", &format!("\"{name}\"")),
        _ => text,
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
        .inspect_err(|_| drop(fs::remove_file(path)))
}
