//! Whether a run fits into the machine.

use anyhow::{Result, ensure};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::human;

/// Memory of this machine, or of the container that we are in, in bytes.
fn of_machine() -> u64 {
    let ram = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(ram);
    let total = system.total_memory();
    system
        .cgroup_limits()
        .map_or(total, |limits| limits.total_memory.min(total))
}

/// What this process may have, in bytes, if that is limited (`ulimit -v`).
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn of_process() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::As).current
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn of_process() -> Option<u64> {
    None
}

/// Refuses runs, `jobs` at a time, that need more memory than there is. (A system that does not tell has enough.)
pub(super) fn check(estimate: u64, jobs: usize) -> Result<()> {
    let machine = Some(of_machine()).filter(|bytes| *bytes > 0);
    fits(estimate, jobs, machine, "the machine has")?;
    fits(estimate, jobs, of_process(), "a limit (ulimit -v) leaves this process")
}

/// Refuses what needs more than `there` is, where that is known.
fn fits(estimate: u64, jobs: usize, there: Option<u64>, whose: &str) -> Result<()> {
    let (what, help) = if jobs == 1 {
        ("this run needs".to_owned(), "")
    } else {
        (format!("{jobs} runs at a time need"), "run fewer at a time (--jobs), ")
    };
    let needed = estimate.saturating_mul(jobs as u64);
    let there = there.unwrap_or(u64::MAX);
    ensure!(
        needed <= there,
        "{what} about {} of memory, but {whose} {}: {help}simulate fewer peers, larger chunks or fewer connections",
        human::bytes(needed),
        human::bytes(there),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_allowed_and_what_cannot_is_not() {
        assert!(check(1 << 20, 2).is_ok());
        let machine = Some(1 << 30);
        let refused = |jobs| fits(u64::MAX, jobs, machine, "the machine has").expect_err("none has that much");
        let refusal = refused(1).to_string();
        assert!(
            refusal.starts_with("this run needs about 16384 PiB of memory, but the machine has "),
            "{refusal}"
        );
        let refusal = refused(4).to_string();
        assert!(
            refusal.starts_with("4 runs at a time need about ") && refusal.contains("run fewer at a time (--jobs)"),
            "{refusal}"
        );
    }
}
