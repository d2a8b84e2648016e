"""Help in place (trợ giúp tại chỗ): each room says in its `help.toml` what its pages are for.

[review]                    the page `grants:review`
vi = "…"                    what it is for, in plain words
en = "…"                    the same in English
basis = "Điều 8 …"          the article that stands behind it
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps


@dataclass(frozen=True, slots=True)
class Help:
    """What a page is for, in two languages, and by which article."""

    vi: str
    en: str
    basis: str


@cache
def helps() -> dict[str, Help]:
    """Return the help of every page that has one, by its name ("grants:review")."""
    return {
        f"{room.label}:{page}": Help(**told)
        for room in apps.get_app_configs()
        if room.name.startswith("ansinh.") and (path := Path(room.path) / "help.toml").is_file()
        for page, told in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }
