//! The directory of a result: what may stand there, and what may be replaced. It appears whole or not at all.

use crate::files;
use crate::metrics::columns::TABLES;
use crate::metrics::directory_error::{DirectoryError, io_error};
use crate::metrics::replaceable::{Left, check_replaceable};
use crate::metrics::replay::REPLAY;
use crate::metrics::result_lock::{self, LOCKED};
use crate::metrics::staging::{Staging, sweep_away};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Without these two files a directory is not a result of ours, and is never replaced.
const MARKS: [&str; 2] = ["scenario.toml", LOCKED];

/// The page that `swarmsim report` makes of a result or a comparison, in its directory.
pub const REPORT: &str = "report.html";

/// What the page is called from the moment in which its tables go until one of the new tables stands in its place: as long as this is there, a page is due.
pub const OUTDATED_REPORT: &str = ".report.html.outdated";

/// A directory that is being filled.
#[derive(Debug)]
pub struct ResultDirectory {
    staging: Staging,
    replace: bool,
}

impl ResultDirectory {
    /// Makes room for a result at `target`; what stands there is replaced at the end, and only with `replace`.
    ///
    /// # Errors
    /// When something stands there that must not be replaced, or the directory can't be made.
    pub fn create(target: &Path, replace: bool) -> Result<Self, DirectoryError> {
        sweep_away(target);
        check_target(target, replace)?;
        let staging = Staging::beside(target)?;
        Ok(Self { staging, replace })
    }

    /// Where the result will be.
    #[must_use]
    pub fn target(&self) -> &Path {
        self.staging.target()
    }

    /// Where it is while it is being filled.
    #[must_use]
    pub fn staging(&self) -> &Path {
        self.staging.path()
    }

    /// Opens a file of the result.
    ///
    /// # Errors
    /// When it can't be created.
    pub fn open(&self, file: &str) -> io::Result<Box<dyn Write>> {
        Ok(Box::new(File::create_new(self.staging().join(file))?))
    }

    /// Moves the finished result to its place, once all of it is on the disk. What is left of one that it replaces. As long as somebody makes a page of that one, it waits, unless it
    /// `gives_up`.
    ///
    /// # Errors
    /// When it can't be written or moved, or gives up; then what stood there before still does.
    pub fn commit(self, gives_up: &mut dyn FnMut() -> bool) -> Result<Option<Left>, DirectoryError> {
        self.sync().map_err(io_error("write to", self.target()))?;
        let lock = result_lock::keep_pages_off(self.target(), gives_up)?;
        check_target(self.target(), self.replace)?;
        self.staging.publish(self.replace, lock.into_iter().collect())
    }

    fn sync(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.staging())? {
            files::open(&entry?.path(), u64::MAX)?.sync_all()?;
        }
        Ok(())
    }
}

fn check_target(target: &Path, replace: bool) -> Result<(), DirectoryError> {
    // With a `/` at its end a link would be followed.
    match fs::symlink_metadata(target.components().collect::<PathBuf>()) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(io_error("look at", target)(cause)),
        Ok(found) if found.is_symlink() => Err(DirectoryError::Link(target.to_owned())),
        Ok(found) if found.is_dir() && is_empty(target) => check_replaceable(target),
        Ok(found) if !found.is_dir() || !is_result(target) => Err(DirectoryError::NotAResult(target.to_owned())),
        Ok(_) if !replace => Err(DirectoryError::Exists(target.to_owned())),
        Ok(_) => match foreign_file(target).map_err(io_error("look into", target))? {
            None => check_replaceable(target),
            Some(file) => Err(DirectoryError::Foreign {
                directory: target.to_owned(),
                file,
            }),
        },
    }
}

