"""Months and ages (tháng, tuổi)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ansinh.kernel.refusal import Refusal

_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month (tháng)."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 12 and 1 <= self.year <= 9998):
            raise ValueError(f"no such month: {self.year}-{self.number}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2026-11". Refuses anything else."""
        match = _MONTH.fullmatch(text.strip())
        if match and 1 <= int(match[2]) <= 12 and 1 <= int(match[1]) <= 9998:
            return cls(int(match[1]), int(match[2]))
        raise Refusal(
            f"“{text}” không phải là một tháng.", remedy="Viết tháng theo dạng NĂM-THÁNG, ví dụ 2026-11."
        )

    @classmethod
    def of(cls, day: dt.date) -> Month:
        """Name the month in which `day` lies."""
        return cls(day.year, day.month)

    @classmethod
    def range(cls, first: Month, last: Month) -> Iterator[Month]:
        """Yield the months from `first` to `last`, both included."""
        while first <= last:
            yield first
            first = first + 1

    @property
    def first(self) -> dt.date:
        """The first day."""
        return dt.date(self.year, self.number, 1)

    @property
    def last(self) -> dt.date:
        """The last day."""
        return self.next().first - dt.timedelta(days=1)

    def next(self) -> Month:
        """The month after."""
        return self + 1

    def __add__(self, months: int) -> Month:
        years, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(years, index + 1)

    def __sub__(self, months: int) -> Month:
        return self + -months

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def vietnamese(self) -> str:
        """Say "11/2026", as officers write it."""
        return f"{self.number:02d}/{self.year}"


def years_before(day: dt.date, years: int) -> dt.date:
    """Return the latest birth date of somebody who has completed `years` on `day`.

    Who was born on 29 February completes a year on 1 March where the year has no 29 February.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def birthday(born: dt.date, years: int) -> dt.date:
    """Return the first day on which somebody born on `born` has completed `years`."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return dt.date(born.year + years, 3, 1)


def vietnamese_date(day: dt.date) -> str:
    """Write 05/10/2026."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"
