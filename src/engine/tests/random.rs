//! Random swarms over all features: no panic, every invariant holds, everyone is accounted for.

use super::*;
use crate::engine::observer::Leave;
use crate::engine::testing::assert_all_accounted_for;
use crate::scenario::testing::{cases, read_back, swarm};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn every_random_swarm_keeps_every_invariant(scenario in swarm()) {
        let read = read_back(&scenario);
        prop_assert_eq!(&read, &scenario, "the scenario that is read is not the one that was written");
        let seen = play(&read);
        assert_all_accounted_for(&scenario, &seen.peers, seen.ended);
        let (end, _) = seen.ended.unwrap();
        for p in &seen.peers {
            if let (Some(done), 0, true) = (p.completed, p.chunks_at_start, p.download.is_finite()) {
                let secs = done.since(p.joined).as_secs_f64();
                // A millionth of a byte is rounding.
                prop_assert!(secs * p.download + 1e-6 >= scenario.file.size.0 as f64, "nobody beats size over rate");
            }
            let (left, _) = p.left.unwrap_or((end, Leave::Done));
            let present = left.since(p.joined).as_secs_f64();
            prop_assert!(p.uploaded_bytes as f64 <= p.upload * present * (1.0 + 1e-9) + 1.0, "nobody sends more than its capacity");
        }
    }

    #[test]
    fn kept_counts_give_every_random_swarm_the_results_of_counting_at_each_choice(scenario in swarm()) {
        prop_assert_eq!(play_with(&scenario, 1), play_with(&scenario, usize::MAX));
    }
}
