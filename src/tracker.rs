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
    /// Leechers first, then seeds.
    members: Vec<PeerIx>,
    leechers: usize,
    /// Position in `members`, by place of the peer.
    positions: Vec<u32>,
}

impl Tracker {
    /// Lists `peer`; nothing happens if it is listed.
    pub fn add(&mut self, peer: PeerIx, is_seed: bool) {
        if peer.ix() >= self.positions.len() {
            self.positions.resize(peer.ix() + 1, ABSENT);
        }
        if self.is_listed(peer) {
            return;
        }
        self.positions[peer.ix()] = self.members.len() as u32;
        self.members.push(peer);
        if !is_seed {
            self.swap(self.members.len() - 1, self.leechers);
            self.leechers += 1;
        }
    }

    /// A leecher has become a seed.
    pub fn complete(&mut self, peer: PeerIx) {
        if self.is_listed(peer) {
            self.leechers -= 1;
            self.swap(self.positions[peer.ix()] as usize, self.leechers);
        }
    }

    /// Strikes `peer` off the list.
    pub fn remove(&mut self, peer: PeerIx) {
        if !self.is_listed(peer) {
            return;
        }
        let mut position = self.positions[peer.ix()] as usize;
        if position < self.leechers {
            self.leechers -= 1;
            self.swap(position, self.leechers);
            position = self.leechers;
        }
        self.swap(position, self.members.len() - 1);
        self.members.pop();
        self.positions[peer.ix()] = ABSENT;
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.members.swap(a, b);
        for position in [a, b] {
            self.positions[self.members[position].ix()] = position as u32;
        }
    }

    /// Everyone on the list.
    #[must_use]
    pub fn members(&self) -> &[PeerIx] {
        &self.members
    }

    /// Answers `asker`: up to `count` other peers, distinct, each as likely, in random order. A seed is told of leechers only (mainline's tracker,
    /// BEP 3's practice): two seeds have nothing to say to each other.
    pub fn answer(&self, asker: PeerIx, is_seed: bool, count: usize, rng: &mut Rng, answer: &mut Vec<PeerIx>) {
        answer.clear();
        let pool = if is_seed {
            &self.members[..self.leechers]
        } else {
            &self.members[..]
        };
        if pool.len() <= 2 * count + 1 {
            answer.extend(pool.iter().copied().filter(|&p| p != asker));
            let drawn = count.min(answer.len());
            for i in 0..drawn {
                let j = i + below(rng, answer.len() - i);
                answer.swap(i, j);
            }
            answer.truncate(drawn);
            return;
        }
        // The list is more than twice as long as the answer: a draw hits a new peer at least every other time.
        while answer.len() < count {
            let drawn = pool[below(rng, pool.len())];
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
        (self.members.len() + self.positions.len()) * size_of::<u32>()
    }
}

/// Puts an answer in the order of a tracker that matches bandwidths (Bharambe et al. 2006): in turn the next in the order that it has, and the one of those left
/// whose `distance` is least.
pub fn every_other_nearest(answer: &mut [PeerIx], distance: impl Fn(PeerIx) -> f64) {
    for place in (1..answer.len()).step_by(2) {
        let nearest = (place..answer.len()).min_by(|&a, &b| distance(answer[a]).total_cmp(&distance(answer[b])));
        // The others keep their order.
        nearest.into_iter().for_each(|at| answer[place..=at].rotate_right(1));
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
        (1..=members).for_each(|i| t.add(PeerIx(i), false));
        t
    }

    #[test]
    fn every_other_peer_is_the_nearest_and_the_rest_keep_their_order() {
        let mut answer: Vec<PeerIx> = [50, 30, 11, 40, 12, 20].map(PeerIx).into();
        every_other_nearest(&mut answer, |peer| (f64::from(peer.0) - 10.0).abs());
        assert_eq!(answer, [50, 11, 30, 12, 40, 20].map(PeerIx));
    }

    #[test]
    fn answers_are_distinct_others_and_each_is_as_likely() {
        for (members, count) in [(20, 5), (8, 5), (4, 5), (1, 5)] {
            let t = tracker(members);
            let mut rng = stream(1, Purpose::Tracker, 0);
            let mut hits = vec![0_u32; members as usize + 1];
            let mut answer = Vec::new();
            for _ in 0..4000 {
                t.answer(PeerIx(1), false, count, &mut rng, &mut answer);
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
        t.add(PeerIx(2), true);
        t.remove(PeerIx(1));
        let mut left = t.members().to_vec();
        left.sort_unstable();
        assert_eq!(left, [PeerIx(2), PeerIx(3), PeerIx(4)]);
    }

    #[test]
    fn a_seed_is_told_of_leechers_only() {
        let mut t = tracker(9);
        t.add(PeerIx(10), true);
        for seed in [3, 9, 1] {
            t.complete(PeerIx(seed));
        }
        t.remove(PeerIx(4));
        t.remove(PeerIx(9));
        let mut answer = Vec::new();
        t.answer(PeerIx(10), true, 50, &mut stream(1, Purpose::Tracker, 0), &mut answer);
        answer.sort_unstable();
        assert_eq!(answer, [2, 5, 6, 7, 8].map(PeerIx));
        t.answer(PeerIx(2), false, 50, &mut stream(1, Purpose::Tracker, 0), &mut answer);
        answer.sort_unstable();
        assert_eq!(answer, [1, 3, 5, 6, 7, 8, 10].map(PeerIx));
    }
}
