//! Whether runs fit into the machine.

use std::fs;

use anyhow::{Result, ensure};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::cli::cgroup;
use crate::human;

/// Address space of a thread: its stack, and what the C library sets aside for what it allocates.
const THREAD_BYTES: u64 = if cfg!(target_env = "gnu") { 66 << 20 } else { 2 << 20 };

/// Lists that grow are twice as long as what is in them, at most: that takes address space, not memory.
const GROWTH: u64 = 2;

/// Memory of this machine in bytes.
fn of_machine() -> u64 {
    let ram = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    System::new_with_specifics(ram).total_memory()
}

/// The address space that this process may have, in bytes, if that is limited (`ulimit -v`).
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn of_process() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::As).current
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn of_process() -> Option<u64> {
    None
}

/// The address space that this process has already, in bytes, as far as the system tells (`proc_pid_status(5)`).
fn mapped() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kib = size.and_then(|size| size.trim().trim_end_matches(" kB").parse().ok());
    kib.unwrap_or(0) * 1024
}

/// Refuses runs that need more memory than there is: `jobs` at a time, each of which takes `estimate` bytes, `lists` bytes for all runs of a study, and `threads` that are
/// still to be started.
/// (A system that does not tell has enough.)
pub(super) fn check(estimate: u64, jobs: usize, lists: u64, threads: usize) -> Result<()> {
    let needed = estimate.saturating_mul(jobs as u64).saturating_add(lists);
    let memory = format!("about {} of memory", human::bytes(needed));
    let machine = Some(of_machine()).filter(|bytes| *bytes > 0);
    fits(needed, jobs, &memory, machine, "the machine has")?;
    let group = cgroup::memory_limit();
    fits(needed, jobs, &memory, group, "this job or container (cgroup) may have")?;
    let threads = THREAD_BYTES.saturating_mul(threads as u64);
    let space = needed
        .saturating_mul(GROWTH)
        .saturating_add(mapped().saturating_add(threads));
    let both = format!(
        "{memory} and, with the program, its threads and lists that grow, {} of address space",
        human::bytes(space)
    );
    fits(
        space,
        jobs,
        &both,
        of_process(),
        "a limit (ulimit -v) leaves this process",
    )
}

/// Refuses what needs more than `there` is, where that is known; `need` says what it needs.
fn fits(needed: u64, jobs: usize, need: &str, there: Option<u64>, whose: &str) -> Result<()> {
    let (what, help) = if jobs == 1 {
        ("this run needs".to_owned(), "")
    } else {
        (format!("{jobs} runs at a time need"), "run fewer at a time (--jobs), ")
    };
    let there = there.unwrap_or(u64::MAX);
    ensure!(
        needed <= there,
        "{what} {need}, but {whose} {}: {help}simulate fewer peers, larger chunks or fewer connections",
        human::bytes(there),
    );
    Ok(())
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

    #[test]
    fn whose_limit_it_is_is_said() {
        let refused = |there| fits(2 << 20, 1, "about 2 MiB", there, "a job may have");
        assert!(refused(None).is_ok() && refused(Some(2 << 20)).is_ok());
        let refusal = refused(Some(1 << 20)).expect_err("too little").to_string();
        assert!(
            refusal.starts_with("this run needs about 2 MiB, but a job may have 1 MiB: simulate "),
            "{refusal}"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_mapped_is_known() {
        assert!(mapped() > 1 << 20, "{}", mapped());
    }
}
