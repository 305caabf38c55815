//! How the capacity of a flash crowd grows: every copy of a chunk makes another one in the time that a chunk takes.

use super::fit::{self, Misfit, positive};
use super::report::{Curve, Line, Report};
use crate::scenario::Scenario;

/// Where it comes from.
pub const SOURCE: &str = "Yang & de Veciana 2004";

/// Rows of the curve for each doubling.
const ROWS_A_DOUBLING: f64 = 10.0;

/// What the theory needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    /// N, peers that come at once.
    pub peers: f64,
    /// m, chunks of the file.
    pub chunks: f64,
    /// F/u, seconds in which a peer uploads the whole file.
    pub file_s: f64,
}

impl Numbers {
    /// The numbers of `scenario`.
    ///
    /// # Errors
    /// When the theory does not speak of such a swarm.
    pub fn from_scenario(scenario: &Scenario) -> Result<Self, Misfit> {
        let group = fit::one_kind_of_leecher(scenario)?;
        let (upload, _) = fit::capacity(group)?;
        Ok(Self {
            peers: f64::from(fit::count(group)?),
            chunks: scenario.file.chunks() as f64,
            file_s: scenario.file.size.0 as f64 / upload,
        })
    }

    /// What the theory says.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn report(&self) -> Result<Report, Misfit> {
        positive("the number of peers", self.peers)?;
        positive("the number of chunks", self.chunks)?;
        positive("the time of an upload", self.file_s)?;
        let doubling_s = self.file_s / self.chunks;
        let doublings = libm::log2(self.peers);
        let all_s = self.file_s * (1.0 + doublings / self.chunks);
        Ok(Report {
            theory: "yang-de-veciana",
            source: SOURCE,
            given: vec![
                Line::given("N", "peers that come at once", self.peers, ""),
                Line::given("m", "chunks", self.chunks, ""),
                Line::given("F/u", "time of one upload of the file", self.file_s, "s"),
            ],
            results: vec![
                Line::result("YV-1", "τ", "copies of a chunk double in", "F/(u·m)", (doubling_s, "s")),
                Line::result(
                    "YV-1",
                    "saturation",
                    "all have their first chunk",
                    "τ·log₂N",
                    (doublings * doubling_s, "s"),
                ),
                Line::result("YV-1", "T", "all have the file", "(F/u)·(1 + log₂N/m)", (all_s, "s")),
                Line::result(
                    "YV-1",
                    "T₁",
                    "the same, uncut",
                    "(F/u)·(1 + log₂N)",
                    (self.file_s * (1.0 + doublings), "s"),
                ),
            ],
            notes: vec!["for a seed that uploads as fast as a peer, and chunks that always find a taker".to_owned()],
            curve: Some(self.curve(doubling_s)),
        })
    }

    /// Copies of a chunk that the seed gave away at time 0, until all have it.
    fn curve(&self, doubling_s: f64) -> Curve {
        let rows = (libm::log2(self.peers) * ROWS_A_DOUBLING).ceil() as u32;
        let row = |row: u32| {
            let doublings = f64::from(row) / ROWS_A_DOUBLING;
            vec![doublings * doubling_s, libm::exp2(doublings).min(self.peers)]
        };
        Curve {
            columns: vec!["time_s", "copies"],
            rows: (0..=rows).map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cut_the_logarithm() {
        let report = |chunks| {
            Numbers {
                peers: 1024.0,
                chunks,
                file_s: 3600.0,
            }
            .report()
            .expect("it fits")
        };
        assert_eq!(report(1.0).number("T"), 3600.0 * 11.0);
        assert!((report(100.0).number("T") - 3960.0).abs() < 1e-9);
        assert_eq!(report(100.0).number("τ"), 36.0);
        assert_eq!(report(100.0).number("T₁"), report(1.0).number("T"));
        let rows = report(100.0).curve.expect("a curve").rows;
        assert_eq!(rows[10], [36.0, 2.0]);
        assert_eq!(rows.last().expect("rows"), &[360.0, 1024.0]);
    }
}
