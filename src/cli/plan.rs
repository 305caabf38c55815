//! What will be simulated, shown before a run.

use std::fmt::Write;
use std::path::Path;

use crate::cli::Style;
use crate::human;
use crate::metrics::names;
use crate::scenario::Scenario;
use crate::scenario::model::{Arrival, Discovery, File, Group, Mode, StartsWith};

/// The plan, some lines of text.
pub(super) fn plan(scenario: &Scenario, memory_bytes: u64, target: &Path, style: Style) -> String {
    let mut text = format!(
        "{}  {}\n",
        style.bold(&scenario.name),
        style.dim(format!("seed {}", scenario.seed))
    );
    let mut line = |name: &str, value: &str| {
        writeln!(text, "  {} {value}", style.dim(format!("{name:<9}"))).expect("a String takes all");
    };
    line("file", &file(&scenario.file));
    for (ix, group) in scenario.groups.iter().enumerate() {
        line(if ix == 0 { "peers" } else { "" }, &peers(group, scenario.run.mode));
    }
    match scenario.run.mode {
        Mode::Bittorrent => {}
        Mode::RandomContact => line("mode", "random contact: peers meet by chance"),
        Mode::Rounds { .. } => line("mode", "rounds: every peer sends one chunk at a time"),
    }
    if scenario.discovery == Discovery::FullMesh {
        line("network", "full mesh: everyone is connected to everyone");
    }
    line("memory", &format!("about {}", human::bytes(memory_bytes)));
    line("results", &target.display().to_string());
    text.push('\n');
    text
}

fn file(file: &File) -> String {
    let chunks = human::counted(file.chunks() as u64, "chunk");
    format!(
        "{} in {chunks} of {}",
        human::bytes(file.size.0),
        human::bytes(file.chunk_size.0)
    )
}

fn peers(group: &Group, mode: Mode) -> String {
    let name = &group.name;
    let arrival = arrival(group);
    if group.starts_with == StartsWith::All {
        let kind = match (group.super_seeding, group.smart_seeding) {
            (true, _) => "super-seeding",
            (_, true) => "smart seeding",
            _ => "seeding",
        };
        return match names::choking_in(mode, &group.seeding) {
            Some(seeding) => format!("{name}: {arrival}, {kind} ({seeding})"),
            None => format!("{name}: {arrival}, {kind}"),
        };
    }
    let choking = names::choking_in(mode, &group.choking).map_or(String::new(), |rule| format!("{rule}, "));
    format!("{name}: {arrival}, {choking}{}", names::picker(group.picking.picker))
}

fn arrival(group: &Group) -> String {
    let share = group.part.as_ref().map_or(String::new(), |part| {
        format!("{} % of ", (1000.0 * part.share).round() / 10.0)
    });
    let known = human::count(group.count_known().unwrap_or_default().into());
    match &group.arrival {
        Arrival::AtOnce { jitter, .. } if jitter.is_zero() => known,
        Arrival::AtOnce { jitter, .. } => format!("{known} within {}", human::duration(jitter.as_secs_f64())),
        Arrival::Poisson { per_sec, count, .. } => {
            format!("{share}{}Poisson, {} per hour", up_to(*count), per_hour(*per_sec))
        }
        Arrival::Decaying {
            initial_per_sec,
            decay,
            count,
            ..
        } => format!(
            "{share}{}from {} per hour down to 1/e in {}",
            up_to(*count),
            per_hour(*initial_per_sec),
            human::duration(decay.as_secs_f64())
        ),
        Arrival::Trace { path, .. } if path.is_empty() => format!("{known} as listed"),
        Arrival::Trace { path, .. } => format!("{known} from {path}"),
    }
}

fn up_to(count: Option<u32>) -> String {
    count.map_or(String::new(), |count| format!("up to {}, ", human::count(count.into())))
}

fn per_hour(per_sec: f64) -> String {
    human::rough(per_sec * 3600.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{leechers, scenario, seeds};
    use crate::units::{SimDuration, SimTime};

    #[test]
    fn says_who_comes_when_and_where_results_go() {
        let trickle = |name: &str, arrival| Group {
            name: name.to_owned(),
            arrival,
            ..leechers()
        };
        let from = SimTime::ZERO;
        let swarm = scenario(vec![
            seeds(),
            leechers(),
            trickle(
                "crowd",
                Arrival::AtOnce {
                    count: 1000,
                    at: from,
                    jitter: SimDuration::from_secs(5),
                },
            ),
            trickle(
                "steady",
                Arrival::Poisson {
                    per_sec: 0.1,
                    from,
                    until: None,
                    count: Some(1000),
                },
            ),
            trickle(
                "decaying",
                Arrival::Decaying {
                    initial_per_sec: 5.0,
                    decay: SimDuration::from_secs(600),
                    from,
                    count: None,
                },
            ),
        ]);
        let text = plan(&swarm, 12 << 20, Path::new("results/by-hand"), Style::plain());
        insta::assert_snapshot!(text, @r##"
by-hand  seed 7
  file      250 B in 3 chunks of 100 B
  peers     origin: 1, seeding (round-robin)
            leechers: 2, tit-for-tat, rarest-first
            crowd: 1,000 within 5 s, tit-for-tat, rarest-first
            steady: up to 1,000, Poisson, 360 per hour, tit-for-tat, rarest-first
            decaying: from 18 k per hour down to 1/e in 10 min, tit-for-tat, rarest-first
  network   full mesh: everyone is connected to everyone
  memory    about 12 MiB
  results   results/by-hand
"##);
    }
}
