//! The time of day, for what is said of processes; no result depends on it.

use std::time::SystemTime;

/// Seconds since 1970; 0 where the clock stands before that.
#[must_use]
pub fn unix_seconds() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
