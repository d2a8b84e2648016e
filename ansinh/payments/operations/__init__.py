"""Everything that can happen to payments: open an account, settle, prepare, approve (chi trả)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_noop as _

from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.accounts.operations import record
from ansinh.db import constraints
from ansinh.db.periods import span
from ansinh.db.progress import Tell
from ansinh.determinations.operations import known_now
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments.logic import PAYMENT, Months
from ansinh.payments.models import Account, Payroll, PayrollRun, Progress, Settlement
from ansinh.payments.operations import booking, drafting, keeping, listing, looking_back, setting_off
from ansinh.payments.operations.requests import ask_approve, ask_prepare, finish
from ansinh.payments.operations.territory import alone, drafts
from ansinh.payments.operations.words import Asking, has_rows
from ansinh.payments.queries import payrolls_of
from ansinh.rulebook import law

__all__ = ["approve", "ask_approve", "ask_prepare", "open_account", "prepare", "settle"]


def quiet(step: str) -> None:
    """Tell nobody how far it is."""


def open_account(*, unit: Unit, month: Month, by: User, at: dt.datetime, basis: str = "") -> Account:
    """Keep a unit's payments here from a month on (mở tài khoản chi trả), everyone's below it included.

    What the grants known now owe for earlier months counts as settled elsewhere. Refused: an account that is
    open already.
    """
    known_at = known_now()
    with constraints.speaking():
        alone(unit, on=month.first)
        account = Account(unit=unit, opens=month.first, as_decided_at=known_at, basis=basis, by=by, at=at)
        account.save(force_insert=True)
        record(
            at=at,
            who=by,
            right=Right.APPROVE_PAYROLL,
            action="open_payment_account",
            subject=account,
            unit=unit,
            detail={"opens": str(month)},
        )
    return account


def settle(*, unit: Unit, months: Iterable[Month], basis: str, by: User, at: dt.datetime) -> Settlement:
    """Count months of a unit and below as paid elsewhere, in one entry (quyết toán gộp).

    Booked for them is what grants owe as decided now; a later decision about them makes a difference again.
    Refused: months with a payroll, before the account opened, or settled already; no basis given.
    """
    named = Months.of(months)
    if not basis.strip():
        raise Refusal(
            "Chưa nêu căn cứ quyết toán gộp.", PAYMENT, "Ghi chứng từ hoặc văn bản xác nhận đã chi."
        )
    known_at = known_now()
    with constraints.speaking():
        alone(unit, on=named.last.first)
        if payrolls_of(unit, named).exists():
            raise Refusal(
                f"Đã có bảng chi trả trong thời gian {named.vietnamese()}.",
                PAYMENT,
                "Quyết toán gộp các tháng chưa lập bảng chi trả.",
            )
        settlement = Settlement(
            unit=unit,
            months=span(named.first.first, named.last.next().first),
            as_decided_at=known_at,
            basis=basis.strip(),
            by=by,
            at=at,
        )
        settlement.save(force_insert=True)
        record(
            at=at,
            who=by,
            right=Right.APPROVE_PAYROLL,
            action="settle_months",
            subject=settlement,
            unit=unit,
            detail={"months": [str(month) for month in named], "basis": basis.strip()},
        )
    return settlement


def prepare(
    *,
    unit: Unit,
    months: Iterable[Month],
    on: dt.date,
    by: User,
    at: dt.datetime,
    known_at: dt.datetime | None = None,
    replace: bool = False,
    everything: bool = False,
    tell: Tell = quiet,
    progress: Progress | None = None,
) -> PayrollRun:
    """Draft the payrolls of a unit and everything below it for months in a row (lập bảng chi trả).

    One payroll for each holding unit; what is approved for these months already stays as it is. Lines are
    owed − booked, as decided and recorded up to `known_at` (by default this instant): the months named, those
    no payroll covered since the account opened, and those that decisions since the last payroll changed.
    `everything` compares all months since then. `replace` puts the new draft in the place of an old one.
    `tell` hears each step; a `progress` is marked done with the drafts, in one transaction.
    Refused: somebody else at work on the same unit, one above or below; a draft of these months (without
    `replace`); months approved already or settled; an account not open; nobody held. All or nothing.
    """
    asking = Asking(unit, Months.of(months), known_at or known_now(), everything)
    with constraints.speaking():
        alone(unit, on=asking.months.last.first)
        tell(_("Tìm các quyết định đang quản lý"))
        drafting.scope(asking)
        if not has_rows("select from pay_scope"):
            raise Refusal(
                f"{unit.full_name} không quản lý quyết định trợ cấp nào trong {asking.months.vietnamese()}.",
                PAYMENT,
                "Kiểm tra đơn vị và tháng; trước 7/2025 đơn vị chi trả là cấp huyện, từ 7/2025 là cấp xã.",
            )
        looking_back.keep_calendar(asking)
        looking_back.refuse_closed(asking)
        keeping.make_room(asking, replace=replace)
        drafting.subtract(asking=asking, tell=tell)
        tell(_("Lập danh sách"))
        listing.write_lines(asking)
        setting_off.set_off(asking)
        tell(_("Cộng và tính mã kiểm tra"))
        run = keeping.keep(asking=asking, on=on, by=by, at=at, release=law.load().release)
        record(
            at=at,
            who=by,
            right=Right.PREPARE_PAYROLL,
            action="prepare_payroll",
            subject=run,
            unit=unit,
            detail={"months": [str(month) for month in asking.months]},
        )
        if progress:
            finish(progress=progress, message=f"Đã lập {run.payrolls.count()} bảng chi trả.", at=at)
    return run


def approve(
    *,
    unit: Unit,
    months: Iterable[Month],
    by: User,
    at: dt.datetime,
    tell: Tell = quiet,
    progress: Progress | None = None,
) -> list[Payroll]:
    """Approve the drafts of a unit and below for months in a row (duyệt bảng chi trả): book their lines.

    Refused: no draft; whoever prepared one of them; drafts that are out of date, because decisions or deaths
    recorded since would change them; somebody else at work. All or nothing.
    """
    named = Months.of(months)
    known_at = known_now()
    with constraints.speaking():
        alone(unit, on=named.last.first)
        payrolls = drafts(unit, named)
        tell(_("Kiểm tra thay đổi từ khi lập"))
        booking.refuse_outdated(unit=unit, payrolls=payrolls, known_at=known_at)
        booking.book(payrolls=payrolls, by=by, at=at, tell=tell)
        payrolls = list(payrolls_of(unit, named).filter(pk__in=[payroll.pk for payroll in payrolls]))
        record(
            at=at,
            who=by,
            right=Right.APPROVE_PAYROLL,
            action="approve_payroll",
            subject=("payments.payroll", _numbers(payrolls)),
            unit=unit,
            detail={
                "months": [str(month) for month in named],
                "payrolls": len(payrolls),
                "total_vnd": sum(payroll.total_vnd for payroll in payrolls),
            },
        )
        if progress:
            finish(progress=progress, message=f"Đã duyệt {len(payrolls)} bảng chi trả.", at=at)
    return payrolls


def _numbers(payrolls: list[Payroll]) -> str:
    first, last = min(payroll.pk for payroll in payrolls), max(payroll.pk for payroll in payrolls)
    return str(first) if first == last else f"{first}–{last}"
