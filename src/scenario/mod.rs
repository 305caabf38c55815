//! From a TOML file to a checked [`Scenario`].

pub mod draw;
pub mod file;
pub mod model;
pub mod preset;

pub use model::Scenario;
