//! What Bharambe, Herley & Padmanabhan 2006 play with: connections dropped at random, peers that pass their last chunk on, smart seeds.

use super::*;
use crate::choking::OwnChokers;
use crate::engine::Simulation;
use crate::engine::observer::{Transfer, TransferEnd};
use crate::ids::PeerId;
use std::collections::BTreeMap;

/// How many neighbours peers have had.
#[derive(Default)]
struct Neighbours {
    open: BTreeMap<PeerId, u32>,
    most: u32,
}

impl Observer for Neighbours {
    fn connected(&mut self, _: SimTime, a: PeerId, b: PeerId) {
        for peer in [a, b] {
            let open = self.open.entry(peer).or_default();
            *open += 1;
            self.most = self.most.max(*open);
        }
    }

    fn disconnected(&mut self, _: SimTime, a: PeerId, b: PeerId) {
        for peer in [a, b] {
            *self.open.entry(peer).or_default() -= 1;
        }
    }
}

#[test]
fn who_drops_at_random_accepts_everybody_and_keeps_to_its_limit() {
    let most = |when_full| {
        let connections = Connections {
            initiate: 3,
            accept: 6,
            when_full,
        };
        let groups = [seeds(1, 4000.0), leechers(40, 1000.0, UNLIMITED)];
        let groups = groups.map(|group| Group { connections, ..group });
        let mut scenario = tracked(mesh(10, groups.into()), |t| t.min_neighbours = 2);
        scenario.groups[1].arrival = Arrival::AtOnce {
            count: 40,
            at: SimTime::ZERO,
            jitter: secs(5),
        };
        let mut seen = Neighbours::default();
        let options = RunOptions {
            check_invariants: true,
            ..RunOptions::default()
        };
        run(&scenario, options, &mut seen, &mut |_| Control::Continue).expect("the invariants hold");
        assert!(seen.open.values().all(|&n| n <= 6));
        seen.most
    };
    assert_eq!(most(WhenFull::Refuse), 6);
    // For an instant one is too many.
    assert_eq!(most(WhenFull::DropRandom), 7);
}

#[test]
fn who_finishes_its_uploads_passes_its_last_chunk_on() {
    // All lack the same chunk, which the origin sends to five at a time in 80 s. Each that gets it passes it on to up to five before it goes.
    let copies = |departure, latency| {
        let group = Group {
            departure,
            starts_with: StartsWith::AllBut(1),
            ..leechers(60, 1000.0, UNLIMITED)
        };
        let mut scenario = mesh(20, vec![seeds(1, 1000.0), group]);
        scenario.network.latency = latency;
        let seen = play(&scenario);
        assert_eq!(seen.completed(1).len(), 60);
        seen.by_id()[0].uploaded_bytes / 16_000
    };
    // With latency, too, though all slots are given, and asked for, after the chunk is there.
    for latency in [SimDuration::ZERO, SimDuration::from_millis(50)] {
        // With latency blocks are cut off and sent again.
        let sent = copies(Departure::Selfish, latency);
        assert!(sent == 60 || !latency.is_zero() && sent > 60, "{sent}");
        assert!(copies(Departure::FinishesUploads, latency) <= 10);
    }
}

#[test]
fn a_smart_seed_sends_every_chunk_before_any_twice_and_cuts_none_short() {
    let seen_with = |smart_seeding| {
        let origin = Group {
            smart_seeding,
            ..seeds(1, 1000.0)
        };
        play(&mesh(100, vec![origin, leechers(30, 2000.0, UNLIMITED)]))
    };
    let seen = seen_with(true);
    assert_eq!(seen.completed(1).len(), 30);
    let from_seed: Vec<_> = seen.transfers.iter().filter(|t| t.from == PeerId(0)).collect();
    assert!(from_seed.iter().all(|t| t.end != TransferEnd::Choked));
    // Newcomers begin with random chunks, which may be the same: four of each at most.
    let mut begun: Vec<_> = from_seed.iter().map(|t| (t.started, t.chunk)).collect();
    begun.sort();
    let mut times = [0_u32; 100];
    begun.iter().take(220).for_each(|(_, chunk)| times[chunk.ix()] += 1);
    assert!(times.iter().all(|&n| n > 0), "{times:?}");
    let plain = seen_with(false);
    assert!(
        plain
            .transfers
            .iter()
            .any(|t| t.from == PeerId(0) && t.end == TransferEnd::Choked)
    );
}

#[test]
fn a_smart_seed_has_sent_what_was_of_use() {
    // In endgame the other seeds, ten times as fast, bring the last blocks first.
    let smart = Group {
        smart_seeding: true,
        ..seeds(1, 100.0)
    };
    let scenario = mesh(2, vec![smart, seeds(3, 1000.0), leechers(1, 1.0, UNLIMITED)]);
    let mut seen = Seen::default();
    let mut simulation = Simulation::new(&scenario, OwnChokers::new(), &mut seen);
    simulation.open();
    while simulation.ending.is_none() {
        let event = simulation.schedule.next().expect("it has not ended");
        simulation.handle(event);
    }
    let sent = simulation.smart_seeds[0].sent.iter().sum::<u32>() as usize;
    let from_smart = seen.transfers.iter().filter(|t| t.from == PeerId(0));
    let (of_use, in_vain): (Vec<&Transfer>, Vec<&Transfer>) = from_smart.partition(|t| t.kept_bytes > 0);
    assert!(in_vain.iter().any(|t| t.end == TransferEnd::RaceLost));
    assert_eq!(sent, of_use.len());
}

#[test]
fn a_quick_seed_gives_its_slot_to_who_could_take_most() {
    for seed in 0..10 {
        let origin = Group {
            seeding: Choking::Fastest(Fastest {
                regular_slots: Slots::Fixed(0),
                optimistic_slots: 1,
                new_neighbour_weight: 1,
                optimistic_choice: OptimisticChoice::Quickest,
            }),
            ..seeds(1, 8000.0)
        };
        let takers = [500.0, 4000.0, 1000.0].map(|download| Group {
            choking: Choking::FreeRider,
            seeding: Choking::FreeRider,
            ..leechers(1, 1000.0, download)
        });
        let mut scenario = mesh(10, [vec![origin], takers.into()].concat());
        scenario.seed = seed;
        let seen = play(&scenario);
        let done = |group| seen.completed(group)[0];
        assert!(done(2) < done(3) && done(3) < done(1), "seed {seed}");
    }
}
