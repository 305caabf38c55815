//! The fluid itself: where it rests, and how it swings about that.

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
}
