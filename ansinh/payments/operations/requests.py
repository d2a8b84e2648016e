"""Asking for long work, and marking it done (tiến độ)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from procrastinate.contrib.django import app

from ansinh.accounts.models import User
from ansinh.db.periods import span
from ansinh.geography.models import Unit
from ansinh.kernel.time import Month
from ansinh.payments.logic import Months
from ansinh.payments.models import Progress

PREPARE_STEPS, APPROVE_STEPS = 6, 3


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


def finish(*, progress: Progress, message: str, at: dt.datetime) -> None:
    """Mark a job done; to be called in the transaction of its work, so that both are committed or neither."""
    Progress.objects.filter(pk=progress.pk).update(
        state=Progress.State.DONE, step="", done=progress.steps, message=message, told_at=at
    )
