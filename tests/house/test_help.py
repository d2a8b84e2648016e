"""Every page an officer reads says, under its "?", what it is for and which article stands behind it."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from ansinh.web.help import helps

# What is no page to read: doors, files, and what only takes a form.
NO_PAGE = {"accounts:sign_in"}
FILE = re.compile(r"\.(xlsx|pdf|json)$|<kind:")


def pages() -> Iterator[str]:
    for room in get_resolver().url_patterns:
        if not isinstance(room, URLResolver):
            continue
        for one in room.url_patterns:
            assert isinstance(one, URLPattern)
            name = f"{room.namespace}:{one.name}"
            if getattr(one.callback, "door", "public") == "public" or FILE.search(str(one.pattern)):
                continue
            if _takes_get(one) and name not in NO_PAGE:
                yield name


def _takes_get(one: URLPattern) -> bool:
    """Whether the view's own decorators let it be read: `require_POST` keeps its methods in a closure."""
    view: Any = one.callback
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            if cell.cell_contents == ["POST"]:
                return False
        view = getattr(view, "__wrapped__", None)
    return True


def test_every_officers_page_has_its_help() -> None:
    missing = sorted(set(pages()) - set(helps()))
    assert missing == [], 'write it in the room\'s help.toml: [page], vi = "…", en = "…", basis = "Điều …"'


def test_no_help_is_left_of_a_page_that_is_gone() -> None:
    assert sorted(set(helps()) - set(pages())) == []


def test_help_is_plain_whole_and_names_its_article() -> None:
    for name, told in helps().items():
        assert told.vi.endswith(".") and told.en.endswith("."), name
        assert 40 <= len(told.vi) <= 320, name
        assert re.search(r"Điều \d|Luật ", told.basis), name
