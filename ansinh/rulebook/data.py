"""Reading the rulebook's TOML files strictly: what is misspelt is refused, with file and place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


class LawError(ValueError):
    """A fault in a law file: file, place and what is wrong."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; its decimals are exact."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise LawError(f"{path.name}: {fault}") from None


def only(table: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    """Refuse keys nobody knows."""
    if unknown := set(table) - set(known):
        raise LawError(f"{place}: unknown key {', '.join(sorted(unknown))}")


def need(table: Mapping[str, Any], key: str, kind: type | tuple[type, ...], place: str) -> Any:
    """Return a required value of the right type."""
    if key not in table:
        raise LawError(f"{place}: {key} is missing")
    value = table[key]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise LawError(f"{place}: {key} = {value!r} has the wrong type")
    return value
