"""What the database itself keeps of changes (lịch sử thay đổi)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Change(models.Model):
    """A row that was changed or deleted, as it was and as it became (thay đổi).

    Written by triggers (`schema.keep_history`), whoever changed it and by whatever way; the application may
    only read it. `who` is the officer of the request, where there is one; `transaction` is that of the
    trail's line, which says the rest. Inserts are not repeated here: the row itself stands. Rows that a
    statement superseded at one instant, of which nothing else can change, are one line with all their
    `rows`; every other change is a line of its own with its `row`.
    """

    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    who = models.BigIntegerField(null=True)
    table = models.CharField(max_length=63)
    row = models.BigIntegerField(null=True)
    rows = ArrayField(models.BigIntegerField(), null=True)
    before = models.JSONField()
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index("table", "row", name="db_change_of_row", condition=Q(row__isnull=False)),
            models.Index("table", "at", name="db_change_of_rows", condition=Q(row__isnull=True)),
        ]
