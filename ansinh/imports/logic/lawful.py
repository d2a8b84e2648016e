"""What the law of the month gives somebody of a group, as far as a list tells (mức theo luật)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ansinh.imports.logic.meaning import facts_of
from ansinh.kernel.money import whole_vnd
from ansinh.kernel.time import years_before
from ansinh.rulebook.engines.person import test
from ansinh.rulebook.law import MonthLaw
from ansinh.rulebook.resolve import Group


@dataclass(frozen=True, slots=True)
class Lawful:
    """What the law gives: đồng a month (0: this person is not of the group; None: cannot tell), and where."""

    amount_vnd: int | None
    coefficient: Decimal | None
    standard_vnd: int | None
    cites: tuple[str, ...]


class Asked:
    """The law of one month in one province, asked by group, age and what the list says; answers are kept."""

    def __init__(self, law: MonthLaw, province: str) -> None:
        self.law = law
        jurisdiction = law.resolver.jurisdictions[law.jurisdiction(province, province)]
        self._standards = jurisdiction.standards
        self._groups = {group.category.code: group for group in jurisdiction.groups}
        last = law.month.last
        self._cutoffs = sorted(years_before(last, years) for years in law.cutoff_ages)
        self._known: dict[tuple[object, ...], Lawful] = {}
        self._met: dict[tuple[object, ...], bool | None] = {}

    def chosen(self, groups: tuple[str, ...], born: dt.date | None, sex: str | None) -> str:
        """Choose, of the groups a phrase may mean, the first that the month has and the age allows.

        What a group itself says of a person is taken as said: of HIV, the age tells which of the two it is.
        """
        there = [code for code in groups if code in self._groups]
        for code in there:
            if self.met(code, born, sex, facts_of(code)) is not False:
                return code
        return (there or list(groups))[0]

    def by_children(self, code: str) -> bool:
        """Whether what a group gives depends on the children whom the register knows of somebody."""
        return code in self._groups and self._groups[code].per is not None

    def met(self, code: str, born: dt.date | None, sex: str | None, facts: Mapping[str, int]) -> bool | None:
        """Tell whether somebody may be of a group: True, False, None = the list does not say enough."""
        key = (code, self._age(born), sex, *sorted(facts.items()))
        if key not in self._met:
            self._met[key] = self._holds(self._groups[code].bit, born, sex, facts)
        return self._met[key]

    def of(
        self, code: str, born: dt.date | None, sex: str | None, facts: Mapping[str, int], children: int | None
    ) -> Lawful:
        """Return what the law gives somebody of a group."""
        key = (code, self._age(born), sex, children, *sorted(facts.items()))
        if key not in self._known:
            group = self._groups.get(code)
            self._known[key] = (
                self._answer(group, born, sex, facts, children) if group else Lawful(0, None, None, ())
            )
        return self._known[key]

    def _answer(
        self,
        group: Group,
        born: dt.date | None,
        sex: str | None,
        facts: Mapping[str, int],
        children: int | None,
    ) -> Lawful:
        standard = self._standards.get(group.category.scope)
        cites = tuple(dict.fromkeys((*group.cites, *(standard.cites if standard else ()))))
        if self.met(group.category.code, born, sex, facts) is False:
            return Lawful(0, None, None, group.cites)
        for band in group.coefficients:
            holds = True if band.bit is None else self._holds(band.bit, born, sex, facts)
            if holds is None:
                return Lawful(None, None, None, cites)
            if holds:
                break
        else:
            return Lawful(None, None, None, cites)
        if standard is None or (group.per is not None and children is None):
            return Lawful(None, None, None, cites)
        coefficient = band.value * (children or 1) if group.per is not None else band.value
        return Lawful(whole_vnd(coefficient * standard.vnd), coefficient, standard.vnd, cites)

    def _holds(
        self, bit: int, born: dt.date | None, sex: str | None, facts: Mapping[str, int]
    ) -> bool | None:
        values = {**facts, "born": born, "sex": sex, "receiving": 0}
        return test(self.law.conditions[bit])(values, self.law.month.last)

    def _age(self, born: dt.date | None) -> int | None:
        """How many of the law's ages somebody has reached at the month's end: all it asks of a birth."""
        return None if born is None else len(self._cutoffs) - bisect_left(self._cutoffs, born)
