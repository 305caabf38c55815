//! What README shows is what the program does. `SWARMSIM_BLESS=1 cargo test --test readme` renews it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program in `folder`; what it shows.
fn swarmsim(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(assert_cmd::cargo::cargo_bin("swarmsim"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn bless() -> bool {
    env::var_os("SWARMSIM_BLESS").is_some()
}

fn scenario(name: &str) -> String {
    let path: PathBuf = root().join("scenarios").join(name);
    path.to_string_lossy().into_owned()
}

#[test]
fn the_example_is_the_output_of_its_command() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let (before, rest) = readme.split_once("```text\n").expect("an example");
    let (shown, after) = rest.split_once("```\n").expect("its end");
    let home = tempfile::tempdir().expect("a folder");
    let output = swarmsim(home.path(), &["run", &scenario("flash_crowd.toml")]);
    if bless() {
        fs::write(
            root().join("README.md"),
            format!("{before}```text\n{output}```\n{after}"),
        )
        .expect("written");
    } else {
        assert_eq!(
            shown, output,
            "README.md is out of date: SWARMSIM_BLESS=1 cargo test --test readme"
        );
    }
}

#[test]
fn the_example_result_is_that_of_its_scenario() {
    let home = tempfile::tempdir().expect("a folder");
    let example = root().join("results/example");
    swarmsim(
        home.path(),
        &[
            "run",
            &scenario("bandwidth_classes.toml"),
            "--quiet",
            "--out",
            "example",
        ],
    );
    for entry in fs::read_dir(home.path().join("example")).expect("the result") {
        let path = entry.expect("an entry").path();
        let committed = example.join(path.file_name().expect("a name"));
        if bless() {
            fs::create_dir_all(&example).expect("made");
            fs::copy(&path, &committed).expect("copied");
        }
        assert!(
            fs::read(&path).expect("read") == fs::read(&committed).unwrap_or_default(),
            "{} is out of date: SWARMSIM_BLESS=1 cargo test --test readme",
            committed.display()
        );
    }
}

#[test]
fn every_link_leads_somewhere() {
    for page in [
        "README.md",
        "results/README.md",
        "docs/architecture.md",
        "docs/comparing.md",
        "docs/references.md",
        "docs/validation.md",
    ] {
        let path = root().join(page);
        let text = fs::read_to_string(&path).expect("a page");
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            let is_file = !target.is_empty() && !target.contains("://");
            assert!(
                !is_file || path.with_file_name(target).exists(),
                "{page} links to {target}"
            );
        }
    }
}
