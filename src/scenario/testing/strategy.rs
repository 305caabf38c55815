//! Random strategies: every rule of choking and picking, with random parameters.

use proptest::prelude::*;
use proptest::sample::select;

use super::secs;
use crate::scenario::model::{
    BitTyrant, Choking, Connections, Fastest, OptimisticChoice, Phase, Picker, Picking, Pipelining, PropShare, Rechoke,
    Refill, Slots, StrictPriority, TitForTat, WhenFull,
};
use crate::units::{BytesPerSec, SimDuration};

/// At least one slot.
fn some_slots() -> impl Strategy<Value = Slots> {
    prop_oneof![4 => (1_u32..5).prop_map(Slots::Fixed), 1 => Just(Slots::Auto)]
}

/// Regular and optimistic slots, and at least one of them.
fn ranked_slots() -> impl Strategy<Value = (Slots, u32)> {
    prop_oneof![4 => (some_slots(), 0_u32..3), 1 => (Just(Slots::Fixed(0)), 1_u32..3)]
}

fn optimistic_choice() -> impl Strategy<Value = OptimisticChoice> {
    select(vec![
        OptimisticChoice::Drawn,
        OptimisticChoice::Quickest,
        OptimisticChoice::InLine,
    ])
}

/// Whom leechers unchoke.
pub(super) fn choking() -> impl Strategy<Value = Choking> {
    prop_oneof![6 => by_return(), 7 => seeding()]
}

/// Rules that go by what comes back, which is nothing for a seed.
fn by_return() -> impl Strategy<Value = Choking> {
    let tit_for_tat = (
        ranked_slots(),
        prop::option::of(1_u64..100),
        1_u32..4,
        optimistic_choice(),
    );
    let cap = select(vec![None, Some(50.0), Some(1e4)]);
    prop_oneof![
        tit_for_tat.prop_map(
            |((regular_slots, optimistic_slots), snub_after, new_neighbour_weight, optimistic_choice)| {
                Choking::TitForTat(TitForTat {
                    regular_slots,
                    optimistic_slots,
                    snub_after: snub_after.map(secs),
                    new_neighbour_weight,
                    optimistic_choice,
                })
            }
        ),
        (0.01_f64..0.99, 1_u32..4).prop_map(|(exploring_share, optimistic_slots)| Choking::PropShare(PropShare {
            exploring_share,
            optimistic_slots,
        })),
        (1.0_f64..5000.0, 0.01_f64..2.0, 0.01_f64..0.99, 1_u32..4, cap).prop_map(
            |(initial, increase, decrease, rounds, cap)| Choking::BitTyrant(BitTyrant {
                initial_upload: BytesPerSec(initial),
                increase,
                decrease,
                rounds,
                selfish_cap: cap.map(BytesPerSec),
            })
        ),
        (1_u32..6, 0_u32..3, 0_u32..5, 0_u64..60).prop_map(|(slots, optimistic_slots, quota_chunks, quota)| {
            Choking::Libtorrent {
                slots,
                optimistic_slots: optimistic_slots.min(slots),
                quota_chunks,
                quota_time: secs(quota),
            }
        }),
        (some_slots(), 1_u32..4).prop_map(|(slots, ahead_chunks)| Choking::TitForTatBlock { slots, ahead_chunks }),
        (ranked_slots(), 1_u32..4).prop_map(|((regular_slots, optimistic_slots), new_neighbour_weight)| {
            Choking::Birds {
                regular_slots,
                optimistic_slots,
                new_neighbour_weight,
            }
        }),
    ]
}

/// Whom seeds unchoke.
pub(super) fn seeding() -> impl Strategy<Value = Choking> {
    prop_oneof![
        (ranked_slots(), 1_u32..4, optimistic_choice()).prop_map(
            |((regular_slots, optimistic_slots), new_neighbour_weight, optimistic_choice)| {
                Choking::Fastest(Fastest {
                    regular_slots,
                    optimistic_slots,
                    new_neighbour_weight,
                    optimistic_choice,
                })
            }
        ),
        some_slots().prop_map(|slots| Choking::RoundRobin { slots }),
        (some_slots(), 0_u32..5, 0_u64..60).prop_map(|(slots, quota_chunks, quota)| Choking::RoundRobinQuota {
            slots,
            quota_chunks,
            quota_time: secs(quota),
        }),
        some_slots().prop_map(|slots| Choking::Random { slots }),
        some_slots().prop_map(|slots| Choking::FairTorrent { slots }),
        Just(Choking::Altruist),
        Just(Choking::FreeRider),
    ]
}

pub(super) fn picking() -> impl Strategy<Value = Picking> {
    let picker = select(vec![
        Picker::RarestFirst,
        Picker::Random,
        Picker::Sequential,
        Picker::GlobalRarest,
        Picker::ModeSuppression,
    ]);
    let priority = select(vec![
        StrictPriority::On,
        StrictPriority::Off,
        StrictPriority::UnlessRarer,
    ]);
    (picker, 0_u32..8, priority, any::<bool>()).prop_map(|(picker, random_first, strict_priority, endgame)| Picking {
        picker,
        random_first,
        strict_priority,
        endgame,
    })
}

pub(super) fn pipelining() -> impl Strategy<Value = Option<Pipelining>> {
    let quota = select(vec![SimDuration::from_millis(500), secs(1), secs(7)]);
    let whole = select(vec![secs(1), secs(20), secs(1000)]);
    prop::option::of((1_u32..8, 1_u64..8, quota, whole).prop_map(
        |(least_blocks, ahead, quota_every, whole_chunk_within)| Pipelining {
            least_blocks,
            ahead: secs(ahead),
            quota_every,
            whole_chunk_within,
        },
    ))
}

pub(super) fn kept_quota() -> impl Strategy<Value = SimDuration> {
    select(vec![SimDuration::ZERO, secs(1), secs(20)])
}

/// When peers decide, and over what time they measure rates.
pub(super) fn rechoke() -> impl Strategy<Value = Rechoke> {
    let phase = select(vec![Phase::Aligned, Phase::Random]);
    let refill = select(vec![
        Refill::Immediate,
        Refill::Decision,
        Refill::Periodic,
        Refill::Held,
    ]);
    (1_u64..30, 1_u32..4, phase, refill, 1_u64..60).prop_map(|(interval, optimistic_every, phase, refill, window)| {
        Rechoke {
            interval: secs(interval),
            optimistic_every,
            phase,
            refill,
            rate_window: secs(window),
        }
    })
}

pub(super) fn connections() -> impl Strategy<Value = Connections> {
    let when_full = select(vec![WhenFull::Refuse, WhenFull::DropRandom]);
    let some = prop_oneof![4 => (1_u32..8, 0_u32..15), 1 => (0_u32..1, 1_u32..15)];
    (some, when_full).prop_map(|((initiate, accept), when_full)| Connections {
        initiate,
        accept,
        when_full,
    })
}
