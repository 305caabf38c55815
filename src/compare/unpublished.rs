//! A file appears whole or not at all: it is written under another name and moved to its place.

use std::fs;
use std::path::PathBuf;

use crate::metrics::DirectoryError;
use crate::metrics::io_error;

/// A file that has another name until it is published; if it never is, it goes.
#[derive(Debug)]
#[must_use]
pub(super) struct Unpublished {
    /// Where it will be.
    pub path: PathBuf,
    /// Where it is.
    pub partial: PathBuf,
}

impl Unpublished {
    /// Puts it in its place, at once where something stands there.
    pub fn publish(self) -> Result<(), DirectoryError> {
        fs::rename(&self.partial, &self.path).map_err(io_error("write", &self.path))
    }
}

impl Drop for Unpublished {
    fn drop(&mut self) {
        // Once it is published nothing has this name; whoever gave up has an error to show already.
        let _ = fs::remove_file(&self.partial);
    }
}
