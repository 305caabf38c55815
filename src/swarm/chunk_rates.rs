//! Rates that count chunks and not bytes: what a simulator that has no bytes knows of a connection.
//!
//! As in `OctoSim` (Bharambe et al. 2006; its Node.cs and RateMeasurer.cs) a chunk counts at its sender when it begins, and at its receiver when it is there or
//! cut off. An estimate takes in one thing at an instant, and a decision that asks for it is one: a chunk that begins in answer is overlooked.

use crate::swarm::meter::RateMeter;
use crate::units::{SimDuration, SimTime};

/// What one end of a connection keeps for them.
#[derive(Clone, Copy, Debug)]
pub struct ChunkRates {
    /// Bytes that have come of the chunk that is on its way.
    coming: u64,
    received: RateMeter,
    sent: RateMeter,
}

impl ChunkRates {
    /// Those of a connection that opens now.
    pub(super) fn opened(now: SimTime) -> Self {
        Self {
            coming: 0,
            received: RateMeter::new(now),
            sent: RateMeter::new(now),
        }
    }

    /// `bytes` have come.
    pub(super) fn credit(&mut self, bytes: u64) {
        self.coming += bytes;
    }

    /// A chunk, or what is left of one, begins to be sent.
    pub fn begin(&mut self, now: SimTime, bytes: u64, window: SimDuration) {
        count(&mut self.sent, now, bytes, window);
    }

    /// The chunk that was on its way is there, or cut off.
    pub fn end(&mut self, now: SimTime, window: SimDuration) {
        let bytes = std::mem::take(&mut self.coming);
        count(&mut self.received, now, bytes, window);
    }

    /// The rate of what comes, in bytes per second, as a decision asks for it.
    pub fn ask_received(&mut self, now: SimTime, window: SimDuration) -> f64 {
        count(&mut self.received, now, 0, window);
        self.received.rate(now, window)
    }

    /// The rate of what is sent, in bytes per second, as a decision asks for it.
    pub fn ask_sent(&mut self, now: SimTime, window: SimDuration) -> f64 {
        count(&mut self.sent, now, 0, window);
        self.sent.rate(now, window)
    }
}

fn count(rate: &mut RateMeter, now: SimTime, bytes: u64, window: SimDuration) {
    if rate.last() < now {
        rate.add(now, bytes, window);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: SimDuration = SimDuration::from_secs(20);
    fn at(secs: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(secs)
    }
    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn a_chunk_counts_as_sent_when_it_begins_but_not_in_answer_to_a_decision() {
        let mut rates = ChunkRates::opened(at(0));
        assert!(close(rates.ask_sent(at(10), WINDOW), 0.0));
        rates.begin(at(10), 1000, WINDOW);
        assert!(close(rates.ask_sent(at(15), WINDOW), 0.0));
        rates.begin(at(20), 1000, WINDOW); // 1000 B in the 25 s since 5 s before it opened: 40 B/s, window from 0 s
        assert!(close(rates.ask_sent(at(25), WINDOW), 32.0)); // 40·20 / 25
    }

    #[test]
    fn a_chunk_counts_as_received_once_and_when_it_has_ended() {
        let mut rates = ChunkRates::opened(at(0));
        rates.credit(600);
        rates.credit(400);
        assert!(close(rates.ask_received(at(15), WINDOW), 0.0));
        rates.end(at(20), WINDOW);
        assert!(close(rates.ask_received(at(25), WINDOW), 32.0)); // as above, window from 5 s
        rates.end(at(30), WINDOW);
        assert!(close(rates.ask_received(at(30), WINDOW), 25.6)); // 32·20 / 25
    }
}
