"""Who opened somebody's file (lượt xem hồ sơ)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from ansinh.accounts.logic import READ_LABELS
from ansinh.accounts.models import Read

READS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """One opening of a file: who, what they were, for which agency, which page, why."""

    id: int
    at: datetime
    who: str
    title: str
    unit: str
    page: str
    reason: str


@dataclass(frozen=True, slots=True)
class Readings:
    """The openings of a file, latest first; `before` is where the next page begins (0: there is none)."""

    lines: tuple[Reading, ...]
    before: int


def reads_of(
    person_id: int,
    *,
    before: int | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = READS_SHOWN,
    reasons: bool = False,
) -> Readings:
    """Tell who opened somebody's file (ai đã xem hồ sơ này), latest first, older than reading `before`.

    `since` and `until`: only on these days and between. What officers typed as their reasons may betray what
    is sensitive: only with `reasons`, on a page that asks for a reason itself.
    """
    reads = _between(person_id, since, until).select_related("who", "unit").order_by("-id")
    if before is not None:
        reads = reads.filter(id__lt=before)
    rows = list(reads[: limit + 1])
    lines = tuple(_line(read, reasons) for read in rows[:limit])
    return Readings(lines, rows[limit - 1].pk if len(rows) > limit else 0)


def count_reads(person_id: int, *, since: date | None = None, until: date | None = None) -> int:
    """Count how often somebody's file was opened on some days (số lượt xem)."""
    return _between(person_id, since, until).count()


def _between(person_id: int, since: date | None, until: date | None) -> QuerySet[Read]:
    reads = Read.objects.filter(person_id=person_id)
    if since is not None:
        reads = reads.filter(at__date__gte=since)
    return reads if until is None else reads.filter(at__date__lte=until)


def _line(read: Read, reasons: bool) -> Reading:
    return Reading(
        id=read.pk,
        at=read.at,
        who=read.who.full_name,
        title=read.who.get_role_display(),
        unit=read.unit.full_name if read.unit else "",
        page=READ_LABELS.get(read.page, read.page),
        reason=read.reason if reasons else "",
    )
