//! Which swarmsim this is.

/// The version with the commit that it was built from, where that is known.
pub const VERSION: &str = if env!("SWARMSIM_COMMIT").is_empty() {
    env!("CARGO_PKG_VERSION")
} else {
    concat!(env!("CARGO_PKG_VERSION"), " (", env!("SWARMSIM_COMMIT"), ")")
};
