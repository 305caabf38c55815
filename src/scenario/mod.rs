//! From a TOML file to a checked [`Scenario`].

pub mod draw;
pub mod model;

pub use model::Scenario;
