//! How long a swarm lives when interest in its file decays as λ₀·e^(−t/τ).

use super::fit::{self, Misfit, misfit, positive};
use super::left_out;
use super::report::{Curve, Line, Report};
use crate::scenario::Scenario;
use crate::scenario::model::Arrival;

/// Where it comes from.
pub const SOURCE: &str = "Guo et al. 2005";

const ROWS: u32 = 200;

/// What the theory needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// λ₀, arrivals per second at the start.
    pub initial_per_sec: f64,
    /// τ, seconds in which arrivals fall to 1/e.
    pub decay_s: f64,
    /// 1/γ, mean seconds that a peer stays as a seed.
    pub linger_s: f64,
    /// What the scenario has besides, as notes.
    pub left_out: Vec<String>,
}

impl Numbers {
    /// The numbers of `scenario`.
    ///
    /// # Errors
    /// When the theory does not speak of such a swarm.
    pub fn from_scenario(scenario: &Scenario) -> Result<Self, Misfit> {
        let group = fit::one_kind_of_leecher(scenario)?;
        let Arrival::Decaying {
            initial_per_sec, decay, ..
        } = group.arrival
        else {
            return misfit(format!(
                "`{}` has other arrivals: the theory wants arrival.decaying",
                group.name
            ));
        };
        let of_peers = [left_out::aborts(group), left_out::end_of_arrivals(group)];
        Ok(Self {
            initial_per_sec,
            decay_s: decay.as_secs_f64(),
            linger_s: fit::mean_linger_s(group)?,
            left_out: of_peers
                .into_iter()
                .flatten()
                .chain(left_out::seeds(scenario))
                .collect(),
        })
    }

    /// What the theory says.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn report(&self) -> Result<Report, Misfit> {
        let first = positive("the rate of arrivals", self.initial_per_sec)?;
        let decay_s = positive("the decay", self.decay_s)?;
        if self.linger_s.is_infinite() {
            return misfit("peers never leave: such a swarm lives for ever");
        }
        let linger_s = positive("the mean time as a seed", self.linger_s)?;
        let leave = 1.0 / linger_s;
        if leave >= first {
            return misfit(format!(
                "peers leave faster (1/γ = {linger_s} s) than they ever come: the swarm never lives by itself"
            ));
        }
        let life_s = decay_s * libm::log(first / leave);
        let demand = first * decay_s;
        let mut notes = vec!["without seeds that stay; a download takes no time in this count".to_owned()];
        notes.extend_from_slice(&self.left_out);
        Ok(Report {
            theory: "guo",
            source: SOURCE,
            given: vec![
                Line::given("λ₀", "arrivals at the start", first, "/s"),
                Line::given("τ", "time in which arrivals fall to 1/e", decay_s, "s"),
                Line::given("1/γ", "mean time as a seed", linger_s, "s"),
            ],
            results: vec![
                Line::result(
                    "GUO-1",
                    "life",
                    "the swarm lives by itself for",
                    "τ·ln(λ₀/γ)",
                    (life_s, "s"),
                ),
                Line::result("GUO-1", "demand", "peers that come in all", "λ₀·τ", (demand, "")),
                Line::result(
                    "GUO-1",
                    "failed",
                    "share of them that comes too late",
                    "γ/λ₀",
                    (leave / first, ""),
                ),
                Line::result(
                    "GUO-1",
                    "late",
                    "peers that come too late",
                    "γ·τ",
                    (leave * decay_s, ""),
                ),
            ],
            notes,
            curve: Some(self.curve(life_s)),
        })
    }

    /// Arrivals while the swarm lives.
    fn curve(&self, life_s: f64) -> Curve {
        let row = |row: u32| {
            let time_s = life_s * f64::from(row) / f64::from(ROWS);
            let left = libm::exp(-time_s / self.decay_s);
            let come = self.initial_per_sec * self.decay_s * (1.0 - left);
            vec![time_s, self.initial_per_sec * left, come]
        };
        Curve {
            columns: vec!["time_s", "arrivals_per_s", "peers"],
            rows: (0..=ROWS).map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(linger_s: f64) -> Numbers {
        Numbers {
            initial_per_sec: 0.5,
            decay_s: 3600.0,
            linger_s,
            left_out: Vec::new(),
        }
    }

    #[test]
    fn life_demand_and_failures() {
        let report = numbers(120.0).report().expect("it fits");
        // τ·ln(0.5·120) = 1 h · 4.0943
        assert!((report.number("life") / 3600.0 - 4.0943).abs() < 1e-4);
        assert_eq!(report.number("demand"), 1800.0);
        assert!((report.number("failed") - 1.0 / 60.0).abs() < 1e-12);
        assert!((report.number("late") - 30.0).abs() < 1e-9);
        let last = report.curve.expect("a curve").rows.pop().expect("rows");
        assert!(
            (last[2] - 1770.0).abs() < 1e-6,
            "all but those that come too late: {last:?}"
        );
    }

    #[test]
    fn a_swarm_that_never_lives_or_never_dies_is_refused() {
        for linger_s in [0.0, 1.0, f64::INFINITY] {
            assert!(numbers(linger_s).report().is_err());
        }
    }
}
