//! The strategies of a group: choking, seeding, picking and their rhythm, with the preset's constants as defaults.

use super::check::Check;
use crate::scenario::file::choice::{Alternatives, Choice, Or, UnlessRarer, Unlimited, Whole};
use crate::scenario::file::strategy::Nothing;
use crate::scenario::file::strategy::{
    BitTyrantFile, ChokingFile, FastestFile, LibtorrentFile, OptimisticChoiceFile, PhaseFile, PickingFile,
    PickingRules, PipeliningFile, PropShareFile, RankedSlots, RechokeFile, RefillFile, SlotsFile, SlotsOnly,
    TitForTatFile,
};
use crate::scenario::limits::{
    CHUNKS_MAX, INTERVAL_MIN, NEW_NEIGHBOUR_WEIGHT_MAX, RATE_MAX, RATE_MIN, RATIO_MAX, RATIO_MIN, SHARE_MAX, SHARE_MIN,
    SLOTS_MAX, SMALL_COUNT_MAX, TIME_MAX,
};
use crate::scenario::model::{
    BitTyrant, Choking, Fastest, OptimisticChoice, Phase, Picker, Picking, Pipelining, PropShare, Rechoke, Refill,
    Slots, StrictPriority, TitForTat,
};
use crate::scenario::preset::{LeecherRule, Preset, REQUEST_QUEUE, SeedRule};
use crate::scenario::read::nearest_or_all;
use crate::units::{BytesPerSec, SimDuration};

/// What the strategies of a group can build on.
pub(super) struct Known<'a> {
    /// The constants of its preset.
    pub preset: Preset,
    /// Names of the chokers that the program has registered.
    pub own_chokers: &'a [String],
}

/// Whom leechers unchoke; the preset's rule unless `file` says otherwise.
pub(super) fn choking(at: &Check<'_>, file: Option<&Choice<ChokingFile>>, known: &Known<'_>) -> Choking {
    let default = match known.preset.leecher_rule {
        LeecherRule::TitForTat => ChokingFile::TitForTat(TitForTatFile::default()),
        LeecherRule::Libtorrent => ChokingFile::Libtorrent(LibtorrentFile::default()),
    };
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
        SeedRule::Libtorrent => ChokingFile::Libtorrent(LibtorrentFile::default()),
    };
    let rule = file.map_or(&default, |choice| &choice.0);
    let needs_return = match rule {
        ChokingFile::TitForTat(_) => Some("tit-for-tat"),
        ChokingFile::Propshare(_) => Some("propshare"),
        ChokingFile::Bittyrant(_) => Some("bittyrant"),
        ChokingFile::TitForTatBlock(_) => Some("tit-for-tat-block"),
        ChokingFile::Birds(_) => Some("birds"),
        _ => None,
    };
    if let Some(name) = needs_return {
        at.error(
            format!("a seed gets nothing back: `{name}` has nothing to go by"),
            "choose for example \"fastest\" or \"round-robin\"",
        );
    }
    choker(at, rule, known)
}

fn choker(at: &Check<'_>, file: &ChokingFile, known: &Known<'_>) -> Choking {
    let preset = &known.preset;
    match file {
        ChokingFile::TitForTat(p) => Choking::TitForTat(tit_for_tat(&at.key("tit-for-tat"), p, preset)),
        ChokingFile::Fastest(p) => Choking::Fastest(fastest(&at.key("fastest"), p, preset)),
        ChokingFile::Birds(p) => {
            let (regular_slots, optimistic_slots, new_neighbour_weight) = ranked(&at.key("birds"), p, preset);
            Choking::Birds {
                regular_slots,
                optimistic_slots,
                new_neighbour_weight,
            }
        }
        ChokingFile::RoundRobin(p) => Choking::RoundRobin {
            slots: slots_only(&at.key("round-robin"), p.slots.as_ref(), preset),
        },
        ChokingFile::RoundRobinQuota(p) => {
            let at = at.key("round-robin-quota");
            let (quota_chunks, quota_time) = quota(&at, p.quota_chunks, p.quota_time, preset);
            Choking::RoundRobinQuota {
                slots: slots_only(&at, p.slots.as_ref(), preset),
                quota_chunks,
                quota_time,
            }
        }
        ChokingFile::Random(p) => Choking::Random {
            slots: slots_only(&at.key("random"), p.slots.as_ref(), preset),
        },
        ChokingFile::Propshare(p) => Choking::PropShare(propshare(&at.key("propshare"), p, preset)),
        ChokingFile::Bittyrant(p) => Choking::BitTyrant(bittyrant(&at.key("bittyrant"), p)),
        ChokingFile::Fairtorrent(p) => Choking::FairTorrent {
            slots: slots_only(&at.key("fairtorrent"), p.slots.as_ref(), preset),
        },
        ChokingFile::Libtorrent(p) => libtorrent(&at.key("libtorrent"), p, preset),
        ChokingFile::TitForTatBlock(p) => {
            let at = at.key("tit-for-tat-block");
            Choking::TitForTatBlock {
                slots: slots_only(&at, p.slots.as_ref(), preset),
                ahead_chunks: at
                    .key("ahead_chunks")
                    .count(p.ahead_chunks.unwrap_or(Whole(2)), 1, SMALL_COUNT_MAX),
            }
        }
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
            " `swarmsim list` has them all"
        };
        at.error(
            format!("`{}` is not one of the alternatives here", name.escape_debug()),
            help + how,
        );
    }
    name.to_string()
}

