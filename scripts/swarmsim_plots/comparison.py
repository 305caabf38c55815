"""Figures of a comparison."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from .data import NoDataError, PlotError, Result
from .style import BYTES, COLOURS, GREY, LINES, TIMES, Style, fill, legend, look, mark, note, scale, short, words

# Share of the width of a figure that names beside their rows have at most.
NAMES = 0.4
# Panels of `metrics`, unless metrics are named.
PANELS = 6
# How far apart intervals at one place are, in heights of the text.
ASIDE = 0.4
# The largest number over the smallest, from which on an axis is logarithmic.
FAR_APART = 10
# From this share of the highest value on downwards a value is near 0.
NEAR_ZERO = 1 / 3
# Metrics that are times of completion.
COMPLETION = re.compile(r"(?:^|\.)completion_[^.]*$")
# With more variants than this bands hide one another.
BANDS_MAX = 4
# With more than there are colours each has a panel of its own, so many side by side.
SIDE_BY_SIDE = {"one": 3, "two": 6}
# The others in such a panel.
PALE = "#c4c4c4"
# The height of such a panel, in heights of a figure.
PANEL_HEIGHT = 0.5
BARE = re.compile(r"true|false|[-+.\deE]+")


@dataclass(frozen=True)
class Choice:
    """What the user wants to see of a comparison."""

    metrics: tuple[str, ...] = ()
    factor: int | None = None
    factor_label: str = ""


@dataclass(frozen=True)
class Curve:
    """A line of a variant, and the lowest and highest values around it."""

    name: str
    x: np.ndarray
    y: np.ndarray
    span: tuple[np.ndarray, np.ndarray] | None = None


def cdf(result: Result, style: Style, width: str) -> Figure:
    """Share of all leechers that had the file after a time: mean over the runs of a variant, and their range as a band."""
    runs = result.table("runs.csv", "variant", "run", "leechers", "completed")
    table = result.table("comparison_quantiles.csv", "variant", "run", "quantile", "completion_time_s")
    table = table.merge(runs[["variant", "run", "leechers", "completed"]], on=["variant", "run"])
    longest = table["completion_time_s"].max()
    if np.isnan(longest):
        raise NoDataError(f"nobody completed in any run of `{result.path}`")
    unit, factor = scale(TIMES, longest)
    times = np.linspace(0, longest, 400)
    curves = []
    for variant, rows in table.groupby("variant", sort=False):
        shares = np.array([_share(times, run) for _, run in rows.groupby("run")]) * 100
        span = (shares.min(0), shares.max(0)) if len(shares) > 1 else None
        curves += [Curve(str(variant), times / factor, shares.mean(0), span)]
    count = runs["run"].nunique()
    said = [f"line: mean over {count} runs" if count > 1 else "line: the one run"]
    said[0] += "; band: lowest and highest" if count > 1 and _has_bands(curves) else ""
    missing = int((runs["leechers"] - runs["completed"]).sum())
    said += [f"{missing:,} of {runs['leechers'].sum():,} leechers did not complete"] if missing else []
    return _of_variants(curves, style, width, (f"time since joining ({unit})", "leechers done (%)"), said)


def differences(result: Result, style: Style, width: str, choice: Choice) -> Figure:
    """Paired differences to the baseline, with the intervals that hold together."""
    metric, rows = _metric(result, _wanted(result, choice)[0])
    label, factor = _label(result, metric)
    rows = rows.dropna(subset="difference_low").iloc[::-1]
    if rows.empty:
        raise NoDataError(
            f"`{metric}` has no interval of a difference: that needs two variants, and two runs of each in which it is defined"
        )
    figure = _high(style, width, len(rows))
    axes = figure.subplots()
    axes.axvline(0, color=GREY, linewidth=0.8)
    for place, row in enumerate(rows.to_dict("records")):
        figures = (row["difference_low"], row["difference"], row["difference_high"])
        _interval(axes, place, figures, factor, row["resolved"] == "true")
    _name_rows(axes, rows["variant"])
    # The line at 0 is not to touch the names.
    axes.margins(x=0.12)
    room = 1 - NAMES
    baseline = short(rows["baseline"].iloc[0], figure.get_figwidth() * 72 * room, style.text)
    unit = label.removeprefix(words(metric))
    lines = [fill(figure, line, style.text, room) for line in (f"difference of {words(metric)}", f"to {baseline}{unit}")]
    axes.set(xlabel="\n".join(lines), ylim=(-0.6, len(rows) - 0.4))
    level = f"{rows['confidence'].iloc[0] * 100:g} % intervals that hold together, {_runs(rows)}"
    note(axes, [f"{level}; hollow: not resolved", *_caveats(rows)], room)
    return figure


def runs(result: Result, style: Style, width: str, choice: Choice) -> Figure:
    """Share of the runs of each variant with at most this value of a metric."""
    metric, rows = _metric(result, _wanted(result, choice)[0])
    table = result.table("comparison.csv", "variant", "run", "metric", "value")
    table = table[table["metric"] == metric].dropna(subset="value")
    if table.empty:
        raise NoDataError(f"`{metric}` is not defined in any run")
    label, size = _label(result, metric)
    curves = []
    for variant in rows["variant"]:
        values = np.sort(table.loc[table["variant"] == variant, "value"]) / size
        if len(values):
            # The corners of the steps, which go on to the highest value of all.
            places = np.repeat(np.r_[values, table["value"].max() / size], 2)[:-1]
            curves += [Curve(str(variant), places, np.repeat(np.arange(len(values) + 1), 2)[1:] * 100 / len(values))]
    return _of_variants(curves, style, width, (label, "runs (%)"), [_runs(rows), *_caveats(rows)])


def metrics(result: Result, style: Style, width: str, choice: Choice) -> Figure:
    """Mean of each metric in each variant, with its confidence interval: a panel for each metric."""
    names = _wanted(result, choice)[: None if choice.metrics else PANELS]
    columns = 1 if width == "one" else 2
    count = result.table("comparison_summary.csv", "variant")["variant"].nunique()
    lines = -(-len(names) // columns)
    figure = _high(style, width, (count + 3) * lines)
    panels = figure.subplots(lines, columns, squeeze=False, sharey=True)
    for axes, name in zip(panels.flat, names, strict=False):
        _panel(axes, *_metric(result, name), *_label(result, name))
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)
    rows = _metric(result, names[0])[1]
    said = [_means(rows), *_caveats(rows)]
    note(panels[0, 0], said, 1 - NAMES)
    return figure


def factor(result: Result, style: Style, width: str, choice: Choice) -> Figure:
    """The mean of a metric over one factor of the grid that was swept; a line for each combination of the others."""
    metric, rows = _metric(result, _wanted(result, choice)[0])
    over, others = _factors(result, choice.factor)
    rows = rows.merge(over, on="variant").dropna(subset="mean")
    if rows.empty:
        raise NoDataError(f"`{metric}` is not defined in any run")
    highest = rows["high"].fillna(rows["mean"]).max()
    label, size = _label(result, metric)
    numeric = bool(over["number"].notna().all())
    places = over.drop_duplicates("setting").reset_index(drop=True)
    positions = places["number"] if numeric else pd.Series(places.index, dtype=float)
    place_of = dict(zip(places["setting"], positions, strict=True))
    figure = style.figure(width)
    axes = figure.subplots()
    named = [others.get(variant, "") for variant in rows["variant"]]
    entries: list[tuple[Any, str]] = []
    lines = list(rows.assign(place=rows["setting"].map(place_of), other=named).groupby("other", sort=False))
    for ix, (other, line) in enumerate(lines):
        line = line.sort_values("place")
        reach = (line["mean"] - line["low"]) / size
        # What is no number stands side by side, and nothing lies between.
        shown = look(ix) | {"marker": mark(ix)["marker"]} if numeric else mark(ix)
        # Intervals at one place stand side by side.
        aside = ScaledTranslation((ix - (len(lines) - 1) / 2) * style.text * ASIDE / 72, 0, figure.dpi_scale_trans)
        bars = axes.errorbar(line["place"], line["mean"] / size, yerr=reach, capsize=2, transform=axes.transData + aside, **shown)
        entries += [(bars, str(other))] if other else []
    least = _bounds(result, metric) if numeric else {}
    for ix, (other, line) in enumerate(lines):
        line = line.assign(bound=line["variant"].map(least)).sort_values("place")
        if line["bound"].notna().any():
            handle = axes.plot(line["place"], line["bound"] / size, color=GREY, linestyle=LINES[(ix + 1) % len(LINES)])[0]
            entries += [(handle, f"{other!s}: lower bound" if other else "lower bound")]
    lowest = np.nanmin([rows["low"].fillna(rows["mean"]).min(), *least.values()])
    low, high = positions.min(), positions.max()
    if numeric and low > 0 and high >= FAR_APART * low:
        axes.set_xscale("log")
        axes.minorticks_off()
        margin = (high / low) ** 0.07
        axes.set_xlim(low / margin, high * margin)
    else:
        margin = 0.07 * (high - low) if numeric and high > low else 0.5
        axes.set_xlim(low - margin, high + margin)
    room = figure.get_figwidth() * 72 * 0.8 / len(places)
    axes.set_xticks(list(positions), [short(setting, room, mpl.rcParams["xtick.labelsize"]) for setting in places["setting"]])
    # The name of a group on a line of its own: the axis is short.
    logarithmic = " (logarithmic)" if axes.get_xscale() == "log" else ""
    axes.set(xlabel=(choice.factor_label or over["factor"].iloc[0]) + logarithmic, ylabel=label.replace(": ", ":\n"))
    limits = _limits(lowest / size, np.nanmax([highest, *least.values()]) / size)
    axes.set_ylim(*limits)
    legend(figure, entries)
    note(axes, [_means(rows), *(["the y axis does not start at 0"] if limits[0] > 0 else []), *_caveats(rows)])
    return figure


def _has_bands(curves: list[Curve]) -> bool:
    """Whether each variant can have its band: few do not hide one another, and of many each has a panel."""
    return len(curves) <= BANDS_MAX or len(curves) > len(COLOURS)


def _of_variants(curves: list[Curve], style: Style, width: str, labels: tuple[str, str], said: list[str]) -> Figure:
    """Curves that rise to 100 %: together as long as each has a colour of its own, else each in a panel among the others."""
    if len(curves) > len(COLOURS):
        return _apart(curves, style, width, labels, said)
    figure = style.figure(width)
    axes = figure.subplots()
    entries = []
    for ix, curve in enumerate(curves):
        if curve.span and _has_bands(curves):
            axes.fill_between(curve.x, *curve.span, color=COLOURS[ix], alpha=0.2, linewidth=0)
        entries += [(axes.plot(curve.x, curve.y, **look(ix))[0], curve.name)]
    axes.set(xlabel=labels[0], ylabel=labels[1], ylim=(0, 102))
    if labels[1].startswith("leechers"):
        axes.set_xlim(0, None)
    legend(figure, entries)
    note(axes, said)
    return figure


def _apart(curves: list[Curve], style: Style, width: str, labels: tuple[str, str], said: list[str]) -> Figure:
    """A panel for each curve, with the others in grey behind it."""
    columns = SIDE_BY_SIDE[width]
    lines = -(-len(curves) // columns)
    figure = style.figure(width)
    figure.set_figheight(style.height * PANEL_HEIGHT * lines + style.text * 5 / 72)
    panels = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
    room = figure.get_figwidth() * 72 * 0.85 / columns
    for ix, axes in enumerate(panels.flat):
        if ix >= len(curves):
            axes.set_visible(False)
            continue
        for other in curves:
            axes.plot(other.x, other.y, color=PALE, linewidth=style.line * 0.4)
        curve = curves[ix]
        if curve.span:
            axes.fill_between(curve.x, *curve.span, color=COLOURS[0], alpha=0.25, linewidth=0)
        axes.plot(curve.x, curve.y, color=COLOURS[0])
        axes.set_title(short(curve.name, room, mpl.rcParams["axes.titlesize"]), loc="left")
        axes.set(ylim=(0, 102), yticks=(0, 50, 100))
        axes.xaxis.set_major_locator(MaxNLocator(3))
        # What stands below it is not there in the last line.
        axes.tick_params(labelbottom=ix + columns >= len(curves))
    figure.supxlabel(labels[0], fontsize=style.text)
    figure.supylabel(labels[1], fontsize=style.text)
    size = mpl.rcParams["axes.titlesize"]
    text = "\n".join(fill(figure, line, size, 0.95) for line in [*said, "grey: the other variants"])
    figure.suptitle(text, x=0.02, ha="left", color=GREY, fontsize=size)
    return figure


def _bounds(result: Result, metric: str) -> dict[str, float]:
    """What no protocol can do sooner, for variants in which it is known in all runs: then all come at once, and both metrics are the same."""
    if metric not in ("completion_last_s", "makespan_s"):
        return {}
    runs = result.table("runs.csv", "variant", "lower_bound_s")
    bounds = runs.groupby("variant")["lower_bound_s"].agg(lambda column: column.mean(skipna=False)).dropna()
    return {str(variant): float(bound) for variant, bound in bounds.items()}


def _limits(low: float, high: float) -> tuple[float, float]:
    """The range of an axis for values, which starts at 0 if they come near it: else intervals would not be seen."""
    if low < 0 or low <= high * NEAR_ZERO or low == high:
        return min(0.0, low * 1.05), high * 1.05 or 1.0
    room = (high - low) * 0.08
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


def _wanted(result: Result, choice: Choice) -> Sequence[str]:
    known = list(result.table("comparison_summary.csv", "metric")["metric"].unique())
    for name in choice.metrics:
        if name not in known:
            raise PlotError(f"there is no metric `{name}` in `{result.path}`, only {', '.join(known)}")
    return choice.metrics or known


def _metric(result: Result, name: str) -> tuple[str, pd.DataFrame]:
    numbers = ("mean", "low", "high", "difference", "difference_low", "difference_high", "n", "runs", "not_finished")
    words = ("metric", "unit", "variant", "baseline", "resolved", "confidence", "undefined")
    table = result.table("comparison_summary.csv", *numbers, *words)
    return name, table[table["metric"] == name]


def _label(result: Result, metric: str) -> tuple[str, float]:
    """The metric in words with its unit, and the size of that unit: the same in all figures, and for all times of completion."""
    table = result.table("comparison_summary.csv", "metric", "unit", "mean")
    own = table[table["metric"] == metric]
    known = {"s": TIMES, "bytes": BYTES}
    unit = own["unit"].iloc[0]
    if metric.endswith("utilisation"):
        return f"{words(metric)} (%)", 0.01
    if unit not in known:
        return words(metric), 1.0
    largest = own["mean"].abs().max()
    if COMPLETION.search(metric):
        alike = table[table["metric"].str.contains(COMPLETION)]
        times = result.table("comparison_quantiles.csv", "completion_time_s")["completion_time_s"]
        largest = np.nanmax([alike["mean"].max(), times.max()])
    name, size = scale(known[unit], largest)
    return f"{words(metric)} ({name})", size


def _high(style: Style, width: str, lines: int) -> Figure:
    """A figure as high as `lines` variants need, one below the other, with its axis and the notes above."""
    figure = style.figure(width)
    figure.set_figheight(style.text / 72 * (1.7 * lines + 10))
    return figure


def _panel(axes: Axes, metric: str, rows: pd.DataFrame, label: str, size: float) -> None:
    rows = rows.iloc[::-1]
    for place, row in enumerate(rows.to_dict("records")):
        if not np.isnan(row["mean"]):
            _interval(axes, place, (row["low"], row["mean"], row["high"]), size, True)
    _name_rows(axes, rows["variant"])
    axes.set(xlabel=label, ylim=(-0.6, len(rows) - 0.4))
    axes.xaxis.set_major_locator(MaxNLocator(4))


def _interval(axes: Axes, place: int, figures: tuple[float, float, float], size: float, filled: bool) -> None:
    low, middle, high = (figure / size for figure in figures)
    axes.plot([low, high], [place, place], color=COLOURS[0])
    axes.plot(middle, place, "o", color=COLOURS[0], markerfacecolor=COLOURS[0] if filled else "white")


def _name_rows(axes: Axes, names: pd.Series) -> None:
    """The names beside their rows."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    room = figure.get_figwidth() * 72 * NAMES
    axes.set_yticks(range(len(names)), [short(name, room, mpl.rcParams["ytick.labelsize"]) for name in names])


