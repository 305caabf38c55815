//! The rate estimator of the mainline client: a sliding window in three numbers.
//!
//! `rate ← (rate·(last − since) + amount) / (now − since)`, then `since ← max(since, now − window)`; a new
//! estimator starts 5 s in the past so that the first bytes don't make a spike (mainline 3.4.2 and 4.0.0, `CurrentRateMeasure.py`).

use crate::units::{SimDuration, SimTime};

/// A new estimator counts as this old.
const FUDGE: SimDuration = SimDuration::from_secs(5);

/// Estimates the rate of one direction of a connection.
#[derive(Clone, Copy, Debug)]
pub struct RateMeter {
    /// Bytes per second as of `last`.
    rate: f64,
    /// When it was new.
    began: SimTime,
    /// The last update.
    last: SimTime,
}

impl RateMeter {
    /// An estimator that begins now, with nothing received.
    #[must_use]
    pub fn new(now: SimTime) -> Self {
        Self {
            rate: 0.0,
            began: now,
            last: now,
        }
    }

    /// Counts `bytes` that have come since the last update.
    pub fn add(&mut self, now: SimTime, bytes: u64, window: SimDuration) {
        self.rate = self.blend(now, bytes as f64, window);
        self.last = now;
    }

    /// The rate in bytes per second, if nothing has come since the last update.
    #[must_use]
    pub fn rate(&self, now: SimTime, window: SimDuration) -> f64 {
        self.blend(now, 0.0, window)
    }

    /// When the estimator began.
    #[must_use]
    pub fn began(&self) -> SimTime {
        self.began
    }

    /// When bytes were last counted, or the estimator began.
    #[must_use]
    pub fn last(&self) -> SimTime {
        self.last
    }

    /// Start of the window in nanoseconds; below zero for an estimator that is new at the start of the run. The rule's maxima over all updates come
    /// down to the last one, as time never goes back.
    fn since_ns(&self, window: SimDuration) -> i64 {
        let fresh = self.began.0 as i64 - FUDGE.0 as i64;
        if self.last == self.began {
            fresh
        } else {
            fresh.max(self.last.0 as i64 - window.0 as i64)
        }
    }

    fn blend(&self, now: SimTime, bytes: f64, window: SimDuration) -> f64 {
        let since_ns = self.since_ns(window);
        let seconds = |ns: i64| ns as f64 * 1e-9;
        let span = seconds(now.0 as i64 - since_ns);
        let before = self.rate * seconds(self.last.0 as i64 - since_ns);
        // The span is zero only for a window of no length.
        if span > 0.0 { (before + bytes) / span } else { 0.0 }
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
    fn follows_the_update_rule_by_hand() {
        let mut m = RateMeter::new(at(100));
        m.add(at(105), 1000, WINDOW); // 1000 B in the 10 s since 95 s
        assert!(close(m.rate(at(105), WINDOW), 100.0));
        m.add(at(120), 500, WINDOW); // (100·10 + 500) / 25, window from 100 s
        assert!(close(m.rate(at(120), WINDOW), 60.0));
        m.add(at(130), 0, WINDOW); // 60·20 / 30, window from 110 s
        assert!(close(m.rate(at(130), WINDOW), 40.0));
        assert!(close(m.rate(at(150), WINDOW), 20.0)); // 40·20 / 40: a question changes nothing
        assert!(close(m.rate(at(130), WINDOW), 40.0));
    }

    #[test]
    fn a_steady_stream_is_measured_right() {
        let mut m = RateMeter::new(SimTime::ZERO);
        for s in 1..=200 {
            m.add(at(s), 7000, WINDOW);
        }
        assert!((m.rate(at(200), WINDOW) - 7000.0).abs() < 1.0);
    }
}
