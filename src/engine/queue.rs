//! Timers that can be moved, in the order (time, sequence number): those of the near future in a heap, the others in lists by time.
//!
//! One heap of all timers of a large swarm is in no cache, and each event would go through all its levels. So time is cut into spans of some dozen
//! events, and what fires later waits in the unsorted list of its span; when the heap is empty, the next list becomes the heap. It is a
//! calendar queue (Brown, *Calendar queues*, CACM 31(10), 1988), whose days are put in order only when they come. The order of events is that of a single
//! heap, for whatever is in a list fires after all that is in the heap.
//!
//! How long a span is follows from the timers and changes with them. A small swarm has one endless span: a heap and nothing else.
//!
//! Each timer has a fixed number and is armed at most once, so a later or earlier instant replaces the old one and no stale entry is ever popped.

pub use crate::engine::heap::When;
use crate::engine::heap::{Entry, Heap, Placed};
use crate::units::SimTime;

/// How many timers a span is to have. Few in tests, so that these try all of it.
const USUAL: usize = if cfg!(test) { 2 } else { 64 };
/// With more than so many in the heap, spans are cut anew.
const MOST: usize = 4 * USUAL;
/// With fewer than the usual number over this in a span, on average, spans are cut anew.
const SPARSE: u64 = 16;
/// Over how many spans that is looked at.
const PASSED: u64 = if cfg!(test) { 8 } else { 1024 };

/// The armed timers.
#[derive(Clone, Debug)]
pub struct TimerQueue {
    /// Those that fire first.
    near: Heap,
    /// The others: a list for each span from `first_span` on, and a last one for all that comes after these. None while the span is endless.
    later: Vec<Vec<Entry>>,
    places: Places,
    /// Empty lists, to be used again.
    spare: Vec<Vec<Entry>>,
    /// How long a span is: two to the power of this in nanoseconds; none while it is endless.
    shift: Option<u32>,
    /// The span of the first list.
    first_span: u64,
    /// The first span that is not near.
    next_span: u64,
    /// From how many timers in the heap on spans are cut anew.
    limit: usize,
    /// Spans that have come near since they were cut.
    passed: u64,
    /// Timers that were in them.
    seen: u64,
}

/// Where a timer is: the number of the list, and the place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    list: u32,
    index: u32,
}

/// In place of the number of a list: the heap.
const NEAR: u32 = u32::MAX - 1;

impl Place {
    const IDLE: Self = Self {
        list: u32::MAX,
        index: u32::MAX,
    };
}

/// Where each timer is.
#[derive(Clone, Debug, Default)]
struct Places(Vec<Place>);

impl Places {
    fn set(&mut self, timer: u32, list: u32, index: usize) {
        let index = index as u32;
        self.0[timer as usize] = Place { list, index };
    }
}

impl Placed for Places {
    #[inline]
    fn placed(&mut self, timer: u32, place: usize) {
        self.set(timer, NEAR, place);
    }
}

impl Default for TimerQueue {
    fn default() -> Self {
        Self {
            near: Heap::default(),
            later: Vec::new(),
            places: Places::default(),
            spare: Vec::new(),
            shift: None,
            first_span: 1,
            next_span: 1,
            limit: MOST,
            passed: 0,
            seen: 0,
        }
    }
}

impl TimerQueue {
    /// What an armed timer takes in its list.
    pub(super) const ARMED_BYTES: usize = size_of::<Entry>();
    /// What a timer takes, armed or not.
    pub(super) const TIMER_BYTES: usize = size_of::<Place>();

    /// Arms `timer`, or moves it if it is armed, with a `note` for [`ahead`](Self::ahead).
    pub fn arm(&mut self, timer: u32, when: When, note: u32) {
        if timer as usize >= self.places.0.len() {
            self.places.0.resize(timer as usize + 1, Place::IDLE);
        }
        let entry = Entry { when, timer, note };
        let old = self.places.0[timer as usize];
        let span = self.span_of(when.time);
        if old.list == NEAR && span < self.next_span {
            self.near.replace(old.index as usize, entry, &mut self.places);
            return;
        }
        self.take_out(old);
        self.put_in(entry, span);
        self.keep_near();
    }

