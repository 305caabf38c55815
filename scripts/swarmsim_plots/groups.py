"""Which groups have names and colours where all of them are too many to be told apart: the largest, or those that are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from .data import PlotError, Result

# With more groups than this colours would repeat.
STANDING_OUT = 7
# A square of more groups can't be read, and takes minutes.
SQUARE_MAX = 40
# What lies behind: the others.
PALE = {"color": "#C4C4C4", "linewidth": 0.5, "zorder": 1}
PALE_DOTS = {"color": "#C4C4C4", "marker": "o", "linestyle": "none", "zorder": 1}


def standing_out(result: Result) -> list[str]:
    """The groups with leechers that have a look of their own, in the order of the scenario."""
    return _chosen(result, result.leeching_groups(), STANDING_OUT)


def in_square(result: Result, groups: pd.DataFrame) -> list[str]:
    """Those of `groups` that a square shows."""
    return _chosen(result, groups, SQUARE_MAX)


def said(shown: list[str], groups: pd.DataFrame, result: Result) -> list[str]:
    """What a reader must know if not all groups are shown by name."""
    if len(shown) == len(groups):
        return []
    seeding = "those with seeds, and " if (groups["initial_seeds"] > 0).any() else ""
    which = "as chosen" if result.wanted_groups else f"{seeding}those with most leechers"
    return [f"{len(shown)} of {len(groups):,} groups: {which}"]


def parts(result: Result, leechers: pd.DataFrame) -> Iterator[tuple[int | None, str, pd.DataFrame]]:
    """The groups that have rows among `leechers`, each with the number of its look, the same in all figures, or with none: these come first, to lie behind."""
    named = standing_out(result)
    rows = dict(iter(leechers.groupby("group", sort=False)))
    others = [name for name in result.leeching_groups()["group"] if name not in named]
    for name in others + named:
        if name in rows:
            yield (named.index(name) if name in named else None), name, rows[name]


def check_groups(result: Result) -> None:
    """Refuses names of groups that there are not."""
    known = list(result.groups()["group"])
    for name in result.wanted_groups:
        if name not in known:
            few = ", ".join(known[:STANDING_OUT]) + (", …" if len(known) > STANDING_OUT else "")
            raise PlotError(f"`{result.path}` has no group `{name}`: choose from {few} (all are in group_summary.csv)")


def _chosen(result: Result, groups: pd.DataFrame, most: int) -> list[str]:
    """The groups that were asked for, else all or, of more than `most`, the largest, and those with seeds before these."""
    if result.wanted_groups:
        return [name for name in groups["group"] if name in result.wanted_groups]
    seeds_first = groups.assign(seeding=groups["initial_seeds"] > 0).sort_values(["seeding", "leechers"], ascending=False, kind="stable")
    largest = set(seeds_first["group"].head(most))
    return [name for name in groups["group"] if name in largest]
