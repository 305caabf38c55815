//! Figures of a run that `summary.csv` does not have, by name: `utilisation(60, 120)`.

use super::pieces;
use super::watch::{Moment, Watch};
use crate::engine::observer::PeerRecord;
use crate::metrics::stats::{Jain, mean};
use crate::scenario::study::Placed;
use crate::scenario::{Scenario, ScenarioError, nearest_or_all};

/// What stands between the brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Argument {
    /// The name of a group; its number is what the figure gets.
    Group,
    /// A whole number: seconds, or a count.
    Number,
}

impl Argument {
    const fn word(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Number => "number",
        }
    }

    /// The number that `text` stands for, or how to mend it.
    fn read(self, scenario: &Scenario, text: &str) -> Result<usize, String> {
        match self {
            Self::Number => text.parse().map_err(|_| "write a whole number".to_owned()),
            Self::Group => {
                let names = || scenario.groups.iter().map(|group| group.name.as_str());
                let found = names().position(|name| name == text);
                found.ok_or_else(|| nearest_or_all(text, names(), "the groups are"))
            }
        }
    }
}

/// A figure: how it is written, whether it needs transfers, and what it is.
struct Kind {
    name: &'static str,
    arguments: &'static [Argument],
    needs_transfers: bool,
    value: fn(&Watch, &[usize]) -> Option<f64>,
}

const WINDOW: &[Argument] = &[Argument::Number, Argument::Number];
const GROUPS: &[Argument] = &[Argument::Group, Argument::Group];

const fn kind(name: &'static str, arguments: &'static [Argument], value: fn(&Watch, &[usize]) -> Option<f64>) -> Kind {
    Kind {
        name,
        arguments,
        needs_transfers: false,
        value,
    }
}

/// docs/validation.md says what each of them is.
const KINDS: [Kind; 19] = [
    kind("utilisation", WINDOW, |watch, at| utilisation(watch, at[0], at[1])),
    kind("leechers_mean", WINDOW, |watch, at| average(watch, at, |m| m.leechers)),
    kind("seeds_mean", WINDOW, |watch, at| average(watch, at, |m| m.seeds)),
    kind("leechers_variance", WINDOW, |watch, at| {
        covariance(watch, at, |m| (m.leechers, m.leechers))
    }),
    kind("seeds_variance", WINDOW, |watch, at| {
        covariance(watch, at, |m| (m.seeds, m.seeds))
    }),
    kind("covariance", WINDOW, |watch, at| {
        covariance(watch, at, |m| (m.leechers, m.seeds))
    }),
    kind("sent_share", GROUPS, |watch, at| watch.sent_share(at[0], at[1])),
    kind("unchoke_share", GROUPS, |watch, at| watch.unchoke_share(at[0], at[1])),
    kind("unchoke_chance", GROUPS, |watch, at| watch.unchoke_chance(at[0], at[1])),
    kind("seed_share", &[Argument::Group], |watch, at| seed_share(watch, at[0])),
    kind("seed_jain", &[], |watch, _| seed_jain(watch)),
    kind("most_copies_served", &[], |watch, _| most_copies_served(watch)),
    kind("worst_imbalance_bytes", &[], |watch, _| worst_imbalance_bytes(watch)),
    kind("single_copies_fall_per_s", &[], |watch, _| {
        Some(-line(&single_copies(watch))?.0)
    }),
    kind("single_copies_r2", &[], |watch, _| Some(line(&single_copies(watch))?.1)),
    kind("doublings_per_s", WINDOW, |watch, at| {
        Some(line(&doublings(watch, at[0], at[1]))?.0)
    }),
    Kind {
        needs_transfers: true,
        ..kind("interest", WINDOW, |watch, at| pieces::interest(watch, at[0], at[1]))
    },
    Kind {
        needs_transfers: true,
        ..kind("first_gaps", &[Argument::Group, Argument::Number], |watch, at| {
            pieces::first_gaps(watch, at[0], at[1])
        })
    },
    Kind {
        needs_transfers: true,
        ..kind("last_gaps", &[Argument::Group, Argument::Number], |watch, at| {
            pieces::last_gaps(watch, at[0], at[1])
        })
    },
];

/// A watched figure with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    kind: usize,
    arguments: Vec<usize>,
}

impl Watched {
    /// The figure `name` of runs of `scenario`; `None` if it has no brackets.
    ///
    /// # Errors
    /// When there is no such figure or group, or an argument is wrong.
    pub fn new(scenario: &Scenario, name: &Placed<String>) -> Result<Option<Self>, ScenarioError> {
        let Some((word, rest)) = name.value.trim().split_once('(') else {
            return Ok(None);
        };
        let wrong = |title: String, help: String| Err(ScenarioError::at(&name.place, title, help));
        let Some(kind) = KINDS.iter().position(|kind| kind.name == word) else {
            let help = nearest_or_all(word, KINDS.iter().map(|kind| kind.name), "those with brackets are");
            return wrong(format!("there is no figure `{word}(…)`"), help);
        };
        let given: Vec<&str> = match rest.strip_suffix(')').map(str::trim) {
            Some("") => Vec::new(),
            Some(inside) => inside.split(',').map(str::trim).collect(),
            None => return wrong(format!("`{}` has no closing bracket", name.value), "add `)`".to_owned()),
        };
        let wanted = KINDS[kind].arguments;
        if given.len() != wanted.len() {
            let title = format!("`{word}` takes {} arguments, not {}", wanted.len(), given.len());
            return wrong(title, format!("write {}", usage(&KINDS[kind])));
        }
        let read = |(argument, text): (&Argument, &str)| {
            argument.read(scenario, text).map_err(|help| {
                let title = format!("`{text}` is no {}", argument.word());
                ScenarioError::at(&name.place, title, help)
            })
        };
        let arguments = wanted.iter().zip(given).map(read).collect::<Result<_, _>>()?;
        Ok(Some(Self { kind, arguments }))
    }

