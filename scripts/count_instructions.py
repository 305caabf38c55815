#!/usr/bin/env python3
"""Counts the instructions of small fixed runs with callgrind and holds them against a committed baseline.

    scripts/count_instructions.py                 fails when a run takes over 5 % more than benches/instructions.csv says
    scripts/count_instructions.py --build tests   the same of the program that the tests try, which CI has built anyway
    scripts/count_instructions.py --update        writes these rows of the baseline anew, for a change that explains the rise

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
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
BASELINE = ROOT / "benches" / "instructions.csv"
TOLERANCE = 0.05

# Where the program is, options of `cargo build`, and its environment: compiled in one part, what is inlined does not hang on how code is split.
BUILDS: dict[str, tuple[Path, list[str], dict[str, str]]] = {
    "release": (TARGET / "release" / "swarmsim", ["--release"], {}),
    "tests": (
        TARGET / "debug" / "swarmsim",
        [],
        {"CARGO_INCREMENTAL": "0", "CARGO_PROFILE_DEV_DEBUG": "0", "CARGO_PROFILE_DEV_CODEGEN_UNITS": "1"},
    ),
}

# Name, scenario, what is changed in it.
CASES = [
    ("full-mesh", "bandwidth_classes", []),
    ("tracker", "flash_crowd", ["group.leechers.count=150"]),
    ("downloads-bind", "bandwidth_classes", [f'group.{g}.download="{d} kB/s"' for g, d in [("slow", 40), ("medium", 100), ("fast", 400)]]),
    ("propshare", "bandwidth_classes", [f'group.{g}.choking="propshare"' for g in ["slow", "medium", "fast"]]),
]


def count(program: Path, scenario: str, sets: list[str]) -> tuple[int, int]:
    """Instructions and chunk transfers of one run."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result"
        command = [
            "valgrind",
            "--tool=callgrind",
            f"--callgrind-out-file={folder}/callgrind",
            str(program),
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
    parser.add_argument("--build", choices=BUILDS, default="release", help="the released program, or the one that tests try")
    parser.add_argument("--update", action="store_true", help="write these rows of the baseline anew")
    asked = parser.parse_args()
    program, options, environment = BUILDS[asked.build]
    subprocess.run(["cargo", "build", "--locked", "--bin", "swarmsim", *options], cwd=ROOT, env=os.environ | environment, check=True)

    with BASELINE.open() as file:
        baseline = {(row["build"], row["case"]): row for row in csv.DictReader(file)}
    worse = []
    for case, scenario, sets in CASES:
        instructions, transfers = count(program, scenario, sets)
        before = baseline.get((asked.build, case))
        rise = instructions / int(before["instructions"]) - 1 if before else 0.0
        baseline[asked.build, case] = {
            "build": asked.build,
            "case": case,
            "instructions": str(instructions),
            "chunk_transfers": str(transfers),
        }
        print(f"{case:16} {instructions:>13,} instructions  {instructions / transfers:>8,.0f} a transfer  {rise:+7.1%}")
        if before is None or rise > TOLERANCE:
            worse.append(case)
    if asked.update:
        with BASELINE.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["build", "case", "instructions", "chunk_transfers"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(baseline.values())
    elif worse:
        sys.exit(
            f"over {TOLERANCE:.0%} more than {BASELINE.relative_to(ROOT)}: {', '.join(worse)}. Where the change is "
            "worth it, write the baseline anew with --update and say why in docs/performance.md."
        )


if __name__ == "__main__":
    main()
