//! File to model: every default filled in, every value checked, everything that is wrong found at once.

mod check;
mod connections;
mod draws;
mod expect;
mod group;
mod mix;
pub(super) mod mode;
mod strategy;
mod study;

use std::cell::RefCell;
use std::collections::BTreeMap;

pub(super) use self::check::{Check, Finding};
pub(super) use self::draws::Drawable;
pub(super) use self::expect::expectations;
pub(super) use self::group::name_fault;
pub(super) use self::study::study;
use super::estimate::{arrivals_expected, peers_expected};
use super::file::choice::{Or, Whole};
use super::file::{FileSection, MatchingFile, NetworkSection, RunSection, ScenarioFile, TrackerSection};
use super::limits::{
    CHUNKS_MAX, FILE_SIZE_MAX, GROUPS_MAX, INTERVAL_MIN, LATENCY_MAX, PEERS_MAX, RATE_MAX, RATE_MIN, ROWS_MAX,
    SAMPLES_MAX, SEED_MAX, SMALL_COUNT_MAX, TIME_MAX,
};
use super::model::{Discovery, File, Group, Mode, Network, Run, Scenario, StartsWith, Tracker};
use super::preset::{Preset, PresetName};
use super::trace::Traces;
use crate::units::{Bytes, SimDuration, SimTime};

const CHUNK_SIZE: Bytes = Bytes(256 << 10);
const TIME_LIMIT: SimDuration = SimDuration::from_secs(30 * 86_400);
const STALL_LIMIT: SimDuration = SimDuration::from_secs(3_600);
const SAMPLE_INTERVAL: SimDuration = SimDuration::from_secs(10);
const DEFAULT_SEED: u64 = 1;

/// What the checks of a group look at besides the group.
pub(super) struct Context<'a> {
    /// The traces that it names.
    pub traces: &'a Traces<'a>,
    /// The scenario's preset.
    pub preset: PresetName,
    /// Chunks of the file.
    pub chunks: u64,
    /// Names of the chokers that the program has registered.
    pub own_chokers: &'a [String],
    /// Nobody comes after this.
    pub time_limit: SimDuration,
}

/// The scenario of `file`, and what is wrong with it. It is good only if no finding is an error.
pub(super) fn validate(file: &ScenarioFile, traces: &Traces<'_>, own_chokers: &[String]) -> (Scenario, Vec<Finding>) {
    let findings = RefCell::new(Vec::new());
    let root = Check::root(&findings);
    let run = run(&root.key("run"), file.run.as_ref());
    let preset_name = file.preset.unwrap_or_default();
    let preset = preset_name.constants();
    let shared = shared_file(&root.key("file"), file.file.as_ref(), &preset, run.mode);
    let context = Context {
        traces,
        preset: preset_name,
        // A file that is wrong has been told so: it has as many as any.
        chunks: if shared.chunk_size.0 > 0 && shared.size.0 > 1 {
            shared.chunks() as u64
        } else {
            CHUNKS_MAX
        },
        own_chokers,
        time_limit: run.time_limit,
    };
    let scenario = Scenario {
        name: group::name(&root.key("name"), file.name.as_deref(), "\"my-swarm\""),
        seed: root
            .key("seed")
            .within(file.seed.map_or(DEFAULT_SEED, |Whole(seed)| seed), 0, SEED_MAX),
        file: shared,
        run,
        network: network(&root.key("network"), file.network.as_ref()),
        discovery: discovery(&root, file, &preset),
        groups: groups(&root.key("group"), file, &context),
    };
    mode::check_keys(&root, file, scenario.run.mode);
    mode::check_uploads(&root.key("group"), &scenario);
    connections::check(&root, &scenario);
    connections::warn_in_a_full_mesh(&root, file, &scenario);
    warn_of_time_limit(&root, &scenario);
    (scenario, findings.into_inner())
}

