"""What an entry would change in entitlement, before it is saved (xem trước tác động)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from ansinh.accounts.models import User
from ansinh.desk import logic
from ansinh.desk.logic import Shown, ShownPaid
from ansinh.desk.queries.people import seen
from ansinh.determinations import queries as determinations
from ansinh.determinations.queries import Known
from ansinh.grants import queries as grants
from ansinh.kernel.time import Month
from ansinh.registry import queries as registry
from ansinh.registry.models import Person

BACK = 12
"""So many months before this one are asked about, no more."""
AHEAD = 2
"""So many months after this one, or after the event."""


@dataclass(frozen=True, slots=True)
class Change:
    """From one month on (up to another): what the law gave, what it would give, and why."""

    since: Month
    until: Month | None
    before_vnd: int
    after_vnd: int
    before: tuple[ShownPaid, ...]
    after: tuple[ShownPaid, ...]
    because: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """Somebody whose answer changes."""

    id: int
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an entry would change for those in the reader's territory, in the months asked about."""

    first: Month
    last: Month
    people: tuple[Affected, ...]
    asked: int


def effect(
    person: Person,
    perform: Callable[[], object],
    *,
    user: User,
    since: dt.date,
    until: dt.date | None = None,
    on: dt.date,
) -> Effect:
    """Do something to a person's file, ask the law about everybody near, and undo it (xem trước tác động).

    Nothing is written. Asked are the person, those of their household and tied to them, before and after, for
    the months from `since` (at most a year back) to two after today or `since`, and the month of `until`.
    Refused: what the operation refuses. Those outside the user's territory are left out.
    """
    first = max(Month.of(since), Month.of(on) - BACK)
    last = max(Month.of(on), first) + AHEAD
    months = list(Month.range(first, last))
    if until is not None and last < Month.of(until):
        months.append(Month.of(until))
    near = registry.near([person.pk])
    visible = seen(user, sorted(near), on=on)
    with transaction.atomic():
        perform()
        near |= registry.near([person.pk])
        people = sorted(near)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        after = _known(people, months, on)
        visible |= seen(user, people, on=on)
        names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
        transaction.set_rollback(True)
    before = _known(people, months, on)
    return Effect(
        first=first,
        last=last,
        asked=len(visible),
        people=tuple(
            Affected(key, names[key], changes)
            for key in sorted(visible, key=lambda key: (key != person.pk, key))
            if (changes := tuple(_changes(key, months, before, after, on)))
        ),
    )


def _known(people: list[int], months: Iterable[Month], on: dt.date) -> dict[Month, dict[int, Known]]:
    known_at = _instant()
    listed = ", ".join(map(str, sorted(registry.near(people))))
    return {
        month: determinations.known(
            people,
            month,
            known_at=known_at,
            asked_on=on,
            granted=f"(select * from ({grants.granted_sql(month)}) everybody where person_id in ({listed}))",
        )
        for month in months
    }


def _instant() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant


def _changes(
    person: int,
    months: list[Month],
    before: dict[Month, dict[int, Known]],
    after: dict[Month, dict[int, Known]],
    on: dt.date,
) -> Iterable[Change]:
    """The months in which the answer differs, told once for as long as it stays the same."""
    open_change: tuple[Month, Shown, Shown] | None = None
    last = months[0]
    for month in months:
        old, new = before[month][person], after[month][person]
        pair = None
        if old != new:
            was = logic.show(determinations.told(old, month, asked_on=on))
            will = logic.show(determinations.told(new, month, asked_on=on))
            pair = (was, will) if was.paid != will.paid else None
        if open_change and not (pair and _same(open_change, pair)):
            yield _change(*open_change, until=last)
            open_change = None
        if pair and open_change is None:
            open_change = (month, *pair)
        last = month
    if open_change:
        yield _change(*open_change, until=None)


def _same(told: tuple[Month, Shown, Shown], pair: tuple[Shown, Shown]) -> bool:
    return (told[1].paid, told[2].paid) == (pair[0].paid, pair[1].paid)


def _change(since: Month, was: Shown, will: Shown, *, until: Month | None) -> Change:
    """Why nothing is left of something is told by its own group, unless that is covered."""
    kept = {paid.label for paid in will.paid}
    lost = [paid.label for paid in was.paid if paid.label not in kept and not paid.covered]
    return Change(
        since=since,
        until=until,
        before_vnd=was.total_vnd,
        after_vnd=will.total_vnd,
        before=was.paid,
        after=will.paid,
        because=tuple(
            (reason.because, reason.cites)
            for reason in (*will.not_met, *will.open, *will.met)
            if reason.label in lost
        ),
    )
