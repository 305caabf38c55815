//! What a choker sees and what it answers; which choker stands for which rule of the scenario.

use crate::choking::altruist::Altruist;
use crate::choking::birds::Birds;
use crate::choking::bittyrant::BitTyrant;
use crate::choking::fairtorrent::FairTorrent;
use crate::choking::fastest::Fastest;
use crate::choking::free_rider::FreeRider;
use crate::choking::libtorrent::Libtorrent;
use crate::choking::line::Line;
use crate::choking::own::OwnChokers;
use crate::choking::propshare::PropShare;
use crate::choking::random::RandomSlots;
use crate::choking::round_robin::RoundRobin;
use crate::choking::round_robin_quota::{Quota, RoundRobinQuota};
use crate::choking::tit_for_tat::TitForTat;
use crate::choking::tit_for_tat_block::TitForTatBlock;
use crate::ids::{LinkIx, PeerId};
use crate::rng::Rng;
use crate::scenario::Scenario;
use crate::scenario::model::{Choking, Group, OptimisticChoice, Slots};
use crate::swarm::Kept;
use crate::units::{SimDuration, SimTime};

/// A neighbour of the deciding peer.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "five facts, each on its own")]
pub struct Neighbour {
    /// The deciding peer's end of the connection.
    pub link: LinkIx,
    /// Who it is; [`PeerId::NONE`] unless the choker [knows its neighbours](Choker::knows_neighbours).
    pub peer: PeerId,
    /// Whether it is interested, as all are unless the choker [serves others too](Choker::serves_the_uninterested).
    pub interested: bool,
    /// Rate at which it sends, over the window, bytes per second.
    pub received_per_sec: f64,
    /// Rate at which it takes, over the window, bytes per second; 0 unless the choker [needs it](Choker::needs_sent_rates).
    pub sent_per_sec: f64,
    /// What the connection could carry as far as the neighbour is concerned, bytes per second: to a leecher, the neighbour's upload, shared out equally
    /// among those it sends to and the deciding peer; from a seed, its download, shared out in the same way. No real client knows this; 0 unless the
    /// choker [needs it](Choker::needs_offers).
    pub offer_per_sec: f64,
    /// Bytes that have come from it since the connection opened; 0 unless the choker [needs accounts](Choker::needs_accounts).
    pub received_bytes: u64,
    /// Bytes sent to it since the connection opened; 0 unless the choker [needs accounts](Choker::needs_accounts).
    pub sent_bytes: u64,
    /// Bytes that have come from it since the deciding peer's last regular decision; 0 unless the choker
    /// [needs accounts](Choker::needs_accounts).
    pub received_in_round: u64,
    /// Chunks that it has, as its HAVE messages tell (those still on their way included); 0 unless the choker
    /// [knows its neighbours](Choker::knows_neighbours).
    pub chunks: u32,
    /// Whether it unchokes the deciding peer; no unless the choker [knows its neighbours](Choker::knows_neighbours).
    pub unchokes_us: bool,
    /// When bytes last came from it, or the connection opened.
    pub last_received: SimTime,
    /// When the connection opened.
    pub opened: SimTime,
    /// Since when it is unchoked; while it is choked, when it was last unchoked, if it ever was and the choker [needs that](Choker::needs_waits).
    pub unchoked_at: Option<SimTime>,
    /// Bytes sent to it since then; 0 while it is choked, and unless the choker [needs them](Choker::needs_slot_bytes).
    pub slot_bytes: u64,
    /// Whether it is unchoked now.
    pub unchoked: bool,
    /// Whether its slot was given at random; while it is choked, whether the last one was.
    pub optimistic: bool,
    /// Share of the upload that it has, relative to the largest; 1 while it is choked.
    pub weight: f32,
    /// Whether a chunk is on its way to it.
    pub sending: bool,
}

impl Neighbour {
    /// One that has just connected, at time 0: interested, choked, and nothing has come from it or gone to it. Tests of a choker change what they need.
    #[must_use]
    pub fn new(link: LinkIx, peer: PeerId) -> Self {
        Self {
            link,
            peer,
            interested: true,
            received_per_sec: 0.0,
            sent_per_sec: 0.0,
            offer_per_sec: 0.0,
            received_bytes: 0,
            sent_bytes: 0,
            received_in_round: 0,
            chunks: 0,
            unchokes_us: false,
            last_received: SimTime::ZERO,
            opened: SimTime::ZERO,
            unchoked_at: None,
            slot_bytes: 0,
            unchoked: false,
            optimistic: false,
            weight: 1.0,
            sending: false,
        }
    }
}

