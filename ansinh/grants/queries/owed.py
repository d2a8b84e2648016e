"""Levels, what is owed, who holds and who receives, as SQL (mức hưởng, số phải chi)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import connection
from django.utils import timezone

from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Standing, Unit
from ansinh.kernel.time import Month
from ansinh.registry import queries as registry
from ansinh.rulebook.categories import categories
from ansinh.rulebook.law import load

_FEW = 8
"""Less than one in so many is few."""


def instant(at: dt.datetime) -> str:
    """Write an instant as an SQL expression."""
    if at.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return f"timestamptz '{at.isoformat()}'"


def first_of(month: Month) -> str:
    """Write a month's first day as an SQL expression."""
    return f"date '{month.first.isoformat()}'"


def known(decision: str, known_at: str) -> str:
    """Write the condition that a decision (an id expression) was recorded by an instant.

    Instants are fixed under REGISTER_LOCK, which decisions share while they are numbered and recorded: before
    an instant lie all of the smaller numbers, so one look at the largest tells for all.
    """
    # `is true`: nearly all decisions are known, so that no index of them helps.
    latest = f"select max(told.id) from grants_decision told where told.recorded_at <= {known_at}"
    return f"({decision} <= ({latest})) is true"


def level_sql(grant: str, month: str, known_at: str | None = None) -> str:
    """Select a grant's level row in a month (SQL expressions): the one decided latest, then the latest."""
    by_then = f"and {known('leveled.decision_id', known_at)}" if known_at else ""
    return f"""
        select leveled.* from grants_level leveled
        where leveled.grant_id = {grant} and leveled.from_month <= {month} {by_then}
        order by leveled.decided_at desc, leveled.from_month desc limit 1"""


def few_of_all(unit: Unit, month: Month) -> bool:
    """Tell whether a unit and those below hold few of the country's grants.

    Then each is looked up; else all are read at once. The planner would read all for a small province too: it
    takes looking up for dearer than it is, and reading for cheaper.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with few as (
                select reltuples::bigint / {_FEW} as most from pg_class where oid = 'grants_grant'::regclass)
            select count(*) < (select most from few) from (
                select from grants_holding h where h.unit_id = {holders(unit, month)}
                limit greatest(0, (select most from few))) held"""
        )
        return bool(cursor.fetchone()[0])


def grant_sql(grant: str, condition: str, *, few: bool) -> str:
    """Write the join of a grant (an id expression) as `g`, if a condition on `g` holds; `few`: looked up."""
    if not few:
        return f"join grants_grant g on g.id = {grant} and {condition}"
    return (
        f"cross join lateral (select * from grants_grant g where g.id = {grant} and {condition} offset 0) g"
    )


def owed_sql(wanted: str, known_at: str, *, carry: str = "", few: bool = False) -> str:
    """Select what is owed for pairs of grant and month, as known at `known_at` (số phải chi).

    `wanted` is a relation (grant_id, month), `carry` names a column of it to hand through, and if it is of
    `few` of the country's grants each is looked up (`few_of_all`). One row for each pair in which the grant
    runs as known then: grant_id, month, person_id, slot, category, scheme, payee, coefficient, standard_vnd,
    amount_vnd (đồng; 0 when held), decided_vnd (đồng, whether held or not), ground_id, by_list, held,
    taken_over. Held: suspended, or after the month of a recorded death; the month of death is owed (khoản 4
    Điều 8 NĐ 335/2026). A grant without a level gives NULL amounts, never zero.
    """
    carried = f", w.{carry}" if carry else ""
    return f"""
    select w.grant_id, w.month, g.person_id, g.slot, g.category, g.scheme, g.payee,
        l.coefficient, l.standard_vnd,
        case when dead.id is not null or hold.held then 0 else l.amount_vnd end as amount_vnd,
        l.amount_vnd as decided_vnd, l.ground_id, l.by_list,
        (dead.id is not null or hold.held is not null) as held, g.taken_over{carried}
    from {wanted} w
    {grant_sql("w.grant_id", known("g.decision_id", known_at), few=few)}
    left join registry_death dead
        on dead.person_id = g.person_id and dead.died_on < w.month and {_visible("dead", known_at)}
    left join lateral (
        select true as held from grants_hold h
        where w.grant_id in (select suspended.grant_id from grants_hold suspended)
            and h.grant_id = w.grant_id and h.from_month <= w.month and h.recorded_at <= {known_at}
            and (h.lifted_at is null or h.lifted_at > {known_at} or w.month < h.until_month)
        limit 1) hold on true
    left join lateral ({level_sql("w.grant_id", "w.month", known_at)}) l on true
    where g.months @> w.month
        or (g.ended_by_id is not null and not {known("g.ended_by_id", known_at)}
            and w.month >= {began("g")})"""


