//! Presets, overrides and defaults: what a scenario comes to.

use std::path::Path;

use swarmsim::scenario::draw::Shape;
use swarmsim::scenario::model::{BitTyrant, Capacity, Choking, Discovery, Picker, PropShare, Slots, StrictPriority};
use swarmsim::scenario::{LoadOptions, Scenario, parse, starter};
use swarmsim::units::{Bytes, BytesPerSec, SimDuration};

fn load(text: &str, sets: &[&str], seed: Option<u64>) -> Result<Scenario, String> {
    let options = LoadOptions {
        sets: sets.iter().map(ToString::to_string).collect(),
        seed,
        ..LoadOptions::default()
    };
    parse(text, "s.toml", Path::new(""), &options)
        .map(|loaded| loaded.scenario)
        .map_err(|error| error.to_string())
}

fn with(sets: &[&str]) -> Scenario {
    load(starter(), sets, None).unwrap_or_else(|error| panic!("{error}"))
}

/// The constants of each client, as docs and literature give them.
#[test]
fn presets() {
    let auto = Slots::Auto;
    let fixed = Slots::Fixed;
    // name, interval s, every, window s, slots, optimistic, snub s, weight, initiate, accept, peers returned
    let table = [
        ("textbook", 10, 3, 20, fixed(4), 1, 60, 3, 40, 80, 50),
        ("mainline-3.4", 10, 3, 20, fixed(6), 1, 30, 3, 35, 55, 50),
        ("mainline-4.0", 10, 3, 20, auto, 1, 30, 1, 40, 80, 50),
        ("libtorrent", 15, 2, 15, fixed(7), 1, 60, 1, 200, 200, 200),
    ];
    for (name, interval, every, window, slots, optimistic, snub, weight, initiate, accept, returned) in table {
        let scenario = with(&[&format!("preset=\"{name}\"")]);
        let group = &scenario.groups[1];
        assert_eq!(group.rechoke.interval, SimDuration::from_secs(interval), "{name}");
        assert_eq!(
            (group.rechoke.optimistic_every, group.rechoke.rate_window),
            (every, SimDuration::from_secs(window))
        );
        let Choking::TitForTat(rule) = &group.choking else {
            panic!("{:?}", group.choking)
        };
        assert_eq!(
            (rule.regular_slots, rule.optimistic_slots),
            (slots, optimistic),
            "{name}"
        );
        assert_eq!(
            (rule.snub_after, rule.new_neighbour_weight),
            (Some(SimDuration::from_secs(snub)), weight),
            "{name}"
        );
        assert_eq!(
            (group.connections.initiate, group.connections.accept),
            (initiate, accept),
            "{name}"
        );
        assert_eq!(
            (group.picking.picker, group.picking.random_first),
            (Picker::RarestFirst, 4)
        );
        let rarity_goes_first = group.picking.strict_priority == StrictPriority::UnlessRarer;
        assert_eq!(rarity_goes_first, name == "libtorrent", "{name}");
        let Discovery::Tracker(tracker) = &scenario.discovery else {
            panic!("no tracker")
        };
        assert_eq!(tracker.peers_returned, returned, "{name}");
        let seeds_fit = match name {
            "mainline-4.0" => group.seeding == Choking::RoundRobin { slots: auto },
            "libtorrent" => {
                let quota_time = SimDuration::from_secs(60);
                group.seeding
                    == Choking::Libtorrent {
                        slots: 8,
                        optimistic_slots: 1,
                        quota_chunks: 20,
                        quota_time,
                    }
            }
            _ => matches!(group.seeding, Choking::Fastest(rule) if rule.regular_slots == slots),
        };
        assert!(seeds_fit, "{name}: {:?}", group.seeding);
    }
}

#[test]
fn a_groups_preset_goes_before_the_scenarios_and_a_key_before_both() {
    let scenario = with(&[
        "group.leechers.preset=\"libtorrent\"",
        "group.leechers.connections.accept=7",
    ]);
    assert_eq!(scenario.groups[0].connections.initiate, 40);
    assert_eq!(scenario.groups[1].connections.initiate, 200);
    assert_eq!(scenario.groups[1].connections.accept, 7);
}

#[test]
fn overrides() {
    assert_eq!(with(&["file.size=\"10 MiB\""]).file.size, Bytes(10 << 20));
    assert_eq!(
        with(&["group.1.choking.random={}"]).groups[1].choking,
        Choking::Random { slots: Slots::Fixed(5) }
    );
    assert_eq!(
        with(&["group.leechers.choking=\"free-rider\""]).groups[1].choking,
        Choking::FreeRider
    );
    let last_wins = with(&[
        "group.leechers.choking.random.slots=3",
        "group.leechers.choking.altruist={}",
    ]);
    assert_eq!(last_wins.groups[1].choking, Choking::Altruist);
    let Choking::TitForTat(rule) = with(&["group.leechers.choking.tit-for-tat.regular_slots=2"]).groups[1]
        .choking
        .clone()
    else {
        panic!("not tit-for-tat")
    };
    assert_eq!((rule.regular_slots, rule.optimistic_slots), (Slots::Fixed(2), 1));
    let bounded = with(&["group.leechers.upload.at_least=\"64 kbit/s\""]);
    let Capacity::Separate { upload, .. } = &bounded.groups[1].capacity else {
        panic!("no upload")
    };
    assert_eq!((&upload.shape, upload.at_least), (&Shape::Constant(125_000.0), 8_000.0));
    let drawn = with(&["group.leechers.upload.exponential.mean=\"1 Mbit/s\""]);
    let Capacity::Separate { upload, .. } = &drawn.groups[1].capacity else {
        panic!("no upload")
    };
    assert_eq!(upload.shape, Shape::Exponential { mean: 125_000.0 });
}

