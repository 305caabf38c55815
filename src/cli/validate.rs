//! `swarmsim validate`: the simulator held against theory, papers and measured swarms.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};

use crate::cli::source::Source;
use crate::cli::validation_table::{count, csv, renewed, text};
use crate::cli::{Failure, Style, interrupt, jobs, whole_file};
use crate::files;
use crate::scenario::LoadOptions;
use crate::scenario::expect::{Expectation, Tier};
use crate::scenario::limits::{FILE_BYTES_MAX, JOBS_MAX};
use crate::validate::{Files, LIBRARY, MEASURED, Outcome, Suite, Verdict};

#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    /// Only these results [default: all]: `KR-3 N=5`, or `KR-3` for all of that name
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Only these tiers, with commas between: a exact, b small swarms, c hundreds of peers, d open swarms, e strategies
    #[arg(long, value_enum, value_name = "A,B,…", value_delimiter = ',')]
    tier: Vec<TierName>,
    /// Runs at a time [default: one on each core]; the results do not depend on it
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=i64::from(JOBS_MAX)))]
    jobs: Option<u16>,
    /// The scenarios of this folder in the place of those that come with swarmsim
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Write the table to this file as CSV too
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Renew the table between the marks of this Markdown file too, as in docs/validation.md; rows that are not played stay, those of no scenario go
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TierName {
    A,
    B,
    C,
    D,
    E,
}

impl TierName {
    const fn tier(self) -> Tier {
        match self {
            Self::A => Tier::A,
            Self::B => Tier::B,
            Self::C => Tier::C,
            Self::D => Tier::D,
            Self::E => Tier::E,
        }
    }
}

