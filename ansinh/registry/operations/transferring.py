"""Asking another commune for somebody's file, and answering (xin chuyển hồ sơ, trả lời)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db.constraints import speaking
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import vietnamese_date
from ansinh.registry.models import Answer, Document, Person, Transfer
from ansinh.registry.operations.households import commune_only


def ask_transfer(
    *,
    person: Person,
    holder: Unit,
    to: Unit,
    village: str = "",
    valid_from: dt.date,
    said: Mapping[str, str],
    reason: str,
    document: Document,
    on: dt.date,
    by: User,
    at: dt.datetime,
) -> Transfer:
    """Ask the unit that has somebody's file for it (xin chuyển hồ sơ): they live in `to` from a day on.

    `said`: who it is, as the asking commune knows it. Refused: no reason; a day to come; a unit that is no
    commune of `on`; while an earlier request of that commune for the person is open.
    """
    if valid_from > on:
        raise Refusal(
            f"Ngày {vietnamese_date(valid_from)} chưa tới.", remedy="Ghi ngày bắt đầu cư trú đã tới."
        )
    commune_only(to, on)
    with speaking():
        made = Transfer.objects.create(
            person=person,
            holder=holder,
            to=to,
            village=village.strip(),
            valid_from=valid_from,
            said=dict(said),
            reason=_why(reason),
            document=document,
            by=by,
            at=at,
        )
        _trail("ask_transfer", made, by, at, reason, holder=holder.code)
    return made


def accept_transfer(*, transfer: Transfer, by: User, at: dt.datetime) -> Answer:
    """Agree to hand a file over (đồng ý chuyển hồ sơ); the caller writes the move in the same transaction."""
    return _answer(transfer, Answer.Kind.ACCEPTED, "accept_transfer", "", by, at)


def decline_transfer(*, transfer: Transfer, reason: str, by: User, at: dt.datetime) -> Answer:
    """Decline to hand a file over, for a reason that the asking commune reads (từ chối chuyển hồ sơ)."""
    return _answer(transfer, Answer.Kind.DECLINED, "decline_transfer", _why(reason), by, at)


def withdraw_transfer(*, transfer: Transfer, reason: str, by: User, at: dt.datetime) -> Answer:
    """Take one's own request for a file back, for a reason (rút yêu cầu chuyển hồ sơ)."""
    return _answer(transfer, Answer.Kind.WITHDRAWN, "withdraw_transfer", _why(reason), by, at)


def _answer(
    transfer: Transfer, kind: Answer.Kind, action: str, reason: str, by: User, at: dt.datetime
) -> Answer:
    """Write what became of a request. Refused: one that was answered."""
    with speaking():
        made = Answer.objects.create(transfer=transfer, kind=kind, reason=reason, by=by, at=at)
        _trail(action, transfer, by, at, reason)
    return made


def _why(reason: str) -> str:
    if not reason.strip():
        raise Refusal("Chưa ghi lý do.", remedy="Ghi lý do để nơi kia hiểu.")
    return reason.strip()


def _trail(action: str, transfer: Transfer, by: User, at: dt.datetime, reason: str, **detail: str) -> None:
    accounts.record(
        at=at,
        who=by,
        right=Right.TRANSFER_PERSONS,
        action=action,
        subject=transfer,
        unit=by.unit,
        reason=reason.strip(),
        detail=detail,
    )
