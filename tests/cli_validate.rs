//! `swarmsim validate`: its table in a page, and the page that comes with the project.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use swarmsim::scenario::{LoadOptions, parse};
use swarmsim::validate::LIBRARY;

const SCENARIO: &str = r#"
name = "small"

[file]
size = "1 MiB"

[[group]]
name = "seed"
count = 1
upload = "1 MiB/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 2
upload = "1 MiB/s"

[[expect]]
id = "S-1 one"
tier = "b"
says = "all complete"
source = "arithmetic"
figure = "completed"
above = 2

[[expect]]
id = "S-1 more"
tier = "b"
says = "nobody completes"
source = "nonsense"
figure = "completed"
value = 0
within = 0
known = "it is nonsense"
"#;

/// Nobody waits for a table that has no place, and a page that can't be renewed stays as it was.
#[test]
fn what_can_not_be_written_is_said_before_anything_is_played() {
    let home = tempfile::tempdir().expect("a temporary directory");
    fs::write(home.path().join("small.toml"), SCENARIO).expect("written");
    fs::write(home.path().join("page.md"), "no table\n").expect("written");
    for (option, place, why) in [
        ("--csv", "nowhere/table.csv", "cannot write `nowhere/table.csv`"),
        ("--csv", ".", "cannot write `.`"),
        ("--markdown", "none.md", "cannot read `none.md`"),
        ("--markdown", "page.md", "`page.md` has no place for the table"),
    ] {
        let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
        let args = ["validate", "--dir", ".", option, place];
        let ended = command.current_dir(home.path()).args(args).output();
        let ended = ended.expect("the program runs");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(said.contains(why) && !said.contains("runs"), "{said}");
        assert_eq!((ended.status.code(), ended.stdout), (Some(2), Vec::new()));
    }
    let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
    let args = ["validate", "--dir", ".", "--csv", "./page.md", "--markdown", "page.md"];
    let ended = command.current_dir(home.path()).args(args).output();
    let said = String::from_utf8(ended.expect("the program runs").stderr).expect("text");
    assert!(said.contains("`--csv` and `--markdown` name the same file"), "{said}");
    let left = fs::read_dir(home.path()).expect("the directory").count();
    assert_eq!(left, 2, "nothing is left of what was tried");
    let page = fs::read_to_string(home.path().join("page.md"));
    assert_eq!(page.expect("the page is there"), "no table\n");
}

/// Only rows that are played change; those of results that are no more go.
#[test]
fn rows_that_are_not_played_stay() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let page = home.path().join("page.md");
    let validate = |ids: &[&str]| {
        let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
        let args = ["validate", "--dir", ".", "--markdown", "page.md"];
        let ended = command.current_dir(home.path()).args(args).args(ids).output();
        let ended = ended.expect("the program runs");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        fs::read_to_string(&page).expect("the page is there")
    };
    fs::write(home.path().join("small.toml"), SCENARIO).expect("written");
    fs::write(
        &page,
        "before\n<!-- swarmsim validate: begin -->\n<!-- swarmsim validate: end -->\nafter\n",
    )
    .expect("written");
    let all = validate(&[]);
    assert!(all.starts_with("before\n") && all.ends_with("after\n"), "{all}");
    assert!(all.contains("| S-1 one | b | all complete |"), "{all}");
    assert!(all.contains("\n- S-1 more: it is nonsense\n"), "{all}");

    let other = all
        .replace("all complete", "once")
        .replace("is nonsense", "was nonsense");
    let other = other.replace("| --- |\n", "| --- |\n| S-0 | b | gone |\n");
    fs::write(&page, &other).expect("written");
    let only = validate(&["S-1 more"]);
    assert_eq!(only, all.replace("all complete", "once"));
    fs::write(&page, &other).expect("written");
    assert_eq!(validate(&["S-1 one"]), all.replace("is nonsense", "was nonsense"));
}

