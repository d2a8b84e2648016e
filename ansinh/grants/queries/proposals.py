"""Decisions that officers asked for: which wait, for whom, and what has changed since (dự thảo trình ký)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from ansinh.accounts import queries as accounts
from ansinh.accounts.models import User
from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.logic import Stance
from ansinh.grants.models import Proposal, ProposalEvent, ProposalItem
from ansinh.grants.queries.differences import differences_sql
from ansinh.grants.queries.review import latest_run
from ansinh.kernel.time import Month

SHOWN = 100
State = Literal["WAITING", "RETURNED", "MENDED", "SIGNED", "WITHDRAWN"]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with what became of it; `own`: the reader's unit made it, others above only look."""

    proposal: Proposal
    events: Mapping[str, ProposalEvent]
    mended_by: int | None
    own: bool

    @property
    def state(self) -> State:
        """Where it stands: what ended it, or who it waits for."""
        for kind in ("WITHDRAWN", "SIGNED"):
            if kind in self.events:
                return kind
        if "RETURNED" in self.events:
            return "MENDED" if self.mended_by else "RETURNED"
        return "WAITING"

    @property
    def live(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in ("WAITING", "RETURNED")

    @property
    def month(self) -> Month:
        """The month reviewed."""
        return Month.of(self.proposal.month)


def proposals(user: User, *, on: dt.date) -> list[Proposed]:
    """List the proposals of a territory, latest first, with what became of them."""
    return _with_events(user, _known(user, on).order_by("-id")[:SHOWN])


def proposed(user: User, key: int, *, on: dt.date) -> Proposed | None:
    """Return a proposal of the territory; None: there is none, or it is not theirs."""
    found = _with_events(user, _known(user, on).filter(pk=key))
    return found[0] if found else None


def waiting(user: User) -> list[Proposal]:
    """List what waits for who signs in the officer's unit, the oldest first (chờ ký)."""
    return list(_open(_of_unit(user)).select_related("by").order_by("id"))


def returned(user: User) -> list[ProposalEvent]:
    """List what was sent back to the officer's unit, and nobody mended or withdrew (bị trả lại)."""
    mended = Proposal.objects.filter(follows=OuterRef("pk"))
    left = _of_unit(user).filter(~Exists(_events("WITHDRAWN")), ~Exists(mended))
    found = ProposalEvent.objects.filter(kind=ProposalEvent.Kind.RETURNED, proposal__in=left)
    return list(found.select_related("proposal", "by").order_by("id"))


def asked_already(
    user: User, people: Collection[int], *, on: dt.date, besides: int = 0
) -> list[tuple[Proposal, int]]:
    """Tell which open proposals are about some of these people, and about how many (đã có trong dự thảo)."""
    found = list(_open(_known(user, on)).exclude(pk=besides).order_by("id"))
    items = ProposalItem.objects.filter(proposal__in=found, person__in=list(people))
    shared: dict[int, int] = {}
    for proposal, _person in items.values_list("proposal_id", "person_id").distinct():
        shared[proposal] = shared.get(proposal, 0) + 1
    return [(one, shared[one.pk]) for one in found if one.pk in shared]


def awaiting(user: User, people: Collection[int], *, on: dt.date) -> set[int]:
    """Return those of these people about whom a proposal is open."""
    items = ProposalItem.objects.filter(proposal__in=_open(_known(user, on)), person__in=list(people))
    return set(items.values_list("person_id", flat=True))


def people_of(proposal: Proposal) -> tuple[int, ...]:
    """Return whom a proposal is about."""
    found = ProposalItem.objects.filter(proposal=proposal).values_list("person_id", flat=True)
    return tuple(sorted(set(found)))


def stood(proposal: Proposal) -> list[Stance]:
    """Tell how it stood with everyone when the proposal was made."""
    rows = ProposalItem.objects.filter(proposal=proposal).order_by("person_id", "slot")
    return [
        Stance(*row)
        for row in rows.values_list(
            "person_id", "slot", "kind", "granted_category", "granted_vnd", "lawful_category", "lawful_vnd"
        )
    ]


def stands(run: Run, unit: Unit, people: Iterable[int]) -> list[Stance]:
    """Tell how it stands with some people of a unit, as a determination answers."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select d.person_id, d.slot, d.kind, d.granted_category, d.granted_vnd, d.lawful_category,
                d.lawful_vnd
            from ({differences_sql(run, unit)}) d where d.person_id = any(%(people)s)""",
            {"people": list(people)},
        )
        return [Stance(*row) for row in cursor.fetchall()]


def run_of(proposal: Proposal) -> tuple[Run, Unit]:
    """Return the newest determination of a proposal's month, and its unit as it was in that month."""
    month = Month.of(proposal.month)
    unit = geography.version(proposal.unit, on=month.first)
    return latest_run(unit, month) or proposal.run, unit


def _known(user: User, on: dt.date) -> QuerySet[Proposal]:
    units = accounts.territory(user, on).values("unit_id")
    return Proposal.objects.filter(unit__in=units).select_related("unit", "by", "run")


def _of_unit(user: User) -> QuerySet[Proposal]:
    return Proposal.objects.filter(unit=user.unit_id)


def _open(found: QuerySet[Proposal]) -> QuerySet[Proposal]:
    return found.filter(~Exists(_events()))


def _events(*kinds: str) -> QuerySet[ProposalEvent]:
    found = ProposalEvent.objects.filter(proposal=OuterRef("pk"))
    return found.filter(kind__in=kinds) if kinds else found


def _with_events(user: User, found: Iterable[Proposal]) -> list[Proposed]:
    rows = list(found)
    events: dict[int, dict[str, ProposalEvent]] = {}
    for event in ProposalEvent.objects.filter(proposal__in=rows).select_related("by", "decision"):
        events.setdefault(event.proposal_id, {})[event.kind] = event
    mended = dict(Proposal.objects.filter(follows__in=rows).values_list("follows_id", "pk"))
    return [
        Proposed(one, events.get(one.pk, {}), mended.get(one.pk), one.unit_id == user.unit_id) for one in rows
    ]
