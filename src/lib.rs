//! Swarmsim: a discrete-event `BitTorrent` swarm simulator.

pub mod engine;
pub mod ids;
pub mod metrics;
pub mod rng;
pub mod runner;
pub mod scenario;
pub mod units;
