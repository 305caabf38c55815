//! When the next plain line is due: often at first, and rarely in a run of hours, whose log is to be read by people.

use std::time::{Duration, Instant};

/// Time before the first line, and between lines for a while.
const FIRST: Duration = Duration::from_secs(5);
/// A line comes when this part of the time up to the last one has passed again.
const PART: u32 = 10;

/// The rhythm of plain lines.
#[derive(Debug)]
pub(super) struct Rhythm {
    started: Instant,
    last: Duration,
}

impl Rhythm {
    /// It starts at `now`.
    pub fn new(now: Instant) -> Self {
        Self {
            started: now,
            last: Duration::ZERO,
        }
    }

    /// Whether a line is due; if so, the next one is due later.
    pub fn is_due(&mut self, now: Instant) -> bool {
        let elapsed = now.duration_since(self.started);
        let is_due = elapsed >= self.last + FIRST.max(self.last / PART);
        if is_due {
            self.last = elapsed;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_rare() {
        let start = Instant::now();
        let mut rhythm = Rhythm::new(start);
        let lines = |from: u64, to: u64, rhythm: &mut Rhythm| {
            let second = |second| start + Duration::from_secs(second);
            (from..to).filter(|&at| rhythm.is_due(second(at))).count()
        };
        assert_eq!(lines(0, 60, &mut rhythm), 11);
        let hour = lines(60, 3600, &mut rhythm);
        assert!((40..60).contains(&hour), "{hour}");
        let day = lines(3600, 86_400, &mut rhythm);
        assert!((30..40).contains(&day), "{day}");
    }
}
