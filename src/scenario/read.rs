//! Document to [`ScenarioFile`]: every value that has the wrong form and every key that does not exist, all at once.

use std::ops::Range;

use toml::de::ValueDeserializer;

use super::document::{Document, Path, Step};
use super::file::ScenarioFile;
use super::lists;
use super::problem::Problem;
use super::schema;

/// More wrong values than this are not looked for.
const WRONG_VALUES_MAX: usize = 100;

/// A document as read: the file without its faulty items, and those.
pub(super) struct Read {
    pub file: ScenarioFile,
    /// What is wrong, with the places.
    pub problems: Vec<(Range<usize>, Problem)>,
    /// Paths of items that were left out because they are wrong: nothing is to be said about them again.
    pub left_out: Vec<Path>,
}

/// Reads `document`. An item that does not fit is noted, cut out, and the rest is read again.
pub(super) fn read(mut document: Document<'_>) -> Read {
    let (mut problems, mut left_out) = (Vec::new(), Vec::new());
    loop {
        if let Some((place, problem)) = lists::misplaced(&document)
            && problems.len() < WRONG_VALUES_MAX
            && let Some(path) = document.cut(&place)
        {
            problems.push((place, problem));
            left_out.push(path);
            continue;
        }
        let mut unknown = Vec::new();
        let deserializer = ValueDeserializer::from(document.root.clone());
        let result: Result<ScenarioFile, _> =
            serde_ignored::deserialize(deserializer, |path| unknown.push(steps(&path)));
        let error = match result {
            Ok(file) => {
                problems.extend(unknown.iter().map(|path| (document.key_place(path), unknown_key(path))));
                left_out.extend(unknown);
                return Read {
                    file,
                    problems,
                    left_out,
                };
            }
            Err(error) => error,
        };
        let place = error.span().unwrap_or(0..0);
        let cut = document.cut(&place);
        problems.push((place, wrong_value(error.message(), cut.as_deref())));
        match cut {
            Some(path) if problems.len() < WRONG_VALUES_MAX => left_out.push(path),
            _ => {
                return Read {
                    file: ScenarioFile::default(),
                    problems,
                    left_out: vec![Vec::new()],
                };
            }
        }
    }
}

fn steps(path: &serde_ignored::Path<'_>) -> Path {
    use serde_ignored::Path as Ignored;
    let (parent, step) = match path {
        Ignored::Root => return Vec::new(),
        Ignored::Seq { parent, index } => (parent, Some(Step::Index(*index))),
        Ignored::Map { parent, key } => (parent, Some(Step::Key(key.clone()))),
        Ignored::Some { parent } | Ignored::NewtypeStruct { parent } | Ignored::NewtypeVariant { parent } => {
            (parent, None)
        }
    };
    let mut path = steps(parent);
    path.extend(step);
    path
}

fn unknown_key(path: &[Step]) -> Problem {
    let Some((Step::Key(key), parents)) = path.split_last() else {
        return Problem::error("unknown key");
    };
    let problem = Problem::error(format!("unknown key `{key}`"));
    let known = schema::keys_below(parents);
    // What the field calls a rule is not what the key is called.
    let meant = match key.as_str() {
        "choker" => "choking",
        "picker" => "picking",
        other => other,
    };
    if meant != key && known.iter().any(|name| name == meant) {
        return problem.help(format!("did you mean `{meant}`?"));
    }
    if known.is_empty() {
        return problem.help("nothing can be set here");
    }
    problem.help(nearest_or_all(
        key,
        known.iter().map(String::as_str),
        "the keys here are",
    ))
}

/// The message of the TOML reader about what stands at `path`, in words for users.
fn wrong_value(message: &str, path: Option<&[Step]>) -> Problem {
    if let Some((found, expected)) = message
        .strip_prefix("unknown variant ")
        .and_then(|rest| rest.split_once(", "))
    {
        let names: Vec<_> = expected.split('`').skip(1).step_by(2).collect();
        let help = nearest_or_all(found.trim_matches('`'), names.into_iter(), "choose one of");
        return Problem::error(format!("{found} is not one of the alternatives here")).help(help);
    }
    if let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.split_once(", expected "))
    {
        let wanted = match (found, expected, path) {
            ("map", "enum", _) => return no_alternative(path),
            (_, "a sequence", Some([Step::Key(key)])) => {
                format!("a list of tables (write `[[{key}]]`, in double brackets)")
            }
            _ => in_words(expected),
        };
        return Problem::error(format!("{wanted} is wanted here, not {}", plainly(found)));
    }
    match message {
        "integer number overflowed" => Problem::error("this number is far too large"),
        "wanted exactly 1 element, found 0 elements" | "expected table with exactly 1 entry, found empty table" => {
            no_alternative(path)
        }
        _ => Problem::error(message),
    }
}

/// The problem of an empty table at `path` in the place of one alternative.
fn no_alternative(path: Option<&[Step]>) -> Problem {
    let problem = Problem::error("an alternative must be chosen here");
    let names = path.map(schema::keys_below).unwrap_or_default();
    if names.is_empty() {
        return problem;
    }
    problem.help(format!("choose one of `{}`", names.join("`, `")))
}

/// What the parser expects, in the words of TOML: a form, or the word that can stand in its place.
fn in_words(expected: &str) -> String {
    match expected.split_once(" or ") {
        Some((form, word)) if form.starts_with("struct ") => format!("{} or {word}", plainly(form)),
        _ => plainly(expected).to_string(),
    }
}

/// What the parser calls a form, in the words of TOML.
fn plainly(form: &str) -> &str {
    match form {
        "map" => "a table",
        "a sequence" | "sequence" => "a list",
        "enum" => "one of the alternatives",
        "a string" => "a text in quotes",
        "f64" => "a number",
        _ if form.starts_with("struct ") => "a table",
        _ => form,
    }
}

/// "did you mean" the nearest of `known`, or all of them.
pub(crate) fn nearest_or_all<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone, all: &str) -> String {
    /// Fewer letters in common than this are no typing error.
    const SIMILAR: f64 = 0.75;
    /// A longer word is none either, and comparing it would take as long as the square of its length.
    const WORD_BYTES_MAX: usize = 400;
    let nearest = || {
        let word = word.to_lowercase();
        let scored = known
            .clone()
            .map(|name| (strsim::jaro_winkler(&word, &name.to_lowercase()), name));
        scored.max_by(|(one, _), (other, _)| one.total_cmp(other))
    };
    let nearest = (word.len() <= WORD_BYTES_MAX).then(nearest).flatten();
    match nearest {
        Some((score, near)) if score >= SIMILAR => format!("did you mean `{near}`?"),
        _ => format!("{all} `{}`", known.collect::<Vec<_>>().join("`, `")),
    }
}