/// Why a choker is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The regular decision; `rotate` on those that draw a new optimistic peer.
    Periodic {
        /// The first one of a peer is number 1.
        number: u32,
        /// Whether this is an optimistic rotation.
        rotate: bool,
    },
    /// A slot has fallen free between two decisions. Those that are unchoked stay so.
    Refill,
    /// Where slots are held (`refill = "held"`): a new neighbour has come, and all slots are given anew. No round ends with it.
    NewNeighbour,
    /// The optimistic turns are over, and no regular decision comes at this instant: only for a choker that [ends them](Choker::turns_end). Slots that
    /// were not given in turn stay.
    TurnsOver,
    /// The neighbour at this link has got a chunk: only for a choker that [is asked after each](Choker::is_asked_after_each_chunk). The others that
    /// are unchoked stay so.
    ChunkSent(LinkIx),
}

/// Read-only view of one decision of one peer.
#[derive(Clone, Copy, Debug)]
pub struct RechokeView<'a> {
    /// Now.
    pub now: SimTime,
    /// Why the choker is asked.
    pub decision: Decision,
    /// The interested neighbours, in the order of their ends (`link`); all of them where slots are held and the choker
    /// [serves the uninterested](Choker::serves_the_uninterested) too.
    pub neighbours: &'a [Neighbour],
    /// When the peer last made a regular decision; when it joined, before the first.
    pub decided_at: SimTime,
    /// When an optimistic slot was last rotated: who connected later is new.
    pub rotated_at: SimTime,
    /// How long an optimistic turn lasts: from one rotation to the next.
    pub rotation: SimDuration,
    /// How long after an unchoke the first request comes, and the chunk begins.
    pub first_request: SimDuration,
    /// The deciding peer's upload capacity, bytes per second.
    pub upload: f64,
    /// Bytes in a chunk.
    pub chunk_bytes: u64,
}

/// A neighbour to unchoke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grant {
    /// Its place in [`RechokeView::neighbours`].
    pub neighbour: usize,
    /// Whether the slot is given at random.
    pub optimistic: bool,
    /// Share of the upload relative to the other grants, above 0; all 1 for an equal split. Less than a thousandth of the largest counts as that much.
    pub weight: f32,
}

/// Decides whom one peer unchokes. A choker may keep state of its own; there is one a peer.
pub trait Choker: Send {
    /// How many neighbours it unchokes at most, as of its last decision. A peer with fewer has a free slot.
    fn slots(&self) -> usize;

    /// Fills `grants`, which is empty, with the neighbours to unchoke; all others are choked.
    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>);

    /// Whether it looks at the bytes that a connection has carried ([`Neighbour::received_bytes`], [`Neighbour::sent_bytes`],
    /// [`Neighbour::received_in_round`]). They are counted only in a swarm where some choker does.
    fn needs_accounts(&self) -> bool {
        false
    }

    /// Whether it looks at [`Neighbour::unchoked_at`] of those that are choked: who waits longest. It is kept only in a swarm where some choker does.
    fn needs_waits(&self) -> bool {
        false
    }

    /// Whether it looks at [`Neighbour::sent_per_sec`]. They stand with the neighbours, and looking them up for everybody is slow in a large swarm.
    fn needs_sent_rates(&self) -> bool {
        false
    }

    /// Whether it looks at [`Neighbour::slot_bytes`]: what has been sent is counted for each decision then.
    fn needs_slot_bytes(&self) -> bool {
        false
    }

    /// Whether it looks at [`Neighbour::offer_per_sec`], which stands with the neighbours too.
    fn needs_offers(&self) -> bool {
        false
    }

    /// Whether it looks at [`Neighbour::peer`], [`Neighbour::chunks`] or [`Neighbour::unchokes_us`]. Looking them up for everybody is slow in a
    /// large swarm, so the choker that does without says so.
    fn knows_neighbours(&self) -> bool {
        true
    }

    /// Whether it gives slots to neighbours that are not interested where slots are held (`refill = "held"`), so that they begin at once when they are.
    fn serves_the_uninterested(&self) -> bool {
        false
    }

    /// Whether it decides anew after every chunk: a neighbour that has got one gets the next only if it is chosen again. The usual choker
    /// lets it go on until a regular decision takes its slot.
    fn is_asked_after_each_chunk(&self) -> bool {
        false
    }

    /// When the optimistic turns that it has given are over, if that does not wait for a regular decision: it is asked then if a slot is left for them. If
    /// none is, the next regular decision is brought forward where those follow what happens (`refill = "decision"`).
    fn turns_end(&self) -> Option<SimTime> {
        None
    }

    /// The most that the peer uploads in all, bytes per second, if it gives less than its capacity.
    fn upload_cap(&self) -> Option<f64> {
        None
    }
}

