//! A group of peers: names, counts, capacities, coming and going.

use super::Context;
use super::check::Check;
use super::draws::{check_rows, draw, ratio};
use super::mix::mix;
use super::strategy::{self, Known};
use crate::scenario::draw::Draw;
use crate::scenario::estimate::arrivals_expected;
use crate::scenario::file::choice::{Choice, Or, Whole};
use crate::scenario::file::group::{
    AltruisticFile, ArrivalFile, AtOnceFile, CapacityClassFile, ConnectionsFile, CrashFile, DepartureFile, GroupFile,
    StartsWithFile, WhenFullFile,
};
use crate::scenario::limits::{
    FREQUENCY_MAX, INTERVAL_MIN, NAME_CHARS_MAX, PEERS_MAX, RATE_MAX, RATE_MIN, SMALL_COUNT_MAX, TIME_MAX,
};
use crate::scenario::model::{
    Arrival, Capacity, CapacityClass, Connections, Departure, Group, StartsWith, TracedPeer, WhenFull,
};
use crate::units::{PerSec, SimDuration, SimTime};

const CRASH_TIMEOUT: SimDuration = SimDuration::from_secs(120);
const LATEST: SimTime = SimTime(TIME_MAX.0);

/// The group of `file`, or the groups of its mix.
pub(super) fn groups(at: &Check<'_>, file: &GroupFile, context: &Context<'_>) -> Vec<Group> {
    let known = Known {
        preset: file.preset.unwrap_or(context.preset).constants(),
        own_chokers: context.own_chokers,
    };
    let base = group(at, file, context, &known);
    match &file.mix {
        Some(entries) => mix(&at.key("mix"), entries, file, &base, &known),
        None => vec![base],
    }
}

fn group(at: &Check<'_>, file: &GroupFile, context: &Context<'_>, known: &Known<'_>) -> Group {
    let preset = &known.preset;
    let name = name(&at.key("name"), file.name.as_deref(), "\"leechers\"");
    let starts_with = starts_with(&at.key("starts_with"), file.starts_with.as_ref(), context.chunks);
    let arrival = arrival(at, file, context);
    let capacity = capacity(at, file, &arrival);
    let (crash_per_sec, crash_timeout) = crash(&at.key("crash"), file.crash.as_ref());
    let choking = strategy::choking(&at.key("choking"), file.choking.as_ref(), known);
    let large_view = file.large_view.unwrap_or(false);
    Group {
        name,
        part: None,
        arrival,
        capacity,
        departure: departure(&at.key("departure"), file.departure.as_ref(), &starts_with),
        abort_per_sec: frequency(&at.key("abort_rate"), file.abort_rate.unwrap_or_default()),
        crash_per_sec,
        crash_timeout,
        connections: connections(
            &at.key("connections"),
            file.connections.as_ref(),
            preset.connections(large_view),
        ),
        large_view,
        rechoke: strategy::rechoke(&at.key("rechoke"), file.rechoke.as_ref(), preset.rechoke()),
        seeding: strategy::seeding(&at.key("seeding"), file.seeding.as_ref(), &choking, known),
        choking,
        picking: strategy::picking(&at.key("picking"), file.picking.as_ref(), preset),
        pipelining: strategy::pipelining(&at.key("pipelining"), file.pipelining.as_ref(), preset),
        kept_quota: at.key("kept_quota").within(
            file.kept_quota.unwrap_or(preset.kept_quota),
            SimDuration::ZERO,
            TIME_MAX,
        ),
        super_seeding: of_initial_seeds(&at.key("super_seeding"), file.super_seeding, &starts_with, "super-seed"),
        smart_seeding: smart_seeding(at, file, &starts_with),
        starts_with,
    }
}

/// A name that can be part of a path.
pub(super) fn name(at: &Check<'_>, name: Option<&str>, example: &str) -> String {
    let Some(name) = at.required(name, example) else {
        return String::new();
    };
    if let Some((message, help)) = name_fault(name, example) {
        at.error(message, help);
    }
    name.to_string()
}

