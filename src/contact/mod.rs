//! Peers that meet at random (Hajek & Zhu 2010): no connections, no choking, no sharing of links.
//!
//! Each peer has a clock of its own that ticks at rate upload / chunk size. At a tick it meets a peer drawn from the whole swarm, initial
//! seeds excepted, and gives it a chunk that it lacks, at once, if it has one; else the tick is lost.
//!
//! One clock stands for all: it ticks as if everybody were as fast as the fastest, a peer is drawn, and a slower one lets as many of
//! its ticks pass as it is slower (thinning). What has no memory can be drawn anew after each event.

use crate::churn::next_at_rate;
use crate::crowd::{Crowd, Gift, play};
use crate::engine::observer::{Ending, Observer};
use crate::engine::{Control, InvariantViolation, Progress, RunOptions};
use crate::ids::PeerIx;
use crate::rng::{Purpose, Rng, below, stream};
use crate::scenario::Scenario;
use crate::swarm::Role;
use rand::RngExt;

/// Events and ticks between two questions to the watcher.
const STEPS_PER_WATCH: u64 = 4096;

/// Runs `scenario` to its end, telling `observer` what happens; asks `watch` every few thousand steps whether to go on.
///
/// # Errors
/// With `check_invariants`, the first invariant that does not hold.
pub fn run(
    scenario: &Scenario,
    options: &RunOptions,
    observer: &mut dyn Observer,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Ending, InvariantViolation> {
    let mut rng = stream(scenario.seed, Purpose::Contact, 0);
    play(
        Crowd::new(scenario, observer),
        options,
        (STEPS_PER_WATCH, watch),
        |crowd| {
            step(crowd, &mut rng);
        },
    )
}

/// Somebody comes or goes, or the clock ticks, whichever is first.
fn step(crowd: &mut Crowd<'_>, rng: &mut Rng) {
    let chunk = crowd.scenario.file.chunk_size.0 as f64;
    let per_sec = crowd.present().len() as f64 * crowd.fastest_upload() / chunk;
    let tick = next_at_rate(crowd.now(), per_sec, rng);
    if crowd.next_event_at() <= tick {
        crowd.handle_event();
        return;
    }
    crowd.pass_to(tick);
    let from = crowd.present()[below(rng, crowd.present().len())];
    let share = crowd.swarm.peers[from].life.upload / crowd.fastest_upload();
    if rng.random::<f64>() < share
        && crowd.gives(from)
        && let Some(to) = meet(crowd, from, rng)
    {
        give(crowd, from, to);
    }
}

/// Whom `from` meets.
fn meet(crowd: &Crowd<'_>, from: PeerIx, rng: &mut Rng) -> Option<PeerIx> {
    let members = crowd.members();
    let itself = usize::from(!crowd.swarm.peers[from].life.initial_seed);
    if members.len() <= itself {
        return None;
    }
    // Who meets itself draws again: all others stay as likely.
    loop {
        let to = members[below(rng, members.len())];
        if to != from {
            return Some(to);
        }
    }
}

fn give(crowd: &mut Crowd<'_>, from: PeerIx, to: PeerIx) {
    if crowd.swarm.peers[to].role != Role::Leecher {
        return;
    }
    if let Some(chunk) = crowd.pick_of(from, to) {
        crowd.swarm.claim(to, chunk);
        let started = crowd.now();
        crowd.deliver(&[Gift {
            from,
            to,
            chunk,
            started,
        }]);
    }
}

#[cfg(test)]
mod tests;
