//! The way of a scenario from text to [`Scenario`]: parse, override, read, check.

use std::fs::{self, File};
use std::io::Read as _;
use std::ops::Range;
use std::path::Path as FilePath;

use super::document::{Document, Path, Sources};
use super::expect::Expectation;
use super::file::choice::{Alternatives, Whole};
use super::file::strategy::ChokingFile;
use super::limits::FILE_BYTES_MAX;
use super::model::Scenario;
use super::problem::{Place, Problem, SHOWN_MAX, ScenarioError, Severity};
use super::study::Study;
use super::validate::{Finding, expectations, name_fault, study, validate};
use super::{overrides, read};

/// What the command line says about a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// Overrides, `key.path=value` with a TOML value, in order. Groups are addressed by name or by index from 0.
    pub sets: Vec<String>,
    /// Seed in the place of the scenario's.
    pub seed: Option<u64>,
    /// What a variant changes, after all of the above.
    pub variant: Vec<Override>,
    /// Names of the chokers that the program has registered: rules that `choking` and `seeding` can name besides swarmsim's.
    pub own_chokers: Vec<String>,
}

/// One key of a scenario with another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// `key.path=value`, the value in TOML.
    pub text: String,
    /// Where its key stands …
    pub key: Place,
    /// … and where its value.
    pub value: Place,
}

/// A scenario that has passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// What it is compared with; nothing of it matters to a run. A variant has none.
    pub study: Study,
    /// What `swarmsim validate` holds it against; nothing of it matters to a run. A variant has none.
    pub expectations: Vec<Expectation>,
    /// What is probably not meant, as text of several lines each.
    pub warnings: Vec<String>,
}

/// Reads the scenario file at `path`. Paths in it start from its folder.
///
/// # Errors
/// Everything that is wrong with it at once.
pub fn load(path: &FilePath, options: &LoadOptions) -> Result<Loaded, ScenarioError> {
    let name = path.display().to_string();
    let text = read_text(path)?;
    let base_dir = path.parent().unwrap_or(FilePath::new(""));
    parse(&text, &name, base_dir, options)
}

/// The text of the scenario file at `path`.
///
/// # Errors
/// When it can't be read, is too long, or is no text.
pub fn read_text(path: &FilePath) -> Result<String, ScenarioError> {
    let show = path.display();
    let fail = |problem: Problem| ScenarioError::new(vec![problem]);
    let cannot = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => fail(
            Problem::error(format!("there is no file `{show}`")).help("`swarmsim new` writes a scenario to start from"),
        ),
        _ => fail(Problem::error(format!("cannot read `{show}`: {error}"))),
    };
    if fs::metadata(path).map_err(cannot)?.is_dir() {
        return Err(fail(Problem::error(format!(
            "`{show}` is a folder, not a scenario file"
        ))));
    }
    let mut bytes = Vec::new();
    // What is no plain file has no size: read one byte past the limit and see.
    File::open(path)
        .map_err(cannot)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let problem = Problem::error(format!("`{show}` has more than {} MiB", FILE_BYTES_MAX >> 20));
        return Err(fail(
            problem.help("a scenario is a short text; large tables of peers belong in a trace"),
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        let problem = Problem::error(format!("`{show}` is not UTF-8 text: line {line} has other bytes"));
        fail(problem.help("save it as UTF-8; a scenario is a TOML file"))
    })
}

/// Chokers that the program registers have names like all others, but not those of swarmsim's own.
fn check_own_names(names: &[String]) -> Result<(), ScenarioError> {
    let fault = |name: &String| {
        if ChokingFile::WORDS.contains(&name.as_str()) {
            let problem = Problem::error(format!("swarmsim has a choker `{name}` itself"));
            return Some(problem.help("register your choker by another name"));
        }
        let (message, help) = name_fault(name, "\"generous\"")?;
        Some(Problem::error(format!("the name of a registered choker: {message}")).help(help))
    };
    let problems: Vec<_> = names.iter().filter_map(fault).collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ScenarioError::new(problems))
    }
}

/// Reads a scenario from `text`. `name` is what messages call it; paths in it start from `base_dir`.
///
/// # Errors
/// Everything that is wrong with it at once.
pub fn parse(text: &str, name: &str, base_dir: &FilePath, options: &LoadOptions) -> Result<Loaded, ScenarioError> {
    check_own_names(&options.own_chokers)?;
    let sources = Sources::new(name, text, options);
    let document = document(&sources).map_err(|problems| fail(&sources, problems))?;
    let mut read = read::read(document.clone());
    if let Some(seed) = options.seed {
        read.file.seed = Some(Whole(seed));
    }
    let (scenario, mut findings) = validate(&read.file, base_dir, &options.own_chokers);
    let (mut compared, mut expected) = (Study::default(), Vec::new());
    // A variant is one of those that the scenario names: what it says of the others was read with the scenario.
    if options.variant.is_empty() {
        let place = |path: &Path| Place(sources.excerpt(document.place(path)));
        let (study, of_study) = study(&read.file, &place);
        let (expectations, of_expectations) = expectations(&read.file, &place);
        findings.extend(of_study.into_iter().chain(of_expectations));
        (compared, expected) = (study, expectations);
    }
    let is_new = |finding: &Finding| !read.left_out.iter().any(|path| overlap(path, &finding.path));
    let found = findings
        .into_iter()
        .filter(is_new)
        .map(|finding| (document.place(&finding.path), finding.problem));
    let (errors, warnings): (Vec<_>, Vec<_>) = read
        .problems
        .into_iter()
        .chain(found)
        .partition(|(_, problem)| problem.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(fail(&sources, errors));
    }
    let warnings = placed(&sources, warnings)
        .iter()
        .map(|warning| warning.render(false))
        .collect();
    Ok(Loaded {
        scenario,
        study: compared,
        expectations: expected,
        warnings,
    })
}

/// Whether one of the items holds the other.
fn overlap(one: &Path, other: &Path) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

fn document(sources: &Sources) -> Result<Document<'_>, Vec<(Range<usize>, Problem)>> {
    let mut texts = sources.iter();
    let (start, text) = texts.next().unwrap_or((0, ""));
    let mut document = Document::parse(text, start)?;
    let mut problems = Vec::new();
    for (start, set) in texts {
        if let Err(wrong) = overrides::apply(&mut document, set, start) {
            problems.extend(wrong);
        }
    }
    if problems.is_empty() {
        Ok(document)
    } else {
        Err(problems)
    }
}

fn fail(sources: &Sources, problems: Vec<(Range<usize>, Problem)>) -> ScenarioError {
    ScenarioError::new(placed(sources, problems))
}

/// The problems in the order of their places, each with the line where it is.
fn placed(sources: &Sources, mut problems: Vec<(Range<usize>, Problem)>) -> Vec<Problem> {
    problems.sort_by_key(|(place, _)| place.start);
    problems.dedup();
    let with_line = |(index, (place, problem)): (usize, (Range<usize>, Problem))| match problem.excerpt {
        // A line for each of a million faults would take hours; the rest is only counted.
        None if index < SHOWN_MAX => problem.at(sources.excerpt(place)),
        _ => problem,
    };
    problems.into_iter().enumerate().map(with_line).collect()
}
