"""Curves of variants that rise to 100 %: few together, of many each in a panel among the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .panels import columns_of, panels, parts
from .style import COLOURS, Style, look
from .text import LINE, head, legend, name_lines, note, ticks, wrapped

# With more than this, bands and lines hide one another.
TOGETHER = 4
# The others in a panel.
PALE = "#c4c4c4"
# The size of a panel: its width in heights of the text, its height in heights of a figure.
PANEL_WIDTH = 10
PANEL_HEIGHT = 0.5
# What stands at their left, in heights of the text, and what lies between them, in points.
LEFT = 4.5
GAP = 7


@dataclass(frozen=True)
class Curve:
    """A line of a variant, and the lowest and highest values around it."""

    name: str
    x: np.ndarray
    y: np.ndarray
    span: tuple[np.ndarray, np.ndarray] | None = None


def draw(
    curves: list[Curve], style: Style, width: str, labels: tuple[str, str], said: list[str], start: float | None = None
) -> list[Figure]:
    """The figures, of which there are several if a page is not high enough. The x axis begins at `start`."""
    if len(curves) > TOGETHER:
        return _apart(curves, style, width, labels, said, start)
    figure = style.figure(width)
    axes = figure.subplots()
    entries = []
    for ix, curve in enumerate(curves):
        if curve.span:
            axes.fill_between(curve.x, *curve.span, color=COLOURS[ix], alpha=0.2, linewidth=0)
        entries += [(axes.plot(curve.x, curve.y, **look(ix))[0], curve.name)]
    across = wrapped(labels[0], figure.get_figwidth() * 72 * 0.8, style.text)
    axes.set(xlabel=across, ylabel=labels[1], xlim=(start, None), ylim=(0, 102))
    legend(figure, entries)
    note(axes, said)
    return [figure]


def _apart(curves: list[Curve], style: Style, width: str, labels: tuple[str, str], said: list[str], start: float | None) -> list[Figure]:
    """A panel for each curve, with the others in grey behind it."""
    wide = style.widths[width] * 72
    columns = columns_of(len(curves), wide / style.text / PANEL_WIDTH)
    size = mpl.rcParams["axes.titlesize"]
    # What is left by labels and ticks, and between panels.
    room = (wide - LEFT * style.text) / columns - GAP
    titles = name_lines([curve.name for curve in curves], room, size)
    high = style.height * PANEL_HEIGHT + max(title.count("\n") for title in titles) * size * LINE / 72
    figures = []
    on_page = columns * int((style.highest - style.text * 5 / 72) / high)
    for part in parts(range(len(curves)), on_page, columns):
        figure = style.figure(width)
        for ix, axes in enumerate(panels(figure, len(part), columns, sharex=True, sharey=True)):
            _panel(axes, curves, part[ix], style)
            axes.set_title(titles[part[ix]], loc="left")
            axes.set(xlim=(start, None), ylim=(0, 102), yticks=(0, 50, 100))
            ticks(axes, room)
        figure.supxlabel(wrapped(labels[0], wide * 0.9, style.text), fontsize=style.text)
        figure.supylabel(labels[1], fontsize=style.text)
        above = head(figure, [*said, "grey: the other variants"])
        figure.set_figheight(high * -(-len(part) // columns) + (above + 2 * style.text) / 72)
        figures.append(figure)
    return figures


def _panel(axes: Axes, curves: Sequence[Curve], own: int, style: Style) -> None:
    for other in curves:
        axes.plot(other.x, other.y, color=PALE, linewidth=style.line * 0.4)
    curve = curves[own]
    if curve.span:
        axes.fill_between(curve.x, *curve.span, color=COLOURS[0], alpha=0.25, linewidth=0)
    axes.plot(curve.x, curve.y, color=COLOURS[0])
