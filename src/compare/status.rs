//! How far the parts of a sweep or a comparison are, read from their store alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::merge::{Parts, label};
use super::plan::Plan;
use super::shard::Shard;
use super::which_runs::{DoubleRuns, RunsOf, by_files, by_variant};
use crate::progress::unix_seconds;
use crate::store::{Damage, Double, RunId, SegmentFile, Stage, Store, WHOLE};

/// How far it is.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// Name of the scenario.
    pub name: String,
    /// Runs that are there.
    pub done: usize,
    /// Runs of the plan.
    pub wanted: usize,
    /// Runs of each variant.
    pub runs: u32,
    /// What is there of each variant.
    pub variants: Vec<OfVariant>,
    /// Who writes, or has written.
    pub parts: Vec<Part>,
    /// Shards of which nothing is there yet.
    pub not_begun: Vec<String>,
    /// Runs that are not there.
    pub missing: Vec<RunsOf>,
    /// How many runs are there more than once.
    pub doubles: usize,
    /// Which, and where.
    pub double: Vec<DoubleRuns>,
    /// Those of them of which two lines say different things, in words.
    pub conflicts: Vec<String>,
    /// What can't be read.
    #[serde(serialize_with = "lines")]
    pub damages: Vec<Damage>,
}

/// What is there of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfVariant {
    /// Its label.
    pub variant: String,
    /// Runs that are there.
    pub done: usize,
}

/// One writer.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// The file that it writes.
    pub segment: String,
    /// The shard `I/N`; `None` for one that plays all runs.
    pub shard: Option<String>,
    /// The name of the file, without its end.
    #[serde(skip)]
    pub name: String,
    /// Runs in the file.
    pub done: usize,
    /// Runs that are its own and are in none of the files.
    pub left: usize,
    /// What it does.
    #[serde(flatten)]
    pub state: State,
    /// When it last began or ended, in seconds since 1970.
    pub since_unix_s: Option<u64>,
    /// Seconds that it still needs, if it is running and has finished a run.
    pub eta_s: Option<f64>,
}

/// What a writer does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "why")]
pub enum State {
    /// It plays runs.
    Running,
    /// It has done what it had to.
    Ended,
    /// The user stopped it.
    Interrupted,
    /// It could not go on, for this reason.
    Failed(String),
    /// It is gone, and has not said why: killed, perhaps.
    Gone,
}

fn lines<S: serde::Serializer>(damages: &[Damage], serializer: S) -> Result<S::Ok, S::Error> {
    let of_file = |damage: &Damage| -> Vec<String> {
        let path = damage.path.display();
        let lines = damage.lines.iter().map(|line| format!("{path}:{line}"));
        let more = (damage.more > 0).then(|| format!("{path}: {} more lines", damage.more));
        let why = damage.why.iter().map(|why| format!("{path}: {why}"));
        lines.chain(more).chain(why).collect()
    };
    serializer.collect_seq(damages.iter().flat_map(of_file))
}

impl Status {
    /// How far `parts` are.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        let mut done = vec![0; parts.plan.variants.len()];
        let wanted = parts.wanted();
        wanted
            .filter(|id| parts.records.contains(*id))
            .for_each(|id| done[id.variant] += 1);
        let labels = parts.plan.variants.iter().map(|variant| variant.label.clone());
        let segments = parts.records.segments();
        let left = left(parts);
        let doubles = parts.records.doubles();
        Self {
            name: parts.plan.name.clone(),
            done: done.iter().sum(),
            wanted: parts.wanted().count(),
            runs: parts.plan.runs,
            variants: labels
                .zip(done)
                .map(|(variant, done)| OfVariant { variant, done })
                .collect(),
            parts: segments.iter().map(|segment| part(segment, &left)).collect(),
            not_begun: not_begun(segments),
            missing: by_variant(&parts.plan, parts.missing()),
            doubles: doubles.iter().map(|double| double.id).collect::<BTreeSet<_>>().len(),
            double: by_files(&parts.plan, doubles),
            conflicts: parts
                .records
                .conflicts()
                .map(|double| conflict(&parts.plan, double))
                .collect(),
            damages: parts.records.damages().to_vec(),
        }
    }

    /// Seconds until the last of those that are running has ended; `None` if none of them can tell, or not all that is missing is being played.
    #[must_use]
    pub fn eta_s(&self) -> Option<f64> {
        let running = |part: &&Part| part.state == State::Running;
        let left: usize = self.parts.iter().filter(running).map(|part| part.left).sum();
        if left < self.wanted - self.done {
            return None;
        }
        let etas: Option<Vec<f64>> = self.parts.iter().filter(running).map(|part| part.eta_s).collect();
        etas?.into_iter().reduce(f64::max)
    }
}

