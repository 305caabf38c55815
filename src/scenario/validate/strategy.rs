//! The strategies of a group: choking, seeding, picking and their rhythm, with the preset's constants as defaults.

use super::check::Check;
use crate::scenario::file::choice::{Alternatives, Choice, Or, Whole};
use crate::scenario::file::strategy::Nothing;
use crate::scenario::file::strategy::{
    ChokingFile, FastestFile, PhaseFile, PickingFile, PickingRules, RechokeFile, RefillFile, RoundRobinQuotaFile,
    SlotsFile, SlotsOnly, TitForTatFile,
};
use crate::scenario::limits::{
    CHUNKS_MAX, INTERVAL_MIN, NEW_NEIGHBOUR_WEIGHT_MAX, SLOTS_MAX, SMALL_COUNT_MAX, TIME_MAX,
};
use crate::scenario::model::{Choking, Phase, Picker, Picking, Rechoke, Refill, Slots, TitForTat};
use crate::scenario::preset::{Preset, SeedRule};
use crate::scenario::read::nearest_or_all;
use crate::units::SimDuration;

/// What the strategies of a group can build on.
pub(super) struct Known<'a> {
    /// The constants of its preset.
    pub preset: Preset,
    /// Names of the chokers that the program has registered.
    pub own_chokers: &'a [String],
}

/// Whom leechers unchoke; tit-for-tat unless `file` says otherwise.
pub(super) fn choking(at: &Check<'_>, file: Option<&Choice<ChokingFile>>, known: &Known<'_>) -> Choking {
    let default = ChokingFile::TitForTat(TitForTatFile::default());
    choker(at, file.map_or(&default, |choice| &choice.0), known)
}

/// Whom seeds unchoke; nobody in a group of free riders, else the preset's rule, unless `file` says otherwise.
pub(super) fn seeding(
    at: &Check<'_>,
    file: Option<&Choice<ChokingFile>>,
    choking: &Choking,
    known: &Known<'_>,
) -> Choking {
    let default = match known.preset.seed_rule {
        // Who never uploads does not begin to when it is done.
        _ if *choking == Choking::FreeRider => ChokingFile::FreeRider(Nothing {}),
        SeedRule::Fastest => ChokingFile::Fastest(FastestFile::default()),
        SeedRule::RoundRobin => ChokingFile::RoundRobin(SlotsOnly::default()),
        SeedRule::RoundRobinQuota => ChokingFile::RoundRobinQuota(RoundRobinQuotaFile::default()),
    };
    let rule = file.map_or(&default, |choice| &choice.0);
    if matches!(rule, ChokingFile::TitForTat(_)) {
        at.error(
            "a seed gets nothing back: `tit-for-tat` has nothing to go by",
            "choose for example \"fastest\" or \"round-robin\"",
        );
    }
    choker(at, rule, known)
}

fn choker(at: &Check<'_>, file: &ChokingFile, known: &Known<'_>) -> Choking {
    let preset = &known.preset;
    match file {
        ChokingFile::TitForTat(p) => Choking::TitForTat(tit_for_tat(&at.key("tit-for-tat"), p, preset)),
        ChokingFile::Fastest(p) => {
            let at = at.key("fastest");
            let regular_slots = slots(
                &at.key("regular_slots"),
                p.regular_slots.as_ref(),
                preset.regular_slots,
                0,
            );
            let optimistic_slots = optimistic(&at, p.optimistic_slots, preset);
            some_slot(&at, regular_slots, optimistic_slots);
            Choking::Fastest {
                regular_slots,
                optimistic_slots,
                new_neighbour_weight: weight(&at, p.new_neighbour_weight, preset),
            }
        }
        ChokingFile::RoundRobin(p) => Choking::RoundRobin {
            slots: slots_only(&at.key("round-robin"), p.slots.as_ref(), preset),
        },
        ChokingFile::RoundRobinQuota(p) => {
            let at = at.key("round-robin-quota");
            Choking::RoundRobinQuota {
                slots: slots_only(&at, p.slots.as_ref(), preset),
                quota_chunks: p.quota_chunks.map_or(preset.quota_chunks, |n| {
                    at.key("quota_chunks").count(n, 0, SMALL_COUNT_MAX)
                }),
                quota_time: p.quota_time.map_or(preset.quota_time, |time| {
                    at.key("quota_time").within(time, SimDuration::ZERO, TIME_MAX)
                }),
            }
        }
        ChokingFile::Random(p) => Choking::Random {
            slots: slots_only(&at.key("random"), p.slots.as_ref(), preset),
        },
        ChokingFile::Altruist(_) => Choking::Altruist,
        ChokingFile::FreeRider(_) => Choking::FreeRider,
        ChokingFile::Own(name) => Choking::Own(own(at, name, known.own_chokers)),
    }
}

