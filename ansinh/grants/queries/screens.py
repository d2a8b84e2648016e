"""What the review and decision pages show, within an officer's territory (màn hình rà soát, quyết định)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansinh.accounts import queries as accounts
from ansinh.accounts.models import User
from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.grants.logic import REVIEW_KINDS, ReviewKind
from ansinh.grants.models import Decision, DecisionItem, Grant, Handover
from ansinh.grants.queries import (
    Filter,
    Key,
    Order,
    ReviewCount,
    ReviewLine,
    Side,
    handed_over,
    people_found,
    review,
    review_counts,
)
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

ORDER_LABELS: dict[Order, Promise] = {
    "NAME": _("theo tên"),
    "MORE": _("được thêm nhiều nhất"),
    "LESS": _("bị bớt nhiều nhất"),
    "UNIT": _("theo đơn vị"),
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

    kind: str
    person_id: int
    name: str
    number: str
    unit: str
    granted: ShownSide | None
    lawful: ShownSide | None
    difference_vnd: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer asks the review for, as the address says it; a word nobody knows asks for nothing."""

    month: Month | None = None
    kind: ReviewKind | None = None
    group: str = ""
    place: str = ""
    order: Order = "NAME"

    @classmethod
    def of(cls, words: Mapping[str, str], month: Month | None) -> Asked:
        """Read loai, nhom, xa and xep."""
        order = words.get("xep", "")
        return cls(
            month,
            next((known for known in REVIEW_KINDS if known == words.get("loai")), None),
            words.get("nhom", "") if words.get("nhom", "") in groups() else "",
            words.get("xa", "") if words.get("xa", "").isdecimal() else "",
            next((known for known in ORDER_LABELS if known == order), "NAME"),
        )

    def words(self, month: Month) -> dict[str, str]:
        """Write it as an address does."""
        told = {"thang": str(month), "loai": self.kind or "", "nhom": self.group, "xa": self.place}
        told["xep"] = "" if self.order == "NAME" else self.order
        return {name: word for name, word in told.items() if word}

    @property
    def filter(self) -> Filter:
        """The differences asked for."""
        return Filter(self.kind, groups()[self.group][1] if self.group else ())


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a month: what the law says beside what is paid."""

    run: Run
    month: Month
    place: Unit
    asked: Asked
    kinds: tuple[KindRow, ...]
    lines: tuple[Difference, ...]
    after: str

    @property
    def kind(self) -> ReviewKind | None:
        """The kind asked for."""
        return self.asked.kind

    @property
    def people(self) -> int:
        """How many people match about whom something can be decided."""
        kinds = [row for row in self.kinds if row.kind != "CANNOT_TELL"]
        return sum(row.people for row in kinds if self.kind in (None, row.kind))


def groups() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the groups a list can be asked for: the word of each, its label, its categories.

    Those whose clause is covered stand together under their scheme.
    """
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for code, known in categories().items():
        word = known.scheme if known.covered else code
        told, codes = found.get(word, (label(code), ()))
        found[word] = (told, (*codes, code))
    return found


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


def reviewed(user: User, asked: Asked, *, on: dt.date, after: str = "") -> Review | None:
    """Gather a page of the review; None when the month was not put to the law yet."""
    run = newest_run(user, asked.month, on=on)
    if run is None or user.unit is None:
        return None
    unit = _place(user, asked.place, Month.of(run.month))
    listed = asked.kind or asked.group or asked.place
    found: Sequence[ReviewLine] = ()
    if listed:
        found = review(
            run,
            unit,
            kind=asked.kind,
            categories=asked.filter.categories,
            order=asked.order,
            after=key_of(after),
            limit=PAGE + 1,
        )
    last = found[PAGE - 1] if len(found) > PAGE else None
    counted = review_counts(run, unit, Filter(None, asked.filter.categories))
    return Review(
        run=run,
        month=Month.of(run.month),
        place=unit,
        asked=asked,
        kinds=kind_rows(counted),
        lines=tuple(difference(line) for line in found[:PAGE]),
        after=key_words(last),
    )


def _place(user: User, key: str, month: Month) -> Unit:
    """The unit asked for if it lies in the territory, else the officer's own, as it was in the month."""
    assert user.unit is not None
    own = geography.version(user.unit, on=month.first)
    below = geography.descendants(own, on=month.first).filter(pk=int(key)) if key else None
    return (below.first() if below is not None else None) or own


def places(user: User, month: Month) -> list[Unit]:
    """List the communes a reader above them can ask for."""
    if user.unit is None or user.unit.level == Level.COMMUNE:
        return []
    found = geography.descendants(user.unit, on=month.first, level=Level.COMMUNE)
    return sorted(found, key=lambda unit: unit.folded)


