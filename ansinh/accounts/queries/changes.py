"""What became of a row, and who did it (lịch sử thay đổi)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from ansinh.accounts.models import Entry, User
from ansinh.accounts.queries.trail import ACTION_LABELS, OPERATOR
from ansinh.db.models import Change


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of a row: `before` and `after` (None: deleted) hold what differs, as the table names it."""

    at: datetime
    who: str
    doing: str
    before: dict[str, Any]
    after: dict[str, Any] | None


def changes_of(table: str, row: int) -> list[Changed]:
    """Tell every change of a row of register, grants or payrolls (lịch sử thay đổi), earliest first.

    Who did it is the officer of the request, or whom the trail names in the same transaction.
    """
    of_row = Q(row=row) | Q(row=None, rows__contains=[row])
    found = list(Change.objects.filter(of_row, table=table).order_by("id"))
    trail = Entry.objects.filter(transaction__in={one.transaction for one in found})
    entries = {entry.transaction: entry for entry in trail.select_related("who")}
    names = dict(User.objects.filter(pk__in={one.who for one in found}).values_list("pk", "full_name"))
    told = []
    for one in found:
        entry = entries.get(one.transaction)
        said = entry.who.full_name if entry and entry.who else OPERATOR
        before, after = _differing(one.before, one.after)
        doing = ACTION_LABELS.get(entry.action, entry.action) if entry else ""
        told.append(Changed(one.at, names.get(one.who or 0, said), doing, before, after))
    return told


def _differing(
    before: dict[str, Any], after: dict[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    if after is None:
        return before, None
    names = [name for name in after if after[name] != before.get(name)]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
