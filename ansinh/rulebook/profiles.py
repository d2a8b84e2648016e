"""What an answer can depend on, written as whole numbers and read back (tình huống).

A digit for each test that the month's law makes of somebody (no, cannot tell, yes), and one each for age,
place, group granted already and children; told apart only where an answer could differ. The digits make up
one number, so that people are grouped and joined by a single column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, or_

import polars as pl

from ansinh.kernel.time import years_before
from ansinh.rulebook import conditions as c
from ansinh.rulebook.engines import person
from ansinh.rulebook.engines.polars import expression
from ansinh.rulebook.law import MonthLaw
from ansinh.rulebook.resolve import FAMILIES, Day, Group

_CHILDREN = 8
"""How many numbers of children a digit tells apart: none to seven."""
_NUMBERS = ((1 << 8, pl.UInt8), (1 << 16, pl.UInt16), (1 << 32, pl.UInt32), (1 << 64, pl.UInt64))
_MOST = _NUMBERS[-1][0]


@dataclass(frozen=True)
class Digit:
    """Whole numbers below `base`."""

    base: int
    value: pl.Expr


class Profile:
    """The profile of people under a month's law: where they live, and a number for each family of slots.

    Written in two steps: `tests` of the frame, then, of their columns, the `numbers` (while 64 bits are
    enough, a single one) and whose do not say all (`irregular`: see Family). In one step Polars looks for
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

    def tests(self, day: dt.date) -> Iterator[pl.Expr]:
        """Yield what is asked of everybody on a day, and the columns that are read as they are.

        Columns read: those of `Asked.answer`, and `jurisdiction`.
        """
        yield from map(pl.col, ("born", "died", "receiving", "jurisdiction"))
        yield from (end for count in self._law.counts for end in children(count.name))
        yield self._ages.completed(day).alias("age")
        for bit, tree in enumerate(self._law.conditions):
            yield expression(tree, day).alias(f"test_{bit}")

    def split(self, profiles: pl.DataFrame) -> list[pl.Series]:
        """Take the columns of `numbers` apart: the place, and the number of each family."""
        words = zip(profiles, self._words, strict=True)
        return [part for column, digits in words for part in _split(column, digits)]


class Family:
    """The digits of one family of slots."""

    def __init__(self, law: MonthLaw, groups: Sequence[Group], ages: _Ages) -> None:
        self._groups, self._ages = groups, ages
        asked = [bit for bit in range(len(law.conditions)) if any(g.tests >> bit & 1 for g in groups)]
        self._tests = [bit for bit in asked if bit not in ages.bits]
        self._counts = {count.name: [g for g in groups if g.per == n] for n, count in enumerate(law.counts)}
        numbers = [g.category.number - 1 for g in groups]
        self._lowest, self._none = min(numbers), max(numbers) - min(numbers) + 1
        self.digits = list(self._digits())

    def _digits(self) -> Iterator[Digit]:
        for test in (pl.col(f"test_{bit}") for bit in self._tests):
            yield Digit(3, when(test, 2) + when(test.is_null(), 1))
        aged = [g for g in self._groups if g.tests & self._ages.mask]
        yield Digit(self._ages.base if aged else 1, where(_may(aged), pl.col("age")))
        number = self._granted().bitwise_trailing_zeros().cast(pl.UInt8)
        granted = number.clip(self._lowest, self._lowest + self._none) - self._lowest
        yield Digit(self._none + 1, where(_may(self._groups), granted, self._none))
        for name, groups in self._counts.items():
            least, most = children(name)
            told = _may(groups) & _clear(least, most)
            yield Digit(2 * _CHILDREN if groups else 1, where(told, least * 2 + when(most.is_null(), 1)))

    def irregular(self) -> pl.Expr:
        """Tell whose digits do not say all: several groups granted, children many or not quite known."""
        granted = self._granted()
        several = _may(self._groups) & ((granted & (granted - 1)) != 0)
        unclear = (_may(groups) & ~_clear(*children(name)) for name, groups in self._counts.items())
        return reduce(or_, unclear, several)

    def read(self, numbers: pl.Series) -> Iterator[tuple[int, Day]]:
        """Read the family's numbers back: the mask of the group granted already, and the day."""
        digits = _split(numbers, self.digits)
        tests = list(zip(self._tests, digits, strict=False))
        met, unknown = (
            reduce(add, ((digit == told).cast(pl.UInt64) * (1 << bit) for bit, digit in tests))
            for told in (2, 1)
        )
        by_age = self._ages.masks()
        for held, open_, age, granted, *known in zip(met, unknown, *digits[len(tests) :], strict=True):
            of_age = by_age[age]
            counts = tuple((number // 2, None if number % 2 else number // 2) for number in known)
            mask = 0 if granted == self._none else 1 << granted + self._lowest
            yield mask, Day(held | of_age[0], open_ | of_age[1], counts)

    def _granted(self) -> pl.Expr:
        mask = sum(g.category.bit for g in self._groups)
        return pl.col("receiving").cast(pl.UInt32).fill_null(0) & pl.lit(mask, pl.UInt32)


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
    least, most = pl.col(f"{name}_min").cast(pl.UInt8), pl.col(f"{name}_max").cast(pl.UInt8)
    return least.fill_null(0), most


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
