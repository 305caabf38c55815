//! Timers in the order (time, sequence number): an indexed heap with four children an entry.
//!
//! Each timer is armed at most once, so a later or earlier instant replaces the old one in place and no stale entry is ever
//! popped. `arm` and `cancel` cost O(log n), `peek` O(1).
//!
//! In a large swarm most of the heap is in no cache. So the keys of four siblings fill one line, apart from what only a move needs, and the places of timers
//! of one kind stand together: those that move with every event are few.

use crate::units::SimTime;

/// The place of a timer that is not armed.
const IDLE: u32 = u32::MAX;
/// The key where no entry is: later than all.
const NEVER: u128 = u128::MAX;
const CHILDREN: usize = 4;
/// Kinds of timers.
const KINDS: usize = 16;

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

    fn of_key(key: u128) -> Self {
        Self {
            time: SimTime((key >> 64) as u64),
            sequence: key as u64,
        }
    }
}

/// One timer of those of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer(u32);

impl Timer {
    /// The timer of this kind of the owner with this number, below 2²⁸.
    #[inline]
    #[must_use]
    pub const fn new(kind: u32, owner: u32) -> Self {
        debug_assert!(kind < KINDS as u32 && owner <= u32::MAX / KINDS as u32);
        Self(owner * KINDS as u32 + kind)
    }

    /// Its kind.
    #[inline]
    #[must_use]
    pub const fn kind(self) -> u32 {
        self.0 % KINDS as u32
    }

    /// The number of its owner.
    #[inline]
    #[must_use]
    pub const fn owner(self) -> u32 {
        self.0 / KINDS as u32
    }
}

/// The keys of four siblings: a cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Siblings([u128; CHILDREN]);

impl Siblings {
    const NONE: Self = Self([NEVER; CHILDREN]);

    /// The earliest of them.
    #[inline]
    fn earliest(&self) -> usize {
        let keys = &self.0;
        let earlier = |a: usize, b: usize| if keys[b] < keys[a] { b } else { a };
        earlier(earlier(0, 1), earlier(2, 3))
    }
}

/// What an entry carries.
#[derive(Clone, Copy, Debug)]
struct Item {
    timer: Timer,
    /// Whatever whoever armed it wants to know of it beforehand.
    note: u32,
}

/// The armed timers.
#[derive(Clone, Debug)]
pub struct TimerQueue {
    /// Entries by place: the root is 0, and the children of `p` are 4 `p` + 1 and the next three.
    items: Vec<Item>,
    /// Their keys. The root stands last in its line, so that the children of `p` are the line `p` + 1.
    keys: Vec<Siblings>,
    /// Places in the heap, by kind and owner.
    places: [Vec<u32>; KINDS],
}

impl Default for TimerQueue {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            keys: vec![Siblings::NONE],
            places: std::array::from_fn(|_| Vec::new()),
        }
    }
}

impl TimerQueue {
    /// What an armed timer takes in the heap.
    pub(super) const ARMED_BYTES: usize = size_of::<Item>() + size_of::<u128>();

    /// Arms `timer`, or moves it if it is armed, with a `note` for [`ahead`](Self::ahead).
    pub fn arm(&mut self, timer: Timer, when: When, note: u32) {
        let places = &mut self.places[timer.kind() as usize];
        let owner = timer.owner() as usize;
        if owner >= places.len() {
            places.resize(owner + 1, IDLE);
        }
        let place = places[owner];
        let (key, item) = (when.key(), Item { timer, note });
        if place == IDLE {
            let last = self.items.len();
            self.items.push(item);
            if last / CHILDREN + 1 >= self.keys.len() {
                self.keys.push(Siblings::NONE);
            }
            self.sift_up(last, key, item);
        } else {
            self.sift(place as usize, key, item);
        }
    }

    /// Disarms `timer`; nothing happens if it isn't armed.
    pub fn cancel(&mut self, timer: Timer) {
        let Some(place) = self.place_of(timer) else {
            return;
        };
        self.places[timer.kind() as usize][timer.owner() as usize] = IDLE;
        let last = self.items.len() - 1;
        let (key, item) = (self.key(last), self.items[last]);
        self.items.pop();
        self.set_key(last, NEVER);
        if place < last {
            self.sift(place, key, item);
        }
    }

    /// The next timer.
    #[inline]
    #[must_use]
    pub fn peek(&self) -> Option<(When, Timer)> {
        let first = self.items.first()?;
        Some((When::of_key(self.key(0)), first.timer))
    }

