//! A place in the scenario and the list of what is wrong: how the checks report.

use std::cell::RefCell;
use std::fmt::Display;

use crate::scenario::document::{Path, Step};
use crate::scenario::file::choice::Whole;
use crate::scenario::problem::{Excerpt, Problem, Severity};

/// Something that a check has found.
pub(in crate::scenario) struct Finding {
    /// The item that is wrong.
    pub path: Path,
    pub problem: Problem,
}

/// An item of the scenario under check.
pub(in crate::scenario) struct Check<'a> {
    findings: &'a RefCell<Vec<Finding>>,
    path: Path,
}

impl<'a> Check<'a> {
    /// The root; what is found goes to `findings`.
    pub const fn root(findings: &'a RefCell<Vec<Finding>>) -> Self {
        Self {
            findings,
            path: Vec::new(),
        }
    }

    /// The item `key` of this one.
    pub fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_string()))
    }

    /// The element `index` of this one.
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// The item at `path` below this one.
    pub fn at(&self, path: &[Step]) -> Self {
        Self {
            findings: self.findings,
            path: self.path.iter().chain(path).cloned().collect(),
        }
    }

    fn step(&self, step: Step) -> Self {
        let path = self.path.iter().cloned().chain([step]).collect();
        Self {
            findings: self.findings,
            path,
        }
    }

    /// The way to this item.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn find(&self, problem: Problem) {
        self.findings.borrow_mut().push(Finding {
            path: self.path.clone(),
            problem,
        });
    }

    /// How much was found so far, here and elsewhere.
    pub fn found(&self) -> usize {
        self.findings.borrow().len()
    }

    /// This item is wrong.
    pub fn error(&self, message: impl Into<String>, help: impl Into<String>) {
        self.find(Problem::error(message).help(help));
    }

    /// This item is wrong, and the reason stands elsewhere.
    pub fn error_in(&self, excerpt: Excerpt, message: impl Into<String>, help: impl Into<String>) {
        self.find(Problem::error(message).help(help).at(excerpt));
    }

    /// This item is probably not what was meant.
    pub fn warn(&self, message: impl Into<String>, help: impl Into<String>) {
        self.find(Problem {
            severity: Severity::Warning,
            ..Problem::error(message).help(help)
        });
    }

    /// `value`, which must be there; `example` shows it.
    pub fn required<T>(&self, value: Option<T>, example: &str) -> Option<T> {
        if value.is_none() {
            let key = match self.path.last() {
                Some(Step::Key(key)) => key.as_str(),
                _ => "value",
            };
            self.error(
                format!("`{key}` is missing"),
                format!("write for example: {key} = {example}"),
            );
        }
        value
    }

    /// `value`, which must lie from `min` to `max`.
    pub fn within<T: PartialOrd + Display + Copy>(&self, value: T, min: T, max: T) -> T {
        // Not a number is within nothing.
        if !(value >= min && value <= max) {
            self.error(
                format!("`{value}` is out of range"),
                format!("from {min} to {max} is possible"),
            );
        }
        value
    }

    /// `text`, which may have `most` characters.
    pub fn text(&self, text: &str, most: usize) -> String {
        let chars = text.chars().count();
        if chars > most {
            self.error(
                format!("a text of {chars} characters"),
                format!("at most {most} are possible"),
            );
        }
        text.to_owned()
    }

    /// No more than `most` of `things`, of which there are `count`.
    pub fn at_most(&self, count: usize, most: usize, things: &str) {
        if count > most {
            self.error(format!("{count} {things}"), format!("at most {most} are possible"));
        }
    }

    /// `value` as a count, which must lie from `min` to `max`.
    pub fn count(&self, value: Whole, min: u64, max: u64) -> u32 {
        u32::try_from(self.within(value.0, min, max)).unwrap_or(u32::MAX)
    }
}
