//! Who sends how fast: max-min fair rates under every access link, kept up to date change by change.
//!
//! Peers hang on the network by two access links, one for upload and one for download. A *flow* runs
//! from one peer's upload to another's download and has a weight. The allocation is *weighted max-min
//! fair*: no flow can be given more without taking from one that has no more per unit of weight. It is
//! unique, and the textbook's equal split of each upload where downloads are unlimited
//! (Bertsekas & Gallager, *Data Networks*, 2nd ed. 1992, section 6.5.2).
//!
//! - [`MaxMin`] keeps the allocation while flows come, go and finish, at a cost that does not grow with the swarm.
//! - [`progressive_filling`] is the obvious way to the same rates, from scratch: the oracle of the tests.

mod access;
mod check;
mod clock;
mod level;
mod max_min;
pub mod progressive_filling;
mod settle;
#[cfg(test)]
mod tests;
mod view;

pub use clock::{Clock, ClockKind, Finish};
pub use max_min::MaxMin;
