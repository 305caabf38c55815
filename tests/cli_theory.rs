//! `swarmsim theory` as a whole: from a scenario, from options, and what is refused.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

fn theory(args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("swarmsim").expect("the program is built");
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .arg("theory")
        .args(args);
    command.output().expect("the program runs")
}

fn shown(args: &[&str]) -> String {
    let output = theory(args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn refused(args: &[&str]) -> String {
    let output = theory(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

const FIGURE: [&str; 11] = [
    "kurose-ross",
    "--peers",
    "30",
    "--size",
    "180 MB",
    "--server",
    "4 Mbit/s",
    "--upload",
    "400 kbit/s",
    "--download",
    "4 Mbit/s",
];

const QIU: [&str; 5] = ["qiu-srikant", "--arrivals", "1 /s", "--upload", "1 Mbit/s"];

#[test]
fn alone_it_lists_all() {
    let list = shown(&[]);
    for (name, _, source) in swarmsim::theory::THEORIES {
        assert!(list.contains(name) && list.contains(source), "{name}");
    }
}

#[test]
fn a_scenario_and_the_same_numbers_as_options_agree() {
    let scenario = shown(&["kurose-ross", "scenarios/peer_to_peer.toml"]);
    assert_eq!(scenario, shown(&FIGURE));
    assert!(scenario.contains("2700 s"), "{scenario}");
    let more = shown(&[
        "kurose-ross",
        "scenarios/peer_to_peer.toml",
        "--set",
        "group.peers.count=10",
    ]);
    assert!(more.contains("1800 s"), "{more}");
}

#[test]
fn the_curve_is_csv() {
    let csv = shown(&[&FIGURE[..], &["--csv"]].concat());
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines[0], "peers,client_server_s,p2p_s");
    assert_eq!((lines.len(), lines[30]), (31, "30,10800,2700"));
}

#[test]
fn json_has_every_number() {
    let json: serde_json::Value =
        serde_json::from_str(&shown(&["qiu-srikant", "scenarios/steady_state.toml", "--json"])).expect("JSON");
    let results = json["results"].as_array().expect("results");
    let value = |symbol: &str| results.iter().find(|r| r["symbol"] == symbol).expect("there")["value"].as_f64();
    assert!((value("x").expect("a number") - 240.0).abs() < 0.01);
    assert!((value("T").expect("a number") - 600.0).abs() < 0.01);
    assert_eq!(json["curve"]["columns"][1], "leechers");
}

#[test]
fn each_theory_takes_a_scenario_of_its_kind() {
    let cases = [
        ("kurose-ross", "client_server.toml", "10800 s"),
        ("guo", "decaying_flash_crowd.toml", "14739.6 s"),
        ("piatek", "bandwidth_classes.toml", "PIA-4"),
        ("yang-de-veciana", "peer_to_peer.toml", "3625.71 s"),
    ];
    for (name, file, expected) in cases {
        let text = shown(&[name, &format!("scenarios/{file}")]);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let cases = [
        (
            vec!["kurose-ross", "scenarios/steady_state.toml"],
            "`peers` come one by one",
        ),
        (vec!["guo", "scenarios/steady_state.toml"], "wants arrival.decaying"),
        (
            vec!["hajek-zhu", "scenarios/peer_to_peer.toml"],
            "one group with arrival.poisson",
        ),
        (vec!["mundinger", "scenarios/peer_to_peer.toml"], "different rates"),
        (vec!["kurose-ross"], "give a scenario file"),
        (vec!["kurose-ross", "--peers", "3"], "not provided: size"),
        (vec!["mundinger", "--chunks", "0", "--peers", "1"], "number of chunks"),
        (vec!["mundinger", "--chunks", "1", "--peers", "0"], "number of peers"),
        (
            vec!["guo", "--initial-rate", "0.5 /h", "--decay", "1 h", "--linger", "1 s"],
            "never lives",
        ),
        (
            vec!["guo", "--initial-rate", "1", "--decay", "1 h", "--linger", "1 s"],
            "has no unit",
        ),
        (
            [&QIU[..], &["--size", "0 B"]].concat(),
            "--size is 0: it must be above 0",
        ),
        (
            [&QIU[..], &["--size", "1 MB", "--chunks", "1", "--neighbours", "4"]].concat(),
            "the file has 1 of the 2 chunks",
        ),
    ];
    for (args, expected) in cases {
        let error = refused(&args);
        assert!(error.contains(expected), "{args:?}: {error}");
    }
    let both = [&FIGURE[..], &["scenarios/peer_to_peer.toml"]].concat();
    assert!(refused(&both).contains("not from both"));
    let no_curve = refused(&[
        "hajek-zhu",
        "--arrivals",
        "1 /s",
        "--seed-chunks",
        "1 /s",
        "--peer-chunks",
        "1 /s",
        "--csv",
    ]);
    assert!(no_curve.contains("no curve"), "{no_curve}");
}
