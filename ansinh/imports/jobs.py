"""Lists in the background: load, one operation, progress all the while (việc nền)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ansinh.accounts.models import User
from ansinh.db.progress import told
from ansinh.imports import operations
from ansinh.imports.models import Import
from ansinh.web import clock


@app.task(name="ansinh.imports.jobs.work")
def work(import_id: int, by: int = 0, accept: bool = False, reason: str = "") -> None:
    """Do what was last asked of a list; killed and started again it is done once.

    What was written or taken back is then counted; killed before that, the start page says so.
    """
    imported = Import.objects.select_related("unit", "by").get(pk=import_id)
    user = User.objects.get(pk=by) if by else imported.by
    with told(imported, now=clock.now) as tell:
        if tell is None:
            return
        at, on = clock.now(), clock.today()
        if imported.task == Import.Task.CHECK:
            operations.check(imported=imported, at=at, on=on, tell=tell)
        elif imported.task == Import.Task.COMMIT:
            operations.commit(imported=imported, by=user, at=at, on=on, accept=accept, tell=tell)
        else:
            operations.undo(imported=imported, reason=reason, by=user, at=at, tell=tell)
    imported.refresh_from_db()
    if imported.state == Import.State.DONE and imported.task != Import.Task.CHECK:
        operations.renew_counts(imported=imported, by=user, on=clock.today(), at=clock.now())
