//! Requests under way: how many blocks a leecher asks a neighbour for ahead of time, and what that lets the connection carry.
//!
//! Who has `w` blocks under way, each of which takes `t` from request to block, gets at most `w` blocks in every `t` (Little's law). A client that
//! asks for what would come in the next seconds begins with few and asks for more as the rate grows. So a connection starts slowly, the slower the
//! longer its requests take; and they take long where the one who asks is slow and sends to the same neighbour: its own block is in front of them.

use crate::engine::Simulation;
use crate::engine::schedule::Delayed;
use crate::engine::transfer::Route;
use crate::engine::work::Work;
use crate::ids::{FlowIx, LinkIx};
use crate::scenario::model::Pipelining;
use crate::units::{SimDuration, SimTime};
use std::collections::VecDeque;

/// Time between two looks at the rate (libtorrent 2, `second_tick`).
pub(super) const LOOK: SimDuration = SimDuration::from_secs(1);

/// What a look counts in the rate, an average over five of them (libtorrent 2, `stat.cpp`).
const LOOK_WEIGHT: f64 = 0.2;

/// The requests for one running transfer.
#[derive(Clone, Debug)]
pub(super) struct Pipeline {
    /// The rate in bytes/s as its receiver knows it.
    rate_per_sec: f64,
    /// What has come since the last look and been booked.
    pub came_bytes: u64,
    /// When the next look is due, or `NEVER`.
    due: SimTime,
    /// What its receiver has asked for besides, in order.
    pub asked: VecDeque<Work>,
    /// When its receiver looks next whether to ask for more; `NEVER` before the first time.
    pub asks_at: SimTime,
}

impl Pipeline {
    /// Bytes in use.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.asked.capacity() * size_of::<Work>()
    }
}

/// What runs the other way over the same connection, in bytes/s.
#[derive(Clone, Copy, Debug)]
struct Reverse {
    /// What it carries.
    rate: f64,
    /// What its sender would give it if nothing else held it.
    share: f64,
}

impl Simulation<'_> {
    /// The receiver sends its first requests for `flow`.
    pub(super) fn open_pipeline(&mut self, flow: FlowIx, route: Route) {
        let Some(rule) = self.group_of(route.receiver).pipelining else {
            return;
        };
        let pipeline = Pipeline {
            rate_per_sec: 0.0,
            came_bytes: 0,
            due: SimTime::NEVER,
            asked: VecDeque::new(),
            asks_at: SimTime::NEVER,
        };
        if flow.ix() >= self.pipelines.len() {
            self.pipelines.resize(flow.ix() + 1, pipeline.clone());
        }
        self.pipelines[flow.ix()] = pipeline;
        self.cap_by_requests(flow, route, rule);
    }

    /// The receiver at `link` looks at the rate, and may send more requests than before.
    pub(super) fn look_at_rate(&mut self, link: LinkIx) {
        let flow = self.swarm.links.get(link).flow;
        let due = flow.is_some() && self.pipelines.get(flow.ix()).is_some_and(|p| p.due == self.now());
        let route = self.route(link);
        let Some(rule) = self.group_of(route.receiver).pipelining.filter(|_| due) else {
            return;
        };
        self.measure(flow);
        let pipeline = &mut self.pipelines[flow.ix()];
        let rate = std::mem::take(&mut pipeline.came_bytes) as f64 / LOOK.as_secs_f64();
        pipeline.rate_per_sec += LOOK_WEIGHT * (rate - pipeline.rate_per_sec);
        self.cap_by_requests(flow, route, rule);
    }

    /// Holds `flow` to what the requests under way allow, until they allow all that its sender has.
    fn cap_by_requests(&mut self, flow: FlowIx, route: Route, rule: Pipelining) {
        let block = self.scenario.file.block_size.0 as f64;
        let blocks = blocks_ahead(rule, self.pipelines[flow.ix()].rate_per_sec, block);
        let reverse = self.swarm.links.get(route.back).flow;
        let back = reverse.is_some().then(|| Reverse {
            rate: self.bandwidth.rate(reverse),
            share: self.bandwidth.upload_share(reverse),
        });
        let cap = blocks * block / request_secs(rule, block, self.bandwidth.upload_share(flow), back);
        let now = self.now();
        if cap < self.used_upload(route.sender) {
            // While idle connections hold all of its upload the sender gives nothing, and the cap stays as it is.
            if cap > 0.0 {
                self.bandwidth.set_cap(now, flow, cap);
            }
            self.pipelines[flow.ix()].due = now + LOOK;
            let id = self.id_of(route.sender);
            self.schedule.after(LOOK, id, Delayed::LookAtRate(route.link));
        } else {
            self.bandwidth.set_cap(now, flow, f64::INFINITY);
            self.pipelines[flow.ix()].due = SimTime::NEVER;
        }
    }

    /// How many bytes the receiver keeps under way over `route`.
    pub(super) fn bytes_under_way(&self, route: Route, rule: Pipelining) -> u64 {
        let block = self.scenario.file.block_size.0 as f64;
        let rate = self.known_rate(self.swarm.links.get(route.link).flow);
        (blocks_ahead(rule, rate, block) * block) as u64
    }

    /// The rate of `flow` as its receiver knows it, in bytes/s; of an idle connection nothing is known.
    pub(super) fn known_rate(&self, flow: FlowIx) -> f64 {
        match self.pipelines.get(flow.ix()) {
            None => 0.0,
            Some(pipeline) if pipeline.due == SimTime::NEVER => {
                let rate = self.bandwidth.rate(flow);
                // It has none before rates are settled.
                if rate.is_finite() { rate } else { 0.0 }
            }
            Some(pipeline) => pipeline.rate_per_sec,
        }
    }
}

