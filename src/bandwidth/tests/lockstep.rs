//! Random changes on random networks: after every one the rates are those of progressive filling.

use proptest::prelude::*;

use super::{Pending, peers, peers_with_own_caps};
use crate::bandwidth::MaxMin;
use crate::ids::{FlowIx, PeerIx};
use crate::units::{SimDuration, SimTime};

/// A change; the numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
enum Change {
    Start {
        from: usize,
        to: usize,
        weight: f32,
        bytes: u64,
    },
    Stop {
        flow: usize,
    },
    Weigh {
        flow: usize,
        weight: f32,
    },
    Resize {
        flow: usize,
        more: u64,
    },
    Cap {
        flow: usize,
        cap: f64,
    },
    Upload {
        peer: usize,
        upload: f64,
    },
    Leave {
        peer: usize,
        upload: f64,
        download: f64,
    },
}

/// Equal capacities make ties; the others are up to 10⁶ apart.
fn capacity() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => Just(1e5),
        1 => Just(2e5),
        1 => Just(3e5),
        2 => (3.0..9.0_f64).prop_map(|exponent| 10_f64.powf(exponent)),
    ]
}

fn download() -> impl Strategy<Value = f64> {
    prop_oneof![3 => capacity(), 1 => Just(f64::INFINITY)]
}

fn weight() -> impl Strategy<Value = f32> {
    prop_oneof![4 => Just(1.0_f32), 1 => Just(2.0_f32), 1 => 0.001_f32..100.0]
}

fn change() -> impl Strategy<Value = Change> {
    let any = 0..usize::MAX;
    prop_oneof![
        6 => (any.clone(), any.clone(), weight(), 1..1_000_000_u64)
            .prop_map(|(from, to, weight, bytes)| Change::Start { from, to, weight, bytes }),
        3 => any.clone().prop_map(|flow| Change::Stop { flow }),
        1 => (any.clone(), weight()).prop_map(|(flow, weight)| Change::Weigh { flow, weight }),
        1 => (any.clone(), 0..100_000_u64).prop_map(|(flow, more)| Change::Resize { flow, more }),
        1 => (any.clone(), download()).prop_map(|(flow, cap)| Change::Cap { flow, cap }),
        1 => (any.clone(), capacity()).prop_map(|(peer, upload)| Change::Upload { peer, upload }),
        1 => (any, capacity(), download())
            .prop_map(|(peer, upload, download)| Change::Leave { peer, upload, download }),
    ]
}

/// A network under change, with the flows that run.
struct World {
    bandwidth: MaxMin,
    pending: Pending,
    running: Vec<FlowIx>,
    peers: usize,
    own_caps: bool,
    now: SimTime,
}

impl World {
    fn apply(&mut self, change: Change) {
        let now = self.now;
        match change {
            Change::Start {
                from,
                to,
                weight,
                bytes,
            } => {
                let (from, to) = (PeerIx::from_ix(from % self.peers), PeerIx::from_ix(to % self.peers));
                self.running.push(self.bandwidth.start(now, from, to, weight, bytes));
            }
            Change::Stop { flow } if !self.running.is_empty() => {
                let flow = self.running.swap_remove(flow % self.running.len());
                self.bandwidth.stop(flow);
            }
            Change::Weigh { flow, weight } if !self.running.is_empty() => {
                self.bandwidth
                    .set_weight(now, self.running[flow % self.running.len()], weight);
            }
            Change::Resize { flow, more } if !self.running.is_empty() => {
                let flow = self.running[flow % self.running.len()];
                let moved = self.bandwidth.moved(now, flow);
                self.bandwidth.resize(now, flow, moved + more);
                assert_eq!(self.bandwidth.moved(now, flow), moved);
            }
            Change::Cap { flow, cap } if self.own_caps && !self.running.is_empty() => {
                let flow = self.running[flow % self.running.len()];
                let moved = self.bandwidth.moved(now, flow);
                self.bandwidth.set_cap(now, flow, cap);
                assert!(self.bandwidth.moved(now, flow).abs_diff(moved) <= 1);
            }
            Change::Upload { peer, upload } => {
                let peer = PeerIx::from_ix(peer % self.peers);
                self.bandwidth.set_upload(peer, upload);
                assert_eq!(self.bandwidth.upload_capacity(peer).to_bits(), upload.to_bits());
            }
            Change::Leave { peer, upload, download } => {
                let peer = PeerIx::from_ix(peer % self.peers);
                let (sent, rest): (Vec<_>, Vec<_>) = self
                    .running
                    .iter()
                    .partition(|&&flow| self.bandwidth.from(flow) == peer || self.bandwidth.to(flow) == peer);
                for flow in sent {
                    self.bandwidth.stop(flow);
                }
                self.running = rest;
                self.bandwidth.set_peer(peer, upload, download);
            }
            _ => {}
        }
    }