/// A value takes the place of what stood there, be it that of a table at the top or of a group in a list, whose name stays.
#[test]
fn a_table_that_is_set_leaves_nothing_of_the_old_one() {
    let files = [
        "file={size=\"10 MiB\"}",
        "file.chunk_size=\"1 MiB\"",
        "file={size=\"20 MiB\"}",
    ];
    assert_eq!(with(&files).file.chunk_size, Bytes(256 << 10));
    let group = |rest: &str| format!("group.leechers={{upload=\"2 Mbit/s\"{rest}}}");
    let error = load(starter(), &[&group("")], None).expect_err("nothing says how many they are");
    assert!(error.contains("count"), "{error}");
    let leechers = &with(&[&group(", count=3")]).groups[1];
    assert_eq!((leechers.name.as_str(), leechers.count_known()), ("leechers", Some(3)));
    let renamed = with(&[&group(", count=3, name=\"others\"")]);
    assert_eq!(renamed.groups[1].name, "others");
    let mix = "group.leechers.mix=[{}, {name=\"riders\", share=0.2, choking=\"free-rider\", large_view=true}]";
    let mixed = with(&[mix, "group.leechers.mix.riders={share=0.3, choking=\"altruist\"}"]);
    let riders = &mixed.groups[2];
    assert_eq!((riders.name.as_str(), riders.large_view), ("leechers/riders", false));
    assert_eq!((riders.share(), &riders.choking), (0.3, &Choking::Altruist));
}

/// The constants of the papers.
#[test]
fn the_chokers_of_the_papers_have_their_constants() {
    let rule = |name: &str| {
        with(&[&format!("group.leechers.choking=\"{name}\"")]).groups[1]
            .choking
            .clone()
    };
    let slots = Slots::Fixed(5);
    let share = PropShare {
        exploring_share: 0.2,
        optimistic_slots: 1,
    };
    assert_eq!(rule("propshare"), Choking::PropShare(share));
    let tyrant = BitTyrant {
        initial_upload: BytesPerSec(7000.0),
        increase: 0.2,
        decrease: 0.1,
        rounds: 3,
        selfish_cap: None,
    };
    assert_eq!(rule("bittyrant"), Choking::BitTyrant(tyrant));
    assert_eq!(rule("fairtorrent"), Choking::FairTorrent { slots });
    let ahead_chunks = 2;
    assert_eq!(
        rule("tit-for-tat-block"),
        Choking::TitForTatBlock { slots, ahead_chunks }
    );
    assert!(matches!(
        rule("birds"),
        Choking::Birds {
            regular_slots: Slots::Fixed(4),
            optimistic_slots: 1,
            ..
        }
    ));
    let capped = with(&["group.leechers.choking.bittyrant.selfish_cap=\"100 kB/s\""]);
    let Choking::BitTyrant(capped) = capped.groups[1].choking else {
        panic!("not bittyrant")
    };
    assert_eq!(capped.selfish_cap, Some(BytesPerSec(100_000.0)));
    let picking = with(&["group.leechers.picking=\"mode-suppression\""]).groups[1].picking;
    assert_eq!((picking.picker, picking.random_first), (Picker::ModeSuppression, 0));
}

#[test]
fn the_seed_of_the_command_line_wins() {
    assert_eq!(load(starter(), &["seed=5"], None).unwrap().seed, 5);
    assert_eq!(load(starter(), &["seed=5"], Some(7)).unwrap().seed, 7);
    assert!(load(starter(), &[], Some(u64::MAX)).is_err());
}

/// Texts made of pieces of a scenario, whole and broken: an answer or an error, never a panic.
#[test]
fn no_text_panics() {
    let pieces = [
        starter(),
        "[[group]]",
        "[group]",
        "group = [1, \"x\", {}]",
        "group = []",
        "[file]\nsize = \"é 1\"",
        "\u{0}",
        "\u{feff}",
        "name = \"\"\"\n\"\"\"",
        "upload.table = []",
        "choking = {}",
        "choking = [{}]",
        "arrival = 1979-05-27",
        "arrival.trace = {}",
        "seed = -1",
        "seed = 0xffffffffffffffffffff",
        "starts_with = { fraction = {} }",
        "departure.at.time = \"9e99 d\"",
        "capacity_classes = [{}, 1]",
        "x = 1e999",
        "file.chunk_size = \"0 B\"",
        "run = 1",
        "tracker.outages = [{ from = 1 }]",
        "\"\n",
    ];
    for a in pieces {
        for b in pieces {
            let text = format!("{a}\n{b}\n");
            let _ = load(&text, &[], None);
            let _ = load(starter(), &[a, b], None);
            let _ = load(&text, &[&format!("group.0.{b}")], None);
        }
    }
    for cut in (0..starter().len()).filter(|cut| starter().is_char_boundary(*cut)) {
        let _ = load(&starter()[..cut], &[], None);
    }
    let deep = [
        format!("{}=1", "a.".repeat(20_000) + "a"),
        format!("a={}", "[".repeat(20_000)),
        format!("a={}", "{a=".repeat(20_000)),
    ];
    for text in &deep {
        let _ = load(text, &[], None);
        let _ = load(starter(), &[text], None);
    }
}
