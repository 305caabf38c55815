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

/// Refuses a run that needs more memory than there is. (A system that does not tell has enough.)
pub(super) fn check(estimate: u64) -> Result<()> {
    let machine = available_to_us();
    ensure!(
        machine == 0 || estimate <= machine,
        "this run needs about {} of memory, but the machine has {}: simulate fewer peers, larger chunks or fewer connections",
        human::bytes(estimate),
        human::bytes(machine),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_allowed_and_what_cannot_is_not() {
        assert!(check(1 << 20).is_ok());
        let refusal = check(u64::MAX).expect_err("no machine has that much").to_string();
        assert!(
            refusal.starts_with("this run needs about 16384 PiB of memory, but the machine has "),
            "{refusal}"
        );
    }
}
