//! `chunks.csv` becomes a grid that fits a screen: some of its moments, and means over neighbouring chunks.

use std::path::Path;

use serde_json::{Value, json};

use super::ReportError;
use super::table::Rows;

/// Columns of the grid at most.
const MOMENTS_MAX: usize = 120;
/// Rows of the grid at most.
const BANDS_MAX: usize = 80;

/// The grid of the file at `path`, which has `moments` moments.
pub(super) fn grid(path: &Path, moments: usize) -> Result<Value, ReportError> {
    let step = moments.div_ceil(MOMENTS_MAX).max(1);
    let (times, copies) = moments_of(path, step)?;
    let chunks = copies.iter().map(Vec::len).max().unwrap_or(0);
    let band = chunks.div_ceil(BANDS_MAX).max(1);
    let firsts: Vec<usize> = (0..chunks).step_by(band).collect();
    let rows: Vec<Vec<f64>> = firsts
        .iter()
        .map(|&first| copies.iter().map(|of| mean(of, first, band)).collect())
        .collect();
    let note = match (step, band) {
        (1, 1) => "Every chunk at every sample.".to_owned(),
        _ => format!("One column for {step} of the samples, one row for {band} of the {chunks} chunks (their mean)."),
    };
    Ok(json!({ "time_s": times, "first_chunk": firsts, "copies": rows, "note": note }))
}

/// Every `step`-th moment, and the copies of each chunk at it.
fn moments_of(path: &Path, step: usize) -> Result<(Vec<f64>, Vec<Vec<f64>>), ReportError> {
    let rows = Rows::open(path)?;
    let (time_at, copies_at) = (rows.place("time_s")?, rows.place("copies")?);
    let (mut times, mut copies) = (Vec::new(), Vec::<Vec<f64>>::new());
    let (mut last, mut number) = (None, 0);
    rows.each(|rows, row| {
        let time = rows.number(&row, time_at)?;
        if time != last {
            if number % step == 0 {
                times.push(time.unwrap_or(0.0));
                copies.push(Vec::new());
            }
            last = time;
            number += 1;
        }
        if let (Some(now), 0) = (copies.last_mut(), (number - 1) % step) {
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
        let small = grid(&path, 2).expect("a grid");
        assert_eq!(small["copies"], json!([[1.0, 2.0], [3.0, 4.0]]));
        assert_eq!(small["time_s"], json!([0.0, 5.0]));
        let mut text = "time_s,chunk,copies\n".to_owned();
        (0..160).for_each(|chunk| writeln!(text, "0,{chunk},{chunk}").expect("room"));
        std::fs::write(&path, text).expect("written");
        let large = grid(&path, 1).expect("a grid");
        assert_eq!(large["copies"].as_array().expect("rows").len(), 80);
        assert_eq!(large["copies"][79], json!([158.5]), "the mean of chunks 158 and 159");
    }
}
