//! An open swarm as a fluid: leechers x and seeds y that flow at
//!
//! ```text
//! dx/dt = λ − θx − min{cx, μ(ηx + y)}
//! dy/dt = min{cx, μ(ηx + y)} − γy
//! ```
//!
//! with μ = upload/F and c = download/F in files per second, θ the rate of giving up and 1/γ the mean time as a seed.

mod finite_file;
mod fluid;
mod transient;

use self::finite_file::FiniteFile;
pub use self::fluid::Rates;
use super::fit::{self, Misfit, misfit, positive};
use super::left_out;
use super::report::{Curve, Line, Report};
use crate::scenario::Scenario;
use crate::scenario::model::{Choking, Group, Slots};

/// Where it comes from.
pub const SOURCE: &str = "Qiu & Srikant 2004";

/// What the theory needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// The rates of the fluid.
    pub rates: Rates,
    /// Chunks and neighbours, from which η follows; without them η is 1.
    pub chunks: Option<Chunks>,
    /// Slots earned and slots given at random, where peers play tit-for-tat.
    pub slots: Option<(u32, u32)>,
    /// Leechers and seeds at time 0, for the transient.
    pub start: (f64, f64),
    /// Length of the transient, seconds.
    pub horizon_s: f64,
    /// What the scenario has besides, as notes.
    pub left_out: Vec<String>,
}

/// What the effectiveness of sharing hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks {
    /// N, chunks of the file.
    pub count: usize,
    /// k, neighbours of a peer.
    pub neighbours: u32,
}

impl Chunks {
    /// QS-5: the chance that a peer has something for one of its k neighbours, 1 − (ln N / N)^k.
    #[must_use]
    pub fn effectiveness(self) -> f64 {
        let count = self.count as f64;
        1.0 - libm::pow(libm::log(count) / count, f64::from(self.neighbours))
    }
}

/// QS-7: the rate of free riders, a fraction `free_riders` of all leechers, over that of the others, without seeds, when a
/// share `optimistic` of the slots is given at random.
#[must_use]
pub fn free_rider_ratio(optimistic: f64, free_riders: f64) -> f64 {
    (1.0 - free_riders) * optimistic / (1.0 - free_riders * optimistic)
}

impl Numbers {
    /// The numbers of `scenario`.
    ///
    /// # Errors
    /// When the theory does not speak of such a swarm.
    pub fn from_scenario(scenario: &Scenario) -> Result<Self, Misfit> {
        let group = fit::one_kind_of_leecher(scenario)?;
        if group.crash_per_sec > 0.0 {
            return misfit(format!(
                "the peers of `{}` crash: the theory knows only aborts",
                group.name
            ));
        }
        let (upload, download) = fit::capacity(group)?;
        let file = scenario.file.size.0 as f64;
        Ok(Self {
            rates: Rates {
                arrivals: fit::poisson_per_sec(group)?,
                upload: upload / file,
                download: download / file,
                aborts: group.abort_per_sec,
                linger_s: fit::mean_linger_s(group)?,
                effectiveness: 1.0,
            },
            chunks: Some(Chunks {
                count: scenario.file.chunks(),
                neighbours: group.connections.initiate,
            }),
            slots: slots(group),
            start: (0.0, initial_seeds(scenario)?),
            horizon_s: scenario.run.time_limit.as_secs_f64(),
            left_out: left_out::end_of_arrivals(group).into_iter().collect(),
        })
    }

