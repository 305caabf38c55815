//! Optimistic turns that end by a timer of their own, and what a leecher that becomes a seed keeps of them.

use super::*;
use crate::choking::{Choker, Decision, Grant, OwnChokers, RechokeView};
use crate::rng::Rng;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `slots` slots, one of them in turn.
fn libtorrent(slots: u32) -> Choking {
    Choking::Libtorrent {
        slots,
        optimistic_slots: 1,
        quota_chunks: 20,
        quota_time: secs(60),
    }
}

/// A seed with one slot, given in turn, whose decisions come every 10 s from a drawn instant on.
#[test]
fn a_turn_lasts_for_a_rotation_from_when_it_was_given() {
    for refill in [Refill::Decision, Refill::Immediate] {
        let mut origin = seeds(1, 1000.0);
        origin.rechoke.refill = refill;
        origin.seeding = libtorrent(1);
        let takers = Group {
            choking: Choking::FreeRider,
            ..leechers(3, 1000.0, UNLIMITED)
        };
        let seen = play(&mesh(30, vec![origin, takers]));
        let span = |u: &Unchoke| (u.started.as_secs_f64(), u.ended.as_secs_f64());
        let turns: Vec<_> = seen.unchokes.iter().filter(|u| u.optimistic).collect();
        let times: Vec<_> = turns.iter().map(|u| span(u)).take(4).collect();
        assert_eq!(
            times,
            [(30.0, 60.0), (60.0, 90.0), (90.0, 120.0), (120.0, 150.0)],
            "{refill:?}"
        );
        assert!(turns[0].to.id != turns[1].to.id && turns[0].to.id == turns[3].to.id);
    }
}

/// Serves nobody, and gives no turns.
struct NoTurns;

impl Choker for NoTurns {
    fn slots(&self) -> usize {
        1
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, _: &mut Rng, _: &mut Vec<Grant>) {
        assert_ne!(view.decision, Decision::TurnsOver, "it has given none");
    }
}

#[test]
fn who_is_done_is_not_asked_for_turns_that_its_choker_as_a_leecher_gave() {
    let taker = |download| Group {
        choking: libtorrent(4),
        seeding: Choking::Own("no-turns".into()),
        ..leechers(1, 1000.0, download)
    };
    // The first is done before its turns are over at 30 s, the other long after.
    let scenario = mesh(2, vec![seeds(1, 2000.0), taker(UNLIMITED), taker(400.0)]);
    let options = RunOptions {
        own_chokers: OwnChokers::new().with("no-turns", |_| Box::new(NoTurns)),
        ..RunOptions::default()
    };
    let mut seen = Seen::default();
    run(&scenario, options, &mut seen, &mut |_| Control::Continue).expect("it is registered");
    assert!(seen.completed(1)[0] > 10.0 && seen.completed(1)[0] < 30.0 && seen.completed(2)[0] > 30.0);
}

#[test]
fn a_seed_by_the_rule_that_it_had_as_a_leecher_keeps_its_choker() {
    let made = |seeding: &str| {
        let count = Arc::new(AtomicUsize::new(0));
        let make = || {
            let count = count.clone();
            move |_| {
                count.fetch_add(1, Ordering::Relaxed);
                Box::new(NoTurns) as Box<dyn Choker>
            }
        };
        let group = Group {
            choking: Choking::Own("one".into()),
            seeding: Choking::Own(seeding.into()),
            ..leechers(5, 1000.0, UNLIMITED)
        };
        let scenario = mesh(6, vec![seeds(1, 8000.0), group]);
        let options = RunOptions {
            own_chokers: OwnChokers::new().with("one", make()).with("other", make()),
            ..RunOptions::default()
        };
        let mut seen = Seen::default();
        run(&scenario, options, &mut seen, &mut |_| Control::Continue).expect("they are registered");
        assert_eq!(seen.ending(), Ending::AllDone);
        count.load(Ordering::Relaxed)
    };
    // Some more are made to ask what the rule needs.
    assert_eq!(made("other") - made("one"), 5);
}

/// When a slot that was earned goes on as one in turn, in seconds.
#[derive(Default)]
struct Turned(Vec<f64>);

impl Observer for Turned {
    fn unchoke_turned(&mut self, until_now: &Unchoke) {
        if !until_now.optimistic {
            self.0.push(until_now.ended.as_secs_f64());
        }
    }
}

