//! Who sends which chunk to whom in one round.

use crate::crowd::{Crowd, Gift};
use crate::ids::{ChunkIx, PeerId, PeerIx};
use crate::rng::{Rng, below};
use crate::swarm::Role;
use crate::swarm::bitfield::{LINE_WORDS, Line};

/// How often a taker is drawn before those that lack the chunk are counted through.
const DRAWS: usize = 32;

/// Leechers that can still be sent something, and what they lack.
pub(super) struct Matching {
    /// With the number of chunks that each can still receive.
    takers: Vec<(PeerIx, u32)>,
    /// Takers that lack each chunk.
    seekers: Vec<u32>,
    /// The chunks that some taker lacks.
    sought: Vec<Line>,
    /// Copies of each chunk, those on their way included.
    copies: Vec<u32>,
}

impl Matching {
    /// Nothing is sent yet; each leecher can receive `receives` chunks.
    pub(super) fn new(crowd: &Crowd<'_>, receives: Option<u32>) -> Self {
        let chunks = crowd.swarm.layout.chunks;
        let is_leecher = |peer: &PeerIx| crowd.swarm.peers[*peer].role == Role::Leecher;
        let leechers: Vec<PeerIx> = crowd.members().iter().copied().filter(is_leecher).collect();
        let mut matching = Self {
            takers: leechers
                .iter()
                .map(|&peer| (peer, receives.unwrap_or(u32::MAX)))
                .collect(),
            seekers: vec![0; chunks],
            sought: vec![Line::default(); crowd.swarm.wanted().lines_per_peer()],
            copies: crowd.swarm.copies.clone(),
        };
        for peer in leechers {
            for chunk in crowd.swarm.wanted().chunks_of(peer) {
                matching.seekers[chunk.ix()] += 1;
                *matching.word(chunk) |= bit(chunk);
            }
        }
        matching
    }

    /// What is sent in this round, with the ordinals of sender and receiver; receivers have claimed it.
    pub(super) fn play(mut self, crowd: &mut Crowd<'_>, rng: &mut Rng) -> Vec<(Gift, PeerId, PeerId)> {
        let gives = |peer: &PeerIx| crowd.gives(*peer);
        let mut senders: Vec<PeerIx> = crowd.present().iter().copied().filter(gives).collect();
        for ix in 0..senders.len() {
            let other = ix + below(rng, senders.len() - ix);
            senders.swap(ix, other);
        }
        senders
            .into_iter()
            .filter_map(|from| self.send(crowd, from, rng))
            .collect()
    }

    fn send(&mut self, crowd: &mut Crowd<'_>, from: PeerIx, rng: &mut Rng) -> Option<(Gift, PeerId, PeerId)> {
        let chunk = crowd.pick(from, &self.sought, &self.copies)?;
        let place = self.taker_of(crowd, chunk, rng);
        let to = self.takers[place].0;
        self.takers[place].1 -= 1;
        if self.takers[place].1 == 0 {
            self.takers.swap_remove(place);
            for chunk in crowd.swarm.wanted().chunks_of(to) {
                self.lose_seeker(chunk);
            }
        } else {
            self.lose_seeker(chunk);
        }
        self.copies[chunk.ix()] += 1;
        crowd.swarm.claim(to, chunk);
        let started = crowd.now();
        let id = |peer| crowd.swarm.peers[peer].id;
        let gift = Gift {
            from,
            to,
            chunk,
            started,
        };
        Some((gift, id(from), id(to)))
    }

    /// The place of a taker that lacks `chunk`, at random. Most lack what is rarest, so one that is drawn among all takers mostly does; where few lack it
    /// they are counted through.
    fn taker_of(&self, crowd: &Crowd<'_>, chunk: ChunkIx, rng: &mut Rng) -> usize {
        let wanted = crowd.swarm.wanted();
        let lacks = |&place: &usize| wanted.has(self.takers[place].0, chunk);
        let mut drawn = (0..DRAWS).map(|_| below(rng, self.takers.len()));
        if let Some(place) = drawn.find(lacks) {
            return place;
        }
        let nth = below(rng, self.seekers[chunk.ix()] as usize);
        let mut seekers = (0..self.takers.len()).filter(lacks);
        seekers.nth(nth).expect("as many as were counted")
    }

    fn lose_seeker(&mut self, chunk: ChunkIx) {
        self.seekers[chunk.ix()] -= 1;
        if self.seekers[chunk.ix()] == 0 {
            *self.word(chunk) &= !bit(chunk);
        }
    }

    /// The word of `sought` in which `chunk` is.
    fn word(&mut self, chunk: ChunkIx) -> &mut u64 {
        let word = chunk.ix() / 64;
        &mut self.sought[word / LINE_WORDS].0[word % LINE_WORDS]
    }
}

fn bit(chunk: ChunkIx) -> u64 {
    1 << (chunk.ix() % 64)
}