    /// What the theory says.
    ///
    /// # Errors
    /// When a number is out of range, or there is no steady state.
    pub fn report(&self) -> Result<Report, Misfit> {
        let rates = self.checked()?;
        let fixed = rates.fixed_point()?;
        let finite = FiniteFile::solve(&rates);
        let variance = rates.covariance(&fixed);
        let limit = if fixed.upload_limited { "uploads" } else { "downloads" };
        let mut results = vec![
            Line::word(
                "QS-1",
                "limit",
                "what limits the swarm",
                "the larger term of 1/β",
                limit,
            ),
            Line::result(
                "QS-1",
                "1/β",
                "time of a download without aborts",
                "max{1/c, (1/μ−1/γ)/η}",
                (1.0 / fixed.beta, "s"),
            ),
            Line::result("QS-1", "x", "leechers", "λ/(β+θ)", (fixed.leechers, "")),
            Line::result("QS-1", "y", "seeds", "(λ/γ)·β/(β+θ)", (fixed.seeds, "")),
            Line::result("QS-1", "T", "mean time as a leecher", "1/(θ+β)", (fixed.time_s, "s")),
            Line::result(
                "QS-6",
                "Var x",
                "variance of the leechers",
                "AΣ+ΣAᵀ+D=0",
                (variance.leechers, ""),
            ),
            Line::result(
                "QS-6",
                "Var y",
                "variance of the seeds",
                "AΣ+ΣAᵀ+D=0",
                (variance.seeds, ""),
            ),
            Line::result("QS-6", "Cov", "covariance of both", "AΣ+ΣAᵀ+D=0", (variance.both, "")),
            Line::result(
                "finite file",
                "d_F",
                "time of a download",
                "1/d = min(c, μ(η+y/x))",
                (finite.download_s, "s"),
            ),
            Line::result(
                "finite file",
                "x_F",
                "leechers",
                "λ(1−exp(−θd))/θ",
                (finite.leechers, ""),
            ),
            Line::result("finite file", "y_F", "seeds", "λ·exp(−θd)/γ", (finite.seeds, "")),
        ];
        let mut notes = vec![
            "the fluid model has no seed that stays for ever: initial seeds only start the transient".to_owned(),
            "in the fluid a file has no length; `finite file` gives it one (docs/validation.md)".to_owned(),
        ];
        notes.extend_from_slice(&self.left_out);
        if let Some((regular, optimistic)) = self.slots {
            let share = f64::from(optimistic) / f64::from(regular + optimistic);
            let ratio = (free_rider_ratio(share, 0.0), "");
            let meaning = "rate of a single free rider over the others', without seeds";
            results.push(Line::result("QS-7", "ratio", meaning, "o/(n+o) of n+o slots", ratio));
        }
        Ok(Report {
            theory: "qiu-srikant",
            source: SOURCE,
            given: self.given(&rates),
            results,
            notes,
            curve: Some(self.transient(&rates)),
        })
    }

    fn given(&self, rates: &Rates) -> Vec<Line> {
        let mut given = vec![
            Line::given("λ", "arrivals", rates.arrivals, "/s"),
            Line::given("μ", "upload, in files", rates.upload, "/s"),
            Line::given("c", "download, in files", rates.download, "/s"),
            Line::given("θ", "aborts", rates.aborts, "/s"),
            Line::given("1/γ", "mean time as a seed", rates.linger_s, "s"),
        ];
        if let Some(chunks) = self.chunks {
            given.push(Line::given("N", "chunks", chunks.count as f64, ""));
            given.push(Line::given("k", "neighbours", f64::from(chunks.neighbours), ""));
            let eta = (rates.effectiveness, "");
            given.push(Line::result(
                "QS-5",
                "η",
                "effectiveness of sharing",
                "1 − (ln N/N)^k",
                eta,
            ));
        } else {
            given.push(Line::given("η", "effectiveness of sharing", rates.effectiveness, ""));
        }
        given
    }

    /// The rates with η, all in range.
    fn checked(&self) -> Result<Rates, Misfit> {
        let rates = &self.rates;
        positive("the rate of arrivals", rates.arrivals)?;
        positive("the upload", rates.upload)?;
        if rates.download <= 0.0 {
            return misfit("the download is 0: nobody would ever have the file");
        }
        positive("the time to simulate", self.horizon_s)?;
        if rates.linger_s.is_infinite() {
            return misfit("peers never leave: the seeds grow without end, there is no steady state");
        }
        if let Some(chunks) = self.chunks {
            if chunks.neighbours == 0 {
                return misfit("peers without neighbours share nothing");
            }
            if chunks.count < 2 {
                return misfit(format!(
                    "the file has {} of the 2 chunks from which on leechers have something to share",
                    chunks.count
                ));
            }
        }
        let effectiveness = self.chunks.map_or(1.0, Chunks::effectiveness);
        Ok(Rates {
            effectiveness,
            ..*rates
        })
    }

    fn transient(&self, rates: &Rates) -> Curve {
        Curve {
            columns: vec!["time_s", "leechers", "seeds"],
            rows: transient::rows(rates, self.start, self.horizon_s),
        }
    }
}

fn slots(group: &Group) -> Option<(u32, u32)> {
    match &group.choking {
        Choking::TitForTat(p) => match p.regular_slots {
            Slots::Fixed(regular) => Some((regular, p.optimistic_slots)).filter(|(n, o)| n + o > 0),
            Slots::Auto => None,
        },
        _ => None,
    }
}

