"""Squares of numbers as colours, with a bar that says what these mean: amounts from 0 in one hue, ratios around 1 in two."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, FuncNorm, Normalize
from matplotlib.figure import Figure

from .style import RATIOS, SHADES, Style
from .text import LINE, note, told_apart
from .text import width as width_of

# Ends of ratios are at most so many doublings away from 1: what is beyond has the colour of the end.
DOUBLINGS_MAX = 3
# Of more cells the file would be large, and slow to show: they are pixels.
VECTOR_MAX = 5000
# What a name has at most, as a share of the width of the figure.
NAME = 0.22
# The same of one that stands on end, as a share of the usual height of a figure.
UPRIGHT = 0.33
# The smallest numbers in cells, as a share of the text.
SMALLEST = 0.7


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
    """The square of senders and receivers `of` something, with the numbers in its cells where they have room."""
    figure = style.figure(width)
    axes = figure.subplots()
    axes.spines[:].set_visible(False)
    values = cells.to_numpy(dtype=float)
    shown = scale(values)
    # Neighbours touch: a viewer draws no line between them.
    corners = np.arange(len(values) + 1) - 0.5
    vector = values.size <= VECTOR_MAX
    mesh = axes.pcolormesh(
        corners, corners, values, cmap=shown.colours, norm=shown.norm, edgecolors="face", linewidth=0.1, rasterized=not vector
    )
    axes.invert_yaxis()
    bar = figure.colorbar(mesh, ax=axes, label=label)
    assert bar.solids is not None
    bar.solids.set(rasterized=False, edgecolor="face")
    if shown.ticks:
        bar.set_ticks([at for at, _ in shown.ticks], labels=[text for _, text in shown.ticks])
        bar.minorticks_off()
    axes.set(xlabel=f"receiver{of}", ylabel=f"sender{of}")
    # Names and the bar of colours take their part.
    note(axes, said, 0.6)
    _names(axes, list(cells.index), style)
    _numbers(axes, values, shown, style)
    return figure


def _names(axes: Axes, names: list[str], style: Style) -> None:
    """The names at both axes: where they don't fit beside each other they stand on end, and where they have no line each, some are left out."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    size = mpl.rcParams["xtick.labelsize"]
    whole = names
    names = told_apart(whole, figure.get_figwidth() * 72 * NAME, size)
    line = size * LINE
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    upright = max(width_of(name, size) for name in names) + size / 2 > _cell(axes, len(names))[0]
    below = names
    if upright:
        below = told_apart(whole, style.height * 72 * UPRIGHT, size)
        axes.set_xticks(range(len(names)), below, rotation=90)
    more = len(names) * (line - _cell(axes, len(names))[1]) / 72
    if more > 0:
        # A little to spare: the layout keeps some of it.
        figure.set_figheight(min(style.highest, figure.get_figheight() + 1.05 * more))
    wide, high = _cell(axes, len(names))
    for axis, all_, room in ((axes.xaxis, below, wide if upright else line), (axes.yaxis, names, high)):
        step = math.ceil(line / room)
        if step > 1:
            axis.set_ticks(range(0, len(names), step), all_[::step])
            axis.set_label_text(f"{axis.get_label_text()} (1 of {step} names shown)")


def _numbers(axes: Axes, values: np.ndarray, shown: Scale, style: Style) -> None:
    """The numbers in their cells, all in the same size, unless that would be too small to read."""
    said = [(at, "–" if np.isnan(value) else shown.written(value), value > shown.dark) for at, value in np.ndenumerate(values)]
    wide, high = _cell(axes, len(values))
    size = min(style.text, style.text * wide / (max(width_of(text, style.text) for _, text, _ in said) + style.text / 2), high / LINE)
    if size < style.text * SMALLEST:
        return
    for (row, column), text, dark in said:
        axes.text(column, row, text, ha="center", va="center", size=size, color="white" if dark else "black")


def _cell(axes: Axes, count: int) -> tuple[float, float]:
    """How wide and high each of `count` cells is, in points."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    box = axes.get_window_extent()
    return box.width * 72 / figure.dpi / count, box.height * 72 / figure.dpi / count


def _doublings(values: np.ndarray) -> np.ndarray:
    """How often 1 is to be doubled to give each value; for nothing a number that is beyond all others."""
    return np.log2(np.maximum(values, 2.0**-1000))


def _short(value: float) -> str:
    """Three digits, or all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
