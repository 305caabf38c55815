//! A swarm without connections: who is there and has what, who comes, completes and goes, and whole chunks that change hands.
//!
//! The two idealised modes share it: they decide who gives which chunk to whom, and when.

mod invariants;
mod lives;
mod record;
#[cfg(test)]
pub(crate) mod testing;

use crate::churn::{Arriving, Cohort};
use crate::engine::observer::{Ending, Observer, Side, Transfer, TransferEnd};
use crate::engine::{Control, Event, InvariantViolation, PeerTimer, Progress, RunOptions, Schedule, Totals};
use crate::ids::{ChunkIx, GroupIx, PeerIx};
use crate::picking::{self, PickView, Picker};
use crate::rng::{Purpose, Rng, stream};
use crate::scenario::Scenario;
use crate::scenario::model;
use crate::scenario::model::{Choking, Group};
use crate::swarm::bitfield::Line;
use crate::swarm::{Layout, Role, Swarm};
use crate::units::SimTime;

/// The swarm, and the way events go through it.
pub struct Crowd<'a> {
    pub(crate) scenario: &'a Scenario,
    observer: &'a mut dyn Observer,
    schedule: Schedule,
    now: SimTime,
    pub(crate) swarm: Swarm,
    totals: Totals,
    /// Each with the next arrival if there is one.
    cohorts: Vec<(Cohort, Option<(GroupIx, Arriving)>)>,
    /// By group.
    pickers: Vec<Box<dyn Picker>>,
    picking_rng: Rng,
    /// Those that are there.
    present: Roll,
    /// Those of them that did not start as seeds.
    members: Roll,
    /// No peer so far uploads faster, bytes per second.
    fastest_upload: f64,
    /// Seeds that have nothing more to do: they go when all that happens now has happened.
    leaving: Vec<PeerIx>,
    next_id: u32,
    ending: Option<Ending>,
}

/// Peers in no order, with the place of each, so that one leaves as quickly as one is drawn.
#[derive(Default)]
struct Roll {
    peers: Vec<PeerIx>,
    place: Vec<usize>,
}

impl Roll {
    fn add(&mut self, peer: PeerIx) {
        if self.place.len() <= peer.ix() {
            self.place.resize(peer.ix() + 1, 0);
        }
        self.place[peer.ix()] = self.peers.len();
        self.peers.push(peer);
    }

    fn remove(&mut self, peer: PeerIx) {
        let place = self.place[peer.ix()];
        self.peers.swap_remove(place);
        if let Some(&moved) = self.peers.get(place) {
            self.place[moved.ix()] = place;
        }
    }
}

/// A chunk that changes hands.
#[derive(Clone, Copy, Debug)]
pub struct Gift {
    /// Who gives.
    pub from: PeerIx,
    /// Who is given.
    pub to: PeerIx,
    /// What.
    pub chunk: ChunkIx,
    /// When it began to.
    pub started: SimTime,
}

impl<'a> Crowd<'a> {
    /// Nobody is there yet.
    pub fn new(scenario: &'a Scenario, observer: &'a mut dyn Observer) -> Self {
        let cohorts: Vec<_> = Cohort::all(scenario).into_iter().map(|c| (c, None)).collect();
        let mut crowd = Self {
            scenario,
            observer,
            schedule: Schedule::default(),
            now: SimTime::ZERO,
            swarm: Swarm::new(Layout::new(&scenario.file), false),
            totals: Totals::default(),
            cohorts,
            pickers: scenario
                .groups
                .iter()
                .map(|g| picking::for_rule(whole_swarm(g.picking.picker)))
                .collect(),
            picking_rng: stream(scenario.seed, Purpose::Picking, 0),
            present: Roll::default(),
            members: Roll::default(),
            fastest_upload: 0.0,
            leaving: Vec::new(),
            next_id: 0,
            ending: None,
        };
        crowd.open();
        crowd
    }

    /// Schedules what a run begins with.
    fn open(&mut self) {
        self.schedule
            .arm_time_limit(SimTime::ZERO + self.scenario.run.time_limit);
        for cohort in 0..self.cohorts.len() {
            self.schedule_arrival(cohort);
        }
        self.schedule.arm_sample(SimTime::ZERO);
    }

    /// The clock.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// Moves the clock to `time`, at which nothing is scheduled but what the caller does.
    pub fn pass_to(&mut self, time: SimTime) {
        self.now = time;
    }

    /// When somebody comes or goes next, a row of the time series is due, or the run ends.
    #[must_use]
    pub fn next_event_at(&self) -> SimTime {
        self.schedule.next_at().unwrap_or(SimTime::NEVER)
    }

    /// Lets that happen.
    pub fn handle_event(&mut self) {
        let Some(event) = self.schedule.next() else { return };
        self.now = self.schedule.now();
        match event {
            Event::Sample => self.sample(),
            Event::TimeLimit => self.ending = Some(Ending::TimeLimit),
            Event::Arrival(cohort) => self.arrive(cohort),
            Event::Peer(peer, PeerTimer::Leave) => self.leave_timer(peer),
            Event::Peer(..) | Event::Delayed(..) => {} // Of connections and slots, which nobody has here.
        }
    }

    /// Those that are there, in no order.
    #[must_use]
    pub fn present(&self) -> &[PeerIx] {
        &self.present.peers
    }

    /// Those of them that did not start as seeds, in no order.
    #[must_use]
    pub fn members(&self) -> &[PeerIx] {
        &self.members.peers
    }

