"""One person's whole file: who they are, what is known of them, what was granted, what was booked (hồ sơ)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from ansinh.desk import logic
from ansinh.desk.queries.granted import GrantRow, grants_of
from ansinh.desk.queries.people import Sight, seen_then
from ansinh.desk.queries.timeline import KnownFact, facts_of
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.time import Month
from ansinh.payments import queries as payments
from ansinh.payments.models import Kind
from ansinh.registry.models import (
    Death,
    HouseholdResidence,
    Member,
    Person,
    Relation,
)


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lived during some days."""

    household: str
    role: str
    village: str
    place: str
    since: dt.date
    until: dt.date | None
    now: bool


@dataclass(frozen=True, slots=True)
class Relative:
    """A member of the household, or somebody tied to the person; `id` 0: outside the reader's territory."""

    id: int
    name: str
    tie: str
    born: dt.date | None
    born_precision: str
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class Housemate:
    """One of the household as it is now, in its picture; `here`: whose page it is."""

    id: int
    name: str
    tie: str
    born: dt.date | None
    born_precision: str
    here: bool
    dead: bool


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A booked line, with its arithmetic."""

    label: str
    kind: str
    coefficient: Decimal | None
    standard_vnd: int | None
    owed_vnd: int
    booked_before_vnd: int
    amount_vnd: int
    payroll: int
    paid_with: str
    regular: bool


@dataclass(frozen=True, slots=True)
class BookedMonth:
    """What was booked for one month, whenever it was paid."""

    month: Month
    lines: tuple[BookedLine, ...]
    total_vnd: int


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything on a person's page."""

    id: int
    whole: bool
    left_on: dt.date | None
    name: str
    number: str
    old_number: str
    sex: str
    born: dt.date | None
    born_precision: str
    phone: str
    died_on: dt.date | None
    homes: tuple[Home, ...]
    household: tuple[Relative, ...]
    relations: tuple[Relative, ...]
    home_code: str
    picture: tuple[Housemate, ...]
    facts: tuple[KnownFact, ...]
    past_facts: tuple[KnownFact, ...]
    grants: tuple[GrantRow, ...]
    booked: tuple[BookedMonth, ...]
    booked_vnd: int
    last_month: Month


def person_file(sight: Sight) -> PersonFile:
    """Gather a person's file as far as an officer sees it; secrets are not in it, nor names from outside."""
    person, on = sight.person, sight.on
    death = Death.objects.filter(sight.stood, person=person).first()
    memberships = list(
        Member.objects.filter(sight.standing, person=person)
        .select_related("household")
        .order_by("-valid_from")
    )
    facts = facts_of(sight, [member.household_id for member in memberships])
    paid = booked(sight)
    return PersonFile(
        id=person.pk,
        whole=sight.whole,
        left_on=sight.left_on,
        name=person.name,
        number=person.number or "",
        old_number=person.old_number or "",
        sex=person.sex,
        born=person.born,
        born_precision=person.born_precision or "D",
        phone=person.phone if sight.whole else "",
        died_on=death.died_on if death else None,
        homes=tuple(_homes(sight, memberships)),
        household=_household(sight, memberships[:1]),
        home_code=memberships[0].household.code if memberships else "",
        picture=_picture(sight, memberships[:1]),
        relations=_relations(sight),
        facts=tuple(fact for fact in facts if fact.superseded_at is None),
        past_facts=tuple(fact for fact in facts if fact.superseded_at is not None),
        grants=grants_of(sight),
        booked=paid,
        booked_vnd=sum(month.total_vnd for month in paid),
        last_month=paid[0].month if paid else Month.of(on),
    )


def _homes(sight: Sight, memberships: list[Member]) -> Iterable[Home]:
    residences = HouseholdResidence.objects.filter(
        sight.standing, household__in=[member.household_id for member in memberships]
    ).select_related("unit")
    of_household: dict[int, list[HouseholdResidence]] = {}
    for residence in residences.order_by("-valid_from"):
        of_household.setdefault(residence.household_id, []).append(residence)
    left_on = None if sight.whole else sight.left_on
    for member in memberships:
        for residence in of_household.get(member.household_id, []):
            since = max(member.valid_from, residence.valid_from)
            ends = (member.valid_to, residence.valid_to, left_on)
            until = min((end for end in ends if end), default=None)
            if until is None or since < until:
                yield Home(
                    household=member.household.code,
                    role=Member.Role(member.role).label,
                    village=residence.village,
                    place=place(residence.unit, sight.on),
                    since=since,
                    until=until,
                    now=since <= sight.on and (until is None or sight.on < until),
                )


