//! Step 4, endgame: when every missing chunk is being fetched already, a free connection takes over blocks of the one that would come last.
//!
//! Both share the blocks that the slower transfer has not finished so that they would be done at the same time: who asks for block after block gets as
//! many as its rate allows. When only one block is left, both fetch it, and the losers' bytes are wasted: the price of not hanging on one slow peer
//! (Cohen 2003; BEP 3, "End Game").

use crate::engine::Simulation;
use crate::engine::transfer::{Part, Route};
use crate::engine::work::Work;
use crate::ids::{FlowIx, PeerIx};
use smallvec::SmallVec;

impl Simulation<'_> {
    /// `receiver` has asked for something new: if it was the last, connections that had fallen idle may help from now on.
    pub(super) fn begin_endgame(&mut self, receiver: PeerIx) {
        if self.is_in_endgame(receiver) {
            self.wake_idle_senders(receiver);
        }
    }

    pub(super) fn is_in_endgame(&self, receiver: PeerIx) -> bool {
        self.group_of(receiver).picking.endgame && self.all_being_fetched(receiver)
    }

    /// What a free connection does when nothing new is left to ask for.
    pub(super) fn share_at_the_end(&mut self, route: Route) -> Option<Work> {
        let Route {
            link, sender, receiver, ..
        } = route;
        if !self.is_in_endgame(receiver) {
            return None;
        }
        // What a crashed neighbour was to send comes first: it never will.
        let begun = &self.swarm.peers[receiver].begun;
        if let Some(place) = begun.iter().position(|b| self.swarm.shows(link, sender, b.chunk)) {
            let work = self.take_begun(receiver, place);
            return Some(self.ask_for(route, work));
        }
        if let Some(work) = self.take_asked(route) {
            return Some(work);
        }
        let slowest = self.slowest_for(route)?;
        Some(self.share_work_of(slowest, route))
    }

    /// The transfer to the receiver that will end last, of a chunk that the sender has too; only if there is no other, one of the race that will end last.
    pub(super) fn slowest_for(&self, route: Route) -> Option<FlowIx> {
        self.slowest_alone(route).or_else(|| self.slowest_race(route))
    }

    /// Whether whoever sends on `route` could take over a part of what `part` is to bring.
    fn could_help(&self, route: Route, part: &Part) -> bool {
        part.route.link != route.link && self.swarm.shows(route.link, route.sender, part.chunk)
    }

    fn slowest_alone(&self, route: Route) -> Option<FlowIx> {
        let mut slowest = None;
        self.read_downloads_ahead(route.receiver);
        for flow in self.bandwidth.downloads(route.receiver) {
            let part = &self.parts[flow.ix()];
            if part.rival.is_some() || !self.could_help(route, part) {
                continue;
            }
            let secs = self.secs_left(flow);
            if secs > 0.0 && slowest.is_none_or(|(most, _)| secs > most) {
                slowest = Some((secs, flow));
            }
        }
        slowest.map(|(_, flow)| flow)
    }

    /// A transfer of the race that will end last: each ends when its first transfer does, which nobody is asked for a single one.
    fn slowest_race(&self, route: Route) -> Option<FlowIx> {
        let mut races: SmallVec<[FlowIx; 8]> = SmallVec::new();
        let mut seen: SmallVec<[FlowIx; 32]> = SmallVec::new();
        for flow in self.bandwidth.downloads(route.receiver) {
            let part = &self.parts[flow.ix()];
            if part.rival.is_some() && self.could_help(route, part) && !seen.contains(&flow) {
                races.push(flow);
                seen.extend(self.race_of(flow));
            }
        }
        let ends_in = |race| {
            self.race_of(race)
                .map(|flow| self.secs_left(flow))
                .fold(f64::INFINITY, f64::min)
        };
        let race = if let [only] = races[..] {
            only
        } else {
            let ends = races.iter().map(|&race| (ends_in(race), race));
            ends.reduce(|last, next| if next.0 > last.0 { next } else { last })?.1
        };
        // One that is there at this instant has nothing to share.
        self.race_of(race).find(|&flow| self.left(flow) > 0)
    }

    /// All transfers that race for the same block as `flow`, itself first.
    pub(super) fn race_of(&self, flow: FlowIx) -> impl Iterator<Item = FlowIx> {
        let next = move |&before: &FlowIx| Some(self.parts[before.ix()].rival).filter(|&next| next != flow);
        std::iter::successors(Some(flow), next)
    }

    /// What `flow` has not brought of its part.
    fn left(&self, flow: FlowIx) -> u64 {
        self.parts[flow.ix()].bytes - self.moved(flow)
    }

    /// How long `flow` will take for what it has not brought, at its present rate, in s.
    fn secs_left(&self, flow: FlowIx) -> f64 {
        match self.left(flow) {
            0 => 0.0,
            left => left as f64 / self.expected_rate(flow),
        }
    }

    /// The rate of `flow` in bytes/s; of one that has just begun, its share of both capacities.
    pub(super) fn expected_rate(&self, flow: FlowIx) -> f64 {
        let rate = self.bandwidth.rate(flow);
        // Where nothing ran until now no rate is settled yet: it may be nothing, or without bound.
        if rate > 0.0 && rate.is_finite() {
            rate
        } else {
            self.share_of_capacities(self.parts[flow.ix()].route, 0)
        }
    }

    /// The rate in bytes/s at which work would come over `route`, on the transfer that runs there or on a new one.
    fn rate_to_expect(&self, route: Route) -> f64 {
        let flow = self.swarm.links.get(route.link).flow;
        if flow.is_some() {
            self.expected_rate(flow)
        } else {
            self.share_of_capacities(route, 1)
        }
    }

    /// An equal share of the upload and the download that meet on `route`, with so many transfers more than there are, in bytes/s, as far as connections
    /// may carry it.
    fn share_of_capacities(&self, route: Route, more: usize) -> f64 {
        let (sender, receiver) = (route.sender, route.receiver);
        let uploads = self.bandwidth.count_uploads(sender) + more;
        let downloads = self.bandwidth.count_downloads(receiver) + more;
        let upload = self.bandwidth.upload_capacity(sender) / uploads as f64;
        let download = self.swarm.peers[receiver].life.download / downloads as f64;
        let cap = self.scenario.network.connection_cap.map_or(f64::INFINITY, |cap| cap.0);
        upload.min(download).min(cap)
    }

    /// `flow` has brought the block that others race for: they are cut off.
    pub(super) fn win_race(&mut self, flow: FlowIx) {
        let mut rival = std::mem::replace(&mut self.parts[flow.ix()].rival, FlowIx::NONE);
        while rival.is_some() && rival != flow {
            let next = self.parts[rival.ix()].rival;
            self.lose_race(rival);
            rival = next;
        }
    }

    /// `flow` joins the ring of those that race with `rival` for its last block.
    pub(super) fn join_race(&mut self, flow: FlowIx, rival: FlowIx) {
        let first = &mut self.parts[rival.ix()];
        let next = if first.rival.is_some() { first.rival } else { rival };
        first.rival = flow;
        self.parts[flow.ix()].rival = next;
    }

    /// `flow` drops out of its race, if it is in one.
    pub(super) fn quit_race(&mut self, flow: FlowIx) {
        let next = std::mem::replace(&mut self.parts[flow.ix()].rival, FlowIx::NONE);
        if next.is_none() {
            return;
        }
        let mut before = next;
        while self.parts[before.ix()].rival != flow {
            before = self.parts[before.ix()].rival;
        }
        // One alone races with nobody.
        self.parts[before.ix()].rival = if before == next { FlowIx::NONE } else { next };
    }

    /// Takes part of the blocks that `flow` has not finished, so that both would be done at the same time, but no more than are asked for at once over
    /// `route`; of a last block, a copy.
    fn share_work_of(&mut self, flow: FlowIx, route: Route) -> Work {
        let layout = self.swarm.layout;
        let part = self.parts[flow.ix()];
        let left = part.bytes - layout.whole_blocks(self.moved(flow));
        self.parts[flow.ix()].whole = false;
        let blocks = layout.blocks_in(left);
        if blocks == 1 {
            return Work {
                chunk: part.chunk,
                bytes: left,
                rival: flow,
                whole: false,
            };
        }
        let (rate, helper_rate) = (self.expected_rate(flow), self.rate_to_expect(route));
        let others = (blocks as f64 * helper_rate / (rate + helper_rate)) as u64;
        let others = others.min(self.blocks_at_once(route)).clamp(1, blocks - 1);
        let taken = left - (blocks - others) * layout.block_bytes;
        self.parts[flow.ix()].bytes -= taken;
        self.bandwidth.resize(self.now(), flow, part.bytes - taken);
        Work {
            chunk: part.chunk,
            bytes: taken,
            rival: FlowIx::NONE,
            whole: false,
        }
    }
}
