//! The CSV files of a comparison, and the scenarios of its variants.

use std::io;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::analysis::{Analysis, Difference, Estimate, MetricResult};
use super::caveats;
use super::directory::Directory;
use super::error::{CompareError, go_on};
use super::place::VARIANTS;
use super::plan::Plan;
use super::replicate::QUANTILE_STEPS;
use super::unpublished::Unpublished;
use crate::metrics::DirectoryError;
use crate::metrics::columns::Table;
use crate::metrics::comparisons::{
    COMPARISON, COMPARISON_FACTORS, COMPARISON_QUANTILES, COMPARISON_SUMMARY, RUNS, WARNINGS,
};
use crate::metrics::io_error;
use crate::metrics::summary::write_row;
use crate::metrics::table::TableWriter;
use crate::store::{Records, RunId, RunRecord};

/// The scenario that was varied, every default spelled out.
const SCENARIO: &str = "scenario.toml";

/// Every file of a comparison, without its store and its variants.
pub(super) const FILES: [&str; 7] = [
    COMPARISON.file,
    COMPARISON_FACTORS.file,
    COMPARISON_QUANTILES.file,
    COMPARISON_SUMMARY.file,
    RUNS.file,
    SCENARIO,
    WARNINGS,
];

/// A row of `runs.csv`.
#[derive(Serialize)]
struct RunRow<'r> {
    variant: &'r str,
    run: u32,
    cut_s: Option<f64>,
    #[serde(flatten)]
    summary: &'r serde_json::Map<String, serde_json::Value>,
}

/// A row of `comparison.csv`.
#[derive(Serialize)]
struct ValueRow<'r> {
    variant: &'r str,
    run: u32,
    seed: u64,
    metric: &'r str,
    value: Option<f64>,
    unit: &'r str,
}

/// A row of `comparison_quantiles.csv`.
#[derive(Serialize)]
struct QuantileRow<'r> {
    variant: &'r str,
    run: u32,
    quantile: f64,
    completion_time_s: Option<f64>,
}

/// A row of `comparison_factors.csv`.
#[derive(Serialize)]
struct FactorRow<'r> {
    variant: &'r str,
    factor: &'r str,
    setting: &'r str,
    number: Option<f64>,
}

/// A row of `comparison_summary.csv`.
#[derive(Serialize)]
struct SummaryRow<'r> {
    metric: &'r str,
    unit: &'r str,
    better: &'r str,
    variant: &'r str,
    runs: u32,
    not_finished: u32,
    cut_mean_s: Option<f64>,
    undefined: usize,
    unfinished: usize,
    n: usize,
    mean: Option<f64>,
    sd: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    baseline: &'r str,
    pairs: Option<usize>,
    pairs_undefined: Option<usize>,
    difference: Option<f64>,
    difference_low: Option<f64>,
    difference_high: Option<f64>,
    relative_difference: Option<f64>,
    resolved: Option<bool>,
    winner: bool,
    confidence: f64,
    correction: &'static str,
    comparisons: usize,
}

