//! `chunks.csv` or `chunk_bands.csv` becomes a grid that fits a screen: some of its moments, the last among them, and means over neighbouring chunks.

use std::path::Path;

use serde_json::{Value, json};

use super::ReportError;
use super::table::Rows;

/// Columns of the grid at most.
const MOMENTS_MAX: usize = 120;
/// Rows of the grid at most.
const BANDS_MAX: usize = 80;

/// The grid of the table at `path`, of a run with so many `samples` of a file with so many `chunks`.
pub(super) fn grid(path: &Path, samples: usize, chunks: usize) -> Result<Value, ReportError> {
    let (times, copies) = moments_of(path, &chosen(moments(path)?))?;
    let rows = copies.iter().map(Vec::len).max().unwrap_or(0);
    let band = rows.div_ceil(BANDS_MAX).max(1);
    // A row of the file may be a band itself.
    let width = chunks.div_ceil(rows.max(1)).max(1);
    let firsts: Vec<usize> = (0..rows).step_by(band).collect();
    let grid: Vec<Vec<f64>> = firsts
        .iter()
        .map(|&first| copies.iter().map(|of| mean(of, first, band)).collect())
        .collect();
    let first_chunks: Vec<usize> = firsts.iter().map(|first| first * width).collect();
    let note = match (times.len() == samples, band * width) {
        (true, 1) => "Every chunk at every sample.".to_owned(),
        (_, band) => {
            let rows = if band == 1 {
                String::new()
            } else {
                format!("; each row is the mean of {band} neighbouring chunks of {chunks}")
            };
            let columns = match times.len() {
                1 if samples == 1 => "A column for the one sample".to_owned(),
                shown if shown == samples => format!("A column for each of the {samples} samples"),
                shown => format!("A column for {shown} of the {samples} samples, the last of all at the right"),
            };
            format!("{columns}{rows}.")
        }
    };
    Ok(json!({ "time_s": times, "first_chunk": first_chunks, "copies": grid, "note": note }))
}

/// How many moments the file has.
fn moments(path: &Path) -> Result<usize, ReportError> {
    let rows = Rows::open(path)?;
    let time_at = rows.place("time_s")?;
    let (mut last, mut moments) = (None, 0);
    rows.each(|rows, row| {
        let time = rows.number(&row, time_at)?;
        if time != last {
            (last, moments) = (time, moments + 1);
        }
        Ok(())
    })?;
    Ok(moments)
}

/// Of so many moments those that are shown: evenly apart, with the first and the last.
fn chosen(moments: usize) -> Vec<usize> {
    let columns = moments.min(MOMENTS_MAX);
    let gaps = columns.saturating_sub(1).max(1);
    (0..columns).map(|column| column * (moments - 1) / gaps).collect()
}

/// The `chosen` moments, and the copies of each chunk at them.
fn moments_of(path: &Path, chosen: &[usize]) -> Result<(Vec<f64>, Vec<Vec<f64>>), ReportError> {
    let rows = Rows::open(path)?;
    let (time_at, copies_at) = (rows.place("time_s")?, rows.place("copies")?);
    let (mut times, mut copies) = (Vec::new(), Vec::<Vec<f64>>::new());
    let (mut last, mut number, mut is_shown) = (None, 0, false);
    rows.each(|rows, row| {
        let time = rows.number(&row, time_at)?;
        if time != last {
            is_shown = chosen.get(times.len()) == Some(&number);
            if is_shown {
                times.push(time.unwrap_or(0.0));
                copies.push(Vec::new());
            }
            last = time;
            number += 1;
        }
        if let (Some(now), true) = (copies.last_mut(), is_shown) {
            now.push(rows.number(&row, copies_at)?.unwrap_or(0.0));
        }
        Ok(())
    })?;
    Ok((times, copies))
}

fn mean(copies: &[f64], first: usize, band: usize) -> f64 {
    let end = copies.len().min(first + band);
    let part = copies.get(first..end).unwrap_or_default();
    part.iter().sum::<f64>() / part.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn a_small_file_is_shown_as_it_is_and_a_large_one_as_means() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("chunks.csv");
        std::fs::write(&path, "time_s,chunk,copies\n0,0,1\n0,1,3\n5,0,2\n5,1,4\n").expect("written");
        let small = grid(&path, 2, 2).expect("a grid");
        assert_eq!(small["copies"], json!([[1.0, 2.0], [3.0, 4.0]]));
        assert_eq!(small["time_s"], json!([0.0, 5.0]));
        let bands = grid(&path, 8, 6).expect("a grid");
        assert_eq!(bands["first_chunk"], json!([0, 3]));
        assert_eq!(
            bands["note"],
            "A column for 2 of the 8 samples, the last of all at the right; each row is the mean of 3 neighbouring chunks of 6."
        );
        let mut text = "time_s,chunk,copies\n".to_owned();
        (0..160).for_each(|chunk| writeln!(text, "0,{chunk},{chunk}").expect("room"));
        std::fs::write(&path, text).expect("written");
        let large = grid(&path, 1, 160).expect("a grid");
        assert_eq!(large["copies"].as_array().expect("rows").len(), 80);
        assert_eq!(large["copies"][79], json!([158.5]), "the mean of chunks 158 and 159");
    }

    #[test]
    fn of_many_moments_the_first_and_the_last_are_shown_with_those_evenly_between() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("chunks.csv");
        for moments in [119, 120, 121, 239, 240, 1000] {
            let mut text = "time_s,chunk,copies\n".to_owned();
            (0..moments).for_each(|time| writeln!(text, "{time},0,{time}\n{time},1,{time}").expect("room"));
            std::fs::write(&path, text).expect("written");
            let grid = grid(&path, moments, 2).expect("a grid");
            let times: Vec<f64> = serde_json::from_value(grid["time_s"].clone()).expect("numbers");
            assert_eq!(times.len(), moments.min(MOMENTS_MAX));
            assert_eq!((times[0], times[times.len() - 1]), (0.0, (moments - 1) as f64));
            let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let (least, most) = gaps
                .iter()
                .fold((f64::MAX, 0.0_f64), |(a, b), gap| (a.min(*gap), b.max(*gap)));
            assert!(least >= 1.0 && most - least <= 1.0, "{least} to {most} of {moments}");
            assert_eq!(grid["copies"], json!([times, times]), "each column has its own copies");
        }
    }
}
