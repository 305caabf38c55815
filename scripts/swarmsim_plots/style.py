"""How figures look: sizes of print and of slides, colours that the colour-blind can tell apart, units, notes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

# Colours, lines, marks and units are those of the report: web/report.css, web/src/charts/colours.js, web/src/units.js.
# Okabe & Ito 2008, without yellow, which is too pale for a line on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
# With a line style of its own every line can be told in grey too.
LINES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (5, 1.5, 1, 1.5)), (0, (8, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P")
GREY = "#555555"
# From little to much: light to dark of one hue, which no eye and no print turns round.
SHADES = LinearSegmentedColormap.from_list("shades", ["#eef3f8", "#084c7f"])
# Below 1, 1 (which has a colour of its own: the number of colours is odd), above 1.
RATIOS = LinearSegmentedColormap.from_list("ratios", ["#d9730d", "#f5f5f3", "#3583bf"], N=257)

TIMES = (("s", 1.0), ("min", 60.0), ("h", 3600.0), ("d", 86400.0))
BYTES = (("B", 1.0), ("KiB", 2.0**10), ("MiB", 2.0**20), ("GiB", 2.0**30), ("TiB", 2.0**40))
# Metrics in words.
METRICS = {
    "simulated_s": "simulated time",
    "extinct_chunks": "extinct chunks",
    "peers": "peers",
    "initial_seeds": "initial seeds",
    "leechers": "leechers",
    "completed": "leechers done",
    "not_completed": "leechers not done",
    "aborted": "leechers that gave up",
    "crashed": "peers that crashed",
    "completion_mean_s": "mean completion time",
    "completion_sd_s": "standard deviation of completion times",
    "completion_median_s": "median completion time",
    "completion_p05_s": "5 % quantile of completion times",
    "completion_p95_s": "95 % quantile of completion times",
    "completion_p99_s": "99 % quantile of completion times",
    "completion_first_s": "shortest completion time",
    "completion_last_s": "longest completion time",
    "leecher_utilisation": "upload used by leechers",
    "utilisation": "upload used by all",
    "share_ratio_mean": "mean share ratio",
    "share_ratio_jain": "fairness (Jain's index)",
    "seed_load": "seed load in copies of the file",
    "seed_sent_bytes": "sent by initial seeds",
    "uploaded_bytes": "sent by all",
    "uploaded_leeching_bytes": "sent by leechers",
    "downloaded_bytes": "received by all",
    "wasted_bytes": "received and thrown away",
    "chunk_transfers": "chunks transferred",
    "first_chunk_mean_s": "mean time to the first chunk",
    "makespan_s": "time until all are done",
    "lower_bound_s": "lower bound of the time until all are done",
    "makespan_over_bound": "time until all are done over its lower bound",
    "longest_pause_s": "longest time in which nothing moved",
}
RATES = (("bit/s", 1 / 8), ("kbit/s", 1e3 / 8), ("Mbit/s", 1e6 / 8), ("Gbit/s", 1e9 / 8))


@dataclass(frozen=True)
class Style:
    """Widths in inches and text in points."""

    widths: dict[str, float]
    text: float
    line: float
    height: float
    # What fits on a page, or on a slide.
    highest: float

    def figure(self, width: str, rows: int = 1) -> Figure:
        """An empty figure, `rows` times as high as usual."""
        return Figure(figsize=(self.widths[width], self.height * rows), layout="constrained")

    def settings(self) -> dict[Any, Any]:
        """Settings of matplotlib: fonts embedded as text, the same bytes for the same data."""
        return {
            "font.size": self.text,
            "axes.titlesize": self.text * 0.875,
            "legend.fontsize": self.text * 0.875,
            "xtick.labelsize": self.text * 0.875,
            "ytick.labelsize": self.text * 0.875,
            "lines.linewidth": self.line,
            "lines.markersize": self.text * 0.5,
            "axes.linewidth": self.line * 0.6,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
            "legend.handlelength": 2.6,
            # A name with `$` in it is no formula.
            "text.parse_math": False,
            "pdf.fonttype": 42,
            "svg.fonttype": "none",
            "svg.hashsalt": "swarmsim",
        }


STYLES = {
    "paper": Style({"one": 3.5, "two": 7.16}, text=8, line=1.2, height=2.4, highest=9.0),
    "slides": Style({"one": 6.0, "two": 12.0}, text=16, line=2.4, height=4.6, highest=6.75),
}


def look(ix: int) -> dict[str, Any]:
    """Colour and line style of the line number `ix`: 35 different ones. A line on an axis is not cut in half."""
    return {"color": COLOURS[ix % len(COLOURS)], "linestyle": LINES[ix % len(LINES)], "clip_on": False}


def mark(ix: int) -> dict[str, Any]:
    """Colour and marker of the points number `ix`."""
    return {"color": COLOURS[ix % len(COLOURS)], "marker": MARKERS[ix % len(MARKERS)], "linestyle": "none"}


def scale(units: tuple[tuple[str, float], ...], largest: float) -> tuple[str, float]:
    """The unit in which `largest` reads best, and what it is in the base unit."""
    for smaller, larger in pairwise(units):
        # Up to 3 of a unit the smaller one gives more ticks; no number at all ends here too.
        if not largest > 3 * larger[1]:
            return smaller
    return units[-1]


def words(metric: str) -> str:
    """A metric in words; with the name of its group, if it is of one."""
    group, _, column = metric.rpartition(".")
    said = METRICS.get(column, column)
    return f"{group.removeprefix('group.')}: {said}" if group else said
