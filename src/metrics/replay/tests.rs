//! Recordings told by hand, with small limits.

use super::recording::{LIMITS, Limits};
use super::*;
use crate::engine::observer::{PeerRecord, Side, Transfer, TransferEnd, Unchoke};
use crate::ids::{ChunkIx, GroupIx, PeerId};
use crate::metrics::testing::{leechers, scenario, seeds};
use crate::scenario::Scenario;
use crate::scenario::model::{Discovery, StartsWith, Tracker};
use crate::units::{SimDuration, SimTime};

const SEEDS: GroupIx = GroupIx(0);
const LEECHERS: GroupIx = GroupIx(1);
const FEW_PEERS: Limits = Limits {
    peers: 6,
    sample: 4,
    ..LIMITS
};

fn at(seconds: f64) -> SimTime {
    SimTime::from_secs_f64(seconds)
}

fn swarm() -> Scenario {
    scenario(vec![seeds(), leechers()])
}

/// Peer 0 is a seed, the others join as leechers, one each second.
fn join(recording: &mut Recording<'_>, peers: u32) {
    recording.joined(SimTime::ZERO, PeerId(0), SEEDS, 100.0);
    join_more(recording, 1..peers);
}

fn join_more(recording: &mut Recording<'_>, peers: std::ops::Range<u32>) {
    for id in peers {
        recording.joined(at(f64::from(id)), PeerId(id), LEECHERS, f64::from(id));
    }
}

fn leave(recording: &mut Recording<'_>, peers: u32) {
    for id in 0..peers {
        recording.peer_record(&PeerRecord {
            id: PeerId(id),
            group: if id == 0 { SEEDS } else { LEECHERS },
            upload: 100.0,
            download: if id == 0 { f64::INFINITY } else { 400.0 },
            chunks_at_start: 0,
            chunks_at_end: 0,
            joined: at(f64::from(id)),
            first_chunk: None,
            completed: None,
            left: None,
            uploaded_bytes: 0,
            uploaded_leeching_bytes: 0,
            downloaded_bytes: 0,
            wasted_bytes: 0,
        });
    }
}

fn side(peer: u32) -> Side {
    Side {
        id: PeerId(peer),
        group: LEECHERS,
        upload: 100.0,
    }
}

fn unchoke(from: u32, to: u32, started: f64, ended: f64) -> Unchoke {
    Unchoke {
        started: at(started),
        ended: at(ended),
        from: side(from),
        to: side(to),
        optimistic: false,
        sender_leeches: true,
        bytes: 9,
    }
}

fn transfer(from: u32, to: u32, started: f64, ended: f64, chunk: u32) -> Transfer {
    Transfer {
        started: at(started),
        ended: at(ended),
        from: PeerId(from),
        to: PeerId(to),
        chunk: ChunkIx(chunk),
        bytes: 100,
        kept_bytes: 100,
        end: TransferEnd::ChunkCompleted,
    }
}

fn ids(replay: &Replay) -> Vec<u32> {
    replay.peers.iter().map(|peer| peer.peer).collect()
}

/// `(from, to)` of a column of each.
fn pairs(from: &[u32], to: &[u32]) -> Vec<(u32, u32)> {
    from.iter().copied().zip(to.iter().copied()).collect()
}

#[test]
fn too_many_peers_are_halved_and_those_that_stay_keep_all_their_partners() {
    let swarm = swarm();
    let mut run = Recording::within(&swarm, FEW_PEERS);
    join(&mut run, 6);
    run.unchoke_ended(&unchoke(1, 3, 5.0, 6.0));
    run.unchoke_ended(&unchoke(4, 1, 5.0, 6.0));
    run.unchoke_ended(&unchoke(2, 4, 5.0, 6.0));
    join_more(&mut run, 6..12);
    leave(&mut run, 12);
    let replay = run.replay(at(20.0));
    // Leechers 1 to 11 have the ordinals 0 to 10: all are kept up to the sixth, then every second, and from 5 peers on every fourth.
    assert_eq!((replay.one_of, replay.peers_in_run), (4, 12));
    assert_eq!(ids(&replay), [0, 1, 5, 9]);
    let slots = pairs(&replay.unchokes.from_peer, &replay.unchokes.to_peer);
    assert_eq!(slots, [(1, 3), (4, 1)], "2 and 4 are both not shown");
    assert_eq!(replay.partners.peer, [3, 4]);
    assert_eq!(
        (replay.partners.group, replay.partners.upload_bytes_per_s),
        (vec![1, 1], vec![3.0, 4.0])
    );
}

#[test]
fn where_most_have_left_the_recording_ends_before_it_thins_out() {
    let swarm = swarm();
    let mut run = Recording::within(&swarm, FEW_PEERS);
    join(&mut run, 6);
    leave(&mut run, 4);
    join_more(&mut run, 6..12);
    run.unchoke_ended(&unchoke(5, 6, 5.5, 9.0));
    run.unchoke_ended(&unchoke(4, 5, 6.0, 9.0));
    run.transferred(&transfer(4, 5, 6.5, 7.0, 0));
    leave(&mut run, 12);
    let replay = run.replay(at(20.0));
    assert_eq!((replay.one_of, replay.ended_s, replay.peers_in_run), (1, 6.0, 12));
    assert_eq!(ids(&replay), [0, 1, 2, 3, 4, 5]);
    assert_eq!(replay.unchokes.started_s, [5.5], "what begins later is not in it");
    assert!(replay.transfers.started_s.is_empty());
    assert_eq!(replay.partners.peer, [6]);
}

