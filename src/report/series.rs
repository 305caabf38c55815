//! `timeseries.csv` becomes columns that fit a screen: of many samples a row stands for some, up to its own.

use std::path::Path;

use serde_json::{Map, Value};

use super::ReportError;
use super::table::{self, Rows};

/// Rows at most, and one for what is left over at the end.
const SAMPLES_MAX: usize = 2_000;

/// A time series, perhaps of fewer rows than it has samples.
#[derive(Debug)]
pub(super) struct Series {
    /// Samples in the file.
    pub samples: usize,
    /// How many of them a row stands for.
    pub step: usize,
    /// A list of numbers for each column.
    pub columns: Value,
}

/// The time series in the file at `path`.
pub(super) fn series(path: &Path) -> Result<Series, ReportError> {
    thinned(path, SAMPLES_MAX)
}

fn thinned(path: &Path, samples_max: usize) -> Result<Series, ReportError> {
    let samples = table::count(path)?;
    let step = samples.div_ceil(samples_max).max(1);
    let rows = Rows::open(path)?;
    let time_at = rows.place("time_s")?;
    let mut columns: Vec<Column> = rows.columns().iter().map(|name| Column::new(name)).collect();
    let (mut number, mut before) = (0, 0.0);
    rows.each(|rows, row| {
        let now = rows.number(&row, time_at)?.unwrap_or(before);
        for (place, column) in columns.iter_mut().enumerate() {
            column.take(rows.number(&row, place)?, now - before);
            if number % step == 0 || number + 1 == samples {
                column.tell();
            }
        }
        (number, before) = (number + 1, now);
        Ok(())
    })?;
    let columns: Map<_, _> = columns
        .into_iter()
        .map(|column| (column.name, column.told.into()))
        .collect();
    Ok(Series {
        samples,
        step,
        columns: columns.into(),
    })
}

/// What several samples are as one value.
#[derive(Clone, Copy, Debug)]
enum As {
    /// What holds at the sample of the row: counts, rates, sums so far.
    Last,
    /// What is itself a mean since the sample before.
    Mean,
    /// So that nothing rare is missed.
    Lowest,
    Highest,
}

/// A column on its way from the samples to the rows.
#[derive(Debug)]
struct Column {
    name: String,
    how: As,
    told: Vec<Option<f64>>,
    value: Option<f64>,
    /// How long `value` is the mean over.
    lasted: f64,
}

impl Column {
    fn new(name: &str) -> Self {
        let how = match name {
            "copies_min" => As::Lowest,
            "copies_max" => As::Highest,
            mean if mean.ends_with("utilisation") => As::Mean,
            _ => As::Last,
        };
        Self {
            name: name.to_owned(),
            how,
            told: Vec::new(),
            value: None,
            lasted: 0.0,
        }
    }

    /// The `value` of the next sample, which comes `after` the one before.
    fn take(&mut self, value: Option<f64>, after: f64) {
        let Some(now) = value else {
            if matches!(self.how, As::Last) {
                self.value = None;
            }
            return;
        };
        self.lasted += after;
        self.value = Some(match (self.how, self.value) {
            (As::Mean, Some(mean)) if self.lasted > 0.0 => mean + (now - mean) * (after / self.lasted),
            (As::Lowest, Some(lowest)) => lowest.min(now),
            (As::Highest, Some(highest)) => highest.max(now),
            _ => now,
        });
    }

    /// A row ends.
    fn tell(&mut self) {
        self.told.push(self.value.take());
        self.lasted = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SERIES: &str = "time_s,leechers,utilisation,copies_min,copies_max\n0,5,,1,1\n10,5,0.5,3,4\n20,4,0.1,0,9\n30,4,,2,5\n40,3,0.7,2,5\n50,2,0.9,4,6\n55,1,0.3,5,6\n";

    fn of(samples_max: usize) -> Series {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("timeseries.csv");
        std::fs::write(&path, SERIES).expect("written");
        thinned(&path, samples_max).expect("a series")
    }

    #[test]
    fn few_samples_are_shown_as_they_are() {
        let series = of(7);
        assert_eq!((series.samples, series.step), (7, 1));
        assert_eq!(
            series.columns["utilisation"],
            json!([null, 0.5, 0.1, null, 0.7, 0.9, 0.3])
        );
        assert_eq!(
            series.columns["time_s"],
            json!([0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 55.0])
        );
    }

    #[test]
    fn a_row_of_many_samples_is_their_mean_or_their_extreme_and_the_last_one_stays() {
        let series = of(2);
        assert_eq!(series.step, 4);
        let columns = &series.columns;
        assert_eq!(columns["time_s"], json!([0.0, 40.0, 55.0]));
        assert_eq!(columns["leechers"], json!([5.0, 3.0, 1.0]));
        assert_eq!(columns["copies_min"], json!([1.0, 0.0, 4.0]), "the chunk that was gone");
        assert_eq!(columns["copies_max"], json!([1.0, 9.0, 6.0]));
        let used: Vec<_> = columns["utilisation"]
            .as_array()
            .expect("a column")
            .iter()
            .map(Value::as_f64)
            .collect();
        assert_eq!(used[0], None);
        let near = |found: Option<f64>, mean: f64| found.is_some_and(|found| (found - mean).abs() < 1e-12);
        assert!(near(used[1], (0.5 + 0.1 + 0.7) / 3.0), "of those that have one");
        assert!(
            near(used[2], (10.0 * 0.9 + 5.0 * 0.3) / 15.0),
            "by how long each lasted"
        );
    }
}
