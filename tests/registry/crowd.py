"""Registers made by chance, crowded with what may go wrong, each subject with its history."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ansinh.kernel.time import Month
from ansinh.registry.models import Relation
from ansinh.rulebook.facts import vocabulary

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
