"""Checking a list, and writing it into the register: what was concluded once (kiểm tra, ghi sổ)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

import polars as pl
from django.db import connection, transaction

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.db.progress import Tell
from ansinh.imports.logic import judged
from ansinh.imports.logic.listing import Row
from ansinh.imports.models import Import
from ansinh.imports.operations.asking import refuse_again
from ansinh.imports.operations.concluding import Judgement, forget, judge, keep, recall
from ansinh.imports.operations.entering import enter, take_over
from ansinh.kernel.hashing import content_hash
from ansinh.kernel.money import grouped
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry.models import Source


def _silent(step: str) -> None:
    """Tell nobody."""


def check(*, imported: Import, at: dt.datetime, on: dt.date, tell: Tell = _silent) -> Import:
    """Read a list and say of every row what would become of it (kiểm tra, chưa ghi gì vào sổ).

    `on` is the day on which the register is looked at. Refused: a file of which nothing can be read.
    """
    with transaction.atomic():
        judgement = judge(imported, on=on, accept=False, tell=tell)
        tell("Viết báo cáo")
        _write_lines(imported, judgement.rows or ())
        keep(imported, judgement)
        _close(imported, judgement, Import.Stage.CHECKED, at, "Đã kiểm tra xong, chưa ghi gì vào sổ.")
    return imported


def commit(
    *, imported: Import, by: User, at: dt.datetime, on: dt.date, accept: bool = False, tell: Tell = _silent
) -> Import:
    """Write all good rows of a list into the register in one transaction (ghi sổ).

    What was concluded when it was checked is written if the law, the commune's words and what the register
    knows of these people are still the same; else the list is judged anew. The file is kept as their source;
    who receives is taken over at the list's amounts, whatever the law says. With `accept`, somebody only
    likely to be known already comes in as a new person. Refused: the same file again, no good row.
    """
    with transaction.atomic():
        # Not the row itself: its progress is told on another connection meanwhile.
        locks.hold(locks.key(f"import:{imported.pk}"))
        imported.refresh_from_db()
        if imported.stage != Import.Stage.CHECKED:
            raise Refusal(
                f"Lần nhập này {imported.get_stage_display()}.", remedy="Kiểm tra danh sách trước khi ghi sổ."
            )
        # Two lists of a unit, one after the other: the second sees whom the first has entered.
        locks.hold(locks.key(f"imports of unit:{imported.unit_id}"))
        refuse_again(imported.unit, imported.sha256)
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
            _write_lines(imported, judgement.rows)
        _write_whose(imported, good)
        forget(imported)
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="commit_list",
            subject=imported,
            unit=imported.unit,
            detail=judgement.counts,
        )
        with_grants = int(good["grants"].sum())
        _close(
            imported,
            judgement,
            Import.Stage.COMMITTED,
            at,
            f"Đã ghi {grouped(good.height)} dòng vào sổ, tiếp nhận {grouped(with_grants)} khoản hưởng.",
        )
    return imported


def _write_lines(imported: Import, rows: Sequence[Row]) -> None:
    """Keep what was found in each row, in place of what was found before."""
    bulk.run("delete from imports_line where of_id = %s", [imported.pk])
    frame = pl.DataFrame(
        {
            "line": pl.Series([row.line for row in rows], dtype=pl.Int64),
            "sheet": pl.Series([row.sheet for row in rows], dtype=pl.Int16),
            "row": pl.Series([row.row for row in rows], dtype=pl.Int64),
            "outcome": pl.Series([row.outcome for row in rows], dtype=pl.String),
            "name": pl.Series([row.name for row in rows], dtype=pl.String),
            "number": pl.Series([row.number or row.old_number or "" for row in rows], dtype=pl.String),
            "born": pl.Series([_born(row) for row in rows], dtype=pl.String),
            "category": pl.Series([row.category or "" for row in rows], dtype=pl.String),
            "amount_vnd": pl.Series([row.amount_vnd for row in rows], dtype=pl.Int64),
            "lawful_vnd": pl.Series([row.lawful_vnd for row in rows], dtype=pl.Int64),
            "differs": pl.Series([row.differs for row in rows], dtype=pl.Boolean),
            "remarks": pl.Series([_remarks(row) for row in rows], dtype=pl.String),
            "person_id": pl.Series([row.person_id for row in rows], dtype=pl.Int64),
        }
    ).with_columns(pl.lit(imported.pk, pl.Int64).alias("of_id"))
    bulk.copy_frame(frame, "imports_line")


def _write_whose(imported: Import, good: pl.DataFrame) -> None:
    """Note beside each row that was written whose it is, and its grant."""
    bulk.temp_table("import_whose", good.select("line", "person_id", "grant_id"))
    bulk.run(
        """
        update imports_line line set person_id = w.person_id, grant_id = w.grant_id
        from pg_temp.import_whose w where line.of_id = %s and line.line = w.line""",
        [imported.pk],
    )


def _remarks(row: Row) -> str:
    if row.skipped:
        return json.dumps([{"level": "SKIPPED", "message": row.skipped}], ensure_ascii=False)
    return json.dumps([remark.told() for remark in row.remarks], ensure_ascii=False) if row.remarks else "[]"


def _born(row: Row) -> str:
    if row.born is None:
        return ""
    shown = {"Y": f"{row.born.year}", "M": f"{row.born:%m/%Y}"}
    return shown.get(row.born_precision or "", f"{row.born:%d/%m/%Y}")


def _close(
    imported: Import, judgement: Judgement, stage: Import.Stage, at: dt.datetime, message: str
) -> None:
    """Say what has become of the list, in the transaction of the work itself."""
    imported.stage, imported.state, imported.step = stage, Import.State.DONE, ""
    imported.counts, imported.notes = judgement.counts, judgement.notes
    imported.message, imported.basis, imported.remedy = message, "", ""
    imported.told_at = at
    if stage == Import.Stage.COMMITTED:
        imported.recorded_at = _instant()
    imported.save()


def _instant() -> dt.datetime:
    """The database's instant: later than everything this import recorded."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant
