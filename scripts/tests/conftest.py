"""Results made by the program itself. `SWARMSIM` says where it is; by default the build in `target/debug`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

RIDERS = """
name = "riders"
[file]
size = "2 MiB"
[run]
time_limit = "60 s"
[[group]]
name = "origin"
count = 1
upload = "1 Mbit/s"
starts_with = "all"
[[group]]
name = "givers"
count = 12
upload = "1 Mbit/s"
[[group]]
name = "riders"
count = 4
upload = "10 kbit/s"
choking = "free-rider"
[[group]]
name = "nobody"
upload = "1 Mbit/s"
arrival.poisson = { rate = "0.000001 /s" }
"""


BARREN = """
name = "barren"
[file]
size = "1 MiB"
[[group]]
name = "leechers"
count = 5
upload = "1 Mbit/s"
"""


DRAWN = """
name = "drawn"
[file]
size = "32 MiB"
[[group]]
name = "origin"
count = 1
upload = "2 Mbit/s"
starts_with = "all"
[[group]]
name = "peers"
count = 120
upload = { log-normal = { median = "1 Mbit/s", sigma = 0.9 } }
arrival.at-once = { jitter = "20 s" }
abort_rate = "0.0005 /s"
departure.altruistic = { linger = "60 s" }
"""


CHURN = """
name = "churn"
[file]
size = "64 MiB"
[network]
full_mesh = true
[[group]]
name = "origin"
count = 1
upload = "10 MB/s"
starts_with = "all"
[[group]]
name = "stay"
count = 60
upload = "60 kB/s"
choking.random = { slots = 4 }
[[group]]
name = "brief"
count = 60
upload = "60 kB/s"
choking.random = { slots = 4 }
abort_rate = "0.005 /s"
"""


def swarmsim(*arguments: str, cwd: Path) -> None:
    """Runs the program; it must succeed."""
    program = os.environ.get("SWARMSIM", str(ROOT / "target/debug/swarmsim"))
    subprocess.run([program, *arguments, "-q"], cwd=cwd, check=True, capture_output=True)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the results `classes`, `riders` (cut short), `lonely` (one leecher), `nobody` (none completes), `barren` (dead at once), `churn`
    (random unchokes, half of the peers soon gone), `drawn` (one group of drawn
    capacities), `banded` (with bands of chunks), `compared`, `grid`, `sizes` (one number) and `named` (variants with names).
    """
    home = tmp_path_factory.mktemp("results")
    classes = str(ROOT / "scenarios/bandwidth_classes.toml")
    small = ("--set", 'file.size="8 MiB"')
    (home / "riders.toml").write_text(RIDERS)
    swarmsim("run", classes, *small, "--detail", "chunks", "--out", "classes", cwd=home)
    swarmsim("run", "riders.toml", "--out", "riders", cwd=home)
    lonely = ("--set", "group.leechers.count=1", "--set", 'file.size="2 MiB"')
    swarmsim("run", str(ROOT / "scenarios/flash_crowd.toml"), *lonely, "--out", "lonely", cwd=home)
    swarmsim("run", "riders.toml", "--set", 'run.time_limit="2 s"', "--out", "nobody", cwd=home)
    (home / "churn.toml").write_text(CHURN)
    swarmsim("run", "churn.toml", "--detail", "unchokes", "--out", "churn", cwd=home)
    (home / "drawn.toml").write_text(DRAWN)
    swarmsim("run", "drawn.toml", "--detail", "unchokes", "--out", "drawn", cwd=home)
    swarmsim("run", "riders.toml", "--report", "--out", "banded", cwd=home)
    (home / "barren.toml").write_text(BARREN)
    swarmsim("run", "barren.toml", "--out", "barren", cwd=home)
    named = '\n[[sweep.variant]]\nname = "few · 1"\n[[sweep.variant]]\nname = "many · 2"\nset = { "group.givers.count" = 14 }\n'
    (home / "named.toml").write_text(RIDERS + named)
    swarmsim("compare", "named.toml", "--runs", "2", "--out", "named", cwd=home)
    chokers = ("--choker", "tit-for-tat,random", "--runs", "4")
    swarmsim("compare", classes, *small, *chokers, "--out", "compared", cwd=home)
    sizes = ("--vary", "file.chunk_size=64 KiB,128 KiB,256 KiB")
    swarmsim("compare", classes, *small, *chokers, *sizes, "--out", "grid", cwd=home)
    counts = ("--vary", "group.peers.count=2,4", "--runs", "2", "--set", 'file.size="2 MiB"')
    swarmsim("compare", str(ROOT / "scenarios/peer_to_peer.toml"), *counts, "--out", "sizes", cwd=home)
    return home
