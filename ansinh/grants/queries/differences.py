"""Where what the law gives and what is granted differ, in one statement (chỗ khác nhau giữa luật và chi)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.queries.owed import (
    competent_sql,
    few_of_all,
    grant_sql,
    holders,
    holds,
    level_sql,
    residents_sql,
)
from ansinh.kernel.time import Month
from ansinh.registry.queries import elsewhere_sql, merged_sql


def differences_sql(run: Run, unit: Unit) -> str:
    """Select where a run and the grants of a unit and below differ in the run's month.

    kind, person_id, unit_id (the holder, or who is competent), grant_id, slot, granted_* and lawful_*
    (category, vnd, coefficient, standard), ground_id, cites. The same decisions as `logic.review`, case by
    case. Whoever moved out of the holder's commune is its case no more: it cannot tell, and is told nothing.
    A file merged into another is given nothing: the law is asked about the person there.

    What is granted and what is given are laid side by side once; homes and what the law left open are looked
    up only where these differ.
    """
    month = f"date '{run.month}'"
    known_on = max(run.month, timezone.localtime(run.known_at).date())
    left = elsewhere_sql("d.person_id", "home.commune_id <> holder.commune_id", on=run.month, by=known_on)
    return f"""
    with {_differing(run, unit)}
    select case
            when away.moved then 'CANNOT_TELL'
            when d.dead then 'NO_LONGER_ENTITLED'
            when told.no is null then case when {merged_sql("d.person_id")}
                then 'NO_LONGER_ENTITLED' else 'CANNOT_TELL' end
            when d.lawful_category = d.granted_category then case
                when o.unknown ? d.granted_category and d.granted_vnd > d.lawful_vnd then 'CANNOT_TELL'
                else 'LEVEL_DIFFERS' end
            when o.unknown ? d.granted_category then 'CANNOT_TELL'
            when d.lawful_category is not null then 'CONVERSION'
            else 'NO_LONGER_ENTITLED'
        end as kind,
        d.person_id, d.unit_id, d.grant_id, d.slot,
        d.granted_category, d.granted_vnd, d.granted_coefficient, d.granted_standard_vnd, d.ground_id,
        case when told.lawful then d.lawful_category end as lawful_category,
        case when told.lawful then d.lawful_vnd end as lawful_vnd,
        case when told.lawful then d.lawful_coefficient end as lawful_coefficient,
        case when told.lawful then d.lawful_standard_vnd end as lawful_standard_vnd,
        case when told.lawful then d.cites end as cites
    from differing d
    left join geography_standing holder on holder.unit_id = d.unit_id and holder.valid @> {month}
    cross join lateral (select {left} as moved offset 0) away
    cross join lateral (
        select not (d.dead or away.moved) as lawful, coalesce(d.no, (
            select a.no from determinations_answer a
            where a.run_id = {run.pk} and a.month = {month} and a.person_id = d.person_id)) as no
        offset 0) told
    left join determinations_outcome o on o.run_id = {run.pk} and o.no = told.no
    where d.grant_id is not null
    union all
    {_missed(run, unit, month, known_on)}"""


def _differing(run: Run, unit: Unit) -> str:
    """Name `differing`: what is granted in a slot and what is given in it, where these are not the same.

    `residents` are needed of a larger unit's run: of these, and of whoever is granted something, its answers
    are taken.

    Answers are found before it is looked what they give, and that in an array, of which the planner takes ten
    rows: of a run just made it knows nothing, and would loop.
    """
    month = f"date '{run.month}'"
    of_unit, residents = "", ""
    if run.unit_id != unit.pk:
        of_unit = "and a.person_id in (select person_id from residents union select person_id from granted)"
        residents = f"residents as materialized ({residents_sql(unit, Month.of(run.month))}),"
    # Written as a case, of which the planner takes few rows to be left; of the bare condition nearly all.
    differs = """case when g.dead or e.category is distinct from g.category
        or e.amount_vnd is distinct from g.amount_vnd then 1 else 0 end = 1"""
    return f"""
    {residents}
    granted as (
        select g.id as grant_id, g.person_id, h.unit_id, g.slot, g.category, l.amount_vnd,
            l.coefficient, l.standard_vnd, l.ground_id, dead.id is not null as dead
        from grants_holding h
        {grant_sql("h.grant_id", f"g.months @> {month}", few=few_of_all(unit, Month.of(run.month)))}
        left join registry_death dead
            on dead.person_id = g.person_id and dead.superseded_at is null and dead.died_on < {month}
        left join lateral ({level_sql("g.id", month)}) l on true
        where {holds("h", month)} and h.unit_id = {holders(unit, Month.of(run.month))}
    ),
    given as (
        select e.no, e.slot, e.category, e.amount_vnd, e.coefficient, e.standard_vnd, e.cites
        from unnest(array(
            select one from determinations_outcomeentitlement one where one.run_id = {run.pk})) e
    ),
    lawful as (
        select a.person_id, e.* from (
            select a.person_id, a.no from determinations_answer a
            where a.run_id = {run.pk} and a.month = {month} {of_unit} offset 0
        ) a join given e on e.no = a.no
    ),
    differing as materialized (
        select coalesce(g.person_id, e.person_id) as person_id, coalesce(g.slot, e.slot) as slot,
            g.grant_id, g.unit_id, g.dead, g.category as granted_category,
            g.amount_vnd as granted_vnd, g.coefficient as granted_coefficient,
            g.standard_vnd as granted_standard_vnd, g.ground_id,
            e.no, e.category as lawful_category, e.amount_vnd as lawful_vnd,
            e.coefficient as lawful_coefficient, e.standard_vnd as lawful_standard_vnd, e.cites
        from granted g full join lawful e on e.person_id = g.person_id and e.slot = g.slot
        where {differs}
    )"""


def _missed(run: Run, unit: Unit, month: str, known_on: dt.date) -> str:
    """Select of `differing` what the law gives and nobody granted, to whoever lives and is at home here."""
    outside = f"not ({geography.standing_condition(unit, on=run.month, alias='home')})"
    gone = elsewhere_sql("d.person_id", outside, on=run.month, by=known_on)
    at_home = "" if run.unit_id == unit.pk else "and d.person_id in (select person_id from residents)"
    return f"""
    select 'ENTITLED_NOT_GRANTED', d.person_id, coalesce(home.unit_id, {unit.pk}), null, d.slot,
        null, null, null, null, null, d.lawful_category, d.lawful_vnd, d.lawful_coefficient,
        d.lawful_standard_vnd, d.cites
    from differing d
    left join lateral ({competent_sql(f"(select d.person_id, {month} as month)")}) home on true
    where d.grant_id is null {at_home}
        and not exists (
            select from grants_grant g
            where g.person_id = d.person_id and g.slot = d.slot and g.months @> {month})
        and not exists (
            select from registry_death dead
            where dead.person_id = d.person_id and dead.superseded_at is null and dead.died_on < {month})
        and not {gone}"""
