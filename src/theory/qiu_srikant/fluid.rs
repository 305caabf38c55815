//! The fluid itself: where it rests, how it swings about that, how it gets there.

use crate::theory::fit::{Misfit, misfit};

/// The rates of the fluid, per second; files are the unit of data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// λ.
    pub arrivals: f64,
    /// μ.
    pub upload: f64,
    /// c; infinite when unlimited.
    pub download: f64,
    /// θ.
    pub aborts: f64,
    /// 1/γ, seconds; 0 when peers leave at once.
    pub linger_s: f64,
    /// η.
    pub effectiveness: f64,
}

/// Where the fluid rests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FixedPoint {
    /// β: 1/β is the time of a download that is not given up.
    pub beta: f64,
    pub leechers: f64,
    pub seeds: f64,
    /// Mean time as a leecher, aborts included.
    pub time_s: f64,
    pub upload_limited: bool,
}

/// Variances and covariance of leechers and seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Covariance {
    pub leechers: f64,
    pub seeds: f64,
    pub both: f64,
}

const ROWS: u32 = 400;
/// A step of the integrator is no longer than this, in units of the fastest rate …
const STEP: f64 = 0.05;
/// … unless one row takes more steps than this.
const STEPS_A_ROW_MAX: f64 = 10_000.0;

impl Rates {
    /// QS-1.
    pub(super) fn fixed_point(&self) -> Result<FixedPoint, Misfit> {
        let by_download = 1.0 / self.download;
        let by_upload = (1.0 / self.upload - self.linger_s) / self.effectiveness;
        let download_s = by_download.max(by_upload);
        if download_s <= 0.0 {
            return misfit(
                "seeds stay longer than an upload of the file takes and downloads have no limit: the fluid model has no answer",
            );
        }
        let beta = 1.0 / download_s;
        let time_s = 1.0 / (self.aborts + beta);
        Ok(FixedPoint {
            beta,
            leechers: self.arrivals * time_s,
            seeds: self.arrivals * beta * time_s * self.linger_s,
            time_s,
            upload_limited: by_upload > by_download,
        })
    }

    /// QS-6: the covariance Σ of the Ornstein-Uhlenbeck process about the fixed point, `AΣ + ΣAᵀ + D = 0`, with A the slope of the flow
    /// and D what arrivals, aborts, completions and departures add by chance.
    pub(super) fn covariance(&self, at: &FixedPoint) -> Covariance {
        // Completions per second, and how they change with a leecher and with a seed more.
        let flow = at.beta * at.leechers;
        let (by_leecher, by_seed) = if at.upload_limited {
            (self.upload * self.effectiveness, self.upload)
        } else {
            (self.download, 0.0)
        };
        let a = -(self.aborts + by_leecher);
        let noise_leechers = self.arrivals + self.aborts * at.leechers + flow;
        if self.linger_s == 0.0 {
            return Covariance {
                leechers: noise_leechers / (-2.0 * a),
                seeds: 0.0,
                both: 0.0,
            };
        }
        let leave = 1.0 / self.linger_s;
        let (b, c, d) = (-by_seed, by_leecher, by_seed - leave);
        let noise_seeds = flow + leave * at.seeds;
        // Three equations: 2a·v + 2b·w = −n₁, c·v + (a+d)·w + b·u = flow, 2c·w + 2d·u = −n₂.
        // The first and the last give v and u by w, the second gives w.
        let by_v = c / (2.0 * a);
        let by_u = b / (2.0 * d);
        let both = (flow + by_v * noise_leechers + by_u * noise_seeds) / (a + d - 2.0 * b * by_v - 2.0 * c * by_u);
        Covariance {
            leechers: (-noise_leechers - 2.0 * b * both) / (2.0 * a),
            seeds: (-noise_seeds - 2.0 * c * both) / (2.0 * d),
            both,
        }
    }

    /// Rows of time, leechers and seeds from `start` on, by Runge & Kutta's method of the fourth order.
    pub(super) fn transient(&self, start: (f64, f64), horizon_s: f64) -> Vec<Vec<f64>> {
        let row_s = horizon_s / f64::from(ROWS);
        let finite = |rate: f64| if rate.is_finite() { rate } else { 0.0 };
        let fastest = self.aborts + self.upload + finite(self.download) + finite(1.0 / self.linger_s);
        let steps = (row_s * fastest / STEP).ceil().clamp(1.0, STEPS_A_ROW_MAX) as u32;
        let step_s = row_s / f64::from(steps);
        let mut state = start;
        let mut rows = vec![vec![0.0, state.0, state.1]];
        for row in 1..=ROWS {
            for _ in 0..steps {
                state = self.step(state, step_s);
            }
            rows.push(vec![horizon_s * f64::from(row) / f64::from(ROWS), state.0, state.1]);
        }
        rows
    }

    fn step(&self, (x, y): (f64, f64), h: f64) -> (f64, f64) {
        let k1 = self.slope(x, y);
        let k2 = self.slope(x + h / 2.0 * k1.0, y + h / 2.0 * k1.1);
        let k3 = self.slope(x + h / 2.0 * k2.0, y + h / 2.0 * k2.1);
        let k4 = self.slope(x + h * k3.0, y + h * k3.1);
        let mean = |a: f64, b: f64, c: f64, d: f64| h / 6.0 * (a + 2.0 * b + 2.0 * c + d);
        let x = (x + mean(k1.0, k2.0, k3.0, k4.0)).max(0.0);
        let y = (y + mean(k1.1, k2.1, k3.1, k4.1)).max(0.0);
        (x, if self.linger_s == 0.0 { 0.0 } else { y })
    }

    fn slope(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x.max(0.0), y.max(0.0));
        let could = self.upload * (self.effectiveness * x + y);
        // Nobody completes faster than they come when nobody is there.
        let flow = if x > 0.0 {
            could.min(self.download * x)
        } else {
            could.min(self.arrivals)
        };
        let leave = if self.linger_s == 0.0 { 0.0 } else { y / self.linger_s };
        (self.arrivals - self.aborts * x - flow, flow - leave)
    }
}
