"""Squares of numbers as colours, with a bar that says what these mean: amounts from 0 in one hue, ratios around 1 in two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, FuncNorm, Normalize
from matplotlib.figure import Figure

from .style import RATIOS, SHADES, Style
from .text import note, short
from .text import width as width_of

# Ends of ratios are at most so many doublings away from 1: what is beyond has the colour of the end.
DOUBLINGS_MAX = 3


@dataclass(frozen=True)
class Scale:
    """What colours mean: `ticks` of the bar with their labels, unless it chooses them; `written`: a value in a cell; above `dark` white is read better than black."""

    colours: Colormap
    norm: Normalize
    written: Callable[[float], str]
    ticks: list[tuple[float, str]] | None = None
    dark: float = np.inf


def amounts(values: np.ndarray) -> Scale:
    """From 0 to the highest of the values."""
    most = float(np.nanmax(values, initial=0))
    return Scale(SHADES, Normalize(0, most), _short, dark=most * 0.7)


def ratios(values: np.ndarray) -> Scale:
    """As far below 1 as above it, in doublings: half and twice are at the same distance."""
    known = values[~np.isnan(values)]
    end = min(DOUBLINGS_MAX, int(np.max(np.ceil(np.abs(np.log2(known[known > 0]))), initial=1)))
    ticks = [(2.0**at, f"{2.0**at:g}") for at in range(-end, end + 1)]
    if known.min(initial=1) < ticks[0][0]:
        ticks[0] = (ticks[0][0], f"≤ {ticks[0][1]}")
    if known.max(initial=1) > ticks[-1][0]:
        ticks[-1] = (ticks[-1][0], f"≥ {ticks[-1][1]}")
    return Scale(RATIOS, FuncNorm((_doublings, np.exp2), 2.0**-end, 2.0**end), "{:.2f}".format, ticks)


def draw(
    cells: pd.DataFrame, label: str, style: Style, width: str, said: list[str], of: str = "", scale: Callable[[np.ndarray], Scale] = amounts
) -> Figure:
    """The square of senders and receivers `of` something, with the numbers in its cells."""
    figure = style.figure(width)
    axes = figure.subplots()
    axes.spines[:].set_visible(False)
    values = cells.to_numpy(dtype=float)
    shown = scale(values)
    image = axes.imshow(values, cmap=shown.colours, norm=shown.norm, aspect="auto")
    bar = figure.colorbar(image, ax=axes, label=label)
    if shown.ticks:
        bar.set_ticks([at for at, _ in shown.ticks], labels=[text for _, text in shown.ticks])
        bar.minorticks_off()
    _names(axes, list(cells.index), figure.get_figwidth() * 72)
    axes.set(xlabel=f"receiver{of}", ylabel=f"sender{of}")
    for (row, column), value in np.ndenumerate(values):
        text, ink = ("–", "black") if np.isnan(value) else (shown.written(value), "white" if value > shown.dark else "black")
        axes.text(column, row, text, ha="center", va="center", color=ink)
    # Names and the bar of colours take their part.
    note(axes, said, 0.6)
    return figure


def _names(axes: Axes, names: list[str], wide: float) -> None:
    """The names at both axes of a figure that is so many points wide; where they don't fit beside each other they stand on end."""
    size = mpl.rcParams["xtick.labelsize"]
    names = [short(name, wide * 0.22, size) for name in names]
    upright = max(width_of(name, size) for name in names) > wide * 0.5 / len(names)
    axes.set_xticks(range(len(names)), names, rotation=90 if upright else 0)
    axes.set_yticks(range(len(names)), names)


def _doublings(values: np.ndarray) -> np.ndarray:
    """How often 1 is to be doubled to give each value; for nothing a number that is beyond all others."""
    return np.log2(np.maximum(values, 2.0**-1000))


def _short(value: float) -> str:
    """Three digits, or all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
