//! What stands where a study is to go: nothing, a study that is gone on with or replaced, or what is somebody's own and never touched. A name alone makes
//! nothing ours: `scenario.toml` and `runs` are names that others use too.

use std::fs::{self, DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};

use super::error::CompareError;
use super::plan_file::PLAN;
use super::shard::Shard;
use super::tables::FILES;
use super::tables_lock;
use crate::metrics::comparisons::STORE;
use crate::metrics::directory::{REPORT, is_hidden_report};
use crate::metrics::{DirectoryError, check_replaceable, io_error};
use crate::store::{self, Store, StoreError, WHOLE};

/// Scenarios of the variants, below the directory.
pub(super) const VARIANTS: &str = "variants";
/// In the store: who makes tables of what others have played holds its lock.
pub(super) const MERGE_LOCK: &str = "merge.lock";
/// In the place of the name of a segment, for a process that makes tables and plays nothing.
pub(super) const MERGE: &str = "merge";
/// How the name of a file ends until it is whole.
pub(super) const UNFINISHED: &str = "partial";

/// Where the finished runs of the study in `directory` are.
pub(super) fn store_in(directory: &Path) -> PathBuf {
    directory.join(STORE)
}

/// Checks that a study may be put at `path`; one that is there may go only if `replace` says so. While the locks are held, nobody writes to it.
pub(super) fn check_place(path: &Path, replace: bool) -> Result<Vec<File>, CompareError> {
    match is_taken(path)? {
        false => Ok(Vec::new()),
        true if replace => replaceable(path),
        true => Err(DirectoryError::Unfinished(path.to_owned()).into()),
    }
}

/// Whether a study is at `path`. Anything else but an empty directory is an error.
pub(super) fn is_taken(path: &Path) -> Result<bool, CompareError> {
    let is_taken = fs::symlink_metadata(path).is_ok() && !is_empty(path);
    if is_taken && !is_study(path) {
        return Err(DirectoryError::NotAComparison(path.to_owned()).into());
    }
    Ok(is_taken)
}

/// Checks that no file of `sources`, which a study at `target` is made from, has the place of one that it writes.
///
/// # Errors
/// When one has.
pub fn check_sources(target: &Path, sources: &[PathBuf]) -> Result<(), DirectoryError> {
    let Ok(real_target) = fs::canonicalize(target) else {
        return Ok(());
    };
    let is_in_the_way = |source: &&PathBuf| {
        let real = fs::canonicalize(source).unwrap_or_default();
        let below = real
            .strip_prefix(&real_target)
            .ok()
            .and_then(|below| below.iter().next());
        below.is_some_and(|name| is_ours(&name.to_string_lossy()))
    };
    match sources.iter().find(is_in_the_way) {
        None => Ok(()),
        Some(source) => Err(DirectoryError::Source(source.clone())),
    }
}

/// Whether a study is at `path`, or the beginning of one.
#[must_use]
pub fn is_study(path: &Path) -> bool {
    let has_runs = || entries(&store_in(path)).any(|entry| store::is_sealed(&entry.path()));
    path.is_dir() && (store::is_sealed(&path.join(PLAN)) || has_runs() || is_bare(path))
}

/// Whether nothing is in it but what a study makes before its first file is whole: folders, and files that are unfinished or empty.
fn is_bare(path: &Path) -> bool {
    let is_unfinished = |entry: &DirEntry| is_ours(&name(entry)) && name(entry).ends_with(UNFINISHED);
    let is_bare_folder = |folder: &str| {
        let is_empty = |entry: &DirEntry| entry.metadata().is_ok_and(|meta| meta.is_file() && meta.len() == 0);
        entries(&path.join(folder)).all(|entry| is_ours_in(folder, &name(&entry)) && is_empty(&entry))
    };
    entries(path).all(|entry| match name(&entry).as_str() {
        folder @ (STORE | VARIANTS) => entry.path().is_dir() && is_bare_folder(folder),
        _ => is_unfinished(&entry),
    })
}

/// What is in `directory`, as far as it can be looked into.
fn entries(directory: &Path) -> impl Iterator<Item = DirEntry> + use<> {
    fs::read_dir(directory).into_iter().flatten().flatten()
}

fn name(entry: &DirEntry) -> String {
    entry.file_name().to_string_lossy().into_owned()
}

/// Whether we give this name to something in the directory of a study.
fn is_ours(name: &str) -> bool {
    let whole = whole(name);
    [STORE, VARIANTS, REPORT, PLAN].contains(&whole) || FILES.contains(&whole) || is_hidden_report(name)
}

/// Whether we give this name to a file in that `folder` of a study.
fn is_ours_in(folder: &str, name: &str) -> bool {
    if folder == STORE {
        return name == MERGE_LOCK
            || Store::segment_of(name).is_some_and(|segment| segment == WHOLE || is_shard(segment));
    }
    let numbered = whole(name).strip_suffix(".toml").and_then(|name| name.split_once('-'));
    numbered.is_some_and(|(number, _)| number.parse::<usize>().is_ok())
}

fn is_shard(segment: &str) -> bool {
    Shard::of_segment(segment).is_some()
}

