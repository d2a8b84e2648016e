"""Ask the rulebook about the generator's people, from the facts that go into the register's files."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from ansinh.kernel.time import Month, birthday
from ansinh.rulebook.categories import receiving_mask
from ansinh.rulebook.engines.person import test as compiled
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw, load
from ansinh.rulebook.resolve import Day, Outcome, Signature
from demo import days
from demo.crowd import Marital, Parent
from demo.days import NEVER
from demo.fates import effective_birth
from demo.papers import Facts
from demo.province import Province

Version = tuple[str, int, int, int]


def current(facts: Facts) -> dict[int, list[Version]]:
    """The versions that stand, by subject: name, value, from, until."""
    names = {fact.id: name for name, fact in vocabulary().items()}
    found: dict[int, list[Version]] = defaultdict(list)
    for at in np.flatnonzero(facts.superseded == NEVER).tolist():
        found[int(facts.subject[at])].append(
            (
                names[int(facts.fact[at])],
                int(facts.value[at]),
                int(facts.valid_from[at]),
                int(facts.valid_to[at]),
            )
        )
    return found


class Asking:
    """The register as the law sees it, built from facts and ties alone."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.columns = province.crowd.columns()
        self.facts = current(province.facts)
        self.of_household = current(province.household_facts)
        self.born = effective_birth(self.columns["born"], self.columns["precision"])
        self.ties: dict[str, dict[int, list[int]]] = {}
        for kind in ("FATHER", "MOTHER", "SPOUSE"):
            person, other, _ = province.crowd.pairs(kind)
            self.ties[kind] = defaultdict(list)
            for one, two in zip(person.tolist(), other.tolist(), strict=True):
                self.ties[kind][one].append(two)
        child, parent, _ = province.crowd.pairs("RAISED_BY")
        self.children: dict[int, list[int]] = defaultdict(list)
        for one, two in zip(child.tolist(), parent.tolist(), strict=True):
            self.children[two].append(one)

    def ask(
        self, person: int, month: Month, asked_on: dt.date | None, receiving: list[str]
    ) -> Outcome | None:
        """Answer for one person and month; None when they live on no day of it."""
        law = load().month(month, asked_on)
        code = self.province.plan.province
        key = law.jurisdiction(code)
        evaluated = tuple(self._day(law, person, day, receiving) for day in self._days(law, person))
        if not evaluated:
            return None
        return law.resolve(Signature(key, receiving_mask(receiving), evaluated))

    def _days(self, law: MonthLaw, person: int) -> Iterator[int]:
        first, last = days.span(law.month)
        first = max(first, int(self.born[person]))
        last = min(last, int(self.columns["died"][person]))
        marks = {first}
        marks |= {days.number(birthday(days.date(int(self.born[person])), age)) for age in law.cutoff_ages}
        for name, _, since, until in self._versions(person):
            marks |= {since, until} if name else set()
        for child in self.children[person]:
            marks.add(int(self.born[child]))
            marks |= {days.number(birthday(days.date(int(self.born[child])), age)) for age in law.child_ages}
            marks |= {day for _, _, since, until in self.facts[child] for day in (since, until)}
        for kin in (*self.ties["FATHER"][person], *self.ties["MOTHER"][person], *self.ties["SPOUSE"][person]):
            marks |= {int(self.columns["died"][kin]), int(self.columns["imprisoned_until"][kin])}
        return (day for day in sorted(marks) if first <= day <= last)

    def _versions(self, person: int) -> list[Version]:
        return [*self.facts[person], *self.of_household[int(self.columns["household"][person])]]

    def _day(self, law: MonthLaw, person: int, day: int, receiving: list[str]) -> Day:
        values: dict[str, Any] = {
            name: v for name, v, since, until in self._versions(person) if since <= day < until
        }
        values["born"] = days.date(int(self.born[person]))
        values["sex"] = "F" if self.columns["female"][person] else "M"
        values["receiving"] = receiving_mask(receiving)
        for name in ("father", "mother"):
            for parent in self.ties[name.upper()][person]:
                values[name] = self._parent(parent, day)
        for spouse in self.ties["SPOUSE"][person]:
            dead = self.columns["died"][spouse] <= day
            values["marital"] = int(Marital.SPOUSE_DEAD if dead else Marital.MARRIED)
        counts = []
        for count in law.counts:
            verdicts = [
                compiled(count.tree)(self._child(child, day, receiving), days.date(day))
                for child in self.children[person]
                if self.born[child] <= day
            ]
            least, most = sum(v is True for v in verdicts), sum(v is not False for v in verdicts)
            counts.append((least, most))
            values[count.name] = (least, most)
        met = unknown = 0
        for bit, condition in enumerate(law.conditions):
            verdict = compiled(condition)(values, days.date(day))
            met |= (verdict is True) << bit
            unknown |= (verdict is None) << bit
        return Day(met, unknown, tuple(counts))

    def _child(self, child: int, day: int, receiving: list[str]) -> dict[str, Any]:
        values: dict[str, Any] = {n: v for n, v, since, until in self.facts[child] if since <= day < until}
        return {**values, "born": days.date(int(self.born[child])), "receiving": receiving_mask(receiving)}

    def _parent(self, parent: int, day: int) -> int:
        if self.columns["died"][parent] <= day:
            return Parent.DEAD
        if self.columns["imprisoned_from"][parent] <= day < self.columns["imprisoned_until"][parent]:
            return Parent.DETAINED
        return Parent.IN_FACILITY if self.columns["in_facility"][parent] else Parent.ALIVE
