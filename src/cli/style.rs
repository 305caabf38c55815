//! Colour, where it is wanted: a terminal, no `NO_COLOR`, and no `--color never`.

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use clap::ColorChoice;
use serde::Serialize;

use crate::cli::Failure;
use crate::terminal::{escaped, escaped_json};

/// Emphasis, for headings.
const BOLD: &str = "1";
/// For what is said beside.
const DIM: &str = "2";
/// For the word `warning`.
const YELLOW: &str = "1;33";
/// For the word `error`.
const RED: &str = "1;31";
/// After each of them.
const RESET: &str = "0";

/// How to write on one stream.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    color: bool,
}

impl Style {
    /// The style for `stream`.
    #[must_use]
    pub fn new(choice: ColorChoice, stream: &impl IsTerminal) -> Self {
        let unwanted = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                stream.is_terminal() && !unwanted("NO_COLOR") && env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        Self { color }
    }

    /// Without colour.
    #[must_use]
    pub fn plain() -> Self {
        Self { color: false }
    }

    /// Whether to colour at all.
    #[must_use]
    pub fn color(self) -> bool {
        self.color
    }

    /// Headings.
    pub(super) fn bold(self, text: impl Display) -> String {
        self.paint(BOLD, text)
    }

    /// What is said beside.
    pub(super) fn dim(self, text: impl Display) -> String {
        self.paint(DIM, text)
    }

    /// Says something on standard error that does not stop the work.
    pub(super) fn warn(self, text: &str) {
        // A message that can't be shown can't be complained about either.
        let _ = writeln!(io::stderr(), "{} {}", self.paint(YELLOW, "warning:"), escaped(text));
    }

    /// Says on standard error why the work stopped.
    pub(super) fn error(self, text: &str) {
        let _ = writeln!(io::stderr(), "{} {}", self.paint(RED, "error:"), escaped(text));
    }

    /// Writes `text`, of which a terminal obeys no more than the colours of this style. When nobody reads it any more the run goes on all the
    /// same, for its results are on the disk.
    pub(super) fn say(self, stream: impl Write, text: &str) -> io::Result<()> {
        write_all(stream, &self.harmless(text))
    }

    /// `text` with escapes for what is not of this style.
    fn harmless(self, text: &str) -> String {
        let is_ours = |after: &str| {
            let code = after.strip_prefix('[').and_then(|rest| rest.split_once('m'));
            self.color && code.is_some_and(|(code, _)| [BOLD, DIM, YELLOW, RED, RESET].contains(&code))
        };
        let mut parts = text.split('\x1b');
        let mut shown = escaped(parts.next().unwrap_or_default());
        for part in parts {
            if is_ours(part) {
                shown.push('\x1b');
                shown.push_str(&escaped(part));
            } else {
                shown.push_str(&escaped(&format!("\x1b{part}")));
            }
        }
        shown
    }

    fn paint(self, code: &str, text: impl Display) -> String {
        if self.color {
            format!("\x1b[{code}m{text}\x1b[{RESET}m")
        } else {
            text.to_string()
        }
    }
}

/// Writes `value` as JSON on standard output; nothing of it steers a terminal.
pub(super) fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value).context("cannot write the answer as JSON");
    let json = escaped_json(&json.map_err(Failure::Run)?);
    Ok(write_all(io::stdout(), &(json + "\n"))?)
}

/// Writes `text` if somebody reads it.
fn write_all(mut stream: impl Write, text: &str) -> io::Result<()> {
    match stream.write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_steered_by_colours_of_ours_alone() {
        let hostile = "\x1b[31mred\x1b[2J\x1b]0;title\x07\u{202e}\n";
        for style in [Style::plain(), Style { color: true }] {
            let mut said = Vec::new();
            let text = format!("{} {hostile}", style.bold("name"));
            style.say(&mut said, &text).expect("a Vec takes all");
            let shown = style.bold("name") + " \\u{1b}[31mred\\u{1b}[2J\\u{1b}]0;title\\u{7}\\u{202e}\n";
            assert_eq!(String::from_utf8(said).expect("text"), shown);
        }
        let plain = Style::plain().harmless("\x1b[1mbold\x1b[0m");
        assert_eq!(plain, "\\u{1b}[1mbold\\u{1b}[0m");
    }
}