/// Regular slots, optimistic slots, weight of a new neighbour.
fn ranked(at: &Check<'_>, file: &RankedSlots, preset: &Preset) -> (Slots, u32, u32) {
    let at_slots = at.key("regular_slots");
    let regular = slots(&at_slots, file.regular_slots.as_ref(), preset.regular_slots, 0);
    let optimistic = optimistic(at, file.optimistic_slots, preset);
    some_slot(at, regular, optimistic);
    (regular, optimistic, weight(at, file.new_neighbour_weight, preset))
}

fn optimistic_choice(file: Option<OptimisticChoiceFile>) -> OptimisticChoice {
    match file {
        None | Some(OptimisticChoiceFile::Drawn) => OptimisticChoice::Drawn,
        Some(OptimisticChoiceFile::Quickest) => OptimisticChoice::Quickest,
        Some(OptimisticChoiceFile::InLine) => OptimisticChoice::InLine,
    }
}

fn fastest(at: &Check<'_>, file: &FastestFile, preset: &Preset) -> Fastest {
    let by_rank = RankedSlots {
        regular_slots: file.regular_slots.clone(),
        optimistic_slots: file.optimistic_slots,
        new_neighbour_weight: file.new_neighbour_weight,
    };
    let (regular_slots, optimistic_slots, new_neighbour_weight) = ranked(at, &by_rank, preset);
    Fastest {
        regular_slots,
        optimistic_slots,
        new_neighbour_weight,
        optimistic_choice: optimistic_choice(file.optimistic_choice),
    }
}

/// The share is that of Levin et al. 2008.
fn propshare(at: &Check<'_>, file: &PropShareFile, preset: &Preset) -> PropShare {
    let share = file.exploring_share.unwrap_or(0.2);
    let slots = file
        .optimistic_slots
        .unwrap_or(Whole(u64::from(preset.optimistic_slots)));
    PropShare {
        exploring_share: at.key("exploring_share").within(share, SHARE_MIN, SHARE_MAX),
        optimistic_slots: at.key("optimistic_slots").count(slots, 1, SLOTS_MAX),
    }
}

/// The defaults are `unchoke_slots_limit` and `num_optimistic_unchoke_slots`, whose 0 stands for a fifth.
fn libtorrent(at: &Check<'_>, file: &LibtorrentFile, preset: &Preset) -> Choking {
    let slots = at.key("slots").count(file.slots.unwrap_or(Whole(8)), 1, SLOTS_MAX);
    let a_fifth = (slots / 5).max(1);
    let (quota_chunks, quota_time) = quota(at, file.quota_chunks, file.quota_time, preset);
    Choking::Libtorrent {
        slots,
        optimistic_slots: file.optimistic_slots.map_or(a_fifth, |count| {
            at.key("optimistic_slots").count(count, 0, u64::from(slots))
        }),
        quota_chunks,
        quota_time,
    }
}

/// Chunks and time that use up a slot.
fn quota(at: &Check<'_>, chunks: Option<Whole>, time: Option<SimDuration>, preset: &Preset) -> (u32, SimDuration) {
    let chunks = chunks.map_or(preset.quota_chunks, |n| {
        at.key("quota_chunks").count(n, 0, SMALL_COUNT_MAX)
    });
    let time = time.map_or(preset.quota_time, |time| {
        at.key("quota_time").within(time, SimDuration::ZERO, TIME_MAX)
    });
    (chunks, time)
}

