//! A part of all runs, for one of several machines: who plays what follows from the plan alone, so nobody has to hand out work.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::{self, Display};
use std::str::FromStr;

use super::plan::Plan;
use crate::scenario::limits::SHARDS_MAX;
use crate::scenario::study::WarmUp;
use crate::scenario::{Scenario, estimate};
use crate::store::RunId;

/// One of several parts of all runs, `2/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// Which one, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(number, of)| {
            let whole = |text: &str| text.trim().parse::<u32>().ok();
            Some((whole(number)?, whole(of)?))
        });
        match parts {
            Some((number, of)) if (1..=of).contains(&number) && of <= SHARDS_MAX => Ok(Self { number, of }),
            Some((_, of)) if of > SHARDS_MAX => Err(format!("at most {SHARDS_MAX} shards are possible")),
            Some((_, of)) if of > 0 => Err(format!("the shards are 1/{of} to {of}/{of}")),
            _ => Err(format!(
                "a shard is a number and how many there are, at most {SHARDS_MAX}, such as 2/8"
            )),
        }
    }
}

impl Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// The name of the segment that it writes.
    #[must_use]
    pub fn segment(&self) -> String {
        format!("shard-{}-of-{}", self.number, self.of)
    }

    /// The shard that writes the segment called `name`, if one does.
    #[must_use]
    pub fn of_segment(name: &str) -> Option<Self> {
        let (number, of) = name.strip_prefix("shard-")?.split_once("-of-")?;
        format!("{number}/{of}").parse().ok()
    }

    /// Its runs, in order. All shards together have every run of `plan` once, and about as much work each: runs are dealt out by their
    /// estimated cost, the dearest first, always to the shard that has least.
    #[must_use]
    pub fn runs(&self, plan: &Plan) -> Vec<RunId> {
        let mut own: Vec<_> = Self::deal(plan, self.of)
            .filter(|(number, _)| *number == self.number)
            .map(|(_, id)| id)
            .collect();
        own.sort_by_key(|id| (id.run, id.variant));
        own
    }

    /// The share of all work that its runs are, by the estimate that they are dealt out by: with the time that they took it gives a guess at
    /// the time of all.
    #[must_use]
    pub fn share(&self, plan: &Plan) -> f64 {
        let costs: Vec<f64> = plan
            .variants
            .iter()
            .map(|variant| cost(&variant.scenario) as f64)
            .collect();
        let own: f64 = self.runs(plan).iter().map(|id| costs[id.variant]).sum();
        own / (costs.iter().sum::<f64>() * f64::from(plan.runs))
    }

    /// Which of `of` shards plays which runs. What is kept of a run are a few bytes, for there may be millions.
    pub(super) fn deal(plan: &Plan, of: u32) -> impl Iterator<Item = (u32, RunId)> {
        let (units, costs) = units(plan);
        let together = plan.variants.len() / costs.len().max(1);
        let mut shards: BinaryHeap<Reverse<(u64, u32)>> = (1..=of).map(|number| Reverse((0, number))).collect();
        let dealt = units.into_iter().map_while(move |unit| {
            let Reverse((load, number)) = shards.pop()?;
            shards.push(Reverse((load.saturating_add(costs[unit.variant]), number)));
            Some((number, unit))
        });
        dealt.flat_map(move |(number, unit)| {
            let variants = unit.variant..unit.variant + together;
            variants.map(move |variant| (number, RunId { variant, ..unit }))
        })
    }
}

/// What must be played by one shard, by its first run, in the order in which it is dealt out, and what it costs by that run's variant: a run; or all variants of
/// a run, where they share a warm-up that is found in them.
fn units(plan: &Plan) -> (Vec<RunId>, Vec<u64>) {
    let mut costs: Vec<u64> = plan.variants.iter().map(|variant| cost(&variant.scenario)).collect();
    if plan.cut() == WarmUp::Mser5 {
        costs = vec![costs.iter().fold(0, |sum: u64, cost| sum.saturating_add(*cost))];
    }
    let first_of = |run| (0..costs.len()).map(move |variant| RunId { variant, run });
    let mut units: Vec<_> = (0..plan.runs).flat_map(first_of).collect();
    // In another order for each run, so that no shard gets all of the variant that turns out to be dear.
    let turn = |id: &RunId| (id.variant + id.run as usize) % plan.variants.len().max(1);
    units.sort_unstable_by_key(|id| (Reverse(costs[id.variant]), id.run, turn(id)));
    (units, costs)
}

/// What a peer takes besides its chunks (its connections, a decision every ten seconds), in chunk transfers. Of a file of 64 MiB in 16, 64, 256 and 1024 chunks, 400
/// peers took 0.14, 0.20, 0.25 and 0.49 s.
const PEER_COST: f64 = 300.0;

