//! Cases small enough to work out by hand.

use super::{Pending, peers, peers_with_own_caps};
use crate::bandwidth::{Clock, ClockKind, MaxMin};
use crate::ids::{FlowIx, PeerIx};
use crate::units::SimTime;

const UNLIMITED: f64 = f64::INFINITY;
const SEC: u64 = 1_000_000_000;

/// Starts flows (from, to, weight) of a megabyte each and settles at the start.
fn start(bandwidth: &mut MaxMin, flows: &[(u32, u32, f32)]) -> Vec<FlowIx> {
    let begin = |&(from, to, weight)| bandwidth.start(SimTime::ZERO, PeerIx(from), PeerIx(to), weight, 1_000_000);
    let flows = flows.iter().map(begin).collect();
    bandwidth.settle(SimTime::ZERO);
    bandwidth.check().unwrap();
    flows
}

#[track_caller]
fn assert_rates(bandwidth: &MaxMin, flows: &[FlowIx], rates: &[f64]) {
    for (&flow, &right) in flows.iter().zip(rates) {
        let rate = bandwidth.rate(flow);
        assert!((rate - right).abs() <= 1e-12 * right, "{flow:?}: {rate}, not {right}");
    }
}

#[test]
fn an_upload_is_split_equally() {
    let mut bandwidth = peers(None, &[(900.0, UNLIMITED); 4]);
    let flows = start(&mut bandwidth, &[(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0)]);
    assert_rates(&bandwidth, &flows, &[300.0; 3]);
}

#[test]
fn weights_split_in_proportion() {
    let mut bandwidth = peers(None, &[(900.0, UNLIMITED); 3]);
    let flows = start(&mut bandwidth, &[(0, 1, 1.0), (0, 2, 2.0)]);
    assert_rates(&bandwidth, &flows, &[300.0, 600.0]);
    bandwidth.set_weight(SimTime::ZERO, flows[0], 7.0);
    bandwidth.settle(SimTime::ZERO);
    assert_rates(&bandwidth, &flows, &[700.0, 200.0]);
}

#[test]
fn what_a_slow_download_leaves_goes_to_the_others() {
    let mut bandwidth = peers(None, &[(900.0, UNLIMITED), (900.0, 100.0), (900.0, 5000.0)]);
    let flows = start(&mut bandwidth, &[(0, 1, 1.0), (0, 2, 1.0)]);
    assert_rates(&bandwidth, &flows, &[100.0, 800.0]);
}

#[test]
fn a_change_runs_along_a_chain_of_three_links() {
    // Upload 0 (10) – download 1 (12) – upload 2 (100): the change at one end comes out at the other.
    let mut bandwidth = peers(
        None,
        &[(10.0, UNLIMITED), (1.0, 12.0), (100.0, UNLIMITED), (1.0, UNLIMITED)],
    );
    let mut flows = start(&mut bandwidth, &[(0, 1, 1.0), (2, 1, 1.0), (2, 3, 1.0)]);
    assert_rates(&bandwidth, &flows, &[6.0, 6.0, 94.0]);
    flows.push(bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(3), 1.0, 1));
    flows.push(bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(3), 1.0, 1));
    flows.push(bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(3), 2.0, 1));
    bandwidth.settle(SimTime::ZERO);
    bandwidth.check().unwrap();
    assert_rates(&bandwidth, &flows, &[2.0, 10.0, 90.0, 2.0, 2.0, 4.0]);
}

#[test]
fn the_cap_holds_a_connection_whatever_its_weight() {
    let mut bandwidth = peers(Some(100.0), &[(900.0, UNLIMITED), (1.0, UNLIMITED), (120.0, 150.0)]);
    let flows = start(&mut bandwidth, &[(0, 1, 5.0), (0, 2, 1.0), (2, 2, 1.0)]);
    assert_rates(&bandwidth, &flows, &[100.0, 75.0, 75.0]);
}

