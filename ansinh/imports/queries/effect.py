"""Whose allowance a list would change, asked before it is written (xem trước tác động)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from ansinh.determinations import queries as determinations
from ansinh.grants import queries as grants
from ansinh.imports.models import PoorList
from ansinh.kernel.time import Month
from ansinh.registry import queries as registry
from ansinh.registry.models import Person

MOST = 20_000
"""Of the households of so many people the law is asked before a list is written; beyond, in the review."""


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody whose allowance by law changes, in đồng a month."""

    person_id: int
    name: str
    before_vnd: int
    after_vnd: int


def asked_about(terms: PoorList, *, on: dt.date) -> Month:
    """Return the month of a list that the law is asked about: this one, or the nearest to it."""
    last = Month.of(terms.valid_to - dt.timedelta(days=1))
    return min(max(Month.of(terms.valid_from), Month.of(on)), last)


def effect(
    people: Sequence[int],
    *,
    stay: Callable[[], object],
    change: Callable[[], object],
    month: Month,
    on: dt.date,
    within: Collection[int],
) -> list[Change]:
    """Ask the law what differs if people's households `change` rather than `stay` (xem trước tác động).

    Both write, and both are undone. Asked are those people, their households and whoever is tied to them, of
    one month, by the law as known on `on`; told are only those `within`.
    """
    near = sorted(registry.near(people))
    supporters = registry.near(near)
    due = []
    for perform in (stay, change):
        with transaction.atomic():
            perform()
            due.append(_due(near, supporters, month, on))
            transaction.set_rollback(True)
    before, after = due
    changed = [
        person for person in near if person in within and before.get(person, 0) != after.get(person, 0)
    ]
    names = dict(Person.objects.filter(pk__in=changed).values_list("pk", "name"))
    return [Change(person, names[person], before.get(person, 0), after.get(person, 0)) for person in changed]


def _due(people: Sequence[int], supporters: Iterable[int], month: Month, on: dt.date) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        known_at: dt.datetime = cursor.fetchone()[0]
    listed = ", ".join(map(str, sorted(supporters)))
    return determinations.due(
        people,
        month,
        known_at=known_at,
        asked_on=on,
        granted=f"(select * from ({grants.granted_sql(month)}) everybody where person_id in ({listed}))",
    )
