//! Whole runs: every flow finishes when small exact steps say so, and no byte is lost.

use proptest::prelude::*;

use super::{Pending, peers};
use crate::bandwidth::progressive_filling::{Demand, rates};
use crate::ids::PeerIx;
use crate::units::SimTime;

/// A transfer of several pieces, one after another, that begins at an instant in nanoseconds.
#[derive(Clone, Debug)]
struct Transfer {
    from: usize,
    to: usize,
    weight: f32,
    begin: u64,
    pieces: Vec<u64>,
}

fn transfer() -> impl Strategy<Value = Transfer> {
    let weight = prop_oneof![3 => Just(1.0_f32), 1 => 0.1_f32..10.0];
    let begin = prop_oneof![1 => Just(0), 2 => 0..3_000_000_000_u64];
    let bytes = prop_oneof![1 => Just(262_144_u64), 1 => 1..400_000_u64];
    (
        0..10_usize,
        0..10_usize,
        weight,
        begin,
        prop::collection::vec(bytes, 1..4),
    )
        .prop_map(|(from, to, weight, begin, pieces)| Transfer {
            from,
            to,
            weight,
            begin,
            pieces,
        })
}

/// What happened: the instant in nanoseconds at which each piece of each transfer was complete.
type Finishes = Vec<Vec<f64>>;

/// Runs the transfers through the allocator. Also checks that every piece reports exactly its bytes.
fn run(cap: Option<f64>, capacities: &[(f64, f64)], transfers: &[Transfer]) -> Finishes {
    let mut bandwidth = peers(cap, capacities);
    let mut pending = Pending::default();
    let mut finishes = vec![Vec::new(); transfers.len()];
    let mut begins: Vec<usize> = (0..transfers.len()).collect();
    begins.sort_by_key(|&ix| std::cmp::Reverse((transfers[ix].begin, ix)));
    let mut owner = vec![usize::MAX; transfers.len()];
    loop {
        let begin = begins.last().map(|&ix| SimTime(transfers[ix].begin));
        let finish = pending.peek().map(|(instant, _)| instant);
        let Some(now) = begin.into_iter().chain(finish).min() else {
            break;
        };
        if begin == Some(now) {
            let ix = begins.pop().expect("one begins");
            let Transfer {
                from,
                to,
                weight,
                ref pieces,
                ..
            } = transfers[ix];
            let (from, to) = (
                PeerIx::from_ix(from % capacities.len()),
                PeerIx::from_ix(to % capacities.len()),
            );
            owner[bandwidth.start(now, from, to, weight, pieces[0]).ix()] = ix;
        } else {
            let (_, clock) = pending.pop().expect("one finishes");
            let flow = bandwidth.finish(now, clock);
            let ix = owner[flow.ix()];
            let complete = finishes[ix].len();
            assert_eq!(bandwidth.moved(now, flow), transfers[ix].pieces[complete]);
            finishes[ix].push(now.0 as f64);
            match transfers[ix].pieces.get(complete + 1) {
                Some(&bytes) => bandwidth.continue_with(now, flow, bytes),
                None => bandwidth.stop(flow),
            }
        }
        pending.settle(&mut bandwidth, now);
        bandwidth.check().unwrap();
    }
    assert_eq!(bandwidth.flows(), 0);
    finishes
}

/// The same from first principles: rates from scratch, then everything moves on to the next event. Real-valued time.
fn reference(cap: Option<f64>, capacities: &[(f64, f64)], transfers: &[Transfer]) -> Finishes {
    let uploads: Vec<f64> = capacities.iter().map(|&(upload, _)| upload).collect();
    let downloads: Vec<f64> = capacities.iter().map(|&(_, download)| download).collect();
    let mut left: Vec<f64> = transfers.iter().map(|transfer| transfer.pieces[0] as f64).collect();
    let mut finishes = vec![Vec::new(); transfers.len()];
    let mut now = 0.0;
    loop {
        let begun = |ix: &usize| transfers[*ix].begin as f64 <= now;
        let unfinished = |ix: &usize| finishes[*ix].len() < transfers[*ix].pieces.len();
        let active: Vec<usize> = (0..transfers.len()).filter(begun).filter(unfinished).collect();
        let demand = |&ix: &usize| Demand {
            up: transfers[ix].from % capacities.len(),
            down: transfers[ix].to % capacities.len(),
            weight: f64::from(transfers[ix].weight),
            cap: cap.unwrap_or(f64::INFINITY),
        };
        let demands: Vec<Demand> = active.iter().map(demand).collect();
        let rates = rates(&uploads, &downloads, &demands);
        let begin = transfers
            .iter()
            .map(|transfer| transfer.begin as f64)
            .filter(|&begin| begin > now);
        let ends = active
            .iter()
            .zip(&rates)
            .map(|(&ix, rate)| now + (left[ix] / rate * 1e9).max(0.0));
        let next = begin.chain(ends).fold(f64::INFINITY, f64::min);
        if next.is_infinite() {
            return finishes;
        }
        for (&ix, rate) in active.iter().zip(&rates) {
            left[ix] -= (next - now) / 1e9 * rate;
            // Within a hundredth of a nanosecond of its end: rounding of the instant.
            if left[ix] <= rate * 1e-11 {
                finishes[ix].push(next);
                left[ix] += transfers[ix]
                    .pieces
                    .get(finishes[ix].len())
                    .map_or(0.0, |&bytes| bytes as f64);
            }
        }
        now = next;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_piece_finishes_at_its_instant(
        capacities in prop::collection::vec(
            (
                prop_oneof![1 => Just(1e5), 1 => 2e4..1e6_f64],
                prop_oneof![1 => Just(f64::INFINITY), 1 => Just(1e5), 2 => 2e4..1e6_f64],
            ),
            1..8,
        ),
        cap in prop::option::weighted(0.3, 1e4..2e5_f64),
        transfers in prop::collection::vec(transfer(), 1..25),
    ) {
        let (found, right) = (run(cap, &capacities, &transfers), reference(cap, &capacities, &transfers));
        let events: usize = transfers.iter().map(|transfer| transfer.pieces.len() + 1).sum();
        for (ix, (found, right)) in found.iter().zip(&right).enumerate() {
            prop_assert_eq!(found.len(), transfers[ix].pieces.len());
            for (found, right) in found.iter().zip(right) {
                // Instants are whole nanoseconds, so each event before may have put this one off by two.
                prop_assert!((found - right).abs() <= 2.0 * events as f64, "{} instead of {}", found, right);
            }
        }
    }
}

#[test]
fn ties_come_in_order_and_none_is_lost() {
    // Six equal peers, each sends to all others: thirty finishes at the same instant on six links.
    for download in [f64::INFINITY, 5e5, 1e5] {
        let mut transfers = Vec::new();
        for from in 0..6 {
            for to in (0..6).filter(|&to| to != from) {
                transfers.push(Transfer {
                    from,
                    to,
                    weight: 1.0,
                    begin: 0,
                    pieces: vec![20_000, 20_000, 40_000],
                });
            }
        }
        let finishes = run(None, &[(1e5, download); 6], &transfers);
        assert!(
            finishes.iter().all(|finishes| *finishes == [1e9, 2e9, 4e9]),
            "{download}: {finishes:?}"
        );
    }
}