fn shared_file(at: &Check<'_>, file: Option<&FileSection>, preset: &Preset, mode: Mode) -> File {
    let file = file.cloned().unwrap_or_default();
    let (size_at, chunk_at, block_at) = (at.key("size"), at.key("chunk_size"), at.key("block_size"));
    let Some(size) = size_at.required(file.size, "\"100 MiB\"") else {
        return File {
            size: Bytes(1),
            chunk_size: Bytes(1),
            block_size: Bytes(1),
        };
    };
    let chunk_given = file.chunk_size.is_some();
    // A file below the default chunk size is one chunk.
    let chunk_size = file.chunk_size.unwrap_or(CHUNK_SIZE.min(Bytes(size.0.max(1))));
    // Without connections nothing is interrupted: a chunk is one block.
    let default_block = if mode == Mode::Bittorrent {
        preset.block_size.min(chunk_size)
    } else {
        chunk_size
    };
    let block_size = file.block_size.unwrap_or(default_block);
    if size.0 == 0 {
        size_at.error("an empty file needs no swarm", "write for example: size = \"100 MiB\"");
    } else if size > FILE_SIZE_MAX {
        size_at.error(
            format!("`{size}` is too large"),
            format!("at most {FILE_SIZE_MAX} is possible"),
        );
    } else if chunk_size.0 == 0 {
        chunk_at.error("a chunk of no bytes", "write for example: chunk_size = \"256 KiB\"");
    } else if chunk_size > size {
        chunk_at.error(
            format!("a chunk of {chunk_size} is larger than the file of {size}"),
            "make it smaller",
        );
    } else if size.0.div_ceil(chunk_size.0) > CHUNKS_MAX {
        let place = if chunk_given { chunk_at } else { size_at };
        let least = Bytes((size.0.div_ceil(CHUNKS_MAX)).next_power_of_two());
        place.error(
            format!(
                "{size} in chunks of {chunk_size} are {} chunks",
                size.0.div_ceil(chunk_size.0)
            ),
            format!("at most {CHUNKS_MAX} are possible: write chunk_size = \"{least}\" or more"),
        );
    }
    if chunk_size.0 > 0 && block_size.0 == 0 {
        block_at.error("a block of no bytes", "write for example: block_size = \"16 KiB\"");
    } else if chunk_size.0 > 0 && block_size > chunk_size {
        block_at.error(
            format!("a block of {block_size} is larger than a chunk of {chunk_size}"),
            "make it smaller",
        );
    } else if block_size.0 > 0 && !chunk_size.0.is_multiple_of(block_size.0) {
        block_at.warn(
            format!("blocks of {block_size} do not divide chunks of {chunk_size}"),
            "the last block of each chunk is shorter",
        );
    }
    File {
        size,
        chunk_size,
        block_size,
    }
}

fn run(at: &Check<'_>, file: Option<&RunSection>) -> Run {
    let file = file.cloned().unwrap_or_default();
    let time = |key, value: Option<_>, default| at.key(key).within(value.unwrap_or(default), INTERVAL_MIN, TIME_MAX);
    let run = Run {
        mode: mode::mode(&at.key("mode"), file.mode.as_ref()),
        time_limit: time("time_limit", file.time_limit, TIME_LIMIT),
        stall_limit: time("stall_limit", file.stall_limit, STALL_LIMIT),
        sample_interval: time("sample_interval", file.sample_interval, SAMPLE_INTERVAL),
    };
    let samples = run.time_limit.0.checked_div(run.sample_interval.0).unwrap_or(0);
    // Times that are out of range have been told so.
    if samples > SAMPLES_MAX && run.sample_interval >= INTERVAL_MIN && run.time_limit <= TIME_MAX {
        at.key("sample_interval").error(
            format!(
                "up to {samples} rows of the time series, one for every {}",
                run.sample_interval
            ),
            format!("at most {SAMPLES_MAX} are possible: take a longer interval, or a shorter `run.time_limit`"),
        );
    }
    run
}

fn network(at: &Check<'_>, file: Option<&NetworkSection>) -> Network {
    let file = file.cloned().unwrap_or_default();
    let latency = file.latency.unwrap_or_default();
    let cap = file.connection_cap.and_then(Or::value);
    Network {
        latency: at.key("latency").within(latency, SimDuration::ZERO, LATENCY_MAX),
        connection_cap: cap.map(|cap| at.key("connection_cap").within(cap, RATE_MIN, RATE_MAX)),
        chunk_rates: file.chunk_rates.unwrap_or(false),
    }
}

fn discovery(root: &Check<'_>, file: &ScenarioFile, preset: &Preset) -> Discovery {
    let full_mesh = file
        .network
        .as_ref()
        .and_then(|network| network.full_mesh)
        .unwrap_or(false);
    let at = root.key("tracker");
    if full_mesh {
        if file.tracker.is_some() {
            at.error(
                "a full mesh has no tracker",
                "remove [tracker], or full_mesh = true in [network]",
            );
        }
        return Discovery::FullMesh;
    }
    Discovery::Tracker(tracker(&at, file.tracker.as_ref(), preset))
}

