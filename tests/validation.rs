//! The simulator held against theory and published figures. What differs from the literature, and why, stands in `docs/validation.md`.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use swarmsim::engine::observer::{PeerRecord, Sample, Unchoke};
use swarmsim::engine::{self, Control, Ending, Observer, RunOptions};
use swarmsim::ids::{GroupIx, PeerId};
use swarmsim::scenario::expect::Tier;
use swarmsim::scenario::{LoadOptions, Override, Scenario, load, parse};
use swarmsim::units::SimTime;
use swarmsim::validate::{LIBRARY, Suite, Verdict};

/// What the figures of the literature are made of.
#[derive(Default)]
struct Figures {
    /// Group and completion time, counted from the arrival of the peer.
    completions: Vec<(usize, f64)>,
    first_arrival: Option<f64>,
    last_completion: f64,
    /// Bytes that leechers sent and could have sent.
    sent: (f64, f64),
    /// Leechers and seeds, sampled.
    population: Vec<(f64, u32, u32)>,
    /// Time unchoked from group to group while the sender leeches.
    unchoked: Vec<(usize, usize, f64)>,
    /// Group, bytes received.
    received: Vec<(usize, u64)>,
    /// Upload capacities and download capacities of leechers, and upload of seeds, bytes per second.
    leechers: Vec<(f64, f64)>,
    seed_upload: f64,
    ending: Option<Ending>,
}

impl Observer for Figures {
    fn joined(&mut self, now: SimTime, _peer: PeerId, _group: GroupIx, upload: f64, download: f64, chunks: u32) {
        if chunks == 0 {
            self.first_arrival.get_or_insert(now.as_secs_f64());
            self.leechers.push((upload, download));
        } else {
            self.seed_upload += upload;
        }
    }

    fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        if unchoke.sender_leeches {
            let seconds = unchoke.ended.since(unchoke.started).as_secs_f64();
            self.unchoked
                .push((unchoke.from_group.ix(), unchoke.to_group.ix(), seconds));
        }
    }

    fn completed(&mut self, now: SimTime, _peer: PeerId, group: GroupIx, joined: SimTime) {
        self.completions.push((group.ix(), now.since(joined).as_secs_f64()));
        self.last_completion = now.as_secs_f64();
    }

    fn peer_record(&mut self, record: &PeerRecord) {
        self.received.push((record.group.ix(), record.downloaded_bytes));
    }

    fn sample(&mut self, sample: &Sample<'_>) {
        self.population
            .push((sample.now.as_secs_f64(), sample.leechers, sample.seeds));
        self.sent = (sample.leecher_sent_bytes as f64, sample.leecher_capacity_bytes);
    }

    fn ended(&mut self, _now: SimTime, ending: Ending) {
        self.ending = Some(ending);
    }
}

impl Figures {
    fn utilisation(&self) -> f64 {
        self.sent.0 / self.sent.1
    }

    fn makespan(&self) -> f64 {
        self.last_completion - self.first_arrival.unwrap_or(0.0)
    }

    fn mean_time(&self, group: usize) -> f64 {
        mean(self.completions.iter().filter(|c| c.0 == group).map(|c| c.1))
    }

    /// Share of the time that leechers of group `from` unchoke, which they give to group `to`.
    fn unchoke_share(&self, from: usize, to: usize) -> f64 {
        let time = |to: Option<usize>| -> f64 {
            let mine = self.unchoked.iter().filter(|u| u.0 == from);
            mine.filter(|u| to.is_none_or(|to| u.1 == to)).map(|u| u.2).sum()
        };
        time(Some(to)) / time(None)
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), v| (sum + v, count + 1));
    sum / f64::from(count)
}

fn run(scenario: &Scenario) -> Figures {
    let mut figures = Figures::default();
    engine::run(scenario, RunOptions::default(), &mut figures, &mut |_| {
        Control::Continue
    })
    .expect("no invariant is checked");
    figures
}

