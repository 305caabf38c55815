//! The table of `swarmsim validate`: for the terminal, as CSV, and in a page of Markdown.

use std::collections::BTreeMap;

use crate::cli::Style;
use crate::cli::table::aligned;
use crate::validate::{Outcome, Verdict};

const HEADER: [&str; 8] = [
    "id",
    "tier",
    "result",
    "expected",
    "simulated",
    "runs",
    "verdict",
    "source",
];
/// The table stands between these.
const BEGIN: &str = "<!-- swarmsim validate: begin -->\n";
const END: &str = "<!-- swarmsim validate: end -->\n";

/// How many of `outcomes` have this verdict.
pub(super) fn count(outcomes: &[Outcome], verdict: Verdict) -> usize {
    outcomes.iter().filter(|outcome| outcome.verdict == verdict).count()
}

fn cells(outcome: &Outcome) -> Vec<String> {
    let expectation = &outcome.expectation;
    let cells = [
        expectation.id.as_str(),
        expectation.tier.letter(),
        &expectation.says,
        &outcome.expected,
        &outcome.simulated,
        &expectation.seeds.to_string(),
        outcome.verdict.words(),
        &expectation.source,
    ];
    cells.map(str::to_owned).to_vec()
}

/// The table as the terminal shows it, why rows fall short, and how many do.
pub(super) fn text(outcomes: &[Outcome], style: Style) -> String {
    let rows: Vec<_> = outcomes.iter().map(cells).collect();
    let mut text = aligned(&HEADER, &rows, style);
    text.push('\n');
    text.extend(missed(outcomes).map(|(id, why)| format!("  {id} falls short: {why}\n")));
    let of = |verdict| count(outcomes, verdict);
    let (holds, short, differs) = (of(Verdict::Holds), of(Verdict::FallsShort), of(Verdict::Differs));
    text + &format!("  {holds} hold, {short} fall short, {differs} differ\n")
}

/// Id of what falls short, and why.
fn missed(outcomes: &[Outcome]) -> impl Iterator<Item = (&str, &str)> {
    let short = outcomes.iter().filter(|outcome| outcome.verdict == Verdict::FallsShort);
    short.filter_map(|outcome| Some((outcome.expectation.id.as_str(), outcome.expectation.known.as_deref()?)))
}

/// The table as CSV.
pub(super) fn csv(outcomes: &[Outcome]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for outcome in outcomes {
        writer.write_record(cells(outcome))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// `page` with `outcomes` in its table. Rows of results that were not played stay as they are, in the order of `known`, the ids of all results;
/// a row of none of these goes.
///
/// # Errors
///
/// Where the page has no place for a table.
pub(super) fn renewed(page: &str, known: &[String], outcomes: &[Outcome]) -> Result<String, String> {
    let place = page.split_once(BEGIN).and_then(|(before, rest)| {
        let (table, after) = rest.split_once(END)?;
        Some((before, table, after))
    });
    let Some((before, table, after)) = place else {
        return Err(format!(
            "has no place for the table: put these two lines there\n{BEGIN}{END}"
        ));
    };
    let rows: BTreeMap<_, _> = outcomes
        .iter()
        .map(|outcome| (outcome.expectation.id.as_str(), line(&cells(outcome))))
        .collect();
    let why: BTreeMap<_, _> = missed(outcomes)
        .map(|(id, why)| (id, format!("- {id}: {}\n", one_line(why))))
        .collect();
    let line_of = |id: &str, made: &BTreeMap<&str, String>, begins: String| {
        if rows.contains_key(id) {
            return made.get(id).cloned();
        }
        let old = table.lines().find(|line| line.starts_with(&begins));
        old.map(|line| format!("{line}\n"))
    };
    let row = |id: &String| line_of(id, &rows, format!("| {id} | "));
    let reason = |id: &String| line_of(id, &why, format!("- {id}: "));
    let head = line(&HEADER.map(str::to_owned)) + &line(&HEADER.map(|_| "---".to_owned()));
    let rows: String = known.iter().filter_map(row).collect();
    let of = |verdict: Verdict| rows.matches(&format!(" | {} | ", verdict.words())).count();
    let totals = format!(
        "{} rows: {} hold, {} fall short, {} differ.\n\n",
        rows.lines().count(),
        of(Verdict::Holds),
        of(Verdict::FallsShort),
        of(Verdict::Differs)
    );
    let mut reasons: String = known.iter().filter_map(reason).collect();
    if !reasons.is_empty() {
        reasons.insert_str(0, "\nWhat falls short, and why:\n\n");
    }
    Ok(format!("{before}{BEGIN}\n{totals}{head}{rows}{reasons}\n{END}{after}"))
}

/// A row of the table, on one line whatever the scenario says.
fn line(cells: &[String]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| one_line(cell).replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
