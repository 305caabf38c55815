//! The state of a run and the way an event goes through it.

use crate::bandwidth::{Clock, MaxMin};
use crate::choking::{self, Choker, Grant, Neighbour, OwnChokers};
use crate::churn::{Arriving, Cohort};
use crate::engine::memory::{CHOKER_BYTES, ledger_columns};
use crate::engine::observer::{Ending, Observer};
use crate::engine::pipelining::Pipeline;
use crate::engine::run::Progress;
use crate::engine::schedule::{Delayed, Event, PeerTimer, Schedule};
use crate::engine::smart_seeding::SmartSeed;
use crate::engine::super_seeding::SuperSeed;
use crate::engine::totals::Totals;
use crate::engine::transfer::Part;
use crate::ids::{GroupIx, LinkIx, PeerId, PeerIx};
use crate::picking::{self, Picker};
use crate::rng::{Purpose, Rng, stream};
use crate::scenario::Scenario;
use crate::scenario::model::{Discovery, Group};
use crate::swarm::{Layout, Links, Swarm};
use crate::tracker::Tracker;
use crate::units::{SimDuration, SimTime};
use std::collections::VecDeque;

/// A consequence that waits until the handler of its cause is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Job {
    /// The owner of this end may have something to send to its unchoked neighbour.
    Start(LinkIx),
    /// The neighbour at this end has got a chunk, and the owner's choker says who gets the next one.
    ChunkSent(LinkIx),
    /// This peer may have a free slot and somebody to give it to.
    Refill(PeerIx),
    /// This peer decides on all its slots.
    Decide(PeerIx),
    /// This peer has become a seed and has nothing to say to other seeds.
    LeaveSeeds(PeerIx),
    /// This peer has done what it came for and goes.
    Depart(PeerIx),
}

/// A run in progress.
pub(super) struct Simulation<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) own_chokers: OwnChokers,
    pub(super) observer: &'a mut dyn Observer,
    pub(super) schedule: Schedule,
    pub(super) swarm: Swarm,
    pub(super) bandwidth: MaxMin,
    pub(super) tracker: Tracker,
    /// By place of the peer.
    pub(super) chokers: Vec<Box<dyn Choker>>,
    /// Whether any choker may be asked after each chunk.
    pub(super) chunkwise: bool,
    /// By place of the peer.
    pub(super) streams: Vec<Streams>,
    /// Whether what some peer may ask an idle neighbour for can change without a word about a chunk of either.
    pub(super) silent_changes: bool,
    /// By group.
    pub(super) pickers: Vec<Box<dyn Picker>>,
    /// Those who come as one, with the next of them if there is one.
    pub(super) cohorts: Vec<(Cohort, Option<(GroupIx, Arriving)>)>,
    /// What each running transfer carries, by flow.
    pub(super) parts: Vec<Part>,
    /// By flow; of those whose receiver has a limit to its requests.
    pub(super) pipelines: Vec<Pipeline>,
    /// Upload that idle connections of a peer hold, in bytes/s, by its place; of those that ever had one.
    pub(super) held_upload: Vec<f64>,
    /// The super-seeds that are there.
    pub(super) super_seeds: Vec<SuperSeed>,
    /// The smart seeds that are there.
    pub(super) smart_seeds: Vec<SmartSeed>,
    pub(super) jobs: VecDeque<Job>,
    pub(super) totals: Totals,
    /// Those that have joined at this instant and have not asked the tracker yet.
    pub(super) newcomers: Vec<PeerIx>,
    /// Draws the order in which newcomers ask.
    pub(super) order_rng: Rng,
    pub(super) next_id: u32,
    /// Connections that a peer may have in a full mesh.
    pub(super) mesh_limit: u32,
    pub(super) ending: Option<Ending>,
    pub(super) scratch: Scratch,
}

/// The random streams that a peer draws from again and again.
#[derive(Clone)]
pub(super) struct Streams {
    pub(super) choking: Rng,
    pub(super) picking: Rng,
    pub(super) tracker: Rng,
    pub(super) churn: Rng,
}

impl Streams {
    pub(super) fn new(seed: u64, id: PeerId) -> Self {
        let open = |purpose| stream(seed, purpose, id.0);
        Self {
            choking: open(Purpose::Choking),
            picking: open(Purpose::Picking),
            tracker: open(Purpose::Tracker),
            churn: open(Purpose::Churn),
        }
    }
}

/// Buffers that are used again and again.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) answer: Vec<PeerIx>,
    pub(super) neighbours: Vec<Neighbour>,
    pub(super) grants: Vec<Grant>,
    pub(super) granted: Vec<bool>,
}

