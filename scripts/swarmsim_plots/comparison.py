"""Figures of a comparison."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .data import NoDataError, PlotError, Result
from .style import BYTES, COLOURS, GREY, TIMES, Style, legend, look, mark, note, scale

# Panels of `metrics`, unless metrics are named.
PANELS = 6
NUMBER = re.compile(r"^(?:(?P<name>[^=]+)=)?(?P<value>-?[\d.,]+)\s*(?P<unit>\D*)$")
MULTIPLES = {"KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "kbit/s": 1e3, "Mbit/s": 1e6, "Gbit/s": 1e9}
MULTIPLES |= {"kB": 1e3, "MB": 1e6, "GB": 1e9, "kB/s": 1e3, "MB/s": 1e6, "ms": 1e-3, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True)
class Choice:
    """What the user wants to see of a comparison."""

    metrics: tuple[str, ...] = ()
    factor: int | None = None
    factor_label: str = ""


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
    figure = style.figure(width)
    axes = figure.subplots()
    for ix, (variant, rows) in enumerate(table.groupby("variant", sort=False)):
        shares = np.array([_share(times, run) for _, run in rows.groupby("run")])
        axes.fill_between(times / factor, shares.min(0), shares.max(0), color=COLOURS[ix % 7], alpha=0.2, linewidth=0)
        axes.plot(times / factor, shares.mean(0), label=variant, **look(ix))
    axes.set(xlabel=f"completion time ({unit})", ylabel="completed / leechers", xlim=(0, None), ylim=(0, 1.02))
    legend(figure, axes.get_legend_handles_labels()[0])
    missing = int((runs["leechers"] - runs["completed"]).sum())
    said = [f"line: mean over {runs['run'].nunique()} runs; band: lowest and highest"]
    said += [f"{missing:,} of {runs['leechers'].sum():,} leechers did not complete"] if missing else []
    note(axes, said)
    return figure


def differences(result: Result, style: Style, width: str, choice: Choice) -> Figure:
    """Paired differences to the baseline, with the intervals that hold together."""
    metric, rows = _metric(result, _wanted(result, choice)[0])
    rows = rows.dropna(subset="difference").iloc[::-1]
    if rows.empty:
        raise NoDataError(f"`{metric}` has no difference: is there but one variant, or was it never defined?")
    unit, factor = _unit(rows, np.nanmax(rows[["difference_low", "difference_high", "difference"]].abs()))
    figure = _high(style, width, len(rows))
    axes = figure.subplots()
    axes.axvline(0, color=GREY, linewidth=0.8)
    for place, row in enumerate(rows.itertuples()):
        _interval(axes, place, (row.difference_low, row.difference, row.difference_high), factor, row.resolved == "true")
    axes.set_yticks(range(len(rows)), rows["variant"])
    axes.set(xlabel=f"difference of {metric}{unit}\nto {rows['baseline'].iloc[0]}", ylim=(-0.6, len(rows) - 0.4))
    level = f"{rows['confidence'].iloc[0] * 100:g} % intervals that hold together, {_runs(rows)}"
    note(axes, [f"{level}; hollow: not resolved", *_caveats(rows)])
    return figure


def metrics(result: Result, style: Style, width: str, choice: Choice) -> Figure:
    """Mean of each metric in each variant, with its confidence interval: a panel for each metric."""
    names = _wanted(result, choice)[: None if choice.metrics else PANELS]
    columns = 1 if width == "one" else 2
    count = result.table("comparison_summary.csv", "variant")["variant"].nunique()
    lines = -(-len(names) // columns)
    figure = _high(style, width, (count + 3) * lines)
    panels = figure.subplots(lines, columns, squeeze=False, sharey=True)
    for axes, name in zip(panels.flat, names, strict=False):
        _panel(axes, *_metric(result, name))
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)
    rows = _metric(result, names[0])[1]
    said = [f"mean and {rows['confidence'].iloc[0] * 100:g} % interval, {_runs(rows)}", *_caveats(rows)]
    note(panels[0, 0], said)
    return figure


def factor(result: Result, style: Style, width: str, choice: Choice) -> Figure:
    """The mean of a metric over one factor of the grid that was swept; a line for each combination of the others."""
    metric, rows = _metric(result, _wanted(result, choice)[0])
    parts = [str(variant).split(" · ") for variant in rows["variant"]]
    if len({len(part) for part in parts}) != 1:
        raise NoDataError("the labels of the variants are no grid: sweep one with `swarmsim compare --vary 'KEY=A,B,C'`")
    place = _factor(parts, choice.factor)
    values = [part[place] for part in parts]
    others = [" · ".join(part[:place] + part[place + 1 :]) for part in parts]
    positions, ticks, name = _axis(values)
    unit, size = _unit(rows, rows["high"].fillna(rows["mean"]).max())
    rows = rows.assign(position=[positions[value] for value in values], other=others).dropna(subset="mean")
    if rows.empty:
        raise NoDataError(f"`{metric}` is not defined in any run")
    figure = style.figure(width)
    axes = figure.subplots()
    for ix, (other, line) in enumerate(rows.groupby("other", sort=False)):
        line = line.sort_values("position")
        reach = (line["mean"] - line["low"]) / size
        shown = look(ix) | {"marker": mark(ix)["marker"]}
        axes.errorbar(line["position"], line["mean"] / size, yerr=reach, label=other, capsize=2, **shown)
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.set(xlabel=choice.factor_label or name, ylabel=f"{metric}{unit}")
    if (rows["mean"] >= 0).all():
        axes.set_ylim(0, None)
    handles, labels = axes.get_legend_handles_labels()
    if any(labels):
        legend(figure, handles, labels)
    level = f"mean and {rows['confidence'].iloc[0] * 100:g} % interval, {_runs(rows)}"
    note(axes, [level, *_caveats(rows)])
    return figure


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


def _unit(rows: pd.DataFrame, largest: float) -> tuple[str, float]:
    known = {"s": TIMES, "bytes": BYTES}
    unit = rows["unit"].iloc[0]
    if unit not in known:
        return "", 1.0
    name, size = scale(known[unit], largest)
    return f" ({name})", size


def _high(style: Style, width: str, lines: int) -> Figure:
    """A figure as high as `lines` variants need, one below the other."""
    figure = style.figure(width)
    figure.set_figheight(style.text / 72 * (1.7 * lines + 6))
    return figure


def _panel(axes: Axes, metric: str, rows: pd.DataFrame) -> None:
    rows = rows.iloc[::-1]
    unit, size = _unit(rows, rows["high"].fillna(rows["mean"]).max())
    for place, row in enumerate(rows.itertuples()):
        if not np.isnan(row.mean):
            _interval(axes, place, (row.low, row.mean, row.high), size, True)
    axes.set_yticks(range(len(rows)), rows["variant"])
    axes.set(xlabel=f"{metric}{unit}", ylim=(-0.6, len(rows) - 0.4))


def _interval(axes: Axes, place: int, figures: tuple[float, float, float], size: float, filled: bool) -> None:
    low, middle, high = (figure / size for figure in figures)
    axes.plot([low, high], [place, place], color=COLOURS[0])
    axes.plot(middle, place, "o", color=COLOURS[0], markerfacecolor=COLOURS[0] if filled else "white")


def _runs(rows: pd.DataFrame) -> str:
    return f"{rows['runs'].max()} runs"


def _caveats(rows: pd.DataFrame) -> list[str]:
    cut = [f"{row.variant}: {row.not_finished}" for row in rows.itertuples() if row.not_finished]
    undefined = [f"{row.variant}: {row.undefined}" for row in rows.itertuples() if row.undefined]
    said = [f"runs that ended before all was done – {', '.join(cut)}"] if cut else []
    return said + ([f"runs in which it is not defined – {', '.join(undefined)}"] if undefined else [])


def _factor(parts: list[list[str]], asked: int | None) -> int:
    """Which part of the labels goes on the x axis: the one asked for, else numbers first, then whichever has most values."""
    count = len(parts[0])
    if asked is not None:
        if not 1 <= asked <= count:
            raise PlotError(f"--factor {asked}: the variants have {count} factors, such as {' · '.join(parts[0])}")
        return asked - 1

    def worth(place: int) -> tuple[bool, int]:
        values = {part[place] for part in parts}
        return all(map(_number, values)), len(values)

    return max(range(count), key=worth)


def _number(text: str) -> tuple[float, str] | None:
    """`count=1,000` is 1000 of `count`; `64 KiB` is 65536."""
    found = NUMBER.match(text)
    if not found:
        return None
    unit = found["unit"].strip()
    return float(found["value"].replace(",", "")) * MULTIPLES.get(unit, 1.0), found["name"] or ""


def _axis(values: list[str]) -> tuple[dict[str, float], dict[float, str], str]:
    """Where each value stands, what is written there, and the name of the axis. What is no number stands side by side."""
    numbers = {value: _number(value) for value in values}
    distinct = list(dict.fromkeys(values))
    if not all(numbers.values()):
        places = {value: float(place) for place, value in enumerate(distinct)}
        return places, {place: value for value, place in places.items()}, ""
    places = {value: number[0] for value, number in numbers.items() if number}
    name = next((number[1] for number in numbers.values() if number), "")
    return places, {place: value.split("=")[-1] for value, place in places.items()}, name
