"""Figures of one run."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from . import heatmap
from .data import NoDataError, Result
from .groups import PALE, PALE_DOTS, in_square, parts, said, standing_out
from .style import BYTES, RATES, SHADES, TIMES, Style, look, mark, scale
from .text import capacity_axis, in_two, legend, note

# A line at 100 % is not cut in half.
PERCENT = (0, 102)


def _percent(*shares: pd.Series) -> tuple[float, float]:
    """Where chunks change hands whole, all of a chunk counts when it is there: more than 100 % in a short time."""
    most = max((share.max() for share in shares), default=0)
    return (0, PERCENT[1] * max(1.0, most / 100))


def unfinished(result: Result) -> list[str]:
    """What a reader must know if not everybody completed, or the run was cut short."""
    summary = result.table("summary.csv", "ending", "leechers", "completed").iloc[0]
    missing = summary["leechers"] - summary["completed"]
    lines = []
    if missing:
        lines.append(f"{missing:,} of {summary['leechers']:,} leechers did not complete")
    if summary["ending"] != "all-done":
        lines.append(f"the run ended: {summary['ending']}")
    return ["; ".join(lines)] if lines else []


# Why a run ended before all was done.
ENDINGS = {
    "time-limit": "its time limit came after {time:g} s",
    "dead": "the swarm died after {time:g} s: nobody had {extinct} of the chunks any more",
    "stalled": "it stalled: nothing moved until {time:g} s",
    "interrupted": "it was interrupted after {time:g} s",
}


def because(result: Result) -> str:
    """Why the run ended, if that was before all was done."""
    summary = result.table("summary.csv", "ending", "simulated_s", "extinct_chunks").iloc[0]
    reason = ENDINGS.get(summary["ending"])
    return f", {reason}".format(time=summary["simulated_s"], extinct=summary["extinct_chunks"]) if reason else ""


def shorter(result: Result) -> str:
    """What helps if there are too few samples: a run that ended early has no more of them."""
    took_time = result.table("summary.csv", "simulated_s")["simulated_s"].iloc[0] > 0
    return because(result) or (": run it with a shorter `run.sample_interval`" if took_time else ": it was over at once")


def cdf(result: Result, style: Style, width: str) -> Figure:
    """Share of the leechers of each group that had the file after a time; who never completed keeps the line below 1."""
    leechers = result.leechers("joined_s", "left_s")
    if leechers["completion_time_s"].isna().all():
        raise NoDataError(f"nobody completed{because(result)}")
    ended = result.table("summary.csv", "simulated_s")["simulated_s"].iloc[0]
    # Who did not complete was seen until it left or the run ended.
    seen = leechers["completion_time_s"].fillna(leechers["left_s"].fillna(ended) - leechers["joined_s"])
    unit, factor = scale(TIMES, seen.max())
    figure, axes = _one(style, width)
    counts = result.leeching_groups().set_index("group")
    entries = []
    for ix, name, rows in parts(result, leechers):
        times = np.sort(rows["completion_time_s"].dropna()) / factor
        completed, all_ = counts.loc[name, ["completed", "leechers"]]
        steps = np.r_[np.arange(len(times) + 1), len(times)] * 100 / all_
        line = axes.step(np.r_[0, times, seen.max() / factor], steps, where="post", **_look(ix))[0]
        entries += [(ix, line, f"{name} ({completed:,} of {all_:,})")]
    axes.set(xlabel=f"time since joining ({unit})", ylabel="leechers done (%)", xlim=(0, None), ylim=PERCENT)
    return _finish(figure, axes, _entries(entries), _named(result) + unfinished(result))


def utilisation(result: Result, style: Style, width: str) -> Figure:
    """Use of upload capacity: each step is the mean over one sample interval."""
    parts = {"leechers": "leecher_utilisation", "seeds": "seed_utilisation", "all": "utilisation"}
    series, unit, time = _series(result, *parts.values())
    if series[list(parts.values())].isna().all(axis=None):
        raise NoDataError("nobody had any upload capacity")
    figure, axes = _one(style, width)
    entries = []
    for ix, (label, column) in enumerate(parts.items()):
        entries += [(axes.step(time, series[column] * 100, where="pre", **look(ix))[0], label)]
    axes.set(
        xlabel=f"time ({unit})",
        ylabel="upload used (%)",
        xlim=(0, None),
        ylim=_percent(*(series[column] * 100 for column in parts.values())),
    )
    return _finish(figure, axes, entries, unfinished(result))


def population(result: Result, style: Style, width: str) -> Figure:
    """Leechers and seeds that are there."""
    series, unit, time = _series(result, "leechers", "seeds")
    figure, axes = _one(style, width)
    entries = []
    for ix, column in enumerate(("leechers", "seeds")):
        entries += [(axes.step(time, series[column], where="post", **look(ix))[0], column)]
    axes.set(xlabel=f"time ({unit})", ylabel="peers", xlim=(0, None), ylim=(0, None))
    axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))
    return _finish(figure, axes, entries, unfinished(result))


def copies(result: Result, style: Style, width: str) -> Figure:
    """Copies of the rarest, the average and the most common chunk."""
    parts = {"rarest": "copies_min", "mean": "copies_mean", "most common": "copies_max"}
    series, unit, time = _series(result, *parts.values())
    figure, axes = _one(style, width)
    axes.fill_between(time, series["copies_min"], series["copies_max"], color="#DDDDDD", linewidth=0, step="post")
    entries = []
    for ix, (label, column) in enumerate(parts.items()):
        entries += [(axes.step(time, series[column], where="post", **look(ix))[0], label)]
    axes.set(xlabel=f"time ({unit})", ylabel="copies of a chunk", xlim=(0, None), ylim=(0, None))
    return _finish(figure, axes, entries, unfinished(result))


def chunks(result: Result, style: Style, width: str) -> Figure:
    """Copies of every chunk over time, or of bands of neighbouring chunks."""
    table = result.copies()
    grid = table.pivot(index="chunk", columns="time_s", values="copies")
    if grid.shape[1] < 2:
        raise NoDataError(f"the copies of chunks were recorded at one moment{shorter(result)}")
    times = grid.columns.to_numpy(dtype=float)
    unit, factor = scale(TIMES, times.max())
    figure, axes = _one(style, width)
    # A band lies from its first chunk to the first of the next; a moment has its column to both sides.
    firsts = grid.index.to_numpy(dtype=float)
    edges = np.append(firsts, 2 * firsts[-1] - firsts[-2] if len(firsts) > 1 else firsts[-1] + 1)
    between = (times[1:] + times[:-1]) / 2
    sides = np.concatenate(([times[0]], between, [times[-1]]))
    image = axes.pcolormesh(sides / factor, edges, grid, cmap=SHADES, vmin=0, rasterized=True)
    axes.invert_yaxis()
    figure.colorbar(image, ax=axes, label="copies")
    axes.set(xlabel=f"time ({unit})", ylabel="chunk")
    note(axes, unfinished(result))
    return figure


def seed_load(result: Result, style: Style, width: str) -> Figure:
    """What seeds and leechers have sent so far."""
    parts = {"leechers": "leecher_sent_bytes", "seeds": "seed_sent_bytes"}
    series, unit, time = _series(result, *parts.values())
    amount, size = scale(BYTES, series[list(parts.values())].to_numpy().max())
    figure, axes = _one(style, width)
    entries = []
    for ix, (label, column) in enumerate(parts.items()):
        entries += [(axes.plot(time, series[column] / size, **look(ix))[0], label)]
    axes.set(xlabel=f"time ({unit})", ylabel=f"sent so far ({amount})", xlim=(0, None), ylim=(0, None))
    load = result.table("summary.csv", "seed_load")["seed_load"].iloc[0]
    said = [] if pd.isna(load) else [f"initial seeds sent {load:.2f} copies of the file"]
    return _finish(figure, axes, entries, said + unfinished(result))


def completion_vs_upload(result: Result, style: Style, width: str) -> Figure:
    """Completion time against upload capacity, a point for each leecher that completed."""
    leechers = result.leechers("upload_bytes_per_s")
    done = leechers.dropna(subset="completion_time_s")
    if done.empty:
        raise NoDataError(f"nobody completed{because(result)}")
    unit, factor = scale(TIMES, done["completion_time_s"].max())
    return _against_upload(result, style, width, done.assign(value=done["completion_time_s"] / factor), f"completion time ({unit})")


def share_ratio_vs_upload(result: Result, style: Style, width: str) -> Figure:
    """Share ratio against upload capacity, a point for each leecher that received something."""
    leechers = result.leechers("upload_bytes_per_s", "share_ratio").dropna(subset="share_ratio")
    if leechers.empty:
        raise NoDataError(f"no leecher downloaded anything{because(result)}")
    return _against_upload(result, style, width, leechers.assign(value=leechers["share_ratio"]), "share ratio (sent / received)")


def held(result: Result, style: Style, width: str) -> Figure:
    """Chunks that the leechers have that are there: median, and the band from the 10 % to the 90 % quantile."""
    columns = ("leecher_chunks_p10", "leecher_chunks_p50", "leecher_chunks_p90")
    series, unit, time = _series(result, *columns)
    if series[columns[1]].isna().all():
        raise NoDataError(f"no sample was taken while a leecher was there{shorter(result)}")
    figure, axes = _one(style, width)
    band = axes.fill_between(time, series[columns[0]], series[columns[2]], color="#BFD7EA", linewidth=0)
    middle = axes.plot(time, series[columns[1]], **look(0))[0]
    axes.set(xlabel=f"time ({unit})", ylabel="chunks of a leecher", xlim=(0, None), ylim=(0, None))
    return _finish(figure, axes, [(middle, "median"), (band, "10 % to 90 %")], unfinished(result))


def share_ratio(result: Result, style: Style, width: str) -> Figure:
    """Distribution of the share ratios of each group's leechers."""
    leechers = result.leechers("share_ratio").dropna(subset="share_ratio")
    if leechers.empty:
        raise NoDataError(f"no leecher downloaded anything{because(result)}")
    figure, axes = _one(style, width)
    entries = []
    for ix, name, rows in parts(result, leechers):
        ratios = np.sort(rows["share_ratio"])
        steps = np.arange(len(ratios) + 1) * 100 / len(ratios)
        line = axes.step(np.r_[ratios[0], ratios], steps, where="post", **_look(ix))[0]
        entries += [(ix, line, f"{name} (n = {len(ratios):,})")]
    axes.axvline(1, color="#AAAAAA", linewidth=0.8, zorder=0)
    axes.set(xlabel="share ratio (sent / received)", ylabel="leechers (%)", xlim=(0, None), ylim=PERCENT)
    return _finish(figure, axes, _entries(entries), _named(result) + unfinished(result))


