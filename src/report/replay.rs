//! `replay.json` becomes what the animation draws: times in tenths of a second, peers by their place: those that are shown, then their partners.

use std::path::Path;

use serde_json::{Value, json};

use super::{ReportError, failed};
use crate::files;
use crate::metrics::replay::{Replay, ReplayPeer, ReplaySpans};
use crate::scenario::limits::REPORT_TEXT_BYTES_MAX;

/// The replay in the file at `path`.
pub(super) fn replay(path: &Path) -> Result<Value, ReportError> {
    let text = files::read_text(path, REPORT_TEXT_BYTES_MAX).map_err(failed("read", path))?;
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
    let groups = replay.peers.iter().map(|peer| &peer.group);
    let parts = replay.peers.first().map_or(0, |peer| peer.part_whole_s.len());
    let whole = |peer: &ReplayPeer| peer.part_whole_s.len() == parts && peer.part_begun_s.len() == parts;
    let mut groups = groups.chain(&replay.partners.group);
    if groups.any(|&group| group >= replay.groups.len()) || !replay.peers.iter().all(whole) {
        return None;
    }
    let connections = match &replay.connections {
        Some(spans) => Some(rows(replay, spans)?),
        None => None,
    };
    // Of a part that is one chunk there is no begin to tell.
    let is_chunks = parts as u64 == u64::from(replay.chunks);
    Some(json!({
        "end": tenths(replay.ended_s),
        "peers_in_run": replay.peers_in_run,
        "one_of": replay.one_of,
        "shortest_s": replay.shortest_s,
        "chunks": replay.chunks,
        "steps": replay.steps,
        "full_mesh": replay.full_mesh,
        "groups": replay.groups,
        "peers": replay.peers.iter().map(|each| peer(each, is_chunks)).collect::<Vec<_>>(),
        "partners": partners(replay)?,
        "unchokes": unchokes(replay)?,
        "transfers": rows(replay, &replay.transfers)?,
        "connections": connections,
    }))
}

fn peer(peer: &ReplayPeer, parts_are_chunks: bool) -> Value {
    let progress = peer.progress.iter().map(|&(at, step)| (tenths(at), step));
    let times = |column: &[Option<f64>]| column.iter().map(|at| at.map(tenths)).collect::<Vec<_>>();
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
        "begun": (!parts_are_chunks).then(|| times(&peer.part_begun_s)),
        "whole": times(&peer.part_whole_s),
    })
}

/// `[id, group, upload]` of each partner.
fn partners(replay: &Replay) -> Option<Vec<Value>> {
    let of = &replay.partners;
    let row = |i: usize| Some(json!([of.peer[i], of.group.get(i)?, of.upload_bytes_per_s.get(i)?]));
    (0..of.peer.len()).map(row).collect()
}

/// The place of a peer: partners come after those that are shown.
fn place(replay: &Replay, peer: u32) -> Option<usize> {
    let shown = replay.peers.binary_search_by_key(&peer, |p| p.peer).ok();
    let among = || replay.partners.peer.binary_search(&peer).ok();
    shown.or_else(|| among().map(|place| replay.peers.len() + place))
}

/// `[from, to, start, end, optimistic, bytes]` of each unchoke.
fn unchokes(replay: &Replay) -> Option<Vec<Value>> {
    let of = &replay.unchokes;
    let row = |i: usize| {
        Some(json!([
            place(replay, *of.from_peer.get(i)?)?,
            place(replay, *of.to_peer.get(i)?)?,
            tenths(*of.started_s.get(i)?),
            tenths(*of.ended_s.get(i)?),
            u8::from(*of.optimistic.get(i)?),
            of.bytes.get(i)?
        ]))
    };
    (0..of.started_s.len()).map(row).collect()
}

