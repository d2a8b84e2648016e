"""What is known of a province's people, folded once and kept until something changes (bản gộp).

Most people's facts say the same month after month. Of everybody of whom nothing is known to change within the
month the folded row is kept in `registry_settled`, with how long it will hold; the next time only those are
folded anew whose row no longer holds, whom something recorded since touches, or who have no row. A row that
is missing costs time and nothing else, so only this must be true: whatever a row rests on and was recorded
since is found (`_touched`). Why it is: docs/adr/0016.

Never kept: what grants know, secret facts, who died, who raises children. Who supports whom is kept, what the
supporter receives is looked up.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from django.db import connection

from ansinh.db import bulk
from ansinh.geography.models import Unit
from ansinh.kernel.hashing import content_hash
from ansinh.registry.queries.folding import Writer
from ansinh.registry.queries.packing import ABLE, ON_ALLOWANCE, SUPPORTER, packing
from ansinh.registry.queries.spans import one

_DATED = ("member", "householdresidence", "relation", "fact", "sensitivefact", "householdfact", "death")
_WORDS = tuple(f"w{n}" for n in range(packing()[1]))
_LIVING = (ON_ALLOWANCE | ABLE) << SUPPORTER


@dataclass(frozen=True, slots=True)
class _Kept:
    """Up to when a province's rows were brought: the latest month's first day, the instant, the last ids."""

    first: dt.date
    known_at: dt.datetime
    marks: Mapping[str, int]


def pack(*, write: Writer, unit: Unit, places: str, everybody: Callable[[Writer], None]) -> None:
    """Put what holds of a province's people on the first of the month into the temporary table `packed`.

    As `write.packed`, its columns first. `places` names them (unit_id, province, former); `everybody` does
    the same by folding all of them.
    """
    if not write.law.latest_birth:
        everybody(write)
        return
    bulk.run(
        "insert into registry_settling (area_id, first, known_at, layout, marks) "
        "values (%s, '-infinity', '-infinity', '', '{}') on conflict do nothing",
        [unit.pk],
    )
    kept, onward = _kept(unit), replace(write, onward=True)
    if kept is not None and (kept.first > write.law.month.first or kept.known_at > write.known_at):
        everybody(write)  # asked about what was before
        return
    if kept is None:
        bulk.run("delete from registry_settled where area_id = %s", [unit.pk])
        everybody(onward)
    else:
        _forget(onward, unit, kept)
        _take(onward, unit, places)
        _fold_others(onward, places)
    _keep(onward, unit)


def _kept(unit: Unit) -> _Kept | None:
    """Read how far a province's rows were brought, and let nobody else do it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select first, known_at, marks from registry_settling "
            "where area_id = %s and layout = %s for update",
            [unit.pk, _layout()],
        )
        row = cursor.fetchone()
        if row is None:
            cursor.execute("select from registry_settling where area_id = %s for update", [unit.pk])
            return None
    first, known_at, marks = row
    return _Kept(first, known_at, json.loads(marks))


@cache
def _layout() -> str:
    """Where each fact lies in the words: of another layout nothing can be read."""
    return content_hash([repr(packing()).encode()])[:20]


def _forget(write: Writer, unit: Unit, kept: _Kept) -> None:
    """Drop the rows that no longer hold."""
    _make("touched", _touched(write, kept))
    bulk.run(
        f"delete from registry_settled s using pg_temp.touched t "
        f"where s.area_id = {unit.pk} and s.person_id = t.person_id"
    )
    bulk.run(
        f"delete from registry_settled s where s.area_id = {unit.pk} "
        f"and s.later & ((1::bigint << least(({write.last} - s.last + 30) / 31, 32)) - 1) <> 0"
    )


def _touched(write: Writer, kept: _Kept) -> str:
    """Select whom anything recorded since may concern: person_id, lately (after the instant asked about).

    Rows are found by their ids, those superseded since and persons corrected by the change history.
    """
    lately = f"t.recorded_at > {write.instant} or t.superseded_at > {write.instant} as lately"
    rows = {
        table: f"""
        select t.*, {lately} from registry_{table} t where t.id > {kept.marks[table]}
        union all
        select t.*, {lately} from registry_{table} t
        where t.id in (select unnest(c.rows) from changed c where c."table" = 'registry_{table}')"""
        for table in _DATED
    }
    homes = " union all ".join(
        f"select household_id, lately from ({rows[table]}) t"
        for table in ("householdresidence", "householdfact")
    )
    persons = " union all ".join(
        f"select person_id, lately from ({rows[table]}) t"
        for table in ("member", "relation", "fact", "sensitivefact", "death")
    )
    return f"""
        with changed as materialized (
            select "table", "row", rows from db_change where id > {kept.marks["change"]}
        ),
        own as materialized (
            {persons}
            union all
            select other_id, lately from ({rows["relation"]}) t where kind = 6
            union all
            select "row", false from changed where "table" = 'registry_person' and "row" is not null
            union all
            select m.person_id, home.lately
            from ({homes}) home join registry_member m on m.household_id = home.household_id
        )
        select person_id, bool_or(lately) as lately from (
            select * from own
            union all
            select r.person_id, own.lately
            from own join registry_relation r on r.other_id = own.person_id and r.kind in (1, 2, 3, 5)
        ) whom group by person_id"""