/// How many blocks are under way at `rate` bytes/s.
fn blocks_ahead(rule: Pipelining, rate: f64, block: f64) -> f64 {
    let ahead = (rule.ahead.as_secs_f64() * rate / block).floor();
    ahead.max(f64::from(rule.least_blocks))
}

/// How long it takes on average from a request to the end of its block: both wait for a deal of quota, half the time between two of them each; the
/// block is sent at `share`, that of its sender; and while the one who asks sends `back`, half a block of that is in front of the request.
fn request_secs(rule: Pipelining, block: f64, share: f64, back: Option<Reverse>) -> f64 {
    let in_front = back.filter(|back| back.share > 0.0).map_or(0.0, |back| {
        let busy = (back.rate / back.share).min(1.0);
        busy * block / 2.0 / back.share
    });
    rule.quota_every.as_secs_f64() + block / share + in_front
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Pipelining = Pipelining {
        least_blocks: 2,
        ahead: SimDuration::from_secs(3),
        quota_every: SimDuration::from_millis(500),
        whole_chunk_within: SimDuration::from_secs(20),
    };

    #[test]
    fn as_many_whole_blocks_as_come_in_the_time_ahead_but_never_fewer_than_the_least() {
        let blocks = [0.0, 900.0, 999.0, 1000.0, 1400.0, 8000.0].map(|rate| blocks_ahead(RULE, rate, 1000.0));
        assert!(blocks.iter().eq(&[2.0, 2.0, 2.0, 3.0, 4.0, 24.0]), "{blocks:?}");
    }

    #[test]
    fn a_request_waits_for_two_deals_its_block_and_what_is_in_front() {
        let at = |rate| Reverse { rate, share: 1000.0 };
        let secs = |back| request_secs(RULE, 1000.0, 4000.0, back);
        let found = [None, Some(at(0.0)), Some(at(500.0)), Some(at(1000.0))].map(secs);
        assert!(found.iter().eq(&[0.75, 0.75, 1.0, 1.25]), "{found:?}");
    }
}
