"""The communes of a province side by side (các xã cạnh nhau): people, money, work left, what is lacking.

Only what is kept is read: the newest payroll's lists and the last count of each unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansinh.accounts import queries as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.desk.queries.maps import Map, province_map
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.grants import queries as grants
from ansinh.grants.models import Tally
from ansinh.kernel.names import fold
from ansinh.kernel.time import Month
from ansinh.payments.queries import screens

SHADES = 5


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune's line; no `code`: the people whose commune is not confirmed. Money in đồng."""

    key: int | None
    code: str
    name: str
    people: int = 0
    paid: int = 0
    total_vnd: int = 0
    waiting: int = 0
    overdue: int = 0
    cannot_tell: int = 0
    no_number: int = 0
    year_only: int = 0
    asked: Month | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A column: its word in an address, its heading, the field, whether it is money."""

    word: str
    label: Promise
    field: str


MEASURES = (
    Measure("nguoi", _("Người hưởng"), "people"),
    Measure("tien", _("Kỳ chi trả (đồng)"), "total_vnd"),
    Measure("cho", _("Rà soát chờ quyết định"), "waiting"),
    Measure("qua-han", _("trong đó quá hạn"), "overdue"),
    Measure("chua-ro", _("Chưa đủ dữ kiện"), "cannot_tell"),
    Measure("thieu-so", _("Thiếu số định danh"), "no_number"),
    Measure("nam-sinh", _("Chưa rõ ngày sinh"), "year_only"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A commune on the map: its outline, how dark (1 to 5, 0: nothing), what the pointer is told."""

    outline: str
    shade: int
    told: str


@dataclass(frozen=True, slots=True)
class Side:
    """The page: lines in the order asked for, their sum, and the map shaded by the same measure."""

    place: Unit
    period: str
    measure: Measure
    sort: str
    lines: tuple[Commune, ...]
    total: Commune
    map: Map | None
    shapes: tuple[Shape, ...]
    steps: tuple[tuple[int, int, int], ...]


def side_by_side(user: User, *, on: dt.date, sort: str = "") -> Side | None:
    """Set the communes of a territory side by side; None for whoever has none.

    `sort`: the word of a measure (most first), else by name. Overdue: found by a review of an earlier month
    than that of `on`, and still without decision. The map is shaded by the measure, else by people.
    """
    if user.unit is None:
        return None
    place = geography.version(user.unit, on=on)
    rights = accounts.rights_of(user, on=on)
    tallies = grants.newest_tallies(user, on=on) if Right.SEE_REVIEW in rights else {}
    period = next(iter(screens.periods(user, on=on, limit=1)), None) if Right.SEE_PAYROLL in rights else None
    paid = _paid(user, period.key, on) if period else {}
    if place.level == Level.COMMUNE:
        communes = [place]
    else:
        communes = list(geography.descendants(place, on=on, level=Level.COMMUNE))
    lines = [_line(unit, tallies.get(unit.pk), paid.get(unit.pk), Month.of(on)) for unit in communes]
    unplaced = _line(place, tallies.get(place.pk), paid.get(None), Month.of(on))
    if place.level != Level.COMMUNE and (unplaced.people or unplaced.paid):
        lines.append(replace(unplaced, key=None, code="", name=str(_("Chưa xác nhận xã"))))
    chosen = next((measure for measure in MEASURES if measure.word == sort), None)
    lines.sort(
        key=lambda line: (-getattr(line, chosen.field) if chosen else 0, not line.code, fold(line.name))
    )
    shaded = chosen or MEASURES[0]
    drawn = province_map(place.code) if place.level == Level.PROVINCE else None
    steps = _steps([getattr(line, shaded.field) for line in lines if line.code])
    return Side(
        place=place,
        period=period.label if period else "",
        measure=shaded,
        sort=chosen.word if chosen else "",
        lines=tuple(lines),
        total=_sum(lines),
        map=drawn,
        shapes=tuple(_shapes(drawn, lines, shaded, steps)) if drawn else (),
        steps=steps,
    )


def _paid(user: User, key: str, on: dt.date) -> Mapping[int | None, tuple[int, int]]:
    """People and đồng of a period, by commune."""
    rows = (
        screens.rolls_in(user, key, on=on)
        .order_by()
        .values_list("commune")
        .annotate(Sum("people"), Sum("total_vnd"))
    )
    return {commune: (people, int(total)) for commune, people, total in rows}


def _line(unit: Unit, tally: Tally | None, paid: tuple[int, int] | None, now: Month) -> Commune:
    line = Commune(unit.pk, unit.code, unit.full_name)
    if paid is not None:
        line = replace(line, paid=paid[0], people=paid[0], total_vnd=paid[1])
    if tally is None:
        return line
    told = grants.summed([tally])
    return replace(
        line,
        people=told.people,
        waiting=told.differences,
        overdue=told.differences if told.month < now else 0,
        cannot_tell=told.kinds["CANNOT_TELL"],
        no_number=told.no_number,
        year_only=told.year_only,
        asked=told.month,
    )


def _sum(lines: Sequence[Commune]) -> Commune:
    return Commune(
        None,
        "",
        "",
        people=sum(line.people for line in lines),
        paid=sum(line.paid for line in lines),
        total_vnd=sum(line.total_vnd for line in lines),
        waiting=sum(line.waiting for line in lines),
        overdue=sum(line.overdue for line in lines),
        cannot_tell=sum(line.cannot_tell for line in lines),
        no_number=sum(line.no_number for line in lines),
        year_only=sum(line.year_only for line in lines),
    )


def _steps(values: Sequence[int]) -> tuple[tuple[int, int, int], ...]:
    """Part the values into at most five shades of about as many communes each: (shade, least, most)."""
    some = sorted(value for value in values if value)
    if not some:
        return ()
    bounds = sorted({some[min(len(some) - 1, len(some) * n // SHADES)] for n in range(SHADES)})
    ends = [*(bound - 1 for bound in bounds[1:]), some[-1]]
    first = SHADES - len(bounds) + 1
    return tuple((first + n, low, high) for n, (low, high) in enumerate(zip(bounds, ends, strict=True)))


def _shapes(
    drawn: Map, lines: Sequence[Commune], measure: Measure, steps: tuple[tuple[int, int, int], ...]
) -> list[Shape]:
    values = {line.code: (line.name, int(getattr(line, measure.field))) for line in lines}
    shapes = []
    for code, outline in sorted(drawn.outlines.items()):
        name, value = values.get(code, ("", 0))
        shade = next((shade for shade, low, high in steps if low <= value <= high), 0)
        shapes.append(Shape(outline, shade, f"{name}: {value}"))
    return shapes
