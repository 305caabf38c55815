//! Classes of upload capacity. A run can't wait until it knows all its peers, and keeps none that has left: so the classes are fixed before it begins, from
//! what the scenario draws capacities from. They are those of the scenario, the same for every seed.

use crate::ids::GroupIx;
use crate::metrics::exchanges::Classes;
use crate::rng::{Purpose, stream};
use crate::scenario::Scenario;
use crate::scenario::draw::{Draw, Shape};
use crate::scenario::estimate::peers_expected;
use crate::scenario::model::{Arrival, Capacity, CapacityClass, Group, StartsWith};

/// Up to so many different capacities are a class each.
const VALUES_MAX: usize = 6;
/// Of more there are so many classes, with about as many leechers in each.
const PARTS: usize = 5;
/// Values drawn from the distributions of a scenario, shared out among them: a class misses its share by 0.4 % of the leechers.
const DRAWS: usize = 10_000;
/// Values drawn from each distribution at least.
const DRAWS_MIN: usize = 100;

/// A capacity, and how many leechers are expected to have it.
type Expected = (f64, f64);

/// Classes of upload capacity, the lowest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacities {
    /// Where each class begins, but for the first.
    starts: Vec<f64>,
}

impl Capacities {
    /// The classes of the leechers of `scenario`: one for each capacity if there are few, else fifths.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let mut uploads = uploads(scenario);
        uploads.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let values: Vec<Expected> = uploads
            .chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq())
            .map(|same| (same[0].0, same.iter().map(|upload| upload.1).sum()))
            .collect();
        let mut starts = if values.len() <= VALUES_MAX {
            values.iter().map(|value| value.0).collect()
        } else {
            fifths(&values)
        };
        // Where many have the same capacity classes fall together.
        starts.dedup();
        starts.retain(|start| *start > values[0].0);
        Self { starts }
    }
}

impl Classes for Capacities {
    fn count(&self) -> usize {
        self.starts.len() + 1
    }

    fn class(&self, _group: GroupIx, upload: f64) -> usize {
        self.starts.iter().filter(|start| **start <= upload).count()
    }
}

/// The capacities below which a fifth, two fifths, … are expected.
fn fifths(values: &[Expected]) -> Vec<f64> {
    let all: f64 = values.iter().map(|value| value.1).sum();
    let (mut starts, mut below) = (Vec::new(), 0.0);
    for (value, expected) in values {
        below += expected;
        // What is beyond by nothing but rounding is not beyond.
        while starts.len() + 1 < PARTS && below > all * (starts.len() + 1) as f64 / PARTS as f64 * (1.0 + 1e-9) {
            starts.push(*value);
        }
    }
    starts
}

/// The upload capacities of the leechers of `scenario`, in no order.
fn uploads(scenario: &Scenario) -> Vec<Expected> {
    // Those of a mix come as one, with the same capacities.
    let leechers = || {
        let cohorts = scenario.cohorts();
        cohorts.filter(|cohort| cohort[0].starts_with != StartsWith::All)
    };
    let draws = (DRAWS / leechers().count().max(1)).max(DRAWS_MIN);
    let mut all = Vec::new();
    for (number, cohort) in (0..).zip(leechers()) {
        let expected: f64 = cohort
            .iter()
            .map(|group| peers_expected(group, scenario.run.time_limit))
            .sum();
        let shares = of_cohort(&cohort[0], number, draws);
        all.extend(shares.into_iter().map(|(upload, share)| (upload, share * expected)));
    }
    all
}

/// The upload capacities of a cohort, with the share of each.
fn of_cohort(group: &Group, number: u32, draws: usize) -> Vec<Expected> {
    let (traced, peers) = match &group.arrival {
        Arrival::Trace { peers, .. } => (peers.iter().filter_map(|peer| peer.upload).collect(), peers.len()),
        _ => (Vec::new(), 0),
    };
    let each = 1.0 / peers.max(1) as f64;
    let mut all: Vec<Expected> = traced.iter().map(|upload| (upload.0, each)).collect();
    let rest = 1.0 - traced.len() as f64 * each;
    if traced.len() < peers.max(1) {
        let drawn = match &group.capacity {
            Capacity::Separate { upload, .. } => of_draw(upload, number, draws),
            Capacity::Classes(classes) => {
                let shares: f64 = classes.iter().map(|class| class.share).sum();
                let share = |class: &CapacityClass| (class.upload.0, class.share / shares);
                classes.iter().map(share).collect()
            }
        };
        all.extend(drawn.into_iter().map(|(upload, share)| (upload, share * rest)));
    }
    all
}

/// The values of `draw`, each with its share: exact where they are few, else as many as `draws`.
fn of_draw(draw: &Draw, number: u32, draws: usize) -> Vec<Expected> {
    match &draw.shape {
        Shape::Constant(value) => vec![(draw.within(*value), 1.0)],
        Shape::Table(rows) => {
            let weights: f64 = rows.iter().map(|row| row.0).sum();
            rows.iter().map(|row| (draw.within(row.1), row.0 / weights)).collect()
        }
        _ => {
            // The same for all seeds of a scenario, and for all thread counts.
            let mut rng = stream(0, Purpose::CapacityClasses, number);
            (0..draws)
                .map(|_| (draw.sample(&mut rng), 1.0 / draws as f64))
                .collect()
        }
    }
}