def place(unit: Unit, on: dt.date) -> str:
    """Say where a unit stands: "Phường Ba Đình, Thành phố Hà Nội"; an old one by its own name too."""
    standing = geography.standing(unit, on=on)
    names = [u.full_name for u in (standing.commune, standing.district, standing.province) if u]
    now = ", ".join(names)
    if unit.full_name in names:
        return now
    return gettext("%(old)s (nay thuộc %(now)s)") % {"old": unit.full_name, "now": now}


def _household(sight: Sight, last: list[Member]) -> tuple[Relative, ...]:
    if not last:
        return ()
    members = (
        Member.objects.filter(sight.standing, household=last[0].household_id)
        .exclude(person=sight.person)
        .select_related("person")
        .order_by("role", "person__born", "person_id")
    )
    allowed = seen_then(sight, [member.person_id for member in members])
    return tuple(
        _relative(member.person, Member.Role(member.role).label, member.valid_from, member.valid_to, allowed)
        for member in members
    )


def _picture(sight: Sight, last: list[Member]) -> tuple[Housemate, ...]:
    """Everybody of the household on a day, the head first; whoever is not to be seen without a name."""
    person = sight.person
    rows = list(
        Member.objects.filter(
            sight.standing,
            household__in=[member.household_id for member in last],
            valid__contains=sight.day,
        )
        .select_related("person")
        .order_by("role", "person__born", "person_id")
    )
    keys = [row.person_id for row in rows]
    allowed = seen_then(sight, keys) | {person.pk}
    dead = set(Death.objects.filter(sight.stood, person__in=keys).values_list("person_id", flat=True))
    return tuple(
        Housemate(
            id=row.person_id if row.person_id in allowed else 0,
            name=row.person.name if row.person_id in allowed else "",
            tie=Member.Role(row.role).label,
            born=row.person.born if row.person_id in allowed else None,
            born_precision=row.person.born_precision or "D",
            here=row.person_id == person.pk,
            dead=row.person_id in dead,
        )
        for row in rows
    )


def _relations(sight: Sight) -> tuple[Relative, ...]:
    rows = list(
        Relation.objects.filter(sight.standing, person=sight.person)
        .select_related("other")
        .order_by("kind", "valid_from", "other_id")
    )
    raised = list(
        Relation.objects.filter(sight.standing, other=sight.person, kind=Relation.Kind.RAISED_BY)
        .select_related("person")
        .order_by("person__born", "person_id")
    )
    allowed = seen_then(sight, [row.other_id for row in rows] + [row.person_id for row in raised])
    return tuple(
        [
            _relative(row.other, Relation.Kind(row.kind).label, row.valid_from, row.valid_to, allowed)
            for row in rows
        ]
        + [_relative(row.person, "con đang nuôi", row.valid_from, row.valid_to, allowed) for row in raised]
    )


def _relative(
    who: Person, tie: str, since: dt.date | None, until: dt.date | None, allowed: set[int]
) -> Relative:
    if who.pk not in allowed:
        return Relative(0, "", tie, None, "", since, until)
    return Relative(who.pk, who.name, tie, who.born, who.born_precision or "D", since, until)


# ── booked ──


def booked(sight: Sight, *, everything: bool = False) -> tuple[BookedMonth, ...]:
    """List what was booked for a person, month by month, the latest first.

    Of whoever left, what the officer's own territory booked.
    """
    months: dict[Month, list[BookedLine]] = {}
    of_units = None if sight.whole else sight.own_units()
    for line in payments.booked_months(sight.person.pk, of_units=of_units):
        months.setdefault(line.month, []).append(
            BookedLine(
                label=logic.label(line.category, everything=everything),
                kind=line.kind.label,
                coefficient=line.coefficient,
                standard_vnd=line.standard_vnd,
                owed_vnd=line.owed_vnd,
                booked_before_vnd=line.booked_before_vnd,
                amount_vnd=line.amount_vnd,
                payroll=line.payroll_id,
                paid_with=line.paid_in.vietnamese(),
                regular=line.kind == Kind.REGULAR,
            )
        )
    return tuple(
        BookedMonth(month, tuple(rows), sum(row.amount_vnd for row in rows)) for month, rows in months.items()
    )
