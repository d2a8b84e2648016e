"""Gathering people of whom the law is told the same (gộp người có dữ kiện như nhau)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ansinh.kernel.time import years_before
from ansinh.registry.queries.folding import OF_A_KIND, Writer, date
from ansinh.registry.queries.packing import masks
from ansinh.registry.queries.spans import Day
from ansinh.rulebook.law import MonthLaw


def kinds(write: Writer, packed: str, facts: Iterable[str]) -> str:
    """Gather people whose facts say the same to the law: a row a kind, its people in the array `persons`.

    Of the words only what `facts` needs counts, of the birth date only which ages it has completed:
    `born` is the latest day that has completed the same.
    """
    words = [f"w{n} & {mask} as w{n}" for n, mask in enumerate(masks(facts))]
    own = ("alone", "day", "province_code", "former_province_code", "sex", "receiving")
    names = ", ".join((*own, write.names()))
    calendar, first = _turning_points(write.law), write.law.month.first
    age = f"""case when day = {date(first)} then {_age(_turned(write.law, first))}
        else (select {_age("turned")} from {calendar} where calendar.day = packed.day) end"""
    return f"""
        select row_number() over ()::int as kind, {names}, persons,
            case age when 0 then turned[1] - 1 else turned[age] end as born
        from (
            select {names}, age, array_agg(person_id) as persons
            from (
                select person_id, {", ".join(own)},
                    {", ".join(words)}, kin{"".join(f", {name}" for name in write.counts())}, {age} as age
                from {packed} packed
                offset 0
            ) told
            group by {names}, age
        ) grouped join {calendar} using (day)"""


def _age(turned: str) -> str:
    """How many of the birth dates somebody was born by; of somebody whose birth is not known not known."""
    return f"case when {turned} = '{{}}' then 0 else width_bucket(born, {turned}) end"


def crowd(write: Writer, packed: str, facts: Iterable[str], births: Iterable[dt.date]) -> str:
    """Count people whom nothing tells apart: a row for all of one place, sex and kind, born in one span.

    Each span of births begins with one of `births`, ascending, and is told by that day. Who has several
    evaluated days, raises children or has a recorded death stands alone, with their own birth date.
    """
    words = [f"w{n} & {mask} as w{n}" for n, mask in enumerate(masks(facts))]
    of_kind = ", ".join((write.names(), *OF_A_KIND))  # what differs most first: sorted sooner
    starts = f"array[{', '.join(date(day) for day in births)}]::date[]"
    end = Day(write.last)
    return f"""
        with packed as materialized (select * from {packed} packed)
        select dense_rank() over (order by {of_kind})::int as kind, counted.*
        from (
            select {of_kind}, day, unit_id, person_id, born, died_on, count(*)::int as people
            from (
                select day, unit_id, died_on, {", ".join(OF_A_KIND)}, {", ".join(words)}, kin
                    {"".join(f", {name}" for name in write.counts())},
                    case when apart then packed.person_id end as person_id,
                    case when apart then born
                        when born is not null then ({starts})[greatest(width_bucket(born, {starts}), 1)]
                    end as born
                from (
                    select packed.*,
                        not alone or died_on is not null or raising.other_id is not null as apart
                    from packed left join (
                        select distinct r.other_id from registry_relation r
                        where r.kind = 6 and r.other_id between (select min(person_id) from packed)
                            and (select max(person_id) from packed)
                            and {end.reaches("r")} and {write.seen("r")}
                    ) raising on raising.other_id = packed.person_id
                    offset 0
                ) packed
                offset 0
            ) told
            group by {of_kind}, day, unit_id, person_id, born, died_on
        ) counted"""


def _turning_points(law: MonthLaw) -> str:
    """The days of the month, with the birth dates that are one day short of an age, ascending."""
    days = (law.month.first + dt.timedelta(days=n) for n in range(law.month.last.day))
    rows = (f"({date(day)}, {_turned(law, day)})" for day in days)
    return f"(values {', '.join(rows)}) as calendar (day, turned)"


def _turned(law: MonthLaw, day: dt.date) -> str:
    short = {years_before(day, age) + dt.timedelta(days=1) for age in law.cutoff_ages}
    return f"array[{', '.join(map(date, sorted(short)))}]::date[]"