#[test]
fn a_recording_that_is_nearly_full_of_rows_ends_with_the_next_arrival() {
    let swarm = swarm();
    let limits = Limits { rows: 8, ..LIMITS };
    let mut run = Recording::within(&swarm, limits);
    join(&mut run, 4);
    let rows = |run: &mut Recording<'_>, count| (0..count).for_each(|_| run.unchoke_ended(&unchoke(1, 2, 2.0, 3.0)));
    rows(&mut run, 6);
    join_more(&mut run, 4..5);
    leave(&mut run, 3);
    assert_eq!(run.closed, None, "most are there");
    join_more(&mut run, 5..7);
    assert_eq!(run.closed, Some(at(5.0)));
    assert_eq!(run.peers.len(), 5);
}

#[test]
fn too_many_rows_cost_peers_first_and_then_what_was_shortest() {
    let swarm = swarm();
    let limits = Limits {
        peers: 20,
        sample: 20,
        peers_kept: 3,
        rows: 4,
    };
    let mut run = Recording::within(&swarm, limits);
    join(&mut run, 5);
    for (from, to) in [(1, 2), (2, 4), (4, 2), (1, 3)] {
        run.unchoke_ended(&unchoke(from, to, 5.0, 6.0));
    }
    assert_eq!((run.one_of, run.unchokes.len()), (1, 4));
    run.unchoke_ended(&unchoke(3, 1, 5.0, 7.0));
    assert_eq!((run.one_of, run.peers.len(), run.unchokes.len()), (2, 3, 3));
    for tenths in 1..=20 {
        run.unchoke_ended(&unchoke(1, 3, 7.0, 7.0 + f64::from(tenths) / 10.0));
        assert!(run.rows() <= 4);
    }
    assert!(run.shortest > SimDuration::from_secs(1));
    let transfer = |started: f64, ended: f64| Transfer {
        started: at(started),
        ended: at(ended),
        from: PeerId(1),
        to: PeerId(3),
        chunk: ChunkIx(0),
        bytes: 1,
        kept_bytes: 1,
        end: TransferEnd::ChunkCompleted,
    };
    run.transferred(&transfer(12.0, 12.5));
    run.transferred(&transfer(14.0, 19.0));
    leave(&mut run, 5);
    let replay = run.replay(at(20.0));
    assert_eq!(replay.transfers.started_s, [14.0], "half a second is too short");
    assert_eq!(ids(&replay), [0, 1, 3]);
    assert!(replay.unchokes.started_s.contains(&5.0), "2 s are long enough");
}

#[test]
fn a_slot_that_turns_is_a_piece_of_each_kind() {
    let swarm = swarm();
    let mut run = Recording::within(&swarm, FEW_PEERS);
    join(&mut run, 4);
    let until = |ended: f64, optimistic: bool, bytes: u64| Unchoke {
        optimistic,
        bytes,
        ..unchoke(1, 3, 5.0, ended)
    };
    run.unchoke_turned(&until(35.0, true, 4));
    run.unchoke_ended(&unchoke(3, 1, 5.0, 40.0));
    run.unchoke_turned(&until(65.0, false, 9));
    run.unchoke_ended(&until(75.0, true, 10));
    run.unchoke_ended(&unchoke(1, 3, 80.0, 90.0));
    let (turned_and_gone, stays) = (unchoke(2, 3, 5.0, 91.0), unchoke(1, 2, 5.0, 91.0));
    run.unchoke_turned(&turned_and_gone);
    run.unchoke_turned(&stays);
    join_more(&mut run, 4..8);
    run.unchoke_ended(&Unchoke {
        ended: at(95.0),
        ..stays
    });
    leave(&mut run, 8);
    assert_eq!(run.peers.keys().map(|peer| peer.0).collect::<Vec<_>>(), [0, 1, 5]);
    let slots = run.replay(at(99.0)).unchokes;
    assert_eq!(slots.started_s, [5.0, 5.0, 35.0, 65.0, 80.0, 5.0, 91.0]);
    assert_eq!(slots.ended_s, [35.0, 40.0, 65.0, 75.0, 90.0, 91.0, 95.0]);
    assert_eq!(slots.optimistic, [true, false, false, true, false, false, false]);
    assert_eq!(slots.bytes, [4, 9, 5, 1, 9, 9, 0]);
}

