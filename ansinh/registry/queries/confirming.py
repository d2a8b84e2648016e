"""Households of divided communes that a commune may claim as its own (cần xác nhận xã)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit

PAGE = 50


@dataclass(frozen=True, slots=True)
class Village:
    """A village of a divided commune: how many households and people wait there."""

    old: int
    commune: str
    name: str
    households: int
    people: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A household that must say where it lives: enough for an officer of the place to know it."""

    household: int
    code: str
    head: str
    people: int


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """A page of households; `after` is where the next begins (0: there is none)."""

    households: tuple[Waiting, ...]
    after: int


def claimable(unit: Unit, *, on: dt.date) -> list[Unit]:
    """Return the divided communes whose people may live in a commune of the day; none for other units."""
    if unit.level != Level.COMMUNE:
        return []
    own = geography.version(unit, on=on)
    before = set(geography.predecessors(own, on=dt.date(2004, 1, 1), people=True))
    return [
        old
        for old in geography.divided_units(on=on)
        if old in before or own in set(geography.successors(old, on=on, people=True))
    ]


def villages(unit: Unit, *, on: dt.date) -> list[Village]:
    """Count what waits for confirmation, village by village (theo thôn, tổ dân phố)."""
    found: list[Village] = []
    for old in claimable(unit, on=on):
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                select home.village, count(distinct home.household_id), count(m.person_id)
                from {_HOMES} left join registry_member m on m.household_id = home.household_id
                    and m.superseded_at is null and m.valid @> %(on)s::date
                    and not exists (select from registry_death d
                        where d.person_id = m.person_id and d.superseded_at is null)
                where home.unit_id = %(old)s group by 1 order by 1""",
                {"old": old.pk, "on": on},
            )
            found += [Village(old.pk, old.full_name, *row) for row in cursor.fetchall()]
    return found


def waiting(old: Unit, village: str, *, on: dt.date, after: int = 0) -> WaitingPage:
    """List the households of a village that must be confirmed, a page at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select home.household_id, household.code, coalesce(head.name, ''), coalesce(head.people, 0)
            from {_HOMES} join registry_household household on household.id = home.household_id
            left join lateral (
                select (array_agg(p.name order by m.role, p.born, p.id))[1] as name, count(*) as people
                from registry_member m join registry_person p on p.id = m.person_id
                where m.household_id = home.household_id and m.superseded_at is null
                    and m.valid @> %(on)s::date
            ) head on true
            where home.unit_id = %(old)s and home.village = %(village)s and home.household_id > %(after)s
            order by home.household_id limit {PAGE + 1}""",
            {"old": old.pk, "village": village, "on": on, "after": after},
        )
        rows = [Waiting(*row) for row in cursor.fetchall()]
    return WaitingPage(tuple(rows[:PAGE]), rows[PAGE - 1].household if len(rows) > PAGE else 0)


_HOMES = """(select unit_id, household_id, village from registry_householdresidence
    where superseded_at is null and valid @> %(on)s::date) home"""
