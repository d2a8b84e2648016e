"""Payrolls in the background: load, one operation, progress all the while (việc nền)."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from ansinh.db.progress import told
from ansinh.payments import operations, queries
from ansinh.payments.models import Progress
from ansinh.web import clock


@app.task(name="ansinh.payments.jobs.prepare")
def prepare(progress_id: int, on: str, replace: bool) -> None:
    """Draft payrolls; killed and started again it gives the same drafts."""
    progress = Progress.objects.select_related("unit", "by").get(pk=progress_id)
    with told(progress, now=clock.now) as tell:
        if tell is not None:
            operations.prepare(
                unit=progress.unit,
                months=queries.months_in(progress.months),
                on=dt.date.fromisoformat(on),
                by=progress.by,
                at=clock.now(),
                replace=replace,
                tell=tell,
                progress=progress,
            )


@app.task(name="ansinh.payments.jobs.approve")
def approve(progress_id: int) -> None:
    """Approve drafts; killed and started again it books them once."""
    progress = Progress.objects.select_related("unit", "by").get(pk=progress_id)
    with told(progress, now=clock.now) as tell:
        if tell is not None:
            operations.approve(
                unit=progress.unit,
                months=queries.months_in(progress.months),
                by=progress.by,
                at=clock.now(),
                tell=tell,
                progress=progress,
            )
