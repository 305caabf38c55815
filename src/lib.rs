//! Swarmsim: a discrete-event `BitTorrent` swarm simulator.

pub mod bandwidth;
pub mod choking;
pub mod churn;
pub mod cli;
pub mod compare;
pub mod contact;
pub mod crowd;
pub mod engine;
pub mod files;
mod huge_pages;
pub mod human;
pub mod ids;
pub mod metrics;
pub mod picking;
pub mod progress;
pub mod report;
pub mod rng;
pub mod rounds;
pub mod runner;
pub mod scenario;
pub mod store;
pub mod swarm;
pub mod terminal;
pub mod theory;
pub mod tracker;
pub mod units;
pub mod validate;
pub mod version;

pub use huge_pages::HugePages;
