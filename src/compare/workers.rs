//! Runs on several threads. Which thread plays which run decides nothing: a run depends on its scenario and seed alone.

use std::iter;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

use super::plan::Plan;
use super::replicate::replicate;
use crate::engine::observer::Observer;
use crate::engine::{Control, RunFault, RunOptions};
use crate::scenario::Scenario;
use crate::scenario::study::WarmUp;
use crate::store::{RunId, RunRecord};

/// What a thread has to say of runs that belong together: their records and observers, or none if it was stopped.
type Played<O> = Result<Vec<(RunRecord, O)>, RunFault>;
/// Makes the observer of a run.
type Observe<'o, O> = &'o (dyn Fn(RunId, &Scenario) -> O + Sync);

/// The work of all threads.
struct Work<'w, O> {
    plan: &'w Plan,
    /// Runs that belong together.
    todo: Vec<&'w [RunId]>,
    observer: Observe<'w, O>,
    turn: AtomicUsize,
    /// The user wants to stop.
    stop: &'w AtomicBool,
    /// There is no use for further runs.
    given_up: AtomicBool,
}

/// Plays the runs `todo` of `plan` on `jobs` threads and hands each, with its `observer`, to `finished`, in the order in which they end,
/// until that fails or `stop` is set. Where the warm-up is found in the runs, variants of one run that follow each other in `todo` share it.
///
/// # Errors
/// The first error of `finished` or of a run.
pub fn play<E: From<RunFault>, O: Observer + Send>(
    plan: &Plan,
    todo: &[RunId],
    jobs: usize,
    stop: &AtomicBool,
    observer: Observe<'_, O>,
    finished: &mut dyn FnMut(RunRecord, O) -> Result<(), E>,
) -> Result<(), E> {
    let share_warm_up = plan.cut() == WarmUp::Mser5;
    let together = |a: &RunId, b: &RunId| share_warm_up && a.run == b.run;
    let work = Work {
        plan,
        todo: todo.chunk_by(together).collect(),
        observer,
        turn: AtomicUsize::new(0),
        stop,
        given_up: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        let (sender, played) = mpsc::channel::<Played<O>>();
        let start = |_: &usize| {
            let (sender, work) = (sender.clone(), &work);
            thread::Builder::new()
                .spawn_scoped(scope, move || work.share(&sender))
                .is_ok()
        };
        // Where the system allows no more threads, fewer do it; without any, this one does.
        let is_alone = (0..jobs.min(work.todo.len())).take_while(start).count() == 0;
        drop(sender);
        let own = iter::from_fn(|| if is_alone { work.next() } else { None });
        let mut result = Ok(());
        for runs in own.chain(played) {
            // The first error counts; the threads come to their end.
            if result.is_ok() {
                result = runs
                    .map_err(E::from)
                    .and_then(|runs| runs.into_iter().try_for_each(|(run, observer)| finished(run, observer)));
                work.given_up.store(result.is_err(), Ordering::Relaxed);
            }
        }
        result
    })
}

impl<O: Observer + Send> Work<'_, O> {
    /// Takes runs until there are none left.
    fn share(&self, sender: &Sender<Played<O>>) {
        while let Some(played) = self.next() {
            if sender.send(played).is_err() {
                return;
            }
        }
    }

    /// Plays the next runs, if there are any left to play.
    fn next(&self) -> Option<Played<O>> {
        let runs = self.todo.get(self.turn.fetch_add(1, Ordering::Relaxed))?;
        (!self.is_over()).then(|| self.play(runs))
    }

    fn play(&self, runs: &[RunId]) -> Played<O> {
        let scenario = |id: &RunId| Scenario {
            seed: self.plan.seed(id.run),
            ..self.plan.variants[id.variant].scenario.clone()
        };
        let runs: Vec<_> = runs.iter().map(|id| (*id, scenario(id))).collect();
        let options = RunOptions {
            own_chokers: self.plan.own_chokers.clone(),
            ..RunOptions::default()
        };
        replicate(&runs, self.plan.cut(), &options, self.observer, &mut |_| {
            if self.is_over() {
                Control::Stop
            } else {
                Control::Continue
            }
        })
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.given_up.load(Ordering::Relaxed)
    }
}
