//! `swarmsim theory`: closed forms of the literature, for a scenario or for given numbers.

mod options;
mod show;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{ArgMatches, Args, FromArgMatches, Subcommand};

use self::options::{
    GuoNumbers, HajekZhuNumbers, KuroseRossNumbers, MundingerNumbers, PiatekNumbers, QiuSrikantNumbers,
    YangDeVecianaNumbers,
};
use crate::choking::OwnChokers;
use crate::cli::{Failure, ScenarioArgs, Style};
use crate::scenario::Scenario;
use crate::theory::{
    self, Misfit, Report, guo, hajek_zhu, kurose_ross, mundinger, piatek, qiu_srikant, yang_de_veciana,
};

#[derive(Debug, Args)]
pub(super) struct TheoryArgs {
    #[command(subcommand)]
    theory: Option<Theory>,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)] // there is one, once
enum Theory {
    /// Time to distribute a file: client-server, peer-to-peer (Kurose & Ross)
    KuroseRoss(Question<KuroseRossNumbers>),
    /// Leechers, seeds and times of an open swarm: the fluid model (Qiu & Srikant)
    QiuSrikant(Question<QiuSrikantNumbers>),
    /// Whether an open swarm is stable: the missing-piece syndrome (Hajek & Zhu)
    HajekZhu(Question<HajekZhuNumbers>),
    /// Fewest rounds in which all can have all chunks (Mundinger, Weber & Weiss)
    Mundinger(Question<MundingerNumbers>),
    /// How fast the service of a flash crowd grows (Yang & de Veciana)
    YangDeVeciana(Question<YangDeVecianaNumbers>),
    /// How long a swarm lives when interest decays (Guo et al.)
    Guo(Question<GuoNumbers>),
    /// What upload buys: split, reciprocation, altruism (Piatek et al.)
    Piatek(Question<PiatekNumbers>),
}

/// Where the numbers come from, and how to show the answer.
#[derive(Debug, Args)]
struct Question<N: Args> {
    /// The scenario, a TOML file; without it the numbers are options
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Set any key of the scenario, the value in TOML; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "file")]
    sets: Vec<String>,
    /// Print the answer as JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print the curve as CSV, where the theory has one
    #[arg(long)]
    csv: bool,
    #[command(flatten, next_help_heading = "In the place of a scenario")]
    numbers: Option<Instead<N>>,
}

/// Options that are needed only where no scenario is given: together they are required, each by itself is not.
#[derive(Debug)]
struct Instead<N>(N);

impl<N: FromArgMatches> FromArgMatches for Instead<N> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        N::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<N: Args> Args for Instead<N> {
    fn group_id() -> Option<clap::Id> {
        N::group_id()
    }

    fn augment_args(command: clap::Command) -> clap::Command {
        N::augment_args_for_update(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        N::augment_args_for_update(command)
    }
}

impl<N: Args> Question<N> {
    fn answer<T>(
        &self,
        own: &OwnChokers,
        errors: Style,
        from_scenario: fn(&Scenario) -> Result<T, Misfit>,
        from_options: fn(&N) -> Result<T, Misfit>,
        report: fn(&T) -> Result<Report, Misfit>,
        style: Style,
    ) -> Result<ExitCode, Failure> {
        let misfit = |misfit: Misfit| Failure::Usage(misfit.into());
        let numbers = match (&self.file, &self.numbers) {
            (Some(_), Some(_)) => return Err(misfit(Misfit(BOTH.to_owned()))),
            (None, None) => return Err(misfit(Misfit(NEITHER.to_owned()))),
            (Some(file), None) => {
                let args = ScenarioArgs {
                    file: file.clone(),
                    seed: None,
                    sets: self.sets.clone(),
                };
                let scenario = args.load(own, errors)?.scenario;
                from_scenario(&scenario)
                    .with_context(|| format!("`{}` does not fit this theory", file.display()))
                    .map_err(Failure::Usage)?
            }
            (None, Some(Instead(options))) => from_options(options).map_err(misfit)?,
        };
        let report = report(&numbers).map_err(misfit)?;
        let text = if self.json {
            show::json(&report)?
        } else if self.csv {
            show::csv(&report)
                .ok_or_else(|| misfit(Misfit(format!("{} has no curve: leave out --csv", report.theory))))?
        } else {
            show::table(&report, style)
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

const BOTH: &str = "numbers come from a scenario or from options, not from both: change the scenario with --set";
const NEITHER: &str = "give a scenario file, or the numbers as options (see --help)";

pub(super) fn theory(args: &TheoryArgs, own: &OwnChokers, style: Style, errors: Style) -> Result<ExitCode, Failure> {
    let Some(theory) = &args.theory else {
        return list(style);
    };
    match theory {
        Theory::KuroseRoss(question) => {
            use kurose_ross::Numbers;
            question.answer(
                own,
                errors,
                Numbers::from_scenario,
                KuroseRossNumbers::numbers,
                Numbers::report,
                style,
            )
        }
        Theory::QiuSrikant(question) => {
            use qiu_srikant::Numbers;
            question.answer(
                own,
                errors,
                Numbers::from_scenario,
                QiuSrikantNumbers::numbers,
                Numbers::report,
                style,
            )
        }
        Theory::HajekZhu(question) => {
            use hajek_zhu::Numbers;
            question.answer(
                own,
                errors,
                Numbers::from_scenario,
                HajekZhuNumbers::numbers,
                Numbers::report,
                style,
            )
        }
        Theory::Mundinger(question) => {
            use mundinger::Numbers;
            question.answer(
                own,
                errors,
                Numbers::from_scenario,
                MundingerNumbers::numbers,
                Numbers::report,
                style,
            )
        }
        Theory::YangDeVeciana(question) => {
            use yang_de_veciana::Numbers;
            question.answer(
                own,
                errors,
                Numbers::from_scenario,
                YangDeVecianaNumbers::numbers,
                Numbers::report,
                style,
            )
        }
        Theory::Guo(question) => {
            use guo::Numbers;
            question.answer(
                own,
                errors,
                Numbers::from_scenario,
                GuoNumbers::numbers,
                Numbers::report,
                style,
            )
        }
        Theory::Piatek(question) => {
            use piatek::Numbers;
            question.answer(
                own,
                errors,
                Numbers::from_scenario,
                PiatekNumbers::numbers,
                Numbers::report,
                style,
            )
        }
    }
}

fn list(style: Style) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    let how = "swarmsim theory <name> FILE, or with numbers as options";
    writeln!(out, "{}  {}", style.bold("Theories"), style.dim(how))?;
    for (name, question, source) in theory::THEORIES {
        writeln!(out, "  {name:<18} {question} {}", style.dim(format!("[{source}]")))?;
    }
    Ok(ExitCode::SUCCESS)
}
