//! Who serves whom, between classes of peers: time unchoked and bytes of each ordered pair. The same code counts for groups and for classes of upload capacity.

use crate::engine::observer::{Observer, PeerRecord, Side, Unchoke};
use crate::ids::{GroupIx, PeerId};
use crate::metrics::chance::Chance;
use crate::scenario::Scenario;
use crate::units::SimTime;

/// How peers are told apart.
pub trait Classes {
    /// How many classes there are.
    fn count(&self) -> usize;
    /// The class of a peer of `group` with so much upload capacity.
    fn class(&self, group: GroupIx, upload: f64) -> usize;
}

/// Each group is a class.
#[derive(Clone, Copy, Debug)]
pub struct ByGroup(usize);

impl ByGroup {
    /// The groups of `scenario`.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        Self(scenario.groups.len())
    }
}

impl Classes for ByGroup {
    fn count(&self) -> usize {
        self.0
    }

    fn class(&self, group: GroupIx, _upload: f64) -> usize {
        group.ix()
    }
}

/// What the peers of one class gave those of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Bytes sent.
    pub bytes: u64,
    /// Those that were sent by leechers.
    pub bytes_leeching: u64,
    /// Time unchoked.
    pub unchoked_ns: u128,
    /// The part of it that leechers gave.
    pub unchoked_leeching_ns: u128,
}

/// The observer that counts what the classes of peers give each other.
#[derive(Clone, Debug)]
pub struct Exchanges<C> {
    classes: C,
    /// Who begins with so many chunks is no leecher.
    all_chunks: u32,
    given: Vec<Given>,
    chance: Chance,
}

impl<C: Classes> Exchanges<C> {
    /// Nothing has been given yet, in a swarm whose file has `all_chunks`.
    #[must_use]
    pub fn new(classes: C, all_chunks: u32) -> Self {
        let count = classes.count();
        Self {
            classes,
            all_chunks,
            given: vec![Given::default(); count * count],
            chance: Chance::new(count),
        }
    }

    /// How peers are told apart.
    #[must_use]
    pub fn classes(&self) -> &C {
        &self.classes
    }

    /// The numbers of the classes.
    pub fn all(&self) -> impl Iterator<Item = usize> + use<C> {
        0..self.classes.count()
    }

    /// All ordered pairs of classes.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + use<C> {
        let count = self.classes.count();
        (0..count).flat_map(move |from| (0..count).map(move |to| (from, to)))
    }

    /// What class `from` gave class `to`.
    #[must_use]
    pub fn pair(&self, from: usize, to: usize) -> &Given {
        &self.given[from * self.classes.count() + to]
    }

    /// Seconds that leechers of class `from` would have unchoked `to` by chance, once all unchokes have ended.
    #[must_use]
    pub fn unchoked_s_by_chance(&self, from: usize, to: usize) -> f64 {
        self.chance.unchoked_s(from, to)
    }

    fn side(&self, side: &Side) -> usize {
        self.classes.class(side.group, side.upload)
    }

    fn pair_mut(&mut self, from: &Side, to: &Side) -> &mut Given {
        let ix = self.side(from) * self.classes.count() + self.side(to);
        &mut self.given[ix]
    }
}

impl<C: Classes> Observer for Exchanges<C> {
    fn joined(&mut self, now: SimTime, _peer: PeerId, group: GroupIx, upload: f64, _download: f64, chunks: u32) {
        if chunks < self.all_chunks {
            self.chance.comes(now, self.classes.class(group, upload));
        }
    }

    fn moved(&mut self, from: &Side, to: &Side, sender_leeches: bool, bytes: u64) {
        let pair = self.pair_mut(from, to);
        pair.bytes += bytes;
        if sender_leeches {
            pair.bytes_leeching += bytes;
        }
    }

    fn unchoke_began(&mut self, now: SimTime, from: &Side, sender_leeches: bool) {
        if sender_leeches {
            self.chance.begins(now, self.side(from));
        }
    }

