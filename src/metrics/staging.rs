//! A directory appears whole or not at all: it is filled under another name beside its place and moved there at the end. Whatever goes wrong before,
//! the half-filled directory is removed, and what stood in its place still does. What a killed process could not remove or move back, the next one does.

use crate::files;
use crate::metrics::directory_error::{DirectoryError, io_error};
use crate::metrics::replaceable::Left;
use crate::metrics::same_file::is_at;
use crate::metrics::sync::sync_names;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// What the name of such a directory says.
const PARTIAL: &str = "partial";
/// What the name of an old result says that is about to go.
const REPLACED: &str = "replaced";
/// Beside a directory of ours that has one of these names is a file with this at the end of it, of which the process that made it holds the lock as long as it
/// lives. Nobody touches such a directory without that lock, so it is beside and not inside: it outlives what it guards.
const LOCK: &str = ".lock";

/// A directory that is being filled.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    path: PathBuf,
    // These go in this order.
    _lock: Lock,
    _above: Above,
}

impl Staging {
    /// Makes a directory beside `target`, and the one that holds both.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn beside(target: &Path) -> Result<Self, DirectoryError> {
        let above = Above::make(target)?;
        let (path, lock) = make_beside(target, PARTIAL)?;
        Ok(Self {
            target: target.to_owned(),
            path,
            _lock: lock,
            _above: above,
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

    /// Moves it to its place. If it may `replace` what stands there, that goes: whoever asks has made sure that it may, and holds its `locks`. What of it
    /// could not be removed.
    ///
    /// # Errors
    /// When it can't be moved, or something has come there meanwhile that it may not replace; then what stood there before still does.
    pub fn publish(self, replace: bool, locks: Vec<File>) -> Result<Option<Left>, DirectoryError> {
        sync_names(&self.path);
        // Goes where nothing is, or an empty directory, and nowhere else: nobody can put anything there between a look and the move.
        match fs::rename(&self.path, &self.target) {
            Ok(()) => {
                sync_names(&self.target);
                Ok(None)
            }
            Err(_) if self.target.exists() && replace => self.exchange(locks),
            Err(_) if self.target.exists() => Err(DirectoryError::Exists(self.target.clone())),
            Err(cause) => Err(io_error("create", &self.target)(cause)),
        }
    }

    /// Puts the new directory in the place of the old one, which goes.
    fn exchange(&self, locks: Vec<File>) -> Result<Option<Left>, DirectoryError> {
        match swap(&self.path, &self.target) {
            // Whoever is killed while it goes leaves it to be swept away.
            Ok(()) => {
                // Before the old one goes.
                sync_names(&self.target);
                // Some file systems keep what is open.
                drop(locks);
                return Ok(Left::by_removing(&self.path));
            }
            // Gone, or abandoned: the old one stays where it is.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                return Err(io_error("replace", &self.target)(cause));
            }
            Err(_) => {}
        }
        // Not every file system can do it at once: who is killed between the two renames has the old result moved back by the next process.
        // A directory may be renamed to one that is empty.
        let (old, _lock) = make_beside(&self.target, REPLACED)?;
        if let Err(cause) = fs::rename(&self.target, &old) {
            let _ = fs::remove_dir(&old);
            return Err(io_error("replace", &self.target)(cause));
        }
        if let Err(cause) = fs::rename(&self.path, &self.target) {
            fs::rename(&old, &self.target).map_err(io_error("restore", &old))?;
            return Err(io_error("replace", &self.target)(cause));
        }
        sync_names(&self.target);
        drop(locks);
        Ok(Left::by_removing(&old))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Once it is published nothing has this name; whoever gave up has an error to show already. The lock goes last.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes the directory at `path`, which another thread of this process is filling and may be about to publish. It is moved away first: if it has
/// been published meanwhile, nothing is there to move and nothing is removed, and if not, it can't be published any more. The process must end
/// then: what it held is anybody's.
///
/// # Errors
/// When it is not there, or can't be moved or removed.
pub fn abandon(path: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let process = name.rsplit_once('-').map_or(&*name, |(process, _)| process);
    let doomed = path.with_file_name(format!("{process}-{}", u32::MAX));
    let moved = fs::rename(path, &doomed);
    let removed = moved.and_then(|()| fs::remove_dir_all(&doomed));
    let _ = fs::remove_file(lock_of(path));
    removed
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

/// The directories that were made to hold another one, the innermost first. Where nothing has come into them they go.
#[derive(Debug)]
struct Above(Vec<PathBuf>);

impl Above {
    /// Makes those above `target` that are not there.
    fn make(target: &Path) -> Result<Self, DirectoryError> {
        let above = target.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty());
        let missing = Self(above.take_while(|path| !path.exists()).map(Path::to_owned).collect());
        if let Some(parent) = missing.0.first() {
            fs::create_dir_all(parent).map_err(io_error("create", parent))?;
        }
        Ok(missing)
    }
}

impl Drop for Above {
    fn drop(&mut self) {
        // One that is not empty can't be removed, nor need it.
        let _ = self.0.iter().try_for_each(fs::remove_dir);
    }
}

/// The lock of a directory that is being filled; the file goes when it does.
#[derive(Debug)]
struct Lock {
    path: PathBuf,
    /// Whether the file system has locks.
    is_held: bool,
    _file: File,
}

impl Lock {
    /// Takes the lock of the directory `path`, which need not be there; `None` if somebody has it.
    fn of(path: &Path) -> io::Result<Option<Self>> {
        let path = lock_of(path);
        let file = files::open_to_write(&path)?;
        let is_held = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(_)) => false,
        };
        // Whoever held it may have removed the file between the two.
        let is_there = is_at(&file, &path).unwrap_or(false);
        Ok(is_there.then_some(Self {
            path,
            is_held,
            _file: file,
        }))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Who does not hold it may not take away that of another.
        if self.is_held || !self.path.with_extension("").exists() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The lock of the directory `path`.
fn lock_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(LOCK);
    name.into()
}

/// Removes what killed processes have left beside `target`: directories and locks of which nobody holds the lock. An old result that was on its way out
/// while nothing had taken its place goes back there. Where a file system has no locks, they stay.
pub fn sweep_away(target: &Path) {
    for (role, path) in ours_beside(target) {
        if let Ok(Some(lock)) = Lock::of(&path)
            && lock.is_held
        {
            // What can't be moved or removed is in nobody's way.
            let _ = if role == REPLACED && fs::symlink_metadata(target).is_err() {
                fs::rename(&path, target)
            } else {
                fs::remove_dir_all(&path)
            };
        }
    }
}

/// Whether another process fills a directory that is to be at `target`, where the file system has locks.
#[must_use]
pub fn is_being_filled(target: &Path) -> bool {
    ours_beside(target).any(|(role, path)| role == PARTIAL && matches!(Lock::of(&path), Ok(None)))
}

/// What the names of the directories beside `target` say that have names of ours, and their paths. Of some there may be the lock alone.
fn ours_beside(target: &Path) -> impl Iterator<Item = (&'static str, PathBuf)> {
    let begin = target.file_name().map(|name| format!(".{}.", name.to_string_lossy()));
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
    let entries = fs::read_dir(parent.unwrap_or(Path::new(".")));
    entries.into_iter().flatten().flatten().filter_map(move |entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let directory = name.strip_suffix(LOCK).unwrap_or(&name);
        let (said, numbers) = directory.strip_prefix(begin.as_ref()?)?.split_once('-')?;
        let role = [PARTIAL, REPLACED].into_iter().find(|role| *role == said)?;
        is_numbers(numbers).then(|| (role, entry.path().with_file_name(directory)))
    })
}

/// Whether `text` ends a name of ours: `PROCESS-ATTEMPT`.
fn is_numbers(text: &str) -> bool {
    let is_number = |text: &str| text.parse::<u32>().is_ok();
    text.split_once('-')
        .is_some_and(|(process, attempt)| is_number(process) && is_number(attempt))
}

/// A hidden name beside `target` that no other process makes.
fn hidden(target: &Path, role: &str, attempt: u32) -> Result<PathBuf, DirectoryError> {
    let Some(name) = target.file_name() else {
        return Err(DirectoryError::NoName(target.to_owned()));
    };
    let process = std::process::id();
    Ok(target.with_file_name(format!(".{}.{role}-{process}-{attempt}", name.to_string_lossy())))
}

/// Makes the directory `path`; whether it was not there.
fn make(path: &Path) -> io::Result<bool> {
    match fs::create_dir(path) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        made => made.map(|()| true),
    }
}

