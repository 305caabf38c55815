"""The figure of a comparison over one factor of the grid that was swept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from . import variants
from .data import NoDataError, PlotError, Result
from .panels import columns_of, is_last, panels, parts
from .style import GREY, LINES, Style, look, mark
from .summary import Choice, Metric, caveats, means_said, wanted
from .text import in_two, legend, note, wrapped

# How far apart intervals at one place are, in heights of the text.
ASIDE = 0.4
# The largest number over the smallest, from which on an axis is logarithmic.
FAR_APART = 10
# From this share of the highest value on downwards a value is near 0.
NEAR_ZERO = 1 / 3
# The narrowest panel, in heights of the text.
PANEL_WIDTH = 20


@dataclass(frozen=True)
class Factor:
    """What stands on the x axis: where each setting is, whether these are numbers, and what variants have of the other factors."""

    key: str
    setting_of: dict[str, str]
    places: dict[str, float]
    numeric: bool
    others: dict[str, str]

    @staticmethod
    def of(result: Result, asked: int | None) -> Factor:
        """The one asked for, else numbers first, then most settings."""
        table = variants.factors(result)
        names = list(table["factor"].unique())
        if asked is not None and not 1 <= asked <= len(names):
            raise PlotError(f"there is no factor {asked}, only {', '.join(f'{ix}: {name}' for ix, name in enumerate(names, 1))}")

        def worth(name: str) -> tuple[bool, int]:
            rows = table[table["factor"] == name]
            return bool(rows["number"].notna().all()), rows["setting"].nunique()

        key = names[asked - 1] if asked is not None else max(names, key=worth)
        own = table[table["factor"] == key]
        numeric = bool(own["number"].notna().all())
        settings = own.drop_duplicates("setting")
        places = settings["number"] if numeric else range(len(settings))
        return Factor(
            key,
            dict(zip(own["variant"], own["setting"], strict=True)),
            dict(zip(settings["setting"], map(float, places), strict=True)),
            numeric,
            variants.together(table[table["factor"] != key]),
        )


def factor(result: Result, style: Style, width: str, choice: Choice) -> list[Figure]:
    """The mean of a metric over one factor of the grid that was swept; a line for each combination of the others, a panel for each metric named."""
    shown = wanted(result, choice, 1)
    over = Factor.of(result, choice.factor)
    for each in shown:
        if each.rows["mean"].isna().all():
            raise NoDataError(f"`{each.key}` is not defined in any run")
    least = {each.key: _bounds(result, each.key) if over.numeric else {} for each in shown}
    limits = _shared_limits(shown, least)
    label = choice.factor_label or over.key
    columns = columns_of(len(shown), style.widths[width] * 72 / style.text / PANEL_WIDTH)
    figures = []
    for part in parts(shown, columns * int(style.highest / style.height), columns):
        figure = style.figure(width, -(-len(part) // columns))
        all_axes = panels(figure, len(part), columns, sharex=True)
        entries: dict[str, Any] = {}
        for ix, (axes, each) in enumerate(zip(all_axes, part, strict=True)):
            entries |= _lines(axes, each, over, least[each.key], style)
            # Numbers far apart are on a logarithmic axis.
            beyond = _across(axes, over, figure.get_figwidth() * 72 * 0.8 / columns)
            below = is_last(ix, len(part), columns)
            axes.set_xlabel(wrapped(label + beyond, figure.get_figwidth() * 72 * 0.9 / columns, style.text) if below else "")
            axes.set_ylabel(wrapped(each.label, style.height * 72 * 0.7, style.text))
            axes.set_ylim(*limits[each.kind])
        legend(figure, [(handle, name) for name, handle in entries.items()])
        cut = any(limits[each.kind][0] > 0 for each in part)
        said = [means_said(part[0].rows), *(["the y axis does not start at 0"] if cut else []), *caveats(part)]
        note(all_axes[0], said)
        figures.append(figure)
    return figures


def _lines(axes: Axes, shown: Metric, over: Factor, least: dict[str, float], style: Style) -> dict[str, Any]:
    """A line with intervals for each combination of the other factors, and the lower bound where there is one; what the legend says of them."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    rows = shown.rows.assign(
        place=[over.places[over.setting_of[variant]] for variant in shown.rows["variant"]],
        other=[over.others.get(variant, "") for variant in shown.rows["variant"]],
        bound=shown.rows["variant"].map(least).astype(float),
    ).sort_values("place", kind="stable")
    entries: dict[str, Any] = {}
    others = list(dict.fromkeys(over.others.values())) or [""]
    for ix, other in enumerate(others):
        line = rows[rows["other"] == other].dropna(subset="mean")
        # What is no number stands side by side, and nothing lies between.
        drawn_as = look(ix) | {"marker": mark(ix)["marker"]} if over.numeric else mark(ix)
        # Intervals at one place stand side by side.
        aside = ScaledTranslation((ix - (len(others) - 1) / 2) * style.text * ASIDE / 72, 0, figure.dpi_scale_trans)
        reach = (line["mean"] - line["low"]) / shown.size
        at = axes.transData + aside
        bars = axes.errorbar(line["place"], line["mean"] / shown.size, yerr=reach, capsize=2, transform=at, **drawn_as)
        name = other or ("mean of the runs" if least else "")
        entries |= {name: bars} if name else {}
    for ix, other in enumerate(others):
        line = rows[rows["other"] == other]
        if line["bound"].notna().any():
            bound = axes.plot(line["place"], line["bound"] / shown.size, color=GREY, linestyle=LINES[(ix + 1) % len(LINES)])[0]
            entries[f"{other}: lower bound" if other else "lower bound"] = bound
    return entries


