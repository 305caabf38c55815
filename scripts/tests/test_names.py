"""Names that a table could take for something else stay names: nothing, no number, a number."""

import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from conftest import swarmsim

from swarmsim_plots import run
from swarmsim_plots.cli import RUN, main, of_comparison
from swarmsim_plots.data import Result
from swarmsim_plots.style import STYLES
from swarmsim_plots.summary import Choice

NAMES = ("NA", "None", "nan", "1")
ODD = """
name = "odd"
[file]
size = "2 MiB"
[[group]]
name = "origin"
count = 1
upload = "1 Mbit/s"
starts_with = "all"
""" + "".join(
    f"""
[[group]]
name = "{name}"
count = {count}
upload = "{count} Mbit/s"
"""
    for count, name in enumerate(NAMES, 2)
)
VARIANTS = "".join(f'\n[[sweep.variant]]\nname = "{name}"\nset = {{ "group.NA.count" = {count} }}' for count, name in enumerate(NAMES, 2))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the results `whole`, `cut` (by its time limit), `named` (variants with such names), `grid` and `chokers`."""
    odd = tmp_path_factory.mktemp("odd")
    (odd / "odd.toml").write_text(ODD)
    (odd / "named.toml").write_text(ODD + VARIANTS)
    swarmsim("run", "odd.toml", "--report", "--out", "whole", cwd=odd)
    swarmsim("run", "odd.toml", "--report", "--set", 'run.time_limit="35 s"', "--out", "cut", cwd=odd)
    swarmsim("compare", "named.toml", "--runs", "2", "--out", "named", cwd=odd)
    swarmsim(
        "compare", "odd.toml", "--runs", "2", "--vary", "group.1.count=2,3", "--choker", "tit-for-tat,random", "--out", "grid", cwd=odd
    )
    swarmsim("compare", "odd.toml", "--runs", "2", "--choker", "tit-for-tat,random", "--out", "chokers", cwd=odd)
    return odd


@pytest.mark.parametrize("result", ("whole", "cut", "named", "grid"))
def test_every_figure_is_drawn_whatever_names_look_like(odd: Path, tmp_path: Path, result: str) -> None:
    metrics = () if result in ("whole", "cut") else ("--metric", "group.NA.completion_mean_s,group.1.share_ratio_mean")
    assert main([str(odd / result), "--format", "png", "--out", str(tmp_path), *metrics]) == 0
    without = {"named": {"factor"}}.get(result, set())
    found = {path.stem.removesuffix("-2") for path in tmp_path.iterdir()}
    assert found == set(of_comparison(Choice()) if metrics else RUN) - without


def test_figures_say_the_names(odd: Path) -> None:
    style = STYLES["paper"]
    with mpl.rc_context(style.settings()):
        entries = [text.get_text() for text in run.cdf(Result.at(odd / "whole"), style, "one").legends[0].get_texts()]
        axes = run.traffic(Result.at(odd / "whole"), style, "one").axes[0]
    assert entries == [f"{name} ({count} of {count})" for count, name in enumerate(NAMES, 2)]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["origin", *NAMES]


def test_the_notebook_has_every_group(odd: Path, tmp_path: Path) -> None:
    command = [sys.executable, Path(__file__).parents[1] / "explore.py", odd / "whole", odd / "chokers"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    first = [line.split()[0] for line in ran.stdout.splitlines()]
    assert [first.count(name) for name in NAMES] == [2] * len(NAMES), "their times and their ratios"
