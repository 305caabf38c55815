//! Who comes when, and how long they stay.

mod deck;

use self::deck::Deck;
use crate::ids::GroupIx;
use crate::rng::{Purpose, Rng, stream};
use crate::scenario::Scenario;
use crate::scenario::model::{Arrival, Group, TracedPeer};
use crate::units::{SimDuration, SimTime};
use rand::RngExt;
use std::sync::Arc;

/// Those who come as one: the peers of a group, or of all groups of a mix.
#[derive(Clone, Debug)]
pub struct Cohort {
    arrivals: Arrivals,
    first: GroupIx,
    deck: Option<Deck>,
}

impl Cohort {
    /// The cohorts of `scenario`, in the order of its file.
    #[must_use]
    pub fn all(scenario: &Scenario) -> Vec<Self> {
        let mut first = 0;
        let cohort = |(number, groups): (u32, &[Group])| {
            let cohort = Self {
                arrivals: Arrivals::new(scenario.seed, number, &groups[0].arrival),
                first: GroupIx(first),
                deck: Deck::new(scenario.seed, number, GroupIx(first), groups),
            };
            first += groups.len() as u32;
            cohort
        };
        (0..).zip(scenario.cohorts()).map(cohort).collect()
    }
}

/// One arrival after the other, each with its group.
impl Iterator for Cohort {
    type Item = (GroupIx, Arriving);

    fn next(&mut self) -> Option<Self::Item> {
        let arriving = self.arrivals.next()?;
        let group = self.deck.as_mut().map_or(self.first, Deck::deal);
        Some((group, arriving))
    }
}

/// The arrivals of one cohort, one after the other.
#[derive(Clone, Debug)]
pub struct Arrivals {
    source: Source,
    rng: Rng,
    /// Peers that may still come, if limited.
    left: Option<u32>,
}

#[derive(Clone, Debug)]
enum Source {
    /// All at the same instant.
    Together(SimTime),
    /// Drawn beforehand; the next one last.
    Drawn(Vec<SimTime>),
    Poisson {
        per_sec: f64,
        next_secs: f64,
        until: SimTime,
    },
    /// `mass` is the integral of the rate up to the last arrival, in peers.
    Decaying {
        initial_per_sec: f64,
        decay_secs: f64,
        from: SimTime,
        mass: f64,
    },
    Trace {
        rows: Arc<[TracedPeer]>,
        next: usize,
    },
}

/// One arrival.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arriving {
    /// When.
    pub at: SimTime,
    /// The row of the trace, where the group follows one.
    pub traced: Option<TracedPeer>,
}

impl Arrivals {
    /// The arrivals of the cohort with number `cohort`.
    #[must_use]
    pub fn new(seed: u64, cohort: u32, rule: &Arrival) -> Self {
        let mut rng = stream(seed, Purpose::Arrival, cohort);
        let (source, left) = match *rule {
            Arrival::AtOnce { count, at, jitter } if jitter.is_zero() => (Source::Together(at), Some(count)),
            Arrival::AtOnce { count, at, jitter } => {
                let mut times: Vec<SimTime> = (0..count)
                    .map(|_| at + SimDuration(rng.random_range(0..=jitter.0)))
                    .collect();
                times.sort_unstable_by(|a, b| b.cmp(a));
                (Source::Drawn(times), Some(count))
            }
            Arrival::Poisson {
                per_sec,
                from,
                until,
                count,
            } => {
                let until = until.unwrap_or(SimTime::NEVER);
                (
                    Source::Poisson {
                        per_sec,
                        next_secs: from.as_secs_f64(),
                        until,
                    },
                    count,
                )
            }
            Arrival::Decaying {
                initial_per_sec,
                decay,
                from,
                count,
            } => (
                Source::Decaying {
                    initial_per_sec,
                    decay_secs: decay.as_secs_f64(),
                    from,
                    mass: 0.0,
                },
                count,
            ),
            Arrival::Trace { ref peers, .. } => (
                Source::Trace {
                    rows: Arc::clone(peers),
                    next: 0,
                },
                None,
            ),
        };
        Self { source, rng, left }
    }
}

/// One arrival after the other, never before the one before.
impl Iterator for Arrivals {
    type Item = Arriving;

