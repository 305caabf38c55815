//! Which files and columns the page needs, as one JSON object.

use std::path::Path;

use serde_json::{Value, json};
use toml::Table;

use super::{ReportError, chunks, distribution, failed, leechers, replay, series, table};
use crate::files;
use crate::metrics::comparisons::{STORE, WARNINGS};
use crate::metrics::replay::REPLAY;
use crate::scenario::limits::REPORT_TEXT_BYTES_MAX;
use crate::scenario::{self, LoadOptions};
use crate::units::Bytes;
use crate::version::VERSION;

const SCENARIO: &str = "scenario.toml";

/// With more groups than this, all pairs of them are more than anybody can read in a heatmap, and grow beyond any page.
const PAIRED_GROUPS_MAX: usize = 40;

/// All that the page shows of `directory`.
pub(super) fn data(directory: &Path) -> Result<Value, ReportError> {
    if directory.join("summary.csv").exists() {
        run(directory)
    } else if directory.join("comparison_summary.csv").exists() {
        comparison(directory)
    } else if directory.join(STORE).is_dir() {
        Err(ReportError::NotFinished(directory.to_owned()))
    } else {
        Err(ReportError::NotAResult(directory.to_owned()))
    }
}

fn run(directory: &Path) -> Result<Value, ReportError> {
    let text = scenario(directory)?;
    let all = |file: &str| table::columns(&directory.join(file), &[]);
    let series = series::series(&directory.join("timeseries.csv"))?;
    let chunks = chunks_of_file(directory, &text)?;
    let copies = ["chunks.csv", "chunk_bands.csv"].map(|file| directory.join(file));
    let copies = copies.iter().find(|path| path.exists());
    let copies = copies
        .map(|path| chunks::grid(path, series.samples, chunks))
        .transpose()?;
    let film = directory.join(REPLAY);
    let film = film.exists().then(|| replay::replay(&film)).transpose()?;
    let summary = all("summary.csv")?;
    let group_summary = all("group_summary.csv")?;
    let count = names(&group_summary["group"]).len();
    let groups = (count <= PAIRED_GROUPS_MAX).then(|| all("groups.csv")).transpose()?;
    let pairs = groups
        .is_none()
        .then(|| format!("Pairs of the {count} groups are not in this page: groups.csv has them."));
    let ended_s = summary["simulated_s"][0].as_f64().unwrap_or(0.0);
    let leechers = leechers::leechers(&directory.join("peers.csv"), chunks, ended_s)?;
    let samples = match series.step {
        1 if series.samples == 1 => "The one sample is in this page.".to_owned(),
        1 => format!("Every one of the {} samples is in this page.", series.samples),
        step => format!(
            "Of the {} samples one of {step} and the last are in this page, with means and extremes of those between.",
            series.samples
        ),
    };
    let notes: Vec<String> = [samples, leechers.note].into_iter().chain(pairs).collect();
    Ok(json!({
        "kind": "run",
        "chunks": chunks,
        "made_by": VERSION,
        "summary": summary,
        "group_summary": group_summary,
        "groups": groups,
        "capacities": capacities(directory)?,
        "leechers": leechers.shown,
        "timeseries": series.columns,
        "samples": { "all": series.samples, "step": series.step },
        "chunk_copies": copies,
        "replay": film,
        "warnings": warnings(directory, &text),
        "scenario": text,
        "notes": notes,
    }))
}

fn comparison(directory: &Path) -> Result<Value, ReportError> {
    let runs = table::columns(
        &directory.join("runs.csv"),
        &["scenario", "variant", "seed", "version", "lower_bound_s"],
    )?;
    let factors = directory.join("comparison_factors.csv");
    // Comparisons of an older swarmsim do not have it.
    let factors = factors.exists().then(|| table::columns(&factors, &[])).transpose()?;
    let text = scenario(directory)?;
    let mut careful = warnings(directory, &text);
    careful.extend(warnings_of_comparison(directory)?);
    let values = ["variant", "metric", "value"];
    Ok(json!({
        "kind": "comparison",
        "made_by": VERSION,
        "name": runs["scenario"][0],
        "runs": { "variant": runs["variant"], "seed": runs["seed"], "version": runs["version"], "lower_bound_s": runs["lower_bound_s"] },
        "summary": table::columns(&directory.join("comparison_summary.csv"), &[])?,
        "values": table::columns(&directory.join("comparison.csv"), &values)?,
        "distribution": distribution::distribution(directory, &names(&runs["variant"]))?,
        "factors": factors,
        "warnings": careful,
        "scenario": text,
        "notes": ["Every metric of every run is in this page."],
    }))
}

/// `capacities.csv`. Results of an older swarmsim do not have it.
fn capacities(directory: &Path) -> Result<Option<Value>, ReportError> {
    let path = directory.join("capacities.csv");
    path.exists().then(|| table::columns(&path, &[])).transpose()
}

/// What the comparison itself has said.
fn warnings_of_comparison(directory: &Path) -> Result<Vec<String>, ReportError> {
    let path = directory.join(WARNINGS);
    if !path.exists() {
        let older = "This comparison was made by an older swarmsim, which did not keep its warnings: the same command with --resume writes them.";
        return Ok(vec![older.to_owned()]);
    }
    let text = files::read_text(&path, REPORT_TEXT_BYTES_MAX).map_err(failed("read", &path))?;
    serde_json::from_str(&text).map_err(|error| ReportError::Damaged {
        path,
        line: error.line() as u64,
        what: error.to_string(),
    })
}

/// The different names in a column, in order.
fn names(column: &Value) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in column.as_array().into_iter().flatten().filter_map(Value::as_str) {
        if names.last().is_none_or(|last| last != name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn scenario(directory: &Path) -> Result<String, ReportError> {
    let path = directory.join(SCENARIO);
    files::read_text(&path, REPORT_TEXT_BYTES_MAX).map_err(failed("read", &path))
}

/// How many chunks the file has by `text`, the scenario as it was run; its chokers may be of another program.
fn chunks_of_file(directory: &Path, text: &str) -> Result<usize, ReportError> {
    let sizes = || {
        let table: Table = text.parse().ok()?;
        let size = |key: &str| table.get("file")?.get(key)?.as_str()?.parse::<Bytes>().ok();
        let (file, chunk) = (size("size")?, size("chunk_size")?);
        usize::try_from(file.0.div_ceil(chunk.0.max(1))).ok()
    };
    sizes().ok_or_else(|| ReportError::Damaged {
        path: directory.join(SCENARIO),
        line: 1,
        what: "it does not say `file.size` and `file.chunk_size` as a scenario that was run does".to_owned(),
    })
}

/// What is probably not meant in the scenario of `directory`. One that can't be read says nothing: it names chokers of another program, or a
/// trace that is gone, and was fine when it was run.
fn warnings(directory: &Path, text: &str) -> Vec<String> {
    let loaded = scenario::parse(text, SCENARIO, directory, &LoadOptions::default());
    loaded.map(|loaded| loaded.warnings).unwrap_or_default()
}