/// The defaults are those of Piatek et al. 2007 and of the source of their client.
fn bittyrant(at: &Check<'_>, file: &BitTyrantFile) -> BitTyrant {
    let rate = |key, rate| at.key(key).within(rate, RATE_MIN, RATE_MAX);
    let (increase, decrease) = (file.increase.unwrap_or(0.2), file.decrease.unwrap_or(0.1));
    BitTyrant {
        initial_upload: rate("initial_upload", file.initial_upload.unwrap_or(BytesPerSec(7000.0))),
        increase: at.key("increase").within(increase, RATIO_MIN, RATIO_MAX),
        decrease: at.key("decrease").within(decrease, SHARE_MIN, SHARE_MAX),
        rounds: at
            .key("rounds")
            .count(file.rounds.unwrap_or(Whole(3)), 1, SMALL_COUNT_MAX),
        selfish_cap: file
            .selfish_cap
            .clone()
            .and_then(Or::value)
            .map(|cap| rate("selfish_cap", cap)),
    }
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
        optimistic_choice: optimistic_choice(file.optimistic_choice),
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
            Some(RefillFile::Decision) => Refill::Decision,
            Some(RefillFile::Periodic) => Refill::Periodic,
            Some(RefillFile::Held) => Refill::Held,
        },
        rate_window: time("rate_window", file.rate_window, default.rate_window),
    }
}

/// How many blocks leechers ask for ahead of time; as the preset says unless `file` does.
pub(super) fn pipelining(
    at: &Check<'_>,
    file: Option<&Or<Unlimited, PipeliningFile>>,
    preset: &Preset,
) -> Option<Pipelining> {
    let file = match file {
        None => return preset.pipelining,
        Some(Or::Word(_)) => return None,
        Some(Or::Value(file)) => file,
    };
    let default = REQUEST_QUEUE;
    let time = |key, value: Option<_>, default| at.key(key).within(value.unwrap_or(default), INTERVAL_MIN, TIME_MAX);
    Some(Pipelining {
        least_blocks: file.least_blocks.map_or(default.least_blocks, |n| {
            at.key("least_blocks").count(n, 1, SMALL_COUNT_MAX)
        }),
        ahead: time("ahead", file.ahead, default.ahead),
        quota_every: time("quota_every", file.quota_every, default.quota_every),
        whole_chunk_within: time(
            "whole_chunk_within",
            file.whole_chunk_within,
            default.whole_chunk_within,
        ),
    })
}

/// Which chunk leechers ask for; rarest first unless `file` says otherwise.
pub(super) fn picking(at: &Check<'_>, file: Option<&Choice<PickingFile>>, preset: &Preset) -> Picking {
    let default = PickingFile::RarestFirst(PickingRules::default());
    let (key, picker, rules) = match file.map_or(&default, |choice| &choice.0) {
        PickingFile::RarestFirst(rules) => ("rarest-first", Picker::RarestFirst, rules),
        PickingFile::Random(rules) => ("random", Picker::Random, rules),
        PickingFile::Sequential(rules) => ("sequential", Picker::Sequential, rules),
        PickingFile::GlobalRarest(rules) => ("global-rarest", Picker::GlobalRarest, rules),
        PickingFile::ModeSuppression(rules) => ("mode-suppression", Picker::ModeSuppression, rules),
    };
    let at = at.key(key);
    // In order means in order, and never the most common one never: no random start for them unless it is asked for.
    let random_first = if matches!(picker, Picker::Sequential | Picker::ModeSuppression) {
        0
    } else {
        preset.random_first
    };
    Picking {
        picker,
        random_first: rules
            .random_first
            .map_or(random_first, |n| at.key("random_first").count(n, 0, CHUNKS_MAX)),
        strict_priority: match rules.strict_priority {
            None => preset.strict_priority,
            Some(Or::Word(UnlessRarer)) => StrictPriority::UnlessRarer,
            Some(Or::Value(true)) => StrictPriority::On,
            Some(Or::Value(false)) => StrictPriority::Off,
        },
        endgame: rules.endgame.unwrap_or(true),
    }
}
