"""Every figure is drawn from real results, shows what the CSV says, and bad input is told in words."""

import re
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from swarmsim_plots import comparison, factor, heatmap, run, variants
from swarmsim_plots.cli import RUN, main, of_comparison
from swarmsim_plots.data import Result
from swarmsim_plots.style import BYTES, COLOURS, LINES, METRICS, RATES, RATIOS, SHADES, STYLES, TIMES, Style, words
from swarmsim_plots.summary import Choice, metric
from swarmsim_plots.text import capacity_axis, group_digits, in_two, legend, name_lines, short, width


def axes_of(draw: Callable[..., Figure], result: Path, **options: object) -> Axes:
    """The axes of a figure for print."""
    style = STYLES["paper"]
    with mpl.rc_context(style.settings()):
        (figure,) = pages(draw(Result.at(result), style, "one", **options))
    (axes,) = figure.axes
    return axes


def pages(drawn: Figure | list[Figure]) -> list[Figure]:
    """The figures of which one page has no more room."""
    return drawn if isinstance(drawn, list) else [drawn]


def axes_of_all(draw: Callable[..., Figure], result: Path) -> list[Axes]:
    """The same with the bar of colours, if there is one."""
    style = STYLES["paper"]
    with mpl.rc_context(style.settings()):
        return draw(Result.at(result), style, "one").axes


