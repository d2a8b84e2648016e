"""What is known of a province's people, folded once and kept until something changes (bản gộp).

Most people's facts say the same month after month. Of everybody of whom nothing is known to change within the
month the folded row is kept in `registry_settled`, with how long it will hold; the next time only those are
folded anew whose row no longer holds, whom something recorded since touches (`sweeping`), or who had no row
the last time either (`registry_unsettled`). Folding somebody once too often costs time and nothing else, so
only these must be true: whatever a row rests on and was recorded since is found, and everybody who is or will
be registered in the province stands in one of the two tables. Why it is: docs/adr/0016.

Never kept: what grants know, secret facts, who died, who raises children. Who supports whom is kept, what the
supporter receives is looked up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import connection

from ansinh.db import bulk
from ansinh.geography.models import Unit
from ansinh.kernel.hashing import content_hash
from ansinh.kernel.time import years_before
from ansinh.registry.operations.sweeping import swept
from ansinh.registry.queries.folding import Writer, date
from ansinh.registry.queries.packing import ABLE, ON_ALLOWANCE, SUPPORTER, packing
from ansinh.registry.queries.spans import one

_WORDS = tuple(f"w{n}" for n in range(packing()[1]))
_LIVING = (ON_ALLOWANCE | ABLE) << SUPPORTER


@dataclass(frozen=True, slots=True)
class _Kept:
    """Up to when a province's rows were brought: the latest month's first day, the instant, the sweep.

    Of another `layout` they say nothing: facts lay elsewhere in the words, or the province had other places.
    """

    layout: str
    first: dt.date
    known_at: dt.datetime
    sweep: int


def pack(*, write: Writer, unit: Unit, places: str, everybody: Callable[[Writer], None]) -> str | None:
    """Put what holds on the first of the month, of a province's people who are not settled, into `packed`.

    Return a query for those who are, of whom nothing changes within the month; None when all are in `packed`.
    Both have the columns of `write.packed`, which come first. `places` names where they are registered
    (unit_id, province, former); `everybody` puts all of them into `packed` by folding them.
    """
    if not write.law.latest_birth:
        everybody(write)
        return None
    kept, onward = _kept(unit), replace(write, onward=True)
    if kept.first > write.law.month.first or kept.known_at > write.known_at:
        everybody(write)  # asked about what was before
        return None
    layout = content_hash([repr((packing(), places)).encode()])[:20]
    sweep = swept(known_at=write.known_at)
    _make("place", f"select * from {places}", key="unit_id")
    if kept.layout != layout:
        bulk.run("delete from registry_settled where area_id = %s", [unit.pk])
        everybody(onward)
        waiting = "select person_id from registry_whereabouts join pg_temp.place using (unit_id)"
    else:
        _forget(onward, unit, kept)
        _fold_others(onward, unit)
        waiting = "select person_id from pg_temp.anew"
    written = _keep(onward, unit, waiting)
    bulk.run(
        "update registry_settling set first = %s, known_at = %s, layout = %s, sweep = %s where area_id = %s",
        [write.law.month.first, write.known_at, layout, sweep, unit.pk],
    )
    if kept.layout != layout:
        bulk.renew_statistics("registry_settled", "registry_unsettled", rows=written)
        return None
    bulk.run("delete from pg_temp.packed where settled")
    bulk.run(f"insert into pg_temp.packed {_taken(write, unit, places, changing=True)}")
    return _taken(write, unit, places, changing=False)


def _kept(unit: Unit) -> _Kept:
    """Read how far a province's rows were brought, and let nobody else do it meanwhile."""
    bulk.run(
        "insert into registry_settling (area_id, first, known_at, layout) "
        "values (%s, '0001-01-01', '0001-01-02', '') on conflict do nothing",
        [unit.pk],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select layout, first, known_at, sweep from registry_settling where area_id = %s for update",
            [unit.pk],
        )
        return _Kept(*cursor.fetchone())


def _forget(write: Writer, unit: Unit, kept: _Kept) -> None:
    """Drop the rows that no longer hold, into the table `forgotten`."""
    _make(
        "touched",
        f"""
        select person_id, bool_or(unit_id in (select unit_id from pg_temp.place)) as here,
            max(at) > {write.instant} as lately
        from registry_touched where sweep > {kept.sweep} or at > timestamptz '{kept.known_at.isoformat()}'
        group by person_id""",
    )
    bulk.run("drop table if exists pg_temp.forgotten")
    bulk.run("create temporary table forgotten (person_id bigint) on commit drop")
    bulk.run(
        f"""
        with gone as (
            delete from registry_settled s where s.area_id = {unit.pk} and (
                s.later & ((1::bigint << least(({write.last} - s.last + 30) / 31, 32)) - 1) <> 0
                or s.person_id in (select person_id from pg_temp.touched)
            ) returning s.person_id
        )
        insert into pg_temp.forgotten select person_id from gone"""
    )


