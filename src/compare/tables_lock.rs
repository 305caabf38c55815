//! Who publishes the plan or tables of a study holds the lock of `runs/merge.lock`, from before it reads what it makes them of: so those that stand there are of
//! one study, whoever else is at work.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::place::MERGE_LOCK;
use crate::files;
use crate::metrics::is_at;

/// Where it is, below the `store`.
pub(super) fn path(store: &Path) -> PathBuf {
    store.join(MERGE_LOCK)
}

/// Opens the file of the study with this `store`, or makes it.
pub(super) fn open(store: &Path) -> io::Result<File> {
    let path = path(store);
    files::check_writable(&path)?;
    File::options().write(true).create(true).truncate(false).open(path)
}

/// Takes the lock of the open `file`; whether another process does not hold it.
pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(cause)) => Err(cause),
    }
}

/// Whether the `file` is still that of the study with this `store`: that may have been replaced meanwhile.
pub(super) fn is_of(file: &File, store: &Path) -> bool {
    is_at(file, &path(store)).is_ok_and(|is_at| is_at)
}
