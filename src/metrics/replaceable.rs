//! Whether a directory that is to be replaced can go. That it can't is to be known before a long run, not after it.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::metrics::directory_error::{DirectoryError, io_error};

/// What is left of an old result where a new one has taken its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    path: PathBuf,
    why: String,
}

impl Left {
    /// Removes the old result, which has been moved to `path`; what could not be removed.
    pub(super) fn by_removing(path: &Path) -> Option<Self> {
        let cause = fs::remove_dir_all(path).err()?;
        Some(Self {
            path: path.to_owned(),
            why: cause.to_string(),
        })
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, why } = self;
        write!(
            f,
            "the new result is in its place, but the old one can't be removed: {why}. What is left of it is `{}`",
            path.display()
        )
    }
}

/// Checks that the directory at `path`, and those in it, can be emptied and moved.
///
/// # Errors
/// When one is a mount point, or may not be written.
pub fn check_replaceable(path: &Path) -> Result<(), DirectoryError> {
    check(path)?;
    let entries = fs::read_dir(path).map_err(io_error("look into", path))?;
    for entry in entries {
        let entry = entry.map_err(io_error("look into", path))?;
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            check(&entry.path())?;
        }
    }
    Ok(())
}

fn check(directory: &Path) -> Result<(), DirectoryError> {
    if is_mount_point(directory) {
        return Err(DirectoryError::MountPoint(directory.to_owned()));
    }
    // An empty one is removed by whoever may write beside it.
    let is_empty = fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none());
    if is_empty {
        return Ok(());
    }
    may_be_emptied(directory).map_err(io_error("replace", directory))
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn may_be_emptied(directory: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(directory, Access::WRITE_OK | Access::EXEC_OK)?)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn may_be_emptied(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether another file system begins at `directory`, or a part of the same one that is mounted there.
#[cfg(target_os = "linux")]
fn is_mount_point(directory: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    let found = statx(CWD, directory, AtFlags::empty(), StatxFlags::BASIC_STATS);
    found.is_ok_and(|found| found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

/// Elsewhere the system says so when the result is moved to its place.
#[cfg(not(target_os = "linux"))]
fn is_mount_point(_: &Path) -> bool {
    false
}
