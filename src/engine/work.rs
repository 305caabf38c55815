//! Which bytes a leecher asks a neighbour for, in the four steps of the protocol: finish what was begun, random first, the picker, endgame.

use crate::engine::Simulation;
use crate::engine::transfer::Route;
use crate::ids::{ChunkIx, FlowIx, PeerIx};
use crate::picking::random::RandomChunk;
use crate::picking::{PickView, Picker};
use crate::swarm::Role;
use crate::swarm::bitfield::{Line, any_common};

/// Bytes of one chunk to ask one neighbour for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    /// The chunk.
    pub chunk: ChunkIx,
    /// How many of its bytes.
    pub bytes: u64,
    /// The transfer that fetches the same block, in endgame, or `NONE`.
    pub rival: FlowIx,
    /// Whether these are all bytes of the chunk.
    pub whole: bool,
}

impl Simulation<'_> {
    /// What the receiver asks the sender for next, marked as being fetched.
    pub(super) fn choose_work(&mut self, route: Route) -> Option<Work> {
        if self.swarm.peers[route.receiver].role != Role::Leecher {
            return None;
        }
        if let Some(work) = self.choose_least_sent(route) {
            return Some(work);
        }
        if self.group_of(route.receiver).picking.strict_priority {
            self.finish_begun(route)
                .or_else(|| self.pick_new(route))
                .or_else(|| self.share_at_the_end(route))
        } else {
            self.pick_new(route)
                .or_else(|| self.finish_begun(route))
                .or_else(|| self.share_at_the_end(route))
        }
    }

    /// Step 1: the missing blocks of a chunk already begun, the oldest first.
    fn finish_begun(&mut self, route: Route) -> Option<Work> {
        let begun = &self.swarm.peers[route.receiver].begun;
        let place = begun
            .iter()
            .position(|b| b.awaited_from.is_none() && self.swarm.shows(route.link, route.sender, b.chunk))?;
        Some(self.take_begun(route.receiver, place))
    }

    pub(super) fn take_begun(&mut self, receiver: PeerIx, place: usize) -> Work {
        let begun = self.swarm.peers[receiver].begun.remove(place);
        Work {
            chunk: begun.chunk,
            bytes: begun.missing_bytes,
            rival: FlowIx::NONE,
            whole: false,
        }
    }

    /// Steps 2 and 3: a new chunk, at random for the first few, then by the picker.
    fn pick_new(&mut self, route: Route) -> Option<Work> {
        let Route {
            link, sender, receiver, ..
        } = route;
        let chunk = if self.swarm.is_super_seed(sender) {
            let offer = self.swarm.links.offer(link)?;
            self.swarm.wanted().has(receiver, offer).then_some(offer)?
        } else {
            self.ask_picker(sender, receiver)?
        };
        Some(self.take_new(receiver, chunk))
    }

    /// All of `chunk`, marked as being fetched.
    pub(super) fn take_new(&mut self, receiver: PeerIx, chunk: ChunkIx) -> Work {
        self.swarm.claim(receiver, chunk);
        Work {
            chunk,
            bytes: self.swarm.layout.bytes_of(chunk),
            rival: FlowIx::NONE,
            whole: true,
        }
    }

    fn ask_picker(&mut self, sender: PeerIx, receiver: PeerIx) -> Option<ChunkIx> {
        // Often there is nothing to choose from: senders that fell idle ask again whenever the receiver gets a chunk.
        if !any_common(self.swarm.wanted().of(receiver), self.swarm.announced().of(sender)) {
            return None;
        }
        self.swarm.settle_counts(receiver);
        let peer = &self.swarm.peers[receiver];
        let group = peer.group.ix();
        let known = self.swarm.announced();
        let view = PickView {
            wanted: self.swarm.wanted().of(receiver),
            offered: known.of(sender),
            neighbours: self.swarm.links.neighbours(peer.links),
            known,
            kept: self.swarm.kept().and_then(|kept| kept.planes(receiver)),
            copies: &self.swarm.copies,
        };
        let rng = &mut self.streams[receiver.ix()].picking;
        if peer.chunks < self.scenario.groups[group].picking.random_first {
            RandomChunk.pick(&view, rng)
        } else {
            self.pickers[group].pick(&view, rng)
        }
    }

    /// Whether every chunk that `receiver` lacks is being fetched, or awaited from a neighbour that has crashed.
    pub(super) fn all_being_fetched(&self, receiver: PeerIx) -> bool {
        self.swarm.wanted().of(receiver).iter().all(Line::is_empty)
            && self.swarm.peers[receiver]
                .begun
                .iter()
                .all(|b| b.awaited_from.is_some())
    }
}
