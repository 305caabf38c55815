//! A scenario file and what the command line says of it, and what comes out.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use super::expect::Expectation;
use super::limits::FILE_BYTES_MAX;
use super::model::Scenario;
use super::parsed::Parsed;
use super::problem::{Place, Problem, ScenarioError};
use super::study::Study;

/// What the command line says about a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// Overrides, `key.path=value` with a TOML value, in order. Groups are addressed by name or by index from 0.
    pub sets: Vec<String>,
    /// Seed in the place of the scenario's.
    pub seed: Option<u64>,
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
pub fn load(path: &Path, options: &LoadOptions) -> Result<Loaded, ScenarioError> {
    let name = path.display().to_string();
    let text = read_text(path)?;
    let base_dir = path.parent().unwrap_or(Path::new(""));
    parse(&text, &name, base_dir, options)
}

/// The text of the scenario file at `path`.
///
/// # Errors
/// When it can't be read, is too long, or is no text.
pub fn read_text(path: &Path) -> Result<String, ScenarioError> {
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

/// Reads a scenario from `text`. `name` is what messages call it; paths in it start from `base_dir`.
///
/// # Errors
/// Everything that is wrong with it at once.
pub fn parse(text: &str, name: &str, base_dir: &Path, options: &LoadOptions) -> Result<Loaded, ScenarioError> {
    Parsed::new(text, name, base_dir, options)?.load(&[])
}
