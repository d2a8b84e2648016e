"""Which earlier months a payroll compares: those no payroll covered, those decisions changed since."""

from __future__ import annotations

import datetime as dt

from ansinh.grants import queries as grants
from ansinh.kernel.refusal import Refusal
from ansinh.payments.logic import PAYMENT
from ansinh.payments.operations.words import Asking, has_rows, months_between, own, table, value


def keep_calendar(asking: Asking) -> None:
    """Leave in `pay_kept` which units' accounts are open and which months are settled, month by month.

    pay_kept: month, unit_id (the unit as it stands that month), opens, opened_at (of an account), settled_at.
    An account or a settlement speaks for its unit and everything below.
    """
    months = months_between(
        f"least((select min(opens) from payments_account), {asking.first})", last=asking.last
    )
    table(
        "pay_kept",
        rows=f"""
        select months.month, {own("unit", standing="standing")} as unit_id, kept.opens, kept.opened_at,
            kept.settled_at
        from (
            select unit_id, opens, as_decided_at as opened_at, null::timestamptz as settled_at,
                null::daterange as months
            from payments_account
            union all
            select unit_id, null, null, as_decided_at, months from payments_settlement
        ) kept
        join {months} months on kept.months is null or kept.months @> months.month
        join geography_unit unit on unit.id = kept.unit_id
        join geography_standing standing
            on standing.unit_id = kept.unit_id and standing.valid @> months.month
        """,
    )


def refuse_closed(asking: Asking) -> None:
    """Refuse months named for which the account of a payer is not open, or which are settled already."""
    state = f"""
        select payer.payer_id, named.month,
            coalesce(bool_or(kept.opens <= named.month), false) as open,
            count(kept.settled_at) > 0 as settled
        from (select distinct payer_id from pay_scope where payer_id is not null) payer
        join geography_standing standing
            on standing.unit_id = payer.payer_id and standing.valid @> {asking.last}
        cross join {months_between(asking.first, last=asking.last)} named
        left join pay_kept kept on kept.month = named.month
            and kept.unit_id in (standing.commune_id, standing.district_id, standing.province_id)
        group by payer.payer_id, named.month"""
    for wrong, told, remedy in (
        (
            "not open",
            "chưa mở tài khoản chi trả",
            "Mở tài khoản (payroll open-account) từ tháng bắt đầu chi.",
        ),
        ("settled", "đã quyết toán gộp", "Nêu các tháng chưa quyết toán; quyết định sau đó được chi bù."),
    ):
        found = value(
            f"""
            select min(unit.kind || ' ' || unit.name || ' (tháng ' || to_char(state.month, 'MM/YYYY') || ')')
            from ({state}) state join geography_unit unit on unit.id = state.payer_id where {wrong}"""
        )
        if found:
            raise Refusal(f"{found} {told}.", PAYMENT, remedy)


def look_back(asking: Asking) -> bool:
    """Put the earlier months to be compared into `pay_earlier`; tell whether there are any.

    They are the months no payroll has covered since the account opened, and for grants of which something
    changed since the last payroll, every month from the first one touched.
    """
    changed = grants.changed_since_sql(
        _since(asking), asking.known, of=(asking.unit, asking.months.last, asking.known_at), among="pay_scope"
    )
    table(
        "pay_changed",
        rows=f"""
        select grant_id, min(first_month) as first_month from (
            select * from ({changed}) changed union all {_handed_over(asking)}
        ) changed
        where first_month < {asking.first} and not {asking.everything} group by grant_id
        """,
    )
    _tell_months(asking)
    uncovered = "months.open and months.payable"
    if not asking.everything:
        # Whoever has paid once since its account was opened looked then at the months before it began.
        uncovered += """ and (months.began or not months.paying)
            and not months.covered and months.settled_at is null"""
    table("pay_missed", rows=f"select * from pay_month months where {uncovered}")
    missed, touched = (has_rows(f"select from {found}") for found in ("pay_missed", "pay_changed"))
    table("pay_earlier", rows=_earlier(missed=missed, touched=touched))
    return missed or touched


