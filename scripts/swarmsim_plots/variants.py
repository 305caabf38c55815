"""What figures call the variants of a comparison: in a grid by what they differ in."""

from __future__ import annotations

import re

import pandas as pd

from .data import NoDataError, Result

# What says nothing without the name of its factor.
NUMBER = re.compile(r"(true|false|[-+.\deE]+)$")


def factors(result: Result) -> pd.DataFrame:
    """A row for each variant and factor of the grid that was swept, with `shown`, the setting as figures say it."""
    table = result.table("comparison_factors.csv", "variant", "factor", "setting", "number")
    keys = list(table["factor"].unique())
    pairs = table[["factor", "setting"]].drop_duplicates()
    unclear = set(pairs.loc[pairs["setting"].duplicated(keep=False), "setting"])
    shown = [_shown(tail(key, keys), setting, setting in unclear) for key, setting in zip(table["factor"], table["setting"], strict=True)]
    return table.assign(shown=shown)


def names(result: Result) -> dict[str, str]:
    """What each variant of a grid is called: its settings of the factors that have more than one. Empty if variants have names of their own."""
    try:
        table = factors(result)
    except NoDataError:
        return {}
    settings = table.groupby("factor")["setting"].transform("nunique")
    called = together(table[settings > 1])
    return called if len(set(called.values())) == table["variant"].nunique() else {}


def together(table: pd.DataFrame) -> dict[str, str]:
    """All settings of each variant in one line."""
    return {str(variant): " · ".join(rows["shown"]) for variant, rows in table.groupby("variant", sort=False)}


def tail(key: str, keys: list[str]) -> str:
    """The end of a key, as long as it must be to tell it from the others."""
    parts = key.split(".")
    ends = [".".join(parts[at:]) for at in range(len(parts) - 1, -1, -1)]
    return next((end for end in ends if sum(f".{other}".endswith(f".{end}") for other in keys) == 1), key)


def _shown(key: str, setting: str, unclear: bool) -> str:
    return f"{key}={setting}" if unclear or NUMBER.match(setting) else setting