#[test]
fn a_finish_on_the_cap_comes_at_its_time() {
    let mut bandwidth = peers(Some(100.0), &[(900.0, UNLIMITED), (1.0, UNLIMITED)]);
    let flow = bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(1), 3.0, 250);
    let mut pending = Pending::default();
    pending.settle(&mut bandwidth, SimTime::ZERO);
    let (now, clock) = pending.pop().unwrap();
    assert_eq!(
        (now, clock),
        (
            SimTime(5 * SEC / 2),
            Clock {
                peer: PeerIx(0),
                kind: ClockKind::Cap
            }
        )
    );
    assert_eq!(bandwidth.finish(now, clock), flow);
    bandwidth.continue_with(now, flow, 100);
    pending.settle(&mut bandwidth, now);
    let (now, _) = pending.pop().unwrap();
    assert_eq!(now, SimTime(7 * SEC / 2));
}

#[test]
fn bytes_moved_follow_the_rate_through_its_changes() {
    let mut bandwidth = peers(
        None,
        &[(900.0, UNLIMITED), (1.0, 600.0), (1.0, UNLIMITED), (400.0, 1.0)],
    );
    let flow = start(&mut bandwidth, &[(0, 1, 1.0)])[0];
    let at = |secs: u64| SimTime(secs * SEC);
    assert_eq!(bandwidth.moved(at(1), flow), 600);
    // The upload becomes the bottleneck: 450.
    let other = bandwidth.start(at(1), PeerIx(0), PeerIx(2), 1.0, 1_000_000);
    bandwidth.settle(at(1));
    assert_eq!(bandwidth.moved(at(2), flow), 1050);
    // Both: its download again, 600 / 2, and the rest of the upload for the other.
    bandwidth.start(at(2), PeerIx(3), PeerIx(1), 1.0, 1_000_000);
    bandwidth.settle(at(2));
    assert_eq!(bandwidth.moved(at(3), flow), 1350);
    assert_eq!(bandwidth.moved(at(4), other), 450 + 600 + 600);
    bandwidth.stop(other);
    bandwidth.settle(at(4));
    bandwidth.check().unwrap();
}

#[test]
fn changes_of_one_instant_do_not_depend_on_their_order() {
    let moved = |other_first: bool| {
        let mut bandwidth = peers(None, &[(900.0, UNLIMITED); 4]);
        let flows = start(&mut bandwidth, &[(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0)]);
        let now = SimTime(SEC);
        if other_first {
            bandwidth.set_weight(now, flows[0], 4.0);
            bandwidth.start(now, PeerIx(0), PeerIx(1), 1.0, 5);
        }
        let stopped = bandwidth.moved(now, flows[1]);
        bandwidth.stop(flows[1]);
        if !other_first {
            bandwidth.start(now, PeerIx(0), PeerIx(1), 1.0, 5);
            bandwidth.set_weight(now, flows[0], 4.0);
        }
        bandwidth.settle(now);
        let later = SimTime(2 * SEC);
        (
            stopped,
            bandwidth.moved(now, flows[0]),
            bandwidth.moved(later, flows[0]),
            bandwidth.moved(later, flows[2]),
        )
    };
    assert_eq!(moved(true), (300, 300, 900, 450));
    assert_eq!(moved(false), moved(true));
}

#[test]
fn all_finishes_of_one_instant_on_one_clock_are_delivered() {
    let mut bandwidth = peers(None, &[(500.0, UNLIMITED); 6]);
    let mut pending = Pending::default();
    let flows: Vec<FlowIx> = (1..6)
        .map(|to| bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(to), 1.0, 100))
        .collect();
    pending.settle(&mut bandwidth, SimTime::ZERO);
    let mut finished = Vec::new();
    for round in 1..=3 {
        for _ in 0..5 {
            let (now, clock) = pending.pop().unwrap();
            assert_eq!(now, SimTime(round * SEC));
            let flow = bandwidth.finish(now, clock);
            assert_eq!(bandwidth.moved(now, flow), 100);
            finished.push(flow);
            bandwidth.continue_with(now, flow, 100);
            pending.settle(&mut bandwidth, now);
        }
    }
    assert_eq!(finished, [flows.clone(), flows.clone(), flows].concat());
}

