//! What is wrong with a scenario, where, and how to mend it; as text with the place underlined.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::terminal::escaped;

/// At most this many problems are shown; the rest is counted.
pub(super) const SHOWN_MAX: usize = 50;

/// A message with more characters than this quotes something endless: a value may be as long as its file.
const MESSAGE_CHARS_MAX: usize = 600;
/// So many of them are shown from its begin, where the quotation begins …
const BEGIN_CHARS_SHOWN: usize = 80;
/// … and from its end, which says what is wrong with it.
const END_CHARS_SHOWN: usize = 160;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    Error,
    Warning,
}

/// Something wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub severity: Severity,
    pub message: String,
    pub help: Option<String>,
    pub excerpt: Option<Excerpt>,
}

/// A line of a text and a range in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The file, or `--set`.
    pub origin: String,
    /// Number of the line, from 1.
    pub line: usize,
    /// All excerpts of a line share it: a scenario may have thousands of places, and a line of megabytes.
    pub text: Arc<str>,
    /// Bytes of `text`.
    pub range: Range<usize>,
}

impl Excerpt {
    /// The line of `text` in which `range` starts.
    pub fn new(origin: &str, text: &str, range: Range<usize>) -> Self {
        Lines::of(text).excerpt(origin, text, range)
    }
}

/// Where the lines of a text are, found once for all excerpts of it.
pub(super) struct Lines {
    /// Where each begins.
    starts: Vec<usize>,
    /// The line of the last excerpt, by its number.
    last: RefCell<Option<(usize, Arc<str>)>>,
}

impl Lines {
    /// Those of `text`.
    pub fn of(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            starts: std::iter::once(0).chain(ends).collect(),
            last: RefCell::default(),
        }
    }

    /// The line of `text` in which `range` starts.
    pub fn excerpt(&self, origin: &str, text: &str, range: Range<usize>) -> Excerpt {
        let start = floor_char_boundary(text, range.start);
        let line = self.starts.partition_point(|at| *at <= start);
        let line_start = self.starts[line - 1];
        let line_end = self.starts.get(line).map_or(text.len(), |next| next - 1);
        let end = floor_char_boundary(text, range.end.clamp(start, line_end));
        let shown = text[line_start..line_end].trim_end_matches('\r');
        // A place in the end of the line that is not shown is at the end of what is.
        let place = |at: usize| (at - line_start).min(shown.len());
        Excerpt {
            origin: origin.to_string(),
            line,
            text: self.shared(line, shown),
            range: place(start)..place(end),
        }
    }

    /// The `line` of this number, as it is shown.
    fn shared(&self, number: usize, line: &str) -> Arc<str> {
        let mut last = self.last.borrow_mut();
        match &*last {
            Some((of, text)) if *of == number => text.clone(),
            _ => last.insert((number, harmless(line).into())).1.clone(),
        }
    }
}

/// `line` with a sign of the same two bytes for the control characters that the renderer leaves as they are; a terminal would obey them.
fn harmless(line: &str) -> String {
    line.replace(|c| ('\u{80}'..='\u{9f}').contains(&c), "¤")
}

/// The `message`, or both ends of one that fills screens.
fn shortened(message: String) -> String {
    let mut places = message.char_indices().map(|(at, _)| at);
    if places.clone().nth(MESSAGE_CHARS_MAX).is_none() {
        return message;
    }
    let begin = places.nth(BEGIN_CHARS_SHOWN).unwrap_or(0);
    let end = places.nth_back(END_CHARS_SHOWN - 1).unwrap_or(message.len());
    format!("{}…{}", &message[..begin], &message[end..])
}

/// The last place at or before `at` where `text` can be cut.
fn floor_char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

impl Problem {
    /// An error without a place. What `message` quotes may be of any length.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: shortened(message.into()),
            help: None,
            excerpt: None,
        }
    }

    /// The same with a word on how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with its place.
    pub fn at(mut self, excerpt: Excerpt) -> Self {
        self.excerpt = Some(excerpt);
        self
    }

    /// The problem as text of several lines.
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(escaped(&self.message));
        let group = match &self.excerpt {
            Some(excerpt) => title.element(
                Snippet::source(&*excerpt.text)
                    .line_start(excerpt.line)
                    .path(escaped(&excerpt.origin))
                    .annotation(AnnotationKind::Primary.span(excerpt.range.clone())),
            ),
            None => Group::with_title(title),
        };
        let group = match &self.help {
            Some(help) => group.element(Level::HELP.message(escaped(help))),
            None => group,
        };
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// Where something stands, in a scenario file or on the command line; messages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(pub(super) Excerpt);

