"""Everybody's case, gathered by SQL into temporary tables, so that each distinct one is decided once.

adopt_grant(person_id, idx, grant_id, unit_id, slot, category, payee, months, …)  the grants in question
adopt_apart(person_id, no)                              months paid by another province than they lived in
adopt_seen(person_id, outcomes, dead_from, grants, died_on)                       everybody's case
adopt_case(case_no, people, outcomes, dead_from, grants)                          the distinct cases

A case's grants are a text, one grant after another by `;`, idx by idx: `slot,category,start,end,began,closed,
ours,levels`; levels by `/`, one alone if it holds for all months:
`amount:coefficient:standard:ground:by_list`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from functools import cache

from django.db import connection
from django.utils import timezone

from ansinh.db import bulk
from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.logic import Case, Granted, Level
from ansinh.grants.queries import apart_sql, differences_sql, held_sql, level_sql, residents_sql
from ansinh.kernel.time import Month
from ansinh.registry.queries import elsewhere_sql, merged_sql

MERGED = -1
"""The outcome, in the month reviewed, of a file that was merged into another: the law is asked there."""

_LEVEL = (
    "concat_ws(':', l.amount_vnd, coalesce(l.coefficient::text, ''), coalesce(l.standard_vnd::text, ''), "
    "coalesce(l.ground_id::text, ''), l.by_list::int)"
)


def gather(
    *, unit: Unit, runs: Sequence[Run], people: Collection[int] | None = None, grounds_too: bool = False
) -> None:
    """Put everybody's case into the temporary tables: of who holds a grant, or is given something at last.

    `runs`: one for each month looked at; grants are those of the unit and below. `people`: only these.
    `grounds_too`: levels that differ by their articles alone are looked for.
    """
    months = [Month.of(run.month) for run in runs]
    unit = geography.version(unit, on=months[-1].first)
    numbered = ", ".join(f"({no}, date '{month.first}')" for no, month in enumerate(months))
    make("adopt_month", f"select * from (values {numbered}) as months (no, month)")
    only = "" if people is None else f"and person_id = any(array{sorted(people)}::bigint[])"
    differing_only = people is None and len(runs) == 1 and not grounds_too
    if differing_only:
        # What a decision does about one month, the review of that month tells: nobody else need be looked at.
        differing = f"select person_id from ({differences_sql(runs[0], unit)}) d where kind <> 'CANNOT_TELL'"
        make("adopt_differing", differing)
        # As an array, so that the few are looked up by index, whatever is known of answers just written.
        only = "and person_id = any(array(select person_id from pg_temp.adopt_differing))"
    make("adopt_ours", _ours(unit, months[-1], only if differing_only else ""))
    make("adopt_entitled", _entitled(runs[-1], unit, only))
    if not differing_only:
        _leave_to_others(runs[-1], unit)
    make("adopt_grant", _grants(months, only))
    if len(months) > 1:
        make("adopt_apart", _apart(months))
    make("adopt_seen", _seen(runs, months))
    make(
        "adopt_case",
        """select row_number() over (order by outcomes, dead_from, grants)::int as case_no,
            count(*)::int as people, outcomes, dead_from, grants
        from pg_temp.adopt_seen group by outcomes, dead_from, grants""",
    )


def make(name: str, query: str) -> None:
    """Put what a query selects into a temporary table, in the place of one of that name."""
    bulk.run(f"drop table if exists pg_temp.{name}")
    bulk.run(f"create temporary table {name} on commit drop as {query}")
    bulk.run(f"analyze pg_temp.{name}")


def _leave_to_others(run: Run, unit: Unit) -> None:
    """Leave out the grants of whoever moved out of the holder's commune, and whoever left the unit.

    As the review of one month does: they are another commune's case, in months before the move too (khoản 3
    Điều 8 NĐ 335/2026), and nothing that it learnt is to be read off an amount.
    """
    by = max(run.month, timezone.localtime(run.known_at).date())
    left = elsewhere_sql("g.person_id", "home.commune_id <> holder.commune_id", on=run.month, by=by)
    outside = f"not ({geography.standing_condition(unit, on=run.month, alias='home')})"
    bulk.run(
        f"""
        delete from pg_temp.adopt_ours o using grants_grant g, geography_standing holder
        where g.id = o.grant_id and holder.unit_id = o.unit_id and holder.valid @> date '{run.month}'
            and {left}"""
    )
    bulk.run(
        "delete from pg_temp.adopt_entitled e where "
        + elsewhere_sql("e.person_id", outside, on=run.month, by=by)
    )


def distinct() -> Iterator[tuple[int, int, Case]]:
    """Yield the distinct cases: number, how many people, case. A verdict's key is (month, outcome)."""
    with connection.cursor() as cursor:
        cursor.execute("select case_no, people, outcomes, dead_from, grants from pg_temp.adopt_case")
        for case_no, people, outcomes, dead_from, grants in cursor:
            verdicts = tuple(
                None if outcome == "" else (no, int(outcome))
                for no, outcome in enumerate(outcomes.split(","))
            )
            n = len(verdicts)
            # The database puts them together in any order.
            standing = tuple(_granted(text, n) for text in sorted(grants.split(";"))) if grants else ()
            yield case_no, people, Case(verdicts, None if dead_from < 0 else dead_from, standing)


def number_of(*, month: Month, first: Month) -> int:
    """Number a month from the first one looked at."""
    return (month.year - first.year) * 12 + month.number - first.number


