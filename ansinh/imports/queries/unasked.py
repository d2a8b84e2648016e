"""Lists written or taken back since the law was last asked: no count knows of them (chưa hỏi luật lại)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery

from ansinh.accounts.models import User
from ansinh.grants.models import Tally
from ansinh.imports.models import Import
from ansinh.imports.queries.screens import imports, written


@dataclass(frozen=True, slots=True)
class Unasked:
    """How many rows came in or were taken back, and by how many lists."""

    rows: int
    lists: int


def unasked(user: User, *, on: dt.date) -> Unasked:
    """Count the rows of a territory written or taken back since the law was asked about their unit."""
    asked = Tally.objects.filter(unit=OuterRef("unit"), month__lte=on).order_by("-month")
    since_written = Q(known=None) | Q(recorded_at__gt=F("known"))
    found = (
        imports(user, on=on)
        .filter(unit__valid__contains=on)
        .annotate(known=Subquery(asked.values("run__known_at")[:1]))
        .filter(
            Q(since_written, stage=Import.Stage.COMMITTED)
            | Q(stage=Import.Stage.UNDONE, told_at__gt=F("known"))
        )
    )
    rows = [written(one) for one in found]
    return Unasked(sum(rows), len(rows))
