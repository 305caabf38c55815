//! Everything that is going to happen: timers that can be moved, and lanes for what always takes the same time.
//!
//! What is scheduled with a fixed delay comes in the order in which it was scheduled. Such events (messages, the next decision of a
//! peer) wait in a lane, a plain queue, one a delay; only the heads of the lanes compete with the heap.

use crate::bandwidth::{Clock, ClockKind, Finish};
use crate::engine::queue::{Timer, TimerQueue, When};
use crate::ids::{ChunkIx, LinkIx, PeerId, PeerIx};
use crate::units::{SimDuration, SimTime};
use std::collections::VecDeque;

/// The timers of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerTimer {
    /// The earliest transfer that one of its clocks binds ends.
    Clock(ClockKind),
    /// Its first unchoke decision, and all others where a slot that falls free hastens them.
    Decision,
    /// It asks the tracker.
    Announce,
    /// It leaves; or, after a crash, its neighbours find out.
    Leave,
    /// It may have sent as much as it wants to.
    GivenEnough,
    /// The optimistic turns that it has given are over.
    TurnsOver,
}

impl PeerTimer {
    /// Its kind in the queue, which is its place among the timers of a peer.
    const fn kind(self) -> u32 {
        match self {
            Self::Clock(ClockKind::Upload) => 0,
            Self::Clock(ClockKind::Download) => 1,
            Self::Clock(ClockKind::Cap) => 2,
            Self::Decision => 3,
            Self::Announce => 4,
            Self::Leave => 5,
            Self::GivenEnough => 6,
            Self::TurnsOver => 7,
        }
    }
}

/// All timers of a peer, by place.
const PEER_TIMERS: [PeerTimer; 8] = [
    PeerTimer::Clock(ClockKind::Upload),
    PeerTimer::Clock(ClockKind::Download),
    PeerTimer::Clock(ClockKind::Cap),
    PeerTimer::Decision,
    PeerTimer::Announce,
    PeerTimer::Leave,
    PeerTimer::GivenEnough,
    PeerTimer::TurnsOver,
];

/// What the timers of one peer take: its places, and the one or two that are armed.
pub(super) const TIMERS_BYTES: usize = PEER_TIMERS.len() * size_of::<u32>() + 2 * TimerQueue::ARMED_BYTES;

/// The timers of the run, and that of a cohort.
const SAMPLE: Timer = Timer::new(8, 0);
const TIME_LIMIT: Timer = Timer::new(9, 0);
const ARRIVAL: u32 = 10;

/// A message or decision that takes a fixed time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delayed {
    /// The next unchoke decision of a peer.
    Rechoke(PeerIx),
    /// The neighbours of a peer learn that it has a chunk.
    ChunkAnnounced(PeerIx, ChunkIx),
    /// A peer learns that its neighbours have taken note of a chunk; their requests come with it.
    ChunkAcknowledged(PeerIx, ChunkIx),
    /// The first request comes back after an unchoke on this end.
    FirstRequest(LinkIx),
    /// A receiver looks at the rate of what comes to it over the connection that begins at this end.
    LookAtRate(LinkIx),
    /// A receiver asks for more over the connection that begins at this end, before all that it has asked for is there.
    NextRequest(LinkIx),
    /// The neighbour at this end says that it is no longer interested.
    NotInterested(LinkIx),
    /// A peer has given an idle connection the quota that it keeps, at so many bytes/s.
    QuotaKept(PeerIx, u32),
    /// A peer that leaves when its uploads are finished has given its free slots to who lacks its last chunk.
    LastSlotsGiven(PeerIx),
    /// The neighbours of such a peer have asked for that chunk.
    LastCall(PeerIx),
    /// All that come at this instant are there and ask the tracker.
    Introduce,
    /// The tracker's answer is there and the connections to its peers are open.
    Connect(PeerIx),
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A row of the time series is due.
    Sample,
    /// The run ends.
    TimeLimit,
    /// A peer of this cohort arrives.
    Arrival(usize),
    /// A timer of a peer fires.
    Peer(PeerIx, PeerTimer),
    /// Something with a fixed delay, for the peer that had this ordinal; it may have left since.
    Delayed(PeerId, Delayed),
}

#[derive(Clone, Debug)]
struct Lane {
    delay: SimDuration,
    waiting: VecDeque<(When, PeerId, Delayed)>,
}

/// The future. At first nothing is scheduled.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    now: SimTime,
    scheduled: u64,
    timers: TimerQueue,
    lanes: Vec<Lane>,
}

