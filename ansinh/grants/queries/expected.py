"""What the page of coming changes shows, within an officer's territory (màn hình sắp thay đổi)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.grants.queries.coming import DAYS, Cause, Coming, coming, coming_counts
from ansinh.grants.queries.screens import label
from ansinh.kernel.time import Month

PAGE = 50
CAUSES: dict[Cause, Promise] = {
    "BIRTHDAY": _("Đến tuổi làm đổi khoản hưởng"),
    "CHILD": _("Con của người đơn thân đến tuổi"),
    "PAPER": _("Giấy tờ, xác nhận hết hiệu lực"),
}


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A cause and how many people it is about."""

    cause: Cause
    label: Promise
    people: int


@dataclass(frozen=True, slots=True)
class ShownComing:
    """A line as lists show it: a covered clause under its scheme's name."""

    on: dt.date
    person_id: int
    name: str
    number: str
    unit: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class ComingPage:
    """The causes with their numbers, and a page of one of them or of all."""

    until: dt.date
    causes: tuple[CauseRow, ...]
    cause: Cause | None
    lines: tuple[ShownComing, ...]
    after: str


def coming_causes(user: User, *, on: dt.date) -> dict[Cause, int]:
    """Count the people of the territory for whom something changes soon, by cause."""
    if user.unit is None:
        return {}
    return coming_counts(geography.version(user.unit, on=on), Month.of(on), on=on)


def coming_page(user: User, *, on: dt.date, cause: str = "", after: str = "") -> ComingPage:
    """Gather a page of what changes soon (sắp thay đổi), the soonest first."""
    counts = coming_causes(user, on=on)
    chosen = _cause(cause)
    found: list[Coming] = []
    if user.unit is not None:
        unit = geography.version(user.unit, on=on)
        found = coming(unit, Month.of(on), on=on, cause=chosen, after=_key(after), limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return ComingPage(
        until=on + dt.timedelta(days=DAYS),
        causes=tuple(CauseRow(known, CAUSES[known], counts.get(known, 0)) for known in CAUSES),
        cause=chosen,
        lines=tuple(_shown(one) for one in found[:PAGE]),
        after="~".join(map(str, last.key)) if last else "",
    )


def coming_lines(user: User, *, on: dt.date, cause: str = "") -> Iterator[ShownComing]:
    """List everything that changes soon in the territory, to take away."""
    if user.unit is None:
        return
    unit = geography.version(user.unit, on=on)
    for one in coming(unit, Month.of(on), on=on, cause=_cause(cause), limit=None):
        yield _shown(one)


def _cause(text: str) -> Cause | None:
    return next((known for known in get_args(Cause) if known == text), None)


def _key(after: str) -> tuple[dt.date, int, int, str, str] | None:
    parts = after.split("~")
    if len(parts) != 5 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return None
    try:
        day = dt.date.fromisoformat(parts[0])
    except ValueError:
        return None
    return day, int(parts[1]), int(parts[2]), parts[3], parts[4]


def _shown(one: Coming) -> ShownComing:
    return ShownComing(
        one.on, one.person_id, one.name, one.number, one.unit_name, label(one.category), one.words
    )
