//! The TOML document with the place of every item: looked up by key path, found and cut by place.

use std::cell::LazyCell;
use std::ops::Range;
use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::limits::NESTING_MAX;
use super::overrides::equals_sign;
use super::problem::{Excerpt, Lines, Problem};
use super::{LoadOptions, Override};

/// A step from an item to one inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// The way from the root of a document to an item.
pub(super) type Path = Vec<Step>;

/// The texts that a scenario is read from: the file, then each override. A place is an offset into all of them in a row.
#[derive(Clone)]
pub(super) struct Sources<'t> {
    texts: Vec<Rc<Text<'t>>>,
}

/// One of them.
struct Text<'t> {
    text: &'t str,
    origin: Origin<'t>,
}

/// Where a text comes from.
enum Origin<'t> {
    /// It is what messages show, by this name: the file, or an option of the command line.
    Shown(&'t str, Lines),
    /// It is made from a key and a value that stand elsewhere; so many bytes of it are the key.
    Pair(&'t Override, usize),
}

impl<'t> Sources<'t> {
    /// `origin` is the name of the file in messages.
    pub fn new(origin: &'t str, text: &'t str, options: &'t LoadOptions) -> Self {
        let shown = |(name, text): (&'t str, &'t str)| Text {
            text,
            origin: Origin::Shown(name, Lines::of(text)),
        };
        let sets = options.sets.iter().map(|set| ("--set", set.as_str()));
        let all = std::iter::once((origin, text)).chain(sets);
        Self {
            texts: all.map(shown).map(Rc::new).collect(),
        }
    }

    /// The same with what a variant changes.
    pub fn with<'c>(&self, changes: &'c [Override]) -> Sources<'c>
    where
        't: 'c,
    {
        let key_bytes = |text: &str| equals_sign(text).unwrap_or(text.len());
        let pair = |change: &'c Override| Text {
            text: &change.text,
            origin: Origin::Pair(change, key_bytes(&change.text)),
        };
        let mut texts: Vec<Rc<Text<'c>>> = self.texts.clone();
        texts.extend(changes.iter().map(pair).map(Rc::new));
        Sources { texts }
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Each text with the place where it starts.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &'t str)> {
        self.texts.iter().scan(0, |start, text| {
            let this = *start;
            // One apart, so that the end of one is not the start of the next.
            *start += text.text.len() + 1;
            Some((this, text.text))
        })
    }

    /// The line at `place`.
    pub fn excerpt(&self, place: Range<usize>) -> Excerpt {
        let (index, (start, text)) = self
            .iter()
            .enumerate()
            .filter(|(_, (start, _))| *start <= place.start)
            .last()
            .unwrap_or((0, (0, "")));
        let range = place.start - start..place.end.saturating_sub(start);
        match &self.texts[index].origin {
            Origin::Shown(name, lines) => lines.excerpt(name, text, range),
            Origin::Pair(change, key_bytes) if range.start < *key_bytes => change.key.0.clone(),
            Origin::Pair(change, _) => change.value.0.clone(),
        }
    }
}

/// A parsed document.
#[derive(Clone)]
pub(super) struct Document<'i> {
    pub root: Spanned<DeValue<'i>>,
}

