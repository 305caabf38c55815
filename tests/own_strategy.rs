//! Chokers of one's own, by way of the public interface alone.

use std::fs;
use std::path::Path;

use clap::Parser;
use swarmsim::choking::{Choker, Grant, OwnChokers, RechokeView, Seats};
use swarmsim::cli::{Cli, Failure};
use swarmsim::engine::{self, Control, NoObserver, RunFault, RunOptions};
use swarmsim::rng::Rng;
use swarmsim::scenario::{LoadOptions, Loaded, parse};

/// Gives one neighbour all it has; which one is drawn anew each time.
struct OneByLot;

impl Choker for OneByLot {
    fn slots(&self) -> usize {
        1
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        Seats::new(view, self.slots(), grants).draw(rng, |_| 1);
    }
}

const SWARM: &str = r#"name = "own"
file.size = "2 MiB"

[[group]]
name = "origin"
count = 1
upload = "5 Mbit/s"
starts_with = "all"
seeding = "one-by-lot"

[[group]]
name = "leechers"
count = 20
upload = "1 Mbit/s"
mix = [{}, { share = 0.5, choking = "one-by-lot" }]
"#;

fn own() -> OwnChokers {
    OwnChokers::new().with("one-by-lot", |_| Box::new(OneByLot))
}

fn load(names: &[&str]) -> Result<Loaded, String> {
    let options = LoadOptions {
        own_chokers: names.iter().map(ToString::to_string).collect(),
        ..LoadOptions::default()
    };
    parse(SWARM, "own.toml", Path::new(""), &options).map_err(|error| error.to_string())
}

#[test]
fn the_command_line_plays_a_registered_choker() {
    let home = tempfile::tempdir().expect("a folder");
    let (file, out) = (home.path().join("own.toml"), home.path().join("out"));
    fs::write(&file, SWARM).expect("written");
    let run = |own: &OwnChokers| {
        let (file, out) = (file.display().to_string(), out.display().to_string());
        Cli::parse_from(["swarmsim", "run", &file, "--quiet", "--check-invariants", "--out", &out]).run(own)
    };
    assert!(matches!(run(&OwnChokers::new()), Err(Failure::Scenario(_))));
    run(&own()).expect("a run");
    let mut reader = csv::Reader::from_path(out.join("peers.csv")).expect("peers.csv");
    let strategies: Vec<String> = reader.records().map(|row| row.expect("a row")[2].to_string()).collect();
    let count = |name: &str| strategies.iter().filter(|strategy| *strategy == name).count();
    assert_eq!((count("one-by-lot"), count("tit-for-tat")), (11, 10));
    let resolved = fs::read_to_string(out.join("scenario.toml")).expect("the scenario of the result");
    assert!(resolved.contains("choking = \"one-by-lot\""), "{resolved}");
}

#[test]
fn a_choker_that_nobody_registered_is_an_error_and_no_panic() {
    let error = load(&[]).unwrap_err();
    assert!(
        error.contains("`one-by-lot` is not one of the alternatives here"),
        "{error}"
    );
    assert!(error.contains("docs/own-strategy.md"), "{error}");
    let near = load(&["one-by-lots"]).unwrap_err();
    assert!(near.contains("did you mean `one-by-lots`?"), "{near}");

    let scenario = load(&["one-by-lot"]).expect("registered").scenario;
    let run = |options| engine::run(&scenario, options, &mut NoObserver, &mut |_| Control::Continue);
    let unknown = run(RunOptions::default()).unwrap_err();
    assert!(matches!(unknown, RunFault::UnknownChoker(name) if name == "one-by-lot"));
    let options = RunOptions {
        own_chokers: own(),
        check_invariants: true,
        ..RunOptions::default()
    };
    run(options).expect("a run");
}

#[test]
fn a_registered_name_is_a_name_and_not_one_of_swarmsims() {
    let taken = load(&["one-by-lot", "random"]).unwrap_err();
    assert!(taken.contains("swarmsim has a choker `random` itself"), "{taken}");
    let bad = load(&["one/two"]).unwrap_err();
    assert!(bad.contains("`/` cannot stand in a name"), "{bad}");
}

#[test]
fn the_guide_shows_the_example_as_it_is() {
    let read = |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path);
    let (guide, example) = (read("docs/own-strategy.md"), read("examples/own_strategy.rs"));
    let code = example.split_once("\n\n").expect("a comment, then code").1;
    assert!(
        guide.contains(code.trim_end()),
        "docs/own-strategy.md should show examples/own_strategy.rs"
    );
    assert!(guide.contains(read("examples/own_strategy.toml").trim_end()));
}