/// Who came of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Members {
    /// How many.
    pub count: u64,
    /// Their least and greatest upload capacity, bytes per second.
    pub span: Option<(f64, f64)>,
}

impl Members {
    /// Counts a peer with so much upload capacity.
    pub fn add(&mut self, upload: f64) {
        self.count += 1;
        let (least, most) = self.span.unwrap_or((upload, upload));
        self.span = Some((least.min(upload), most.max(upload)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{leechers, scenario, seeds};
    use crate::scenario::model::TracedPeer;
    use crate::units::{BytesPerSec, SimDuration, SimTime};

    fn drawing(shape: Shape) -> Group {
        Group {
            capacity: Capacity::Separate {
                upload: Draw {
                    shape,
                    at_least: 0.0,
                    at_most: f64::INFINITY,
                },
                download: None,
            },
            ..leechers()
        }
    }

    fn starts(groups: Vec<Group>) -> Vec<f64> {
        Capacities::of(&scenario(groups)).starts
    }

    fn table(values: &[f64]) -> Group {
        drawing(Shape::Table(values.iter().map(|value| (1.0, *value)).collect()))
    }

    #[test]
    fn few_capacities_are_a_class_each_and_seeds_have_none() {
        let six = Capacities::of(&scenario(vec![seeds(), table(&[6.0, 1.0, 2.0, 4.0, 3.0, 5.0])]));
        assert_eq!(six.starts, [2.0, 3.0, 4.0, 5.0, 6.0]);
        let class = |upload| six.class(GroupIx(1), upload);
        assert_eq!([1.0, 2.0, 6.0].map(class), [0, 1, 5]);
        // The seed is in the class that fits, as nobody of its own.
        assert_eq!(class(100.0), 5);
        assert_eq!(starts(vec![seeds(), leechers()]), [] as [f64; 0]);
        assert_eq!(starts(vec![seeds()]), [] as [f64; 0]);
    }

    #[test]
    fn more_are_joined_into_fifths() {
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(starts(vec![table(&ten)]), [3.0, 5.0, 7.0, 9.0]);
        // Half have the most: the upper classes are one.
        let most = [&ten[..6], &[7.0; 6]].concat();
        assert_eq!(starts(vec![table(&most)]), [3.0, 5.0, 7.0]);
        // Most have the least: the lower classes are one.
        let least = [&[1.0; 14], &ten[1..7]].concat();
        assert_eq!(starts(vec![table(&least)]), [4.0]);
    }

    #[test]
    fn groups_count_by_the_peers_that_are_expected() {
        let many = |shape, count| Group {
            arrival: Arrival::AtOnce {
                count,
                at: SimTime::ZERO,
                jitter: SimDuration::ZERO,
            },
            ..drawing(shape)
        };
        let slow = many(Shape::Uniform { min: 1.0, max: 2.0 }, 80);
        let fast = many(Shape::Uniform { min: 10.0, max: 20.0 }, 20);
        let found = starts(vec![slow, fast]);
        for (found, expected) in found.iter().zip([1.25, 1.5, 1.75]) {
            assert!((found - expected).abs() < 0.03, "{found} for {expected}");
        }
        assert!(found.len() == 4 && (1.99..10.1).contains(&found[3]), "{found:?}");
    }

    #[test]
    fn every_distribution_is_cut_into_fifths_of_about_the_same_size() {
        let draw = Draw {
            shape: Shape::LogNormal {
                median: 100.0,
                sigma: 0.8,
            },
            at_least: 30.0,
            at_most: 1e9,
        };
        let group = Group {
            capacity: Capacity::Separate {
                upload: draw.clone(),
                download: None,
            },
            ..leechers()
        };
        let classes = Capacities::of(&scenario(vec![seeds(), group]));
        let mut rng = stream(7, Purpose::Capacity, 1);
        let mut counts = [0_u32; PARTS];
        for _ in 0..20_000 {
            counts[classes.class(GroupIx(1), draw.sample(&mut rng))] += 1;
        }
        assert!(counts.iter().all(|count| (3_700..4_300).contains(count)), "{counts:?}");
    }

    #[test]
    fn rows_of_a_trace_and_access_lines_count_as_they_are() {
        let peer = |upload: Option<f64>| TracedPeer {
            at: SimTime::ZERO,
            upload: upload.map(BytesPerSec),
            download: None,
        };
        let line = |share, upload| CapacityClass {
            share,
            upload: BytesPerSec(upload),
            download: None,
        };
        let group = |rows: Vec<TracedPeer>| Group {
            arrival: Arrival::Trace {
                path: String::new(),
                peers: rows.into(),
            },
            capacity: Capacity::Classes(vec![line(1.0, 8.0), line(3.0, 9.0)]),
            ..leechers()
        };
        let all = group(vec![peer(Some(2.0)), peer(Some(1.0))]);
        assert_eq!(of_cohort(&all, 0, DRAWS), [(2.0, 0.5), (1.0, 0.5)]);
        let half = group(vec![peer(Some(2.0)), peer(None)]);
        assert_eq!(of_cohort(&half, 0, DRAWS), [(2.0, 0.5), (8.0, 0.125), (9.0, 0.375)]);
    }
}
