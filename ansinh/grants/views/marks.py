"""Whom an officer has ticked in the review so far, page after page: kept in the session (đánh dấu)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from ansinh.kernel.time import Month

KEPT = "grants.marks"


@dataclass(frozen=True, slots=True)
class Marks:
    """Who is ticked; `follows`: which proposal that was sent back is being mended by it (0: none)."""

    people: frozenset[int] = frozenset()
    follows: int = 0


def kept(request: HttpRequest, month: Month) -> Marks:
    """Return who is ticked in a month's review; of another month nobody."""
    told = request.session.get(KEPT, {})
    if told.get("month") != str(month):
        return Marks()
    return Marks(frozenset(told["people"]), told["follows"])


def keep(request: HttpRequest, month: Month, people: Iterable[int], follows: int = 0) -> None:
    """Keep who is ticked in a month's review, in place of any other."""
    request.session[KEPT] = {"month": str(month), "people": sorted(people), "follows": follows}


def forget(request: HttpRequest) -> None:
    """Tick nobody any more."""
    request.session.pop(KEPT, None)


def people_in(words: QueryDict, name: str) -> frozenset[int]:
    """Read people off a form: a box each, or one field with all of them by commas."""
    parts = (part for word in words.getlist(name) for part in word.split(","))
    return frozenset(int(part) for part in parts if part.isdecimal())