/// The name that a file gets when it is whole.
fn whole(name: &str) -> &str {
    let unfinished = name.strip_suffix(UNFINISHED).and_then(|name| name.strip_suffix('.'));
    match unfinished.and_then(|name| name.rsplit_once('.')) {
        Some((whole, writer)) if [WHOLE, MERGE].contains(&writer) || is_shard(writer) => whole,
        _ => name,
    }
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none())
}

/// The locks of a study that may be deleted: no other process writes to it, and there is nothing else in it.
fn replaceable(path: &Path) -> Result<Vec<File>, CompareError> {
    let store = store_in(path);
    let mut locks = if store.exists() {
        Store::lock(&store)?
    } else {
        Vec::new()
    };
    // Whoever makes tables of it reads it until they are there.
    let lock = tables_lock::path(&store);
    if lock.exists() {
        let file = tables_lock::replace(&store).map_err(io_error("lock", &lock))?;
        locks.push(file.ok_or(StoreError::InUse(lock))?);
    }
    match foreign(path).map_err(io_error("look into", path))? {
        None => {
            check_replaceable(path)?;
            Ok(locks)
        }
        Some(file) => Err(DirectoryError::Foreign {
            directory: path.to_owned(),
            file,
        }
        .into()),
    }
}

/// Something in the study at `path`, or in a folder of it, that we have not written.
fn foreign(path: &Path) -> io::Result<Option<String>> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = name(&entry);
        let is_folder = [STORE, VARIANTS].contains(&name.as_str());
        if !is_ours(&name) || entry.path().is_dir() != is_folder {
            return Ok(Some(name));
        }
        if is_folder && let Some(file) = foreign_in(&name, &entry.path())? {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

/// The same for the `folder` at `path`.
fn foreign_in(folder: &str, path: &Path) -> io::Result<Option<String>> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = name(&entry);
        if !is_ours_in(folder, &name) || entry.path().is_dir() {
            return Ok(Some(format!("{folder}/{name}")));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with these files, each with this text.
    fn filled(files: &[(&str, &str)]) -> tempfile::TempDir {
        let home = tempfile::tempdir().expect("a temporary directory");
        for (name, text) in files {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        home
    }

    const PLANNED: (&str, &str) = ("plan.json", "{\"crc32\":\"00000000\",\"value\":{}}\n");

    #[test]
    fn names_that_others_use_too_make_no_study() {
        for mine in [
            &[("scenario.toml", "# my own")][..],
            &[("runs/exp1/model.bin", "weights")],
            &[("runs/segment-0.jsonl", "{\"loss\":0.1}\n")],
            &[("runs/notes.txt", ""), ("variants/0-a.toml", "")],
            &[("plan.json", "{\"today\":\"rest\"}"), ("runs.csv", "mine")],
            &[("summary.partial", "half a summary")],
            &[("variants/0-a.toml", "mine")],
        ] {
            let home = filled(mine);
            for replace in [false, true] {
                let refused = check_place(home.path(), replace);
                let is_spared = matches!(refused, Err(CompareError::Directory(DirectoryError::NotAComparison(_))));
                assert!(is_spared, "{mine:?}: {refused:?}");
            }
        }
    }

    #[test]
    fn what_a_kill_leaves_of_the_very_beginning_is_a_study() {
        for begun in [
            &[("runs/segment-0.jsonl", "")][..],
            &[
                ("runs/shard-2-of-8.jsonl", ""),
                ("plan.json.shard-2-of-8.partial", "{\"crc"),
            ],
            &[PLANNED],
            &[("runs/segment-0.jsonl", PLANNED.1), ("comparison.csv", "")],
        ] {
            let home = filled(begun);
            assert!(is_taken(home.path()).expect("a study"), "{begun:?}");
            check_place(home.path(), true).unwrap_or_else(|error| panic!("{begun:?}: {error}"));
        }
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(home.path().join(VARIANTS)).expect("made");
        assert!(is_taken(home.path()).expect("a study"));
    }

    #[test]
    fn what_somebody_has_put_into_a_study_is_not_deleted_with_it() {
        for mine in [
            "notes.txt",
            "runs/notes.txt",
            "runs/others.jsonl",
            "runs/old/segment-0.jsonl",
            "variants/my.toml",
            "comparison.csv/mine",
            "plan.json.mine.partial",
        ] {
            let home = filled(&[
                PLANNED,
                ("variants/0-a.toml", ""),
                ("runs/merge.lock", ""),
                (mine, "mine"),
            ]);
            let refused = check_place(home.path(), true).expect_err(mine).to_string();
            let named = mine.trim_end_matches("/segment-0.jsonl").trim_end_matches("/mine");
            assert!(
                refused.contains(&format!("`{named}`, which swarmsim has not written")),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_scenario_or_a_trace_is_not_written_over() {
        let home = filled(&[
            PLANNED,
            ("scenario.toml", ""),
            ("variants/0-a.toml", ""),
            ("peers.csv", ""),
        ]);
        let check = |name: &str| check_sources(home.path(), &[home.path().join("peers.csv"), home.path().join(name)]);
        for written in ["scenario.toml", "variants/0-a.toml", "variants/../scenario.toml"] {
            assert!(matches!(check(written), Err(DirectoryError::Source(_))), "{written}");
        }
        check("peers.csv").expect("no table of a study has that name");
        check_sources(&home.path().join("new"), &[home.path().join("scenario.toml")]).expect("nothing is there");
    }
}