impl<'i> Document<'i> {
    /// The document of `text`, which starts at place `start`; or what is no TOML in it, with the places.
    pub fn parse(text: &'i str, start: usize) -> Result<Self, Vec<(Range<usize>, Problem)>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            let root = Spanned::new(table.span(), DeValue::Table(table.into_inner()));
            return Ok(Self {
                root: shifted(root, start),
            });
        }
        // What follows a gap in the syntax is no table of its own to the parser, and then seems to come twice.
        let duplicate = |error: &toml::de::Error| error.message() == "duplicate key";
        let only_duplicates = errors.iter().all(duplicate);
        let errors = errors.into_iter().filter(|error| only_duplicates || !duplicate(error));
        let mut header_again = 0..0;
        let errors = errors.filter(|error| {
            let start = error.span().map_or(0, |place| place.start);
            // All that stands below a header that comes twice comes twice, too.
            let is_new = !header_again.contains(&start);
            if is_new && duplicate(error) && is_header(text, start) {
                header_again = start..text[start..].find("\n[").map_or(text.len(), |next| start + next);
            }
            is_new
        });
        let deep_key = LazyCell::new(|| line_of_deep_key(text));
        let problem = |error: toml::de::Error| {
            let place = error.span().unwrap_or_else(|| deep_key.clone());
            let problem = if duplicate(&error) && is_header(text, place.start) {
                Problem::error("not TOML: this table is here already")
                    .help("a table of which there are several, as [[group]] and [[figure]], begins with double brackets; each other one stands once")
            } else {
                not_toml(error.message())
            };
            (place.start + start..place.end + start, problem)
        };
        Err(errors.map(problem).collect())
    }

    /// The same without the tables `keys` at the top.
    pub fn without(mut self, keys: &[&str]) -> Self {
        if let DeValue::Table(table) = self.root.get_mut() {
            for key in keys {
                table.remove(*key);
            }
        }
        self
    }

    /// Place of the item at `path`. If there is none: of the nearest item around where it would be.
    pub fn place(&self, path: &[Step]) -> Range<usize> {
        let (mut item, mut place) = (&self.root, 0..0);
        for (depth, step) in path.iter().enumerate() {
            let next = match (step, item.get_ref()) {
                (Step::Key(key), DeValue::Table(table)) => table
                    .get_key_value(key.as_str())
                    .map(|(key, value)| (key.span(), value)),
                (Step::Index(index), DeValue::Array(array)) => array.get(*index).map(|value| (value.span(), value)),
                _ => None,
            };
            let Some((key, value)) = next else { break };
            let last = depth + 1 == path.len();
            place = if last && !value.get_ref().is_table() {
                value.span()
            } else {
                key
            };
            item = value;
        }
        place
    }

    /// Place of the key at the end of `path`, or as [`Self::place`].
    pub fn key_place(&self, path: &[Step]) -> Range<usize> {
        if let Some((Step::Key(key), parents)) = path.split_last()
            && let Some(DeValue::Table(table)) = self.get(parents)
            && let Some((key, _)) = table.get_key_value(key.as_str())
        {
            return key.span();
        }
        self.place(path)
    }

    fn get(&self, path: &[Step]) -> Option<&DeValue<'i>> {
        path.iter()
            .try_fold(self.root.get_ref(), |item, step| match (step, item) {
                (Step::Key(key), DeValue::Table(table)) => table.get(key.as_str()).map(Spanned::get_ref),
                (Step::Index(index), DeValue::Array(array)) => array.get(*index).map(Spanned::get_ref),
                _ => None,
            })
    }

    /// Removes the smallest keyed item around `place` and says which it was.
    pub fn cut(&mut self, place: &Range<usize>) -> Option<Path> {
        let mut best: Option<(usize, Path)> = None;
        find(self.root.get_ref(), place, &mut Vec::new(), &mut best);
        let (_, mut path) = best?;
        // Elements of arrays stay where they are, so that the indices of the others do.
        while matches!(path.last(), Some(Step::Index(_))) {
            path.pop();
        }
        let mut gone = path.as_slice();
        // A table that holds nothing else goes too: an empty one may be wrong again.
        while let Some((Step::Key(key), parents)) = gone.split_last() {
            let DeValue::Table(table) = self.get_mut(parents)? else {
                break;
            };
            table.remove(key.as_str());
            if !table.is_empty() {
                break;
            }
            gone = parents;
        }
        Some(path)
    }

    fn get_mut(&mut self, path: &[Step]) -> Option<&mut DeValue<'i>> {
        path.iter()
            .try_fold(self.root.get_mut(), |item, step| match (step, item) {
                (Step::Key(key), DeValue::Table(table)) => table.get_mut(key.as_str()).map(Spanned::get_mut),
                (Step::Index(index), DeValue::Array(array)) => array.get_mut(*index).map(Spanned::get_mut),
                _ => None,
            })
    }
}

