"""What happens to households: they move, split, merge; people join, heads change (việc của hộ)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet

from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import vietnamese_date
from ansinh.registry.models import Document, Household, HouseholdFact, HouseholdResidence, Member, Person
from ansinh.registry.operations.entries import Entry, entry


def move_household(
    *,
    household: Household,
    unit: Unit,
    village: str = "",
    valid_from: dt.date,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    about: Person | None = None,
    event: str = "",
) -> HouseholdResidence:
    """Record that a whole household lives elsewhere from a day on (chuyển nơi cư trú cả hộ).

    Refused: a unit that is no commune of that day; where the household lives already.
    """
    commune_only(unit, valid_from)
    with entry(
        "Chuyển nơi cư trú", by=by, at=at, about=about, event=event, document=document, locking=[household]
    ) as made:
        home = home_of(household, valid_from)
        if (home.unit_id, home.village) == (unit.pk, village):
            raise Refusal(
                f"Hộ {household.code} đã cư trú ở đó.", remedy="Kiểm tra nơi chuyển đến và ngày chuyển."
            )
        row: HouseholdResidence = made.replace(
            HouseholdResidence, {"household": household}, valid_from, None, unit=unit, village=village
        )
        made.trail("move_household", household, {"commune": unit.code}, unit=home.unit)
    return row


def move_people(
    *,
    people: Sequence[Person],
    head: Person | None = None,
    unit: Unit | None = None,
    village: str = "",
    valid_from: dt.date,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    event: str = "",
) -> Household:
    """Record that people of one household form another from a day on (tách hộ, chuyển đi một phần hộ).

    The new household lives at `unit` (None: where the old one does) and takes over what is known of the old.
    `head`: of the new one; None: the first. Refused: nobody; people of several households; all of them.
    """
    if not people:
        raise Refusal("Chưa chọn ai tách ra.", remedy="Chọn ít nhất một người.")
    head = head or people[0]
    if head not in people:
        raise Refusal("Chủ hộ mới phải là một người tách ra.", remedy="Chọn lại chủ hộ mới.")
    if unit is not None:
        commune_only(unit, valid_from)
    old = _one_household(people, valid_from)
    name = "Tách hộ" if unit is None else "Chuyển nơi cư trú"
    with entry(name, by=by, at=at, about=people[0], event=event, document=document, locking=[old]) as made:
        staying = _members(old, valid_from).exclude(person__in=people)
        if not staying.exists():
            raise Refusal(
                f"Hộ {old.code} không còn ai ở lại.",
                remedy="Cả hộ chuyển đi thì ghi chuyển nơi cư trú của cả hộ.",
            )
        home = home_of(old, valid_from)
        new = Household.objects.create(source=made.source, code=f"{old.code}/{made.source.pk}")
        made.replace(
            HouseholdResidence,
            {"household": new},
            valid_from,
            None,
            unit=unit or home.unit,
            village=village if unit is not None else village or home.village,
        )
        for fact in HouseholdFact.objects.filter(household=old, superseded_at=None):
            if unit is None and (fact.valid_to is None or fact.valid_to > valid_from):
                made.again(fact, household_id=new.pk, valid_from=max(fact.valid_from, valid_from))
        roles = {row.person_id: row.role for row in _members(old, valid_from)}
        for person in people:
            role = Member.Role.HEAD if person == head else _beside(roles[person.pk])
            _join(made, person, new, role, valid_from)
        if Member.Role.HEAD in (roles[person.pk] for person in people):
            _next_head(made, old, valid_from)
        made.trail("move_people", old, {"people": [person.pk for person in people]}, unit=home.unit)
    return new


def merge_households(
    *,
    household: Household,
    into: Household,
    valid_from: dt.date,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    about: Person | None = None,
    event: str = "",
) -> None:
    """Record that everybody of one household belongs to another from a day on (nhập hộ)."""
    if household == into:
        raise Refusal("Hai hộ là một.", remedy="Chọn hộ khác để nhập vào.")
    with entry(
        "Nhập hộ", by=by, at=at, about=about, event=event, document=document, locking=[household, into]
    ) as made:
        home_of(into, valid_from)
        moving = list(_members(household, valid_from).select_related("person"))
        for row in moving:
            _join(made, row.person, into, _beside(row.role), valid_from)
        made.trail("merge_households", household, {"into": into.code})


def join_household(
    *,
    person: Person,
    household: Household,
    role: int,
    valid_from: dt.date,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    event: str = "",
) -> None:
    """Record that somebody belongs to another household from a day on (nhập vào hộ); the old one is left.

    Refused: HEAD as role (see `change_head`); a household they belong to already.
    """
    if role == Member.Role.HEAD:
        raise Refusal("Hộ đã có chủ hộ.", remedy="Nhập hộ trước, rồi đổi chủ hộ.")
    with entry(
        "Nhập vào hộ", by=by, at=at, about=person, event=event, document=document, locking=[household]
    ) as made:
        home_of(household, valid_from)
        before = Member.objects.filter(person=person, superseded_at=None, valid__contains=valid_from).first()
        if before is not None and before.household_id == household.pk:
            raise Refusal(f"{person.name} đã thuộc hộ {household.code}.", remedy="Chọn hộ khác.")
        _join(made, person, household, role, valid_from)
        if before is not None and before.role == Member.Role.HEAD:
            _next_head(made, before.household, valid_from)
        made.trail("join_household", person, {"household": household.code})


def change_head(
    *,
    household: Household,
    head: Person,
    old_head_becomes: int,
    valid_from: dt.date,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    event: str = "",
) -> None:
    """Record who is head of a household from a day on (đổi chủ hộ), and what the one before is now.

    Refused: somebody who is no member; the present head.
    """
    with entry(
        "Đổi chủ hộ", by=by, at=at, about=head, event=event, document=document, locking=[household]
    ) as made:
        rows = {row.person_id: row for row in _members(household, valid_from).select_related("person")}
        if head.pk not in rows or rows[head.pk].role == Member.Role.HEAD:
            raise Refusal(
                f"{head.name} đang là chủ hộ, hoặc không thuộc hộ {household.code}.",
                remedy="Chọn một thành viên khác của hộ.",
            )
        for row in rows.values():
            if row.role == Member.Role.HEAD:
                _join(made, row.person, household, old_head_becomes, valid_from)
        _join(made, head, household, Member.Role.HEAD, valid_from)
        made.trail("change_head", household, {"head": head.pk})


def _join(made: Entry, person: Person, household: Household, role: int, since: dt.date) -> None:
    made.replace(Member, {"person": person}, since, None, household=household, role=role)


def _next_head(made: Entry, household: Household, on: dt.date) -> None:
    """The head has left: the next in the order of roles, then by age, is head from that day."""
    row = _members(household, on).select_related("person").order_by("role", "person__born", "person").first()
    if row is not None:
        _join(made, row.person, household, Member.Role.HEAD, on)


def _beside(role: int) -> int:
    """What somebody is in another household, when no more is known: not its head."""
    return Member.Role.RELATIVE if role == Member.Role.HEAD else role


def _members(household: Household, on: dt.date) -> QuerySet[Member]:
    return Member.objects.filter(household=household, superseded_at=None, valid__contains=on)


def _one_household(people: Sequence[Person], on: dt.date) -> Household:
    rows = list(
        Member.objects.filter(
            person__in=[person.pk for person in people], superseded_at=None, valid__contains=on
        ).select_related("household")
    )
    if len(rows) < len(people) or len({row.household_id for row in rows}) != 1:
        raise Refusal(
            f"Ngày {vietnamese_date(on)} những người này không cùng một hộ.",
            remedy="Chọn người của một hộ, hoặc kiểm tra ngày.",
        )
    return rows[0].household


def home_of(household: Household, on: dt.date) -> HouseholdResidence:
    """Where a household lives on a day. Refused: nobody knows."""
    found = (
        HouseholdResidence.objects.filter(household=household, superseded_at=None, valid__contains=on)
        .select_related("unit")
        .first()
    )
    if found is None:
        raise Refusal(
            f"Ngày {vietnamese_date(on)} chưa biết hộ {household.code} cư trú ở đâu.",
            remedy="Kiểm tra ngày, hoặc ghi nơi cư trú của hộ trước.",
        )
    return found


def commune_only(unit: Unit, on: dt.date) -> None:
    """Refuse a unit that is no commune of a day."""
    if unit.level != Level.COMMUNE or not geography.stands(unit, on=on):
        raise Refusal(
            f"{unit.full_name} không phải một xã, phường ngày {vietnamese_date(on)}.",
            basis=unit.legal_basis,
            remedy="Chọn xã, phường, đặc khu của ngày chuyển đến.",
        )
