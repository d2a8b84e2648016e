"""A crowd at the edges of the law: facts change within November 2026, none later; some births are unknown."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.db import connection

from ansinh.geography.models import Unit
from ansinh.registry.models import Fact, HouseholdFact, Member, Person, Relation, SensitiveFact
from ansinh.rulebook.facts import vocabulary
from tests.grants import world


def now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant


def fact(person: Person, name: str, value: int, since: dt.date, until: dt.date | None = None) -> None:
    household = Member.objects.get(person=person).household_id
    _told(person, household, name, value, since, until, recorded_at=now(), source=world.source()).save()


def _told(
    person: Person, household: int, name: str, value: int, since: dt.date, until: dt.date | None, **how: Any
) -> Fact | HouseholdFact | SensitiveFact:
    """The row of a fact known of somebody, or of their household."""
    meaning = vocabulary()[name]
    row = {"fact": meaning.id, "value": value, "valid_from": since, "valid_to": until, **how}
    if meaning.subject == "household":
        return HouseholdFact(household_id=household, **row)
    if meaning.privacy == "secret":
        return SensitiveFact(person=person, **row)
    return Fact(person=person, **row)


def disabled(home: Unit, *, born: dt.date = dt.date(1990, 1, 1)) -> Person:
    """Somebody severely disabled, of working age."""
    somebody = world.person(home, born=born)
    fact(somebody, "disability", vocabulary()["disability"].code("SEVERE"), dt.date(2020, 1, 1))
    return somebody


def crowd(home: Unit, chance: random.Random, size: int) -> list[Person]:
    people: list[Person] = []
    how: dict[str, Any] = {"recorded_at": now(), "source": world.source()}
    known: list[Fact | HouseholdFact | SensitiveFact] = []
    for number in range(size):
        age = chance.choice([0, 1, 2, 3, 11, 15, 18, 30, 55, 59, 60, 66, 69, 70, 74, 75, 79, 80, 90])
        born = dt.date(2026 - age, chance.choice([2, 8, 10, 11, 12]), chance.choice([1, 1, 5, 17, 28]))
        born = chance.choice([born, born, born, born, dt.date(2024, 2, 29)])
        somebody = world.person(home, born=born if number % 9 else None)
        household = Member.objects.get(person=somebody).household_id
        people.append(somebody)
        for name, meaning in vocabulary().items():
            if chance.random() < 0.35 or meaning.privacy == "secret":
                continue
            top = {"bool": 1, "enum": len(meaning.values), "set": 63, "money": 900_000}[meaning.kind]
            turn = dt.date(2026, 11, chance.randint(2, 29))
            changes = chance.random() < 0.1
            low = 1 if meaning.kind == "enum" else 0
            start, until = dt.date(2020, 1, 1), turn if changes else None
            known.append(_told(somebody, household, name, chance.randint(low, top), start, until, **how))
            if changes:
                known.append(_told(somebody, household, name, chance.randint(low, top), turn, None, **how))
        if chance.random() < 0.2:
            world.dies(somebody, dt.date(2026, chance.choice([8, 11, 12]), chance.randint(1, 28)))
    Fact.objects.bulk_create(row for row in known if isinstance(row, Fact))
    HouseholdFact.objects.bulk_create(row for row in known if isinstance(row, HouseholdFact))
    Relation.objects.bulk_create(
        Relation(
            person=child,
            other=parent,
            kind=kind,
            valid_from=dt.date(2015, 1, 1),
            **how,
        )
        for child, parent in zip(people[::3], people[1::3], strict=False)
        for kind in (Relation.Kind.FATHER, Relation.Kind.RAISED_BY)
    )
    return people
