"""The frame of facts against a slow reading of the same register in plain Python, row by row."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.time import Month, birthday
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
from ansinh.registry.queries import facts_frame, frame
from ansinh.rulebook.engines.person import test as compiled
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw, load

pytestmark = pytest.mark.usefixtures("units")

MONTH = Month(2026, 12)
INSTANTS = [dt.datetime(2026, 12, day, 9, tzinfo=dt.UTC) for day in (1, 2, 3)]
PEOPLE, HOMES = 30, 8
STRONG = ("in_facility", "imprisoned", "studying", "hiv", "father", "marital", "supporter")
FATHER, MOTHER, SPOUSE, CARER, SUPPORTER, RAISED_BY = (kind.value for kind in Relation.Kind)

Row = tuple[Any, dt.date, dt.date | None, int, int | None]
"""value, from, to, number of the instant recorded, of the instant superseded"""


@dataclass
class History:
    """What is said of one subject: later words replace earlier ones for the days they speak of."""

    rows: list[Row] = field(default_factory=list)

    def say(self, value: Any, start: dt.date, end: dt.date | None, at: int) -> None:
        kept = []
        for was, since, until, recorded, superseded in self.rows:
            apart = (end is not None and since >= end) or (until is not None and until <= start)
            if superseded is not None or apart:
                kept.append((was, since, until, recorded, superseded))
                continue
            if recorded != at:
                kept.append((was, since, until, recorded, at))
            if since < start:
                kept.append((was, since, start, at, None))
            if end is not None and (until is None or until > end):
                kept.append((was, end, until, at, None))
        self.rows = [*kept, (value, start, end, at, None)]

    def known(self, at: int) -> list[Row]:
        return [row for row in self.rows if row[3] <= at and (row[4] is None or row[4] > at)]

    def on(self, day: dt.date, at: int) -> Any:
        for value, since, until, *_ in self.known(at):
            if since <= day and (until is None or day < until):
                return value
        return None


@dataclass
class Register:
    """A small register: everything by place in the list of people or homes."""

    born: list[tuple[dt.date | None, str | None]]
    sex: list[str]
    facts: dict[tuple[int, str], History]
    home_facts: dict[tuple[int, str], History]
    homes: dict[int, History]
    places: dict[int, History]
    ties: dict[tuple[int, int], History]
    """By person and kind (father, mother, spouse): the other. Supporters and raisers: by a third number."""
    many: dict[tuple[int, int, int], History]
    deaths: dict[int, list[tuple[dt.date, int, int | None]]]
    granted: dict[int, tuple[int, bool]]


OF_PERSON = [name for name, fact in vocabulary().items() if fact.subject == "person"]
OF_HOME = [name for name, fact in vocabulary().items() if fact.subject == "household"]
AGES = (0, 3, 4, 16, 22, 60, 75, 80)


class Maker:
    """Makes a crowded register by chance: most of what happens, happens in the month."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def day(self) -> dt.date:
        if self.chance.random() < 0.75:
            return MONTH.first + dt.timedelta(days=self.chance.randint(-2, 33))
        return dt.date(2019, 1, 1) + dt.timedelta(days=self.chance.randint(0, 3000))

    def span(self) -> tuple[dt.date, dt.date | None]:
        start = self.day() if self.chance.random() < 0.5 else dt.date(2021, 5, 5)
        end = self.day() if self.chance.random() < 0.6 else None
        return start, end if end is None or end > start else None

    def born(self) -> tuple[dt.date | None, str | None]:
        kind = self.chance.choice("AADMYYN")
        day = dt.date(1940, 1, 1) + dt.timedelta(days=self.chance.randint(0, 31700))
        if kind == "N":
            return None, None
        if kind == "A":  # passes an age of the law in the month, or is born in it
            day = MONTH.first + dt.timedelta(days=self.chance.randint(-1, 30))
            return day.replace(year=day.year - self.chance.choice(AGES)), "D"
        if self.chance.random() < 0.3:
            day = day.replace(year=MONTH.year, month=MONTH.number)
        if kind == "M":
            return day.replace(day=1), "M"
        return (day.replace(month=1, day=1), "Y") if kind == "Y" else (day, "D")

    def value(self, name: str) -> int:
        fact = vocabulary()[name]
        match fact.kind:
            case "bool":
                return self.chance.randint(0, 1)
            case "enum":
                return self.chance.randint(1, len(fact.values))
            case "set":
                return self.chance.randrange(1 << len(fact.values))
            case _:
                return self.chance.choice([0, 1, 450_000, 2_000_000_000])

    def history(self, value: Callable[[], Any]) -> History:
        history = History()
        for at in sorted(self.chance.choices(range(3), weights=(5, 1, 1), k=self.chance.choice((1, 1, 2)))):
            history.say(value(), *self.span(), at)
        return history

    def other(self, person: int) -> int:
        return self.chance.choice([p for p in range(PEOPLE) if p != person])

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def deaths(self) -> list[tuple[dt.date, int, int | None]]:
        first = self.chance.choice((0, 0, 1, 2))
        if first < 2 and self.often(0.3):
            return [(self.day(), first, first + 1), (self.day(), first + 1, None)]
        return [(self.day(), first, self.chance.choice((None, None, 2)) if first < 2 else None)]

    def register(self) -> Register:
        people, often = range(PEOPLE), self.often
        living, places = {p: History() for p in people}, {h: History() for h in range(HOMES)}
        for person, history in living.items():
            if not often(0.05):
                history.say(person % HOMES, dt.date(2020, 1, 1), None, 0)
            if often(0.25):
                history.say(self.chance.randrange(HOMES), *self.span(), self.chance.randrange(3))
        for home, history in places.items():
            history.say(2 if home == 0 else home % 2, dt.date(2020, 1, 1), None, 0)
            if often(0.3):
                history.say(self.chance.randrange(3), *self.span(), self.chance.randrange(3))
        named = [(p, n) for p in people for n in OF_PERSON if often(0.5 if n in STRONG else 0.12)]
        ties = [(p, kind) for p in people for kind in (FATHER, MOTHER, SPOUSE) if often(0.5)]
        many = {
            (p, kind, self.other(p))
            for p in people
            for kind in (SUPPORTER, SUPPORTER, RAISED_BY, RAISED_BY, CARER)
            if often(0.35)
        }
        return Register(
            born=[self.born() for _ in people],
            sex=[self.chance.choice("FM") for _ in people],
            facts={key: self.history(partial(self.value, key[1])) for key in named},
            home_facts={
                (h, n): self.history(partial(self.value, n))
                for h in range(HOMES)
                for n in OF_HOME
                if often(0.6)
            },
            homes=living,
            places=places,
            ties={key: self.history(partial(self.other, key[0])) for key in ties},
            many={key: self.history(lambda: 1) for key in sorted(many)},
            deaths={p: self.deaths() for p in people if often(0.35)},
            granted={p: (self.chance.choice((8, 64)), often(0.5)) for p in people if often(0.4)},
        )


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
            found[f"{count.name}_max"] = sum(v is not False for v in verdicts)
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


