"""One person's whole file: who they are, what is known of them, what was granted, what was booked (hồ sơ)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from ansinh.accounts.models import User
from ansinh.desk import logic
from ansinh.desk.queries.people import seen
from ansinh.desk.queries.timeline import KnownFact, facts_of
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.models import Grant, Hold, Holding, LegalGround, Level, Recipient
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
class LevelRow:
    """What a grant pays from a month on."""

    since: Month
    coefficient: Decimal | None
    standard_vnd: int | None
    amount_vnd: int
    decision: str
    cites: tuple[str, ...]
    overruled: bool


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A suspension."""

    since: Month
    until: Month | None
    lifted: bool


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant with its levels."""

    id: int
    label: str
    since: Month
    until: Month | None
    running: bool
    annulled: bool
    decision: str
    ended_by: str
    taken_over: bool
    holder: str
    recipient: str
    levels: tuple[LevelRow, ...]
    holds: tuple[HoldRow, ...]


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


def person_file(person: Person, *, user: User, on: dt.date) -> PersonFile:
    """Gather a person's file as `user` may see it on `on`; secrets are not in it, nor names from outside."""
    death = Death.objects.filter(person=person, superseded_at=None).first()
    memberships = list(
        Member.objects.filter(person=person, superseded_at=None)
        .select_related("household")
        .order_by("-valid_from")
    )
    facts = facts_of(person, [member.household_id for member in memberships])
    paid = booked(person)
    return PersonFile(
        id=person.pk,
        name=person.name,
        number=person.number or "",
        old_number=person.old_number or "",
        sex=person.sex,
        born=person.born,
        born_precision=person.born_precision or "D",
        phone=person.phone,
        died_on=death.died_on if death else None,
        homes=tuple(_homes(memberships, on)),
        household=_household(person, memberships[:1], user, on),
        home_code=memberships[0].household.code if memberships else "",
        picture=_picture(person, memberships[:1], user, on),
        relations=_relations(person, user, on),
        facts=tuple(fact for fact in facts if fact.superseded_at is None),
        past_facts=tuple(fact for fact in facts if fact.superseded_at is not None),
        grants=_grants(person, on),
        booked=paid,
        booked_vnd=sum(month.total_vnd for month in paid),
        last_month=paid[0].month if paid else Month.of(on),
    )


def _homes(memberships: list[Member], on: dt.date) -> Iterable[Home]:
    residences = HouseholdResidence.objects.filter(
        household__in=[member.household_id for member in memberships], superseded_at=None
    ).select_related("unit")
    of_household: dict[int, list[HouseholdResidence]] = {}
    for residence in residences.order_by("-valid_from"):
        of_household.setdefault(residence.household_id, []).append(residence)
    for member in memberships:
        for residence in of_household.get(member.household_id, []):
            since = max(member.valid_from, residence.valid_from)
            until = min((end for end in (member.valid_to, residence.valid_to) if end), default=None)
            if until is None or since < until:
                yield Home(
                    household=member.household.code,
                    role=Member.Role(member.role).label,
                    village=residence.village,
                    place=place(residence.unit, on),
                    since=since,
                    until=until,
                    now=since <= on and (until is None or on < until),
                )


def place(unit: Unit, on: dt.date) -> str:
    """Say where a unit stands: "Phường Ba Đình, Thành phố Hà Nội"; an old one by its own name too."""
    standing = geography.standing(unit, on=on)
    names = [u.full_name for u in (standing.commune, standing.district, standing.province) if u]
    now = ", ".join(names)
    if unit.full_name in names:
        return now
    return gettext("%(old)s (nay thuộc %(now)s)") % {"old": unit.full_name, "now": now}


def _household(person: Person, last: list[Member], user: User, on: dt.date) -> tuple[Relative, ...]:
    if not last:
        return ()
    members = (
        Member.objects.filter(household=last[0].household_id, superseded_at=None)
        .exclude(person=person)
        .select_related("person")
        .order_by("role", "person__born", "person_id")
    )
    allowed = seen(user, [member.person_id for member in members], on=on)
    return tuple(
        _relative(member.person, Member.Role(member.role).label, member.valid_from, member.valid_to, allowed)
        for member in members
    )


def _picture(person: Person, last: list[Member], user: User, on: dt.date) -> tuple[Housemate, ...]:
    """Everybody of the household on a day, the head first; whoever is not to be seen without a name."""
    rows = list(
        Member.objects.filter(
            household__in=[member.household_id for member in last], superseded_at=None, valid__contains=on
        )
        .select_related("person")
        .order_by("role", "person__born", "person_id")
    )
    keys = [row.person_id for row in rows]
    allowed = seen(user, keys, on=on) | {person.pk}
    dead = set(Death.objects.filter(person__in=keys, superseded_at=None).values_list("person_id", flat=True))
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


