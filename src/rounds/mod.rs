//! Rounds (Mundinger, Weber & Weiss 2008): in each, every peer sends at most one chunk, and receives at most as many as the scenario says.
//!
//! A round takes chunk size / upload. Who comes in a round takes part in the next; who goes in a round takes its chunk along unsent. In
//! an order drawn for each round, senders choose by their picker among all chunks that some leecher still lacks and can receive, and one of
//! those leechers at random; copies on their way count as copies.

mod matching;

use self::matching::Matching;
use crate::crowd::{Crowd, Gift, play};
use crate::engine::observer::{Ending, Observer};
use crate::engine::{Control, InvariantViolation, Progress, RunOptions};
use crate::ids::PeerId;
use crate::rng::{Purpose, Rng, stream};
use crate::scenario::Scenario;
use crate::scenario::model::Mode;
use crate::units::{SimDuration, SimTime};

/// Events and rounds between two questions to the watcher: a round of a large swarm takes a while.
const STEPS_PER_WATCH: u64 = 16;

/// Runs `scenario` to its end, telling `observer` what happens; asks `watch` every few steps whether to go on.
///
/// # Errors
/// With `check_invariants`, the first invariant that does not hold.
pub fn run(
    scenario: &Scenario,
    options: &RunOptions,
    observer: &mut dyn Observer,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Ending, InvariantViolation> {
    let mut rounds = Rounds::new(scenario);
    play(
        Crowd::new(scenario, observer),
        options,
        (STEPS_PER_WATCH, watch),
        |crowd| {
            rounds.step(crowd);
        },
    )
}

/// The round that is being played.
struct Rounds {
    number: u64,
    round_s: f64,
    receives: Option<u32>,
    rng: Rng,
    /// What is on its way, with those who send and take it: they may go before it is there.
    on_way: Vec<(Gift, PeerId, PeerId)>,
}

impl Rounds {
    fn new(scenario: &Scenario) -> Self {
        let receives = match scenario.run.mode {
            Mode::Rounds { receives } => receives,
            Mode::Bittorrent | Mode::RandomContact => None,
        };
        Self {
            number: 0,
            // The same for all groups, as validation has seen to.
            round_s: scenario.file.chunk_size.0 as f64 / scenario.groups[0].capacity.mean_upload(),
            receives,
            rng: stream(scenario.seed, Purpose::Round, 0),
            on_way: Vec::new(),
        }
    }

    fn starts_at(&self, round: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs_f64(round as f64 * self.round_s)
    }

    /// An event of the round, or its end and the start of the next one.
    fn step(&mut self, crowd: &mut Crowd<'_>) {
        let start = self.starts_at(self.number);
        let event = crowd.next_event_at();
        // What has been sent arrives before anything else that happens then; the next round starts after it.
        if !self.on_way.is_empty() && start <= event {
            crowd.pass_to(start);
            self.arrive(crowd);
        } else if event <= start {
            crowd.handle_event();
        } else {
            crowd.pass_to(start);
            self.on_way = Matching::new(crowd, self.receives).play(crowd, &mut self.rng);
            self.number += 1;
        }
    }

    fn arrive(&mut self, crowd: &mut Crowd<'_>) {
        let mut gifts = Vec::with_capacity(self.on_way.len());
        for (gift, from, to) in self.on_way.drain(..) {
            let is_there = |place, id| crowd.swarm.peers[place].id == id;
            if !is_there(gift.to, to) {
                continue;
            }
            if is_there(gift.from, from) {
                gifts.push(gift);
            } else {
                crowd.swarm.unclaim(gift.to, gift.chunk);
            }
        }
        crowd.deliver(&gifts);
    }
}

#[cfg(test)]
mod tests;