/// The choker for a rule of the scenario, for a peer with `upload` bytes per second. Rules that are not swarmsim's are made by `own`.
///
/// # Panics
/// When `own` lacks the rule; a run makes sure of it before it starts.
#[must_use]
pub fn for_rule(rule: &Choking, upload: f64, own: &OwnChokers) -> Box<dyn Choker> {
    match *rule {
        Choking::TitForTat(rule) => Box::new(TitForTat::new(&rule, upload)),
        Choking::Fastest(rule) => Box::new(Fastest::new(&rule, upload)),
        Choking::RoundRobin { slots } => Box::new(RoundRobin {
            slots: total_slots(slots, upload),
        }),
        Choking::RoundRobinQuota {
            slots,
            quota_chunks,
            quota_time,
        } => Box::new(RoundRobinQuota {
            slots: total_slots(slots, upload),
            quota: Quota {
                chunks: quota_chunks,
                time: quota_time,
            },
        }),
        Choking::Random { slots } => Box::new(RandomSlots {
            slots: total_slots(slots, upload),
        }),
        Choking::PropShare(rule) => Box::new(PropShare::new(rule)),
        Choking::BitTyrant(rule) => Box::new(BitTyrant::new(rule)),
        Choking::FairTorrent { slots } => Box::new(FairTorrent {
            slots: total_slots(slots, upload),
        }),
        Choking::Libtorrent {
            slots,
            optimistic_slots,
            quota_chunks,
            quota_time,
        } => Box::new(Libtorrent::new(
            slots,
            optimistic_slots,
            Quota {
                chunks: quota_chunks,
                time: quota_time,
            },
        )),
        Choking::TitForTatBlock { slots, ahead_chunks } => {
            Box::new(TitForTatBlock::new(total_slots(slots, upload), ahead_chunks))
        }
        Choking::Birds {
            regular_slots,
            optimistic_slots,
            new_neighbour_weight,
        } => Box::new(Birds::new(
            regular_slots,
            optimistic_slots,
            new_neighbour_weight,
            upload,
        )),
        Choking::Altruist => Box::new(Altruist),
        Choking::FreeRider => Box::new(FreeRider),
        Choking::Own(ref name) => own.make(name, upload).expect("a run knows all its chokers"),
    }
}

/// What the chokers of `scenario` need of each connection. One that is not known, neither here nor in `own`, might need all.
#[must_use]
pub fn needs(scenario: &Scenario, own: &OwnChokers) -> Kept {
    let mut needs = Kept::default();
    for group in &scenario.groups {
        for rule in [&group.choking, &group.seeding] {
            let (accounts, waits) = match rule {
                Choking::Own(name) if !own.knows(name) => (true, true),
                rule => {
                    let choker = for_rule(rule, group.capacity.mean_upload(), own);
                    (choker.needs_accounts(), choker.needs_waits())
                }
            };
            needs.accounts |= accounts;
            needs.waits |= waits;
        }
    }
    needs
}

/// Bytes that the choker of a peer of `group` keeps for each neighbour that it has seen, while it leeches or afterwards.
#[must_use]
pub fn bytes_per_neighbour(group: &Group) -> usize {
    let kept = |rule: &Choking| match rule {
        Choking::BitTyrant(_) => BitTyrant::NEIGHBOUR_BYTES,
        Choking::Libtorrent { .. } => Libtorrent::NEIGHBOUR_BYTES,
        Choking::TitForTatBlock { .. } => TitForTatBlock::NEIGHBOUR_BYTES,
        Choking::TitForTat(rule) if rule.optimistic_choice != OptimisticChoice::Drawn => Line::NEIGHBOUR_BYTES,
        Choking::Fastest(rule) if rule.optimistic_choice != OptimisticChoice::Drawn => Line::NEIGHBOUR_BYTES,
        _ => 0,
    };
    kept(&group.choking).max(kept(&group.seeding))
}

/// The number of slots of a choker that has one number.
fn total_slots(slots: Slots, upload: f64) -> usize {
    match slots {
        Slots::Fixed(n) => n as usize,
        Slots::Auto => slots_for_rate(upload),
    }
}

/// The number of regular slots of a choker that counts optimistic ones apart.
pub(super) fn regular_slots(slots: Slots, optimistic: usize, upload: f64) -> usize {
    match slots {
        Slots::Fixed(n) => n as usize,
        Slots::Auto => slots_for_rate(upload).saturating_sub(optimistic),
    }
}

/// Mainline 4.0's number of uploads for an upload limit: below 9 kB/s 2, below 15 kB/s 3, below 42 kB/s 4, else ⌊√(0.6·rate in kB/s)⌋.
fn slots_for_rate(upload: f64) -> usize {
    let kb_per_sec = upload / 1000.0;
    match kb_per_sec {
        r if r < 9.0 => 2,
        r if r < 15.0 => 3,
        r if r < 42.0 => 4,
        r => (r * 0.6).sqrt() as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automatic_slots_follow_mainline_4() {
        let at = |kb: f64| slots_for_rate(kb * 1000.0);
        assert_eq!(
            [5.0, 9.0, 14.9, 20.0, 42.0, 100.0, 1000.0].map(at),
            [2, 3, 3, 4, 5, 7, 24]
        );
        assert_eq!(regular_slots(Slots::Auto, 1, 20_000.0), 3);
        assert_eq!(regular_slots(Slots::Fixed(4), 1, 20_000.0), 4);
    }
}