#[test]
fn progress_and_parts_are_those_of_the_chunks() {
    let mut all_but_one = leechers();
    all_but_one.starts_with = StartsWith::AllBut(1);
    let swarm = scenario(vec![seeds(), leechers(), all_but_one]);
    let mut run = Recording::new(&swarm);
    join(&mut run, 2);
    run.joined(at(2.0), PeerId(2), GroupIx(2), 1.0);
    let part = Transfer {
        end: TransferEnd::PartCompleted,
        ..transfer(0, 1, 1.0, 2.0, 2)
    };
    run.transferred(&part);
    run.transferred(&transfer(0, 1, 2.0, 3.0, 2));
    run.transferred(&transfer(0, 1, 3.0, 4.5, 0));
    leave(&mut run, 3);
    let replay = run.replay(at(8.0));
    assert_eq!((replay.chunks, replay.steps), (3, 3));
    assert_eq!(replay.peers[1].progress, [(1.0, 0), (3.0, 1), (4.5, 2)]);
    assert_eq!(replay.peers[1].part_whole_s, [Some(4.5), None, Some(3.0)]);
    assert_eq!(
        replay.peers[2].part_whole_s,
        [None, Some(2.0), Some(2.0)],
        "brought along"
    );
    assert!(replay.peers[0].initial_seed && !replay.peers[1].initial_seed);
    assert_eq!((replay.peers[0].download_bytes_per_s, replay.ended_s), (None, 8.0));
}

#[test]
fn a_part_of_a_long_file_is_begun_before_it_is_whole() {
    let scale = life::Scale { chunks: 1024 };
    let mut peer = life::Life::new(0, scale, SimTime::ZERO, &[]);
    peer.has(at(1.0), ChunkIx(1));
    peer.has(at(2.0), ChunkIx(1023));
    peer.has(at(3.0), ChunkIx(0));
    let swarm = swarm();
    let mut run = Recording::new(&swarm);
    join(&mut run, 1);
    leave(&mut run, 1);
    peer.record = run.peers[&PeerId(0)].record;
    let peer = peer.told().expect("it has a record");
    assert_eq!(peer.part_whole_s.len(), 512);
    assert_eq!((peer.part_begun_s[0], peer.part_whole_s[0]), (Some(1.0), Some(3.0)));
    assert_eq!((peer.part_begun_s[511], peer.part_whole_s[511]), (Some(2.0), None));
}

#[test]
fn transfers_without_a_break_are_one() {
    let swarm = swarm();
    let mut run = Recording::new(&swarm);
    join(&mut run, 4);
    for (from, to, started, ended) in [(1, 2, 3.0, 4.0), (2, 1, 3.0, 4.5), (1, 2, 4.2, 6.0), (1, 2, 8.0, 9.0)] {
        run.transferred(&transfer(from, to, started, ended, 0));
    }
    leave(&mut run, 4);
    let spans = run.replay(at(20.0)).transfers;
    assert_eq!(pairs(&spans.from_peer, &spans.to_peer), [(2, 1), (1, 2), (1, 2)]);
    assert_eq!(
        (spans.started_s, spans.ended_s),
        (vec![3.0, 3.0, 8.0], vec![4.5, 6.0, 9.0])
    );
}

#[test]
fn connections_are_kept_until_there_are_too_many() {
    let mesh = swarm();
    let replay = Recording::new(&mesh).replay(at(1.0));
    assert!(
        replay.full_mesh && replay.connections.is_none(),
        "everybody knows everybody"
    );
    let tracker = Tracker {
        peers_returned: 50,
        matches_capacity: false,
        announce_interval: SimDuration::from_secs(1_800),
        min_announce_interval: SimDuration::from_secs(60),
        min_neighbours: 20,
        outages: Vec::new(),
    };
    let tracked = Scenario {
        discovery: Discovery::Tracker(tracker),
        ..mesh
    };
    let limits = Limits {
        peers_kept: 10,
        rows: 4,
        ..LIMITS
    };
    let run = |more: u32| {
        let mut run = Recording::within(&tracked, limits);
        join(&mut run, 6);
        for other in 2..4 + more {
            run.connected(at(5.0), PeerId(other), PeerId(1));
        }
        run.disconnected(at(7.0), PeerId(1), PeerId(3));
        leave(&mut run, 6);
        run.replay(at(20.0))
    };
    let spans = run(0).connections.expect("connections");
    assert_eq!(pairs(&spans.from_peer, &spans.to_peer), [(1, 3), (1, 2)]);
    assert_eq!(spans.ended_s, [7.0, 20.0]);
    let full = run(3);
    assert!(full.connections.is_none() && !full.full_mesh);
}

#[test]
fn the_file_reads_back_as_it_was() {
    let swarm = swarm();
    let mut run = Recording::new(&swarm);
    join(&mut run, 3);
    run.unchoke_ended(&unchoke(1, 2, 2.5, 1_000.000_000_001));
    leave(&mut run, 3);
    let mut file = Vec::new();
    run.finish(at(1_001.0), &mut file).expect("memory takes all");
    let replay: Replay = serde_json::from_slice(&file).expect("JSON");
    assert_eq!(replay.unchokes.from_peer, [1]);
    assert_eq!(replay.unchokes.started_s, [2.5]);
    assert_eq!(replay.groups, ["origin", "leechers"]);
}
