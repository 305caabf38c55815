//! The command line: one file per subcommand.

mod cgroup;
mod check;
mod compare;
mod comparison;
mod completions;
mod failure;
mod file_limit;
mod interrupt;
mod jobs;
mod list;
mod man;
mod memory;
mod merge;
mod new;
mod outcome;
mod parts;
mod plan;
mod report;
mod run;
mod schema;
mod signals;
mod source;
mod status;
mod study;
mod style;
mod sweep;
mod table;
mod theory;
mod validate;
mod validation_table;
mod whole_file;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, ColorChoice, Parser, Subcommand};

pub use failure::Failure;
use jobs::jobs;
use source::Source;
pub use status::text as status_text;
pub use style::Style;
use style::say_json;

use crate::choking::OwnChokers;
use crate::scenario::{LoadOptions, Loaded, Parsed};

#[allow(clippy::doc_markdown)] // the text is for the terminal
/// Simulates BitTorrent swarms: what you give is a scenario, what you get is CSV.
#[derive(Debug, Parser)]
#[command(name = "swarmsim", version, long_version = crate::version::VERSION, arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Colour in messages and tables
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto, display_order = LAST)]
    color: ColorChoice,
}

/// After the options of a command, before --help.
const LAST: usize = 900;

const EXAMPLES: &str = "\
Examples:
  swarmsim new my-swarm.toml                      write a commented scenario to start from
  swarmsim run my-swarm.toml                      simulate it: results/my-swarm/*.csv
  swarmsim run my-swarm.toml --seed 2 --out r2    once more, with other chance
  swarmsim run my-swarm.toml --set 'file.size=\"10 MiB\"' --out small
  swarmsim compare my-swarm.toml --choker tit-for-tat,random --runs 30";

/// Results go below this unless `--out` is given.
const RESULTS: &str = "results";

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate a scenario and write the results as CSV
    Run(run::RunArgs),
    /// Run variants of a scenario many times each and compare them
    Compare(compare::CompareArgs),
    /// Run every combination of a grid many times, or a part of it
    Sweep(sweep::SweepArgs),
    /// Join the parts of a sweep
    Merge(merge::MergeArgs),
    /// Say how far a sweep or a comparison is
    Status(status::StatusArgs),
    /// Make one HTML page of a result or a comparison, to look at
    Report(report::ReportArgs),
    /// Check a scenario and print it with every default spelled out, but for what is off
    Check(check::CheckArgs),
    /// Hold the simulator against theory, papers and measured swarms
    Validate(validate::ValidateArgs),
    /// List the rules that a scenario can name: chokers, pickers, arrivals, departures
    List,
    /// Say what the literature expects of a scenario: bounds, steady states, stability
    Theory(theory::TheoryArgs),
    /// Write a commented scenario to start from
    New(new::NewArgs),
    /// Print the JSON Schema of scenario files, for editors
    Schema,
    /// Print a script that completes commands in your shell
    Completions(completions::CompletionsArgs),
    /// Write manual pages, one for each command
    Man(man::ManArgs),
}

/// The whole program: does what its command line says. Scenarios can name the chokers of `own` besides swarmsim's.
#[must_use]
pub fn main_with(own: &OwnChokers) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => return answer(said),
    };
    let errors = cli.error_style();
    if let Err(error) = file_limit::report_as_error() {
        errors.warn(&format!(
            "a limit on the size of files would end the program without a word: {error}"
        ));
    }
    cli.run(own).unwrap_or_else(|failure| failure.report(errors))
}

/// Prints what the command line asks for (`--help`), or what is wrong with it; the exit code.
fn answer(mut said: clap::Error) -> ExitCode {
    if let Some(ContextValue::String(word)) = said.get(ContextKind::InvalidSubcommand)
        && Path::new(word).extension().is_some_and(|extension| extension == "toml")
    {
        let tip = format!("to simulate a scenario: swarmsim run {word}");
        said.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    match said.print().and_then(|()| io::stdout().flush()) {
        Ok(()) => u8::try_from(said.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(cause) => Failure::from(cause).report(Style::new(ColorChoice::Auto, &io::stderr())),
    }
}

/// Which scenario, and what to change in it.
#[derive(Debug, Args)]
struct ScenarioArgs {
    /// The scenario, a TOML file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace the seed of the scenario
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Set any key of the scenario, the value in TOML: --set 'file.size="10 MiB"'; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
}

/// A seed as it is written.
fn seed(text: &str) -> Result<u64, String> {
    let wanted = |_| format!("a whole number from 0 to {} is wanted", u64::MAX);
    text.parse().map_err(wanted)
}

impl ScenarioArgs {
    /// The scenario; warnings go to standard error.
    fn load(&self, own: &OwnChokers, errors: Style) -> Result<Loaded, Failure> {
        as_it_is(&self.source(own)?.parsed()?, errors)
    }

    /// The text of the scenario.
    fn source(&self, own: &OwnChokers) -> Result<Source, Failure> {
        let options = LoadOptions {
            sets: self.sets.clone(),
            seed: self.seed,
            own_chokers: own.names().map(str::to_owned).collect(),
        };
        Ok(Source::read(&self.file, options)?)
    }
}

/// What a scenario says without any changes; warnings go to standard error.
fn as_it_is(parsed: &Parsed<'_>, errors: Style) -> Result<Loaded, Failure> {
    let loaded = parsed.load(&[])?;
    for warning in &loaded.warnings {
        errors.warn(bare(warning));
    }
    Ok(loaded)
}

impl Cli {
    /// Does what was asked for; see [`main_with`].
    ///
    /// # Errors
    /// When it can't be done; [`Failure::report`] says so to the user.
    pub fn run(self, own: &OwnChokers) -> Result<ExitCode, Failure> {
        let style = Style::new(self.color, &io::stdout());
        let errors = self.error_style();
        match self.command {
            Command::Run(args) => run::run(&args, own, style, errors),
            Command::Compare(args) => compare::compare(&args, own, style, errors),
            Command::Sweep(args) => sweep::sweep(&args, own, style, errors),
            Command::Merge(args) => merge::merge(&args, own, style, errors),
            Command::Status(args) => status::status(&args, own, style, errors),
            Command::Report(args) => report::report(&args, style),
            Command::Check(args) => check::check(&args, own, errors),
            Command::Validate(args) => validate::validate(&args, style, errors),
            Command::List => list::list(own, style),
            Command::Theory(args) => theory::theory(&args, own, style, errors),
            Command::New(args) => new::new(&args, style),
            Command::Schema => schema::schema(),
            Command::Completions(args) => completions::completions(&args),
            Command::Man(args) => man::man(&args),
        }
    }

    /// How to write on standard error.
    #[must_use]
    pub fn error_style(&self) -> Style {
        Style::new(self.color, &io::stderr())
    }
}

/// A warning about a scenario without the word that [`Style::warn`] puts in front.
fn bare(warning: &str) -> &str {
    warning.strip_prefix("warning: ").unwrap_or(warning)
}
