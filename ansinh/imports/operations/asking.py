"""Receiving a file, and asking for the work on it (nhận tệp, yêu cầu việc)."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict

from django.db import transaction
from django.utils import translation
from procrastinate.contrib.django import app

from ansinh.accounts import operations as accounts
from ansinh.accounts import queries as territories
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.imports.logic.poor_list import PoorTerms
from ansinh.imports.logic.sheets import LARGEST
from ansinh.imports.models import Content, Import, PoorList
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month

BASIS = "điểm a khoản 1 Điều 8 Nghị định 335/2026/NĐ-CP"

_STEPS = {
    Import.Kind.REGISTER: {Import.Task.CHECK: 4, Import.Task.COMMIT: 7, Import.Task.UNDO: 3},
    Import.Kind.POVERTY: {Import.Task.CHECK: 4, Import.Task.COMMIT: 3, Import.Task.UNDO: 2},
}


def receive(
    *,
    unit: Unit,
    name: str,
    content: bytes,
    month: Month,
    by: User,
    at: dt.datetime,
    poor: PoorTerms | None = None,
    defer: bool = True,
) -> Import:
    """Keep a file as it came, and have it checked in the background (nhận danh sách).

    Nothing of the register changes. `month`: whose list it is; with `poor` it is the list of poor and
    near-poor households of a year, taken in in that month. Refused: a unit outside the officer's territory
    or no commune of that month; an empty or too large file; the very file written already.
    """
    here = geography.version(unit, on=month.first)
    theirs = territories.is_operator(by) or territories.in_territory(by, here, month.first)
    if here.level != Level.COMMUNE or not theirs:
        raise Refusal(
            f"{here.full_name} không phải là xã, phường thuộc địa bàn của bạn.",
            remedy="Nhập danh sách cho một xã, phường, đặc khu của mình; danh sách từ tháng 07/2025.",
        )
    if geography.ancestors(here, on=month.first)[0].level != Level.PROVINCE:
        raise Refusal(
            f"Tháng {month.vietnamese()} còn cấp huyện quản lý việc chi trả.",
            remedy="Nhập danh sách của tháng 07/2025 trở đi.",
        )
    if not content or len(content) > LARGEST:
        raise Refusal(f"Tệp trống hoặc lớn quá {LARGEST >> 20} MB.", remedy="Chọn lại tệp danh sách.")
    if poor and poor.valid_to <= poor.valid_from:
        raise Refusal("Danh sách không có ngày hiệu lực nào.", remedy="Ghi ngày cuối sau ngày đầu.")
    sha256 = hashlib.sha256(content).hexdigest()
    refuse_again(here, sha256)
    with transaction.atomic():
        made = Import.objects.create(
            kind=Import.Kind.POVERTY if poor else Import.Kind.REGISTER,
            unit=here,
            month=month.first,
            name=name[:200],
            sha256=sha256,
            by=by,
            at=at,
        )
        if poor:
            issuer = poor.issuer or f"UBND {here.kind.lower()} {here.name}"
            PoorList.objects.create(of=made, **{**asdict(poor), "issuer": issuer})
        Content.objects.create(of=made, bytes=content)
        accounts.record(
            at=at, who=by, right=Right.LOAD_REGISTER, action="receive_list", subject=made, unit=here
        )
        if defer:
            app.configure_task("ansinh.imports.jobs.work").defer(import_id=made.pk)
    return made


def steps_of(imported: Import) -> int:
    """How many steps the task last asked of a list tells."""
    return _STEPS[Import.Kind(imported.kind)][Import.Task(imported.task)]


def stage_of(imported: Import) -> str:
    """Say what has become of a list in Vietnamese, as refusals speak whoever reads them."""
    with translation.override("vi"):
        return str(imported.get_stage_display())


def refuse_again(unit: Unit, sha256: str) -> None:
    """Refuse a file that was written into the register already: the same again changes nothing."""
    before = Import.objects.filter(unit=unit, sha256=sha256, stage=Import.Stage.COMMITTED).first()
    if before is not None:
        raise Refusal(
            f"Tệp này đã được ghi vào sổ rồi (lần nhập số {before.pk}); không thay đổi gì.",
            remedy="Xem lần nhập đó; muốn nhập lại thì huỷ lần đó trước.",
        )


def ask_commit(*, imported: Import, accept: bool, by: User, at: dt.datetime) -> None:
    """Have a checked list written into the register in the background (yêu cầu ghi sổ)."""
    _ask(imported, Import.Task.COMMIT, (Import.Stage.CHECKED,), by=by.pk, accept=accept)


def ask_undo(*, imported: Import, reason: str, by: User, at: dt.datetime) -> None:
    """Have a written list taken back in the background (yêu cầu huỷ lần nhập). Refused: no reason."""
    if not reason.strip():
        raise Refusal("Chưa ghi lý do huỷ.", remedy="Ghi vì sao huỷ cả lần nhập này.")
    _ask(imported, Import.Task.UNDO, (Import.Stage.COMMITTED,), by=by.pk, reason=reason.strip())


def ask_check(*, imported: Import) -> None:
    """Have a list checked again in the background: words or the register changed since (kiểm tra lại)."""
    _ask(imported, Import.Task.CHECK, (Import.Stage.RECEIVED, Import.Stage.CHECKED), by=imported.by_id)


def _ask(
    imported: Import, task: Import.Task, stages: tuple[Import.Stage, ...], **more: int | bool | str
) -> None:
    with transaction.atomic():
        asked = Import.objects.filter(pk=imported.pk, stage__in=stages).exclude(
            state__in=(Import.State.WAITING, Import.State.RUNNING)
        )
        if not asked.update(
            task=task, state=Import.State.WAITING, step="", done=0, message="", basis="", remedy=""
        ):
            raise Refusal(
                f"Lần nhập này {stage_of(imported)}, hoặc còn việc đang chạy.",
                remedy="Đợi việc đang chạy xong, rồi xem lại trang này.",
            )
        app.configure_task("ansinh.imports.jobs.work").defer(import_id=imported.pk, **more)
