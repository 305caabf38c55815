//! The way of a scenario from text to [`Scenario`](super::Scenario): parse, override, read, check; for one variant after the other.

use std::ops::Range;
use std::path::Path as FilePath;

use super::document::{Document, Path, Sources};
use super::expect::Expectation;
use super::file::choice::{Alternatives, Whole};
use super::file::strategy::ChokingFile;
use super::problem::{Place, Problem, SHOWN_MAX, ScenarioError, Severity};
use super::study::Study;
use super::trace::Traces;
use super::validate::{Finding, expectations, name_fault, study, validate};
use super::{LoadOptions, Loaded, Override, overrides, read};

/// What a variant has no use for: it is one of those that the scenario names, and what the scenario says of them was read with it.
const OF_STUDIES: [&str; 3] = ["sweep", "compare", "expect"];

/// A scenario that was parsed once, with what the command line sets in it: a study has hundreds of variants of it.
pub struct Parsed<'t> {
    sources: Sources<'t>,
    document: Document<'t>,
    /// The same without [`OF_STUDIES`].
    swarm: Document<'t>,
    traces: Traces<'t>,
    options: &'t LoadOptions,
}

impl<'t> Parsed<'t> {
    /// Parses `text`. `name` is what messages call it; paths in it start from `base_dir`.
    ///
    /// # Errors
    /// When it is no TOML, or something is set that can't be.
    pub fn new(
        text: &'t str,
        name: &'t str,
        base_dir: &'t FilePath,
        options: &'t LoadOptions,
    ) -> Result<Self, ScenarioError> {
        check_own_names(&options.own_chokers)?;
        let sources = Sources::new(name, text, options);
        let mut document = Document::parse(text, 0).map_err(|problems| fail(&sources, problems))?;
        set(&mut document, sources.iter().skip(1)).map_err(|problems| fail(&sources, problems))?;
        Ok(Self {
            swarm: document.clone().without(&OF_STUDIES),
            document,
            sources,
            traces: Traces::below(base_dir),
            options,
        })
    }

    /// The scenario with `changes`: a variant, which has neither a study nor expectations; or, without any, the scenario itself.
    ///
    /// # Errors
    /// Everything that is wrong with it at once.
    pub fn load(&self, changes: &[Override]) -> Result<Loaded, ScenarioError> {
        let is_variant = !changes.is_empty();
        let sources = self.sources.with(changes);
        let mut document = if is_variant { &self.swarm } else { &self.document }.clone();
        let new = sources.iter().skip(self.sources.len());
        set(&mut document, new).map_err(|problems| fail(&sources, problems))?;
        let mut read = read::read(document.clone());
        if let Some(seed) = self.options.seed {
            read.file.seed = Some(Whole(seed));
        }
        let (scenario, mut findings) = validate(&read.file, &self.traces, &self.options.own_chokers);
        let (mut compared, mut expected) = (Study::default(), Vec::<Expectation>::new());
        if !is_variant {
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
        let warnings = placed(&sources, warnings);
        Ok(Loaded {
            scenario,
            study: compared,
            expectations: expected,
            warnings: warnings.iter().map(|warning| warning.render(false)).collect(),
        })
    }
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

/// Puts `texts`, each with the place where it starts, into `document`.
fn set<'i>(
    document: &mut Document<'i>,
    texts: impl Iterator<Item = (usize, &'i str)>,
) -> Result<(), Vec<(Range<usize>, Problem)>> {
    let mut problems = Vec::new();
    for (start, text) in texts {
        if let Err(wrong) = overrides::apply(document, text, start) {
            problems.extend(wrong);
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Whether one of the items holds the other.
fn overlap(one: &Path, other: &Path) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

fn fail(sources: &Sources<'_>, problems: Vec<(Range<usize>, Problem)>) -> ScenarioError {
    ScenarioError::new(placed(sources, problems))
}

/// The problems in the order of their places, each with the line where it is.
fn placed(sources: &Sources<'_>, mut problems: Vec<(Range<usize>, Problem)>) -> Vec<Problem> {
    problems.sort_by_key(|(place, _)| place.start);
    problems.dedup();
    let with_line = |(index, (place, problem)): (usize, (Range<usize>, Problem))| match problem.excerpt {
        // A line for each of a million faults would take hours; the rest is only counted.
        None if index < SHOWN_MAX => problem.at(sources.excerpt(place)),
        _ => problem,
    };
    problems.into_iter().enumerate().map(with_line).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::scenario::model::{Arrival, TracedPeer};

    const SCENARIO: &str = r#"
        name = "traced"
        file = { size = "1 MiB" }
        [[group]]
        name = "peers"
        upload = "1 Mbit/s"
        arrival.trace.file = "trace.csv"
        [sweep]
        vary = { "group.peers.upload" = ["1 Mbit/s", "2 Mbit/s"] }
    "#;

    fn traced(loaded: &Loaded) -> &Arc<[TracedPeer]> {
        match &loaded.scenario.groups[0].arrival {
            Arrival::Trace { peers, .. } => peers,
            other => panic!("no trace: {other:?}"),
        }
    }

    fn change(text: &str) -> [Override; 1] {
        let place = Place::on_command_line("--vary", text);
        [Override {
            text: text.to_owned(),
            key: place.clone(),
            value: place,
        }]
    }

    #[test]
    fn variants_share_a_trace_that_is_read_once() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let trace = home.path().join("trace.csv");
        fs::write(&trace, "arrival_s\n1\n2\n").expect("written");
        let options = LoadOptions::default();
        let parsed = Parsed::new(SCENARIO, "traced.toml", home.path(), &options).expect("TOML");
        let load = |changes: &[Override]| parsed.load(changes).unwrap_or_else(|error| panic!("{error}"));
        let base = load(&[]);
        fs::remove_file(&trace).expect("removed");
        let variant = load(&change("group.peers.upload=\"2 Mbit/s\""));
        assert!(Arc::ptr_eq(traced(&base), traced(&variant)));
        assert_ne!(base.scenario.groups, variant.scenario.groups);
        assert!(!base.study.variation.is_empty() && variant.study.variation.is_empty());
        // What one variant changes is not in the next, and what is wrong has its place in each.
        assert_eq!(load(&[]), base);
        for _ in 0..2 {
            let error = parsed.load(&change("group.peers.arrival.trace.file=\"other.csv\""));
            let said = error.expect_err("no such trace").render(false);
            assert!(said.contains("cannot read") && said.contains("--vary:1"), "{said}");
        }
        let said = parsed.load(&change("group.peers.uplaod=1")).expect_err("no such key");
        assert!(said.render(false).contains("did you mean `upload`"), "{said}");
    }
}
