"""What every kind of list ends with: its rows as they were found, and what has become of it (báo cáo)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from functools import lru_cache

import polars as pl
from django.db import connection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.imports.logic.listing import Remark, Row
from ansinh.imports.models import Import, Kept
from ansinh.imports.operations.asking import refuse_again, stage_of
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date

_JSON = json.JSONEncoder(ensure_ascii=False).encode


def silent(step: str) -> None:
    """Tell nobody."""


def hold_checked(imported: Import) -> None:
    """Hold a checked list, and its unit's lists, until the transaction ends.

    Refused: not checked, written already; the very file written already.
    """
    # Not the row itself: its progress is told on another connection meanwhile.
    locks.hold(locks.key(f"import:{imported.pk}"))
    imported.refresh_from_db()
    if imported.stage != Import.Stage.CHECKED:
        raise Refusal(f"Lần nhập này {stage_of(imported)}.", remedy="Kiểm tra danh sách trước khi ghi sổ.")
    # Two lists of a unit, one after the other: the second sees whom the first has entered.
    locks.hold(locks.key(f"imports of unit:{imported.unit_id}"))
    refuse_again(imported.unit, imported.sha256)


def write_lines(
    imported: Import, rows: Sequence[Row], sheets: Sequence[str], told: pl.DataFrame | None = None
) -> None:
    """Keep what was found in each row, in place of what was found before; `told`: more columns, by line.

    The names of the `sheets` are kept when the list is closed.
    """
    imported.sheets = list(sheets)
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
    if told is not None:
        frame = frame.join(told, on="line", how="left", maintain_order="left")
    bulk.copy_frame(frame, "imports_line")


def _remarks(row: Row) -> str:
    if row.skipped:
        return _JSON([{"level": "SKIPPED", "message": row.skipped}])
    return f"[{', '.join(map(_remark, row.remarks))}]"


@lru_cache(maxsize=1 << 12)
def _remark(remark: Remark) -> str:
    """A remark as JSON; that an amount is unlike the law's is said of many rows in the same words."""
    return _JSON(remark.told())


def _born(row: Row) -> str:
    if row.born is None:
        return ""
    if row.born_precision == "Y":
        return str(row.born.year)
    return Month.of(row.born).vietnamese() if row.born_precision == "M" else vietnamese_date(row.born)


def close(
    imported: Import,
    *,
    counts: dict[str, int],
    notes: list[str],
    stage: Import.Stage,
    at: dt.datetime,
    message: str,
) -> None:
    """Say what has become of the list, in the transaction of the work itself."""
    imported.stage, imported.state, imported.step = stage, Import.State.DONE, ""
    imported.counts, imported.notes = counts, notes
    imported.message, imported.basis, imported.remedy = message, "", ""
    imported.told_at = at
    if stage == Import.Stage.COMMITTED:
        # A command writes without having asked for it.
        imported.task, imported.recorded_at = Import.Task.COMMIT, _instant()
    imported.save()


def close_written(
    imported: Import, *, counts: dict[str, int], notes: list[str], by: User, at: dt.datetime, message: str
) -> None:
    """End the writing of a list, whatever kind it is, in the transaction of the work itself.

    The judgement kept of it is thrown away, the trail says who had it written, and it is closed.
    """
    Kept.objects.filter(of=imported).delete()
    accounts.record(
        at=at,
        who=by,
        right=Right.LOAD_REGISTER,
        action="commit_list",
        subject=imported,
        unit=imported.unit,
        detail=counts,
    )
    close(imported, counts=counts, notes=notes, stage=Import.Stage.COMMITTED, at=at, message=message)


def _instant() -> dt.datetime:
    """The database's instant: later than everything this import recorded."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant
