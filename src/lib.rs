//! Swarmsim: a discrete-event `BitTorrent` swarm simulator.

pub mod bandwidth;
pub mod engine;
pub mod ids;
pub mod rng;
pub mod scenario;
pub mod units;
