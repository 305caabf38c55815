"""Of many groups some have names and colours, and figures say which."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from conftest import swarmsim

from swarmsim_plots import cli, run
from swarmsim_plots.data import Result
from swarmsim_plots.groups import SQUARE_MAX, STANDING_OUT
from swarmsim_plots.style import STYLES

SITES = 60


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 60 groups, of which the last is the largest."""
    home = tmp_path_factory.mktemp("sites")
    text = 'name = "sites"\n[file]\nsize = "1 MiB"\n'
    text += '[[group]]\nname = "origin"\ncount = 1\nupload = "8 Mbit/s"\nstarts_with = "all"\ndeparture = "altruistic"\n'
    for site in range(1, SITES + 1):
        count = 4 if site == SITES else 2
        text += f'[[group]]\nname = "site-{site}"\ncount = {count}\nupload = "{300 + 10 * site} kbit/s"\ndeparture = "altruistic"\n'
    (home / "sites.toml").write_text(text)
    swarmsim("run", "sites.toml", "--out", "sites", cwd=home)
    return home / "sites"


def test_lines_and_dots_of_the_largest_have_names_and_the_others_are_grey(sites: Path) -> None:
    for draw in (run.cdf, run.share_ratio, run.completion_vs_upload, run.share_ratio_vs_upload):
        with mpl.rc_context(STYLES["paper"].settings()):
            figure = draw(Result.at(sites), STYLES["paper"], "one")
        names = [text.get_text().split(" (")[0] for text in figure.legends[0].get_texts()]
        assert names == [*(f"site-{site}" for site in range(1, STANDING_OUT)), f"site-{SITES}", f"{SITES - STANDING_OUT} others"]
        axes = figure.axes[0]
        assert f"{STANDING_OUT} of {SITES} groups: those with most leechers" in axes.get_title(loc="left").replace("\n", " ")
        # But for the line at a share ratio of 1.
        lines = [line for line in axes.lines if line.get_color() != "#AAAAAA"]
        assert len(lines) == SITES
        assert len({line.get_color() for line in lines}) == STANDING_OUT + 1


def test_a_square_has_the_largest_with_shares_of_all(sites: Path) -> None:
    result = Result.at(sites)
    with mpl.rc_context(STYLES["paper"].settings()):
        figure = run.traffic(result, STYLES["paper"], "one")
    cells = figure.axes[0].collections[0].get_array()
    assert cells is not None
    assert cells.shape == (SQUARE_MAX, SQUARE_MAX)
    table = pd.read_csv(sites / "groups.csv")
    shown = ["origin", *(f"site-{site}" for site in range(1, SQUARE_MAX - 1)), f"site-{SITES}"]
    sent = table.pivot(index="from_group", columns="to_group", values="bytes").loc[shown, shown].to_numpy()
    assert np.allclose(cells / cells.max(), sent / sent.max())
    said = figure.axes[0].get_title(loc="left").replace("\n", " ")
    assert f"{SQUARE_MAX} of {SITES + 1} groups: those with seeds, and those with most leechers" in said
    with mpl.rc_context(STYLES["paper"].settings()):
        figure = run.clustering(result, STYLES["paper"], "one")
    said = figure.axes[0].get_title(loc="left").replace("\n", " ")
    assert f"{SQUARE_MAX} of {SITES} groups: those with most leechers" in said


def test_groups_are_chosen_by_name(sites: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([str(sites), "--figure", "cdf,traffic", "--groups", "site-30,site-9", "--format", "svg", "--out", str(tmp_path)]) == 0
    drawn = (tmp_path / "cdf.svg").read_text()
    assert all(text in drawn for text in ("site-9 (", "site-30 (", "58 others", "2 of 60 groups: as chosen"))
    assert "2 of 61 groups: as chosen" in (tmp_path / "traffic.svg").read_text()
    capsys.readouterr()
    assert cli.main([str(sites), "--groups", "site-99"]) == 2
    assert "has no group `site-99`: choose from origin, site-1, " in capsys.readouterr().err
