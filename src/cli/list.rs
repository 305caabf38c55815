//! `swarmsim list`: the rules that a scenario can name, each in a line with its source.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::choking::OwnChokers;
use crate::cli::{Failure, Style};

/// No line is longer.
const COLUMNS_MAX: usize = 100;
/// Where rules begin.
const INDENT: usize = 20;

/// Name in a scenario, rule, source.
type Rule = (&'static str, &'static str, &'static str);

const CHOKERS: &[Rule] = &[
    (
        "tit-for-tat",
        "the interested neighbours that sent most in the last 20 s, and one at random",
        "Cohen 2003; BEP 3",
    ),
    (
        "fastest",
        "the interested neighbours that take fastest, and one at random",
        "seeds of mainline before 4.0",
    ),
    (
        "round-robin",
        "those that wait longest, one slot at random",
        "seeds of mainline 4.0; Legout et al. 2006",
    ),
    (
        "round-robin-quota",
        "as round-robin, but a slot is kept until so many chunks and so much time are used up",
        "seeds of libtorrent, without their optimistic slot",
    ),
    ("random", "slots drawn at random at each decision", "control"),
    (
        "propshare",
        "split in proportion to what each neighbour gave in the last round, and a fifth to explore",
        "Levin et al. 2008",
    ),
    (
        "bittyrant",
        "those that give most for the upload they ask for, until the upload is spent",
        "Piatek et al. 2007",
    ),
    (
        "fairtorrent",
        "the next chunk to the neighbour that is owed most",
        "Sherman et al. 2009",
    ),
    (
        "libtorrent",
        "those that sent most since the last decision, a seed those within a quota, and the one that has waited longest",
        "libtorrent 2",
    ),
    (
        "tit-for-tat-block",
        "in turn, as long as they are at most 2 chunks ahead of what came back from them",
        "Bharambe et al. 2006",
    ),
    (
        "birds",
        "those whose speed is closest to one's own, and one at random",
        "Rahman et al. 2011",
    ),
    ("altruist", "every interested neighbour, equally", "control"),
    ("free-rider", "nobody", "Locher et al. 2006"),
];

const PICKERS: &[Rule] = &[
    (
        "rarest-first",
        "the chunk that fewest neighbours have, ties at random",
        "Cohen 2003; Legout et al. 2006",
    ),
    ("random", "any chunk, uniformly", "control"),
    ("sequential", "the first in file order", "streaming"),
    (
        "global-rarest",
        "the chunk with fewest copies in the whole swarm",
        "oracle, for comparison",
    ),
    (
        "mode-suppression",
        "any chunk but the most common ones",
        "Reddyvari et al. 2019",
    ),
];

const ARRIVALS: &[Rule] = &[
    (
        "at-once",
        "`count` peers at one time, each with a random delay up to `jitter`",
        "flash crowd",
    ),
    (
        "poisson",
        "independent arrivals at a constant rate",
        "Qiu & Srikant 2004",
    ),
    (
        "decaying",
        "a flash crowd whose rate falls exponentially",
        "Guo et al. 2005",
    ),
    ("trace", "one peer for each row of a CSV file", "measurements"),
];

const DEPARTURES: &[Rule] = &[
    ("selfish", "leaves as soon as it has the file", "Kurose & Ross"),
    (
        "finishes-uploads",
        "passes its last chunk on, finishes its uploads, leaves",
        "Bharambe et al. 2006",
    ),
    (
        "altruistic",
        "stays as a seed, for ever or for a drawn time `linger`",
        "Kurose & Ross",
    ),
    (
        "share-ratio",
        "stays until it has uploaded a multiple of what it downloaded",
        "practice of clients and trackers",
    ),
    (
        "at",
        "an initial seed that leaves at a set time",
        "study of swarm death",
    ),
    (
        "after-copies",
        "leaves once it has uploaded so many copies of the file",
        "study of swarm death",
    ),
    (
        "abort_rate",
        "a key of its own: leechers give up at this rate",
        "θ of Qiu & Srikant 2004",
    ),
    (
        "crash",
        "a key of its own: peers vanish without notice, found out after a timeout",
        "churn",
    ),
];

const SECTIONS: [(&str, &str, &[Rule]); 4] = [
    (
        "Chokers",
        "choking.<name> for leechers, seeding.<name> for seeds: whom a peer unchokes",
        CHOKERS,
    ),
    ("Pickers", "picking.<name>: which chunk a leecher asks for", PICKERS),
    ("Arrivals", "arrival.<name>: when the peers of a group come", ARRIVALS),
    (
        "Departures",
        "departure.<name>: what a peer does once it has the file",
        DEPARTURES,
    ),
];

pub(super) fn list(own: &OwnChokers, style: Style) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    for (ix, (title, about, rules)) in SECTIONS.into_iter().enumerate() {
        if ix > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}  {}", style.bold(title), style.dim(about))?;
        for (name, rule, source) in rules {
            write_rule(&mut out, name, rule, source, style)?;
        }
        if ix == 0 {
            for name in own.names() {
                write_rule(&mut out, name, "a rule of its own", "registered by this program", style)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A rule in as many lines as it needs, its source at the end of the last one where there is room.
fn write_rule(out: &mut impl Write, name: &str, rule: &str, source: &str, style: Style) -> io::Result<()> {
    write!(out, "  {name:<18}")?;
    let source = format!("[{source}]");
    let mut column = INDENT;
    for word in rule.split(' ').chain([source.as_str()]) {
        let chars = 1 + word.chars().count();
        if column + chars > COLUMNS_MAX {
            write!(out, "\n{:INDENT$}", "")?;
            column = INDENT;
        }
        column += chars;
        let shown = if word == source {
            style.dim(word)
        } else {
            word.to_owned()
        };
        write!(out, " {shown}")?;
    }
    writeln!(out)
}
