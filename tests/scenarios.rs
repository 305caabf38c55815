//! Every committed scenario runs, keeps the invariants, and shows what its comment says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use swarmsim::engine::{Control, Ending};
use swarmsim::metrics::columns::GROUPS;
use swarmsim::metrics::{Figures, ResultDirectory, Summary};
use swarmsim::runner::{self, Options};
use swarmsim::scenario::{LoadOptions, load};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// Runs `scenarios/<name>.toml` into `home`; all invariants are checked when it is `checked`.
fn run_into(home: &Path, name: &str, sets: &[&str], checked: bool) -> Summary {
    let options = LoadOptions {
        sets: sets.iter().map(ToString::to_string).collect(),
        seed: None,
        ..LoadOptions::default()
    };
    let loaded = load(&folder().join(name).with_extension("toml"), &options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.warnings, [""; 0], "{name}");
    let directory = ResultDirectory::create(&home.join("out"), true).expect("room for a result");
    let options = Options {
        check_invariants: checked,
        ..Options::default()
    };
    runner::run(&loaded.scenario, directory, options, &mut |_| Control::Continue)
        .unwrap_or_else(|error| panic!("{name}: {error:?}"))
        .summary
}

fn run(name: &str, sets: &[&str]) -> Summary {
    run_into(tempfile::tempdir().expect("a folder").path(), name, sets, false)
}

fn group<'a>(summary: &'a Summary, name: &str) -> &'a Figures {
    let found = summary.groups.iter().find(|group| group.group == name);
    &found.unwrap_or_else(|| panic!("no group {name}")).figures
}

fn mean(figures: &Figures) -> f64 {
    figures.completion_mean_s.expect("somebody completed")
}

/// `value` is about what the comment of the scenario says.
#[track_caller]
fn about(value: f64, said: f64) {
    assert!(
        (value - said).abs() <= 0.1 * said,
        "the comment says {said}, the run {value}"
    );
}

/// Each scenario with what makes it small, and how it ends.
const SMALL: &[(&str, &[&str])] = &[
    ("bandwidth_classes", &["file.size=\"8 MiB\""]),
    ("client_server", &["file.size=\"8 MiB\""]),
    ("compare_chokers", &["file.size=\"4 MiB\""]),
    ("compare_chunk_size", &["file.size=\"4 MiB\""]),
    (
        "compare_departure",
        &["file.size=\"4 MiB\"", "group.leechers.arrival.poisson.until=\"10 min\""],
    ),
    ("compare_free_riders", &["file.size=\"4 MiB\""]),
    ("compare_half_propshare", &["file.size=\"4 MiB\""]),
    ("compare_neighbours", &["file.size=\"4 MiB\""]),
    ("compare_one_bittyrant", &["file.size=\"4 MiB\""]),
    (
        "compare_one_club",
        &["group.club.count=50", "group.peers.arrival.poisson.until=\"1 min\""],
    ),
    ("compare_pickers", &["file.size=\"4 MiB\""]),
    ("compare_seed_policy", &["file.size=\"4 MiB\""]),
    ("compare_slots", &["file.size=\"4 MiB\""]),
    (
        "decaying_flash_crowd",
        &["file.size=\"4 MiB\"", "group.peers.count=100"],
    ),
    ("flash_crowd", &["file.size=\"4 MiB\"", "group.leechers.count=60"]),
    ("free_riders", &["file.size=\"4 MiB\""]),
    ("large", &["file.size=\"2 MiB\"", "group.leechers.count=300"]),
    ("large_view", &["file.size=\"4 MiB\"", "group.leechers.count=100"]),
    (
        "million",
        &[
            "file.size=\"2 MiB\"",
            "group.slow.count=60",
            "group.medium.count=60",
            "group.fast.count=60",
            "group.seeds.count=2",
        ],
    ),
    (
        "one_club",
        &["group.club.count=50", "group.peers.arrival.poisson.until=\"1 min\""],
    ),
    ("peer_to_peer", &["file.size=\"8 MiB\""]),
    ("rounds", &["group.peers.count=50"]),
    (
        "selfish_altruistic",
        &[
            "file.size=\"4 MiB\"",
            "group.selfish.arrival.poisson.until=\"10 min\"",
            "group.altruistic.arrival.poisson.until=\"10 min\"",
        ],
    ),
    (
        "steady_state",
        &["file.size=\"4 MiB\"", "group.peers.arrival.poisson.until=\"10 min\""],
    ),
    ("trace", &["file.size=\"4 MiB\""]),
];