/// What is wrong with a name, and how to mend it.
pub(in crate::scenario) fn name_fault(name: &str, example: &str) -> Option<(String, String)> {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    // Hidden names are for what is being written: what a killed process has left of it is removed.
    if name.is_empty() || name.starts_with('.') {
        let message = format!("`{name}` cannot be a name");
        return Some((
            message,
            format!("begin it with a letter or a digit, for example: name = {example}"),
        ));
    }
    if let Some(bad) = name.chars().find(|c| !safe(*c)) {
        let message = format!("`{}` cannot stand in a name", bad.escape_debug());
        return Some((message, "use letters, digits, `-`, `_` and `.`".to_string()));
    }
    (name.len() > NAME_CHARS_MAX).then(|| {
        let message = format!("a name of {} characters", name.len());
        (message, format!("at most {NAME_CHARS_MAX} are possible"))
    })
}

fn starts_with(at: &Check<'_>, file: Option<&Choice<StartsWithFile>>, chunks: u64) -> StartsWith {
    match file {
        None | Some(Choice(StartsWithFile::Nothing(_))) => StartsWith::Nothing,
        Some(Choice(StartsWithFile::All(_))) => StartsWith::All,
        Some(Choice(StartsWithFile::Fraction(fraction))) => StartsWith::Fraction(draw(&at.key("fraction"), fraction)),
        Some(Choice(StartsWithFile::AllBut(missing))) => {
            StartsWith::AllBut(at.key("all-but").count(*missing, 1, chunks))
        }
    }
}

fn arrival(at: &Check<'_>, file: &GroupFile, context: &Context<'_>) -> Arrival {
    let count_at = at.key("count");
    let at = at.key("arrival");
    let default = ArrivalFile::AtOnce(AtOnceFile::default());
    let arrival = file.arrival.as_ref().map_or(&default, |choice| &choice.0);
    let instant = |at: &Check<'_>, value: Option<SimTime>| at.within(value.unwrap_or_default(), SimTime::ZERO, LATEST);
    let limit = || file.count.map(|count| peer_count(&count_at, count));
    match arrival {
        ArrivalFile::AtOnce(p) => {
            let at = at.key("at-once");
            let count = count_at.required(file.count, "100");
            Arrival::AtOnce {
                count: count.map_or(1, |count| peer_count(&count_at, count)),
                at: instant(&at.key("at"), p.at),
                jitter: at
                    .key("jitter")
                    .within(p.jitter.unwrap_or_default(), SimDuration::ZERO, TIME_MAX),
            }
        }
        ArrivalFile::Poisson(p) => {
            let at = at.key("poisson");
            let count = limit();
            let from = instant(&at.key("from"), p.from);
            let until = p.until.map(|until| instant(&at.key("until"), Some(until)));
            if until.is_some_and(|until| until <= from) {
                at.key("until").error(
                    "arrivals end before they start",
                    format!("`until` must be later than {from}"),
                );
            }
            let arrival = Arrival::Poisson {
                per_sec: arrival_rate(&at.key("rate"), p.rate),
                from,
                until,
                count,
            };
            check_open(
                &at,
                &arrival,
                context,
                "lower `rate`, give an `until` or give the group a `count`",
            );
            arrival
        }
        ArrivalFile::Decaying(p) => {
            let at = at.key("decaying");
            let decay_at = at.key("decay");
            let decay = decay_at
                .required(p.decay, "\"1 h\"")
                .unwrap_or(SimDuration::from_secs(1));
            let decay = decay_at.within(decay, INTERVAL_MIN, TIME_MAX);
            let arrival = Arrival::Decaying {
                initial_per_sec: arrival_rate(&at.key("initial_rate"), p.initial_rate),
                decay,
                from: instant(&at.key("from"), p.from),
                count: limit(),
            };
            check_open(
                &at,
                &arrival,
                context,
                "lower `initial_rate` or `decay`, or give the group a `count`",
            );
            arrival
        }
        ArrivalFile::Trace(p) => {
            if file.count.is_some() {
                count_at.error("a trace has its own count of peers", "remove `count`");
            }
            Arrival::Trace {
                path: p.file.clone().unwrap_or_default(),
                peers: context.traces.peers(&at.key("trace"), p),
            }
        }
    }
}