/// How dear a run of `scenario` is, in chunk transfers and at least one.
pub(super) fn cost(scenario: &Scenario) -> u64 {
    let peers = scenario
        .groups
        .iter()
        .map(|group| estimate::peers_expected(group, scenario.run.time_limit));
    let cost = estimate::transfers_expected(scenario) + PEER_COST * peers.sum::<f64>();
    (cost as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn shards(of: u32) -> impl Iterator<Item = Shard> {
        (1..=of).map(move |number| Shard { number, of })
    }

    #[test]
    fn shards_are_read_as_they_are_written() {
        let shard = Shard { number: 2, of: 8 };
        assert_eq!(
            ("2/8".parse(), Shard::of_segment(&shard.segment())),
            (Ok(shard), Some(shard))
        );
        assert_eq!(Shard::of_segment("segment-0"), None);
        for (wrong, help) in [
            ("0/8", "the shards are 1/8 to 8/8"),
            ("9/8", "the shards are 1/8 to 8/8"),
            ("1/0", "such as 2/8"),
            ("2", "such as 2/8"),
            ("-1/2", "such as 2/8"),
            ("1/100001", "at most 100000 shards"),
        ] {
            let error = wrong.parse::<Shard>().expect_err(wrong);
            assert!(error.contains(help), "{error}");
        }
    }

    #[test]
    fn together_they_have_every_run_once() {
        let plan = testing::plan("group.leechers.count=10,20,300", 7);
        for of in [1, 2, 3, 20, 40] {
            let mut all: Vec<_> = shards(of).flat_map(|shard| shard.runs(&plan)).collect();
            all.sort();
            let wanted: Vec<_> = (0..3)
                .flat_map(|variant| (0..7).map(move |run| RunId { variant, run }))
                .collect();
            assert_eq!(all, wanted, "{of} shards");
        }
    }

    #[test]
    fn the_work_is_shared_out_equally() {
        let plan = testing::plan("group.leechers.count=10,20,300", 8);
        let costs: Vec<u64> = plan.variants.iter().map(|variant| cost(&variant.scenario)).collect();
        let chunks = plan.base.file.chunks() as u64;
        // With the seed, which fetches nothing.
        assert_eq!(
            costs,
            [10, 20, 300].map(|leechers| leechers * chunks + (leechers + 1) * 300)
        );
        let load = |shard: Shard| shard.runs(&plan).iter().map(|id| costs[id.variant]).sum::<u64>();
        // 8 dear runs for 4 shards, and cheap ones that fill up.
        let loads: Vec<_> = shards(4).map(load).collect();
        let all: u64 = costs.iter().sum();
        assert_eq!(loads, [2 * all; 4]);
        let shares: Vec<_> = shards(4).map(|shard| shard.share(&plan)).collect();
        assert_eq!(shares, [0.25; 4]);
        // Alone in its shard, the dearest run is so much of one of 8 runs.
        let dearest = Shard { number: 1, of: 24 }.share(&plan);
        assert!(
            (dearest - costs[2] as f64 / all as f64 / 8.0).abs() < 1e-12,
            "{dearest}"
        );
    }

    /// Shards of a study that is under way stay what they are: the rule, written down once more.
    #[test]
    fn who_plays_what_is_never_changed() {
        let mut plan = testing::plan("group.leechers.count=10,20,300,21,100", 9);
        for warm_up in [None, Some(WarmUp::Mser5)] {
            plan.warm_up = warm_up;
            let costs: Vec<u64> = plan.variants.iter().map(|variant| cost(&variant.scenario)).collect();
            let variants = costs.len();
            let mut dealt: Vec<(u64, Vec<RunId>)> = Vec::new();
            for run in 0..plan.runs {
                let ids: Vec<_> = (0..variants).map(|variant| RunId { variant, run }).collect();
                match warm_up {
                    Some(_) => dealt.push((costs.iter().sum(), ids)),
                    None => dealt.extend(ids.into_iter().map(|id| (costs[id.variant], vec![id]))),
                }
            }
            dealt.sort_by_key(|(cost, ids)| (Reverse(*cost), ids[0].run, (ids[0].variant + run_of(ids)) % variants));
            for of in [1, 2, 3, 7, 50] {
                let mut loads = vec![(0, Vec::new()); of as usize];
                for (cost, ids) in &dealt {
                    let least = loads.iter_mut().min_by_key(|(load, _)| *load).expect("a shard");
                    least.0 += cost;
                    least.1.extend(ids.iter().copied());
                }
                for (number, (_, mut ids)) in (1..=of.min(60)).zip(loads) {
                    ids.sort_by_key(|id| (id.run, id.variant));
                    assert_eq!(Shard { number, of }.runs(&plan), ids, "{number}/{of}");
                }
            }
        }
    }

    fn run_of(ids: &[RunId]) -> usize {
        ids[0].run as usize
    }

    #[test]
    fn runs_that_share_a_warm_up_stay_together() {
        let mut plan = testing::plan("group.leechers.count=10,20,300", 5);
        plan.warm_up = Some(WarmUp::Mser5);
        for shard in shards(3) {
            let runs = shard.runs(&plan);
            assert!(
                runs.chunks(3)
                    .all(|three| three.iter().all(|id| id.run == three[0].run))
            );
        }
    }
}
