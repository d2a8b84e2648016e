"""The days and short questions of these tests."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection

from ansinh.geography import queries as geography
from ansinh.geography.models import Unit

LAST_DAY_OF_63 = dt.date(2025, 6, 30)
FIRST_DAY_OF_34 = dt.date(2025, 7, 1)
OCTOBER_2026 = dt.date(2026, 10, 6)


def named(code: str, on: dt.date) -> str:
    """The full name of a code's bearer on a day."""
    return geography.unit(code=code, on=on).full_name


def codes(units: Iterable[Unit]) -> set[str]:
    """The codes of some units."""
    return {unit.code for unit in units}


def rows(statement: str) -> list[tuple[object, ...]]:
    """What a query answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
