//! The committed comparisons, three runs of each variant, show what their comments say.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// `scenarios/compare_<name>.toml`, played with three runs of each variant.
struct Comparison(TempDir);

impl Comparison {
    fn of(name: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/compare_{name}.toml"));
        let output = Command::new(assert_cmd::cargo::cargo_bin("swarmsim"))
            .arg("compare")
            .arg(scenario)
            .args(["--runs", "3", "--quiet", "--out"])
            .arg(home.path().join("out"))
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self(home)
    }

    /// The mean of a metric in a variant.
    #[track_caller]
    fn mean(&self, metric: &str, variant: &str) -> f64 {
        let path = self.0.path().join("out/comparison_summary.csv");
        let mut reader = csv::Reader::from_path(path).expect("comparison_summary.csv");
        let rows = reader.deserialize::<BTreeMap<String, String>>();
        let mut rows = rows.map(|row| row.expect("a row"));
        let row = rows.find(|row| row["metric"] == metric && row["variant"] == variant);
        let row = row.unwrap_or_else(|| panic!("no {metric} of {variant}"));
        row["mean"].parse().expect("a number")
    }

    /// The mean completion time of a variant, in seconds.
    #[track_caller]
    fn time(&self, variant: &str) -> f64 {
        self.mean("completion_mean_s", variant)
    }
}

#[test]
fn chokers_that_reward_are_fair_and_slow() {
    let chokers = Comparison::of("chokers");
    let fair = |choker: &str| chokers.mean("share_ratio_jain", choker);
    assert!(fair("fairtorrent") > fair("tit-for-tat") && fair("tit-for-tat") > fair("fastest"));
    assert!(chokers.time("fairtorrent") > chokers.time("tit-for-tat"));
    assert!(chokers.time("tit-for-tat") > 1.1 * chokers.time("fastest"));
    let class = |class: &str| chokers.mean(&format!("group.{class}.completion_mean_s"), "tit-for-tat");
    assert!(class("fast") < class("medium") && class("medium") < class("slow"));
}

#[test]
fn mode_suppression_keeps_the_one_club_small() {
    let club = Comparison::of("one_club");
    let waiting = |picker: &str| club.mean("not_completed", picker);
    assert!(waiting("rarest-first") > 1000.0 && waiting("random") > 1000.0);
    assert!(waiting("mode-suppression") < 100.0);
}

#[test]
fn a_large_view_beats_giving_only_where_the_origin_is_weak() {
    let riders = Comparison::of("free_riders");
    let loss = |variant: &str| {
        let of = |who: &str| riders.mean(&format!("group.leechers/{who}.completion_mean_s"), variant);
        of("riders") / of("givers")
    };
    assert!(loss("strong · 0.2 with usual view") > 1.4);
    assert!((1.05..1.4).contains(&loss("strong · 0.2 with large view")));
    assert!((0.9..1.1).contains(&loss("weak · 0.2 with usual view")));
    assert!(loss("weak · 0.4 with large view") < 0.97);
    let givers = |variant: &str| riders.mean("group.leechers/givers.completion_mean_s", variant);
    let slower = givers("strong · 0.6 with usual view") / givers("strong · 0");
    assert!(
        (1.0 / (1.0 - 0.6 * 0.2)..1.0 / (1.0 - 0.6)).contains(&slower),
        "{slower}"
    );
}

#[test]
fn super_seeding_saves_copies_and_helps_a_weak_origin() {
    let seeds = Comparison::of("seed_policy");
    let copies = |variant: &str| seeds.mean("seed_load", variant);
    assert!(copies("super-seeding · 4 Mbit/s") < 0.9 * copies("round-robin · 4 Mbit/s"));
    assert!(seeds.time("super-seeding · 500 kbit/s") < 0.9 * seeds.time("round-robin · 500 kbit/s"));
    assert!(seeds.time("random · 500 kbit/s") > 1.2 * seeds.time("round-robin · 500 kbit/s"));
    let riders = |variant: &str| seeds.mean("group.fast-riders.completion_mean_s", variant);
    assert!(riders("fastest · 4 Mbit/s") < riders("round-robin-quota · 4 Mbit/s"));
}

#[test]
fn sequential_is_the_worst_picker() {
    let pickers = Comparison::of("pickers");
    for origin in ["8 Mbit/s", "500 kbit/s"] {
        let time = |picker: &str| pickers.time(&format!("{origin} · {picker}"));
        assert!(time("sequential") > 1.8 * time("random"), "{origin}");
        assert!(
            (time("rarest-first") / time("global-rarest") - 1.0).abs() < 0.05,
            "{origin}"
        );
    }
    assert!(pickers.time("8 Mbit/s · rarest-first") < pickers.time("8 Mbit/s · random"));
}

#[test]
fn staying_saves_what_the_fluid_model_says() {
    let departure = Comparison::of("departure");
    for (variant, expected_s) in [("selfish", 209.7), ("lingers 1 min", 149.7), ("lingers 5 min", 52.4)] {
        let over = departure.time(variant) / expected_s;
        assert!((1.0..1.1).contains(&over), "{variant}: {over}");
    }
}

#[test]
fn many_slots_are_thin() {
    let slots = Comparison::of("slots");
    assert!(slots.time("19 + 1") > 1.2 * slots.time("4 + 1"));
    assert!(slots.time("0 + 1") < slots.time("4 + 1"));
    assert!(slots.time("5 + 0") > slots.time("4 + 1"));
    let first = |variant: &str| slots.mean("first_chunk_mean_s", variant);
    assert!(first("19 + 1") > 2.0 * first("4 + 1"));
}

#[test]
fn a_few_neighbours_are_enough() {
    let neighbours = Comparison::of("neighbours");
    let used = |opened: u32| neighbours.mean("leecher_utilisation", &format!("opens {opened}"));
    assert!(used(1) < 0.3);
    assert!(used(7) > 0.7 && used(40) < used(7) + 0.15);
}

#[test]
fn a_fast_bittyrant_gains_and_several_drive_slow_ones_out() {
    let tyrants = Comparison::of("one_bittyrant");
    let time = |who: &str, variant: &str| tyrants.mean(&format!("group.at-{who}.completion_mean_s"), variant);
    assert!(time("4M", "alone at 4M") < 0.9 * time("4M", "tit-for-tat"));
    assert!(time("400k", "all five") > 1.2 * time("400k", "tit-for-tat"));
    assert!(time("400k", "alone at 400k") < 0.8 * time("400k", "all five"));
}

#[test]
fn propshare_gains_nothing_on_bittyrant() {
    let halves = Comparison::of("half_propshare");
    let time = |who: &str| {
        halves.mean(
            &format!("group.leechers/{who}.completion_mean_s"),
            "bittyrant : propshare",
        )
    };
    assert!(time("guests") > time("home"));
}

#[test]
fn large_chunks_cost_time() {
    let chunks = Comparison::of("chunk_size");
    let time = |size: &str| chunks.time(&format!("0 s · {size}"));
    assert!((time("16 KiB") / time("64 KiB") - 1.0).abs() < 0.05);
    assert!(time("64 KiB") < time("256 KiB") && time("256 KiB") < time("1 MiB"));
    assert!(time("4 MiB") > 2.0 * time("1 MiB"));
}