    /// Disarms `timer`; nothing happens if it isn't armed.
    pub fn cancel(&mut self, timer: u32) {
        if let Some(place) = self.places.0.get_mut(timer as usize) {
            let old = std::mem::replace(place, Place::IDLE);
            self.take_out(old);
            self.keep_near();
        }
    }

    /// The next timer.
    #[inline]
    #[must_use]
    pub fn peek(&self) -> Option<(When, u32)> {
        self.near.entries().first().map(|e| (e.when, e.timer))
    }

    /// Two timers with their notes: the one after the next, and one of those that are likely to follow it. Nothing is certain, for others may be armed until
    /// then, and at the end of a span there are none. Each timer is the second of them before it is the first, as it climbs only when the one above it has
    /// fired; one that is armed to fire at once may skip that.
    #[inline]
    #[must_use]
    pub fn ahead(&self) -> [Option<(u32, u32)>; 2] {
        let soon = self.near.earliest_below(0);
        let later = soon.and_then(|(place, _)| self.near.earliest_below(place));
        [soon, later].map(|found| found.map(|(_, entry)| (entry.timer, entry.note)))
    }

    /// When `timer` fires, if it is armed.
    #[must_use]
    pub fn when(&self, timer: u32) -> Option<SimTime> {
        let place = *self.places.0.get(timer as usize)?;
        let list = match place.list {
            _ if place == Place::IDLE => return None,
            NEAR => self.near.entries(),
            list => &self.later[list as usize],
        };
        Some(list[place.index as usize].when.time)
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let armed = self.near.entries().len() + self.later.iter().map(Vec::len).sum::<usize>();
        armed * Self::ARMED_BYTES + self.places.0.len() * Self::TIMER_BYTES + self.later.len() * size_of::<Vec<Entry>>()
    }

    /// Which span `time` is in; all are in the first one, which is near, while that is endless.
    #[inline]
    fn span_of(&self, time: SimTime) -> u64 {
        self.shift.map_or(0, |shift| time.0 >> shift)
    }

    /// How many spans have lists of their own.
    #[inline]
    fn spans(&self) -> usize {
        self.later.len() - 1
    }

    /// Takes out what stands at `place`, if that is anywhere.
    fn take_out(&mut self, place: Place) {
        if place == Place::IDLE {
            return;
        }
        let index = place.index as usize;
        if place.list == NEAR {
            self.near.remove(index, &mut self.places);
            return;
        }
        let list = &mut self.later[place.list as usize];
        list.swap_remove(index);
        if let Some(moved) = list.get(index) {
            self.places.set(moved.timer, place.list, index);
        }
    }

    /// Puts in a timer that fires in `span`.
    fn put_in(&mut self, entry: Entry, span: u64) {
        if span < self.next_span {
            self.near.push(entry, &mut self.places);
            return;
        }
        let number = (span - self.first_span).min(self.spans() as u64) as usize;
        let list = &mut self.later[number];
        if list.capacity() == 0 {
            *list = self.spare.pop().unwrap_or_default();
        }
        self.places.set(entry.timer, number as u32, list.len());
        list.push(entry);
    }

    /// Sees to it that the next timer is near, and not too many are.
    #[inline]
    fn keep_near(&mut self) {
        if self.near.entries().is_empty() && self.shift.is_some() {
            self.open_next();
        }
        if self.near.entries().len() > self.limit {
            self.cut_anew();
        }
    }

    /// The first span that is not empty becomes near, as nothing is.
    fn open_next(&mut self) {
        let from = (self.next_span - self.first_span) as usize;
        let Some(empty) = self.later[from..self.spans()].iter().position(|list| !list.is_empty()) else {
            return self.go_beyond();
        };
        self.next_span += empty as u64 + 1;
        self.passed += empty as u64 + 1;
        let list = std::mem::take(&mut self.later[from + empty]);
        self.seen += list.len() as u64;
        let mut spare = self.near.take();
        spare.clear();
        self.spare.push(spare);
        self.near.fill(list, &mut self.places);
        self.limit = MOST;
        if self.passed >= PASSED && SPARSE * self.seen < USUAL as u64 * self.passed {
            self.cut_anew();
        }
    }

