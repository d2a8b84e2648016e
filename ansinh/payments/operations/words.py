"""Words that the statements of a payroll are written in: whose and when, temporary tables, places."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from ansinh.db.bulk import run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.queries import instant
from ansinh.kernel.time import Month
from ansinh.payments.logic import Months
from ansinh.payments.models import Slot

NO_LOOPS = {"enable_nestloop": "off"}
"""For statements that read drafted lines. Their table fills and empties, so that the planner knows nothing of
it, and would walk through it once for each list."""

LINE = (
    "month, roll_id, no, person_id, slot, seq, kind, amount_vnd, owed_vnd, booked_before_vnd, grant_id, "
    "ground_id, recovery_id, standard_vnd, coefficient, category, name, number, key, recipient_kind, "
    "recipient_name"
)
"""The columns of a line, in the order of the tables."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a payroll is asked for: whose, which months, as known when.

    `everything` compares every month since the account opened, instead of what changed since.
    """

    unit: Unit
    months: Months
    known_at: dt.datetime
    everything: bool = False

    @property
    def first(self) -> str:
        """The first month named, as SQL."""
        return first_of(self.months.first)

    @property
    def last(self) -> str:
        """The last month named, as SQL."""
        return first_of(self.months.last)

    def within(self, standing: str) -> str:
        """Whether a row of standings lies in the unit asked for, in the last month named, as SQL."""
        return geography.standing_condition(self.unit, on=self.months.last.first, alias=standing)

    @property
    def known(self) -> str:
        """The instant, as SQL."""
        return instant(self.known_at)


def table(name: str, *, rows: str, keys: str = "", big: bool = False) -> None:
    """Make a temporary table of a query's rows, for this transaction.

    The planner learns its values, or those of `keys` alone; of a `big` one its size tells enough.
    """
    run(f"drop table if exists pg_temp.{name}")
    run(f"create temporary table {name} on commit drop as {rows}")
    if not big:
        run(f"analyze {name} ({keys})" if keys else f"analyze {name}")


def value(query: str) -> object:
    """Return the first column of a query's first row; None without one."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row else None


def has_rows(query: str) -> bool:
    """Tell whether a query finds anything."""
    return bool(value(f"select exists ({query})"))


def first_of(month: Month) -> str:
    """Write a month's first day as SQL."""
    return f"date '{month.first.isoformat()}'"


def months_between(first: str, *, last: str) -> str:
    """Select the months from one to another, both included (SQL expressions of first days): month."""
    if first == last:
        return f"(select {first} as month)"
    return f"(select day::date as month from generate_series(({first})::timestamp, {last}, '1 month') day)"


def slot_number(slot: str) -> str:
    """Write a slot's number, as lines keep it."""
    cases = " ".join(f"when '{each.name}' then {each.value}" for each in Slot)
    return f"(case {slot} {cases} end)::smallint"


def slot_name(slot: str) -> str:
    """Write a slot's name, as grants keep it."""
    cases = " ".join(f"when {each.value} then '{each.name}'" for each in Slot)
    return f"(case {slot} {cases} end)"


def own(unit: str, *, standing: str) -> str:
    """Write what has become of a unit: the unit of its own level in which its people stand."""
    return (
        f"case {unit}.level when 'COMMUNE' then {standing}.commune_id "
        f"when 'DISTRICT' then {standing}.district_id else {standing}.province_id end"
    )


def with_standing(name: str, *, day: str) -> str:
    """Select the rows of a table that has a unit, with where that unit stands on a day."""
    return f"""
        select kept.*, unit.level, place.commune_id, place.district_id, place.province_id
        from {name} kept join geography_unit unit on unit.id = kept.unit_id
        join geography_standing place on place.unit_id = kept.unit_id and place.valid @> {day}"""


def covers(above: str, *, standing: str) -> str:
    """Write whether a row of `with_standing` speaks for who stands somewhere."""
    return (
        f"case {above}.level when 'COMMUNE' then {above}.commune_id = {standing}.commune_id "
        f"when 'DISTRICT' then {above}.district_id = {standing}.district_id "
        f"else {above}.province_id = {standing}.province_id end"
    )
