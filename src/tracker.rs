//! The tracker: who is in the swarm, and random subsets of it.

use crate::ids::PeerIx;
use crate::rng::{Rng, below};
use crate::scenario::model;
use crate::units::SimTime;

/// Marks a place that is not listed.
const ABSENT: u32 = u32::MAX;

/// Knows who is in the swarm. A crashed peer stays listed until its neighbours notice.
#[derive(Clone, Debug, Default)]
pub struct Tracker {
    members: Vec<PeerIx>,
    /// Position in `members`, by place of the peer.
    positions: Vec<u32>,
}

impl Tracker {
    /// Lists `peer`.
    pub fn add(&mut self, peer: PeerIx) {
        if peer.ix() >= self.positions.len() {
            self.positions.resize(peer.ix() + 1, ABSENT);
        }
        debug_assert_eq!(self.positions[peer.ix()], ABSENT);
        self.positions[peer.ix()] = self.members.len() as u32;
        self.members.push(peer);
    }

    /// Strikes `peer` off the list.
    pub fn remove(&mut self, peer: PeerIx) {
        let position = std::mem::replace(&mut self.positions[peer.ix()], ABSENT) as usize;
        self.members.swap_remove(position);
        if let Some(moved) = self.members.get(position) {
            self.positions[moved.ix()] = position as u32;
        }
    }

    /// Everyone on the list.
    #[must_use]
    pub fn members(&self) -> &[PeerIx] {
        &self.members
    }

    /// Answers `asker`: up to `count` other peers, distinct, each as likely, in random order.
    pub fn answer(&self, asker: PeerIx, count: usize, rng: &mut Rng, answer: &mut Vec<PeerIx>) {
        answer.clear();
        let others = self.members.len() - usize::from(self.is_listed(asker));
        if others <= 2 * count {
            answer.extend(self.members.iter().copied().filter(|&p| p != asker));
            let drawn = count.min(others);
            for i in 0..drawn {
                let j = i + below(rng, others - i);
                answer.swap(i, j);
            }
            answer.truncate(drawn);
            return;
        }
        // The list is more than twice as long as the answer: a draw hits a new peer at least every other time.
        while answer.len() < count {
            let drawn = self.members[below(rng, self.members.len())];
            if drawn != asker && !answer.contains(&drawn) {
                answer.push(drawn);
            }
        }
    }

    fn is_listed(&self, peer: PeerIx) -> bool {
        self.positions.get(peer.ix()).is_some_and(|&p| p != ABSENT)
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        (self.members.capacity() + self.positions.capacity()) * size_of::<u32>()
    }
}

/// When an outage that covers `now` ends, if there is one.
#[must_use]
pub fn outage_until(rules: &model::Tracker, now: SimTime) -> Option<SimTime> {
    let covering = rules
        .outages
        .iter()
        .filter(|(from, until)| (*from..*until).contains(&now));
    covering.map(|&(_, until)| until).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, stream};

    fn tracker(members: u32) -> Tracker {
        let mut t = Tracker::default();
        (1..=members).for_each(|i| t.add(PeerIx(i)));
        t
    }

    #[test]
    fn answers_are_distinct_others_and_each_is_as_likely() {
        for (members, count) in [(20, 5), (8, 5), (4, 5), (1, 5)] {
            let t = tracker(members);
            let mut rng = stream(1, Purpose::Tracker, 0);
            let mut hits = vec![0_u32; members as usize + 1];
            let mut answer = Vec::new();
            for _ in 0..4000 {
                t.answer(PeerIx(1), count, &mut rng, &mut answer);
                assert_eq!(answer.len(), count.min(members as usize - 1));
                for p in &answer {
                    hits[p.ix()] += 1;
                }
                let mut sorted = answer.clone();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(sorted.len(), answer.len());
            }
            assert_eq!(hits[1], 0);
            let expected = 4000.0 * (count as f64 / (f64::from(members) - 1.0)).min(1.0);
            assert!(
                hits[2..]
                    .iter()
                    .all(|&h| (f64::from(h) - expected).abs() <= 0.1 * expected),
                "{hits:?}"
            );
        }
    }

    #[test]
    fn who_is_struck_off_is_not_handed_out() {
        let mut t = tracker(5);
        t.remove(PeerIx(2));
        t.remove(PeerIx(5));
        t.add(PeerIx(2));
        t.remove(PeerIx(1));
        let mut left = t.members().to_vec();
        left.sort_unstable();
        assert_eq!(left, [PeerIx(2), PeerIx(3), PeerIx(4)]);
    }
}
