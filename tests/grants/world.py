"""A small world for the tests of grants: people at home in real communes, answers of the law made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

import polars as pl
from django.db import connection

from ansinh.determinations.models import Outcome, OutcomeEntitlement, Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import operations as grants
from ansinh.grants import queries
from ansinh.grants.logic import slot_of
from ansinh.kernel.time import Month
from ansinh.registry.models import Death, Household, HouseholdResidence, Member, Person, Source
from ansinh.rulebook.categories import categories

RECORDED = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
OLD = Month(2024, 1)
"""A month with districts: Hà Nội's grants are held by them."""
NEW = Month(2026, 10)
"""A month of Decree 335/2026, without districts."""
SIGNED = dt.date(2026, 10, 6)

_serial = count(1)


def instant(day: int, hour: int = 8) -> dt.datetime:
    """An instant of October 2026."""
    return dt.datetime(2026, 10, day, hour, tzinfo=dt.UTC)


def unit(code: str, month: Month = NEW) -> Unit:
    return geography.unit(code=code, on=month.first)


def source() -> Source:
    return Source.objects.get_or_create(name="thử", defaults={"kind": "SCREEN", "at": RECORDED})[0]


def person(home: Unit, *, name: str = "Nguyễn Thị Mai", born: dt.date | None = dt.date(1950, 5, 1)) -> Person:
    """Somebody who has lived in a unit all along."""
    number = next(_serial)
    somebody = Person.objects.create(
        source=source(),
        key=f"p{number}",
        name=name,
        folded=name.lower(),
        given_folded=name.split()[-1].lower(),
        sort_key=f"{name} {number:06}",
        sex="F",
        born=born,
        born_precision="D" if born else None,
    )
    household = Household.objects.create(source=source(), code=f"h{number}")
    day = dt.date(2010, 1, 1)
    HouseholdResidence.objects.create(
        household=household, unit=home, source=source(), recorded_at=RECORDED, valid_from=day
    )
    Member.objects.create(
        person=somebody, household=household, source=source(), recorded_at=RECORDED, valid_from=day, role=1
    )
    return somebody


def dies(somebody: Person, on: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        Death.objects.create(person=somebody, source=source(), recorded_at=cursor.fetchone()[0], died_on=on)


def moves(somebody: Person, to: Unit, on: dt.date) -> None:
    """Their household lives elsewhere from a day on."""
    household = Member.objects.get(person=somebody).household
    home = HouseholdResidence.objects.get(household=household)
    HouseholdResidence.objects.filter(pk=home.pk).update(superseded_at=instant(5))
    for place, since, until in ((home.unit, home.valid_from, on), (to, on, None)):
        HouseholdResidence.objects.create(
            household=household, unit=place, source=source(), recorded_at=instant(5),
            valid_from=since, valid_to=until,
        )  # fmt: skip


@dataclass
class Given:
    """What the law gives one person in a month; `unknown` are categories it cannot tell of."""

    category: str
    amount_vnd: int
    coefficient: Decimal = Decimal(1)
    cite: str = "Điều 5 Nghị định thử"


@dataclass
class Answers:
    """A determination made by hand: what the law says of each person, who was asked."""

    month: Month
    unit: Unit
    asked_on: dt.date = SIGNED
    said: dict[int, tuple[tuple[Given, ...], tuple[str, ...]]] = field(default_factory=dict)

    def say(self, somebody: Person, *given: Given, unknown: Iterable[str] = ()) -> Answers:
        self.said[somebody.pk] = (given, tuple(unknown))
        return self

    def run(self) -> Run:
        run = Run.objects.create(
            unit=self.unit,
            month=self.month.first,
            asked_on=self.asked_on,
            known_at=instant(6),
            release="thử",
            facts_hash="",
            people=len(self.said),
            entitled=0,
            signatures=len(self.said),
            at=instant(6),
        )
        for no, (person_id, (given, unknown)) in enumerate(self.said.items()):
            Outcome.objects.create(run=run, no=no, people=1, met=[], unknown=list(unknown))
            for one in given:
                group = categories()[one.category]
                OutcomeEntitlement.objects.create(
                    run=run,
                    no=no,
                    slot=slot_of(one.category),
                    scheme=group.scheme,
                    category=one.category,
                    coefficient=one.coefficient,
                    standard_vnd=int(one.amount_vnd / one.coefficient),
                    amount_vnd=one.amount_vnd,
                    payee=group.payee,
                    cites=[one.cite],
                    notes=[],
                )
            with connection.cursor() as cursor:
                cursor.execute(
                    "insert into determinations_answer (month, run_id, person_id, no)"
                    " values (%s, %s, %s, %s)",
                    [self.month.first, run.pk, person_id, no],
                )
        return run


def line(somebody: Person, category: str, amount_vnd: int, holder: str, **more: object) -> dict[str, object]:
    """A line of a list taken over."""
    told = {"line": next(_serial), "person_id": somebody.pk, "category": category, "amount_vnd": amount_vnd}
    return {**told, "from_month": dt.date(2019, 1, 1), "holding_code": holder, **more}


def take_over(
    *lines: dict[str, object], month: Month = NEW, unit: Unit, at: dt.datetime = RECORDED
) -> grants.TakenOver:
    return grants.take_over(rows=pl.DataFrame(list(lines)), month=month, unit=unit, at=at)


def paid(somebody: Person, month: Month) -> dict[str, int]:
    """What is owed to somebody in a month, by category, in đồng."""
    theirs = f"from grants_grant where person_id = {somebody.pk}"
    wanted = f"(select id as grant_id, date '{month.first}' as month {theirs})"
    with connection.cursor() as cursor:
        cursor.execute(queries.owed_sql(wanted, "clock_timestamp()"))
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["category"]: row["amount_vnd"] for row in rows}