/// `[from, to, start, end]` of each span.
fn rows(replay: &Replay, of: &ReplaySpans) -> Option<Vec<Value>> {
    let row = |i: usize| {
        Some(json!([
            place(replay, *of.from_peer.get(i)?)?,
            place(replay, *of.to_peer.get(i)?)?,
            tenths(*of.started_s.get(i)?),
            tenths(*of.ended_s.get(i)?),
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

    const FILE: &str = r#"{"ended_s": 10.26, "peers_in_run": 9, "one_of": 2, "shortest_s": 0.0, "chunks": 2, "steps": 2, "full_mesh": false,
        "groups": ["a", "</script>"],
        "peers": [
            {"peer": 0, "group": 0, "initial_seed": true, "upload_bytes_per_s": 5.0, "download_bytes_per_s": null, "joined_s": 0.0,
             "completed_s": null, "left_s": null, "left_reason": null, "progress": [[0.0, 2]], "part_begun_s": [0.0, 0.0], "part_whole_s": [0.0, 0.0]},
            {"peer": 4, "group": 1, "initial_seed": false, "upload_bytes_per_s": 5.0, "download_bytes_per_s": 7.0, "joined_s": 1.0,
             "completed_s": 9.04, "left_s": 9.04, "left_reason": "done", "progress": [[1.0, 0], [5.0, 1], [9.04, 2]],
             "part_begun_s": [5.0, 9.04], "part_whole_s": [5.0, 9.04]}],
        "partners": {"peer": [2, 7], "group": [1, 1], "upload_bytes_per_s": [3.0, 4.0]},
        "unchokes": {"started_s": [1.06], "ended_s": [9.0], "from_peer": [0], "to_peer": [4], "optimistic": [true], "bytes": [70]},
        "transfers": {"started_s": [2.0], "ended_s": [3.0], "from_peer": [7], "to_peer": [4]},
        "connections": {"started_s": [1.0], "ended_s": [9.5], "from_peer": [2], "to_peer": [4]}}"#;

    fn read(text: &str) -> Result<Value, ReportError> {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("replay.json");
        std::fs::write(&path, text).expect("written");
        replay(&path)
    }

    #[test]
    fn times_are_tenths_and_peers_are_places() {
        let page = read(FILE).expect("a replay");
        assert_eq!(page["end"], 103);
        assert_eq!(page["unchokes"], json!([[0, 1, 11, 90, 1, 70]]));
        assert_eq!(
            page["transfers"],
            json!([[3, 1, 20, 30]]),
            "partners come after those shown"
        );
        assert_eq!(page["connections"], json!([[2, 1, 10, 95]]));
        assert_eq!(page["partners"], json!([[2, 1, 3.0], [7, 1, 4.0]]));
        assert_eq!(page["peers"][1]["id"], 4);
        assert_eq!(page["peers"][1]["progress"], json!([[10, 0], [50, 1], [90, 2]]));
        assert_eq!(page["peers"][1]["whole"], json!([50, 90]));
        assert_eq!(page["peers"][1]["begun"], Value::Null, "each part is one chunk");
        let parts = read(&FILE.replace("\"chunks\": 2", "\"chunks\": 4")).expect("a replay");
        assert_eq!(parts["peers"][1]["begun"], json!([50, 90]));
    }

    #[test]
    fn what_is_not_there_is_damage() {
        for (right, wrong) in [
            ("\"group\": 1", "\"group\": 2"),
            ("\"group\": [1, 1]", "\"group\": [1, 2]"),
            ("\"group\": [1, 1]", "\"group\": [1]"),
            ("\"to_peer\": [4]", "\"to_peer\": [5]"),
            ("\"from_peer\": [7]", "\"from_peer\": [8]"),
            ("\"from_peer\": [2]", "\"from_peer\": []"),
            ("[9.0]", "[]"),
            ("\"part_begun_s\": [5.0, 9.04]", "\"part_begun_s\": [5.0]"),
            ("\"end", "\"dne"),
        ] {
            assert!(FILE.contains(right));
            let error = read(&FILE.replacen(right, wrong, 1)).expect_err(wrong);
            assert!(matches!(error, ReportError::Damaged { .. }), "{error}");
        }
    }

    #[test]
    fn a_replay_as_large_as_it_gets_leaves_room_in_a_page_of_five_megabytes() {
        let mut replay: Replay = serde_json::from_str(FILE).expect("a replay");
        let (row, late) = (80_000 / 3, 360_000.03);
        replay.chunks = 10_000;
        let peer = ReplayPeer {
            progress: (0..=100).map(|step| (late, step)).collect(),
            part_begun_s: vec![Some(late); 512],
            part_whole_s: vec![Some(late); 512],
            ..replay.peers[1].clone()
        };
        // Samples have 60 peers; 150 whole ones have no partners.
        replay.peers = (1_000_000..1_000_060)
            .map(|id| ReplayPeer {
                peer: id,
                ..peer.clone()
            })
            .collect();
        let spans = |n: usize| ReplaySpans {
            started_s: vec![late; n],
            ended_s: vec![late; n],
            from_peer: vec![1_000_000; n],
            to_peer: vec![1_000_001; n],
        };
        replay.transfers = spans(row);
        replay.connections = Some(spans(row));
        let of = &mut replay.unchokes;
        (of.started_s, of.ended_s) = (vec![late; row], vec![late; row]);
        (of.from_peer, of.to_peer) = (vec![1_000_000; row], vec![1_000_001; row]);
        (of.optimistic, of.bytes) = (vec![true; row], vec![12_345_678; row]);
        let page = compact(&replay).expect("a replay").to_string();
        assert!(page.len() > 1_500_000 && page.len() < 3_200_000, "{} bytes", page.len());
    }
}
