//! A scenario that was read once, to be understood with one change after the other: a pipe can't be read twice, and a file may be saved meanwhile.

use std::path::{Path, PathBuf};

use crate::scenario::{self, LoadOptions, Parsed, ScenarioError};

pub(super) struct Source {
    /// What messages call it.
    pub name: String,
    pub text: String,
    /// Where its paths start.
    pub base_dir: PathBuf,
    pub options: LoadOptions,
}

impl Source {
    pub fn read(path: &Path, options: LoadOptions) -> Result<Self, ScenarioError> {
        Ok(Self {
            name: path.display().to_string(),
            text: scenario::read_text(path)?,
            base_dir: path.parent().unwrap_or(Path::new("")).to_owned(),
            options,
        })
    }

    /// The scenario, to be had with one change after the other.
    pub fn parsed(&self) -> Result<Parsed<'_>, ScenarioError> {
        Parsed::new(&self.text, &self.name, &self.base_dir, &self.options)
    }
}
