//! What of a store can not be read, and what is said of it.

use super::*;
use crate::scenario::limits::STORE_LINE_BYTES_MAX;

#[test]
fn zeros_at_the_end_are_named_and_half_a_line_is_not() {
    for (end, lines) in [
        (&b"\0\0\0\0"[..], vec![5]),
        (b"{\"crc32\":\"01\0\0", vec![5]),
        (b"{\"crc32\":\"01", vec![]),
    ] {
        let home = filled();
        let mut file = OpenOptions::new().append(true).open(segment(&home)).expect("opened");
        file.write_all(end).expect("written");
        let named = |records: &Records| -> Vec<usize> {
            records
                .damages()
                .iter()
                .flat_map(|damage| damage.lines.clone())
                .collect()
        };
        assert_eq!(named(&read_all(home.path()).expect("read")), lines);
        // Whoever goes on cuts it off.
        let mut store = reopened(&home);
        assert_eq!(named(store.records()), lines);
        store.append(&record(1, 0)).expect("written");
        drop(store);
        let records = read_all(home.path()).expect("read");
        assert_eq!((named(&records), records.ids().count()), (vec![], 4));
    }
}

#[test]
fn a_file_that_can_not_be_read_is_no_file_without_runs() {
    let home = TempDir::new().expect("a directory");
    fs::create_dir(home.path().join("shard-1-of-2.jsonl")).expect("made");
    let refused = read_all(home.path()).expect_err("it is a directory");
    assert!(matches!(&refused, StoreError::Io { action: "read", .. }), "{refused:?}");
    let StoreError::Io { cause, .. } = refused else { return };
    assert_eq!(
        cause.to_string(),
        "a directory is there, and a regular file was expected"
    );
}

#[test]
#[cfg(unix)]
fn who_may_not_read_a_store_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let home = filled();
    fs::set_permissions(segment(&home), fs::Permissions::from_mode(0o000)).expect("changed");
    // The administrator may read it all the same.
    if let Err(StoreError::Io { cause, .. }) = read_all(home.path()) {
        assert!(cause.to_string().starts_with("Permission denied"), "{cause}");
    } else {
        assert!(File::open(segment(&home)).is_ok());
    }
}

#[test]
fn reading_stops_when_it_is_told_to() {
    let home = filled();
    let stop = AtomicBool::new(true);
    let stopped = Records::read(&[home.path().to_owned()], &fingerprint(), &stop);
    assert!(matches!(stopped, Err(StoreError::Stopped)), "{stopped:?}");
    for own in [WHOLE, "shard-1-of-2"] {
        let stopped = Store::open(home.path(), own, &fingerprint(), &stop);
        assert!(matches!(stopped, Err(StoreError::Stopped)), "{own}");
    }
}

/// From both sides, with a reason that fills the line.
#[test]
fn a_line_that_is_too_long_is_damaged() {
    let note = |chars: usize| Note {
        at_unix_s: 10,
        what: Stage::Failed("x".repeat(chars)),
    };
    let written = |chars: usize| {
        let home = filled();
        reopened(&home).note(&note(chars)).expect("written");
        home
    };
    let last_line = |home: &TempDir| {
        let bytes = fs::read(segment(home)).expect("read");
        bytes
            .trim_ascii_end()
            .rsplit(|byte| *byte == b'\n')
            .next()
            .map_or(0, <[u8]>::len)
    };
    let chars = STORE_LINE_BYTES_MAX - last_line(&written(0));
    for (more, damages) in [(0, 0), (1, 1)] {
        let home = written(chars + more);
        assert_eq!(last_line(&home), STORE_LINE_BYTES_MAX + more);
        let records = read_all(home.path()).expect("read");
        assert_eq!((records.damages().len(), records.ids().count()), (damages, 3));
        assert_eq!(records.segments()[0].notes.len(), 1 - damages);
    }
}
