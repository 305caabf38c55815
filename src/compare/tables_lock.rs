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

/// Takes the lock of the study with this `store`; `None` if another process holds it.
pub(super) fn try_lock(store: &Path) -> io::Result<Option<File>> {
    let path = path(store);
    files::check_writable(&path)?;
    let file = File::options().write(true).create(true).truncate(false).open(&path)?;
    match file.try_lock() {
        // The study may have been replaced, and the file with it, between the two.
        Ok(()) => Ok(is_at(&file, &path).is_ok_and(|is_at| is_at).then_some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(cause),
    }
}
