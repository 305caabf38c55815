//! Whether runs fit into the machine.

use std::fs;

use anyhow::{Result, ensure};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::cli::cgroup;
use crate::human;

/// Memory of a thread: its stack.
const STACK_BYTES: u64 = 2 << 20;
/// Address space of a thread: its stack, and what the C library sets aside for what it allocates.
const THREAD_BYTES: u64 = STACK_BYTES + if cfg!(target_env = "gnu") { 64 << 20 } else { 0 };

/// Lists that grow are twice as long as what is in them, at most: what a process may have must hold that, the memory of the machine need not.
const GROWTH: u64 = 2;

/// Memory of this machine in bytes.
fn of_machine() -> u64 {
    let ram = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    System::new_with_specifics(ram).total_memory()
}

/// What this process may have, in bytes, if that is limited: address space (`ulimit -v`), or memory of its own (`ulimit -d`).
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn limits() -> (Option<u64>, Option<u64>) {
    use rustix::process::{Resource, getrlimit};
    (getrlimit(Resource::As).current, getrlimit(Resource::Data).current)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn limits() -> (Option<u64>, Option<u64>) {
    (None, None)
}

/// What this process has already, in bytes, as far as the system tells (`proc_pid_status(5)`): `VmSize` is address space, `VmData` memory of its own.
fn mapped(what: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines().filter_map(|line| line.split_once(':'));
    let size = lines.find_map(|(name, size)| (name == what).then_some(size));
    let kib = size.and_then(|size| size.trim().trim_end_matches(" kB").parse().ok());
    kib.unwrap_or(0) * 1024
}

/// Refuses runs that need more memory than there is: `jobs` at a time, each of which takes `estimate` bytes, `lists` bytes for all runs of a study, and `threads` that are
/// still to be started.
/// (A system that does not tell has enough.)
pub(super) fn check(estimate: u64, jobs: usize, lists: u64, threads: usize) -> Result<()> {
    let runs = estimate.saturating_mul(jobs as u64);
    let need = Need {
        runs,
        lists,
        jobs,
        words: format!("about {} of memory", human::bytes(runs.saturating_add(lists))),
    };
    let machine = Some(of_machine()).filter(|bytes| *bytes > 0);
    need.fits(machine, "the machine has")?;
    need.fits(cgroup::memory_limit(), "this job or container (cgroup) may have")?;
    let others = |there, of_thread: u64| mapped(there).saturating_add(of_thread.saturating_mul(threads as u64));
    let (space, data) = limits();
    need.with_others(others("VmSize", THREAD_BYTES), "of address space")
        .fits(space, "a limit (ulimit -v) leaves this process")?;
    need.with_others(others("VmData", STACK_BYTES), "at most")
        .fits(data, "a limit (ulimit -d) leaves this process")
}

/// What is needed: bytes of the runs that are played at a time, `jobs` of them, and of the lists of all runs; and both in words.
struct Need {
    runs: u64,
    lists: u64,
    jobs: usize,
    words: String,
}

impl Need {
    /// The same with what `others` take, where lists have room to grow; in words it is so much `of_what`.
    fn with_others(&self, others: u64, of_what: &str) -> Self {
        let grown = |bytes: u64| bytes.saturating_mul(GROWTH);
        let (runs, lists) = (grown(self.runs).saturating_add(others), grown(self.lists));
        let words = format!(
            "{} and, with the program, its threads and lists that grow, {} {of_what}",
            self.words,
            human::bytes(runs.saturating_add(lists))
        );
        Self {
            runs,
            lists,
            words,
            ..*self
        }
    }

    /// Refuses what needs more than `there` is, where that is known.
    fn fits(&self, there: Option<u64>, whose: &str) -> Result<()> {
        let there = there.unwrap_or(u64::MAX);
        let (who, help) = match self.jobs {
            _ if self.lists > 0 && self.runs <= there => (
                "so many runs of all variants need".to_owned(),
                "choose fewer of each variant (--runs), or fewer variants",
            ),
            1 => (
                "this run needs".to_owned(),
                "simulate fewer peers, larger chunks or fewer connections",
            ),
            jobs => (
                format!("{jobs} runs at a time need"),
                "run fewer at a time (--jobs), simulate fewer peers, larger chunks or fewer connections",
            ),
        };
        ensure!(
            self.runs.saturating_add(self.lists) <= there,
            "{who} {}, but {whose} {}: {help}",
            self.words,
            human::bytes(there),
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_allowed_and_what_cannot_is_not() {
        assert!(check(1 << 20, 2, 0, 3).is_ok());
        let refused = |jobs| {
            check(u64::MAX, jobs, 0, jobs)
                .expect_err("none has that much")
                .to_string()
        };
        let refusal = refused(1);
        assert!(
            refusal.starts_with("this run needs about 16384 PiB of memory, but the machine has "),
            "{refusal}"
        );
        let refusal = refused(4);
        assert!(
            refusal.starts_with("4 runs at a time need about ") && refusal.contains("run fewer at a time (--jobs)"),
            "{refusal}"
        );
        assert!(check(1 << 20, 2, u64::MAX, 3).is_err());
    }

    fn need(runs: u64, lists: u64, jobs: usize) -> Need {
        Need {
            runs,
            lists,
            jobs,
            words: "about 2 MiB".to_owned(),
        }
    }

    fn refusal(need: &Need, there: u64) -> String {
        need.fits(Some(there), "a job may have")
            .expect_err("too little")
            .to_string()
    }

    #[test]
    fn whose_limit_it_is_is_said() {
        let need = need(2 << 20, 0, 1);
        assert!(need.fits(None, "a job may have").is_ok() && need.fits(Some(2 << 20), "a job may have").is_ok());
        let refusal = refusal(&need, 1 << 20);
        assert!(
            refusal.starts_with("this run needs about 2 MiB, but a job may have 1 MiB: simulate "),
            "{refusal}"
        );
    }

    #[test]
    fn where_the_lists_are_too_long_fewer_runs_help() {
        let many = need(1 << 20, 3 << 20, 4);
        assert!(many.fits(Some(4 << 20), "a job may have").is_ok());
        assert_eq!(
            refusal(&many, 3 << 20),
            "so many runs of all variants need about 2 MiB, but a job may have 3 MiB: choose fewer of each variant (--runs), or fewer variants"
        );
        // Without them it would not fit either.
        assert!(refusal(&many, 1 << 19).starts_with("4 runs at a time need about 2 MiB, but "));
        let refusal = refusal(&many.with_others(1 << 20, "of address space"), 8 << 20);
        assert!(
            refusal.starts_with("so many runs") && refusal.contains("9 MiB of address space"),
            "{refusal}"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_mapped_is_known() {
        let (space, data) = (mapped("VmSize"), mapped("VmData"));
        assert!(space > 1 << 20 && data > 1 << 16 && data < space, "{space}, {data}");
    }
}