    /// Whether it needs all transfers of a run.
    #[must_use]
    pub fn needs_transfers(&self) -> bool {
        KINDS[self.kind].needs_transfers
    }

    /// Its value in a run; `None` where it is not defined.
    #[must_use]
    pub fn value(&self, watch: &Watch) -> Option<f64> {
        (KINDS[self.kind].value)(watch, &self.arguments).filter(|value| value.is_finite())
    }
}

fn usage(kind: &Kind) -> String {
    let words: Vec<_> = kind.arguments.iter().map(|argument| argument.word()).collect();
    format!("`{}({})`", kind.name, words.join(", "))
}

/// Bytes that were sent from `from` to `to` seconds, as a share of those that could have been.
fn utilisation(watch: &Watch, from: usize, to: usize) -> Option<f64> {
    let until = |second: usize| watch.moments.iter().rfind(|m| m.at_s <= second as f64);
    let (start, end) = (until(from)?, until(to)?);
    Some((end.sent_bytes - start.sent_bytes) / (end.capacity_bytes - start.capacity_bytes))
}

fn window<'w>(watch: &'w Watch, at: &[usize]) -> impl Iterator<Item = &'w Moment> {
    let span = at[0] as f64..at[1] as f64;
    watch.moments.iter().filter(move |m| span.contains(&m.at_s))
}

fn average(watch: &Watch, at: &[usize], of: fn(&Moment) -> f64) -> Option<f64> {
    mean(&window(watch, at).map(of).collect::<Vec<_>>())
}

fn covariance(watch: &Watch, at: &[usize], of: fn(&Moment) -> (f64, f64)) -> Option<f64> {
    let pairs: Vec<_> = window(watch, at).map(of).collect();
    let a = mean(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>())?;
    let b = mean(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>())?;
    mean(&pairs.iter().map(|pair| (pair.0 - a) * (pair.1 - b)).collect::<Vec<_>>())
}

fn seed_share(watch: &Watch, group: usize) -> Option<f64> {
    let given = |peer: &PeerRecord| watch.from_seeds.get(&peer.id).copied().unwrap_or(0);
    let all: u64 = watch.downloaders().map(given).sum();
    let mine = watch.downloaders().filter(|peer| peer.group.ix() == group);
    (all > 0).then(|| mine.map(given).sum::<u64>() as f64 / all as f64)
}

/// Jain's index of what initial seeds sent to each peer that came without the file.
fn seed_jain(watch: &Watch) -> Option<f64> {
    let mut jain = Jain::default();
    for peer in watch.downloaders() {
        jain.add(watch.from_seeds.get(&peer.id).copied().unwrap_or(0) as f64);
    }
    jain.index()
}

fn most_copies_served(watch: &Watch) -> Option<f64> {
    let most = watch.downloaders().map(|peer| peer.uploaded_bytes).max()?;
    Some(most as f64 / watch.file_bytes as f64)
}

/// The most by which what a peer sent differs from what it received, of those that came without the file.
fn worst_imbalance_bytes(watch: &Watch) -> Option<f64> {
    let off = |peer: &PeerRecord| peer.uploaded_bytes.abs_diff(peer.downloaded_bytes);
    watch.downloaders().map(off).max().map(|off| off as f64)
}

/// Chunks with one copy in time, until there are none.
fn single_copies(watch: &Watch) -> Vec<(f64, f64)> {
    let some = watch.moments.iter().take_while(|m| m.single > 0.0);
    some.map(|m| (m.at_s, m.single)).collect()
}

/// How often the copies of the chunk that has most have doubled, in time, from `least` copies to `most`.
fn doublings(watch: &Watch, least: usize, most: usize) -> Vec<(f64, f64)> {
    let (least, most) = (least as f64, most as f64);
    let later = watch.moments.iter().skip_while(|m| m.most_copies < least);
    let growing = later.take_while(|m| m.most_copies <= most);
    growing.map(|m| (m.at_s, libm::log2(m.most_copies))).collect()
}

/// Slope of the line of least squares through `points`, and its coefficient of determination.
fn line(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let x = mean(&points.iter().map(|point| point.0).collect::<Vec<_>>())?;
    let y = mean(&points.iter().map(|point| point.1).collect::<Vec<_>>())?;
    let sum = |term: fn(f64, f64) -> f64| points.iter().map(|point| term(point.0 - x, point.1 - y)).sum::<f64>();
    let (xx, xy, yy) = (sum(|x, _| x * x), sum(|x, y| x * y), sum(|_, y| y * y));
    (xx > 0.0 && yy > 0.0).then(|| (xy / xx, xy * xy / (xx * yy)))
}

#[cfg(test)]
mod tests;