/// Makes an empty, hidden directory beside `target`, and takes its lock.
fn make_beside(target: &Path, role: &str) -> Result<(PathBuf, Lock), DirectoryError> {
    let mut attempt = 0;
    loop {
        let path = hidden(target, role, attempt)?;
        let lock = Lock::of(&path).map_err(io_error("create", target))?;
        if let Some(lock) = lock
            && make(&path).map_err(io_error("create", target))?
        {
            return Ok((path, lock));
        }
        attempt += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_that_were_made_for_nothing_go_and_no_others() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let there = home.path().join("there");
        fs::create_dir(&there).expect("made");
        let target = there.join("a/b/out");
        drop(Staging::beside(&target).expect("made"));
        assert_eq!(fs::read_dir(&there).expect("the directory").count(), 0);
        let other = Staging::beside(&target).expect("made");
        fs::write(there.join("a/mine"), "").expect("written");
        drop(other);
        assert!(there.join("a/mine").exists() && !there.join("a/b").exists());
        let made = Staging::beside(&target).expect("made");
        made.publish(true, Vec::new()).expect("published");
        assert!(target.exists());
    }

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
        assert!(first.publish(true, Vec::new()).is_err());
        assert_eq!(there(), None);

        let second = fill("second");
        let hidden = second.path().to_owned();
        second.publish(true, Vec::new()).expect("published");
        assert!(abandon(&hidden).is_err());
        assert_eq!(there().as_deref(), Some("second"));

        let third = fill("third");
        abandon(third.path()).expect("removed");
        assert!(third.publish(true, Vec::new()).is_err());
        assert_eq!(there().as_deref(), Some("second"));
        assert_eq!(fs::read_dir(home.path()).expect("the directory").count(), 1);
    }
}