/// Runs a scenario of `scenarios/validation` with some keys set.
fn play(file: &str, seed: u64, sets: &[&str]) -> Figures {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios/validation")
        .join(file);
    let options = LoadOptions {
        sets: sets.iter().map(ToString::to_string).collect(),
        seed: Some(seed),
        ..LoadOptions::default()
    };
    run(&load(&path, &options).expect("a valid scenario").scenario)
}

/// The scenarios of the program expect things of themselves; those that take seconds hold here, or say why not.
#[test]
fn small_swarms_are_what_their_scenarios_expect() {
    let stop = AtomicBool::new(false);
    let mut judged = 0;
    for (name, text) in LIBRARY {
        let load = |changes: &[Override]| {
            let options = LoadOptions {
                variant: changes.to_vec(),
                ..LoadOptions::default()
            };
            parse(text, name, Path::new(""), &options)
        };
        let loaded = load(&[]).unwrap_or_else(|error| panic!("{error}"));
        // All expectations must be right, also those that are not played here.
        Suite::new(&loaded, &|_| true, &load).unwrap_or_else(|error| panic!("{error}"));
        let small = Suite::new(&loaded, &|expectation| expectation.tier <= Tier::B, &load).expect("as above");
        for outcome in small
            .into_iter()
            .flat_map(|suite| suite.judge(2, &stop).expect("no defect").expect("not stopped"))
        {
            judged += 1;
            assert!(outcome.verdict != Verdict::Differs, "{outcome:?}");
        }
    }
    assert_eq!(judged, 39);
}

/// Every scenario with expectations is part of the program.
#[test]
fn the_library_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/validation");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| std::fs::read_to_string(path).expect("text").contains("[[expect]]"))
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, LIBRARY.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

/// BHP-2: a weak origin starves the swarm. (Not below 800 kbit/s: see `docs/validation.md`, "The last chunk".)
#[test]
fn a_weak_origin_starves_the_swarm() {
    let with = |rate: &str| {
        let upload = format!("group.origin.upload=\"{rate}\"");
        let sets = [
            upload.as_str(),
            "group.leechers.departure.altruistic={linger=\"25 s\"}",
            "group.leechers.arrival.poisson={rate=\"40 /s\",until=\"10 s\"}",
        ];
        play("bharambe.toml", 1, &sets)
    };
    let (weak, fair) = (with("200 kbit/s"), with("800 kbit/s"));
    assert!(weak.utilisation() < 0.5, "{}", weak.utilisation());
    assert!(fair.utilisation() > 0.85, "{}", fair.utilisation());
    assert!(
        weak.mean_time(1) > 4096.0,
        "nobody completes before the origin has sent one copy"
    );
}

/// QS-2, QS-3: steady state of Qiu & Srikant 2004. Their fluid model lets every leecher complete at the same rate however long it has been
/// there; here a file has a length, so those who abort have had part of it. With d the time a download takes, the balance of bytes gives
/// x̄ = λ(1 − e^(−θd))/θ and ȳ = λe^(−θd)/γ, with the fluid model's 1/d = min(c, μ(1 + ȳ/x̄)).
#[test]
fn an_open_swarm_settles_where_the_balance_of_bytes_says() {
    let (c, mu, theta, lambda) = (0.002_f64, 0.001_25, 0.001, 0.4);
    for (linger, gamma) in [(200, 0.005_f64), (1000, 0.001)] {
        let mut d = 1.0 / mu;
        for _ in 0..200 {
            let x = -f64::exp_m1(-theta * d) / theta;
            let y = f64::exp(-theta * d) / gamma;
            d = 0.5 * (d + 1.0 / f64::min(c, mu * (1.0 + y / x)));
        }
        let expected = (
            lambda * -f64::exp_m1(-theta * d) / theta,
            lambda * f64::exp(-theta * d) / gamma,
        );
        let linger = format!("group.peers.departure.altruistic.linger={{exponential={{mean=\"{linger} s\"}}}}");
        let sets = [
            linger.as_str(),
            "file.chunk_size=\"1 MiB\"",
            "run.time_limit=\"8000 s\"",
        ];
        // One run is 30 independent looks at the seeds at most: four make the mean sharp enough for the tolerance.
        let runs: Vec<(f64, f64)> = (1..=4)
            .map(|seed| {
                let figures = play("qiu_srikant.toml", seed, &sets);
                let late = || figures.population.iter().filter(|p| p.0 > 4000.0);
                let leechers = mean(late().map(|p| f64::from(p.1)));
                (leechers, mean(late().map(|p| f64::from(p.2) - 1.0)))
            })
            .collect();
        let x = mean(runs.iter().map(|r| r.0));
        let y = mean(runs.iter().map(|r| r.1));
        assert!((x / expected.0 - 1.0).abs() < 0.12, "leechers {x}, not {}", expected.0);
        assert!((y / expected.1 - 1.0).abs() < 0.12, "seeds {y}, not {}", expected.1);
    }
}