def _visible(row: str, known_at: str) -> str:
    """A row of the register that was current at an instant."""
    still = f"{row}.superseded_at is null or {row}.superseded_at > {known_at}"
    return f"{row}.recorded_at <= {known_at} and ({still})"


def began(grant: str) -> str:
    """Write a grant's first month, also of one annulled (its months are empty, its levels remain)."""
    return (
        f"coalesce(lower({grant}.months), "
        f"(select min(began.from_month) from grants_level began where began.grant_id = {grant}.id))"
    )


def _ends(grant: str) -> str:
    """The month an ended grant ended with; of one annulled its first month."""
    return (
        f"coalesce(upper({grant}.months), "
        f"(select min(began.from_month) from grants_level began where began.grant_id = {grant}.id))"
    )


def changed_since_sql(
    since: str, known_at: str, *, of: tuple[Unit, Month, dt.datetime] | None = None, among: str = ""
) -> str:
    """Select the grants of which what is owed may have changed by something recorded in (since, known_at].

    grant_id, first_month: starts, ends, levels, suspensions and their lifting, moves to another unit, deaths
    recorded or found wrong, each with the first month it touches. `among` is a relation (grant_id): no others
    are looked at. `of`: they are held by this unit and below in the month, and the instant is that of
    `known_at`, so that what other provinces decided is looked at of those only that were handed over once.
    """
    within = f"> {since}", f"<= {known_at}"
    recorded = f"select id from grants_decision where recorded_at {within[0]} and recorded_at {within[1]}"
    province = _province(*of[:2]) if of else None
    own = f"{recorded} and unit_id = {_deciders(province, *of[1:])}" if of and province else recorded
    # `is true` keeps the planner from making a join of it: just after many decisions its figures are old, and
    # it would loop over all grants asked about for each of those decided. A hashed list stays linear, and is
    # made once, for `offset 0` keeps it out of the parts.
    asked = f"where (grant_id in (select asked.grant_id from {among} asked)) is true" if among else ""
    handed_over = (
        f"""
        union all
        select decided.* from (select distinct grant_id from grants_handover) moved
        cross join lateral ({_decided(recorded, "moved.grant_id")} offset 0) decided"""
        if province
        else ""
    )
    return f"""
    select grant_id, min(first_month) as first_month from (
        {_decided(own)}
        {handed_over}
        union all
        select grant_id, from_month from grants_handover where decision_id = any(array({recorded}))
        union all
        select grant_id, from_month from grants_hold
        where recorded_at {within[0]} and recorded_at {within[1]}
        union all
        select grant_id, from_month from grants_hold
        where lifted_at {within[0]} and lifted_at {within[1]}
        union all
        select g.id, (date_trunc('month', dead.died_on) + interval '1 month')::date
        from registry_death dead join grants_grant g on g.person_id = dead.person_id
        where (dead.recorded_at {within[0]} and dead.recorded_at {within[1]})
            or (dead.superseded_at {within[0]} and dead.superseded_at {within[1]})
        offset 0) touched
    {asked} group by grant_id"""


def _province(unit: Unit, month: Month) -> Unit | None:
    """The province that a unit lies in, in a month; itself if it is one; None: not known."""
    own = geography.version(unit, on=month.first)
    above = (own, *geography.ancestors(own, on=month.first))
    return next((one for one in above if one.level == Level.PROVINCE), None)


