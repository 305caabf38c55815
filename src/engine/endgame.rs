//! Step 4, endgame: when every missing chunk is being fetched already, a free connection takes over blocks of the one that would come last.
//!
//! The helper gets half of the blocks that the slower transfer has not begun. When only one block is left, both fetch it, and the losers' bytes are
//! wasted: the price of not hanging on one slow peer (Cohen 2003; BEP 3, "End Game").

use crate::engine::Simulation;
use crate::engine::transfer::Route;
use crate::engine::work::Work;
use crate::ids::FlowIx;

impl Simulation<'_> {
    /// What a free connection does when nothing new is left to ask for.
    pub(super) fn share_at_the_end(&mut self, route: Route) -> Option<Work> {
        let Route {
            link, sender, receiver, ..
        } = route;
        if !self.group_of(receiver).picking.endgame || !self.all_being_fetched(receiver) {
            return None;
        }
        // What a crashed neighbour was to send comes first: it never will.
        let begun = &self.swarm.peers[receiver].begun;
        if let Some(place) = begun.iter().position(|b| self.swarm.shows(link, sender, b.chunk)) {
            return Some(self.take_begun(receiver, place));
        }
        let slowest = self.slowest_for(route)?;
        Some(self.take_half_of(slowest))
    }

    /// The transfer to the receiver that will end last, of a chunk that the sender has too; one that is in a race already only if there is no other.
    fn slowest_for(&self, route: Route) -> Option<FlowIx> {
        let alone = self.slowest_of(route, false);
        alone.or_else(|| self.slowest_of(route, true))
    }

    /// The one that will end last of those that are in a race, or of those that are not.
    fn slowest_of(&self, route: Route, racing: bool) -> Option<FlowIx> {
        let Route {
            link, sender, receiver, ..
        } = route;
        let mut slowest = None;
        for flow in self.bandwidth.downloads(receiver) {
            let part = &self.parts[flow.ix()];
            if part.rival.is_some() != racing || part.route.link == link || !self.swarm.shows(link, sender, part.chunk)
            {
                continue;
            }
            let left = part.bytes - self.moved(flow);
            if left == 0 {
                continue;
            }
            let secs = left as f64 / self.expected_rate(flow);
            if slowest.is_none_or(|(most, _)| secs > most) {
                slowest = Some((secs, flow));
            }
        }
        slowest.map(|(_, flow)| flow)
    }

    /// The rate of `flow`; of one that has just begun, its share of the sender's upload.
    fn expected_rate(&self, flow: FlowIx) -> f64 {
        let rate = self.bandwidth.rate(flow);
        if rate > 0.0 {
            return rate;
        }
        let sender = self.parts[flow.ix()].route.sender;
        self.swarm.peers[sender].life.upload / self.bandwidth.count_uploads(sender) as f64
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

    /// Takes half of the blocks that `flow` has not begun; of a last block, a copy.
    fn take_half_of(&mut self, flow: FlowIx) -> Work {
        let layout = self.swarm.layout;
        let part = self.parts[flow.ix()];
        let finished = layout.whole_blocks(self.moved(flow));
        let left = part.bytes - finished;
        self.parts[flow.ix()].whole = false;
        let keep = layout.blocks_in(left).div_ceil(2) * layout.block_bytes;
        if keep >= left {
            return Work {
                chunk: part.chunk,
                bytes: left,
                rival: flow,
                whole: false,
            };
        }
        let taken = left - keep;
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
