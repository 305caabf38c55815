//! `peers.csv` becomes what the page shows of leechers: distributions of all of them in so many exact steps, and a sample of them as dots.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::ReportError;
use super::table::Rows;
use crate::human::count;

/// Leechers that are dots, about, at most: each group has one more than its share.
const DOTS_MAX: usize = 5_000;
/// Steps of a distribution at least, where many groups share them, and at most.
const STEPS: (usize, usize) = (20, 2_000);
/// Steps of the distributions of all groups, as far as that leaves enough for each.
const STEPS_IN_ALL: usize = 10_000;

/// What the page shows of leechers.
pub(super) struct Leechers {
    /// By group, as the page reads it.
    pub shown: Value,
    /// How many of them there are, in a sentence.
    pub note: String,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
struct Leecher {
    peer: f64,
    upload: f64,
    completion: Option<f64>,
    share_ratio: Option<f64>,
    /// For how long it was seen without the file, or until it had it.
    seen: f64,
}

/// The leechers in the file at `path`, of a run of a file with so many `chunks` that ended at `ended_s`.
pub(super) fn leechers(path: &Path, chunks: usize, ended_s: f64) -> Result<Leechers, ReportError> {
    let groups = read(path, chunks, ended_s)?;
    let all: usize = groups.values().map(Vec::len).sum();
    let one_of = all.div_ceil(DOTS_MAX).max(1);
    let steps = (STEPS_IN_ALL / groups.len().max(1)).clamp(STEPS.0, STEPS.1);
    let seen = groups.values().flatten().map(|leecher| leecher.seen);
    let shown = json!({
        "all": all,
        "one_of": one_of,
        "steps": steps,
        "seen_s": seen.fold(0.0, f64::max),
        "groups": groups.iter().map(|(name, of)| group(name, of, one_of, steps)).collect::<Vec<_>>(),
    });
    let note = if one_of == 1 {
        "Every leecher is in it.".to_owned()
    } else {
        format!(
            "Distributions count all {} leechers; dots are one of {one_of}.",
            count(all as u64)
        )
    };
    Ok(Leechers { shown, note })
}

/// The leechers of each group in order of arrival.
fn read(path: &Path, chunks: usize, ended_s: f64) -> Result<BTreeMap<String, Vec<Leecher>>, ReportError> {
    let rows = Rows::open(path)?;
    let group_at = rows.place("group")?;
    let (peer_at, start_at, upload_at) = (
        rows.place("peer")?,
        rows.place("chunks_at_start")?,
        rows.place("upload_bytes_per_s")?,
    );
    let (joined_at, left_at) = (rows.place("joined_s")?, rows.place("left_s")?);
    let (completion_at, ratio_at) = (rows.place("completion_time_s")?, rows.place("share_ratio")?);
    let whole = chunks as f64;
    let mut groups = BTreeMap::<String, Vec<Leecher>>::new();
    rows.each(|rows, row| {
        let of = |place| rows.number(&row, place);
        if of(start_at)?.is_some_and(|start| start >= whole) {
            return Ok(());
        }
        let completion = of(completion_at)?;
        let joined = of(joined_at)?.unwrap_or(0.0);
        let leecher = Leecher {
            peer: of(peer_at)?.unwrap_or(0.0),
            upload: of(upload_at)?.unwrap_or(0.0),
            completion,
            share_ratio: of(ratio_at)?,
            seen: completion.unwrap_or(of(left_at)?.unwrap_or(ended_s) - joined),
        };
        groups.entry(row.text(group_at).to_owned()).or_default().push(leecher);
        Ok(())
    })?;
    groups
        .values_mut()
        .for_each(|of| of.sort_by(|a, b| a.peer.total_cmp(&b.peer)));
    Ok(groups)
}

/// A group of leechers, of which every `one_of`-th is a dot.
fn group(name: &str, of: &[Leecher], one_of: usize, steps: usize) -> Value {
    let uploads = || of.iter().map(|leecher| leecher.upload);
    let dots = || of.iter().step_by(one_of);
    json!({
        "group": name,
        "leechers": of.len(),
        "upload_bytes_per_s": [uploads().fold(f64::MAX, f64::min), uploads().fold(0.0, f64::max)],
        "completion_time_s": distribution(of.iter().filter_map(|leecher| leecher.completion), steps),
        "share_ratio": distribution(of.iter().filter_map(|leecher| leecher.share_ratio), steps),
        "dots": {
            "upload_bytes_per_s": dots().map(|leecher| leecher.upload).collect::<Vec<_>>(),
            "completion_time_s": dots().map(|leecher| leecher.completion).collect::<Vec<_>>(),
            "share_ratio": dots().map(|leecher| leecher.share_ratio).collect::<Vec<_>>(),
        },
    })
}

/// `values` in order; of more than `steps` the least, the greatest and those evenly between, each with how many are not above it.
fn distribution(values: impl Iterator<Item = f64>, steps: usize) -> Value {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let all = values.len();
    if all <= steps {
        return json!({ "all": all, "values": values, "ranks": null });
    }
    let evenly = (0..steps).map(|step| values[step * (all - 1) / (steps - 1)]);
    let mut ranks: Vec<usize> = evenly
        .map(|value| values.partition_point(|other| *other <= value))
        .collect();
    ranks.dedup();
    let values: Vec<f64> = ranks.iter().map(|rank| values[rank - 1]).collect();
    json!({ "all": all, "values": values, "ranks": ranks })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    const HEAD: &str = "peer,group,upload_bytes_per_s,chunks_at_start,joined_s,left_s,completion_time_s,share_ratio\n0,origin,9,8,0,,,\n";

    fn of(rows: &str) -> Leechers {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = home.path().join("peers.csv");
        std::fs::write(&path, HEAD.to_owned() + rows).expect("written");
        leechers(&path, 8, 100.0).expect("leechers")
    }

    #[test]
    fn few_leechers_are_all_there_by_number() {
        let few = of("2,b,5,7,0,30,20,0.5\n3,a,7,0,10,,,0\n1,b,6,0,0,40,30,2\n");
        assert_eq!(few.note, "Every leecher is in it.");
        assert_eq!(
            few.shown["seen_s"], 90.0,
            "peer 3 was there to the end without the file"
        );
        let [a, b] = [0, 1].map(|group| &few.shown["groups"][group]);
        assert_eq!((&a["group"], &a["leechers"]), (&json!("a"), &json!(1)));
        assert_eq!(a["completion_time_s"], json!({ "all": 0, "values": [], "ranks": null }));
        assert_eq!(b["upload_bytes_per_s"], json!([5.0, 6.0]));
        assert_eq!(b["dots"]["completion_time_s"], json!([30.0, 20.0]));
        assert_eq!(b["share_ratio"]["values"], json!([0.5, 2.0]));
    }

    /// Peers 1 to `all`: every tenth is fast, every seventh does not complete, and completion times have ties.
    fn many(all: usize) -> String {
        (1..=all).fold(String::new(), |mut text, peer| {
            let group = if peer % 10 == 0 { "fast" } else { "slow" };
            let time = match peer % 7 {
                0 => String::new(),
                _ => format!("{}", (peer * 7919 % 9973) as f64 / 7.0),
            };
            let (upload, ratio) = (1.0 / peer as f64, peer as f64 / 3.0);
            writeln!(text, "{peer},{group},{upload},0,0,,{time},{ratio}").expect("room");
            text
        })
    }

    #[test]
    fn of_many_leechers_every_nth_of_each_group_is_a_dot() {
        let many = of(&many(12_000));
        assert_eq!(many.note, "Distributions count all 12,000 leechers; dots are one of 3.");
        for (group, is_fast) in [(0, true), (1, false)] {
            let peers = (1..=12_000_u32).filter(|peer| (peer % 10 == 0) == is_fast);
            let ratios: Vec<f64> = peers.step_by(3).map(|peer| f64::from(peer) / 3.0).collect();
            assert_eq!(many.shown["groups"][group]["dots"]["share_ratio"], json!(ratios));
        }
        assert_eq!(many.shown["groups"][0]["leechers"], 1_200);
    }

    #[test]
    fn steps_of_a_distribution_are_exact_and_their_ends_are_those_of_all() {
        let many = of(&many(12_000));
        let slow = &many.shown["groups"][1]["completion_time_s"];
        let all: Vec<f64> = (1..=12_000_usize)
            .filter(|peer| peer % 10 != 0 && peer % 7 != 0)
            .map(|peer| (peer * 7919 % 9973) as f64 / 7.0)
            .collect();
        let values: Vec<f64> = serde_json::from_value(slow["values"].clone()).expect("numbers");
        let ranks: Vec<usize> = serde_json::from_value(slow["ranks"].clone()).expect("numbers");
        assert_eq!(slow["all"], all.len());
        assert!(values.len() > 1_900 && values.len() <= 2_000, "{}", values.len());
        for (value, rank) in values.iter().zip(&ranks) {
            assert_eq!(all.iter().filter(|other| *other <= value).count(), *rank);
        }
        assert_eq!(
            (values[0], ranks[ranks.len() - 1]),
            (all.iter().copied().fold(f64::MAX, f64::min), all.len())
        );
        assert!(
            ranks.windows(2).all(|pair| pair[1] - pair[0] < 12),
            "evenly, but for ties"
        );
    }

    #[test]
    fn a_hundred_thousand_leechers_leave_room_for_a_replay_in_a_page_of_five_megabytes() {
        let size = of(&many(100_000)).shown.to_string().len();
        assert!(size > 100_000 && size < 700_000, "{size} bytes");
    }
}
