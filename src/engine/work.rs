//! Which bytes a leecher asks a neighbour for, in the four steps of the protocol: finish what was begun, random first, the picker, endgame.

use crate::engine::Simulation;
use crate::engine::transfer::Route;
use crate::ids::{ChunkIx, FlowIx, PeerIx};
use crate::picking::random::RandomChunk;
use crate::picking::{PickView, Picker};
use crate::scenario::model::StrictPriority;
use crate::swarm::bitfield::{Line, any_common};
use crate::swarm::{Begun, Role};

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
        if let Some(work) = self.next_asked(route) {
            return Some(work);
        }
        let Some(work) = self.choose_unfetched(route) else {
            return self.share_at_the_end(route);
        };
        self.begin_endgame(route.receiver);
        Some(work)
    }

    /// What nobody brings yet, in the first three steps.
    pub(super) fn choose_unfetched(&mut self, route: Route) -> Option<Work> {
        if let Some(work) = self.choose_least_sent(route) {
            return Some(work);
        }
        let work = match self.group_of(route.receiver).picking.strict_priority {
            StrictPriority::On => self.finish_begun(route).or_else(|| self.pick_new(route)),
            StrictPriority::Off => self.pick_new(route).or_else(|| self.finish_begun(route)),
            StrictPriority::UnlessRarer => self.finish_unless_rarer(route).or_else(|| self.pick_new(route)),
        };
        let work = work.or_else(|| self.join_others(route))?;
        Some(self.ask_for(route, work))
    }

    /// Step 1: the missing blocks of a chunk already begun, the oldest first.
    fn finish_begun(&mut self, route: Route) -> Option<Work> {
        let place = self.begun_for(route).next()?;
        Some(self.take_begun(route.receiver, place))
    }

    /// The missing blocks of `chunk`, which the sender has begun to send: who decides after each chunk finishes it first, and so does a smart seed that chokes.
    pub(super) fn rest_of(&mut self, route: Route, chunk: ChunkIx) -> Option<Work> {
        let finishes = self.swarm.peers[route.sender].asked_each_chunk || self.is_smart_seed(route.sender);
        let begun = |place: &usize| self.swarm.peers[route.receiver].begun[*place].chunk == chunk;
        let place = finishes.then(|| self.begun_at(route).find(begun)).flatten()?;
        let work = self.take_begun(route.receiver, place);
        let work = self.ask_for(route, work);
        self.begin_endgame(route.receiver);
        Some(work)
    }

    /// What whole chunks come before: the missing blocks of the rarest chunk that others bring blocks of.
    fn join_others(&mut self, route: Route) -> Option<Work> {
        if !self.asks_for_chunks(route) {
            return None;
        }
        let receiver = route.receiver;
        let copies_of = |place: usize| self.copies_known(receiver, self.swarm.peers[receiver].begun[place].chunk);
        let (_, place) = self.begun_at(route).map(|place| (copies_of(place), place)).min()?;
        Some(self.take_begun(receiver, place))
    }

    /// Where the begun chunks are that the receiver goes on with in step 1: where it asks for whole chunks, those that nobody else brings (libtorrent 2,
    /// `add_blocks_downloading`).
    fn begun_for(&self, route: Route) -> impl Iterator<Item = usize> {
        let alone = self.asks_for_chunks(route);
        let receiver = route.receiver;
        let begun = move |place: usize| self.swarm.peers[receiver].begun[place].chunk;
        self.begun_at(route)
            .filter(move |&place| !alone || !self.others_bring(route, begun(place)))
    }

    /// Whether others than the sender bring blocks of `chunk`.
    fn others_bring(&self, route: Route, chunk: ChunkIx) -> bool {
        let mut flows = self.bandwidth.downloads(route.receiver);
        let brings = |flow: FlowIx| {
            let part = &self.parts[flow.ix()];
            part.chunk == chunk && part.route.link != route.link
        };
        flows.any(brings) || self.has_asked_for(route.receiver, chunk)
    }

    /// Where the begun chunks are that the receiver could go on with.
    fn begun_at(&self, route: Route) -> impl Iterator<Item = usize> {
        let begun = self.swarm.peers[route.receiver].begun.iter().enumerate();
        let fits = move |b: &Begun| b.awaited_from.is_none() && self.swarm.shows(route.link, route.sender, b.chunk);
        begun.filter(move |(_, b)| fits(b)).map(|(place, _)| place)
    }

    /// Step 1 where rarity goes before it: the rarest chunk that is begun, or a new one that is rarer (libtorrent 2, `piece_pos::priority`). While chunks are
    /// picked at random none is rarer (`picker_options`).
    fn finish_unless_rarer(&mut self, route: Route) -> Option<Work> {
        let receiver = route.receiver;
        let copies_of = |place: usize| self.copies_known(receiver, self.swarm.peers[receiver].begun[place].chunk);
        let (copies, place) = self.begun_for(route).map(|place| (copies_of(place), place)).min()?;
        let rarer = if self.picks_at_random(receiver) {
            None
        } else {
            self.choose_new(route)
                .filter(|&new| self.copies_known(receiver, new) < copies)
        };
        Some(match rarer {
            Some(chunk) => self.take_new(receiver, chunk),
            None => self.take_begun(receiver, place),
        })
    }

    /// How many neighbours of `peer` have `chunk`, as far as it knows.
    fn copies_known(&self, peer: PeerIx, chunk: ChunkIx) -> usize {
        if let Some(kept) = self.swarm.kept().filter(|kept| kept.has(peer)) {
            return kept.count(peer, chunk);
        }
        let neighbours = self.swarm.links.neighbours(self.swarm.peers[peer].links);
        let known = self.swarm.announced();
        neighbours.iter().filter(|&&n| known.has(n, chunk)).count()
    }

    /// Whether `peer` has so few chunks that it picks at random.
    fn picks_at_random(&self, peer: PeerIx) -> bool {
        self.swarm.peers[peer].chunks < self.group_of(peer).picking.random_first
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
        let chunk = self.choose_new(route)?;
        Some(self.take_new(route.receiver, chunk))
    }

    fn choose_new(&mut self, route: Route) -> Option<ChunkIx> {
        let Route {
            link, sender, receiver, ..
        } = route;
        if self.swarm.is_super_seed(sender) {
            let offer = self.swarm.links.offer(link)?;
            self.swarm.wanted().has(receiver, offer).then_some(offer)
        } else {
            self.ask_picker(sender, receiver)
        }
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
        // Often there is nothing to choose from: senders that fell idle are tried again when the receiver gets a chunk that they have.
        if !any_common(self.swarm.wanted().of(receiver), self.swarm.announced().of(sender)) {
            return None;
        }
        self.swarm.settle_counts(receiver);
        let at_random = self.picks_at_random(receiver);
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
        if at_random {
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
