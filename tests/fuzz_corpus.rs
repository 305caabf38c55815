//! The committed corpus of `fuzz/`, with all that the fuzzer ever found, through the same functions.

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

/// Feeds every file of the corpus to `target`.
fn feed(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let entries = fs::read_dir(folder)
        .expect("a corpus")
        .map(|entry| entry.expect("an entry"));
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{name} has no corpus");
    for file in files {
        println!("{}", file.display());
        target(&fs::read(file).expect("read"));
    }
}

#[test]
fn scenarios() {
    feed("scenario", targets::scenario);
}

#[test]
fn traces() {
    feed("trace", targets::trace);
}

#[test]
fn stores() {
    feed("store", targets::store);
}

#[test]
fn reports() {
    feed("report", targets::report);
}
