//! Which scenarios fit a theory, and with which numbers.

use std::path::Path;

use super::{Misfit, Report, guo, hajek_zhu, kurose_ross, mundinger, piatek, qiu_srikant};
use crate::scenario::{LoadOptions, Scenario, parse};

/// The scenario whose seed is `origin` and whose other groups are `groups`, in TOML.
fn scenario(origin: &str, groups: &str) -> Scenario {
    let text = format!(
        "name = \"theory\"\nfile.size = \"100 MB\"\nfile.chunk_size = \"1 MB\"\n\
         [[group]]\nname = \"origin\"\ncount = 1\nstarts_with = \"all\"\nupload = \"1 MB/s\"\n{origin}\n{groups}"
    );
    let loaded = parse(&text, "theory.toml", Path::new(""), &LoadOptions::default());
    loaded
        .unwrap_or_else(|error| panic!("{}", error.render(false)))
        .scenario
}

/// A hundred leechers with the keys `more`.
fn hundred(more: &str) -> String {
    format!("[[group]]\nname = \"peers\"\ncount = 100\nupload = \"1 MB/s\"\n{more}")
}

fn kurose_ross(scenario: &Scenario) -> Result<Report, Misfit> {
    kurose_ross::Numbers::from_scenario(scenario)?.report()
}

fn piatek(scenario: &Scenario) -> Result<Report, Misfit> {
    piatek::Numbers::from_scenario(scenario)?.report()
}

fn hajek_zhu(scenario: &Scenario) -> Result<Report, Misfit> {
    hajek_zhu::Numbers::from_scenario(scenario)?.report()
}

fn mundinger(scenario: &Scenario) -> Result<Report, Misfit> {
    mundinger::Numbers::from_scenario(scenario)?.report()
}

fn guo(scenario: &Scenario) -> Result<Report, Misfit> {
    guo::Numbers::from_scenario(scenario)?.report()
}

fn qiu_srikant(scenario: &Scenario) -> Result<Report, Misfit> {
    qiu_srikant::Numbers::from_scenario(scenario)?.report()
}

fn refused(answer: Result<Report, Misfit>, why: &str) {
    let misfit = answer.expect_err("it does not fit").to_string();
    assert!(misfit.contains(why), "{misfit}");
}

fn notes(answer: Result<Report, Misfit>) -> String {
    answer.expect("it fits").notes.join("\n")
}

fn given(report: &Report, symbol: &str) -> f64 {
    let line = report.given.iter().find(|line| line.symbol == symbol);
    match line.map(|line| &line.value) {
        Some(super::Value::Number { value, .. }) => *value,
        other => panic!("{symbol} is {other:?}"),
    }
}

#[test]
fn a_mix_has_as_many_peers_as_its_group() {
    let mix = "mix = [{ choking = \"tit-for-tat\" }, { share = 0.2, choking = \"free-rider\" }]";
    let report = kurose_ross(&scenario("", &hundred(mix))).expect("it fits");
    assert_eq!((given(&report, "N"), given(&report, "Σu")), (100.0, 80e6));
}

#[test]
fn a_mix_weighs_as_much_as_its_peers() {
    let others = "\n[[group]]\nname = \"others\"\ncount = 100\nupload = \"2 MB/s\"";
    let mix = "mix = [{ choking = \"tit-for-tat\" }, { share = 0.2, choking = \"propshare\" }]";
    let report = piatek(&scenario("", &(hundred(mix) + others))).expect("it fits");
    assert_eq!((given(&report, "b(1000000)"), given(&report, "b(2000000)")), (0.5, 0.5));
    let alone = piatek(&scenario("", &hundred(mix))).expect("it fits");
    assert_eq!((alone.given.len(), given(&alone, "b(1000000)")), (1, 1.0));
}