impl<'a> Simulation<'a> {
    pub(super) fn new(scenario: &'a Scenario, own_chokers: OwnChokers, observer: &'a mut dyn Observer) -> Self {
        let groups = || scenario.groups.iter();
        let cohorts: Vec<_> = Cohort::all(scenario).into_iter().map(|cohort| (cohort, None)).collect();
        let mut swarm = Swarm::new(Layout::new(&scenario.file), !scenario.network.latency.is_zero());
        let mut bandwidth = MaxMin::new(scenario.network.connection_cap.map(|cap| cap.0));
        if groups().any(|group| group.pipelining.is_some()) {
            bandwidth = bandwidth.with_own_caps();
        }
        swarm.links = Links::with_ledger(ledger_columns(scenario, &own_chokers));
        let pickers: Vec<_> = groups().map(|g| picking::for_rule(g.picking.picker)).collect();
        Self {
            scenario,
            own_chokers,
            observer,
            schedule: Schedule::default(),
            swarm,
            bandwidth,
            tracker: Tracker::default(),
            chokers: Vec::new(),
            chunkwise: false,
            streams: Vec::new(),
            silent_changes: pickers.iter().any(|p| p.holds_back()) || groups().any(|group| group.pipelining.is_some()),
            pickers,
            cohorts,
            parts: Vec::new(),
            pipelines: Vec::new(),
            held_upload: Vec::new(),
            super_seeds: Vec::new(),
            smart_seeds: Vec::new(),
            jobs: VecDeque::new(),
            totals: Totals::default(),
            newcomers: Vec::new(),
            order_rng: stream(scenario.seed, Purpose::Order, 0),
            next_id: 0,
            mesh_limit: mesh_limit(scenario),
            ending: None,
            scratch: Scratch::default(),
        }
    }

    /// Leechers whose picker counts copies among the neighbours keep the counts from one choice to the next. Nobody is there yet.
    pub(super) fn keep_counts(&mut self) {
        self.swarm
            .prepare_counts(neighbours_max(self.scenario, self.mesh_limit));
    }

    /// Schedules what a run begins with.
    pub(super) fn open(&mut self) {
        self.schedule
            .arm_time_limit(SimTime::ZERO + self.scenario.run.time_limit);
        for cohort in 0..self.cohorts.len() {
            self.schedule_arrival(cohort);
        }
        self.schedule.arm_sample(SimTime::ZERO);
    }

    pub(super) fn now(&self) -> SimTime {
        self.schedule.now()
    }

    /// One-way latency of a message.
    pub(super) fn latency(&self, messages: u64) -> SimDuration {
        SimDuration(self.scenario.network.latency.0 * messages)
    }