/// A change can bring groups: names in figures are those of the swarm that is played, also where it is held against another one.
#[test]
fn groups_of_figures_are_those_of_the_swarm_that_is_played() {
    let groups = r#"
[[group]]
name = "late"
count = 2
upload = "1 MiB/s"
"#;
    let mixed = r#"
[[expect]]
id = "S-2"
tier = "b"
says = "who comes late gets something from the seed"
source = "arithmetic"
set = { "group.leechers.mix" = [{}, { name = "nobody", share = 0.0, choking = "altruist" }] }
figure = "seed_share(late)"
above = 0.01

[[expect]]
id = "S-3"
tier = "b"
says = "a strategy that nobody plays gets nothing"
source = "arithmetic"
set = { "group.leechers.mix" = [{}, { name = "nobody", share = 0.0, choking = "altruist" }] }
figure = "seed_share(leechers/nobody)"
value = 0
within = 0

[[expect]]
id = "S-4"
tier = "b"
says = "nobody is in the way of those who come late"
source = "arithmetic"
set = { "group.leechers.mix" = [{}, { name = "nobody", share = 0.0, choking = "altruist" }] }
against = { "group.leechers.count" = 2 }
figure = "seed_share(late)"
value = 1
within = 0.001
"#;
    let home = tempfile::tempdir().expect("a temporary directory");
    let validate = |text: &str| {
        fs::write(home.path().join("small.toml"), text).expect("written");
        let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
        let ended = command
            .current_dir(home.path())
            .args(["validate", "--dir", "."])
            .output();
        ended.expect("the program runs")
    };
    let text = SCENARIO.replacen("[[expect]]", &format!("{groups}\n[[expect]]"), 1) + mixed;
    let ended = validate(&text);
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    let ended = validate(&text.replace("leechers/nobody", "leechers"));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(
        said.contains("`leechers` is no group") && said.contains("leechers/nobody"),
        "{said}"
    );
}

/// An id names one row, so two results can't share it.
#[test]
fn two_results_of_one_id_are_refused() {
    let home = tempfile::tempdir().expect("a temporary directory");
    for name in ["a.toml", "b.toml"] {
        fs::write(home.path().join(name), SCENARIO).expect("written");
    }
    let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
    let ended = command
        .current_dir(home.path())
        .args(["validate", "--dir", "."])
        .output();
    let ended = ended.expect("the program runs");
    assert_eq!(ended.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(
        said.contains("two results are called `S-1 one`") && said.contains("b.toml"),
        "{said}"
    );
}

/// docs/validation.md has each result that the program can play, once, in their order, and says of what falls short what is known.
#[test]
fn the_page_has_all_results() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/validation.md"));
    let page = page.expect("the page is there");
    let mut rows = page
        .lines()
        .skip_while(|line| !line.starts_with("| id | tier |"))
        .skip(2);
    let mut reasons = Vec::new();
    for (name, text) in LIBRARY {
        let loaded = parse(text, name, Path::new(""), &LoadOptions::default());
        for expectation in loaded.unwrap_or_else(|error| panic!("{error}")).expectations {
            let (id, tier, says) = (&expectation.id, expectation.tier.letter(), &expectation.says);
            let row = rows.next().unwrap_or_default();
            let begins = format!("| {id} | {tier} | {says} | ");
            let ends = format!(" | {} |", expectation.source);
            assert!(row.starts_with(&begins) && row.ends_with(&ends), "{id}: {row}");
            if row.contains(" | falls short | ") {
                let known = expectation.known.unwrap_or_else(|| panic!("{id}: nobody has said why"));
                reasons.push(format!("- {id}: {known}"));
            }
        }
    }
    assert_eq!(rows.next(), Some(""), "the table has no other rows");
    let said: Vec<_> = page
        .lines()
        .skip_while(|line| *line != "What falls short, and why:")
        .skip(2)
        .collect();
    assert_eq!(said[..reasons.len()], reasons);
    assert_eq!(said[reasons.len()], "");
}
