"""What officers' words for groups mean, and what a group says of a person (cách gọi nhóm đối tượng)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ansinh.kernel.names import fold
from ansinh.rulebook.categories import categories
from ansinh.rulebook.facts import vocabulary

_FOLDER = Path(__file__).parent
_MARKS = re.compile(r"[^a-z0-9+>=]+")


def phrase_of(text: str) -> str:
    """Fold an officer's words so that equal ones are equal: small letters, no tones, no marks."""
    return _MARKS.sub(" ", fold(text)).strip()


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    read = tomllib.loads((_FOLDER / "phrases.toml").read_text(encoding="utf-8"))
    return tuple((re.compile(entry["says"]), tuple(entry["groups"])) for entry in read["phrase"])


def groups_meant(phrase: str, memory: Mapping[str, str]) -> tuple[str, ...]:
    """Return the groups that a folded phrase may mean, the likeliest first; () when nobody knows.

    `memory` holds what a commune decided: its word counts before ours. A group's own code means itself.
    """
    if phrase in memory:
        return (memory[phrase],)
    code = phrase.upper().replace(" ", "-")
    if code in categories():
        return (code,)
    return next((groups for pattern, groups in _phrases() if pattern.search(phrase)), ())


@cache
def _facts() -> Mapping[str, Any]:
    return MappingProxyType(tomllib.loads((_FOLDER / "facts.toml").read_text(encoding="utf-8")))


@cache
def facts_of(group: str) -> Mapping[str, int]:
    """Return what a group says of a person: facts by name, as they are stored."""
    said = _facts()["groups"].get(group, {})
    return MappingProxyType({name: vocabulary()[name].store(value) for name, value in said.items()})


def poverty(word: str) -> int:
    """Return the stored value of household_poverty for poor, near_poor or none."""
    return vocabulary()["household_poverty"].store(_facts()["poverty"][word])


def poverty_said(text: str) -> int | None:
    """Read a cell on poverty: "hộ nghèo", "CN", "không"; None when it says nothing of it."""
    words = phrase_of(text)
    if re.search(r"can ngheo|^(h?cn)$", words):
        return poverty("near_poor")
    if re.search(r"khong|binh thuong|thoat ngheo|^0$", words):
        return poverty("none")
    return poverty("poor") if re.search(r"ngheo|^(h?n)$|^x$", words) else None