fn initial_seeds(scenario: &Scenario) -> Result<f64, Misfit> {
    let counts = fit::seeds(scenario).map(fit::count);
    Ok(counts.collect::<Result<Vec<_>, _>>()?.into_iter().map(f64::from).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The experiments of the paper, section 5: μ = 0.00125, c = 0.002, θ = 0.001, η = 1.
    pub(super) fn experiment(arrivals: f64, leave: f64) -> Numbers {
        Numbers {
            rates: Rates {
                arrivals,
                upload: 0.00125,
                download: 0.002,
                aborts: 0.001,
                linger_s: 1.0 / leave,
                effectiveness: 1.0,
            },
            chunks: None,
            slots: Some((4, 1)),
            start: (0.0, 1.0),
            horizon_s: 20_000.0,
            left_out: Vec::new(),
        }
    }

    fn close(report: &Report, expected: &[(&str, f64)]) {
        for (symbol, value) in expected {
            let got = report.number(symbol);
            assert!(
                (got - value).abs() <= 0.005 * value.abs() + 1e-9,
                "{symbol}: {got}, not {value}"
            );
        }
    }

    #[test]
    fn experiment_a_is_limited_by_downloads() {
        // QS-2 and QS-6, per unit of λ.
        let report = experiment(1.0, 0.001).report().expect("it fits");
        assert_eq!(report.text("limit"), "downloads");
        let fixed = [("x", 333.3), ("y", 666.7), ("T", 333.3), ("1/β", 500.0)];
        close(&report, &fixed);
        close(&report, &[("Var x", 333.3), ("Var y", 666.7), ("Cov", 0.0)]);
    }

    #[test]
    fn experiment_b_is_limited_by_uploads() {
        // QS-3 and QS-6.
        let report = experiment(1.0, 0.005).report().expect("it fits");
        assert_eq!(report.text("limit"), "uploads");
        close(&report, &[("x", 375.0), ("y", 125.0), ("T", 375.0), ("1/β", 600.0)]);
        close(&report, &[("Var x", 466.0), ("Var y", 154.0), ("Cov", -39.0)]);
    }

    #[test]
    fn time_does_not_depend_on_arrivals() {
        // QS-4.
        for arrivals in [0.04, 0.4, 4.0, 40.0] {
            let report = experiment(arrivals, 0.005).report().expect("it fits");
            close(&report, &[("T", 375.0), ("x", 375.0 * arrivals)]);
        }
    }

    #[test]
    fn effectiveness_grows_with_chunks_and_neighbours() {
        // QS-5.
        let table = [(400, 1, 0.985), (100, 1, 0.954), (50, 1, 0.922), (400, 2, 0.9998)];
        for (count, neighbours, expected) in table {
            let eta = Chunks { count, neighbours }.effectiveness();
            assert!((eta - expected).abs() < 5e-4, "{count} {neighbours}: {eta}");
        }
    }

    #[test]
    fn a_free_rider_lives_on_optimistic_slots() {
        // QS-7.
        assert!((free_rider_ratio(0.2, 0.0) - 0.2).abs() < 1e-12);
        assert!((free_rider_ratio(0.2, 0.5) - 1.0 / 9.0).abs() < 1e-12);
        assert_eq!(experiment(1.0, 0.005).report().expect("it fits").number("ratio"), 0.2);
    }

    #[test]
    fn the_transient_ends_in_the_steady_state() {
        let numbers = experiment(0.4, 0.005);
        let curve = numbers.report().expect("it fits").curve.expect("a curve");
        let last = curve.rows.last().expect("rows");
        assert_eq!((curve.rows[0][1], curve.rows[0][2]), (0.0, 1.0));
        assert_eq!(last[0], 20_000.0);
        assert!(
            (last[1] - 150.0).abs() < 0.5 && (last[2] - 50.0).abs() < 0.5,
            "{last:?}"
        );
    }

    #[test]
    fn without_a_steady_state_it_says_so() {
        let mut numbers = experiment(0.4, 0.005);
        numbers.rates.linger_s = f64::INFINITY;
        assert!(numbers.report().is_err());
        numbers.rates.linger_s = 10_000.0;
        numbers.rates.download = f64::INFINITY;
        let error = numbers
            .report()
            .expect_err("seeds alone could serve faster than anybody comes");
        assert!(error.to_string().contains("no limit"), "{error}");
    }
}
