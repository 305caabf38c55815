//! How much a connection asks for at once, and what becomes of it.

use super::*;
use crate::ids::{ChunkIx, PeerId};

const RULE: Pipelining = Pipelining {
    least_blocks: 2,
    ahead: SimDuration::from_secs(3),
    quota_every: SimDuration::from_millis(500),
    whole_chunk_within: SimDuration::from_secs(20),
};

/// A leecher to whom seeds of these uploads send `chunks` chunks; a connection that brings one in `within` seconds asks for whole ones.
fn one_leecher(chunks: u64, uploads: &[f64], within: u64, endgame: bool) -> Scenario {
    let mut leecher = Group {
        pipelining: Some(Pipelining {
            whole_chunk_within: secs(within),
            ..RULE
        }),
        ..leechers(1, 1000.0, UNLIMITED)
    };
    (leecher.picking.random_first, leecher.picking.endgame) = (0, endgame);
    let mut groups: Vec<Group> = uploads.iter().map(|&upload| seeds(1, upload)).collect();
    groups.push(leecher);
    mesh(chunks, groups)
}

#[test]
fn a_fast_connection_asks_for_chunks_side_by_side() {
    // At 8000 bytes/s, two seconds a chunk.
    let steps = |within| {
        let mut pairs = Vec::new();
        for seed in 0..20 {
            let scenario = one_leecher(12, &[8000.0], within, false);
            let seen = play(&Scenario { seed, ..scenario });
            let known = seen.transfers.iter().filter(|t| t.started > at(5));
            let known: Vec<u32> = known.map(|t| t.chunk.0).collect();
            pairs.extend(known.windows(2).map(|pair| pair[0] + 1 == pair[1]));
        }
        pairs.iter().filter(|&&next| next).count() as f64 / pairs.len() as f64
    };
    let (alone, three) = (steps(2), steps(6));
    assert!(
        alone < 0.3 && three > 0.5,
        "{alone} and {three} of the chunks come after the one before them in the file"
    );
}

#[test]
fn what_one_neighbour_is_asked_for_others_leave_to_it_until_endgame() {
    let completed = |within, endgame| {
        let mut scenario = one_leecher(8, &[8000.0, 8000.0], within, endgame);
        // In order, so that what is left is side by side.
        scenario.groups[2].picking.picker = Picker::Sequential;
        scenario.groups[1].arrival = Arrival::AtOnce {
            count: 1,
            at: at(6),
            jitter: SimDuration::ZERO,
        };
        play(&scenario).last_completed()
    };
    let (one_each, all, shared) = (completed(2, false), completed(16, false), completed(16, true));
    // Eight chunks take 16 s from the first seed, which is asked for nearly all of them before the second is there; that could bring some two of them meanwhile.
    assert!(
        all > one_each + 1.5,
        "{all} s, {one_each} s where each is asked for a chunk at a time"
    );
    assert!(shared < one_each + 0.5, "{shared} s with endgame");
}

#[test]
fn a_fast_connection_begins_chunks_that_nobody_brings_before_it_joins_others() {
    for seed in 0..10 {
        let scenario = one_leecher(6, &[200.0, 8000.0], 20, false);
        let seen = play(&Scenario { seed, ..scenario });
        let begun = |chunk| {
            seen.transfers
                .iter()
                .filter(|t| t.chunk == chunk)
                .map(|t| t.started)
                .min()
        };
        let last_begun = (0..6)
            .filter_map(|chunk| begun(ChunkIx(chunk)))
            .max()
            .expect("all came");
        let slow: Vec<_> = seen.transfers.iter().filter(|t| t.from == PeerId(0)).collect();
        let fast = seen
            .transfers
            .iter()
            .filter(|t| t.from == PeerId(1) && t.started > at(5));
        let joins = |t: &Transfer| {
            slow.iter()
                .any(|s| s.chunk == t.chunk && s.started < t.started && t.started < s.ended)
        };
        let joined: Vec<SimTime> = fast.filter(|&t| joins(t)).map(|t| t.started).collect();
        assert!(
            !joined.is_empty(),
            "seed {seed}: it brings the rest of what the slow one has begun"
        );
        assert!(joined.into_iter().all(|started| started >= last_begun), "seed {seed}");
    }
}

#[test]
fn a_connection_that_nothing_holds_back_has_no_rate_until_it_is_settled() {
    // So many requests are under way from the start that they hold nothing back: the rate could be anything before the first settling.
    let mut scenario = one_leecher(4, &[8000.0], 2, false);
    let rule = Pipelining {
        least_blocks: 1000,
        ..RULE
    };
    scenario.groups[1].pipelining = Some(rule);
    assert_eq!(play(&scenario).last_completed(), 8.0);
}
