//! How far a run is, on standard error: a bar on a terminal, a line now and then elsewhere. Nothing but this module reads a
//! wall clock. `many` does the same for the runs of a comparison.
#![allow(clippy::disallowed_methods)] // that ban is about the others

mod clock;
mod many;
mod rhythm;

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::Progress;
use crate::human;
use crate::scenario::Scenario;
use crate::scenario::estimate::{is_open, peers_expected, share_at_start};
use crate::scenario::model::{Group, StartsWith};
use crate::units::SimDuration;

pub use clock::unix_seconds;
pub use many::RunsMeter;
use rhythm::Rhythm;

/// Time between two updates of the bar.
const BAR_EVERY: Duration = Duration::from_millis(100);
/// Steps of the bar.
const STEPS: u64 = 1000;
const PLAIN: &str = "{bar:24} {msg}";
const COLORED: &str = "{bar:24.cyan/blue} {msg}";

/// Shows the progress of one run.
#[derive(Debug)]
pub struct Meter {
    display: Display,
    expected: Expected,
    started: Instant,
    shown: Instant,
}

#[derive(Debug)]
enum Display {
    Bar(ProgressBar),
    Lines(Rhythm),
    Nothing,
}

/// What a whole run amounts to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Leechers that will come, if the scenario tells, at least roughly.
    pub leechers: Option<u64>,
    /// Chunks that they will download, if the scenario tells; fewer where some give up or crash.
    pub transfers: Option<u64>,
    /// The run ends here at the latest.
    pub time_limit: SimDuration,
}

impl Meter {
    /// A meter for a run of `scenario` that starts now; a `quiet` one shows nothing, one with `color` has a
    /// coloured bar.
    ///
    /// # Panics
    /// When the template of the bar is wrong: a defect.
    #[must_use]
    pub fn new(scenario: &Scenario, quiet: bool, color: bool) -> Self {
        let display = if quiet {
            Display::Nothing
        } else if io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
            bar.set_style(
                ProgressStyle::with_template(if color { COLORED } else { PLAIN })
                    .expect("the template is right")
                    .progress_chars("━╸─"),
            );
            Display::Bar(bar)
        } else {
            Display::Lines(Rhythm::new(Instant::now()))
        };
        let now = Instant::now();
        Self {
            display,
            expected: Expected::of(scenario),
            started: now,
            shown: now,
        }
    }

    /// Shows `progress`, unless the last time was a moment ago.
    pub fn update(&mut self, progress: &Progress) {
        let now = Instant::now();
        let is_due = match &mut self.display {
            Display::Bar(_) => now - self.shown >= BAR_EVERY,
            Display::Lines(rhythm) => rhythm.is_due(now),
            Display::Nothing => false,
        };
        if !is_due {
            return;
        }
        self.shown = now;
        let line = self.expected.line(progress, self.started.elapsed());
        match &self.display {
            Display::Bar(bar) => {
                bar.set_position((self.expected.share_done(progress) * STEPS as f64) as u64);
                bar.set_message(line);
            }
            // Progress that nobody can read is no reason to stop.
            Display::Lines(_) => drop(writeln!(io::stderr(), "{line}")),
            Display::Nothing => (),
        }
    }

    /// Clears the bar.
    pub fn finish(&self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }
}

impl Expected {
    /// What a run of `scenario` amounts to.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let mut leechers = Some(0_u64);
        let mut transfers = Some(0_u64);
        for group in &scenario.groups {
            if group.starts_with == StartsWith::All {
                continue;
            }
            let peers = peers(group, scenario.run.time_limit);
            leechers = leechers.zip(peers).map(|(sum, peers)| sum + peers as u64);
            let missing =
                scenario.file.chunks() as f64 * (1.0 - share_at_start(&group.starts_with, scenario.file.chunks()));
            transfers = transfers.zip(peers).map(|(sum, peers)| sum + (peers * missing) as u64);
        }
        Self {
            leechers,
            transfers,
            time_limit: scenario.run.time_limit,
        }
    }

    /// The share of the run that is done, 0 to 1: of the chunks to download where their number is known, or of the
    /// time limit where that comes first.
    #[must_use]
    pub fn share_done(&self, progress: &Progress) -> f64 {
        let of_time = progress.now.as_secs_f64() / self.time_limit.as_secs_f64();
        let of_chunks = match self.transfers {
            Some(transfers) if transfers > 0 => progress.transfers as f64 / transfers as f64,
            _ => 0.0,
        };
        of_time.max(of_chunks).clamp(0.0, 1.0)
    }

    fn line(&self, progress: &Progress, elapsed: Duration) -> String {
        let share = self.share_done(progress);
        let elapsed = elapsed.as_secs_f64();
        let of_all = self.leechers.map_or(String::new(), |all| {
            format!("/{}", human::count(all.max(progress.completed)))
        });
        let eta = if share > 0.0 {
            human::duration((elapsed * (1.0 - share) / share).ceil())
        } else {
            "?".to_owned()
        };
        format!(
            "{:3.0} %  at {}  completed {}{of_all}  {} chunks/s  ETA {eta}",
            share * 100.0,
            human::duration(progress.now.as_secs_f64()),
            human::count(progress.completed),
            human::rough(progress.transfers as f64 / elapsed.max(1e-3)),
        )
    }
}

/// Peers that will come, roughly; unknown where they come until the run ends.
fn peers(group: &Group, time_limit: SimDuration) -> Option<f64> {
    (!is_open(&group.arrival)).then(|| peers_expected(group, time_limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{leechers, scenario, seeds};
    use crate::scenario::draw::Draw;
    use crate::scenario::model::Arrival;
    use crate::units::SimTime;

    fn progress(transfers: u64, seconds: f64) -> Progress {
        Progress {
            now: SimTime::from_secs_f64(seconds),
            transfers,
            completed: 1,
            joined: 3,
            leechers: 1,
        }
    }

    #[test]
    fn a_known_number_of_chunks_gives_the_eta() {
        let expected = Expected::of(&scenario(vec![seeds(), leechers()]));
        assert_eq!((expected.leechers, expected.transfers), (Some(2), Some(6)));
        assert_eq!(
            expected.line(&progress(3, 95.0), Duration::from_secs(10)),
            " 50 %  at 1 min 35 s  completed 1/2  0 chunks/s  ETA 10 s"
        );
    }

    #[test]
    fn chunks_that_are_there_from_the_start_are_not_waited_for() {
        let mut half = leechers();
        half.starts_with = StartsWith::Fraction(Draw::constant(0.5));
        assert_eq!(Expected::of(&scenario(vec![seeds(), half])).transfers, Some(3));
    }

    #[test]
    fn else_the_time_limit_does() {
        let mut open = leechers();
        open.arrival = Arrival::Poisson {
            per_sec: 1.0,
            from: SimTime::ZERO,
            until: None,
            count: None,
        };
        let expected = Expected::of(&scenario(vec![seeds(), open]));
        assert_eq!(
            expected.line(&progress(3000, 900.0), Duration::from_secs(1)),
            " 25 %  at 15 min  completed 1  3 k chunks/s  ETA 3 s"
        );
    }

    #[test]
    fn nothing_done_yet_has_no_eta() {
        let expected = Expected::of(&scenario(vec![seeds(), leechers()]));
        assert!(expected.line(&progress(0, 0.0), Duration::ZERO).ends_with("ETA ?"));
    }
}
