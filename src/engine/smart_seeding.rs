//! The smart seed of Bharambe, Herley & Padmanabhan 2006: an initial seed that spends its upload on whole chunks, and on those that it has sent least.
//!
//! Who would finish a chunk, or pick one rarest first, gets from such a seed the chunk among all it can ask for that the seed has sent least often. And the
//! seed cuts no chunk short: a neighbour that it chokes still gets the chunk on its way, and no other, and when it has given enough copies it finishes
//! what it is sending. Other picking rules, and the random chunks that a newcomer begins with, stay as they are (so `OctoSim`, their simulator, does it).

use crate::engine::Simulation;
use crate::engine::transfer::Route;
use crate::engine::work::Work;
use crate::ids::{ChunkIx, PeerIx};
use crate::rng::below;
use crate::scenario::model::Picker;

/// A smart seed and how often it has sent each chunk, those on their way included.
#[derive(Clone, Debug)]
pub(super) struct SmartSeed {
    pub peer: PeerIx,
    pub sent: Vec<u32>,
}

impl Simulation<'_> {
    pub(super) fn add_smart_seed(&mut self, peer: PeerIx) {
        self.smart_seeds.push(SmartSeed {
            peer,
            sent: vec![0; self.swarm.layout.chunks],
        });
    }

    /// Whether `peer` lets a chunk on its way come to its end when it chokes.
    pub(super) fn is_smart_seed(&self, peer: PeerIx) -> bool {
        self.smart_seeds.iter().any(|seed| seed.peer == peer)
    }

    /// `sender` begins to send `chunk`, or the rest of it.
    pub(super) fn count_sent(&mut self, sender: PeerIx, chunk: ChunkIx) {
        if let Some(seed) = self.smart_seeds.iter_mut().find(|seed| seed.peer == sender) {
            seed.sent[chunk.ix()] += 1;
        }
    }

    /// What `sender` began to send of `chunk` was cut short, or was of no use.
    pub(super) fn take_back_sent(&mut self, sender: PeerIx, chunk: ChunkIx) {
        if let Some(seed) = self.smart_seeds.iter_mut().find(|seed| seed.peer == sender) {
            seed.sent[chunk.ix()] -= 1;
        }
    }

    /// The chunk that the sender has sent least of those that the receiver can ask it for, if it is a smart seed and the receiver leaves it the choice.
    pub(super) fn choose_least_sent(&mut self, route: Route) -> Option<Work> {
        let Route { sender, receiver, .. } = route;
        let seed = self.smart_seeds.iter().find(|seed| seed.peer == sender)?;
        let rules = self.group_of(receiver).picking;
        let state = &self.swarm.peers[receiver];
        if rules.picker != Picker::RarestFirst || state.chunks < rules.random_first {
            return None;
        }
        let (wanted, known) = (self.swarm.wanted(), self.swarm.announced());
        let new = (0..self.swarm.layout.chunks).map(ChunkIx::from_ix);
        let new = new.filter(|&chunk| wanted.has(receiver, chunk) && known.has(sender, chunk));
        let begun = state.begun.iter().filter(|rest| rest.awaited_from.is_none());
        let all: Vec<ChunkIx> = new.chain(begun.map(|rest| rest.chunk)).collect();
        let times = |chunk: &ChunkIx| seed.sent[chunk.ix()];
        let least = all.iter().map(times).min()?;
        let ties: Vec<ChunkIx> = all.into_iter().filter(|chunk| times(chunk) == least).collect();
        let chunk = ties[below(&mut self.streams[receiver.ix()].picking, ties.len())];
        let begun = state
            .begun
            .iter()
            .position(|rest| rest.chunk == chunk && rest.awaited_from.is_none());
        Some(match begun {
            Some(place) => self.take_begun(receiver, place),
            None => self.take_new(receiver, chunk),
        })
    }
}
