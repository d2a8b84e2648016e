"""Checking a list, and writing it into the register: what was concluded once (kiểm tra, ghi sổ)."""

from __future__ import annotations

import datetime as dt

import polars as pl
from django.db import transaction

from ansinh.accounts.models import User
from ansinh.db import bulk
from ansinh.db.progress import Tell
from ansinh.imports.logic import judged
from ansinh.imports.models import Import
from ansinh.imports.operations import poor
from ansinh.imports.operations.closing import close, close_written, hold_checked, silent, write_lines
from ansinh.imports.operations.concluding import judge, keep, recall
from ansinh.imports.operations.entering import enter, take_over
from ansinh.kernel.hashing import content_hash
from ansinh.kernel.money import grouped
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry.models import Source


def check(*, imported: Import, at: dt.datetime, on: dt.date, tell: Tell = silent) -> Import:
    """Read a list and say of every row what would become of it (kiểm tra, chưa ghi gì vào sổ).

    `on` is the day on which the register is looked at. Refused: a file of which nothing can be read.
    """
    if imported.kind == Import.Kind.POVERTY:
        return poor.check(imported=imported, at=at, on=on, tell=tell)
    with transaction.atomic():
        judgement = judge(imported, on=on, accept=False, tell=tell)
        tell("Viết báo cáo")
        write_lines(imported, judgement.rows or (), judgement.sheets)
        keep(imported, judgement)
        close(
            imported,
            counts=judgement.counts,
            notes=judgement.notes,
            stage=Import.Stage.CHECKED,
            at=at,
            message="Đã kiểm tra xong, chưa ghi gì vào sổ.",
        )
    return imported


def commit(
    *, imported: Import, by: User, at: dt.datetime, on: dt.date, accept: bool = False, tell: Tell = silent
) -> Import:
    """Write all good rows of a list into the register in one transaction (ghi sổ).

    What was concluded when it was checked is written if the law, the commune's words and what the register
    knows of these people are still the same; else the list is judged anew. The file is kept as their source;
    who receives is taken over at the list's amounts, whatever the law says. With `accept`, somebody only
    likely to be known already comes in as a new person. Refused: the same file again, no good row.
    """
    if imported.kind == Import.Kind.POVERTY:
        return poor.commit(imported=imported, by=by, at=at, on=on, tell=tell)
    with transaction.atomic():
        hold_checked(imported)
        judgement = recall(imported, on=on, accept=accept, tell=tell) or judge(
            imported, on=on, accept=accept, tell=tell
        )
        good = judged.writable(judgement.frame)
        if good.is_empty():
            raise Refusal(
                "Danh sách không có dòng nào ghi được vào sổ.",
                remedy="Sửa các lỗi trong báo cáo rồi nhập lại tệp.",
            )
        imported.source = Source.objects.create(
            kind=Source.Kind.IMPORT,
            name=imported.name,
            sha256=content_hash([str(imported.pk).encode(), imported.sha256.encode()]),
            by=by,
            at=at,
            counts={**judgement.counts, "file_sha256": imported.sha256},
        )
        tell("Ghi người, hộ và dữ kiện")
        good = enter(good, unit=imported.unit, source=imported.source, by=by, at=at)
        tell("Tiếp nhận các khoản hưởng")
        month = Month.of(imported.month)
        good = take_over(good, month=month, unit=imported.unit, by=by, at=at)
        tell("Viết báo cáo")
        if judgement.rows is not None:
            write_lines(imported, judgement.rows, judgement.sheets)
        _write_whose(imported, good)
        with_grants = int(good["grants"].sum())
        close_written(
            imported,
            counts=judgement.counts,
            notes=judgement.notes,
            by=by,
            at=at,
            message=f"Đã ghi {grouped(good.height)} dòng vào sổ, "
            f"tiếp nhận {grouped(with_grants)} khoản hưởng.",
        )
    return imported


def _write_whose(imported: Import, good: pl.DataFrame) -> None:
    """Note beside each row that was written whose it is, and its grant."""
    bulk.temp_table("import_whose", good.select("line", "person_id", "grant_id"))
    bulk.run(
        """
        update imports_line line set person_id = w.person_id, grant_id = w.grant_id
        from pg_temp.import_whose w where line.of_id = %s and line.line = w.line""",
        [imported.pk],
    )
