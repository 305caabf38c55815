//! What the mix of a group comes to: names, shares, what an entry inherits, overrides.

use std::path::Path;

use swarmsim::scenario::model::{Choking, Departure, Group, Picker, Slots};
use swarmsim::scenario::{LoadOptions, Scenario, parse};
use swarmsim::units::SimDuration;

const MIXED: &str = r#"name = "mixed"
file.size = "1 MiB"

[[group]]
name = "origin"
count = 1
upload = "1 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 50
upload = "1 Mbit/s"
connections = { initiate = 7, accept = 9 }
rechoke.interval = "5 s"
mix = [
  { },
  { name = "riders", share = 0.2, choking = "free-rider" },
  { share = 0.1, choking.random.slots = 3, picking = "sequential", departure = "altruistic", rechoke.phase = "aligned", connections.accept = 20 },
]

[[group]]
name = "one"
count = 1
upload = "1 Mbit/s"
"#;

fn load(sets: &[&str]) -> Scenario {
    let options = LoadOptions {
        sets: sets.iter().map(ToString::to_string).collect(),
        seed: None,
        ..LoadOptions::default()
    };
    let loaded = parse(MIXED, "mixed.toml", Path::new(""), &options).unwrap_or_else(|error| panic!("{error}"));
    let again = parse(
        &loaded.scenario.to_toml(),
        "again.toml",
        Path::new(""),
        &LoadOptions::default(),
    );
    assert_eq!(
        again.unwrap_or_else(|error| panic!("{error}")).scenario,
        loaded.scenario
    );
    loaded.scenario
}

fn named<'a>(scenario: &'a Scenario, name: &str) -> &'a Group {
    let found = scenario.groups.iter().find(|group| group.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {:?}", names(scenario)))
}

fn names(scenario: &Scenario) -> Vec<&str> {
    scenario.groups.iter().map(|group| group.name.as_str()).collect()
}

fn counts(scenario: &Scenario) -> Vec<u32> {
    scenario.groups.iter().filter_map(Group::count_known).collect()
}

#[test]
fn an_entry_is_a_group_of_its_own() {
    let scenario = load(&[]);
    assert_eq!(
        names(&scenario),
        [
            "origin",
            "leechers/tit-for-tat",
            "leechers/riders",
            "leechers/random",
            "one"
        ]
    );
    assert_eq!(counts(&scenario), [1, 35, 10, 5, 1]);
    let sizes: Vec<_> = scenario.cohorts().map(<[Group]>::len).collect();
    assert_eq!(sizes, [1, 3, 1]);
}

#[test]
fn what_an_entry_leaves_out_is_as_the_group_says() {
    let scenario = load(&[]);
    let plain = named(&scenario, "leechers/tit-for-tat");
    let riders = named(&scenario, "leechers/riders");
    let random = named(&scenario, "leechers/random");
    assert!(matches!(plain.choking, Choking::TitForTat(_)));
    assert!(matches!(plain.seeding, Choking::Fastest(_)));
    assert_eq!(
        (&riders.choking, &riders.seeding),
        (&Choking::FreeRider, &Choking::FreeRider)
    );
    assert_eq!((riders.connections.initiate, riders.connections.accept), (7, 9));
    assert_eq!(random.choking, Choking::Random { slots: Slots::Fixed(3) });
    assert_eq!(random.picking.picker, Picker::Sequential);
    assert_eq!(
        (&random.departure, &plain.departure),
        (&Departure::Stays, &Departure::Selfish)
    );
    assert_eq!((random.connections.initiate, random.connections.accept), (7, 20));
    assert_eq!(random.rechoke.interval, SimDuration::from_secs(5));
    assert_ne!(random.rechoke.phase, plain.rechoke.phase);
    let seeding = load(&["group.leechers.seeding=\"altruist\""]);
    assert_eq!(named(&seeding, "leechers/riders").seeding, Choking::Altruist);
}

#[test]
fn a_large_view_brings_its_own_limits() {
    let limits = |sets: &[&str], name: &str| {
        let scenario = load(sets);
        let group = named(&scenario, name);
        (group.large_view, group.connections.initiate, group.connections.accept)
    };
    let wide = "group.leechers.mix.riders.large_view=true";
    assert_eq!(limits(&[wide], "leechers/riders"), (true, 500, 500));
    assert_eq!(limits(&[wide], "leechers/tit-for-tat"), (false, 7, 9));
    let bounded = "group.leechers.mix.riders.connections.accept=600";
    assert_eq!(limits(&[wide, bounded], "leechers/riders"), (true, 500, 600));
    assert_eq!(limits(&["group.one.large_view=true"], "one"), (true, 500, 500));
    let all = "group.leechers.large_view=true";
    assert_eq!(limits(&[all], "leechers/riders"), (true, 7, 9));
    let narrow = "group.leechers.mix.riders.large_view=false";
    assert_eq!(limits(&[all, narrow], "leechers/riders"), (false, 40, 80));
}

#[test]
fn overrides_reach_entries_by_name_and_by_index() {
    assert_eq!(
        counts(&load(&["group.leechers.mix.riders.share=0.4"])),
        [1, 25, 20, 5, 1]
    );
    assert_eq!(counts(&load(&["group.leechers.mix.random.share=0"])), [1, 40, 10, 0, 1]);
    assert_eq!(
        counts(&load(&["group.1.mix.1.share=0.9", "group.1.mix.0.share=0.0"])),
        [1, 0, 45, 5, 1]
    );
    let slots = load(&["group.leechers.mix.tit-for-tat.choking.tit-for-tat.regular_slots=2"]);
    let Choking::TitForTat(rule) = &named(&slots, "leechers/tit-for-tat").choking else {
        panic!("not tit-for-tat")
    };
    assert_eq!(rule.regular_slots, Slots::Fixed(2));
    let inherited = load(&[
        "group.leechers.choking=\"altruist\"",
        "group.leechers.mix.altruist.share=0.7",
    ]);
    assert_eq!(named(&inherited, "leechers/altruist").choking, Choking::Altruist);
    let whole = load(&["group.one.mix=[{ choking = \"fastest\" }]"]);
    assert_eq!(whole.groups[4].name, "one/fastest");
}

#[test]
fn what_no_entry_takes_from_its_group_is_warned_of() {
    let warnings = |mix: &str| {
        let text = format!(
            "name = \"mixed\"\nfile.size = \"1 MiB\"\n[[group]]\nname = \"all\"\ncount = 5\nupload = \"1 Mbit/s\"\nchoking = \"random\"\nmix = {mix}\n"
        );
        let loaded = parse(&text, "mixed.toml", Path::new(""), &LoadOptions::default());
        loaded.unwrap_or_else(|error| panic!("{error}")).warnings.join("\n")
    };
    let unused = warnings("[{ choking = \"tit-for-tat\" }, { share = 0.5, choking = \"free-rider\" }]");
    assert!(
        unused.contains("each entry of this mix has a `choking` of its own"),
        "{unused}"
    );
    assert!(unused.contains("group.all.mix.0.choking"), "{unused}");
    let taken = warnings("[{}, { share = 0.5, choking = \"free-rider\" }]");
    assert!(!taken.contains("of its own"), "{taken}");
}
