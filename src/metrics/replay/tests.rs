//! Recordings told by hand, with small limits.

use super::*;
use crate::ids::ChunkIx;
use crate::metrics::testing::{leechers, scenario, seeds};

const SEEDS: GroupIx = GroupIx(0);
const LEECHERS: GroupIx = GroupIx(1);

fn at(seconds: f64) -> SimTime {
    SimTime::from_secs_f64(seconds)
}

fn recording(limits: Limits) -> Recording {
    Recording {
        limits,
        ..Recording::new(&scenario(vec![seeds(), leechers()]))
    }
}

/// Peer 0 is a seed, the others join as leechers, one each second.
fn join(recording: &mut Recording, peers: u32) {
    recording.joined(SimTime::ZERO, PeerId(0), SEEDS, 3);
    for id in 1..peers {
        recording.joined(at(f64::from(id)), PeerId(id), LEECHERS, 0);
    }
}

fn leave(recording: &mut Recording, peers: u32) {
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

fn unchoke(from: u32, to: u32, started: f64, ended: f64) -> Unchoke {
    Unchoke {
        started: at(started),
        ended: at(ended),
        from: PeerId(from),
        from_group: LEECHERS,
        to: PeerId(to),
        to_group: LEECHERS,
        optimistic: false,
        sender_leeches: true,
        bytes: 9,
    }
}

fn ids(replay: &Replay) -> Vec<u32> {
    replay.peers.iter().map(|peer| peer.peer).collect()
}

#[test]
fn too_many_peers_are_halved_but_the_first_of_each_group_stays() {
    let mut run = recording(Limits { peers: 5, ..LIMITS });
    join(&mut run, 5);
    run.unchoke_ended(&unchoke(1, 3, 5.0, 6.0));
    run.unchoke_ended(&unchoke(1, 2, 5.0, 6.0));
    for id in 5..12 {
        run.joined(at(f64::from(id)), PeerId(id), LEECHERS, 0);
    }
    leave(&mut run, 12);
    let replay = run.replay(at(20.0));
    // Leechers 1 to 11 have the ordinals 0 to 10: with the sixth peer every second is dropped, and with the next sixth again.
    assert_eq!((replay.one_of, replay.peers_in_run), (4, 12));
    assert_eq!(ids(&replay), [0, 1, 5, 9]);
    assert_eq!(replay.unchokes, ReplayUnchokes::default(), "2 and 3 are not shown");
}

#[test]
fn too_many_unchokes_cost_peers_first_and_then_the_shortest_unchokes() {
    let limits = Limits {
        peers: 20,
        peers_kept: 3,
        unchokes: 4,
    };
    let mut run = recording(limits);
    join(&mut run, 5);
    for (from, to) in [(1, 2), (2, 3), (3, 4), (1, 3)] {
        run.unchoke_ended(&unchoke(from, to, 5.0, 6.0));
    }
    assert_eq!((run.one_of, run.unchokes.len()), (1, 4));
    run.unchoke_ended(&unchoke(3, 1, 5.0, 7.0));
    assert_eq!((run.one_of, run.peers.len(), run.unchokes.len()), (2, 3, 2));
    for tenths in 1..=20 {
        run.unchoke_ended(&unchoke(1, 3, 7.0, 7.0 + f64::from(tenths) / 10.0));
        assert!(run.unchokes.len() <= 4);
    }
    // 0.1, 0.2, 0.3, 1 and 2 s are too many, so 0.3 s goes with what is shorter; and so on up to 1.7 s.
    assert_eq!(run.shortest, SimDuration(1_700_000_001));
    leave(&mut run, 5);
    let replay = run.replay(at(20.0));
    assert_eq!(ids(&replay), [0, 1, 3]);
    assert!(replay.unchokes.started_s.contains(&5.0), "2 s are long enough");
}

#[test]
fn progress_has_a_step_for_each_twentieth_that_a_chunk_reaches() {
    let mut run = recording(LIMITS);
    join(&mut run, 2);
    let transfer = |ended: f64, end| Transfer {
        started: at(1.0),
        ended: at(ended),
        from: PeerId(0),
        to: PeerId(1),
        chunk: ChunkIx(0),
        bytes: 100,
        kept_bytes: 100,
        end,
    };
    run.transferred(&transfer(2.0, TransferEnd::PartCompleted));
    run.transferred(&transfer(3.0, TransferEnd::ChunkCompleted));
    run.transferred(&transfer(4.5, TransferEnd::ChunkCompleted));
    run.transferred(&transfer(6.0, TransferEnd::ChunkCompleted));
    leave(&mut run, 2);
    let replay = run.replay(at(8.0));
    assert_eq!(replay.peers[1].progress, [(1.0, 0), (3.0, 6), (4.5, 13), (6.0, 20)]);
    assert!(replay.peers[0].initial_seed && !replay.peers[1].initial_seed);
    assert_eq!((replay.peers[0].download_bytes_per_s, replay.ended_s), (None, 8.0));
}

#[test]
fn the_file_reads_back_as_it_was() {
    let mut run = recording(LIMITS);
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
