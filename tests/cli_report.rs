//! `swarmsim report` as a whole program: what the page holds is what the CSV files say, and damage is named.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

const SCENARIO: &str = r#"
name = "small"
[file]
size = "1 MiB"
[[group]]
name = "origin"
count = 1
starts_with = "all"
upload = "1 MB/s"
[[group]]
name = "leechers"
count = 5
upload = "1 MB/s"
"#;

fn swarmsim(home: &Path, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
    command.current_dir(home).env("NO_COLOR", "1").args(args);
    command.output().expect("the program runs")
}

/// A result in a new directory.
fn result(more: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a temporary directory");
    fs::write(home.path().join("s.toml"), SCENARIO).expect("written");
    let args = [&["run", "s.toml", "--quiet", "--out", "r"], more].concat();
    let output = swarmsim(home.path(), &args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let path = home.path().join("r");
    (home, path)
}

/// What the page at `path` carries.
fn data(path: &Path) -> Value {
    let page = fs::read_to_string(path).expect("the page");
    let (_, rest) = page.split_once("id=\"data\">").expect("the data");
    let (json, _) = rest.split_once("</script>").expect("their end");
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn the_values_of_the_page_are_those_of_the_files() {
    let (_home, path) = result(&["--report", "--detail", "chunks"]);
    let data = data(&path.join("report.html"));
    let mut peers = csv::Reader::from_path(path.join("peers.csv")).expect("peers.csv");
    let header = peers.headers().expect("a header").clone();
    let at = |column: &str| header.iter().position(|name| name == column).expect("the column");
    let mut times: Vec<(u32, f64)> = peers
        .records()
        .map(|row| row.expect("a row"))
        .filter(|row| &row[at("group")] == "leechers")
        .map(|row| [at("peer"), at("completion_time_s")].map(|place| row[place].to_owned()))
        .map(|[peer, time]| (peer.parse().expect("a number"), time.parse().expect("a number")))
        .collect();
    times.sort_by_key(|&(peer, _)| peer);
    let times: Vec<f64> = times.into_iter().map(|(_, time)| time).collect();
    assert_eq!(times.len(), 5);
    let leechers = &data["leechers"]["groups"][0];
    assert_eq!(leechers["dots"]["completion_time_s"], serde_json::json!(times));
    assert_eq!(leechers["completion_time_s"]["all"], 5);
    assert_eq!(data["summary"]["completed"][0], 5.0);
    assert_eq!(data["summary"]["seed"][0], "1", "a seed is text");
    assert_eq!(data["chunk_copies"]["first_chunk"].as_array().expect("chunks").len(), 4);
}

#[test]
fn the_page_says_which_program_made_it_with_the_commit() {
    let (home, path) = result(&["--report"]);
    let version = swarmsim(home.path(), &["--version"]).stdout;
    let made_by = data(&path.join("report.html"))["made_by"].clone();
    let said = format!("swarmsim {}\n", made_by.as_str().expect("text"));
    assert_eq!(String::from_utf8_lossy(&version), said);
}

#[test]
fn pairs_of_many_groups_are_left_to_the_file() {
    let home = tempfile::tempdir().expect("a directory");
    for (groups, shown) in [(40, true), (41, false)] {
        let group = |i: usize| {
            let starts = if i == 0 { "starts_with = \"all\"\n" } else { "" };
            format!("[[group]]\nname = \"g{i}\"\ncount = 1\nupload = \"1 MB/s\"\n{starts}")
        };
        let all: String = (0..groups).map(group).collect();
        let text = format!("name = \"many\"\n[file]\nsize = \"1 MiB\"\n{all}");
        fs::write(home.path().join("many.toml"), text).expect("written");
        let args = ["run", "many.toml", "--quiet", "--out", "many", "--report", "--force"];
        let output = swarmsim(home.path(), &args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let data = data(&home.path().join("many/report.html"));
        assert_eq!(data["groups"].is_object(), shown, "{groups} groups");
        let said = data["notes"]
            .to_string()
            .contains("Pairs of the 41 groups are not in this page");
        assert_eq!(said, !shown, "{groups} groups");
    }
}

#[test]
fn a_result_with_a_page_can_be_replaced() {
    let (home, _) = result(&["--report"]);
    let again = swarmsim(home.path(), &["run", "s.toml", "--quiet", "--out", "r", "--force"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
}

/// For want of its page alone no result needs to be made again.
#[test]
fn who_is_refused_a_run_for_its_page_is_told_what_makes_it() {
    let (home, path) = result(&[]);
    let hint = ". Of the result that is there `swarmsim report r` makes the page";
    let said = |args: &[&str]| {
        let output = swarmsim(home.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    let again = ["run", "s.toml", "--quiet", "--report", "--out", "r"];
    let too_large = |out: &str| {
        let many = [
            "--set",
            "group.leechers.count=15000000",
            "--set",
            "file.chunk_size=\"1 B\"",
        ];
        said(&[&["run", "s.toml", "--report", "--out", out][..], &many].concat())
    };
    for refusal in [said(&again), too_large("r")] {
        assert!(refusal.contains(hint), "{refusal}");
    }
    // Nobody has asked for one, there is no result, or it has its page.
    let without = said(&["run", "s.toml", "--out", "r"]);
    let elsewhere = too_large("nowhere");
    assert!(swarmsim(home.path(), &["report", "r"]).status.success() && path.join("report.html").exists());
    for refusal in [without, elsewhere, said(&again)] {
        assert!(!refusal.contains("swarmsim report"), "{refusal}");
    }
}

#[test]
fn a_name_with_markup_is_harmless() {
    let (home, path) = result(&[]);
    let file = path.join("peers.csv");
    let evil = "</script><img onerror=x>";
    let text = fs::read_to_string(&file).expect("read").replace("leechers", evil);
    fs::write(&file, text).expect("written");
    assert!(swarmsim(home.path(), &["report", "r"]).status.success());
    let page = fs::read_to_string(path.join("report.html")).expect("the page");
    assert!(!page.contains("<img"));
    let groups = &data(&path.join("report.html"))["leechers"]["groups"];
    assert_eq!(groups[0]["group"], evil);
}

#[test]
fn a_comparison_is_shown_too() {
    let (home, _) = result(&[]);
    let args = [
        "compare",
        "s.toml",
        "--choker",
        "tit-for-tat,random",
        "--runs",
        "2",
        "--quiet",
        "--out",
        "c",
        "--report",
    ];
    let output = swarmsim(home.path(), &args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let data = data(&home.path().join("c/report.html"));
    assert_eq!(data["kind"], "comparison");
    assert_eq!(data["summary"]["variant"][1], "random");
}

/// What hangs on the plan as well, and in a page that is made later too.
#[test]
fn a_comparison_keeps_what_the_command_warned_of() {
    let (home, _) = result(&[]);
    let command = |command: &str| {
        let output = swarmsim(home.path(), &command.split(' ').collect::<Vec<_>>());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let said = command("compare s.toml --vary group.leechers.count=5,6 --runs 3 --quiet --report --out c");
    let page = home.path().join("c/report.html");
    let warnings = || {
        let data = data(&page);
        let warnings = data["warnings"].as_array().expect("a list").clone();
        warnings
            .iter()
            .map(|text| text.as_str().expect("a text").to_owned())
            .collect::<Vec<_>>()
    };
    let kept = warnings();
    assert!(
        kept.iter()
            .any(|text| text.contains("variants differ in how many peers come or when")),
        "{kept:?}"
    );
    assert!(
        kept.iter().any(|text| text.contains("each variant has only 3 runs")),
        "{kept:?}"
    );
    assert!(
        kept.iter().all(|text| said.contains(text.as_str())),
        "{kept:?} are not all in {said}"
    );
    command("report c");
    assert_eq!(warnings(), kept);

    // One that an older program made has none.
    fs::remove_file(home.path().join("c/warnings.json")).expect("removed");
    command("report c");
    assert!(warnings().concat().contains("made by an older swarmsim"));
    fs::write(home.path().join("c/warnings.json"), "[1").expect("written");
    let (code, said) = refused(home.path(), &["c"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("warnings.json"), "{said}");
}

#[test]
fn what_came_out_is_said_even_if_the_page_fails() {
    let (home, _) = result(&[]);
    let compare = [
        "compare",
        "s.toml",
        "--choker",
        "tit-for-tat,random",
        "--runs",
        "2",
        "--out",
        "c",
    ];
    assert!(swarmsim(home.path(), &compare).status.success());
    fs::create_dir(home.path().join("c/report.html")).expect("made");
    let output = swarmsim(home.path(), &[&compare[..], &["--resume", "--report"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let (out, error) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(out.contains("completion_mean_s"), "{out}");
    assert!(error.contains("error: cannot write `c/report.html`"), "{error}");
    let left: Vec<_> = fs::read_dir(home.path().join("c"))
        .expect("the directory")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert!(
        left.iter().all(|name| !name.to_string_lossy().ends_with(".tmp")),
        "{left:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_page_is_replaced_whole_and_a_link_stays_one() {
    let (home, path) = result(&["--report"]);
    let (page, link) = (path.join("report.html"), home.path().join("link.html"));
    std::os::unix::fs::symlink(&page, &link).expect("linked");
    let first = fs::metadata(&page)
        .map(|page| std::os::unix::fs::MetadataExt::ino(&page))
        .expect("the page");
    assert!(
        swarmsim(home.path(), &["report", "r", "--out", "link.html"])
            .status
            .success()
    );
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    let second = fs::metadata(&page)
        .map(|page| std::os::unix::fs::MetadataExt::ino(&page))
        .expect("the page");
    assert_ne!(first, second, "another file took its place");
    assert_eq!(data(&page)["kind"], "run");
}

/// The exit code and what is said when the report on `directory` fails.
fn refused(home: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = swarmsim(home, &[&["report"], args].concat());
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}

#[test]
fn what_is_no_result_is_refused() {
    let home = tempfile::tempdir().expect("a temporary directory");
    for directory in ["missing", "."] {
        let (code, said) = refused(home.path(), &[directory]);
        assert_eq!(code, Some(2));
        assert!(
            said.contains(&format!("`{directory}` is no result of swarmsim")),
            "{said}"
        );
    }
}

#[test]
fn a_comparison_that_is_not_finished_is_told_how_to_go_on() {
    let home = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir_all(home.path().join("c/runs")).expect("made");
    let (code, said) = refused(home.path(), &["c"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("the comparison in `c` is not finished: the same command with `--resume` goes on"),
        "{said}"
    );
}

#[test]
fn where_the_page_is_is_said_after_the_results() {
    let (home, _) = result(&[]);
    let said = |args: &[&str]| {
        let output = swarmsim(home.path(), args);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let run = ["run", "s.toml", "--force", "--out", "r"];
    let compare = [
        "compare",
        "s.toml",
        "--force",
        "--runs",
        "2",
        "--choker",
        "random,altruist",
        "--out",
        "c",
    ];
    for (command, out) in [(&run[..], "r"), (&compare, "c")] {
        let wrote = format!("Wrote {out}/report.html: open it in a browser.\n");
        assert!(said(&[command, &["--report"]].concat()).ends_with(&wrote));
        assert!(!said(command).contains("report.html"));
        assert_eq!(said(&[command, &["--report", "--quiet"]].concat()), "");
        let json = said(&[command, &["--report", "--json"]].concat());
        assert!(serde_json::from_str::<Value>(&json).is_ok(), "{json}");
    }
}

#[test]
fn damage_is_named_with_file_and_line() {
    let (home, path) = result(&[]);
    let file = path.join("timeseries.csv");
    let text = fs::read_to_string(&file).expect("read");
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines[1] = lines[1].replacen("0,", "zero,", 1);
    fs::write(&file, lines.join("\n") + "\n").expect("written");
    let (code, said) = refused(home.path(), &["r"]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("timeseries.csv`, line 2: `zero` in the column `time_s` is no number"),
        "{said}"
    );
    assert!(!path.join("report.html").exists());
}

#[test]
fn a_table_that_was_cut_is_named() {
    let (home, path) = result(&[]);
    for name in [
        "summary.csv",
        "timeseries.csv",
        "group_summary.csv",
        "groups.csv",
        "capacities.csv",
        "peers.csv",
    ] {
        let file = path.join(name);
        let whole = fs::read(&file).expect("read");
        let end = whole.len();
        for (left, line) in [
            (0, 1),
            (20, 1),
            (end - 1, whole.split(|byte| *byte == b'\n').count() - 1),
        ] {
            fs::write(&file, &whole[..left]).expect("written");
            let (code, said) = refused(home.path(), &["r"]);
            let place = format!("{name}`, line {line}: the file ends here, and not with a whole line");
            assert!(code == Some(1) && said.contains(&place), "{said}");
        }
        fs::write(&file, &whole).expect("written");
    }
    assert!(swarmsim(home.path(), &["report", "r"]).status.success());
}

#[test]
fn a_page_that_cannot_be_written_is_said() {
    let (home, _) = result(&[]);
    let (code, said) = refused(home.path(), &["r", "--out", "no/such/place.html"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("cannot write `no/such/place.html`"), "{said}");
}