    fn next(&mut self) -> Option<Arriving> {
        if self.left == Some(0) {
            return None;
        }
        let arriving = self.source.next(&mut self.rng)?;
        self.left = self.left.map(|n| n - 1);
        Some(arriving)
    }
}

impl Source {
    fn next(&mut self, rng: &mut Rng) -> Option<Arriving> {
        let at = match self {
            Self::Together(at) => *at,
            Self::Drawn(times) => times.pop()?,
            Self::Poisson {
                per_sec,
                next_secs,
                until,
            } => {
                *next_secs += unit_exponential(rng) / *per_sec;
                let at = SimTime::from_secs_f64(*next_secs);
                if at >= *until {
                    return None;
                }
                at
            }
            // The k-th arrival is where the integral of the rate reaches the k-th arrival of a unit Poisson process:
            // λ₀τ(1 − e^(−t/τ)) = mass.
            Self::Decaying {
                initial_per_sec,
                decay_secs,
                from,
                mass,
            } => {
                *mass += unit_exponential(rng);
                let share = *mass / (*initial_per_sec * *decay_secs);
                if share >= 1.0 {
                    return None;
                }
                *from + SimDuration::from_secs_f64(-*decay_secs * libm::log1p(-share))
            }
            Self::Trace { rows, next } => {
                let row = *rows.get(*next)?;
                *next += 1;
                return Some(Arriving {
                    at: row.at,
                    traced: Some(row),
                });
            }
        };
        Some(Arriving { at, traced: None })
    }
}

/// When something that happens at `per_sec` next happens, counted from `now`; never at a rate of 0.
pub fn next_at_rate(now: SimTime, per_sec: f64, rng: &mut Rng) -> SimTime {
    if per_sec > 0.0 {
        now + SimDuration::from_secs_f64(unit_exponential(rng) / per_sec)
    } else {
        SimTime::NEVER
    }
}

/// A draw from the exponential distribution with mean 1, by inversion through `libm`: the same bits on every platform.
fn unit_exponential(rng: &mut Rng) -> f64 {
    -libm::log1p(-rng.random::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(rule: &Arrival) -> Vec<f64> {
        Arrivals::new(1, 0, rule).map(|a| a.at.as_secs_f64()).collect()
    }

    #[test]
    fn a_flash_crowd_comes_within_the_jitter_in_order() {
        let at = SimTime::from_secs_f64(3.0);
        assert_eq!(
            times(&Arrival::AtOnce {
                count: 3,
                at,
                jitter: SimDuration::ZERO
            }),
            [3.0; 3]
        );
        let all = times(&Arrival::AtOnce {
            count: 2000,
            at,
            jitter: SimDuration::from_secs(5),
        });
        assert!(all.is_sorted() && all[0] >= 3.0 && all[1999] <= 8.0);
        let mean = all.iter().sum::<f64>() / 2000.0;
        assert!((mean - 5.5).abs() < 0.1, "{mean}");
    }

    #[test]
    fn poisson_arrivals_have_their_rate_and_bounds() {
        let until = Some(SimTime::from_secs_f64(1100.0));
        let rule = Arrival::Poisson {
            per_sec: 10.0,
            from: SimTime::from_secs_f64(100.0),
            until,
            count: None,
        };
        let all = times(&rule);
        assert!((9700..10300).contains(&all.len()), "{}", all.len());
        assert!(all.is_sorted() && all[0] > 100.0 && all[all.len() - 1] < 1100.0);
        let capped = Arrival::Poisson {
            per_sec: 10.0,
            from: SimTime::ZERO,
            until: None,
            count: Some(7),
        };
        assert_eq!(times(&capped).len(), 7);
    }

    #[test]
    fn a_decaying_flash_crowd_sums_to_rate_times_decay() {
        let rule = Arrival::Decaying {
            initial_per_sec: 20.0,
            decay: SimDuration::from_secs(500),
            from: SimTime::ZERO,
            count: None,
        };
        let all = times(&rule);
        assert!((9700..10300).contains(&all.len()), "λ₀τ is 10,000, not {}", all.len());
        let first = all.iter().filter(|&&t| t < 500.0).count() as f64 / all.len() as f64;
        assert!((first - (1.0 - (-1.0_f64).exp())).abs() < 0.02, "{first}");
    }
}