#[test]
fn a_continued_flow_loses_nothing_to_rounding() {
    // A byte takes a third of a nanosecond: every finish overshoots, none may add up.
    let mut bandwidth = peers(None, &[(3e9, UNLIMITED), (1.0, UNLIMITED)]);
    let mut pending = Pending::default();
    let flow = bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(1), 1.0, 1);
    pending.settle(&mut bandwidth, SimTime::ZERO);
    let mut now = SimTime::ZERO;
    for _ in 0..3000 {
        let (instant, clock) = pending.pop().unwrap();
        now = instant;
        assert_eq!(bandwidth.finish(now, clock), flow);
        bandwidth.continue_with(now, flow, 1);
        pending.settle(&mut bandwidth, now);
    }
    assert_eq!(now, SimTime(1000));
}

#[test]
fn resized_work_ends_when_its_bytes_have_come() {
    let mut bandwidth = peers(None, &[(100.0, UNLIMITED), (1.0, UNLIMITED)]);
    let mut pending = Pending::default();
    let flow = bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(1), 1.0, 1000);
    pending.settle(&mut bandwidth, SimTime::ZERO);
    let now = SimTime(SEC);
    bandwidth.resize(now, flow, 300);
    pending.settle(&mut bandwidth, now);
    assert_eq!(pending.pop().unwrap().0, SimTime(3 * SEC));
    bandwidth.resize(now, flow, 100);
    pending.settle(&mut bandwidth, now);
    assert_eq!(pending.pop().unwrap().0, now);
}

#[test]
fn work_resized_to_what_has_moved_ends_now() {
    // A byte and a half a second: half a byte too much has moved, which is a third of a second ago.
    for cap in [None, Some(1.5)] {
        let mut bandwidth = peers(cap, &[(cap.map_or(1.5, |_| 9.0), UNLIMITED), (1.0, UNLIMITED)]);
        let mut pending = Pending::default();
        let flow = bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(1), 1.0, 1000);
        pending.settle(&mut bandwidth, SimTime::ZERO);
        let now = SimTime(SEC);
        assert_eq!(bandwidth.moved(now, flow), 1);
        bandwidth.resize(now, flow, 1);
        pending.settle(&mut bandwidth, now);
        let (instant, clock) = pending.pop().unwrap();
        assert_eq!(instant, now);
        // The half byte counts for the next piece.
        bandwidth.finish(now, clock);
        bandwidth.continue_with(now, flow, 2);
        pending.settle(&mut bandwidth, now);
        assert_eq!(pending.pop().unwrap().0, SimTime(2 * SEC));
    }
}

#[test]
fn what_a_capped_flow_leaves_goes_to_the_others() {
    let mut bandwidth = peers_with_own_caps(Some(8.0), &[(10.0, UNLIMITED), (1.0, UNLIMITED), (1.0, UNLIMITED)]);
    let mut pending = Pending::default();
    let [held, free] = [1, 2].map(|to| bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(to), 1.0, 1000));
    for (second, cap, rates) in [(1, 3.0, [3.0, 7.0]), (2, 1.0, [1.0, 8.0]), (3, UNLIMITED, [5.0, 5.0])] {
        let now = SimTime((second - 1) * SEC);
        bandwidth.set_cap(now, held, cap);
        pending.settle(&mut bandwidth, now);
        for (flow, rate) in [held, free].into_iter().zip(rates) {
            assert!((bandwidth.rate(flow) - rate).abs() < 1e-9);
        }
    }
    let now = SimTime(4 * SEC);
    assert_eq!(
        [held, free].map(|flow| bandwidth.moved(now, flow)),
        [3 + 1 + 10, 7 + 8 + 10]
    );
    // A place that was capped is none the worse for it.
    bandwidth.stop(held);
    let next = bandwidth.start(now, PeerIx(0), PeerIx(1), 1.0, 1000);
    pending.settle(&mut bandwidth, now);
    assert_eq!(next, held);
    assert!((bandwidth.rate(next) - 5.0).abs() < 1e-9);
}

