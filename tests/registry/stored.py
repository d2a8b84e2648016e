"""A register made by chance, written into the database as it was told: instant by instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ansinh.geography.models import Unit
from ansinh.registry.models import (
    Death,
    Fact,
    Household,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Person,
    Relation,
    SensitiveFact,
    Source,
)
from ansinh.rulebook.facts import vocabulary
from tests.registry.crowd import HOMES, INSTANTS, History, Register


@dataclass
class Stored:
    """Whom the database knows, and what it is still to be told of them."""

    people: list[Person]
    rows: list[tuple[Any, dict[str, Any], int, int | None]]
    """model, fields, number of the instant recorded, of the instant superseded"""

    def tell(self, instant: int) -> None:
        """Write what was recorded and what was superseded at an instant."""
        for model, fields, recorded, superseded in self.rows:
            if superseded == instant and recorded < instant:
                found = model.objects.filter(**fields, superseded_at=None, recorded_at=INSTANTS[recorded])
                assert found.update(superseded_at=INSTANTS[instant]) == 1
        said: dict[Any, list[dict[str, Any]]] = {}
        for model, fields, recorded, _superseded in self.rows:
            if recorded == instant:
                said.setdefault(model, []).append(fields)
        for model, rows in said.items():
            model.objects.bulk_create(model(**fields, recorded_at=INSTANTS[instant]) for fields in rows)

    def grant(self, granted: Mapping[int, tuple[int, bool]]) -> None:
        """Put what the grants know into the temporary table `granted`."""
        with connection.cursor() as cursor:
            cursor.execute("drop table if exists pg_temp.granted")
            cursor.execute(
                "create temporary table granted (person_id bigint, receiving int, on_allowance boolean)"
            )
            cursor.executemany(
                "insert into granted values (%s, %s, %s)",
                [(self.people[person].pk, *told) for person, told in granted.items()],
            )


def written(register: Register, units: list[Unit]) -> Stored:
    """Write who there is; of what is said of them nothing yet."""
    source = Source.objects.create(kind=Source.Kind.LOAD, name="thử", at=INSTANTS[0])
    people = Person.objects.bulk_create(
        Person(
            source=source, key=f"p{n}", name=f"Người {n}", folded=f"nguoi {n}", sex=register.sex[n],
            born=born, born_precision=precision,
        )
        for n, (born, precision) in enumerate(register.born)
    )  # fmt: skip
    homes = Household.objects.bulk_create(Household(source=source, code=f"h{n}") for n in range(HOMES))
    return Stored(people, [*_rows(register, source, people, homes, units)])


def _rows(
    register: Register, source: Source, people: list[Person], homes: list[Household], units: list[Unit]
) -> Iterator[tuple[Any, dict[str, Any], int, int | None]]:
    def said(model: Any, history: History, what: Callable[[Any], dict[str, Any]], **same: Any) -> Any:
        for value, since, until, recorded, superseded in history.rows:
            days = {"valid_from": since, "valid_to": until}
            yield model, {**same, **what(value), **days, "source": source}, recorded, superseded

    for (person, name), history in register.facts.items():
        fact = vocabulary()[name]
        model = SensitiveFact if fact.privacy == "secret" else Fact
        yield from said(model, history, lambda v: {"value": v}, person=people[person], fact=fact.id)
    for (home, name), history in register.home_facts.items():
        number = vocabulary()[name].id
        yield from said(HouseholdFact, history, lambda v: {"value": v}, household=homes[home], fact=number)
    for person, history in register.homes.items():
        yield from said(Member, history, lambda v: {"household": homes[v]}, person=people[person], role=6)
    for home, history in register.places.items():
        yield from said(HouseholdResidence, history, lambda v: {"unit": units[v]}, household=homes[home])
    for (person, kind), history in register.ties.items():
        yield from said(Relation, history, lambda v: {"other": people[v]}, person=people[person], kind=kind)
    for (person, kind, other), history in register.many.items():
        tie = {"person": people[person], "kind": kind, "other": people[other]}
        yield from said(Relation, history, lambda v: {}, **tie)
    for person, deaths in register.deaths.items():
        for day, recorded, superseded in deaths:
            yield Death, {"person": people[person], "source": source, "died_on": day}, recorded, superseded
