//! Ctrl-C and SIGTERM: the first asks the run to end cleanly, the second gives up at once.

use crate::metrics::abandon;
use std::io::{self, Write};
use std::ops::Deref;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What a shell reports of a program that was interrupted.
pub(super) const EXIT_CODE: u8 = 130;

/// Whether the user wants it to stop. Who lets go of it while the process is giving up waits for its end: the exit code is then that of the
/// interrupt, and what is unfinished is gone.
#[derive(Debug)]
pub(super) struct Interrupt {
    asked: Arc<AtomicBool>,
    giving_up: Arc<Mutex<()>>,
}

impl Deref for Interrupt {
    type Target = AtomicBool;

    fn deref(&self) -> &AtomicBool {
        &self.asked
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        drop(self.giving_up.lock());
    }
}

/// Watches for interrupts: the first says `answer` and sets the flag; `unfinished` is the directory to remove when the user
/// has no patience, if there is one.
pub(super) fn watch(answer: &'static str, unfinished: Option<PathBuf>) -> Result<Interrupt, ctrlc::Error> {
    let interrupt = Interrupt {
        asked: Arc::default(),
        giving_up: Arc::default(),
    };
    let (asked, giving_up) = (Arc::clone(&interrupt.asked), Arc::clone(&interrupt.giving_up));
    ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            // Held until the process ends.
            let _held = giving_up.lock();
            // What can't be removed stays, for the next process to remove.
            let _ = unfinished.as_deref().map(abandon);
            process::exit(i32::from(EXIT_CODE));
        }
        let _ = writeln!(io::stderr(), "\nInterrupted: {answer}. Once more to give up at once.");
    })?;
    Ok(interrupt)
}
