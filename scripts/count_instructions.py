#!/usr/bin/env python3
"""Counts the instructions of small fixed runs with callgrind and holds them against a committed baseline.

    scripts/count_instructions.py            fails when a run takes over 5 % more than benches/instructions.csv says
    scripts/count_instructions.py --update   writes the baseline anew, for a change that explains the rise

Counts do not depend on the load of the machine, as times do. They hang a little on the compiler, the C library and the vector units of
the processor, hence the 5 %. Needs cargo and valgrind.
"""

import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release" / "swarmsim"
BASELINE = ROOT / "benches" / "instructions.csv"
TOLERANCE = 0.05

# Name, scenario, what is changed in it.
CASES = [
    ("full-mesh", "bandwidth_classes", []),
    ("tracker", "flash_crowd", ["group.leechers.count=150"]),
    ("downloads-bind", "bandwidth_classes", [f'group.{g}.download="{d} kB/s"' for g, d in [("slow", 40), ("medium", 100), ("fast", 400)]]),
    ("propshare", "bandwidth_classes", [f'group.{g}.choking="propshare"' for g in ["slow", "medium", "fast"]]),
]


def count(scenario: str, sets: list[str]) -> tuple[int, int]:
    """Instructions and chunk transfers of one run."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result"
        command = [
            "valgrind",
            "--tool=callgrind",
            f"--callgrind-out-file={folder}/callgrind",
            str(BINARY),
            "run",
            str(ROOT / "scenarios" / f"{scenario}.toml"),
            "--quiet",
            "--out",
            str(out),
        ]
        for key in sets:
            command += ["--set", key]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"Collected\s*:\s*(\d+)", result.stderr)
        if result.returncode != 0 or not found:
            sys.exit(f"{' '.join(command)} failed:\n{result.stderr}")
        with (out / "summary.csv").open() as file:
            transfers = int(next(csv.DictReader(file))["chunk_transfers"])
    return int(found.group(1)), transfers


def main() -> None:
    """Builds, counts, compares."""
    parser = argparse.ArgumentParser(description="Instructions of small fixed runs against a committed baseline.")
    parser.add_argument("--update", action="store_true", help="write the baseline anew")
    update = parser.parse_args().update
    subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "swarmsim"], cwd=ROOT, check=True)

    before = {}
    if BASELINE.exists():
        with BASELINE.open() as file:
            before = {row["case"]: int(row["instructions"]) for row in csv.DictReader(file)}
    rows, worse = [], []
    for case, scenario, sets in CASES:
        instructions, transfers = count(scenario, sets)
        rise = instructions / before[case] - 1 if case in before else 0.0
        rows.append([case, instructions, transfers])
        print(f"{case:16} {instructions:>13,} instructions  {instructions / transfers:>8,.0f} a transfer  {rise:+7.1%}")
        if case not in before or rise > TOLERANCE:
            worse.append(case)
    if update:
        with BASELINE.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([["case", "instructions", "chunk_transfers"], *rows])
    elif worse:
        sys.exit(
            f"over {TOLERANCE:.0%} more than {BASELINE.relative_to(ROOT)}: {', '.join(worse)}. Where the change is "
            "worth it, write the baseline anew with --update and say why in docs/performance.md."
        )


if __name__ == "__main__":
    main()
