//! What came out of a run: a short table, and a warning when the run ended before all was done.

use std::fmt::Write;
use std::path::Path;

use crate::cli::{Style, table};
use crate::engine::Ending;
use crate::human;
use crate::metrics::pauses::is_doubtful;
use crate::metrics::{Figures, Summary};

const NONE: &str = "–";
const HEADER: [&str; 7] = [
    "completion time",
    "leechers",
    "completed",
    "mean",
    "median",
    "p95",
    "last",
];

/// The table and the lines below it.
pub(super) fn outcome(summary: &Summary, target: &Path, style: Style) -> String {
    let mut text = table::aligned(&HEADER, &rows(summary), style);
    text.push('\n');
    let mut line = |name: &str, value: &str| {
        writeln!(text, "  {} {value}", style.dim(format!("{name:<15}"))).expect("a String takes all");
    };
    let swarm = &summary.swarm;
    line(
        "upload used",
        &format!(
            "{} by leechers, {} by all",
            percent(swarm.leecher_utilisation),
            percent(swarm.utilisation)
        ),
    );
    if let Some(bound) = summary.lower_bound_s {
        line(
            "lower bound",
            &format!("{} (Kumar & Ross 2006){}", human::duration(bound), over_bound(summary)),
        );
    }
    if let Some(copies) = swarm.seed_load {
        line("seed load", &format!("{copies:.2} copies of the file"));
    }
    if let Some(fairness) = swarm.share_ratio_jain {
        line(
            "fairness",
            &format!("{fairness:.2} (Jain's index of share ratios; 1 is equal)"),
        );
    }
    line("ended", &ended(summary));
    line("results", &style.bold(target.display()));
    text
}

/// One row for each group with leechers, and one for all if there are more.
fn rows(summary: &Summary) -> Vec<Vec<String>> {
    let with_leechers = summary.groups.iter().filter(|group| group.figures.leechers > 0);
    let mut rows: Vec<_> = with_leechers.map(|group| row(&group.group, &group.figures)).collect();
    if rows.len() != 1 {
        rows.push(row("all", &summary.swarm));
    }
    rows
}

fn row(name: &str, figures: &Figures) -> Vec<String> {
    let times = [
        figures.completion_mean_s,
        figures.completion_median_s,
        figures.completion_p95_s,
        figures.completion_last_s,
    ];
    let counts = [figures.leechers, figures.completed].map(human::count);
    let times = times.map(|time| time.map_or(NONE.to_owned(), human::duration));
    [name.to_owned()].into_iter().chain(counts).chain(times).collect()
}

fn percent(share: Option<f64>) -> String {
    share.map_or(NONE.to_owned(), human::percent)
}

fn over_bound(summary: &Summary) -> String {
    match (summary.makespan_s, summary.makespan_over_bound) {
        (Some(makespan), Some(ratio)) => format!(
            "; all had the file after {}, {ratio:.2} times that",
            human::duration(makespan)
        ),
        _ => "; not all got the file".to_owned(),
    }
}

fn ended(summary: &Summary) -> String {
    let how = match summary.outcome {
        Ending::AllDone => "nobody is left who lacks a chunk",
        Ending::TimeLimit => "the time limit",
        Ending::Dead { .. } => "the swarm died",
        Ending::Stalled => "nothing moved any more",
        Ending::Interrupted => "interrupted",
    };
    format!("after {}: {how}", human::duration(summary.simulated_s))
}

/// What must be known of the figures.
pub(super) fn warnings(summary: &Summary) -> impl Iterator<Item = String> {
    ending(summary).into_iter().chain(pause(summary))
}

