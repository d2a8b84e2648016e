"""People who moved here and are paid by their old commune still, and taking them in (người chuyển đến)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.models import User
from ansinh.desk import logic
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.grants import queries as grants
from ansinh.grants.logic import Position
from ansinh.grants.queries import Arrival, Departure, Incoming
from ansinh.kernel.time import Month
from ansinh.payments import queries as payments
from ansinh.registry.models import Person

PAGE = 50
STANDS: dict[Position, Promise | str] = {
    "SAME": "",
    "OTHER": _("Luật ở nơi mới cho một nhóm khác: giữ mức đang chi, rồi ra quyết định ở trang rà soát."),
    "NO": _("Luật ở nơi mới không cho khoản này: giữ mức đang chi, rồi ra quyết định ở trang rà soát."),
    "UNKNOWN": _("Chưa đủ dữ kiện để luật trả lời: giữ mức đang chi cho đến khi có quyết định khác."),
}
"""What is said of a grant that goes on at its old level."""


@dataclass(frozen=True, slots=True)
class Line:
    """A grant of somebody who moved here, or away: `until` is the last month paid here."""

    person_id: int
    name: str
    number: str
    label: str
    holder: str = ""
    since: dt.date | None = None
    until: Month | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Both sides of moves: a page of those who came and are still paid elsewhere; and those who left.

    `paid`: they are still paid here (told of a commune only); `left`: paid elsewhere now.
    """

    came: tuple[Line, ...]
    paid: tuple[Line, ...]
    left: tuple[Line, ...]
    after: str


def arrivals(user: User, *, on: dt.date, after: str = "") -> Arrivals:
    """Show both sides of moves in the territory."""
    if user.unit is None:
        return Arrivals((), (), (), "")
    unit = geography.version(user.unit, on=on)
    found = grants.arrivals(unit, on=on, after=_key(after), limit=PAGE + 1)
    came = [
        Line(one.person_id, one.name, one.number, logic.label(one.category), one.holder, one.since)
        for one in found[:PAGE]
    ]
    here = unit.level == Level.COMMUNE
    paid = _gone(grants.still_paid(unit, on=on, limit=PAGE)) if here else ()
    left = _gone(grants.departures(unit, on=on, limit=PAGE))
    last = found[PAGE - 1].key if len(found) > PAGE else None
    return Arrivals(tuple(came), paid, left, "\x1f".join(map(str, last)) if last else "")


def _gone(found: list[Departure]) -> tuple[Line, ...]:
    return tuple(
        Line(one.person_id, one.name, "", logic.label(one.category), until=one.until) for one in found
    )


def arrived(user: User, *, on: dt.date) -> int:
    """Count who came and is still paid elsewhere; of a commune only, a province is not looked through."""
    if user.unit is None or user.unit.level != Level.COMMUNE:
        return 0
    return grants.arrived(geography.version(user.unit, on=on), on=on)


def _key(after: str) -> tuple[str, int, int] | None:
    name, *numbers = after.split("\x1f")
    if len(numbers) != 2 or not all(number.isdecimal() for number in numbers):
        return None
    return name, int(numbers[0]), int(numbers[1])


@dataclass(frozen=True, slots=True)
class Going:
    """What becomes of one grant: amounts in đồng a month, the arithmetic and articles of the new one.

    `earlier`: spans of months before, as first and last month, amount decided and amount by the law since.
    """

    label: str
    holder: str
    before_vnd: int
    after_vnd: int
    coefficient: Decimal | None
    standard_vnd: int | None
    cites: tuple[str, ...]
    told: str | Promise
    earlier: tuple[tuple[Month, Month, int, int], ...]


@dataclass(frozen=True, slots=True)
class TakingIn:
    """What taking somebody in would do from a month on; `first`: the earliest month there is."""

    unit: Unit
    since: dt.date
    first: Month
    month: Month
    paid_to: Month | None
    basis: str
    going: tuple[Going, ...]
    own: bool

    @property
    def before_vnd(self) -> int:
        """What is paid a month now."""
        return sum(one.before_vnd for one in self.going)

    @property
    def after_vnd(self) -> int:
        """What would be paid a month."""
        return sum(one.after_vnd for one in self.going)

    @property
    def restated(self) -> bool:
        """Whether months before are restated, as the law reached back to them."""
        return any(one.earlier for one in self.going)


def taking_in(user: User, person: Person, month: Month | None, *, on: dt.date) -> TakingIn | None:
    """Show what taking somebody in would change, before it is signed; None: nobody else pays them.

    `own`: the reader's unit is the one competent.
    """
    if user.unit is None:
        return None
    unit = geography.version(user.unit, on=on)
    found = grants.arrivals(unit, on=on, person=person.pk)
    if not found:
        return None
    paid_to = payments.booked_to(person.pk)
    first = grants.first_month(found, paid_to)
    month = max(month or first, first)
    return TakingIn(
        unit=Unit.objects.get(pk=found[0].unit_id),
        since=max(one.since for one in found),
        first=first,
        month=month,
        paid_to=paid_to,
        basis=grants.move_basis(on=on),
        going=tuple(_going(one) for one in grants.incoming(found, month, on=on)),
        own=all(one.unit_id == unit.pk for one in found),
    )


def waits_for(user: User, person: Person, *, on: dt.date) -> list[Arrival]:
    """Return the grants of somebody in the territory that another unit still pays."""
    if user.unit is None:
        return []
    return grants.arrivals(geography.version(user.unit, on=on), on=on, person=person.pk)


def _going(one: Incoming) -> Going:
    category, covered = one.arrival.category, logic.is_covered(one.arrival.category)
    return Going(
        label=logic.label(category),
        holder=one.arrival.holder,
        before_vnd=one.paid.amount_vnd,
        after_vnd=one.will.amount_vnd,
        coefficient=None if covered else one.will.coefficient,
        standard_vnd=None if covered else one.will.standard_vnd,
        cites=logic.cites(one.cites, category),
        told=STANDS[one.position],
        earlier=_spans(one),
    )


def _spans(one: Incoming) -> tuple[tuple[Month, Month, int, int], ...]:
    """Put months in a row together whose amounts are the same."""
    spans: list[tuple[Month, Month, int, int]] = []
    for month, before, after in one.earlier:
        amounts = (before.amount_vnd, after.amount_vnd)
        if spans and spans[-1][1].next() == month and spans[-1][2:] == amounts:
            spans[-1] = (spans[-1][0], month, *amounts)
        else:
            spans.append((month, month, *amounts))
    return tuple(spans)
