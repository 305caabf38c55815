//! Running a scenario from its first event to its last.

use crate::choking::OwnChokers;
use crate::engine::memory::places_at_most;
use crate::engine::observer::{Ending, Observer};
use crate::engine::simulation::Simulation;
use crate::picking::{self, LONG_FILE_CHUNKS};
use crate::scenario::Scenario;
use crate::scenario::model::Choking;
use crate::units::SimTime;

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

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// Memory that the state of the swarm took in the end, without what its observer keeps.
    pub memory_bytes: usize,
}

/// The answer to a [`Progress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// End the run here, cleanly.
    Stop,
}

/// What a run needs besides its scenario.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Makes the chokers that the scenario names and swarmsim does not have.
    pub own_chokers: OwnChokers,
    /// Check every invariant every few events (slow; a violation is an error).
    pub check_invariants: bool,
    /// From how many chunks on a file is so long that counts of copies are kept for rarest first. Results are the same.
    pub long_file_chunks: usize,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            own_chokers: OwnChokers::new(),
            check_invariants: false,
            long_file_chunks: LONG_FILE_CHUNKS,
        }
    }
}

/// Why a run gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunFault {
    /// A choker is missing among [`RunOptions::own_chokers`]; nothing was run.
    #[error("the scenario names a choker `{0}`, and none is registered by this name")]
    UnknownChoker(String),
    /// The simulator has a defect.
    #[error(transparent)]
    Defect(#[from] InvariantViolation),
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

/// Events between two questions to the watcher.
const EVENTS_PER_WATCH: u64 = 4096;
/// Events between two checks of all invariants.
const EVENTS_PER_CHECK: u64 = 64;

/// Runs `scenario` to its end, telling `observer` what happens; asks `watch` every few thousand events whether to go on.
///
/// # Errors
/// A choker that nobody has registered; with `check_invariants`, the first invariant that does not hold.
pub fn run(
    scenario: &Scenario,
    options: RunOptions,
    observer: &mut dyn Observer,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Outcome, RunFault> {
    check_chokers(scenario, &options.own_chokers)?;
    let mut simulation = Simulation::new(scenario, options.own_chokers, observer);
    if picking::keeps_counts(scenario, options.long_file_chunks) {
        simulation.keep_counts();
    }
    simulation.swarm.reserve(places_at_most(scenario));
    simulation.open();
    let mut events = 0_u64;
    let ending = loop {
        let Some(event) = simulation.schedule.next() else {
            break Ending::Stalled;
        };
        simulation.handle(event);
        events += 1;
        if options.check_invariants && events.is_multiple_of(EVENTS_PER_CHECK) {
            simulation.check()?;
        }
        if let Some(ending) = simulation.ending {
            break ending;
        }
        if events.is_multiple_of(EVENTS_PER_WATCH) && watch(&simulation.progress()) == Control::Stop {
            break Ending::Interrupted;
        }
    };
    if options.check_invariants {
        simulation.check()?;
    }
    simulation.close(ending);
    // What columns keep in reserve is not touched and costs nothing.
    Ok(Outcome {
        ending,
        memory_bytes: simulation.memory_bytes(),
    })
}

fn check_chokers(scenario: &Scenario, own: &OwnChokers) -> Result<(), RunFault> {
    let rules = scenario
        .groups
        .iter()
        .flat_map(|group| [&group.choking, &group.seeding]);
    for rule in rules {
        if let Choking::Own(name) = rule
            && !own.knows(name)
        {
            return Err(RunFault::UnknownChoker(name.clone()));
        }
    }
    Ok(())
}
