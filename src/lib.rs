//! Swarmsim: a discrete-event `BitTorrent` swarm simulator.

pub mod bandwidth;
pub mod choking;
pub mod churn;
pub mod engine;
pub mod ids;
pub mod picking;
pub mod rng;
pub mod scenario;
pub mod swarm;
pub mod tracker;
pub mod units;