/// A file or directory in `directory` that no run writes.
fn foreign_file(directory: &Path) -> io::Result<Option<String>> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = [MARKS[0], REPORT, REPLAY].contains(&name.as_str()) || is_hidden_report(&name);
        let is_table = || TABLES.iter().any(|table| table.file == name);
        if !(is_ours || is_table()) || entry.path().is_dir() {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Whether `name` is that of a page which a killed process has left half written, or of one that is outdated.
#[must_use]
pub fn is_hidden_report(name: &str) -> bool {
    let half = name.strip_prefix('.').and_then(|name| name.strip_suffix(".tmp"));
    name == OUTDATED_REPORT || half.is_some_and(|name| name.starts_with(REPORT))
}

/// Whether a result is in `directory`, and no page of it.
#[must_use]
pub fn lacks_page(directory: &Path) -> bool {
    is_result(directory) && !directory.join(REPORT).exists()
}

fn is_result(directory: &Path) -> bool {
    MARKS.iter().all(|mark| directory.join(mark).is_file())
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fills a directory as a run would.
    fn fill(target: &Path, replace: bool, content: &str) -> Result<ResultDirectory, DirectoryError> {
        let directory = ResultDirectory::create(target, replace)?;
        for mark in MARKS {
            directory
                .open(mark)
                .and_then(|mut file| file.write_all(content.as_bytes()))
                .expect("room for a few bytes");
        }
        Ok(directory)
    }

    fn entries(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(directory)
            .expect("a directory")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn appears_whole_at_the_end_with_its_parents() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let target = home.path().join("results/swarm");
        let directory = fill(&target, false, "new").expect("nothing is in the way");
        assert!(!target.exists());
        directory.commit(&mut || false).expect("moved");
        assert_eq!(entries(&target), MARKS);
        assert_eq!(entries(&home.path().join("results")), ["swarm"]);
    }

    #[test]
    fn given_up_it_leaves_nothing_and_keeps_what_was_there() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let target = home.path().join("swarm");
        fill(&target, false, "old")
            .expect("nothing is in the way")
            .commit(&mut || false)
            .expect("moved");
        drop(fill(&target, true, "new").expect("a result may be replaced"));
        assert_eq!(entries(home.path()), ["swarm"]);
        assert_eq!(fs::read_to_string(target.join(MARKS[0])).expect("still there"), "old");
    }

    #[test]
    fn replaces_a_result_only_when_told_to() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let target = home.path().join("swarm");
        fill(&target, false, "old")
            .expect("nothing is in the way")
            .commit(&mut || false)
            .expect("moved");
        assert!(matches!(fill(&target, false, "new"), Err(DirectoryError::Exists(_))));
        fs::write(target.join(".report.html.7.tmp"), "half a page").expect("written");
        fill(&target, true, "new")
            .expect("a result may be replaced")
            .commit(&mut || false)
            .expect("moved");
        assert_eq!(fs::read_to_string(target.join(MARKS[0])).expect("there"), "new");
        assert_eq!(entries(home.path()), ["swarm"]);
    }

    #[test]
    fn waits_for_whoever_makes_a_page_unless_it_gives_up() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let target = home.path().join("swarm");
        let made = fill(&target, false, "old").expect("nothing is in the way");
        made.commit(&mut || unreachable!("nobody is waited for"))
            .expect("moved");
        let page = File::open(target.join(LOCKED)).expect("opened");
        page.lock_shared().expect("locked");
        let mut asked = 0;
        let mut third_time = || {
            asked += 1;
            asked == 3
        };
        let again = |content| fill(&target, true, content).expect("a result may be replaced");
        let given_up = again("new").commit(&mut third_time);
        assert!(matches!(given_up, Err(DirectoryError::GivenUp(_))));
        assert_eq!(fs::read_to_string(target.join(MARKS[0])).expect("there"), "old");
        assert_eq!(entries(home.path()), ["swarm"]);
        let mut page = Some(page);
        again("new").commit(&mut || page.take().is_none()).expect("moved");
        assert_eq!(fs::read_to_string(target.join(MARKS[0])).expect("there"), "new");
    }

    #[test]
    fn what_a_killed_run_left_is_not_in_the_way() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let target = home.path().join("swarm");
        let killed = fill(&target, false, "killed").expect("nothing is in the way");
        fill(&target, false, "new")
            .expect("another name is free")
            .commit(&mut || false)
            .expect("moved");
        drop(killed);
        assert_eq!(entries(home.path()), ["swarm"]);
    }

    #[test]
    fn what_a_killed_run_left_is_swept_away_and_what_a_living_one_fills_is_not() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let target = home.path().join("swarm");
        let living = fill(&target, false, "living").expect("nothing is in the way");
        // Killed with nothing in it; with files in it; before the directory was made or after it was gone; somebody's own.
        for left in [".swarm.partial-6-0", ".swarm.partial-8-0", ".swarm.partial-mine"] {
            fs::create_dir(home.path().join(left)).expect("made");
        }
        for file in [
            ".swarm.partial-8-0/peers.csv",
            ".swarm.partial-7-0.lock",
            ".swarm.partial-8-0.lock",
            ".swarm.partial-mine.lock",
        ] {
            fs::write(home.path().join(file), "").expect("written");
        }
        fill(&target, false, "new")
            .expect("room")
            .commit(&mut || false)
            .expect("moved");
        let living_name = living
            .staging()
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let mut expected = vec![
            format!("{living_name}.lock"),
            living_name,
            ".swarm.partial-mine".to_owned(),
            ".swarm.partial-mine.lock".to_owned(),
            "swarm".to_owned(),
        ];
        expected.sort();
        assert_eq!(entries(home.path()), expected);
        assert_eq!(entries(living.staging()), MARKS);
        assert_eq!(entries(&target), MARKS);
    }

    #[test]
    fn an_old_result_that_a_killed_process_had_moved_away_is_back_or_goes() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let target = home.path().join("swarm");
        let moved_away = home.path().join(".swarm.replaced-7-0");
        let leave = || {
            fs::create_dir(&moved_away).expect("made");
            for mark in MARKS {
                fs::write(moved_away.join(mark), "old").expect("written");
            }
            fs::create_dir(home.path().join(".swarm.partial-7-0")).expect("made");
        };
        leave();
        assert!(matches!(fill(&target, false, "new"), Err(DirectoryError::Exists(_))));
        assert_eq!(entries(home.path()), ["swarm"]);
        assert_eq!(fs::read_to_string(target.join(MARKS[0])).expect("back"), "old");
        leave();
        fill(&target, true, "new")
            .expect("it may")
            .commit(&mut || false)
            .expect("moved");
        assert_eq!(entries(home.path()), ["swarm"]);
        assert_eq!(fs::read_to_string(target.join(MARKS[0])).expect("there"), "new");
    }

    #[test]
    fn an_empty_directory_is_filled() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let target = home.path().join("swarm");
        fs::create_dir(&target).expect("made");
        fill(&target, false, "new")
            .expect("it may")
            .commit(&mut || false)
            .expect("moved");
        assert_eq!(entries(&target), MARKS);
        assert_eq!(entries(home.path()), ["swarm"]);
    }

    #[test]
    fn never_replaces_what_is_not_a_result() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let thesis = home.path().join("thesis");
        fs::create_dir(&thesis).expect("made");
        fs::write(thesis.join("thesis.tex"), "ten years of work").expect("written");
        assert!(matches!(fill(&thesis, true, "new"), Err(DirectoryError::NotAResult(_))));
        assert!(matches!(
            fill(&thesis.join("thesis.tex"), true, "new"),
            Err(DirectoryError::NotAResult(_))
        ));
        assert_eq!(entries(&thesis), ["thesis.tex"]);
        assert!(matches!(
            fill(Path::new(".."), true, "new"),
            Err(DirectoryError::Exists(_) | DirectoryError::NotAResult(_))
        ));
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_named_and_neither_followed_nor_replaced() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| home.path().join(name);
        fill(&at("swarm"), false, "old")
            .expect("room")
            .commit(&mut || false)
            .expect("moved");
        fs::create_dir(at("empty")).expect("made");
        for leads_to in ["swarm", "empty", "nothing"] {
            let link = at(&format!("link-to-{leads_to}"));
            std::os::unix::fs::symlink(at(leads_to), &link).expect("made");
            for (target, replace) in [(link.clone(), true), (link.clone(), false), (link.join(""), true)] {
                let error = fill(&target, replace, "new").expect_err("a link");
                assert!(matches!(error, DirectoryError::Link(_)), "{leads_to}: {error}");
            }
        }
        assert_eq!(fs::read_to_string(at("swarm").join(MARKS[0])).expect("there"), "old");
    }

    #[test]
    fn a_parent_that_is_a_file_is_named() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let file = home.path().join("file");
        fs::write(&file, "").expect("written");
        let error = fill(&file.join("swarm"), false, "new").expect_err("a file has no directories");
        assert!(matches!(&error, DirectoryError::Io { .. }), "{error}");
    }
}