#[test]
fn what_has_moved_too_much_survives_a_change_of_bottleneck() {
    let mut bandwidth = peers(None, &[(1.5, UNLIMITED), (1.0, 2.0), (9.0, UNLIMITED)]);
    let mut pending = Pending::default();
    let flow = bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(1), 1.0, 1000);
    pending.settle(&mut bandwidth, SimTime::ZERO);
    let now = SimTime(SEC);
    bandwidth.resize(now, flow, 1);
    bandwidth.start(now, PeerIx(2), PeerIx(1), 1.0, 1000);
    pending.settle(&mut bandwidth, now);
    let (instant, clock) = pending.pop().unwrap();
    assert_eq!(
        (instant, clock),
        (
            now,
            Clock {
                peer: PeerIx(1),
                kind: ClockKind::Download
            }
        )
    );
    assert_eq!(bandwidth.finish(now, clock), flow);
    bandwidth.continue_with(now, flow, 2);
    pending.settle(&mut bandwidth, now);
    assert_eq!(pending.pop().unwrap().0, SimTime(5 * SEC / 2));
}

#[test]
fn a_finished_piece_has_all_its_bytes_however_late_it_is() {
    // After four months a nanosecond is the last digit of a time in seconds, and a third of a byte is due in it.
    let mut bandwidth = peers(Some(1e9 / 3.0), &[(1e9, UNLIMITED), (1.0, UNLIMITED)]);
    let mut pending = Pending::default();
    let start = SimTime(10_000_000 * SEC + 1);
    let flow = bandwidth.start(start, PeerIx(0), PeerIx(1), 1.0, 1_000_003);
    pending.settle(&mut bandwidth, start);
    for _ in 0..100 {
        let (now, clock) = pending.pop().unwrap();
        bandwidth.finish(now, clock);
        assert_eq!(bandwidth.moved(now, flow), 1_000_003);
        bandwidth.continue_with(now, flow, 1_000_003);
        pending.settle(&mut bandwidth, now);
    }
}

#[test]
fn a_place_and_a_flow_index_are_used_again() {
    let mut bandwidth = peers(None, &[(100.0, 50.0), (1.0, UNLIMITED)]);
    let flows = start(&mut bandwidth, &[(0, 1, 1.0), (0, 1, 1.0), (1, 0, 1.0)]);
    for &flow in &flows {
        bandwidth.stop(flow);
    }
    bandwidth.settle(SimTime(SEC));
    assert_eq!(bandwidth.flows(), 0);
    bandwidth.set_peer(PeerIx(0), 7.0, UNLIMITED);
    let again = bandwidth.start(SimTime(SEC), PeerIx(0), PeerIx(1), 1.0, 14);
    assert_eq!(again, flows[2]);
    let mut pending = Pending::default();
    pending.settle(&mut bandwidth, SimTime(SEC));
    bandwidth.check().unwrap();
    assert_eq!(pending.pop().unwrap().0, SimTime(3 * SEC));
    assert_eq!((bandwidth.from(again), bandwidth.to(again)), (PeerIx(0), PeerIx(1)));
    assert_eq!(bandwidth.downloads(PeerIx(1)).collect::<Vec<_>>(), [again]);
}

#[test]
fn an_upload_of_zero_never_finishes() {
    let mut bandwidth = peers(None, &[(0.0, UNLIMITED), (1.0, 100.0)]);
    bandwidth.start(SimTime::ZERO, PeerIx(0), PeerIx(1), 1.0, 14);
    let mut pending = Pending::default();
    pending.settle(&mut bandwidth, SimTime::ZERO);
    bandwidth.check().unwrap();
    assert_eq!(pending.pop(), None);
}
