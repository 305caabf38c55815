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
        let dealt = Self::deal(plan, self.of).into_iter();
        let mut own: Vec<_> = dealt
            .filter(|(number, _)| *number == self.number)
            .flat_map(|(_, ids)| ids)
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

    /// Which of `of` shards plays which runs.
    pub(super) fn deal(plan: &Plan, of: u32) -> Vec<(u32, Vec<RunId>)> {
        let mut units = units(plan);
        // In another order for each run, so that no shard gets all of the variant that turns out to be dear.
        let turn = |id: &RunId| (id.variant + id.run as usize) % plan.variants.len().max(1);
        units.sort_by_key(|(cost, ids)| (Reverse(*cost), ids[0].run, turn(&ids[0])));
        let mut shards: BinaryHeap<Reverse<(u64, u32)>> = (1..=of).map(|number| Reverse((0, number))).collect();
        let mut dealt = Vec::with_capacity(units.len());
        for (cost, ids) in units {
            let Some(Reverse((load, number))) = shards.pop() else {
                break;
            };
            dealt.push((number, ids));
            shards.push(Reverse((load.saturating_add(cost), number)));
        }
        dealt
    }
}

/// What must be played by one shard, with its cost: a run; or all variants of a run, where they share a warm-up that is found in them.
fn units(plan: &Plan) -> Vec<(u64, Vec<RunId>)> {
    let costs: Vec<u64> = plan.variants.iter().map(|variant| cost(&variant.scenario)).collect();
    let of_run = |run| (0..costs.len()).map(move |variant| RunId { variant, run });
    if plan.cut() == WarmUp::Mser5 {
        let all = costs.iter().fold(0_u64, |sum, cost| sum.saturating_add(*cost));
        (0..plan.runs).map(|run| (all, of_run(run).collect())).collect()
    } else {
        (0..plan.runs)
            .flat_map(of_run)
            .map(|id| (costs[id.variant], vec![id]))
            .collect()
    }
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