/// What an ending other than the good one means, and what to do; `None` for the good one.
fn ending(summary: &Summary) -> Option<String> {
    let waiting = summary.waiting;
    let without = format!("{} without the file", human::counted(waiting.into(), "leecher"));
    Some(match summary.outcome {
        Ending::AllDone => return None,
        Ending::TimeLimit if waiting == 0 => return None,
        Ending::TimeLimit => {
            let times = if summary.swarm.completed > 0 {
                ": the completion times are those of the quicker ones"
            } else {
                ""
            };
            format!("the time limit came first, with {without}{times}. A longer `run.time_limit` shows the rest.")
        }
        Ending::Dead { extinct_chunks } => format!(
            "the swarm died: nobody has {} any more, so it ended with {without}. \
             Let seeds stay longer (`departure`), or let one come back.",
            if extinct_chunks == 1 {
                "1 chunk".to_owned()
            } else {
                format!("any of {} chunks", human::count(extinct_chunks.into()))
            }
        ),
        Ending::Stalled => format!(
            "nothing moved for `run.stall_limit`, with {without}: who has what they lack sends nothing (look at `choking`) or \
             does not know them (`connections` and the tracker)."
        ),
        Ending::Interrupted => format!("interrupted, with {without}: the results are partial, and say so in `ending`."),
    })
}

