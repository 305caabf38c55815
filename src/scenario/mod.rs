//! From a TOML file to a checked [`Scenario`].
//!
//! `load` → `parsed` → `document` (TOML with places) → `overrides` (`--set`, and what a variant changes) → `read` (into the types of `file`) →
//! `validate` (into [`model`], with `preset`, `trace` and `limits`). `resolved` goes the way back. `schema` and `reference` describe it.
//! What is compared with what ([`study`]) is read on the same way and is no part of the scenario.

mod connections;
mod document;
pub mod draw;
pub mod estimate;
pub mod expect;
pub mod file;
pub mod limits;
mod lists;
mod load;
pub mod mix;
pub mod model;
mod overrides;
mod parameters;
mod parsed;
pub mod preset;
mod problem;
mod read;
mod reference;
mod resolved;
mod rhythm;
mod schema;
pub mod study;
#[cfg(test)]
pub(crate) mod testing;
mod trace;
mod validate;
mod words;

pub use load::{LoadOptions, Loaded, Override, load, parse, read_text};
pub use model::Scenario;
pub(crate) use overrides::equals_sign;
pub use parsed::Parsed;
pub use problem::{Place, ScenarioError};
pub(crate) use read::nearest_or_all;
pub use reference::reference_markdown;
pub use schema::json_schema;

/// Whether `word` can name a scenario or a group.
#[must_use]
pub fn is_name(word: &str) -> bool {
    validate::name_fault(word, "").is_none()
}

/// A commented scenario to start from.
#[must_use]
pub const fn starter() -> &'static str {
    include_str!("starter.toml")
}
