"""Who is in an officer's territory, and who of them has this name, number or household (tìm đối tượng)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.kernel.names import fold
from ansinh.registry.models import Person

PAGE = 25
_MARKS = str.maketrans("\\%_", "   ")

# Where somebody lives, or, dead or moved without a trace, lived last.
HOME = """
    join lateral (
        select member.household_id from registry_member member
        where member.person_id = person.id and member.superseded_at is null and member.valid_from <= %(on)s
        order by member.valid_from desc limit 1
    ) as last_member on true
    join lateral (
        select residence.unit_id, residence.village from registry_householdresidence residence
        where residence.household_id = last_member.household_id and residence.superseded_at is null
            and residence.valid_from <= %(on)s
        order by residence.valid_from desc limit 1
    ) as home on true
    join geography_standing standing on standing.unit_id = home.unit_id and {inside}
"""
# Everybody who ever lived in a commune: few enough to look through. `home` then keeps who still belongs.
OF_THE_COMMUNE = """
    and person.id in (
        select member.person_id
        from geography_standing standing
        join registry_householdresidence residence on residence.unit_id = standing.unit_id
        join registry_member member on member.household_id = residence.household_id
        where {inside} and residence.superseded_at is null and member.superseded_at is null
    )
"""

OF_THE_HOUSEHOLD = """person.id in (
        select member.person_id
        from registry_household household join registry_member member on member.household_id = household.id
        where household.code = %(code)s and member.superseded_at is null
    )"""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody found: enough to tell them apart."""

    id: int
    name: str
    number: str
    born: dt.date | None
    born_precision: str
    sex: str
    village: str
    commune: str
    died_on: dt.date | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of people found, by name; `after` is where the next page begins (0: there is none)."""

    people: tuple[Found, ...]
    after: int


def search(user: User, text: str, *, on: dt.date, after: int = 0) -> FoundPage:
    """Find people of the territory by name (tones do not matter), citizen number or household code.

    A name is the beginning of the full name, or words that end in the given name. `after` is the last person
    of the page before.
    """
    conditions, parameters = _asked(text)
    if user.unit is None or not conditions:
        return FoundPage((), 0)
    own = geography.version(user.unit, on=on)
    inside = geography.standing_condition(own, on=on)
    near = OF_THE_COMMUNE.format(inside=inside) if own.level == Level.COMMUNE else ""
    last = Person.objects.filter(pk=after).values_list("folded", flat=True).first() if after else None
    if last is not None:
        near += " and (person.folded, person.id) > (%(last)s, %(after)s)"
    # Each condition reads its own index in order, and stops when it has a page.
    branches = [
        f"""(
            select person.id, person.folded, home.village, standing.commune_id
            from registry_person person {HOME.format(inside=inside)}
            where {condition} {near} order by person.folded, person.id limit {PAGE + 1})"""
        for condition in conditions
    ]
    query = f"""
        select person.id, person.name, coalesce(person.number, ''), person.born,
            coalesce(person.born_precision, ''), person.sex, found.village,
            coalesce(commune.kind || ' ' || commune.name, ''), death.died_on
        from ({" union ".join(branches)}) found
        join registry_person person on person.id = found.id
        left join geography_unit commune on commune.id = found.commune_id
        left join registry_death death on death.person_id = person.id and death.superseded_at is null
        order by person.folded, person.id
        limit {PAGE + 1}
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {**parameters, "on": on, "after": after, "last": last})
        rows = [Found(*row) for row in cursor.fetchall()]
    return FoundPage(tuple(rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else 0)


def _asked(text: str) -> tuple[list[str], dict[str, str]]:
    """Turn what was typed into conditions that indexes answer; none when it asks for nobody.

    Digits alone are a citizen number; digits among letters a household code (no name has any).
    """
    typed = text.strip()[:100]
    digits = typed.replace(" ", "").replace(".", "")
    if digits.isdecimal() and digits.isascii():
        numbers = ["person.number like %(prefix)s", "person.old_number = %(digits)s"]
        return (numbers if len(digits) >= 6 else []), {"prefix": f"{digits}%", "digits": digits}
    if any(mark.isdecimal() for mark in typed):
        code = typed.removeprefix("hộ ").removeprefix("Hộ ").strip()
        return [OF_THE_HOUSEHOLD], {"code": code}
    words = fold(typed.translate(_MARKS)).split()
    if len("".join(words)) < 2:
        return [], {}
    beginning = " ".join(words)
    return (
        [
            "person.folded like %(beginning)s",
            "person.given_folded = %(given)s and person.folded like %(ending)s",
        ],
        {"beginning": f"{beginning}%", "given": words[-1], "ending": f"%{beginning}"},
    )


def in_scope(user: User, person_id: int, *, on: dt.date) -> Person | None:
    """Return a person whom `user` may see: who lives in their territory, or whose grant is held there.

    None when there is no such person, or not for them: the two must look alike.
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None or user.unit is None:
        return None
    return person if person_id in seen(user, [person_id], on=on) else None


def seen(user: User, people: list[int], *, on: dt.date) -> set[int]:
    """Keep, of some people, those whom `user` may see."""
    if user.unit is None or not people:
        return set()
    inside = geography.standing_condition(user.unit, on=on)
    query = f"""
        select person.id from registry_person person {HOME.format(inside=inside)}
        where person.id = any(%(people)s)
        union
        select held.person_id from grants_grant held
        join lateral (
            select holding.unit_id from grants_holding holding where holding.grant_id = held.id
                and holding.from_month <= %(on)s order by holding.from_month desc limit 1
        ) holder on true
        join geography_standing standing on standing.unit_id = holder.unit_id and {inside}
        where held.person_id = any(%(people)s)
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"people": people, "on": on})
        return {row[0] for row in cursor.fetchall()}


def home_unit(person: Person, *, on: dt.date) -> Unit | None:
    """Return the unit at which somebody is registered, as it stands on `on`; None when nothing is known."""
    query = f"""
        select home.unit_id from registry_person person {HOME.format(inside="standing.valid @> %(on)s::date")}
        where person.id = %(person)s
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"person": person.pk, "on": on})
        row = cursor.fetchone()
    return Unit.objects.get(pk=row[0]) if row else None