/// Where two lines differ of a run.
fn conflict(plan: &Plan, Double { id, lines, .. }: &Double) -> String {
    let [one, other] = lines
        .each_ref()
        .map(|(path, line)| format!("{}, line {line}", path.display()));
    format!("run {} of `{}`: {one} and {other}", id.run, label(plan, *id))
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Runs of each writer that are in none of the files; of a shard without any there is nothing, and `None` plays all runs.
fn left(parts: &Parts) -> BTreeMap<Option<Shard>, usize> {
    let missing = |ids: &[RunId]| ids.iter().filter(|id| !parts.records.contains(**id)).count();
    let mut left = BTreeMap::from([(None, parts.missing().count())]);
    let numbers: BTreeSet<u32> = shards(parts.records.segments()).map(|shard| shard.of).collect();
    for of in numbers {
        for (number, ids) in Shard::deal(&parts.plan, of) {
            *left.entry(Some(Shard { number, of })).or_default() += missing(&ids);
        }
    }
    left
}

/// The shards that have written one of the `segments`.
fn shards(segments: &[SegmentFile]) -> impl Iterator<Item = Shard> {
    segments
        .iter()
        .filter_map(|segment| Shard::of_segment(&name(&segment.path)))
}

fn part(segment: &SegmentFile, left: &BTreeMap<Option<Shard>, usize>) -> Part {
    let shard = Shard::of_segment(&name(&segment.path));
    // A file with another name has been put there: nobody goes on with it.
    let is_ours = shard.is_some() || name(&segment.path) == WHOLE;
    let left = left.get(&shard).copied().filter(|_| is_ours).unwrap_or(0);
    let last = segment.notes.last();
    let state = match last.map(|(_, note)| &note.what) {
        Some(Stage::Ended) => State::Ended,
        Some(Stage::Interrupted) => State::Interrupted,
        Some(Stage::Failed(why)) => State::Failed(why.clone()),
        Some(Stage::Started) | None if Store::is_in_use(&segment.path) => State::Running,
        Some(Stage::Started) | None => State::Gone,
    };
    let eta_s = last.filter(|_| state == State::Running).and_then(|(before, note)| {
        let played = segment.runs.saturating_sub(*before);
        let elapsed_s = unix_seconds().saturating_sub(note.at_unix_s) as f64;
        (played > 0).then(|| elapsed_s / played as f64 * left as f64)
    });
    Part {
        segment: segment.path.display().to_string(),
        shard: shard.map(|shard| shard.to_string()),
        name: name(&segment.path),
        done: segment.runs,
        left,
        state,
        since_unix_s: last.map(|(_, note)| note.at_unix_s),
        eta_s,
    }
}

/// Shards of which there is no segment, where others of the same number are there.
fn not_begun(segments: &[SegmentFile]) -> Vec<String> {
    let shards: BTreeSet<_> = shards(segments).collect();
    let numbers: BTreeSet<_> = shards.iter().map(|shard| shard.of).collect();
    let all = numbers
        .into_iter()
        .flat_map(|of| (1..=of).map(move |number| Shard { number, of }));
    all.filter(|shard| !shards.contains(shard))
        .map(|shard| shard.to_string())
        .collect()
}
