"""What was entered at screens about somebody, and what of it can be taken back (việc đã ghi)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from ansinh.registry import queries as registry
from ansinh.registry.models import Person, Source


@dataclass(frozen=True, slots=True)
class MadeEntry:
    """One entry: its source, and the days of which it speaks."""

    source: Source
    days: tuple[dt.date, dt.date | None]


def undoable(person: Person, entry: int, *, on: dt.date) -> MadeEntry | None:
    """Return an entry about a person that can be taken back; None: not theirs, undone, or no entry."""
    source = (
        Source.objects.select_related("about", "document", "by")
        .filter(pk=entry, about=person, recorded_at__isnull=False, undoes=None)
        .first()
    )
    if source is None or Source.objects.filter(undoes=source).exists():
        return None
    return MadeEntry(source, registry.entry_days(source) or (on, None))


def entries_of(
    person: Person, *, but: frozenset[str] = frozenset(), only: frozenset[str] = frozenset()
) -> list[tuple[Source, Source | None]]:
    """Return what was entered about a person, latest first, each with what took it back.

    `but` some kinds, or `only` some.
    """
    made = list(
        Source.objects.select_related("document", "by")
        .filter(about=person, recorded_at__isnull=False, undoes=None)
        .filter(Q(event__in=only) if only else ~Q(event__in=but))
        .order_by("-recorded_at")[:50]
    )
    undone = {
        source.undoes_id: source
        for source in Source.objects.select_related("by").filter(undoes__in=[one.pk for one in made])
    }
    return [(one, undone.get(one.pk)) for one in made]
