//! Timers in the order (time, sequence number): an indexed heap with four children a node.
//!
//! Where each timer stands is kept by whoever holds the heap: every move is told to a [`Placed`].

use crate::units::SimTime;

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

/// An armed timer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub when: When,
    pub timer: u32,
    /// Whatever whoever armed it wants to know of it beforehand. It stands where padding would be.
    pub note: u32,
}

impl Entry {
    #[inline]
    fn is_before(&self, other: &Self) -> bool {
        self.when.key() < other.when.key()
    }
}

/// Hears of every timer that comes to stand at another place of the heap.
pub(super) trait Placed {
    /// `timer` stands at `place` from now on.
    fn placed(&mut self, timer: u32, place: usize);
}

/// The heap.
#[derive(Clone, Debug, Default)]
pub(super) struct Heap {
    entries: Vec<Entry>,
}

impl Heap {
    /// Its entries, the first of all first and the rest in no order.
    #[inline]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Takes all of them out.
    pub fn take(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    /// Makes a heap of `entries` where nothing is.
    pub fn fill(&mut self, entries: Vec<Entry>, placed: &mut impl Placed) {
        debug_assert!(self.entries.is_empty());
        self.entries = entries;
        let parents = self.entries.len().div_ceil(CHILDREN);
        for place in (0..parents).rev() {
            self.sift_down(place, self.entries[place], &mut Untold);
        }
        for (place, entry) in self.entries.iter().enumerate() {
            placed.placed(entry.timer, place);
        }
    }

    /// Adds a timer.
    pub fn push(&mut self, entry: Entry, placed: &mut impl Placed) {
        self.entries.push(entry);
        self.sift_up(self.entries.len() - 1, entry, placed);
    }

    /// Puts `entry` where another one, at `place`, stood.
    pub fn replace(&mut self, place: usize, entry: Entry, placed: &mut impl Placed) {
        if entry.is_before(&self.entries[place]) {
            self.sift_up(place, entry, placed);
        } else {
            self.sift_down(place, entry, placed);
        }
    }

    /// Takes out what stands at `place`.
    pub fn remove(&mut self, place: usize, placed: &mut impl Placed) {
        if let Some(last) = self.entries.pop()
            && place < self.entries.len()
        {
            self.replace(place, last, placed);
        }
    }

    /// The place and entry of the earliest child of the one at `place`.
    #[inline]
    pub fn earliest_below(&self, place: usize) -> Option<(usize, Entry)> {
        let first = place * CHILDREN + 1;
        let children = self.entries.get(first..self.entries.len().min(first + CHILDREN))?;
        let (mut least, mut found) = (0, *children.first()?);
        for (place, entry) in children.iter().enumerate().skip(1) {
            if entry.is_before(&found) {
                (least, found) = (place, *entry);
            }
        }
        Some((first + least, found))
    }

    fn sift_up(&mut self, mut place: usize, entry: Entry, placed: &mut impl Placed) {
        while place > 0 {
            let parent = (place - 1) / CHILDREN;
            if !entry.is_before(&self.entries[parent]) {
                break;
            }
            self.set(place, self.entries[parent], placed);
            place = parent;
        }
        self.set(place, entry, placed);
    }

    fn sift_down(&mut self, mut place: usize, entry: Entry, placed: &mut impl Placed) {
        while let Some((below, child)) = self.earliest_below(place) {
            if !child.is_before(&entry) {
                break;
            }
            self.set(place, child, placed);
            place = below;
        }
        self.set(place, entry, placed);
    }

    #[inline]
    fn set(&mut self, place: usize, entry: Entry, placed: &mut impl Placed) {
        self.entries[place] = entry;
        placed.placed(entry.timer, place);
    }
}

/// While a heap is made, places change too often to be told.
struct Untold;

impl Placed for Untold {
    fn placed(&mut self, _: u32, _: usize) {}
}