def seed_share(result: Result, style: Style, width: str) -> Figure:
    """What seeds give over time: of their capacity, and of all bytes."""
    series, unit, time = _series(result, "seed_utilisation", "seed_sent_bytes", "leecher_sent_bytes")
    seeds, leechers = series["seed_sent_bytes"], series["leecher_sent_bytes"]
    sent = seeds + leechers
    parts = {
        "of their capacity": series["seed_utilisation"] * 100,
        "of all bytes": seeds.diff() * 100 / sent.diff(),
        "of all bytes so far": seeds * 100 / sent,
    }
    figure, axes = _one(style, width)
    entries = []
    for ix, (label, share) in enumerate(parts.items()):
        share = share.where(np.isfinite(share))
        # What is a mean since the sample before is a step.
        line = axes.plot(time, share, **look(ix)) if label.endswith("so far") else axes.step(time, share, where="pre", **look(ix))
        entries += [(line[0], label)]
    axes.set(xlabel=f"time ({unit})", ylabel="given by seeds (%)", xlim=(0, None), ylim=_percent(parts["of their capacity"]))
    return _finish(figure, axes, entries, unfinished(result))


def traffic(result: Result, style: Style, width: str) -> Figure:
    """Bytes that each group sent to each other."""
    table = result.table("groups.csv", "from_group", "to_group", "bytes")
    if not table["bytes"].any():
        raise NoDataError(f"nothing was sent{because(result)}")
    amount, size = scale(BYTES, table["bytes"].max())
    names = in_square(result, result.groups())
    cells = table.pivot(index="from_group", columns="to_group", values="bytes").loc[names, names] / size
    return heatmap.draw(cells, f"sent ({amount})", style, width, said(names, result.groups(), result) + unfinished(result))