    fn unchoke_ended(&mut self, unchoke: &Unchoke) {
        let span = u128::from(unchoke.ended.since(unchoke.started).0);
        let pair = self.pair_mut(&unchoke.from, &unchoke.to);
        pair.unchoked_ns += span;
        if unchoke.sender_leeches {
            pair.unchoked_leeching_ns += span;
            self.chance.ends(unchoke.ended, self.side(&unchoke.from));
        }
    }

    fn completed(&mut self, now: SimTime, peer: &Side, _joined: SimTime) {
        self.chance.goes(now, self.side(peer));
    }

    fn peer_record(&mut self, peer: &PeerRecord) {
        if let (Some((left, _)), None) = (peer.left, peer.completed)
            && peer.chunks_at_start < self.all_chunks
        {
            self.chance.goes(left, self.classes.class(peer.group, peer.upload));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::capacities::Capacities;
    use crate::metrics::testing::{leechers, scenario, seeds};
    use crate::scenario::draw::Draw;
    use crate::scenario::model::{Capacity, Group};

    const SECOND: SimTime = SimTime(1_000_000_000);

    fn side(id: u32, group: u32, upload: f64) -> Side {
        Side {
            id: PeerId(id),
            group: GroupIx(group),
            upload,
        }
    }

    /// A seed, two slow leechers and a fast one: a slow one unchokes the other for a second, and both send.
    fn tell(counts: &mut impl Observer) {
        let peers = [side(0, 0, 9.0), side(1, 1, 1.0), side(2, 1, 1.0), side(3, 1, 5.0)];
        for peer in &peers {
            let chunks = if peer.id.0 == 0 { 3 } else { 0 };
            counts.joined(SimTime::ZERO, peer.id, peer.group, peer.upload, 9.0, chunks);
        }
        counts.unchoke_began(SimTime::ZERO, &peers[1], true);
        counts.moved(&peers[1], &peers[2], true, 7);
        counts.moved(&peers[0], &peers[3], false, 9);
        counts.unchoke_ended(&Unchoke {
            started: SimTime::ZERO,
            ended: SECOND,
            from: peers[1],
            to: peers[2],
            optimistic: false,
            sender_leeches: true,
            bytes: 7,
        });
        for peer in &peers[1..] {
            counts.completed(SECOND, peer, SimTime::ZERO);
        }
    }

    fn given(bytes: u64, leeching: bool) -> Given {
        Given {
            bytes,
            bytes_leeching: if leeching { bytes } else { 0 },
            unchoked_ns: if leeching { u128::from(SECOND.0) } else { 0 },
            unchoked_leeching_ns: if leeching { u128::from(SECOND.0) } else { 0 },
        }
    }

    #[test]
    fn the_same_run_by_group_and_by_capacity() {
        let fast = Group {
            name: "fast".to_owned(),
            capacity: Capacity::Separate {
                upload: Draw::constant(5.0),
                download: None,
            },
            ..leechers()
        };
        let swarm = scenario(vec![seeds(), leechers(), fast]);
        let mut by_group = Exchanges::new(ByGroup::of(&swarm), 3);
        tell(&mut by_group);
        assert_eq!(*by_group.pair(1, 1), given(7, true));
        assert_eq!(*by_group.pair(0, 1), given(9, false));
        assert_eq!(by_group.unchoked_s_by_chance(1, 1).to_bits(), 1.0_f64.to_bits());

        // Classes of 5 and of 100 bytes per second: who has less than either is of the lower one.
        let mut by_capacity = Exchanges::new(Capacities::of(&swarm), 3);
        tell(&mut by_capacity);
        assert_eq!(by_capacity.all().count(), 2);
        assert_eq!(by_capacity.pair(0, 0).bytes, 16);
        assert_eq!(
            by_capacity
                .pairs()
                .map(|(from, to)| by_capacity.pair(from, to).bytes_leeching)
                .sum::<u64>(),
            7
        );
    }
}
