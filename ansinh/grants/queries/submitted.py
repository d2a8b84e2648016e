"""A proposal as its page shows it: the rows as they stand now beside those asked for (trang dự thảo)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansinh.accounts.models import User
from ansinh.determinations.models import Run
from ansinh.geography.models import Unit
from ansinh.grants import logic
from ansinh.grants.logic import ReviewKind
from ansinh.grants.models import Proposal, ProposalItem
from ansinh.grants.queries import proposals, screens
from ansinh.grants.queries.proposals import Proposed
from ansinh.grants.queries.review import Filter, review, review_counts
from ansinh.grants.queries.screens import (
    LABELS,
    Difference,
    KindRow,
    difference,
    key_of,
    key_words,
    kind_rows,
)


@dataclass(frozen=True, slots=True)
class Was:
    """A row as it was when a decision was asked for."""

    person_id: int
    name: str
    number: str
    kind: str
    granted_vnd: int | None
    lawful_vnd: int | None


@dataclass(frozen=True, slots=True)
class Now:
    """A row as it stands, and what it was, where that is something else."""

    line: Difference
    was: tuple[Was, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal, and how it stands with its people: `seen` is what who signs signs.

    One that is over shows its rows as they were asked for, and nothing else.
    """

    told: Proposed
    run: Run
    kinds: tuple[KindRow, ...] = ()
    lines: tuple[Now, ...] = ()
    were: tuple[Was, ...] = ()
    changed: int = 0
    gone: int = 0
    shared: tuple[tuple[Proposal, int], ...] = ()
    seen: str = ""
    after: str = ""

    @property
    def difference_vnd(self) -> int:
        """How much more (less) a month."""
        return sum(row.difference_vnd for row in self.kinds)

    @property
    def left(self) -> int:
        """About how many people something is left to decide."""
        return self.told.proposal.people - self.gone


def proposal_page(user: User, key: int, *, on: dt.date, after: str = "") -> ProposalPage | None:
    """Return a proposal of the territory with a page of its rows; None: there is none, or not theirs."""
    told = proposals.proposed(user, key, on=on)
    if told is None:
        return None
    run, unit = proposals.run_of(told.proposal)
    return _live(user, told, run, unit, on, after) if told.live else _over(told, run, after)


def _live(user: User, told: Proposed, run: Run, unit: Unit, on: dt.date, after: str) -> ProposalPage:
    people = proposals.people_of(told.proposal)
    stances = proposals.stands(run, unit, people)
    since = logic.since(proposals.stood(told.proposal), stances)
    decidable = [one for one in review_counts(run, unit, Filter(people=people)) if one.kind != "CANNOT_TELL"]
    left = [person for person in people if person not in since.gone]
    found = review(run, unit, people=left, after=key_of(after), limit=screens.PAGE + 1) if left else []
    shown = [difference(line) for line in found[: screens.PAGE]]
    were = _were(told.proposal, [line.person_id for line in shown if line.person_id in since.changed])
    return ProposalPage(
        told=told,
        run=run,
        kinds=kind_rows(decidable),
        lines=tuple(_now(line, since, were) for line in shown),
        were=_were(told.proposal, sorted(since.gone)[: screens.PAGE]),
        changed=len(since.changed),
        gone=len(since.gone),
        shared=tuple(proposals.asked_already(user, left, on=on, besides=told.proposal.pk)),
        seen=logic.fingerprint(stances),
        after=key_words(found[screens.PAGE - 1]) if len(found) > screens.PAGE else "",
    )


def _over(told: Proposed, run: Run, after: str) -> ProposalPage:
    people = [one for one in proposals.people_of(told.proposal) if one > int(after.isdecimal() and after)]
    rows = _were(told.proposal, people[: screens.PAGE])
    return ProposalPage(
        told, run, were=rows, after=str(people[screens.PAGE - 1]) if len(people) > screens.PAGE else ""
    )


def _now(line: Difference, since: logic.Since, were: Iterable[Was]) -> Now:
    was = tuple(one for one in were if one.person_id == line.person_id)
    return Now(line, was, line.person_id in since.changed)


def _were(proposal: Proposal, people: Sequence[int]) -> tuple[Was, ...]:
    """Tell of some people how it stood when the decision was asked for."""
    items = ProposalItem.objects.filter(proposal=proposal, person__in=people).select_related("person")
    return tuple(
        Was(
            item.person_id,
            item.person.name,
            item.person.number or "",
            _kind(item.kind),
            item.granted_vnd,
            item.lawful_vnd,
        )
        for item in items.order_by("person__sort_key", "person_id", "slot")
    )


def _kind(word: str) -> str:
    kind: ReviewKind = next(known for known in LABELS if known == word)
    return str(LABELS[kind])
