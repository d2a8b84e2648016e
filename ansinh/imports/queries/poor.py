"""What the register knows of the households of a poverty list, and what was decided on one (đối chiếu hộ)."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
from django.db import connection

from ansinh.db import bulk
from ansinh.geography.models import Unit
from ansinh.imports.logic.poor_judging import Home, KnownHomes
from ansinh.imports.queries.known import known_people
from ansinh.rulebook.facts import vocabulary


def known_homes(*, unit: Unit, valid_from: dt.date, valid_to: dt.date, on: dt.date) -> KnownHomes:
    """Look the rows of the temporary table `import_row` up, and every household of the unit, set-based.

    `on`: the day on which it is looked who lives where; `valid_from`, `valid_to`: the days of the list.
    """
    by_number, by_name = known_people(unit=unit, standing_on=on, day=on)
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists pg_temp.import_member")
        cursor.execute(
            """
            create temporary table import_member on commit drop as
            select m.household_id, m.person_id, m.role, own.name, own.folded
            from import_own own join registry_member m on m.person_id = own.id and m.superseded_at is null
                and m.valid_from <= %(on)s and coalesce(m.valid_to, 'infinity') > %(on)s
            where own.housed""",
            {"on": on},
        )
        cursor.execute("analyze pg_temp.import_member")
        cursor.execute("select person_id, household_id from pg_temp.import_member")
        household_of = dict(cursor.fetchall())
        cursor.execute(
            _HOMES, {"fact": vocabulary()["household_poverty"].id, "since": valid_from, "until": valid_to}
        )
        homes = {row[0]: _home(*row) for row in cursor.fetchall()}
    return KnownHomes(by_number, by_name, household_of, homes)


_HOMES = """
    select home.household_id, home.head, home.head_id, coalesce(told.now, told.before),
        coalesce(told.exact, false), told.later, home.members
    from (
        select household_id, array_agg(folded order by folded) as members,
            (array_agg(name order by role, person_id))[1] as head,
            (array_agg(person_id order by role, person_id))[1] as head_id
        from pg_temp.import_member group by household_id
    ) home
    left join (
        select f.household_id,
            max(f.value) filter (where f.valid_from <= %(since)s
                and coalesce(f.valid_to, 'infinity') > %(since)s) as now,
            (array_agg(f.value order by f.valid_from desc) filter (where f.valid_from < %(since)s
                and coalesce(f.valid_to, 'infinity') > %(since)s::date - 366))[1] as before,
            bool_or(f.valid_from = %(since)s and f.valid_to = %(until)s) as exact,
            json_agg(json_build_array(f.valid_from, f.value) order by f.valid_from)
                filter (where f.valid_from > %(since)s and f.valid_from < %(until)s) as later
        from registry_householdfact f
        where f.fact = %(fact)s and f.superseded_at is null
            and f.household_id in (select household_id from pg_temp.import_member)
        group by f.household_id
    ) told on told.household_id = home.household_id
    order by home.household_id"""


def _home(
    household: int,
    head: str,
    head_id: int,
    before: int | None,
    exact: bool,
    later: str | list[list[str | int]] | None,
    members: list[str],
) -> Home:
    said = json.loads(later) if isinstance(later, str) else later or ()
    days = tuple((dt.date.fromisoformat(str(day)), int(value)) for day, value in said)
    return Home(household, head, head_id, before, exact, days, tuple(members))


def decided_since(households: pl.Series, since: dt.datetime) -> int:
    """Count the people of some households about whose allowance was decided, other than by a list, since."""
    bulk.temp_table("import_told", pl.DataFrame({"household_id": households.cast(pl.Int64)}))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(distinct g.person_id) from pg_temp.import_told told
            join registry_member m on m.household_id = told.household_id and m.superseded_at is null
            join grants_grant g on g.person_id = m.person_id
            join grants_decision d on d.kind = 'ADJUST' and d.recorded_at >= %s
                and (d.id in (g.decision_id, g.ended_by_id) or exists (
                    select from grants_level l where l.grant_id = g.id and l.decision_id = d.id))""",
            [since],
        )
        count: int = cursor.fetchone()[0]
    return count


def members_of(households: list[int], *, on: dt.date) -> dict[int, int]:
    """Return who belongs to some households on a day: person → household."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select person_id, household_id from registry_member
            where household_id = any(%s) and superseded_at is null
                and valid_from <= %s and coalesce(valid_to, 'infinity') > %s""",
            [households, on, on],
        )
        return dict(cursor.fetchall())
