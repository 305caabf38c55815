//! The page that says what a run writes, from the schema of the tables.

use std::fmt::Write;

use crate::metrics::columns::{TABLES, Table};
use crate::metrics::comparisons::COMPARISON_TABLES;

const INTRODUCTION: &str = "\
# What a run writes

<!-- Generated from columns.rs, comparisons.rs and page.rs in src/metrics: SWARMSIM_BLESS=1 cargo test --test cli_output_docs writes it anew. -->

`swarmsim run` writes one directory, `results/<scenario name>/` unless `--out` says otherwise. It appears whole when the
run is over, or not at all: an error leaves nothing behind.

| file | one row is |
| --- | --- |
| `scenario.toml` | the scenario with every default written out, but for what is off: `swarmsim run` on it gives the same bytes again |
| `summary.csv` | the run |
| `group_summary.csv` | a group |
| `peers.csv` | a peer |
| `timeseries.csv` | a moment |
| `groups.csv` | a pair of groups |
| `capacities.csv` | a pair of classes of upload capacity |
| `transfers.csv` | a transfer, with `--detail transfers` |
| `unchokes.csv` | an unchoke, with `--detail unchokes` |
| `chunks.csv` | a chunk at a moment, with `--detail chunks` |
| `chunk_bands.csv` | a band of chunks at a moment, with `--report` unless `--detail chunks` has them all |
| `replay.json` | not a table: a sample of the run to be watched, with `--record-replay` |

`--detail all` writes the three tables of events. They grow with the number of events: about 60 bytes for every chunk that
every peer downloads.

- The files are CSV after RFC 4180 with a header, UTF-8, and a point as decimal mark.
- **Units** are at the end of the column names: `_s` seconds of virtual time since the start of the run (or a span of
  it), `_bytes`, `_bytes_per_s`. A name without a unit is a count, a name, or a ratio.
- **What did not happen is an empty cell**, never a zero.
- Times are exact to the nanosecond of the virtual clock. Other fractions are the shortest text that reads back as the
  same double.
- Quantiles interpolate linearly between order statistics: type 7 of Hyndman & Fan, the default of R and NumPy.
- A run is a function of scenario and seed: the same bytes on every repetition, with or without `--detail`. There are no
  wall-clock times in the files.
- `swarmsim run --json` prints `summary.csv` and `group_summary.csv` as one JSON object with the same names, and
  `results`, the directory; an empty cell is `null`.

**Charts** of the report and figures of `scripts/plot.py` show the same quantities in the same units: times in s, min, h or d, sizes in B, KiB, MiB, GiB or
TiB, rates in bit/s, kbit/s, Mbit/s or Gbit/s, as `scenario.toml` has them; the unit is the one in which the largest value of the chart reads best. Shares and
utilisation are in %; counts (peers, chunks, copies) and ratios have no unit. A series has the same colour, line and mark in both, by the place of its
group or variant in the tables: the colours of Okabe & Ito 2008, and lines and marks that can be told in grey print. Where they are too many for that, those that stand out have
the first colours: groups in their order; of variants on the page the baseline the first, the chosen one the second; in a panel of its own each variant has the
first. Charts that the report saves as CSV are in the units of the chart, and gaps in a line are empty cells; the table of all metrics is saved with the numbers and
units of `comparison_summary.csv`, in the columns that it shows. A bar says what the colours of a heatmap mean, with the unit. Amounts have one hue from 0 to the
highest; ratios to chance have two, blue above 1 and orange below, with half as far from 1 as twice, and all beyond 8 and 1/8 in the colour of the end. Upload capacities over more
than one and a half powers of ten stand on a logarithmic axis, which says so. The heatmap of the copies of every chunk shows at most 120 moments,
the last among them, and 80 rows, from `chunks.csv` or `chunk_bands.csv`.
Who deals with whom is shown of up to 40 groups. Leechers are dots up to 5,000 of them; of more, of each group the first by its number and every 2nd, 3rd, … after it, and the chart says how many and which. Distributions count all leechers;
a curve of more than 2,000 values (fewer where there are more than five groups) has 2,000 steps, the least and the greatest value among them, and at each of them it is exact. So a page of 100,000 peers has less than 5 MB.
";