    /// No peer so far uploads faster, bytes per second.
    #[must_use]
    pub fn fastest_upload(&self) -> f64 {
        self.fastest_upload
    }

    /// Whether `peer` gives anything, as what it is now.
    #[must_use]
    pub fn gives(&self, peer: PeerIx) -> bool {
        let group = self.group_of(peer);
        let rule = match self.swarm.peers[peer].role {
            Role::Seed => &group.seeding,
            _ => &group.choking,
        };
        *rule != Choking::FreeRider
    }

    fn group_of(&self, peer: PeerIx) -> &'a Group {
        &self.scenario.groups[self.swarm.peers[peer].group.ix()]
    }

    /// Which of the chunks in `sought` the sender `from` sends, by the picker of its group, with `copies` in the swarm.
    pub fn pick(&mut self, from: PeerIx, sought: &[Line], copies: &[u32]) -> Option<ChunkIx> {
        let view = PickView {
            wanted: sought,
            offered: self.swarm.have().of(from),
            neighbours: &[],
            known: self.swarm.have(),
            kept: None,
            copies,
        };
        self.pickers[self.swarm.peers[from].group.ix()].pick(&view, &mut self.picking_rng)
    }

    /// Which chunk of `from` the leecher `to` takes.
    pub fn pick_of(&mut self, from: PeerIx, to: PeerIx) -> Option<ChunkIx> {
        let view = view_of(&self.swarm, self.swarm.have().of(from), to);
        self.pickers[self.swarm.peers[to].group.ix()].pick(&view, &mut self.picking_rng)
    }

    /// The chunks of `gifts`, which their takers have claimed, arrive now; those that have all are seeds.
    pub fn deliver(&mut self, gifts: &[Gift]) {
        for gift in gifts {
            self.hand_over(gift);
        }
        let all = self.swarm.layout.chunks as u32;
        for gift in gifts {
            let taker = &self.swarm.peers[gift.to];
            if taker.role == Role::Leecher && taker.chunks == all {
                self.complete(gift.to);
            }
        }
        for gift in gifts {
            self.depart_if_given_enough(gift.from);
        }
        self.dismiss();
    }

    fn hand_over(&mut self, gift: &Gift) {
        let bytes = self.swarm.layout.bytes_of(gift.chunk);
        let giver = &mut self.swarm.peers[gift.from];
        let leeches = giver.role == Role::Leecher;
        let from = Side::of(giver);
        giver.life.uploaded_bytes += bytes;
        if leeches {
            giver.life.uploaded_leeching_bytes += bytes;
        }
        let taker = &mut self.swarm.peers[gift.to];
        taker.life.downloaded_bytes += bytes;
        taker.life.first_chunk = taker.life.first_chunk.min(self.now);
        let to = Side::of(taker);
        let kind = if leeches {
            &mut self.totals.leechers
        } else {
            &mut self.totals.seeds
        };
        kind.sent_bytes += bytes;
        self.totals.transfers += 1;
        self.totals.last_moving = self.now;
        self.swarm.complete_chunk(gift.to, gift.chunk);
        self.observer.moved(&from, &to, leeches, bytes);
        if self.observer.wants_transfers() {
            self.observer.transferred(&Transfer {
                started: gift.started,
                ended: self.now,
                from: from.id,
                to: to.id,
                chunk: gift.chunk,
                bytes,
                kept_bytes: bytes,
                end: TransferEnd::ChunkCompleted,
            });
        }
    }

    fn progress(&self) -> Progress {
        Progress {
            now: self.now,
            transfers: self.totals.transfers,
            completed: self.totals.completed,
            joined: self.totals.joined,
            leechers: self.totals.leechers.count,
        }
    }
}

/// What the leecher `to` chooses from where it is offered `offered`.
fn view_of<'a>(swarm: &'a Swarm, offered: &'a [Line], to: PeerIx) -> PickView<'a> {
    PickView {
        wanted: swarm.wanted().of(to),
        offered,
        neighbours: &[],
        known: swarm.have(),
        kept: None,
        copies: &swarm.copies,
    }
}

/// The rule as it is where everybody is a neighbour of everybody: the rarest there is rarest in the whole swarm.
fn whole_swarm(rule: model::Picker) -> model::Picker {
    match rule {
        model::Picker::RarestFirst => model::Picker::GlobalRarest,
        other => other,
    }
}

/// Steps between two checks of all invariants.
const STEPS_PER_CHECK: u64 = 64;

/// Plays `step` again and again until the run ends; asks `watch` every `steps_per_watch` steps whether to go on.
///
/// # Errors
/// With `check_invariants`, the first invariant that does not hold.
pub fn play(
    mut crowd: Crowd<'_>,
    options: &RunOptions,
    (steps_per_watch, watch): (u64, &mut dyn FnMut(&Progress) -> Control),
    mut step: impl FnMut(&mut Crowd<'_>),
) -> Result<Ending, InvariantViolation> {
    let mut steps = 0_u64;
    let ending = loop {
        step(&mut crowd);
        steps += 1;
        if options.check_invariants && steps.is_multiple_of(STEPS_PER_CHECK) {
            crowd.check()?;
        }
        if let Some(ending) = crowd.ending {
            break ending;
        }
        if steps.is_multiple_of(steps_per_watch) && watch(&crowd.progress()) == Control::Stop {
            break Ending::Interrupted;
        }
    };
    if options.check_invariants {
        crowd.check()?;
    }
    crowd.close(ending);
    Ok(ending)
}
