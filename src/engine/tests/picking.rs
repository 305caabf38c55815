//! What a leecher asks for where it has begun a chunk that nobody brings.

use super::*;

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
