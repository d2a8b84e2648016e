"""Telling how far long work is (tiến độ): a row that is written while the work goes on.

A room's row has the fields state, step, done, message, basis, remedy, told_at.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from ansinh.kernel.refusal import Refusal

Tell = Callable[[str], None]
_FAILED = "Máy chủ gặp lỗi khi đang làm; không có gì bị ghi dở."


class State(models.TextChoices):
    """How a job stands; a RUNNING one whose process died is told as interrupted."""

    WAITING = "WAITING", _("đang chờ")
    RUNNING = "RUNNING", _("đang chạy")
    DONE = "DONE", _("đã xong")
    REFUSED = "REFUSED", _("bị từ chối")
    FAILED = "FAILED", _("bị lỗi")


@contextmanager
def told(row: models.Model, *, now: Callable[[], dt.datetime]) -> Iterator[Tell | None]:
    """Hold a job while its process lives, and tell its steps (báo tiến độ).

    They are written on a connection of their own, so that others see them before the work is committed.
    Yields what tells a step; None when another process is at this very job, or it is over. A refusal ends the
    job with its words; any other error ends it as failed, and is raised. The work itself marks the job done,
    in its own transaction.
    """
    beside = connections["default"].copy()
    try:
        if not _take(beside, row):
            yield None
            return
        done = 0

        def tell(step: str) -> None:
            nonlocal done
            _write(beside, row, state=State.RUNNING, step=step, done=done, told_at=now())
            done += 1

        try:
            yield tell
        except Refusal as refusal:
            words = {"message": refusal.message, "basis": refusal.basis, "remedy": refusal.remedy}
            _write(beside, row, state=State.REFUSED, **words, told_at=now())
        except Exception:
            _write(beside, row, state=State.FAILED, message=_FAILED, told_at=now())
            raise
    finally:
        beside.close()


def is_interrupted(row: models.Model) -> bool:
    """Tell whether a running job's process has died: its lock is gone (bị ngắt)."""
    if row.state != State.RUNNING:  # type: ignore[attr-defined]
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select from pg_locks where locktype = 'advisory' and granted "
            "and classid = %s and objid = %s and objsubid = 2)",
            _lock(row),
        )
        return bool(cursor.fetchone()[0])


def _lock(row: models.Model) -> list[int]:
    """The two halves of the lock that a running job holds: the table's, and the row's number."""
    return [zlib.crc32(row._meta.db_table.encode()) >> 1, row.pk]


def _take(beside: BaseDatabaseWrapper, row: models.Model) -> bool:
    """Hold the lock of a job while its process lives; False when somebody has it, or the job is over."""
    with beside.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", _lock(row))
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(f"select state from {row._meta.db_table} where id = %s", [row.pk])
        found = cursor.fetchone()
    return found is not None and found[0] in (State.WAITING, State.RUNNING)


def _write(beside: BaseDatabaseWrapper, row: models.Model, **said: str | int | dt.datetime) -> None:
    columns = ", ".join(f"{name} = %s" for name in said)
    with beside.cursor() as cursor:
        cursor.execute(f"update {row._meta.db_table} set {columns} where id = %s", [*said.values(), row.pk])