def _deciders(province: Unit, month: Month, at: dt.datetime) -> str:
    """Write the array of whoever may have decided for a province's people of a month, up to an instant.

    Those of the month, and those who have taken their place since.
    """
    then = set(geography.standings(province, on=month.first).values_list("unit_id", flat=True))
    day = max(month.first, timezone.localtime(at).date())
    since = Standing.objects.filter(valid__contains=day)
    heirs = since.filter(unit__in=then).values("province")
    units = then.union(since.filter(province__in=heirs).values_list("unit_id", flat=True))
    return f"any(array{sorted(units)}::bigint[])"


def _decided(decisions: str, grant: str = "") -> str:
    """Select what decisions (a query of their ids) say of all grants, or of one: grant_id, first_month."""
    # An array, so that the planner goes from the decisions to what they decided by index: of a join it would
    # make a walk through all grants of the country for the few decisions of one province's month.
    ids = f"any(array({decisions}))"
    level, itself = (f"and l.grant_id = {grant}", f"and g.id = {grant}") if grant else ("", "")
    return f"""
        select l.grant_id, l.from_month as first_month from grants_level l
        where l.decision_id = {ids} {level}
        union all
        select g.id, {began("g")} from grants_grant g where g.decision_id = {ids} {itself}
        union all
        select g.id, {_ends("g")} from grants_grant g where g.ended_by_id = {ids} {itself}"""


def handed_over_sql(since: str, known_at: str) -> str:
    """Select the grants that left a unit by a decision recorded in (since, known_at].

    grant_id, left_id, month: another unit pays them from that month on (khoản 3 Điều 8 NĐ 335/2026).
    """
    return f"""
    select gone.grant_id, gone.left_id, gone.from_month as month
    from grants_handover gone join grants_decision d on d.id = gone.decision_id
    where d.recorded_at > {since} and d.recorded_at <= {known_at}"""


def holders(unit: Unit, month: Month) -> str:
    """Write the array of everyone whose grants a unit and those below answer for in a month: `any(array[…])`.

    Their numbers and no question for them: only of numbers can the planner tell how many grants they hold.
    """
    units = geography.standings(unit, on=month.first).values_list("unit_id", flat=True)
    return f"any(array{sorted(units)}::bigint[])"


def holds(holding: str, month: str) -> str:
    """Write whether a row of grants_holding is the one of a month (an SQL expression of its first day)."""
    until = f"{holding}.until_month"
    return f"{holding}.from_month <= {month} and ({until} is null or {until} > {month})"


def held_sql(unit: Unit, month: Month) -> str:
    """Select the grants held in a month by a unit and below: grant_id, unit_id (the holder; đơn vị quản lý).

    Ended grants are still held by somebody, who answers for what was paid. A holder merged since counts where
    its people stand that month.
    """
    return f"""
    select h.grant_id, h.unit_id
    from grants_holding h
    where {holds("h", first_of(month))} and h.unit_id = {holders(unit, month)}"""


def running_sql(unit: Unit, month: Month) -> str:
    """Select the grants that run in a month and are held then by a unit and below: grant_id, unit_id."""
    return f"""
    select held.grant_id, held.unit_id
    from ({held_sql(unit, month)}) held
    join grants_grant g on g.id = held.grant_id and g.months @> {first_of(month)}"""


def competent_sql(wanted: str) -> str:
    """Select the unit competent for people in months (đơn vị có thẩm quyền): person_id, month, unit_id.

    `wanted` is a relation (person_id, month). The district until it was abolished, since then the commune;
    the province for whoever's commune is to be confirmed. Somebody who moved within the month counts where
    they lived last. No row: not known to live anywhere.
    """
    return f"""
        select distinct on (w.person_id, w.month) w.person_id, w.month,
            coalesce(s.district_id, s.commune_id, s.province_id) as unit_id
        from {wanted} w
        cross join lateral (select daterange(w.month, (w.month + interval '1 month')::date) as days) whole
        join registry_member m on m.person_id = w.person_id and m.superseded_at is null
            and m.valid && whole.days
        join registry_householdresidence r on r.household_id = m.household_id and r.superseded_at is null
            and r.valid && whole.days * m.valid
        join geography_standing s on s.unit_id = r.unit_id and s.valid @> w.month
        order by w.person_id, w.month, greatest(lower(m.valid), lower(r.valid)) desc nulls last"""


