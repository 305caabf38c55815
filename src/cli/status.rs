//! `swarmsim status`: how far a sweep or a comparison is, whoever plays it.

use std::fmt::Write;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use clap::Args;

use crate::choking::OwnChokers;
use crate::cli::{Failure, Style, parts, say_json, table};
use crate::compare::{OfVariant, Part, Parts, State, Status};
use crate::human;
use crate::progress::unix_seconds;
use crate::store::WHOLE;

/// With more variants than this they are not listed.
const VARIANTS_SHOWN: usize = 12;
/// Of anything else so many are named.
const ITEMS_SHOWN: usize = 10;

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Directories of one sweep or comparison
    #[arg(value_name = "DIR", required = true)]
    directories: Vec<PathBuf>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn status(args: &StatusArgs, own: &OwnChokers, style: Style, errors: Style) -> Result<ExitCode, Failure> {
    let status = Status::of(&Parts::read(
        &parts::each_once(&args.directories, errors),
        own,
        &AtomicBool::new(false),
    )?);
    if args.json {
        say_json(&status)?;
    } else {
        style.say(io::stdout(), &text(&status, unix_seconds(), style))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What `status` prints, for people, at `now_unix_s` seconds since 1970.
#[must_use]
pub fn text(status: &Status, now_unix_s: u64, style: Style) -> String {
    let mut text = format!("{}\n", style.bold(&status.name));
    let mut line = |name: &str, value: &str| {
        writeln!(text, "  {} {value}", style.dim(format!("{name:<9}"))).expect("a String takes all");
    };
    let (done, wanted) = (status.done, status.wanted);
    // Where runs wait for a process to play them it is not known how many will.
    let at_a_time = match status.waiting {
        0 => String::new(),
        _ => format!(" with {} at a time", human::count(status.playing as u64)),
    };
    let eta = status.eta_s.map_or(String::new(), |eta| {
        format!(", ETA {}{at_a_time}", human::duration(eta))
    });
    let share = human::percent(done as f64 / wanted.max(1) as f64);
    let count = |number: usize| human::count(number as u64);
    line("runs", &format!("{} of {} ({share}){eta}", count(done), count(wanted)));
    let complete = status
        .variants
        .iter()
        .filter(|of_variant| of_variant.done as u64 == u64::from(status.runs));
    line(
        "variants",
        &format!("{} of {} complete", complete.count(), status.variants.len()),
    );
    if status.doubles > 0 {
        let runs = human::counted(status.doubles as u64, "run");
        let differ = human::count(status.conflicts.len() as u64);
        line("double", &format!("{runs} there more than once; {differ} differ"));
    }
    for double in first(&status.double) {
        line("double", &double);
    }
    for conflict in first(&status.conflicts) {
        line("differ", &conflict);
    }
    for damage in first(&status.damages) {
        line("damaged", &damage);
    }
    if let Some((last, others)) = status.splits.split_last()
        && !others.is_empty()
    {
        let others: Vec<_> = others.iter().map(ToString::to_string).collect();
        let others = others.join(", ");
        line(
            "splits",
            &format!(
                "into {others} and into {last} shards: the shards of one of these are all runs, and what others have played is not played again"
            ),
        );
    }
    if !status.not_begun.is_empty() {
        line("not begun", &format!("shard {}", first(&status.not_begun).join(", ")));
    }
    text.push('\n');
    let rows: Vec<_> = status.parts.iter().map(|part| row(part, now_unix_s)).collect();
    text.push_str(&table::aligned(
        &["part", "done", "left", "state", "since", "ETA"],
        &rows,
        style,
    ));
    if status.parts.iter().any(|part| part.state == State::Gone) {
        text.push_str(
            "Who ended without saying why was killed, had no room on the disk to say it, or its machine is down.\n",
        );
    }
    if status.variants.len() <= VARIANTS_SHOWN {
        text.push('\n');
        let row = |OfVariant { variant, done }: &OfVariant| vec![variant.clone(), format!("{done}/{}", status.runs)];
        let rows: Vec<_> = status.variants.iter().map(row).collect();
        text.push_str(&table::aligned(&["variant", "runs"], &rows, style));
    }
    text
}

/// The first few of `items`, and how many more there are.
pub(super) fn first(items: &[impl ToString]) -> Vec<String> {
    let mut shown: Vec<_> = items.iter().take(ITEMS_SHOWN).map(ToString::to_string).collect();
    if items.len() > ITEMS_SHOWN {
        shown.push(format!(
            "… and {} more",
            human::count((items.len() - ITEMS_SHOWN) as u64)
        ));
    }
    shown
}

fn row(part: &Part, now_unix_s: u64) -> Vec<String> {
    let state = match &part.state {
        State::Running => "running".to_owned(),
        State::Ended => "ended".to_owned(),
        State::Interrupted => "interrupted".to_owned(),
        State::Failed(why) => format!("failed: {why}"),
        State::Gone => "ended without saying why".to_owned(),
    };
    let since = part.since_unix_s.map_or(String::new(), |since| {
        human::duration(now_unix_s.saturating_sub(since) as f64)
    });
    vec![
        match &part.shard {
            Some(shard) => format!("shard {shard}"),
            None if part.name == WHOLE => "all".to_owned(),
            None => part.name.clone(),
        },
        human::count(part.done as u64),
        human::count(part.left as u64),
        state,
        since,
        part.eta_s.map_or(String::new(), human::duration),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{DoubleRuns, RunsOf};

    fn part(shard: &str, done: usize, left: usize, state: State, eta_s: Option<f64>) -> Part {
        Part {
            segment: format!("x/runs/{shard}.jsonl"),
            shard: Some(shard.to_owned()),
            name: shard.to_owned(),
            done,
            left,
            state,
            since_unix_s: Some(1000),
            eta_s,
        }
    }

    #[test]
    fn a_sweep_half_way() {
        let status = Status {
            name: "swarm".to_owned(),
            done: 7,
            wanted: 20,
            waiting: 8,
            playing: 1,
            eta_s: Some(156.0),
            runs: 10,
            variants: [("a", 5), ("b", 2)]
                .map(|(variant, done)| OfVariant {
                    variant: variant.to_owned(),
                    done,
                })
                .into(),
            parts: vec![
                part("1/3", 5, 5, State::Running, Some(60.0)),
                part("2/3", 2, 4, State::Failed("cannot write to `x`".to_owned()), None),
                Part {
                    shard: None,
                    ..part("copy-of-1", 1, 0, State::Gone, None)
                },
            ],
            splits: vec![3, 14],
            not_begun: (3..=14).map(|number| format!("{number}/14")).collect(),
            missing: Vec::new(),
            doubles: 2,
            double: vec![DoubleRuns {
                files: ["x.jsonl", "y.jsonl"].map(str::to_owned),
                runs: vec![RunsOf {
                    variant: "a".to_owned(),
                    runs: vec![(0, 1)],
                }],
            }],
            conflicts: vec!["run 0 of `a`: x.jsonl, line 3 and x.jsonl, line 4".to_owned()],
            damages: Vec::new(),
        };
        insta::assert_snapshot!(text(&status, 1090, Style::plain()), @"
        swarm
          runs      7 of 20 (35.0 %), ETA 2 min 36 s with 1 at a time
          variants  0 of 2 complete
          double    2 runs there more than once; 1 differ
          double    in `x.jsonl` and `y.jsonl`: runs 0, 1 of `a`
          differ    run 0 of `a`: x.jsonl, line 3 and x.jsonl, line 4
          splits    into 3 and into 14 shards: the shards of one of these are all runs, and what others have played is not played again
          not begun shard 3/14, 4/14, 5/14, 6/14, 7/14, 8/14, 9/14, 10/14, 11/14, 12/14, … and 2 more

          part        done   left                         state        since     ETA
          shard 1/3      5      5                       running   1 min 30 s   1 min
          shard 2/3      2      4   failed: cannot write to `x`   1 min 30 s
          copy-of-1      1      0      ended without saying why   1 min 30 s
        Who ended without saying why was killed, had no room on the disk to say it, or its machine is down.

          variant   runs
          a         5/10
          b         2/10
        ");
    }
}