#[test]
fn every_scenario_runs_small_with_all_invariants() {
    for (name, sets) in SMALL {
        let home = tempfile::tempdir().expect("a folder");
        let summary = run_into(home.path(), name, sets, true);
        assert_eq!(summary.outcome, Ending::AllDone, "{name}");
        let swarm = &summary.swarm;
        assert!(swarm.completed > 0 && swarm.chunk_transfers > 0, "{name}");
        assert_eq!(swarm.uploaded_bytes, swarm.downloaded_bytes, "{name}");
        assert!(
            swarm
                .utilisation
                .is_some_and(|share| share > 0.0 && share <= 1.0 + 1e-9),
            "{name}"
        );
    }
}

#[test]
fn every_scenario_is_among_them_and_opens_with_schema_and_comment() {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder()).expect("scenarios/") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).expect("text");
            assert!(
                text.starts_with("#:schema ./scenario.schema.json\n# "),
                "{}",
                path.display()
            );
            assert!(text.contains("# What to look at"), "{}", path.display());
            names.push(path.file_stem().expect("a name").to_string_lossy().into_owned());
        }
    }
    names.sort();
    let tested: Vec<_> = SMALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, tested);
}

#[test]
fn the_textbook_figure_is_as_its_comments_say() {
    for (peers, server_s, bound_s, together_s) in [
        (5, 1800.0, 1200.0, 1202.0),
        (10, 3600.0, 1800.0, 1835.0),
        (30, 10_800.0, 2700.0, 2777.0),
        (100, 36_000.0, 36_000.0 / 11.0, 3398.0),
    ] {
        let count = format!("group.peers.count={peers}");
        let server = run("client_server", &[&count]);
        assert!((server.makespan_s.expect("all completed") - server_s).abs() < 1e-6);
        let together = run("peer_to_peer", &[&count]);
        assert!((together.lower_bound_s.expect("all at once") - bound_s).abs() < 1e-6);
        about(together.makespan_s.expect("all completed"), together_s);
        assert!((1.0..1.05).contains(&together.makespan_over_bound.expect("all completed")));
    }
    about(
        run("peer_to_peer", &["group.peers.departure=\"selfish\""])
            .makespan_s
            .expect("all completed"),
        3242.0,
    );
}

#[test]
fn classes_keep_to_themselves_where_the_seed_is_strong() {
    let home = tempfile::tempdir().expect("a folder");
    let strong = run_into(home.path(), "bandwidth_classes", &[], false);
    let times = ["slow", "medium", "fast"].map(|class| mean(group(&strong, class)));
    for (time, said) in times.into_iter().zip([51.0, 25.0, 15.0]) {
        about(time / 60.0, said);
    }
    let to_itself = own_class(home.path(), "unchoked_s_while_sender_leeches");
    let by_chance = own_class(home.path(), "unchoked_s_by_chance");
    for (class, said, chance) in [("slow", 0.69, 0.67), ("medium", 0.53, 0.37), ("fast", 0.58, 0.31)] {
        assert!((to_itself[class] - said).abs() < 0.05, "{to_itself:?}");
        assert!((by_chance[class] - chance).abs() < 0.02, "{by_chance:?}");
    }
    let weak = run_into(
        home.path(),
        "bandwidth_classes",
        &["group.origin.upload=\"20 kB/s\""],
        false,
    );
    let times = ["slow", "medium", "fast"].map(|class| mean(group(&weak, class)));
    let (first, last) = (
        times.iter().copied().fold(f64::MAX, f64::min),
        times.iter().copied().fold(0.0, f64::max),
    );
    assert!(last / first < 1.02, "{times:?}");
    assert!(
        own_class(home.path(), "unchoked_s_while_sender_leeches")
            .values()
            .all(|share| (0.26..0.38).contains(share))
    );
}

