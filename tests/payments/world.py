"""A small world for the tests of payments: people taken over in Ba Đình; Phúc prepares, Hạnh approves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from django.db import connection

from ansinh.accounts.models import User
from ansinh.geography.models import Unit
from ansinh.grants import operations as grants
from ansinh.grants.logic import slot_of
from ansinh.grants.models import Decision, Grant, Holding, LegalGround, Level
from ansinh.kernel.time import Month
from ansinh.payments import operations as payments
from ansinh.payments import queries
from ansinh.payments.logic import Summary
from ansinh.payments.models import Line, Payroll, PayrollRun
from ansinh.registry.models import Death, Person
from ansinh.rulebook.categories import categories
from tests import cast
from tests.grants import world as people

JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (Month(2026, number) for number in range(7, 12))
DAY = dt.date(2026, 10, 6)


@dataclass
class World:
    """Ba Đình and its neighbour; Phúc prepares, Hạnh approves."""

    commune: Unit
    neighbour: Unit
    province: Unit
    phuc: User
    hanh: User

    def person(self, name: str = "Nguyễn Thị Mai", home: Unit | None = None) -> Person:
        return people.person(home or self.commune, name=name)

    def open(self, month: Month = JULY, unit: Unit | None = None) -> None:
        payments.open_account(unit=unit or self.province, month=month, by=self.hanh, at=cast.AT)

    def prepare(
        self, *months: Month, unit: Unit | None = None, replace: bool = False, everything: bool = False
    ) -> PayrollRun:
        return payments.prepare(
            unit=unit or self.province,
            months=months,
            on=DAY,
            by=self.phuc,
            at=cast.AT,
            replace=replace,
            everything=everything,
        )

    def approve(self, *months: Month, unit: Unit | None = None) -> list[Payroll]:
        approved = payments.approve(unit=unit or self.province, months=months, by=self.hanh, at=cast.AT)
        balanced()
        return approved

    def pay(self, *months: Month, unit: Unit | None = None, **more: bool) -> Summary:
        """Prepare and approve, and sum up."""
        self.prepare(*months, unit=unit, **more)
        self.approve(*months, unit=unit)
        return queries.summary(unit or self.province, months)

    def draft(self, *months: Month, unit: Unit | None = None, **more: bool) -> Summary:
        """Prepare only, and sum up."""
        self.prepare(*months, unit=unit, **more)
        return queries.summary(unit or self.province, months)


def make() -> World:
    actors = cast.make()
    return World(cast.commune(), cast.neighbour(), cast.province(), actors.phuc, actors.hanh)


def taken_over(
    somebody: Person,
    amount_vnd: int = 500_000,
    category: str = "C6S",
    holder: str = cast.COMMUNE,
    **more: object,
) -> Grant:
    """Somebody on a list taken over in 7/2026."""
    people.take_over(
        people.line(somebody, category, amount_vnd, holder, **more),
        month=JULY,
        unit=cast.province(),
        at=people.RECORDED,
    )
    return Grant.objects.get(person=somebody, category=category)


_numbers = iter(range(1, 10**6))


def decision(*, unit: Unit | None = None, month: Month, kind: str = "ADJUST") -> Decision:
    """A signed decision, recorded now."""
    made = Decision(
        unit=unit or cast.commune(),
        number=f"{next(_numbers)}/QĐ",
        kind=kind,
        decided_on=DAY,
        decided_at=clock(),
        effective_month=month.first,
        people=1,
    )
    made.save()
    return made


def granted(
    somebody: Person, month: Month, amount_vnd: int = 540_000, category: str = "C6S", unit: Unit | None = None
) -> Grant:
    """Somebody granted from a month on, by a decision of today."""
    signed = decision(unit=unit, month=month)
    group = categories()[category]
    grant = Grant.objects.create(
        person=somebody,
        category=category,
        slot=slot_of(category),
        scheme=group.scheme,
        payee=group.payee,
        months=(month.first, None),
        decision=signed,
    )
    Holding.objects.create(grant=grant, from_month=month.first, unit=unit or cast.commune())
    level(grant, month, amount_vnd, signed=signed)
    return grant


def level(grant: Grant, month: Month, amount_vnd: int, signed: Decision | None = None) -> None:
    """Another level from a month on, by a decision of today."""
    signed = signed or decision(month=month)
    Level.objects.create(
        grant=grant,
        decided_at=signed.decided_at,
        from_month=month.first,
        decision=signed,
        amount_vnd=amount_vnd,
        standard_vnd=amount_vnd,
        coefficient=1,
        ground=ground(),
    )


def ground() -> LegalGround:
    return LegalGround.objects.get_or_create(
        digest="0" * 64, defaults={"cites": ["điểm a khoản 6 Điều 5 Nghị định 335/2026/NĐ-CP"]}
    )[0]


def stop(grant: Grant, month: Month) -> None:
    """The grant ends with a month, by a decision of today."""
    signed = decision(month=month)
    grant.refresh_from_db()
    start = grant.months.lower
    months = "empty" if start >= month.first else f"[{start},{month.first})"
    with connection.cursor() as cursor:
        cursor.execute(
            "update grants_grant set months = %s::daterange, ended_by_id = %s, end_ground_id = %s "
            "where id = %s",
            [months, signed.pk, ground().pk, grant.pk],
        )


def dies(somebody: Person, day: dt.date) -> None:
    people.dies(somebody, day)


def revived(somebody: Person) -> None:
    """The death was an error."""
    Death.objects.filter(person=somebody, superseded_at=None).update(superseded_at=clock())


def signed(number: str, unit: Unit | None = None) -> grants.Signed:
    return grants.Signed(unit=unit or cast.commune(), number=number, decided_on=DAY, at=clock())


def balanced() -> None:
    """Let the deferred constraints speak now."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")


def booked(somebody: Person) -> dict[str, int]:
    """What was booked for somebody, by month."""
    found: dict[str, int] = {}
    for month, amount in Line.objects.filter(person_id=somebody.pk).values_list("month", "amount_vnd"):
        found[str(Month.of(month))] = found.get(str(Month.of(month)), 0) + amount
    return found


def owed(somebody: Person, months: Iterable[Month]) -> dict[str, int]:
    """What grants owe somebody now, by month."""
    return {str(month): amount for month in months if (amount := sum(people.paid(somebody, month).values()))}


def clock() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        found: dt.datetime = cursor.fetchone()[0]
    return found


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows))