impl Schedule {
    /// The instant of the event that was taken last.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.now
    }

    fn stamp(&mut self, time: SimTime) -> When {
        debug_assert!(time >= self.now, "time never goes back");
        self.scheduled += 1;
        When {
            time,
            sequence: self.scheduled,
        }
    }

    fn arm(&mut self, timer: Timer, time: SimTime) {
        let when = self.stamp(time);
        self.timers.arm(timer, when, PeerIx::NOBODY.0);
    }

    /// The next row of the time series.
    pub fn arm_sample(&mut self, time: SimTime) {
        self.arm(SAMPLE, time);
    }

    /// The end of the run.
    pub fn arm_time_limit(&mut self, time: SimTime) {
        self.arm(TIME_LIMIT, time);
    }

    /// The next arrival of `cohort`.
    pub fn arm_arrival(&mut self, cohort: usize, time: SimTime) {
        self.arm(Timer::new(ARRIVAL, cohort as u32), time);
    }

    /// Arms or moves a timer of a peer.
    pub fn arm_peer(&mut self, peer: PeerIx, timer: PeerTimer, time: SimTime) {
        self.arm(peer_timer(peer, timer), time);
    }

    /// Arms or moves the timer of a clock.
    pub fn arm_clock(&mut self, clock: Clock, finish: Finish) {
        let timer = peer_timer(clock.peer, PeerTimer::Clock(clock.kind));
        let when = self.stamp(finish.at);
        self.timers.arm(timer, when, finish.other.0);
    }

    /// Clocks that will probably strike, each with the peer at the other end of what finishes then: right after the next event, and soon after that.
    #[inline]
    #[must_use]
    pub fn clocks_ahead(&self) -> [Option<(Clock, PeerIx)>; 2] {
        self.timers.ahead().map(|found| {
            let (timer, other) = found?;
            let Event::Peer(peer, timer) = event_of(timer) else {
                return None;
            };
            let PeerTimer::Clock(kind) = timer else { return None };
            Some((Clock { peer, kind }, PeerIx(other)))
        })
    }

    /// Disarms a timer of a peer.
    pub fn cancel_peer(&mut self, peer: PeerIx, timer: PeerTimer) {
        self.timers.cancel(peer_timer(peer, timer));
    }

    /// Disarms all timers of a peer that leaves.
    pub fn cancel_all(&mut self, peer: PeerIx) {
        for timer in PEER_TIMERS {
            self.cancel_peer(peer, timer);
        }
    }

    /// When a timer of a peer fires, if it is armed.
    #[must_use]
    pub fn peer_timer_at(&self, peer: PeerIx, timer: PeerTimer) -> Option<SimTime> {
        self.timers.when(peer_timer(peer, timer))
    }

    /// `event` happens after `delay`, unless the peer with the ordinal `id` has left by then.
    pub fn after(&mut self, delay: SimDuration, id: PeerId, event: Delayed) {
        let when = self.stamp(self.now + delay);
        let lane = self.lanes.iter().position(|l| l.delay == delay).unwrap_or_else(|| {
            self.lanes.push(Lane {
                delay,
                waiting: VecDeque::new(),
            });
            self.lanes.len() - 1
        });
        self.lanes[lane].waiting.push_back((when, id, event));
    }

    /// Takes the next event. A fired timer is disarmed, but for clocks: whoever handles those sets them anew.
    pub fn next(&mut self) -> Option<Event> {
        let timer = self.timers.peek();
        let heads = self
            .lanes
            .iter()
            .enumerate()
            .filter_map(|(i, l)| l.waiting.front().map(|head| (head.0, i)));
        let lane = heads.min();
        if let Some((when, lane)) = lane
            && timer.is_none_or(|(at, _)| when < at)
        {
            let (when, id, event) = self.lanes[lane].waiting.pop_front()?;
            self.advance(when.time);
            return Some(Event::Delayed(id, event));
        }
        let (when, timer) = timer?;
        self.advance(when.time);
        let event = event_of(timer);
        let is_clock = matches!(event, Event::Peer(_, PeerTimer::Clock(_)));
        if !is_clock {
            self.timers.cancel(timer);
        }
        Some(event)
    }

    /// When the next event happens.
    #[must_use]
    pub fn next_at(&self) -> Option<SimTime> {
        let heads = self.lanes.iter().filter_map(|l| l.waiting.front().map(|head| head.0));
        let timer = self.timers.peek().map(|(when, _)| when);
        heads.chain(timer).min().map(|when| when.time)
    }

    /// Whether something else is still to happen at this instant.
    #[must_use]
    pub fn has_more_now(&self) -> bool {
        self.next_at() == Some(self.now)
    }

    fn advance(&mut self, time: SimTime) {
        assert!(time >= self.now, "time never goes back");
        self.now = time;
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let lanes = self
            .lanes
            .iter()
            .map(|l| l.waiting.len() * size_of::<(When, PeerId, Delayed)>());
        self.timers.memory_bytes() + lanes.sum::<usize>()
    }
}

fn peer_timer(peer: PeerIx, timer: PeerTimer) -> Timer {
    Timer::new(timer.kind(), peer.0)
}

fn event_of(timer: Timer) -> Event {
    match timer {
        SAMPLE => Event::Sample,
        TIME_LIMIT => Event::TimeLimit,
        cohorts if cohorts.kind() == ARRIVAL => Event::Arrival(cohorts.owner() as usize),
        peers => Event::Peer(PeerIx(peers.owner()), PEER_TIMERS[peers.kind() as usize]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_and_timers_share_one_total_order() {
        let mut s = Schedule::default();
        let secs = SimDuration::from_secs;
        let peer = PeerIx(3);
        s.after(secs(10), PeerId(0), Delayed::Rechoke(peer));
        s.arm_peer(peer, PeerTimer::Leave, SimTime::ZERO + secs(10));
        s.after(secs(4), PeerId(1), Delayed::Connect(peer));
        s.after(secs(10), PeerId(2), Delayed::Connect(peer));
        s.arm_arrival(0, SimTime::ZERO + secs(4));
        let mut order = Vec::new();
        while let Some(event) = s.next() {
            order.push((s.now().as_secs_f64(), event));
        }
        assert_eq!(
            order,
            [
                (4.0, Event::Delayed(PeerId(1), Delayed::Connect(peer))),
                (4.0, Event::Arrival(0)),
                (10.0, Event::Delayed(PeerId(0), Delayed::Rechoke(peer))),
                (10.0, Event::Peer(peer, PeerTimer::Leave)),
                (10.0, Event::Delayed(PeerId(2), Delayed::Connect(peer))),
            ]
        );
    }

    #[test]
    fn every_timer_of_a_peer_stands_at_its_place() {
        let kinds: Vec<u32> = PEER_TIMERS.map(PeerTimer::kind).into();
        assert_eq!(kinds, (0..PEER_TIMERS.len() as u32).collect::<Vec<_>>());
    }
}
