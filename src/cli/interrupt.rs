//! Ctrl-C and SIGTERM: the first asks the run to end cleanly, the second gives up at once.

use crate::metrics::abandon;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a shell reports of a program that was interrupted.
pub(super) const EXIT_CODE: u8 = 130;

/// Watches for interrupts: the first says `answer` and sets the flag; `unfinished` is the directory to remove when the user
/// has no patience, if there is one.
pub(super) fn watch(answer: &'static str, unfinished: Option<PathBuf>) -> Result<Arc<AtomicBool>, ctrlc::Error> {
    let asked = Arc::new(AtomicBool::new(false));
    let asked_before = Arc::clone(&asked);
    ctrlc::set_handler(move || {
        if asked_before.swap(true, Ordering::Relaxed) {
            // The process is about to die; what can't be removed stays.
            let _ = unfinished.as_deref().map(abandon);
            process::exit(i32::from(EXIT_CODE));
        }
        let _ = writeln!(io::stderr(), "\nInterrupted: {answer}. Once more to give up at once.");
    })?;
    Ok(asked)
}
