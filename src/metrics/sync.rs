//! A file whose bytes are on the disk is lost in a power cut all the same if its name is not: that stands in the directory, which is asked for by itself.

use std::path::Path;

/// Waits until the names in `directory`, and in all that are above it, are on the disk, as far as the system and the file system have a way to: where they
/// have none, nothing is left out that could be done, so that is no error.
#[cfg(unix)]
pub fn sync_names(directory: &Path) {
    for path in directory.ancestors() {
        // Above a bare name is the directory that we are in.
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let _ = std::fs::File::open(path).and_then(|directory| directory.sync_all());
    }
}

/// Elsewhere a directory can't be opened as a file is.
#[cfg(not(unix))]
pub fn sync_names(_: &Path) {}