#[test]
fn seeds_that_never_upload_are_no_servers() {
    let more =
        "[[group]]\nname = \"idle\"\ncount = 5\nupload = \"1 MB/s\"\nstarts_with = \"all\"\nseeding = \"free-rider\"\n";
    let report = kurose_ross(&scenario("", &(more.to_owned() + &hundred("")))).expect("it fits");
    assert_eq!(given(&report, "u_s"), 1e6);
}

const OPEN: &str = "[[group]]\nname = \"peers\"\nupload = \"1 MB/s\"\narrival.poisson.rate = \"1 /s\"\n";
const CLUB: &str = "[[group]]\nname = \"club\"\ncount = 50\nupload = \"1 MB/s\"\nstarts_with = { all-but = 1 }\n";

#[test]
fn hajek_zhu_wants_peers_that_upload_any_useful_chunk_and_leave() {
    let swarm = |club: &str, open: &str| scenario("", &format!("{CLUB}{club}\n{OPEN}{open}"));
    assert!(hajek_zhu(&swarm("", "")).is_ok());
    for (keys, expected) in [
        ("choking = \"free-rider\"", "free riders"),
        ("picking = \"mode-suppression\"", "any useful chunk"),
        ("abort_rate = \"0.01 /s\"", "no aborts"),
        ("crash.rate = \"0.01 /s\"", "no crashes"),
    ] {
        refused(hajek_zhu(&swarm("", keys)), expected);
        refused(hajek_zhu(&swarm(keys, "")), expected);
    }
    refused(hajek_zhu(&swarm("departure = \"altruistic\"", "")), "never leave");
    let idle = "departure.altruistic.linger = \"1 s\"\nseeding = \"free-rider\"";
    refused(hajek_zhu(&swarm("", idle)), "free riders");
}

#[test]
fn mundinger_wants_all_to_upload() {
    assert!(mundinger(&scenario("", &hundred(""))).is_ok());
    refused(
        mundinger(&scenario("", &hundred("choking = \"free-rider\""))),
        "free riders",
    );
    refused(
        mundinger(&scenario("seeding = \"free-rider\"", &hundred(""))),
        "`origin` never uploads",
    );
}

#[test]
fn notes_say_what_a_theory_leaves_out() {
    let ends = "arrival.poisson.until = \"1 h\"\ncount = 7\ndownload = \"2 MB/s\"";
    let open = scenario("", &format!("{OPEN}{ends}"));
    for answer in [hajek_zhu(&open), qiu_srikant(&open)] {
        assert!(notes(answer).contains("arrivals of `peers` end after 3600 s or with 7 peers"));
    }
    let lasting = scenario("", &format!("{OPEN}download = \"2 MB/s\""));
    assert!(!notes(qiu_srikant(&lasting)).contains("left out"));
    let decaying = "[[group]]\nname = \"peers\"\nupload = \"1 MB/s\"\ndeparture.altruistic.linger = \"2 min\"\n\
                    arrival.decaying = { initial_rate = \"1 /s\", decay = \"1 h\" }\n";
    let keys = "count = 7\nabort_rate = \"0.01 /s\"\ncrash.rate = \"0.01 /s\"";
    let said = notes(guo(&scenario("", &format!("{decaying}{keys}"))));
    for part in ["end with 7 peers", "`peers` abort and crash", "the seeds of `origin`"] {
        assert!(said.contains(part), "{said}");
    }
    refused(
        guo(&scenario("", &format!("{decaying}choking = \"free-rider\""))),
        "free riders",
    );
}

#[test]
fn a_stay_has_the_mean_of_what_is_drawn_within_its_bounds() {
    let stay = "departure.altruistic.linger = { exponential = { mean = \"100 s\" }, at_most = \"100 s\" }";
    let numbers = hajek_zhu::Numbers::from_scenario(&scenario("", &format!("{OPEN}{stay}"))).expect("it fits");
    assert!(
        (numbers.linger_s - 100.0 * (1.0 - libm::exp(-1.0))).abs() < 1e-9,
        "{numbers:?}"
    );
}
