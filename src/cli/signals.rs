//! The signals that ask a program to end: Ctrl-C, SIGTERM, and SIGHUP of a terminal that is closed.

use std::io;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Somebody who may lose patience.
    Asked,
    /// A terminal that is gone; shells and the system may both say so.
    HungUp,
}

/// Has a thread of its own call `heed` at each signal from now on.
#[cfg(unix)]
pub(super) fn watch(mut heed: impl FnMut(Signal) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    if !is_ignored(SIGHUP) {
        signals.add_signal(SIGHUP)?;
    }
    let heed_all = move || {
        for signal in signals.forever() {
            heed(if signal == SIGHUP {
                Signal::HungUp
            } else {
                Signal::Asked
            });
        }
    };
    std::thread::Builder::new().spawn(heed_all).map(drop)
}

/// Whether the program was begun with `signal` ignored, as `nohup` does with SIGHUP. Only Linux tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Other systems have Ctrl-C.
#[cfg(not(unix))]
pub(super) fn watch(mut heed: impl FnMut(Signal) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || heed(Signal::Asked)).map_err(io::Error::other)
}