/// For each class, the share of its unchoke time, in a column of groups.csv, that leechers give to their own class.
fn own_class(home: &Path, column: &str) -> BTreeMap<String, f64> {
    let mut reader = csv::Reader::from_path(home.join("out").join(GROUPS.file)).expect("groups.csv");
    let (mut own, mut all) = (BTreeMap::new(), BTreeMap::new());
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.expect("a row");
        let seconds: f64 = row[column].parse().expect("a number");
        *all.entry(row["from_group"].clone()).or_insert(0.0) += seconds;
        if row["from_group"] == row["to_group"] {
            own.insert(row["from_group"].clone(), seconds);
        }
    }
    own.retain(|class, _| all[class] > 0.0);
    own.into_iter()
        .map(|(class, seconds)| (class.clone(), seconds / all[&class]))
        .collect()
}

#[test]
fn altruism_helps_everybody_the_same() {
    let nobody = run("selfish_altruistic", &["group.altruistic.departure=\"selfish\""]);
    let half = run("selfish_altruistic", &[]);
    let everybody = run(
        "selfish_altruistic",
        &["group.selfish.departure={altruistic={linger=\"5 min\"}}"],
    );
    about(mean(&nobody.swarm), 428.0);
    about(mean(&half.swarm), 282.0);
    about(mean(&everybody.swarm), 141.0);
    let [selfish, altruistic] = ["selfish", "altruistic"].map(|name| group(&half, name));
    about(mean(selfish), mean(altruistic));
    about(selfish.share_ratio_mean.expect("somebody completed"), 0.62);
    about(altruistic.share_ratio_mean.expect("somebody completed"), 1.33);
}

#[test]
fn riding_free_pays_only_without_tit_for_tat() {
    let with = run("free_riders", &[]);
    assert_eq!(group(&with, "free-riders").completed, 40);
    assert!(mean(group(&with, "free-riders")) > 3.0 * mean(group(&with, "contributors")));
    let without = run("free_riders", &["group.contributors.choking=\"random\""]);
    assert!(mean(group(&without, "free-riders")) < 1.05 * mean(group(&without, "contributors")));
}

#[test]
fn a_large_view_takes_the_sting_out_of_tit_for_tat() {
    for (large, riders_min, contributors_min) in [(true, 20.0, 16.0), (false, 46.0, 15.0)] {
        let summary = run(
            "large_view",
            &[&format!("group.leechers.mix.riders.large_view={large}")],
        );
        assert_eq!(group(&summary, "leechers/riders").completed, 30);
        about(mean(group(&summary, "leechers/riders")) / 60.0, riders_min);
        about(mean(group(&summary, "leechers/tit-for-tat")) / 60.0, contributors_min);
    }
}

#[test]
fn a_swarm_without_seeds_dies_when_guo_et_al_expect_it() {
    // The last seeds leave by chance: one life is no measure, eight are.
    let lives = (1..=8).map(|seed| {
        let summary = run("decaying_flash_crowd", &[&format!("seed={seed}")]);
        assert!(matches!(summary.outcome, Ending::Dead { .. }), "{:?}", summary.outcome);
        summary.simulated_s
    });
    let life = lives.sum::<f64>() / 8.0;
    let expected = 3600.0 * 60_f64.ln();
    assert!((life / expected - 1.0).abs() < 0.15, "{life} s");
}

#[test]
fn the_steady_state_is_that_of_qiu_and_srikant() {
    let summary = run("steady_state", &["group.peers.arrival.poisson.rate=\"0.04 /s\""]);
    about(mean(&summary.swarm), 605.0);
}

#[test]
fn the_trace_favours_those_who_give() {
    let summary = run("trace", &[]);
    assert_eq!(group(&summary, "peers").completed, 200);
    about(mean(&summary.swarm), 9.0 * 60.0);
    about(mean(&run("trace", &["group.peers.departure=\"selfish\""]).swarm), 746.0);
}
