//! The program as a whole, as far as it needs no simulation: help, lists, and what is refused before a run.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

fn swarmsim(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
    command
        .current_dir(directory)
        .env("COLUMNS", "100")
        .env_remove("NO_COLOR")
        .args(args);
    command.output().expect("the program runs")
}

/// Standard output of a command that must succeed.
fn shown(args: &[&str]) -> String {
    let home = tempfile::tempdir().expect("a temporary directory");
    let output = swarmsim(home.path(), args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn help() {
    insta::assert_snapshot!(shown(&["--help"]), @r##"
Simulates BitTorrent swarms: what you give is a scenario, what you get is CSV

Usage: swarmsim [OPTIONS] <COMMAND>

Commands:
  run          Simulate a scenario and write the results as CSV
  compare      Run variants of a scenario many times each and compare them
  sweep        Run every combination of a grid many times, or a part of it
  merge        Join the parts of a sweep
  status       Say how far a sweep or a comparison is
  report       Make one HTML page of a result or a comparison, to look at
  check        Check a scenario and print it with every default spelled out, but for what is off
  validate     Hold the simulator against theory, papers and measured swarms
  list         List the rules that a scenario can name: chokers, pickers, arrivals, departures
  theory       Say what the literature expects of a scenario: bounds, steady states, stability
  new          Write a commented scenario to start from
  schema       Print the JSON Schema of scenario files, for editors
  completions  Print a script that completes commands in your shell
  man          Write manual pages, one for each command
  help         Print this message or the help of the given subcommand(s)

Options:
      --color <WHEN>  Colour in messages and tables [default: auto] [possible values: auto, always,
                      never]
  -h, --help          Print help
  -V, --version       Print version

Examples:
  swarmsim new my-swarm.toml                      write a commented scenario to start from
  swarmsim run my-swarm.toml                      simulate it: results/my-swarm/*.csv
  swarmsim run my-swarm.toml --seed 2 --out r2    once more, with other chance
  swarmsim run my-swarm.toml --set 'file.size="10 MiB"' --out small
  swarmsim compare my-swarm.toml --choker tit-for-tat,random --runs 30
"##);
}

#[test]
fn help_of_run() {
    insta::assert_snapshot!(shown(&["run", "--help"]), @r##"
Simulate a scenario and write the results as CSV

Usage: swarmsim run [OPTIONS] <FILE>

Arguments:
  <FILE>  The scenario, a TOML file

Options:
      --seed <N>          Replace the seed of the scenario
      --set <KEY=VALUE>   Set any key of the scenario, the value in TOML: --set 'file.size="10
                          MiB"'; may be repeated
      --out <DIR>         Where the results go [default: results/<scenario name>]
      --force             Replace the results that are there, once the run has ended
      --detail <LEVELS>   Also write heavy tables: transfers, unchokes, chunks (with commas
                          between), or all
      --record-replay     Also write replay.json: who unchokes whom when, animated in the report
      --report            Also write report.html, one page to look at
      --check-invariants  Check all invariants of the model every few events (slow)
      --json              Print the summary as JSON on standard output, and nothing else there
  -q, --quiet             Show neither plan, progress nor table
      --color <WHEN>      Colour in messages and tables [default: auto] [possible values: auto,
                          always, never]
  -h, --help              Print help
"##);
}

#[test]
fn list() {
    insta::assert_snapshot!(shown(&["list"]), @r##"
Chokers  choking.<name> for leechers, seeding.<name> for seeds: whom a peer unchokes
  tit-for-tat        the interested neighbours that sent most in the last 20 s, and one at random
                     [Cohen 2003; BEP 3]
  fastest            the interested neighbours that take fastest, and one at random
                     [seeds of mainline before 4.0]
  round-robin        those that wait longest, one slot at random
                     [seeds of mainline 4.0; Legout et al. 2006]
  round-robin-quota  as round-robin, but a slot is kept until so many chunks and so much time are
                     used up [seeds of libtorrent, without their optimistic slot]
  random             slots drawn at random at each decision [control]
  propshare          split in proportion to what each neighbour gave in the last round, and a fifth
                     to explore [Levin et al. 2008]
  bittyrant          those that give most for the upload they ask for, until the upload is spent
                     [Piatek et al. 2007]
  fairtorrent        the next chunk to the neighbour that is owed most [Sherman et al. 2009]
  libtorrent         those that sent most since the last decision, a seed those within a quota, and
                     the one that has waited longest [libtorrent 2]
  tit-for-tat-block  in turn, as long as they are at most 2 chunks ahead of what came back from them
                     [Bharambe et al. 2006]
  birds              those whose speed is closest to one's own, and one at random
                     [Rahman et al. 2011]
  altruist           every interested neighbour, equally [control]
  free-rider         nobody [Locher et al. 2006]

Pickers  picking.<name>: which chunk a leecher asks for
  rarest-first       the chunk that fewest neighbours have, ties at random
                     [Cohen 2003; Legout et al. 2006]
  random             any chunk, uniformly [control]
  sequential         the first in file order [streaming]
  global-rarest      the chunk with fewest copies in the whole swarm [oracle, for comparison]
  mode-suppression   any chunk but the most common ones [Reddyvari et al. 2019]

Arrivals  arrival.<name>: when the peers of a group come
  at-once            `count` peers at one time, each with a random delay up to `jitter`
                     [flash crowd]
  poisson            independent arrivals at a constant rate [Qiu & Srikant 2004]
  decaying           a flash crowd whose rate falls exponentially [Guo et al. 2005]
  trace              one peer for each row of a CSV file [measurements]

Departures  departure.<name>: what a peer does once it has the file
  selfish            leaves as soon as it has the file [Kurose & Ross]
  finishes-uploads   passes its last chunk on, finishes its uploads, leaves [Bharambe et al. 2006]
  altruistic         stays as a seed, for ever or for a drawn time `linger` [Kurose & Ross]
  share-ratio        stays until it has uploaded a multiple of what it downloaded
                     [practice of clients and trackers]
  at                 an initial seed that leaves at a set time [study of swarm death]
  after-copies       leaves once it has uploaded so many copies of the file [study of swarm death]
  abort_rate         a key of its own: leechers give up at this rate [θ of Qiu & Srikant 2004]
  crash              a key of its own: peers vanish without notice, found out after a timeout
                     [churn]
"##);
}

#[test]
fn color_is_for_those_who_want_it() {
    assert!(!shown(&["list"]).contains('\x1b'));
    assert!(shown(&["list", "--color", "always"]).contains('\x1b'));
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = shown(&["completions", shell]);
        for command in ["run", "check", "list", "theory", "new", "schema", "completions"] {
            assert!(script.contains(command), "`{command}` in {shell}");
        }
    }
}

#[test]
fn the_schema_is_json() {
    let schema: serde_json::Value = serde_json::from_str(&shown(&["schema"])).expect("JSON");
    assert!(schema.is_object());
}

#[test]
fn new_writes_a_scenario_and_never_overwrites_one() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let first = swarmsim(home.path(), &["new", "mine.toml"]);
    assert!(first.status.success());
    insta::assert_snapshot!(text(&first.stdout), @r##"
Wrote mine.toml. Read it, change it, then:
  swarmsim run mine.toml
"##);
    let written = fs::read_to_string(home.path().join("mine.toml")).expect("there");
    assert!(written.contains("# Run it:    swarmsim run mine.toml\n") && written.contains("name = \"mine\"\n"));
    // What cannot be a name or stand in a comment keeps the names of the starter.
    let odd = swarmsim(home.path(), &["new", "o dd\n.toml"]);
    assert!(odd.status.success());
    assert!(swarmsim(home.path(), &["check", "o dd\n.toml"]).status.success());

    fs::write(home.path().join("mine.toml"), "# my own").expect("written");
    let second = swarmsim(home.path(), &["new", "mine.toml"]);
    assert_eq!(second.status.code(), Some(2));
    insta::assert_snapshot!(text(&second.stderr), @r##"
error: `mine.toml` exists already: go on with it, or choose another name
"##);
    assert_eq!(
        fs::read_to_string(home.path().join("mine.toml")).expect("there"),
        "# my own"
    );
}

#[test]
fn a_wrong_detail_level_is_a_usage_error() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let output = swarmsim(home.path(), &["run", "mine.toml", "--detail", "peers"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stderr), @r##"
error: invalid value 'peers' for '--detail <LEVELS>': there is no detail `peers`: name any of `transfers`, `unchokes`, `chunks`, or `all`

For more information, try '--help'.
"##);
}

#[test]
fn what_is_wrong_with_a_seed_or_a_command_says_what_is_wanted() {
    let home = tempfile::tempdir().expect("a temporary directory");
    for seed in ["-1", "abc"] {
        let output = swarmsim(home.path(), &["run", "mine.toml", "--seed", seed]);
        assert_eq!(output.status.code(), Some(2));
        let wanted = format!(
            "error: invalid value '{seed}' for '--seed <N>': a whole number from 0 to 18446744073709551615 is wanted\n"
        );
        assert!(text(&output.stderr).starts_with(&wanted), "{}", text(&output.stderr));
    }
    let output = swarmsim(home.path(), &["mine.toml"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stderr), @r##"
error: unrecognized subcommand 'mine.toml'

  tip: to simulate a scenario: swarmsim run mine.toml

Usage: swarmsim [OPTIONS] <COMMAND>

For more information, try '--help'.
"##);
}

#[test]
fn groups_in_single_brackets_are_one_error() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let scenario = "name = \"a\"\n[file]\nsize = \"1 MiB\"\n[group]\nname = \"a\"\ncount = 1\n[group]\nname = \"b\"\ncount = 3\n\n[group]\nname = \"c\"\n";
    fs::write(home.path().join("mine.toml"), scenario).expect("written");
    let output = swarmsim(home.path(), &["check", "mine.toml"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stderr), @r##"
error: not TOML: this table is here already
 --> mine.toml:7:2
  |
7 | [group]
  |  ^^^^^
  |
  = help: a table of which there are several, as [[group]] and [[figure]], begins with double brackets; each other one stands once

error: not TOML: this table is here already
  --> mine.toml:11:2
   |
11 | [group]
   |  ^^^^^
   |
   = help: a table of which there are several, as [[group]] and [[figure]], begins with double brackets; each other one stands once
"##);
}

#[test]
fn a_missing_scenario_is_a_scenario_error_and_writes_nothing() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let output = swarmsim(home.path(), &["run", "mine.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("mine.toml"));
    assert_eq!(fs::read_dir(home.path()).expect("there").count(), 0);
}

#[test]
fn an_existing_directory_is_refused_and_left_alone() {
    let home = tempfile::tempdir().expect("a temporary directory");
    swarmsim(home.path(), &["new", "mine.toml"]);
    fs::create_dir(home.path().join("out")).expect("made");
    fs::write(home.path().join("out/thesis.tex"), "ten years of work").expect("written");

    let refused = swarmsim(home.path(), &["run", "mine.toml", "--out", "out"]);
    assert_eq!(refused.status.code(), Some(2));
    insta::assert_snapshot!(text(&refused.stderr), @r##"
error: `out` exists and is no result of swarmsim (it lacks scenario.toml or summary.csv): choose another directory with --out
"##);

    let forced = swarmsim(home.path(), &["run", "mine.toml", "--out", "out", "--force"]);
    assert_eq!(forced.status.code(), Some(2));
    insta::assert_snapshot!(text(&forced.stderr), @r##"
error: `out` exists and is no result of swarmsim (it lacks scenario.toml or summary.csv): choose another directory with --out
"##);
    assert_eq!(fs::read_dir(home.path()).expect("there").count(), 2);
    assert_eq!(
        fs::read_to_string(home.path().join("out/thesis.tex")).expect("there"),
        "ten years of work"
    );
}

#[test]
fn a_place_where_nothing_can_be_written_is_named() {
    let home = tempfile::tempdir().expect("a temporary directory");
    swarmsim(home.path(), &["new", "mine.toml"]);
    let output = swarmsim(home.path(), &["run", "mine.toml", "--out", "mine.toml/out"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(text(&output.stderr), @r##"
error: cannot look at `mine.toml/out`: Not a directory (os error 20)
"##);
}

/// `swarmsim list | head -1` is no reason to panic.
#[test]
#[cfg(unix)]
fn a_closed_pipe_is_no_error() {
    let program = assert_cmd::cargo::cargo_bin("swarmsim");
    let script = format!("'{}' list | true; exit ${{PIPESTATUS[0]}}", program.display());
    let output = std::process::Command::new("bash")
        .args(["-c", &script])
        .output()
        .expect("bash runs");
    assert_eq!(text(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn the_version_names_the_commit() {
    let said = shown(&["--version"]);
    let commit = said
        .strip_prefix(&format!("swarmsim {} (", env!("CARGO_PKG_VERSION")))
        .and_then(|rest| rest.strip_suffix(")\n"))
        .map(|commit| commit.strip_suffix(" with changes").unwrap_or(commit));
    // Sources that are no git repository have none.
    let is_hash = |commit: &str| commit.len() >= 12 && commit.chars().all(|c| c.is_ascii_hexdigit());
    assert!(
        commit.is_some_and(is_hash) || said == format!("swarmsim {}\n", env!("CARGO_PKG_VERSION")),
        "{said}"
    );
    assert_eq!(shown(&["-V"]), format!("swarmsim {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_command_has_a_manual_page() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let directory = home.path().join("man");
    let output = swarmsim(home.path(), &["man", "man"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let help = shown(&["--help"]);
    let commands = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    for command in commands
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
    {
        let page = fs::read_to_string(directory.join(format!("swarmsim-{command}.1")));
        assert!(page.is_ok_and(|page| page.contains(".SH SYNOPSIS")), "{command}");
    }
    let refused = swarmsim(home.path(), &["man", "/proc/nowhere"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("cannot write manual pages to `/proc/nowhere`"));
}

/// `check` looks at what `validate` would read, with the same limits.
#[test]
fn measured_times_elsewhere_are_not_read() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    let times = elsewhere.path().join("times.csv");
    fs::write(&times, "group,completion_time_s\nleechers,1\n").expect("written");
    fs::copy(&times, home.path().join("times.csv")).expect("copied");
    let outside = times.display().to_string();
    for (measured, is_read) in [("times.csv", true), (outside.as_str(), false), ("../times.csv", false)] {
        let scenario = format!(
            "{}\n[[expect]]\nid = \"X-1\"\ntier = \"b\"\nsays = \"so\"\nsource = \"a paper\"\n\
             distribution = {{ group = \"leechers\", measured = \"{measured}\", distance = 0.5 }}\n",
            swarmsim::scenario::starter()
        );
        fs::write(home.path().join("scenario.toml"), scenario).expect("written");
        let output = swarmsim(home.path(), &["check", "scenario.toml"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.success(), is_read, "{measured}: {said}");
        assert!(is_read || said.contains("it is not beside the scenario"), "{said}");
    }
}
