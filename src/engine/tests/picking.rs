//! What a leecher asks for: where it has begun a chunk that nobody brings, and where the most common chunks are held back.

use super::*;
use crate::engine::observer::TransferEnd;
use std::collections::BTreeSet;

/// A seed serves two leechers in turns of 30 s, 16 s a chunk: in its first turn each gets one of four chunks and most of a second. At 90 s the first is served
/// again: whether it goes on with the chunk that it has begun, and whether no other is rarer.
fn goes_on(strict_priority: StrictPriority, random_first: u32, seed: u64) -> (bool, bool) {
    let mut origin = seeds(1, 1000.0);
    origin.rechoke.refill = Refill::Periodic;
    origin.seeding = Choking::Libtorrent {
        slots: 1,
        optimistic_slots: 1,
        quota_chunks: 20,
        quota_time: secs(60),
    };
    let mut takers = leechers(2, 1000.0, UNLIMITED);
    takers.choking = Choking::FreeRider;
    (takers.picking.strict_priority, takers.picking.random_first) = (strict_priority, random_first);
    let seen = play(&Scenario {
        seed,
        ..mesh(4, vec![origin, takers])
    });
    let begun_at = |s| {
        seen.transfers
            .iter()
            .find(|t| t.started == at(s))
            .expect("a turn begins")
    };
    let (first, again) = (begun_at(30), begun_at(90));
    assert_eq!(first.to, again.to);
    let begun = begun_at(46).chunk;
    (again.chunk == begun, begun_at(60).chunk != begun)
}

#[test]
fn a_begun_chunk_comes_first_or_last_or_first_unless_a_new_one_is_rarer() {
    let mut rarest = 0;
    for seed in 0..20 {
        let (goes, is_rarest) = goes_on(StrictPriority::UnlessRarer, 0, seed);
        assert_eq!(goes, is_rarest, "seed {seed}");
        rarest += u32::from(is_rarest);
        assert!(goes_on(StrictPriority::UnlessRarer, 4, seed).0, "picked at random");
        assert!(goes_on(StrictPriority::On, 0, seed).0);
        assert!(!goes_on(StrictPriority::Off, 0, seed).0);
    }
    assert!(rarest > 0 && rarest < 20, "both were seen");
}

/// One club lacks the chunk that only the seed has. Who comes new asks for that one first, and nobody ever for a most common chunk, unless all are equally common.
#[test]
fn nobody_fetches_the_most_common_chunk() {
    const CHUNKS: usize = 12;
    let suppressed = |group: Group| Group {
        picking: Picking {
            picker: Picker::ModeSuppression,
            random_first: 0,
            strict_priority: StrictPriority::On,
            endgame: true,
        },
        ..group
    };
    let club = Group {
        starts_with: StartsWith::AllBut(1),
        ..leechers(8, 1000.0, UNLIMITED)
    };
    let mut newcomers = leechers(12, 1000.0, UNLIMITED);
    newcomers.arrival = Arrival::AtOnce {
        count: 12,
        at: at(5),
        jitter: secs(60),
    };
    let seen = play(&mesh(
        CHUNKS as u64,
        vec![seeds(1, 500.0), suppressed(club), suppressed(newcomers)],
    ));
    assert_eq!(seen.ending(), Ending::AllDone);
    assert_eq!(seen.completed(2).len(), 12);

    // What a leecher begins first of a chunk it has chosen; the rest of a chunk follows by other rules.
    let mut begun: Vec<_> = seen.transfers.iter().collect();
    begun.sort_by_key(|t| t.started);
    let mut known = BTreeSet::new();
    begun.retain(|t| known.insert((t.to, t.chunk)));
    let completed: Vec<_> = seen
        .transfers
        .iter()
        .filter(|t| t.end == TransferEnd::ChunkCompleted)
        .collect();
    // The copies while `earlier` chunks were completed: all stay, and newcomers bring nothing.
    let copies = |earlier: usize| {
        let mut copies = [9_usize; CHUNKS];
        copies[0] = 1;
        completed[..earlier].iter().for_each(|t| copies[t.chunk.ix()] += 1);
        copies
    };
    let mut held_back = 0;
    for choice in &begun {
        // Of what happens at one instant it is not told what came first.
        let before = completed.partition_point(|t| t.ended < choice.started);
        let after = completed.partition_point(|t| t.ended <= choice.started);
        let fits = |copies: [usize; CHUNKS]| {
            let most = copies.iter().max() == Some(&copies[choice.chunk.ix()]);
            !most || copies.iter().all(|c| *c == copies[0])
        };
        assert!((before..=after).any(|earlier| fits(copies(earlier))), "{choice:?}");
        held_back += usize::from(copies(after).iter().any(|c| *c != copies(after)[0]));
    }
    assert!(held_back > begun.len() / 2, "{held_back} of {} choices", begun.len());
    for newcomer in seen.peers.iter().filter(|p| p.group.0 == 2) {
        let first = begun.iter().find(|t| t.to == newcomer.id).expect("it asks");
        assert_eq!(first.chunk.0, 0, "{first:?}");
    }
}