/// Refuses a process that brings too many peers. (A `count` that is too high has been told so.)
fn check_open(at: &Check<'_>, arrival: &Arrival, context: &Context<'_>, help: &str) {
    let counted = matches!(
        arrival,
        Arrival::Poisson { count: Some(_), .. } | Arrival::Decaying { count: Some(_), .. }
    );
    let expected = arrivals_expected(arrival, context.time_limit);
    if !counted && expected > PEERS_MAX as f64 {
        at.error(
            format!("about {expected:.0} peers would come"),
            format!("at most {PEERS_MAX} can be simulated: {help}"),
        );
    }
}

fn peer_count(at: &Check<'_>, count: Whole) -> u32 {
    match count.0 {
        0 => at.error(
            "a group without peers",
            "write a count of at least 1, or remove the group",
        ),
        1..=PEERS_MAX => {}
        many => at.error(
            format!("{many} peers are too many"),
            format!("at most {PEERS_MAX} are possible"),
        ),
    }
    u32::try_from(count.0).unwrap_or(u32::MAX)
}

fn arrival_rate(at: &Check<'_>, rate: Option<PerSec>) -> f64 {
    let rate = at.required(rate, "\"0.4 /s\"").unwrap_or(PerSec(1.0));
    if rate.0 <= 0.0 {
        at.error("nobody would come", "the rate must be above 0");
    }
    frequency(at, rate)
}

fn frequency(at: &Check<'_>, rate: PerSec) -> f64 {
    at.within(rate, PerSec(0.0), FREQUENCY_MAX).0
}

fn capacity(at: &Check<'_>, file: &GroupFile, arrival: &Arrival) -> Capacity {
    if let Some(classes) = &file.capacity_classes {
        for (key, given) in [("upload", file.upload.is_some()), ("download", file.download.is_some())] {
            if given {
                at.key(key).error(
                    format!("`{key}` and `capacity_classes` cannot hold at the same time"),
                    "keep one of them",
                );
            }
        }
        let at = at.key("capacity_classes");
        check_rows(&at, classes.len());
        return Capacity::Classes(
            (0..)
                .zip(classes)
                .map(|(index, class)| capacity_class(&at.index(index), class))
                .collect(),
        );
    }
    let traced = |capacity: fn(&TracedPeer) -> bool| match arrival {
        Arrival::Trace { peers, .. } => peers.iter().all(capacity),
        _ => false,
    };
    let upload_at = at.key("upload");
    let upload = match &file.upload {
        Some(upload) => draw(&upload_at, upload),
        // Every row has its own: this is never drawn.
        None if traced(|peer| peer.upload.is_some()) => Draw {
            at_least: RATE_MIN.0,
            at_most: RATE_MAX.0,
            ..Draw::constant(RATE_MIN.0)
        },
        None => {
            upload_at.required(file.upload.as_ref(), "\"1 Mbit/s\"");
            Draw::constant(RATE_MIN.0)
        }
    };
    let download = match &file.download {
        Some(Or::Value(download)) => Some(draw(&at.key("download"), download)),
        Some(Or::Word(_)) | None => None,
    };
    Capacity::Separate { upload, download }
}

fn capacity_class(at: &Check<'_>, file: &CapacityClassFile) -> CapacityClass {
    let upload_at = at.key("upload");
    let upload = upload_at.required(file.upload, "\"128 kbit/s\"").unwrap_or(RATE_MIN);
    let download = file.download.clone().and_then(Or::value);
    CapacityClass {
        share: ratio(at, "share", file.share).unwrap_or(1.0),
        upload: upload_at.within(upload, RATE_MIN, RATE_MAX),
        download: download.map(|rate| at.key("download").within(rate, RATE_MIN, RATE_MAX)),
    }
}

