"""Questions about the map on a day. Nothing here reads the clock: `on` is always given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from ansinh.geography.logic import level_of
from ansinh.geography.models import Level, Standing, Unit, UnitChange
from ansinh.kernel.names import fold
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import vietnamese_date

COLUMN_OF = {Level.PROVINCE: "province", Level.DISTRICT: "district", Level.COMMUNE: "commune"}
COUNTRY = "VN"
"""What stands in the place of a unit's code for the whole country."""
COUNTRY_NAME = "Cả nước"
_NAMED_AT_MOST = 5


def unit(*, code: str, on: dt.date) -> Unit:
    """Return the unit that bears a code on a day; the code's length (2, 3, 5) tells the level.

    Refuses a code that nobody bears then, and names what became of the unit that did, or what it came from.
    """
    try:
        return Unit.objects.get(code=code, valid__contains=on)
    except Unit.DoesNotExist:
        raise _no_such_unit(code, on) from None


def version(unit: Unit, *, on: dt.date) -> Unit:
    """Return the same unit under the name and kind it has on a day.

    Follows new names and kinds, forwards and back, never mergers. Refuses a day on which it did not exist.
    """
    found = unit
    while not stands(found, on=on):
        same = UnitChange.objects.filter(kind__in=(UnitChange.Kind.RENAME, UnitChange.Kind.KIND))
        if found.valid.upper is not None and found.valid.upper <= on:
            change = same.filter(old=found).select_related("new").first()
            following = change.new if change else None
        else:
            change = same.filter(new=found).select_related("old").first()
            following = change.old if change else None
        if following is None:
            raise _not_then(unit, on)
        found = following
    return found


def stands(unit: Unit, *, on: dt.date) -> bool:
    """Tell whether a unit's row is valid on a day."""
    lower, upper = unit.valid.lower, unit.valid.upper
    return (lower is None or lower <= on) and (upper is None or on < upper)


def standing(unit: Unit, *, on: dt.date) -> Standing:
    """Return where the people registered at a unit stand on a day, with the units it names.

    The unit may be long merged. Refuses a day before it began.
    """
    found = (
        Standing.objects.filter(unit=unit, valid__contains=on)
        .select_related("unit", "commune", "district", "province", "former_province")
        .first()
    )
    if found is None:
        raise _not_then(unit, on)
    return found


def divided(unit: Unit, *, on: dt.date) -> bool:
    """Tell whether a commune's people were divided over several: each must say where they live now."""
    return unit.level == Level.COMMUNE and standing(unit, on=on).commune_id is None


def divided_units(*, on: dt.date, within: Unit | None = None) -> QuerySet[Unit]:
    """Return the communes whose people were divided by that day; with `within`, into that unit of the day."""
    lost = standings(within, on=on) if within else Standing.objects.filter(valid__contains=on)
    return _ordered(Unit.objects.filter(level=Level.COMMUNE, pk__in=lost.filter(commune=None).values("unit")))


def ancestors(unit: Unit, *, on: dt.date) -> list[Unit]:
    """Return what a unit belongs to on a day, nearest first. Refuses a day on which it does not exist."""
    own = version(unit, on=on)
    place = standing(own, on=on)
    return [above for above in (place.district, place.province) if above is not None and above != own]


def children(unit: Unit, *, on: dt.date) -> QuerySet[Unit]:
    """Return the units directly under one on a day: a province's districts (communes since 1/7/2025)."""
    own = version(unit, on=on)
    below = standings(own, on=on)
    if own.level == Level.PROVINCE:
        below = below.filter(Q(unit__level=Level.DISTRICT) | Q(district=None))
    return _below(own, below, on)


def descendants(unit: Unit, *, on: dt.date, level: Level | None = None) -> QuerySet[Unit]:
    """Return all units under one on a day; with `level`, only those of that level."""
    own = version(unit, on=on)
    found = _below(own, standings(own, on=on), on)
    return found.filter(level=level) if level else found


def standings(unit: Unit, *, on: dt.date) -> QuerySet[Standing]:
    """Return the rows of everyone who stands in a unit of any level, or below it, on a day.

    People whose residence lies in `standings(u, on=day).values("unit")` are all people of the unit and below,
    those registered at units long merged included. The unit may be a former version of itself.
    """
    own = version(unit, on=on)
    return Standing.objects.filter(valid__contains=on, **{COLUMN_OF[Level(own.level)]: own})


def standing_condition(unit: Unit, *, on: dt.date, alias: str = "standing") -> str:
    """Write the SQL condition that keeps, of an aliased `geography_standing`, what `standings` keeps.

        join geography_standing standing on standing.unit_id = residence.unit_id and {condition}

    Safe to put into any statement whatever its style of parameters: it holds a number and a date, no more.
    """
    if not alias.isidentifier():
        raise ValueError(f"not an alias: {alias!r}")
    own = version(unit, on=on)
    column = COLUMN_OF[Level(own.level)]
    return f"{alias}.valid @> date '{on.isoformat()}' and {alias}.{column}_id = {int(own.pk)}"


def provinces(*, on: dt.date) -> QuerySet[Unit]:
    """Return the provinces of a day, by code: together the whole country."""
    return _ordered(Unit.objects.filter(valid__contains=on, level=Level.PROVINCE))


