//! The event loop: take the next event, let it change the swarm, restore fair bandwidth, go on.
//!
//! One event may set off others at the same instant (a transfer ends, a slot falls free, somebody else is unchoked, a transfer
//! starts). They wait as jobs in a queue and are done before bandwidth is settled, once, for all of them. So no handler calls itself, and
//! the order of consequences is the order in which they were found.

mod arrival;
mod asking;
mod connection;
mod departure;
mod endgame;
mod interest;
mod invariants;
mod kept_quota;
mod memory;
pub mod observer;
mod over;
mod pipelining;
mod queue;
mod rates;
mod read_ahead;
mod rechoke;
mod run;
mod sampling;
mod schedule;
mod simulation;
mod smart_seeding;
mod super_seeding;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod totals;
mod transfer;
mod work;

pub(crate) use arrival::{draw_capacity, draw_chunks};
pub(crate) use departure::{Stay, record_of, stay};
pub use memory::estimate_memory_bytes;
pub use observer::{Ending, NoObserver, Observer};
pub(crate) use over::{ending, pending as arrivals_pending};
pub use run::{Control, InvariantViolation, Outcome, Progress, RunFault, RunOptions, run};
pub(crate) use schedule::{Event, PeerTimer, Schedule};
use simulation::{Job, Simulation, Streams};
pub(crate) use totals::Totals;
