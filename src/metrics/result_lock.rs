//! Who makes a page of a result shares the lock of one of its files, and who replaces the result holds it alone: so a page stands in the result that it shows.

use std::fs::File;
use std::path::Path;

use crate::files;
use crate::metrics::same_file::is_at;

/// The file that is locked: each result has it, and nothing else does.
pub const LOCKED: &str = "summary.csv";

/// Waits until nobody makes a page of the result in `directory`; while the file is open, nobody begins to. `None` where there is no result, or nothing can be locked.
pub(super) fn keep_pages_off(directory: &Path) -> Option<File> {
    let path = directory.join(LOCKED);
    loop {
        let file = files::open(&path, u64::MAX).ok()?;
        file.lock().ok()?;
        // Who held it may have put another result there.
        if is_at(&file, &path).unwrap_or(false) {
            return Some(file);
        }
    }
}
