//! What tests of faults share: a scenario, kills at random moments, and a file system that is too small.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::{Home, wait_for_lines, wait_until};

/// A seed and leechers that share 8 MiB in small chunks, long enough to be killed on the way.
pub const SCENARIO: &str = r#"
name = "swarm"

[file]
size = "8 MiB"
chunk_size = "64 KiB"

[[group]]
name = "origin"
count = 1
upload = "10 Mbit/s"
starts_with = "all"

[[group]]
name = "leechers"
count = 100
upload.uniform = { min = "1 Mbit/s", max = "3 Mbit/s" }
arrival.at-once = { jitter = "5 s" }

[sweep]
runs = 3

[sweep.vary]
"file.chunk_size" = ["64 KiB", "256 KiB"]
"#;

pub fn home() -> Home {
    Home::new(SCENARIO)
}

/// With a scenario that is so small that a command can be killed often.
pub fn quick() -> Home {
    Home::new(&SCENARIO.replace("8 MiB", "1 MiB").replace("count = 100", "count = 10"))
}

/// How often each command is killed.
pub fn kills() -> u32 {
    std::env::var("SWARMSIM_KILLS").map_or(100, |kills| kills.parse().expect("a number"))
}

/// Moments at which something is done to a process: drawn from the time that it takes, half of them from its end, when results get their place.
pub struct Moments {
    chance: ChaCha8Rng,
    took_us: u64,
    is_late: bool,
}

impl Moments {
    /// Of `args`, which is tried once in a home that `prepare` makes ready.
    pub fn of(home: &Home, args: &str, prepare: &dyn Fn()) -> Self {
        let drawn = || RandomState::new().build_hasher().finish();
        let seed = std::env::var("SWARMSIM_KILL_SEED").map_or_else(|_| drawn(), |seed| seed.parse().expect("a number"));
        eprintln!("SWARMSIM_KILL_SEED={seed} draws these moments of `{args}`");
        prepare();
        let mut whole = home.begin(args);
        let mut took_us = 0;
        while whole.try_wait().expect("a child").is_none() {
            thread::sleep(Duration::from_millis(1));
            took_us += 1000;
        }
        Self {
            chance: ChaCha8Rng::seed_from_u64(seed),
            took_us,
            is_late: false,
        }
    }

    /// Waits for the next one.
    pub fn wait(&mut self) {
        self.is_late = self.chance.random();
        let (earliest, latest) = if self.is_late { (95, 105) } else { (0, 95) };
        let moment = self
            .chance
            .random_range(earliest * self.took_us..=latest * self.took_us);
        thread::sleep(Duration::from_micros(moment / 100));
    }

    /// Hears whether the process had `ended` before the last one. So the time that it takes is known better and better, and stays so when the machine
    /// becomes busier, or less.
    pub fn learn(&mut self, ended: bool) {
        if ended {
            self.took_us -= self.took_us / 50;
        } else if self.is_late {
            self.took_us += self.took_us / 50;
        }
    }
}

/// Kills `args` at random moments of the time that it takes, each time with a home that `prepare` makes ready, and has `check` look at what is left. One
/// that ends before its moment is looked at too, and does not count.
pub fn kill_at_random_moments(home: &Home, args: &str, prepare: &dyn Fn(), check: &dyn Fn()) {
    let mut moments = Moments::of(home, args, prepare);
    let (mut killed, mut ended) = (0, 0);
    while killed < kills() {
        prepare();
        let mut child = home.begin(args);
        moments.wait();
        child.kill().expect("killed");
        let is_killed = child.wait().expect("gone").signal() == Some(SIGKILL);
        if is_killed {
            killed += 1;
        } else {
            ended += 1;
        }
        moments.learn(!is_killed);
        check();
        assert!(
            ended <= 3 * kills(),
            "`{args}` was killed {killed} times only, and ended {ended} times"
        );
    }
    eprintln!("`{args}` was killed {killed} times, and ended before {ended} times");
}

const SIGKILL: i32 = 9;

/// Whether this process, and what it begins, hears that a terminal is closed: under `nohup` it does not.
pub fn hears_hangups() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let hears = ignored.is_none_or(|mask| mask & 1 == 0);
    if !hears {
        eprintln!("not tried: SIGHUP is ignored here");
    }
    hears
}

/// Removes what a command may have written.
pub fn clear(home: &Home, out: &str) {
    let _ = fs::remove_dir_all(home.path(out));
}

/// Every file in `out` is one of `whole`, and whole, but for those that are known by their names to be unfinished or outdated.
pub fn assert_whole_or_absent(home: &Home, out: &str, whole: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in home.files(out) {
        assert!(
            name.ends_with(".partial") || name.starts_with(".report.html.") || whole.get(&name) == Some(&bytes),
            "{name} is neither whole nor absent"
        );
    }
}

/// Copies a directory to a place where nothing is, or something that goes.
pub fn copy(home: &Home, from: &str, to: &str) {
    clear(home, to);
    let copied = Command::new("cp")
        .arg("-R")
        .args([home.path(from), home.path(to)])
        .status();
    assert!(copied.expect("cp runs").success());
}

/// Waits until the store in `out` has a run.
pub fn wait_for_a_run(home: &Home, out: &str) {
    wait_for_lines(&home.path(out).join("runs/segment-0.jsonl"), 3);
}

/// Waits until a run fills its directory beside `out`; its lock, which has the same name and an end, is there earlier.
pub fn wait_for_partial(home: &Home) {
    let is_partial = |name: &String| name.contains(".partial-") && name.strip_suffix(".lock").is_none();
    wait_until(|| home.hidden().iter().any(is_partial), "no run begins");
}

pub fn ended(mut child: Child) -> ExitStatus {
    child.wait().expect("ended")
}

/// A small file system of its own at `small`, where we may make one; it goes when the guard does.
pub struct Mounted(PathBuf);

impl Mounted {
    pub fn new(home: &Home, options: &str) -> Option<Self> {
        let path = home.path("small");
        fs::create_dir_all(&path).expect("made");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "swarmsim-test"])
            .arg(&path)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("not tried: only root may mount a file system");
        }
        mounted.then(|| Self(path))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
