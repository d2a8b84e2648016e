"""What an answer can depend on, written as whole numbers and read back (tình huống).

A digit for each test that the month's law makes of somebody (no, cannot tell, yes), and one each for age,
place, group granted already and children; told apart only where an answer could differ. The digits make up
one number, so that people are grouped and joined by a single column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import add, or_
from typing import Any

import polars as pl

from ansinh.kernel.time import years_before
from ansinh.rulebook import conditions as c
from ansinh.rulebook.engines import person
from ansinh.rulebook.engines.polars import expression
from ansinh.rulebook.law import MonthLaw
from ansinh.rulebook.resolve import FAMILIES, Day, Group, Part

_CHILDREN = 8
"""How many numbers of children a digit tells apart: none to seven."""
_REMEMBERED = 200_000
"""How many answers are remembered from one frame to the next."""
_NUMBERS = ((1 << 8, pl.UInt8), (1 << 16, pl.UInt16), (1 << 32, pl.UInt32), (1 << 64, pl.UInt64))
_MOST = _NUMBERS[-1][0]


@dataclass(frozen=True)
class Digit:
    """Whole numbers below `base`."""

    base: int
    value: pl.Expr


@lru_cache(maxsize=64)
def profile(law: MonthLaw) -> Profile:
    """Return the profile of people under a month's law."""
    return Profile(law)


class Profile:
    """The profile of people under a month's law: where they live, and a number for each family of slots.

    Written in two steps: what is asked of a frame (the columns of `Asked.answer`, and `jurisdiction`) on the
    `first` or the `last` day of the month; then, of the columns that this gives, the `numbers` (while 64 bits
    are enough, a single one) and whose do not say all (`irregular`: see Family). In one step Polars looks for
    what the expressions share, and takes longer than the asking.
    """

    def __init__(self, law: MonthLaw) -> None:
        self._law = law
        self._ages = _Ages(law)
        self.families = [
            Family(law, [g for g in law.groups if g.slot in slots], self._ages) for slots in FAMILIES
        ]
        place = where(_may(law.groups), pl.col("jurisdiction"))
        digits = [Digit(len(law.resolver.jurisdictions), place), *(_joined(f.digits) for f in self.families)]
        self._words = list(_filled(digits))
        self.numbers = [_joined(word).value for word in self._words]
        self.irregular = reduce(or_, (family.irregular() for family in self.families))
        self._answered: list[dict[tuple[Any, ...], Part]] = [{} for _ in self.families]
        self.first, self.last = (list(self._tests(day)) for day in (law.month.first, law.month.last))

    def _tests(self, day: dt.date) -> Iterator[pl.Expr]:
        yield pl.col("jurisdiction")
        yield self._ages.completed(day).alias("age")
        yield pl.col("receiving").cast(pl.UInt32, wrap_numerical=True).fill_null(0).alias("granted")
        yield from (end for count in self._law.counts for end in children(count.name))
        for bit, tree in enumerate(self._law.conditions):
            yield expression(tree, day).alias(f"test_{bit}")

    def answered(self, family: int) -> dict[tuple[Any, ...], Part]:
        """Return what was answered for a family of slots, by what was told of it."""
        if len(self._answered[family]) > _REMEMBERED:
            self._answered[family].clear()
        return self._answered[family]

    def split(self, profiles: pl.DataFrame) -> list[pl.Series]:
        """Take the columns of `numbers` apart: the place, and the number of each family."""
        words = zip(profiles, self._words, strict=True)
        return [part for column, digits in words for part in _split(column, digits)]


class Family:
    """The digits of one family of slots."""

    def __init__(self, law: MonthLaw, groups: Sequence[Group], ages: _Ages) -> None:
        self._groups, self._ages, self._counts = groups, ages, law.counts
        asked = [bit for bit in range(len(law.conditions)) if any(g.tests >> bit & 1 for g in groups)]
        self._tests = [bit for bit in asked if bit not in ages.bits]
        self._aged = [g for g in groups if g.tests & ages.mask]
        self._priced = {g.per: [h for h in groups if h.per == g.per] for g in groups if g.per is not None}
        numbers = [g.category.number - 1 for g in groups]
        self._lowest, self._none = min(numbers), max(numbers) - min(numbers) + 1
        self.digits = list(self._digits())

    def _digits(self) -> Iterator[Digit]:
        granted = _narrow(self._granted().bitwise_trailing_zeros(), self._lowest + self._none) - self._lowest
        yield Digit(self._none + 1, where(_may(self._groups), granted, self._none))
        if self._aged:
            yield Digit(self._ages.base, where(_may(self._aged), pl.col("age")))
        for number, groups in self._priced.items():
            least, most = self._told(number)
            told = _may(groups) & _clear(least, most)
            yield Digit(2 * _CHILDREN, where(told, least * 2 + when(most.is_null(), 1)))
        for test in (pl.col(f"test_{bit}") for bit in self._tests):
            yield Digit(3, when(test, 2) + when(test.is_null(), 1))

    def irregular(self) -> pl.Expr:
        """Tell whose digits do not say all: several groups granted, children many or not quite known."""
        granted = self._granted()
        several = _may(self._groups) & ((granted & (granted - 1)) != 0)
        unclear = (_may(groups) & ~_clear(*self._told(n)) for n, groups in self._priced.items())
        return reduce(or_, unclear, several)

    def read(self, numbers: pl.Series) -> Iterator[tuple[int, Day]]:
        """Read the family's numbers back: the mask of the group granted already, and the day."""
        granted, *digits = _split(numbers, self.digits)
        age = digits.pop(0) if self._aged else [0] * len(numbers)
        raised = {number: digits.pop(0) for number in self._priced}
        met, unknown = (_mask(self._tests, [digit == told for digit in digits]) for told in (2, 1))
        of_age = self._ages.masks()
        for group, years, held, open_, *children in zip(
            granted, age, met, unknown, *raised.values(), strict=True
        ):
            told = dict(zip(raised, children, strict=True))
            counts = tuple(_count(told.get(number, 0)) for number in range(len(self._counts)))
            mask = 0 if group == self._none else 1 << group + self._lowest
            yield mask, Day(held | of_age[years][0], open_ | of_age[years][1], counts)

    def _granted(self) -> pl.Expr:
        return pl.col("granted") & pl.lit(sum(g.category.bit for g in self._groups), pl.UInt32)

    def _told(self, number: int) -> tuple[pl.Expr, pl.Expr]:
        name = self._counts[number].name
        return pl.col(f"{name}_min"), pl.col(f"{name}_max")


