"""Telling how far a job is, on a connection of its own, so that others see it before it is committed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ansinh.imports.models import Import
from ansinh.imports.queries.screens import JOB_LOCK
from ansinh.kernel.refusal import Refusal

Tell = Callable[[str], None]
FAILED = "Máy chủ gặp lỗi khi đang làm; không có gì bị ghi dở."
STEPS = {Import.Task.CHECK: 4, Import.Task.COMMIT: 6, Import.Task.UNDO: 3}


@contextmanager
def told(*, imported: Import, now: Callable[[], dt.datetime]) -> Iterator[Tell | None]:
    """Hold a job while its process lives, and tell its steps (báo tiến độ).

    Yields what tells a step; None when another process is at this very job, or it is over. A refusal ends the
    job with its words; any other error ends it as failed, and is raised. The work itself marks the job done,
    in its own transaction.
    """
    beside = connections["default"].copy()
    try:
        if not _take(beside, imported):
            yield None
            return
        done = 0

        def tell(step: str) -> None:
            nonlocal done
            _write(beside, imported, state=Import.State.RUNNING, step=step, done=done, told_at=now())
            done += 1

        try:
            yield tell
        except Refusal as refusal:
            _write(
                beside,
                imported,
                state=Import.State.REFUSED,
                message=refusal.message,
                basis=refusal.basis,
                remedy=refusal.remedy,
                told_at=now(),
            )
        except Exception:
            _write(beside, imported, state=Import.State.FAILED, message=FAILED, told_at=now())
            raise
    finally:
        beside.close()


def _take(beside: BaseDatabaseWrapper, imported: Import) -> bool:
    with beside.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [JOB_LOCK, imported.pk])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("select state from imports_import where id = %s", [imported.pk])
        row = cursor.fetchone()
    return row is not None and row[0] in (Import.State.WAITING, Import.State.RUNNING)


def _write(beside: BaseDatabaseWrapper, imported: Import, **said: str | int | dt.datetime) -> None:
    columns = ", ".join(f"{name} = %s" for name in said)
    with beside.cursor() as cursor:
        cursor.execute(f"update imports_import set {columns} where id = %s", [*said.values(), imported.pk])
