//! The event loop: take the next event, let it change the swarm, restore fair bandwidth, go on.
//!
//! One event may set off others at the same instant (a transfer ends, a slot falls free, somebody else is unchoked, a transfer
//! starts). They wait as [`Job`]s in a queue and are done before bandwidth is settled, once, for all of them. So no handler calls itself, and
//! the order of consequences is the order in which they were found.

mod endgame;
mod invariants;
mod membership;
mod memory;
pub mod observer;
mod queue;
mod rechoke;
mod sampling;
mod schedule;
mod super_seeding;
#[cfg(test)]
mod tests;
mod totals;
mod transfer;
mod work;

use crate::bandwidth::{Clock, ClockKind, MaxMin};
use crate::choking::{Choker, Decision, Grant, Neighbour};
use crate::churn::{Arrivals, Arriving};
use crate::engine::schedule::{Delayed, Event, PeerTimer, Schedule};
use crate::engine::totals::Totals;
use crate::engine::transfer::Part;
use crate::ids::{LinkIx, PeerId, PeerIx};
use crate::picking::{self, Picker};
use crate::rng::{Purpose, Rng, stream};
use crate::scenario::Scenario;
use crate::scenario::model::{Discovery, Group, StartsWith};
use crate::swarm::{Layout, Swarm};
use crate::tracker::Tracker;
use crate::units::{SimDuration, SimTime};
pub use memory::estimate_memory_bytes;
pub use observer::{Ending, NoObserver, Observer};
use std::collections::VecDeque;

/// What a running simulation says of itself to whoever shows its progress.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Virtual time.
    pub now: SimTime,
    /// Chunks completed so far.
    pub transfers: u64,
    /// Leechers that completed the file so far.
    pub completed: u64,
    /// Peers that joined so far.
    pub joined: u64,
    /// Leechers in the swarm now.
    pub leechers: u32,
}

/// The answer to a [`Progress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// End the run here, cleanly.
    Stop,
}

/// Options that do not change results.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions {
    /// Check every invariant every few events (slow; a violation is an error).
    pub check_invariants: bool,
}

/// An invariant of the model that did not hold: a defect in the simulator, never in a scenario.
#[derive(Debug, thiserror::Error)]
#[error("invariant violated at {at}: {what}")]
pub struct InvariantViolation {
    /// When.
    pub at: SimTime,
    /// What.
    pub what: String,
}

/// Events between two questions to the watcher.
const EVENTS_PER_WATCH: u64 = 4096;
/// Events between two checks of all invariants.
const EVENTS_PER_CHECK: u64 = 64;

/// Runs `scenario` to its end, telling `observer` what happens; asks `watch` every few thousand events whether to go on.
///
/// # Errors
/// With `check_invariants`, the first invariant that does not hold.
pub fn run(
    scenario: &Scenario,
    options: RunOptions,
    observer: &mut impl Observer,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Ending, InvariantViolation> {
    let mut simulation = Simulation::new(scenario, observer);
    simulation.open();
    let mut events = 0_u64;
    let ending = loop {
        let Some(event) = simulation.schedule.next() else {
            break Ending::Stalled;
        };
        simulation.handle(event);
        events += 1;
        if options.check_invariants && events.is_multiple_of(EVENTS_PER_CHECK) {
            simulation.check()?;
        }
        if let Some(ending) = simulation.ending {
            break ending;
        }
        if events.is_multiple_of(EVENTS_PER_WATCH) && watch(&simulation.progress()) == Control::Stop {
            break Ending::Interrupted;
        }
    };
    if options.check_invariants {
        simulation.check()?;
    }
    simulation.close(ending);
    Ok(ending)
}

/// A consequence that waits until the handler of its cause is done.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Job {
    /// The owner of this end may have something to send to its unchoked neighbour.
    Start(LinkIx),
    /// This peer may have a free slot and somebody to give it to.
    Refill(PeerIx),
    /// This peer has become a seed and has nothing to say to other seeds.
    LeaveSeeds(PeerIx),
    /// This peer has done what it came for and goes.
    Depart(PeerIx),
}

