"""A village for the tests of pages: Mai and her neighbours in Phường Ba Đình: facts, grants and payrolls.

Mai is old; Hoà is ill, and nobody may read it anywhere; An is an orphan; Sơn is disabled and cared for by his
wife Lan; Bé is next door, in Phường Ngọc Hà.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from ansinh.accounts.models import User
from ansinh.accounts.operations import Cast
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.grants import operations as grants
from ansinh.kernel.names import fold, given, sort_key
from ansinh.kernel.time import Month
from ansinh.payments import operations as payments
from ansinh.payments.models import Payroll
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
from ansinh.rulebook.facts import vocabulary
from tests import cast
from tests.grants import world as granted

RECORDED = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
SINCE = dt.date(2015, 3, 1)
JULY, AUGUST, SEPTEMBER, OCTOBER = (Month(2026, number) for number in range(7, 11))
SIGNED = dt.date(2026, 10, 6)
NAMES = ("binh", "chau", "dung", "phuc", "hanh", "giang", "khoa", "quantri")
NUMBERS = ("001141000017", "001186000123", "001216000456", "001070000654", "001172000987", "001145000111")
FAR = "079149000555"
REASON = "Kiểm tra hồ sơ theo đơn ngày 02/10/2026"


@dataclass
class Village:
    """Who lives here."""

    actors: Cast
    mai: Person
    hoa: Person
    an: Person
    son: Person
    lan: Person
    be: Person

    def payroll(self) -> Payroll:
        """The commune's payroll of the latest month."""
        return Payroll.objects.filter(unit=cast.commune()).latest("months")


def find() -> Village:
    """Find the village in a database in which it was made."""
    actors = Cast(**{name: User.objects.select_related("unit").get(username=name) for name in NAMES})
    return Village(actors, *(Person.objects.get(number=number) for number in NUMBERS))


def source() -> Source:
    return Source.objects.get_or_create(
        name="Sổ quản lý đối tượng phường Ba Đình", defaults={"kind": "LOAD", "at": RECORDED}
    )[0]


def household(code: str, home: Unit, village: str) -> Household:
    made = Household.objects.create(source=source(), code=code)
    HouseholdResidence.objects.create(
        household=made, unit=home, village=village, source=source(), recorded_at=RECORDED, valid_from=SINCE
    )
    return made


def person(
    where: Household,
    name: str,
    number: str,
    born: dt.date,
    sex: str = "F",
    role: int = Member.Role.HEAD,
    precision: str = "D",
) -> Person:
    made = Person.objects.create(
        source=source(),
        key=f"{where.code}/{number}",
        number=number,
        name=name,
        folded=fold(name),
        given_folded=fold(given(name)),
        sort_key=sort_key(name),
        sex=sex,
        born=born,
        born_precision=precision,
        ethnicity="Kinh",
        phone="0912 345 678",
    )
    Member.objects.create(
        person=made,
        household=where,
        source=source(),
        recorded_at=RECORDED,
        valid_from=max(SINCE, born),
        role=role,
    )
    return made


def fact(
    who: Person, name: str, value: object, since: dt.date = SINCE, paper: Document | None = None
) -> None:
    """Something known of somebody, or of their household."""
    meaning = vocabulary()[name]
    row = {
        "fact": meaning.id,
        "value": meaning.store(value),
        "valid_from": since,
        "recorded_at": RECORDED,
        "source": source(),
        "document": paper,
    }
    if meaning.subject == "household":
        HouseholdFact.objects.create(household=Member.objects.get(person=who).household, **row)
    else:
        table = SensitiveFact if meaning.privacy == "secret" else Fact
        table.objects.create(person=who, **row)


def tie(who: Person, kind: int, other: Person) -> None:
    Relation.objects.create(
        person=who,
        other=other,
        kind=kind,
        source=source(),
        recorded_at=RECORDED,
        valid_from=max(SINCE, who.born or SINCE),
    )


def far_twin() -> Person:
    """Mai's other file, in Thành phố Hồ Chí Minh."""
    saigon = geography.unit(code="79", on=cast.TODAY)
    commune = geography.descendants(saigon, on=cast.TODAY).filter(level=Level.COMMUNE)[0]
    home = household("SG-001", commune, "Khu phố 3")
    return person(home, "Nguyễn Thị Mai", FAR, dt.date(1949, 3, 6))


