"""What the demo must show, worked out beforehand from the generator's own columns.

The months are walked through as the story does: a list is taken over, then in each month everything the law
says is adopted. From `answers` alone follow what the review must find and what each payroll must pay.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ansinh.kernel.time import Month
from demo import days
from demo.answers import BACK_TO, CODES, NUMBER, PENSIONS, PUBLISHED_335, SLOTS, Answer, Situation, answer
from demo.chance import Bools, Ints
from demo.days import NEVER
from demo.groups import Kind
from demo.province import Province

NATIONAL = ((Month(2021, 7), 360_000), (Month(2024, 7), 500_000))
STANDARDS: dict[str, tuple[tuple[Month, int], ...]] = {
    "01": ((Month(2022, 1), 440_000), (Month(2024, 7), 500_000), (Month(2026, 1), 650_000)),
}
"""Community standard where it is the province's own; the same as the social pension's since there is one."""
RAISED_VND = 540_000
"""The national amount of Decree 335/2026, from July 2026, for who asks from 5 October on."""

Row = tuple[int, str, str]
"""One line of the review: place in the crowd, slot, kind."""


def standard(province: str, month: Month, asked_on: dt.date | None) -> int:
    """Return the standard amount (đồng) of a month."""
    amount = [vnd for since, vnd in STANDARDS.get(province, NATIONAL) if since <= month][-1]
    heard = asked_on is None or asked_on >= PUBLISHED_335
    return max(amount, RAISED_VND) if heard and month >= BACK_TO else amount


@dataclass
class State:
    """What is granted at some moment of the story: group and đồng a month by slot, one row a person."""

    group: dict[str, np.ndarray]
    amount: dict[str, Ints]

    def people(self) -> Bools:
        """Who has any grant."""
        found: Bools = np.any([self.group[slot] > 0 for slot in SLOTS], axis=0)
        return found

    def total_vnd(self) -> int:
        """Đồng a month."""
        return int(sum(self.amount[slot].sum() for slot in SLOTS))

    def receiving(self) -> np.ndarray:
        """The OWN_INCOME group, or C4 of those who have that alone or beside."""
        return np.where(self.group["SINGLE_PARENT"] > 0, NUMBER["C4"], self.group["OWN_INCOME"])


@dataclass(frozen=True, slots=True)
class Step:
    """A month of the story: asked and adopted on a day; earlier months restated with it."""

    month: Month
    on: dt.date
    since: Month | None = None
    """First month restated with past effect."""
    also: tuple[Month, ...] = ()
    """Months paid together with it."""


@dataclass
class Result:
    """What one step must show."""

    step: Step
    review: Counter[str] = field(default_factory=Counter)
    rows: frozenset[Row] = frozenset()
    people: int = 0
    regular_vnd: int = 0
    arrears_vnd: int = 0
    receivable_vnd: int = 0
    by_category: dict[str, int] = field(default_factory=dict)


class Walk:
    """Walks one province through its months."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.s: Situation = province.situation()
        self.code = province.plan.province
        self.opening = self._law(province.plan.opens, None, self._opening_receiving())
        self.state = self._taken_over()
        self.paid: dict[Month, State] = {}
        self._before: dict[Month, np.ndarray] = {}

    def step(self, step: Step) -> Result:
        """Review and adopt one month; say what is found and what its payroll pays."""
        receiving = (
            self.state.receiving()
            if self.paid or step.month != self.province.plan.opens
            else self._opening_receiving()
        )
        self._before[step.month] = receiving
        law = self._law(step.month, step.on, receiving)
        lawful = self._state(law, step.month, step.on)
        result = Result(step)
        result.rows = frozenset(self._review(lawful))
        result.review = Counter(kind for _, _, kind in result.rows)
        people = lawful.people()
        if step.since:
            people = people | self._arrears(step, result)
        self.state = lawful
        for month in (step.month, *step.also):
            self.paid[month] = lawful
        result.people = int(people.sum())
        result.regular_vnd = lawful.total_vnd() * (1 + len(step.also))
        result.by_category = {
            CODES[number]: count
            for slot in SLOTS
            for number, count in sorted(Counter(lawful.group[slot].tolist()).items())
            if number
        }
        return result

    def _law(self, month: Month, asked_on: dt.date | None, receiving: np.ndarray) -> Answer:
        return answer(self.s, month, receiving=receiving, asked_on=asked_on)

    def _opening_receiving(self) -> np.ndarray:
        """Before the account opens those studying had the allowance of an orphan already."""
        return np.where(self.s.columns["kind"] == Kind.STUDENT, NUMBER["C2"], 0)

    def _state(self, law: Answer, month: Month, asked_on: dt.date | None) -> State:
        vnd = standard(self.code, month, asked_on)
        return State(
            dict(law.group), {slot: np.rint(law.coefficient[slot] * vnd).astype(np.int64) for slot in SLOTS}
        )

    def _taken_over(self) -> State:
        """The list as it is: not what the law says where an error was planted."""
        listed = self.province.listed
        opens = self.province.plan.opens
        state = self._state(self.opening, opens, opens.first)
        vnd = standard(self.code, opens, opens.first)
        on = listed.on[self.s.place]
        for slot in SLOTS:
            state.group[slot] = np.where(on, state.group[slot], 0)
            state.amount[slot] = np.where(on, state.amount[slot], 0)
        dead = on & ~self.opening.entitled()
        kinds = self.s.columns["kind"]
        pensioned = NUMBER["SP75"] if opens >= Month(2025, 7) else NUMBER["C5C"]
        group = np.where(kinds == Kind.OLD, pensioned, NUMBER["C6S"])
        coefficient = np.where(kinds == Kind.OLD, 1.0, 1.5)
        state.group["OWN_INCOME"] = np.where(dead, group, state.group["OWN_INCOME"])
        state.amount["OWN_INCOME"] = np.where(
            dead, np.rint(coefficient * vnd).astype(np.int64), state.amount["OWN_INCOME"]
        )
        row = {int(place): at for at, place in enumerate(self.s.place.tolist())}
        for person, listed_coefficient in listed.wrong.items():
            state.amount["OWN_INCOME"][row[person]] = round(listed_coefficient * vnd)
        return state

    def _review(self, lawful: State) -> Iterator[Row]:
        """Compare what is granted with what the law says, slot by slot."""
        for slot in SLOTS:
            granted, due = self.state.group[slot], lawful.group[slot]
            kinds = {
                "ENTITLED_NOT_GRANTED": (granted == 0) & (due > 0),
                "NO_LONGER_ENTITLED": (granted > 0) & (due == 0),
                "CONVERSION": (granted > 0) & (due > 0) & (granted != due),
                "LEVEL_DIFFERS": (granted > 0)
                & (granted == due)
                & (self.state.amount[slot] != lawful.amount[slot]),
            }
            for kind, those in kinds.items():
                for row in np.flatnonzero(those).tolist():
                    yield int(self.s.place[row]), slot, kind

    def _arrears(self, step: Step, result: Result) -> Bools:
        """Restate the months since `step.since`: the law now less what was paid. Returns who gets any."""
        assert step.since is not None
        people = np.zeros(len(self.s), dtype=bool)
        for month in Month.range(step.since, step.month - 1):
            now = self._state(self._law(month, step.on, self._before[month]), month, step.on)
            for slot in SLOTS:
                same = (now.group[slot] == self.paid[month].group[slot]) & (now.group[slot] > 0)
                more = np.where(same, now.amount[slot] - self.paid[month].amount[slot], 0)
                people |= more > 0
                result.arrears_vnd += int(more[more > 0].sum())
                result.receivable_vnd += int(more[more < 0].sum())
        return people


def plain_arrears(walk: Walk, months: list[Month]) -> dict[str, int]:
    """The arrears of Decree 335/2026 once more, by the sum anybody can do on paper, from what was paid.

    Lào Cai: 40,000 đồng × coefficient for every month and grant, and for poor elders of 75 to 79 another half
    of the new standard (U3). Hà Nội pays more than the national standard already: U3 alone.
    """
    found: Counter[str] = Counter()
    s = walk.s
    for month in months:
        paid = walk.paid[month]
        vnd = standard(walk.code, month, month.last)
        new = max(vnd, RAISED_VND)
        for slot in SLOTS:
            coefficient = paid.amount[slot] / vnd
            found["raise"] += round(float(coefficient.sum()) * (new - vnd))
        # Under Decree 147/2025 the level of a month is that of its first day.
        first, _ = days.span(month)
        poor = paid.group["OWN_INCOME"] == NUMBER["C5A"]
        between = (s.birthdays[75] <= first) & (s.birthdays[80] > first)
        found["u3"] += int((poor & between).sum()) * new // 2
    return dict(found)


__all__ = ["NEVER", "PENSIONS", "Result", "Row", "State", "Step", "Walk", "plain_arrears", "standard"]
