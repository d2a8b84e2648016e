"""The one subtraction, for a whole province at once: owed − booked, in temporary tables of the server.

Each step is one statement. `pay_scope` holds the grants asked about and who pays them, `pay_earlier` the
earlier months to be compared, `pay_owed` what grants owe for these and for the months named, `pay_booked`
what was booked of it. Nothing leaves the server, nothing lasts beyond the transaction.
"""

from __future__ import annotations

from ansinh.grants import queries as grants
from ansinh.kernel.refusal import Refusal
from ansinh.payments.logic import PAYMENT
from ansinh.payments.operations.looking_back import look_back
from ansinh.payments.operations.words import (
    Asking,
    Tell,
    has_rows,
    months_between,
    own,
    slot_number,
    table,
    value,
)


def scope(asking: Asking) -> None:
    """Put the grants held by the unit and below in the last month named into `pay_scope`, with who pays them.

    The payer is the holder as it stands that month; NULL where its people were divided.
    """
    table(
        "pay_scope",
        rows=f"""
        select held.grant_id, held.unit_id, {own("holder", standing="standing")} as payer_id
        from ({grants.held_sql(asking.unit, asking.months.last)}) held
        join geography_unit holder on holder.id = held.unit_id
        join geography_standing standing
            on standing.unit_id = held.unit_id and standing.valid @> {asking.last}
        """,
    )


def subtract(*, asking: Asking, tell: Tell) -> None:
    """Leave in `pay_owed` what is owed, in `pay_booked` and `pay_settled` what was booked of it before.

    And in `pay_held` what is held back, in `pay_over` what was overpaid. Expects `pay_scope` and `pay_kept`.
    Refuses a grant without a level: a missing value is never zero.
    """
    tell("Chọn người và tháng phải xét")
    earlier = look_back(asking)
    tell("Tính số phải chi theo quyết định")
    _owe(asking, earlier)
    tell("Trừ số đã chi")
    _count_booked(asking, earlier)
    _find_overpaid(asking, earlier)
    _hold_back()


def _owe(asking: Asking, earlier: bool) -> None:
    named = months_between(asking.first, last=asking.last)
    looked_back = "union all select grant_id, month from pay_earlier" if earlier else ""
    wanted = f"""(
        select grant_id, named.month from pay_scope cross join {named} named where payer_id is not null
        {looked_back})"""
    table(
        "pay_owed",
        rows=f"""
        select owed.grant_id, scope.payer_id, owed.month, owed.person_id, {slot_number("owed.slot")} as slot,
            owed.category, owed.scheme, owed.payee, owed.coefficient, owed.standard_vnd, owed.amount_vnd,
            owed.decided_vnd, owed.ground_id, owed.held
        from ({grants.owed_sql(wanted, asking.known)}) owed
        join pay_scope scope on scope.grant_id = owed.grant_id
        """,
        keys="grant_id, payer_id, person_id, month",
    )
    without = value("select count(distinct grant_id) from pay_owed where amount_vnd is null")
    if without:
        raise Refusal(
            f"{without} quyết định chưa có mức hưởng cho tháng phải chi.",
            PAYMENT,
            "Rà soát và ký mức hưởng cho các quyết định đó rồi lập lại.",
        )


def _count_booked(asking: Asking, earlier: bool) -> None:
    """Sum what was booked before for what is owed: pay_booked by lines, pay_settled as settled elsewhere.

    Settled is asked of all grants of the person and slot: one may have taken the place of another since.
    """
    table(
        "pay_key",
        rows=f"""
        select g.person_id, g.slot as slot_name, {slot_number("g.slot")} as slot, earlier.month,
            earlier.payer_id, max(earlier.settled_at) as settled_at
        from pay_earlier earlier join grants_grant g on g.id = earlier.grant_id
        group by g.person_id, g.slot, earlier.month, earlier.payer_id
        """
        if earlier
        else """
        select null::bigint as person_id, ''::text as slot_name, 0::smallint as slot, null::date as month,
            null::bigint as payer_id, null::timestamptz as settled_at where false""",
    )
    since = value("select min(month) from pay_key")
    table(
        "pay_booked",
        rows=f"""
        select line.person_id, line.slot, line.month, sum(line.amount_vnd)::bigint as amount_vnd,
            count(*)::smallint as lines
        from (
            select person_id, slot, month from pay_owed where month >= {asking.first}
            union all select person_id, slot, month from pay_key
        ) wanted
        join payments_line line using (person_id, slot, month)
        where line.month >= date '{since or asking.months.first.first}' and line.month <= {asking.last}
        group by line.person_id, line.slot, line.month
        """,
    )
    table("pay_settled", rows=_settled("pay_key"))


