"""Whose payrolls are touched, and that nobody else touches them at the same time."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from ansinh.db import locks
from ansinh.db.periods import span
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.payments.logic import PAYMENT, Months
from ansinh.payments.models import Payroll
from ansinh.payments.queries import payrolls_of


def alone(unit: Unit, *, on: dt.date) -> None:
    """Work on a unit's payrolls alone until the transaction ends.

    A province's work excludes that of its communes, but two communes work side by side. Nobody waits: who
    comes second is refused.
    """
    refusal = Refusal(
        f"Một đợt lập hoặc duyệt bảng chi trả khác đang chạy cho {unit.full_name}, cấp trên hoặc cấp dưới.",
        PAYMENT,
        "Chờ đợt đó xong rồi thử lại; không có gì bị làm dở.",
    )
    for above in geography.ancestors(unit, on=on):
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock_shared(%s)", [_lock(above)])
            row = cursor.fetchone()
        if not (row and row[0]):
            raise refusal
    locks.hold_or_refuse(_lock(unit), refusal)


def _lock(unit: Unit) -> int:
    return locks.key(f"payroll:{unit.code}")


def drafts(unit: Unit, months: Months) -> list[Payroll]:
    """List the drafts of a unit and below for exactly the months named; refuse if there is none."""
    wanted = span(months.first.first, months.last.next().first)
    found = [payroll for payroll in payrolls_of(unit, months) if payroll.status == Payroll.Status.DRAFT]
    other = [payroll for payroll in found if payroll.months != wanted]
    if other:
        raise Refusal(
            f"{other[0].unit.full_name} có dự thảo cho các tháng khác với {months.vietnamese()}.",
            PAYMENT,
            "Nêu đúng các tháng của bảng chi trả đã lập.",
        )
    if not found:
        raise Refusal(
            f"{unit.full_name} không có dự thảo bảng chi trả nào cho {months.vietnamese()}.",
            PAYMENT,
            "Lập bảng chi trả trước; bảng đã duyệt không duyệt lại.",
        )
    return found
