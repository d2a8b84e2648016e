"""Taking back a whole import, while nothing of it was approved (huỷ lần nhập)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.db.progress import Tell
from ansinh.grants import operations as grants
from ansinh.imports.models import Import
from ansinh.imports.operations import poor
from ansinh.imports.operations.closing import silent
from ansinh.imports.queries.known import paid_or_settled
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry


def undo(
    *,
    imported: Import,
    reason: str,
    by: User,
    at: dt.datetime,
    tell: Tell = silent,
) -> Import:
    """Take a written list back whole (huỷ lần nhập): register and payrolls as if it had never come.

    Refused: nothing was written, a reason is lacking, something of it was approved in a payroll, or decided
    about since.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do huỷ.", remedy="Ghi vì sao huỷ cả lần nhập này.")
    with transaction.atomic():
        # Not the row itself: its progress is told on another connection meanwhile.
        locks.hold(locks.key(f"import:{imported.pk}"))
        kept = Import.objects.select_related("unit", "source").get(pk=imported.pk)
        if kept.stage != Import.Stage.COMMITTED or kept.source is None or kept.recorded_at is None:
            raise Refusal("Lần nhập này chưa ghi gì vào sổ.", remedy="Không cần huỷ gì.")
        withdraw = poor.withdraw if kept.kind == Import.Kind.POVERTY else _withdraw
        message = withdraw(kept, reason=reason, by=by, at=at, tell=tell)
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="undo_list",
            subject=kept,
            unit=kept.unit,
            reason=reason,
        )
        kept.stage, kept.task = Import.Stage.UNDONE, Import.Task.UNDO
        kept.state, kept.step = Import.State.DONE, ""
        kept.message, kept.basis, kept.remedy = message, "", ""
        kept.undone_by, kept.reason, kept.told_at = by, reason, at
        kept.save()
    imported.refresh_from_db()
    return imported


def _withdraw(imported: Import, *, reason: str, by: User, at: dt.datetime, tell: Tell) -> str:
    """Annul the grants of a list of people, and take its facts back; return what to say of it."""
    assert imported.source is not None and imported.recorded_at is not None
    tell("Xem các khoản đã duyệt chi")
    bulk.run("drop table if exists pg_temp.undone_grant")
    bulk.run(
        """
        create temporary table undone_grant on commit drop as
        select grant_id from imports_line where of_id = %s and grant_id is not null""",
        [imported.pk],
    )
    if why := paid_or_settled(unit=imported.unit, since=imported.recorded_at):
        raise Refusal(
            f"Không huỷ được: {why}.",
            basis="Điều 8 Nghị định 335/2026/NĐ-CP",
            remedy="Sửa từng trường hợp: ghi đúng dữ kiện, rồi ra quyết định điều chỉnh.",
        )
    tell("Huỷ các khoản hưởng")
    grants.annul_list(grants="undone_grant", unit=imported.unit, reason=reason, by=by, at=at)
    tell("Rút khỏi sổ")
    registry.withdraw_list(source=imported.source, unit=imported.unit, reason=reason, by=by, at=at)
    return "Đã huỷ cả lần nhập; sổ và chi trả như trước khi nhập."
