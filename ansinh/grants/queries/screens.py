"""What the review and decision pages show, within an officer's territory (màn hình rà soát, quyết định)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansinh.accounts import queries as accounts
from ansinh.accounts.models import User
from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.logic import REVIEW_KINDS, ReviewKind
from ansinh.grants.models import Decision, DecisionItem, Grant
from ansinh.grants.queries import ReviewLine, Side, review, review_counts
from ansinh.kernel.time import Month
from ansinh.rulebook.categories import SCHEME_LABELS, categories

PAGE = 50
ALLOWANCE = "Trợ cấp hằng tháng"
LABELS: dict[ReviewKind, Promise] = {
    "ENTITLED_NOT_GRANTED": _("Đủ điều kiện, chưa hưởng"),
    "NO_LONGER_ENTITLED": _("Đang hưởng, không còn đủ điều kiện"),
    "LEVEL_DIFFERS": _("Mức đang chi khác mức luật định"),
    "CONVERSION": _("Phải chuyển nhóm"),
    "CANNOT_TELL": _("Chưa đủ dữ kiện để kết luận"),
}


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of difference, with people and money."""

    kind: ReviewKind
    label: str
    people: int
    granted_vnd: int
    lawful_vnd: int
    difference_vnd: int


@dataclass(frozen=True, slots=True)
class ShownSide:
    """What is paid, or what the law says, as lists show it."""

    label: str
    arithmetic: tuple[object, int] | None
    amount_vnd: int
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A line of the review."""

    person_id: int
    name: str
    number: str
    unit: str
    granted: ShownSide | None
    lawful: ShownSide | None
    difference_vnd: int


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a month: what the law says beside what is paid."""

    run: Run
    month: Month
    kinds: tuple[KindRow, ...]
    kind: ReviewKind | None
    lines: tuple[Difference, ...]
    after: str


def months_reviewed(user: User, *, on: dt.date) -> list[Month]:
    """List the months that were put to the law for the territory, latest first."""
    runs = Run.objects.filter(unit__in=_units_above(user, on)).values_list("month", flat=True)
    return sorted({Month.of(month) for month in runs}, reverse=True)


def newest_run(user: User, month: Month | None, *, on: dt.date) -> Run | None:
    """Return the newest determination that covers the territory, of a month or of the latest one."""
    runs = Run.objects.filter(unit__in=_units_above(user, on)).select_related("unit")
    if month is not None:
        runs = runs.filter(month=month.first)
    return runs.order_by("-month", "-known_at", "-pk").first()


def _units_above(user: User, on: dt.date) -> list[Unit]:
    return [] if user.unit is None else [user.unit, *geography.ancestors(user.unit, on=on)]


def reviewed(
    user: User, *, on: dt.date, month: Month | None, kind: str = "", after: str = ""
) -> Review | None:
    """Gather a page of the review; None when the month was not put to the law yet."""
    run = newest_run(user, month, on=on)
    if run is None or user.unit is None:
        return None
    unit = geography.version(user.unit, on=run.month)
    chosen = next((known for known in REVIEW_KINDS if known == kind), None)
    found: Sequence[ReviewLine] = ()
    if chosen:
        found = review(run, unit, kind=chosen, after=_key(after), limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Review(
        run=run,
        month=Month.of(run.month),
        kinds=tuple(
            KindRow(c.kind, str(LABELS[c.kind]), c.people, c.granted_vnd, c.lawful_vnd, c.difference_vnd)
            for c in review_counts(run, unit)
        ),
        kind=chosen,
        lines=tuple(_difference(line) for line in found[:PAGE]),
        after="\x1f".join(map(str, last.key)) if last else "",
    )


def _key(after: str) -> tuple[str, int, str] | None:
    parts = after.split("\x1f")
    return (parts[0], int(parts[1]), parts[2]) if len(parts) == 3 and parts[1].isdecimal() else None


def _difference(line: ReviewLine) -> Difference:
    return Difference(
        person_id=line.person_id,
        name=line.name,
        number=line.number or "",
        unit=line.unit_name,
        granted=_side(line.granted),
        lawful=_side(line.lawful),
        difference_vnd=line.difference_vnd,
    )


def _side(side: Side | None) -> ShownSide | None:
    if side is None:
        return None
    known = categories()[side.category]
    if known.covered:
        return ShownSide(scheme_label(known.scheme), None, side.amount_vnd, ())
    arithmetic = (side.coefficient, side.standard_vnd) if side.coefficient and side.standard_vnd else None
    return ShownSide(known.label, arithmetic, side.amount_vnd, side.cites)


def scheme_label(scheme: str) -> str:
    """Name a scheme as lists do where the clause is covered."""
    return ALLOWANCE if scheme == "MONTHLY_ALLOWANCE" else SCHEME_LABELS[scheme]


def label(category: str) -> str:
    """Name a category as lists do."""
    known = categories()[category]
    return scheme_label(known.scheme) if known.covered else known.label


# ── decisions ──


@dataclass(frozen=True, slots=True)
class Item:
    """What a decision did to one person."""

    person_id: int
    name: str
    number: str
    action: str
    label: str
    month: Month


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision with a page of its items."""

    decision: Decision
    items: tuple[Item, ...]
    after: str


def decisions(user: User, *, on: dt.date, before: int = 0) -> list[Decision]:
    """List the territory's decisions, latest first."""
    units = accounts.territory(user, on).values("unit_id")
    found = Decision.objects.filter(unit__in=units).exclude(kind=Decision.Kind.TAKEN_OVER)
    if before:
        found = found.filter(pk__lt=before)
    return list(found.select_related("unit").order_by("-pk")[: PAGE + 1])


def decision_page(user: User, key: int, *, on: dt.date, after: str = "") -> DecisionPage | None:
    """Return a decision of the territory with its items; None when there is none."""
    units = accounts.territory(user, on).values("unit_id")
    found = Decision.objects.filter(pk=key, unit__in=units).select_related("unit", "signer").first()
    if found is None:
        return None
    rows = DecisionItem.objects.filter(decision=found).select_related("person").order_by("grant_id", "action")
    if after.isdecimal():
        rows = rows.filter(grant_id__gt=int(after))
    listed = list(rows[: PAGE + 1])
    grants = Grant.objects.in_bulk({row.grant_id for row in listed})
    return DecisionPage(
        found,
        tuple(
            Item(
                row.person_id,
                row.person.name,
                row.person.number or "",
                str(DecisionItem.Action(row.action).label),
                label(grants[row.grant_id].category),
                Month.of(row.month),
            )
            for row in listed[:PAGE]
        ),
        str(listed[PAGE - 1].grant_id) if len(listed) > PAGE else "",
    )
