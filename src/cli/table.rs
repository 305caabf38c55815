//! Small tables on the screen: the first column to the left, numbers to the right.

use crate::cli::Style;
use crate::terminal::on_one_line;

/// Space between two columns.
const GAP: &str = "   ";
/// Longer cells are cut: the reason of a failure can be any text, and a width of `format!` ends at 65,535.
const CELL_CHARS_MAX: usize = 300;

/// The rows below their header, each line indented by two.
pub(super) fn aligned(header: &[&str], rows: &[Vec<String>], style: Style) -> String {
    let shown = |row: &Vec<String>| row.iter().map(|cell| on_one_line(cell, CELL_CHARS_MAX)).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(shown).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &[&str]| {
        let padded = cells.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        padded.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    };
    let mut text = format!("  {}\n", style.dim(line(header)));
    for row in &rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        text.push_str("  ");
        text.push_str(&line(&cells));
        text.push('\n');
    }
    text
}
