"""Squares of numbers stay legible, whatever number of groups there is."""

from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from swarmsim_plots import heatmap
from swarmsim_plots.cli import main
from swarmsim_plots.style import STYLES, Style
from swarmsim_plots.text import told_apart, width


def square(count: int, name: str) -> pd.DataFrame:
    """Ratios between so many groups, from 0 to 8 chances, with one that is not known."""
    values = np.linspace(0, 8, count**2).reshape(count, count)
    values[0, 1] = np.nan
    names = [name.format(ix) for ix in range(count)]
    return pd.DataFrame(values, index=names, columns=names)


@pytest.mark.parametrize("wide", ("one", "two"))
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("name", ("g{}", "peers-behind-a-slow-line-{}"))
@pytest.mark.parametrize("count", (4, 8, 12, 30))
def test_no_number_and_no_name_touches_another(count: int, name: str, style: Style, wide: str) -> None:
    cells = square(count, name)
    with mpl.rc_context(style.settings()):
        figure = heatmap.draw(cells, "times chance", style, wide, ["1: as by chance"], scale=heatmap.ratios)
        FigureCanvasAgg(figure).draw()
        axes = figure.axes[0]
        inside = axes.get_window_extent()
        for text in axes.texts:
            box = text.get_window_extent()
            assert box.width < inside.width / count and box.height < inside.height / count, text.get_text()
        for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
            boxes = [tick.get_window_extent() for tick in ticks]
            assert not any(one.overlaps(other) for one, other in pairwise(boxes)), "names touch"
        said = (axes.get_xlabel(), axes.get_ylabel())
        for label, ticks in zip(said, (axes.get_xticklabels(), axes.get_yticklabels()), strict=True):
            assert ("names shown)" in label) == (len(ticks) < count), "what is left out is said"
        assert len(ticks) == count or count > 30 or style is not STYLES["paper"], "a page has room for 30 rows"
        assert len(axes.texts) in (0, count**2) and (axes.texts or count > 4)
        box = figure.get_tightbbox()
        assert box.x0 > -0.02 and box.x1 < figure.get_figwidth() + 0.02 and figure.get_figheight() <= style.highest
        assert box.y0 > -0.02 and box.y1 < figure.get_figheight() + 0.02
        assert inside.height > 0.3 * style.height * figure.dpi


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_names_that_differ_look_different(style: Style) -> None:
    names = [f"peers-{place}-with-{uplink}-uplinks-of-a-town" for place in ("at-home", "at-work") for uplink in ("slow", "fast", "faster")]
    cells = pd.DataFrame(np.ones((6, 6)), index=names, columns=names)
    with mpl.rc_context(style.settings()):
        axes = heatmap.draw(cells, "bytes", style, "one", []).axes[0]
        for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
            said = [tick.get_text() for tick in ticks]
            assert len(set(said)) == len(said) == 6 and not set(said) & set(names), said


def test_of_names_that_look_alike_the_part_that_differs_is_shown() -> None:
    shown = told_apart(["peers-with-slow-uplinks-in-town", "peers-with-fast-uplinks-in-town", "origin"], 60, 8)
    assert "slow" in shown[0] and "fast" in shown[1] and shown[2] == "origin"
    assert all(width(name, 8) <= 60 for name in shown)
    same = told_apart(["a-name-that-has-no-room-at-all"] * 2, 60, 8)
    assert [name[0] for name in same] == ["1", "2"]


def test_cells_are_no_pixels(home: Path, tmp_path: Path) -> None:
    assert main([str(home / "classes"), "--figure", "traffic,clustering", "--format", "pdf,svg", "--out", str(tmp_path)]) == 0
    for name in ("traffic", "clustering"):
        assert b"/Subtype /Image" not in (tmp_path / f"{name}.pdf").read_bytes()
        assert "<image" not in (tmp_path / f"{name}.svg").read_text()
