//! Swarmsim: a discrete-event `BitTorrent` swarm simulator.

pub mod cli;
pub mod engine;
pub mod human;
pub mod ids;
pub mod metrics;
pub mod progress;
pub mod rng;
pub mod runner;
pub mod scenario;
pub mod units;
