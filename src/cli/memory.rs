//! Whether a run fits into the machine.

use anyhow::{Result, ensure};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::human;

/// Memory of this machine, or of the container that we are in, in bytes.
fn available_to_us() -> u64 {
    let ram = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(ram);
    let total = system.total_memory();
    system
        .cgroup_limits()
        .map_or(total, |limits| limits.total_memory.min(total))
}

/// Refuses runs, `jobs` at a time, that need more memory than there is. (A system that does not tell has enough.)
pub(super) fn check(estimate: u64, jobs: usize) -> Result<()> {
    let machine = available_to_us();
    let (what, help) = if jobs == 1 {
        ("this run needs".to_owned(), "")
    } else {
        (format!("{jobs} runs at a time need"), "run fewer at a time (--jobs), ")
    };
    let needed = estimate.saturating_mul(jobs as u64);
    ensure!(
        machine == 0 || needed <= machine,
        "{what} about {} of memory, but the machine has {}: {help}simulate fewer peers, larger chunks or fewer connections",
        human::bytes(needed),
        human::bytes(machine),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_allowed_and_what_cannot_is_not() {
        assert!(check(1 << 20, 2).is_ok());
        let refusal = check(u64::MAX, 1).expect_err("no machine has that much").to_string();
        assert!(
            refusal.starts_with("this run needs about 16384 PiB of memory, but the machine has "),
            "{refusal}"
        );
        let refusal = check(u64::MAX, 4).expect_err("no machine has that much").to_string();
        assert!(
            refusal.starts_with("4 runs at a time need about ") && refusal.contains("run fewer at a time (--jobs)"),
            "{refusal}"
        );
    }
}
