"""Several axes in a figure, and several figures where a page is not high enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure

Item = TypeVar("Item")


def parts(items: Sequence[Item], most: float, columns: int = 1) -> list[Sequence[Item]]:
    """The items in parts of at most `most`, and at least a row of `columns`, with about as many rows each."""
    rows = -(-len(items) // columns)
    count = -(-rows // max(1, int(most / columns)))
    size = columns * -(-rows // count)
    return [items[at : at + size] for at in range(0, len(items), size)]


def columns_of(count: int, most: float) -> int:
    """How many of `count` panels stand side by side if `most` can: as few as give the same number of rows."""
    rows = -(-count // max(1, int(most)))
    return -(-count // rows)


def panels(figure: Figure, count: int, columns: int, **shared: Any) -> list[Axes]:
    """Axes in rows. Where they share an axis, the last of each column has what stands below it."""
    axes = list(figure.subplots(-(-count // columns), columns, squeeze=False, **shared).flat)
    for ix, one in enumerate(axes):
        one.set_visible(ix < count)
        one.tick_params(labelbottom=not shared.get("sharex") or is_last(ix, count, columns))
    return axes[:count]


def is_last(ix: int, count: int, columns: int) -> bool:
    """Whether nothing stands below the panel number `ix`."""
    return ix + columns >= count
