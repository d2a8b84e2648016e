"""What was entered at screens about somebody, and what of it can be taken back (việc đã ghi)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from ansinh.desk.queries.people import Sight
from ansinh.registry import queries as registry
from ansinh.registry.models import Attachment, Fact, HouseholdFact, Member, Person, Source


@dataclass(frozen=True, slots=True)
class MadeEntry:
    """One entry: its source, the days of which it speaks, whether it was taken back."""

    source: Source
    days: tuple[dt.date, dt.date | None]
    undone: bool


def made_entry(person: Person, entry: int, *, on: dt.date) -> MadeEntry | None:
    """Return an entry about a person; None: not theirs, or no entry that can be taken back."""
    source = (
        Source.objects.select_related("about", "document", "by")
        .filter(pk=entry, about=person, recorded_at__isnull=False, undoes=None)
        .first()
    )
    if source is None:
        return None
    undone = Source.objects.filter(undoes=source).exists()
    return MadeEntry(source, registry.entry_days(source) or (on, None), undone)


def entries_of(
    sight: Sight, *, but: frozenset[str] = frozenset(), only: frozenset[str] = frozenset()
) -> list[tuple[Source, Source | None]]:
    """Return what was entered about a person, latest first, each with what took it back.

    `but` some kinds, or `only` some. Of whoever left, what was entered by then.
    """
    made = list(
        Source.objects.select_related("document", "by")
        .filter(sight.known(), about=sight.person, recorded_at__isnull=False, undoes=None)
        .filter(Q(event__in=only) if only else ~Q(event__in=but))
        .order_by("-recorded_at")[:50]
    )
    undone = {
        source.undoes_id: source
        for source in Source.objects.select_related("by").filter(
            sight.known(), undoes__in=[one.pk for one in made]
        )
    }
    return [(one, undone.get(one.pk)) for one in made]


def correctable(person: Person, whose: str, fact: int) -> Fact | HouseholdFact | None:
    """Return a fact of a person ("nguoi"), or of a household of theirs ("ho"), that stands; None: no such."""
    if whose == "nguoi":
        return Fact.objects.filter(pk=fact, person=person, superseded_at=None).first()
    if whose == "ho":
        homes = Member.objects.filter(person=person, superseded_at=None).values("household")
        return HouseholdFact.objects.filter(pk=fact, household__in=homes, superseded_at=None).first()
    return None


def attachments_of(sight: Sight, *, secret: bool) -> list[Attachment]:
    """Return the scans of somebody's papers, latest first: the open ones, or those kept secret."""
    found = Attachment.objects.filter(sight.known("at"), person=sight.person, secret=secret)
    return list(found.select_related("by").order_by("-pk")[:100])


def attachment_of(sight: Sight, key: int, *, secrets: bool) -> Attachment | None:
    """Return a scan that may be opened: of whoever left no secret one, and none sent in since."""
    found = Attachment.objects.filter(sight.known("at"), person=sight.person, pk=key).first()
    return None if found is None or (found.secret and not (secrets and sight.whole)) else found
