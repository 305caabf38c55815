//! `comparison_quantiles.csv` becomes a curve for each variant: the share of its leechers that are done, over its runs.

use std::path::Path;

use serde_json::{Value, json};

use super::ReportError;
use super::table::{self, Rows};

/// Points of a curve at most, and at least.
const POINTS: (usize, usize) = (40, 200);
/// Points of all curves together, as far as that leaves enough for each.
const POINTS_IN_ALL: usize = 10_000;

/// A run of a variant: its quantiles in seconds, ascending; empty if nobody completed.
struct Run {
    variant: usize,
    number: String,
    times: Vec<f64>,
}

/// The curves of the comparison in `directory`; nothing if nobody completed, or an older swarmsim wrote no quantiles.
pub(super) fn distribution(directory: &Path, variants: &[String]) -> Result<Value, ReportError> {
    let path = directory.join("comparison_quantiles.csv");
    if !path.exists() {
        return Ok(Value::Null);
    }
    let runs = runs(&path, variants)?;
    let counts = table::columns(&directory.join("runs.csv"), &["leechers", "completed"])?;
    let all = |column: &str| -> Vec<f64> {
        let cells = counts[column].as_array().map(Vec::as_slice).unwrap_or_default();
        cells.iter().map(|cell| cell.as_f64().unwrap_or(0.0)).collect()
    };
    let (leechers, completed) = (all("leechers"), all("completed"));
    let longest = runs
        .iter()
        .filter_map(|run| run.times.last().copied())
        .fold(0.0, f64::max);
    if longest == 0.0 {
        return Ok(Value::Null);
    }
    let points = (POINTS_IN_ALL / variants.len().max(1)).clamp(POINTS.0, POINTS.1);
    let times: Vec<f64> = (0..=points).map(|k| longest * k as f64 / points as f64).collect();
    let curves: Vec<_> = (0..variants.len())
        .map(|variant| {
            let own = runs
                .iter()
                .zip(leechers.iter().zip(&completed))
                // A run that the warm-up left without leechers says nothing of them.
                .filter(|(run, (leechers, _))| run.variant == variant && **leechers > 0.0);
            let shares = own.map(|(run, (leechers, completed))| run.shares(&times, completed / leechers));
            (variant, shares.collect::<Vec<_>>())
        })
        .filter(|(_, shares)| !shares.is_empty())
        .map(|(variant, shares)| curve(variant, &variants[variant], &shares))
        .collect();
    Ok(json!({
        "time_s": times,
        "curves": curves,
        "leechers": leechers.iter().sum::<f64>(),
        "not_completed": leechers.iter().sum::<f64>() - completed.iter().sum::<f64>(),
    }))
}

impl Run {
    /// The share of all leechers that is done at each of `times`, of which `completed` ever are.
    fn shares(&self, times: &[f64], completed: f64) -> Vec<f64> {
        times
            .iter()
            .map(|time| completed * reached(&self.times, *time))
            .collect()
    }
}

/// Which share of those that completed, whose quantiles are `times`, had done so at `time`: straight between quantiles.
fn reached(times: &[f64], time: f64) -> f64 {
    let steps = times.len().saturating_sub(1).max(1) as f64;
    match times.partition_point(|quantile| *quantile <= time) {
        0 => 0.0,
        all if all == times.len() => 1.0,
        next => (next as f64 - 1.0 + (time - times[next - 1]) / (times[next] - times[next - 1])) / steps,
    }
}

/// The runs in the file at `path`, in its order, which is that of `runs.csv`.
fn runs(path: &Path, variants: &[String]) -> Result<Vec<Run>, ReportError> {
    let rows = Rows::open(path)?;
    let (variant_at, run_at, time_at) = (
        rows.place("variant")?,
        rows.place("run")?,
        rows.place("completion_time_s")?,
    );
    let mut runs: Vec<Run> = Vec::new();
    rows.each(|rows, row| {
        let number = row.text(run_at);
        let label = row.text(variant_at);
        if !runs
            .last()
            .is_some_and(|run| run.number == number && variants[run.variant] == label)
        {
            let variant = variants.iter().position(|name| name == label);
            let variant =
                variant.ok_or_else(|| rows.damaged(&row, format!("`{label}` is not a variant of the comparison")))?;
            runs.push(Run {
                variant,
                number: number.to_owned(),
                times: Vec::new(),
            });
        }
        if let (Some(run), Some(time)) = (runs.last_mut(), rows.number(&row, time_at)?) {
            run.times.push(time);
        }
        Ok(())
    })?;
    Ok(runs)
}

/// Mean, lowest and highest of `shares`, run by run, at each time, for variant number `index`, which has its colour.
fn curve(index: usize, name: &str, shares: &[Vec<f64>]) -> Value {
    let points = shares.first().map_or(0, Vec::len);
    let at = |k: usize| shares.iter().map(move |run| run[k]);
    let line = |value: &dyn Fn(usize) -> f64| (0..points).map(|k| rounded(value(k))).collect::<Vec<_>>();
    json!({
        "index": index,
        "variant": name,
        "mean": line(&|k| at(k).sum::<f64>() / shares.len() as f64),
        "low": line(&|k| at(k).fold(1.0, f64::min)),
        "high": line(&|k| at(k).fold(0.0, f64::max)),
    })
}

/// Finer than a screen shows.
fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_quantiles_the_share_grows_straight() {
        let times = [10.0, 20.0, 20.0, 40.0];
        let shares: Vec<f64> = [9.0, 10.0, 15.0, 20.0, 30.0, 50.0]
            .map(|t| reached(&times, t) * 6.0)
            .to_vec();
        assert_eq!(shares, [0.0, 0.0, 1.0, 4.0, 5.0, 6.0], "sixths");
        assert!(reached(&[], 5.0) <= 0.0, "nobody completed");
    }

    #[test]
    fn bands_span_the_runs_and_who_never_completed_counts() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let write = |name: &str, text: &str| std::fs::write(home.path().join(name), text).expect("written");
        write(
            "runs.csv",
            "variant,run,leechers,completed\na,0,4,4\na,1,4,2\nb,0,4,0\n",
        );
        write(
            "comparison_quantiles.csv",
            "variant,run,quantile,completion_time_s\na,0,0,10\na,0,1,20\na,1,0,20\na,1,1,40\nb,0,0,\nb,0,1,\n",
        );
        let of = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            distribution(home.path(), &names)
        };
        let all = of(&["a", "b"]).expect("curves");
        assert_eq!(all["time_s"][200], json!(40.0));
        assert_eq!(all["not_completed"], json!(6.0));
        let at = |curve: usize, k: usize| json!(["low", "mean", "high"].map(|line| &all["curves"][curve][line][k]));
        assert_eq!(at(0, 50), json!([0.0, 0.0, 0.0]), "10 s");
        assert_eq!(at(0, 75), json!([0.0, 0.25, 0.5]), "15 s");
        assert_eq!(at(0, 150), json!([0.25, 0.625, 1.0]), "30 s: half of the half");
        assert_eq!(at(1, 200), json!([0.0, 0.0, 0.0]));
        let error = of(&["b"]).expect_err("a is unknown").to_string();
        assert!(error.contains("line 2: `a` is not a variant"), "{error}");
    }
}