def _take(write: Writer, unit: Unit, places: str) -> None:
    """Take the rows that hold."""
    born = write.birthdays("s.born", write.law.cutoff_ages)
    most = write.none_raised("held.receiving", "held.person_id")
    counts = "".join(f"0 as {count.name}_min, {most} as {count.name}_max, " for count in write.law.counts)
    own = f"s.person_id, s.born, s.sex, s.unit_id, {', '.join(f's.{word}' for word in _WORDS)}"
    _make(
        "packed",
        f"""
        select person_id, {write.first} as day, province_code, former_province_code, born, sex, receiving,
            unit_id, null::date as died_on, {", ".join(_WORDS)}, kin, {counts}
            days, days = 0 as alone, null::bigint as later, null::boolean as settled,
            null::bigint as supporter_id
        from (
            select {own}, place.province as province_code, place.former as former_province_code,
                coalesce(g.receiving, 0) as receiving, {born} as days,
                case when s.supporter_id is null then s.kin else s.kin & {~_LIVING}
                    | case when supporter.on_allowance then {ON_ALLOWANCE << SUPPORTER}
                        else {ABLE << SUPPORTER} end
                end as kin
            from registry_settled s
            join {places} on place.unit_id = s.unit_id
            left join {write.granted} g on g.person_id = s.person_id
            left join {write.granted} supporter on supporter.person_id = s.supporter_id
            where s.area_id = {unit.pk}
            offset 0
        ) held""",
    )


def _fold_others(write: Writer, places: str) -> None:
    """Fold whoever is registered in the place, or left it lately, and of whom no row was taken."""
    _make("place", f"select * from {places}", key="unit_id")
    _make(
        "anew",
        f"""
        select distinct person_id from (
            select person_id from (
                select w.person_id from registry_whereabouts w join pg_temp.place using (unit_id)
                where w.since <= {write.last} and (w.until is null or w.until > {write.first})
                    and (w.born is null or w.born <= {write.first})
                union all
                select person_id from pg_temp.touched where lately
            ) here
            where not exists (select from pg_temp.packed p where p.person_id = here.person_id)
            offset 0
        ) left_over
        where not exists (
            select from registry_death d
            where d.person_id = left_over.person_id and d.died_on < {write.first} and {write.seen("d")})""",
        key="person_id",
    )
    people = write.people(
        "pg_temp.place",
        one("h.household_id"),
        one("m.person_id"),
        "m.person_id in (select person_id from pg_temp.anew)",
    )
    bulk.run(f"insert into pg_temp.packed {write.packed(people)}")


def _keep(write: Writer, unit: Unit) -> None:
    """Keep what was folded and is settled; write down how far the rows were brought."""
    kept = bulk.run(
        f"""
        insert into registry_settled
            (area_id, person_id, unit_id, born, sex, {", ".join(_WORDS)}, kin, supporter_id, last, later)
        select {unit.pk}, person_id, unit_id, born, sex, {", ".join(_WORDS)}, kin, supporter_id,
            {write.last}, later
        from pg_temp.packed where settled order by person_id"""
    )
    bulk.renew_statistics("registry_settled", rows=kept)
    at = write.instant
    last = {
        table: f"(select id from registry_{table} where recorded_at <= {at} order by id desc limit 1)"
        for table in _DATED
    }
    # Who changes anything else does not wait for the register: a minute is left for who was about to.
    last["change"] = (
        f"(select id from db_change where at <= {at} - interval '1 minute' order by id desc limit 1)"
    )
    marks = ", ".join(f"'{name}', coalesce({query}, 0)" for name, query in last.items())
    bulk.run(
        f"update registry_settling set first = {write.first}, known_at = {at}, layout = %s, "
        f"marks = jsonb_build_object({marks}) where area_id = %s",
        [_layout(), unit.pk],
    )


def _make(name: str, query: str, *, key: str = "") -> None:
    bulk.run(f"drop table if exists pg_temp.{name}")
    bulk.run(f"create temporary table {name} on commit drop as {query}")
    if key:
        bulk.run(f"create unique index on pg_temp.{name} ({key})")
        bulk.run(f"analyze pg_temp.{name}")