def residents_sql(unit: Unit, month: Month) -> str:
    """Select the people who lived in a unit or below it on some day of a month: person_id."""
    days = f"daterange({first_of(month)}, {first_of(month + 1)})"
    return f"""
        select m.person_id
        from geography_standing standing
        join registry_householdresidence r on r.unit_id = standing.unit_id and r.superseded_at is null
            and r.valid && {days}
        join registry_member m on m.household_id = r.household_id and m.superseded_at is null
            and m.valid && {days}
        where {geography.standing_condition(unit, on=month.first)}"""


def grants_held_by(unit: Unit, month: Month, grants: Sequence[int]) -> list[int]:
    """Return which of some grants a unit or one below it holds in a month."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select held.grant_id from ({held_sql(unit, month)}) held where held.grant_id = any(%s)",
            [list(grants)],
        )
        return [grant for (grant,) in cursor.fetchall()]


def suspension_grounds(*, on: dt.date) -> dict[str, str]:
    """Return why the law of a day lets a grant be suspended (lý do tạm dừng), and by which article."""
    return {
        ground["ground"]: effective.provision.cite
        for effective in load().month(Month.of(on), on).effective
        for ground in effective.provision.suspension
        if ground["leads_to"] == "SUSPEND"
    }


def recipients_sql(wanted: str) -> str:
    """Select who is handed the money of pairs of grant and month (người nhận).

    grant_id, month, kind, person_id, name; `wanted` is a relation (grant_id, month). No row: the person; for
    a carer's or a facility's category nobody is known yet.
    """
    return f"""
    select w.grant_id, w.month, r.kind, r.person_id, r.name
    from {wanted} w
    join grants_recipient r on r.grant_id = w.grant_id and r.from_month <= w.month
        and not exists (
            select from grants_recipient later
            where later.grant_id = r.grant_id and later.from_month > r.from_month
                and later.from_month <= w.month)
    where r.kind <> 'SELF'"""


def granted_sql(month: Month, unit: Unit | None = None, besides: Collection[int] = ()) -> str:
    """Select what determinations must know of grants: person_id, receiving, on_allowance.

    Everyone granted something in this month or the one before; with `unit`, of its people and those below,
    and of those they are related to, wherever these live (of a province's, whoever was recorded among them);
    and of people `besides` (ids).
    `receiving` is the rulebook's bit mask of categories granted before this month, that is standing in the
    month before: what is decided for this month itself does not count, so that asking again gives the same
    answer. `on_allowance`: one of them is a monthly allowance.
    """
    bits = ", ".join(f"('{group.code}', {group.bit}::int)" for group in categories().values())
    before = f"g.months @> {first_of(month - 1)}"
    return f"""
    select g.person_id, coalesce(bit_or(c.bit) filter (where {before}), 0)::int as receiving,
        coalesce(bool_or(g.scheme = 'MONTHLY_ALLOWANCE') filter (where {before}), false) as on_allowance
    from grants_grant g join (values {bits}) as c (code, bit) on c.code = g.category
    where g.months && daterange({first_of(month - 1)}, {first_of(month + 1)})
        {f"and {_among(unit, month, besides)}" if unit else ""}
    group by g.person_id"""


def _among(unit: Unit, month: Month, besides: Collection[int]) -> str:
    """Write the condition that a grant is of a unit's people, of those they are related to, or of `besides`.

    A province's people lie together, by number, so all between the first and the last are taken, and more of
    them than asked for does no harm.
    """
    others = f"array{sorted(besides)}::bigint[]"
    if unit.level != Level.PROVINCE:
        return f"""g.person_id in (
            with residents as materialized ({residents_sql(unit, month)})
            select person_id from residents
            union
            select r.other_id from registry_relation r
            where r.superseded_at is null and r.person_id in (select person_id from residents)
            union
            select unnest({others}))"""
    first, last = registry.person_span(unit, on=month.first)
    # As an array, so that both conditions are asked of the index.
    return f"""(g.person_id between {first} and {last} or g.person_id = any({others} || array(
        select r.other_id from registry_relation r
        where r.person_id between {first} and {last} and r.superseded_at is null
            and r.other_id not between {first} and {last})))"""
