"""Saying that the rows left out of a written list need nothing any more (dòng chưa vào sổ)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.imports.models import Import
from ansinh.imports.queries import missed
from ansinh.kernel.refusal import Refusal


def settle(*, imported: Import, by: User, at: dt.datetime) -> Import:
    """Say that the rows left out are seen to, so that they wait no more (đã xử lý xong).

    Refused: nothing of the list waits, somebody said so already.
    """
    if not missed.waits(imported):
        raise Refusal(
            "Danh sách này không còn dòng nào chờ xử lý.", remedy="Xem lại trang này; không cần làm gì thêm."
        )
    return _said(imported, "settle_list", by=by, at=at, settled_by=by, settled_at=at)


def unsettle(*, imported: Import, by: User, at: dt.datetime) -> Import:
    """Take back that the rows left out are seen to: they wait again (chưa xong). Refused: nobody said so."""
    if imported.settled_at is None:
        raise Refusal(
            "Chưa ai báo đã xử lý xong danh sách này.", remedy="Xem lại trang này; không cần làm gì thêm."
        )
    return _said(imported, "unsettle_list", by=by, at=at, settled_by=None, settled_at=None)


def _said(
    imported: Import,
    action: str,
    *,
    by: User,
    at: dt.datetime,
    settled_by: User | None,
    settled_at: dt.datetime | None,
) -> Import:
    with transaction.atomic():
        # These two columns alone: the list's job tells its progress in others.
        imported.settled_by, imported.settled_at = settled_by, settled_at
        imported.save(update_fields=["settled_by", "settled_at"])
        accounts.record(
            at=at, who=by, right=Right.LOAD_REGISTER, action=action, subject=imported, unit=imported.unit
        )
    return imported
