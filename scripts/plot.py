#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["matplotlib>=3.10", "pandas>=2.2"]
# ///
"""Draws figures for a paper or a talk from a result or a comparison of swarmsim: scripts/README.md."""

import sys

from swarmsim_plots.cli import main

if __name__ == "__main__":
    sys.exit(main())
