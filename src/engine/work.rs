//! Which bytes a leecher asks a neighbour for, in the four steps of the protocol: finish what was begun, random first, the picker, endgame.

use crate::engine::Simulation;
use crate::engine::observer::Observer;
use crate::ids::{ChunkIx, FlowIx, LinkIx, PeerIx};
use crate::picking::random::RandomChunk;
use crate::picking::{PickView, Picker};
use crate::swarm::Role;
use crate::swarm::bitfield::Line;

/// Bytes of one chunk to ask one neighbour for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    /// The chunk.
    pub chunk: ChunkIx,
    /// How many of its bytes.
    pub bytes: u64,
    /// The transfer that fetches the same block, in endgame, or `NONE`.
    pub rival: FlowIx,
}

impl<O: Observer> Simulation<'_, O> {
    /// What the neighbour of `link` asks its owner for next, marked as being fetched.
    pub(super) fn choose_work(&mut self, link: LinkIx) -> Option<Work> {
        let receiver = self.swarm.links.to(link);
        if self.swarm.peers[receiver].role != Role::Leecher {
            return None;
        }
        let rules = self.group_of(receiver).picking;
        if rules.strict_priority {
            self.finish_begun(link, receiver)
                .or_else(|| self.pick_new(link, receiver))
                .or_else(|| self.share_at_the_end(link, receiver))
        } else {
            self.pick_new(link, receiver)
                .or_else(|| self.finish_begun(link, receiver))
                .or_else(|| self.share_at_the_end(link, receiver))
        }
    }

    /// Step 1: the missing blocks of a chunk already begun, the oldest first.
    fn finish_begun(&mut self, link: LinkIx, receiver: PeerIx) -> Option<Work> {
        let begun = &self.swarm.peers[receiver].begun;
        let place = begun
            .iter()
            .position(|b| b.awaited_from.is_none() && self.swarm.shows(link, b.chunk))?;
        Some(self.take_begun(receiver, place))
    }

    pub(super) fn take_begun(&mut self, receiver: PeerIx, place: usize) -> Work {
        let begun = self.swarm.peers[receiver].begun.remove(place);
        Work {
            chunk: begun.chunk,
            bytes: begun.missing_bytes,
            rival: FlowIx::NONE,
        }
    }

    /// Steps 2 and 3: a new chunk, at random for the first few, then by the picker.
    fn pick_new(&mut self, link: LinkIx, receiver: PeerIx) -> Option<Work> {
        let owner = self.swarm.links.owner(link);
        let chunk = if self.swarm.is_super_seed(owner) {
            let offer = ChunkIx(self.swarm.links.get(link).offer);
            (offer.is_some() && self.swarm.wanted().has(receiver, offer)).then_some(offer)?
        } else {
            self.ask_picker(owner, receiver)?
        };
        self.swarm.claim(receiver, chunk);
        Some(Work {
            chunk,
            bytes: self.swarm.layout.bytes_of(chunk),
            rival: FlowIx::NONE,
        })
    }

    fn ask_picker(&mut self, owner: PeerIx, receiver: PeerIx) -> Option<ChunkIx> {
        let random_first = self.group_of(receiver).picking.random_first;
        let peer = &self.swarm.peers[receiver];
        let mut rng = peer.picking_rng.clone();
        let known = self.swarm.announced();
        let view = PickView {
            wanted: self.swarm.wanted().of(receiver),
            offered: known.of(owner),
            neighbours: self.swarm.links.neighbours(peer.links),
            known,
            copies: &self.swarm.copies,
        };
        let chunk = if peer.chunks < random_first {
            RandomChunk.pick(&view, &mut rng)
        } else {
            self.pickers[peer.group.ix()].pick(&view, &mut rng)
        };
        self.swarm.peers[receiver].picking_rng = rng;
        chunk
    }

    /// Whether every chunk that `receiver` lacks is being fetched, or awaited from a neighbour that has crashed.
    pub(super) fn all_being_fetched(&self, receiver: PeerIx) -> bool {
        self.swarm
            .wanted()
            .of(receiver)
            .iter()
            .all(|line| *line == Line::default())
            && self.swarm.peers[receiver]
                .begun
                .iter()
                .all(|b| b.awaited_from.is_some())
    }
}