def clustering(result: Result, style: Style, width: str) -> Figure:
    """Who unchokes whom: the time that leechers unchoke those of a group, over what chance would give them."""
    given, chance = _unchoked_by_group(result)
    groups = result.leeching_groups()
    # Shares are those of all groups, whichever are shown.
    names = in_square(result, groups)
    cells = (given / chance.where(chance > 0)).loc[names, names]
    return heatmap.draw(
        cells, TIMES_CHANCE, style, width, BY_CHANCE + said(names, groups, result) + unfinished(result), scale=heatmap.ratios
    )


def clustering_by_capacity(result: Result, style: Style, width: str) -> Figure:
    """Who unchokes whom by upload capacity: the same between classes of leechers that have about as much."""
    given, chance, rate, sizes = _unchoked_by_capacity(result)
    cells = given / chance.where(chance > 0)
    return heatmap.draw(cells, TIMES_CHANCE, style, width, BY_CHANCE + sizes + unfinished(result), f"'s upload ({rate})", heatmap.ratios)


def clustering_index(result: Result, style: Style, width: str) -> Figure:
    """Share of the time unchoked that leechers give to those with about their upload capacity, and what chance would give (Legout et al. 2007)."""
    given, chance, rate, sizes = _unchoked_by_capacity(result)
    figure, axes = _one(style, width)
    entries = []
    for ix, (label, share, aside) in enumerate([("in this run", given, -ASIDE), ("by chance", chance, ASIDE)]):
        entries += [(axes.plot(np.arange(len(share)) + aside, np.diag(share) * 100, **mark(ix))[0], label)]
    names = list(given.index)
    room = figure.get_figwidth() * 72 * 0.8 / len(names)
    axes.set_xticks(range(len(names)), [in_two(name, room, mpl.rcParams["xtick.labelsize"]) for name in names])
    axes.set(xlabel=f"upload capacity ({rate})", ylabel="to the own class (%)", xlim=(-0.5, len(names) - 0.5), ylim=PERCENT)
    return _finish(figure, axes, entries, sizes + unfinished(result))