def _handed_over(asking: Asking) -> str:
    """Select what the unit pays for the first time, with every month since accounts opened.

    The last payroll was prepared without it, whatever had been decided about it by then. Its first month may
    have been skipped.
    """
    return f"""
        select scope.grant_id, (select min(opens) from payments_account)
        from grants_handover came join pay_scope scope on scope.grant_id = came.grant_id
        where came.from_month between {asking.first} and {asking.last}
            or (came.from_month < {asking.first} and not exists (
                select from payments_payroll payroll
                where payroll.status = 'APPROVED' and payroll.unit_id = scope.payer_id
                    and upper(payroll.months) > came.from_month))"""


def _since(asking: Asking) -> str:
    """Say up to when every payer's decisions were looked at: the oldest of the payrolls of their last months.

    A payroll made up later, of a month before that, looked at no month after its own.
    A payer without a payroll of its own has those of the units merged into it, else those of the abolished
    units of its province, else the opening of the account.
    """
    since = value(
        f"""
        with last_one as (
            select distinct on (unit_id) unit_id, known_at from payments_payroll
            where status = 'APPROVED' order by unit_id, upper(months) desc, known_at desc
        ),
        placed as materialized (
            select last_one.unit_id, last_one.known_at, standing.province_id,
                {own("unit", standing="standing")} as payer_id
            from last_one join geography_unit unit on unit.id = last_one.unit_id
            join geography_standing standing
                on standing.unit_id = last_one.unit_id and standing.valid @> {asking.last}
        ),
        merged as (select payer_id, min(known_at) as known_at from placed group by payer_id),
        abolished as (
            select province_id, min(known_at) as known_at
            from placed where payer_id is null group by province_id
        )
        select min(coalesce(placed.known_at, merged.known_at, abolished.known_at, (
            select max(kept.opened_at) from pay_kept kept where kept.month = {asking.last}
                and kept.unit_id in (standing.commune_id, standing.district_id, standing.province_id))))
        from (select distinct payer_id from pay_scope where payer_id is not null) payer
        join geography_standing standing
            on standing.unit_id = payer.payer_id and standing.valid @> {asking.last}
        left join placed on placed.unit_id = payer.payer_id
        left join merged on merged.payer_id = payer.payer_id
        left join abolished on abolished.province_id = standing.province_id
        """
    )
    return grants.instant(since if isinstance(since, dt.datetime) else asking.known_at)


