"""Options that can't be met are refused before anything is drawn, in words."""

import warnings
from pathlib import Path

import pytest
from conftest import swarmsim

from swarmsim_plots.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compared", "--metric", "completion_mean_s,nope"], "there is no metric `nope` in `compared`, only completion_mean_s, "),
        (["compared", "--factor", "7"], "there is no factor 7, only 1: choking"),
        (["named", "--factor", "1"], "its variants have names"),
        (["classes", "--metric", "utilisation"], "`classes` is a run: --metric, --factor and --factor-label are for comparisons"),
        (["classes", "--factor-label", "peers"], "`classes` is a run"),
        (["classes", "--out", "odd.txt"], "`odd.txt` is a file: expected a directory"),
        (["classes", "--out", "odd.txt/in/it"], "odd.txt` is a file: expected a directory"),
    ],
)
def test_what_there_is_not_is_told_first(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.txt").write_text("a file")
    (tmp_path / arguments[0]).symlink_to(home / arguments[0])
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert said in told.err and told.err.startswith("error: ") and "Errno" not in told.err
    assert told.out == "" and {path.name for path in tmp_path.iterdir()} == {"odd.txt", arguments[0]}


def test_a_place_where_nothing_can_be_written_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def denied(self: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", denied)
    assert main([str(home / "classes"), "--figure", "cdf", "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == f"error: `{tmp_path / 'out'}`: Permission denied\n"


def test_a_comparison_in_which_nobody_completed_warns_of_nothing(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = ("--set", 'run.time_limit="2 s"', "--vary", "group.givers.count=2,3", "--runs", "2")
    swarmsim("compare", str(home / "riders.toml"), *cut, "--out", "compared", cwd=tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert main([str(tmp_path / "compared"), "--format", "png", "--out", str(tmp_path / "out")]) == 0
    assert "cdf left out: nobody completed in any run" in capsys.readouterr().err