# How far two marks of one class stand beside its place, so that both are seen.
ASIDE = 0.07
# Dots of which each is as large as any mark.
FULL_SIZE = 500
# What the cells of a matrix of preferences are.
TIMES_CHANCE = "times chance"
BY_CHANCE = ["1: as by chance among the leechers that are there"]
# Its two parts in a table of who serves whom.
UNCHOKED = ("unchoked_s_while_sender_leeches", "unchoked_s_by_chance")


def _unchoked_by_group(result: Result) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Shares of the time that the leechers of each group (rows) unchoke others that go to each group: in the run, and by chance."""
    table = result.table("groups.csv", "from_group", "to_group", *UNCHOKED)
    names = result.leeching_groups()["group"]
    if len(names) < 2:
        raise NoDataError("it needs two groups of leechers that unchoke each other")
    return _unchoked(table, "group", list(names))


def _unchoked_by_capacity(result: Result) -> tuple[pd.DataFrame, pd.DataFrame, str, list[str]]:
    """The same between classes of upload capacity, called by the capacities in them, the unit of these, and how many leechers the classes have, in words."""
    ends = ["from_upload_min_bytes_per_s", "from_upload_max_bytes_per_s"]
    table = result.table("capacities.csv", "from_class", "from_leechers", *ends, "to_class", *UNCHOKED)
    classes = table[table["from_leechers"] > 0].drop_duplicates("from_class").set_index("from_class")
    if len(classes) < 2:
        raise NoDataError("all leechers have the same upload capacity")
    rate, per_s = scale(RATES, classes[ends[1]].max())
    called = _spans(classes[ends].to_numpy() / per_s)
    given, chance = (of.set_axis(called).set_axis(called, axis=1) for of in _unchoked(table, "class", list(classes.index)))
    return given, chance, rate, [f"leechers in the classes: {', '.join(f'{size:,}' for size in classes['from_leechers'])}"]


def _spans(ends: np.ndarray) -> list[str]:
    """From … to …, in no more digits than tell them apart; a single value as it is."""
    for digits in (2, 3, 4):
        pairs = [row if row[0] == row[1] else [float(f"{value:.{digits}g}") for value in row] for row in ends]
        called = ["–".join(dict.fromkeys(f"{value:,.6g}" for value in pair)) for pair in pairs]
        if len(set(called)) == len(called):
            return called
    return [f"class {ix + 1}" for ix in range(len(ends))]


def _unchoked(table: pd.DataFrame, kind: str, classes: list[Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What each of `classes` gives to each, as shares: in the run, and by chance."""
    squares = [table.pivot(index=f"from_{kind}", columns=f"to_{kind}", values=column).loc[classes, classes] for column in UNCHOKED]
    if not squares[0].to_numpy().any():
        raise NoDataError("no leecher unchoked another")
    # Who never unchoked anybody has no preference.
    given, chance = (of.div(of.sum(axis=1).where(lambda all_: all_ > 0), axis=0) for of in squares)
    return given, chance


