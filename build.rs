//! Tells the program which commit it is built from, where git knows; the same sources give the same program.

use std::path::Path;
use std::process::Command;

/// What goes into the program.
const SOURCES: [&str; 8] = [
    "build.rs",
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "scenarios/validation",
    "web/src",
    "web/report.html",
    "web/report.css",
];

fn main() {
    SOURCES
        .iter()
        .for_each(|source| println!("cargo::rerun-if-changed={source}"));
    let commit = is_own_repository().then(commit).flatten().unwrap_or_default();
    println!("cargo::rustc-env=SWARMSIM_COMMIT={commit}");
}

/// What git prints, if it is there and content.
fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// A package that lies unpacked in somebody else's repository is not of its commit.
fn is_own_repository() -> bool {
    let here = Path::new(".").canonicalize().ok();
    let top = git(&["rev-parse", "--show-toplevel"]).and_then(|top| Path::new(&top).canonicalize().ok());
    here.is_some() && here == top
}

/// The commit that is checked out, in short, and whether what is built differs from it.
fn commit() -> Option<String> {
    let branch = git(&["rev-parse", "--symbolic-full-name", "HEAD"]).unwrap_or_default();
    for file in ["HEAD", branch.as_str(), "packed-refs"] {
        if let Some(path) = git(&["rev-parse", "--git-path", file]).filter(|path| Path::new(path).is_file()) {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    Some(if is_changed() {
        format!("{commit} with changes")
    } else {
        commit
    })
}

/// Whether what goes into the program is not as in the commit.
fn is_changed() -> bool {
    let changes = git(&[&["--no-optional-locks", "status", "--porcelain", "--"], &SOURCES[..]].concat());
    changes.is_some_and(|changes| !changes.is_empty())
}
