//! Who makes a page of a result shares the lock of one of its files, and who replaces the result holds it alone: so a page stands in the result that it shows.

use std::fs::File;
use std::path::Path;

use crate::files;
use crate::metrics::awaited_lock::is_had;
use crate::metrics::directory_error::DirectoryError;
use crate::metrics::same_file::is_at;

/// The file that is locked: each result has it, and nothing else does.
pub const LOCKED: &str = "summary.csv";

/// Waits until nobody makes a page of the result in `directory`; while the file is open, nobody begins to. `None` where there is no result, or nothing can be locked.
///
/// # Errors
/// When it `gives_up`, which it is asked as long as it waits.
pub(super) fn keep_pages_off(
    directory: &Path,
    gives_up: &mut dyn FnMut() -> bool,
) -> Result<Option<File>, DirectoryError> {
    let path = directory.join(LOCKED);
    loop {
        let Ok(file) = files::open(&path, u64::MAX) else {
            return Ok(None);
        };
        match is_had(|| file.try_lock(), &mut *gives_up) {
            Ok(true) => {}
            Ok(false) => return Err(DirectoryError::GivenUp(directory.to_owned())),
            Err(_) => return Ok(None),
        }
        // Who held it may have put another result there.
        if is_at(&file, &path).unwrap_or(false) {
            return Ok(Some(file));
        }
    }
}