const REPLAY: &str = "
## replay.json

What the animation in the report shows, one JSON object, with `--record-replay` (mode `bittorrent` only). Times are seconds since the start of the run.
Up to 150 peers are all shown. Of more there is a sample of at most 60: every second, fourth, eighth, … of each group, with the first. Whatever a peer of the
sample has dealt with others is here whether they are in the sample or not, so shares of its slots are those of all its slots.
Where peers come and go all the time, the sample is not made thinner once most of those in it have left: the replay ends there, earlier than the run.
A replay is bounded: beyond 80,000 rows of unchokes, transfers and connections the sample is halved down to 30 peers; then connections are left out, and then what lasted
shortest.

| key | meaning |
| --- | --- |
| `ended_s` | end of the replay: that of the run, or earlier |
| `peers_in_run` | peers that joined in the run |
| `one_of` | of each group the first peer is here, and every `one_of`-th after it in order of arrival; 1: all |
| `shortest_s` | unchokes and transfers shorter than this are left out; 0: none |
| `chunks` | chunks of the file |
| `steps` | steps of `progress` from nothing to the whole file |
| `full_mesh` | whether everybody is the neighbour of everybody |
| `groups` | names of the groups |
| `peers` | one object per peer shown, in order of arrival: columns of `peers.csv`, but `group` is a place in `groups`, from 0; `initial_seed`; `progress`, pairs of a time and the step reached then; `part_begun_s` and `part_whole_s`: when it had the first and the last chunk of each part of the file, of which there are up to 512, else one a chunk |
| `partners` | columns: the peers that are not shown, but have dealt with one that is |
| `unchokes` | columns of `unchokes.csv`: all its rows that a peer shown has given or got, but a slot that turns from optimistic to regular, or back, is a row of each kind here: `optimistic` holds from the first to the last second of a row |
| `transfers` | columns: when a peer shown was sending or was sent to; breaks of less than a second are none |
| `connections` | columns: when a peer shown was whose neighbour; `null` in a full mesh, and where there were too many |
";

const COMPARISONS: &str = "
# What a comparison writes

`swarmsim compare` writes `results/<scenario name>-compare/` unless `--out` says otherwise. [comparing.md](comparing.md) explains the
statistics and the store.

| file | one row is |
| --- | --- |
| `comparison_summary.csv` | a metric in a variant |
| `comparison.csv` | a metric in a run |
| `comparison_quantiles.csv` | a quantile of the completion times of a run |
| `comparison_factors.csv` | what a variant of a grid has of one thing that is varied |
| `runs.csv` | a run |
| `scenario.toml`, `variants/` | the scenario and its variants with every default written out |
| `runs/` | the store of finished runs, as they end |
| `plan.json` | the plan, with which parts can be joined |
| `warnings.json` | what to be careful about, as the command says it: a list of texts |

The tables appear when all runs are there; the same comparison gives the same bytes for any `--jobs`, and after `--resume`.
";

/// The text of `docs/output.md`.
#[must_use]
pub fn output_markdown() -> String {
    let mut text = INTRODUCTION.to_owned();
    TABLES.into_iter().for_each(|table| describe(&mut text, table));
    text.push_str(REPLAY);
    text.push_str(COMPARISONS);
    COMPARISON_TABLES
        .into_iter()
        .for_each(|table| describe(&mut text, table));
    text
}

fn describe(text: &mut String, table: &Table) {
    write!(
        text,
        "\n## {}\n\n{}\n\n| column | meaning |\n| --- | --- |\n",
        table.file, table.about
    )
    .expect("a String takes all");
    for column in table.columns {
        writeln!(text, "| `{}` | {} |", column.name, column.meaning).expect("a String takes all");
    }
}