@cache
def _granted(text: str, months: int) -> Granted:
    slot, category, start, end, began, closed, ours, levels = text.split(",")
    decided = tuple(_level(level) for level in levels.split("/")) if levels else ()
    last = int(end) if end else months
    if len(decided) == 1:
        decided *= last - int(start)
    return Granted(
        slot=slot, category=category, start=int(start), end=int(end) if end else None,
        began=began == "1", closed=closed == "1", ours=ours == "1", levels=decided,
    )  # fmt: skip


@cache
def _level(text: str) -> Level:
    amount, coefficient, standard, ground, by_list = text.split(":")
    return Level(
        amount_vnd=int(amount),
        coefficient=Decimal(coefficient) if coefficient else None,
        standard_vnd=int(standard) if standard else None,
        ground=int(ground) if ground else None,
        by_list=by_list == "1",
    )


def _ours(unit: Unit, month: Month, only: str) -> str:
    """The grants that the unit and those below hold in the month."""
    few = f"where held.grant_id = any(array(select id from grants_grant where true {only}))" if only else ""
    return f"select held.* from ({held_sql(unit, month)}) held {few}"


def _entitled(run: Run, unit: Unit, only: str) -> str:
    """Whom the run gives something; of a larger unit's run those at home in this one."""
    residents = residents_sql(unit, Month.of(run.month))
    at_home = f"and person_id in ({residents})" if run.unit_id != unit.pk else ""
    return f"""
        select person_id from determinations_answer
        where run_id = {run.pk} and month = date '{run.month}' {only} {at_home} and (no in (
            select no from determinations_outcomeentitlement where run_id = {run.pk})) is true"""


def _index(day: str, first: Month) -> str:
    return (
        f"(extract(year from {day}) * 12 + extract(month from {day}) - {first.year * 12 + first.number})::int"
    )


def _grants(months: list[Month], only: str) -> str:
    """The grants standing in a month looked at or later; other units' of those the law gives something."""
    first, last, n = months[0], months[-1], len(months)
    return f"""
        with touched as materialized (
            select g.id as grant_id, g.person_id, o.unit_id, g.slot, g.category,
                g.ended_by_id is not null as closed,
                greatest(0, {_index("lower(g.months)", first)}) as start,
                {_index("upper(g.months)", first)} as "end",
                lower(g.months) >= date '{first.first}' as began,
                greatest(lower(g.months), date '{first.first}') as first_month,
                least((upper(g.months) - interval '1 month')::date, date '{last.first}') as last_month
            from grants_grant g left join pg_temp.adopt_ours o on o.grant_id = g.id
            where (upper_inf(g.months) or upper(g.months) > date '{first.first}') and not isempty(g.months)
                and (o.grant_id is not null or g.person_id in (select person_id from pg_temp.adopt_entitled))
                {only}
        )
        select t.grant_id, t.person_id, t.unit_id, t.slot, t.start,
            concat_ws(',', t.slot, t.category, t.start,
                case when t."end" < {n} then t."end"::text else '' end,
                t.began::int, t.closed::int, (t.unit_id is not null)::int,
                case when l.grant_id is null then ''
                    when l.from_month <= t.first_month then {_LEVEL}
                    else (
                        select string_agg(coalesce(one.level, ''), '/' order by m.no)
                        from pg_temp.adopt_month m
                        left join lateral (
                            select {_LEVEL} as level from ({level_sql("t.grant_id", "m.month")}) l
                        ) one on true
                        where m.no >= t.start and m.month <= t.last_month)
                end) as told
        from touched t
        left join lateral ({level_sql("t.grant_id", "t.last_month")}) l on t.unit_id is not null"""


def _apart(months: list[Month]) -> str:
    """In which of the months somebody was paid by another province than they lived in, by number."""
    first = f"date '{months[0].first}'"
    moved = f"""(
        select g.grant_id from pg_temp.adopt_grant g where g.unit_id is not null and (
            exists (select from grants_holding h where h.grant_id = g.grant_id and h.until_month > {first})
            or exists (select from registry_whereabouts w
                where w.person_id = g.person_id and w.until > {first})))"""
    return f"""
        select distinct apart.person_id, month.no
        from ({apart_sql(moved, "pg_temp.adopt_month")}) apart
        join pg_temp.adopt_month month using (month)"""


def _seen(runs: Sequence[Run], months: list[Month]) -> str:
    """Each person's case in one row: outcome of each month, month after death (-1: alive), grants."""
    first, n = months[0], len(months)
    answers = "\n".join(
        f"""left join determinations_answer a{no} on a{no}.run_id = {run.pk}
            and a{no}.month = date '{run.month}' and a{no}.person_id = p.person_id"""
        for no, run in enumerate(runs)
    )
    told = [f"coalesce(a{no}.no::text, '')" for no in range(n)]
    told[-1] = f"coalesce(a{n - 1}.no::text, case when {merged_sql('p.person_id')} then '{MERGED}' end, '')"
    if n > 1:
        answers += "".join(
            f"\nleft join pg_temp.adopt_apart x{no} on x{no}.person_id = p.person_id and x{no}.no = {no}"
            for no in range(n)
        )
        told = [f"case when x{no}.no is null then {answer} else '' end" for no, answer in enumerate(told)]
    outcomes = " || ',' || ".join(told)
    return f"""
        with held as materialized (
            select person_id, string_agg(told, ';') as grants from pg_temp.adopt_grant group by person_id
        ),
        people as (
            select person_id, held.grants from held full join pg_temp.adopt_entitled using (person_id)
        )
        select p.person_id, {outcomes} as outcomes,
            case when dead.died_on < date '{months[-1].first}'
                then greatest(0, {_index("dead.died_on", first)} + 1) else -1 end as dead_from,
            dead.died_on, coalesce(p.grants, '') as grants
        from people p
        left join registry_death dead on dead.person_id = p.person_id and dead.superseded_at is null
        {answers}"""
