//! From a scenario to the numbers of a theory, or why it does not fit.

use crate::metrics::bound::Uploads;
use crate::scenario::Scenario;
use crate::scenario::draw::{Draw, Shape};
use crate::scenario::model::{Arrival, Capacity, Choking, Departure, Group, StartsWith};

/// Why numbers do not fit a theory, and what would.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misfit(pub String);

/// `Err` with a message in the place of a value that does not fit.
pub(super) fn misfit<T>(message: impl Into<String>) -> Result<T, Misfit> {
    Err(Misfit(message.into()))
}

/// `value`, which must be above zero and finite; `name` is what messages call it.
pub(super) fn positive(name: &str, value: f64) -> Result<f64, Misfit> {
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        misfit(format!("{name} is {value}: it must be above 0"))
    }
}

/// The groups that start as seeds.
pub(super) fn seeds(scenario: &Scenario) -> impl Iterator<Item = &Group> {
    scenario.groups.iter().filter(|g| g.starts_with == StartsWith::All)
}

/// The groups that start with nothing; a group that starts with part of the file fits no theory here.
pub(super) fn leechers(scenario: &Scenario) -> Result<Vec<&Group>, Misfit> {
    let others = scenario.groups.iter().filter(|g| g.starts_with != StartsWith::All);
    let groups: Vec<_> = others.collect();
    if let Some(group) = groups.iter().find(|g| g.starts_with != StartsWith::Nothing) {
        return misfit(format!(
            "group `{}` starts with part of the file: the theory knows seeds and empty leechers only",
            group.name
        ));
    }
    if groups.is_empty() {
        return misfit("there are no leechers: the theory wants a group that starts with nothing");
    }
    Ok(groups)
}

/// The only group that starts with nothing, whose peers upload.
pub(super) fn one_kind_of_leecher(scenario: &Scenario) -> Result<&Group, Misfit> {
    match leechers(scenario)?[..] {
        [group] => uploads(group).map(|()| group),
        ref many => misfit(format!(
            "there are {} groups of leechers: the theory knows peers of one kind only",
            many.len()
        )),
    }
}

/// Refuses peers that keep their upload to themselves, as leechers or while they stay as seeds.
pub(super) fn uploads(group: &Group) -> Result<(), Misfit> {
    let leaves = matches!(group.departure, Departure::Selfish | Departure::FinishesUploads);
    if group.choking == Choking::FreeRider || (group.seeding == Choking::FreeRider && !leaves) {
        return misfit(format!(
            "the peers of `{}` are free riders, as leechers or as seeds: the theory wants peers that upload",
            group.name
        ));
    }
    Ok(())
}

/// The number of peers of a group that comes all at once; of a strategy of a mix those that play it.
pub(super) fn count(group: &Group) -> Result<u32, Misfit> {
    match (&group.arrival, group.count_known()) {
        (Arrival::AtOnce { .. }, Some(count)) => Ok(count),
        _ => misfit(format!(
            "the peers of `{}` come one by one: the theory wants a count, arrival = \"at-once\"",
            group.name
        )),
    }
}

/// The rate of Poisson arrivals, per second.
pub(super) fn poisson_per_sec(group: &Group) -> Result<f64, Misfit> {
    match group.arrival {
        Arrival::Poisson { per_sec, .. } => Ok(per_sec),
        _ => misfit(format!(
            "`{}` has other arrivals: the theory wants arrival.poisson",
            group.name
        )),
    }
}

/// The same for all: upload and download in bytes per second, the latter infinite when unlimited.
pub(super) fn capacity(group: &Group) -> Result<(f64, f64), Misfit> {
    let same = |key: &str, draw: &Draw| match draw.shape {
        Shape::Constant(_) => Ok(draw.mean()),
        _ => misfit(format!(
            "`{key}` of `{}` is drawn: the theory wants the same for all peers",
            group.name
        )),
    };
    match &group.capacity {
        Capacity::Separate { upload, download } => {
            let download = download.as_ref().map(|d| same("download", d)).transpose()?;
            Ok((same("upload", upload)?, download.unwrap_or(f64::INFINITY)))
        }
        Capacity::Classes(_) => misfit(format!(
            "`{}` has capacity_classes: the theory wants the same for all peers",
            group.name
        )),
    }
}

/// Sum of the upload capacities of the initial seeds that ever upload, bytes per second, which must stay.
pub(super) fn seed_upload(scenario: &Scenario) -> Result<f64, Misfit> {
    let mut sum = 0.0;
    for group in seeds(scenario) {
        if group.departure != Departure::Stays {
            return misfit(format!(
                "the seeds of `{}` leave: the theory wants departure = \"altruistic\"",
                group.name
            ));
        }
        if Uploads::of(group).initial_seeds {
            sum += f64::from(count(group)?) * capacity(group)?.0;
        }
    }
    Ok(sum)
}

/// Mean time for which a peer stays as a seed, in seconds; infinite for ever.
pub(super) fn mean_linger_s(group: &Group) -> Result<f64, Misfit> {
    match &group.departure {
        Departure::Selfish => Ok(0.0),
        Departure::Stays => Ok(f64::INFINITY),
        Departure::Lingers(span) => Ok(span.mean()),
        _ => misfit(format!(
            "the peers of `{}` leave by another rule: the theory wants \"selfish\" or altruistic.linger",
            group.name
        )),
    }
}
