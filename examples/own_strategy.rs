//! A choking rule of one's own, with the whole command line of swarmsim, and compared with tit-for-tat:
//!
//! `cargo run --release --example own_strategy -- compare examples/own_strategy.toml --choker tit-for-tat,long-memory`

use std::process::ExitCode;

use swarmsim::choking::{Choker, Grant, Neighbour, OwnChokers, RechokeView, Seats};
use swarmsim::rng::Rng;

/// Tit-for-tat goes by the last 20 s. This rule forgets nothing: three slots for those that have sent most since they met, two by lot.
struct LongMemory;

impl Choker for LongMemory {
    fn slots(&self) -> usize {
        5
    }

    /// It looks at `received_bytes`, which is counted only where some choker says so.
    fn needs_accounts(&self) -> bool {
        true
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        let has_given = |neighbour: &Neighbour| neighbour.received_bytes > 0;
        let given = |neighbour: &Neighbour| neighbour.received_bytes as f64;
        // Three of the slots by rank; the others by lot, held for three decisions, a newcomer as likely as anybody.
        Seats::new(view, self.slots(), grants).by_rate(rng, 3, 1, has_given, given);
    }
}

fn main() -> ExitCode {
    // Each peer that plays this rule gets a choker of its own; the argument is its upload capacity in bytes per second. One more for each group only
    // says what it needs.
    let own = OwnChokers::new().with("long-memory", |_upload| Box::new(LongMemory));
    swarmsim::cli::main_with(&own)
}
