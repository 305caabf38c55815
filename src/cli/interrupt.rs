//! Ctrl-C, SIGTERM and SIGHUP: the first asks the run to end cleanly, a second one of the first two gives up at once.

use crate::cli::Failure;
use crate::cli::signals::{self, Signal};
use crate::metrics::abandon;
use anyhow::Context;
use std::io::{self, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What a shell reports of a program that was interrupted.
pub(super) const EXIT_CODE: u8 = 130;

/// Whether the user wants it to stop. Who lets go of it while the process is giving up waits for its end: the exit code is then that of the
/// interrupt, and what is unfinished is gone.
#[derive(Debug)]
pub(super) struct Interrupt {
    asked: Arc<AtomicBool>,
    /// The directory to remove when the user has no patience. Its lock is held while it is made, and from the moment in which the process gives up.
    unfinished: Arc<Mutex<Option<PathBuf>>>,
}

/// Watches for interrupts: the first says `answer` and sets the flag, the second gives up at once.
pub(super) fn watch(answer: &'static str) -> Result<Interrupt, Failure> {
    let interrupt = Interrupt {
        asked: Arc::default(),
        unfinished: Arc::default(),
    };
    let (asked, unfinished) = (Arc::clone(&interrupt.asked), Arc::clone(&interrupt.unfinished));
    let watched = signals::watch(move |signal| {
        if asked.swap(true, Ordering::Relaxed) {
            if signal == Signal::HungUp {
                return;
            }
            // Held until the process ends.
            let unfinished = unfinished.lock().unwrap_or_else(PoisonError::into_inner);
            // What can't be removed stays, for the next process to remove.
            let _ = unfinished.as_deref().map(abandon);
            process::exit(i32::from(EXIT_CODE));
        }
        acknowledge(answer);
    });
    watched
        .context("cannot start the thread that waits for Ctrl-C: the system, or a limit (ulimit -v, ulimit -u), leaves too little memory or too few threads")
        .map_err(Failure::Run)?;
    Ok(interrupt)
}

/// Says that the user was heard, from a thread of its own: where standard error takes nothing, the next signal must not wait for it.
fn acknowledge(answer: &'static str) {
    let say = move || writeln!(io::stderr(), "\nInterrupted: {answer}. Once more to give up at once.");
    // Where there is no room for one more thread, nothing is said.
    drop(thread::Builder::new().spawn(say));
}

impl Interrupt {
    /// Makes something of which the directory that `unfinished` names goes when the user has no patience.
    pub fn guard<T, E>(
        &self,
        make: impl FnOnce() -> Result<T, E>,
        unfinished: impl FnOnce(&T) -> Option<&Path>,
    ) -> Result<T, E> {
        let mut held = self.unfinished.lock().unwrap_or_else(PoisonError::into_inner);
        let made = make()?;
        *held = unfinished(&made).map(Path::to_owned);
        Ok(made)
    }
}

impl Deref for Interrupt {
    type Target = AtomicBool;

    fn deref(&self) -> &AtomicBool {
        &self.asked
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        drop(self.unfinished.lock());
    }
}
