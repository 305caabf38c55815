//! `replay.json` becomes what the animation draws: times in tenths of a second, peers by their place in the list.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{ReportError, failed};
use crate::metrics::replay::{Replay, ReplayPeer};

/// The replay in the file at `path`.
pub(super) fn replay(path: &Path) -> Result<Value, ReportError> {
    let text = fs::read_to_string(path).map_err(failed("read", path))?;
    let damaged = |line: usize, what: String| ReportError::Damaged {
        path: path.to_owned(),
        line: line as u64,
        what,
    };
    let replay: Replay = serde_json::from_str(&text).map_err(|error| damaged(error.line(), error.to_string()))?;
    compact(&replay).ok_or_else(|| damaged(1, "a group, a peer or a column is missing".to_owned()))
}

/// `None`: something that is referred to is not there.
fn compact(replay: &Replay) -> Option<Value> {
    if replay.peers.iter().any(|peer| peer.group >= replay.groups.len()) {
        return None;
    }
    Some(json!({
        "end": tenths(replay.ended_s),
        "peers_in_run": replay.peers_in_run,
        "one_of": replay.one_of,
        "shortest_s": replay.shortest_s,
        "steps": replay.steps,
        "groups": replay.groups,
        "peers": replay.peers.iter().map(peer).collect::<Vec<_>>(),
        "unchokes": unchokes(replay)?,
    }))
}

fn peer(peer: &ReplayPeer) -> Value {
    let progress = peer.progress.iter().map(|&(at, step)| (tenths(at), step));
    json!({
        "id": peer.peer,
        "group": peer.group,
        "seed": peer.initial_seed,
        "upload": peer.upload_bytes_per_s,
        "download": peer.download_bytes_per_s,
        "joined": tenths(peer.joined_s),
        "completed": peer.completed_s.map(tenths),
        "left": peer.left_s.map(tenths),
        "reason": peer.left_reason,
        "progress": progress.collect::<Vec<_>>(),
    })
}

/// `[from, to, start, end, optimistic, bytes]` of each unchoke.
fn unchokes(replay: &Replay) -> Option<Vec<Value>> {
    let of = &replay.unchokes;
    let place = |peer: &u32| replay.peers.binary_search_by_key(peer, |p| p.peer).ok();
    let row = |i: usize| {
        let (from, to) = (place(of.from_peer.get(i)?)?, place(of.to_peer.get(i)?)?);
        let (start, end) = (tenths(*of.started_s.get(i)?), tenths(*of.ended_s.get(i)?));
        Some(json!([
            from,
            to,
            start,
            end,
            u8::from(*of.optimistic.get(i)?),
            of.bytes.get(i)?
        ]))
    };
    (0..of.started_s.len()).map(row).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float that is too large becomes the largest number"
)]
fn tenths(seconds: f64) -> i64 {
    (seconds * 10.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"ended_s": 10.26, "peers_in_run": 9, "one_of": 2, "shortest_s": 0.0, "steps": 20, "groups": ["a", "</script>"],
        "peers": [
            {"peer": 0, "group": 0, "initial_seed": true, "upload_bytes_per_s": 5.0, "download_bytes_per_s": null, "joined_s": 0.0,
             "completed_s": null, "left_s": null, "left_reason": null, "progress": [[0.0, 20]]},
            {"peer": 4, "group": 1, "initial_seed": false, "upload_bytes_per_s": 5.0, "download_bytes_per_s": 7.0, "joined_s": 1.0,
             "completed_s": 9.04, "left_s": 9.04, "left_reason": "done", "progress": [[1.0, 0], [9.04, 20]]}],
        "unchokes": {"started_s": [1.06], "ended_s": [9.0], "from_peer": [0], "to_peer": [4], "optimistic": [true], "bytes": [70]}}"#;

    fn read(text: &str) -> Result<Value, ReportError> {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("replay.json");
        fs::write(&path, text).expect("written");
        replay(&path)
    }

    #[test]
    fn times_are_tenths_and_peers_are_places() {
        let page = read(FILE).expect("a replay");
        assert_eq!(page["end"], 103);
        assert_eq!(page["unchokes"], json!([[0, 1, 11, 90, 1, 70]]));
        assert_eq!(page["peers"][1]["id"], 4);
        assert_eq!(page["peers"][1]["progress"], json!([[10, 0], [90, 20]]));
    }

    #[test]
    fn what_is_not_there_is_damage() {
        for (right, wrong) in [
            ("\"group\": 1", "\"group\": 2"),
            ("[4]", "[5]"),
            ("[9.0]", "[]"),
            ("\"end", "\"dne"),
        ] {
            assert!(FILE.contains(right));
            let error = read(&FILE.replacen(right, wrong, 1)).expect_err(wrong);
            assert!(matches!(error, ReportError::Damaged { .. }), "{error}");
        }
    }
}
