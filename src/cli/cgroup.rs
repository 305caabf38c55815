//! The limit on memory of the control group that this process is in: that of a container, a job of Slurm (`--mem`) or a unit of systemd (`MemoryMax`).

use std::fs;
use std::path::{Component, Path};

/// The least limit of the group of this process and of all above it, in bytes, if there is any.
pub(super) fn memory_limit() -> Option<u64> {
    least(Path::new("/proc/self/cgroup"), Path::new("/sys/fs/cgroup"))
}

/// The same, by the file that names the groups and the directory in which they are.
fn least(named: &Path, mounted: &Path) -> Option<u64> {
    let named = fs::read_to_string(named).ok()?;
    named.lines().filter_map(|line| least_above(line, mounted)).min()
}

/// The least limit of the group that a line names, `NUMBER:CONTROLLERS:/PATH`, and of all above it; version 2 has one hierarchy, without a name.
fn least_above(line: &str, mounted: &Path) -> Option<u64> {
    let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
    let (root, file) = match controllers {
        "" => (mounted.to_owned(), "memory.max"),
        _ if controllers.split(',').any(|name| name == "memory") => (mounted.join("memory"), "memory.limit_in_bytes"),
        _ => return None,
    };
    // In a container the path may lead out of what is mounted: then the directories are not there, but the root is.
    let inside = Path::new(path)
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .fold(root.clone(), |path, part| path.join(part));
    inside
        .ancestors()
        .take_while(|group| group.starts_with(&root))
        .filter_map(|group| fs::read_to_string(group.join(file)).ok()?.trim().parse().ok())
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use tempfile::TempDir;

    /// What `/proc/self/cgroup` says, and files below `/sys/fs/cgroup`.
    fn limit(named: &str, files: &[(&str, &str)]) -> Option<u64> {
        let home = TempDir::new().expect("a directory");
        let at = |name: &str| -> PathBuf { home.path().join(name) };
        fs::write(at("cgroup"), named).expect("written");
        for (file, text) in files {
            let path = at("mounted").join(file);
            fs::create_dir_all(path.parent().expect("a directory")).expect("made");
            fs::write(path, text).expect("written");
        }
        least(&at("cgroup"), &at("mounted"))
    }

    #[test]
    fn the_least_limit_from_the_own_group_up_counts() {
        let named = "0::/system.slice/slurmstepd.scope/job_7/step_0\n";
        let job = ("system.slice/slurmstepd.scope/job_7/memory.max", "1000\n");
        let step = "system.slice/slurmstepd.scope/job_7/step_0/memory.max";
        let other = ("system.slice/slurmstepd.scope/job_8/memory.max", "1\n");
        assert_eq!(limit(named, &[job, (step, "max\n"), other]), Some(1000));
        assert_eq!(limit(named, &[job, (step, "10\n")]), Some(10));
        assert_eq!(limit(named, &[job, ("memory.max", "500\n")]), Some(500));
        assert_eq!(limit(named, &[(step, "max\n")]), None);
    }

    #[test]
    fn version_1_has_a_hierarchy_for_memory() {
        let named = "12:pids:/a\n9:cpu,memory:/slurm/job_7\n1:name=systemd:/a\n0::/a\n";
        let files = [
            ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory/slurm/job_7/memory.limit_in_bytes", "2000\n"),
            ("pids/a/memory.limit_in_bytes", "1\n"),
        ];
        assert_eq!(limit(named, &files), Some(2000));
    }

    #[test]
    fn the_root_counts_where_the_path_is_not_seen_from_inside() {
        let root = [("memory.max", "300\n")];
        for named in ["0::/docker/0123\n", "0::/../other\n", "0::/\n"] {
            assert_eq!(limit(named, &root), Some(300), "{named}");
        }
    }

    #[test]
    fn nothing_is_known_where_there_is_nothing() {
        assert_eq!(least(Path::new("/nowhere"), Path::new("/nowhere")), None);
        for named in ["", "nonsense\n", "0::\n", "::\n", "0::/a\n"] {
            assert_eq!(limit(named, &[]), None, "{named}");
        }
    }
}
