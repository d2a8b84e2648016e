"""Of when and of whom rows are folded: a month as a whole, a day of it; a span of ids, or one person."""

from __future__ import annotations

from dataclasses import dataclass

IN_MONTH = (1 << 31) - 1
"""The bits of a mask of days that stand for days of the month; of `Onward` others stand for later days."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The month as a whole: what holds on its first day, and on which later days something changes."""

    first: str
    last: str

    def reaches(self, row: str) -> str:
        return f"{row}.valid_from <= {self.end} and ({row}.valid_to is null or {row}.valid_to > {self.first})"

    def holds(self, row: str, expression: str) -> str:
        return f"case when {row}.valid_from <= {self.first} then {expression} end"

    def died(self, death: str) -> str:
        return f"{death}.died_on <= {self.end}"

    def changes(self, row: str) -> str:
        return f"{self.mark(f'{row}.valid_from')} | {self.mark(f'{row}.valid_to')}"

    def within(self, row: str, changes: str) -> str:
        """Changes that matter while a row holds."""
        return changes

    def mark(self, day: str) -> str:
        """The bit of a day after the first of the month; none outside it."""
        return (
            f"case when {day} > {self.first} and {day} <= {self.last} then 1 << ({day} - {self.first}) "
            "else 0 end"
        )

    @property
    def day(self) -> str:
        """The day asked about."""
        return self.first

    @property
    def end(self) -> str:
        """What begins later is left out."""
        return self.last


@dataclass(frozen=True, slots=True)
class Onward(Whole):
    """The month as a whole, and how long what holds on its first day will hold, as far as is known.

    Masks are of 63 bits: the first 31 are the days of the month, each of the others stands for 31 days after
    it, the last one for all that follow.
    """

    def mark(self, day: str) -> str:
        return (
            f"case when {day} > {self.last} then {self.later(day)} "
            f"when {day} > {self.first} then 1::bigint << ({day} - {self.first}) else 0 end"
        )

    def within(self, row: str, changes: str) -> str:
        """Changes that matter while a row holds: of one that begins after the month, its beginning."""
        begins = f"{row}.valid_from"
        return f"case when {begins} > {self.last} then {self.later(begins)} else {changes} end"

    def later(self, day: str) -> str:
        """The bit of a day; of one within the month that of the days just after it."""
        return f"(1::bigint << 31 + least(greatest({day} - {self.last} - 1, 0) / 31, 31))"

    @property
    def end(self) -> str:
        """Nothing is left out."""
        return "date 'infinity'"


@dataclass(frozen=True, slots=True)
class Day:
    """One day, given by a column."""

    day: str

    def reaches(self, row: str) -> str:
        return f"{row}.valid_from <= {self.day} and ({row}.valid_to is null or {row}.valid_to > {self.day})"

    def holds(self, row: str, expression: str) -> str:
        return expression

    def died(self, death: str) -> str:
        return f"{death}.died_on <= {self.day}"

    def changes(self, row: str) -> str:
        return "0"

    def within(self, row: str, changes: str) -> str:
        return changes

    def mark(self, day: str) -> str:
        return "0"

    @property
    def end(self) -> str:
        return self.day


@dataclass(frozen=True, slots=True)
class Who:
    """Whose rows: a span of ids, folded by person (`ids` says which), or one person of an outer row."""

    condition: str
    each: bool
    """One person of an outer row: nothing to group."""

    def of(self, column: str) -> str:
        return self.condition.format(column=column)

    def group(self, column: str) -> str:
        return "" if self.each else f"group by {column}"

    def key(self, column: str) -> str:
        return "" if self.each else f"{column} as key, "


def one(outer: str) -> Who:
    return Who(f"{{column}} = {outer}", each=True)
