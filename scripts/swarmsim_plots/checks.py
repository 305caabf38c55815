"""Whether the tables of a result are whole and agree with one another: a figure of a file that was cut would look like any other."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from .data import NoDataError, PlotError, Result

# The tables that figures are drawn from.
OF_A_RUN = (
    "summary.csv",
    "group_summary.csv",
    "peers.csv",
    "timeseries.csv",
    "groups.csv",
    "capacities.csv",
    "chunks.csv",
    "chunk_bands.csv",
)
OF_A_COMPARISON = ("comparison_summary.csv", "comparison.csv", "comparison_quantiles.csv", "comparison_factors.csv", "runs.csv")
# How to mend a run, and a comparison.
AGAIN = ("run it again with `--force`", "the same `swarmsim compare` with `--resume`, or the merge, writes the tables again")


def check(result: Result) -> None:
    """Refuses a result with a table that was cut or changed, as far as can be seen from the tables."""
    again = AGAIN[result.is_comparison]
    try:
        for name in OF_A_COMPARISON if result.is_comparison else OF_A_RUN:
            if (result.path / name).is_file():
                _every_row_is_whole(result.path / name)
        for agree in (_values, _quantiles, _settings) if result.is_comparison else (_peers, _groups, _classes, _chunks):
            try:
                agree(result)
            except NoDataError:
                # The figures that need the table say what is missing.
                continue
    except DamagedError as damage:
        raise PlotError(f"{damage}: {again}; if it is a copy, copy it again") from None


class DamagedError(Exception):
    """A table is not as swarmsim writes it."""


def _every_row_is_whole(path: Path) -> None:
    rows = csv.reader(_whole_lines(path), strict=True)
    try:
        header = next(rows, None)
        if header is None:
            raise DamagedError(f"`{path}` is empty")
        for row in rows:
            if len(row) != len(header):
                raise DamagedError(f"`{path}`, line {rows.line_num}: expected {len(header)} cells, as in the header, and found {len(row)}")
    except (csv.Error, UnicodeDecodeError) as cause:
        raise DamagedError(f"`{path}`, line {max(1, rows.line_num)}: {cause}") from None


def _whole_lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith("\n"):
                raise DamagedError(f"`{path}`, line {number}: the file ends here, and not with a whole line")
            yield line


def _peers(result: Result) -> None:
    groups = result.rows("group_summary.csv", "group", "peers").set_index("group")["peers"]
    found = result.rows("peers.csv", "group")["group"].value_counts()
    for group in groups.index.union(found.index, sort=False):
        counts = found.get(group, 0), groups.get(group, 0)
        if counts[0] != counts[1]:
            raise DamagedError(f"`{result.path / 'peers.csv'}` has {counts[0]:,} peers of `{group}`, and group_summary.csv {counts[1]:,}")


def _groups(result: Result) -> None:
    groups = result.groups()["group"]
    _has_rows(result, "groups.csv", pd.MultiIndex.from_product([groups, groups], names=["from_group", "to_group"]))


def _classes(result: Result) -> None:
    classes = result.rows("capacities.csv", "from_class")["from_class"].unique()
    _has_rows(result, "capacities.csv", pd.MultiIndex.from_product([classes, classes], names=["from_class", "to_class"]))


def _chunks(result: Result) -> None:
    columns = ["time_s", "chunk"]
    table = result.rows(result.name_of_copies, *columns)
    _has_rows(result, result.name_of_copies, pd.MultiIndex.from_product([table[column].unique() for column in columns], names=columns))


def _values(result: Result) -> None:
    """A value of each metric of each variant in each of its runs."""
    runs = result.rows("runs.csv", "variant", "run")
    rows = result.rows("comparison_summary.csv", "metric", "variant").merge(runs, on="variant", how="outer")
    _has_rows(result, "comparison.csv", pd.MultiIndex.from_frame(rows))


def _quantiles(result: Result) -> None:
    runs = result.rows("runs.csv", "variant", "run")
    quantiles = result.rows("comparison_quantiles.csv", "quantile").drop_duplicates()
    _has_rows(result, "comparison_quantiles.csv", pd.MultiIndex.from_frame(runs.merge(quantiles, how="cross")))


def _settings(result: Result) -> None:
    variants = result.rows("runs.csv", "variant")["variant"].unique()
    factors = result.rows("comparison_factors.csv", "factor")["factor"].unique()
    _has_rows(result, "comparison_factors.csv", pd.MultiIndex.from_product([variants, factors], names=["variant", "factor"]))


def _has_rows(result: Result, name: str, expected: pd.MultiIndex) -> None:
    """There is each of these rows once, and no other, by what the other tables say."""
    found = pd.MultiIndex.from_frame(result.rows(name, *map(str, expected.names)))
    wrong = {
        "lacks a row": expected.difference(found, sort=False),
        "has a row that other tables know nothing of": found.difference(expected, sort=False),
        "has a row twice": found[found.duplicated()],
    }
    for what, rows in wrong.items():
        if len(rows):
            row = ", ".join(f"{column}={value}" for column, value in zip(expected.names, rows[0], strict=True))
            raise DamagedError(f"`{result.path / name}` {what} ({row})")