/// What a long pause means for the times of a run that went on after it.
fn pause(summary: &Summary) -> Option<String> {
    let pause = summary.longest_pause?;
    if !is_doubtful(pause.length.as_secs_f64(), summary.simulated_s) || summary.outcome == Ending::Stalled {
        return None;
    }
    Some(format!(
        "nothing moved for {} from {} on, with {} waiting: nobody whom they knew had what they lacked and sent it. Who needs neighbours asks \
         the tracker again only after `tracker.min_announce_interval`, 5 min unless the scenario says otherwise; completion times show that.",
        human::duration(pause.length.as_secs_f64()),
        human::duration(pause.from.as_secs_f64()),
        human::counted(pause.leechers.into(), "leecher"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::GroupSummary;
    use crate::metrics::pauses::Pause;
    use crate::units::{SimDuration, SimTime};

    fn figures() -> Figures {
        Figures {
            peers: 1000,
            initial_seeds: 0,
            leechers: 1000,
            completed: 1000,
            not_completed: 0,
            aborted: 0,
            crashed: 0,
            completion_mean_s: Some(1265.4),
            completion_sd_s: Some(60.0),
            completion_median_s: Some(1281.0),
            completion_p05_s: Some(1100.0),
            completion_p95_s: Some(1312.0),
            completion_p99_s: Some(1330.0),
            completion_first_s: Some(980.0),
            completion_last_s: Some(3721.0),
            leecher_utilisation: Some(0.924),
            utilisation: Some(0.87),
            share_ratio_mean: Some(0.98),
            share_ratio_jain: Some(0.95),
            seed_load: Some(7.25),
            seed_sent_bytes: 0,
            uploaded_bytes: 0,
            uploaded_leeching_bytes: 0,
            downloaded_bytes: 0,
            wasted_bytes: 0,
            chunk_transfers: 400_000,
            first_chunk_mean_s: Some(12.0),
        }
    }

    fn group(name: &str, figures: Figures) -> GroupSummary {
        GroupSummary {
            group: name.to_owned(),
            choking: "tit-for-tat".to_owned(),
            seeding: "fastest".to_owned(),
            picking: "rarest-first",
            figures,
        }
    }

    fn summary(outcome: Ending) -> Summary {
        Summary {
            scenario: "flash-crowd".to_owned(),
            version: "0.0.0",
            seed: 1,
            ending: "",
            extinct_chunks: None,
            simulated_s: 4021.0,
            swarm: figures(),
            makespan_s: Some(3721.0),
            lower_bound_s: Some(3480.0),
            makespan_over_bound: Some(3721.0 / 3480.0),
            groups: vec![
                group(
                    "origin",
                    Figures {
                        leechers: 0,
                        ..figures()
                    },
                ),
                group("leechers", figures()),
            ],
            outcome,
            longest_pause_s: Some(0.0),
            longest_pause: None,
            waiting: 0,
        }
    }

    fn shown(summary: &Summary) -> String {
        outcome(summary, Path::new("results/flash-crowd"), Style::plain())
    }

    #[test]
    fn one_group_of_leechers_needs_no_line_for_all() {
        insta::assert_snapshot!(shown(&summary(Ending::AllDone)), @r##"
completion time   leechers   completed          mean        median           p95         last
leechers             1,000       1,000   21 min 05 s   21 min 21 s   21 min 52 s   1 h 02 min

upload used     92.4 % by leechers, 87.0 % by all
lower bound     58 min (Kumar & Ross 2006); all had the file after 1 h 02 min, 1.07 times that
seed load       7.25 copies of the file
fairness        0.95 (Jain's index of share ratios; 1 is equal)
ended           after 1 h 07 min: nobody is left who lacks a chunk
results         results/flash-crowd
"##);
    }

    #[test]
    fn what_is_not_defined_is_a_dash() {
        let mut partial = summary(Ending::TimeLimit);
        let nobody = Figures {
            completed: 0,
            not_completed: 1000,
            completion_mean_s: None,
            completion_median_s: None,
            completion_p95_s: None,
            completion_last_s: None,
            ..figures()
        };
        partial.groups.push(group("free-riders", nobody));
        (partial.makespan_s, partial.makespan_over_bound) = (None, None);
        insta::assert_snapshot!(shown(&partial), @r##"
completion time   leechers   completed          mean        median           p95         last
leechers             1,000       1,000   21 min 05 s   21 min 21 s   21 min 52 s   1 h 02 min
free-riders          1,000           0             –             –             –            –
all                  1,000       1,000   21 min 05 s   21 min 21 s   21 min 52 s   1 h 02 min

upload used     92.4 % by leechers, 87.0 % by all
lower bound     58 min (Kumar & Ross 2006); not all got the file
seed load       7.25 copies of the file
fairness        0.95 (Jain's index of share ratios; 1 is equal)
ended           after 1 h 07 min: the time limit
results         results/flash-crowd
"##);
    }

    #[test]
    fn a_long_pause_deserves_doubt() {
        let with_pause = |length_s, outcome| {
            let mut summary = summary(outcome);
            summary.longest_pause = Some(Pause {
                from: SimTime::ZERO + SimDuration::from_secs(200),
                length: SimDuration::from_secs(length_s),
                leechers: 38,
            });
            pause(&summary)
        };
        insta::assert_snapshot!(with_pause(300, Ending::AllDone).expect("it is long"), @r##"
nothing moved for 5 min from 3 min 20 s on, with 38 leechers waiting: nobody whom they knew had what they lacked and sent it. Who needs neighbours asks the tracker again only after `tracker.min_announce_interval`, 5 min unless the scenario says otherwise; completion times show that.
"##);
        // Less than a twentieth of the 4021 s.
        assert_eq!(with_pause(200, Ending::AllDone), None);
        assert_eq!(with_pause(300, Ending::Stalled), None, "the end says it");
    }

    #[test]
    fn endings_that_are_not_good_say_what_they_mean_and_what_to_do() {
        let warn = |outcome| {
            let mut summary = summary(outcome);
            summary.waiting = 31;
            super::ending(&summary).unwrap_or_default()
        };
        assert_eq!(warn(Ending::AllDone), "");
        insta::assert_snapshot!(warn(Ending::TimeLimit), @r##"
the time limit came first, with 31 leechers without the file: the completion times are those of the quicker ones. A longer `run.time_limit` shows the rest.
"##);
        insta::assert_snapshot!(warn(Ending::Dead { extinct_chunks: 12 }), @r##"
the swarm died: nobody has any of 12 chunks any more, so it ended with 31 leechers without the file. Let seeds stay longer (`departure`), or let one come back.
"##);
        insta::assert_snapshot!(warn(Ending::Stalled), @r##"
nothing moved for `run.stall_limit`, with 31 leechers without the file: who has what they lack sends nothing (look at `choking`) or does not know them (`connections` and the tracker).
"##);
        insta::assert_snapshot!(warn(Ending::Interrupted), @r##"
interrupted, with 31 leechers without the file: the results are partial, and say so in `ending`.
"##);
    }
}
