//! Strategies back to file: choking, picking, their rhythm.

use super::whole;
use crate::scenario::file::choice::{Or, UnlessRarer};
use crate::scenario::file::strategy::{
    BitTyrantFile, ChokingFile, FastestFile, LibtorrentFile, Nothing, OptimisticChoiceFile, PhaseFile, PickingFile,
    PickingRules, PipeliningFile, PropShareFile, RankedSlots, RechokeFile, RefillFile, RoundRobinQuotaFile, SlotsFile,
    SlotsOnly, TitForTatBlockFile, TitForTatFile,
};
use crate::scenario::model::{
    Choking, OptimisticChoice, Phase, Picker, Picking, Pipelining, Rechoke, Refill, Slots, StrictPriority,
};

pub(super) fn rechoke(model: &Rechoke) -> RechokeFile {
    RechokeFile {
        interval: Some(model.interval),
        optimistic_every: whole(model.optimistic_every),
        phase: Some(match model.phase {
            Phase::Random => PhaseFile::Random,
            Phase::Aligned => PhaseFile::Aligned,
        }),
        refill: Some(match model.refill {
            Refill::Immediate => RefillFile::Immediate,
            Refill::Decision => RefillFile::Decision,
            Refill::Periodic => RefillFile::Periodic,
            Refill::Held => RefillFile::Held,
        }),
        rate_window: Some(model.rate_window),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every key of the file is optional")]
fn slots(model: Slots) -> Option<SlotsFile> {
    let count = match model {
        Slots::Fixed(count) => whole(count),
        Slots::Auto => None,
    };
    Some(count.into())
}

/// Not said where they are drawn.
fn optimistic_choice(model: OptimisticChoice) -> Option<OptimisticChoiceFile> {
    match model {
        OptimisticChoice::Drawn => None,
        OptimisticChoice::Quickest => Some(OptimisticChoiceFile::Quickest),
        OptimisticChoice::InLine => Some(OptimisticChoiceFile::InLine),
    }
}

fn ranked(regular: Slots, optimistic: u32, new_neighbour_weight: u32) -> RankedSlots {
    RankedSlots {
        regular_slots: slots(regular),
        optimistic_slots: whole(optimistic),
        new_neighbour_weight: whole(new_neighbour_weight),
    }
}

pub(super) fn choking(model: &Choking) -> ChokingFile {
    match model {
        Choking::TitForTat(p) => ChokingFile::TitForTat(TitForTatFile {
            regular_slots: slots(p.regular_slots),
            optimistic_slots: whole(p.optimistic_slots),
            anti_snubbing: Some(p.snub_after.into()),
            new_neighbour_weight: whole(p.new_neighbour_weight),
            optimistic_choice: optimistic_choice(p.optimistic_choice),
        }),
        Choking::Fastest(p) => ChokingFile::Fastest(FastestFile {
            regular_slots: slots(p.regular_slots),
            optimistic_slots: whole(p.optimistic_slots),
            new_neighbour_weight: whole(p.new_neighbour_weight),
            optimistic_choice: optimistic_choice(p.optimistic_choice),
        }),
        Choking::Birds {
            regular_slots,
            optimistic_slots,
            new_neighbour_weight,
        } => ChokingFile::Birds(ranked(*regular_slots, *optimistic_slots, *new_neighbour_weight)),
        Choking::RoundRobin { slots: count } => ChokingFile::RoundRobin(SlotsOnly { slots: slots(*count) }),
        Choking::RoundRobinQuota {
            slots: count,
            quota_chunks,
            quota_time,
        } => ChokingFile::RoundRobinQuota(RoundRobinQuotaFile {
            slots: slots(*count),
            quota_chunks: whole(*quota_chunks),
            quota_time: Some(*quota_time),
        }),
        Choking::Random { slots: count } => ChokingFile::Random(SlotsOnly { slots: slots(*count) }),
        Choking::PropShare(p) => ChokingFile::Propshare(PropShareFile {
            exploring_share: Some(p.exploring_share),
            optimistic_slots: whole(p.optimistic_slots),
        }),
        Choking::BitTyrant(p) => ChokingFile::Bittyrant(BitTyrantFile {
            initial_upload: Some(p.initial_upload),
            increase: Some(p.increase),
            decrease: Some(p.decrease),
            rounds: whole(p.rounds),
            selfish_cap: Some(p.selfish_cap.into()),
        }),
        Choking::FairTorrent { slots: count } => ChokingFile::Fairtorrent(SlotsOnly { slots: slots(*count) }),
        Choking::Libtorrent {
            slots,
            optimistic_slots,
            quota_chunks,
            quota_time,
        } => ChokingFile::Libtorrent(LibtorrentFile {
            slots: whole(*slots),
            optimistic_slots: whole(*optimistic_slots),
            quota_chunks: whole(*quota_chunks),
            quota_time: Some(*quota_time),
        }),
        Choking::TitForTatBlock {
            slots: count,
            ahead_chunks,
        } => ChokingFile::TitForTatBlock(TitForTatBlockFile {
            slots: slots(*count),
            ahead_chunks: whole(*ahead_chunks),
        }),
        Choking::Altruist => ChokingFile::Altruist(Nothing {}),
        Choking::FreeRider => ChokingFile::FreeRider(Nothing {}),
        Choking::Own(name) => ChokingFile::Own(name.clone()),
    }
}

pub(super) fn pipelining(model: Pipelining) -> PipeliningFile {
    PipeliningFile {
        least_blocks: whole(model.least_blocks),
        ahead: Some(model.ahead),
        quota_every: Some(model.quota_every),
        whole_chunk_within: Some(model.whole_chunk_within),
    }
}

pub(super) fn picking(model: Picking) -> PickingFile {
    let rules = PickingRules {
        random_first: whole(model.random_first),
        strict_priority: Some(match model.strict_priority {
            StrictPriority::On => Or::Value(true),
            StrictPriority::Off => Or::Value(false),
            StrictPriority::UnlessRarer => Or::Word(UnlessRarer),
        }),
        endgame: Some(model.endgame),
    };
    match model.picker {
        Picker::RarestFirst => PickingFile::RarestFirst(rules),
        Picker::Random => PickingFile::Random(rules),
        Picker::Sequential => PickingFile::Sequential(rules),
        Picker::GlobalRarest => PickingFile::GlobalRarest(rules),
        Picker::ModeSuppression => PickingFile::ModeSuppression(rules),
    }
}
