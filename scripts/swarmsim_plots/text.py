"""Text in figures: names, labels, notes and legends that fit into their room, in points, by the true width of their letters."""

from __future__ import annotations

import os.path
import re
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, ScalarFormatter

from .style import GREY

# Letters that a name keeps, however little room there is.
FEWEST = 7
# A name that would take more lines has a line for each setting, or loses its middle.
NAME_LINES = 3
# Lines of a legend for which every figure has room.
LEGEND_LINES = 2
# Ticks of an axis, at most.
TICKS = 7
# Values over more powers of ten than this have a logarithmic axis: on one from 0 most would stand in its corner.
DECADES = 1.5
# From one line to the next, in heights of the text.
LINE = 1.25
# What the labels at its left leave of the width of a figure.
AXES = 0.8
# The margin beside the notes, as a share of the width of the figure.
MARGIN = 0.02


def width(text: str, size: float) -> float:
    """How wide a line of text is."""
    return float(text_to_path.get_text_width_height_descent(text, FontProperties(size=size), False)[0])


def short(name: str, room: float, size: float) -> str:
    """The name with its middle left out, if there is no room for it: names often differ at their ends."""
    if len(name) <= FEWEST or width(name, size) <= room:
        return name
    # No letter is narrower than a quarter of its height.
    most = min(len(name) - 1, max(FEWEST, int(room / size * 4)))
    for letters in range(most, FEWEST - 1, -1):
        end = (letters - 1) // 2
        cut = f"{name[: letters - 1 - end]}…{name[-end:]}"
        if width(cut, size) <= room:
            break
    return cut


def told_apart(names: Sequence[str], room: float, size: float) -> list[str]:
    """Names without their middle, where they have no room; those that would look alike have the part from the first letter in which they differ."""
    cut = [short(name, room, size) for name in names]
    alike = [{name for name, other in zip(names, cut, strict=True) if other == own} for own in cut]
    shown = [
        _around(name, len(os.path.commonprefix(list(group))), room, size) if len(group) > 1 else own
        for name, own, group in zip(names, cut, alike, strict=True)
    ]
    return _apart(names, shown, room, size)


def _around(name: str, place: int, room: float, size: float) -> str:
    """The letters of a name around a place for which there is room."""
    for letters in range(len(name) - 1, FEWEST - 3, -1):
        start = max(0, min(place - 1, len(name) - letters))
        cut = "…" * (start > 0) + name[start : start + letters] + "…" * (start + letters < len(name))
        if width(cut, size) <= room:
            break
    return cut


def in_two(name: str, room: float, size: float) -> str:
    """The name in one line, or in two broken after `-`, `–`, `_` or `/`, if they fit; else without its middle."""
    if width(name, size) <= room:
        return name
    pairs = [(name[: at + 1], name[at + 1 :]) for at, letter in enumerate(name[:-1]) if letter in "-–_/"]
    widest = {pair: max(width(line, size) for line in pair) for pair in pairs}
    best = min(pairs, key=widest.__getitem__, default=None)
    return "\n".join(best) if best and widest[best] <= room else short(name, room, size)


class Grouped(ScalarFormatter):
    """Numbers at axes as they stand elsewhere: 1,600."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The number at a tick."""
        return re.sub(r"(?<![\d.])\d{4,}", lambda digits: f"{int(digits[0]):,}", super().__call__(x, pos))


