//! How much a connection asks for at once: the blocks under way, a chunk, or several chunks side by side.
//!
//! A client prefers whole chunks on a connection that brings one within some time (libtorrent 2: 20 s, `whole_pieces_threshold`). It begins chunks that nobody else
//! brings, and asks for as many at once as come in that time: the one that it picked and those next to it in the file (`request_a_block`; `piece_picker`, `expand_piece`). It asks
//! again when no more is left than the requests under way. So a fast connection claims chunks long before they come, and others that could bring them wait.
//!
//! A slower connection asks for the blocks under way; whoever else can bring the rest of the chunk may do so.

use crate::engine::Simulation;
use crate::engine::pipelining::LOOK;
use crate::engine::schedule::Delayed;
use crate::engine::transfer::Route;
use crate::engine::work::Work;
use crate::ids::{ChunkIx, FlowIx, LinkIx, PeerIx};
use crate::scenario::model::Pipelining;
use crate::swarm::{Begun, Role};
use std::collections::VecDeque;

/// At most so many bytes are asked for side by side (libtorrent 2, `request_a_block`).
const AT_ONCE_BYTES_MAX: f64 = 8.0 * 1024.0 * 1024.0;

impl Simulation<'_> {
    /// As much of `work` as the receiver asks for at once; what else it asks for comes after that.
    pub(super) fn ask_for(&mut self, route: Route, work: Work) -> Work {
        let Some(rule) = self.group_of(route.receiver).pipelining else {
            return work;
        };
        match self.chunks_at_once(route, rule) {
            0 => self.ask_for_blocks(route, work, rule),
            count if work.whole && count > 1 => self.ask_for_neighbours(route, work, count),
            _ => work,
        }
    }

    /// Whether the connection is fast enough to ask for whole chunks.
    pub(super) fn asks_for_chunks(&self, route: Route) -> bool {
        let rule = self.group_of(route.receiver).pipelining;
        rule.is_some_and(|rule| self.chunks_at_once(route, rule) > 0)
    }

    /// How many blocks of one chunk the receiver asks for at once over `route`.
    pub(super) fn blocks_at_once(&self, route: Route) -> u64 {
        match self.group_of(route.receiver).pipelining {
            Some(rule) if !self.asks_for_chunks(route) => {
                self.bytes_under_way(route, rule) / self.swarm.layout.block_bytes
            }
            _ => u64::MAX,
        }
    }

    /// How many chunks come over `route` in the time of the rule.
    fn chunks_at_once(&self, route: Route, rule: Pipelining) -> u32 {
        let rate = self.known_rate(self.swarm.links.get(route.link).flow);
        let bytes = (rate * rule.whole_chunk_within.as_secs_f64()).min(AT_ONCE_BYTES_MAX);
        (bytes / self.swarm.layout.chunk_bytes as f64) as u32
    }

    /// The first blocks of `work`; the rest is left to whoever asks for it.
    fn ask_for_blocks(&mut self, route: Route, work: Work, rule: Pipelining) -> Work {
        let bytes = self.bytes_under_way(route, rule);
        if bytes >= work.bytes {
            return work;
        }
        let rest = Begun {
            chunk: work.chunk,
            missing_bytes: work.bytes - bytes,
            awaited_from: LinkIx::NONE,
        };
        self.give_back(route.receiver, rest);
        Work {
            bytes,
            whole: false,
            ..work
        }
    }

    /// The chunk of `work` and up to `count` - 1 next to it, those before it first, as long as the sender has them and nobody brings them: the first of
    /// them now, the others later.
    fn ask_for_neighbours(&mut self, route: Route, work: Work, count: u32) -> Work {
        let Route {
            link, sender, receiver, ..
        } = route;
        if self.pickers[self.swarm.peers[receiver].group.ix()].holds_back() {
            return work;
        }
        let free = |at: u32| {
            let chunk = ChunkIx(at);
            self.swarm.wanted().has(receiver, chunk) && self.swarm.shows(link, sender, chunk)
        };
        let picked = work.chunk.0;
        let before = (1..count.min(picked + 1)).take_while(|&n| free(picked - n)).count() as u32;
        let first = picked - before;
        let end = (first + count).min(self.swarm.layout.chunks as u32);
        let after = (picked + 1..end).take_while(|&at| free(at)).count() as u32;
        let mut run: VecDeque<Work> = (first..picked).map(|at| self.take_new(receiver, ChunkIx(at))).collect();
        run.push_back(work);
        run.extend((picked + 1..=picked + after).map(|at| self.take_new(receiver, ChunkIx(at))));
        let now = run.pop_front().unwrap_or(work);
        let flow = self.swarm.links.get(link).flow;
        self.pipelines[flow.ix()].asked = run;
        now
    }

    /// What the receiver has asked for already, after what has just come over `route`.
    pub(super) fn next_asked(&mut self, route: Route) -> Option<Work> {
        // Most runs have none, and the end of a connection is read for nothing else here.
        if self.pipelines.is_empty() {
            return None;
        }
        let flow = self.swarm.links.get(route.link).flow;
        if flow.is_none() {
            return None;
        }
        self.pipelines.get_mut(flow.ix())?.asked.pop_front()
    }

    /// The receiver of `flow`, which has begun something new, asks for more once no more of it is left than the requests under way. It looks every second.
    pub(super) fn plan_request(&mut self, flow: FlowIx, route: Route) {
        let Some(rule) = self.group_of(route.receiver).pipelining else {
            return;
        };
        if self.chunks_at_once(route, rule) == 0 || !self.pipelines[flow.ix()].asked.is_empty() {
            return;
        }
        let left_bytes = self.parts[flow.ix()].bytes - self.moved(flow);
        let later_bytes = left_bytes.saturating_sub(self.bytes_under_way(route, rule));
        if later_bytes as f64 <= self.known_rate(flow) * LOOK.as_secs_f64() / 2.0 {
            self.ask_for_more(flow, route);
            return;
        }
        self.pipelines[flow.ix()].asks_at = self.now() + LOOK;
        let id = self.id_of(route.sender);
        self.schedule.after(LOOK, id, Delayed::NextRequest(route.link));
    }

    /// The receiver at `link` looks whether to ask for more, if what was coming when it looked last is still coming.
    pub(super) fn time_to_ask(&mut self, link: LinkIx) {
        let flow = self.swarm.links.get(link).flow;
        let due = flow.is_some() && self.pipelines.get(flow.ix()).is_some_and(|p| p.asks_at == self.now());
        if due {
            self.plan_request(flow, self.route(link));
        }
    }

    fn ask_for_more(&mut self, flow: FlowIx, route: Route) {
        // Where the sender decides after each chunk nobody knows who gets the next one.
        let decides = self.swarm.peers[route.sender].asked_each_chunk || self.is_smart_seed(route.sender);
        let leeches = self.swarm.peers[route.receiver].role == Role::Leecher;
        if decides || !leeches || !self.swarm.links.is_unchoking(route.link) {
            return;
        }
        if let Some(work) = self.choose_unfetched(route) {
            self.pipelines[flow.ix()].asked.push_front(work);
            self.begin_endgame(route.receiver);
        }
    }

    /// What the receiver has asked for over `flow` and not got is wanted again: at once, or once it has noticed that the sender is gone.
    pub(super) fn give_back_asked(&mut self, flow: FlowIx, receiver: PeerIx, awaited_from: LinkIx) {
        let Some(pipeline) = self.pipelines.get_mut(flow.ix()) else {
            return;
        };
        let asked = std::mem::take(&mut pipeline.asked);
        if asked.is_empty() {
            return;
        }
        for work in asked {
            let rest = Begun {
                chunk: work.chunk,
                missing_bytes: work.bytes,
                awaited_from,
            };
            self.give_back(receiver, rest);
        }
        self.wake_idle_senders(receiver);
    }

    /// Whether `receiver` has asked for bytes of `chunk` that come after others.
    pub(super) fn has_asked_for(&self, receiver: PeerIx, chunk: ChunkIx) -> bool {
        let mut asked = self.asked_by(receiver);
        !self.pipelines.is_empty() && asked.any(|(_, work)| work.chunk == chunk)
    }

    /// What comes to `receiver` after what is coming, with the transfers it follows.
    pub(super) fn asked_by(&self, receiver: PeerIx) -> impl Iterator<Item = (FlowIx, &Work)> {
        let flows = self.bandwidth.downloads(receiver);
        flows.flat_map(|flow| {
            let pipeline = self.pipelines.get(flow.ix());
            pipeline
                .into_iter()
                .flat_map(move |p| p.asked.iter().map(move |work| (flow, work)))
        })
    }

    /// In endgame: what the receiver has asked another neighbour for and would get last, if the sender has it, too; as much of it as it asks the sender for.
    pub(super) fn take_asked(&mut self, route: Route) -> Option<Work> {
        if self.pipelines.is_empty() {
            return None;
        }
        let flow = self.asked_last(route)?;
        let shows = |work: &Work| self.swarm.shows(route.link, route.sender, work.chunk);
        let place = self.pipelines[flow.ix()].asked.iter().rposition(shows)?;
        let work = self.pipelines[flow.ix()].asked.remove(place)?;
        Some(self.ask_for(route, work))
    }

    /// Of the transfers to the receiver after which something is to come that the sender has, too, the one after which that is there last.
    fn asked_last(&self, route: Route) -> Option<FlowIx> {
        let Route {
            link, sender, receiver, ..
        } = route;
        let mut last = None;
        for flow in self.bandwidth.downloads(receiver) {
            let Some(pipeline) = self.pipelines.get(flow.ix()) else {
                continue;
            };
            if !pipeline
                .asked
                .iter()
                .any(|work| self.swarm.shows(link, sender, work.chunk))
            {
                continue;
            }
            let asked_bytes: u64 = pipeline.asked.iter().map(|work| work.bytes).sum();
            let left_bytes = self.parts[flow.ix()].bytes - self.moved(flow) + asked_bytes;
            let secs = left_bytes as f64 / self.expected_rate(flow);
            if last.is_none_or(|(most, _)| secs > most) {
                last = Some((secs, flow));
            }
        }
        last.map(|(_, flow)| flow)
    }
}
