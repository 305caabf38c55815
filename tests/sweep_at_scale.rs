//! Sweeps of very many runs in very many files. The runs are made up of one that was played; playing all of them would take hours.

use std::fs;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use swarmsim::compare::PlanFile;
use swarmsim::store::{Records, RunId, RunRecord, Store};

mod support;
use support::{Home, text};

const SCENARIO: &str = r#"
name = "scale"

[file]
size = "1 MiB"

[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 4
upload = "2 Mbit/s"
"#;

/// How many there are of what.
#[derive(Clone, Copy)]
struct Scale {
    variants: usize,
    runs: u32,
    segments: usize,
    /// Files that the program may have open.
    files_open: u32,
}

/// The program with these arguments in `home`; what it prints.
fn done(home: &Home, files_open: u32, args: &[&str]) -> String {
    let mut limited = home.limited(&format!("ulimit -n {files_open}"), args);
    let output = limited.output().expect("the program runs");
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// As [`done`], with the seconds that it took.
#[allow(clippy::disallowed_methods)] // real time is what is measured
fn timed(home: &Home, files_open: u32, args: &[&str]) -> (String, f64) {
    let begin = Instant::now();
    (done(home, files_open, args), begin.elapsed().as_secs_f64())
}

/// Plays one run of the sweep in `out`, and puts it there for all of them, dealt out to segments in turn.
fn filled(scale: Scale) -> Home {
    let home = Home::new(SCENARIO);
    let values: Vec<_> = (1..=scale.variants).map(|number| format!("{number} Mbit/s")).collect();
    let vary = format!("group.leechers.upload={}", values.join(","));
    let runs = scale.runs.to_string();
    let sweep = [
        "sweep",
        "scenario.toml",
        "--out",
        "out",
        "-q",
        "--vary",
        &vary,
        "--runs",
        &runs,
    ];
    done(&home, 1024, &[&sweep[..], &["--shard", "1/100000"]].concat());
    let store = home.path("out/runs");
    let fingerprint = PlanFile::read(&home.path("out")).expect("a plan").fingerprint;
    let records = Records::read(std::slice::from_ref(&store), &fingerprint, &AtomicBool::new(false)).expect("read");
    let played: RunId = records.ids().next().expect("a run");
    let played = records.get(played).expect("read").expect("there");
    fs::remove_dir_all(&store).expect("removed");
    fs::create_dir(&store).expect("made");
    for segment in 0..scale.segments {
        let ids = (0..scale.runs).flat_map(|run| (0..scale.variants).map(move |variant| RunId { variant, run }));
        let own = ids.skip(segment).step_by(scale.segments);
        let name = format!("shard-{}-of-{}", segment + 1, scale.segments);
        // A place of its own: a store that is opened reads all that is there.
        let place = home.path(&name);
        let record = |RunId { variant, run }| RunRecord {
            variant,
            run,
            ..played.clone()
        };
        let mut own_store = Store::open(&place, &name, &fingerprint, &AtomicBool::new(false)).expect("made");
        own_store.append_all(own.map(|id| Ok(record(id)))).expect("written");
        let file = format!("{name}.jsonl");
        fs::rename(place.join(&file), store.join(&file)).expect("moved");
        fs::remove_dir(place).expect("removed");
    }
    home
}

/// Status and tables of it, with the seconds that they took.
fn tried(scale: Scale) -> [f64; 2] {
    let home = filled(scale);
    let all = scale.variants * scale.runs as usize;
    let (status, status_s) = timed(&home, scale.files_open, &["status", "out", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(status["done"], all);
    assert_eq!(status["parts"].as_array().map(Vec::len), Some(scale.segments));
    assert!(
        status["parts"]
            .as_array()
            .expect("parts")
            .iter()
            .all(|part| part["left"] == 0)
    );
    let (_, merge_s) = timed(&home, scale.files_open, &["merge", "out", "-q"]);
    let table = fs::read_to_string(home.path("out/runs.csv")).expect("read");
    assert_eq!(table.lines().count(), all + 1);
    [status_s, merge_s]
}

#[test]
fn more_segments_than_files_may_be_open() {
    tried(Scale {
        variants: 2,
        runs: 400,
        segments: 400,
        files_open: 300,
    });
}

/// `cargo test --release --test sweep_at_scale -- --ignored --nocapture`
#[test]
#[ignore = "half a gigabyte and a minute, to see how long it takes"]
fn a_hundred_thousand_runs() {
    for segments in [1, 100, 1000, 2000] {
        let [status_s, merge_s] = tried(Scale {
            variants: 100,
            runs: 1000,
            segments,
            files_open: 1024,
        });
        println!("100,000 runs in {segments} files: status {status_s:.1} s, merge {merge_s:.1} s");
    }
}