def all_lines(user: User, asked: Asked, *, on: dt.date) -> tuple[Run, Unit, Iterator[Difference]] | None:
    """Return the determination, the place and every line asked for, to take away."""
    run = newest_run(user, asked.month, on=on)
    if run is None or user.unit is None:
        return None
    unit = _place(user, asked.place, Month.of(run.month))
    codes = asked.filter.categories
    found = review(run, unit, kind=asked.kind, categories=codes, order=asked.order, limit=None)
    return run, unit, (difference(line) for line in found)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision being prepared (dự thảo quyết định): whom it is about, and what it would change today."""

    review: Review
    people: tuple[int, ...]
    kinds: tuple[KindRow, ...]
    lines: tuple[Difference, ...]
    difference_vnd: int


def proposal(user: User, asked: Asked, chosen: Sequence[int], *, on: dt.date) -> Proposal | None:
    """Prepare a decision about the people ticked, or, when none is, about all whom the filter finds.

    Whoever is not of the territory, or of whom the law cannot tell, falls away. None: the month was not put
    to the law.
    """
    shown = reviewed(user, asked, on=on)
    if shown is None:
        return None
    wanted = asked.filter if not chosen else Filter(people=tuple(chosen))
    people = tuple(people_found(shown.run, shown.place, wanted))
    counts = [
        c for c in review_counts(shown.run, shown.place, Filter(people=people)) if c.kind != "CANNOT_TELL"
    ]
    lines = review(shown.run, shown.place, people=people, limit=PAGE) if people else []
    return Proposal(
        review=shown,
        people=people,
        kinds=kind_rows(counts),
        lines=tuple(difference(line) for line in lines),
        difference_vnd=sum(c.difference_vnd for c in counts),
    )


def kind_rows(counts: Sequence[ReviewCount]) -> tuple[KindRow, ...]:
    """Show counts by kind."""
    return tuple(
        KindRow(c.kind, str(LABELS[c.kind]), c.people, c.granted_vnd, c.lawful_vnd, c.difference_vnd)
        for c in counts
    )


def key_words(line: ReviewLine | None) -> str:
    """Write after which line the next page begins; nothing where there is none."""
    return "\x1f".join(map(str, line.key)) if line else ""


def key_of(after: str) -> Key | None:
    """Read after which line a page begins; a word nobody wrote is the beginning."""
    parts = after.split("\x1f")
    if len(parts) != 4 or not (parts[0].lstrip("-").isdecimal() and parts[2].isdecimal()):
        return None
    return int(parts[0]), parts[1], int(parts[2]), parts[3]


def difference(line: ReviewLine) -> Difference:
    """Show a line of the review."""
    return Difference(
        kind=str(LABELS[line.kind]),
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
class Left:
    """A unit that a decision takes grants over from: the last month it pays, its own paper."""

    unit: str
    until: Month
    stopped_by: str


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision with a page of its items."""

    decision: Decision
    items: tuple[Item, ...]
    left: tuple[Left, ...]
    after: str

    @property
    def cites(self) -> list[str]:
        """The articles it names."""
        return [one["cite"] for one in self.decision.basis if one.get("cite")]


def decisions(user: User, *, on: dt.date, before: int = 0) -> list[Decision]:
    """List the territory's decisions, latest first."""
    units = accounts.territory(user, on).values("unit_id")
    found = Decision.objects.filter(unit__in=units).exclude(kind=Decision.Kind.TAKEN_OVER)
    if before:
        found = found.filter(pk__lt=before)
    return list(found.select_related("unit").order_by("-pk")[: PAGE + 1])


def _left(move: Handover) -> Left:
    return Left(move.left.full_name, Month.of(move.from_month) - 1, move.stopped_by)


def decision_page(user: User, key: int, *, on: dt.date, after: str = "") -> DecisionPage | None:
    """Return a decision of the territory with its items; None when there is none."""
    units = accounts.territory(user, on).values("unit_id")
    found = Decision.objects.filter(pk=key, unit__in=units).select_related("unit", "signer").first()
    if found is None:
        return None
    rows = DecisionItem.objects.filter(decision=found).select_related("person").order_by("grant_id", "action")
    if found.kind == Decision.Kind.MOVE:
        # That a level is stated anew goes with paying on: one line a grant.
        rows = rows.filter(action=DecisionItem.Action.MOVE)
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
        tuple(dict.fromkeys(_left(move) for move in handed_over(found))),
        str(listed[PAGE - 1].grant_id) if len(listed) > PAGE else "",
    )