@dataclass
class Stored:
    people: list[Person]
    units: list[Unit]


def store(register: Register, units: list[Unit]) -> Stored:
    source = Source.objects.create(kind=Source.Kind.LOAD, name="thử", at=INSTANTS[0])
    people = [
        Person.objects.create(
            source=source, key=f"p{n}", name=f"Người {n}", folded=f"nguoi {n}", sex=register.sex[n],
            born=born, born_precision=precision,
        )
        for n, (born, precision) in enumerate(register.born)
    ]  # fmt: skip
    homes = [Household.objects.create(source=source, code=f"h{n}") for n in range(HOMES)]

    def rows(history: History, make: Callable[[Any], dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for value, since, until, recorded, superseded in history.rows:
            yield {
                **make(value),
                "source": source,
                "valid_from": since,
                "valid_to": until,
                "recorded_at": INSTANTS[recorded],
                "superseded_at": None if superseded is None else INSTANTS[superseded],
            }

    def write(model: Any, fields: Iterator[dict[str, Any]]) -> None:
        model.objects.bulk_create([model(**row) for row in fields])

    for (person, name), history in register.facts.items():
        model = SensitiveFact if vocabulary()[name].privacy == "secret" else Fact
        number = vocabulary()[name].id
        made = rows(history, lambda v, p=person, n=number: {"person": people[p], "fact": n, "value": v})  # type: ignore[misc]
        write(model, made)
    for (home, name), history in register.home_facts.items():
        number = vocabulary()[name].id
        made = rows(history, lambda v, h=home, n=number: {"household": homes[h], "fact": n, "value": v})  # type: ignore[misc]
        write(HouseholdFact, made)
    for person, history in register.homes.items():
        write(
            Member, rows(history, lambda v, p=person: {"person": people[p], "household": homes[v], "role": 6})
        )  # type: ignore[misc]
    for home, history in register.places.items():
        write(HouseholdResidence, rows(history, lambda v, h=home: {"household": homes[h], "unit": units[v]}))  # type: ignore[misc]
    for (person, kind), history in register.ties.items():
        made = rows(history, lambda v, p=person, k=kind: {"person": people[p], "kind": k, "other": people[v]})  # type: ignore[misc]
        write(Relation, made)
    for (person, kind, other), history in register.many.items():
        made = rows(
            history,
            lambda v, p=person, k=kind, o=other: {"person": people[p], "kind": k, "other": people[o]},  # type: ignore[misc]
        )
        write(Relation, made)
    for person, deaths in register.deaths.items():
        for day, recorded, superseded in deaths:
            Death.objects.create(
                person=people[person], source=source, died_on=day, recorded_at=INSTANTS[recorded],
                superseded_at=None if superseded is None else INSTANTS[superseded],
            )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists pg_temp.granted")
        cursor.execute(
            "create temporary table granted (person_id bigint, receiving int, on_allowance boolean)"
        )
        for person, (receiving, on_allowance) in register.granted.items():
            cursor.execute(
                "insert into granted values (%s, %s, %s)", [people[person].pk, receiving, on_allowance]
            )
    return Stored(people, units)


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
            check(asked(stored, law, at, capital), want)
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
