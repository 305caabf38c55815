//! Who publishes the plan or tables of a study holds the lock of `runs/merge.lock`, from before it reads what it makes them of; who makes a page of them shares it
//! with others who do. So what stands there is of one study, whoever else is at work. The result of a run is made at once and has a lock of its own (`metrics/result_lock.rs`).

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::{CompareError, go_on};
use super::place::{MERGE_LOCK, store_in};
use crate::files;
use crate::metrics::{LOCKED, io_error, is_at, is_had};

/// Where it is, below the `store`.
pub(super) fn path(store: &Path) -> PathBuf {
    store.join(MERGE_LOCK)
}

/// Waits until nobody else publishes in the study with this `store`, or makes a page of it, or `stop` is set; while the file is open, nobody begins to.
pub(super) fn publish(store: &Path, stop: &AtomicBool) -> Result<File, CompareError> {
    let path = path(store);
    loop {
        // Opened once, while it waits: who removes the directory must not find the file there again.
        let file = files::open_to_write(&path).map_err(io_error("lock", &path))?;
        go_on(stop)?;
        let had = is_had(|| file.try_lock(), || stop.load(Ordering::Relaxed));
        if !had.map_err(io_error("lock", &path))? {
            return Err(CompareError::Stopped);
        }
        // The study may have been replaced meanwhile.
        if is_at(&file, &path).unwrap_or(false) {
            return Ok(file);
        }
    }
}

/// The lock of the study with this `store`, which is to go; `None` if somebody publishes there. Who makes a page is waited for.
pub(super) fn replace(store: &Path) -> io::Result<Option<File>> {
    let file = files::open_to_write(&path(store))?;
    let publishes = || file.try_lock_shared().is_err() || file.unlock().is_err();
    let had = is_had(|| file.try_lock(), publishes)?;
    Ok(had.then_some(file))
}

/// Waits until nobody publishes in `directory`, a study, or replaces it, the result of a run, or `stop` is set; while the file is open, nobody begins to. `None` where nothing can
/// be locked: it is neither, or its file system has no locks.
///
/// # Errors
/// When it was stopped.
pub fn hold_tables(directory: &Path, stop: &AtomicBool) -> Result<Option<File>, CompareError> {
    let of_run = directory.join(LOCKED);
    let of_study = path(&store_in(directory));
    loop {
        let (held, opened) = if of_run.exists() {
            (&of_run, files::open(&of_run, u64::MAX))
        } else {
            // Who may not write may look.
            let opened = files::open(&of_study, u64::MAX).or_else(|_| files::open_to_write(&of_study));
            (&of_study, opened)
        };
        let Ok(file) = opened else { return Ok(None) };
        match is_had(|| file.try_lock_shared(), || stop.load(Ordering::Relaxed)) {
            Ok(true) => {}
            Ok(false) => return Err(CompareError::Stopped),
            Err(_) => return Ok(None),
        }
        if is_at(&file, held).unwrap_or(false) {
            return Ok(Some(file));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn pages_wait_for_whoever_publishes_and_not_for_each_other() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let (going, stopped) = (AtomicBool::new(false), AtomicBool::new(true));
        // Neither a study nor a result.
        assert!(hold_tables(home.path(), &stopped).expect("not waited for").is_none());
        let store = store_in(home.path());
        fs::create_dir(&store).expect("made");
        let publisher = publish(&store, &going).expect("nobody is there");
        assert!(matches!(hold_tables(home.path(), &stopped), Err(CompareError::Stopped)));
        assert!(replace(&store).expect("locks").is_none());
        drop(publisher);
        let pages = [(); 2].map(|()| hold_tables(home.path(), &stopped).expect("not waited for"));
        assert!(pages.iter().all(Option::is_some));
        assert!(matches!(publish(&store, &stopped), Err(CompareError::Stopped)));
        drop(pages);
        assert!(replace(&store).expect("locks").is_some());
    }
}
