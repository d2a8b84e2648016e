"""Somebody new in the register, at a screen (thêm người): a person, a home, the paper that says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from ansinh.accounts.models import User
from ansinh.db import locks
from ansinh.geography.models import Unit
from ansinh.kernel.names import fold, given, nfc, sort_key
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import vietnamese_date
from ansinh.registry.models import Document, Double, Household, HouseholdResidence, Member, Person
from ansinh.registry.operations.doubles import Met
from ansinh.registry.operations.entries import Entry, entry, key_of
from ansinh.registry.operations.households import commune_only, home_of
from ansinh.registry.operations.pairs import common_unit, decide, wait
from ansinh.registry.queries.matching import Asked, Likely, likely

ENTERING = "them-nguoi"
"""The event of an entry that enters somebody."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is entered, as their papers say; `born` is the first possible day, as in `Person`."""

    name: str
    sex: str
    born: dt.date
    born_precision: str
    number: str | None = None
    old_number: str | None = None
    ethnicity: str = ""
    phone: str = ""

    def asked(self, unit: Unit, village: str = "") -> Asked:
        """The question whether the register has them, from the unit and the village they live in."""
        whole = nfc(self.name)
        return Asked(
            name=whole,
            folded=fold(whole),
            given_folded=fold(given(whole)),
            sex=self.sex,
            born=self.born,
            born_precision=self.born_precision,
            number=self.number,
            old_number=self.old_number,
            unit=unit.pk,
            village=nfc(village),
        )


def enter_person(
    *,
    who: Newcomer,
    met: Met,
    unit: Unit,
    village: str = "",
    household: Household | None = None,
    role: int = Member.Role.HEAD,
    valid_from: dt.date,
    different: Collection[int] = (),
    document: Document | None = None,
    on: dt.date,
    by: User,
    at: dt.datetime,
) -> Person:
    """Enter somebody who lives in a commune from a day on (thêm người), in a household or one of their own.

    `met`: what `check_entry` answered of them. `different`: its people of the territory who are others, as
    the officer says; it is remembered. The likeliest of those elsewhere is queued with them, for the parent
    of both to look at. Of somebody registered nowhere who bears the number, the file is taken up again.
    Refused: a number somebody has; a likely match not said to be another; a day to come, or before the birth;
    a unit that is no commune of `on`; HEAD of a household that has one.
    """
    _days(who, valid_from, on)
    commune_only(unit, on)
    if household is not None and role == Member.Role.HEAD:
        raise Refusal("Hộ đã có chủ hộ.", remedy="Chọn quan hệ với chủ hộ; đổi chủ hộ sau nếu cần.")
    _nobody_yet(met, different)
    asked = who.asked(unit, village_of(household, on=on) if household else village)
    person_id = _known_nowhere(who) or _next_id()
    with entry(
        "Thêm người",
        by=by,
        at=at,
        about=Person(pk=person_id),
        event=ENTERING,
        document=document,
        locking=[household] if household else (),
    ) as made:
        # Two clicks at once: the second waits for the first, and meets whom it entered.
        locks.hold(locks.key(f"enter {asked.folded}"))
        found = [one for one in likely(asked, on=on) if one.unit_id is not None]
        if {one.person_id for one in found} - met.people:
            raise Refusal(
                "Một người như vậy vừa được ghi vào sổ.",
                remedy="Tìm theo họ tên trước khi ghi lần nữa.",
            )
        person = _written(made, person_id, who, asked)
        home = household or _new_home(made, unit, village, valid_from)
        home_of(home, valid_from)
        made.replace(Member, {"person": person}, valid_from, None, household=home, role=role)
        for other in Person.objects.filter(pk__in=[one.person_id for one in met.here]):
            # A file taken up again may have been said to be another before.
            decide(person, other, Double.Status.DIFFERENT, made.source.name, by, at, again=True)
        here = {one.person_id for one in met.here}
        _queue(person, unit, next((one for one in found if one.person_id not in here), None), on, at)
        made.trail("enter_person", person, {"commune": unit.code})
    return person


