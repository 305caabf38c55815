//! Back-of-the-envelope figures of a scenario, from mean capacities.

use super::model::{Arrival, Capacity, Departure, Discovery, Group, Mode, Scenario, StartsWith};
use crate::units::SimDuration;

/// Mean upload capacity of a peer of `group` in bytes per second.
#[must_use]
pub fn upload_mean(group: &Group) -> f64 {
    match &group.capacity {
        Capacity::Separate { upload, .. } => {
            let traced = match &group.arrival {
                Arrival::Trace { peers, .. } => mean(peers.iter().filter_map(|peer| peer.upload.map(|rate| rate.0))),
                _ => None,
            };
            traced.unwrap_or_else(|| upload.mean())
        }
        Capacity::Classes(classes) => {
            let shares: f64 = classes.iter().map(|class| class.share).sum();
            classes.iter().map(|class| class.share / shares * class.upload.0).sum()
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// Peers that are sure to come.
fn count(group: &Group) -> f64 {
    group.count_known().map_or(0.0, f64::from)
}

/// Whether peers of the group come until the run ends, however late that is.
#[must_use]
pub fn is_open(arrival: &Arrival) -> bool {
    matches!(
        arrival,
        Arrival::Poisson {
            until: None,
            count: None,
            ..
        }
    )
}

/// How many peers of `group` will come up to `time_limit`; the mean where chance decides.
#[must_use]
pub fn peers_expected(group: &Group, time_limit: SimDuration) -> f64 {
    group.count_known().map_or_else(
        || group.share() * arrivals_expected(&group.arrival, time_limit),
        f64::from,
    )
}

/// How many peers `arrival` will bring up to `time_limit`; the mean where chance decides.
pub(super) fn arrivals_expected(arrival: &Arrival, time_limit: SimDuration) -> f64 {
    let at_most = |count: &Option<u32>| count.map_or(f64::INFINITY, f64::from);
    match arrival {
        Arrival::AtOnce { count, .. } => f64::from(*count),
        Arrival::Poisson {
            per_sec,
            from,
            until,
            count,
        } => {
            let last = until.map_or(time_limit.as_secs_f64(), |until| {
                until.as_secs_f64().min(time_limit.as_secs_f64())
            });
            (per_sec * (last - from.as_secs_f64()).max(0.0)).min(at_most(count))
        }
        Arrival::Decaying {
            initial_per_sec,
            decay,
            from,
            count,
        } => {
            let span = (time_limit.as_secs_f64() - from.as_secs_f64()).max(0.0);
            let decay = decay.as_secs_f64();
            (initial_per_sec * decay * -libm::expm1(-span / decay)).min(at_most(count))
        }
        Arrival::Trace { peers, .. } => peers.len() as f64,
    }
}

/// How many peers of `group` are there at once, at most: all that come, but for open arrivals whose peers leave again.
#[must_use]
pub fn present_at_most(group: &Group, scenario: &Scenario) -> f64 {
    let all = peers_expected(group, scenario.run.time_limit);
    let Arrival::Poisson { per_sec, .. } = group.arrival else {
        return all;
    };
    let stay_secs = match &group.departure {
        Departure::Selfish | Departure::FinishesUploads => 0.0,
        Departure::Lingers(span) => span.mean(),
        _ => return all,
    };
    // A download at its own upload rate, twice over to be on the safe side (Little's law).
    let upload = upload_mean(group);
    all.min(group.share() * per_sec * (2.0 * scenario.file.size.0 as f64 / upload + stay_secs))
}

/// How many places for connections a peer of `group` has: in a full mesh one for each that comes.
#[must_use]
pub fn connection_places(group: &Group, scenario: &Scenario) -> f64 {
    match scenario.discovery {
        _ if scenario.run.mode != Mode::Bittorrent => 0.0,
        Discovery::Tracker(_) => f64::from(group.connections.most()),
        Discovery::FullMesh => {
            let limit = scenario.run.time_limit;
            scenario.groups.iter().map(|group| peers_expected(group, limit)).sum()
        }
    }
}

/// The share of the file that a peer of a group has when it joins, on average.
#[must_use]
pub fn share_at_start(starts_with: &StartsWith, chunks: usize) -> f64 {
    match starts_with {
        StartsWith::Nothing => 0.0,
        StartsWith::All => 1.0,
        StartsWith::Fraction(share) => share.mean().clamp(0.0, 1.0),
        StartsWith::AllBut(missing) => 1.0 - f64::from(*missing) / chunks as f64,
    }
}

/// Seconds in which everyone can have the file at best, by the upload capacities (Kumar & Ross 2006, with means for
/// distributions): the seeds must send each byte once, and all together must send it to all. 0 if nobody has it whole,
/// or nobody is sure to want it.
#[must_use]
pub fn download_seconds_min(scenario: &Scenario) -> f64 {
    let (seeds, leechers): (Vec<_>, Vec<_>) = scenario
        .groups
        .iter()
        .partition(|group| group.starts_with == StartsWith::All);
    let upload = |groups: &[&Group]| {
        groups
            .iter()
            .map(|group| count(group) * upload_mean(group))
            .sum::<f64>()
    };
    let wanting: f64 = leechers
        .iter()
        .filter(|group| group.starts_with == StartsWith::Nothing)
        .map(|g| count(g))
        .sum();
    let (seed_upload, leecher_upload) = (upload(&seeds), upload(&leechers));
    let size = scenario.file.size.0 as f64;
    if seed_upload <= 0.0 || wanting <= 0.0 || wanting < leechers.iter().map(|group| count(group)).sum() {
        return 0.0;
    }
    (size / seed_upload).max(wanting * size / (seed_upload + leecher_upload))
}

/// About how many chunks will be transferred up to the time limit.
#[must_use]
pub fn transfers_expected(scenario: &Scenario) -> f64 {
    let chunks = scenario.file.chunks();
    let of_group = |group: &Group| {
        let wanted = (1.0 - share_at_start(&group.starts_with, chunks)) * chunks as f64;
        peers_expected(group, scenario.run.time_limit) * wanted
    };
    scenario.groups.iter().map(of_group).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimTime;

    #[test]
    fn arrivals_that_decay_are_those_up_to_the_time_limit() {
        let arrival = |from_s: u64| Arrival::Decaying {
            initial_per_sec: 10.0,
            decay: SimDuration::from_secs(1000),
            from: SimTime::ZERO + SimDuration::from_secs(from_s),
            count: None,
        };
        let expected = |from_s, limit_s| arrivals_expected(&arrival(from_s), SimDuration::from_secs(limit_s));
        assert!((expected(0, 100_000) - 10_000.0).abs() < 1e-9);
        // Of all that come, 1 - 1/e come in the time in which the rate falls to 1/e.
        assert!((expected(500, 1500) - 6_321.205_588).abs() < 1e-5);
        assert!(expected(500, 400) == 0.0);
    }
}
