#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["matplotlib>=3.10", "pandas>=2.2"]
# ///
"""Draws figures for a paper or a talk from a result or a comparison of swarmsim: scripts/README.md."""

import sys

try:
    from swarmsim_plots.cli import main
except ModuleNotFoundError as error:
    sys.exit(
        f"error: the Python package {error.name} is missing: scripts/README.md says how to install it (or run this by `uv run scripts/plot.py`)"
    )

if __name__ == "__main__":
    sys.exit(main())
