//! A choking rule of one's own, with the whole command line of swarmsim:
//!
//! `cargo run --release --example own_strategy -- run examples/own_strategy.toml`

use std::collections::BTreeMap;
use std::process::ExitCode;

use swarmsim::choking::{Choker, Decision, Grant, Neighbour, OwnChokers, RechokeView, Seats};
use swarmsim::ids::PeerId;
use swarmsim::rng::Rng;

/// Tit-for-tat goes by the last 20 s. This rule forgets nothing: three slots for those that have sent most since they met, two by lot.
#[derive(Default)]
struct Generous {
    /// Bytes that each neighbour has sent, about.
    received: BTreeMap<PeerId, f64>,
}

impl Choker for Generous {
    fn slots(&self) -> usize {
        5
    }

    fn rechoke(&mut self, view: &RechokeView<'_>, rng: &mut Rng, grants: &mut Vec<Grant>) {
        // Refills come between two decisions: they would count the same bytes again.
        if let Decision::Periodic { .. } = view.decision {
            let seconds = view.now.since(view.decided_at).as_secs_f64();
            for neighbour in view.neighbours {
                *self.received.entry(neighbour.peer).or_default() += neighbour.received_per_sec * seconds;
            }
        }
        let received = |neighbour: &Neighbour| self.received.get(&neighbour.peer).copied().unwrap_or(0.0);
        let has_given = |neighbour: &Neighbour| received(neighbour) > 0.0;
        // Three of the slots by rank; the others by lot, held for three decisions, a newcomer as likely as anybody.
        Seats::new(view, self.slots(), grants).by_rate(rng, 3, 1, has_given, received);
    }
}

fn main() -> ExitCode {
    // Each peer that plays this rule gets a choker of its own; the argument is its upload capacity in bytes per second.
    let own = OwnChokers::new().with("generous", |_upload| Box::new(Generous::default()));
    swarmsim::cli::main_with(&own)
}