def make(password: str = cast.PASSWORD) -> Village:
    """Make the village: lists taken over for July at 500,000, paid July to September; Decree 335 adopted on
    6/10/2026 and October drafted with its arrears, by Phúc; earlier months approved by Hạnh."""
    actors = cast.make(password)
    home, next_door = cast.commune(), cast.neighbour()
    # Most people are registered where they were entered: at a commune that was merged in 2025.
    merged = geography.unit(code="00004", on=SINCE)
    mai = person(
        household("BD-001", merged, "Tổ dân phố 1"),
        "Nguyễn Thị Mai",
        "001141000017",
        dt.date(1949, 1, 1),
        precision="Y",
    )
    hoa = person(
        household("BD-002", home, "Tổ dân phố 2"), "Lê Thị Hoà", "001186000123", dt.date(1986, 5, 12)
    )
    orphans = household("BD-003", home, "Tổ dân phố 3")
    an = person(orphans, "Trần Văn An", "001216000456", dt.date(2016, 8, 20), "M", Member.Role.GRANDCHILD)
    father = person(orphans, "Trần Văn Bảy", "001085000789", dt.date(1985, 2, 2), "M", Member.Role.CHILD)
    mother = person(orphans, "Đỗ Thị Tám", "001188000321", dt.date(1988, 3, 3), "F", Member.Role.CHILD)
    couple = household("BD-004", home, "Tổ dân phố 4")
    son = person(couple, "Phạm Ngọc Sơn", "001070000654", dt.date(1970, 11, 30), "M")
    lan = person(couple, "Vũ Thị Lan", "001172000987", dt.date(1972, 12, 1), "F", Member.Role.SPOUSE)
    be = person(
        household("NH-001", next_door, "Tổ dân phố 9"), "Hoàng Thị Bé", "001145000111", dt.date(1945, 6, 6)
    )

    proof = Document.objects.create(
        kind="Giấy xác nhận khuyết tật", number="12/GXN", issuer="UBND phường", issued_on=dt.date(2019, 4, 5)
    )
    for elder in (mai, be):
        fact(elder, "pension", False)
        fact(elder, "insurance_allowance", False)
        fact(elder, "survivor_allowance", False)
        fact(elder, "household_poverty", "POOR")
        fact(elder, "supporter", "NONE")
    fact(hoa, "hiv", True, dt.date(2020, 2, 3))
    fact(hoa, "household_poverty", "POOR")
    fact(hoa, "stable_income", False)
    fact(son, "disability", "SEVERE", dt.date(2019, 4, 5), proof)
    fact(son, "disability_kinds", ["MOBILITY"], dt.date(2019, 4, 5), proof)
    fact(son, "household_poverty", "NONE")
    tie(an, Relation.Kind.FATHER, father)
    tie(an, Relation.Kind.MOTHER, mother)
    tie(son, Relation.Kind.SPOUSE, lan)
    tie(lan, Relation.Kind.SPOUSE, son)
    for dead, day in ((father, dt.date(2022, 7, 7)), (mother, dt.date(2023, 1, 9))):
        Death.objects.create(person=dead, source=source(), recorded_at=RECORDED, died_on=day)

    half = Decimal("1.5")
    granted.take_over(
        granted.line(mai, "HN-ELD", 975_000, cast.COMMUNE, coefficient=half, standard_vnd=650_000),
        granted.line(hoa, "C8", 975_000, cast.COMMUNE, coefficient=half, standard_vnd=650_000),
        granted.line(an, "C1", 975_000, cast.COMMUNE, coefficient=half, standard_vnd=650_000),
        granted.line(son, "C6S", 900_000, cast.COMMUNE, coefficient=half, standard_vnd=600_000),
        granted.line(be, "SP75", 650_000, cast.NEIGHBOUR, coefficient=Decimal(1), standard_vnd=650_000),
        month=JULY,
        unit=cast.province(),
        at=RECORDED,
    )
    payments.open_account(unit=cast.province(), month=JULY, by=actors.hanh, at=cast.AT)
    for month in (JULY, AUGUST, SEPTEMBER):
        payments.prepare(unit=cast.province(), months=[month], on=month.first, by=actors.phuc, at=cast.AT)
        payments.approve(unit=cast.province(), months=[month], by=actors.hanh, at=cast.AT)
    grants.adopt_month(unit=home, month=OCTOBER, on=SIGNED, at=cast.AT, by=actors.chau)
    payments.prepare(unit=cast.province(), months=[OCTOBER], on=SIGNED, by=actors.phuc, at=cast.AT)
    return Village(actors, mai, hoa, an, son, lan, be)
