"""The CSV files of a result or of a comparison, read when a figure asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

# Names stay names, whatever they look like: a group may be called `1`, or `NA`.
TEXT = (
    "group",
    "from_group",
    "to_group",
    "strategy",
    "variant",
    "baseline",
    "metric",
    "unit",
    "ending",
    "scenario",
    "resolved",
    "factor",
    "setting",
)
EMPTY = {
    "comparison_factors.csv": "its variants have names: sweep a grid with `swarmsim compare --vary 'KEY=A,B,C'`",
}
HOW_TO_GET = {
    "chunk_bands.csv": "run it with `--report`, or with `--detail chunks` for every chunk",
    "comparison_factors.csv": "it was made by an older swarmsim: the same command with `--resume` writes it from the runs that are there",
    "comparison_quantiles.csv": "it was made by an older swarmsim: the same command with `--resume` writes it from the runs that are there",
}


class PlotError(Exception):
    """What keeps a figure from being drawn, in words for the user."""


class NoDataError(PlotError):
    """The directory is fine, but has nothing to show in this figure."""


@dataclass(frozen=True)
class Result:
    """A directory of `swarmsim run` or `swarmsim compare`."""

    path: Path
    is_comparison: bool
    # The groups that were asked for; none: the figures choose.
    wanted_groups: tuple[str, ...] = ()

    @staticmethod
    def at(path: Path) -> Result:
        """Finds out what stands at `path`."""
        if not path.is_dir():
            raise PlotError(f"there is no directory `{path}`: make one with `swarmsim run SCENARIO --out {path}`")
        if (path / "comparison_summary.csv").is_file():
            return Result(path, is_comparison=True)
        if (path / "summary.csv").is_file():
            return Result(path, is_comparison=False)
        if (path / "runs").is_dir():
            raise PlotError(f"the comparison in `{path}` is not finished: the same `swarmsim compare` with `--resume` goes on")
        raise PlotError(
            f"`{path}` is no result of swarmsim: it has neither summary.csv (`swarmsim run`) nor "
            "comparison_summary.csv (`swarmsim compare`)"
        )

    def table(self, name: str, *columns: str) -> pd.DataFrame:
        """These columns of the file `name`, which has rows."""
        table = self.rows(name, *columns)
        if table.empty:
            raise NoDataError(f"`{self.path / name}` has no rows" + (f": {EMPTY[name]}" if name in EMPTY else ""))
        return table

    def rows(self, name: str, *columns: str) -> pd.DataFrame:
        """The same of a file that may have none."""
        path = self.path / name
        if not path.is_file():
            raise NoDataError(f"`{path}` is missing: {HOW_TO_GET.get(name, 'run swarmsim again')}")
        return _read(path, columns)

    def leechers(self, *columns: str) -> pd.DataFrame:
        """The rows of `peers.csv` without initial seeds."""
        needed = ("group", "chunks_at_start", "completion_time_s", *columns)
        peers = self.table("peers.csv", *needed)
        groups = self.groups().set_index("group")
        seeding = peers["group"].map(groups["initial_seeds"]) > 0
        # An initial seed has every chunk; who else is in its group has fewer.
        whole = peers["chunks_at_start"] == peers.groupby("group")["chunks_at_start"].transform("max")
        return peers[~(seeding & whole)]

    def copies(self) -> pd.DataFrame:
        """Copies of every chunk over time; of bands of chunks, if that is what was recorded."""
        return self.table(self.name_of_copies, "time_s", "chunk", "copies")

    @property
    def name_of_copies(self) -> str:
        """The file that has them."""
        return "chunks.csv" if (self.path / "chunks.csv").is_file() else "chunk_bands.csv"

    def groups(self) -> pd.DataFrame:
        """The rows of `group_summary.csv`."""
        return self.table("group_summary.csv", "group", "initial_seeds", "leechers", "completed")

    def leeching_groups(self) -> pd.DataFrame:
        """The groups that had leechers."""
        groups = self.groups()
        groups = groups[groups["leechers"] > 0]
        if groups.empty:
            raise NoDataError(f"no leechers joined in `{self.path}`")
        return groups


def _read(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """These columns, names as text and all else as finite numbers; an empty cell is no number."""
    numbers = [column for column in columns if column not in TEXT]
    try:
        known = pd.read_csv(path, nrows=0, index_col=False).columns
        for column in columns:
            if column not in known:
                raise PlotError(
                    f"`{path}` has no column `{column}`, only {', '.join(known)}: was it written by this "
                    "version of swarmsim, and not changed since?"
                )
        table = pd.read_csv(
            path,
            usecols=list(columns),
            index_col=False,
            dtype=dict.fromkeys(TEXT, str),
            keep_default_na=False,
            na_values={column: [""] for column in numbers},
        )[list(columns)]
    except (OSError, ValueError) as cause:
        raise PlotError(f"`{path}` can't be read: {cause}") from None
    for column in numbers:
        if not table.empty and (not pd.api.types.is_numeric_dtype(table[column]) or np.isinf(table[column]).any()):
            raise PlotError(f"`{path}`: column `{column}` holds something that is not a number: was the file changed?")
    return table
