"""Taking a commune's list into the register, and taking it back whole (nhập danh sách, huỷ nhập)."""

from __future__ import annotations

import datetime as dt

import polars as pl
from django.db import connection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.db.constraints import speaking
from ansinh.geography.models import Unit
from ansinh.registry.logic import secret_facts
from ansinh.registry.models import Source

PEOPLE: dict[str, bulk.PolarsType] = {
    "person_id": pl.Int64,
    "key": pl.String,
    "number": pl.String,
    "old_number": pl.String,
    "name": pl.String,
    "folded": pl.String,
    "given_folded": pl.String,
    "sort_key": pl.String,
    "born": pl.Date,
    "born_precision": pl.String,
    "sex": pl.String,
    "ethnicity": pl.String,
    "phone": pl.String,
    "household": pl.String,
    "village": pl.String,
    "role": pl.Int16,
    "valid_from": pl.Date,
}
"""People who get a home: who has no `person_id` is entered. `household` is a word that members share."""
FACTS: dict[str, bulk.PolarsType] = {
    "key": pl.String,
    "person_id": pl.Int64,
    "fact": pl.Int16,
    "value": pl.Int64,
    "valid_from": pl.Date,
}
"""Facts of people: of somebody entered by this list by `key`, else by `person_id`; household facts alike."""

_DATED = ("member", "householdresidence", "fact", "sensitivefact", "householdfact")


def enter_list(
    *,
    people: pl.DataFrame,
    facts: pl.DataFrame,
    household_facts: pl.DataFrame,
    unit: Unit,
    source: Source,
    by: User | None,
    at: dt.datetime,
) -> pl.DataFrame:
    """Enter the people of a list, with homes in a unit and facts (nhập danh sách); return key → person_id.

    Facts are only added: where the register says anything of those days already, it stands. Refused: a number
    that somebody has. All or nothing.
    """
    with speaking():
        locks.share(locks.REGISTER_LOCK)
        now = _now()
        entered = _enter(people, source)
        bulk.temp_table("entered", entered)
        _house(source, unit, now)
        _add(facts, source, now)
        _add_of_households(household_facts, source, now)
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="enter_list",
            subject=source,
            unit=unit,
            detail={"people": people.height, "facts": facts.height + household_facts.height},
        )
    return entered.select("key", "person_id")


def withdraw_list(*, source: Source, unit: Unit, reason: str, by: User | None, at: dt.datetime) -> int:
    """Take back everything that a list entered (huỷ nhập danh sách): superseded, at one instant.

    The people stay known by name and number, without a home or a fact; the same list finds them again.
    Returns how many rows no longer stand.
    """
    with speaking():
        locks.share(locks.REGISTER_LOCK)
        now = _now()
        rows = sum(
            bulk.run(
                f"""update registry_{table} set superseded_at = %s
                where source_id = %s and superseded_at is null""",
                [now, source.pk],
            )
            for table in _DATED
        )
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="withdraw_list",
            subject=source,
            unit=unit,
            reason=reason,
            detail={"rows": rows},
        )
    return rows


def _now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant


def _enter(people: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Write the persons that are new; return everybody with their ids."""
    new = people.filter(pl.col("person_id").is_null())
    new = new.with_columns(bulk.next_ids("registry_person", new.height).alias("person_id"))
    columns = [
        name for name in PEOPLE if name not in ("household", "village", "role", "valid_from", "person_id")
    ]
    if new.height:
        rows = new.select(
            pl.col("person_id").alias("id"), *columns, pl.lit(source.pk, pl.Int64).alias("source_id")
        )
        bulk.copy_frame(rows, "registry_person")
    return pl.concat([new, people.filter(pl.col("person_id").is_not_null())])


def _house(source: Source, unit: Unit, now: dt.datetime) -> None:
    """Give everybody in `entered` a household in the unit."""
    bulk.run("drop table if exists pg_temp.entered_home")
    bulk.run(
        f"""
        create temporary table entered_home on commit drop as
        select {bulk.next_id("registry_household")} as id, homes.*
        from (select household, min(village) as village, min(valid_from) as valid_from,
                '{unit.code}-N{source.pk}-' || row_number() over (order by min(key)) as code
            from pg_temp.entered group by household order by min(key)) homes"""
    )
    bulk.run("analyze pg_temp.entered_home")
    bulk.run(
        """insert into registry_household (id, code, source_id)
        select id, code, %s from pg_temp.entered_home order by id""",
        [source.pk],
    )
    bulk.run(
        """
        insert into registry_householdresidence
            (household_id, unit_id, village, valid_from, recorded_at, source_id)
        select id, %s, village, valid_from, %s, %s from pg_temp.entered_home order by id""",
        [unit.pk, now, source.pk],
    )
    bulk.run(
        """
        insert into registry_member (person_id, household_id, role, valid_from, recorded_at, source_id)
        select e.person_id, home.id, e.role, e.valid_from, %s, %s
        from pg_temp.entered e join pg_temp.entered_home home using (household) order by e.person_id""",
        [now, source.pk],
    )


def _add(facts: pl.DataFrame, source: Source, now: dt.datetime) -> None:
    if facts.is_empty():
        return
    bulk.temp_table("entered_fact", facts)
    secret = ", ".join(str(one) for one in secret_facts())
    for table, wanted in (
        ("registry_fact", f"not in ({secret})"),
        ("registry_sensitivefact", f"in ({secret})"),
    ):
        bulk.run(
            f"""
            insert into {table} (person_id, fact, value, valid_from, recorded_at, source_id)
            select * from (
                select distinct on (person_id, fact) coalesce(f.person_id, e.person_id) as person_id, f.fact,
                    f.value, f.valid_from, %s::timestamptz, %s::bigint
                from pg_temp.entered_fact f
                left join pg_temp.entered e on f.person_id is null and e.key = f.key
                where f.fact {wanted} order by 1, 2, f.valid_from) wanted
            where not exists (
                select from {table} known
                where known.person_id = wanted.person_id and known.fact = wanted.fact
                    and known.superseded_at is null
                    and coalesce(known.valid_to, 'infinity') > wanted.valid_from)""",
            [now, source.pk],
        )


def _add_of_households(facts: pl.DataFrame, source: Source, now: dt.datetime) -> None:
    if facts.is_empty():
        return
    bulk.temp_table("entered_household_fact", facts)
    bulk.run("analyze pg_temp.entered_household_fact")
    bulk.run(
        """
        insert into registry_householdfact (household_id, fact, value, valid_from, recorded_at, source_id)
        select * from (
            select distinct on (m.household_id, f.fact) m.household_id, f.fact, f.value,
                f.valid_from, %s::timestamptz, %s::bigint
            from pg_temp.entered_household_fact f
            left join pg_temp.entered e on f.person_id is null and e.key = f.key
            join registry_member m on m.person_id = coalesce(f.person_id, e.person_id)
                and m.superseded_at is null and m.valid_to is null
            order by 1, 2, f.valid_from, f.value desc) wanted
        where not exists (
            select from registry_householdfact known
            where known.household_id = wanted.household_id and known.fact = wanted.fact
                and known.superseded_at is null
                and coalesce(known.valid_to, 'infinity') > wanted.valid_from)""",
        [now, source.pk],
    )