def _relations(person: Person, user: User, on: dt.date) -> tuple[Relative, ...]:
    rows = list(
        Relation.objects.filter(person=person, superseded_at=None)
        .select_related("other")
        .order_by("kind", "valid_from", "other_id")
    )
    raised = list(
        Relation.objects.filter(other=person, kind=Relation.Kind.RAISED_BY, superseded_at=None)
        .select_related("person")
        .order_by("person__born", "person_id")
    )
    allowed = seen(user, [row.other_id for row in rows] + [row.person_id for row in raised], on=on)
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


# ── grants ──


def _grants(person: Person, on: dt.date) -> tuple[GrantRow, ...]:
    grants = list(
        Grant.objects.filter(person=person).select_related("decision", "ended_by").order_by("-months", "slot")
    )
    keys = [grant.pk for grant in grants]
    levels = list(
        Level.objects.filter(grant__in=keys).select_related("decision").order_by("-from_month", "-decided_at")
    )
    grounds = LegalGround.objects.in_bulk({level.ground_id for level in levels if level.ground_id})
    holds = list(Hold.objects.filter(grant__in=keys).order_by("-from_month"))
    holders = Holding.objects.filter(grant__in=keys).select_related("unit").order_by("from_month")
    recipients = Recipient.objects.filter(grant__in=keys).select_related("person").order_by("from_month")
    holder = {holding.grant_id: holding.unit.full_name for holding in holders}
    recipient = {row.grant_id: _recipient(row) for row in recipients}
    return tuple(
        _grant(
            grant,
            [level for level in levels if level.grant_id == grant.pk],
            grounds,
            [hold for hold in holds if hold.grant_id == grant.pk],
            holder.get(grant.pk, ""),
            recipient.get(grant.pk, ""),
            on,
        )
        for grant in grants
    )


def _grant(
    grant: Grant,
    levels: list[Level],
    grounds: dict[int, LegalGround],
    holds: list[Hold],
    holder: str,
    recipient: str,
    on: dt.date,
) -> GrantRow:
    annulled = grant.months.isempty
    since = Month.of(grant.months.lower) if not annulled else Month.of(grant.decision.effective_month)
    until = Month.of(grant.months.upper) - 1 if not annulled and grant.months.upper else None
    return GrantRow(
        id=grant.pk,
        label=logic.label(grant.category),
        since=since,
        until=until,
        running=not annulled and since <= Month.of(on) and (until is None or Month.of(on) <= until),
        annulled=annulled,
        decision=signed(grant.decision.number, grant.decision.decided_on),
        ended_by=signed(grant.ended_by.number, grant.ended_by.decided_on) if grant.ended_by else "",
        taken_over=grant.taken_over,
        holder=holder,
        recipient=recipient,
        levels=tuple(_levels(grant, levels, grounds)),
        holds=tuple(
            HoldRow(
                Month.of(hold.from_month),
                Month.of(hold.until_month) - 1 if hold.until_month else None,
                hold.lifted_at is not None,
            )
            for hold in holds
        ),
    )


def _levels(grant: Grant, levels: list[Level], grounds: dict[int, LegalGround]) -> Iterable[LevelRow]:
    """List levels, the latest month first; one is overruled when a later decision speaks for its month."""
    for level in levels:
        ground = grounds.get(level.ground_id or 0)
        yield LevelRow(
            since=Month.of(level.from_month),
            coefficient=level.coefficient,
            standard_vnd=level.standard_vnd,
            amount_vnd=level.amount_vnd,
            decision=signed(level.decision.number, level.decision.decided_on),
            cites=logic.cites(ground.cites if ground else (), grant.category),
            overruled=any(
                other.decided_at > level.decided_at and other.from_month <= level.from_month
                for other in levels
            ),
        )


def signed(number: str, decided_on: dt.date | None) -> str:
    """Name a decision: "12/QĐ-UBND ngày 06/10/2026"."""
    if not number:
        return "có trước, tiếp nhận theo danh sách"
    return f"{number} ngày {decided_on:%d/%m/%Y}" if decided_on else number


def _recipient(row: Recipient) -> str:
    if row.kind == Recipient.Kind.SELF:
        return ""
    name = row.person.name if row.person else row.name
    return f"{name} ({Recipient.Kind(row.kind).label})"


# ── booked ──


def booked(person: Person, *, everything: bool = False) -> tuple[BookedMonth, ...]:
    """List what was booked for a person, month by month, the latest first."""
    months: dict[Month, list[BookedLine]] = {}
    for line in payments.booked_months(person.pk):
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
