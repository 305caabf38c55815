//! The invariants of the allocator, checked from scratch.

use super::access::AccessIx;
use super::clock::ClockKind;
use super::max_min::MaxMin;
use super::progressive_filling::{Demand, rates};
use crate::ids::{FlowIx, PeerIx};

/// How far rates may be from those of the oracle, relative to them.
const NEAR: f64 = 1e-9;

impl MaxMin {
    /// Compares the settled rates with progressive filling from scratch, and checks that no link carries more
    /// than its capacity, that every flow has a bottleneck and that the lists agree. Slow.
    ///
    /// # Errors
    /// Says the first thing that is wrong.
    pub fn check(&self) -> Result<(), String> {
        let flows = self.check_lists()?;
        let capacity = |ix: usize| self.links[ix].capacity;
        let uploads: Vec<f64> = (0..self.links.len()).step_by(2).map(capacity).collect();
        let downloads: Vec<f64> = (1..self.links.len()).step_by(2).map(capacity).collect();
        let demands: Vec<Demand> = flows.iter().map(|&flow| self.demand(flow)).collect();
        let mut carried = vec![0.0; self.links.len()];
        for (&flow, right) in flows.iter().zip(rates(&uploads, &downloads, &demands)) {
            let rate = self.rate(flow);
            if (rate - right).abs() > NEAR * right {
                return Err(format!("flow {flow:?} has {rate} bytes/s, max-min fair is {right}"));
            }
            let (up, down) = self.ends(flow);
            carried[up.ix()] += rate;
            carried[down.ix()] += rate;
        }
        for (ix, link) in self.links.iter().enumerate() {
            if link.level.to_bits() != self.faces[ix].level.to_bits() {
                return Err(format!(
                    "access link {ix} is at {}, but shows {}",
                    link.level, self.faces[ix].level
                ));
            }
            if carried[ix] > link.capacity * (1.0 + NEAR) {
                return Err(format!(
                    "access link {ix} carries {} of {} bytes/s",
                    carried[ix], link.capacity
                ));
            }
            if link.level.is_finite() && carried[ix] < link.capacity * (1.0 - NEAR) {
                return Err(format!(
                    "access link {ix} is said to be full at {} of {}",
                    carried[ix], link.capacity
                ));
            }
        }
        Ok(())
    }

    /// The flow as the oracle knows it.
    fn demand(&self, flow: FlowIx) -> Demand {
        let state = &self.flows[flow.ix()];
        Demand {
            up: state.from.ix(),
            down: state.to.ix(),
            weight: f64::from(state.weight),
            cap: self.cap_of(flow),
        }
    }

    /// Checks that the lists of both ends agree with the flows; returns the flows.
    fn check_lists(&self) -> Result<Vec<FlowIx>, String> {
        if !self.worklist.is_empty() || !self.affected.is_empty() {
            return Err("changes wait to be settled".to_owned());
        }
        let (mut flows, mut received) = (Vec::new(), 0);
        for peer in (0..self.links.len() / 2).map(PeerIx::from_ix) {
            let limited = |&flow: &FlowIx| self.links[self.ends(flow).1.ix()].capacity.is_finite();
            let count = self.uploads(peer).filter(limited).count();
            if self.links[AccessIx::upload(peer).ix()].limited as usize != count {
                return Err(format!("peer {peer:?} miscounts its limited receivers"));
            }
            let counts = [self.count_uploads(peer), self.count_downloads(peer)];
            if counts != [self.uploads(peer).len(), self.downloads(peer).len()] {
                return Err(format!("peer {peer:?} miscounts its flows"));
            }
            flows.extend(self.uploads(peer));
            received += self.downloads(peer).count();
        }
        if flows.len() != self.flows() || received != self.flows() {
            return Err(format!(
                "{} flows run, {} sent, {received} received",
                self.flows(),
                flows.len()
            ));
        }
        for &flow in &flows {
            self.check_flow(flow)?;
        }
        Ok(flows)
    }

    /// Checks that a flow is bound to its bottleneck and that its entries say so.
    fn check_flow(&self, flow: FlowIx) -> Result<(), String> {
        let state = &self.flows[flow.ix()];
        let (up, down) = self.ends(flow);
        let at = match state.bound {
            ClockKind::Upload => f64::from(state.weight) * self.links[up.ix()].level,
            ClockKind::Download => f64::from(state.weight) * self.links[down.ix()].level,
            ClockKind::Cap => self.cap_of(flow),
        };
        let rate = self.rate(flow);
        if !rate.is_finite() || (at - rate).abs() > NEAR * rate {
            return Err(format!(
                "flow {flow:?} at {rate} bytes/s is bound to {:?} at {at}",
                state.bound
            ));
        }
        for (link, kind) in [(up, ClockKind::Upload), (down, ClockKind::Download)] {
            let right = if state.bound == kind {
                state.finish
            } else {
                f64::INFINITY
            };
            let mut entries = self.links[link.ix()].entries.iter().filter(|entry| entry.flow == flow);
            let (entry, twice) = (entries.next(), entries.next());
            let agrees = entry.is_some_and(|entry| {
                entry.finish.to_bits() == right.to_bits() && entry.weight.to_bits() == state.weight.to_bits()
            });
            if !agrees || twice.is_some() {
                return Err(format!("flow {flow:?} is not rightly listed at its {kind:?}"));
            }
        }
        Ok(())
    }
}
