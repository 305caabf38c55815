//! The schema of a comparison: every CSV that it writes, column by column.

use crate::metrics::columns::{SUMMARY, Table, column};

/// One row per run of a comparison.
pub const RUNS: Table = Table {
    file: "runs.csv",
    about: "One row per run, variant by variant: the columns of `summary.csv`. `swarmsim run` on the scenario of the variant with `seed` \
            plays the run again.",
    columns: &{
        let mut columns = [column("", ""); 3 + SUMMARY.columns.len()];
        columns[0] = column("variant", "label of the variant");
        columns[1] = column(
            "run",
            "number of the run, from 0; the same run of two variants has the same seed",
        );
        columns[2] = column(
            "cut_s",
            "warm-up: peers that joined before this are left out, and utilisation is counted from here; empty: nothing was cut",
        );
        let mut ix = 0;
        while ix < SUMMARY.columns.len() {
            columns[3 + ix] = SUMMARY.columns[ix];
            ix += 1;
        }
        columns
    },
};

/// One row per run and metric of a comparison.
pub const COMPARISON: Table = Table {
    file: "comparison.csv",
    about: "One row per variant, run and metric.",
    columns: &[
        column("variant", "label of the variant"),
        column("run", "number of the run, from 0"),
        column("seed", "seed of the run"),
        column(
            "metric",
            "a column of `summary.csv`; `group.<name>.<column>`: of `group_summary.csv`, for that group",
        ),
        column("value", "its value; empty where it is not defined"),
        column("unit", "`s`, `bytes`, or `1` for counts and ratios"),
    ],
};

/// One row per run and quantile of a comparison.
pub const COMPARISON_QUANTILES: Table = Table {
    file: "comparison_quantiles.csv",
    about: "One row per variant, run and quantile of the completion times of that run, 0 to 1 in hundredths. They are those of the leechers \
            that completed, all groups together, without those that a warm-up left out. Leechers that did not complete are not in \
            them: to draw a distribution over all leechers, multiply `quantile` by `completed` / `leechers` of the run in `runs.csv`. \
            The curves of the report and of `scripts/plot.py` go straight from one quantile to the next: with few leechers a step becomes \
            a ramp, and a share is wrong by up to about 1 / `completed` (of more than 100, by 1 / 100).",
    columns: &[
        column("variant", "label of the variant"),
        column("run", "number of the run, from 0"),
        column(
            "quantile",
            "share of the leechers that completed: 0 is the first of them, 1 the last",
        ),
        column(
            "completion_time_s",
            "time in which that share completed, each counted from its joining; empty if nobody completed",
        ),
    ],
};

/// One row per variant and factor of a comparison.
pub const COMPARISON_FACTORS: Table = Table {
    file: "comparison_factors.csv",
    about: "What the labels of a grid are made of: one row per variant and thing that is varied. No rows if the variants have names.",
    columns: &[
        column("variant", "label of the variant"),
        column("factor", "what is varied: the key; `choking` for `--choker`"),
        column("setting", "its value in this variant"),
        column(
            "number",
            "`setting` as a number, in bytes, bytes per second, seconds or per second if it has a unit; empty for what is no number",
        ),
    ],
};

/// One row per metric and variant of a comparison.
pub const COMPARISON_SUMMARY: Table = Table {
    file: "comparison_summary.csv",
    about: "One row per metric and variant. Intervals are Student's t; differences are of pairs of runs with the same seed.",
    columns: &[
        column("metric", "as in `comparison.csv`"),
        column("unit", "unit of the metric"),
        column("better", "`lower`, `higher` or `neither`"),
        column("variant", "label of the variant"),
        column("runs", "runs of the variant"),
        column(
            "not_finished",
            "runs that ended before all was done: `stalled`, `dead`, or `time-limit` in a closed swarm",
        ),
        column(
            "cut_mean_s",
            "warm-up: `cut_s`, mean over all runs, 0 where nothing was cut; empty: none was",
        ),
        column("undefined", "runs in which the metric is not defined"),
        column(
            "unfinished",
            "of a figure of those that completed (times, share ratios): runs of `not_finished` in which leechers (of the group) that did not abort never got the file, so that it is that of the others; 0 for all else",
        ),
        column("n", "runs in which it is"),
        column("mean", "mean over those"),
        column("sd", "sample standard deviation; empty below two"),
        column(
            "low",
            "lower end of the confidence interval of the mean; empty below two",
        ),
        column("high", "upper end"),
        column("baseline", "label of the variant that the others are held against"),
        column(
            "pairs",
            "runs in which both the variant and the baseline have a value; empty for the baseline, as all that follows",
        ),
        column("pairs_undefined", "runs in which one of them has none"),
        column("difference", "variant − baseline, mean over the pairs"),
        column(
            "difference_low",
            "lower end of its simultaneous confidence interval; empty below two pairs",
        ),
        column("difference_high", "upper end"),
        column(
            "relative_difference",
            "`difference` over the baseline's mean over the pairs; empty where that is 0",
        ),
        column(
            "resolved",
            "`true`: the interval of the difference excludes 0, `unfinished` is 0 on both sides, and if all differences are the same, they are many enough \
             for a sign test; else `false`",
        ),
        column(
            "winner",
            "`true`: better than every other variant, the intervals of all pairs of variants taken together; else `false`",
        ),
        column("confidence", "level of the intervals"),
        column(
            "correction",
            "how differences hold together at that level: `bonferroni`",
        ),
        column(
            "comparisons",
            "differences to the baseline that do: m, each is wrong with probability (1 − confidence) / m",
        ),
    ],
};

/// What to be careful about with a comparison: a list of texts.
pub const WARNINGS: &str = "warnings.json";

/// The store of finished runs, below the directory of a comparison.
pub const STORE: &str = "runs";

/// Every table of a comparison, in the order of the documentation.
pub const COMPARISON_TABLES: [&Table; 5] = [
    &COMPARISON_SUMMARY,
    &COMPARISON,
    &COMPARISON_QUANTILES,
    &COMPARISON_FACTORS,
    &RUNS,
];