/// LLK-1: Legout et al. 2007. With a well-provisioned seed peers give more of their unchoke time to their own class than chance would.
#[test]
fn peers_cluster_by_class_under_a_good_seed() {
    let figures = play("legout.toml", 1, &[]);
    assert!(figures.utilisation() > 0.90, "{}", figures.utilisation());
    for (class, peers) in [(1, 13.0), (2, 14.0), (3, 13.0)] {
        let own = figures.unchoke_share(class, class);
        assert!(own > (peers - 1.0) / 39.0 + 0.1, "class {class}: {own}");
    }
    let times = [3, 2, 1].map(|class| figures.mean_time(class));
    assert!(times.is_sorted(), "{times:?}");
}

/// LLK-2: under a starved seed there is nothing to trade, and all classes complete together.
#[test]
fn all_classes_complete_together_under_a_poor_seed() {
    let figures = play("legout.toml", 1, &["group.origin.upload=\"20 kB/s\""]);
    let times = [1, 2, 3].map(|class| figures.mean_time(class));
    let spread = times.iter().copied().fold(0.0, f64::max) / times.iter().copied().fold(f64::MAX, f64::min);
    assert!(spread < 1.02, "{times:?}");
    for (class, peers) in [(1, 13.0), (2, 14.0), (3, 13.0)] {
        let own = figures.unchoke_share(class, class);
        assert!((own - (peers - 1.0) / 39.0).abs() < 0.06, "class {class}: {own}");
    }
}

/// KR-9 and QS-7: free riders complete; while no seed is there they get (1 − φ)o / (1 − φo) of the others' rate, with o = 1/5;
/// seen here in the time for which contributors unchoke them.
#[test]
fn a_free_rider_lives_on_optimistic_slots() {
    let sets = ["file.size=\"200 MiB\"", "file.chunk_size=\"512 KiB\""];
    let figures = play("free_rider.toml", 1, &sets);
    assert_eq!(figures.ending, Some(Ending::AllDone));
    assert_eq!(figures.completions.len(), 200);
    let giving = |group: usize| -> f64 {
        let unchoked = figures.unchoked.iter().filter(|u| u.0 == 1 && u.1 == group);
        unchoked.map(|u| u.2).sum()
    };
    let ratio = (giving(2) / 20.0) / (giving(1) / 180.0);
    assert!((0.12..0.35).contains(&ratio), "{ratio}, not about 0.18");
}

/// Kolmogorov-Smirnov: the largest distance between the distributions of `a` and `b`.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let share = |values: &[f64], at: f64| values.iter().filter(|&&v| v <= at).count() as f64 / values.len() as f64;
    let gaps = a.iter().chain(b).map(|&at| (share(a, at) - share(b, at)).abs());
    gaps.fold(0.0, f64::max)
}

#[test]
fn the_distance_of_two_distributions_is_their_largest_gap() {
    assert!((distance(&[1.0, 2.0, 3.0, 4.0], &[3.5, 4.0]) - 0.75).abs() < 1e-12);
    assert!(distance(&[1.0, 2.0], &[1.0, 2.0]).abs() < 1e-12);
    assert!((distance(&[1.0], &[2.0, 3.0]) - 1.0).abs() < 1e-12);
}

