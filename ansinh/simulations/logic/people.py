"""Everybody of a unit in a month, without who they are (bảng dữ kiện không danh tính)."""

from __future__ import annotations

import datetime as dt
from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from ansinh.kernel.time import Month

UNKNOWN_AGE = 255
"""The band of somebody whose birth is not known."""
_LONG_AGO = dt.date(1800, 1, 1)
"""Nobody alive was born before."""


@dataclass(frozen=True)
class People:
    """The facts of a month as the register gave them; whom nothing tells apart is one row, numbered from 0.

    `persons`: no, unit (key of where they lived), sex, born, died (as known), people (how many they are).
    Who raises children, has a recorded death or several evaluated days is alone.
    `days`: no, day, profile, and for each count of children its least and most, in order of no and day.
    `profiles`: province, former_province, receiving and every fact, one row a profile, in order.
    `children`: no (of who raises them), born, sex, died, studying, as on the month's last day.
    """

    persons: pl.DataFrame
    days: pl.DataFrame
    profiles: pl.DataFrame
    children: pl.DataFrame


def together(parts: Sequence[People]) -> People:
    """Put the people of several places side by side, numbered anew."""
    persons, days, profiles, children = [], [], [], []
    number, profile = 0, 0
    for part in parts:
        new = pl.col("no") + pl.lit(number, pl.UInt32)
        persons.append(part.persons.with_columns(new))
        days.append(part.days.with_columns(new, pl.col("profile") + pl.lit(profile, pl.UInt32)))
        profiles.append(part.profiles)
        children.append(part.children.with_columns(new))
        number, profile = number + part.persons.height, profile + part.profiles.height
    return People(pl.concat(persons), pl.concat(days), pl.concat(profiles), pl.concat(children))


def births(month: Month, months: int, ages: Iterable[int], once: Iterable[int]) -> list[dt.date]:
    """Return the first days of spans of birth dates that nothing tells apart, ascending.

    Whoever was born in one span completes each of `ages` on the first of the same month, or later within the
    same month, whenever that is in so many `months`; and has completed the same of the ages `once` on the
    first of the month. The 29th of February is a span of its own. The first span is that of the old.
    """
    starts = {_LONG_AGO}
    for year, number in ((m.year - years, m.number) for m in _around(month, months) for years in ages):
        starts |= {dt.date(year, number, 1), dt.date(year, number, 2)}
        if number == 2 and isleap(year):
            starts.add(dt.date(year, 2, 29))
    starts |= {dt.date(month.year - years, month.number, 2) for years in once}
    return sorted(starts)


def _around(month: Month, months: int) -> Iterable[Month]:
    return Month.range(month - 1, month + months)


def age(born: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return the years somebody has completed on a day; who was born on 29 February has them on 1 March."""
    early = _in_year(day) < _in_year(born)
    return day.dt.year() - born.dt.year() - early.cast(pl.Int32)


def _in_year(day: pl.Expr) -> pl.Expr:
    return day.dt.month().cast(pl.Int32) * 32 + day.dt.day()


def band(years: pl.Expr, ages: Sequence[int]) -> pl.Expr:
    """Return how many of the ages are completed; UNKNOWN_AGE where the years are not known."""
    passed = pl.sum_horizontal((years >= one).cast(pl.UInt8) for one in ages) if ages else pl.lit(0)
    return pl.when(years.is_null()).then(UNKNOWN_AGE).otherwise(passed).cast(pl.UInt8)


def born_at(years: int, day: dt.date) -> dt.date:
    """Return a birth date that has completed so many years on the first of a month."""
    return day.replace(year=day.year - years)