def _fold_others(write: Writer, unit: Unit) -> None:
    """Fold whoever may be registered in the place and has no row that holds, into `packed`."""
    _make(
        "anew",
        f"""
        select person_id from (
            select person_id from pg_temp.forgotten
            union
            select person_id from registry_unsettled where area_id = {unit.pk}
            union
            select person_id from pg_temp.touched where here or lately
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
    _make("packed", write.packed(people))


def _keep(write: Writer, unit: Unit, waiting: str) -> int:
    """Keep what was folded and is settled; of the others remember who is, or is to be, registered there."""
    written = bulk.run(
        f"""
        insert into registry_settled
            (area_id, person_id, unit_id, born, sex, {", ".join(_WORDS)}, kin, supporter_id, last, later)
        select {unit.pk}, person_id, unit_id, born, sex, {", ".join(_WORDS)}, kin, supporter_id,
            {write.last}, later
        from pg_temp.packed where settled order by person_id"""
    )
    bulk.run("delete from registry_unsettled where area_id = %s", [unit.pk])
    bulk.run(
        f"""
        insert into registry_unsettled (area_id, person_id)
        select {unit.pk}, person_id from (
            select person_id from pg_temp.packed where not settled
            union
            select person_id from ({waiting}) waiting
            where not exists (select from registry_settled s
                    where s.area_id = {unit.pk} and s.person_id = waiting.person_id)
                and exists (select from registry_whereabouts w join pg_temp.place using (unit_id)
                    where w.person_id = waiting.person_id and (w.until is null or w.until > {write.first}))
                and not exists (select from registry_death d
                    where d.person_id = waiting.person_id and d.died_on < {write.first} and {write.seen("d")})
        ) unsettled"""
    )
    return written


def _taken(write: Writer, unit: Unit, places: str, *, changing: bool) -> str:
    """Take the rows of whoever passes an age of the law within the month (`changing`), or of the others."""
    most = write.none_raised("held.receiving", "held.person_id")
    counts = "".join(f"0 as {count.name}_min, {most} as {count.name}_max, " for count in write.law.counts)
    rest = ", null::bigint, null::boolean, null::bigint" if changing else ""
    return f"""
        select person_id, {write.first} as day, province_code, former_province_code, born, sex, receiving,
            unit_id, null::date as died_on, {", ".join(_WORDS)}, kin, {counts}
            days, days = 0 as alone{rest}
        from (
            select s.person_id, s.born, s.sex, s.unit_id, {", ".join(f"s.{word}" for word in _WORDS)},
                place.province as province_code, place.former as former_province_code,
                coalesce(g.receiving, 0) as receiving, coalesce(birthday.days, 0) as days,
                case when s.supporter_id is null then s.kin else s.kin & {~_LIVING}
                    | case when s.supporter_id in (
                            select supporter.person_id from {write.granted} supporter where on_allowance)
                        then {ON_ALLOWANCE << SUPPORTER} else {ABLE << SUPPORTER} end
                end as kin
            from registry_settled s
            join {places} on place.unit_id = s.unit_id
            left join {_birthdays(write)} on birthday.born = s.born
            left join {write.granted} g on g.person_id = s.person_id
            where s.area_id = {unit.pk} and birthday.born is {"not " if changing else ""}null
        ) held"""


def _birthdays(write: Writer) -> str:
    """The birth dates whose owners pass an age of the law after the first of the month, and the day's bit."""
    first, last = write.law.month.first, write.law.month.last
    rows = [
        f"({date(passed + dt.timedelta(days=n))}, {1 << n})"
        for age in write.law.cutoff_ages
        for passed in (years_before(first, age),)
        for n in range(1, (years_before(last, age) - passed).days + 1)
    ]
    return f"(values {', '.join(rows) or '(null::date, 0)'}) as birthday (born, days)"


def _make(name: str, query: str, *, key: str = "") -> None:
    bulk.run(f"drop table if exists pg_temp.{name}")
    bulk.run(f"create temporary table {name} on commit drop as {query}")
    if key:
        bulk.run(f"create unique index on pg_temp.{name} ({key})")
        bulk.run(f"analyze pg_temp.{name}")