    /// All lists of spans are empty: they begin with the first timer of what comes after them.
    fn go_beyond(&mut self) {
        let spans = self.spans();
        let beyond = std::mem::take(&mut self.later[spans]);
        self.passed += spans as u64;
        let Some(first) = beyond.iter().map(|entry| entry.when.time).min() else {
            return;
        };
        self.first_span = self.span_of(first);
        self.next_span = self.first_span;
        for entry in beyond {
            self.put_in(entry, self.span_of(entry.when.time));
        }
        self.open_next();
    }

    /// Chooses how long spans are, and puts all timers where they then belong.
    fn cut_anew(&mut self) {
        let mut all = self.near.take();
        all.extend(self.later.drain(..).flatten());
        self.shift = usual_shift(&mut all);
        self.spare.clear();
        if self.shift.is_some() {
            // The last timers are mostly some times as far away as the median.
            let spans = 4 * all.len() / USUAL;
            self.later.resize(spans + 1, Vec::new());
        }
        let first = all.iter().map(|entry| self.span_of(entry.when.time)).min();
        self.first_span = first.unwrap_or(0) + 1;
        self.next_span = self.first_span;
        let mut near = Vec::new();
        for entry in all {
            match self.span_of(entry.when.time) {
                span if span < self.next_span => near.push(entry),
                span => self.put_in(entry, span),
            }
        }
        self.limit = MOST.max(2 * near.len());
        (self.passed, self.seen) = (0, 0);
        self.near.fill(near, &mut self.places);
    }
}

/// How long a span is to be for `all` timers, as in [`TimerQueue::shift`]: such that the usual number is in each of those before the median.
fn usual_shift(all: &mut [Entry]) -> Option<u32> {
    let half = all.len() / 2;
    if half < USUAL {
        return None;
    }
    let (before, median, _) = all.select_nth_unstable_by_key(half, |entry| entry.when.time);
    let first = before.iter().map(|entry| entry.when.time).min()?;
    let spans = (half / USUAL) as u64;
    (median.when.time.since(first).0 / spans).checked_ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn ties_come_in_the_order_in_which_they_were_scheduled() {
        let mut queue = TimerQueue::default();
        let order = [7, 3, 9, 1, 8, 2, 0];
        for (sequence, timer) in order.into_iter().enumerate() {
            queue.arm(
                timer,
                When {
                    time: SimTime(5),
                    sequence: sequence as u64,
                },
                0,
            );
        }
        let popped = std::iter::from_fn(|| {
            let (_, timer) = queue.peek()?;
            queue.cancel(timer);
            Some(timer)
        });
        assert_eq!(popped.collect::<Vec<_>>(), order);
    }

    proptest! {
        /// Against the plain twin: a sorted map of all armed timers.
        #[test]
        fn agrees_with_a_sorted_map(steps in prop::collection::vec((0_u32..40, 0_u64..30, 0_u8..4), 1..400)) {
            let mut queue = TimerQueue::default();
            let mut armed: BTreeMap<u32, When> = BTreeMap::new();
            for (sequence, (timer, time, action)) in steps.into_iter().enumerate() {
                if action == 0 {
                    queue.cancel(timer);
                    armed.remove(&timer);
                } else {
                    let when = When { time: SimTime(time), sequence: sequence as u64 };
                    queue.arm(timer, when, 100 + timer);
                    armed.insert(timer, when);
                }
                let first = armed.iter().map(|(&t, &w)| (w, t)).min();
                prop_assert_eq!(queue.peek(), first);
                // Nothing is between the next timer and the one that is said to follow it, and the notes are theirs.
                let [soon, later] = queue.ahead();
                if let Some((soon, _)) = soon {
                    let second = armed.iter().map(|(&t, &w)| (w, t)).filter(|&x| Some(x) != first).min();
                    prop_assert_eq!(Some(soon), second.map(|(_, timer)| timer));
                }
                for (timer, note) in [soon, later].into_iter().flatten() {
                    prop_assert!(armed.contains_key(&timer) && note == 100 + timer);
                }
                prop_assert_eq!(queue.when(timer), armed.get(&timer).map(|w| w.time));
            }
        }
    }
}
