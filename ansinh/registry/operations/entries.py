"""One entry in the register: a source, an instant, and rows that replace rows (một lần ghi sổ).

Nothing is edited: what no longer stands is superseded at the instant at which the new words are recorded, and
what of it still holds, before and after, is written again from its own source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import locks
from ansinh.db.constraints import speaking
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.registry.models import (
    Death,
    Document,
    Fact,
    Household,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Person,
    Relation,
    SensitiveFact,
    Source,
)

Dated = Fact | SensitiveFact | HouseholdFact | HouseholdResidence | Member | Relation
ROWS: tuple[type[Dated] | type[Death], ...] = (
    Fact,
    SensitiveFact,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Relation,
    Death,
)
"""Every table whose rows are recorded and superseded."""

_TOLD = {"id", "recorded_at", "superseded_at", "valid"}


@dataclass(frozen=True)
class Entry:
    """What is being written: all of it at one instant, from one source."""

    source: Source
    instant: dt.datetime
    by: User
    at: dt.datetime

    def replace(
        self, model: type[Any], same: dict[str, Any], since: dt.date, until: dt.date | None, **said: Any
    ) -> Any:
        """Write that something holds from a day to the day before another, in place of what was said."""
        span = spanned(since, until)
        self.clear(model, same, since, until)
        return model.objects.create(**same, **span, **said, source=self.source, recorded_at=self.instant)

    def clear(self, model: type[Any], same: dict[str, Any], start: dt.date, end: dt.date | None) -> None:
        """Supersede what stands within a span; what of it lies outside is written again."""
        overlapping = [
            row
            for row in model.objects.filter(**same, superseded_at=None)
            if (end is None or row.valid_from < end) and (row.valid_to is None or row.valid_to > start)
        ]
        self.supersede(model, [row.pk for row in overlapping])
        for row in overlapping:
            for since, until in _outside(row.valid_from, row.valid_to, start, end):
                self.again(row, valid_from=since, valid_to=until)

    def supersede(self, model: type[Any], rows: list[int]) -> int:
        """Say of rows that they no longer stand."""
        found: int = model.objects.filter(pk__in=rows, superseded_at=None).update(superseded_at=self.instant)
        return found

    def again(self, row: Any, **other: Any) -> None:
        """Write a row once more, from its own source; `other` is what differs."""
        type(row).objects.create(**{**kept_of(row), **other, "recorded_at": self.instant})

    def trail(
        self,
        action: str,
        subject: Person | Household,
        detail: dict[str, Any] | None = None,
        *,
        unit: Unit | None = None,
        reason: str | None = None,
    ) -> None:
        """Write the line of the trail; with the entry's reason unless another is given."""
        accounts.record(
            at=self.at,
            who=self.by,
            right=Right.KEEP_REGISTER,
            action=action,
            subject=subject,
            unit=unit or self.by.unit,
            reason=self.source.reason if reason is None else reason,
            detail=detail,
        )


@contextmanager
def entry(
    name: str,
    *,
    by: User,
    at: dt.datetime,
    about: Person | None = None,
    event: str = "",
    document: Document | None = None,
    reason: str = "",
    undoes: Source | None = None,
    locking: Collection[Person | Household] = (),
) -> Iterator[Entry]:
    """Open an entry: a transaction, the register's lock shared, its source and its instant.

    Nobody else writes about those of `locking` until its end; the instant is read when they are held.

    `name` is shown beside every row: it must not say what is secret. `event`: the code of what happened.
    """
    with speaking():
        instant = stamp(locking)
        source = Source.objects.create(
            kind=Source.Kind.SCREEN,
            name=name,
            by=by,
            at=at,
            recorded_at=instant,
            about=about,
            event=event,
            document=document,
            reason=reason,
            undoes=undoes,
        )
        yield Entry(source, instant, by, at)


def stamp(locking: Collection[Person | Household] = ()) -> dt.datetime:
    """Share the register's lock, hold whom it is about, then read the instant at which all is recorded."""
    locks.share(locks.REGISTER_LOCK)
    for model in (Household, Person):
        keys = [one.pk for one in locking if isinstance(one, model)]
        if keys:
            list(model._default_manager.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant


def keep_document(
    *, kind: str, number: str = "", issuer: str = "", issued_on: dt.date | None = None
) -> Document:
    """Keep a paper that proves what is entered (giữ giấy tờ)."""
    return Document.objects.create(
        kind=kind.strip(), number=number.strip(), issuer=issuer.strip(), issued_on=issued_on
    )


def key_of(source: Source) -> str:
    """The key of whoever is entered at a screen: one person an entry."""
    return f"man-hinh/{source.pk}"


def kept_of(row: Any) -> dict[str, Any]:
    """What a row says and where it came from, without when it was said."""
    fields = [field for field in row._meta.concrete_fields if field.name not in _TOLD]
    return {field.attname: getattr(row, field.attname) for field in fields}


def spanned(since: dt.date, until: dt.date | None) -> dict[str, dt.date | None]:
    """The days of a row. Refused: a span without a day."""
    if until is not None and until <= since:
        raise Refusal(
            "Khoảng thời gian không có ngày nào.",
            remedy="Ngày hết hiệu lực là ngày đầu tiên không còn đúng, sau ngày bắt đầu.",
        )
    return {"valid_from": since, "valid_to": until}


def _outside(
    since: dt.date, until: dt.date | None, start: dt.date, end: dt.date | None
) -> Iterator[tuple[dt.date, dt.date | None]]:
    if since < start:
        yield since, start
    if end is not None and (until is None or until > end):
        yield end, until
