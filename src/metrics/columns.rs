//! The schema: every CSV that a run writes, column by column; `comparisons` has those of a comparison. `docs/output.md` is generated from it.

mod exchanges;

pub use exchanges::{CAPACITIES, GROUPS};

/// One CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// File name.
    pub file: &'static str,
    /// What a row is, and in which order rows come.
    pub about: &'static str,
    /// Columns from left to right.
    pub columns: &'static [Column],
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Header, with the unit at its end.
    pub name: &'static str,
    /// What a cell says, and when it is empty.
    pub meaning: &'static str,
}

pub(super) const fn column(name: &'static str, meaning: &'static str) -> Column {
    Column { name, meaning }
}

/// One row per peer.
pub const PEERS: Table = Table {
    file: "peers.csv",
    about: "One row per peer, in the order in which peers left; those still there at the end of the run come last.",
    columns: &[
        column(
            "peer",
            "number of the peer, in order of arrival from 0; the same number in every file of a run",
        ),
        column(
            "group",
            "name of its group in the scenario; `group/entry` where the group has a mix",
        ),
        column(
            "strategy",
            "the rule by which it unchokes: `choking` of its group, for an initial seed `seeding`; empty in modes without choking, but for `free-rider`",
        ),
        column("upload_bytes_per_s", "upload capacity of its access link"),
        column(
            "download_bytes_per_s",
            "download capacity of its access link; empty: unlimited",
        ),
        column(
            "chunks_at_start",
            "chunks it had when it joined: all for an initial seed",
        ),
        column("joined_s", "when it joined"),
        column(
            "first_chunk_s",
            "when it completed the first chunk that it downloaded; empty: never",
        ),
        column(
            "completed_s",
            "when it completed the file; empty for initial seeds and for peers that never did",
        ),
        column("completion_time_s", "`completed_s` − `joined_s`"),
        column("left_s", "when it left; empty: still there at the end of the run"),
        column(
            "left_reason",
            "`done`: had the file, and its departure rule said so; `aborted`: gave up before it had the file; \
             `crashed`: gone without notice; empty: still there",
        ),
        column("chunks_at_end", "chunks it had when it left or the run ended"),
        column("uploaded_bytes", "bytes it sent"),
        column(
            "uploaded_leeching_bytes",
            "the part of `uploaded_bytes` that it sent before it had the whole file",
        ),
        column("downloaded_bytes", "bytes it received, useful or not"),
        column(
            "wasted_bytes",
            "the part of `downloaded_bytes` that was thrown away: unfinished blocks, and the slower side of an endgame race",
        ),
        column(
            "share_ratio",
            "`uploaded_bytes` / `downloaded_bytes`; empty when nothing was downloaded",
        ),
    ],
};

/// One row per sample.
pub const TIMESERIES: Table = Table {
    file: "timeseries.csv",
    about: "One row per `run.sample_interval`, and one at the end of the run, before what still runs is cut off. Counts, rates and \
        capacities hold at that moment; a utilisation is the mean \
            since the row before: bytes sent over bytes that could have been sent, exact but for a byte a transfer, and empty in the first row and \
            where there was no capacity. Where chunks change hands whole a chunk counts when it is there, and a short row may have more than 1.",
    columns: &[
        column("time_s", "the moment"),
        column("leechers", "peers that lack some chunk"),
        column("seeds", "peers that have every chunk"),
        column("joined", "peers that joined so far, initial seeds included"),
        column("completed", "leechers that completed the file so far"),
        column(
            "leecher_upload_bytes_per_s",
            "rate at which leechers send; empty where chunks change hands whole",
        ),
        column(
            "seed_upload_bytes_per_s",
            "rate at which seeds send; empty where chunks change hands whole",
        ),
        column(
            "leecher_capacity_bytes_per_s",
            "upload capacity of the leechers that are there",
        ),
        column(
            "seed_capacity_bytes_per_s",
            "upload capacity of the seeds that are there",
        ),
        column("leecher_utilisation", "use of the leechers' upload capacity (0 to 1)"),
        column("seed_utilisation", "use of the seeds' upload capacity (0 to 1)"),
        column("utilisation", "use of everybody's upload capacity (0 to 1)"),
        column("leecher_sent_bytes", "bytes sent by leechers so far"),
        column("seed_sent_bytes", "bytes sent by seeds so far"),
        column(
            "copies_min",
            "copies of the rarest chunk among the peers that are there",
        ),
        column("copies_mean", "copies of a chunk, mean over chunks"),
        column("copies_max", "copies of the most common chunk"),
        column("chunk_transfers", "chunks completed so far, over all peers"),
        column(
            "flows",
            "transfers that run at this moment; empty where chunks change hands whole",
        ),
        column(
            "leecher_chunks_p10",
            "chunks that a leecher has: 10 % quantile over the leechers that are there; empty: there are none",
        ),
        column("leecher_chunks_p50", "chunks that a leecher has: median"),
        column("leecher_chunks_p90", "chunks that a leecher has: 90 % quantile"),
    ],
};

