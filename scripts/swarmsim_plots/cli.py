"""The command line: which figures, how they look, where they go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from . import comparison, run
from .checks import check
from .data import NoDataError, PlotError, Result
from .factor import Factor, factor
from .groups import check_groups
from .style import STYLES, Style
from .summary import Choice
from .summary import wanted as chosen
from .text import group_digits

# Several figures, if a page is not high enough for what there is.
Draw = Callable[[Result, Style, str], Figure | list[Figure]]

RUN: dict[str, Draw] = {
    "cdf": run.cdf,
    "utilisation": run.utilisation,
    "population": run.population,
    "held": run.held,
    "traffic": run.traffic,
    "clustering": run.clustering,
    "clustering-by-capacity": run.clustering_by_capacity,
    "clustering-index": run.clustering_index,
    "completion-vs-upload": run.completion_vs_upload,
    "share-ratio": run.share_ratio,
    "share-ratio-vs-upload": run.share_ratio_vs_upload,
    "copies": run.copies,
    "chunks": run.chunks,
    "seed-load": run.seed_load,
    "seed-share": run.seed_share,
}
# Dates would make other bytes of the same data.
METADATA = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {"Software": None}}


def of_comparison(choice: Choice) -> dict[str, Draw]:
    """The figures of a comparison."""
    return {
        "cdf": comparison.cdf,
        "differences": partial(comparison.differences, choice=choice),
        "factor": partial(factor, choice=choice),
        "runs": partial(comparison.runs, choice=choice),
        "metrics": partial(comparison.metrics, choice=choice),
    }


def main(arguments: list[str] | None = None) -> int:
    """Draws what the command line says; 0, or 2 after a message."""
    wanted = parser().parse_args(arguments)
    try:
        return draw(wanted)
    except PlotError as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:
        print(f"error: `{error.filename}`: {error.strerror}", file=sys.stderr)
    return 2


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="plot.py", description="Draws figures from a result or a comparison of swarmsim.")
    made.add_argument("directory", type=Path, help="what `swarmsim run` or `swarmsim compare` has written")
    made.add_argument("--figure", type=names, default=(), metavar="NAME,…", help="these alone [default: all that the data has]")
    made.add_argument("--list", action="store_true", help="say which figures there are, and draw nothing")
    made.add_argument("--style", choices=STYLES, default="paper", help="text and lines for print or for a screen")
    made.add_argument("--width", choices=("one", "two"), default="one", help="one column (3.5 in) or two (7.16 in)")
    made.add_argument("--format", type=formats, default=("pdf",), metavar="pdf,svg,png", help="[default: pdf]")
    made.add_argument("--out", type=Path, metavar="DIR", help="where they go [default: figures/NAME OF DIRECTORY]")
    made.add_argument(
        "--groups", type=names, default=(), metavar="NAME,…", help="of a run: these have names and colours [default: the largest]"
    )
    made.add_argument("--metric", type=names, default=(), metavar="NAME,…", help="of a comparison [default: the first]")
    made.add_argument("--factor", type=int, metavar="N", help="of a grid: which part of the labels is the x axis, from 1")
    made.add_argument("--factor-label", default="", metavar="TEXT", help="what is written at that axis")
    return made


def names(text: str) -> tuple[str, ...]:
    """A list with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def formats(text: str) -> tuple[str, ...]:
    """A list of file formats."""
    chosen = names(text)
    if not chosen or any(name not in METADATA for name in chosen):
        raise argparse.ArgumentTypeError(f"`{text}`: expected pdf, svg, png, or several with commas")
    return chosen


def draw(wanted: argparse.Namespace) -> int:
    """Draws the figures that are asked for, or all that there is data for."""
    result = replace(Result.at(wanted.directory), wanted_groups=wanted.groups)
    choice = Choice(wanted.metric, wanted.factor, wanted.factor_label)
    known = of_comparison(choice) if result.is_comparison else RUN
    for name in wanted.figure:
        if name not in known:
            kind = "comparison" if result.is_comparison else "run"
            raise PlotError(f"a {kind} has no figure `{name}`, only {', '.join(known)}")
    if wanted.list:
        print("\n".join(f"{name:22} {about(draw)}" for name, draw in known.items()))
        return 0
    check(result)
    check_choice(result, choice)
    style = STYLES[wanted.style]
    out = wanted.out or Path("figures") / wanted.directory.resolve().name
    check_place(out)
    left_out: dict[str, list[str]] = {}
    with mpl.rc_context(style.settings()):
        for name in wanted.figure or known:
            try:
                drawn = known[name](result, style, wanted.width)
            except NoDataError as missing:
                if wanted.figure:
                    raise PlotError(f"{name}: {missing}") from None
                left_out.setdefault(str(missing), []).append(name)
            else:
                for ix, figure in enumerate(drawn if isinstance(drawn, list) else [drawn]):
                    save(figure, out, f"{name}-{ix + 1}" if ix else name, wanted.format)
    for reason, figures in left_out.items():
        print(f"{', '.join(figures)} left out: {reason}", file=sys.stderr)
    return 0


def check_choice(result: Result, choice: Choice) -> None:
    """Refuses what there is not, before anything is drawn."""
    if result.wanted_groups:
        if result.is_comparison:
            raise PlotError(f"`{result.path}` is a comparison: --groups is for runs (`swarmsim run`)")
        check_groups(result)
    if choice == Choice():
        return
    if not result.is_comparison:
        raise PlotError(f"`{result.path}` is a run: --metric, --factor and --factor-label are for comparisons (`swarmsim compare`)")
    chosen(result, choice, 1)
    if choice.factor is not None:
        Factor.of(result, choice.factor)


def check_place(out: Path) -> None:
    """Refuses a place that can be no directory."""
    there = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not there.is_dir():
        raise PlotError(f"`{there}` is a file: expected a directory for the figures, name another one with `--out`")


def about(draw: Draw) -> str:
    """The first line of what the function says of itself."""
    function = draw.func if isinstance(draw, partial) else draw
    return (function.__doc__ or "").splitlines()[0]


def save(figure: Figure, out: Path, name: str, formats: tuple[str, ...]) -> None:
    """Writes a figure in each format and says so."""
    out.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure)
    group_digits(figure)
    for kind in formats:
        path = out / f"{name}.{kind}"
        figure.savefig(path, format=kind, dpi=300, metadata=METADATA[kind])
        # Where things stand is found once: it takes as long as to draw them.
        figure.set_layout_engine("none")
        print(path)
