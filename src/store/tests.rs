use std::fs::OpenOptions;
use std::io::Write;
use std::sync::atomic::AtomicBool;

use serde_json::json;
use tempfile::TempDir;

use super::*;

mod unreadable;

static GO_ON: AtomicBool = AtomicBool::new(false);

fn fingerprint() -> Fingerprint {
    let variant = |label: &str| VariantPrint {
        label: label.to_owned(),
        scenario: "name = \"swarm\"\nsize = \"1 MiB\"\n".to_owned(),
    };
    Fingerprint {
        version: "1.0.0".to_owned(),
        seed: 7,
        warm_up: "none".to_owned(),
        variants: vec![variant("a"), variant("b")],
    }
}

fn read_all(directory: &Path) -> Result<Records, StoreError> {
    Records::read(&[directory.to_owned()], &fingerprint(), &GO_ON)
}

fn record(variant: usize, run: u32) -> RunRecord {
    let mut summary = serde_json::Map::new();
    summary.insert("completion_mean_s".to_owned(), json!(0.1 + f64::from(run)));
    summary.insert("completion_sd_s".to_owned(), json!(null));
    RunRecord {
        variant,
        run,
        cut_s: None,
        summary,
        groups: Vec::new(),
        completion_quantiles_s: vec![0.1 + 0.2, 1e-9],
    }
}

fn id(variant: usize, run: u32) -> RunId {
    RunId { variant, run }
}

/// A store with the runs 0, 1 and 2 of variant 0.
fn filled() -> TempDir {
    let home = tempfile::tempdir().expect("a temporary directory");
    let mut store = Store::open(home.path(), WHOLE, &fingerprint(), &GO_ON).expect("made");
    assert_eq!(store.records().damages(), []);
    for run in 0..3 {
        store.append(&record(0, run)).expect("written");
    }
    home
}

fn reopened(home: &TempDir) -> Store {
    Store::open(home.path(), WHOLE, &fingerprint(), &GO_ON).expect("opened again")
}

fn segment(home: &TempDir) -> PathBuf {
    home.path().join("segment-0.jsonl")
}

fn get(store: &Store, variant: usize, run: u32) -> Option<RunRecord> {
    store.records().get(id(variant, run)).expect("read")
}

fn has(store: &Store, variant: usize, run: u32) -> bool {
    store.records().contains(id(variant, run))
}

#[test]
fn what_was_appended_is_there_again_bit_by_bit() {
    let home = filled();
    let store = reopened(&home);
    assert_eq!(store.records().damages(), []);
    for run in 0..3 {
        assert_eq!(get(&store, 0, run), Some(record(0, run)));
    }
    assert_eq!(get(&store, 1, 0), None);
    assert!(!has(&store, 1, 0));
}