const COMPLETION_S: [Column; 8] = [
    column(
        "completion_mean_s",
        "completion time (completed − joined): mean over the leechers that completed",
    ),
    column(
        "completion_sd_s",
        "completion time: sample standard deviation; empty below two values",
    ),
    column("completion_median_s", "completion time: median"),
    column("completion_p05_s", "completion time: 5 % quantile"),
    column("completion_p95_s", "completion time: 95 % quantile"),
    column("completion_p99_s", "completion time: 99 % quantile"),
    column("completion_first_s", "completion time: shortest"),
    column("completion_last_s", "completion time: longest"),
];

/// Figures that are given for a run and for each group.
const FIGURES: [Column; 27] = [
    column("peers", "peers that joined"),
    column("initial_seeds", "peers that had every chunk when they joined"),
    column("leechers", "peers that lacked some chunk when they joined"),
    column("completed", "leechers that completed the file"),
    column("not_completed", "leechers that did not, for whatever reason"),
    column("aborted", "leechers that gave up"),
    column("crashed", "peers that crashed, as leecher or as seed"),
    COMPLETION_S[0],
    COMPLETION_S[1],
    COMPLETION_S[2],
    COMPLETION_S[3],
    COMPLETION_S[4],
    COMPLETION_S[5],
    COMPLETION_S[6],
    COMPLETION_S[7],
    column(
        "leecher_utilisation",
        "use of upload capacity by leechers (0 to 1): bytes sent while leeching / Σ capacity × time present as leecher",
    ),
    column(
        "utilisation",
        "the same over leechers and seeds: bytes sent / Σ capacity × time present",
    ),
    column(
        "share_ratio_mean",
        "share ratio, mean over the leechers that completed, as it was when they left or the run ended",
    ),
    column(
        "share_ratio_jain",
        "fairness: Jain's index (Σr)² / (n·Σr²) of the share ratios r of the n leechers that completed; \
         1: all equal, 1/n: one peer did all the work",
    ),
    column(
        "seed_load",
        "bytes sent by initial seeds / file size: how many copies of the file they had to send",
    ),
    column("seed_sent_bytes", "bytes sent by initial seeds"),
    column("uploaded_bytes", "bytes sent"),
    column(
        "uploaded_leeching_bytes",
        "bytes sent by peers before they had the whole file",
    ),
    column("downloaded_bytes", "bytes received, useful or not"),
    column("wasted_bytes", "bytes received and thrown away"),
    column("chunk_transfers", "chunks completed by downloads"),
    column(
        "first_chunk_mean_s",
        "time from joining to the first downloaded chunk, mean over the peers that got one",
    ),
];

/// One row per run.
pub const SUMMARY: Table = Table {
    file: "summary.csv",
    about: "One row: the run as a whole.",
    columns: &{
        let mut columns = [column("", ""); 6 + FIGURES.len() + 4];
        columns[0] = column("scenario", "name of the scenario");
        columns[1] = column("version", "version of swarmsim");
        columns[2] = column("seed", "seed of the run");
        columns[3] = column(
            "ending",
            "`all-done`: everyone is served and nobody is to come; `time-limit`; `dead`: chunks are extinct and no leecher \
             can ever complete; `stalled`: nothing moved for `run.stall_limit`; `interrupted`: by the user, the figures are partial",
        );
        columns[4] = column(
            "extinct_chunks",
            "chunks that nobody had left; empty unless `ending` is `dead`",
        );
        columns[5] = column("simulated_s", "virtual time at the end of the run");
        let mut ix = 0;
        while ix < FIGURES.len() {
            columns[6 + ix] = FIGURES[ix];
            ix += 1;
        }
        columns[6 + FIGURES.len()] = column(
            "makespan_s",
            "from the first arrival of a leecher to the last completion; empty unless all leechers completed",
        );
        columns[7 + FIGURES.len()] = column(
            "lower_bound_s",
            "no protocol can serve all leechers sooner after the first arrival (Kumar & Ross 2006; leechers that start with \
             part of the file and free riders taken into account); empty unless all groups arrive at once",
        );
        columns[8 + FIGURES.len()] = column("makespan_over_bound", "`makespan_s` / `lower_bound_s`");
        columns[9 + FIGURES.len()] = column(
            "longest_pause_s",
            "longest time in which nothing moved though leechers were there and each chunk had a copy, from row to row of \
             `timeseries.csv`; empty where chunks change hands whole",
        );
        columns
    },
};

