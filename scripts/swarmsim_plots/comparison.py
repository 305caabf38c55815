"""Figures of a comparison over its variants."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import curves, variants
from .curves import Curve
from .data import NoDataError, Result
from .panels import columns_of, panels, parts
from .style import COLOURS, GREY, TIMES, Style, scale
from .summary import Choice, Metric, caveats, means_said, runs_said, wanted
from .text import LINE, head, name_lines, ticks, width, wrapped

# Share of the width of a figure that names beside their rows have at most.
NAMES = 0.4
# Panels of `metrics`, unless metrics are named.
PANELS = 6
# The narrowest panel of it, in heights of the text.
PANEL_WIDTH = 9
# From one row to the next, in lines, and what an axis takes with its ticks and its label.
ROW = 1.4
AXIS = 5
# What notes take at most, as a rule, in heights of the text.
HEAD = 3


def cdf(result: Result, style: Style, width: str) -> list[Figure]:
    """Share of all leechers that had the file after a time: mean over the runs of a variant, and their range as a band."""
    runs = result.table("runs.csv", "variant", "run", "leechers", "completed")
    table = result.table("comparison_quantiles.csv", "variant", "run", "quantile", "completion_time_s")
    table = table.merge(runs[["variant", "run", "leechers", "completed"]], on=["variant", "run"])
    # A run that the warm-up left without leechers says nothing of them.
    table = table[table["leechers"] > 0]
    longest = table["completion_time_s"].max()
    if np.isnan(longest):
        raise NoDataError(f"nobody completed in any run of `{result.path}`")
    unit, factor = scale(TIMES, longest)
    times = np.linspace(0, longest, 400)
    called = variants.names(result)
    lines = []
    for variant, rows in table.groupby("variant", sort=False):
        shares = np.array([_share(times, run) for _, run in rows.groupby("run")]) * 100
        span = (shares.min(0), shares.max(0)) if len(shares) > 1 else None
        lines += [Curve(called.get(str(variant), str(variant)), times / factor, shares.mean(0), span)]
    count = runs["run"].nunique()
    said = [f"line: mean over {count} runs; band: lowest and highest" if count > 1 else "line: the one run"]
    missing = int((runs["leechers"] - runs["completed"]).sum())
    said += [f"{missing:,} of {runs['leechers'].sum():,} leechers did not complete"] if missing else []
    return curves.draw(lines, style, width, (f"time since joining ({unit})", "leechers done (%)"), said, start=0)


def runs(result: Result, style: Style, width: str, choice: Choice) -> list[Figure]:
    """Share of the runs of each variant with at most this value of a metric."""
    return [figure for shown in wanted(result, choice, 1) for figure in _runs(result, shown, style, width)]


def _runs(result: Result, shown: Metric, style: Style, width: str) -> list[Figure]:
    table = result.table("comparison.csv", "variant", "run", "metric", "value")
    table = table[table["metric"] == shown.key].dropna(subset="value")
    if table.empty:
        raise NoDataError(f"`{shown.key}` is not defined in any run")
    lines = []
    for variant, name in zip(shown.rows["variant"], shown.rows["name"], strict=True):
        values = np.sort(table.loc[table["variant"] == variant, "value"]) / shown.size
        if len(values):
            # The corners of the steps, which go on to the highest value of all.
            places = np.repeat(np.r_[values, table["value"].max() / shown.size], 2)[:-1]
            lines += [Curve(name, places, np.repeat(np.arange(len(values) + 1), 2)[1:] * 100 / len(values))]
    return curves.draw(lines, style, width, (shown.label, "runs (%)"), [runs_said(shown.rows), *caveats([shown])])


def differences(result: Result, style: Style, width: str, choice: Choice) -> list[Figure]:
    """Paired differences to the baseline, with the intervals that hold together."""
    return [figure for shown in wanted(result, choice, 1) for figure in _differences(shown, style, width)]


def _differences(shown: Metric, style: Style, width: str) -> list[Figure]:
    rows = shown.rows.dropna(subset="difference_low")
    if rows.empty:
        raise NoDataError(
            f"`{shown.key}` has no interval of a difference: that needs two variants, and two runs of each in which it is defined"
        )
    unit = f" ({shown.unit})" if shown.unit else ""
    level = f"{rows['confidence'].iloc[0] * 100:g} % intervals that hold together, {runs_said(rows)}"
    beside = Names(rows["name"], style, width)
    label = wrapped(f"difference of {shown.words} to {rows['base'].iloc[0]}{unit}", beside.left, style.text)
    ends = rows[["difference_low", "difference_high"]].to_numpy() / shown.size
    figures = []
    for part in parts(range(len(rows)), beside.rows_max):
        figure = style.figure(width)
        axes = figure.subplots()
        axes.axvline(0, color=GREY, linewidth=0.8)
        _intervals(axes, rows.iloc[list(part)], "difference", shown.size)
        # The line at 0 is not to touch the names.
        axes.set_xlim(*_around(min(0, ends.min()), max(0, ends.max()), 0.12))
        ticks(axes, beside.left)
        beside.write(axes, part)
        axes.set_xlabel(label)
        above = head(figure, [f"{level}; hollow: not resolved", *caveats([shown])])
        figure.set_figheight((beside.high(len(part), label) + above) / 72)
        figures.append(figure)
    return figures


def metrics(result: Result, style: Style, width: str, choice: Choice) -> list[Figure]:
    """Mean of each metric in each variant, with its confidence interval: a panel for each metric."""
    shown = wanted(result, choice, PANELS)
    beside = Names(shown[0].rows["name"], style, width)
    columns = columns_of(len(shown), beside.left / style.text / PANEL_WIDTH)
    said = [means_said(shown[0].rows), *caveats(shown)]
    room = beside.left / columns - style.text
    labels = [wrapped(each.label, room, style.text) for each in shown]
    figures = []
    for rows in parts(range(len(beside.names)), beside.rows_max):
        high = max(beside.high(len(rows), label) for label in labels)
        most = columns * int((style.highest * 72 - HEAD * style.text) / high)
        for part in parts(list(zip(shown, labels, strict=True)), most, columns):
            figure = style.figure(width)
            for axes, (each, label) in zip(panels(figure, len(part), columns, sharey=True), part, strict=True):
                _means(axes, each, rows)
                axes.set_xlabel(label)
                ticks(axes, room)
                beside.write(axes, rows)
            above = head(figure, said)
            figure.set_figheight((high * -(-len(part) // columns) + above) / 72)
            figures.append(figure)
    return figures


class Names:
    """Names of variants beside their rows, and the room that they leave."""

    def __init__(self, names: pd.Series, style: Style, of: str) -> None:
        self.style = style
        wide, size = style.widths[of] * 72, mpl.rcParams["ytick.labelsize"]
        self.names = name_lines(list(names), wide * NAMES, size)
        lines = [line for name in self.names for line in name.split("\n")]
        self.left = wide - max(width(line, size) for line in lines) - 2 * style.text
        self.row = style.text * LINE * (ROW + max(name.count("\n") for name in self.names) * 0.9)
        self.rows_max = (style.highest * 72 - (HEAD + AXIS + 2 * LINE) * style.text) / self.row

    def write(self, axes: Axes, part: Sequence[int]) -> None:
        """The names of the rows `part` beside them, the first at the top."""
        axes.set_yticks(range(len(part)), [self.names[ix] for ix in part])
        axes.set_ylim(len(part) - 0.4, -0.6)

    def high(self, rows: int, label: str) -> float:
        """How high a panel of so many rows is with the label below it, in points."""
        return rows * self.row + self.style.text * (AXIS + label.count("\n") * LINE)


def _means(axes: Axes, shown: Metric, part: Sequence[int]) -> None:
    """The means of some of the variants, on the same axis whichever they are."""
    _intervals(axes, shown.rows.iloc[list(part)], "mean", shown.size)
    ends = shown.rows[["low", "high", "mean"]].to_numpy() / shown.size
    if not np.isnan(ends).all():
        axes.set_xlim(*_around(np.nanmin(ends), np.nanmax(ends), 0.06))


def _intervals(axes: Axes, rows: pd.DataFrame, what: str, size: float) -> None:
    """The interval of each row; a difference that is not resolved is hollow."""
    names = ("low", "high") if what == "mean" else (f"{what}_low", f"{what}_high")
    for place, row in enumerate(rows.to_dict("records")):
        if np.isnan(row[what]):
            continue
        filled = what == "mean" or row["resolved"] == "true"
        axes.plot([row[name] / size for name in names], [place, place], color=COLOURS[0])
        axes.plot(row[what] / size, place, "o", color=COLOURS[0], markerfacecolor=COLOURS[0] if filled else "white")


def _around(low: float, high: float, margin: float) -> tuple[float, float]:
    """Limits of an axis with room beside its values."""
    room = (high - low) * margin or abs(low) * margin or 1.0
    return low - room, high + room


def _share(times: np.ndarray, run: pd.DataFrame) -> np.ndarray:
    """Which share of all leechers of one run had the file at each of `times`."""
    run = run.dropna(subset="completion_time_s")
    if run.empty:
        return np.zeros_like(times)
    # Of quantiles at the same time the last counts.
    reached = np.searchsorted(run["completion_time_s"], times, side="right")
    share = np.interp(times, run["completion_time_s"], run["quantile"], left=0)
    last = run["quantile"].to_numpy()[np.maximum(reached - 1, 0)]
    return np.maximum(share, np.where(reached > 0, last, 0)) * (run["completed"].iloc[0] / run["leechers"].iloc[0])
