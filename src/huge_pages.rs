//! Large blocks of memory in huge pages. A swarm of 10,000 peers reads memory all over tens of megabytes: with pages of 4 KiB the processor
//! spends a tenth of its time looking up where they are, with 100,000 peers a quarter (docs/performance.md).
//!
//! Linux gives huge pages to who asks for them, block by block. A program asks by making this its allocator, as `swarmsim` does:
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: swarmsim::HugePages = swarmsim::HugePages;
//! # fn main() {}
//! ```
// An allocator can't be written without. All it adds to the system's own is an advice, which changes no content.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};

/// Blocks from this size on are worth a question to the system: smaller ones rarely hold a huge page.
const LARGE_BYTES: usize = 1 << 20;

/// Pages of most processors.
#[cfg(all(target_os = "linux", not(miri)))]
const PAGE_BYTES: usize = 4096;

/// The allocator of the system, which asks for huge pages for large blocks where there are any.
#[derive(Clone, Copy, Debug)]
pub struct HugePages;

// SAFETY: all blocks come from and go to the allocator of the system, with the layouts that we are given.
unsafe impl GlobalAlloc for HugePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the same contract.
        advised(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        advised(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: as above.
        advised(unsafe { System.realloc(block, layout, bytes) }, bytes)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

/// `block` of so many bytes, for which huge pages are asked if it is large; null stays null.
#[inline]
fn advised(block: *mut u8, bytes: usize) -> *mut u8 {
    if bytes >= LARGE_BYTES && !block.is_null() {
        advise(block, bytes);
    }
    block
}

#[cfg(all(target_os = "linux", not(miri)))]
fn advise(block: *mut u8, bytes: usize) {
    use rustix::mm::{Advice, madvise};
    // From the begin of the page: a mapping that is advised in parts could not be enlarged where it is.
    let before = block.addr() % PAGE_BYTES;
    // SAFETY: the advice moves nothing and changes no content. What of the page does not belong to the block is mapped as well.
    // A system without huge pages, or with others, says so, and that is all.
    let _ = unsafe { madvise(block.sub(before).cast(), before + bytes, Advice::LinuxHugepage) };
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn advise(_: *mut u8, _: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(bytes: usize) -> Layout {
        Layout::from_size_align(bytes, 16).expect("a size")
    }

    #[test]
    fn blocks_keep_their_content_when_they_grow_and_shrink() {
        for (first, second) in [(100, 200), (100, 3 << 20), (3 << 20, 9 << 20), (3 << 20, 100)] {
            // SAFETY: within the blocks and with their layouts.
            unsafe {
                let block = HugePages.alloc_zeroed(layout(first));
                assert!(!block.is_null() && block.add(first - 1).read() == 0);
                block.write(1);
                block.add(99).write(99);
                let block = HugePages.realloc(block, layout(first), second);
                assert_eq!((block.read(), block.add(99).read()), (1, 99));
                block.add(second - 1).write(2);
                HugePages.dealloc(block, layout(second));
            }
        }
    }

    #[test]
    #[cfg(all(target_os = "linux", not(miri)))]
    fn huge_pages_are_asked_for() {
        if !std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            return;
        }
        let bytes = 64 << 20;
        // SAFETY: the blocks are freed with their layouts.
        unsafe {
            let block = HugePages.alloc(layout(bytes));
            assert!(is_advised(block.addr() + bytes / 2));
            let block = HugePages.realloc(block, layout(bytes), 2 * bytes);
            assert!(is_advised(block.addr() + bytes + bytes / 2));
            HugePages.dealloc(block, layout(2 * bytes));
        }
    }

    /// Whether huge pages are asked for at `address` (`hg` in `proc_pid_smaps(5)`).
    #[cfg(all(target_os = "linux", not(miri)))]
    fn is_advised(address: usize) -> bool {
        let maps = std::fs::read_to_string("/proc/self/smaps").expect("Linux has it");
        let mut here = false;
        for line in maps.lines() {
            let range = line.split_whitespace().next().and_then(|range| range.split_once('-'));
            let ends = range.map(|(from, to)| (usize::from_str_radix(from, 16), usize::from_str_radix(to, 16)));
            if let Some((Ok(from), Ok(to))) = ends {
                here = (from..to).contains(&address);
            } else if let (true, Some(flags)) = (here, line.strip_prefix("VmFlags:")) {
                return flags.split_whitespace().any(|flag| flag == "hg");
            }
        }
        false
    }
}
