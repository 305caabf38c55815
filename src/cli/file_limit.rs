//! A limit on the size of files (`ulimit -f`): the system would end the program without a word. Here the write that goes beyond it fails, and is told like
//! a full disk.

use std::io;

/// From now on a write beyond the limit is an error.
#[cfg(unix)]
pub(super) fn report_as_error() -> io::Result<()> {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    // Nobody asks for the flag: it is enough that the signal is dealt with.
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    Ok(())
}

/// Other systems have no such limit.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
pub(super) fn report_as_error() -> io::Result<()> {
    Ok(())
}
