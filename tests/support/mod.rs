//! What whole-program tests share: a home of their own, and the program in it.

#![allow(dead_code)] // not every test needs all of it

pub mod faults;
pub mod limits;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// A temporary directory in which the program runs, with a `scenario.toml`.
pub struct Home(TempDir);

/// Words of a command line: a list, or a text with spaces between.
pub trait Words {
    fn words(&self) -> Vec<&str>;
}

impl Words for str {
    fn words(&self) -> Vec<&str> {
        self.split_whitespace().collect()
    }
}

impl Words for String {
    fn words(&self) -> Vec<&str> {
        self.as_str().words()
    }
}

impl Words for [&str] {
    fn words(&self) -> Vec<&str> {
        self.to_vec()
    }
}

impl<const N: usize> Words for [&str; N] {
    fn words(&self) -> Vec<&str> {
        self.to_vec()
    }
}

impl Words for Vec<&str> {
    fn words(&self) -> Vec<&str> {
        self.clone()
    }
}

impl Home {
    pub fn new(scenario: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::write(home.path().join("scenario.toml"), scenario).expect("written");
        Self(home)
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    pub fn command(&self, args: &(impl Words + ?Sized)) -> Command {
        let mut program = Command::new(assert_cmd::cargo::cargo_bin("swarmsim"));
        program.current_dir(self.0.path()).args(args.words());
        program
    }

    /// The same under a limit of the shell, such as `ulimit -n 300`.
    pub fn limited(&self, limit: &str, args: &(impl Words + ?Sized)) -> Command {
        let mut shell = Command::new("sh");
        let script = format!("{limit} && exec \"$0\" \"$@\"");
        shell.current_dir(self.0.path()).arg("-c").arg(script);
        shell.arg(assert_cmd::cargo::cargo_bin("swarmsim")).args(args.words());
        shell
    }

    pub fn output(&self, args: &(impl Words + ?Sized)) -> Output {
        self.command(args).output().expect("the program runs")
    }

    /// What a command that must go well prints, and what it says beside.
    pub fn done(&self, args: &(impl Words + ?Sized)) -> (String, String) {
        let output = self.output(args);
        let said = text(&output.stderr);
        assert!(output.status.success(), "{:?}: {said}", args.words());
        (text(&output.stdout), said)
    }

    /// What a command that must fail with `code` says.
    pub fn refused(&self, code: i32, args: &(impl Words + ?Sized)) -> String {
        let output = self.output(args);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{:?}: {said}", args.words());
        said
    }

    /// Begins a command, silently.
    pub fn begin(&self, args: &(impl Words + ?Sized)) -> Child {
        let mut command = self.command(args);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program runs")
    }

    /// The files of a result or a comparison, without the store of the latter, in which runs stand in the order in which they ended.
    pub fn files(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let folders = [self.path(out), self.path(out).join("variants")];
        let entries = folders.iter().flat_map(fs::read_dir).flatten();
        let files = entries
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_file());
        let name = |path: &Path| {
            let below = path.strip_prefix(self.path(out)).expect("below");
            below.to_string_lossy().into_owned()
        };
        files
            .map(|path| (name(&path), fs::read(&path).expect("read")))
            .collect()
    }

    /// Names of hidden files and directories.
    pub fn hidden(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("a folder").flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with('.')).collect()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whole lines of a file; one that is not there has none.
pub fn lines(path: &Path) -> usize {
    fs::read_to_string(path).map_or(0, |text| text.matches('\n').count())
}

/// Waits until the file at `path` has so many lines.
pub fn wait_for_lines(path: &Path, wanted: usize) {
    wait_until(|| lines(path) >= wanted, &format!("{} has few lines", path.display()));
}

/// Waits until it `is_so`, for half a minute.
pub fn wait_until(mut is_so: impl FnMut() -> bool, otherwise: &str) {
    for _ in 0..15_000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(2));
    }
    panic!("{otherwise}");
}

/// Sends a signal; one that has ended by itself can't be reached, and needn't be.
pub fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let _ = Command::new("kill")
        .args(["-s", name, &pid])
        .stderr(Stdio::null())
        .status();
}