    pub(super) fn group_of(&self, peer: PeerIx) -> &'a Group {
        &self.scenario.groups[self.swarm.peers[peer].group.ix()]
    }

    pub(super) fn id_of(&self, peer: PeerIx) -> PeerId {
        self.swarm.peers[peer].id
    }

    pub(super) fn handle(&mut self, event: Event) {
        self.read_ahead();
        match event {
            Event::Sample => self.sample(),
            Event::TimeLimit => self.ending = Some(Ending::TimeLimit),
            Event::Arrival(cohort) => self.arrive(cohort),
            Event::Peer(peer, timer) => self.handle_timer(peer, timer),
            Event::Delayed(id, event) => self.handle_delayed(id, event),
        }
        while let Some(job) = self.jobs.pop_front() {
            match job {
                Job::Start(link) => self.start(link),
                Job::ChunkSent(link) => self.chunk_sent(link),
                Job::Refill(peer) => self.refill(peer),
                Job::Decide(peer) => self.decide_now(peer),
                Job::LeaveSeeds(peer) => self.leave_seeds(peer),
                Job::Depart(peer) => self.depart(peer),
            }
        }
        self.settle_bandwidth();
    }

    pub(super) fn handle_timer(&mut self, peer: PeerIx, timer: PeerTimer) {
        match timer {
            PeerTimer::Clock(kind) => self.clock_struck(Clock { peer, kind }),
            PeerTimer::Decision => self.rechoke_in_turn(peer),
            PeerTimer::Announce => self.announce(peer),
            PeerTimer::Leave => self.leave_timer(peer),
            PeerTimer::GivenEnough => self.depart_if_given_enough(peer),
            PeerTimer::TurnsOver => self.turns_are_over(peer),
        }
    }

    /// Handles a delayed event, unless its peer or its connection is gone.
    pub(super) fn handle_delayed(&mut self, id: PeerId, event: Delayed) {
        if self.is_too_late(id, event) {
            return;
        }
        match event {
            Delayed::Introduce => self.introduce_newcomers(),
            Delayed::Rechoke(peer) => self.rechoke_in_turn(peer),
            Delayed::Connect(peer) => self.connect(peer),
            Delayed::ChunkAnnounced(peer, chunk) => self.chunk_announced(peer, chunk),
            Delayed::ChunkAcknowledged(peer, chunk) => self.chunk_acknowledged(peer, chunk),
            Delayed::QuotaKept(peer, per_sec) => self.quota_kept(peer, per_sec),
            Delayed::LastSlotsGiven(peer) => self.last_slots_given(peer),
            Delayed::LastCall(peer) => self.finish_uploads(peer),
            Delayed::FirstRequest(link) => self.first_request(link),
            Delayed::NextRequest(link) => self.time_to_ask(link),
            Delayed::LookAtRate(link) => self.look_at_rate(link),
            Delayed::NotInterested(link) => self.no_longer_interested(link),
        }
    }

    /// Whether the peer with the ordinal `id`, or its connection that `event` is about, is gone.
    fn is_too_late(&self, id: PeerId, event: Delayed) -> bool {
        let peer = match event {
            Delayed::Introduce => return false, // It belongs to no single peer.
            Delayed::FirstRequest(link)
            | Delayed::NextRequest(link)
            | Delayed::LookAtRate(link)
            | Delayed::NotInterested(link) => {
                if self.swarm.links.to(link) == PeerIx::NOBODY {
                    return true;
                }
                self.swarm.links.owner(link)
            }
            Delayed::Rechoke(peer)
            | Delayed::Connect(peer)
            | Delayed::ChunkAnnounced(peer, _)
            | Delayed::ChunkAcknowledged(peer, _)
            | Delayed::QuotaKept(peer, _)
            | Delayed::LastSlotsGiven(peer)
            | Delayed::LastCall(peer) => peer,
        };
        self.id_of(peer) != id || !self.swarm.peers[peer].is_alive()
    }

    /// Makes the rates max-min fair again and sets the timers of the clocks that this has moved.
    pub(super) fn settle_bandwidth(&mut self) {
        let now = self.now();
        self.bandwidth.settle(now);
        let schedule = &mut self.schedule;
        self.bandwidth.take_rescheduled(|clock, finish| match finish {
            Some(finish) => schedule.arm_clock(clock, finish),
            None => schedule.cancel_peer(clock.peer, PeerTimer::Clock(clock.kind)),
        });
    }

    pub(super) fn progress(&self) -> Progress {
        Progress {
            now: self.now(),
            transfers: self.totals.transfers,
            completed: self.totals.completed,
            joined: self.totals.joined,
            leechers: self.totals.leechers.count,
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let choker = size_of::<Box<dyn Choker>>() + CHOKER_BYTES;
        let present = self.swarm.peers.present();
        let kept = present.map(|(ix, peer)| choking::bytes_per_neighbour(self.group_of(ix)) * peer.links.used as usize);
        self.swarm.memory_bytes()
            + self.bandwidth.memory_bytes()
            + self.schedule.memory_bytes()
            + self.tracker.memory_bytes()
            + self.chokers.len() * choker
            + kept.sum::<usize>()
            + self.streams.len() * size_of::<Streams>()
            + self.parts.len() * size_of::<Part>()
            + self.pipelines.iter().map(Pipeline::memory_bytes).sum::<usize>()
    }
}

/// How many peers a full mesh will have: all that arrive within the time limit. The arrivals hang on nothing but the seed, so they can be
/// counted beforehand.
fn mesh_limit(scenario: &Scenario) -> u32 {
    if scenario.discovery != Discovery::FullMesh {
        return 0;
    }
    let end = SimTime::ZERO + scenario.run.time_limit;
    let in_time = |cohort: Cohort| cohort.take_while(|(_, arriving)| arriving.at <= end).count() as u32;
    Cohort::all(scenario).into_iter().map(in_time).sum()
}

/// How many neighbours any peer can have, in a mesh of `mesh_limit` peers or with a tracker.
pub(super) fn neighbours_max(scenario: &Scenario, mesh_limit: u32) -> usize {
    let limits = scenario.groups.iter().map(|group| group.connections.most());
    match scenario.discovery {
        Discovery::FullMesh => mesh_limit as usize,
        Discovery::Tracker(_) => limits.max().unwrap_or(0) as usize,
    }
}
