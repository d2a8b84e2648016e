"""Asking conditions about one person on one day, in plain Python: the reference of the other engines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from ansinh.kernel.time import years_before
from ansinh.rulebook import conditions as c
from ansinh.rulebook.categories import receiving_mask
from ansinh.rulebook.facts import vocabulary

Values = Mapping[str, Any]
"""What is known of somebody on a day: facts by name as stored integers (None: unknown), `born` (effective
date), `sex` ("F", "M"), `receiving` (mask), counts by name as (at least, at most)."""

Test = Callable[[Values, dt.date], bool | None]


@cache
def test(tree: c.Tree) -> Test:
    """Compile a condition to a function of what is known and the day: True, False, or None = cannot tell."""
    match tree:
        case c.All(terms):
            return _all([test(term) for term in terms])
        case c.Any(terms):
            return _any([test(term) for term in terms])
        case c.Not(term):
            return _not(test(term))
        case c.Always():
            return _always(tree.value)
        case c.AgeAtLeast(years):
            return _age(years)
        case c.Flag(name):
            return _flag(name)
        case c.OneOf(name, wanted):
            return _one_of(name, wanted)
        case c.Contains(name, wanted):
            return _contains(name, wanted)
        case c.Number(name, op, value):
            return _amount(name, op, int(value)) if name in vocabulary() else _count(name, op, int(value))
        case c.Known(name):
            return lambda values, day: values.get(name) is not None or absent(name) is not None
        case c.Member():
            raise AssertionError("groups are expanded when the month's law is built")


def absent(name: str) -> int | None:
    """Return what an unrecorded fact counts as: 0 where absence means no, else None."""
    fact = vocabulary().get(name)
    return 0 if fact is not None and fact.absent == "no" else None


def _always(verdict: bool) -> Test:
    return lambda values, day: verdict


def _all(tests: list[Test]) -> Test:
    def holds(values: Values, day: dt.date) -> bool | None:
        verdict: bool | None = True
        for one in tests:
            answer = one(values, day)
            if answer is False:
                return False
            if answer is None:
                verdict = None
        return verdict

    return holds


def _any(tests: list[Test]) -> Test:
    def holds(values: Values, day: dt.date) -> bool | None:
        verdict: bool | None = False
        for one in tests:
            answer = one(values, day)
            if answer:
                return True
            if answer is None:
                verdict = None
        return verdict

    return holds


def _not(inner: Test) -> Test:
    def holds(values: Values, day: dt.date) -> bool | None:
        answer = inner(values, day)
        return None if answer is None else not answer

    return holds


def _age(years: int) -> Test:
    def holds(values: Values, day: dt.date) -> bool | None:
        born = values.get("born")
        return None if born is None else born <= years_before(day, years)

    return holds


def _stored(name: str) -> Callable[[Values], int | None]:
    default = absent(name)

    def value(values: Values) -> int | None:
        found = values.get(name)
        return default if found is None else found

    return value


def _flag(name: str) -> Test:
    stored = _stored(name)

    def holds(values: Values, day: dt.date) -> bool | None:
        value = stored(values)
        return None if value is None else bool(value)

    return holds


def _one_of(name: str, wanted: tuple[str, ...]) -> Test:
    if name == "sex":
        return lambda values, day: None if values.get("sex") is None else values["sex"] in wanted
    stored, codes = _stored(name), frozenset(vocabulary()[name].code(value) for value in wanted)

    def holds(values: Values, day: dt.date) -> bool | None:
        value = stored(values)
        return None if value is None else value in codes

    return holds


def _contains(name: str, wanted: tuple[str, ...]) -> Test:
    if name == "receiving":
        granted = receiving_mask(list(wanted))
        return lambda values, day: bool((values.get("receiving") or 0) & granted)
    stored, mask = _stored(name), sum(vocabulary()[name].code(value) for value in wanted)

    def holds(values: Values, day: dt.date) -> bool | None:
        value = stored(values)
        return None if value is None else bool(value & mask)

    return holds


_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def _amount(name: str, op: str, limit: int) -> Test:
    compare = _COMPARE[op]
    unknown = op in (">", ">=") if vocabulary()[name].absent == "not below" else None

    def holds(values: Values, day: dt.date) -> bool | None:
        value = values.get(name)
        return unknown if value is None else compare(value, limit)

    return holds


def _count(name: str, op: str, limit: int) -> Test:
    def holds(values: Values, day: dt.date) -> bool | None:
        least: int
        most: int | None
        least, most = values.get(name, (0, None))
        match op:
            case ">=":
                return True if least >= limit else None if most is None or most >= limit else False
            case ">":
                return True if least > limit else None if most is None or most > limit else False
            case "<":
                return False if least >= limit else True if most is not None and most < limit else None
            case "<=":
                return False if least > limit else True if most is not None and most <= limit else None
            case _:
                if least == most:
                    return least == limit
                return None if least <= limit and (most is None or limit <= most) else False

    return holds
