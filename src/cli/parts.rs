//! The directories that `merge` and `status` read.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::cli::Style;

/// The `directories`, each once; says which of them were named again.
pub(super) fn each_once(directories: &[PathBuf], errors: Style) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    let mut is_new = |directory: &PathBuf| {
        let place = fs::canonicalize(directory).unwrap_or_else(|_| directory.clone());
        seen.insert(place)
    };
    let (once, again): (Vec<_>, Vec<_>) = directories.iter().cloned().partition(|directory| is_new(directory));
    for directory in again {
        errors.warn(&format!("`{}` is named more than once: read once", directory.display()));
    }
    once
}