/// A run in progress.
struct Simulation<'a, O: Observer> {
    scenario: &'a Scenario,
    observer: &'a mut O,
    schedule: Schedule,
    swarm: Swarm,
    bandwidth: MaxMin,
    tracker: Tracker,
    /// By place of the peer.
    chokers: Vec<Box<dyn Choker>>,
    /// By place of the peer.
    streams: Vec<Streams>,
    /// By group.
    pickers: Vec<Box<dyn Picker>>,
    /// By group, with the next arrival if there is one.
    arrivals: Vec<(Arrivals, Option<Arriving>)>,
    /// What each running transfer carries, by flow.
    parts: Vec<Part>,
    /// Places of super-seeds.
    super_seeds: Vec<super_seeding::SuperSeed>,
    jobs: VecDeque<Job>,
    totals: Totals,
    next_id: u32,
    /// Connections that a peer may have in a full mesh.
    mesh_limit: u32,
    ending: Option<Ending>,
    scratch: Scratch,
}

/// The random streams that a peer draws from again and again.
#[derive(Clone)]
struct Streams {
    choking: Rng,
    picking: Rng,
    tracker: Rng,
    churn: Rng,
}

impl Streams {
    fn new(seed: u64, id: PeerId) -> Self {
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
struct Scratch {
    answer: Vec<PeerIx>,
    neighbours: Vec<Neighbour>,
    grants: Vec<Grant>,
    granted: Vec<bool>,
}

impl<'a, O: Observer> Simulation<'a, O> {
    fn new(scenario: &'a Scenario, observer: &'a mut O) -> Self {
        let groups = || scenario.groups.iter();
        let arrivals = groups()
            .enumerate()
            .map(|(g, group)| (Arrivals::new(scenario.seed, g as u32, &group.arrival), None));
        Self {
            scenario,
            observer,
            schedule: Schedule::new(scenario.groups.len()),
            swarm: Swarm::new(Layout::new(&scenario.file), !scenario.network.latency.is_zero()),
            bandwidth: MaxMin::new(scenario.network.connection_cap.map(|cap| cap.0)),
            tracker: Tracker::default(),
            chokers: Vec::new(),
            streams: Vec::new(),
            pickers: groups().map(|g| picking::for_rule(g.picking.picker)).collect(),
            arrivals: arrivals.collect(),
            parts: Vec::new(),
            super_seeds: Vec::new(),
            jobs: VecDeque::new(),
            totals: Totals::default(),
            next_id: 0,
            mesh_limit: mesh_limit(scenario),
            ending: None,
            scratch: Scratch::default(),
        }
    }

    /// Schedules what a run begins with.
    fn open(&mut self) {
        self.schedule
            .arm_time_limit(SimTime::ZERO + self.scenario.run.time_limit);
        for group in 0..self.arrivals.len() {
            self.schedule_arrival(group);
        }
        self.schedule.arm_sample(SimTime::ZERO);
    }

    fn now(&self) -> SimTime {
        self.schedule.now()
    }

    /// One-way latency of a message.
    fn latency(&self, messages: u64) -> SimDuration {
        SimDuration(self.scenario.network.latency.0 * messages)
    }

    fn group_of(&self, peer: PeerIx) -> &'a Group {
        &self.scenario.groups[self.swarm.peers[peer].group.ix()]
    }

    fn id_of(&self, peer: PeerIx) -> PeerId {
        self.swarm.peers[peer].id
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Sample => self.sample(),
            Event::TimeLimit => self.ending = Some(Ending::TimeLimit),
            Event::Arrival(group) => self.arrive(group),
            Event::Peer(peer, timer) => self.handle_timer(peer, timer),
            Event::Delayed(id, event) => self.handle_delayed(id, event),
        }
        while let Some(job) = self.jobs.pop_front() {
            match job {
                Job::Start(link) => self.start(link),
                Job::Refill(peer) => self.refill(peer),
                Job::LeaveSeeds(peer) => self.leave_seeds(peer),
                Job::Depart(peer) => self.depart(peer),
            }
        }
        self.settle_bandwidth();
    }

    fn handle_timer(&mut self, peer: PeerIx, timer: PeerTimer) {
        match timer {
            PeerTimer::UploadClock => self.clock_struck(Clock {
                peer,
                kind: ClockKind::Upload,
            }),
            PeerTimer::DownloadClock => self.clock_struck(Clock {
                peer,
                kind: ClockKind::Download,
            }),
            PeerTimer::CapClock => self.clock_struck(Clock {
                peer,
                kind: ClockKind::Cap,
            }),
            PeerTimer::FirstRechoke => self.rechoke_in_turn(peer),
            PeerTimer::Announce => self.announce(peer),
            PeerTimer::Leave => self.leave_timer(peer),
        }
    }

