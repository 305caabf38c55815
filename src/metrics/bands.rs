//! Copies of chunks over time in little room, for the report: the means over bands of neighbouring chunks, at moments that move apart as they become many, and at the last.

use crate::metrics::table::TableWriter;
use crate::units::SimTime;

/// Bands of chunks at most.
const BANDS_MAX: usize = 80;
/// Moments at most, besides the last: when there are more, every second one is forgotten.
const MOMENTS_MAX: usize = 240;

/// What is kept of the samples so far.
#[derive(Clone, Debug)]
pub(super) struct Bands {
    /// Chunks of a band; the last band may have fewer.
    width: usize,
    moments: Vec<(SimTime, Vec<f64>)>,
    /// The latest sample, if it is none of these.
    latest: Option<(SimTime, Vec<f64>)>,
    /// Samples so far, and of how many each one is kept.
    samples: usize,
    one_of: usize,
}

impl Bands {
    /// For a file of so many `chunks`.
    pub fn new(chunks: usize) -> Self {
        Self {
            width: chunks.div_ceil(BANDS_MAX).max(1),
            moments: Vec::new(),
            latest: None,
            samples: 0,
            one_of: 1,
        }
    }

    /// Takes the copies of each chunk at a moment.
    pub fn sample(&mut self, now: SimTime, copies: &[u32]) {
        let mean = |band: &[u32]| band.iter().map(|copies| f64::from(*copies)).sum::<f64>() / band.len() as f64;
        self.latest = Some((now, copies.chunks(self.width).map(mean).collect()));
        if self.samples.is_multiple_of(self.one_of) {
            self.moments.extend(self.latest.take());
        }
        self.samples += 1;
        if self.moments.len() > MOMENTS_MAX {
            let mut place = 0;
            self.moments.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.one_of *= 2;
        }
    }

    /// Writes a row for each band at each moment.
    pub fn write(&self, row: &mut TableWriter) {
        for (now, means) in self.moments.iter().chain(&self.latest) {
            for (band, mean) in means.iter().enumerate() {
                row.time(*now);
                row.plain(band * self.width);
                row.number(*mean);
                row.end_row();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_means_and_moments_stay_few() {
        let mut bands = Bands::new(200);
        let copies: Vec<u32> = (0..200).collect();
        for second in 0..10_000 {
            bands.sample(SimTime(second), &copies);
        }
        let times: Vec<u64> = bands.moments.iter().map(|(now, _)| now.0).collect();
        assert!((120..=240).contains(&times.len()), "{}", times.len());
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 64), "evenly apart");
        let latest = bands.latest.as_ref().map(|(now, means)| (now.0, means.len()));
        assert_eq!(latest, Some((9_999, 67)), "and the last");
        let (_, means) = &bands.moments[0];
        assert_eq!(
            (means.len(), means[0], means[66]),
            (67, 1.0, 198.5),
            "the last one has two"
        );
    }

    #[test]
    fn few_chunks_at_few_moments_are_kept_as_they_are() {
        let mut bands = Bands::new(3);
        bands.sample(SimTime(5), &[1, 2, 7]);
        assert_eq!(bands.moments, [(SimTime(5), vec![1.0, 2.0, 7.0])]);
        assert_eq!(bands.latest, None);
    }
}
