"""Handing rights on for some days, and taking them back (uỷ quyền)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from ansinh.accounts import logic
from ansinh.accounts.logic import RIGHT_LABELS, Right
from ansinh.accounts.models import Delegation, Revocation, User
from ansinh.accounts.operations.trail import record
from ansinh.db.constraints import speaking
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import vietnamese_date


def delegate(
    *,
    giver: User,
    to: User,
    rights: Collection[Right],
    since: date,
    until: date,
    reason: str,
    on: date,
    at: datetime,
) -> Delegation:
    """Let a colleague use some of one's own rights from a day through another (uỷ quyền).

    Refused: to oneself, to another unit or a closed account; rights that are not the giver's own or never
    handed on; days that are over, turned round, or longer than a year.
    """
    wrong = sorted(set(rights) - logic.delegable(giver.role))
    if wrong or not rights:
        names = ", ".join(RIGHT_LABELS[right] for right in wrong)
        raise Refusal(
            f"Không uỷ quyền được: {names}." if wrong else "Chưa chọn quyền nào để uỷ quyền.",
            remedy="Chỉ uỷ quyền việc của chức danh mình; việc được uỷ quyền không uỷ quyền tiếp được.",
        )
    if to.pk == giver.pk or to.unit_id != giver.unit_id or giver.unit_id is None or not to.is_active:
        raise Refusal(
            "Chỉ uỷ quyền được cho người khác đang làm việc ở cùng đơn vị.",
            remedy="Chọn một người trong danh sách.",
        )
    if until < since or until < on or until - since > logic.LONGEST_DELEGATION:
        raise Refusal(
            f"Thời hạn uỷ quyền từ {vietnamese_date(since)} đến {vietnamese_date(until)} không hợp lệ.",
            remedy="Ngày cuối không trước ngày đầu, chưa qua, và không quá một năm.",
        )
    with speaking():
        made = Delegation.objects.create(
            giver=giver, to=to, rights=sorted(rights), since=since, until=until, reason=reason, at=at
        )
        detail = {"to": to.username, "rights": made.rights, "since": str(since), "until": str(until)}
        record(
            at=at,
            who=giver,
            right=Right.DELEGATE,
            action="delegate",
            subject=made,
            unit=giver.unit,
            reason=reason,
            detail=detail,
        )
    return made


def revoke(*, delegation: Delegation, by: User, at: datetime) -> None:
    """End a delegation now (thôi uỷ quyền). Refused: to others than its giver, and when it has ended."""
    if delegation.giver_id != by.pk:
        raise Refusal("Chỉ người đã uỷ quyền mới thôi uỷ quyền được.", remedy="Nhờ người đã uỷ quyền.")
    with speaking():
        _made, fresh = Revocation.objects.get_or_create(delegation=delegation, defaults={"at": at})
        if not fresh:
            raise Refusal("Việc uỷ quyền này đã thôi trước đó.", remedy="Tải lại trang để thấy tình trạng.")
        record(at=at, who=by, right=Right.DELEGATE, action="end_delegation", subject=delegation, unit=by.unit)
