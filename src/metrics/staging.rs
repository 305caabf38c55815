//! A directory appears whole or not at all: it is filled under another name beside its place and moved there at the end. Whatever goes wrong before,
//! the half-filled directory is removed, and what stood in its place still does. What a killed process could not remove, the next one does.

use crate::metrics::directory::{DirectoryError, io_error};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// In a directory that is being filled: the process that fills it holds its lock as long as it lives.
pub const STAGING_LOCK: &str = ".lock";
/// What the name of such a directory says.
const PARTIAL: &str = "partial";
/// What the name of an old result says that is about to go.
const REPLACED: &str = "replaced";

/// A directory that is being filled.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    path: PathBuf,
    /// `None` once it is published.
    lock: Option<File>,
}

impl Staging {
    /// Makes a directory beside `target`, and the one that holds both. Those that killed processes have left there go.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn beside(target: &Path) -> Result<Self, DirectoryError> {
        if let Some(parent) = target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent).map_err(io_error("create", parent))?;
        }
        sweep_away(target);
        let (path, lock) = loop {
            let path = make_beside(target, PARTIAL)?;
            // Somebody who sweeps may have come between the two.
            if let Some(lock) = hold(&path).map_err(io_error("create", target))? {
                break (path, lock);
            }
        };
        Ok(Self {
            target: target.to_owned(),
            path,
            lock: Some(lock),
        })
    }

    /// Where it will be.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where it is while it is being filled.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves it to its place. What stands there goes: whoever asks has made sure that it may.
    ///
    /// # Errors
    /// When it can't be moved; then what stood there before still does.
    pub fn publish(mut self) -> Result<(), DirectoryError> {
        // Where the directory is gone, moving it says so.
        let _ = fs::remove_file(self.path.join(STAGING_LOCK));
        if self.target.exists() {
            self.exchange()?;
        } else {
            fs::rename(&self.path, &self.target).map_err(io_error("create", &self.target))?;
        }
        self.lock = None;
        Ok(())
    }

    /// Puts the new directory in the place of the old one, which goes.
    fn exchange(&self) -> Result<(), DirectoryError> {
        match swap(&self.path, &self.target) {
            Ok(()) => {
                // Whoever is killed while it goes leaves it to be swept away.
                let _held = hold(&self.path);
                return fs::remove_dir_all(&self.path).map_err(io_error("remove", &self.path));
            }
            // Gone, or abandoned: the old one stays where it is.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                return Err(io_error("replace", &self.target)(cause));
            }
            Err(_) => {}
        }
        // Not every file system can do it at once: whoever is killed between the two renames finds the old result beside.
        // A directory may be renamed to one that is empty.
        let old = make_beside(&self.target, REPLACED)?;
        if let Err(cause) = fs::rename(&self.target, &old) {
            let _ = fs::remove_dir(&old);
            return Err(io_error("replace", &self.target)(cause));
        }
        if let Err(cause) = fs::rename(&self.path, &self.target) {
            fs::rename(&old, &self.target).map_err(io_error("restore", &old))?;
            return Err(io_error("replace", &self.target)(cause));
        }
        fs::remove_dir_all(&old).map_err(io_error("remove", &old))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.lock.is_some() {
            // Whoever gave up on the result has an error to show already.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Removes the directory at `path`, which another thread of this process is filling and may be about to publish. It is moved away first: if it has
/// been published meanwhile, nothing is there to move and nothing is removed, and if not, it can't be published any more.
///
/// # Errors
/// When it is not there, or can't be moved or removed.
pub fn abandon(path: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let process = name.rsplit_once('-').map_or(&*name, |(process, _)| process);
    let doomed = path.with_file_name(format!("{process}-{}", u32::MAX));
    fs::rename(path, &doomed)?;
    fs::remove_dir_all(&doomed)
}

/// Exchanges two directories at once: at no moment is there none, or half of one.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn swap(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn swap(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Takes the lock of the new directory `path`; `None` if somebody has it already, or has removed the directory.
fn hold(path: &Path) -> io::Result<Option<File>> {
    let lock = path.join(STAGING_LOCK);
    let file = match File::create_new(&lock) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    // Where a file system has no locks, what is left stays for ever.
    let is_taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    Ok((!is_taken && lock.exists()).then_some(file))
}

/// Removes the directories that killed processes have left beside `target`: those of which nobody holds the lock, and empty ones, which whoever
/// has just made one makes again.
fn sweep_away(target: &Path) {
    let Some(name) = target.file_name() else { return };
    let begin = format!(".{}.{PARTIAL}-", name.to_string_lossy());
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
    let entries = fs::read_dir(parent.unwrap_or(Path::new(".")));
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_partial = name.to_string_lossy().strip_prefix(&begin).is_some_and(is_numbers);
        // What can't be removed is in nobody's way.
        if !is_partial || fs::remove_dir(entry.path()).is_ok() {
            continue;
        }
        let lock = OpenOptions::new().write(true).open(entry.path().join(STAGING_LOCK));
        if lock.is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether `text` ends a name of ours: `PROCESS-ATTEMPT`.
fn is_numbers(text: &str) -> bool {
    let is_number = |text: &str| text.parse::<u32>().is_ok();
    text.split_once('-')
        .is_some_and(|(process, attempt)| is_number(process) && is_number(attempt))
}

/// Makes an empty, hidden directory beside `target`.
fn make_beside(target: &Path, role: &str) -> Result<PathBuf, DirectoryError> {
    let Some(name) = target.file_name() else {
        return Err(DirectoryError::NoName(target.to_owned()));
    };
    let mut attempt = 0_u32;
    loop {
        let hidden = format!(".{}.{role}-{}-{attempt}", name.to_string_lossy(), std::process::id());
        let path = target.with_file_name(hidden);
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
            Err(cause) => return Err(io_error("create", target)(cause)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_abandoned_is_not_published_and_what_is_published_stays() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let target = home.path().join("out");
        let fill = |text: &str| {
            let staging = Staging::beside(&target).expect("made");
            fs::write(staging.path().join("file"), text).expect("written");
            staging
        };
        let there = || fs::read_to_string(target.join("file")).ok();
        let first = fill("first");
        abandon(first.path()).expect("removed");
        assert!(first.publish().is_err());
        assert_eq!(there(), None);

        let second = fill("second");
        let hidden = second.path().to_owned();
        second.publish().expect("published");
        assert!(abandon(&hidden).is_err());
        assert_eq!(there().as_deref(), Some("second"));

        let third = fill("third");
        abandon(third.path()).expect("removed");
        assert!(third.publish().is_err());
        assert_eq!(there().as_deref(), Some("second"));
        assert_eq!(fs::read_dir(home.path()).expect("the directory").count(), 1);
    }
}