pub(super) fn validate(args: &ValidateArgs, style: Style, errors: Style) -> Result<ExitCode, Failure> {
    let Chosen { suites, known } = args.chosen()?;
    if suites.is_empty() {
        return Err(Failure::Usage(anyhow!(
            "no result has this id and tier: `swarmsim validate --help` says how to choose"
        )));
    }
    check_files(args, &known).map_err(Failure::Usage)?;
    let jobs = jobs(args.jobs)?;
    let stop = interrupt::watch("the table is not written")?;
    let mut outcomes = Vec::new();
    for (name, suite) in &suites {
        errors.say(io::stderr(), &format!("{name}: {} runs\n", suite.runs().len()))?;
        let Some(judged) = suite.judge(jobs, &stop).map_err(|fault| Failure::Run(fault.into()))? else {
            return Ok(interrupt::EXIT_CODE.into());
        };
        outcomes.extend(judged);
    }
    io::stdout().write_all(text(&outcomes, style).as_bytes())?;
    write_files(args, &known, &outcomes).map_err(Failure::Run)?;
    let differing = count(&outcomes, Verdict::Differs);
    if differing > 0 {
        errors.error(&format!("{differing} results differ, and nobody has said why"));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// What the arguments ask for.
#[derive(Default)]
struct Chosen {
    /// What is to be played, by file.
    suites: Vec<(String, Suite)>,
    /// The ids of all results there are.
    known: Vec<String>,
}

impl ValidateArgs {
    fn chosen(&self) -> Result<Chosen, Failure> {
        let mut suites = Vec::new();
        let mut known = Vec::new();
        for source in self.sources()? {
            let parsed = source.parsed()?;
            let loaded = parsed.load(&[])?;
            for Expectation { id, .. } in &loaded.expectations {
                if known.contains(id) {
                    return Err(Failure::Usage(anyhow!(
                        "two results are called `{id}`, the second in {}: an id is for one result",
                        source.name
                    )));
                }
                known.push(id.clone());
            }
            let files = Files {
                load: &|changes| parsed.load(changes),
                measured: &|name| self.measured(name),
            };
            let suite = Suite::new(&loaded, &|expectation| self.wants(expectation), &files)?;
            suites.extend(suite.map(|suite| (source.name.clone(), suite)));
        }
        for id in &self.ids {
            if !known.iter().any(|known| is_called(known, id)) {
                let names = names(&known).join(", ");
                return Err(Failure::Usage(anyhow!("no result is called `{id}`; there are {names}")));
            }
        }
        Ok(Chosen { suites, known })
    }

    fn wants(&self, expectation: &Expectation) -> bool {
        let tier = self.tier.is_empty() || self.tier.iter().any(|tier| tier.tier() == expectation.tier);
        let id = self.ids.is_empty() || self.ids.iter().any(|id| is_called(&expectation.id, id));
        tier && id
    }

    /// The text of a file with measurements.
    fn measured(&self, name: &str) -> io::Result<String> {
        let Some(dir) = &self.dir else {
            let known = MEASURED.iter().find(|(known, _)| *known == name);
            return known.map_or_else(
                || Err(io::ErrorKind::NotFound.into()),
                |(_, text)| Ok((*text).to_owned()),
            );
        };
        measured(dir, name)
    }

    fn sources(&self) -> Result<Vec<Source>, Failure> {
        let Some(dir) = &self.dir else {
            let source = |(name, text): &(&str, &str)| Source {
                name: (*name).to_owned(),
                text: (*text).to_owned(),
                base_dir: PathBuf::new(),
                options: LoadOptions::default(),
            };
            return Ok(LIBRARY.iter().map(source).collect());
        };
        let entries = fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let cannot = || format!("cannot read the folder `{}`", dir.display());
        let entries = entries.with_context(cannot).map_err(Failure::Usage)?;
        let mut paths: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml") && path.is_file());
        paths.sort();
        let read = |path: &PathBuf| Ok(Source::read(path, LoadOptions::default())?);
        paths.iter().map(read).collect()
    }
}

/// Whether `wanted` is the result `id`, or the words that it begins with.
fn is_called(id: &str, wanted: &str) -> bool {
    let (id, wanted) = (id.to_ascii_lowercase(), wanted.to_ascii_lowercase());
    let rest = id.strip_prefix(&wanted);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// The first word of each of `ids`, once.
fn names(ids: &[String]) -> Vec<&str> {
    let mut names: Vec<_> = ids.iter().filter_map(|id| id.split(' ').next()).collect();
    // BHP-2 before BHP-11.
    names.sort_unstable_by_key(|name| {
        let (paper, number) = name.rsplit_once('-').unwrap_or((name, ""));
        (paper, number.len(), number)
    });
    names.dedup();
    names
}

/// The text of the file with measurements called `name`, which is in `dir` and nowhere else.
pub(super) fn measured(dir: &Path, name: &str) -> io::Result<String> {
    if Path::new(name).file_name() != Some(name.as_ref()) {
        return Err(io::Error::other("it is not beside the scenario"));
    }
    files::read_text(&dir.join(name), FILE_BYTES_MAX)
}

/// Checks before anything is played that its table can be written where `args` say.
fn check_files(args: &ValidateArgs, known: &[String]) -> anyhow::Result<()> {
    for path in [&args.csv, &args.markdown].into_iter().flatten() {
        whole_file::check(path).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    let place = |path: &Option<PathBuf>| {
        path.as_ref()
            .map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.clone()))
    };
    if args.csv.is_some() && place(&args.csv) == place(&args.markdown) {
        anyhow::bail!("`--csv` and `--markdown` name the same file");
    }
    args.markdown
        .as_ref()
        .map_or(Ok(()), |page| renew(page, known, &[]).map(drop))
}

fn write_files(args: &ValidateArgs, known: &[String], outcomes: &[Outcome]) -> anyhow::Result<()> {
    let write = |path: &Path, text: &str| {
        whole_file::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
    };
    // Both are made before one is written.
    let table = args.csv.as_ref().map(|path| csv(outcomes).map(|text| (path, text)));
    let page = args
        .markdown
        .as_ref()
        .map(|path| renew(path, known, outcomes).map(|text| (path, text)));
    let texts = [table, page]
        .into_iter()
        .flatten()
        .collect::<anyhow::Result<Vec<_>>>()?;
    texts.into_iter().try_for_each(|(path, text)| write(path, &text))
}

/// The page at `path` with `outcomes` in its table.
fn renew(path: &Path, known: &[String], outcomes: &[Outcome]) -> anyhow::Result<String> {
    let page = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    renewed(&page, known, outcomes).map_err(|why| anyhow!("`{}` {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_times_are_in_a_file_beside_the_scenario() {
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::write(home.path().join("times.csv"), "group,completion_time_s\n").expect("written");
        fs::create_dir(home.path().join("folder")).expect("made");
        let sparse = fs::File::create(home.path().join("large.csv")).expect("made");
        sparse.set_len(FILE_BYTES_MAX + 1).expect("grown");
        assert!(measured(home.path(), "times.csv").is_ok());
        for (name, why) in [
            ("folder", "a directory is there, and a regular file was expected"),
            ("large.csv", "it has 16777217 bytes, and at most 16777216 are read"),
            ("/etc/passwd", "it is not beside the scenario"),
            ("../times.csv", "it is not beside the scenario"),
            ("..", "it is not beside the scenario"),
        ] {
            let refused = measured(home.path(), name).expect_err(name).to_string();
            assert_eq!(refused, why, "{name}");
        }
    }

    fn args(id: &str) -> ValidateArgs {
        ValidateArgs {
            ids: vec![id.to_owned()],
            tier: Vec::new(),
            jobs: None,
            dir: None,
            csv: None,
            markdown: None,
        }
    }

    #[test]
    fn a_result_is_called_by_the_words_that_its_id_begins_with() {
        assert!(is_called("KR-3 N=5", "kr-3"));
        assert!(is_called("KR-3 N=5 leave", "KR-3 N=5"));
        assert!(is_called("KR-1", "KR-1"));
        assert!(!is_called("KR-30", "KR-3"));
        assert!(!is_called("KR-3 N=5", "N=5"));
        let picked = args("KR-3").chosen().unwrap_or_default().suites;
        assert_eq!(
            picked.iter().map(|(_, suite)| suite.runs().len()).collect::<Vec<_>>(),
            [90]
        );
    }

    #[test]
    fn who_asks_for_an_unknown_result_is_told_which_there_are() {
        let Err(Failure::Usage(error)) = args("KR-33").chosen() else {
            panic!("there is no such result")
        };
        let text = error.to_string();
        assert!(
            text.starts_with("no result is called `KR-33`; there are BHP-1, BHP-2, "),
            "{text}"
        );
        assert_eq!(text.matches("KR-3").count(), 2, "{text}");
    }
}
