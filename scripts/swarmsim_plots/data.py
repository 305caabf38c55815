"""The CSV files of a result or of a comparison, read when a figure asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
        """The file `name`, which must have `columns`."""
        path = self.path / name
        if not path.is_file():
            raise NoDataError(f"`{path}` is missing: {HOW_TO_GET.get(name, 'run swarmsim again')}")
        try:
            table = pd.read_csv(path, converters=dict.fromkeys(TEXT, str))
        except (OSError, ValueError) as cause:
            raise PlotError(f"`{path}` can't be read: {cause}") from None
        if table.empty:
            raise NoDataError(f"`{path}` has no rows" + (f": {EMPTY[name]}" if name in EMPTY else ""))
        for column in columns:
            if column not in table:
                raise PlotError(
                    f"`{path}` has no column `{column}`, only {', '.join(table.columns)}: was it written by this "
                    "version of swarmsim, and not changed since?"
                )
            if column not in TEXT and not pd.api.types.is_numeric_dtype(table[column]):
                raise PlotError(f"`{path}`: column `{column}` holds something that is not a number: was the file changed?")
        return table

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
        whole = (self.path / "chunks.csv").is_file()
        return self.table("chunks.csv" if whole else "chunk_bands.csv", "time_s", "chunk", "copies")

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
