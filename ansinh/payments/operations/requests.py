"""Asking for long work and telling how far it is (tiến độ): a row that is written while the work goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from procrastinate.contrib.django import app

from ansinh.accounts.models import User
from ansinh.db.periods import span
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments.logic import Months
from ansinh.payments.models import Progress
from ansinh.payments.operations.words import Tell
from ansinh.payments.queries import PROGRESS_LOCK

PREPARE_STEPS, APPROVE_STEPS = 6, 3
FAILED = "Máy chủ gặp lỗi khi đang làm; không có gì bị ghi dở."


def ask_prepare(
    *,
    unit: Unit,
    months: Iterable[Month],
    on: dt.date,
    by: User,
    at: dt.datetime,
    replace: bool = False,
) -> Progress:
    """Have payrolls drafted in the background (yêu cầu lập bảng chi trả), as `prepare` does it.

    Refused at once: months that are none or not in a row. All else is told by the Progress returned.
    """
    named = Months.of(months)
    with transaction.atomic():
        progress = _ask(Progress.Job.PREPARE, unit, named, by, at, PREPARE_STEPS)
        app.configure_task("ansinh.payments.jobs.prepare").defer(
            progress_id=progress.pk, on=on.isoformat(), replace=replace
        )
    return progress


def ask_approve(*, unit: Unit, months: Iterable[Month], by: User, at: dt.datetime) -> Progress:
    """Have drafts approved in the background (yêu cầu duyệt bảng chi trả), as `approve` does it."""
    named = Months.of(months)
    with transaction.atomic():
        progress = _ask(Progress.Job.APPROVE, unit, named, by, at, APPROVE_STEPS)
        app.configure_task("ansinh.payments.jobs.approve").defer(progress_id=progress.pk)
    return progress


def _ask(job: Progress.Job, unit: Unit, months: Months, by: User, at: dt.datetime, steps: int) -> Progress:
    return Progress.objects.create(
        job=job,
        unit=unit,
        months=span(months.first.first, months.last.next().first),
        by=by,
        asked_at=at,
        steps=steps,
    )


@contextmanager
def told(*, progress: Progress, now: Callable[[], dt.datetime]) -> Iterator[Tell | None]:
    """Tell how a job goes, on a connection of its own, so that others see it before the work is committed.

    Yields what tells a step; None when another process is at this very job, or has done it. A refusal ends
    the job with its words; any other error ends it as failed, and is raised. The work itself marks the job
    done, in its own transaction (`finish`).
    """
    beside = connections["default"].copy()
    try:
        if not _take(beside, progress):
            yield None
            return
        done = 0

        def tell(step: str) -> None:
            nonlocal done
            _write(beside, progress, state=Progress.State.RUNNING, step=step, done=done, told_at=now())
            done += 1

        try:
            yield tell
        except Refusal as refusal:
            _write(
                beside,
                progress,
                state=Progress.State.REFUSED,
                message=refusal.message,
                basis=refusal.basis,
                remedy=refusal.remedy,
                told_at=now(),
            )
        except Exception:
            _write(beside, progress, state=Progress.State.FAILED, message=FAILED, told_at=now())
            raise
    finally:
        beside.close()


def finish(*, progress: Progress, message: str, at: dt.datetime) -> None:
    """Mark a job done; to be called in the transaction of its work, so that both are committed or neither."""
    Progress.objects.filter(pk=progress.pk).update(
        state=Progress.State.DONE, step="", done=progress.steps, message=message, told_at=at
    )


def _take(beside: BaseDatabaseWrapper, progress: Progress) -> bool:
    """Hold the lock of a job while its process lives; False when somebody has it, or the job is over."""
    with beside.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [PROGRESS_LOCK, progress.pk])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("select state from payments_progress where id = %s", [progress.pk])
        row = cursor.fetchone()
    return row is not None and row[0] in (Progress.State.WAITING, Progress.State.RUNNING)


def _write(beside: BaseDatabaseWrapper, progress: Progress, **told: str | int | dt.datetime) -> None:
    columns = ", ".join(f"{name} = %s" for name in told)
    with beside.cursor() as cursor:
        cursor.execute(f"update payments_progress set {columns} where id = %s", [*told.values(), progress.pk])
