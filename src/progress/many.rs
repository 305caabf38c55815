//! How far many runs are: a bar for each variant and one for all on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::rhythm::Rhythm;
use crate::human;

/// With more variants than this there is only the bar for all.
const BARS_MAX: usize = 12;
/// Characters of a label.
const LABEL_CHARS: usize = 32;

/// Shows the progress of many runs.
#[derive(Debug)]
pub struct RunsMeter {
    display: Display,
    labels: Vec<String>,
    /// By variant, as is `done`.
    wanted: Vec<u64>,
    done: Vec<u64>,
    /// Of those done, the ones that were played since `started`.
    new: u64,
    started: Instant,
}

#[derive(Debug)]
enum Display {
    Bars {
        variants: Vec<ProgressBar>,
        all: ProgressBar,
    },
    Lines(Rhythm),
    Nothing,
}

impl RunsMeter {
    /// A meter for runs of variants with these `labels`, which starts now; a `quiet` one shows nothing.
    #[must_use]
    pub fn new(labels: &[&str], quiet: bool, color: bool) -> Self {
        let display = if quiet {
            Display::Nothing
        } else if io::stderr().is_terminal() {
            bars(labels, color)
        } else {
            Display::Lines(Rhythm::new(Instant::now()))
        };
        Self {
            display,
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            wanted: vec![0; labels.len()],
            done: vec![0; labels.len()],
            new: 0,
            started: Instant::now(),
        }
    }

    /// There is one run more to do for each of these `variants`.
    pub fn plan(&mut self, variants: impl Iterator<Item = usize>) {
        variants.for_each(|variant| self.wanted[variant] += 1);
        if let Display::Bars { variants, all } = &self.display {
            for (bar, wanted) in variants.iter().zip(&self.wanted) {
                bar.set_length(*wanted);
            }
            all.set_length(self.wanted.iter().sum());
        }
    }

    /// A run of `variant` is there; `new` if it was played just now.
    pub fn finished(&mut self, variant: usize, new: bool) {
        self.done[variant] += 1;
        self.new += u64::from(new);
        let line = self.line(self.started.elapsed());
        match &mut self.display {
            Display::Bars { variants, all } => {
                if let Some(bar) = variants.get(variant) {
                    bar.set_position(self.done[variant]);
                }
                all.set_position(self.done.iter().sum());
                all.set_message(line);
            }
            Display::Lines(rhythm) => {
                if rhythm.is_due(Instant::now()) {
                    // Progress that nobody can read is no reason to stop.
                    drop(writeln!(io::stderr(), "{line}"));
                }
            }
            Display::Nothing => (),
        }
    }

    /// Clears the bars.
    pub fn finish(&self) {
        if let Display::Bars { variants, all } = &self.display {
            variants.iter().for_each(ProgressBar::finish_and_clear);
            all.finish_and_clear();
        }
    }

    fn line(&self, elapsed: Duration) -> String {
        let (done, all) = (self.done.iter().sum::<u64>(), self.wanted.iter().sum::<u64>());
        let eta = if self.new > 0 {
            let left = all.saturating_sub(done) as f64;
            human::duration((elapsed.as_secs_f64() * left / self.new as f64).ceil())
        } else {
            "?".to_owned()
        };
        let left = |variant: &usize| self.wanted[*variant].saturating_sub(self.done[*variant]);
        // The first of those that are furthest behind.
        let behind = (0..self.labels.len()).rev().max_by_key(left);
        let slowest = behind.map_or("", |variant| &self.labels[variant]);
        format!(
            "{}/{} runs  last: {slowest}  ETA {eta}",
            human::count(done),
            human::count(all)
        )
    }
}

fn bars(labels: &[&str], color: bool) -> Display {
    let many = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
    let bar = |template: &str| {
        let colored = if color {
            template.replace("{bar:24}", "{bar:24.cyan/blue}")
        } else {
            template.to_owned()
        };
        let style = ProgressStyle::with_template(&colored).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = many.add(ProgressBar::new(0));
        bar.set_style(style.progress_chars("━╸─"));
        bar
    };
    let of_variant = |label: &&str| {
        let bar = bar("{bar:24} {pos:>5}/{len}  {msg}");
        bar.set_message(label.chars().take(LABEL_CHARS).collect::<String>());
        bar
    };
    let shown = if labels.len() <= BARS_MAX { labels } else { &[] };
    Display::Bars {
        variants: shown.iter().map(of_variant).collect(),
        all: bar("{bar:24} {msg}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eta_is_that_of_runs_played_now() {
        let mut meter = RunsMeter::new(&["a", "b"], true, false);
        meter.plan((0..20).map(|run| run % 2));
        assert_eq!(meter.line(Duration::ZERO), "0/20 runs  last: a  ETA ?");
        (0..5).for_each(|_| meter.finished(0, false));
        meter.finished(0, true);
        meter.finished(1, true);
        // Two runs in 4 s, 13 left.
        assert_eq!(meter.line(Duration::from_secs(4)), "7/20 runs  last: b  ETA 26 s");
    }
}
