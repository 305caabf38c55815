//! Whether an open file still has its name: who is second to lock a file finds that the first has removed it.

use std::fs::File;
use std::io;
use std::path::Path;

/// Whether `path` leads to the open `file`.
///
/// # Errors
/// When one of them can't be looked at.
#[cfg(unix)]
pub fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (here, there) = (file.metadata()?, path.metadata()?);
    Ok((here.dev(), here.ino()) == (there.dev(), there.ino()))
}

/// Whether `path` leads to the open `file`, as far as can be told.
///
/// # Errors
/// When nothing is there.
#[cfg(not(unix))]
pub fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    path.metadata().map(|_| true)
}
