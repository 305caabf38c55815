//! Closed forms of the literature, one file a paper: what the theory says about the numbers of a scenario.
//!
//! Each file has the numbers that its theory needs, a way to take them from a scenario (or to say why that does not fit),
//! and a [`Report`] with formula, value and source of every result. The labels (KR-1, QS-3, …) name a result of a paper;
//! docs/theory.md lists them.

// What is computed by hand must come out to the last bit.
#![cfg_attr(test, allow(clippy::float_cmp))]

pub mod fit;
pub mod guo;
pub mod hajek_zhu;
pub mod kurose_ross;
mod left_out;
pub mod mundinger;
pub mod piatek;
pub mod qiu_srikant;
pub mod report;
pub mod yang_de_veciana;

#[cfg(test)]
mod tests;

pub use fit::Misfit;
pub use report::{Curve, Line, Report, Value};

/// Name on the command line, question, source.
pub const THEORIES: [(&str, &str, &str); 7] = [
    (
        "kurose-ross",
        "how long a file takes to reach all, by client-server and peer-to-peer",
        kurose_ross::SOURCE,
    ),
    (
        "qiu-srikant",
        "leechers, seeds and download time of an open swarm: the fluid model",
        qiu_srikant::SOURCE,
    ),
    (
        "hajek-zhu",
        "whether an open swarm is stable: the missing-piece syndrome",
        hajek_zhu::SOURCE,
    ),
    (
        "mundinger",
        "the fewest rounds in which all can have all chunks",
        mundinger::SOURCE,
    ),
    (
        "yang-de-veciana",
        "how fast the service of a flash crowd grows",
        yang_de_veciana::SOURCE,
    ),
    ("guo", "how long a swarm lives when interest in it decays", guo::SOURCE),
    (
        "piatek",
        "what upload buys: equal split, reciprocation and altruism",
        piatek::SOURCE,
    ),
];
