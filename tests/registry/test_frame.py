"""The frame of facts against a slow reading of the same register in plain Python, row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.time import Month, birthday
from ansinh.registry.queries import facts_frame, frame
from ansinh.rulebook.engines.person import test as compiled
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw, load
from tests.registry.crowd import (
    FATHER,
    INSTANTS,
    MONTH,
    MOTHER,
    PEOPLE,
    RAISED_BY,
    SPOUSE,
    SUPPORTER,
    History,
    Maker,
    Register,
)
from tests.registry.stored import Stored, written

pytestmark = pytest.mark.usefixtures("units")

# ── the slow reading ──


@dataclass
class Slow:
    """Reads a register as known at an instant, under the law of a month."""

    register: Register
    law: MonthLaw
    at: int
    codes: list[str]

    def born(self, person: int) -> dt.date | None:
        day, precision = self.register.born[person]
        if day is None or not self.law.latest_birth or precision == "D":
            return day
        after = day.replace(year=day.year + 1) if precision == "Y" else Month.of(day).next().first
        return after - dt.timedelta(days=1)

    def died(self, person: int) -> dt.date:
        for day, recorded, superseded in self.register.deaths.get(person, []):
            if recorded <= self.at and (superseded is None or superseded > self.at):
                return day
        return dt.date.max

    def rows(self, provinces: set[str]) -> dict[tuple[int, dt.date], dict[str, Any]]:
        found = {}
        for person in range(PEOPLE):
            first = max(MONTH.first, self.born(person) or dt.date.min)
            home = self.register.homes[person].on(first, self.at)
            place = None if home is None else self.register.places[home].on(first, self.at)
            if first > MONTH.last or self.died(person) < first or place is None:
                continue
            if self.codes[place] not in provinces:
                continue
            for day in self.days(person, first):
                found[person, day] = {"province_code": self.codes[place], **self.read(person, day)}
        return found

    def days(self, person: int, first: dt.date) -> list[dt.date]:
        marks = {first}
        for history in self.about(person):
            for _, since, until, *_rest in history.known(self.at):
                marks |= {since, until or dt.date.max}
        for home in {row[0] for row in self.register.homes[person].known(self.at)}:
            for (other, _), history in self.register.home_facts.items():
                if other == home:
                    for _, since, until, *_rest in history.known(self.at):
                        marks |= {since, until or dt.date.max}
        born = self.born(person)
        if born is not None:
            marks |= {birthday(born, age) for age in self.law.cutoff_ages}
        last = min(MONTH.last, self.died(person))
        return [day for day in sorted(marks | self.others(person)) if first <= day <= last]

    def birthdays(self) -> Iterator[tuple[int, dt.date]]:
        """Who passes an age of the law, and when: nothing in the frame changes, the answer may."""
        for person in range(PEOPLE):
            if (born := self.born(person)) is not None:
                yield from ((person, birthday(born, age)) for age in self.law.cutoff_ages)

    def about(self, person: int) -> Iterator[History]:
        r = self.register
        yield r.homes[person]
        yield from (history for (who, _), history in r.facts.items() if who == person)
        yield from (history for (who, _), history in r.ties.items() if who == person)
        for (who, kind, other), history in r.many.items():
            if (kind == SUPPORTER and who == person) or (kind == RAISED_BY and other == person):
                yield history

    def others(self, person: int) -> set[dt.date]:
        """The days on which what relatives say may change: more than needed does no harm to the answer."""
        marks = set()
        for (who, _), history in self.register.ties.items():
            if who == person:
                for other, *_ in history.known(self.at):
                    marks.add(self.died(other))
                    for (whose, name), facts in self.register.facts.items():
                        if whose == other and name in ("in_facility", "imprisoned"):
                            for _, since, until, *_rest in facts.known(self.at):
                                marks |= {since, until or dt.date.max}
        for who, kind, other in self.register.many:
            if kind == SUPPORTER and who == person:
                marks.add(self.died(other))
            if kind == RAISED_BY and other == person:
                born, died = self.born(who), self.died(who)
                marks.add(dt.date.max if died == dt.date.max else died + dt.timedelta(days=1))
                if born is not None:
                    marks |= {born, *(birthday(born, age) for age in self.law.child_ages)}
                for (whose, name), facts in self.register.facts.items():
                    if whose == who and name == "studying":
                        for _, since, until, *_rest in facts.known(self.at):
                            marks |= {since, until or dt.date.max}
        return marks

    def read(self, person: int, day: dt.date) -> dict[str, Any]:
        found: dict[str, Any] = {
            "born": self.born(person),
            "sex": self.register.sex[person],
            "receiving": self.register.granted.get(person, (0, False))[0],
        }
        home = self.register.homes[person].on(day, self.at)
        for name, fact in vocabulary().items():
            whose = self.register.facts if fact.subject == "person" else self.register.home_facts
            history = whose.get((person if fact.subject == "person" else home, name))
            value = history.on(day, self.at) if history else None
            if fact.kind == "bool" and value is not None:
                value = bool(value)
            found[name] = False if value is None and fact.absent == "no" else value
        for name, kind in (("father", FATHER), ("mother", MOTHER)):
            found[name] = self.parent(person, kind, day, found[name])
        found["marital"] = self.marital(person, day, found["marital"])
        found["supporter"] = self.supporter(person, day, found["supporter"])
        for count in self.law.counts:
            verdicts = [compiled(count.tree)(child, day) for child in self.children(person, day)]
            found[f"{count.name}_min"] = sum(v is True for v in verdicts)
            unknown = found["receiving"] & self.law.raising and not self.ever_raised(person)
            found[f"{count.name}_max"] = None if unknown else sum(v is not False for v in verdicts)
        return found

    def parent(self, person: int, kind: int, day: dt.date, declared: int | None) -> int | None:
        code = vocabulary()["father"].code
        other, widowed = self.linked(person, kind, day)
        if other is None:
            return code("DEAD") if widowed else declared
        if self.died(other) <= day:
            return code("DEAD")
        for name, says in (("in_facility", "IN_FACILITY"), ("imprisoned", "DETAINED")):
            history = self.register.facts.get((other, name))
            if history and history.on(day, self.at):
                return code(says)
        return declared if declared in (code("MISSING"), code("INCAPABLE")) else code("ALIVE")

    def marital(self, person: int, day: dt.date, declared: int | None) -> int | None:
        code = vocabulary()["marital"].code
        other, widowed = self.linked(person, SPOUSE, day)
        if other is None:
            return code("SPOUSE_DEAD") if widowed else declared
        if self.died(other) <= day:
            return code("SPOUSE_DEAD")
        return declared if declared == code("SPOUSE_MISSING") else code("MARRIED")

    def linked(self, person: int, kind: int, day: dt.date) -> tuple[int | None, bool]:
        """Who is linked on a day; and whether a tie that ended did so with, or after, the other's death."""
        history = self.register.ties.get((person, kind), History())
        widowed = any(
            until is not None and until <= day and self.died(other) <= min(day, until)
            for other, since, until, *_ in history.known(self.at)
        )
        return history.on(day, self.at), widowed

    def supporter(self, person: int, day: dt.date, declared: int | None) -> int | None:
        code = vocabulary()["supporter"].code
        others = [
            other
            for (who, kind, other), history in self.register.many.items()
            if who == person and kind == SUPPORTER and history.on(day, self.at)
        ]
        if not others:
            return declared
        alive = [other for other in others if self.died(other) > day]
        if not alive:
            return code("NONE")
        if all(self.register.granted.get(other, (0, False))[1] for other in alive):
            return code("ON_ALLOWANCE")
        return declared if declared in (code("UNABLE"), code("ABLE")) else None

    def ever_raised(self, person: int) -> bool:
        return any(
            kind == RAISED_BY and other == person and history.known(self.at)
            for (_child, kind, other), history in self.register.many.items()
        )

    def children(self, person: int, day: dt.date) -> Iterator[dict[str, Any]]:
        for (child, kind, other), history in self.register.many.items():
            born = self.born(child)
            if kind != RAISED_BY or other != person or not history.on(day, self.at):
                continue
            if self.died(child) >= day and (born is None or born <= day):
                studying = self.register.facts.get((child, "studying"), History()).on(day, self.at)
                receiving = self.register.granted.get(person, (0, False))[0]
                yield {"born": born, "studying": studying, "receiving": receiving}


