//! Whether an open swarm stays bounded when one chunk becomes rare: the missing-piece syndrome.
//!
//! In the one-club everybody lacks the same chunk. Only the seed, and those that stay on after completing, can give it; a club that
//! grows faster than they shrink it grows for ever.

use super::fit::{self, Misfit, misfit, positive};
use super::left_out;
use super::report::{Line, Report};
use crate::scenario::Scenario;
use crate::scenario::model::{Departure, Group, Picker, StartsWith};

/// Where it comes from.
pub const SOURCE: &str = "Hajek & Zhu 2010; Zhu & Hajek 2012";

/// What the theory needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// λ, arrivals per second.
    pub arrivals: f64,
    /// `U_s`, chunks per second that the fixed seed uploads.
    pub seed: f64,
    /// μ, chunks per second that a peer uploads.
    pub peer: f64,
    /// 1/γ, mean seconds that a peer stays after completing; 0 when it leaves at once.
    pub linger_s: f64,
    /// What the scenario has besides, as notes.
    pub left_out: Vec<String>,
}

impl Numbers {
    /// The numbers of `scenario`. Peers that come all at once (a one-club) are where it starts, not part of the rates.
    ///
    /// # Errors
    /// When the theory does not speak of such a swarm.
    pub fn from_scenario(scenario: &Scenario) -> Result<Self, Misfit> {
        let open = scenario.groups.iter().filter(|g| fit::count(g).is_err());
        let [group] = open.collect::<Vec<_>>()[..] else {
            return misfit("the theory wants one group with arrival.poisson; any other must come at once");
        };
        scenario.groups.iter().try_for_each(fits)?;
        if group.starts_with != StartsWith::Nothing {
            return misfit(format!(
                "`{}` brings chunks: the theory wants empty newcomers",
                group.name
            ));
        }
        let chunk = scenario.file.chunk_size.0 as f64;
        Ok(Self {
            arrivals: fit::poisson_per_sec(group)?,
            seed: fit::seed_upload(scenario)? / chunk,
            peer: fit::capacity(group)?.0 / chunk,
            linger_s: fit::mean_linger_s(group)?,
            left_out: left_out::end_of_arrivals(group).into_iter().collect(),
        })
    }

    /// λ*, the arrivals per second that a swarm can take; infinite when any.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        let served = self.peer * self.linger_s;
        if self.seed <= 0.0 {
            0.0
        } else if served >= 1.0 {
            f64::INFINITY
        } else {
            self.seed / (1.0 - served)
        }
    }

    /// What the theory says.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn report(&self) -> Result<Report, Misfit> {
        positive("the rate of arrivals", self.arrivals)?;
        positive("the upload of a peer", self.peer)?;
        let threshold = self.threshold();
        let label = if self.linger_s == 0.0 { "HZ-1" } else { "HZ-2" };
        let formula = match self.peer * self.linger_s {
            0.0 => "U_s",
            served if served < 1.0 => "U_s/(1−μ/γ)",
            _ => "∞ if γ ≤ μ and U_s > 0",
        };
        let verdict = if self.arrivals < threshold {
            "stable"
        } else {
            "unstable"
        };
        let growth = (self.arrivals - threshold).max(0.0);
        let mut notes = vec![
            "whatever useful chunk is sent, rarest first included; for peers that meet at random".to_owned(),
            "a small swarm of many chunks may look stable for long: start from a one-club".to_owned(),
        ];
        notes.extend_from_slice(&self.left_out);
        Ok(Report {
            theory: "hajek-zhu",
            source: SOURCE,
            given: vec![
                Line::given("λ", "arrivals", self.arrivals, "/s"),
                Line::given("U_s", "upload of the seed, in chunks", self.seed, "/s"),
                Line::given("μ", "upload of a peer, in chunks", self.peer, "/s"),
                Line::given("1/γ", "mean time as a seed", self.linger_s, "s"),
                Line::given("μ/γ", "chunks uploaded after completing", self.peer * self.linger_s, ""),
            ],
            results: vec![
                Line::result(label, "λ*", "arrivals that it can take", formula, (threshold, "/s")),
                Line::word(label, "verdict", "whether the swarm stays bounded", "λ < λ*", verdict),
                Line::result(label, "growth", "growth of a large one-club", "λ − λ*", (growth, "/s")),
            ],
            notes,
            curve: None,
        })
    }
}

/// Refuses a group that plays by other rules than the theory's, whether it is there from the start or comes later.
fn fits(group: &Group) -> Result<(), Misfit> {
    let name = &group.name;
    if group.abort_per_sec + group.crash_per_sec > 0.0 {
        return misfit(format!(
            "the peers of `{name}` give up: the theory knows no aborts and no crashes"
        ));
    }
    if group.starts_with == StartsWith::All {
        return Ok(());
    }
    if group.picking.picker == Picker::ModeSuppression {
        return misfit(format!(
            "`{name}` has picking = \"mode-suppression\", which turns useful chunks down: the theory wants peers that take any useful chunk"
        ));
    }
    if group.departure == Departure::Stays && fit::count(group).is_ok() {
        return misfit(format!(
            "the peers of `{name}` never leave: the theory wants one kind of seed that stays, which starts with the file"
        ));
    }
    fit::uploads(group)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arrivals: f64, seed: f64, leave: f64, threshold: f64, growth: f64) {
        let numbers = Numbers {
            arrivals,
            seed,
            peer: 1.0,
            linger_s: 1.0 / leave,
            left_out: Vec::new(),
        };
        let report = numbers.report().expect("it fits");
        let got = (report.number("λ*"), report.number("growth"));
        assert!(got.0 == threshold || (got.0 - threshold).abs() < 1e-9, "{got:?}");
        assert!((got.1 - growth).abs() < 1e-9, "{got:?}");
        assert_eq!(report.text("verdict") == "stable", growth == 0.0);
    }

    #[test]
    fn without_dwell_the_seed_alone_counts() {
        check(0.8, 1.0, f64::INFINITY, 1.0, 0.0);
        check(1.5, 1.0, f64::INFINITY, 1.0, 0.5);
        check(2.0, 1.0, f64::INFINITY, 1.0, 1.0);
    }

    #[test]
    fn with_dwell_each_completion_brings_others() {
        check(1.8, 1.0, 2.0, 2.0, 0.0);
        check(3.0, 1.0, 2.0, 2.0, 1.0);
        check(5.0, 0.1, 1.25, 0.5, 4.5);
        check(5.0, 0.1, 0.8, f64::INFINITY, 0.0);
    }

    #[test]
    fn without_a_seed_nothing_helps() {
        check(1.0, 0.0, 0.5, 0.0, 1.0);
    }
}