#[test]
fn a_torn_end_is_dropped_wherever_it_tears() {
    let whole = fs::read(segment(&filled())).expect("read");
    let last_line = whole[..whole.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .expect("lines")
        + 1;
    for end in [last_line + 1, last_line + 40, whole.len() - 1] {
        let home = filled();
        fs::write(segment(&home), &whole[..end]).expect("written");
        let mut store = reopened(&home);
        assert_eq!(store.records().damages(), [], "an end is no damage");
        assert!(has(&store, 0, 1) && !has(&store, 0, 2));
        store.append(&record(0, 2)).expect("written");
        drop(store);
        assert_eq!(fs::read(segment(&home)).expect("read"), whole);
    }
}

#[test]
fn a_store_that_is_only_opened_stays_as_it_is() {
    let home = filled();
    let torn = [&fs::read(segment(&home)).expect("read")[..], b"{\"crc"].concat();
    fs::write(segment(&home), &torn).expect("written");
    drop(reopened(&home));
    assert_eq!(fs::read(segment(&home)).expect("read"), torn);
    let new = home.path().join("new");
    let opened = Store::open(&new, WHOLE, &fingerprint(), &GO_ON).expect("made");
    // Whoever writes there has it all the same.
    let second = Store::open(&new, WHOLE, &fingerprint(), &GO_ON);
    assert!(matches!(second, Err(StoreError::InUse(_))), "{second:?}");
    drop(opened);
    assert_eq!(fs::read_dir(new).expect("a folder").count(), 0);
}

#[test]
fn a_store_whose_header_is_torn_begins_anew() {
    let home = filled();
    let whole = fs::read(segment(&home)).expect("read");
    fs::write(segment(&home), &whole[..30]).expect("written");
    let store = reopened(&home);
    assert_eq!(store.records().damages(), []);
    assert!(!has(&store, 0, 0));
}

#[test]
fn a_damaged_line_is_named_and_its_run_done_again() {
    let home = filled();
    let text = fs::read_to_string(segment(&home)).expect("read");
    // The mean of run 1, with another digit: JSON as good as before.
    fs::write(segment(&home), text.replace("1.1,", "1.7,")).expect("written");
    let mut store = reopened(&home);
    assert_eq!(store.records().damages(), [Damage::of_line(&segment(&home), Some(3))]);
    assert!(!has(&store, 0, 1) && has(&store, 0, 2));
    store.append(&record(0, 1)).expect("written");
    assert_eq!(get(&store, 0, 1), Some(record(0, 1)));
}

#[test]
fn other_segments_count_and_are_left_alone() {
    let home = filled();
    fs::rename(segment(&home), home.path().join("segment-1.jsonl")).expect("moved");
    let mut torn = OpenOptions::new()
        .append(true)
        .open(home.path().join("segment-1.jsonl"))
        .expect("opened");
    torn.write_all(b"{\"crc32").expect("written");
    let before = fs::read(home.path().join("segment-1.jsonl")).expect("read");
    let mut store = reopened(&home);
    assert!(has(&store, 0, 2));
    store.append(&record(1, 0)).expect("written");
    assert_eq!(fs::read(home.path().join("segment-1.jsonl")).expect("read"), before);
}

#[test]
fn two_do_not_write_at_once() {
    let home = filled();
    let first = reopened(&home);
    assert!(matches!(
        Store::open(home.path(), WHOLE, &fingerprint(), &GO_ON),
        Err(StoreError::InUse(_))
    ));
    drop(first);
    reopened(&home);
}

#[test]
fn runs_of_something_else_are_refused_with_the_first_difference() {
    let home = filled();
    let difference = |change: &dyn Fn(&mut Fingerprint)| {
        let mut now = fingerprint();
        change(&mut now);
        match Store::open(home.path(), WHOLE, &now, &GO_ON) {
            Err(StoreError::OtherRuns { difference, .. }) => difference,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        difference(&|now| now.version = "1.1.0".to_owned()),
        "the version of swarmsim was `1.0.0` and is `1.1.0`"
    );
    assert_eq!(difference(&|now| now.seed = 8), "the seed was `7` and is `8`");
    assert_eq!(
        difference(&|now| now.variants.truncate(1)),
        "the list of variants was `a`, `b` and is `a`"
    );
    assert_eq!(
        difference(&|now| now.variants[1].scenario = "name = \"swarm\"\nsize = \"2 MiB\"\n".to_owned()),
        "in `b` a line of the scenario was `size = \"1 MiB\"` and is `size = \"2 MiB\"`"
    );
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    for list in ["milk\nbread\n", "milk"] {
        let home = filled();
        fs::write(segment(&home), list).expect("written");
        for own in [WHOLE, "shard-1-of-2"] {
            let refused = Store::open(home.path(), own, &fingerprint(), &GO_ON);
            assert!(matches!(refused, Err(StoreError::NoRuns(_))), "{refused:?}");
        }
        assert_eq!(fs::read_to_string(segment(&home)).expect("read"), list);
    }
}

#[test]
fn a_file_that_is_spoilt_from_end_to_end_is_named_and_the_others_are_used() {
    for spoilt in [&b"milk\nbread\n"[..], b"milk", &[0, 1, 255, 10, 0]] {
        let home = filled();
        let other = home.path().join("shard-1-of-2.jsonl");
        fs::write(&other, spoilt).expect("written");
        let store = reopened(&home);
        let [damage] = store.records().damages() else {
            panic!("{:?}", store.records().damages());
        };
        assert_eq!((&damage.path, damage.lines[0]), (&other, 1));
        assert!(has(&store, 0, 0) && has(&store, 0, 2));
        // Whoever writes it goes on with it.
        let mut store = Store::open(home.path(), "shard-1-of-2", &fingerprint(), &GO_ON).expect("opened");
        store.append(&record(1, 0)).expect("written");
        drop(store);
        let records = read_all(home.path()).expect("read");
        let there: Vec<_> = records.ids().collect();
        assert_eq!(there, [id(0, 0), id(0, 1), id(0, 2), id(1, 0)]);
        assert_eq!(records.get(id(1, 0)).expect("read"), Some(record(1, 0)));
    }
}

#[test]
fn two_may_write_to_segments_of_their_own() {
    let home = filled();
    let mut other = Store::open(home.path(), "shard-1-of-2", &fingerprint(), &GO_ON).expect("made");
    let mut own = reopened(&home);
    other.append(&record(1, 0)).expect("written");
    own.append(&record(1, 1)).expect("written");
    assert!(Store::is_in_use(&segment(&home)));
    drop((own, other));
    assert!(!Store::is_in_use(&segment(&home)));
    let records = read_all(home.path()).expect("read");
    let there: Vec<_> = records.ids().collect();
    assert_eq!(there, [id(0, 0), id(0, 1), id(0, 2), id(1, 0), id(1, 1)]);
    assert_eq!(records.get(id(1, 1)).expect("read"), Some(record(1, 1)));
}

#[test]
fn runs_that_are_there_twice_are_found_and_compared() {
    let home = filled();
    let mut other = Store::open(home.path(), "shard-1-of-2", &fingerprint(), &GO_ON).expect("made");
    other.append(&record(0, 1)).expect("written");
    let mut changed = record(0, 2);
    changed.cut_s = Some(1.0);
    other.append(&changed).expect("written");
    drop(other);
    let records = read_all(home.path()).expect("read");
    let found: Vec<_> = records
        .doubles()
        .iter()
        .map(|double| (double.id, double.same))
        .collect();
    assert_eq!(found, [(id(0, 1), true), (id(0, 2), false)]);
    let [(first, line), (second, other)] = &records.doubles()[1].lines;
    assert_eq!((first, *line), (&segment(&home), 4));
    assert_eq!((second, *other), (&home.path().join("shard-1-of-2.jsonl"), 3));
}

#[test]
fn what_a_process_says_of_itself_is_kept_between_its_runs() {
    let home = filled();
    let mut store = reopened(&home);
    let note = |at_unix_s, what| Note { at_unix_s, what };
    store.note(&note(10, Stage::Started)).expect("written");
    store.append(&record(1, 0)).expect("written");
    let failed = Stage::Failed("no room".to_owned());
    store.note(&note(20, failed.clone())).expect("written");
    drop(store);
    let store = reopened(&home);
    let notes = &store.records().segments()[0].notes;
    assert_eq!(*notes, [(3, note(10, Stage::Started)), (4, note(20, failed))]);
}

#[test]
fn a_header_that_can_not_be_read_is_named_and_the_runs_are_used() {
    let home = filled();
    let text = fs::read_to_string(segment(&home)).expect("read");
    fs::write(segment(&home), text.replacen("\"crc32\":\"", "\"crc32\":\"z", 1)).expect("written");
    let mut store = reopened(&home);
    assert_eq!(store.records().damages(), [Damage::of_line(&segment(&home), Some(1))]);
    assert_eq!(
        store.records().ids().collect::<Vec<_>>(),
        [id(0, 0), id(0, 1), id(0, 2)]
    );
    // What comes after it is found again too.
    store.append(&record(1, 0)).expect("written");
    drop(store);
    assert_eq!(
        reopened(&home).records().get(id(1, 0)).expect("read"),
        Some(record(1, 0))
    );
}

#[test]
fn a_run_of_something_else_is_not_used_whatever_stands_above_it() {
    let home = filled();
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    let other = Fingerprint {
        seed: 8,
        ..fingerprint()
    };
    let mut store = Store::open(elsewhere.path(), WHOLE, &other, &GO_ON).expect("made");
    store.append(&record(1, 0)).expect("written");
    drop(store);
    let strange = fs::read_to_string(segment(&elsewhere)).expect("read");
    let strange = strange.lines().nth(1).expect("a run");
    let own = fs::read_to_string(segment(&home)).expect("read");
    for header in [own.as_str(), &own.replacen("\"crc32\":\"", "\"crc32\":\"z", 1)] {
        fs::write(segment(&home), format!("{header}{strange}\n")).expect("written");
        let store = reopened(&home);
        let lines = store.records().damages().iter().flat_map(|damage| &damage.lines);
        assert_eq!(lines.last(), Some(&5));
        assert!(!store.records().contains(id(1, 0)));
    }
}

#[test]
fn of_a_file_of_garbage_a_few_lines_are_named() {
    let home = filled();
    let mut file = OpenOptions::new().append(true).open(segment(&home)).expect("opened");
    file.write_all(&vec![b'\n'; 3_000_000]).expect("written");
    let mut store = reopened(&home);
    store.append(&record(1, 0)).expect("written");
    drop(store);
    let store = reopened(&home);
    let shown: Vec<_> = store.records().damages().iter().map(ToString::to_string).collect();
    let path = segment(&home).display().to_string();
    assert_eq!(shown, [format!("`{path}`, lines 5, 6, 7, 8, 9 and 2999995 more")]);
    assert!(has(&store, 0, 2) && has(&store, 1, 0));
}

/// Sparse, so that it needs no room on the disk.
#[test]
fn a_line_without_an_end_is_read_and_not_kept() {
    let home = filled();
    let other = home.path().join("shard-1-of-2.jsonl");
    fs::write(&other, "garbage\n").expect("written");
    let file = OpenOptions::new().append(true).open(&other).expect("opened");
    file.set_len(100 << 20).expect("made longer");
    let mut store = Store::open(home.path(), "shard-1-of-2", &fingerprint(), &GO_ON).expect("opened");
    // The garbage, and a line of nothing but zeros.
    let mut damage = Damage::of_line(&other, Some(1));
    damage.add(2);
    assert_eq!(store.records().damages(), [damage]);
    store.append(&record(1, 0)).expect("written");
    assert_eq!(get(&store, 1, 0), Some(record(1, 0)));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_named_and_the_others_are_used() {
    let home = filled();
    let at = |name: &str| home.path().join(name);
    fs::create_dir(at("a.jsonl")).expect("made");
    std::os::unix::fs::symlink("nowhere", at("b.jsonl")).expect("made");
    std::os::unix::fs::symlink("/dev/zero", at("c.jsonl")).expect("made");
    let made = std::process::Command::new("mkfifo").arg(at("d.jsonl")).status();
    assert!(made.expect("mkfifo runs").success());
    let store = reopened(&home);
    let damages = store.records().damages();
    let paths: Vec<_> = damages.iter().map(|damage| damage.path.clone()).collect();
    assert_eq!(paths, ["a", "b", "c", "d"].map(|name| at(&format!("{name}.jsonl"))));
    assert!(damages.iter().all(|damage| damage.why.is_some()), "{damages:?}");
    assert!(has(&store, 0, 0) && has(&store, 0, 2));
    // Nobody writes to one either, and those that are files can be locked.
    let refused = Store::open(home.path(), "d", &fingerprint(), &GO_ON);
    assert!(matches!(refused, Err(StoreError::Io { .. })), "{refused:?}");
    drop(store);
    assert_eq!(Store::lock(home.path()).expect("nobody writes").len(), 1);
}