fn tracker(at: &Check<'_>, file: Option<&TrackerSection>, preset: &Preset) -> Tracker {
    let file = file.cloned().unwrap_or_default();
    let count = |key, value: Option<_>, min, default| {
        value.map_or(default, |value| at.key(key).count(value, min, SMALL_COUNT_MAX))
    };
    let time = |key, value: Option<_>, default| at.key(key).within(value.unwrap_or(default), INTERVAL_MIN, TIME_MAX);
    let tracker = Tracker {
        peers_returned: count("peers_returned", file.peers_returned, 1, preset.peers_returned),
        matches_capacity: file.matching == Some(MatchingFile::Capacity),
        announce_interval: time("announce_interval", file.announce_interval, preset.announce_interval),
        min_announce_interval: time(
            "min_announce_interval",
            file.min_announce_interval,
            preset.min_announce_interval,
        ),
        min_neighbours: count("min_neighbours", file.min_neighbours, 0, preset.min_neighbours),
        outages: outages(&at.key("outages"), &file),
    };
    if tracker.min_announce_interval > tracker.announce_interval {
        at.key("min_announce_interval").error(
            format!(
                "`{}` is more than `announce_interval`, which is `{}`",
                tracker.min_announce_interval, tracker.announce_interval
            ),
            "swap the two or lower this one",
        );
    }
    tracker
}

fn outages(at: &Check<'_>, file: &TrackerSection) -> Vec<(SimTime, SimTime)> {
    let outages = file.outages.as_deref().unwrap_or_default();
    at.at_most(outages.len(), ROWS_MAX, "outages");
    let outage = |(index, outage): (usize, &super::file::OutageFile)| {
        let at = at.index(index);
        let latest = SimTime(TIME_MAX.0);
        let instant = |key, value: Option<_>, example| {
            Some(
                at.key(key)
                    .within(at.key(key).required(value, example)?, SimTime::ZERO, latest),
            )
        };
        let from = instant("from", outage.from, "\"10 min\"");
        let until = instant("until", outage.until, "\"20 min\"");
        let (from, until) = from.zip(until)?;
        if until <= from {
            at.key("until").error(
                "the outage ends before it starts",
                format!("`until` must be later than {from}"),
            );
        }
        Some((from, until))
    };
    outages.iter().enumerate().filter_map(outage).collect()
}

fn groups(at: &Check<'_>, file: &ScenarioFile, context: &Context<'_>) -> Vec<Group> {
    let files = file.group.as_deref().unwrap_or_default();
    if files.is_empty() {
        at.error(
            "a swarm needs peers, and there is no group",
            "add [[group]] with a name, a count and an upload capacity",
        );
    }
    let count: usize = files.iter().map(|file| file.mix.as_ref().map_or(1, Vec::len)).sum();
    if count > GROUPS_MAX {
        at.error(
            format!("{count} groups, each entry of a mix counted"),
            format!("at most {GROUPS_MAX} are possible"),
        );
        return Vec::new();
    }
    let groups: Vec<_> = files
        .iter()
        .enumerate()
        .flat_map(|(index, file)| group::groups(&at.index(index), file, context))
        .collect();
    let mut first_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, name) in files
        .iter()
        .enumerate()
        .filter_map(|(index, file)| Some((index, file.name.as_deref()?)))
    {
        let first = *first_of.entry(name).or_insert(index);
        if first != index && !name.is_empty() {
            at.index(index).key("name").error(
                format!("`{name}` is the name of another group too"),
                "each group needs a name of its own",
            );
        }
    }
    check_total(at, &groups, context.time_limit);
    if !groups.is_empty() && groups.iter().all(|group| group.starts_with == StartsWith::Nothing) {
        at.warn(
            "nobody has anything to give: no group starts with chunks",
            "give one group starts_with = \"all\"",
        );
    }
    groups
}

fn check_total(at: &Check<'_>, groups: &[Group], time_limit: SimDuration) {
    let total: f64 = groups.iter().map(|group| peers_expected(group, time_limit)).sum();
    let most = PEERS_MAX as f64;
    // One group that is too large alone has been told so.
    if total > most
        && groups
            .iter()
            .all(|group| arrivals_expected(&group.arrival, time_limit) <= most)
    {
        at.error(
            format!("{total:.0} peers in all groups together"),
            format!("at most {PEERS_MAX} are possible"),
        );
    }
}

/// Warns if not even the fastest leecher alone could finish in time.
fn warn_of_time_limit(root: &Check<'_>, scenario: &Scenario) {
    let seconds = super::estimate::download_seconds_min(scenario);
    if seconds > scenario.run.time_limit.as_secs_f64() {
        let needed = SimDuration::from_secs_f64(seconds.ceil().min(TIME_MAX.as_secs_f64()));
        root.key("run").key("time_limit").warn(
            format!(
                "the run ends after {}, before all can have the file",
                scenario.run.time_limit
            ),
            format!("by their capacities the peers need {needed} at least"),
        );
    }
}