/// Writes all of it, until `stop` is set; the old ones stay until all that replaces them is there. Whether a page of the new ones is due.
pub(super) fn write(
    directory: &Directory,
    plan: &Plan,
    records: &Records,
    analysis: &Analysis,
    precise: Option<bool>,
    stop: &AtomicBool,
) -> Result<bool, CompareError> {
    let each_run = |row: &mut dyn FnMut(&str, &RunRecord)| each_run(plan, records, analysis.runs, stop, row);
    let mut files = write_scenarios(directory, plan, stop)?;
    files.push(write_table(directory, &RUNS, |table| {
        let mut lacking = None;
        each_run(&mut |label, record| {
            let row = RunRow {
                variant: label,
                run: record.run,
                cut_s: record.cut_s,
                summary: &record.summary,
            };
            match lacks(record) {
                None => write_row(table, &row),
                Some(column) => {
                    lacking.get_or_insert(CompareError::NoFigure {
                        variant: label.to_owned(),
                        run: record.run,
                        column,
                    });
                }
            }
        })?;
        lacking.map_or(Ok(()), Err)
    })?);
    files.push(write_table(directory, &COMPARISON, |table| {
        each_run(&mut |label, record| {
            for metric in &plan.metrics {
                let row = ValueRow {
                    variant: label,
                    run: record.run,
                    seed: plan.seed(record.run),
                    metric: &metric.name,
                    value: metric.value(record),
                    unit: metric.unit,
                };
                write_row(table, &row);
            }
        })
    })?);
    files.push(write_table(directory, &COMPARISON_QUANTILES, |table| {
        each_run(&mut |label, record| {
            quantile_rows(label, record).for_each(|row| write_row(table, &row));
        })
    })?);
    files.push(write_table(directory, &COMPARISON_FACTORS, |table| {
        for (variant, factor) in plan.variants.iter().flat_map(|v| v.factors.iter().map(move |f| (v, f))) {
            let row = FactorRow {
                variant: &variant.label,
                factor: &factor.name,
                setting: &factor.setting,
                number: factor.number,
            };
            write_row(table, &row);
        }
        Ok(())
    })?);
    files.push(write_table(directory, &COMPARISON_SUMMARY, |table| {
        for metric in &analysis.metrics {
            for index in 0..metric.variants.len() {
                write_row(table, &summary_row(analysis, metric, index));
            }
        }
        Ok(())
    })?);
    files.push(write_warnings(directory, &caveats::all(plan, analysis, precise))?);
    go_on(stop)?;
    Ok(directory.publish_together(files)?)
}

fn write_table(
    directory: &Directory,
    table: &'static Table,
    fill: impl FnOnce(&mut TableWriter) -> Result<(), CompareError>,
) -> Result<Unpublished, CompareError> {
    directory.write(table.file, |output| {
        let mut writer = TableWriter::new(table, output);
        fill(&mut writer)?;
        writer
            .finish()
            .map_err(io_error("write", &directory.path().join(table.file)))?;
        Ok(())
    })
}

/// Hands every run with the label of its variant to `row`, variant by variant, until `stop` is set.
fn each_run(
    plan: &Plan,
    records: &Records,
    runs: u32,
    stop: &AtomicBool,
    row: &mut dyn FnMut(&str, &RunRecord),
) -> Result<(), CompareError> {
    for (variant, of_plan) in plan.variants.iter().enumerate() {
        for run in 0..runs {
            go_on(stop)?;
            if let Some(record) = records.get(RunId { variant, run })? {
                row(&of_plan.label, &record);
            }
        }
    }
    Ok(())
}

/// The first column of `runs.csv` for which `record` has nothing that can stand in a cell.
fn lacks(record: &RunRecord) -> Option<&'static str> {
    let of_summary = RUNS.columns.iter().map(|column| column.name);
    let is_cell = |name: &str| {
        record
            .summary
            .get(name)
            .is_some_and(|value| !value.is_array() && !value.is_object())
    };
    of_summary
        .filter(|name| !["variant", "run", "cut_s"].contains(name))
        .find(|name| !is_cell(name))
}

/// A row for each quantile; without a time if nobody completed.
fn quantile_rows<'r>(label: &'r str, record: &'r RunRecord) -> impl Iterator<Item = QuantileRow<'r>> {
    (0..=QUANTILE_STEPS).map(move |step| QuantileRow {
        variant: label,
        run: record.run,
        quantile: f64::from(step) / f64::from(QUANTILE_STEPS),
        completion_time_s: record.completion_quantiles_s.get(step as usize).copied(),
    })
}