    /// Handles a delayed event, unless its peer or its connection is gone.
    fn handle_delayed(&mut self, id: PeerId, event: Delayed) {
        let peer = match event {
            Delayed::FirstRequest(link) | Delayed::NotInterested(link) => {
                if self.swarm.links.to(link) == PeerIx::NOBODY {
                    return;
                }
                self.swarm.links.owner(link)
            }
            Delayed::Rechoke(peer)
            | Delayed::Connect(peer)
            | Delayed::ChunkAnnounced(peer, _)
            | Delayed::ChunkAcknowledged(peer, _) => peer,
        };
        if self.id_of(peer) != id || !self.swarm.peers[peer].is_alive() {
            return;
        }
        match event {
            Delayed::Rechoke(peer) => self.rechoke_in_turn(peer),
            Delayed::Connect(peer) => self.connect(peer),
            Delayed::ChunkAnnounced(peer, chunk) => self.chunk_announced(peer, chunk),
            Delayed::ChunkAcknowledged(peer, chunk) => self.chunk_acknowledged(peer, chunk),
            Delayed::FirstRequest(link) => self.first_request(link),
            Delayed::NotInterested(link) => self.no_longer_interested(link),
        }
    }

    /// Makes the rates max-min fair again and sets the timers of the clocks that this has moved.
    fn settle_bandwidth(&mut self) {
        let now = self.now();
        self.bandwidth.settle(now);
        let schedule = &mut self.schedule;
        self.bandwidth.take_rescheduled(|clock, finish| {
            let timer = match clock.kind {
                ClockKind::Upload => PeerTimer::UploadClock,
                ClockKind::Download => PeerTimer::DownloadClock,
                ClockKind::Cap => PeerTimer::CapClock,
            };
            match finish {
                Some(time) => schedule.arm_peer(clock.peer, timer, time),
                None => schedule.cancel_peer(clock.peer, timer),
            }
        });
    }

    fn progress(&self) -> Progress {
        Progress {
            now: self.now(),
            transfers: self.totals.transfers,
            completed: self.totals.completed,
            joined: self.totals.joined,
            leechers: self.totals.leechers.count,
        }
    }

    /// Whether somebody is still to arrive.
    fn arrivals_pending(&self) -> bool {
        self.arrivals.iter().any(|(_, next)| next.is_some())
    }

    /// Ends the run when everybody is done, or when nobody can ever be.
    fn end_if_over(&mut self) {
        let leechers = self.totals.leechers.count;
        if leechers == 0 && self.totals.lingering == 0 && !self.arrivals_pending() {
            self.ending = Some(Ending::AllDone);
        }
        if leechers > 0 && self.swarm.extinct > 0 && !self.more_chunks_to_come() {
            self.ending = Some(Ending::Dead {
                extinct_chunks: self.swarm.extinct,
            });
        }
    }

    /// Whether somebody is still to arrive who may bring chunks.
    fn more_chunks_to_come(&self) -> bool {
        let groups = self.scenario.groups.iter().zip(&self.arrivals);
        groups
            .into_iter()
            .any(|(group, (_, next))| next.is_some() && group.starts_with != StartsWith::Nothing)
    }
}

/// How many peers a full mesh will have: all that arrive within the time limit. The arrivals hang on nothing but the seed, so they can be
/// counted beforehand.
fn mesh_limit(scenario: &Scenario) -> u32 {
    if scenario.discovery != Discovery::FullMesh {
        return 0;
    }
    let end = SimTime::ZERO + scenario.run.time_limit;
    let count = |(g, group): (usize, &Group)| {
        let mut arrivals = Arrivals::new(scenario.seed, g as u32, &group.arrival);
        std::iter::from_fn(|| arrivals.next())
            .take_while(|a| a.at <= end)
            .count() as u32
    };
    scenario.groups.iter().enumerate().map(count).sum()
}

/// Why a peer is asked for a decision outside its turn.
const REFILL: Decision = Decision::Refill;