def _settled(keys: str) -> str:
    """Select what counts as settled of keys with `settled_at`: person_id, slot, month, amount_vnd."""
    wanted = f"""(
        select g.id as grant_id, key.month, key.settled_at from {keys} key
        join grants_grant g on g.person_id = key.person_id and g.slot = key.slot_name
        where key.settled_at is not null)"""
    return f"""
        select owed.person_id, {slot_number("owed.slot")} as slot, owed.month,
            coalesce(sum(owed.amount_vnd), 0)::bigint as amount_vnd
        from ({grants.owed_sql(wanted, "w.settled_at")}) owed
        group by owed.person_id, owed.slot, owed.month"""


def _find_overpaid(asking: Asking, earlier: bool) -> None:
    """Leave in `pay_over` the earlier months looked at of which more was booked than is owed as decided.

    What is only held is not overpaid: the decision to stop comes first.
    """
    decided = f"""
        select owed.person_id, {slot_number("owed.slot")} as slot, owed.month,
            sum(owed.decided_vnd)::bigint as amount_vnd
        from ({grants.owed_sql("pay_suspect", asking.known)}) owed
        group by owed.person_id, owed.slot, owed.month"""
    table(
        "pay_suspect",
        rows="""
        select g.id as grant_id, key.month
        from pay_key key join grants_grant g on g.person_id = key.person_id and g.slot = key.slot_name
        where exists (select from pay_booked booked
                where (booked.person_id, booked.slot, booked.month) = (key.person_id, key.slot, key.month))
            or exists (select from pay_settled settled
                where (settled.person_id, settled.slot, settled.month) = (key.person_id, key.slot, key.month))
        """
        if earlier
        else "select null::bigint as grant_id, null::date as month where false",
    )
    table(
        "pay_over",
        rows=f"""
        select key.person_id, key.slot, key.month, min(key.payer_id) as payer_id,
            coalesce(min(settled.amount_vnd), 0) as settled_vnd
        from pay_key key
        left join pay_booked booked using (person_id, slot, month)
        left join pay_settled settled using (person_id, slot, month)
        left join ({decided}) decided using (person_id, slot, month)
        group by key.person_id, key.slot, key.month
        having coalesce(min(booked.amount_vnd), 0) + coalesce(min(settled.amount_vnd), 0)
            > coalesce(min(decided.amount_vnd), 0)
        """,
    )


def _hold_back() -> None:
    """Count, payer by payer, what a recorded death or a suspension keeps from being paid."""
    table(
        "pay_held",
        rows=f"""
        select payer_id, count(distinct person_id) as people,
            sum(due.decided_vnd - due.booked_vnd)::bigint as amount_vnd
        from {due()} due where due.held and due.decided_vnd > due.booked_vnd group by payer_id
        """,
    )


def due() -> str:
    """Write `pay_owed` beside what was booked of it: booked_vnd, lines (how many lines booked it)."""
    if not has_rows("select from pay_booked union all select from pay_settled"):
        return "(select owed.*, 0::bigint as booked_vnd, 0::smallint as lines from pay_owed owed)"
    return """(
        select owed.*, coalesce(booked.lines, 0)::smallint as lines,
            coalesce(booked.amount_vnd, 0) + coalesce(settled.amount_vnd, 0) as booked_vnd
        from pay_owed owed
        left join pay_booked booked using (person_id, slot, month)
        left join pay_settled settled using (person_id, slot, month))"""
