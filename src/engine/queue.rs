//! Timers in the order (time, sequence number): an indexed heap with four children a node.
//!
//! Each timer has a fixed number and is armed at most once, so a later or earlier instant replaces the old one in place and no stale entry is ever
//! popped. `arm` and `cancel` cost O(log n), `peek` O(1).

use crate::units::SimTime;

/// Marks a timer that is not armed.
const IDLE: u32 = u32::MAX;
const CHILDREN: usize = 4;

/// Orders what happens: earlier first, and what was scheduled first among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct When {
    /// The instant.
    pub time: SimTime,
    /// Counts everything that was ever scheduled.
    pub sequence: u64,
}

impl When {
    /// Both as one number: compared without a branch.
    #[inline]
    fn key(self) -> u128 {
        (u128::from(self.time.0) << 64) | u128::from(self.sequence)
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    when: When,
    timer: u32,
    /// Whatever whoever armed it wants to know of it beforehand. It stands where padding would be.
    note: u32,
}

impl Entry {
    #[inline]
    fn is_before(&self, other: &Self) -> bool {
        self.when.key() < other.when.key()
    }
}

/// The armed timers.
#[derive(Clone, Debug, Default)]
pub struct TimerQueue {
    heap: Vec<Entry>,
    /// Place in the heap, by timer.
    places: Vec<u32>,
}

impl TimerQueue {
    /// What an armed timer takes in the heap.
    pub(super) const ARMED_BYTES: usize = size_of::<Entry>();

    /// Arms `timer`, or moves it if it is armed, with a `note` for [`ahead`](Self::ahead).
    pub fn arm(&mut self, timer: u32, when: When, note: u32) {
        if timer as usize >= self.places.len() {
            self.places.resize(timer as usize + 1, IDLE);
        }
        let place = self.places[timer as usize];
        let entry = Entry { when, timer, note };
        if place == IDLE {
            self.heap.push(entry);
            self.sift_up(self.heap.len() - 1, entry);
        } else if when < self.heap[place as usize].when {
            self.sift_up(place as usize, entry);
        } else {
            self.sift_down(place as usize, entry);
        }
    }

    /// Disarms `timer`; nothing happens if it isn't armed.
    pub fn cancel(&mut self, timer: u32) {
        let Some(&place) = self.places.get(timer as usize) else {
            return;
        };
        if place == IDLE {
            return;
        }
        self.places[timer as usize] = IDLE;
        let last = self.heap.pop().expect("an armed timer is in the heap");
        if last.timer == timer {
            return;
        }
        let place = place as usize;
        if last.when < self.heap[place].when {
            self.sift_up(place, last);
        } else {
            self.sift_down(place, last);
        }
    }

    /// The next timer.
    #[inline]
    #[must_use]
    pub fn peek(&self) -> Option<(When, u32)> {
        self.heap.first().map(|e| (e.when, e.timer))
    }

    /// Two timers with their notes: the one after the next, and one of those that are likely to follow it. Nothing is certain, for others may be armed until
    /// then. Each timer is the second of them before it is the first, as it climbs only when the one above it has fired; one that is armed to fire at
    /// once may skip that.
    #[inline]
    #[must_use]
    pub fn ahead(&self) -> [Option<(u32, u32)>; 2] {
        let soon = self.earliest_below(0);
        let later = soon.and_then(|(place, _)| self.earliest_below(place));
        [soon, later].map(|found| found.map(|(_, entry)| (entry.timer, entry.note)))
    }

    /// The earliest child of the entry at `place`, and its own place.
    #[inline]
    fn earliest_below(&self, place: usize) -> Option<(usize, Entry)> {
        let first = place * CHILDREN + 1;
        let children = self.heap.get(first..self.heap.len().min(first + CHILDREN))?;
        let (least, entry) = earliest(children)?;
        Some((first + least, entry))
    }

    /// When `timer` fires, if it is armed.
    #[must_use]
    pub fn when(&self, timer: u32) -> Option<SimTime> {
        let place = *self.places.get(timer as usize)?;
        (place != IDLE).then(|| self.heap[place as usize].when.time)
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.heap.len() * size_of::<Entry>() + self.places.len() * size_of::<u32>()
    }

    fn sift_up(&mut self, mut place: usize, entry: Entry) {
        while place > 0 {
            let parent = (place - 1) / CHILDREN;
            if !entry.is_before(&self.heap[parent]) {
                break;
            }
            self.set(place, self.heap[parent]);
            place = parent;
        }
        self.set(place, entry);
    }

    fn sift_down(&mut self, mut place: usize, entry: Entry) {
        while let Some((below, child)) = self.earliest_below(place) {
            if !child.is_before(&entry) {
                break;
            }
            self.set(place, child);
            place = below;
        }
        self.set(place, entry);
    }

    fn set(&mut self, place: usize, entry: Entry) {
        self.heap[place] = entry;
        self.places[entry.timer as usize] = place as u32;
    }
}

/// The earliest of up to four entries and its place among them.
#[inline]
fn earliest(entries: &[Entry]) -> Option<(usize, Entry)> {
    let (mut least, mut found) = (0, *entries.first()?);
    for (place, entry) in entries.iter().enumerate().skip(1) {
        if entry.is_before(&found) {
            (least, found) = (place, *entry);
        }
    }
    Some((least, found))
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
                let after = |n| armed.iter().map(|(&t, &w)| (w, t)).collect::<std::collections::BTreeSet<_>>().into_iter().nth(n);
                prop_assert_eq!(soon.map(|(timer, _)| timer), after(1).map(|(_, timer)| timer));
                for (timer, note) in [soon, later].into_iter().flatten() {
                    prop_assert!(armed.contains_key(&timer) && note == 100 + timer);
                }
                prop_assert_eq!(queue.when(timer), armed.get(&timer).map(|w| w.time));
            }
        }
    }
}
