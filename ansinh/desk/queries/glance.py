"""A territory at a glance: the latest payments, and what the review would have looked at (nhìn chung)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ansinh.accounts.logic import Right, may
from ansinh.accounts.models import User
from ansinh.geography.models import Level
from ansinh.grants.queries import screens as grants
from ansinh.kernel.time import Month
from ansinh.payments.queries import screens

PERIODS = 6


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A kind of difference between the law and what is paid, and how many people it is about."""

    label: str
    people: int


@dataclass(frozen=True, slots=True)
class Glance:
    """What the start page shows."""

    periods: tuple[screens.Row, ...]
    review: tuple[ReviewRow, ...]
    review_month: Month | None


def glance(user: User, *, on: dt.date) -> Glance:
    """Gather the start page of an officer; empty for whoever may see neither payrolls nor reviews."""
    sees_payrolls, sees_review = may(user.role, Right.SEE_PAYROLL), may(user.role, Right.SEE_REVIEW)
    periods = tuple(screens.periods(user, on=on)[:PERIODS]) if sees_payrolls else ()
    # A province's comparison takes seconds: it stands on its own page.
    if not sees_review or user.unit is None or user.unit.level != Level.COMMUNE:
        return Glance(periods, (), None)
    reviewed = grants.reviewed(user, on=on, month=None)
    if reviewed is None:
        return Glance(periods, (), None)
    return Glance(periods, tuple(ReviewRow(row.label, row.people) for row in reviewed.kinds), reviewed.month)
