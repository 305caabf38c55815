//! How long what is missing still takes: its work, by the estimate that shards are dealt out by, at the pace of those who play now.

use std::collections::{BTreeMap, BTreeSet};

use super::merge::Parts;
use super::shard::{Shard, cost};
use crate::store::RunId;

/// The runs of a writer, as counts and as work.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    done: usize,
    done_cost: f64,
    /// Those that are in none of the files.
    pub left: usize,
    left_cost: f64,
}

impl Load {
    /// Work a second of a process that has played `runs` of them in `elapsed_s`; `None` if it has not finished any.
    pub fn pace(&self, runs: usize, elapsed_s: f64) -> Option<f64> {
        let mean = self.done_cost / self.done as f64;
        // What has just begun has taken a moment.
        (runs > 0 && self.done > 0).then(|| mean * runs as f64 / elapsed_s.max(1.0))
    }

    /// Seconds that what is left of them takes at this `pace`.
    pub fn eta_s(&self, pace: f64) -> f64 {
        self.left_cost / pace
    }
}

/// The load of each shard that has runs, where one of so many is `begun`; `None` is that of all runs.
pub(super) fn loads(parts: &Parts, begun: &BTreeSet<Shard>) -> BTreeMap<Option<Shard>, Load> {
    let costs = parts.plan.variants.iter().map(|variant| cost(&variant.scenario) as f64);
    let costs: Vec<_> = costs.collect();
    let add = |load: &mut Load, id: RunId| {
        if parts.records.contains(id) {
            load.done += 1;
            load.done_cost += costs[id.variant];
        } else {
            load.left += 1;
            load.left_cost += costs[id.variant];
        }
    };
    let mut all = Load::default();
    parts.wanted().for_each(|id| add(&mut all, id));
    let mut loads = BTreeMap::from([(None, all)]);
    let numbers: BTreeSet<u32> = begun.iter().map(|shard| shard.of).collect();
    for of in numbers {
        for (number, id) in Shard::deal(&parts.plan, of) {
            add(loads.entry(Some(Shard { number, of })).or_default(), id);
        }
    }
    loads
}

/// Seconds until nothing of `all` is missing. Each of those who play now has its load and its pace, if it has finished a run; what none of them plays
/// is taken to be played by as many at a time, as fast as they are.
pub(super) fn whole(all: &Load, playing: &[(Load, Option<f64>)]) -> Option<f64> {
    let paces: Vec<f64> = playing.iter().filter_map(|(_, pace)| *pace).collect();
    let mean = paces.iter().sum::<f64>() / paces.len() as f64;
    let last = playing.iter().map(|(load, pace)| load.eta_s(pace.unwrap_or(mean)));
    let together = all.eta_s(mean * playing.len() as f64);
    (!paces.is_empty()).then(|| last.fold(together, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(done: usize, left: usize, cost: f64) -> Load {
        Load {
            done,
            done_cost: done as f64 * cost,
            left,
            left_cost: left as f64 * cost,
        }
    }

    #[test]
    fn dear_runs_count_for_more() {
        let of_shard = Load {
            left_cost: 600.0,
            ..load(2, 3, 100.0)
        };
        let pace = of_shard.pace(2, 10.0).expect("a pace");
        assert_eq!((pace, of_shard.eta_s(pace)), (20.0, 30.0));
        assert_eq!(of_shard.pace(0, 10.0), None);
        // Of no time at all there is no pace.
        assert_eq!(of_shard.pace(1, 0.0), Some(100.0));
    }

    #[test]
    fn those_who_play_go_on_with_what_nobody_plays() {
        let one = load(5, 5, 1.0);
        // All is being played: the last one counts.
        let slow_and_fast = [(one, Some(0.5)), (one, Some(1.0))];
        assert_eq!(whole(&load(10, 10, 1.0), &slow_and_fast), Some(10.0));
        // Two more shards wait: 20 runs for two at 1.5 a second, together.
        assert_eq!(whole(&load(10, 30, 1.0), &slow_and_fast), Some(20.0));
        // Who has not finished a run is taken to be as fast as the others.
        let one_is_new = [(one, Some(0.5)), (one, None)];
        assert_eq!(whole(&load(5, 15, 1.0), &one_is_new), Some(15.0));
        assert_eq!(whole(&load(5, 15, 1.0), &[(one, None)]), None);
        assert_eq!(whole(&load(5, 15, 1.0), &[]), None);
    }
}
