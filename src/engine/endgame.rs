//! Step 4, endgame: when every missing chunk is being fetched already, a free connection takes over blocks of the one that would come last.
//!
//! The helper gets half of the blocks that the slower transfer has not begun. When only one block is left, both fetch it, and the loser's bytes are
//! wasted: the price of not hanging on one slow peer (Cohen 2003; BEP 3, "End Game").

use crate::engine::Simulation;
use crate::engine::observer::Observer;
use crate::engine::transfer::Route;
use crate::engine::work::Work;
use crate::ids::FlowIx;

impl<O: Observer> Simulation<'_, O> {
    /// What a free connection does when nothing new is left to ask for.
    pub(super) fn share_at_the_end(&mut self, route: Route) -> Option<Work> {
        let Route { link, sender, receiver } = route;
        if !self.group_of(receiver).picking.endgame || !self.all_being_fetched(receiver) {
            return None;
        }
        // What a crashed neighbour was to send comes first: it never will.
        let begun = &self.swarm.peers[receiver].begun;
        if let Some(place) = begun.iter().position(|b| self.swarm.shows(link, sender, b.chunk)) {
            return Some(self.take_begun(receiver, place));
        }
        self.take_half_of(self.slowest_for(route)?)
    }

    /// The transfer to the receiver that will end last, of a chunk that the sender has too. One that is in a race already gets no further help.
    fn slowest_for(&self, route: Route) -> Option<FlowIx> {
        let Route { link, sender, receiver } = route;
        let now = self.now();
        let mut slowest = None;
        for flow in self.bandwidth.downloads(receiver) {
            let part = &self.parts[flow.ix()];
            let left = part.bytes - self.bandwidth.moved(now, flow);
            if part.route.link == link
                || part.rival.is_some()
                || left == 0
                || !self.swarm.shows(link, sender, part.chunk)
            {
                continue;
            }
            // A rate of 0 belongs to a transfer that has just begun: it takes longer than any other.
            let seconds = left as f64 / self.bandwidth.rate(flow);
            if slowest.is_none_or(|(most, _)| seconds > most) {
                slowest = Some((seconds, flow));
            }
        }
        slowest.map(|(_, flow)| flow)
    }

    /// Takes half of the blocks that `flow` has not begun; of a last block, a copy.
    fn take_half_of(&mut self, flow: FlowIx) -> Option<Work> {
        let now = self.now();
        let layout = self.swarm.layout;
        let part = self.parts[flow.ix()];
        let finished = layout.whole_blocks(self.bandwidth.moved(now, flow));
        let left = part.bytes - finished;
        self.parts[flow.ix()].whole = false;
        let keep = layout.blocks_in(left).div_ceil(2) * layout.block_bytes;
        if keep >= left {
            return Some(Work {
                chunk: part.chunk,
                bytes: left,
                rival: flow,
                whole: false,
            });
        }
        let taken = left - keep;
        self.parts[flow.ix()].bytes -= taken;
        self.bandwidth.resize(now, flow, part.bytes - taken);
        Some(Work {
            chunk: part.chunk,
            bytes: taken,
            rival: FlowIx::NONE,
            whole: false,
        })
    }
}