def legend_of(axes: Axes) -> list[str]:
    """The names in the legend above the axes."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def renamed(home: Path, result: str, names: dict[str, str], to: Path) -> Path:
    """A copy of a result in which names are others."""
    to.mkdir()
    for path in (home / result).glob("*.csv"):
        text = path.read_text()
        for old, new in names.items():
            text = text.replace(old, new)
        (to / path.name).write_text(text)
    return to


def drawn(out: Path) -> set[str]:
    """Names of the files in `out`, which are not empty."""
    assert all(path.stat().st_size > 1000 for path in out.iterdir())
    return {path.name for path in out.iterdir()}


@pytest.mark.parametrize("style", STYLES)
def test_every_figure_of_a_run_is_written(home: Path, tmp_path: Path, style: str) -> None:
    assert main([str(home / "classes"), "--style", style, "--format", "pdf,svg,png", "--out", str(tmp_path)]) == 0
    assert drawn(tmp_path) == {f"{name}.{kind}" for name in RUN for kind in ("pdf", "svg", "png")}


def test_every_figure_of_a_comparison_is_written(home: Path, tmp_path: Path) -> None:
    for name, figures in [("compared", "cdf,differences,metrics,runs"), ("grid", "cdf,differences,metrics,runs,factor")]:
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
    assert "time since joining" in axes.get_xlabel() and axes.get_ylabel() == "leechers done (%)"
    for line, name in zip(axes.lines, ("slow", "medium", "fast"), strict=True):
        times = peers[peers["group"] == name]["completion_time_s"].sort_values()
        shown = np.unique(line.get_xdata()[np.isfinite(line.get_xdata())])
        scale = {"s": 1, "min": 60, "h": 3600}[axes.get_xlabel().split("(")[1].rstrip(")")]
        assert set(np.round(times / scale, 6)) <= set(np.round(shown, 6)), name
        assert max(line.get_ydata()) == 100


def test_who_never_completes_is_seen_and_said(home: Path) -> None:
    axes = axes_of(run.cdf, home / "riders")
    summary = pd.read_csv(home / "riders" / "summary.csv").iloc[0]
    missing = summary["leechers"] - summary["completed"]
    assert missing > 0 and f"{missing} of {summary['leechers']} leechers did not complete" in axes.get_title("left")
    assert min(max(line.get_ydata()) for line in axes.lines) < 100


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
    choice = Choice(("completion_mean_s",))
    axes = axes_of(comparison.differences, home / "compared", choice=choice)
    scale = 60 if "(min)" in axes.get_xlabel() else 1
    interval, middle = axes.lines[1:3]
    assert np.allclose(interval.get_xdata(), [row["difference_low"] / scale, row["difference_high"] / scale])
    assert np.allclose(middle.get_xdata(), row["difference"] / scale)
    assert axes.get_xlabel().replace("\n", " ").startswith("difference of mean completion time to tit-for-tat (")
    axes = axes_of(factor.factor, home / "grid", choice=choice)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["64 KiB", "128 KiB", "256 KiB"]


def test_categories_stand_apart_and_named_variants_are_no_grid(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metric = Choice(("completion_mean_s",))
    numbers = axes_of(factor.factor, home / "grid", choice=metric)
    assert numbers.get_xlabel() == "file.chunk_size" and numbers.get_ylabel() == "mean completion time (min)"
    assert [line.get_linestyle() for line in numbers.lines if line.get_marker() == "o"] == ["-"]
    words = axes_of(factor.factor, home / "compared", choice=metric)
    assert words.get_xlabel() == "choking"
    assert [tick.get_text() for tick in words.get_xticklabels()] == ["tit-for-tat", "random"]
    assert {line.get_linestyle() for line in words.lines} == {"None"}
    chosen = axes_of(factor.factor, home / "grid", choice=Choice(("completion_mean_s",), factor=1))
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


def test_every_group_has_its_entry_whatever_it_is_called(home: Path, tmp_path: Path) -> None:
    result = renamed(home, "classes", {"slow": "_x", "medium": "$x_1", "fast": "_child0"}, tmp_path / "odd")
    for draw in (run.cdf, run.share_ratio, run.completion_vs_upload, run.share_ratio_vs_upload):
        names = [name.split(" (")[0] for name in legend_of(axes_of(draw, result))]
        assert names == ["_x", "$x_1", "_child0"], draw.__name__
    for kind, figure in [("pdf", "cdf"), ("png", "completion-vs-upload"), ("png", "traffic"), ("png", "clustering-index")]:
        assert main([str(result), "--figure", figure, "--format", kind, "--out", str(tmp_path / "out")]) == 0
    assert legend_of(axes_of(run.population, home / "classes")) == ["leechers", "seeds"]


def test_long_names_leave_room_for_the_figure(home: Path, tmp_path: Path) -> None:
    long = {name: f"{name}-{'peers-behind-a-line-of-the-cheapest-kind-' * 2}{name}" for name in ("slow", "medium", "fast")}
    result = renamed(home, "classes", long, tmp_path / "long")
    for name, style in STYLES.items():
        for draw in RUN.values():
            with mpl.rc_context(style.settings()):
                figure = draw(Result.at(result), style, "one")
                canvas = FigureCanvasAgg(figure)
                canvas.draw()
                axes = figure.axes[0].get_window_extent()
                wide, high = canvas.get_width_height()
                assert axes.width > 0.3 * wide and axes.height > 0.3 * high, (
                    f"{draw.__name__} in {name}: {axes.width / wide:.2f} x {axes.height / high:.2f}"
                )
                tight = figure.get_tightbbox()
                assert tight.x0 > -0.05 and tight.x1 < figure.get_figwidth() + 0.05, f"{draw.__name__} in {name} is cut"
    entries = legend_of(axes_of(run.cdf, result))
    assert all("…" in entry and entry.endswith("13)") or entry.endswith("14)") for entry in entries) and len(set(entries)) == 3


def test_a_long_legend_leaves_the_axes_their_height() -> None:
    style = STYLES["slides"]
    with mpl.rc_context(style.settings()):
        figure = style.figure("one")
        axes = figure.subplots()
        legend(figure, [(axes.plot([0, 1])[0], f"a name that takes a line of its own, number {ix}") for ix in range(10)])
        FigureCanvasAgg(figure).draw()
        assert axes.get_window_extent().height > 0.6 * style.height * figure.dpi


def test_a_name_is_shortened_in_its_middle() -> None:
    assert short("fast", 100, 10) == "fast"
    for room in (60, 90):
        cut = short("a-very-long-name-of-a-group", room, 10)
        assert cut.startswith("a-ve") and cut.endswith("oup") and "…" in cut and room - 10 < width(cut, 10) <= room


def test_names_that_differ_in_their_middle_stay_apart() -> None:
    names = [f"a-variant-with-a-long-name-{part}-and-a-long-ending" for part in ("one", "two")]
    assert name_lines(names, 500, 10) == names
    for shown in (name_lines([*names, "third"], 90, 10), name_lines([*names, "third · 64 KiB"], 90, 10)):
        assert len(set(shown)) == 3 and all(width(line, 10) <= 90 for name in shown for line in name.split("\n"))
        assert [name[:2] for name in shown] == ["1:", "2:", "th"]
    assert name_lines(["large · 64 KiB", "small · 64 KiB"], 60, 10) == ["large\n64 KiB", "small\n64 KiB"]


def test_a_setting_breaks_in_two_before_it_loses_its_middle() -> None:
    assert in_two("round-robin", 200, 10) == "round-robin"
    assert in_two("round-robin", 40, 10) == "round-\nrobin"
    assert in_two("tit-for-tat-block", 55, 10) == "tit-for-\ntat-block"
    assert "…" in in_two("roundrobin", 40, 10) and "…" in in_two("tit-for-tat-block", 30, 10)


def test_numbers_at_axes_are_grouped_as_elsewhere() -> None:
    axes = Style({"one": 3.5}, 8, 1, 2, 9).figure("one").subplots()
    axes.set(xlim=(0, 1600), ylim=(0, 0.00012))
    group_digits(axes.get_figure())
    said = axes.xaxis.get_major_formatter().format_ticks([0, 800, 1600])
    assert said == ["0", "800", "1,600"]
    assert not any("," in text for text in axes.yaxis.get_major_formatter().format_ticks([0.0, 0.0001]))


def test_the_chunks_of_the_leechers_and_what_seeds_give_are_those_of_the_series(home: Path) -> None:
    series = pd.read_csv(home / "classes" / "timeseries.csv")
    axes = axes_of(run.held, home / "classes")
    assert np.allclose(axes.lines[0].get_ydata(), series["leecher_chunks_p50"], equal_nan=True)
    assert axes.get_ylabel() == "chunks of a leecher" and legend_of(axes) == ["median", "10 % to 90 %"]
    given = axes_of(run.seed_share, home / "classes").lines
    last = series.iloc[-1]
    so_far = last["seed_sent_bytes"] / (last["seed_sent_bytes"] + last["leecher_sent_bytes"])
    assert np.isclose(given[2].get_ydata()[-1], so_far * 100)
    assert np.allclose(given[0].get_ydata(), series["seed_utilisation"] * 100, equal_nan=True)


def test_the_clustering_index_is_that_of_the_classes_of_capacity(home: Path) -> None:
    table = pd.read_csv(home / "classes" / "capacities.csv")
    given = table[table["from_class"] == 3].set_index("to_class")
    given = given[["unchoked_s_while_sender_leeches", "unchoked_s_by_chance"]]
    shares = given.loc[3] / given.sum() * 100
    axes = axes_of(run.clustering_index, home / "classes")
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["160", "400", "1,600"]
    assert axes.get_xlabel() == "upload capacity (kbit/s)"
    found, chance = axes.lines
    assert (chance.get_xdata() - found.get_xdata() > 0.1).all(), "side by side"
    assert axes.get_title("left") == "leechers in the classes: 13, 14, 13"
    assert np.allclose([found.get_ydata()[2], chance.get_ydata()[2]], shares)
    # Here each group is a class.
    for figure in (run.clustering, run.clustering_by_capacity):
        cells = axes_of_all(figure, home / "classes")[0].collections[0].get_array()
        assert np.isclose(cells[2, 2], shares.iloc[0] / shares.iloc[1])


def test_ratios_have_1_in_the_middle_and_half_as_far_from_it_as_twice(home: Path) -> None:
    cells, bar = axes_of_all(run.clustering, home / "classes")
    (image,) = cells.collections
    low, high = image.norm.vmin, image.norm.vmax
    assert low * high == 1 and low <= image.get_array().min() and high >= image.get_array().max()
    assert [float(image.norm(v)) for v in (low, 1, high)] == [0, 0.5, 1]
    labels = [text.get_text() for text in bar.get_yticklabels()]
    assert bar.get_ylabel() == "times chance" and labels[len(labels) // 2] == "1"
    assert [labels[0], labels[-1]] == [f"{low:g}", f"{high:g}"]
    # What is beyond the ends has their colours, and they say so.
    far = heatmap.ratios(np.array([[0, 0.5], [2, 20]]))
    assert far.ticks is not None and [text for _, text in far.ticks] == ["≤ 0.125", "0.25", "0.5", "1", "2", "4", "≥ 8"]
    half, twice = far.norm(np.array([0.5, 2.0]))
    assert np.isclose(half + twice, 1) and twice > 0.6
    assert [to_hex(far.colours(far.norm(v))) for v in (0.0, 20.0)] == [to_hex(far.colours(end)) for end in (0.0, 1.0)]


def test_share_ratios_against_capacity_are_those_of_the_peers(home: Path) -> None:
    peers = pd.read_csv(home / "classes" / "peers.csv")
    axes = axes_of(run.share_ratio_vs_upload, home / "classes")
    for dots, name in zip(axes.lines, ("slow", "medium", "fast"), strict=True):
        right, top = axes.get_xlim()[1], axes.get_ylim()[1]
        assert axes.get_xlim()[0] < 0 < max(dots.get_xdata()) < 0.98 * right and max(dots.get_ydata()) < 0.98 * top, "none is on the frame"
        assert np.allclose(dots.get_ydata(), peers[peers["group"] == name]["share_ratio"])


def test_capacities_that_are_far_apart_stand_on_a_logarithmic_axis(home: Path, tmp_path: Path) -> None:
    peers = pd.read_csv(home / "drawn" / "peers.csv")
    far = tmp_path / "far"
    far.mkdir()
    for path in (home / "drawn").glob("*.csv"):
        (far / path.name).write_bytes(path.read_bytes())
    peers["upload_bytes_per_s"] = np.geomspace(1e4, 1e6, len(peers))
    peers.to_csv(far / "peers.csv", index=False)
    for figure in (run.completion_vs_upload, run.share_ratio_vs_upload):
        axes = axes_of(figure, far)
        assert axes.get_xscale() == "log" and axes.get_xlabel() == "upload capacity (Mbit/s), logarithmic"
        group_digits(axes.get_figure(root=True))
        low, high = axes.get_xlim()
        shown = [axes.xaxis.get_major_formatter()(at) for at in axes.get_xticks() if low <= at <= high]
        assert shown == [text for text in ("0.1", "0.3", "1", "3") if low <= float(text) <= high] and len(shown) >= 3
        (dots,) = axes.lines
        assert low < min(dots.get_xdata()) and max(dots.get_xdata()) < high
        near = axes_of(figure, home / "classes")
        assert near.get_xscale() == "linear" and near.get_xlabel() == "upload capacity (kbit/s)"


@pytest.mark.parametrize("wide", ("one", "two"))
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_capacities_at_an_axis_stand_apart(style: Style, wide: str) -> None:
    for most in (999, 1600, 2000, 2990):
        with mpl.rc_context(style.settings()):
            figure = style.figure(wide)
            axes = figure.subplots()
            axes.set(ylabel="completion time (min)", ylim=(0, 8))
            capacity_axis(axes, pd.Series([160, most]))
            canvas = FigureCanvasAgg(figure)
            group_digits(figure)
            canvas.draw()
            low, high = axes.get_xlim()
            boxes = [tick.get_window_extent() for tick in axes.get_xticklabels() if low <= tick.get_position()[0] <= high]
            apart = min(right.x0 - left.x1 for left, right in pairwise(boxes)) * 72 / figure.dpi
            assert len(boxes) > 3 and apart > style.text / 2, f"{most}: {apart}"


def peers_of(result: Path) -> pd.DataFrame:
    """The leechers by peers.csv alone, and when each stopped being one."""
    peers = pd.read_csv(result / "peers.csv")
    peers = peers[peers["group"] != "origin"].set_index("peer")
    end = pd.read_csv(result / "summary.csv")["simulated_s"].iloc[0]
    return peers.assign(until_s=peers["completed_s"].fillna(peers["left_s"]).fillna(end))


def unchokes_of(result: Path) -> pd.DataFrame:
    """What leechers unchoked by unchokes.csv alone."""
    unchokes = pd.read_csv(result / "unchokes.csv")
    return unchokes[unchokes["sender_leeches"].astype(str).str.lower() == "true"]


def by_chance(peers: pd.DataFrame, unchokes: pd.DataFrame, classes: pd.Series) -> pd.DataFrame:
    """Every unchoke again, moment by moment: the seconds of those of each class (rows) that would fall to each by chance."""
    moments = np.unique(np.r_[peers["joined_s"], peers["until_s"]])
    names = sorted(classes.unique())
    counts = {}
    for name in names:
        own = peers[classes == name]
        come, gone = (np.searchsorted(np.sort(own[column]), moments, side="right") for column in ("joined_s", "until_s"))
        counts[name] = come - gone
    there = pd.DataFrame(counts, index=moments)
    others = (there.sum(axis=1) - 1).clip(lower=1)
    senders = unchokes["from_peer"].map(classes)
    found = pd.DataFrame(0.0, index=names, columns=names)
    for sender in names:
        own = unchokes[senders == sender]
        for receiver in names:
            rate = (there[receiver] - (sender == receiver)) / others
            so_far = np.r_[0, np.cumsum(rate.to_numpy()[:-1] * np.diff(there.index))]
            started, ended = (np.interp(own[column], there.index, so_far) for column in ("started_s", "ended_s"))
            found.loc[sender, receiver] = (ended - started).sum()
    return found


def test_chance_is_what_the_leechers_that_are_there_make_it(home: Path) -> None:
    peers = peers_of(home / "churn")
    expected = by_chance(peers, unchokes_of(home / "churn"), peers["group"])
    table = pd.read_csv(home / "churn" / "groups.csv").pivot(index="from_group", columns="to_group")
    found = table["unchoked_s_by_chance"].loc[expected.index, expected.columns]
    assert np.allclose(found, expected)
    # Who unchokes at random prefers nobody, though one group goes early.
    given = table["unchoked_s_while_sender_leeches"].loc[expected.index, expected.columns]
    found, given = (of.div(of.sum(axis=1), axis=0) for of in (found, given))
    assert np.allclose(given, found, atol=0.03) and abs(found.loc["stay", "stay"] - 59 / 119) > 0.1
    cells = axes_of_all(run.clustering, home / "churn")[0].collections[0].get_array()
    assert np.isclose(cells[0, 0], given.loc["stay", "stay"] / found.loc["stay", "stay"])


def test_classes_of_drawn_capacities_give_what_the_unchokes_say(home: Path) -> None:
    peers, unchokes = peers_of(home / "drawn"), unchokes_of(home / "drawn")
    table = pd.read_csv(home / "drawn" / "capacities.csv")
    ends = table.drop_duplicates("from_class").set_index("from_class")
    upload = peers["upload_bytes_per_s"]
    classes = upload.map(lambda own: (ends["from_upload_min_bytes_per_s"] <= own).sum())
    assert list(ends["from_leechers"]) == list(classes.value_counts().sort_index()) and len(ends) == 5
    assert (ends["from_leechers"] - 24).abs().max() <= 12, "fifths of the peers that are expected"
    assert np.isclose(ends["from_upload_max_bytes_per_s"], upload.groupby(classes).max(), rtol=1e-15).all()
    square = table.pivot(index="from_class", columns="to_class")
    pairs = [unchokes[side].map(classes) for side in ("from_peer", "to_peer")]
    spans = (unchokes["ended_s"] - unchokes["started_s"]).groupby(pairs).sum().unstack(fill_value=0)
    sent = unchokes["bytes"].groupby(pairs).sum().unstack(fill_value=0)
    assert np.allclose(square["unchoked_s_while_sender_leeches"], spans)
    assert np.allclose(square["bytes_while_sender_leeches"], sent)
    expected = by_chance(peers, unchokes, classes)
    assert np.allclose(square["unchoked_s_by_chance"], expected)
    # Tit-for-tat lets equals find each other; the figures show it, with the capacities in each class.
    cells = axes_of_all(run.clustering_by_capacity, home / "drawn")[0]
    preferred = (spans.div(spans.sum(axis=1), axis=0) / expected.div(expected.sum(axis=1), axis=0)).to_numpy()
    assert np.allclose(cells.collections[0].get_array(), preferred) and preferred[4, 4] > 1.5
    name = f"{ends['from_upload_min_bytes_per_s'][5] / 125e3:.2g}–{ends['from_upload_max_bytes_per_s'][5] / 125e3:.2g}"
    assert cells.get_xticklabels()[4].get_text() == name and cells.get_xlabel() == "receiver's upload (Mbit/s)"


def test_chunks_are_drawn_from_bands_too(home: Path) -> None:
    bands = pd.read_csv(home / "banded" / "chunk_bands.csv")
    (mesh,) = axes_of_all(run.chunks, home / "banded")[0].collections
    assert np.isclose(mesh.get_array().sum(), bands["copies"].sum())


def test_metrics_are_said_in_words() -> None:
    assert words("group.givers/a.b.completion_mean_s") == "givers/a.b: mean completion time"
    assert words("utilisation") == "upload used by all" and words("new_thing") == "new_thing"


def test_the_notebook_runs_and_says_what_it_needs(home: Path, tmp_path: Path) -> None:
    def explore(*paths: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, Path(__file__).parents[1] / "explore.py", *paths]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    ran = explore()
    assert ran.returncode == 1 and ran.stderr.startswith("error: ") and "two-chokers" in ran.stderr and "Traceback" not in ran.stderr
    ran = explore(home / "classes", home / "compared")
    assert ran.returncode == 0 and "random was quicker in" in ran.stdout and " of 4 runs" in ran.stdout
    assert drawn(tmp_path) == {"explore-completion.png", "explore-pairs.png"}


def test_the_runs_of_a_metric_are_those_of_the_table(home: Path) -> None:
    table = pd.read_csv(home / "compared" / "comparison.csv")
    axes = axes_of(comparison.runs, home / "compared", choice=Choice(("utilisation",)))
    for line, variant in zip(axes.lines, ("tit-for-tat", "random"), strict=True):
        values = table[(table["metric"] == "utilisation") & (table["variant"] == variant)]["value"].sort_values()
        assert np.allclose(line.get_xdata()[::2][:-1], values * 100) and line.get_ydata()[-1] == 100
    assert legend_of(axes) == ["tit-for-tat", "random"]


def test_an_axis_starts_at_0_only_if_values_come_near_it(home: Path) -> None:
    summary = pd.read_csv(home / "grid" / "comparison_summary.csv")
    rows = summary[summary["metric"] == "utilisation"]
    axes = axes_of(factor.factor, home / "grid", choice=Choice(("utilisation",)))
    low, high = rows["low"].min() * 100, rows["high"].max() * 100
    assert axes.get_ylabel() == "upload used by all (%)" and axes.get_ylim()[0] <= low and axes.get_ylim()[1] >= high
    assert (axes.get_ylim()[0] > 0) == (low > high / 3) == ("does not start at 0" in axes.get_title("left"))
    assert factor._limits(100, 110)[0] > 95 and factor._limits(1, 110)[0] == 0 and factor._limits(-5, 10)[0] < -5


def test_a_dead_swarm_is_called_dead_once(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(home / "barren"), "--format", "png", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().err.splitlines()
    assert "utilisation, population, held, copies, seed-load, seed-share left out: only one sample was taken" in said[1]
    assert all("the swarm died after 0 s: nobody had 4 of the chunks any more" in line for line in said[:3])
    assert not any("sample_interval" in line or "time_limit" in line for line in said)
    assert any(line.startswith("traffic left out: nothing was sent") for line in said)


def test_colours_and_lines_are_those_of_the_report() -> None:
    web = Path(__file__).parents[2] / "web"
    light = (web / "report.css").read_text().split("}")[0].lower()
    assert [f"--c{ix}: {colour.lower()};" in light for ix, colour in enumerate(COLOURS)] == [True] * len(COLOURS)
    dashes = re.search(r"\[(.*)\]\[index", (web / "src/charts/colours.js").read_text())
    assert dashes is not None
    # In the report a line is 2 wide.
    drawn_as = [[float(part) / 2 for part in dash.split()] for dash in re.findall(r'"([^"]*)"', dashes[1])]
    assert drawn_as == [[] if line == "-" else list(line[1]) for line in LINES]
    assert f"--low: {to_hex(SHADES(0.0))}; --high: {to_hex(SHADES(1.0))};" in light
    ends = zip(("below", "even", "above"), (0.0, 0.5, 1.0), strict=True)
    assert "; ".join(f"--{name}: {to_hex(RATIOS(at))}" for name, at in ends) in light
    units = (web / "src/units.js").read_text()
    for known in (TIMES, BYTES, RATES):
        names = ", ".join(rf'\["{re.escape(name)}", [^\]]+\]' for name, _ in known)
        assert re.search(names, units)
    assert dict(re.findall(r'^  (\w+): "([^"]+)",$', units, re.MULTILINE)) == METRICS


def test_variants_of_a_grid_are_called_by_what_they_differ_in(home: Path, tmp_path: Path) -> None:
    assert list(variants.names(Result.at(home / "grid")).values())[:2] == [
        "tit-for-tat · 64 KiB",
        "tit-for-tat · 128 KiB",
    ]
    assert variants.names(Result.at(home / "named")) == {}
    keys = ["group.a.count", "group.b.count", "group.a.mix.b.share"]
    assert [variants.tail(key, keys) for key in keys] == ["a.count", "b.count", "share"]
    rows = ["x,file.size,1 MiB,1", "x,group.a.choking,random,", "x,group.a.picking,random,", "y,file.size,1 MiB,1"]
    rows += ["y,group.a.choking,random,", "y,group.a.picking,rarest-first,"]
    (tmp_path / "comparison_summary.csv").touch()
    (tmp_path / "comparison_factors.csv").write_text("\n".join(["variant,factor,setting,number", *rows]))
    # What all share is left out; what two factors may be says of which it is.
    assert variants.names(Result.at(tmp_path)) == {"x": "picking=random", "y": "rarest-first"}


@pytest.mark.parametrize("wide", ("one", "two"))
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_grid_with_long_keys_has_every_name_and_fits_on_a_page(home: Path, tmp_path: Path, style: Style, wide: str) -> None:
    long = {"file.chunk_size": "group.leechers.mix.riders.size_of_each_chunk", "64 KiB": "riders.size_of_each_chunk=64 KiB"}
    result = Result.at(renamed(home, "grid", long, tmp_path / "long"))
    for name, draw in of_comparison(Choice()).items():
        with mpl.rc_context(style.settings()):
            figures = pages(draw(result, style, wide))
            for figure in figures:
                canvas = FigureCanvasAgg(figure)
                canvas.draw()
                box = figure.get_tightbbox()
                assert box.x0 > -0.02 and box.x1 < figure.get_figwidth() + 0.02, f"{name} is cut: {box}"
                assert box.y0 > -0.02 and box.y1 < figure.get_figheight() + 0.02, f"{name} is cut: {box}"
                assert figure.get_figheight() <= style.highest + 0.2, name
                shown = [axes for axes in figure.axes if axes.get_visible()]
                titles = [axes.title if name == "factor" else axes._left_title for axes in shown]
                boxes = [title.get_window_extent() for title in titles if title.get_text()]
                assert not any(one.overlaps(other) for one, other in combinations(boxes, 2)), f"{name}: titles touch"
                for axes in shown:
                    boxes = [tick.get_window_extent() for tick in axes.get_xticklabels() if tick.get_visible() and tick.get_text()]
                    assert not any(one.overlaps(other) for one, other in pairwise(boxes)), f"{name}: ticks touch"
        if name in ("cdf", "runs"):
            said = [axes.get_title("left") for figure in figures for axes in figure.axes if axes.get_visible()]
            assert len(set(said)) == len(said) == 6
        if name in ("differences", "metrics"):
            said = [tick.get_text() for axes in (figure.axes[0] for figure in figures) for tick in axes.get_yticklabels()]
            assert len(set(said)) == (5 if name == "differences" else 6)


def test_each_of_many_variants_has_its_band(home: Path) -> None:
    style = STYLES["paper"]
    with mpl.rc_context(style.settings()):
        (figure,) = comparison.cdf(Result.at(home / "grid"), style, "one")
    assert [len(axes.collections) for axes in figure.axes] == [1] * 6
    assert "band: lowest and highest" in figure.get_suptitle()
    # README and report say how many there are.
    quantiles = pd.read_csv(home / "grid" / "comparison_quantiles.csv")
    assert set(quantiles.groupby(["variant", "run"]).size()) == {101}


def test_metrics_of_one_kind_share_their_axis(home: Path) -> None:
    style = STYLES["paper"]
    names = tuple(f"group.{name}.completion_mean_s" for name in ("slow", "fast"))
    summary = pd.read_csv(home / "grid" / "comparison_summary.csv")
    highest = summary[summary["metric"].isin(names)]["high"].max() / 60
    for wide, panels in [("one", (2, 1)), ("two", (1, 2))]:
        with mpl.rc_context(style.settings()):
            (figure,) = factor.factor(Result.at(home / "grid"), style, wide, Choice(names))
        slow, fast = figure.axes
        grid = slow.get_subplotspec().get_gridspec()
        assert (grid.nrows, grid.ncols) == panels
        assert slow.get_ylim() == fast.get_ylim() and slow.get_ylim()[1] > highest
        assert slow.get_ylabel().replace("\n", " ").startswith("slow: mean") and fast.get_xlabel() == "file.chunk_size"
        assert legend_of(slow) == ["tit-for-tat", "random"]
    kinds = [
        metric(Result.at(home / "grid"), key).kind for key in (*names, "utilisation", "group.slow.share_ratio_mean", "share_ratio_jain")
    ]
    assert kinds == [kinds[0], kinds[0], "%", "share_ratio_mean", "share_ratio_jain"]


def test_each_metric_that_is_named_has_its_figure(home: Path, tmp_path: Path) -> None:
    named = ("--metric", "utilisation,completion_mean_s", "--figure", "differences,runs", "--out", str(tmp_path))
    assert main([str(home / "compared"), *named]) == 0
    assert drawn(tmp_path) == {"differences.pdf", "differences-2.pdf", "runs.pdf", "runs-2.pdf"}


def test_the_means_beside_a_bound_have_a_name(home: Path) -> None:
    axes = axes_of(factor.factor, home / "sizes", choice=Choice(("completion_last_s",)))
    assert legend_of(axes) == ["mean of the runs", "lower bound"]
    bounds = pd.read_csv(home / "sizes" / "runs.csv").groupby("variant", sort=False)["lower_bound_s"].mean()
    scale = {"s": 1, "min": 60}[axes.get_ylabel().split("(")[1].rstrip(")")]
    assert np.allclose(axes.lines[-1].get_ydata() * scale, bounds)
    assert legend_of(axes_of(factor.factor, home / "sizes", choice=Choice(("completion_mean_s",)))) == []
