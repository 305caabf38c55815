//! The modes without connections: what they refuse, what they keep, and that a one-club is one in every mode.

use std::path::Path;

use swarmsim::engine::Control;
use swarmsim::metrics::{ResultDirectory, Summary};
use swarmsim::runner::{self, Options};
use swarmsim::scenario::{LoadOptions, Scenario, parse};

fn read(text: &str) -> Result<Scenario, String> {
    let loaded = parse(text, "s.toml", Path::new(""), &LoadOptions::default());
    loaded
        .map(|loaded| loaded.scenario)
        .map_err(|error| error.render(false))
}

/// A run with all invariants checked.
fn run(scenario: &Scenario) -> Summary {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let results = ResultDirectory::create(&directory.path().join("out"), false).expect("it can be made");
    let options = Options {
        check_invariants: true,
        ..Options::default()
    };
    runner::run(scenario, results, options, &mut |_| Control::Continue)
        .expect("it runs")
        .summary
}

fn text(mode: &str, top: &str, group: &str) -> String {
    format!(
        "name = \"s\"\n{top}\n[file]\nsize = \"10 MB\"\nchunk_size = \"1 MB\"\n[run]\nmode = {mode}\n\
         [[group]]\nname = \"seed\"\ncount = 1\nupload = \"1 MB/s\"\nstarts_with = \"all\"\n\
         [[group]]\nname = \"peers\"\ncount = 5\nupload = \"1 MB/s\"\n{group}\n"
    )
}

#[test]
fn what_a_mode_has_no_use_for_is_refused_at_its_line() {
    let keys = [
        "download = \"1 MB/s\"",
        "crash.rate = \"1 /h\"",
        "connections.initiate = 3",
        "rechoke.interval = \"5 s\"",
        "super_seeding = false",
        "smart_seeding = false",
        "large_view = true",
        "mix = [{ choking = \"random\" }]",
        "mix = [{ connections.initiate = 3 }]",
        "mix = [{ picking.random = { endgame = true } }]",
        "choking = \"altruist\"",
        "seeding = \"random\"",
        "preset = \"textbook\"",
        "picking.random = { endgame = false }",
        "picking.rarest-first = { random_first = 1 }",
    ];
    for mode in ["\"random-contact\"", "\"rounds\""] {
        for key in keys {
            let error = read(&text(mode, "", key)).expect_err(key);
            assert!(
                error.contains("has no meaning in mode") && error.contains("s.toml:17"),
                "{key}: {error}"
            );
            assert!(read(&text("\"bittorrent\"", "", key)).is_ok(), "{key}");
        }
        for top in [
            "network.latency = \"1 ms\"",
            "tracker.peers_returned = 5",
            "preset = \"textbook\"",
        ] {
            let error = read(&text(mode, top, "")).expect_err(top);
            assert!(
                error.contains("has no meaning in mode") && error.contains("s.toml:2"),
                "{top}: {error}"
            );
        }
    }
}

#[test]
fn free_riders_pickers_and_departures_are_kept() {
    for mode in [
        "\"random-contact\"",
        "\"rounds\"",
        "{ rounds = { receives = \"unlimited\" } }",
        "{ rounds = { receives = 3 } }",
    ] {
        let group = "choking = \"free-rider\"\npicking = \"random\"\ndeparture.altruistic.linger = \"5 s\"\nabort_rate = \"1 /h\"";
        let scenario = read(&text(mode, "", group)).expect("it is fine");
        let again = read(&scenario.to_toml()).expect("what is written can be read");
        assert_eq!(scenario, again, "{}", scenario.to_toml());
    }
}

#[test]
fn in_rounds_all_send_at_the_same_rate() {
    let slower = text("\"rounds\"", "", "").replacen("upload = \"1 MB/s\"", "upload = \"2 MB/s\"", 1);
    let error = read(&slower).expect_err("they differ");
    assert!(error.contains("same constant `upload`"), "{error}");
    assert!(read(&slower.replace("\"rounds\"", "\"random-contact\"")).is_ok());
    let drawn = text("\"rounds\"", "", "").replace(
        "count = 5\nupload = \"1 MB/s\"",
        "count = 5\nupload.exponential.mean = \"1 MB/s\"",
    );
    assert!(read(&drawn).is_err());
    let traced = text("\"rounds\"", "", "").replace(
        "count = 5\n",
        "arrival.trace.peers = [{ at = \"0 s\", upload = \"1 MB/s\" }]\n",
    );
    let error = read(&traced).expect_err("who has what is in the trace");
    assert!(
        error.contains("leave `upload` out of the trace") && error.contains("arrival"),
        "{error}"
    );
    assert!(read(&text("{ rounds = { receives = 0 } }", "", "")).is_err());
}

#[test]
fn a_one_club_lacks_the_first_chunks() {
    for missing in [0, 11] {
        let error = read(&text(
            "\"bittorrent\"",
            "",
            &format!("starts_with = {{ all-but = {missing} }}"),
        ));
        assert!(error.expect_err("out of range").contains("out of range"), "{missing}");
    }
    let group = "starts_with = { all-but = 3 }";
    let scenario = read(&text("\"bittorrent\"", "", group)).expect("it is fine");
    assert_eq!(read(&scenario.to_toml()).expect("it can be read"), scenario);
    for mode in ["\"bittorrent\"", "\"random-contact\"", "\"rounds\""] {
        let scenario = read(&text(mode, "", group)).expect("it is fine");
        let summary = run(&scenario);
        assert_eq!(
            (summary.swarm.completed, summary.swarm.chunk_transfers),
            (5, 15),
            "{mode}"
        );
        assert_eq!(
            summary.swarm.downloaded_bytes - summary.swarm.wasted_bytes,
            15_000_000,
            "{mode}"
        );
    }
}

#[test]
fn a_mix_is_dealt_and_kept_in_random_contact() {
    let mix = "count = 40\nmix = [{ name = \"givers\", departure = \"altruistic\", picking = \"mode-suppression\" }, \
               { name = \"riders\", share = 0.25, choking = \"free-rider\" }]";
    let text = text("\"random-contact\"", "", mix).replace("count = 5\n", "");
    let scenario = read(&text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read(&scenario.to_toml()), Ok(scenario.clone()));
    let summary = run(&scenario);
    let [_, givers, riders] = &summary.groups[..] else {
        panic!("{} groups", summary.groups.len())
    };
    assert_eq!((givers.figures.completed, riders.figures.completed), (30, 10));
    assert_eq!(riders.figures.uploaded_bytes, 0);
    assert!(givers.figures.uploaded_bytes > 0);
}
