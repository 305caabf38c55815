//! Waiting for a lock that others hold: whoever waits looks again and again, and meanwhile hears that it is to give up.

use std::fs::TryLockError;
use std::io;
use std::thread;
use std::time::Duration;

/// Who waits looks again after this time.
const WAIT: Duration = Duration::from_millis(50);

/// Tries to `lock` until nobody else holds it, and asks each time before it waits whether it `gives_up`; whether the lock was had.
///
/// # Errors
/// When there is no lock to have.
pub fn is_had(
    mut lock: impl FnMut() -> Result<(), TryLockError>,
    mut gives_up: impl FnMut() -> bool,
) -> io::Result<bool> {
    loop {
        match lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::Error(cause)) => return Err(cause),
            Err(TryLockError::WouldBlock) if gives_up() => return Ok(false),
            Err(TryLockError::WouldBlock) => thread::sleep(WAIT),
        }
    }
}