def successors(unit: Unit, *, on: dt.date, people: bool = False) -> QuerySet[Unit]:
    """Return the units in which a unit's land lies on a later day; itself while it stands.

    With `people`, only those that took people: the choices of someone whose commune was divided.
    """
    return _line("old", "new", unit, on, people)


def predecessors(unit: Unit, *, on: dt.date, people: bool = False) -> QuerySet[Unit]:
    """Return the units in which a unit's land lay on an earlier day; with `people`, its people's."""
    return _line("new", "old", unit, on, people)


def search(
    text: str, *, on: dt.date, level: Level | None = None, within: Unit | None = None
) -> QuerySet[Unit]:
    """Return the units of a day whose code begins with, or whose name holds all words of, a text.

    Tones and case do not matter. Whole names come first, then higher levels.
    """
    words = fold(text).split()
    if not words:
        return Unit.objects.none()
    found = descendants(within, on=on) if within else Unit.objects.filter(valid__contains=on)
    if level:
        found = found.filter(level=level)
    if len(words) == 1 and words[0].isdigit() and len(words[0]) > 1:
        found = found.filter(Q(code__startswith=words[0]) | Q(folded__endswith=f" {words[0]}"))
    else:
        for word in words:
            found = found.filter(folded__contains=word)
    whole = " ".join(words)
    closeness = Case(
        When(Q(code=whole) | Q(folded=whole) | Q(folded__endswith=f" {whole}"), then=Value(0)),
        When(folded__contains=f" {whole}", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return found.order_by(closeness, Length("code"), "folded", "code")


def counts(*, on: dt.date) -> dict[Level, int]:
    """Count the units of each level on a day."""
    rows = Unit.objects.filter(valid__contains=on).values_list("level").annotate(Count("pk"))
    found = dict(rows)
    return {level: found.get(level.value, 0) for level in Level}


def _ordered(units: QuerySet[Unit]) -> QuerySet[Unit]:
    return units.order_by(Length("code"), "code", "version")


def _below(own: Unit, standing: QuerySet[Standing], on: dt.date) -> QuerySet[Unit]:
    return _ordered(
        Unit.objects.filter(valid__contains=on, pk__in=standing.values("unit")).exclude(pk=own.pk)
    )


def _line(from_: str, to: str, unit: Unit, on: dt.date, people: bool) -> QuerySet[Unit]:
    """Walk the changes from one side to the other, as far as the day."""
    passed = "<=" if to == "new" else ">"
    only = f"and not (kind = '{UnitChange.Kind.AREA}' and confirmed)" if people else ""
    walk = RawSQL(
        f"""
        with recursive line (id) as (
            select %s::bigint
            union
            select {to}_id from geography_unitchange join line on line.id = {from_}_id
            where on_date {passed} %s {only}
        )
        select id from line
        """,
        (unit.pk, on),
    )
    return _ordered(Unit.objects.filter(pk__in=walk, valid__contains=on))


def _no_such_unit(code: str, on: dt.date) -> Refusal:
    bearers = list(Unit.objects.filter(code=code).order_by("version"))
    if not bearers:
        right = "2 chữ số cho tỉnh, 3 cho huyện (đến 30/6/2025), 5 cho xã; giữ số 0 ở đầu"
        fault = "không đúng dạng mã" if level_of(code) is None else "không có trong danh mục"
        return Refusal(f"“{code}” {fault} đơn vị hành chính.", remedy=f"Kiểm tra lại mã: {right}.")
    earlier = [bearer for bearer in bearers if bearer.valid.upper is not None and bearer.valid.upper <= on]
    return _not_then(earlier[-1] if earlier else bearers[0], on)


def _not_then(unit: Unit, on: dt.date) -> Refusal:
    """Say that a unit does not exist on a day, and what does instead."""
    named = f"{unit.full_name} (mã {unit.code})"
    if unit.valid.upper is not None and unit.valid.upper <= on:
        heirs = list(successors(unit, on=on, people=True))
        last = UnitChange.objects.filter(old=unit).order_by("on_date").values_list("legal_basis", flat=True)
        since = vietnamese_date(unit.valid.upper)
        return Refusal(
            f"Ngày {vietnamese_date(on)} không còn {named}: từ {since} đã nhập vào {_listed(heirs)}.",
            basis=last.first() or "",
            remedy=f"Dùng mã {heirs[0].code}." if len(heirs) == 1 else "Chọn một trong các đơn vị mới đó.",
        )
    origins = list(predecessors(unit, on=on))
    return Refusal(
        f"Ngày {vietnamese_date(on)} chưa có {named}: có từ {vietnamese_date(unit.valid.lower)}, "
        f"lập từ {_listed(origins)}.",
        basis=unit.legal_basis,
        remedy=f"Dùng mã {origins[0].code}." if len(origins) == 1 else "Chọn một trong các đơn vị cũ đó.",
    )


def _listed(units: Sequence[Unit]) -> str:
    names = [f"{unit.full_name} ({unit.code})" for unit in units[:_NAMED_AT_MOST]]
    more = len(units) - len(names)
    return ", ".join(names) + (f" và {more} đơn vị khác" if more else "")