def village_of(household: Household, *, on: dt.date) -> str:
    """Return the village a household lives in on a day; "" when it lives nowhere or none is told."""
    homes = HouseholdResidence.objects.filter(household=household, superseded_at=None, valid__contains=on)
    return homes.values_list("village", flat=True).first() or ""


def _days(who: Newcomer, valid_from: dt.date, on: dt.date) -> None:
    if valid_from > on:
        raise Refusal(
            f"Ngày {vietnamese_date(valid_from)} chưa tới.", remedy="Ghi ngày bắt đầu cư trú đã tới."
        )
    if valid_from < who.born:
        raise Refusal(
            f"Ngày bắt đầu cư trú {vietnamese_date(valid_from)} trước ngày sinh.",
            remedy="Kiểm tra ngày sinh và ngày bắt đầu cư trú.",
        )


def _nobody_yet(met: Met, different: Collection[int]) -> None:
    """Refuse whom the register has: by number for certain, or likely and not said to be another."""
    for there in met.elsewhere:
        if there.by_number:
            raise Refusal(
                f"Người mang số định danh này đã có trong sổ của {there.unit.full_name}.",
                basis="Điều 12 Luật Căn cước 2023",
                remedy="Kiểm tra lại số. Nếu đúng là người này, xin chuyển hồ sơ từ nơi đó.",
            )
    if met.settled:
        raise Refusal(
            "Số định danh này đã có trong sổ.",
            basis="Điều 12 Luật Căn cước 2023",
            remedy="Mở hồ sơ mang số đó; nếu số ở hồ sơ đó sai thì sửa ở hồ sơ đó trước.",
        )
    if {one.person_id for one in met.here} - set(different):
        raise Refusal(
            "Trong sổ có người có thể chính là người này.",
            remedy="Mở từng hồ sơ để xem. Nếu là người khác, đánh dấu “Là người khác” rồi ghi.",
        )


def _known_nowhere(who: Newcomer) -> int | None:
    """The file that bears the number and lives nowhere: of a list withdrawn, of an entry taken back."""
    housed = Member.objects.filter(superseded_at=None, person__number=who.number)
    if who.number is None or housed.exists():
        return None
    return Person.objects.filter(number=who.number).values_list("pk", flat=True).first()


def _next_id() -> int:
    """Reserve a person's number: the entry, which says whom it is about, is written first."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('registry_person', 'id'))")
        row = cursor.fetchone()
    return int(row[0])


def _written(made: Entry, person_id: int, who: Newcomer, asked: Asked) -> Person:
    said = {
        "number": who.number,
        "old_number": who.old_number,
        "name": asked.name,
        "folded": asked.folded,
        "given_folded": asked.given_folded,
        "sort_key": sort_key(asked.name),
        "sex": who.sex,
        "born": who.born,
        "born_precision": who.born_precision,
        "ethnicity": who.ethnicity.strip(),
        "phone": who.phone.strip(),
    }
    if Person.objects.filter(pk=person_id).update(**said):
        return Person.objects.get(pk=person_id)
    return Person.objects.create(id=person_id, source=made.source, key=key_of(made.source), **said)


def _queue(person: Person, unit: Unit, there: Likely | None, on: dt.date, at: dt.datetime) -> None:
    """Put somebody entered, and who elsewhere may be the same, in the queue of what both belong to."""
    if there is None:
        return
    place = Unit.objects.get(pk=there.unit_id or 0)
    wait(
        person,
        Person.objects.get(pk=there.person_id),
        unit=common_unit(unit, place, on=on),
        points=there.points,
        reasons=list(there.reasons),
        at=at,
    )


def _new_home(made: Entry, unit: Unit, village: str, since: dt.date) -> Household:
    home = Household.objects.create(source=made.source, code=f"{unit.code}-M{made.source.pk}")
    made.replace(HouseholdResidence, {"household": home}, since, None, unit=unit, village=nfc(village))
    return home
