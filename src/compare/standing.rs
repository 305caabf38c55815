//! What would happen to what is there, found out without touching it.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::directory::{Directory, Existing};
use super::drive::{check_runs, is_there, of_run, runs_so_far};
use super::error::CompareError;
use super::merge::check_conflicts;
use super::place::store_in;
use super::plan::Plan;
use super::plan_file::PlanFile;
use super::shard::Shard;
use crate::store::{Damage, Records, RunId, Store, StoreError, WHOLE};

/// How much of what a process would play is there already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Runs that are there.
    pub done: u64,
    /// Runs that are wanted.
    pub of: u64,
    /// What can't be read.
    pub damages: Vec<Damage>,
}

/// Checks that `plan`, or one `shard` of it, can go to `path` as `existing` says, and looks what is there of it; nothing is made or played.
///
/// # Errors
/// When something stands there that may not be used, that has another plan or other runs, or that another process writes.
pub fn check(plan: &Plan, shard: Option<Shard>, path: &Path, existing: Existing) -> Result<Standing, CompareError> {
    Directory::check(path, existing)?;
    if existing == Existing::Join {
        is_there(&PlanFile::of(plan), path)?;
    }
    let records = match store_in(path) {
        store if existing.goes_on() && store.exists() => {
            let segment = shard.map_or(WHOLE.to_owned(), |shard| shard.segment());
            look_into(&store, &segment, plan)?
        }
        _ => Records::default(),
    };
    if shard.is_none() {
        check_runs(plan, &records, plan.most_runs())?;
    }
    let all = || (0..runs_so_far(plan, &records)).flat_map(|run| of_run(plan, run));
    let wanted: Vec<_> = shard.map_or_else(|| all().collect(), |shard| shard.runs(plan));
    let is_done = |id: &&RunId| records.contains(**id);
    Ok(Standing {
        done: wanted.iter().filter(is_done).count() as u64,
        of: wanted.len() as u64,
        damages: records.damages().to_vec(),
    })
}

/// What is in `store`, for a process that would write the segment called `own`.
fn look_into(store: &Path, own: &str, plan: &Plan) -> Result<Records, CompareError> {
    let own = Store::segment_in(store, own);
    if Store::is_in_use(&own) {
        return Err(StoreError::InUse(own).into());
    }
    let records = Records::read(&[store.to_owned()], &plan.fingerprint(), &AtomicBool::new(false))?;
    check_conflicts(plan, &records)?;
    Ok(records)
}