fn summary_row<'r>(analysis: &'r Analysis, result: &'r MetricResult, index: usize) -> SummaryRow<'r> {
    let Estimate {
        variant,
        undefined,
        unfinished,
        value,
        difference,
    } = &result.variants[index];
    let state = &analysis.variants[index];
    let against = difference.as_ref();
    let of = |figure: fn(&Difference) -> Option<f64>| against.and_then(figure);
    SummaryRow {
        metric: &result.metric.name,
        unit: result.metric.unit,
        better: result.metric.better.word(),
        variant,
        runs: analysis.runs,
        not_finished: state.not_finished,
        cut_mean_s: state.cut_mean_s,
        undefined: *undefined,
        unfinished: *unfinished,
        n: value.n,
        mean: value.mean,
        sd: value.sd,
        low: value.low(),
        high: value.high(),
        baseline: &analysis.baseline,
        pairs: against.map(|difference| difference.value.n),
        pairs_undefined: against.map(|difference| difference.pairs_undefined),
        difference: of(|difference| difference.value.mean),
        difference_low: of(|difference| difference.value.low()),
        difference_high: of(|difference| difference.value.high()),
        relative_difference: of(|difference| difference.relative),
        resolved: against.map(|difference| difference.resolved),
        winner: result.winner.as_ref() == Some(variant),
        confidence: analysis.confidence,
        correction: "bonferroni",
        comparisons: result.comparisons,
    }
}

fn write_scenarios(directory: &Directory, plan: &Plan, stop: &AtomicBool) -> Result<Vec<Unpublished>, CompareError> {
    let about = "The scenario that was varied, every default spelled out; its variants are in variants/.";
    let mut files = vec![write_text(directory, SCENARIO, about, &plan.base.to_toml())?];
    for (number, variant) in plan.variants.iter().enumerate() {
        go_on(stop)?;
        let name = format!("{VARIANTS}/{number}-{}.toml", file_name(&variant.label));
        let about = format!(
            "The variant `{}`. Run k of the comparison: swarmsim run <this file> --seed <{} + k>",
            variant.label, plan.base.seed
        );
        files.push(write_text(directory, &name, &about, &variant.scenario.to_toml())?);
    }
    Ok(files)
}

fn write_warnings(directory: &Directory, warnings: &[String]) -> Result<Unpublished, CompareError> {
    let text = serde_json::to_string_pretty(warnings).map_err(io::Error::from)?;
    Ok(directory.write_text(WARNINGS, &(text + "\n"))?)
}

fn write_text(directory: &Directory, name: &str, about: &str, toml: &str) -> Result<Unpublished, DirectoryError> {
    let text = format!("# Written by swarmsim {}. {about}\n\n{toml}", env!("CARGO_PKG_VERSION"));
    directory.write_text(name, &text)
}

/// The label as part of a file name.
fn file_name(label: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "-.=".contains(c) {
            c
        } else {
            '_'
        }
    };
    label.chars().map(plain).take(60).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::directory::Existing;
    use super::super::place::UNFINISHED;
    use super::super::results::Results;
    use super::super::testing;
    use super::*;
    use crate::store::WHOLE;

    #[test]
    fn no_label_leads_out_of_the_folder() {
        for label in ["../../x", "/etc", "a\\b", "\u{1b}[31m\n", "ä", &"a/".repeat(200)] {
            let name = file_name(label);
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.=_".contains(c);
            assert!(name.chars().all(is_plain) && name.len() <= 60, "{label}: {name}");
        }
    }

    #[test]
    fn who_wants_it_to_stop_is_heard_before_the_next_variant() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let directory = Directory::prepare(&home.path().join("x"), WHOLE, Existing::Refuse).expect("made");
        let plan = testing::plan("file.size=1 MiB,2 MiB", 1);
        let analysis = Results::new(&plan).analysis();
        // The first variant can't be written.
        let obstacle = format!(
            "{VARIANTS}/0-{}.toml.{WHOLE}.{UNFINISHED}",
            file_name(&plan.variants[0].label)
        );
        fs::create_dir(directory.path().join(obstacle)).expect("made");
        let written = |stop| {
            let stop = AtomicBool::new(stop);
            write(&directory, &plan, &Records::default(), &analysis, None, &stop)
        };
        assert!(matches!(written(false), Err(CompareError::Directory(_))));
        assert!(matches!(written(true), Err(CompareError::Stopped)));
    }
}
