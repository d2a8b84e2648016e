"""Which province codes were valid when: the little geography that a file of people needs (mã tỉnh)."""

from __future__ import annotations

from functools import cache
from typing import Any

from ansinh.kernel.time import Month
from ansinh.rulebook.data import FOLDER, read_toml

MERGERS = Month(2025, 7)
"""The month from which the 34 provinces stand in the place of the 63."""


@cache
def _provinces() -> dict[str, Any]:
    return read_toml(FOLDER / "provinces.toml")


def province_name(code: str, month: Month) -> str | None:
    """Return the name of the province that has the code in that month, if one has."""
    if month < MERGERS:
        entry = _provinces()["before"].get(code)
        return entry["name"] if entry else None
    name: str | None = _provinces()["since"].get(code)
    return name


def former_provinces() -> tuple[str, ...]:
    """Return the codes valid until 30/6/2025."""
    return tuple(_provinces()["before"])


def successors(code: str) -> tuple[str, ...]:
    """Return the codes of the provinces a former province lies in since 1/7/2025, largest part first."""
    entry = _provinces()["before"].get(code)
    return tuple(entry["within"]) if entry else ()
