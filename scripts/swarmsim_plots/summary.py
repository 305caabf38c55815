"""What figures of a comparison read from its summary: the metrics that are wanted, their units, what must be said of their runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from .data import PlotError, Result
from .style import BYTES, TIMES, scale, words
from .variants import names

# Metrics that are times of completion.
COMPLETION = re.compile(r"(?:^|\.)completion_[^.]*$")
# Variants of which a note speaks one by one.
FEW = 3


@dataclass(frozen=True)
class Choice:
    """What the user wants to see of a comparison."""

    metrics: tuple[str, ...] = ()
    factor: int | None = None
    factor_label: str = ""


@dataclass(frozen=True)
class Metric:
    """A metric in words, its unit and what that is in the unit of the table, and its row of each variant, of which `name` is what figures call it."""

    key: str
    words: str
    unit: str
    size: float
    rows: pd.DataFrame

    @property
    def label(self) -> str:
        """What is written at its axis."""
        return f"{self.words} ({self.unit})" if self.unit else self.words

    @property
    def kind(self) -> str:
        """Metrics of the same kind can share an axis."""
        return self.unit or self.key.rpartition(".")[2]


def wanted(result: Result, choice: Choice, by_default: int) -> list[Metric]:
    """The metrics that the user has named, or the first ones."""
    known = list(result.table("comparison_summary.csv", "metric")["metric"].unique())
    for name in choice.metrics:
        if name not in known:
            raise PlotError(f"there is no metric `{name}` in `{result.path}`, only {', '.join(known)}")
    return [metric(result, key) for key in choice.metrics or known[:by_default]]


def metric(result: Result, key: str) -> Metric:
    """A metric, whose unit is the same in all figures."""
    numbers = ("mean", "low", "high", "difference", "difference_low", "difference_high", "n", "runs", "not_finished")
    text = ("metric", "unit", "variant", "baseline", "resolved", "confidence", "undefined")
    table = result.table("comparison_summary.csv", *numbers, *text)
    rows = table[table["metric"] == key]
    called = names(result)
    rows = rows.assign(**{to: [called.get(name, name) for name in rows[of]] for of, to in (("variant", "name"), ("baseline", "base"))})
    return Metric(key, words(key), *_unit(result, key, table), rows)


def _unit(result: Result, key: str, table: pd.DataFrame) -> tuple[str, float]:
    own = table[table["metric"] == key]
    known = {"s": TIMES, "bytes": BYTES}
    unit = own["unit"].iloc[0]
    if key.endswith("utilisation"):
        return "%", 0.01
    if unit not in known:
        return "", 1.0
    largest = own["mean"].abs().max()
    # All times of completion have one unit.
    if COMPLETION.search(key):
        alike = table[table["metric"].str.contains(COMPLETION)]
        times = result.table("comparison_quantiles.csv", "completion_time_s")["completion_time_s"]
        largest = pd.concat([alike["mean"], times]).max()
    return scale(known[unit], largest)


def runs_said(rows: pd.DataFrame) -> str:
    """How many runs there are."""
    count = rows["runs"].max()
    return f"{count} runs" if count > 1 else "one run"


def means_said(rows: pd.DataFrame) -> str:
    """What dots and bars are."""
    if rows["low"].isna().all():
        return f"{runs_said(rows)}, too few for an interval" if rows["runs"].max() > 1 else "one run, so there is no interval"
    return f"mean and {rows['confidence'].iloc[0] * 100:g} % interval, {runs_said(rows)}"


def caveats(shown: Sequence[Metric]) -> list[str]:
    """What a reader must know of runs that were cut short, or in which a metric that is shown is not defined."""
    said = _counted("runs that ended before all was done", shown[0].rows, "not_finished")
    for each in shown:
        what = each.words if len(shown) > 1 else "it"
        said += _counted(f"runs in which {what} is not defined", each.rows, "undefined")
    return said


def _counted(what: str, rows: pd.DataFrame, column: str) -> list[str]:
    rows = rows[rows[column] > 0]
    if rows.empty:
        return []
    if len(rows) > FEW:
        return [f"{what}: {rows[column].sum()}, in {len(rows)} variants"]
    return [f"{what} – " + ", ".join(f"{name}: {count}" for name, count in zip(rows["name"], rows[column], strict=True))]