    /// Two timers with their notes: the one after the next, and one of those that are likely to follow it. Nothing is certain, for others may be armed until
    /// then. Each timer is the second of them before it is the first, as it climbs only when the one above it has fired; one that is armed to fire at
    /// once may skip that.
    #[inline]
    #[must_use]
    pub fn ahead(&self) -> [Option<(Timer, u32)>; 2] {
        let soon = self.earliest_below(0);
        let later = soon.and_then(|(place, _)| self.earliest_below(place));
        [soon, later].map(|found| {
            let item = self.items[found?.0];
            Some((item.timer, item.note))
        })
    }

    /// When `timer` fires, if it is armed.
    #[must_use]
    pub fn when(&self, timer: Timer) -> Option<SimTime> {
        let place = self.place_of(timer)?;
        Some(When::of_key(self.key(place)).time)
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let places = self.places.iter().map(Vec::len).sum::<usize>();
        self.items.len() * Self::ARMED_BYTES + places * size_of::<u32>()
    }

    fn place_of(&self, timer: Timer) -> Option<usize> {
        let place = *self.places[timer.kind() as usize].get(timer.owner() as usize)?;
        (place != IDLE).then_some(place as usize)
    }

    /// The earliest child of the entry at `place`, and its key.
    #[inline]
    fn earliest_below(&self, place: usize) -> Option<(usize, u128)> {
        let children = self.keys.get(place + 1)?;
        let least = children.earliest();
        let key = children.0[least];
        (key != NEVER).then_some((place * CHILDREN + 1 + least, key))
    }

    #[inline]
    fn key(&self, place: usize) -> u128 {
        let at = place + CHILDREN - 1;
        self.keys[at / CHILDREN].0[at % CHILDREN]
    }

    #[inline]
    fn set_key(&mut self, place: usize, key: u128) {
        let at = place + CHILDREN - 1;
        self.keys[at / CHILDREN].0[at % CHILDREN] = key;
    }

    /// Puts an entry in the place of another, or above or below it.
    fn sift(&mut self, place: usize, key: u128, item: Item) {
        if key < self.key(place) {
            self.sift_up(place, key, item);
        } else {
            self.sift_down(place, key, item);
        }
    }

    fn sift_up(&mut self, mut place: usize, key: u128, item: Item) {
        while place > 0 {
            let parent = (place - 1) / CHILDREN;
            let above = self.key(parent);
            if key >= above {
                break;
            }
            self.set(place, above, self.items[parent]);
            place = parent;
        }
        self.set(place, key, item);
    }

    fn sift_down(&mut self, mut place: usize, key: u128, item: Item) {
        while let Some((below, child)) = self.earliest_below(place) {
            if key <= child {
                break;
            }
            self.set(place, child, self.items[below]);
            place = below;
        }
        self.set(place, key, item);
    }

    #[inline]
    fn set(&mut self, place: usize, key: u128, item: Item) {
        self.set_key(place, key);
        self.items[place] = item;
        self.places[item.timer.kind() as usize][item.timer.owner() as usize] = place as u32;
    }
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
        for (sequence, owner) in order.into_iter().enumerate() {
            queue.arm(
                Timer::new(1, owner),
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
            Some(timer.owner())
        });
        assert_eq!(popped.collect::<Vec<_>>(), order);
    }

    proptest! {
        /// Against the plain twin: a sorted map of all armed timers.
        #[test]
        fn agrees_with_a_sorted_map(steps in prop::collection::vec((0_u32..40, 0_u64..30, 0_u8..4), 1..400)) {
            let mut queue = TimerQueue::default();
            let mut armed: BTreeMap<u32, When> = BTreeMap::new();
            let named = |number: u32| Timer::new(number % 3, number / 3);
            let number = |timer: Timer| timer.owner() * 3 + timer.kind();
            for (sequence, (timer, time, action)) in steps.into_iter().enumerate() {
                if action == 0 {
                    queue.cancel(named(timer));
                    armed.remove(&timer);
                } else {
                    let when = When { time: SimTime(time), sequence: sequence as u64 };
                    queue.arm(named(timer), when, 100 + timer);
                    armed.insert(timer, when);
                }
                let first = armed.iter().map(|(&t, &w)| (w, t)).min();
                prop_assert_eq!(queue.peek().map(|(when, timer)| (when, number(timer))), first);
                // Nothing is between the next timer and the one that is said to follow it, and the notes are theirs.
                let [soon, later] = queue.ahead();
                let after = |n| armed.iter().map(|(&t, &w)| (w, t)).collect::<std::collections::BTreeSet<_>>().into_iter().nth(n);
                prop_assert_eq!(soon.map(|(timer, _)| number(timer)), after(1).map(|(_, timer)| timer));
                for (timer, note) in [soon, later].into_iter().flatten().map(|(timer, note)| (number(timer), note)) {
                    prop_assert!(armed.contains_key(&timer) && note == 100 + timer);
                }
                prop_assert_eq!(queue.when(named(timer)), armed.get(&timer).map(|w| w.time));
            }
        }
    }
}