impl Place {
    /// All of `text`, given with the option `flag` of the command line.
    #[must_use]
    pub fn on_command_line(flag: &str, text: &str) -> Self {
        Self::in_command_line(flag, text, 0..text.len())
    }

    /// The bytes `range` of it.
    #[must_use]
    pub fn in_command_line(flag: &str, text: &str, range: Range<usize>) -> Self {
        Self(Excerpt::new(flag, text, range))
    }
}

/// Everything that is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    problems: Vec<Problem>,
}

impl ScenarioError {
    pub(super) fn new(mut problems: Vec<Problem>) -> Self {
        // A value that goes to several places is wrong once. Without a line there is no telling.
        problems.dedup_by(|one, other| one.excerpt.is_some() && one == other);
        Self { problems }
    }

    /// One error: `message` about what stands at `place`, and a word on how to mend it.
    #[must_use]
    pub fn at(place: &Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(vec![Problem::error(message).help(help).at(place.0.clone())])
    }

    /// The same errors, each with a word in front on what they are in.
    #[must_use]
    pub fn in_the(mut self, what: &str) -> Self {
        for problem in &mut self.problems {
            problem.message = format!("{what}: {}", problem.message);
        }
        self
    }

    /// Number of errors.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.problems.len()
    }

    /// All errors in the order of the file, each with its line underlined and a word on how to mend it; coloured for
    /// a terminal if `color`. Without a newline at the end.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let mut shown: Vec<_> = self
            .problems
            .iter()
            .take(SHOWN_MAX)
            .map(|problem| problem.render(color))
            .collect();
        if self.count() > SHOWN_MAX {
            shown.push(format!("… and {} more", self.count() - SHOWN_MAX));
        }
        shown.join("\n\n")
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ScenarioError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_places_in_one_file_share_their_lines() {
        let text = "a = 1\r\nvary = [1, 2, 3]\n\nlast";
        let lines = Lines::of(text);
        let places = text.match_indices(['1', '2', '3', 'l']).map(|(at, _)| at);
        let excerpts: Vec<_> = places.map(|at| lines.excerpt("file", text, at..at + 1)).collect();
        let seen: Vec<_> = excerpts.iter().map(|it| (it.line, &*it.text, it.range.start)).collect();
        let second = "vary = [1, 2, 3]";
        assert_eq!(
            seen,
            [
                (1, "a = 1", 4),
                (2, second, 8),
                (2, second, 11),
                (2, second, 14),
                (4, "last", 0)
            ]
        );
        assert!(Arc::ptr_eq(&excerpts[1].text, &excerpts[3].text));
    }

    #[test]
    fn a_message_that_fills_screens_keeps_its_ends() {
        let message = |chars: usize| Problem::error(format!("`{}` is wrong", "ä".repeat(chars - 11))).message;
        let longest = message(MESSAGE_CHARS_MAX);
        assert_eq!(longest.chars().count(), MESSAGE_CHARS_MAX);
        for chars in [MESSAGE_CHARS_MAX + 1, 1_000_000] {
            let begin = format!("`{}…", "ä".repeat(BEGIN_CHARS_SHOWN - 1));
            let end = format!("{}` is wrong", "ä".repeat(END_CHARS_SHOWN - 10));
            assert_eq!(message(chars), begin + &end);
        }
    }

    #[test]
    fn a_place_at_the_end_of_a_text_is_in_its_last_line() {
        for (text, line, shown) in [("", 1, ""), ("a", 1, "a"), ("a\n", 2, ""), ("a\nb", 2, "b")] {
            let excerpt = Excerpt::new("file", text, text.len()..text.len() + 5);
            assert_eq!((excerpt.line, &*excerpt.text), (line, shown), "{text:?}");
        }
        let in_the_break = Excerpt::new("file", "ab\nc", 2..3);
        assert_eq!((in_the_break.line, in_the_break.range), (1, 2..2));
    }
}
