//! The simulator held against theory and published figures. What differs from the literature, and why, stands in `docs/validation.md`.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use swarmsim::engine::observer::Side;
use swarmsim::engine::{self, Control, Ending, Observer, RunOptions};
use swarmsim::ids::{GroupIx, PeerId};
use swarmsim::scenario::expect::Tier;
use swarmsim::scenario::{LoadOptions, Override, Parsed, parse};
use swarmsim::units::SimTime;
use swarmsim::validate::{Files, LIBRARY, MEASURED, Suite, Verdict};

/// What the lower bound and the time that is held against it are made of.
#[derive(Default)]
struct Figures {
    first_arrival: Option<f64>,
    last_completion: f64,
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

    fn completed(&mut self, now: SimTime, _peer: &Side, _joined: SimTime) {
        self.last_completion = now.as_secs_f64();
    }

    fn ended(&mut self, _now: SimTime, ending: Ending) {
        self.ending = Some(ending);
    }
}

impl Figures {
    fn makespan(&self) -> f64 {
        self.last_completion - self.first_arrival.unwrap_or(0.0)
    }
}

/// The scenarios of the program expect things of themselves; those that take seconds hold here, or say why not.
#[test]
fn small_swarms_are_what_their_scenarios_expect() {
    let stop = AtomicBool::new(false);
    let mut judged = 0;
    for (name, text) in LIBRARY {
        let options = LoadOptions::default();
        let parsed = Parsed::new(text, name, Path::new(""), &options).unwrap_or_else(|error| panic!("{error}"));
        let load = |changes: &[Override]| parsed.load(changes);
        let loaded = load(&[]).unwrap_or_else(|error| panic!("{error}"));
        let measured = |name: &str| {
            let text = MEASURED.iter().find(|(known, _)| *known == name);
            text.map_or_else(
                || panic!("{name} is not part of the program"),
                |(_, text)| Ok((*text).to_owned()),
            )
        };
        let files = Files {
            load: &load,
            measured: &measured,
        };
        // All expectations must be right, also those that are not played here.
        Suite::new(&loaded, &|_| true, &files).unwrap_or_else(|error| panic!("{error}"));
        let small = Suite::new(&loaded, &|expectation| expectation.tier <= Tier::B, &files).expect("as above");
        for outcome in small
            .into_iter()
            .flat_map(|suite| suite.judge(2, &stop).expect("no defect").expect("not stopped"))
        {
            judged += 1;
            assert!(outcome.verdict != Verdict::Differs, "{outcome:?}");
        }
    }
    assert_eq!(judged, 124);
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
