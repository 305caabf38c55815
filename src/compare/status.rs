//! How far the parts of a sweep or a comparison are, read from their store alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::eta::{self, Load};
use super::merge::{Parts, label};
use super::plan::Plan;
use super::shard::Shard;
use super::which_runs::{DoubleRuns, RunsOf, by_files, by_variant};
use crate::progress::unix_seconds;
use crate::store::{Damage, Double, SegmentFile, Stage, Store, WHOLE};

/// How far it is.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// Name of the scenario.
    pub name: String,
    /// Runs that are there.
    pub done: usize,
    /// Runs of the plan.
    pub wanted: usize,
    /// Runs that are missing and that nobody plays now.
    pub waiting: usize,
    /// How many processes play.
    pub playing: usize,
    /// Seconds until all runs are there, if so many go on at this pace; `None` if nobody plays, or none of them has finished a run.
    pub eta_s: Option<f64>,
    /// Runs of each variant.
    pub runs: u32,
    /// What is there of each variant.
    pub variants: Vec<OfVariant>,
    /// Who writes, or has written.
    pub parts: Vec<Part>,
    /// Into how many shards the runs are split; more than one number where somebody has split them in another way since.
    pub splits: Vec<u32>,
    /// Shards that have runs to play and have not opened their file.
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
    /// It has ended and not said why: who is killed, or has no room for a note, can't.
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
        let begun: BTreeSet<Shard> = shards(segments).collect();
        let loads = eta::loads(parts, &begun);
        let (mut written, mut playing) = (Vec::new(), Vec::new());
        for segment in segments {
            let (state, load) = (state(segment), load(segment, &loads));
            let pace = pace(segment, &load).filter(|_| state == State::Running);
            if state == State::Running {
                playing.push((load, pace));
            }
            written.push(part(segment, state, &load, pace));
        }
        let all = loads[&None];
        let doubles = parts.records.doubles();
        Self {
            name: parts.plan.name.clone(),
            done: done.iter().sum(),
            wanted: parts.wanted().count(),
            waiting: all.left.saturating_sub(playing.iter().map(|(load, _)| load.left).sum()),
            playing: playing.len(),
            eta_s: eta::whole(&all, &playing),
            runs: parts.runs(),
            variants: labels
                .zip(done)
                .map(|(variant, done)| OfVariant { variant, done })
                .collect(),
            parts: written,
            splits: begun
                .iter()
                .map(|shard| shard.of)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            not_begun: not_begun(&begun, &loads),
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

/// The shards that have written one of the `segments`.
fn shards(segments: &[SegmentFile]) -> impl Iterator<Item = Shard> {
    segments
        .iter()
        .filter_map(|segment| Shard::of_segment(&name(&segment.path)))
}

/// The load of the writer of `segment`. A file with another name has been put there: nobody goes on with it.
fn load(segment: &SegmentFile, loads: &BTreeMap<Option<Shard>, Load>) -> Load {
    let name = name(&segment.path);
    let shard = Shard::of_segment(&name);
    let is_ours = shard.is_some() || name == WHOLE;
    loads.get(&shard).copied().filter(|_| is_ours).unwrap_or_default()
}

fn state(segment: &SegmentFile) -> State {
    match segment.notes.last().map(|(_, note)| &note.what) {
        Some(Stage::Ended) => State::Ended,
        Some(Stage::Interrupted) => State::Interrupted,
        Some(Stage::Failed(why)) => State::Failed(why.clone()),
        Some(Stage::Started) | None if Store::is_in_use(&segment.path) => State::Running,
        Some(Stage::Started) | None => State::Gone,
    }
}

/// Work a second of the process that writes `segment`.
fn pace(segment: &SegmentFile, load: &Load) -> Option<f64> {
    let (before, note) = segment.notes.last()?;
    let elapsed_s = unix_seconds().saturating_sub(note.at_unix_s) as f64;
    load.pace(segment.runs.saturating_sub(*before), elapsed_s)
}

fn part(segment: &SegmentFile, state: State, load: &Load, pace: Option<f64>) -> Part {
    Part {
        segment: segment.path.display().to_string(),
        shard: Shard::of_segment(&name(&segment.path)).map(|shard| shard.to_string()),
        name: name(&segment.path),
        done: segment.runs,
        left: load.left,
        state,
        since_unix_s: segment.notes.last().map(|(_, note)| note.at_unix_s),
        eta_s: pace.map(|pace| load.eta_s(pace)),
    }
}

/// Shards that have something to do and no segment, where others of the same number are there.
fn not_begun(begun: &BTreeSet<Shard>, loads: &BTreeMap<Option<Shard>, Load>) -> Vec<String> {
    let waits = |(shard, load): (&Option<Shard>, &Load)| {
        let shard = shard.filter(|shard| load.left > 0 && !begun.contains(shard))?;
        Some(shard.to_string())
    };
    loads.iter().filter_map(waits).collect()
}