def _tell_months(asking: Asking) -> None:
    """Say of each holder, past and present, and each month before those named what is known of it.

    pay_month: unit_id (the holder's row), now_id (what it has become; NULL: it is no more), month, open (the
    account is open), settled_at (it counts as settled elsewhere, as decided then; NULL: it does not), covered
    (a payroll was approved for it), payable (the unit was not abolished by then), began (by then), paying (a
    payroll of it was approved that was asked for after the account was opened). Months before a unit began
    count where one of the communes stood that became it, else where it first stood.
    """
    months = months_between(
        "least((select min(opens) from payments_account), (select min(first_month) from pay_changed))",
        last=f"{asking.first} - interval '1 month'",
    )
    table(
        "pay_holder",
        rows=f"""
        select unit.id as unit_id, months.month, place.commune_id, place.district_id, place.province_id,
            {own("unit", standing="place")} as payer_id, {own("unit", standing="today")} as now_id,
            place.began,
            array[today.commune_id, today.district_id, today.province_id] as today
        from (
            select holding.unit_id from grants_holding holding join pay_changed using (grant_id)
            union
            select unit_id from pay_scope
            union
            select placed.unit_id from geography_standing placed
            where {asking.within("placed")}
                and exists (select from grants_holding holding where holding.unit_id = placed.unit_id)
        ) holder
        join geography_unit unit on unit.id = holder.unit_id
        join geography_standing today on today.unit_id = holder.unit_id and today.valid @> {asking.last}
        cross join {months} months
        cross join lateral (
            select 1 as choice, true as began, own.*
            from geography_standing own
            where own.unit_id = holder.unit_id and own.valid @> months.month
            union all
            select 2, false, was.*
            from geography_standing heir
            join geography_standing was on was.unit_id = heir.unit_id and was.valid @> months.month
            where heir.commune_id = holder.unit_id and heir.valid @> (
                select min(lower(own.valid)) from geography_standing own where own.unit_id = holder.unit_id)
            union all
            select 3, false, own.*
            from geography_standing own
            where own.unit_id = holder.unit_id and lower(own.valid) > months.month
            order by choice, valid, unit_id limit 1) place
        """,
    )
    table(
        "pay_month",
        rows=f"""
        select holder.unit_id, holder.now_id, holder.month, kept.open, holder.payer_id is not null as payable,
            holder.began,
            case when kept.open then kept.settled_at else kept.opened_at end as settled_at,
            exists (select from payments_payroll payroll
                where payroll.status = 'APPROVED' and payroll.months @> holder.month
                    and payroll.unit_id = holder.payer_id) as covered,
            exists (select from payments_payroll payroll
                where payroll.status = 'APPROVED' and payroll.unit_id = holder.now_id
                    and payroll.known_at > kept.opened_at) as paying
        from pay_holder holder
        cross join lateral (
            select coalesce(bool_or(kept.opens <= kept.month) filter (where kept.month = holder.month), false)
                    as open,
                max(kept.settled_at) filter (where kept.month = holder.month) as settled_at,
                max(kept.opened_at) filter (where kept.month = {asking.last}) as opened_at
            from pay_kept kept
            where (kept.month = holder.month
                    and kept.unit_id in (holder.commune_id, holder.district_id, holder.province_id))
                or (kept.month = {asking.last} and kept.unit_id = any (holder.today))
        ) kept
        """,
    )


def _earlier(*, missed: bool, touched: bool) -> str:
    """Select the grants in scope × the wanted months of whoever held them then, from their first one on.

    A month that nobody has paid stays with whoever held the grant then, as long as they stand: somebody who
    moved since is paid it there. Before the account opened, a grant taken over counts as settled at the
    amount of its list, whenever that was taken over.
    """
    wanted = []
    if missed:
        wanted.append(_held_then("pay_missed"))
    if touched:
        changed = "join pay_changed changed using (grant_id)"
        wanted.append(_held_then("pay_month", among=changed, since="changed.first_month"))
    nothing = """
        select null::bigint as grant_id, null::bigint as payer_id, null::date as month,
            null::timestamptz as settled_at where false"""
    return " union ".join(wanted) or nothing


def _held_then(wanted: str, among: str = "", since: str = "date '-infinity'") -> str:
    """Select months that are `wanted`, of grants in scope (of those `among` them), as `_earlier` tells."""
    # What nobody has paid or settled stays with whoever held the grant then.
    ours = """months.covered or months.settled_at is not null
            or coalesce(months.now_id, scope.payer_id) = scope.payer_id"""
    return f"""
        select scope.grant_id, scope.payer_id, months.month,
            case when months.open then months.settled_at else greatest(months.settled_at, (
                select taken.recorded_at from grants_decision taken
                where taken.id = g.decision_id and g.taken_over)) end as settled_at
        from pay_scope scope {among}
        join grants_grant g on g.id = scope.grant_id
        join grants_holding holding on holding.grant_id = scope.grant_id
        join {wanted} months on months.unit_id = holding.unit_id
            and months.month >= greatest({grants.began("g")}, {since})
            and (holding.until_month is null or months.month < holding.until_month)
            and (months.month >= holding.from_month or not exists (
                select from grants_holding before
                where before.grant_id = holding.grant_id and before.from_month < holding.from_month))
        where scope.payer_id is not null and ({ours})
            and (months.open or months.settled_at is not null)"""
