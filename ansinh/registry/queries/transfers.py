"""Requests for files: those that wait for a territory's answer, and those it made (chuyển hồ sơ)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from ansinh.accounts import queries as accounts
from ansinh.accounts.models import User
from ansinh.registry.models import Answer, Merge, Person, Transfer

SHOWN = 100
FRESH = 7
"""So many days an answer stands on the start page."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request with its answer; `holds` and `asks`: on which side the reader stands (a province on both)."""

    transfer: Transfer
    answer: Answer | None
    holds: bool
    asks: bool

    @property
    def may_answer(self) -> bool:
        """Whether the reader has the file, and nobody answered."""
        return self.holds and self.answer is None

    @property
    def may_withdraw(self) -> bool:
        """Whether the reader asked, and nobody answered."""
        return self.asks and self.answer is None


def waiting(user: User, *, on: dt.date) -> QuerySet[Transfer]:
    """Return the open requests for files that the territory has, the oldest first."""
    return _open(_held(user, on)).order_by("id")


def pending(user: User, *, on: dt.date) -> QuerySet[Transfer]:
    """Return the territory's own requests that nobody has answered."""
    return _open(_asked(user, on))


def answered(user: User, *, on: dt.date) -> int:
    """Count the answers that arrived for the territory's own requests within `FRESH` days."""
    since = on - dt.timedelta(days=FRESH)
    return Answer.objects.filter(
        transfer__in=_asked(user, on),
        at__date__gt=since,
        kind__in=(Answer.Kind.ACCEPTED, Answer.Kind.DECLINED),
    ).count()


def asked(user: User, *, on: dt.date) -> list[Request]:
    """List the territory's own requests, latest first, with their answers."""
    found = list(_asked(user, on).order_by("-id")[:SHOWN])
    answers = {one.transfer_id: one for one in Answer.objects.filter(transfer__in=found).select_related("by")}
    return [Request(one, answers.get(one.pk), holds=False, asks=True) for one in found]


def one(user: User, key: int, *, on: dt.date) -> Request | None:
    """Return a request of which the territory is one side; None: there is none, or not for them."""
    holds, asks = (side(user, on).filter(pk=key).exists() for side in (_held, _asked))
    if not holds and not asks:
        return None
    found = Transfer.objects.select_related("person", "holder", "to", "document", "by").get(pk=key)
    answer = Answer.objects.filter(transfer=found).select_related("by").first()
    return Request(found, answer, holds, asks)


def whose(transfer: Transfer) -> Person:
    """Return whom a request is about: of a file merged into another since, that one."""
    merged = Merge.objects.filter(gone=transfer.person, superseded_at=None).select_related("kept").first()
    return merged.kept if merged else transfer.person


def _held(user: User, on: dt.date) -> QuerySet[Transfer]:
    return _known(Transfer.objects.filter(holder__in=accounts.territory(user, on).values("unit_id")))


def _asked(user: User, on: dt.date) -> QuerySet[Transfer]:
    return _known(Transfer.objects.filter(to__in=accounts.territory(user, on).values("unit_id")))


def _known(transfers: QuerySet[Transfer]) -> QuerySet[Transfer]:
    return transfers.select_related("holder", "to", "by")


def _open(transfers: QuerySet[Transfer]) -> QuerySet[Transfer]:
    return transfers.filter(~Exists(Answer.objects.filter(transfer=OuterRef("pk"))))