def _runs(rows: pd.DataFrame) -> str:
    count = rows["runs"].max()
    return f"{count} runs" if count > 1 else "one run"


def _means(rows: pd.DataFrame) -> str:
    if rows["low"].isna().all():
        return f"{_runs(rows)}, too few for an interval"
    return f"mean and {rows['confidence'].iloc[0] * 100:g} % interval, {_runs(rows)}"


def _caveats(rows: pd.DataFrame) -> list[str]:
    cut = [f"{row['variant']}: {row['not_finished']}" for row in rows.to_dict("records") if row["not_finished"]]
    undefined = [f"{row['variant']}: {row['undefined']}" for row in rows.to_dict("records") if row["undefined"]]
    said = [f"runs that ended before all was done – {', '.join(cut)}"] if cut else []
    return said + ([f"runs in which it is not defined – {', '.join(undefined)}"] if undefined else [])


def _factors(result: Result, asked: int | None) -> tuple[pd.DataFrame, dict[str, str]]:
    """The factor for the x axis, and what variants have of the others: the one asked for, else numbers first, then most settings."""
    table = result.table("comparison_factors.csv", "variant", "factor", "setting", "number")
    names = list(table["factor"].unique())
    if asked is not None and not 1 <= asked <= len(names):
        raise PlotError(f"--factor {asked}: the variants have {len(names)} factors: {', '.join(names)}")

    def worth(name: str) -> tuple[bool, int]:
        rows = table[table["factor"] == name]
        return bool(rows["number"].notna().all()), rows["setting"].nunique()

    chosen = names[asked - 1] if asked is not None else max(names, key=worth)
    others = table[table["factor"] != chosen]
    named = [_named(*row) for row in zip(others["factor"], others["setting"], strict=True)]
    rest = others.assign(other=named).groupby("variant", sort=False)["other"].agg(" · ".join)
    return table[table["factor"] == chosen], {str(variant): str(other) for variant, other in rest.items()}


def _named(factor: str, setting: str) -> str:
    """The setting as labels say it: what has neither a unit nor a word has the end of its key in front, and its group."""
    # An entry of a mix is a group of its own.
    found = re.match(r"group\.([^.]+)\.(?:mix\.([^.]+)\.)?", factor)
    group = "/".join(part for part in found.groups() if part) + "." if found else ""
    return f"{group}{factor.rsplit('.', 1)[-1]}={setting}" if BARE.fullmatch(setting) else setting
