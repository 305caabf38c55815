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

/// A swarm of `club` leechers that lack chunk 0, 12 newcomers that lack all, and a seed, where the most common chunks are held back. Checks each choice: nobody asks for
/// a most common chunk, unless all are equally common. Returns how many choices there were of either kind, and what each newcomer asked for first.
fn choices(club: u32) -> ([usize; 2], BTreeSet<u32>) {
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
    let mut newcomers = leechers(12, 1000.0, UNLIMITED);
    newcomers.arrival = Arrival::AtOnce {
        count: 12,
        at: at(5),
        jitter: secs(60),
    };
    let mut groups = vec![seeds(1, 500.0), suppressed(newcomers)];
    if club > 0 {
        groups.push(suppressed(Group {
            starts_with: StartsWith::AllBut(1),
            ..leechers(club, 1000.0, UNLIMITED)
        }));
    }
    let seen = play(&mesh(CHUNKS as u64, groups));
    assert_eq!(seen.ending(), Ending::AllDone);
    assert_eq!(seen.completed(1).len(), 12);

    // The part of a chunk that came first was chosen; the rest follows by other rules.
    let mut chosen: Vec<_> = seen.transfers.iter().collect();
    chosen.sort_by_key(|t| t.started);
    let mut known = BTreeSet::new();
    chosen.retain(|t| known.insert((t.to, t.chunk)));
    let ended = seen.transfers.iter();
    let completed: Vec<_> = ended.filter(|t| t.end == TransferEnd::ChunkCompleted).collect();
    // The copies once the first of these were completed: all peers stay, and newcomers bring nothing.
    let copies = |first: usize| {
        let mut copies = [1 + club; CHUNKS];
        copies[0] = 1;
        completed[..first].iter().for_each(|t| copies[t.chunk.ix()] += 1);
        copies
    };
    let all_equal = |copies: [u32; CHUNKS]| copies.iter().all(|c| *c == copies[0]);
    let mut kinds = [0, 0];
    for choice in &chosen {
        // What was completed at the same instant may have been so before or after.
        let before = completed.partition_point(|t| t.ended < choice.started);
        let after = completed.partition_point(|t| t.ended <= choice.started);
        let fits = |copies: [u32; CHUNKS]| {
            all_equal(copies) || copies[choice.chunk.ix()] < copies.into_iter().max().unwrap_or(0)
        };
        assert!((before..=after).any(|first| fits(copies(first))), "{choice:?}");
        kinds[usize::from(all_equal(copies(before)))] += 1;
    }
    let newcomers = seen.peers.iter().filter(|p| p.group.0 == 1);
    let first_of = |id| chosen.iter().find(|t| t.to == id).expect("it asks").chunk.0;
    (kinds, newcomers.map(|p| first_of(p.id)).collect())
}

#[test]
fn nobody_fetches_the_most_common_chunk() {
    let ([held_back, equal], _) = choices(0);
    assert!(held_back > 100 && equal > 0, "{held_back}, {equal}");
    // One club lacks the chunk that only the seed has: who comes new gets that one first.
    let (_, first) = choices(8);
    assert_eq!(first, BTreeSet::from([0]));
}