/// The seed comes at 3 s, so that its turns, of which it can give none at first, are over at 33 s: between two decisions. Its two slots are taken then: the second
/// by a leecher that came at 31 s.
#[test]
fn turns_that_are_over_while_all_slots_are_taken_wait_for_a_decision() {
    for (refill, expected) in [(Refill::Immediate, 40.0), (Refill::Decision, 34.0)] {
        let come_at = |secs: u64, group: Group| Group {
            arrival: Arrival::AtOnce {
                count: 1,
                at: at(secs),
                jitter: SimDuration::ZERO,
            },
            choking: Choking::FreeRider,
            ..group
        };
        let mut origin = come_at(3, seeds(1, 1000.0));
        (origin.rechoke.refill, origin.rechoke.phase) = (refill, Phase::Aligned);
        origin.seeding = libtorrent(2);
        let takers = leechers(1, 1000.0, UNLIMITED);
        let mut scenario = mesh(30, vec![origin, come_at(0, takers.clone()), come_at(31, takers)]);
        scenario.run.time_limit = secs(45);
        let mut turned = Turned::default();
        let options = RunOptions {
            check_invariants: true,
            ..RunOptions::default()
        };
        run(&scenario, options, &mut turned, &mut |_| Control::Continue).expect("nothing is wrong");
        assert_eq!(turned.0, [expected], "{refill:?}");
    }
}

/// Its turns end when a decision is due.
struct OnTime(Option<SimTime>);

impl Choker for OnTime {
    fn slots(&self) -> usize {
        1
    }

    fn turns_end(&self) -> Option<SimTime> {
        self.0
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, _: &mut Rng, _: &mut Vec<Grant>) {
        assert_ne!(
            view.decision,
            Decision::TurnsOver,
            "the decision that is due sees to it"
        );
        let is_over = self.0.is_none_or(|end| end <= view.now);
        if is_over && matches!(view.decision, Decision::Periodic { .. }) {
            self.0 = Some(view.now + view.rotation);
        }
    }
}

#[test]
fn turns_that_are_over_when_a_decision_is_due_are_left_to_it() {
    for refill in [Refill::Immediate, Refill::Periodic, Refill::Decision] {
        let mut origin = seeds(1, 1000.0);
        (origin.rechoke.refill, origin.rechoke.phase) = (refill, Phase::Aligned);
        origin.seeding = Choking::Own("on-time".into());
        let mut scenario = mesh(1, vec![origin, leechers(1, 1000.0, UNLIMITED)]);
        scenario.run.time_limit = secs(200);
        let options = RunOptions {
            own_chokers: OwnChokers::new().with("on-time", |_| Box::new(OnTime(None))),
            ..RunOptions::default()
        };
        let mut seen = Seen::default();
        run(&scenario, options, &mut seen, &mut |_| Control::Continue).expect("it is registered");
    }
}

/// A leecher that gives a turn at 30 s and has the file at about 41 s. The others take so little that they are never done.
#[test]
fn a_turn_goes_on_over_the_completion_of_its_giver_if_that_keeps_its_rule() {
    let ends = |seeding: Choking| {
        let mut giver = Group {
            choking: libtorrent(2),
            seeding,
            ..leechers(1, 1000.0, UNLIMITED)
        };
        giver.rechoke.phase = Phase::Aligned;
        let takers = Group {
            choking: Choking::FreeRider,
            ..leechers(3, 1000.0, 20.0)
        };
        let mut scenario = mesh(5, vec![seeds(1, 2000.0), giver, takers]);
        scenario.run.time_limit = secs(200);
        let seen = play(&scenario);
        let done = seen.peers.iter().find_map(|p| p.completed).expect("it gets the file");
        assert!(at(35) < done && done < at(55), "{done}");
        let of_giver = |u: &&Unchoke| u.from.group.0 == 1 && u.optimistic;
        let turns: Vec<_> = seen.unchokes.iter().filter(of_giver).take(2).collect();
        // The completion cuts the record in two.
        assert_eq!((turns[0].ended, turns[0].sender_leeches), (done, true));
        assert_eq!(
            (turns[1].started, turns[1].to, turns[1].sender_leeches),
            (done, turns[0].to, false)
        );
        turns[1].ended
    };
    assert_eq!(ends(libtorrent(2)), at(60));
    let another = Choking::Libtorrent {
        slots: 2,
        optimistic_slots: 1,
        quota_chunks: 1,
        quota_time: secs(60),
    };
    assert_eq!(ends(another), at(70), "it knows of no turn");
}