    /// Lets time pass until `until`, and every other flow that finishes meanwhile go on.
    fn advance(&mut self, until: SimTime) -> Result<(), String> {
        // However short their work, the test must end.
        for _ in 0..50 {
            let Some((instant, clock)) = self.pending.peek().filter(|&(instant, _)| instant <= until) else {
                break;
            };
            assert!(instant >= self.now);
            self.now = instant;
            self.pending.pop();
            let flow = self.bandwidth.finish(instant, clock);
            if flow.0.is_multiple_of(2) {
                self.bandwidth.continue_with(instant, flow, 500_000);
            } else {
                self.bandwidth.stop(flow);
                self.running.retain(|&other| other != flow);
            }
            self.settle()?;
        }
        self.now = match self.pending.peek() {
            Some((instant, _)) => self.now.max(until.min(instant)),
            None => until,
        };
        Ok(())
    }

    fn settle(&mut self) -> Result<(), String> {
        self.pending.settle(&mut self.bandwidth, self.now);
        self.bandwidth.check()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn rates_are_those_of_progressive_filling(
        capacities in prop::collection::vec((capacity(), download()), 2..14),
        cap in prop::option::weighted(0.3, prop_oneof![Just(2e4), Just(5e4), 1e3..1e7_f64]),
        own_caps in any::<bool>(),
        events in prop::collection::vec((prop::collection::vec(change(), 1..4), 0..200_000_000_u64), 1..60),
    ) {
        let bandwidth = if own_caps { peers_with_own_caps(cap, &capacities) } else { peers(cap, &capacities) };
        let mut world = World {
            bandwidth, pending: Pending::default(), running: Vec::new(), peers: capacities.len(), own_caps,
            now: SimTime::ZERO,
        };
        for (changes, pause) in events {
            for change in changes {
                world.apply(change);
            }
            world.settle().map_err(TestCaseError::fail)?;
            let until = world.now + SimDuration(pause);
            world.advance(until).map_err(TestCaseError::fail)?;
        }
        let levels = world.bandwidth.visits();
        prop_assert!(levels < 1_000_000, "{levels} levels computed");
    }
}

#[test]
fn full_networks_of_equal_links_settle() {
    // Every link is full at the same level: the hardest ties. Then flows leave one by one.
    for (peer_count, degree) in [(8, 3), (40, 5), (200, 7)] {
        let mut bandwidth = peers(None, &vec![(1e5, 1e5); peer_count]);
        let mut flows = Vec::new();
        for from in 0..peer_count {
            for step in 1..=degree {
                let to = PeerIx::from_ix((from + step * step) % peer_count);
                flows.push(bandwidth.start(SimTime::ZERO, PeerIx::from_ix(from), to, 1.0, 1_000_000));
            }
        }
        bandwidth.settle(SimTime::ZERO);
        bandwidth.check().unwrap();
        for (ix, flow) in flows.into_iter().enumerate().filter(|(ix, _)| ix % 3 != 0) {
            let now = SimTime(ix as u64 * 1000);
            bandwidth.stop(flow);
            bandwidth.settle(now);
            bandwidth.check().unwrap();
        }
    }
}
