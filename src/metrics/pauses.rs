//! Times in which nothing moved though leechers were there and no chunk was lost: a result that deserves a second look.

use crate::engine::observer::Sample;
use crate::units::{SimDuration, SimTime};

/// One such time, as the rows of the time series show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The first row of it.
    pub from: SimTime,
    /// How long it is from there to the last row.
    pub length: SimDuration,
    /// Leechers that were there at its end.
    pub leechers: u32,
}

/// A shorter one is nothing to wonder at: a few turns of optimistic slots.
const DOUBTFUL_S: f64 = 60.0;
/// Neither is a small part of a run.
const DOUBTFUL_SHARE: f64 = 0.05;

/// Whether a pause of so many seconds is so long that times of a run of `simulated_s` deserve doubt.
#[must_use]
pub fn is_doubtful(pause_s: f64, simulated_s: f64) -> bool {
    pause_s >= DOUBTFUL_S && pause_s >= DOUBTFUL_SHARE * simulated_s
}

/// Finds the longest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pauses {
    /// The pause that lasts, with what had been sent until it began.
    current: Option<(Pause, u64)>,
    longest: Option<Pause>,
    /// Chunks change hands whole: a row cannot tell whether one is on its way.
    by_chunks: bool,
}

impl Pauses {
    /// Takes a row of the time series.
    pub fn sample(&mut self, sample: &Sample<'_>) {
        self.by_chunks = sample.leecher_rate.is_nan();
        let sent = sample.leecher_sent_bytes + sample.seed_sent_bytes;
        let is_still = sample.leechers > 0 && sample.flows == 0 && sample.copies.iter().all(|copies| *copies > 0);
        let before = self.current.take().filter(|(_, sent_then)| *sent_then == sent);
        if !is_still {
            return;
        }
        let from = before.map_or(sample.now, |(pause, _)| pause.from);
        let pause = Pause {
            from,
            length: sample.now.since(from),
            leechers: sample.leechers,
        };
        self.current = Some((pause, sent));
        if self.longest.is_none_or(|longest| longest.length < pause.length) {
            self.longest = Some(pause);
        }
    }

    /// The longest, the first of equals; one of no length if there was none, `None` if that cannot be told.
    #[must_use]
    pub fn longest(&self) -> Option<Pause> {
        let none = Pause {
            from: SimTime::ZERO,
            length: SimDuration::ZERO,
            leechers: 0,
        };
        (!self.by_chunks).then(|| self.longest.unwrap_or(none))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest pause of rows every 10 s: leechers, transfers, bytes sent so far, least copies of a chunk.
    fn longest(rows: &[(u32, u32, u64, u32)], leecher_rate: f64) -> Option<Pause> {
        let mut pauses = Pauses::default();
        for (&(leechers, flows, sent, copies), row) in rows.iter().zip(0..) {
            pauses.sample(&Sample {
                now: SimTime::ZERO + SimDuration::from_secs(10 * row),
                leechers,
                flows,
                leecher_sent_bytes: sent,
                leecher_rate,
                copies: &[copies, 3],
                seeds: 1,
                leecher_capacity: 1.0,
                seed_capacity: 1.0,
                seed_rate: leecher_rate,
                leecher_chunks: &[],
                completed: 0,
                joined: 3,
                transfers: 0,
                leecher_capacity_bytes: 0.0,
                seed_capacity_bytes: 0.0,
                seed_sent_bytes: 0,
            });
        }
        pauses.longest()
    }

    fn pause(from_s: u64, length_s: u64, leechers: u32) -> Pause {
        Pause {
            from: SimTime::ZERO + SimDuration::from_secs(from_s),
            length: SimDuration::from_secs(length_s),
            leechers,
        }
    }

    #[test]
    fn the_longest_time_without_a_transfer_is_found() {
        let rows = [
            (2, 0, 0, 1),
            (2, 1, 5, 1),
            (2, 0, 9, 1),
            (2, 0, 9, 1),
            (2, 0, 9, 1),
            (1, 0, 9, 1),
            (1, 3, 9, 1),
        ];
        assert_eq!(longest(&rows, 0.0), Some(pause(20, 30, 1)));
        assert_eq!(longest(&rows, f64::NAN), None);
    }

    #[test]
    fn what_moved_between_two_rows_ends_a_pause_and_so_does_whoever_is_last() {
        assert_eq!(longest(&[(2, 0, 0, 1), (2, 0, 5, 1)], 0.0), Some(pause(0, 0, 2)));
        assert_eq!(longest(&[(0, 0, 0, 1), (0, 0, 0, 1)], 0.0), Some(pause(0, 0, 0)));
        // Nobody has a chunk: they wait for somebody to come.
        assert_eq!(longest(&[(2, 0, 0, 0), (2, 0, 0, 0)], 0.0), Some(pause(0, 0, 0)));
    }
}