/// Completion times of measured swarms, all runs pooled, against those of eight seeds: a distance of 0.2 at most. What misses it is known, and stays
/// in the table of `docs/validation.md`.
#[test]
fn completion_times_are_distributed_as_those_of_measured_swarms() {
    let measured = [
        ("libtorrent_a", 1, "leechers", false),
        ("libtorrent_b", 1, "slow", false),
        ("libtorrent_b", 2, "medium", false),
        ("libtorrent_b", 3, "fast", false),
        ("libtorrent_d", 1, "leechers", true),
        ("libtorrent_d", 2, "free-riders", false),
    ];
    for (name, group, group_name, holds) in measured {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/validation/{name}_times.csv"));
        let mut table = csv::Reader::from_path(path).expect("a table");
        let rows = table.records().map(|row| row.expect("a row"));
        let rows = rows.filter(|row| &row[1] == group_name);
        let client: Vec<f64> = rows.map(|row| row[2].parse().expect("a number")).collect();
        let runs = (1..=8).flat_map(|seed| play(&format!("{name}.toml"), seed, &[]).completions);
        let simulated: Vec<f64> = runs.filter(|c| c.0 == group).map(|c| c.1).collect();
        let seen = distance(&client, &simulated);
        assert_eq!(seen <= 0.2, holds, "{name} {group_name}: {seen}");
    }
}

/// Small swarms of all kinds in which all stay.
fn swarm() -> impl Strategy<Value = String> {
    let rules = prop::sample::select(vec![
        "tit-for-tat",
        "random",
        "altruist",
        "fastest",
        "round-robin",
        "propshare",
        "bittyrant",
        "fairtorrent",
        "birds",
    ]);
    let pickers = prop::sample::select(vec!["rarest-first", "random", "sequential", "global-rarest"]);
    let peers = prop::collection::vec((1_u32..6, 50_u32..2000, 0_u32..3000), 1..4);
    (peers, 100_u32..5000, rules, pickers, 1_u32..40, any::<bool>(), 0_u32..200, any::<u16>()).prop_map(
        |(peers, seed_upload, rule, picker, chunks, mesh, latency, seed)| {
            let groups: Vec<String> = peers
                .into_iter()
                .enumerate()
                .map(|(i, (count, upload, download))| {
                    let download = if download == 0 {
                        "unlimited".to_owned()
                    } else {
                        format!("{} kbit/s", download + 50)
                    };
                    format!(
                        "[[group]]\nname = \"g{i}\"\ncount = {count}\nupload = \"{upload} kbit/s\"\ndownload = \"{download}\"\n\
                         departure = \"altruistic\"\nchoking = \"{rule}\"\npicking = \"{picker}\"\n"
                    )
                })
                .collect();
            format!(
                "name = \"small\"\nseed = {seed}\n[file]\nsize = \"{} KiB\"\nchunk_size = \"64 KiB\"\n\
                 [network]\nfull_mesh = {mesh}\nlatency = \"{latency} ms\"\n\
                 [[group]]\nname = \"origin\"\ncount = 1\nupload = \"{seed_upload} kbit/s\"\nstarts_with = \"all\"\n{}",
                chunks * 64 + 10,
                groups.concat()
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Kumar & Ross 2006: whatever the rules, the last one to complete never beats the bound.
    #[test]
    fn the_lower_bound_is_never_beaten(text in swarm()) {
        let scenario = parse(&text, "small.toml", Path::new(""), &LoadOptions::default()).expect("a valid scenario").scenario;
        let mut figures = Figures::default();
        let check = RunOptions {
 check_invariants: true, ..RunOptions::default()
};
        engine::run(&scenario, check, &mut figures, &mut |_| Control::Continue).expect("no invariant is violated");
        prop_assert_eq!(figures.ending, Some(Ending::AllDone));
        let file = scenario.file.size.0 as f64;
        let upload: f64 = figures.seed_upload + figures.leechers.iter().map(|l| l.0).sum::<f64>();
        let slowest = figures.leechers.iter().map(|l| l.1).fold(f64::INFINITY, f64::min);
        let bound = (file / figures.seed_upload).max(file / slowest).max(figures.leechers.len() as f64 * file / upload);
        prop_assert!(figures.makespan() >= bound * (1.0 - 1e-9), "{} s beats {bound} s", figures.makespan());
    }
}
