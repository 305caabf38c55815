//! The answer of a theory: a table for people, JSON, or its curve as CSV.

use std::fmt::Write;

use anyhow::Context;

use crate::cli::{Failure, Style};
use crate::theory::{Line, Report, Value};

/// Space between two columns.
const GAP: &str = "   ";
/// Digits of a number on the screen.
const DIGITS: i32 = 6;

/// Numbers given, numbers that follow, each with its name and source.
pub(super) fn table(report: &Report, style: Style) -> String {
    let mut text = format!("{}  {}\n", style.bold(report.theory), style.dim(report.source));
    push_lines(&mut text, "given", &report.given, style);
    push_lines(&mut text, "follows", &report.results, style);
    for note in &report.notes {
        let _ = writeln!(text, "  {}", style.dim(format!("{note}.")));
    }
    text
}

fn push_lines(text: &mut String, title: &str, lines: &[Line], style: Style) {
    let formula = if lines.iter().all(|line| line.formula.is_empty()) {
        ""
    } else {
        "formula"
    };
    let header = [title, "value", "", formula, ""].map(str::to_owned);
    let row = |line: &Line| {
        let formula = line.formula.to_owned();
        [
            line.symbol.clone(),
            value(&line.value),
            line.meaning.clone(),
            formula,
            line.label.to_owned(),
        ]
    };
    let rows: Vec<_> = std::iter::once(header).chain(lines.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    for (ix, row) in rows.iter().enumerate() {
        let cells: Vec<_> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        let line = format!("  {}", cells.join(GAP));
        let line = line.trim_end();
        let shown = if ix == 0 { style.dim(line) } else { line.to_owned() };
        let _ = writeln!(text, "{shown}");
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Number { value, unit } => format!("{} {unit}", number(*value)).trim_end().to_owned(),
        Value::Word { value } => (*value).to_owned(),
    }
}

/// A number to six digits.
fn number(value: f64) -> String {
    if value.is_infinite() {
        return "∞".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = DIGITS - 1 - libm::log10(value.abs()).floor() as i32;
    let scale = libm::pow(10.0, f64::from(decimals));
    let rounded = if decimals > 0 && scale.is_finite() {
        (value * scale).round() / scale
    } else {
        value.round()
    };
    format!("{rounded}")
}

/// The whole report.
pub(super) fn json(report: &Report) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(report)
        .context("cannot write the answer as JSON")
        .map_err(Failure::Run)?;
    Ok(text + "\n")
}

/// The curve, if there is one.
pub(super) fn csv(report: &Report) -> Option<String> {
    let curve = report.curve.as_ref()?;
    let mut text = curve.columns.join(",") + "\n";
    for row in &curve.rows {
        let cells: Vec<_> = row.iter().map(f64::to_string).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_digits() {
        let table = [
            (0.0, "0"),
            (2700.0, "2700"),
            (98.039_215_7, "98.0392"),
            (1e9, "1000000000"),
            (0.001_25, "0.00125"),
            (1.0 / 60.0, "0.0166667"),
            (-39.062_5, "-39.0625"),
            (f64::INFINITY, "∞"),
        ];
        for (value, expected) in table {
            assert_eq!(number(value), expected);
        }
    }
}