/// One row per group.
pub const GROUP_SUMMARY: Table = Table {
    file: "group_summary.csv",
    about: "One row per group, in the order of the scenario: the figures of `summary.csv` over its peers alone.",
    columns: &{
        let mut columns = [column("", ""); 4 + FIGURES.len()];
        columns[0] = column("group", "name of the group");
        columns[1] = column(
            "choking",
            "whom its leechers unchoke; empty: nobody has slots in this mode",
        );
        columns[2] = column(
            "seeding",
            "whom its seeds unchoke; empty: nobody has slots in this mode",
        );
        columns[3] = column("picking", "which chunk its leechers ask for");
        let mut ix = 0;
        while ix < FIGURES.len() {
            columns[4 + ix] = FIGURES[ix];
            ix += 1;
        }
        columns
    },
};

/// One row per transfer.
pub const TRANSFERS: Table = Table {
    file: "transfers.csv",
    about: "One row per part of a chunk that went over one connection without a break, in the order in which parts ended.",
    columns: &[
        column("started_s", "when the part began"),
        column("ended_s", "when it ended"),
        column("from_peer", "sender"),
        column("to_peer", "receiver"),
        column("chunk", "number of the chunk, from 0"),
        column("bytes", "bytes that moved"),
        column("kept_bytes", "bytes that were of use"),
        column(
            "end",
            "`chunk-completed`: with the last missing byte of the chunk; `part-completed`: other connections still carry \
             parts of it; `choked`; `peer-left`: one side left or crashed; `race-lost`: another connection was faster in \
             endgame; `run-ended`",
        ),
    ],
};

/// One row per unchoke.
pub const UNCHOKES: Table = Table {
    file: "unchokes.csv",
    about: "One row per interval in which one peer unchoked another without a break, in the order in which intervals ended. \
            An interval is cut when its sender becomes a seed.",
    columns: &[
        column("started_s", "when the interval began"),
        column("ended_s", "when it ended"),
        column("from_peer", "who unchoked"),
        column("from_group", "group of `from_peer`"),
        column("to_peer", "who was unchoked"),
        column("to_group", "group of `to_peer`"),
        column(
            "optimistic",
            "`true`: the slot was given at random when the interval ended; else `false`",
        ),
        column("sender_leeches", "`true`: the sender lacked some chunk; else `false`"),
        column("bytes", "bytes sent in the interval"),
    ],
};

/// One row per chunk and sample.
pub const CHUNKS: Table = Table {
    file: "chunks.csv",
    about: "Copies of every chunk over time: one row per chunk for each row of `timeseries.csv`.",
    columns: &[
        column("time_s", "the moment"),
        column("chunk", "number of the chunk, from 0"),
        column("copies", "copies among the peers that are there, seeds included"),
    ],
};

/// One row per band of chunks and moment, for the report.
pub const CHUNK_BANDS: Table = Table {
    file: "chunk_bands.csv",
    about: "The same in little room: one row per band of neighbouring chunks at every row, every second, every fourth, … row of `timeseries.csv`, with at \
            most 80 bands of equal width at 240 moments, and at the last row.",
    columns: &[
        column("time_s", "the moment"),
        column("chunk", "number of the first chunk of the band, from 0"),
        column("copies", "copies of a chunk, mean over the band"),
    ],
};

/// Every table of a run, in the order of the documentation.
pub const TABLES: [&Table; 10] = [
    &SUMMARY,
    &GROUP_SUMMARY,
    &PEERS,
    &TIMESERIES,
    &GROUPS,
    &CAPACITIES,
    &TRANSFERS,
    &UNCHOKES,
    &CHUNKS,
    &CHUNK_BANDS,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::comparisons::COMPARISON_TABLES;

    #[test]
    fn names_are_unique_and_lower_case() {
        for table in TABLES.into_iter().chain(COMPARISON_TABLES) {
            for (ix, column) in table.columns.iter().enumerate() {
                assert!(
                    column
                        .name
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
                );
                assert!(!column.meaning.is_empty(), "{} in {}", column.name, table.file);
                assert!(
                    table.columns[..ix].iter().all(|other| other.name != column.name),
                    "{} twice",
                    column.name
                );
            }
        }
    }
}
