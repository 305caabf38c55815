//! The fewest rounds in which a server can give M chunks to N peers, when everybody sends one chunk a round.

use super::fit::{self, Misfit, misfit, positive};
use super::report::{Curve, Line, Report};
use crate::metrics::bound::Uploads;
use crate::scenario::Scenario;

/// Where it comes from.
pub const SOURCE: &str = "Mundinger, Weber & Weiss 2008";

/// What the theory needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    /// M, chunks of the file.
    pub chunks: u64,
    /// N, peers that want it, besides the server.
    pub peers: u64,
    /// Seconds in which a peer, or the server, sends one chunk.
    pub round_s: f64,
}

/// MWW-1: M + ⌊log₂ N⌋ rounds.
///
/// # Panics
/// When there is no peer.
#[must_use]
pub fn rounds(chunks: u64, peers: u64) -> u64 {
    chunks + u64::from(peers.ilog2())
}

impl Numbers {
    /// The numbers of `scenario`.
    ///
    /// # Errors
    /// When the theory does not speak of such a swarm.
    pub fn from_scenario(scenario: &Scenario) -> Result<Self, Misfit> {
        let group = fit::one_kind_of_leecher(scenario)?;
        let (upload, _) = fit::capacity(group)?;
        let servers: Vec<_> = fit::seeds(scenario).collect();
        let [server] = servers[..] else {
            return misfit(format!(
                "{} groups of seeds: the theory wants one server",
                servers.len()
            ));
        };
        if fit::count(server)? != 1 {
            return misfit(format!(
                "`{}` has several seeds: the theory wants one server",
                server.name
            ));
        }
        if !Uploads::of(server).initial_seeds {
            return misfit(format!(
                "`{}` never uploads: nobody would ever have the file",
                server.name
            ));
        }
        if (fit::capacity(server)?.0 - upload).abs() > 1e-9 * upload {
            return misfit("the server and the peers upload at different rates: the theory wants the same for all");
        }
        Ok(Self {
            chunks: scenario.file.chunks() as u64,
            peers: u64::from(fit::count(group)?),
            round_s: scenario.file.chunk_size.0 as f64 / upload,
        })
    }

    /// What the theory says.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn report(&self) -> Result<Report, Misfit> {
        positive("the number of chunks", self.chunks as f64)?;
        positive("the number of peers", self.peers as f64)?;
        positive("the time of a round", self.round_s)?;
        let rounds = rounds(self.chunks, self.peers) as f64;
        let over = rounds / self.chunks as f64;
        Ok(Report {
            theory: "mundinger",
            source: SOURCE,
            given: vec![
                Line::given("M", "chunks", self.chunks as f64, ""),
                Line::given("N", "peers that want the file", self.peers as f64, ""),
                Line::given("τ", "time to send one chunk", self.round_s, "s"),
            ],
            results: vec![
                Line::result("MWW-1", "rounds", "fewest rounds", "M + ⌊log₂N⌋", (rounds, "")),
                Line::result(
                    "MWW-1",
                    "T",
                    "least makespan",
                    "τ·(M + ⌊log₂N⌋)",
                    (rounds * self.round_s, "s"),
                ),
                Line::result(
                    "MWW-1",
                    "T/(Mτ)",
                    "makespan over the time of one upload",
                    "1 + ⌊log₂N⌋/M",
                    (over, ""),
                ),
            ],
            notes: vec!["each sends one chunk a round and receives at most one".to_owned()],
            curve: Some(self.curve()),
        })
    }

    /// The makespan of the same file cut into 1, 2, 4, … chunks.
    fn curve(&self) -> Curve {
        let file_s = self.round_s * self.chunks as f64;
        let row = |power: u32| {
            let chunks = 1_u64 << power;
            let count = rounds(chunks, self.peers) as f64;
            vec![chunks as f64, count, file_s * count / chunks as f64]
        };
        Curve {
            columns: vec!["chunks", "rounds", "makespan_s"],
            rows: (0..=16).map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_cases_found_by_exhaustive_search_and_by_hand() {
        // One peer takes M rounds; one chunk doubles; M = 100, N = 1000 is the case of the comparison of policies.
        let table = [
            (1, 1, 1),
            (1, 3, 2),
            (1, 4, 3),
            (2, 2, 3),
            (3, 1, 3),
            (4, 7, 6),
            (100, 64, 106),
            (100, 1000, 109),
        ];
        for (chunks, peers, expected) in table {
            assert_eq!(rounds(chunks, peers), expected, "M = {chunks}, N = {peers}");
        }
    }

    #[test]
    fn time_is_one_plus_log_n_over_m() {
        let numbers = Numbers {
            chunks: 10,
            peers: 1023,
            round_s: 2.0,
        };
        let report = numbers.report().expect("it fits");
        assert_eq!((report.number("rounds"), report.number("T")), (19.0, 38.0));
        assert!((report.number("T/(Mτ)") - 1.9).abs() < 1e-12);
        let rows = report.curve.expect("a curve").rows;
        assert_eq!(rows[0], [1.0, 10.0, 200.0]);
        assert_eq!(rows[1], [2.0, 11.0, 110.0]);
    }
}
