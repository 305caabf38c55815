//! A directory appears whole or not at all: it is filled under another name beside its place and moved there at the end. Whatever goes wrong before,
//! the half-filled directory is removed, and what stood in its place still does.

use crate::metrics::directory::{DirectoryError, io_error};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A directory that is being filled.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    path: PathBuf,
    published: bool,
}

impl Staging {
    /// Makes an empty directory beside `target`, and the one that holds both.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn beside(target: &Path) -> Result<Self, DirectoryError> {
        if let Some(parent) = target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent).map_err(io_error("create", parent))?;
        }
        Ok(Self {
            target: target.to_owned(),
            path: make_beside(target, "partial")?,
            published: false,
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
        if self.target.exists() {
            self.exchange()?;
        } else {
            fs::rename(&self.path, &self.target).map_err(io_error("create", &self.target))?;
        }
        self.published = true;
        Ok(())
    }

    /// Puts the new directory in the place of the old one, which goes.
    fn exchange(&self) -> Result<(), DirectoryError> {
        if swap(&self.path, &self.target).is_ok() {
            return fs::remove_dir_all(&self.path).map_err(io_error("remove", &self.path));
        }
        // Not every file system can do it at once: whoever is killed between the two renames finds the old result beside.
        // A directory may be renamed to one that is empty.
        let old = make_beside(&self.target, "replaced")?;
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
        if !self.published {
            // Whoever gave up on the result has an error to show already.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
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

/// Makes an empty, hidden directory beside `target`. What a killed process left under such a name stays as it is.
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
