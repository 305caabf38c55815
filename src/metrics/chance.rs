//! Whom leechers would unchoke by chance: who chooses blindly meets a class of peers, say a group, as often as its leechers are there. Classes that are done early leave
//! the others among themselves, so sizes of classes alone would take that for preference.

use crate::units::SimTime;

/// Less than this is nothing but rounding: sums run over the whole time of a run, and are exact to some 10⁻¹² of that.
const ROUNDING_S: f64 = 1e-6;

/// Follows who is there, and splits the time of every unchoke by a leecher among the classes, by their shares of the other leechers at each moment.
#[derive(Clone, Debug)]
pub struct Chance {
    /// Leechers of each class that are there.
    there: Vec<u32>,
    /// Up to when all has been added up.
    at: SimTime,
    /// For each class, its leechers over all leechers but one, summed over time.
    met_s: Vec<f64>,
    /// The part of one leecher in that: it never meets itself.
    itself_s: f64,
    /// For each pair of classes the seconds that fall to the second. What has not ended yet has only its begin in them.
    unchoked_s: Vec<f64>,
}

impl Chance {
    /// Nobody is there yet of so many `classes`.
    #[must_use]
    pub fn new(classes: usize) -> Self {
        Self {
            there: vec![0; classes],
            at: SimTime::ZERO,
            met_s: vec![0.0; classes],
            itself_s: 0.0,
            unchoked_s: vec![0.0; classes * classes],
        }
    }

    /// A leecher of `class` joins.
    pub fn comes(&mut self, now: SimTime, class: usize) {
        self.go_on(now);
        self.there[class] += 1;
    }

    /// A leecher of `class` leaves, or has the file.
    pub fn goes(&mut self, now: SimTime, class: usize) {
        self.go_on(now);
        self.there[class] -= 1;
    }

    /// A leecher of class `from` unchokes somebody.
    pub fn begins(&mut self, now: SimTime, from: usize) {
        self.add(now, from, -1.0);
    }

    /// An unchoke by a leecher of class `from` ends.
    pub fn ends(&mut self, now: SimTime, from: usize) {
        self.add(now, from, 1.0);
    }

    /// Seconds that leechers of class `from` would have unchoked `to` by chance, once all unchokes have ended.
    #[must_use]
    pub fn unchoked_s(&self, from: usize, to: usize) -> f64 {
        let unchoked_s = self.unchoked_s[from * self.there.len() + to];
        // Sums that cancel leave rounding, of either sign, where two classes never met.
        if unchoked_s < ROUNDING_S { 0.0 } else { unchoked_s }
    }

    /// Adds up the time until `now`.
    fn go_on(&mut self, now: SimTime) {
        let span_s = now.since(self.at).as_secs_f64();
        self.at = now;
        let all: u32 = self.there.iter().sum();
        if all < 2 || span_s <= 0.0 {
            return;
        }
        let each_s = span_s / f64::from(all - 1);
        self.itself_s += each_s;
        for (met_s, there) in self.met_s.iter_mut().zip(&self.there) {
            *met_s += f64::from(*there) * each_s;
        }
    }

    fn add(&mut self, now: SimTime, from: usize, sign: f64) {
        self.go_on(now);
        let classes = self.there.len();
        let row = &mut self.unchoked_s[from * classes..][..classes];
        for (unchoked_s, met_s) in row.iter_mut().zip(&self.met_s) {
            *unchoked_s += sign * met_s;
        }
        row[from] -= sign * self.itself_s;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    const FEW: usize = 0;
    const MANY: usize = 1;

    fn at(seconds: f64) -> SimTime {
        SimTime::from_secs_f64(seconds)
    }

    #[test]
    fn classes_that_never_meet_have_no_chance_at_all() {
        let mut chance = Chance::new(2);
        // Thirds of seconds, which no binary fraction is.
        for class in [0, 1] {
            let start = 10_000.0 * class as f64 + 1.0 / 3.0;
            (0..4).for_each(|_| chance.comes(at(start), class));
            for i in 0..300 {
                chance.begins(at(start + f64::from(i) / 3.0), class);
                chance.ends(at(start + f64::from(i + 1) / 3.0), class);
            }
            (0..4).for_each(|_| chance.goes(at(start + 200.1), class));
        }
        let across = [chance.unchoked_s(0, 1), chance.unchoked_s(1, 0)];
        assert_eq!(across.map(f64::to_bits), [0, 0]);
        assert!((chance.unchoked_s(1, 1) - 100.0).abs() < 1e-6);
    }

    #[test]
    fn those_that_are_left_meet_each_other() {
        let mut chance = Chance::new(2);
        for group in [FEW, MANY, MANY] {
            chance.comes(at(5.0), group);
        }
        chance.begins(at(10.0), MANY);
        chance.begins(at(10.0), FEW);
        chance.ends(at(20.0), FEW);
        chance.goes(at(20.0), FEW);
        chance.ends(at(50.0), MANY);
        assert_eq!(
            [0, 1].map(|to| chance.unchoked_s(0, to).to_bits()),
            [0.0, 10.0].map(f64::to_bits)
        );
        // One of each for 10 s, then 30 s with its own alone.
        assert_eq!(
            [0, 1].map(|to| chance.unchoked_s(1, to).to_bits()),
            [5.0, 35.0].map(f64::to_bits)
        );
    }

    #[test]
    fn who_is_alone_meets_nobody() {
        let mut chance = Chance::new(1);
        chance.comes(SimTime::ZERO, FEW);
        chance.begins(at(1.0), FEW);
        chance.ends(at(9.0), FEW);
        assert!(chance.unchoked_s(0, 0) <= 0.0);
    }

    /// The definition, moment by moment.
    #[test]
    fn it_is_the_mean_share_of_the_others_over_the_time_unchoked() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let (mut chance, mut slots, mut there) = (Chance::new(3), [0_u32; 3], [2_u32; 3]);
        for group in [0, 0, 1, 1, 2, 2] {
            chance.comes(SimTime::ZERO, group);
        }
        let mut expected = [[0.0; 3]; 3];
        for second in 0..2_000 {
            let (group, now) = (rng.random_range(0..3_usize), at(f64::from(second)));
            match rng.random_range(0..4) {
                0 => (chance.comes(now, group), there[group] += 1).1,
                1 if there[group] > 2 => (chance.goes(now, group), there[group] -= 1).1,
                2 => (chance.begins(now, group), slots[group] += 1).1,
                3 if slots[group] > 0 => (chance.ends(now, group), slots[group] -= 1).1,
                _ => (),
            }
            let all: u32 = there.iter().sum();
            for (from, to) in (0..9).map(|k| (k / 3, k % 3)) {
                let others = there[to] - u32::from(from == to);
                expected[from][to] += f64::from(slots[from]) * f64::from(others) / f64::from(all - 1);
            }
        }
        for (group, slots) in slots.into_iter().enumerate() {
            (0..slots).for_each(|_| chance.ends(at(2_000.0), group));
        }
        for (from, to) in (0..9).map(|k| (k / 3, k % 3)) {
            let (found, expected) = (chance.unchoked_s(from, to), expected[from][to]);
            assert!(
                expected > 100.0 && (found / expected - 1.0).abs() < 1e-9,
                "{found} against {expected}"
            );
        }
    }
}