def group_digits(figure: Figure) -> None:
    """Numbers at all axes of the figure as they stand elsewhere."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is ScalarFormatter:
                axis.set_major_formatter(Grouped())


def wrapped(text: str, room: float, size: float) -> str:
    """The text in lines that fit, broken between words; a word that does not fit loses its middle."""
    first, *words = text.split(" ")
    lines = [first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(short(line, room, size) for line in lines)


def name_lines(names: Sequence[str], room: float, size: float) -> list[str]:
    """Names of variants: if one of them does not fit, all have a line for each of their settings."""
    if all(width(name, size) <= room for name in names):
        return list(names)
    return _apart(names, [_in_lines(name, room, size) for name in names], room, size)


def _in_lines(name: str, room: float, size: float) -> str:
    """The settings of a name in lines: broken between words, else a line each, without its middle where it does not fit."""
    parts = name.split(" · ")
    lines = "\n".join(wrapped(part, room, size) for part in parts)
    if lines.count("\n") < NAME_LINES:
        return lines
    return "\n".join(short(part, room, size) for part in parts) if len(parts) <= NAME_LINES else short(name, room, size)


def _apart(names: Sequence[str], shown: list[str], room: float, size: float) -> list[str]:
    """What is shown of names; what has become the same has its number in front."""
    numbered = [short(f"{ix + 1}: {name}", room, size) for ix, name in enumerate(names)]
    return [number if shown.count(cut) > 1 else cut for number, cut in zip(numbered, shown, strict=True)]


def ticks(axes: Axes, room: float) -> None:
    """As many ticks on the x axis as their labels have room for."""
    size = mpl.rcParams["xtick.labelsize"]
    low, high = axes.get_xlim()
    axes.xaxis.set_major_formatter(Grouped())
    for most in range(TICKS, 1, -1):
        axes.xaxis.set_major_locator(MaxNLocator(most))
        places = [place for place in axes.get_xticks() if low <= place <= high]
        if sum(width(label, size) + size for label in axes.xaxis.get_major_formatter().format_ticks(places)) <= room:
            break


def capacity_axis(axes: Axes, values: pd.Series) -> None:
    """The range of an x axis of capacities: from 0 on, or a logarithmic one if they are far apart, which it says."""
    low, high = values.min(), values.max()
    if low <= 0 or np.log10(high / low) <= DECADES:
        axes.set_xlim(-0.03 * high, 1.05 * high)
        figure = axes.get_figure(root=True)
        assert figure is not None
        ticks(axes, figure.get_figwidth() * 72 * AXES)
        return
    axes.set_xscale("log")
    room = (high / low) ** 0.04
    axes.set_xlim(low / room, high * room)
    axes.xaxis.set_major_locator(LogLocator(subs=(1,) if np.log10(high / low) > 2 * DECADES else (1, 3)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(f"{axes.get_xlabel()}, logarithmic")


def note(axes: Axes, lines: list[str], share: float = 0.8) -> None:
    """Says above the axes what the lines alone would not show, within `share` of the width of the figure."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    text = _notes(figure, lines, share)
    if text:
        axes.set_title(text, loc="left", color=GREY)


def head(figure: Figure, lines: list[str]) -> float:
    """Says the same above all panels of a figure; how many points that takes."""
    text = _notes(figure, lines, 1 - 2 * MARGIN)
    size = mpl.rcParams["axes.titlesize"]
    figure.suptitle(text, x=MARGIN, ha="left", color=GREY, fontsize=size)
    return (text.count("\n") + 2) * size * LINE


def _notes(figure: Figure, lines: list[str], share: float) -> str:
    room = figure.get_figwidth() * 72 * share
    return "\n".join(wrapped(line, room, mpl.rcParams["axes.titlesize"]) for line in lines)


def legend(figure: Figure, entries: list[tuple[Any, str]]) -> None:
    """A legend above the axes, where it hides nothing, in as many columns as there is room for. Whatever the names are, each has its entry."""
    if not entries:
        return
    size = mpl.rcParams["legend.fontsize"]
    wide = figure.get_figwidth() * 72
    # A handle with the space around it.
    handle = 5.5 * size
    whole = [name for _, name in entries]
    names = _apart(whole, [short(name, wide - handle, size) for name in whole], wide - handle, size)
    widest = max(width(name, size) for name in names) + handle
    columns = max(1, min(len(names), int(wide / widest)))
    # The axes keep their height.
    more = -(-len(names) // columns) - LEGEND_LINES
    figure.set_figheight(figure.get_figheight() + max(0, more) * size * 1.5 / 72)
    # A name with `_` in front is none to matplotlib, unless it comes later.
    made = figure.legend([handle for handle, _ in entries], ["name"] * len(names), loc="outside upper left", ncols=columns)
    for text, name in zip(made.get_texts(), names, strict=True):
        text.set_text(name)