def _against_upload(result: Result, style: Style, width: str, leechers: pd.DataFrame, label: str) -> Figure:
    """The column `value` of each leecher against its upload capacity."""
    rate, per_s = scale(RATES, leechers["upload_bytes_per_s"].max())
    leechers = leechers.assign(upload=leechers["upload_bytes_per_s"] / per_s)
    figure, axes = _one(style, width)
    # Many dots are smaller, so that they don't run into one.
    size = mpl.rcParams["lines.markersize"] * max(0.45, min(1, (FULL_SIZE / len(leechers)) ** 0.5))
    entries = []
    for ix, name, rows in parts(result, leechers):
        looks = PALE_DOTS if ix is None else mark(ix)
        entries += [(ix, axes.plot(rows["upload"], rows["value"], alpha=0.6, markeredgewidth=0, markersize=size, **looks)[0], name)]
    # Nothing lies on the frame, not even what is 0.
    high = max(leechers["value"].max(), 0.01)
    axes.set(xlabel=f"upload capacity ({rate})", ylabel=label, ylim=(-0.03 * high, 1.05 * high))
    capacity_axis(axes, leechers["upload"])
    return _finish(figure, axes, _entries(entries), _named(result) + unfinished(result))


def _one(style: Style, width: str) -> tuple[Figure, Axes]:
    figure = style.figure(width)
    return figure, figure.subplots()


def _finish(figure: Figure, axes: Axes, entries: list[tuple[Any, str]], said: list[str]) -> Figure:
    legend(figure, entries)
    note(axes, said)
    return figure


def _series(result: Result, *columns: str) -> tuple[pd.DataFrame, str, pd.Series]:
    series = result.table("timeseries.csv", "time_s", *columns)
    if len(series) < 2:
        raise NoDataError(f"only one sample was taken{shorter(result)}")
    unit, factor = scale(TIMES, series["time_s"].max())
    return series, unit, series["time_s"] / factor


def _look(ix: int | None) -> dict[str, Any]:
    """The look of the line of a group; those without a number lie behind."""
    return PALE if ix is None else look(ix)


def _entries(lines: list[tuple[int | None, Any, str]]) -> list[tuple[Any, str]]:
    """An entry for each group that has a look of its own, and one for all others."""
    others = [line for ix, line, _ in lines if ix is None]
    return [(line, name) for ix, line, name in lines if ix is not None] + [(line, f"{len(others):,} others") for line in others[:1]]


def _named(result: Result) -> list[str]:
    return said(standing_out(result), result.leeching_groups(), result)
