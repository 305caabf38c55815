"""Sizes are read before anything is played, and a swarm that sends nothing has no cost of a transfer."""

import argparse

import pytest

from bench_scaling import ratio, sizes


def test_sizes_are_numbers_of_peers() -> None:
    assert sizes("100, 1000") == [100, 1000]
    for wrong in ["1x", "", "100,", "0", "-5", "1.5", "²"]:
        with pytest.raises(argparse.ArgumentTypeError, match="no list of whole numbers"):
            sizes(wrong)


def test_what_is_not_defined_is_left_empty() -> None:
    assert ratio(5, 0) is None
    assert ratio(7, 2, 1) == 3.5
