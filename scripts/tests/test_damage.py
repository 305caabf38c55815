"""A table that was cut or changed is refused before anything is drawn."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from swarmsim_plots.checks import OF_A_COMPARISON, OF_A_RUN
from swarmsim_plots.cli import main

Change = Callable[[list[str]], list[str]]
TABLES = [("classes", name) for name in OF_A_RUN if name != "chunk_bands.csv"] + [("grid", name) for name in OF_A_COMPARISON]
TABLES += [("banded", "chunk_bands.csv")]


def refused(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], result: str, name: str, change: Change) -> str:
    """What is said of a copy of a result in which the lines of a table are others."""
    copy = tmp_path / result
    copy.mkdir()
    for path in (home / result).glob("*.csv"):
        shutil.copy(path, copy)
    lines = change((copy / name).read_text().splitlines(keepends=True))
    (copy / name).write_text("".join(lines))
    assert main([str(copy), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert said.out == "" and not (tmp_path / "out").exists(), "nothing is drawn"
    assert said.err.startswith("error: `") and said.err.count("\n") == 1
    assert ("--resume" if result == "grid" else "--force") in said.err
    return said.err


@pytest.mark.parametrize(("result", "name"), TABLES)
def test_a_table_that_was_cut_is_refused(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], result: str, name: str) -> None:
    def cut(lines: list[str]) -> list[str]:
        # In the last cell of a row, which then is as good as any other.
        return [*lines[:1], lines[1].rstrip("\n")]

    said = refused(home, tmp_path, capsys, result, name, cut)
    assert f"{result}/{name}`, line 2: the file ends here, and not with a whole line" in said


@pytest.mark.parametrize(("result", "name"), TABLES)
@pytest.mark.parametrize("cells", (-1, 1))
def test_a_row_with_too_few_or_too_many_cells_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], result: str, name: str, cells: int
) -> None:
    def change(lines: list[str]) -> list[str]:
        return [lines[0], f"0,{lines[1]}" if cells > 0 else lines[1].partition(",")[2], *lines[2:]]

    said = refused(home, tmp_path, capsys, result, name, change)
    expected = re.search(rf"{name}`, line 2: expected (\d+) cells, as in the header, and found (\d+)", said)
    assert expected is not None and int(expected[2]) - int(expected[1]) == cells


@pytest.mark.parametrize(
    ("result", "name", "said"),
    [
        ("classes", "peers.csv", "peers.csv` has 0 peers of `origin`, and group_summary.csv 1: "),
        ("classes", "groups.csv", "groups.csv` lacks a row (from_group=fast, to_group=fast)"),
        ("classes", "capacities.csv", "capacities.csv` lacks a row (from_class=3, to_class=3)"),
        ("classes", "chunks.csv", "chunks.csv` lacks a row (time_s="),
        ("banded", "chunk_bands.csv", "chunk_bands.csv` lacks a row (time_s="),
        ("grid", "comparison.csv", "comparison.csv` lacks a row (metric="),
        ("grid", "comparison_summary.csv", "comparison.csv` has a row that other tables know nothing of (metric="),
        ("grid", "comparison_quantiles.csv", "comparison_quantiles.csv` lacks a row (variant="),
        ("grid", "comparison_factors.csv", "comparison_factors.csv` lacks a row (variant="),
        ("grid", "runs.csv", "comparison.csv` has a row that other tables know nothing of (metric="),
    ],
)
def test_a_table_that_lacks_its_last_row_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], result: str, name: str, said: str
) -> None:
    assert said in refused(home, tmp_path, capsys, result, name, lambda lines: lines[:-1])


@pytest.mark.parametrize(("result", "name"), [("classes", "groups.csv"), ("grid", "comparison.csv")])
def test_a_row_that_is_there_twice_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], result: str, name: str
) -> None:
    assert f"{name}` has a row twice (" in refused(home, tmp_path, capsys, result, name, lambda lines: [*lines, lines[-1]])


def test_what_is_no_text_is_refused(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def change(lines: list[str]) -> list[str]:
        return [*lines[:2], '"' + lines[2]]

    assert "peers.csv`, line 3: unexpected end of data" in refused(home, tmp_path, capsys, "classes", "peers.csv", change)