/// The name of a rule that the program must have registered, as one of `names`.
fn own(at: &Check<'_>, name: &str, names: &[String]) -> String {
    if !names.iter().any(|known| known == name) {
        let words = ChokingFile::WORDS.iter().copied();
        let all = words.chain(names.iter().map(String::as_str));
        let help = nearest_or_all(name, all, "choose one of");
        let how = if help.starts_with("choose") {
            "; rules of your own need a program that registers them, see docs/own-strategy.md"
        } else {
            ""
        };
        at.error(
            format!("`{}` is not one of the alternatives here", name.escape_debug()),
            help + how,
        );
    }
    name.to_string()
}

fn tit_for_tat(at: &Check<'_>, file: &TitForTatFile, preset: &Preset) -> TitForTat {
    let regular_slots = slots(
        &at.key("regular_slots"),
        file.regular_slots.as_ref(),
        preset.regular_slots,
        0,
    );
    let optimistic_slots = optimistic(at, file.optimistic_slots, preset);
    some_slot(at, regular_slots, optimistic_slots);
    TitForTat {
        regular_slots,
        optimistic_slots,
        snub_after: match &file.anti_snubbing {
            None => Some(preset.snub_after),
            Some(Or::Word(_)) => None,
            Some(Or::Value(time)) => Some(at.key("anti_snubbing").within(*time, INTERVAL_MIN, TIME_MAX)),
        },
        new_neighbour_weight: weight(at, file.new_neighbour_weight, preset),
    }
}

fn slots(at: &Check<'_>, file: Option<&SlotsFile>, default: Slots, min: u64) -> Slots {
    match file {
        None => default,
        Some(Or::Word(_)) => Slots::Auto,
        Some(Or::Value(count)) => Slots::Fixed(at.count(*count, min, SLOTS_MAX)),
    }
}

fn slots_only(at: &Check<'_>, file: Option<&SlotsFile>, preset: &Preset) -> Slots {
    slots(&at.key("slots"), file, preset.all_slots(), 1)
}

fn optimistic(at: &Check<'_>, file: Option<Whole>, preset: &Preset) -> u32 {
    file.map_or(preset.optimistic_slots, |count| {
        at.key("optimistic_slots").count(count, 0, SLOTS_MAX)
    })
}

fn some_slot(at: &Check<'_>, regular: Slots, optimistic: u32) {
    if regular == Slots::Fixed(0) && optimistic == 0 {
        at.error("no slot at all", "give it a slot, or choose \"free-rider\"");
    }
}

fn weight(at: &Check<'_>, file: Option<Whole>, preset: &Preset) -> u32 {
    let at = at.key("new_neighbour_weight");
    file.map_or(preset.new_neighbour_weight, |weight| {
        at.count(weight, 1, NEW_NEIGHBOUR_WEIGHT_MAX)
    })
}

/// The rhythm of unchoke decisions; what `file` leaves out is `default`'s.
pub(super) fn rechoke(at: &Check<'_>, file: Option<&RechokeFile>, default: Rechoke) -> Rechoke {
    let file = file.cloned().unwrap_or_default();
    let time = |key, value: Option<_>, default| at.key(key).within(value.unwrap_or(default), INTERVAL_MIN, TIME_MAX);
    Rechoke {
        interval: time("interval", file.interval, default.interval),
        optimistic_every: file.optimistic_every.map_or(default.optimistic_every, |n| {
            at.key("optimistic_every").count(n, 1, SMALL_COUNT_MAX)
        }),
        phase: match file.phase {
            None => default.phase,
            Some(PhaseFile::Random) => Phase::Random,
            Some(PhaseFile::Aligned) => Phase::Aligned,
        },
        refill: match file.refill {
            None => default.refill,
            Some(RefillFile::Immediate) => Refill::Immediate,
            Some(RefillFile::Periodic) => Refill::Periodic,
        },
        rate_window: time("rate_window", file.rate_window, default.rate_window),
    }
}

/// Which chunk leechers ask for; rarest first unless `file` says otherwise.
pub(super) fn picking(at: &Check<'_>, file: Option<&Choice<PickingFile>>, preset: &Preset) -> Picking {
    let default = PickingFile::RarestFirst(PickingRules::default());
    let (key, picker, rules) = match file.map_or(&default, |choice| &choice.0) {
        PickingFile::RarestFirst(rules) => ("rarest-first", Picker::RarestFirst, rules),
        PickingFile::Random(rules) => ("random", Picker::Random, rules),
        PickingFile::Sequential(rules) => ("sequential", Picker::Sequential, rules),
        PickingFile::GlobalRarest(rules) => ("global-rarest", Picker::GlobalRarest, rules),
    };
    let at = at.key(key);
    // In order means in order: no random start for it unless it is asked for.
    let random_first = if picker == Picker::Sequential {
        0
    } else {
        preset.random_first
    };
    Picking {
        picker,
        random_first: rules
            .random_first
            .map_or(random_first, |n| at.key("random_first").count(n, 0, CHUNKS_MAX)),
        strict_priority: rules.strict_priority.unwrap_or(true),
        endgame: rules.endgame.unwrap_or(true),
    }
}
