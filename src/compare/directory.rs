//! The directory of a comparison. It is there from the first run on, for what is finished must survive; its tables
//! appear at the end, each whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::error::CompareError;
use super::place::{UNFINISHED, VARIANTS, check_place, is_taken, store_in};
use super::replacement::{Replacement, real};
use super::tables_lock;
use super::unpublished::Unpublished;
use crate::files;
use crate::metrics::directory::{OUTDATED_REPORT, REPORT};
use crate::metrics::{DirectoryError, Left, io_error, is_being_filled, sweep_away, sync_names};

/// What to do with a comparison that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Leave it alone: that is an error.
    Refuse,
    /// Go on with it.
    Resume,
    /// Go on with it, or begin; others may be at work there.
    Join,
    /// Put another one in its place.
    Replace,
}

impl Existing {
    /// Whether what is there is used.
    #[must_use]
    pub fn goes_on(self) -> bool {
        matches!(self, Self::Resume | Self::Join)
    }
}

/// The directory of a comparison.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    /// The segment that this process writes: also what tells its unfinished files from those of others.
    segment: String,
    /// Where it is until it takes the place of the one at `path`.
    replacement: Option<Replacement>,
    /// Of what it consists of, what goes again if nothing comes into it: folders that were made for it.
    made: Vec<PathBuf>,
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What is not empty stays.
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Directory {
    /// Makes the directory at `path`, or takes the one that is there as `existing` says, for a process that writes the segment called `segment`.
    ///
    /// # Errors
    /// When something stands there that may not be used, another process writes there, or it can't be made.
    pub fn prepare(path: &Path, segment: &str, existing: Existing) -> Result<Self, CompareError> {
        if path.file_name().is_none() {
            return Err(DirectoryError::NoName(path.to_owned()).into());
        }
        let mut directory = Self {
            path: path.to_owned(),
            segment: segment.to_owned(),
            replacement: None,
            made: Vec::new(),
        };
        sweep_away(&real(path));
        if is_taken(path)? {
            match existing {
                Existing::Refuse => return Err(DirectoryError::Unfinished(path.to_owned()).into()),
                Existing::Resume | Existing::Join => (),
                Existing::Replace => {
                    drop(check_place(path, true)?);
                    directory.replacement = Some(Replacement::of(path)?);
                }
            }
        } else {
            check_nobody_comes(path)?;
        }
        for folder in [
            directory.path().to_owned(),
            directory.store(),
            directory.path().join(VARIANTS),
        ] {
            directory.make(folder)?;
        }
        Ok(directory)
    }

    /// Makes a `folder` of it, if it is not there.
    fn make(&mut self, folder: PathBuf) -> Result<(), DirectoryError> {
        // The directory itself may be a link: somebody has named it.
        if folder != self.path {
            files::check_no_link(&folder).map_err(io_error("write to", &folder))?;
        }
        let is_new = fs::symlink_metadata(&folder).is_err();
        fs::create_dir_all(&folder).map_err(io_error("create", &self.path))?;
        if is_new {
            self.made.push(folder);
        }
        Ok(())
    }

    /// Puts it in the place of the one that it replaces, if it does, which goes; what is left of that.
    ///
    /// # Errors
    /// When another process writes to that one, or it can't be replaced.
    pub fn take_place(mut self) -> Result<(Self, Option<Left>), CompareError> {
        let left = self.replacement.take().map_or(Ok(None), Replacement::take_place)?;
        Ok((self, left))
    }

    /// Where it is until it takes the place of another one, to be removed if the process must end at once.
    #[must_use]
    pub fn unfinished(&self) -> Option<&Path> {
        self.replacement.as_ref().map(Replacement::path)
    }

    /// Checks that [`Directory::prepare`] would take `path`; nothing is made or deleted.
    ///
    /// # Errors
    /// As there.
    pub fn check(path: &Path, existing: Existing) -> Result<(), CompareError> {
        if !is_taken(path)? {
            check_nobody_comes(path)?;
        }
        match existing {
            Existing::Refuse | Existing::Replace => check_place(path, existing == Existing::Replace).map(drop),
            Existing::Resume | Existing::Join => Ok(()),
        }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.unfinished().unwrap_or(&self.path)
    }

    /// Where finished runs are stored.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        store_in(self.path())
    }

    /// The name of the segment that this process writes.
    #[must_use]
    pub fn segment(&self) -> &str {
        &self.segment
    }

    /// Waits until nobody else publishes a plan or tables here, or `stop` is set; while the file is open, nobody begins to.
    pub(super) fn lock_tables(&self, stop: &AtomicBool) -> Result<File, CompareError> {
        tables_lock::publish(&self.store(), stop)
    }

    /// Removes the unfinished files that killed processes have left which wrote this segment. Whoever asks holds its lock.
    pub(super) fn sweep_away(&self) {
        let end = format!(".{}.{UNFINISHED}", self.segment);
        let folders = [self.path().to_owned(), self.path().join(VARIANTS)];
        let entries = folders.iter().flat_map(fs::read_dir).flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(&end)) {
            // What can't be removed is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }

    /// Has `write` fill a file for the place `name` below the directory, where it appears when it is published.
    pub(super) fn write<E: From<DirectoryError>>(
        &self,
        name: &str,
        write: impl FnOnce(Box<dyn Write>) -> Result<(), E>,
    ) -> Result<Unpublished, E> {
        let unpublished = Unpublished {
            path: self.path().join(name),
            partial: self.path().join(format!("{name}.{}.{UNFINISHED}", self.segment)),
        };
        let Unpublished { path, partial } = &unpublished;
        // Another process's link would lead elsewhere.
        let file = File::create_new(partial).map_err(io_error("write", path))?;
        write(Box::new(BufWriter::new(file)))?;
        let synced = files::open(partial, u64::MAX).and_then(|file| file.sync_all());
        synced.map_err(io_error("write", path))?;
        Ok(unpublished)
    }

    /// Writes `text` for the place `name`.
    pub(super) fn write_text(&self, name: &str, text: &str) -> Result<Unpublished, DirectoryError> {
        self.write(name, |mut file| {
            let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
            written.map_err(io_error("write", &self.path().join(name)))
        })
    }

    /// Checks that scenarios of variants can be written, before what they belong to is played.
    pub(super) fn check_variants(&self) -> Result<(), DirectoryError> {
        self.write_text(&format!("{VARIANTS}/0-tried.toml"), "").map(drop)
    }

    /// Publishes files that belong together. All old ones go before the first new one comes, and a page that shows them is put aside: at no moment do
    /// files of two studies stand side by side. Whether a page of the new ones is due.
    pub(super) fn publish_together(&self, files: Vec<Unpublished>) -> Result<bool, DirectoryError> {
        let page = self.path().join(REPORT);
        let outdated = self.path().join(OUTDATED_REPORT);
        // A directory of that name is none of ours.
        if page.is_file() {
            fs::rename(&page, &outdated).map_err(io_error("replace", &page))?;
        }
        for Unpublished { path, .. } in &files {
            remove(path)?;
        }
        files.into_iter().try_for_each(Unpublished::publish)?;
        sync_names(&self.path().join(VARIANTS));
        // Or a killed process has put it aside.
        Ok(outdated.is_file())
    }
}

