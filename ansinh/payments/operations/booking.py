"""Booking what was drafted: lines, postings, and the check that the draft still says what is owed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import psycopg
from django.db import IntegrityError
from django.utils.translation import gettext_noop as _

from ansinh.accounts.models import User
from ansinh.db.bulk import renew_statistics, run, with_settings
from ansinh.db.progress import Tell
from ansinh.db.schema import month_partition
from ansinh.geography.models import Unit
from ansinh.grants import queries as grants
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments.logic import PAYMENT
from ansinh.payments.models import Payroll
from ansinh.payments.operations.words import LINE, NO_LOOPS, covers, first_of, own, value, with_standing
from ansinh.payments.queries import months_of


def refuse_outdated(*, unit: Unit, payrolls: Sequence[Payroll], known_at: dt.datetime) -> None:
    """Refuse drafts that a decision, a death or a settlement recorded since would change.

    Also a decision of the commune somebody moved to, which pays them from a month of the draft on.
    """
    last = Month.of(payrolls[0].months.upper) - 1
    now = grants.instant(known_at)
    held = f"({grants.held_sql(unit, last)})"
    changes = 0
    for since in sorted({payroll.known_at for payroll in payrolls}):
        units = ", ".join(str(payroll.unit_id) for payroll in payrolls if payroll.known_at == since)
        then = grants.instant(since)
        changed = value(
            f"""
            select count(*)
            from ({grants.changed_since_sql(then, now, of=(unit, last, known_at), among=held)}) changed
            join {held} held using (grant_id)
            join geography_unit holder on holder.id = held.unit_id
            join geography_standing standing
                on standing.unit_id = held.unit_id and standing.valid @> {first_of(last)}
            where changed.first_month <= {first_of(last)}
                and {own("holder", standing="standing")} in ({units})
            """
        )
        gone = value(
            f"""
            select count(*) from ({grants.handed_over_sql(then, now)}) gone
            join geography_unit holder on holder.id = gone.left_id
            join geography_standing standing
                on standing.unit_id = gone.left_id and standing.valid @> {first_of(last)}
            where gone.month <= {first_of(last)} and {own("holder", standing="standing")} in ({units})
            """
        )
        settled = value(
            f"""
            select count(*) from ({with_standing("payments_settlement", day=first_of(last))}) settlement
            where settlement.as_decided_at > {then} and exists (
                select from geography_standing standing
                where standing.unit_id in ({units}) and standing.valid @> {first_of(last)}
                    and {covers("settlement", standing="standing")})
            """
        )
        changes += int(str(changed)) + int(str(gone)) + int(str(settled))
    if changes:
        raise Refusal(
            f"Bảng chi trả đã cũ: có {changes} thay đổi được ghi nhận từ khi lập.",
            PAYMENT,
            "Lập lại bảng chi trả (thay thế dự thảo) rồi duyệt.",
        )


def book(*, payrolls: Sequence[Payroll], by: User, at: dt.datetime, tell: Tell) -> None:
    """Copy the drafted lines into the months they are for, post them, and mark the payrolls approved."""
    ids = [payroll.pk for payroll in payrolls]
    run(
        "update payments_payroll set status = 'APPROVED', approved_by_id = %s, approved_at = %s "
        "where id = any(%s)",
        [by.pk, at, ids],
    )
    tell(_("Ghi sổ các dòng chi"))
    try:
        with with_settings(NO_LOOPS):
            booked = run(
                f"insert into payments_line ({LINE}) select {LINE} from payments_draftline "
                "where roll_id in (select id from payments_roll where payroll_id = any(%s))",
                [ids],
            )
    except IntegrityError as error:
        raise _paid_meanwhile(error) from error
    for month in sorted({month for payroll in payrolls for month in months_of(payroll)}):
        renew_statistics(
            month_partition("payments_line", month.first),
            rows=booked,
            keys=("person_id", "month", "slot", "seq", "roll_id", "kind"),
        )
    tell(_("Ghi bút toán"))
    run(
        """
        insert into payments_posting (payroll_id, unit_id, account, amount_vnd)
        select payroll.id, payroll.unit_id, side.account, side.amount_vnd
        from payments_payroll payroll cross join lateral (values
            ('FUNDING_SOURCE', recoveries_vnd - total_vnd),
            ('PAYABLE', total_vnd),
            ('RECEIVABLE', -recoveries_vnd)) side (account, amount_vnd)
        where payroll.id = any(%s)
        """,
        [ids],
    )
    with with_settings(NO_LOOPS):
        run(
            "delete from payments_draftline "
            "where roll_id in (select id from payments_roll where payroll_id = any(%s))",
            [ids],
        )


def _paid_meanwhile(error: IntegrityError) -> Exception:
    """The key refused to book somebody's month twice: say so."""
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.UniqueViolation):
        return Refusal(
            "Có người đã được chi cho cùng tháng và cùng khoản sau khi lập bảng này.",
            PAYMENT,
            "Lập lại bảng chi trả (thay thế dự thảo) rồi duyệt.",
        )
    return error
