"""Colours of lines are told apart by eyes of every kind: as dichromats see them, no two are close."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

# Machado, Oliveira & Fernandes 2009, at full strength.
EYES = {
    "trichromat": np.eye(3),
    "protanope": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranope": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
}
# From linear sRGB to cones, and on to OKLab (Ottosson 2020).
CONES = np.array([[0.41222147, 0.53633254, 0.05144599], [0.2119035, 0.6806995, 0.10739696], [0.08830246, 0.28171884, 0.6299787]])
LAB = np.array([[0.21045426, 0.79361779, -0.00407205], [1.9779985, -2.4285922, 0.45059371], [0.0259040, 0.78277177, -0.80867577]])
# About two hundredths are just seen between areas; lines are thin.
APART = 0.07


def seen(colour: str, eye: str) -> np.ndarray:
    """Where a colour is in OKLab for an eye."""
    part = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return LAB @ np.cbrt(CONES @ np.clip(EYES[eye] @ linear, 0, 1))


@pytest.mark.parametrize("eye", EYES)
def test_no_two_colours_are_close(eye: str) -> None:
    css = (Path(__file__).parents[2] / "web/report.css").read_text()
    # Those of plot.py are the first of them: test_plot.py.
    palettes = [re.findall(r"--c\d: (#\w{6})", rule) for rule in css.split("}") if "--c0" in rule]
    assert [len(palette) for palette in palettes] == [7, 7, 7]
    for palette in palettes:
        for one, other in combinations(palette, 2):
            assert np.linalg.norm(seen(one, eye) - seen(other, eye)) > APART, f"{one} and {other}"


@pytest.mark.parametrize("eye", EYES)
def test_both_sides_of_1_and_1_itself_are_far_apart(eye: str) -> None:
    css = (Path(__file__).parents[2] / "web/report.css").read_text()
    # Those of plot.py are the first of them: test_plot.py.
    scales = re.findall(r"--below: (#\w{6}); --even: (#\w{6}); --above: (#\w{6})", css)
    assert len(scales) == 3
    for scale in scales:
        for one, other in combinations(scale, 2):
            assert np.linalg.norm(seen(one, eye) - seen(other, eye)) > 0.2, f"{one} and {other}"
