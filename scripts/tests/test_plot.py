"""Every figure is drawn from real results, shows what the CSV says, and bad input is told in words."""

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swarmsim_plots import comparison, run
from swarmsim_plots.cli import RUN, main
from swarmsim_plots.data import Result
from swarmsim_plots.style import STYLES


def axes_of(draw: Callable[..., Figure], result: Path, **options: object) -> Axes:
    """The axes of a figure for print."""
    style = STYLES["paper"]
    with mpl.rc_context(style.settings()):
        (axes,) = draw(Result.at(result), style, "one", **options).axes
    return axes


def drawn(out: Path) -> set[str]:
    """Names of the files in `out`, which are not empty."""
    assert all(path.stat().st_size > 1000 for path in out.iterdir())
    return {path.name for path in out.iterdir()}


@pytest.mark.parametrize("style", STYLES)
def test_every_figure_of_a_run_is_written(home: Path, tmp_path: Path, style: str) -> None:
    assert main([str(home / "classes"), "--style", style, "--format", "pdf,svg,png", "--out", str(tmp_path)]) == 0
    assert drawn(tmp_path) == {f"{name}.{kind}" for name in RUN for kind in ("pdf", "svg", "png")}


def test_every_figure_of_a_comparison_is_written(home: Path, tmp_path: Path) -> None:
    for name, figures in [("compared", "cdf,differences,metrics"), ("grid", "cdf,differences,metrics,factor")]:
        out = tmp_path / name
        assert main([str(home / name), "--width", "two", "--figure", figures, "--out", str(out)]) == 0
        assert drawn(out) == {f"{figure}.pdf" for figure in figures.split(",")}


def test_the_same_data_gives_the_same_bytes_with_fonts_inside(home: Path, tmp_path: Path) -> None:
    for out in ("a", "b"):
        assert main([str(home / "classes"), "--figure", "cdf", "--format", "pdf,svg", "--out", str(tmp_path / out)]) == 0
    for name in ("cdf.pdf", "cdf.svg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert b"/FontFile2" in (tmp_path / "a" / "cdf.pdf").read_bytes()


def test_the_distribution_is_that_of_the_peers(home: Path) -> None:
    axes = axes_of(run.cdf, home / "classes")
    peers = pd.read_csv(home / "classes" / "peers.csv")
    assert "completion time" in axes.get_xlabel() and "completed / leechers" in axes.get_ylabel()
    for line, name in zip(axes.lines, ("slow", "medium", "fast"), strict=True):
        times = peers[peers["group"] == name]["completion_time_s"].sort_values()
        shown = np.unique(line.get_xdata()[np.isfinite(line.get_xdata())])
        scale = {"s": 1, "min": 60, "h": 3600}[axes.get_xlabel().split("(")[1].rstrip(")")]
        assert set(np.round(times / scale, 6)) <= set(np.round(shown, 6)), name
        assert max(line.get_ydata()) == 1


def test_who_never_completes_is_seen_and_said(home: Path) -> None:
    axes = axes_of(run.cdf, home / "riders")
    summary = pd.read_csv(home / "riders" / "summary.csv").iloc[0]
    missing = summary["leechers"] - summary["completed"]
    assert missing > 0 and f"{missing} of {summary['leechers']} leechers did not complete" in axes.get_title("left")
    assert min(max(line.get_ydata()) for line in axes.lines) < 1


def test_what_has_no_data_is_left_out_or_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("riders", "lonely"):
        assert main([str(home / name), "--format", "png", "--out", str(tmp_path / name)]) == 0
        assert "cdf.png" in drawn(tmp_path / name)
    assert "chunks left out" in capsys.readouterr().err
    assert main([str(home / "lonely"), "--figure", "chunks", "--out", str(tmp_path)]) == 2
    assert "--detail chunks" in capsys.readouterr().err


def test_differences_and_means_are_those_of_the_summary(home: Path) -> None:
    summary = pd.read_csv(home / "compared" / "comparison_summary.csv")
    row = summary[(summary["metric"] == "completion_mean_s") & (summary["variant"] == "random")].iloc[0]
    choice = comparison.Choice(("completion_mean_s",))
    axes = axes_of(comparison.differences, home / "compared", choice=choice)
    scale = 60 if "(min)" in axes.get_xlabel() else 1
    interval, middle = axes.lines[1:3]
    assert np.allclose(interval.get_xdata(), [row["difference_low"] / scale, row["difference_high"] / scale])
    assert np.allclose(middle.get_xdata(), row["difference"] / scale)
    assert axes.get_xlabel().startswith("difference of completion_mean (")
    axes = axes_of(comparison.factor, home / "grid", choice=choice)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["64 KiB", "128 KiB", "256 KiB"]


def test_categories_stand_apart_and_named_variants_are_no_grid(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metric = comparison.Choice(("completion_mean_s",))
    numbers = axes_of(comparison.factor, home / "grid", choice=metric)
    assert numbers.get_xlabel() == "file.chunk_size" and numbers.get_ylabel() == "completion_mean (min)"
    assert [line.get_linestyle() for line in numbers.lines if line.get_marker() == "o"] == ["-"]
    words = axes_of(comparison.factor, home / "compared", choice=metric)
    assert words.get_xlabel() == "choking"
    assert [tick.get_text() for tick in words.get_xticklabels()] == ["tit-for-tat", "random"]
    assert {line.get_linestyle() for line in words.lines} == {"None"}
    chosen = axes_of(comparison.factor, home / "grid", choice=comparison.Choice(("completion_mean_s",), factor=1))
    assert chosen.get_xlabel() == "choking"
    assert main([str(home / "named"), "--figure", "factor", "--out", str(tmp_path)]) == 2
    assert "its variants have names" in capsys.readouterr().err


def test_nobody_done_is_told_and_lines_go_on_to_the_end(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(home / "nobody"), "--figure", "cdf", "--out", str(tmp_path)]) == 2
    assert "nobody completed" in capsys.readouterr().err
    axes = axes_of(run.cdf, home / "riders")
    ended = pd.read_csv(home / "riders" / "summary.csv").iloc[0]["simulated_s"]
    scale = {"s": 1, "min": 60}[axes.get_xlabel().split("(")[1].rstrip(")")]
    for line in axes.lines:
        assert np.isclose(max(line.get_xdata()) * scale, ended) and not line.get_clip_on()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "there is no directory `nowhere`"),
        (["empty"], "is no result of swarmsim"),
        (["classes", "--figure", "pie"], "a run has no figure `pie`"),
        (["compared", "--metric", "luck"], "there is no metric `luck`"),
        (["damaged"], "is not a number"),
        (["lacking"], "has no column"),
    ],
)
def test_bad_input_is_told_without_a_traceback(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(home)
    (home / "empty").mkdir(exist_ok=True)
    for name, old, new in [("damaged", "13", "thirteen"), ("lacking", "leechers", "lechers")]:
        (home / name).mkdir(exist_ok=True)
        for path in (home / "classes").glob("*.csv"):
            text = path.read_text()
            changed = text.replace(old, new) if path.name in ("summary.csv", "group_summary.csv", "peers.csv") else text
            (home / name / path.name).write_text(changed)
    assert main([*arguments, "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error
