#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.10"
# dependencies = ["matplotlib>=3.8"]
# ///
"""What a chunk transfer and a peer cost in swarms of different sizes.

    cargo build --release
    scripts/bench_scaling.py                                      100 to 100,000 peers: about ten minutes and 1 GB
    scripts/bench_scaling.py --sizes 100,1000,10000,100000,1000000      an hour and 6 GB
    scripts/bench_scaling.py --scenario benches/long_file.toml    one scenario as it stands

Plays parts of `scenarios/million.toml`, one after the other on one core, and writes `scaling.csv` and `scaling.png` (with matplotlib; without it the CSV
alone) into results/scaling. Time is that of the processor, memory the largest resident size.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SWARM = ROOT / "scenarios" / "million.toml"
COLUMNS = ["scenario", "peers", "chunk_transfers", "cpu_s", "us_per_transfer", "transfers_per_s", "resident_bytes", "bytes_per_peer"]


def measure(program: str, scenario: Path, sets: list[str], extra: list[str]) -> dict[str, object]:
    """Plays a scenario and says what it took."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "run", str(scenario), "--json", "--quiet", "--out", f"{folder}/result", *extra]
        for value in sets:
            command += ["--set", value]
        with open(f"{folder}/summary.json", "w+", encoding="utf-8") as output:
            process = subprocess.Popen(command, stdout=output)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                sys.exit(f"{' '.join(command)} ended with {process.returncode}")
            output.seek(0)
            summary = json.load(output)
    peers, transfers, cpu_s = summary["peers"], summary["chunk_transfers"], used.ru_utime + used.ru_stime
    # Kilobytes, but bytes on macOS.
    resident = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    figures = [
        scenario.stem,
        peers,
        transfers,
        round(cpu_s, 2),
        # In the smallest swarms nothing is sent, or too little for the clock.
        ratio(1e6 * cpu_s, transfers, 3),
        ratio(transfers, cpu_s),
        resident,
        ratio(resident, peers),
    ]
    return dict(zip(COLUMNS, figures, strict=True))


def ratio(a: float, b: float, digits: int | None = None) -> float | None:
    """`a` over `b`, rounded; nothing where that is not defined."""
    return round(a / b, digits) if b else None


def of_size(peers: int) -> list[str]:
    """What makes the swarm of a million one of so many peers, a seed for each thousand."""
    thirds = [(peers + 2 - i) // 3 for i in range(3)]
    counts = [f"group.{name}.count={count}" for name, count in zip(["slow", "medium", "fast"], thirds, strict=True)]
    return [*counts, f"group.seeds.count={1 + peers // 1000}"]


def sizes(text: str) -> list[int]:
    """Numbers of peers with commas between."""
    numbers = [part.strip() for part in text.split(",")]
    if not all(number.isascii() and number.isdigit() and int(number) > 0 for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of whole numbers of peers, such as 100,1000")
    return [int(number) for number in numbers]


def draw(rows: list[dict[str, object]], path: Path) -> None:
    """Both costs against the number of peers."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print("matplotlib is not there: no figure")
        return
    peers = [row["peers"] for row in rows]
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 2.8), layout="constrained")
    for axis, column, label in zip(
        axes, ["us_per_transfer", "bytes_per_peer"], ["CPU time a transfer (µs)", "resident memory a peer (bytes)"], strict=True
    ):
        axis.plot(peers, [row[column] for row in rows], "o-", color="#0072b2", clip_on=False)
        axis.set(xscale="log", xlabel="peers", ylabel=label, ylim=(0, None))
        axis.spines[["top", "right"]].set_visible(False)
    # A small swarm is mostly program.
    axes[1].set(yscale="log", ylim=(1e3, None))
    figure.savefig(path, dpi=150)
    print(f"drawn: {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=sizes, default="100,1000,10000,100000", help="peers, with commas between [default: %(default)s]")
    parser.add_argument("--scenario", type=Path, action="append", help="play this file as it stands, in the place of all sizes")
    parser.add_argument("--program", default=str(ROOT / "target" / "release" / "swarmsim"), help="default: the release build")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "scaling", help="default: results/scaling")
    parser.add_argument("extra", nargs="*", help="after --, given to `swarmsim run`: -- --detail all")
    asked = parser.parse_args()
    if not Path(asked.program).exists():
        sys.exit(f"there is no {asked.program}: `cargo build --release` makes it")
    runs: list[tuple[Path, list[str]]] = [(scenario, []) for scenario in asked.scenario or []]
    runs = runs or [(SWARM, of_size(size)) for size in asked.sizes]
    asked.out.mkdir(parents=True, exist_ok=True)
    rows = []
    with open(asked.out / "scaling.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for scenario, sets in runs:
            row = measure(asked.program, scenario, sets, asked.extra)
            writer.writerow(row)
            file.flush()
            rows.append(row)
            print("  ".join(f"{key} {value}" for key, value in row.items()))
    if len(rows) > 1 and not asked.scenario:
        draw(rows, asked.out / "scaling.png")


if __name__ == "__main__":
    main()
