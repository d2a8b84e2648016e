"""Periods and months in tables: half-open date ranges, first days of months, and their constraints."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import CheckConstraint, Q


def span(start: date | None, end: date | None = None) -> DateRange:
    """The days from `start` up to but without `end`; None is open."""
    return DateRange(start, end, "[)")


def never_twice(
    name: str, *, over: str = "valid", same: tuple[str, ...], condition: Q | None = None
) -> ExclusionConstraint:
    """Let no two rows that are the same in some columns overlap in a range column.

    The table's migration needs ("db", "0001_roles_and_extensions") for btree_gist.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((column, RangeOperators.EQUAL) for column in same),
            (over, RangeOperators.OVERLAPS),
        ],
        condition=condition,
    )


def first_of_month(column: str, *, name: str) -> CheckConstraint:
    """Let a date column hold only the first days of months (NULL allowed if the column allows it)."""
    return CheckConstraint(condition=Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__day": 1}), name=name)


def never_empty(column: str, *, name: str) -> CheckConstraint:
    """Refuse an empty range, which would slip through every exclusion constraint."""
    return CheckConstraint(condition=Q(**{f"{column}__isempty": False}), name=name)