/// What the TOML reader says of a key with too many parts, and not where it stands …
const DEEP_KEY: &str = "recursion limit";
/// … and of lists and tables too many of which are one inside the other.
const DEEP_VALUE: &str = "cannot recurse further; max recursion depth met";

/// Whether a key at `place` of `text` is that of a header, `[table]`.
fn is_header(text: &str, place: usize) -> bool {
    let line = text[..place].rfind('\n').map_or(0, |newline| newline + 1);
    text[line..place].trim_start().starts_with('[')
}

fn not_toml(message: &str) -> Problem {
    match message {
        DEEP_KEY => Problem::error(format!("a key of more than {NESTING_MAX} parts with dots between"))
            .help(format!("at most {NESTING_MAX} are possible, and no key of a scenario has as many: take parts out, or write dots that belong to a name in quotes")),
        DEEP_VALUE => Problem::error(format!("more than {NESTING_MAX} lists and tables one inside the other"))
            .help(format!("at most {NESTING_MAX} are possible, and no value of a scenario needs as many: take brackets out")),
        _ => Problem::error(format!("not TOML: {message}")),
    }
}

/// The line of `text` with the first key of too many parts: of the text up to its end, and of no less, the reader says that it has one.
fn line_of_deep_key(text: &str) -> Range<usize> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let end = start + line.trim_end().len();
        start += line.len();
        end - line.trim().len()..end
    });
    // Few lines have as many dots.
    let lines: Vec<_> = lines
        .filter(|line| text[line.clone()].matches('.').count() >= NESTING_MAX)
        .collect();
    let is_before = |line: &Range<usize>| {
        let (_, errors) = DeTable::parse_recoverable(&text[..line.end]);
        errors.iter().all(|error| error.message() != DEEP_KEY)
    };
    lines.get(lines.partition_point(is_before)).cloned().unwrap_or(0..0)
}

/// Puts the path of the smallest item in `item` whose key or value surrounds `place` into `best`, with its length.
fn find(item: &DeValue<'_>, place: &Range<usize>, path: &mut Path, best: &mut Option<(usize, Path)>) {
    let mut consider = |span: Range<usize>, path: &Path| {
        let around = span.start <= place.start && place.end <= span.end;
        if around && best.as_ref().is_none_or(|(length, _)| span.len() <= *length) {
            *best = Some((span.len(), path.clone()));
        }
    };
    match item {
        DeValue::Table(table) => {
            for (key, value) in table {
                path.push(Step::Key(key.get_ref().to_string()));
                consider(key.span(), path);
                consider(value.span(), path);
                path.pop();
            }
            for (key, value) in table {
                path.push(Step::Key(key.get_ref().to_string()));
                find(value.get_ref(), place, path, best);
                path.pop();
            }
        }
        DeValue::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                path.push(Step::Index(index));
                consider(value.span(), path);
                path.pop();
            }
            for (index, value) in array.iter().enumerate() {
                path.push(Step::Index(index));
                find(value.get_ref(), place, path, best);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The same item with all its places moved by `by`.
fn shifted(item: Spanned<DeValue<'_>>, by: usize) -> Spanned<DeValue<'_>> {
    let moved = |span: Range<usize>| span.start + by..span.end + by;
    let span = moved(item.span());
    let value = match item.into_inner() {
        DeValue::Table(table) => DeValue::Table(
            table
                .into_iter()
                .map(|(key, value)| (Spanned::new(moved(key.span()), key.into_inner()), shifted(value, by)))
                .collect(),
        ),
        DeValue::Array(mut array) => {
            for value in array.iter_mut() {
                *value = shifted(
                    std::mem::replace(value, Spanned::new(0..0, DeValue::Boolean(false))),
                    by,
                );
            }
            DeValue::Array(array)
        }
        scalar => scalar,
    };
    Spanned::new(span, value)
}
