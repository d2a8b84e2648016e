"""A crowd at the edges of the law: facts change within November 2026, none later; some births are unknown."""

from __future__ import annotations

import datetime as dt
import random

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
    meaning = vocabulary()[name]
    common = {
        "fact": meaning.id,
        "value": value,
        "valid_from": since,
        "valid_to": until,
        "recorded_at": now(),
        "source": world.source(),
    }
    if meaning.subject == "household":
        HouseholdFact.objects.create(household=Member.objects.get(person=person).household, **common)
    elif meaning.privacy == "secret":
        SensitiveFact.objects.create(person=person, **common)
    else:
        Fact.objects.create(person=person, **common)


def disabled(home: Unit, *, born: dt.date = dt.date(1990, 1, 1)) -> Person:
    """Somebody severely disabled, of working age."""
    somebody = world.person(home, born=born)
    fact(somebody, "disability", vocabulary()["disability"].code("SEVERE"), dt.date(2020, 1, 1))
    return somebody


def crowd(home: Unit, chance: random.Random, size: int) -> list[Person]:
    people = []
    for number in range(size):
        age = chance.choice([0, 1, 2, 3, 11, 15, 18, 30, 55, 59, 60, 66, 69, 70, 74, 75, 79, 80, 90])
        born = dt.date(2026 - age, chance.choice([2, 8, 10, 11, 12]), chance.choice([1, 1, 5, 17, 28]))
        born = chance.choice([born, born, born, born, dt.date(2024, 2, 29)])
        somebody = world.person(home, born=born if number % 9 else None)
        people.append(somebody)
        for name, meaning in vocabulary().items():
            if chance.random() < 0.35 or meaning.privacy == "secret":
                continue
            top = {"bool": 1, "enum": len(meaning.values), "set": 63, "money": 900_000}[meaning.kind]
            turn = dt.date(2026, 11, chance.randint(2, 29))
            changes = chance.random() < 0.1
            low = 1 if meaning.kind == "enum" else 0
            fact(somebody, name, chance.randint(low, top), dt.date(2020, 1, 1), turn if changes else None)
            if changes:
                fact(somebody, name, chance.randint(low, top), turn)
        if chance.random() < 0.2:
            world.dies(somebody, dt.date(2026, chance.choice([8, 11, 12]), chance.randint(1, 28)))
    for child, parent in zip(people[::3], people[1::3], strict=False):
        for kind in (Relation.Kind.FATHER, Relation.Kind.RAISED_BY):
            Relation.objects.create(
                person=child,
                other=parent,
                kind=kind,
                valid_from=dt.date(2015, 1, 1),
                recorded_at=now(),
                source=world.source(),
            )
    return people
