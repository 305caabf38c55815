//! Colour, where it is wanted: a terminal, no `NO_COLOR`, and no `--color never`.

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use clap::ColorChoice;

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
    #[cfg(test)]
    pub(super) fn plain() -> Self {
        Self { color: false }
    }

    /// Whether to colour at all.
    #[must_use]
    pub fn color(self) -> bool {
        self.color
    }

    /// Headings.
    pub(super) fn bold(self, text: impl Display) -> String {
        self.paint("1", text)
    }

    /// What is said beside.
    pub(super) fn dim(self, text: impl Display) -> String {
        self.paint("2", text)
    }

    /// Says something on standard error that does not stop the work.
    pub(super) fn warn(self, text: &str) {
        // A message that can't be shown can't be complained about either.
        let _ = writeln!(io::stderr(), "{} {text}", self.paint("1;33", "warning:"));
    }

    /// Says on standard error why the work stopped.
    pub(super) fn error(self, text: &str) {
        let _ = writeln!(io::stderr(), "{} {text}", self.paint("1;31", "error:"));
    }

    fn paint(self, code: &str, text: impl Display) -> String {
        if self.color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_string()
        }
    }
}
