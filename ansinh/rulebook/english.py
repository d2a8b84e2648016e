"""The words that pages show beside people, in English: data beside the law's own (từ ngữ tiếng Anh)."""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType

from ansinh.rulebook.categories import categories
from ansinh.rulebook.data import FOLDER, read_toml

_NUMBER = re.compile(r"\d+")


@cache
def twins() -> MappingProxyType[str, str]:
    """Return the English of every word, by its Vietnamese; `#` stands for a number."""
    found = {vi: en for part in read_toml(FOLDER / "english.toml").values() for vi, en in part.items()}
    for group in categories().values():
        found[group.label] = group.english
        found[f"{group.label} ({group.code})"] = f"{group.english} ({group.code})"
    return MappingProxyType(found)


def in_english(text: str) -> str | None:
    """Say in English what stands in `twins`: whole, with its numbers, or part by part; None: it does not."""
    return _whole(text) or _joined(text, ": ") or _joined(text, ", ")


def _whole(text: str) -> str | None:
    if (found := twins().get(text)) is not None:
        return found
    counted = twins().get(_NUMBER.sub("#", text))
    numbers = iter(_NUMBER.findall(text))
    return None if counted is None else re.sub("#", lambda _: next(numbers), counted)


def _joined(text: str, by: str) -> str | None:
    """Say a list in English: the longest beginning that has a twin, then the rest."""
    parts = text.split(by)
    for count in range(len(parts) - 1, 0, -1):
        first, rest = _whole(by.join(parts[:count])), in_english(by.join(parts[count:]))
        if first is not None and rest is not None:
            return f"{first}{by}{rest}"
    return None
