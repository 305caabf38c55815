//! Which runs, in words, where many of them are missing or double.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde::Serialize;

use super::merge::label;
use super::plan::Plan;
use crate::human;
use crate::store::{Double, RunId};

/// Of a list so many items are named.
const NAMED_MAX: usize = 10;

/// Runs of one variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunsOf {
    /// Its label.
    pub variant: String,
    /// The first and the last run of each row without a gap.
    pub runs: Vec<(u32, u32)>,
}

/// Runs that two files hold, or two lines of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DoubleRuns {
    /// The files.
    pub files: [String; 2],
    /// Which runs.
    pub runs: Vec<RunsOf>,
}

impl Display for RunsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.runs.iter().map(|(first, last)| match last - first {
            0 => first.to_string(),
            1 => format!("{first}, {last}"),
            _ => format!("{first} to {last}"),
        });
        let noun = match self.runs.as_slice() {
            [(first, last)] if first == last => "run",
            _ => "runs",
        };
        write!(f, "{noun} {} of `{}`", few(rows, "more"), self.variant)
    }
}

impl Display for DoubleRuns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.files {
            [one, other] if one == other => write!(f, "more than once in `{one}`")?,
            [one, other] => write!(f, "in `{one}` and `{other}`")?,
        }
        write!(f, ": {}", in_words(&self.runs))
    }
}

/// The first of `runs`, and of how many more variants there are some.
pub(super) fn in_words(runs: &[RunsOf]) -> String {
    few(runs.iter(), "more variants")
}

/// The first of `items`, and how many more there are of what `others` names.
pub(super) fn few(items: impl ExactSizeIterator<Item: Display>, others: &str) -> String {
    let more = items.len().saturating_sub(NAMED_MAX);
    let mut named: Vec<_> = items.take(NAMED_MAX).map(|item| item.to_string()).collect();
    if more > 0 {
        named.push(format!("… and {} {others}", human::count(more as u64)));
    }
    named.join(", ")
}

/// The runs `ids` of `plan` by variant; those of each variant come in order.
pub(super) fn by_variant(plan: &Plan, ids: impl Iterator<Item = RunId>) -> Vec<RunsOf> {
    let mut variants: BTreeMap<usize, RunsOf> = BTreeMap::new();
    for id in ids {
        let of_variant = variants.entry(id.variant).or_insert_with(|| RunsOf {
            variant: label(plan, id),
            runs: Vec::new(),
        });
        match of_variant.runs.last_mut() {
            Some((_, last)) if id.run - *last <= 1 => *last = id.run,
            _ => of_variant.runs.push((id.run, id.run)),
        }
    }
    variants.into_values().collect()
}

/// The runs of `plan` that are `double`, by the files that hold them.
pub(super) fn by_files(plan: &Plan, doubles: &[Double]) -> Vec<DoubleRuns> {
    let mut files: BTreeMap<[String; 2], Vec<RunId>> = BTreeMap::new();
    for Double { id, lines, .. } in doubles {
        let paths = lines.each_ref().map(|(path, _)| path.display().to_string());
        files.entry(paths).or_default().push(*id);
    }
    let of_files = |(files, mut ids): ([String; 2], Vec<RunId>)| {
        ids.sort();
        DoubleRuns {
            files,
            runs: by_variant(plan, ids.into_iter()),
        }
    };
    files.into_iter().map(of_files).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn ids(variant: usize, runs: &[u32]) -> Vec<RunId> {
        runs.iter().map(|&run| RunId { variant, run }).collect()
    }

    #[test]
    fn runs_are_named_in_rows() {
        let plan = testing::plan("file.size=1 MiB,2 MiB", 40);
        let rows = ids(0, &[0, 2, 3, 5, 6, 7, 8]).into_iter().chain(ids(1, &[4]));
        assert_eq!(
            in_words(&by_variant(&plan, rows)),
            "runs 0, 2, 3, 5 to 8 of `file.size=1 MiB`, run 4 of `file.size=2 MiB`"
        );
        let gaps: Vec<u32> = (0..12).map(|run| 2 * run).collect();
        let gaps = in_words(&by_variant(&plan, ids(0, &gaps).into_iter()));
        assert_eq!(
            gaps,
            "runs 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, … and 2 more of `file.size=1 MiB`"
        );
        let many: Vec<_> = (0..13).map(|variant| RunId { variant, run: 0 }).collect();
        let many = in_words(&by_variant(&plan, many.into_iter()));
        assert!(many.ends_with("run 0 of `9`, … and 3 more variants"), "{many}");
    }

    #[test]
    fn doubles_are_named_by_their_files() {
        let plan = testing::plan("file.size=1 MiB,2 MiB", 4);
        let double = |run: u32, one: &str, other: &str| Double {
            id: RunId { variant: 0, run },
            lines: [(one.into(), 2), (other.into(), 3)],
            same: true,
        };
        let doubles = [
            double(1, "a", "b"),
            double(0, "a", "b"),
            double(2, "a", "a"),
            double(2, "a", "a"),
        ];
        let said: Vec<_> = by_files(&plan, &doubles).iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "more than once in `a`: run 2 of `file.size=1 MiB`",
                "in `a` and `b`: runs 0, 1 of `file.size=1 MiB`"
            ]
        );
    }
}
