//! The same balance for a file that has a length: nobody completes before the download has taken its time d, and who gives up has
//! had part of the file.
//!
//! ```text
//! x = λ(1 − e^(−θd))/θ,   y = λe^(−θd)/γ,   1/d = min(c, μ(η + y/x))
//! ```

use super::Rates;

/// Halvings of the interval in which d lies.
const HALVINGS: u32 = 200;

/// The balance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FiniteFile {
    pub download_s: f64,
    pub leechers: f64,
    pub seeds: f64,
}

impl FiniteFile {
    /// The balance for `rates`, which must have a fixed point.
    pub(super) fn solve(rates: &Rates) -> Self {
        // With more time there are more leechers a seed, so that the speed falls: the two meet once.
        let too_short = |d: f64| {
            let balance = Self::at(rates, d);
            let speed = rates.upload * (rates.effectiveness + balance.seeds / balance.leechers);
            d * speed.min(rates.download) < 1.0
        };
        // It takes no longer than leechers alone, or the download, would need.
        let slowest = rates.download.min(rates.upload * rates.effectiveness);
        let (mut low, mut high) = (0.0, 1.0 / slowest);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if too_short(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        Self::at(rates, high)
    }

    fn at(rates: &Rates, download_s: f64) -> Self {
        let aborted = rates.aborts * download_s;
        let leechers = if rates.aborts > 0.0 {
            -libm::expm1(-aborted) / rates.aborts
        } else {
            download_s
        };
        Self {
            download_s,
            leechers: rates.arrivals * leechers,
            seeds: rates.arrivals * libm::exp(-aborted) * rates.linger_s,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::experiment;
    use super::*;

    #[test]
    fn the_balance_of_the_two_experiments() {
        for (leave, leechers, seeds) in [(0.005, 193.0, 41.0), (0.001, 157.0, 243.0)] {
            let balance = FiniteFile::solve(&experiment(0.4, leave).rates);
            let close = (balance.leechers - leechers).abs() < 0.6 && (balance.seeds - seeds).abs() < 0.6;
            assert!(close, "{leave}: {balance:?}");
        }
    }

    #[test]
    fn no_file_comes_faster_than_the_download_allows() {
        let mut rates = experiment(0.4, 0.005).rates;
        rates.download = rates.upload / 2.0;
        let balance = FiniteFile::solve(&rates);
        assert!((balance.download_s * rates.download - 1.0).abs() < 1e-9, "{balance:?}");
    }

    #[test]
    fn without_aborts_it_is_the_fluid_model() {
        let mut rates = experiment(0.4, 0.005).rates;
        rates.aborts = 0.0;
        let (finite, fluid) = (FiniteFile::solve(&rates), rates.fixed_point().expect("a fixed point"));
        assert!((finite.leechers - fluid.leechers).abs() < 1e-6 && (finite.leechers - 240.0).abs() < 1e-6);
        assert!((finite.seeds - 80.0).abs() < 1e-6);
    }
}
