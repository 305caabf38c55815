//! Limits on everything a scenario can ask for. They keep counts within the types and times within the clock.

use crate::units::{Bytes, BytesPerSec, PerSec, SimDuration};

/// Peers in all groups together.
pub const PEERS_MAX: u64 = 16_000_000;
/// Groups.
pub const GROUPS_MAX: usize = 1_000;
/// Chunks of the file.
pub const CHUNKS_MAX: u64 = 4_000_000;
/// Size of the file: 1 PiB.
pub const FILE_SIZE_MAX: Bytes = Bytes(1 << 50);
/// Characters of a name.
pub const NAME_CHARS_MAX: usize = 100;
/// Characters of any other text, such as the path of a trace.
pub const TEXT_CHARS_MAX: usize = 4_096;
/// Any time: ten years of 365 days.
pub const TIME_MAX: SimDuration = SimDuration::from_secs(10 * 365 * 86_400);
/// Rows of the time series, from the start of a run to its `time_limit`: about 10 GB of them, near what a report reads.
pub const SAMPLES_MAX: u64 = 100_000_000;
/// One-way latency.
pub const LATENCY_MAX: SimDuration = SimDuration::from_secs(3_600);
/// Shortest interval of anything that repeats.
pub const INTERVAL_MIN: SimDuration = SimDuration(1_000_000);
/// Slowest capacity.
pub const RATE_MIN: BytesPerSec = BytesPerSec(0.125);
/// Fastest capacity: 1 Tbit/s.
pub const RATE_MAX: BytesPerSec = BytesPerSec(125e9);
/// How often anything random happens, at most.
pub const FREQUENCY_MAX: PerSec = PerSec(1e6);
/// Places for connections of all peers that are there at once: they have numbers of 32 bits, and a few more peers than the mean may come.
pub const CONNECTION_PLACES_MAX: u64 = 4_000_000_000;
/// Slots of a peer, of any kind.
pub const SLOTS_MAX: u64 = 10_000;
/// Weight of a new neighbour in the draw for an optimistic slot.
pub const NEW_NEIGHBOUR_WEIGHT_MAX: u64 = 1_000;
/// Connections of a peer, peers in a tracker's answer, and other small counts.
pub const SMALL_COUNT_MAX: u64 = 1_000_000;
/// Rows of a table of values or access lines, outages of a tracker, and names of figures.
pub const ROWS_MAX: usize = 10_000;
/// Ratios, weights and shapes without a unit.
pub const RATIO_MAX: f64 = 1e6;
/// The same, smallest.
pub const RATIO_MIN: f64 = 1e-6;
/// Shares of the upload of which something must be left, and rates of change.
pub const SHARE_MAX: f64 = 0.99;
/// The same, smallest.
pub const SHARE_MIN: f64 = 0.01;
/// Seeds: what a TOML integer can hold.
pub const SEED_MAX: u64 = i64::MAX as u64;
/// Keys on the way to a value, and lists and tables one inside the other: what the TOML reader allows.
pub const NESTING_MAX: usize = 80;
/// Bytes of a scenario file.
pub const FILE_BYTES_MAX: u64 = 16 << 20;
/// Bytes of a trace.
pub const TRACE_BYTES_MAX: u64 = 1 << 30;
/// Bytes of a line of a trace, without its end: a trace has numbers in its lines, and what has no lines is not read to its end.
pub const TRACE_LINE_BYTES_MAX: usize = 4_096;
/// Columns of a trace. Three can say something; one with more than this is no trace.
pub const TRACE_COLUMNS_MAX: usize = 20;
/// Runs of a variant.
pub const RUNS_MAX: u64 = 100_000;
/// Runs of all variants of a study together: lists of them are kept in memory.
pub const STUDY_RUNS_MAX: u64 = 10_000_000;
/// Bytes of the plan of a study: scenarios with their traces spelled out, twice.
pub const PLAN_BYTES_MAX: u64 = 4 << 30;
/// Bytes of a line of the store of a study, or those of its header, if that is longer: a longer one is none of ours, and more is not kept in memory.
pub const STORE_LINE_BYTES_MAX: usize = 64 << 20;
/// Bytes of a table that a report reads.
pub const TABLE_BYTES_MAX: u64 = 16 << 30;
/// Bytes of any other file that a report reads: they stand in the page as they are, and browsers take no longer text.
pub const REPORT_TEXT_BYTES_MAX: u64 = 512 << 20;
/// Variants of a comparison.
pub const VARIANTS_MAX: usize = 1_000;
/// Keys that are varied at the same time: the shortest names of the variants of more are too long.
pub const AXES_MAX: usize = 50;
/// Keys that a variant, or an expectation, sets.
pub const KEYS_MAX: usize = 1_000;
/// Expectations of a scenario.
pub const EXPECTATIONS_MAX: usize = 1_000;
/// Parts of a sweep: more are no use to anybody.
pub const SHARDS_MAX: u32 = 100_000;
/// Runs at a time.
pub const JOBS_MAX: u16 = 1_024;
/// Characters of the name of a variant: it stands in every row of the tables.
pub const LABEL_CHARS_MAX: usize = 200;
/// Level of a confidence interval, lowest.
pub const CONFIDENCE_MIN: f64 = 0.5;
/// The same, highest.
pub const CONFIDENCE_MAX: f64 = 0.9999;
/// Relative half-width that can be asked for, smallest.
pub const PRECISION_MIN: f64 = 0.0001;
/// The same, largest.
pub const PRECISION_MAX: f64 = 1.0;
