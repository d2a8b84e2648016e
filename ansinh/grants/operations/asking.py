"""Asking the law about a unit with what its grants know (xác định, có dữ liệu đang hưởng)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ansinh.accounts.models import User
from ansinh.determinations import operations as determinations
from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.queries import granted_sql, latest_run
from ansinh.kernel.time import Month


def ask(
    *, unit: Unit, month: Month, asked_on: dt.date | None, at: dt.datetime, by: User | None = None
) -> Run:
    """Put everyone of a unit and below to the law of a month, telling it what they were granted before."""
    own = geography.version(unit, on=month.first)
    return determinations.determine(
        unit=own, month=month, asked_on=asked_on, by=by, at=at, granted=granted_sql(month, own)
    )


def answers(
    *,
    unit: Unit,
    months: Iterable[Month],
    asked_on: dt.date,
    at: dt.datetime,
    by: User | None = None,
    anew: bool = False,
) -> list[Run]:
    """Return a determination of each month asked on a day: the latest there is, else (or `anew`) a new one."""
    found = []
    for month in months:
        run = None if anew else latest_run(unit, month, asked_on=asked_on)
        found.append(run or ask(unit=unit, month=month, asked_on=asked_on, at=at, by=by))
    return found