pub(super) fn departure(at: &Check<'_>, file: Option<&Choice<DepartureFile>>, starts_with: &StartsWith) -> Departure {
    let initial_seed = *starts_with == StartsWith::All;
    match file.map(|choice| &choice.0) {
        None if initial_seed => Departure::Stays,
        None | Some(DepartureFile::Selfish(_)) => Departure::Selfish,
        Some(DepartureFile::FinishesUploads(_)) => Departure::FinishesUploads,
        Some(DepartureFile::Altruistic(AltruisticFile { linger: None })) => Departure::Stays,
        Some(DepartureFile::Altruistic(AltruisticFile { linger: Some(linger) })) => {
            Departure::Lingers(draw(&at.key("altruistic").key("linger"), linger))
        }
        Some(DepartureFile::ShareRatio(p)) => {
            Departure::ShareRatio(ratio(&at.key("share-ratio"), "ratio", p.ratio).unwrap_or(1.0))
        }
        Some(DepartureFile::AfterCopies(p)) => {
            Departure::AfterCopies(ratio(&at.key("after-copies"), "copies", p.copies).unwrap_or(1.0))
        }
        Some(DepartureFile::At(p)) => {
            if !initial_seed {
                at.error(
                    "only initial seeds can leave at a set time",
                    "give the group starts_with = \"all\", or choose another departure",
                );
            }
            let at = at.key("at").key("time");
            let time = at.required(p.time, "\"1 h\"").unwrap_or_default();
            Departure::AtTime(at.within(time, SimTime::ZERO, LATEST))
        }
    }
}

fn crash(at: &Check<'_>, file: Option<&CrashFile>) -> (f64, SimDuration) {
    let file = file.cloned().unwrap_or_default();
    let timeout = file.timeout.unwrap_or(CRASH_TIMEOUT);
    (
        frequency(&at.key("rate"), file.rate.unwrap_or_default()),
        at.key("timeout").within(timeout, SimDuration::ZERO, TIME_MAX),
    )
}

/// The limits of `file`; those that it leaves out are `default`'s.
pub(super) fn connections(at: &Check<'_>, file: Option<&ConnectionsFile>, default: Connections) -> Connections {
    let Some(file) = file else {
        return default;
    };
    let connections = Connections {
        initiate: file
            .initiate
            .map_or(default.initiate, |n| at.key("initiate").count(n, 0, SMALL_COUNT_MAX)),
        accept: file
            .accept
            .map_or(default.accept, |n| at.key("accept").count(n, 0, SMALL_COUNT_MAX)),
        when_full: match file.when_full {
            None => default.when_full,
            Some(WhenFullFile::Refuse) => WhenFull::Refuse,
            Some(WhenFullFile::DropRandom) => WhenFull::DropRandom,
        },
    };
    if connections.initiate == 0 && connections.accept == 0 {
        at.error(
            "a peer without connections takes no part",
            "let `initiate` or `accept` be at least 1",
        );
    }
    connections
}

fn smart_seeding(at: &Check<'_>, file: &GroupFile, starts_with: &StartsWith) -> bool {
    let at = at.key("smart_seeding");
    let on = of_initial_seeds(&at, file.smart_seeding, starts_with, "be smart seeds");
    if on && file.super_seeding == Some(true) {
        at.error(
            "`smart_seeding` and `super_seeding` cannot hold at the same time",
            "a seed decides in one way what it sends: leave one of them out",
        );
    }
    on
}

/// A rule that only initial seeds can follow.
fn of_initial_seeds(at: &Check<'_>, file: Option<bool>, starts_with: &StartsWith, what: &str) -> bool {
    let on = file.unwrap_or(false);
    if on && *starts_with != StartsWith::All {
        at.warn(
            format!("only initial seeds can {what}"),
            "it has no effect without starts_with = \"all\"",
        );
    }
    on
}
