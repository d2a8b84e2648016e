"""Everybody of a unit in a month, without who they are (bảng dữ kiện không danh tính)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

UNKNOWN_AGE = 255
"""The band of somebody whose birth is not known."""


@dataclass(frozen=True)
class People:
    """The facts of a month as the register gave them, people numbered from 0, their facts told apart once.

    `persons`: no, unit (key of where they lived), sex, born, died (as known), one row a person.
    `days`: no, day, profile, and for each count of children its least and most, in order of no and day.
    `profiles`: province, former_province, receiving and every fact, one row a profile, in order.
    `children`: no (of who raises them), born, sex, died, studying, as on the month's last day.
    """

    persons: pl.DataFrame
    days: pl.DataFrame
    profiles: pl.DataFrame
    children: pl.DataFrame


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
