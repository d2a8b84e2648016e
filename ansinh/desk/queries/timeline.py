"""What is known of somebody, when it was true, how we know, by whom (dòng thời gian)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ansinh.accounts.models import User
from ansinh.desk.queries.people import Sight
from ansinh.registry import queries as registry
from ansinh.registry.models import Document, Fact, HouseholdFact, Person, SensitiveFact, Source
from ansinh.rulebook.facts import Fact as Meaning
from ansinh.rulebook.facts import vocabulary

Row = Fact | HouseholdFact | SensitiveFact


@dataclass(frozen=True, slots=True)
class Replaced:
    """What took the place of a row, or took it back: which entry, by whom, why."""

    name: str
    by: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A dated fact, with the paper that proves it, where it came from, and what replaced it."""

    id: int
    label: str
    value: str
    since: dt.date
    until: dt.date | None
    document: str
    source: str
    by: str
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None
    replaced: Replaced | None
    of_household: bool


def facts_of(sight: Sight, households: list[int]) -> list[KnownFact]:
    """List what is and was known of a person and their households; nothing that is kept secret.

    Of whoever left, as it was known then: what replaced it since is not told.
    """
    order = [meaning.id for meaning in vocabulary().values()]
    open_facts = [meaning.id for meaning in vocabulary().values() if meaning.privacy != "secret"]
    rows: list[Row] = [
        *Fact.objects.filter(sight.known(), person=sight.person, fact__in=open_facts),
        *HouseholdFact.objects.filter(sight.known(), household__in=households, fact__in=open_facts),
    ]
    if not sight.whole and sight.left_on and sight.known_at:
        rows = [row for row in rows if row.valid_from < sight.left_on]
        for row in rows:
            if row.superseded_at and row.superseded_at > sight.known_at:
                row.superseded_at = None
    rows.sort(key=lambda row: (order.index(row.fact), row.valid_from, row.recorded_at))
    return list(_told(rows))


def secrets(person: Person, *, by: User, on: dt.date) -> list[KnownFact]:
    """Return the facts that betray an illness or an abuse: only for a look recorded with its reason."""
    return list(_told(registry.secrets_of(person, by=by, on=on)))


def _told(rows: Iterable[Row]) -> Iterable[KnownFact]:
    rows = list(rows)
    meanings = {meaning.id: meaning for meaning in vocabulary().values()}
    documents = Document.objects.in_bulk({row.document_id for row in rows if row.document_id})
    sources = Source.objects.select_related("by").in_bulk({row.source_id for row in rows})
    ended = {row.superseded_at for row in rows if row.superseded_at}
    entries = Source.objects.select_related("by").filter(recorded_at__in=ended)
    replacing = {source.recorded_at: source for source in entries}
    for row in rows:
        document = documents.get(row.document_id or 0)
        yield _known(row, meanings[row.fact], document, sources.get(row.source_id), replacing)


def _known(
    row: Row,
    meaning: Meaning,
    document: Document | None,
    source: Source | None,
    replacing: Mapping[dt.datetime | None, Source],
) -> KnownFact:
    entry = replacing.get(row.superseded_at) if row.superseded_at else None
    return KnownFact(
        id=row.pk,
        label=meaning.label,
        value=meaning.words(row.value),
        since=row.valid_from,
        until=row.valid_to,
        document=paper(document),
        source=str(source or ""),
        by=_name(source),
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
        replaced=Replaced(entry.name, _name(entry), entry.at, entry.reason) if entry else None,
        of_household=isinstance(row, HouseholdFact),
    )


def _name(source: Source | None) -> str:
    return source.by.full_name if source and source.by else ""


def paper(document: Document | None) -> str:
    """Name a paper: "Giấy xác nhận khuyết tật số 12, UBND xã cấp"."""
    if document is None:
        return ""
    number = f" số {document.number}" if document.number else ""
    issuer = f", {document.issuer}" if document.issuer else ""
    day = f", ngày {document.issued_on:%d/%m/%Y}" if document.issued_on else ""
    return f"{document.kind}{number}{issuer}{day}"