# ── the same register in the database ──


def store(register: Register, units: list[Unit]) -> Stored:
    stored = written(register, units)
    for instant in range(len(INSTANTS)):
        stored.tell(instant)
    stored.grant(register.granted)
    return stored


def asked(stored: Stored, law: MonthLaw, at: int, unit: Unit | None, **options: Any) -> dict[Any, Any]:
    query = facts_frame(unit, law, known_at=INSTANTS[at], granted="pg_temp.granted", **options)
    with connection.cursor() as cursor:
        cursor.execute(query)
        columns = [column.name for column in cursor.description]
        places = {person.pk: n for n, person in enumerate(stored.people)}
        found = {}
        for row in cursor.fetchall():
            named = dict(zip(columns, row, strict=True))
            named.pop("former_province_code")
            key = places[named.pop("person_id")], named.pop("day")
            assert key not in found
            found[key] = named
    return found


@pytest.fixture
def places(units: None) -> list[Unit]:
    """Two communes of Hà Nội and one of Lào Cai, of the day."""
    on = MONTH.first
    capital, mountains = (geography.unit(code=code, on=on) for code in ("01", "15"))
    return [*geography.children(capital, on=on)[:2], geography.children(mountains, on=on)[0]]


@pytest.mark.parametrize("latest", [True, False])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(seed=312, at=2)
@given(seed=st.integers(0, 1_000_000), at=st.integers(0, 2))
def test_the_frame_is_what_reading_row_by_row_gives(
    places: list[Unit], monkeypatch: pytest.MonkeyPatch, latest: bool, seed: int, at: int
) -> None:
    law = load().choosing(birth_latest_possible_day=latest).month(MONTH)
    codes = ["01", "01", "15"]
    register = Maker(seed).register()
    slow = Slow(register, law, at, codes)
    with transaction.atomic():
        stored = store(register, places)
        capital = geography.unit(code="01", on=MONTH.first)
        want = slow.rows({"01"})
        for few in (0, 1000):  # read in order of persons; looked up one by one
            monkeypatch.setattr(frame, "FEW", few)
            found = asked(stored, law, at, capital)
            check(found, want)
            assert {key for key in slow.birthdays() if key in want} <= set(found)
        everyone = [person.pk for person in stored.people]
        check(asked(stored, law, at, None, persons=everyone), slow.rows({"01", "15"}))
        one = {key: row for key, row in want.items() if key[0] == 2}
        check(asked(stored, law, at, capital, persons=[everyone[2]]), one)
        transaction.set_rollback(True)


def check(found: dict[Any, Any], want: dict[Any, Any]) -> None:
    """Every day the slow reading names more than the frame does must change nothing; none may be missing."""
    assert set(found) <= set(want)
    last: dict[int, Any] = {}
    for (person, day), row in sorted(want.items()):
        if (person, day) in found:
            assert found[person, day] == row, (person, day)
            last[person] = row
        else:
            same = {k: v for k, v in row.items() if k != "born"}
            assert same == {k: v for k, v in last[person].items() if k != "born"}, (person, day)
