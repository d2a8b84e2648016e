"""Days as whole numbers since 1/1/1970, many at a time; birthdays as the law counts them."""

from __future__ import annotations

import datetime as dt

import numpy as np

from ansinh.kernel.time import Month
from demo.chance import Bools, Ints

NEVER = 100_000
"""A day that does not come (year 2243): what has not happened."""
ALWAYS = -100_000
"""A day long past (year 1696): what has always been so."""

_EPOCH = dt.date(1970, 1, 1)


def number(day: dt.date) -> int:
    """Count the days from 1/1/1970."""
    return (day - _EPOCH).days


def of(year: int, month: int, day: int) -> int:
    """Number of a calendar day."""
    return number(dt.date(year, month, day))


def date(day: int) -> dt.date:
    """The calendar day of a number."""
    return _EPOCH + dt.timedelta(days=int(day))


def span(month: Month) -> tuple[int, int]:
    """First and last day of a month."""
    return number(month.first), number(month.last)


def parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Split days into year, month and day of month."""
    stamps = days.astype("datetime64[D]")
    years = stamps.astype("datetime64[Y]").astype(np.int64) + 1970
    months = stamps.astype("datetime64[M]").astype(np.int64) % 12 + 1
    firsts = stamps.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return years, months, days - firsts + 1


def month_first(days: Ints) -> Ints:
    """First day of the month of each day."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def month_last(days: Ints) -> Ints:
    """Last day of the month of each day."""
    following = days.astype("datetime64[D]").astype("datetime64[M]") + np.timedelta64(1, "M")
    return following.astype("datetime64[D]").astype(np.int64) - 1


def year_last(days: Ints) -> Ints:
    """31 December of the year of each day."""
    following = days.astype("datetime64[D]").astype("datetime64[Y]") + np.timedelta64(1, "Y")
    return following.astype("datetime64[D]").astype(np.int64) - 1


def birthday(born: Ints, years: int) -> Ints:
    """First day on which somebody born then has completed `years`.

    29 February: 1 March in a year without one.
    """
    year, month, day = parts(born)
    firsts = ((year + years - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return firsts.astype(np.int64) + day - 1


def months_after(born: Ints, months: int) -> Ints:
    """The day of the same date `months` later (the last day of that month when it has no such date)."""
    year, month, day = parts(born)
    index = (year - 1970) * 12 + month - 1 + months
    first = index.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    last = (index + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
    days: Ints = np.minimum(first + day - 1, last)
    return days


def within(days: Ints, first: int, last: int) -> Bools:
    """Tell which days lie from `first` to `last`."""
    return (days >= first) & (days <= last)


def text(days: Ints) -> np.ndarray:
    """Write days as YYYY-MM-DD."""
    return np.datetime_as_string(days.astype("datetime64[D]"))
