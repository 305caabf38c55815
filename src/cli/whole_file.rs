//! A file is written whole or not at all: beside its place, and moved there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::files;
use crate::metrics::{is_at, sync_names};

/// Writes `text` to the place `out` that somebody has named: a link stays one, and a device or a pipe is written to.
pub(super) fn write(out: &Path, text: &str) -> io::Result<()> {
    let out = fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
    if fs::metadata(&out).is_ok_and(|there| !there.is_file()) {
        return fs::write(out, text);
    }
    replace(&out, text)
}

/// Puts `text` in the place of the file `out`: whole, or not at all.
pub(super) fn replace(out: &Path, text: &str) -> io::Result<()> {
    let name = out.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
    sweep_away(out, &name);
    let beside = out.with_file_name(half_file(&name, std::process::id()));
    let written = begin(&beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, out)
    });
    if written.is_err() {
        // It may not even have been made; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    sync_names(out.parent().unwrap_or(out));
    written
}

/// Checks that a file can be written to the place `out`, before what goes there is worked out.
pub(super) fn check(out: &Path) -> io::Result<()> {
    let out = fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
    if let Ok(there) = fs::metadata(&out)
        && !there.is_file()
    {
        return if there.is_dir() {
            Err(io::ErrorKind::IsADirectory.into())
        } else {
            Ok(())
        };
    }
    let name = out.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
    let beside = out.with_file_name(half_file(&name, std::process::id()));
    begin(&beside)?;
    fs::remove_file(beside)
}

/// The name of the file called `name` while `process` writes it.
fn half_file(name: &str, process: u32) -> String {
    format!(".{name}.{process}.tmp")
}

/// Makes the file at `path`. Its lock is held while it is open, where the file system has locks: who finds it without is no longer writing it.
fn begin(path: &Path) -> io::Result<File> {
    loop {
        let file = files::open_to_write(path)?;
        let _ = file.try_lock();
        file.set_len(0)?;
        // Somebody may have swept it away between the two.
        if is_at(&file, path).unwrap_or(false) {
            return Ok(file);
        }
    }
}

/// Removes what killed processes have left beside the file `out`, which is called `name`: half files of which nobody holds the lock.
fn sweep_away(out: &Path, name: &str) {
    let is_half = |found: &str| {
        let process = found
            .strip_prefix(&format!(".{name}."))
            .and_then(|rest| rest.strip_suffix(".tmp"));
        process.is_some_and(|process| process.parse::<u32>().is_ok())
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new(".")));
    for entry in entries.into_iter().flatten().flatten() {
        if is_half(&entry.file_name().to_string_lossy())
            && files::open(&entry.path(), u64::MAX).is_ok_and(|file| file.try_lock().is_ok())
        {
            // What can't be removed is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_files_of_killed_processes_go_and_nothing_else() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| home.path().join(name);
        let left = [
            ".page.html.7.tmp",
            ".page.html.x.tmp",
            ".other.html.7.tmp",
            "page.html.7.tmp",
        ];
        for name in left {
            fs::write(at(name), "half").expect("written");
        }
        let living = begin(&at(".page.html.8.tmp")).expect("made");
        replace(&at("page.html"), "whole").expect("written");
        assert_eq!(fs::read_to_string(at("page.html")).expect("read"), "whole");
        assert!(!at(left[0]).exists() && at(".page.html.8.tmp").exists());
        assert!(left[1..].iter().all(|name| at(name).exists()));
        drop(living);
        replace(&at("page.html"), "new").expect("written");
        assert!(!at(".page.html.8.tmp").exists());
        assert_eq!(fs::read_to_string(at("page.html")).expect("read"), "new");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_is_not_begun_where_a_link_leads() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| home.path().join(name);
        fs::write(at("mine"), "mine").expect("written");
        std::os::unix::fs::symlink(at("mine"), at(".page.html.8.tmp")).expect("made");
        assert!(begin(&at(".page.html.8.tmp")).is_err());
        assert_eq!(fs::read_to_string(at("mine")).expect("read"), "mine");
        // What was there of a page that was not whole is none of the new one.
        fs::write(at(".page.html.9.tmp"), "half").expect("written");
        begin(&at(".page.html.9.tmp")).expect("begun");
        assert_eq!(fs::read_to_string(at(".page.html.9.tmp")).expect("read"), "");
    }
}