/// Checks that nobody fills a directory that is to be at `path`: what is begun there meanwhile would cost it its place.
fn check_nobody_comes(path: &Path) -> Result<(), DirectoryError> {
    if is_being_filled(&real(path)) {
        return Err(DirectoryError::BeingFilled(path.to_owned()));
    }
    Ok(())
}

/// Removes the file at `path`, if there is one.
fn remove(path: &Path) -> Result<(), DirectoryError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(io_error("replace", path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, StoreError, WHOLE};

    #[test]
    fn what_is_no_comparison_is_never_touched() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let thesis = home.path().join("thesis");
        fs::create_dir(&thesis).expect("made");
        fs::write(thesis.join("thesis.tex"), "ten years of work").expect("written");
        for existing in [Existing::Refuse, Existing::Resume, Existing::Join, Existing::Replace] {
            let refused = Directory::prepare(&thesis, WHOLE, existing);
            assert!(
                matches!(refused, Err(CompareError::Directory(DirectoryError::NotAComparison(_)))),
                "{refused:?}"
            );
        }
        assert!(thesis.join("thesis.tex").exists());
    }

    #[test]
    fn a_comparison_is_replaced_only_when_told_to_and_when_it_holds_nothing_else() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("results/x-compare");
        let made = Directory::prepare(&path, WHOLE, Existing::Refuse).expect("nothing is in the way");
        let segment = Store::segment_in(&made.store(), WHOLE);
        fs::write(&segment, "{\"crc32\":\"").expect("written");
        let refused = Directory::prepare(&path, WHOLE, Existing::Refuse);
        assert!(
            matches!(refused, Err(CompareError::Directory(DirectoryError::Unfinished(_)))),
            "{refused:?}"
        );
        Directory::prepare(&path, WHOLE, Existing::Resume).expect("goes on");
        assert!(segment.exists());
        fs::write(path.join("notes.txt"), "mine").expect("written");
        let refused = Directory::prepare(&path, WHOLE, Existing::Replace);
        assert!(
            matches!(refused, Err(CompareError::Directory(DirectoryError::Foreign { .. }))),
            "{refused:?}"
        );
        fs::remove_file(path.join("notes.txt")).expect("removed");
        let writer = Store::lock(&made.store()).expect("nobody else writes");
        let refused = Directory::prepare(&path, WHOLE, Existing::Replace);
        assert!(
            matches!(refused, Err(CompareError::Store(StoreError::InUse(_)))) && segment.exists(),
            "{refused:?}"
        );
        drop(writer);
        fs::write(path.join(".report.html.7.tmp"), "half a page").expect("written");
        fs::write(path.join(".report.html.outdated"), "an old page").expect("written");
        let other = Directory::prepare(&path, WHOLE, Existing::Replace).expect("it may");
        assert!(segment.exists());
        other.take_place().expect("replaced");
        assert!(!segment.exists());
    }

    #[test]
    fn of_a_directory_that_stays_empty_nothing_is_left() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("x");
        drop(Directory::prepare(&path, WHOLE, Existing::Refuse).expect("made"));
        assert!(!path.exists());
        fs::create_dir(&path).expect("made");
        let made = Directory::prepare(&path, WHOLE, Existing::Refuse).expect("made");
        assert!(made.store().is_dir());
        drop(made);
        assert!(path.is_dir() && fs::read_dir(&path).expect("a folder").next().is_none());
        let made = Directory::prepare(&path, WHOLE, Existing::Refuse).expect("made");
        fs::write(Store::segment_in(&made.store(), WHOLE), "{").expect("written");
        drop(made);
        assert!(store_in(&path).is_dir());
    }

    #[test]
    fn files_appear_whole_and_together_or_not_at_all() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let made = Directory::prepare(&home.path().join("x"), WHOLE, Existing::Refuse).expect("made");
        let there = || {
            let entries = fs::read_dir(made.path()).expect("a folder").flatten();
            let files = entries.map(|entry| entry.path()).filter(|path| path.is_file());
            let mut texts: Vec<_> = files.map(|path| fs::read_to_string(path).expect("read")).collect();
            texts.sort();
            texts
        };
        let write =
            |text: &str| ["runs.csv", "scenario.toml"].map(|name| made.write_text(name, text).expect("written"));
        assert!(!made.publish_together(write("old").into()).expect("published"));
        assert_eq!(there(), ["old", "old"]);
        let given_up = write("new");
        assert_eq!(there(), ["new", "new", "old", "old"]);
        let failed = made.write("other.csv", |_| Err(DirectoryError::NoName(PathBuf::new())));
        assert!(failed.is_err());
        drop(given_up);
        fs::write(made.path().join(REPORT), "a page of the old").expect("written");
        assert_eq!(there(), ["a page of the old", "old", "old"]);
        assert!(made.publish_together(write("new").into()).expect("published"));
        // What is left of the page says that there is to be another one, to who comes after a kill as well.
        assert!(!made.path().join(REPORT).exists());
        assert_eq!(there(), ["a page of the old", "new", "new"]);
        assert!(made.publish_together(write("newer").into()).expect("published"));
        assert_eq!(there(), ["a page of the old", "newer", "newer"]);
    }

    #[test]
    fn what_a_killed_process_has_left_goes_and_nothing_else() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let made = Directory::prepare(&home.path().join("x"), "shard-1-of-2", Existing::Refuse).expect("made");
        let left = [
            "plan.json.shard-1-of-2.partial",
            "variants/0-a.toml.shard-1-of-2.partial",
        ];
        let others = ["plan.json.shard-2-of-2.partial", "plan.json"];
        for name in left.iter().chain(&others) {
            fs::write(made.path().join(name), "text").expect("written");
        }
        made.sweep_away();
        assert!(left.iter().all(|name| !made.path().join(name).exists()));
        assert!(others.iter().all(|name| made.path().join(name).exists()));
    }
}