def _across(axes: Axes, over: Factor, wide: float) -> str:
    """The x axis with its settings; what must be said of it at its label."""
    places = list(over.places.values())
    low, high = min(places), max(places)
    logarithmic = over.numeric and low > 0 and high >= FAR_APART * low
    if logarithmic:
        axes.set_xscale("log")
        axes.minorticks_off()
        margin = (high / low) ** 0.07
        axes.set_xlim(low / margin, high * margin)
    else:
        margin = 0.07 * (high - low) if over.numeric and high > low else 0.5
        axes.set_xlim(low - margin, high + margin)
    size = mpl.rcParams["xtick.labelsize"]
    axes.set_xticks(places, [in_two(setting, wide / len(places), size) for setting in over.places])
    return " (logarithmic)" if logarithmic else ""


def _bounds(result: Result, key: str) -> dict[str, float]:
    """What no protocol can do sooner, for variants in which it is known in all runs: then all come at once, and both metrics are the same."""
    if key not in ("completion_last_s", "makespan_s"):
        return {}
    runs = result.table("runs.csv", "variant", "lower_bound_s")
    bounds = runs.groupby("variant")["lower_bound_s"].agg(lambda column: column.mean(skipna=False)).dropna()
    return {str(variant): float(bound) for variant, bound in bounds.items()}


def _shared_limits(shown: list[Metric], least: dict[str, dict[str, float]]) -> dict[str, tuple[float, float]]:
    """The y axis of each kind of metric: panels of one kind can be compared by eye."""
    values: dict[str, list[float]] = {}
    for each in shown:
        ends = np.r_[each.rows[["mean", "low", "high"]].to_numpy().ravel(), list(least[each.key].values())] / each.size
        values.setdefault(each.kind, []).extend(ends)
    return {kind: _limits(np.nanmin(ends), np.nanmax(ends)) for kind, ends in values.items()}


def _limits(low: float, high: float) -> tuple[float, float]:
    """The range of an axis for values, which starts at 0 if they come near it: else intervals would not be seen."""
    if low < 0 or low <= high * NEAR_ZERO or low == high:
        return min(0.0, low * 1.05), high * 1.05 or 1.0
    room = (high - low) * 0.08
    return low - room, high + room