def _mask(bits: Sequence[int], told: Sequence[pl.Series]) -> pl.Series:
    return reduce(add, (one.cast(pl.UInt64) * (1 << bit) for bit, one in zip(bits, told, strict=True)))


def _count(digit: int) -> tuple[int, int | None]:
    return digit // 2, None if digit % 2 else digit // 2


class _Ages:
    """The tests that ask for nothing but the age: one digit tells them all."""

    def __init__(self, law: MonthLaw) -> None:
        self._law = law
        self.bits = [bit for bit, tree in enumerate(law.conditions) if c.names(tree) == {"born"}]
        self.mask = sum(1 << bit for bit in self.bits)
        nodes = (node for bit in self.bits for node in c.walk(law.conditions[bit]))
        self._ages = sorted({node.years for node in nodes if isinstance(node, c.AgeAtLeast)})
        self.base = len(self._ages) + 2

    def completed(self, day: dt.date) -> pl.Expr:
        """Return how many of the ages are completed; when the birth is unknown, one more than there are."""
        born = pl.col("born")
        completed = (when(born <= years_before(day, years), 1) for years in self._ages)
        return reduce(add, completed, when(born.is_null(), self.base - 1))

    def masks(self) -> list[tuple[int, int]]:
        """Return, by number of ages completed, which tests hold and which cannot be told."""
        day = self._law.month.first
        births = [day, *(years_before(day, years) for years in self._ages), None]
        return [(self._mask(born, day, True), self._mask(born, day, None)) for born in births]

    def _mask(self, born: dt.date | None, day: dt.date, verdict: bool | None) -> int:
        tests = ((bit, person.test(self._law.conditions[bit])) for bit in self.bits)
        return sum(1 << bit for bit, test in tests if test({"born": born}, day) is verdict)


def children(name: str) -> tuple[pl.Expr, pl.Expr]:
    """Return how many children count at least, and at most (null: not known)."""
    least, most = (_narrow(pl.col(f"{name}_{end}"), 255) for end in ("min", "max"))
    return least.fill_null(0).alias(f"{name}_min"), most.alias(f"{name}_max")


def _narrow(number: pl.Expr, most: int) -> pl.Expr:
    """Return the number, or `most`, as a byte. (A cast that checks each number is ten times slower.)"""
    byte = number.cast(pl.UInt8, wrap_numerical=True)
    return pl.when(number > most).then(pl.lit(most, pl.UInt8)).otherwise(byte)


def _clear(least: pl.Expr, most: pl.Expr) -> pl.Expr:
    return (least < _CHILDREN) & (most == least).fill_null(True)


def _may(groups: Sequence[Group]) -> pl.Expr:
    """Tell who may be in one of the groups."""
    return reduce(or_, (pl.col(f"test_{group.bit}").fill_null(True) for group in groups), pl.lit(False))


def when(test: pl.Expr, number: int) -> pl.Expr:
    """Return the number where the test holds, else 0. (A cast of booleans is ten times slower.)"""
    return where(test, pl.lit(number, pl.UInt8))


def where(test: pl.Expr, value: pl.Expr, otherwise: int = 0) -> pl.Expr:
    """Return the value where the test holds."""
    return pl.when(test).then(value).otherwise(pl.lit(otherwise, pl.UInt8))


# ── digits ──


def _filled(digits: Iterable[Digit]) -> Iterator[list[Digit]]:
    """Put digits together as long as they make up a number of 64 bits."""
    word: list[Digit] = []
    size = 1
    for digit in digits:
        if size * digit.base > _MOST:
            yield word
            word, size = [], 1
        word.append(digit)
        size *= digit.base
    yield word


def _joined(digits: Sequence[Digit]) -> Digit:
    """Make up one number, in the narrowest integers that hold each part of it: they are the fastest."""
    if len(digits) == 1:
        return digits[0]
    low, high = _joined(digits[: len(digits) // 2]), _joined(digits[len(digits) // 2 :])
    base = low.base * high.base
    if base > _MOST:
        raise OverflowError("the month's law makes more tests than 64 bits hold")
    kind = next(kind for limit, kind in _NUMBERS if base <= limit)
    return Digit(base, low.value.cast(kind) + high.value.cast(kind) * pl.lit(low.base, kind))


def _split(numbers: pl.Series, digits: Sequence[Digit]) -> list[pl.Series]:
    """Take the numbers that `_joined` made apart."""
    parts = []
    for digit in digits:
        parts.append(numbers % digit.base)
        numbers = numbers // digit.base
    return parts
